// SPDX-License-Identifier: GPL-2.0-only
/*
 * shares SEED SLOTS MEMBERS
 *
 * The lookup table of a pool with the members t1 to tMEMBERS, made by the same
 * code as in the kernel, and what becomes of it when one comes or goes. Prints
 *
 *	share NAME SLOTS	for each member
 *	leave NAME SLOTS	of others that move when this one leaves; for each
 *	join SLOTS		of others that move, not to the new one, when
 *				another member comes
 */
#include <stdio.h>
#include <stdlib.h>

#include <ksteer/maglev.h>

#define MOST 1024

/**
 * struct table - a lookup table
 * @slot: number of the member, from 1, by slot
 * @members: how many
 */
struct table {
	__u16 *slot;
	unsigned int members;
};

static __u64 seed;
static unsigned int slots;

/* Members t1 to tLAST, without tEXCEPT */
static void fill(struct table *table, unsigned int last, unsigned int except)
{
	static __u32 scratch[KSTEER_MAGLEV_SCRATCH(MOST)];
	static struct ksteer_maglev_node node[MOST];
	unsigned int number[MOST], i, n = 0;
	char name[16];

	for (i = 1; i <= last; i++) {
		if (i == except)
			continue;
		snprintf(name, sizeof(name), "t%u", i);
		node[n].id_hash = ksteer_name_hash(seed, name);
		node[n].weight = 1;
		number[n++] = i;
	}
	table->members = n;
	if (ksteer_maglev_fill(table->slot, slots, node, n, scratch)) {
		fprintf(stderr, "shares: no table of %u for %u\n", slots, n);
		exit(1);
	}
	for (i = 0; i < slots; i++)
		table->slot[i] = number[table->slot[i]];
}

/* Slots that changed hands though neither hand is that of @who */
static unsigned int moved(const struct table *a, const struct table *b,
			  unsigned int who)
{
	unsigned int i, n = 0;

	for (i = 0; i < slots; i++)
		n += a->slot[i] != b->slot[i] && a->slot[i] != who &&
		     b->slot[i] != who;
	return n;
}

static unsigned int share(const struct table *table, unsigned int who)
{
	unsigned int i, n = 0;

	for (i = 0; i < slots; i++)
		n += table->slot[i] == who;
	return n;
}

static void make(struct table *table)
{
	table->slot = calloc(slots, sizeof(*table->slot));
	if (!table->slot)
		exit(1);
}

int main(int argc, char **argv)
{
	struct table all, other;
	unsigned int members, i;

	if (argc != 4)
		return 2;
	seed = strtoull(argv[1], NULL, 0);
	slots = strtoul(argv[2], NULL, 0);
	members = strtoul(argv[3], NULL, 0);
	if (members < 2 || members + 1 >= MOST)
		return 2;
	make(&all);
	make(&other);
	fill(&all, members, 0);
	for (i = 1; i <= members; i++)
		printf("share t%u %u\n", i, share(&all, i));
	for (i = 1; i <= members; i++) {
		fill(&other, members, i);
		printf("leave t%u %u\n", i, moved(&all, &other, i));
	}
	fill(&other, members + 1, 0);
	printf("join %u\n", moved(&all, &other, members + 1));
	free(all.slot);
	free(other.slot);
	return 0;
}

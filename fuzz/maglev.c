// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maglev tables: complete, every entry a node, shares as the weights say, the
 * same in whatever order the nodes come and in whatever steps it is filled.
 */
#include <errno.h>

#include <ksteer/maglev.h>

#include "fuzz.h"

#define NODES 40
#define SLOTS 2003

/**
 * struct table - a table and what it is made of
 * @node: nodes
 * @nodes: how many
 * @slots: size of the table
 * @slot: the table
 */
struct table {
	struct ksteer_maglev_node node[NODES];
	__u32 nodes;
	__u32 slots;
	__u16 slot[SLOTS];
};

static __u32 scratch[KSTEER_MAGLEV_SCRATCH(NODES)];

static int fill(struct table *table)
{
	return ksteer_maglev_fill(table->slot, table->slots, table->node,
				  table->nodes, scratch);
}

static void take_table(struct input *in, struct table *table)
{
	__u64 seed = take_u64(in);
	char name[16];
	__u32 i;

	table->slots = take_u16(in) % (SLOTS + 1);
	if (take_u8(in) & 7)
		table->slots = ksteer_maglev_prime(table->slots % SLOTS);
	table->nodes = take_u8(in) % (NODES + 1);
	for (i = 0; i < table->nodes; i++) {
		snprintf(name, sizeof(name), "tm%u", i);
		table->node[i].id_hash = ksteer_name_hash(seed, name);
		table->node[i].weight = take_u16(in);
		if (take_u8(in) < 2)
			table->node[i].weight |= take_u32(in);
	}
}

/* Webster's rule: turns divided by weight differ by less than one turn */
static void check_shares(const struct table *table)
{
	__u64 share[NODES] = { 0 }, first, last;
	__u32 i, k;

	for (i = 0; i < table->slots; i++) {
		must(table->slot[i] < table->nodes);
		share[table->slot[i]]++;
	}
	for (i = 0; i < table->nodes; i++) {
		for (k = 0; k < table->nodes; k++) {
			/* i's last turn was due no later than k's next one */
			last = (2 * share[i] - 1) * table->node[k].weight;
			first = (2 * share[k] + 1) * table->node[i].weight;
			must(!share[i] || last <= first);
		}
	}
}

static void check_steps(const struct table *table, struct input *in)
{
	struct ksteer_maglev m;
	static __u16 slot[SLOTS];
	__u32 left = table->slots, turns;

	must(!ksteer_maglev_begin(&m, slot, table->slots, table->node,
				  table->nodes, scratch));
	while (left) {
		turns = take_u8(in) + 1;
		must(ksteer_maglev_step(&m, turns) ==
		     (left > turns ? left - turns : 0));
		left = left > turns ? left - turns : 0;
	}
	must(!memcmp(slot, table->slot, table->slots * sizeof(*slot)));
}

/* The nodes the other way round */
static void check_order(const struct table *table)
{
	static struct table other;
	__u32 i, last = table->nodes - 1;

	other.slots = table->slots;
	other.nodes = table->nodes;
	for (i = 0; i < table->nodes; i++)
		other.node[i] = table->node[last - i];
	must(!fill(&other));
	for (i = 0; i < table->slots; i++)
		must(other.slot[i] == last - table->slot[i]);
}

static bool valid(const struct table *table)
{
	__u32 i;

	for (i = 0; i < table->nodes; i++)
		if (!table->node[i].weight ||
		    table->node[i].weight > KSTEER_MAGLEV_WEIGHT_MAX)
			return false;
	return table->nodes && ksteer_is_prime(table->slots);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	static struct table table;
	int err;

	take_table(&in, &table);
	err = fill(&table);
	must(err == (valid(&table) ? 0 : -EINVAL));
	if (err)
		return 0;
	check_shares(&table);
	check_steps(&table, &in);
	check_order(&table);
	return 0;
}

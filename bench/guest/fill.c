// SPDX-License-Identifier: GPL-2.0-only
/*
 * fill TABLES
 *
 * Makes so many lookup tables of default size, each of three members of which one has
 * another weight, by the same code as in the kernel. Prints the nanoseconds that this
 * took.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <ksteer/maglev.h>

#define MEMBERS 3

static __u16 slot[KSTEER_MAGLEV_SLOTS];

static void fill(__u64 seed)
{
	static __u32 scratch[KSTEER_MAGLEV_SCRATCH(MEMBERS)];
	struct ksteer_maglev_node node[MEMBERS];
	char name[16];
	int i;

	for (i = 0; i < MEMBERS; i++) {
		snprintf(name, sizeof(name), "t%d", i + 1);
		node[i].id_hash = ksteer_name_hash(seed, name);
		node[i].weight = i ? 1 : 3;
	}
	if (ksteer_maglev_fill(slot, KSTEER_MAGLEV_SLOTS, node, MEMBERS,
			       scratch))
		exit(1);
}

static unsigned long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

int main(int argc, char **argv)
{
	unsigned long long begin;
	long tables, i;

	tables = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
	if (tables <= 0) {
		fprintf(stderr, "usage: fill TABLES\n");
		return 2;
	}
	begin = now();
	for (i = 0; i < tables; i++)
		fill(i);
	printf("%llu\n", now() - begin);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The weighted Maglev table: shares, disruption, agreement; prime numbers. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <ksteer/maglev.h>

#include "unit.h"

#define SLOTS KSTEER_MAGLEV_SLOTS
#define NODES 128

static __u16 table[SLOTS], other[SLOTS];
static struct ksteer_maglev_node node[NODES];
static __u32 scratch[KSTEER_MAGLEV_SCRATCH(NODES)];

static void name_nodes(__u64 seed, __u32 nodes, const __u32 *weight)
{
	char name[16];
	__u32 i;

	for (i = 0; i < nodes; i++) {
		snprintf(name, sizeof(name), "lb%u", i + 1);
		node[i].id_hash = ksteer_name_hash(seed, name);
		node[i].weight = weight ? weight[i] : 1;
	}
}

static void fill(__u16 *slot, __u32 slots, __u32 nodes)
{
	assert_int_equal(ksteer_maglev_fill(slot, slots, node, nodes, scratch),
			 0);
}

static void count(const __u16 *slot, __u32 slots, __u32 nodes, __u32 *got)
{
	__u32 i;

	memset(got, 0, nodes * sizeof(*got));
	for (i = 0; i < slots; i++) {
		assert_true(slot[i] < nodes);
		got[slot[i]]++;
	}
}

/* Is it the turn of a, by the rule: a's turn k is due at (k + 1/2) / weight */
static bool naive_before(const __u32 *turns, __u32 a, __u32 b)
{
	__u64 left = (turns[a] * 2ULL + 1) * node[b].weight;
	__u64 right = (turns[b] * 2ULL + 1) * node[a].weight;

	return left < right ||
	       (left == right && node[a].id_hash < node[b].id_hash);
}

/* The table as the paper has it: permutations written out, no heap */
static void naive_fill(__u16 *slot, __u32 slots, __u32 nodes)
{
	__u32 *order = calloc((size_t)nodes * slots, sizeof(*order));
	__u32 turns[NODES] = { 0 }, next[NODES] = { 0 };
	__u32 i, j, n;

	assert_non_null(order);
	for (i = 0; i < nodes; i++) {
		__u64 offset = (node[i].id_hash >> 32) * slots >> 32;
		__u64 skip = (node[i].id_hash & 0xffffffff) * (slots - 1) >> 32;

		for (j = 0; j < slots; j++)
			order[i * slots + j] =
				(offset + j * (skip + 1)) % slots;
	}
	memset(slot, 0xff, slots * sizeof(*slot));
	for (n = 0; n < slots; n++) {
		__u32 turn = 0;

		for (i = 1; i < nodes; i++)
			if (naive_before(turns, i, turn))
				turn = i;
		while (slot[order[turn * slots + next[turn]]] != 0xffff)
			next[turn]++;
		slot[order[turn * slots + next[turn]]] = turn;
		turns[turn]++;
	}
	free(order);
}

static void table_is_the_naive_one(void **state)
{
	static const __u32 sizes[] = { 2, 3, 13, 101, 1009 };
	__u64 seed = 4;
	int round;

	for (round = 0; round < 200; round++) {
		__u32 slots = sizes[round % 5];
		__u32 nodes = 1 + test_random(&seed) % 40;
		__u32 weight[NODES];
		__u32 i;

		for (i = 0; i < nodes; i++)
			weight[i] = 1 + test_random(&seed) %
						(round % 2 ? 65535 : 4);
		name_nodes(test_random(&seed), nodes, weight);
		fill(table, slots, nodes);
		naive_fill(other, slots, nodes);
		assert_memory_equal(table, other, slots * sizeof(*table));
	}
}

/*
 * Known answers of an implementation that shares no code with this one: two
 * releases of ksteer side by side must agree.
 */
static void table_gives_known_answers(void **state)
{
	static const __u16 small[] = { 2, 2, 0, 1, 1, 2, 1, 0, 2, 2, 2, 1, 2 };
	static const __u32 weight[] = { 100, 1, 50, 100, 7 };
	const struct ksteer_hash_key zero = { { 0, 0 } };
	static __u64 word[1009];
	int i;

	for (i = 0; i < 3; i++) {
		const char name[] = { 'a' + i, 0 };

		node[i].id_hash = ksteer_name_hash(1, name);
		node[i].weight = 1 << i;
	}
	fill(table, 13, 3);
	assert_memory_equal(table, small, sizeof(small));

	name_nodes(0x0123456789abcdef, 5, weight);
	fill(table, 1009, 5);
	for (i = 0; i < 1009; i++)
		word[i] = table[i];
	assert_int_equal(ksteer_siphash(&zero, word, 1009), 0x95c4e2bd0d2c8ee6);
}

static void equal_weights_share_equally(void **state)
{
	__u32 got[NODES], nodes, i;

	for (nodes = 1; nodes <= 100; nodes += 9) {
		name_nodes(1, nodes, NULL);
		fill(table, SLOTS, nodes);
		count(table, SLOTS, nodes, got);
		for (i = 0; i < nodes; i++)
			assert_in_range(got[i], SLOTS / nodes,
					SLOTS / nodes + 1);
	}
}

static void shares_follow_weights(void **state)
{
	__u64 seed = 5;
	int round;

	for (round = 0; round < 20; round++) {
		__u32 most = round % 2 ? 65535 : 10;
		__u32 weight[NODES], got[NODES], i;
		double total = 0;

		for (i = 0; i < 100; i++) {
			weight[i] = 1 + test_random(&seed) % most;
			total += weight[i];
		}
		name_nodes(test_random(&seed), 100, weight);
		fill(table, SLOTS, 100);
		count(table, SLOTS, 100, got);
		for (i = 0; i < 100; i++) {
			double fair = SLOTS * (weight[i] / total);

			assert_true(got[i] > fair - 1.01);
			assert_true(got[i] < fair + 1.01);
		}
	}
}

static void extreme_weights_are_kept(void **state)
{
	static const __u32 weight[] = { 1, KSTEER_MAGLEV_WEIGHT_MAX };
	__u32 got[2];

	name_nodes(1, 2, weight);
	fill(table, SLOTS, 2);
	count(table, SLOTS, 2, got);
	assert_int_equal(got[0], 1);
	assert_int_equal(got[1], SLOTS - 1);
}

static void more_nodes_than_slots_fill_the_table(void **state)
{
	__u32 got[NODES], i;

	name_nodes(1, NODES, NULL);
	fill(table, 101, NODES);
	count(table, 101, NODES, got);
	for (i = 0; i < NODES; i++)
		assert_true(got[i] <= 1);
}

/* Slots that changed between nodes that are in both tables */
static __u32 moved_among(__u32 slots, __u32 nodes)
{
	__u32 moved = 0, i;

	for (i = 0; i < slots; i++)
		moved += table[i] < nodes && other[i] < nodes &&
			 table[i] != other[i];
	return moved;
}

/* The last of them leaves; read the other way round, it joins */
static void one_that_leaves_moves_little_else(void **state)
{
	static const __u32 size[] = { 2, 3, 5, 10, 30, 60, 100 };
	__u32 weight[NODES], i, s, seed;

	for (i = 0; i < NODES; i++)
		weight[i] = 1 + i % 5;
	for (s = 0; s < ARRAY_SIZE(size); s++) {
		for (seed = 0; seed < 6; seed++) {
			name_nodes(seed, size[s], seed % 2 ? weight : NULL);
			fill(table, SLOTS, size[s]);
			fill(other, SLOTS, size[s] - 1);
			assert_true(moved_among(SLOTS, size[s] - 1) <
				    SLOTS / 100);
		}
	}
}

static void a_changed_weight_moves_little_else(void **state)
{
	__u32 weight[NODES], before[NODES], after[NODES], i, moved = 0;

	for (i = 0; i < 10; i++)
		weight[i] = 100;
	name_nodes(1, 10, weight);
	fill(table, SLOTS, 10);
	count(table, SLOTS, 10, before);
	node[0].weight = 50;
	fill(other, SLOTS, 10);
	count(other, SLOTS, 10, after);
	for (i = 0; i < SLOTS; i++)
		moved += table[i] != other[i];
	assert_true(moved >= before[0] - after[0]);
	assert_true(moved < before[0] - after[0] + SLOTS / 50);
}

static void order_of_nodes_does_not_matter(void **state)
{
	__u32 place[NODES], weight[NODES], i;
	__u64 seed = 6;

	for (i = 0; i < 50; i++) {
		weight[i] = 1 + i % 4;
		place[i] = i;
	}
	name_nodes(7, 50, weight);
	fill(table, SLOTS, 50);
	for (i = 49; i; i--) {
		__u32 with = test_random(&seed) % (i + 1);
		struct ksteer_maglev_node n = node[i];
		__u32 p = place[i];

		node[i] = node[with];
		node[with] = n;
		place[i] = place[with];
		place[with] = p;
	}
	fill(other, SLOTS, 50);
	for (i = 0; i < SLOTS; i++)
		assert_int_equal(table[i], place[other[i]]);
}

static void seeds_make_different_tables(void **state)
{
	__u32 same = 0, i;

	name_nodes(1, 10, NULL);
	fill(table, SLOTS, 10);
	name_nodes(2, 10, NULL);
	fill(other, SLOTS, 10);
	for (i = 0; i < SLOTS; i++)
		same += table[i] == other[i];
	assert_in_range(same, SLOTS / 10 - SLOTS / 50, SLOTS / 10 + SLOTS / 50);
}

static void steps_lead_to_the_same_table(void **state)
{
	static const __u32 steps[] = { 1, 7, 4096, SLOTS };
	__u32 s;

	name_nodes(3, 9, NULL);
	fill(table, SLOTS, 9);
	for (s = 0; s < 4; s++) {
		struct ksteer_maglev m;
		__u32 left = SLOTS;

		assert_int_equal(ksteer_maglev_begin(&m, other, SLOTS, node, 9,
						     scratch),
				 0);
		while (left) {
			__u32 rest = ksteer_maglev_step(&m, steps[s]);

			assert_int_equal(rest,
					 left > steps[s] ? left - steps[s] : 0);
			left = rest;
		}
		assert_memory_equal(table, other, sizeof(table));
	}
}

static void nonsense_is_refused(void **state)
{
	name_nodes(1, 3, NULL);
	assert_int_equal(ksteer_maglev_fill(table, 13, node, 0, scratch),
			 -EINVAL);
	assert_int_equal(ksteer_maglev_fill(table, 13, node, KSTEER_MAGLEV_FREE,
					    scratch),
			 -EINVAL);
	assert_int_equal(ksteer_maglev_fill(table, 15, node, 3, scratch),
			 -EINVAL);
	assert_int_equal(ksteer_maglev_fill(table, 0, node, 3, scratch),
			 -EINVAL);
	assert_int_equal(ksteer_maglev_fill(table, 1, node, 3, scratch),
			 -EINVAL);
	/* the next prime after the greatest size */
	assert_int_equal(ksteer_maglev_fill(table, 5000077, node, 3, scratch),
			 -EINVAL);
	node[1].weight = 0;
	assert_int_equal(ksteer_maglev_fill(table, 13, node, 3, scratch),
			 -EINVAL);
	node[1].weight = KSTEER_MAGLEV_WEIGHT_MAX + 1;
	assert_int_equal(ksteer_maglev_fill(table, 13, node, 3, scratch),
			 -EINVAL);
}

static void primes_are_those_of_the_sieve(void **state)
{
	enum { END = 200000 };
	static bool composite[END];
	__u32 i, j, above = 0;

	for (i = 2; i < END; i++)
		for (j = 2 * i; j < END; j += i)
			composite[j] = true;
	for (i = END; i--;) {
		bool is = i > 1 && !composite[i];

		if (is)
			above = i;
		assert_int_equal(ksteer_is_prime(i), is);
		if (above)
			assert_int_equal(ksteer_maglev_prime(i), above);
	}
}

static void prime_keeps_its_bounds(void **state)
{
	assert_true(ksteer_is_prime(KSTEER_PRIME_MAX));
	assert_true(ksteer_is_prime(KSTEER_MAGLEV_SLOTS));
	assert_true(ksteer_is_prime(4294967291U));
	assert_false(ksteer_is_prime(4294967295U));
	assert_int_equal(ksteer_maglev_prime(0), 2);
	assert_int_equal(ksteer_maglev_prime(65536), 65537);
	assert_int_equal(ksteer_maglev_prime(5000010), 5000011);
	assert_int_equal(ksteer_maglev_prime(5000012), 5000011);
	assert_int_equal(ksteer_maglev_prime(~0U), 5000011);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_the_naive_one),
		cmocka_unit_test(table_gives_known_answers),
		cmocka_unit_test(equal_weights_share_equally),
		cmocka_unit_test(shares_follow_weights),
		cmocka_unit_test(extreme_weights_are_kept),
		cmocka_unit_test(more_nodes_than_slots_fill_the_table),
		cmocka_unit_test(one_that_leaves_moves_little_else),
		cmocka_unit_test(a_changed_weight_moves_little_else),
		cmocka_unit_test(order_of_nodes_does_not_matter),
		cmocka_unit_test(seeds_make_different_tables),
		cmocka_unit_test(steps_lead_to_the_same_table),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(primes_are_those_of_the_sieve),
		cmocka_unit_test(prime_keeps_its_bounds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("maglev", tests, NULL, NULL);
}

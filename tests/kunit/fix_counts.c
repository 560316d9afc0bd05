// SPDX-License-Identifier: GPL-2.0-only
/* What objects count, for the suites. */
#include "fixture.h"

static void fix_sum_is(struct kunit *test, const struct ksteer_sum *sum,
		       int flows, int established, int partial)
{
	KUNIT_EXPECT_EQ(test, sum->traffic.flows, flows);
	KUNIT_EXPECT_EQ(test, sum->established, established);
	KUNIT_EXPECT_EQ(test, sum->traffic.partial, partial);
	KUNIT_EXPECT_EQ(test, ksteer_sum_entries(sum), flows + partial);
}

/**
 * fix_counts - how many entries does a traffic manager have?
 * @test: the case
 * @tm: the traffic manager
 * @flows: under full keys
 * @established: of these
 * @partial: under less specific keys
 */
void fix_counts(struct kunit *test, const struct ksteer_tm *tm, int flows,
		int established, int partial)
{
	struct ksteer_sum sum;

	ksteer_tm_sum(tm, &sum);
	fix_sum_is(test, &sum, flows, established, partial);
}

/**
 * fix_vs_counts - how many entries does a virtual server have?
 * @test: the case
 * @vs: the virtual server
 * @flows: under full keys
 * @established: of these
 * @partial: under less specific keys
 */
void fix_vs_counts(struct kunit *test, const struct ksteer_vs *vs, int flows,
		   int established, int partial)
{
	struct ksteer_sum sum;

	ksteer_vs_sum(vs, &sum);
	fix_sum_is(test, &sum, flows, established, partial);
}

/**
 * fix_flows_total - how many flows were given to a traffic manager?
 * @tm: the traffic manager
 *
 * Return: the number.
 */
u64 fix_flows_total(const struct ksteer_tm *tm)
{
	struct ksteer_sum sum;

	ksteer_tm_sum(tm, &sum);
	return sum.traffic.flows_total;
}

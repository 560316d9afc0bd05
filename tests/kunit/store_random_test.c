// SPDX-License-Identifier: GPL-2.0-only
/*
 * store: beside a naive one, under random operations.  The naive store is an
 * array that is searched from end to end.
 */
#include <linux/prandom.h>

#include "fixture.h"
#include "store/store.h"

#define KEYS 300
#define MOST 120
#define BUDGET 40
#define SLACK 4 /* a search may miss them all, a few times */
#define STEPS 20000

/**
 * struct naive - what the store should hold under one key
 * @flow: the entry, NULL for none
 * @dest: its destination
 * @open: whether it is half open
 * @spare: whether it may be given up
 */
struct naive {
	struct ksteer_flow *flow;
	u32 dest;
	bool open;
	bool spare;
};

struct random_run {
	struct kunit *test;
	struct fixture *fix;
	struct naive naive[KEYS];
	struct rnd_state rnd;
	u32 stored;
	u32 open;
	u32 spare;
	u32 refused;
};

static struct ksteer_lookup random_look(u32 n, bool answer)
{
	u8 family = n & 1;

	if (answer)
		return fix_look(family, 1, 80, 100 + n / 2, 5000 + n % 7, 0);
	return fix_look(family, 100 + n / 2, 5000 + n % 7, 1, 80, 0);
}

static u32 random_below(struct random_run *run, u32 n)
{
	return prandom_u32_state(&run->rnd) % n;
}

static void naive_drop(struct random_run *run, u32 n)
{
	run->stored--;
	run->open -= run->naive[n].open;
	run->spare -= run->naive[n].spare;
	memset(&run->naive[n], 0, sizeof(run->naive[n]));
}

/* Those that have gone from the real store were such as may */
static void random_made_room(struct random_run *run)
{
	u32 i;

	for (i = 0; i < KEYS; i++) {
		struct naive *naive = &run->naive[i];
		struct ksteer_flow *flow;

		if (!naive->flow)
			continue;
		flow = fix_find(run->fix, random_look(i, false));
		if (flow == naive->flow)
			continue;
		KUNIT_EXPECT_TRUE(run->test, naive->open || naive->spare);
		naive_drop(run, i);
	}
}

static u64 random_evicted(struct random_run *run)
{
	struct fixture *fix = run->fix;

	return fix_count(fix, KSTEER_COUNT_EVICT_OPEN) +
	       fix_count(fix, KSTEER_COUNT_EVICT_IDLE) +
	       fix_count(fix, KSTEER_COUNT_EVICT_CLOSED);
}

static void random_insert(struct random_run *run, u32 n)
{
	struct ksteer_lookup look = random_look(n, random_below(run, 2));
	u32 dest = random_below(run, FIX_TMS);
	bool open = random_below(run, 3);
	struct naive *naive = &run->naive[n];
	struct ksteer_flow *flow;
	u64 evicted = random_evicted(run);

	flow = fix_store(run->fix, &look, dest,
			 open ? KSTEER_FLOW_STATE_OPEN :
				KSTEER_FLOW_STATE_ESTABLISHED |
					 KSTEER_TRACK_VOUCHED);
	KUNIT_ASSERT_NOT_NULL(run->test, flow);
	if (IS_ERR(flow)) {
		/* A few that may go can be there and not have been found */
		KUNIT_EXPECT_GE(run->test, run->stored, MOST);
		KUNIT_EXPECT_LT(run->test, run->open + run->spare, MOST / 2);
		run->refused++;
		return;
	}
	/* A newcomer may push out the very flow that has its key */
	if (random_evicted(run) != evicted)
		random_made_room(run);
	if (naive->flow) {
		KUNIT_EXPECT_PTR_EQ(run->test, flow, naive->flow);
		return;
	}
	*naive = (struct naive){ flow, dest, open, false };
	run->stored++;
	run->open += open;
}

static void random_remove(struct random_run *run, u32 n)
{
	if (!run->naive[n].flow)
		return;
	KUNIT_EXPECT_TRUE(run->test, fix_remove(run->fix, run->naive[n].flow));
	naive_drop(run, n);
}

static void random_open(struct random_run *run, u32 n)
{
	struct naive *naive = &run->naive[n];

	if (!naive->flow || !naive->open)
		return;
	fix_opened(run->fix, naive->flow);
	rcu_read_lock();
	ksteer_store_vouch(&run->fix->kn, naive->flow);
	rcu_read_unlock();
	naive->open = false;
	run->open--;
}

static void random_close(struct random_run *run, u32 n)
{
	struct naive *naive = &run->naive[n];

	if (!naive->flow || naive->open || naive->spare)
		return;
	naive->spare = true;
	run->spare++;
	if (random_below(run, 2))
		naive->flow->last_seen -= 3600 * HZ;
	else
		ksteer_track_set(naive->flow, KSTEER_FLOW_STATE_CLOSED);
}

static void random_check(struct random_run *run, u32 n)
{
	KUNIT_EXPECT_PTR_EQ(run->test, fix_find(run->fix, random_look(n, true)),
			    run->naive[n].flow);
	KUNIT_EXPECT_EQ(run->test, ksteer_store_count(&run->fix->kn.store),
			run->stored);
	KUNIT_EXPECT_EQ(run->test, ksteer_store_count_open(&run->fix->kn),
			run->open);
	KUNIT_EXPECT_LE(run->test, run->open, BUDGET + SLACK);
}

static void random_check_all(struct random_run *run)
{
	u32 i, flows[FIX_TMS] = {};

	for (i = 0; i < KEYS; i++) {
		random_check(run, i);
		if (run->naive[i].flow)
			flows[run->naive[i].dest]++;
	}
	for (i = 0; i < FIX_TMS; i++)
		KUNIT_EXPECT_EQ(run->test,
				atomic_read(&run->fix->tm[i].count.flows),
				flows[i]);
}

static void random_step(struct random_run *run)
{
	u32 n = random_below(run, KEYS);

	switch (random_below(run, 10)) {
	case 0:
		random_remove(run, n);
		break;
	case 1:
	case 2:
		random_open(run, n);
		break;
	case 3:
		random_close(run, n);
		break;
	default:
		random_insert(run, n);
	}
	random_check(run, n);
}

static void store_random(struct kunit *test)
{
	struct random_run *run = kunit_kzalloc(test, sizeof(*run), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, run);
	run->test = test;
	run->fix = test->priv;
	run->fix->kn.store.max_flows = MOST;
	ksteer_store_limit_open(&run->fix->kn.store, BUDGET);
	prandom_seed_state(&run->rnd, 20240229);
	for (i = 0; i < STEPS; i++) {
		random_step(run);
		if (i % 1000 == 0)
			random_check_all(run);
		cond_resched();
	}
	random_check_all(run);
	/* It must have come to all of this, or it has shown nothing */
	KUNIT_EXPECT_GT(test, run->refused, 0);
	KUNIT_EXPECT_GT(test, fix_count(run->fix, KSTEER_COUNT_EVICT_OPEN),
			1000);
	KUNIT_EXPECT_GT(test, fix_count(run->fix, KSTEER_COUNT_EVICT_IDLE), 10);
	KUNIT_EXPECT_GT(test, fix_count(run->fix, KSTEER_COUNT_EVICT_CLOSED),
			10);
}

static struct kunit_case random_cases[] = {
	KUNIT_CASE(store_random),
	{},
};

static struct kunit_suite random_suite = {
	.name = "ksteer_store_random",
	.init = fix_init,
	.exit = fix_exit,
	.test_cases = random_cases,
};

kunit_test_suite(random_suite);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * store: beside a naive one, under random operations.  The naive store is an
 * array that is searched from end to end and a clock that says who came first.
 */
#include <linux/prandom.h>

#include "fixture.h"

#define KEYS 300
#define MOST 120
#define BUDGET 40
#define STEPS 20000

/**
 * struct naive - what the store should hold under one key
 * @flow: the entry, NULL for none
 * @dest: its destination
 * @open: whether it is half open
 * @spare: whether it may be given up
 * @since: when it was stored
 */
struct naive {
	struct ksteer_flow *flow;
	u32 dest;
	bool open;
	bool spare;
	u32 since;
};

struct random_run {
	struct kunit *test;
	struct fixture *fix;
	struct naive naive[KEYS];
	struct rnd_state rnd;
	u32 clock;
	u32 stored;
	u32 open;
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
	memset(&run->naive[n], 0, sizeof(run->naive[n]));
}

static struct naive *naive_oldest_open(struct random_run *run)
{
	struct naive *oldest = NULL;
	u32 i;

	for (i = 0; i < KEYS; i++)
		if (run->naive[i].flow && run->naive[i].open &&
		    (!oldest || run->naive[i].since < oldest->since))
			oldest = &run->naive[i];
	return oldest;
}

/* The one that has gone from the real store */
static int random_missing(struct random_run *run)
{
	int i, missing = -1;

	for (i = 0; i < KEYS; i++) {
		if (!run->naive[i].flow ||
		    fix_find(run->fix, random_look(i, false)))
			continue;
		KUNIT_EXPECT_EQ(run->test, missing, -1);
		missing = i;
	}
	return missing;
}

/*
 * Make room in the naive store as the real one should have done it.  @missing:
 * who made room, -1 if that has still to be found out.
 */
static void random_made_room(struct random_run *run, int missing)
{
	struct naive *oldest = naive_oldest_open(run);

	if (missing < 0)
		missing = random_missing(run);
	KUNIT_ASSERT_GE(run->test, missing, 0);
	if (oldest)
		KUNIT_EXPECT_EQ(run->test, missing, oldest - run->naive);
	else
		KUNIT_EXPECT_TRUE(run->test, run->naive[missing].spare);
	naive_drop(run, missing);
}

static void random_insert(struct random_run *run, u32 n)
{
	struct ksteer_lookup look = random_look(n, random_below(run, 2));
	u32 dest = random_below(run, FIX_TMS);
	bool open = random_below(run, 3);
	struct naive *naive = &run->naive[n];
	struct ksteer_flow *flow;
	bool full = run->stored == MOST;

	flow = fix_store(run->fix, &look, dest,
			 open ? KSTEER_FLOW_STATE_OPEN :
				KSTEER_FLOW_STATE_ESTABLISHED);
	KUNIT_ASSERT_NOT_NULL(run->test, flow);
	if (IS_ERR(flow)) {
		/* An idle one may be there and not have been found */
		KUNIT_EXPECT_TRUE(run->test, full);
		KUNIT_EXPECT_EQ(run->test, run->open, 0);
		run->refused++;
		return;
	}
	/* A newcomer may push out the very flow that has its key */
	if (full)
		random_made_room(run,
				 naive->flow && naive->flow != flow ? n : -1);
	if (naive->flow) {
		KUNIT_EXPECT_PTR_EQ(run->test, flow, naive->flow);
		return;
	}
	if (open && run->open == BUDGET)
		random_made_room(run, -1);
	*naive = (struct naive){ flow, dest, open, false, ++run->clock };
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
	naive->open = false;
	run->open--;
}

static void random_close(struct random_run *run, u32 n)
{
	struct naive *naive = &run->naive[n];

	if (!naive->flow || naive->open || naive->spare)
		return;
	naive->spare = true;
	if (random_below(run, 2))
		naive->flow->last_seen -= 3600 * HZ;
	else
		naive->flow->track = KSTEER_FLOW_STATE_CLOSED;
}

static void random_check(struct random_run *run, u32 n)
{
	KUNIT_EXPECT_PTR_EQ(run->test, fix_find(run->fix, random_look(n, true)),
			    run->naive[n].flow);
	KUNIT_EXPECT_EQ(run->test, ksteer_store_count(&run->fix->kn),
			run->stored);
	KUNIT_EXPECT_EQ(run->test, run->fix->kn.store.open.live, run->open);
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
		KUNIT_EXPECT_EQ(run->test, atomic_read(&run->fix->tm[i].flows),
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
	ksteer_ring_limit(&run->fix->kn.store.open, BUDGET);
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

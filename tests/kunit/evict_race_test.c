// SPDX-License-Identifier: GPL-2.0-only
/*
 * An entry is chosen to make room, or has expired, and before it is removed a packet
 * does something to it: whatever that was, it is accounted for once, nobody is
 * left without room, and whoever still has it in hand may look at it.
 */
#include "fixture.h"
#include "store/store.h"
#include "window.h"

#define EST KSTEER_FLOW_STATE_ESTABLISHED
#define OPEN KSTEER_FLOW_STATE_OPEN
#define MOST 8

/**
 * struct rival - a packet that comes between
 * @fix: the fixture
 * @what: what it does
 * @flow: the entry that it did that to
 */
struct rival {
	struct fixture *fix;
	void (*what)(struct fixture *fix, struct ksteer_flow *flow);
	struct ksteer_flow *flow;
};

static void rival_comes(void *arg, void *flow)
{
	struct rival *rival = arg;

	rival->flow = flow;
	rival->what(rival->fix, flow);
}

static void rival_vouches(struct fixture *fix, struct ksteer_flow *flow)
{
	fix_opened(fix, flow);
	rcu_read_lock();
	ksteer_store_vouch(&fix->kn, flow);
	rcu_read_unlock();
}

static void rival_moves(struct fixture *fix, struct ksteer_flow *flow)
{
	rcu_read_lock();
	ksteer_flow_move(&fix->kn, flow, fix->dest[0], fix->dest[1]);
	rcu_read_unlock();
}

static void rival_uses(struct fixture *fix, struct ksteer_flow *flow)
{
	ksteer_flow_touch(flow);
}

static void rival_removes(struct fixture *fix, struct ksteer_flow *flow)
{
	fix_remove(fix, flow);
}

struct rival_case {
	const char *name;
	void (*what)(struct fixture *fix, struct ksteer_flow *flow);
	u32 removed; /* entries that are gone in the end */
};

static const struct rival_case rival_cases[] = {
	{ "vouched for", rival_vouches, 1 },
	{ "moved", rival_moves, 1 },
	{ "used", rival_uses, 1 },
	{ "removed", rival_removes, 2 },
};

KUNIT_ARRAY_PARAM_DESC(rival, rival_cases, name);

static struct ksteer_lookup nth(u32 n)
{
	return fix_look(KSTEER_V4, 1000 + n, 40000, 1, 80, 0);
}

/* Nobody else looks at the entries */
static void rival_alone(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u32 i;

	for (i = 0; i < KSTEER_GC_WORKERS; i++)
		cancel_delayed_work_sync(&fix->kn.store.gc.worker[i].work);
}

static void rival_accounts(struct kunit *test, u32 flows)
{
	struct fixture *fix = test->priv;
	u32 i, sum = 0, doubted = 0;

	for (i = 0; i < FIX_TMS; i++)
		sum += atomic_read(&fix->tm[i].count.flows);
	KUNIT_EXPECT_EQ(test, sum, flows);
	fix_vs_counts(test, &fix->vs, flows, 0, 0);
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn.store), flows);
	for (i = 0; i <= MOST; i++) {
		struct ksteer_flow *flow = fix_find(fix, nth(i));

		doubted += flow && flow->track & KSTEER_TRACK_DOUBTED;
	}
	KUNIT_EXPECT_EQ(test, ksteer_store_count_open(&fix->kn), doubted);
	KUNIT_EXPECT_EQ(test, doubted, flows);
}

/* The store is full, and the longest silent has been chosen */
static void evict_rival(struct kunit *test)
{
	const struct rival_case *c = test->param_value;
	struct fixture *fix = test->priv;
	struct rival rival = { .fix = fix, .what = c->what };
	struct ksteer_lookup look;
	struct ksteer_flow *flow, *spare;
	u32 i;

	for (i = 0; i < MOST; i++) {
		look = nth(i);
		flow = fix_store(fix, &look, 0, OPEN);
		KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(flow));
		flow->last_seen -= (MOST - i) * HZ;
	}
	rival_alone(test);
	fix->kn.store.max_flows = MOST;
	look = nth(MOST);
	spare = ksteer_flow_alloc(&look, fix->dest[0], OPEN, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, spare);
	window_open(WINDOW_REMOVE, NULL, rival_comes, &rival);
	local_bh_disable();
	rcu_read_lock();
	flow = ksteer_store_insert_rcu(&fix->kn, spare, fix->dest[0]);
	/* Whoever has looked it up before may still use it */
	if (rival.flow)
		ksteer_flow_touch(rival.flow);
	rcu_read_unlock();
	local_bh_enable();
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_REMOVE));
	KUNIT_EXPECT_PTR_EQ(test, flow, spare);
	for (i = 0; i < c->removed; i++)
		KUNIT_EXPECT_NULL(test, fix_find(fix, nth(i)));
	for (; i <= MOST; i++)
		KUNIT_EXPECT_NOT_NULL(test, fix_find(fix, nth(i)));
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_EVICT_OPEN), 1);
	rival_accounts(test, MOST + 1 - c->removed);
}

/* As the worker does, once round */
static void rival_expire(struct fixture *fix)
{
	struct ksteer_gc *gc = &fix->kn.store.gc;
	struct work_struct *work = &gc->worker[0].work.work;

	atomic_set(&gc->stripe, 0);
	work->func(work);
}

/* It has expired, and that has been seen */
static void expire_rival(struct kunit *test)
{
	const struct rival_case *c = test->param_value;
	struct fixture *fix = test->priv;
	struct rival rival = { .fix = fix, .what = c->what };
	struct ksteer_lookup look = nth(0);
	struct ksteer_flow *flow = fix_store(fix, &look, 0, OPEN);

	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(flow));
	look = nth(1);
	fix_store(fix, &look, 0, OPEN);
	rival_alone(test);
	flow->last_seen -= 86400 * HZ + HZ;
	window_open(WINDOW_REMOVE, flow, rival_comes, &rival);
	rival_expire(fix);
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_REMOVE));
	rival_alone(test);
	KUNIT_EXPECT_NULL(test, fix_find(fix, nth(0)));
	/* By whoever has removed it */
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_EXPIRED),
			c->what != rival_removes);
	rival_accounts(test, 1);
}

static void rival_refreshes(void *arg, void *what)
{
	struct ksteer_flow *flow = arg;

	/* By the clock of another CPU, on which a tick has passed */
	WRITE_ONCE(flow->last_seen, (u32)jiffies + 1);
}

/* A packet comes while it is asked for how long none has: it does not expire */
static void expire_refreshed(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_lookup look = nth(0);
	struct ksteer_flow *flow = fix_store(fix, &look, 0, OPEN);

	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(flow));
	rival_alone(test);
	window_open(WINDOW_READ, NULL, rival_refreshes, flow);
	rival_expire(fix);
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_READ));
	rival_alone(test);
	KUNIT_EXPECT_PTR_EQ(test, fix_find(fix, nth(0)), flow);
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_EXPIRED), 0);
}

static void rival_learns(void *arg, void *what)
{
	ksteer_flow_learn_link(arg, 6, KSTEER_DIR_REPLY);
}

/* Two answers by two links at once: who is first has the word */
static void learn_at_once(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_lookup look = fix_look(KSTEER_V4, 9, 1, 8, 2, 5);
	struct ksteer_flow *flow = fix_store(fix, &look, 0, EST);

	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(flow));
	window_open(WINDOW_CMPXCHG, &flow->reply_link, rival_learns, flow);
	fix_hit(fix, fix_look(KSTEER_V4, 8, 2, 9, 1, 7));
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_CMPXCHG));
	KUNIT_EXPECT_EQ(test, flow->reply_link, 6);
	KUNIT_EXPECT_PTR_EQ(test, fix_find(fix, fix_look(0, 8, 2, 9, 1, 6)),
			    flow);
	KUNIT_EXPECT_NULL(test, fix_find(fix, fix_look(0, 8, 2, 9, 1, 7)));
}

static struct kunit_case rival_race_cases[] = {
	KUNIT_CASE_PARAM(evict_rival, rival_gen_params),
	KUNIT_CASE_PARAM(expire_rival, rival_gen_params),
	KUNIT_CASE(expire_refreshed),
	KUNIT_CASE(learn_at_once),
	{},
};

static struct kunit_suite rival_suite = {
	.name = "ksteer_evict_race",
	.init = fix_init,
	.exit = fix_exit,
	.test_cases = rival_race_cases,
};

kunit_test_suite(rival_suite);

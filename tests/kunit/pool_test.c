// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools: whom they offer, and that what packets and events change meanwhile
 * has no part in it.
 */
#include "fixture.h"
#include "object/membership.h"
#include "object/pool.h"

#define POOL_TMS 3

static struct ksteer_pool *pool_make_sized(struct kunit *test,
					   enum ksteer_sched sched, u32 slots)
{
	struct ksteer_pool_settings set = { .sched = sched };
	struct ksteer_tm *member[POOL_TMS];
	struct fixture *fix = test->priv;
	struct ksteer_pool *pool;
	u32 i;

	for (i = 0; i < POOL_TMS; i++) {
		member[i] = &fix->tm[i];
		ksteer_way_init(&member[i]->way[KSTEER_SIDE_OPEN]);
		ksteer_way_init(&member[i]->way[KSTEER_SIDE_REPLY]);
		member[i]->way[KSTEER_SIDE_OPEN].leads[KSTEER_V4] = true;
		member[i]->usable = BIT(KSTEER_V4);
	}
	set.member = member;
	set.members = POOL_TMS;
	set.table_size = slots;
	mutex_lock(&fix->kn.config);
	pool = ksteer_pool_create(&fix->kn, &set);
	mutex_unlock(&fix->kn.config);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	return pool;
}

static struct ksteer_pool *pool_make(struct kunit *test,
				     enum ksteer_sched sched)
{
	return pool_make_sized(test, sched, 13);
}

static void pool_free(struct fixture *fix, struct ksteer_pool *pool)
{
	mutex_lock(&fix->kn.config);
	ksteer_pool_remove(pool);
	mutex_unlock(&fix->kn.config);
	rcu_barrier();
}

static void pool_change(struct kunit *test, struct ksteer_pool *pool,
			struct ksteer_tm **member, u32 members)
{
	struct ksteer_pool_settings set = pool->settings;
	struct fixture *fix = test->priv;
	int err;

	set.member = member;
	set.members = members;
	mutex_lock(&fix->kn.config);
	err = ksteer_pool_change(pool, &set);
	mutex_unlock(&fix->kn.config);
	KUNIT_ASSERT_EQ(test, err, 0);
}

/* Number of the member that a new flow is given to, -1 for none */
static int pool_pick(struct fixture *fix, struct ksteer_pool *pool)
{
	struct ksteer_tm *tm = fix_pool_select(pool);

	return tm ? (int)(tm - fix->tm) : -1;
}

/* Whatever the case has changed of the traffic managers */
static void pool_rebuild(struct fixture *fix)
{
	u32 i;

	mutex_lock(&fix->kn.config);
	for (i = 0; i < POOL_TMS; i++)
		ksteer_memberships_mark(&fix->tm[i]);
	ksteer_pool_rebuild_stale(&fix->kn);
	mutex_unlock(&fix->kn.config);
}

/* Members that packets of a family may select, each one in its place; -1: not */
static int pool_offers(struct fixture *fix, struct ksteer_pool *pool, u8 family)
{
	struct ksteer_set *set;
	int n = 0;
	u32 i;

	mutex_lock(&fix->kn.config);
	set = rcu_dereference_protected(pool->set[family],
					lockdep_is_held(&fix->kn.config));
	for (i = 0; set && i < set->members; i++)
		n = ksteer_tm_of(set->member[i].candidate) && n >= 0 ? n + 1 :
								       -1;
	mutex_unlock(&fix->kn.config);
	return n;
}

static int pool_init(struct kunit *test)
{
	int err = fix_init(test);
	struct fixture *fix = test->priv;

	INIT_LIST_HEAD(&fix->kn.pools);
	INIT_LIST_HEAD(&fix->kn.servers);
	ida_init(&fix->kn.pool_indices);
	return err;
}

/*
 * A neighbour fails while a set is being built, by a timer's word: between the
 * counting of the members and their filling in the number must not change.
 */
static void pool_as_looked_at(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_way *way = &fix->tm[1].way[KSTEER_SIDE_OPEN];
	struct ksteer_pool *pool = pool_make(test, KSTEER_SCHED_LC);

	KUNIT_EXPECT_EQ(test, pool_offers(fix, pool, KSTEER_V4), POOL_TMS);
	KUNIT_EXPECT_EQ(test, pool_offers(fix, pool, KSTEER_V6), 0);
	way->oper[KSTEER_V4] = KSTEER_TM_OPER_NEIGH_FAILED;
	pool_rebuild(fix);
	KUNIT_EXPECT_EQ(test, pool_offers(fix, pool, KSTEER_V4), POOL_TMS);
	/* Now the refresh has seen it; and it recovers before the next one */
	fix->tm[1].usable = 0;
	way->oper[KSTEER_V4] = 0;
	pool_rebuild(fix);
	KUNIT_EXPECT_EQ(test, pool_offers(fix, pool, KSTEER_V4), POOL_TMS - 1);
	pool_free(fix, pool);
}

/* If all seem to fail, all are offered: a packet may find one alive */
static void pool_of_failing(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_pool *pool = pool_make(test, KSTEER_SCHED_MAGLEV);
	u32 i;

	for (i = 0; i < POOL_TMS; i++)
		fix->tm[i].usable = 0;
	pool_rebuild(fix);
	KUNIT_EXPECT_EQ(test, pool_offers(fix, pool, KSTEER_V4), POOL_TMS);
	/* But not who is told to rest */
	fix->tm[0].settings.state = KSTEER_TM_STATE_DRAIN;
	fix->tm[1].settings.weight = 0;
	pool_rebuild(fix);
	KUNIT_EXPECT_EQ(test, pool_offers(fix, pool, KSTEER_V4), 1);
	pool_free(fix, pool);
}

/* A set that would come out the same is not made again */
static void pool_unchanged(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_pool *pool = pool_make(test, KSTEER_SCHED_MAGLEV);
	struct ksteer_set *set = rcu_access_pointer(pool->set[KSTEER_V4]);

	pool_rebuild(fix);
	KUNIT_EXPECT_PTR_EQ(test, set,
			    rcu_access_pointer(pool->set[KSTEER_V4]));
	fix->tm[1].settings.weight = 2;
	pool_rebuild(fix);
	KUNIT_EXPECT_PTR_NE(test, set,
			    rcu_access_pointer(pool->set[KSTEER_V4]));
	pool_free(fix, pool);
}

static u32 pools_stale(const struct fixture *fix)
{
	struct list_head *at;
	u32 n = 0;

	list_for_each(at, &fix->kn.stale_pools)
		n++;
	return n;
}

static bool pool_stale(const struct ksteer_pool *pool)
{
	return !list_empty(&pool->of_stale);
}

/* What concerns one traffic manager concerns its own pools, each one once */
static void pool_marked(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_pool *all = pool_make(test, KSTEER_SCHED_LC);
	struct ksteer_pool *two = pool_make(test, KSTEER_SCHED_WRR);
	struct ksteer_pool *one = pool_make(test, KSTEER_SCHED_MAGLEV);
	struct ksteer_tm *tm[] = { &fix->tm[1], &fix->tm[2] };
	struct ksteer_set *kept;

	pool_change(test, two, tm, 2);
	pool_change(test, one, tm, 1);
	KUNIT_EXPECT_EQ(test, fix->tm[0].pools, 1);
	KUNIT_EXPECT_EQ(test, fix->tm[1].pools, 3);
	KUNIT_EXPECT_EQ(test, fix->tm[2].pools, 2);
	kept = rcu_access_pointer(one->set[KSTEER_V4]);
	/* The third pool's member changes too, but nobody has said so */
	fix->tm[0].settings.weight = 2;
	fix->tm[1].settings.weight = 2;
	fix->tm[2].settings.weight = 2;
	mutex_lock(&fix->kn.config);
	ksteer_memberships_mark(&fix->tm[0]);
	KUNIT_EXPECT_TRUE(test, pool_stale(all));
	KUNIT_EXPECT_FALSE(test, pool_stale(two));
	ksteer_memberships_mark(&fix->tm[2]);
	KUNIT_EXPECT_EQ(test, pools_stale(fix), 2);
	KUNIT_EXPECT_TRUE(test, pool_stale(two));
	KUNIT_EXPECT_FALSE(test, pool_stale(one));
	ksteer_pool_rebuild_stale(&fix->kn);
	KUNIT_EXPECT_TRUE(test, list_empty(&fix->kn.stale_pools));
	mutex_unlock(&fix->kn.config);
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(one->set[KSTEER_V4]),
			    kept);
	pool_free(fix, all);
	KUNIT_EXPECT_EQ(test, fix->tm[0].pools, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&fix->tm[0].memberships));
	/* One that is marked may go */
	mutex_lock(&fix->kn.config);
	ksteer_memberships_mark(&fix->tm[1]);
	mutex_unlock(&fix->kn.config);
	pool_free(fix, one);
	pool_free(fix, two);
	KUNIT_EXPECT_TRUE(test, list_empty(&fix->kn.stale_pools));
}

struct turn_case {
	const char *name;
	enum ksteer_sched sched;
	u32 weight[2]; /* of those that stay; the third comes and goes */
};

static const struct turn_case turn_cases[] = {
	{ "rr", KSTEER_SCHED_RR, { 1, 1 } },
	{ "lc", KSTEER_SCHED_LC, { 1, 1 } },
	{ "wrr 1 1", KSTEER_SCHED_WRR, { 1, 1 } },
	{ "wrr 3 1", KSTEER_SCHED_WRR, { 3, 1 } },
};

KUNIT_ARRAY_PARAM_DESC(turn, turn_cases, name);

#define POOL_FLAPS 120

/* One member comes and goes with each new flow: the others share as before */
static void pool_turn(struct kunit *test)
{
	const struct turn_case *c = test->param_value;
	struct fixture *fix = test->priv;
	struct ksteer_pool *pool = pool_make(test, c->sched);
	u32 i, count[POOL_TMS] = {};
	int want, at;

	fix->tm[0].settings.weight = c->weight[0];
	fix->tm[1].settings.weight = c->weight[1];
	for (i = 0; i < POOL_FLAPS; i++) {
		fix->tm[2].usable = i & 1 ? BIT(KSTEER_V4) : 0;
		pool_rebuild(fix);
		at = pool_pick(fix, pool);
		KUNIT_ASSERT_GE(test, at, 0);
		count[at]++;
	}
	want = (POOL_FLAPS - count[2]) * c->weight[0] /
	       (c->weight[0] + c->weight[1]);
	KUNIT_EXPECT_LE(test, abs((int)count[0] - want), 2);
	KUNIT_EXPECT_GT(test, count[1], 0);
	pool_free(fix, pool);
}

/* Nobody is left for a while: it goes on where it was */
static void pool_turn_none(struct kunit *test)
{
	const struct turn_case *c = test->param_value;
	struct fixture *fix = test->priv;
	struct ksteer_pool *pool = pool_make(test, c->sched);
	u32 i, k, count[POOL_TMS] = {};

	for (i = 0; i < 3 * POOL_TMS; i++) {
		for (k = 0; k < POOL_TMS; k++)
			fix->tm[k].settings.weight = 0;
		pool_rebuild(fix);
		KUNIT_EXPECT_EQ(test, pool_pick(fix, pool), -1);
		for (k = 0; k < POOL_TMS; k++)
			fix->tm[k].settings.weight = 1;
		pool_rebuild(fix);
		count[pool_pick(fix, pool)]++;
	}
	for (k = 0; k < POOL_TMS; k++)
		KUNIT_EXPECT_EQ(test, count[k], 3);
	pool_free(fix, pool);
}

/* Members leave, join and change places: the next is who follows the last */
static void pool_turn_change(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_pool *pool = pool_make(test, KSTEER_SCHED_RR);
	struct ksteer_tm *all[] = { &fix->tm[0], &fix->tm[1], &fix->tm[2] };
	struct ksteer_tm *two[] = { &fix->tm[0], &fix->tm[2] };
	struct ksteer_tm *turned[] = { &fix->tm[2], &fix->tm[1], &fix->tm[0] };

	KUNIT_EXPECT_EQ(test, pool_pick(fix, pool), 0);
	KUNIT_EXPECT_EQ(test, pool_pick(fix, pool), 1);
	/* The last one leaves */
	pool_change(test, pool, two, ARRAY_SIZE(two));
	KUNIT_EXPECT_EQ(test, pool_pick(fix, pool), 2);
	pool_change(test, pool, all, ARRAY_SIZE(all));
	KUNIT_EXPECT_EQ(test, pool_pick(fix, pool), 0);
	pool_change(test, pool, turned, ARRAY_SIZE(turned));
	KUNIT_EXPECT_EQ(test, pool_pick(fix, pool), 2);
	KUNIT_EXPECT_EQ(test, pool_pick(fix, pool), 1);
	KUNIT_EXPECT_EQ(test, pool_pick(fix, pool), 0);
	pool_free(fix, pool);
}

/* One of great weight leaves: nobody gets all that it was owed in a burst */
static void pool_turn_weight(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_pool *pool = pool_make(test, KSTEER_SCHED_WRR);
	u32 i, count[POOL_TMS] = {};

	fix->tm[0].settings.weight = 60000;
	fix->tm[1].settings.weight = 2;
	pool_rebuild(fix);
	for (i = 0; i < 20000; i++)
		pool_pick(fix, pool);
	fix->tm[0].settings.weight = 0;
	fix->tm[1].settings.weight = 1;
	pool_rebuild(fix);
	for (i = 0; i < 20; i++)
		count[pool_pick(fix, pool)]++;
	KUNIT_EXPECT_EQ(test, count[0], 0);
	KUNIT_EXPECT_LE(test, abs((int)count[1] - 10), 2);
	pool_free(fix, pool);
}

/* What is asked for one that somebody has: the same as for a selection */
static void pool_offer(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_pool *pool = pool_make(test, KSTEER_SCHED_RR);
	u32 i;

	rcu_read_lock();
	for (i = 0; i < POOL_TMS; i++)
		KUNIT_EXPECT_TRUE(test, ksteer_pool_offers_rcu(
						pool, &fix->tm[i], KSTEER_V4));
	KUNIT_EXPECT_FALSE(test, ksteer_pool_offers_rcu(pool, &fix->tm[0],
							KSTEER_V6));
	KUNIT_EXPECT_FALSE(test, ksteer_pool_offers_rcu(
					 pool, &fix->tm[POOL_TMS], KSTEER_V4));
	rcu_read_unlock();
	fix->tm[0].settings.weight = 0;
	fix->tm[1].usable = 0;
	fix->tm[2].candidate.state = KSTEER_TM_STATE_DRAIN;
	pool_rebuild(fix);
	rcu_read_lock();
	for (i = 0; i < POOL_TMS; i++)
		KUNIT_EXPECT_FALSE(test, ksteer_pool_offers_rcu(
						 pool, &fix->tm[i], KSTEER_V4));
	rcu_read_unlock();
	pool_free(fix, pool);
}

/* So many that whoever waits has his turn in between: two at a time */
static void pool_in_parts(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_pool *pool[5];
	int i;

	for (i = 0; i < 5; i++)
		pool[i] = pool_make_sized(test, KSTEER_SCHED_MAGLEV,
					  KSTEER_POOL_PART / 2);
	fix->tm[0].settings.weight = 2;
	mutex_lock(&fix->kn.config);
	ksteer_memberships_mark(&fix->tm[0]);
	KUNIT_EXPECT_EQ(test, pools_stale(fix), 5);
	KUNIT_EXPECT_TRUE(test, ksteer_pool_rebuild_stale(&fix->kn));
	KUNIT_EXPECT_EQ(test, pools_stale(fix), 3);
	/* Who is marked again comes after those that wait */
	ksteer_memberships_mark(&fix->tm[0]);
	KUNIT_EXPECT_EQ(test, pools_stale(fix), 5);
	KUNIT_EXPECT_TRUE(test, ksteer_pool_rebuild_stale(&fix->kn));
	KUNIT_EXPECT_EQ(test, pools_stale(fix), 3);
	KUNIT_EXPECT_FALSE(test, pool_stale(pool[2]));
	KUNIT_EXPECT_FALSE(test, pool_stale(pool[3]));
	/* The last, and two that would come out the same */
	KUNIT_EXPECT_FALSE(test, ksteer_pool_rebuild_stale(&fix->kn));
	KUNIT_EXPECT_EQ(test, pools_stale(fix), 0);
	mutex_unlock(&fix->kn.config);
	for (i = 0; i < 5; i++)
		pool_free(fix, pool[i]);
}

static struct kunit_case pool_cases[] = {
	KUNIT_CASE(pool_as_looked_at),
	KUNIT_CASE(pool_of_failing),
	KUNIT_CASE(pool_unchanged),
	KUNIT_CASE(pool_marked),
	KUNIT_CASE(pool_in_parts),
	KUNIT_CASE_PARAM(pool_turn, turn_gen_params),
	KUNIT_CASE_PARAM(pool_turn_none, turn_gen_params),
	KUNIT_CASE(pool_turn_change),
	KUNIT_CASE(pool_turn_weight),
	KUNIT_CASE(pool_offer),
	{},
};

static struct kunit_suite pool_suite = {
	.name = "ksteer_pool",
	.init = pool_init,
	.exit = fix_exit,
	.test_cases = pool_cases,
};

kunit_test_suite(pool_suite);

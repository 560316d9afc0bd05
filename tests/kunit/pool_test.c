// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools: whom they offer, and that what packets and events change meanwhile
 * has no part in it.
 */
#include "fixture.h"
#include "pool.h"

#define POOL_TMS 3

static struct ksteer_pool *pool_make(struct kunit *test,
				     enum ksteer_sched sched)
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
	set.table_size = 13;
	mutex_lock(&fix->kn.config);
	pool = ksteer_pool_create(&fix->kn, &set);
	mutex_unlock(&fix->kn.config);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	return pool;
}

static void pool_free(struct fixture *fix, struct ksteer_pool *pool)
{
	mutex_lock(&fix->kn.config);
	ksteer_pool_remove(pool);
	mutex_unlock(&fix->kn.config);
	rcu_barrier();
}

static void pool_rebuild(struct fixture *fix)
{
	mutex_lock(&fix->kn.config);
	ksteer_pool_rebuild_all(&fix->kn);
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
		n = set->member[i].tm && n >= 0 ? n + 1 : -1;
	mutex_unlock(&fix->kn.config);
	return n;
}

static int pool_init(struct kunit *test)
{
	int err = fix_init(test);
	struct fixture *fix = test->priv;

	INIT_LIST_HEAD(&fix->kn.pools);
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

static struct kunit_case pool_cases[] = {
	KUNIT_CASE(pool_as_looked_at),
	KUNIT_CASE(pool_of_failing),
	{},
};

static struct kunit_suite pool_suite = {
	.name = "ksteer_pool",
	.init = pool_init,
	.exit = fix_exit,
	.test_cases = pool_cases,
};

kunit_test_suite(pool_suite);

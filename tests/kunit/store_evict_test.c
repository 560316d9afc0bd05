// SPDX-License-Identifier: GPL-2.0-only
/* store: who makes room, the budget of what nobody vouches for, chosen keys. */
#include "fixture.h"
#include "store/gc.h"
#include "store/store.h"
#include "store/store_find.h"

#define EST KSTEER_FLOW_STATE_ESTABLISHED
#define OPEN KSTEER_FLOW_STATE_OPEN
#define CLOSING KSTEER_FLOW_STATE_CLOSING
#define CLOSED KSTEER_FLOW_STATE_CLOSED
#define TEMPLATE KSTEER_FLOW_STATE_TEMPLATE
#define VOUCHED KSTEER_TRACK_VOUCHED

/* A newcomer looks at a part of the table; in so many turns at all of it */
#define TURNS 8

static struct ksteer_lookup nth(u8 family, u32 n)
{
	return fix_look(family, 1000 + n, 40000, 1, 80, 0);
}

struct spare_case {
	const char *name;
	u32 track;
	u32 idle; /* seconds */
	int count; /* where its going is counted; -1: it stays */
};

static const struct spare_case spare_cases[] = {
	{ "vouched", EST | VOUCHED, 0, -1 },
	{ "vouched, nearly idle", EST | VOUCHED, KSTEER_YOUNG_DEFAULT - 5, -1 },
	{ "vouched, idle", EST | VOUCHED, KSTEER_YOUNG_DEFAULT + 1,
	  KSTEER_COUNT_EVICT_IDLE },
	{ "vouched, past its time", EST | VOUCHED, 86400 + 1,
	  KSTEER_COUNT_EXPIRED },
	{ "one-sided", EST, 0, KSTEER_COUNT_EVICT_ONESIDED },
	{ "one-sided, closing", CLOSING, 0, KSTEER_COUNT_EVICT_ONESIDED },
	{ "half open", OPEN, 0, KSTEER_COUNT_EVICT_OPEN },
	{ "half open, answered", OPEN | VOUCHED, 0, KSTEER_COUNT_EVICT_OPEN },
	{ "half open, past its time", OPEN, 86400 + 1, KSTEER_COUNT_EXPIRED },
	{ "closing", CLOSING | VOUCHED, 0, -1 },
	{ "closed", CLOSED | VOUCHED, 0, KSTEER_COUNT_EVICT_CLOSED },
	{ "template", TEMPLATE | VOUCHED, 0, -1 },
	{ "template, nobody's", TEMPLATE, 0, KSTEER_COUNT_EVICT_ONESIDED },
	{ "template, idle", TEMPLATE | VOUCHED, 1000, KSTEER_COUNT_EVICT_IDLE },
};

KUNIT_ARRAY_PARAM_DESC(spare, spare_cases, name);

/* One such flow among young ones in a full store: does it make room? */
static void evict_spare(struct kunit *test)
{
	const struct spare_case *c = test->param_value;
	struct fixture *fix = test->priv;
	struct ksteer_flow *got = ERR_PTR(-ENOSPC);
	struct ksteer_lookup look;
	u32 i, most = 50;

	fix->kn.store.max_flows = most;
	for (i = 0; i < most; i++) {
		struct ksteer_flow *flow;

		look = nth(KSTEER_V4, i);
		flow = fix_store(fix, &look, 0,
				 i == 17 ? c->track : EST | VOUCHED);
		KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(flow));
		if (i == 17)
			flow->last_seen -= c->idle * HZ;
	}
	look = nth(KSTEER_V4, most);
	for (i = 0; i < TURNS && IS_ERR(got); i++)
		got = fix_store(fix, &look, 0, EST | VOUCHED);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(got), c->count < 0 ? -ENOSPC : 0);
	KUNIT_EXPECT_EQ(test, !!fix_find(fix, nth(KSTEER_V4, 17)),
			c->count < 0);
	if (c->count >= 0)
		KUNIT_EXPECT_EQ(test, fix_count(fix, c->count), 1);
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn.store), most);
}

/* The next key from @n on that lies in the bucket of the first */
static u32 same_bucket(struct fixture *fix, u32 n)
{
	struct rhashtable *ht = &fix->kn.store.table;
	struct ksteer_lookup look = nth(KSTEER_V4, 0);
	u32 first, hash;

	rcu_read_lock();
	look.hash = ksteer_key_hash(fix->kn.store.secret, &look.key);
	first = ksteer_look_bucket(rcu_dereference(ht->tbl), &look);
	do {
		look = nth(KSTEER_V4, n++);
		look.hash = ksteer_key_hash(fix->kn.store.secret, &look.key);
		hash = ksteer_look_bucket(rcu_dereference(ht->tbl), &look);
	} while (hash != first);
	rcu_read_unlock();
	return n - 1;
}

struct order_case {
	u32 track;
	u32 idle; /* seconds */
};

/* The first to go stands first */
static const struct order_case order_cases[] = {
	{ EST | VOUCHED, 86400 + 1 },
	{ CLOSED | VOUCHED, 0 },
	{ OPEN, 10 },
	{ EST, 3 },
	{ OPEN, 3 },
	{ EST | VOUCHED, 1000 },
	{ EST | VOUCHED, 100 },
};

/* All stand in one bucket, so that each search meets them all */
static void evict_order(struct kunit *test)
{
	u32 i, k, n = ARRAY_SIZE(order_cases), key[ARRAY_SIZE(order_cases)];
	struct fixture *fix = test->priv;
	struct ksteer_flow *got;
	struct ksteer_lookup look;

	for (i = 0; i < n; i++) {
		/* Stored in another order than they go */
		k = i * 3 % n;
		key[k] = same_bucket(fix, i ? key[(i - 1) * 3 % n] + 1 : 0);
		look = nth(KSTEER_V4, key[k]);
		got = fix_store(fix, &look, 0, order_cases[k].track);
		KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(got));
		got->last_seen -= order_cases[k].idle * HZ;
	}
	/* Only now: who comes to a store that fills up takes along what is over */
	fix->kn.store.max_flows = n;
	for (i = 0; i < n; i++) {
		look = nth(KSTEER_V6, i);
		got = ERR_PTR(-ENOSPC);
		for (k = 0; k < TURNS && IS_ERR(got); k++)
			got = fix_store(fix, &look, 0, EST | VOUCHED);
		KUNIT_EXPECT_FALSE(test, IS_ERR(got));
		for (k = 0; k < n; k++)
			KUNIT_EXPECT_EQ(test,
					!!fix_find(fix, nth(KSTEER_V4, key[k])),
					k > i);
	}
	look = nth(KSTEER_V6, n);
	for (k = 0; k < TURNS; k++)
		KUNIT_EXPECT_EQ(test, PTR_ERR(fix_store(fix, &look, 0, OPEN)),
				-ENOSPC);
}

static void store_many(struct fixture *fix, u32 from, u32 n, u32 track)
{
	struct ksteer_lookup look;

	for (; n; n--, from++) {
		look = nth(KSTEER_V4, from);
		fix_store(fix, &look, 0, track);
	}
}

/* More than may be of what nobody vouches for; others do not suffer by it */
static void evict_budget(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u32 i, budget = 400;

	ksteer_store_limit_open(&fix->kn.store, budget);
	store_many(fix, 0, budget, EST | VOUCHED);
	store_many(fix, 1000, 4 * budget, OPEN);
	KUNIT_EXPECT_EQ(test, ksteer_store_count_open(&fix->kn), budget);
	store_many(fix, 5000, 4 * budget, EST);
	KUNIT_EXPECT_EQ(test, ksteer_store_count_open(&fix->kn), budget);
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn.store), 2 * budget);
	for (i = 0; i < budget; i++)
		KUNIT_EXPECT_NOT_NULL(test, fix_find(fix, nth(KSTEER_V4, i)));
	KUNIT_EXPECT_EQ(test,
			fix_count(fix, KSTEER_COUNT_EVICT_OPEN) +
				fix_count(fix, KSTEER_COUNT_EVICT_ONESIDED),
			7 * budget);
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_EVICT_IDLE), 0);
	/* A budget that is cut: two go for one that comes */
	ksteer_store_limit_open(&fix->kn.store, budget / 2);
	store_many(fix, 10000, budget / 2, OPEN);
	KUNIT_EXPECT_EQ(test, ksteer_store_count_open(&fix->kn), budget / 2);
}

/* A few that go on among very many that are forged: none of them is lost */
static void evict_flood(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u32 i, k, most = 1024, few = 16;

	fix->kn.store.max_flows = most;
	ksteer_store_limit_open(&fix->kn.store, most / 2);
	store_many(fix, 0, few, EST | VOUCHED);
	store_many(fix, 1000, few, EST);
	store_many(fix, 2000, few, OPEN);
	for (i = 0; i < 10 * most; i++) {
		struct ksteer_flow *flow;
		struct ksteer_lookup look = nth(KSTEER_V6, i);

		flow = fix_store(fix, &look, 0, i % 3 ? OPEN : EST);
		KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(flow));
		/* Time goes by: so many packets a second */
		flow->last_seen -= HZ;
		if (i % 64)
			continue;
		for (k = 0; k < few; k++) {
			flow = fix_find(fix, nth(KSTEER_V4, 1000 + k));
			if (flow)
				flow->last_seen = jiffies;
			flow = fix_find(fix, nth(KSTEER_V4, 2000 + k));
			if (flow)
				flow->last_seen = jiffies;
		}
	}
	for (k = 0; k < few; k++) {
		KUNIT_EXPECT_NOT_NULL(test, fix_find(fix, nth(0, k)));
		KUNIT_EXPECT_NOT_NULL(test, fix_find(fix, nth(0, 1000 + k)));
		KUNIT_EXPECT_NOT_NULL(test, fix_find(fix, nth(0, 2000 + k)));
	}
	KUNIT_EXPECT_LE(test, ksteer_store_count(&fix->kn.store),
			most / 2 + few);
}

/* @n of them, as long silent as young ones are, or longer */
static void store_silent(struct kunit *test, u32 from, u32 n, u32 track,
			 u32 seconds)
{
	struct fixture *fix = test->priv;
	u32 i;

	for (i = 0; i < n; i++) {
		struct ksteer_lookup look = nth(KSTEER_V4, from + i);
		struct ksteer_flow *flow = fix_store(fix, &look, 0, track);

		KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(flow));
		flow->last_seen -= seconds * HZ;
	}
}

static u32 still_there(struct fixture *fix, u32 from, u32 n)
{
	u32 i, there = 0;

	for (i = 0; i < n; i++)
		there += !!fix_find(fix, nth(KSTEER_V4, from + i));
	return there;
}

#define ANSWERED (EST | VOUCHED | KSTEER_TRACK_SEEN(0) | KSTEER_TRACK_SEEN(1))
#define AGED (EST | VOUCHED | KSTEER_TRACK_SEEN(0))

/* Connections that rest, three quarters of the store, while others flood it */
static void evict_resting(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u32 i, most = 1024, rest = most * 3 / 4;

	fix->kn.store.max_flows = most;
	ksteer_store_limit_open(&fix->kn.store, most);
	store_silent(test, 0, rest / 2, ANSWERED, 1000);
	store_silent(test, rest / 2, rest / 2, AGED, 500);
	for (i = 0; i < 20 * most; i++) {
		struct ksteer_lookup look = nth(KSTEER_V6, i);

		fix_store(fix, &look, 0, i % 3 ? OPEN : EST);
		if (i % 4096 == 0)
			cond_resched();
	}
	KUNIT_EXPECT_EQ(test, still_there(fix, 0, rest), rest);
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_EVICT_IDLE), 0);
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn.store), most);
}

/*
 * A store that is full of what only its age vouches for, and that is kept alive:
 * no connection that was answered goes for newcomers.  If it rests, too, it goes
 * first, however long the others have been silent.
 */
static void evict_aged(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u32 i, most = 1024, half = most / 2;

	fix->kn.store.max_flows = most;
	store_silent(test, 0, half, ANSWERED, 1000);
	store_silent(test, half, half, AGED, 0);
	store_many(fix, 10000, 4 * most, OPEN);
	KUNIT_EXPECT_EQ(test, still_there(fix, 0, most), most);
	for (i = 0; i < half; i++)
		fix_find(fix, nth(KSTEER_V4, half + i))->last_seen -= 100 * HZ;
	store_many(fix, 20000, half / 2, EST | VOUCHED);
	KUNIT_EXPECT_EQ(test, still_there(fix, 0, half), half);
	KUNIT_EXPECT_EQ(test, still_there(fix, half, half), half / 2);
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_EVICT_IDLE),
			half / 2);
}

/* Newcomers find room in a part of a store that is full of what rests */
static void evict_share(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u32 most = 1024;

	fix->kn.store.max_flows = most;
	/* No batches: the thread may change its CPU, and leave one untold behind */
	ksteer_store_limit_open(&fix->kn.store, most);
	store_silent(test, 0, most, ANSWERED, 1000);
	store_many(fix, 10000, 20 * most, OPEN);
	KUNIT_EXPECT_GE(test, still_there(fix, 0, most), most - most / 16 - 64);
	KUNIT_EXPECT_GE(test, ksteer_store_count_open(&fix->kn), most / 32);
}

/*
 * Keys chosen by somebody who knows the secret: with this one the ports do not
 * count.  Their chains stay short, and the table is not made anew for them.
 */
static void chosen_keys(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct bucket_table *before =
		rcu_access_pointer(fix->kn.store.table.tbl);
	u32 i, stored = 0, n = 262144;

	fix->kn.store.secret[3] = 0;
	for (i = 0; i < n; i++) {
		struct ksteer_lookup look =
			fix_look(KSTEER_V4, 2 + i / 65536, i, 1, 80, 0);
		struct ksteer_flow *flow = fix_store(fix, &look, 0, OPEN);

		if (IS_ERR(flow))
			KUNIT_ASSERT_EQ(test, PTR_ERR(flow), -E2BIG);
		else
			stored++;
		if (i % 4096 == 0)
			cond_resched();
	}
	KUNIT_EXPECT_LE(test, stored, 12 * n / 65536);
	KUNIT_EXPECT_GE(test, stored, 12);
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn.store), stored);
	KUNIT_EXPECT_PTR_EQ(
		test, before,
		(void *)rcu_access_pointer(fix->kn.store.table.tbl));
	/* Others go on */
	store_many(fix, 100000, 100, OPEN);
	KUNIT_EXPECT_GE(test, ksteer_store_count(&fix->kn.store), stored + 90);
}

/* Each namespace has a secret of its own, and each table parts keys anew */
static void secrets(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_conn_store *store = &fix->kn.store;
	u32 i, bucket, first = 0, same = 0, again = 0;
	u64 secret[KSTEER_SECRETS];

	memcpy(secret, store->secret, sizeof(secret));
	ksteer_gc_stop(&fix->kn);
	ksteer_store_destroy(&fix->kn);
	ksteer_gc_init(&fix->kn);
	KUNIT_ASSERT_EQ(test, ksteer_store_create(&fix->kn), 0);
	for (i = 0; i < KSTEER_SECRETS; i++)
		KUNIT_EXPECT_NE(test, secret[i], store->secret[i]);
	for (i = 0; i < 400000; i++) {
		struct ksteer_lookup look = nth(KSTEER_V4, i);

		look.hash = ksteer_key_hash(store->secret, &look.key);
		bucket = ksteer_look_hash(&look, 0, 1) & 1023;
		if (!i)
			first = bucket;
		if (bucket != first)
			continue;
		same++;
		again += (ksteer_look_hash(&look, 0, 0x5eed) & 1023) ==
			 (first & 1023);
	}
	KUNIT_EXPECT_GT(test, same, 200);
	KUNIT_EXPECT_LT(test, again, same / 8);
}

static struct kunit_case evict_cases[] = {
	KUNIT_CASE_PARAM(evict_spare, spare_gen_params),
	KUNIT_CASE(evict_order),
	KUNIT_CASE(evict_budget),
	KUNIT_CASE(evict_flood),
	KUNIT_CASE(evict_resting),
	KUNIT_CASE(evict_aged),
	KUNIT_CASE(evict_share),
	KUNIT_CASE(chosen_keys),
	KUNIT_CASE(secrets),
	{},
};

static struct kunit_suite evict_suite = {
	.name = "ksteer_store_evict",
	.init = fix_init,
	.exit = fix_exit,
	.test_cases = evict_cases,
};

kunit_test_suite(evict_suite);

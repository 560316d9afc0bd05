// SPDX-License-Identifier: GPL-2.0-only
/* store: insert, lookup, remove, VLANs, who makes room, the half-open budget. */
#include "fixture.h"
#include "store_find.h"

#define EST KSTEER_FLOW_STATE_ESTABLISHED
#define OPEN KSTEER_FLOW_STATE_OPEN
#define CLOSED KSTEER_FLOW_STATE_CLOSED

/* The n-th flow: from client n to the server */
static struct ksteer_lookup nth(u8 family, u32 n)
{
	return fix_look(family, 1000 + n, 40000, 1, 80, 0);
}

/* Its answer */
static struct ksteer_lookup nth_answer(u8 family, u32 n)
{
	return fix_look(family, 1, 80, 1000 + n, 40000, 0);
}

static void store_basic(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u8 family;

	for (family = 0; family < KSTEER_FAMILIES; family++) {
		struct ksteer_lookup look = nth(family, 0);
		struct ksteer_flow *flow = fix_store(fix, &look, 3, EST);

		KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(flow));
		KUNIT_EXPECT_PTR_EQ(test, fix_find(fix, look), flow);
		KUNIT_EXPECT_PTR_EQ(test, fix_find(fix, nth_answer(family, 0)),
				    flow);
		KUNIT_EXPECT_NULL(test, fix_find(fix, nth(family, 1)));
		KUNIT_EXPECT_NULL(test, fix_find(fix, nth(!family, 0)));
		KUNIT_EXPECT_EQ(test, ksteer_flow_dir(flow, look.swapped),
				KSTEER_DIR_OPEN);
		KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn), 1);
		KUNIT_EXPECT_EQ(test, atomic_read(&fix->dest[3].flows), 1);
		KUNIT_EXPECT_EQ(test, atomic_read(&fix->tm[3].flows), 1);
		KUNIT_EXPECT_EQ(test, atomic_read(&fix->vs.flows), 1);
		KUNIT_EXPECT_TRUE(test, fix_remove(fix, flow));
		KUNIT_EXPECT_FALSE(test, fix_remove(fix, flow));
		KUNIT_EXPECT_NULL(test, fix_find(fix, look));
		KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn), 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&fix->dest[3].flows), 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&fix->tm[3].flows), 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&fix->vs.flows), 0);
	}
	KUNIT_EXPECT_EQ(test, atomic64_read(&fix->dest[3].flows_total), 2);
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_STORED), 2);
}

/* Who comes second gets the first, and its own destination is not charged */
static void store_twice(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_lookup look = nth(KSTEER_V4, 0);
	struct ksteer_lookup answer = nth_answer(KSTEER_V4, 0);
	struct ksteer_flow *flow = fix_store(fix, &look, 0, EST);

	KUNIT_EXPECT_PTR_EQ(test, fix_store(fix, &look, 1, EST), flow);
	KUNIT_EXPECT_PTR_EQ(test, fix_store(fix, &answer, 1, EST), flow);
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&fix->dest[0].flows), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&fix->dest[1].flows), 0);
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_STORED), 1);
}

/* Each part of a key counts, in both families; the VLAN for the opener */
static void store_fields(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u8 family;

	for (family = 0; family < KSTEER_FAMILIES; family++) {
		struct ksteer_lookup look = nth(family, 0);
		struct ksteer_flow *flow = fix_store(fix, &look, 0, EST);
		u32 word;

		KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(flow));
		for (word = 0; word < sizeof(look.key); word++) {
			struct ksteer_lookup other = look;
			struct ksteer_flow *found;

			((u8 *)&other.key)[word] ^= 1;
			found = fix_find(fix, other);
			/* IPv4 has four bytes of address, the rest is zero */
			if (family == KSTEER_V4 && word < 32 && word % 16 >= 8)
				continue;
			KUNIT_EXPECT_NULL(test, found);
		}
		fix_remove(fix, flow);
	}
}

struct vlan_case {
	const char *name;
	u16 open; /* VLAN of the packet that opens */
	u16 first; /* of the first answer */
	bool found; /* it belongs to the flow */
	u16 second; /* of another answer */
	bool again;
};

static const struct vlan_case vlan_cases[] = {
	{ "none", 0, 0, true, 0, true },
	{ "same", 5, 5, true, 5, true },
	{ "another", 5, 6, true, 6, true },
	{ "untagged answer", 5, 0, true, 0, true },
	{ "tagged answer", 0, 6, true, 6, true },
	{ "learnt once", 5, 6, true, 7, false },
	{ "learnt once, not its own", 5, 6, true, 5, false },
};

KUNIT_ARRAY_PARAM_DESC(vlan, vlan_cases, name);

static void store_vlan(struct kunit *test)
{
	const struct vlan_case *c = test->param_value;
	struct fixture *fix = test->priv;
	struct ksteer_lookup look = fix_look(0, 9, 1, 8, 2, c->open);
	struct ksteer_lookup first = fix_look(0, 8, 2, 9, 1, c->first);
	struct ksteer_lookup second = fix_look(0, 8, 2, 9, 1, c->second);
	struct ksteer_lookup strange = fix_look(0, 9, 1, 8, 2, c->open + 50);
	struct ksteer_flow *flow = fix_store(fix, &look, 0, EST);

	/* To ask is not to learn */
	KUNIT_EXPECT_PTR_EQ(test, fix_find(fix, second), flow);
	KUNIT_EXPECT_PTR_EQ(test, fix_hit(fix, first), c->found ? flow : NULL);
	KUNIT_EXPECT_PTR_EQ(test, fix_hit(fix, second), c->again ? flow : NULL);
	KUNIT_EXPECT_PTR_EQ(test, fix_find(fix, look), flow);
	KUNIT_EXPECT_NULL(test, fix_find(fix, strange));
}

/* Equal addresses in two VLANs: an answer prefers the flow of its own VLAN */
static void store_vlan_own(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_lookup a = fix_look(0, 9, 1, 8, 2, 5);
	struct ksteer_lookup b = fix_look(0, 9, 1, 8, 2, 6);
	struct ksteer_flow *fa = fix_store(fix, &a, 0, EST);
	struct ksteer_flow *fb = fix_store(fix, &b, 1, EST);

	KUNIT_EXPECT_PTR_NE(test, fa, fb);
	KUNIT_EXPECT_PTR_EQ(test, fix_find(fix, fix_look(0, 8, 2, 9, 1, 6)),
			    fb);
	KUNIT_EXPECT_PTR_EQ(test, fix_find(fix, fix_look(0, 8, 2, 9, 1, 5)),
			    fa);
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn), 2);
}

/* Equal addresses in more VLANs than may be */
static void store_vlan_crowd(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_lookup look;
	struct ksteer_flow *flow;
	u16 vlan;

	for (vlan = 1; vlan <= 8; vlan++) {
		look = fix_look(KSTEER_V6, 9, 1, 8, 2, vlan);
		flow = fix_store(fix, &look, 0, EST);
		KUNIT_EXPECT_FALSE(test, IS_ERR_OR_NULL(flow));
	}
	look = fix_look(KSTEER_V6, 9, 1, 8, 2, vlan);
	KUNIT_EXPECT_EQ(test, PTR_ERR(fix_store(fix, &look, 0, EST)), -EMLINK);
	/* Others are not concerned, and one that goes makes room */
	look = fix_look(KSTEER_V6, 9, 1, 8, 3, vlan);
	KUNIT_EXPECT_FALSE(test, IS_ERR(fix_store(fix, &look, 0, EST)));
	look = fix_look(KSTEER_V6, 9, 1, 8, 2, 3);
	fix_remove(fix, fix_find(fix, look));
	look = fix_look(KSTEER_V6, 9, 1, 8, 2, vlan);
	KUNIT_EXPECT_FALSE(test, IS_ERR(fix_store(fix, &look, 0, EST)));
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn), 9);
}

/* M10: the oldest half-open flow makes room, in the order of arrival */
static void store_evict_open(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u32 i, most = 100;

	fix->kn.store.max_flows = most;
	for (i = 0; i < most; i++) {
		struct ksteer_lookup look = nth(KSTEER_V4, i);

		/* Every third is established and so is no candidate */
		KUNIT_ASSERT_FALSE(
			test, IS_ERR_OR_NULL(fix_store(fix, &look, 0,
						       i % 3 ? OPEN : EST)));
	}
	for (i = 0; i < most; i++) {
		struct ksteer_lookup look = nth(KSTEER_V4, most + i);

		if (i % 3 == 0)
			continue;
		KUNIT_ASSERT_NOT_NULL(test, fix_find(fix, nth(KSTEER_V4, i)));
		KUNIT_ASSERT_FALSE(
			test, IS_ERR_OR_NULL(fix_store(fix, &look, 0, EST)));
		KUNIT_EXPECT_NULL(test, fix_find(fix, nth(KSTEER_V4, i)));
		KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn), most);
	}
	for (i = 0; i < most; i += 3)
		KUNIT_EXPECT_NOT_NULL(test, fix_find(fix, nth(KSTEER_V4, i)));
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_EVICT_OPEN), 66);
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_EVICT_IDLE), 0);
}

struct spare_case {
	const char *name;
	u32 state;
	u32 idle; /* seconds */
	bool spare;
};

static const struct spare_case spare_cases[] = {
	{ "young established", EST, 0, false },
	{ "nearly idle", EST, KSTEER_YOUNG_DEFAULT - 5, false },
	{ "idle", EST, KSTEER_YOUNG_DEFAULT + 1, true },
	{ "closing, young", KSTEER_FLOW_STATE_CLOSING, 0, false },
	{ "closed", CLOSED, 0, true },
	{ "template, young", KSTEER_FLOW_STATE_TEMPLATE, 0, false },
	{ "template, idle", KSTEER_FLOW_STATE_TEMPLATE, 1000, true },
};

KUNIT_ARRAY_PARAM_DESC(spare, spare_cases, name);

/* One such flow among young ones in a full store: does it make room? */
static void store_evict_spare(struct kunit *test)
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
		flow = fix_store(fix, &look, 0, i == 17 ? c->state : EST);
		KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(flow));
		if (i == 17)
			flow->last_seen -= c->idle * HZ;
	}
	/* A newcomer looks at some buckets only; in so many turns at all */
	look = nth(KSTEER_V4, most);
	for (i = 0; i < 1024 / 64 && IS_ERR(got); i++)
		got = fix_store(fix, &look, 0, EST);
	KUNIT_EXPECT_EQ(test, IS_ERR(got), !c->spare);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(got), c->spare ? 0 : -ENOSPC);
	KUNIT_EXPECT_EQ(test, !fix_find(fix, nth(KSTEER_V4, 17)), c->spare);
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_EVICT_IDLE),
			c->spare);
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn), most);
}

/* Half-open flows go before closed and idle ones */
static void store_evict_order(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_lookup look = nth(KSTEER_V6, 0);
	struct ksteer_flow *flow;

	fix->kn.store.max_flows = 3;
	fix_store(fix, &look, 0, CLOSED);
	look = nth(KSTEER_V6, 1);
	flow = fix_store(fix, &look, 0, EST);
	flow->last_seen -= 1000 * HZ;
	look = nth(KSTEER_V6, 2);
	fix_store(fix, &look, 0, OPEN);
	look = nth(KSTEER_V6, 3);
	KUNIT_EXPECT_FALSE(test, IS_ERR(fix_store(fix, &look, 0, EST)));
	KUNIT_EXPECT_NULL(test, fix_find(fix, nth(KSTEER_V6, 2)));
	KUNIT_EXPECT_NOT_NULL(test, fix_find(fix, nth(KSTEER_V6, 0)));
	KUNIT_EXPECT_NOT_NULL(test, fix_find(fix, nth(KSTEER_V6, 1)));
}

/* More half-open flows than may be: the oldest goes, whatever room there is */
static void store_open_budget(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u32 i, budget = 20;

	ksteer_ring_limit(&fix->kn.store.open, budget);
	for (i = 0; i < 3 * budget; i++) {
		struct ksteer_lookup look = nth(KSTEER_V4, i);

		fix_store(fix, &look, 0, OPEN);
		KUNIT_ASSERT_EQ(test, ksteer_store_count(&fix->kn),
				min(i + 1, budget));
	}
	for (i = 0; i < 3 * budget; i++)
		KUNIT_EXPECT_EQ(test, !!fix_find(fix, nth(KSTEER_V4, i)),
				i >= 2 * budget);
	/* What is established leaves its place to another */
	fix_opened(fix, fix_find(fix, nth(KSTEER_V4, 2 * budget)));
	for (i = 3 * budget; i < 4 * budget; i++) {
		struct ksteer_lookup look = nth(KSTEER_V4, i);

		fix_store(fix, &look, 0, OPEN);
	}
	KUNIT_EXPECT_NOT_NULL(test, fix_find(fix, nth(KSTEER_V4, 2 * budget)));
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn), budget + 1);
	/*
	 * A budget that is cut: newcomers push out eight each, and the first
	 * two of them find no place even so.
	 */
	ksteer_ring_limit(&fix->kn.store.open, 2);
	for (i = 4 * budget; i < 5 * budget; i++) {
		struct ksteer_lookup look = nth(KSTEER_V4, i);

		fix_store(fix, &look, 0, OPEN);
	}
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn), 2 + 2 + 1);
	KUNIT_EXPECT_EQ(test, fix->kn.store.open.live, 2);
}

/* Thousands of half-open flows: slots are added, and none loses its place */
static void store_grow(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_lookup look;
	u32 i, n = 3000;

	for (i = 0; i < n; i++) {
		look = nth(KSTEER_V4, i);
		fix_store(fix, &look, 0, OPEN);
		flush_work(&fix->kn.store.grow);
	}
	KUNIT_EXPECT_EQ(test, fix->kn.store.open.live, n);
	KUNIT_EXPECT_GT(test, fix->kn.store.open.mask, n);
	fix->kn.store.max_flows = n;
	for (i = 0; i < n; i += 100) {
		u32 k;

		for (k = 0; k < 100; k++) {
			look = nth(KSTEER_V4, n + i + k);
			fix_store(fix, &look, 0, EST);
		}
		KUNIT_EXPECT_NULL(test, fix_find(fix, nth(KSTEER_V4, i + 99)));
		if (i + 100 < n)
			KUNIT_EXPECT_NOT_NULL(
				test, fix_find(fix, nth(KSTEER_V4, i + 100)));
	}
	KUNIT_EXPECT_EQ(test, fix->kn.store.open.live, 0);
}

/*
 * Words in a row, and a factor that leaves the lower bits of their sums alike:
 * the hash table reads those, and refuses what makes a chain too long.
 */
static void store_row(struct kunit *test)
{
	u64 secret[KSTEER_SECRETS];
	u32 i, n = 700, *chain;

	chain = kunit_kcalloc(test, 1024, sizeof(*chain), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, chain);
	memcpy(secret, ksteer_hash_secret, sizeof(secret));
	ksteer_hash_secret[1] = 1ULL << 49;
	for (i = 0; i < n; i++) {
		struct ksteer_key key = {};

		key.addr[0].w32[0] = i;
		chain[ksteer_key_hash(&key, 0, 0) & 1023]++;
	}
	memcpy(ksteer_hash_secret, secret, sizeof(secret));
	for (i = 0; i < 1024; i++)
		KUNIT_EXPECT_LE(test, chain[i], 12);
}

static bool store_pick(struct ksteer_net *kn, struct ksteer_flow *flow,
		       void *arg)
{
	u32 *shown = arg;

	(*shown)++;
	return rcu_access_pointer(flow->dest) ==
	       (void *)&container_of(kn, struct fixture, kn)->dest[1];
}

/* A walk removes what it is told to and shows everything */
static void store_walk(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u32 i, shown = 0, n = 500;

	for (i = 0; i < n; i++) {
		struct ksteer_lookup look = nth(KSTEER_V4, i);

		fix_store(fix, &look, i % 5 == 0, EST);
	}
	KUNIT_EXPECT_EQ(test, ksteer_store_walk(&fix->kn, store_pick, &shown),
			n / 5);
	KUNIT_EXPECT_GE(test, shown, n);
	for (i = 0; i < n; i++)
		KUNIT_EXPECT_EQ(test, !!fix_find(fix, nth(KSTEER_V4, i)),
				i % 5 != 0);
	for (i = 0; i < 50; i++) {
		struct ksteer_lookup look = nth(KSTEER_V6, i);

		fix_store(fix, &look, 1, EST);
	}
	ksteer_store_forget(&fix->kn, store_pick, &shown, &fix->dest[1].flows);
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn), n - n / 5);
}

/* A flow that moves is counted where it is */
static void store_move(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_lookup look = nth(KSTEER_V4, 0);
	struct ksteer_flow *flow = fix_store(fix, &look, 0, EST);
	bool moved, again;

	rcu_read_lock();
	moved = ksteer_flow_move(&fix->kn, flow, &fix->dest[0], &fix->dest[1]);
	again = ksteer_flow_move(&fix->kn, flow, &fix->dest[0], &fix->dest[2]);
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(test, moved);
	KUNIT_EXPECT_FALSE(test, again);
	KUNIT_EXPECT_EQ(test, atomic_read(&fix->tm[0].flows), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&fix->tm[1].flows), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&fix->tm[2].flows), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&fix->vs.flows), 1);
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_MOVED), 1);
}

static struct kunit_case store_cases[] = {
	KUNIT_CASE(store_basic),
	KUNIT_CASE(store_twice),
	KUNIT_CASE(store_fields),
	KUNIT_CASE_PARAM(store_vlan, vlan_gen_params),
	KUNIT_CASE(store_vlan_own),
	KUNIT_CASE(store_vlan_crowd),
	KUNIT_CASE(store_evict_open),
	KUNIT_CASE_PARAM(store_evict_spare, spare_gen_params),
	KUNIT_CASE(store_evict_order),
	KUNIT_CASE(store_open_budget),
	KUNIT_CASE(store_grow),
	KUNIT_CASE(store_row),
	KUNIT_CASE(store_walk),
	KUNIT_CASE(store_move),
	{},
};

static struct kunit_suite store_suite = {
	.name = "ksteer_store",
	.init = fix_init,
	.exit = fix_exit,
	.test_cases = store_cases,
};

kunit_test_suite(store_suite);

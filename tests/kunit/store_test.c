// SPDX-License-Identifier: GPL-2.0-only
/* store: insert, lookup, remove, VLANs, walks, moves, and what they count. */
#include <linux/delay.h>

#include "fixture.h"
#include "store/store.h"
#include "store/store_find.h"

/* Somebody vouches for it, so it counts for the limits */
#define EST (KSTEER_FLOW_STATE_ESTABLISHED | KSTEER_TRACK_VOUCHED)
#define OPEN KSTEER_FLOW_STATE_OPEN
#define TEMPLATE KSTEER_FLOW_STATE_TEMPLATE

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
		KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn.store), 1);
		fix_counts(test, &fix->tm[3], 1, 1, 0);
		fix_vs_counts(test, &fix->vs, 1, 1, 0);
		KUNIT_EXPECT_TRUE(test, fix_remove(fix, flow));
		KUNIT_EXPECT_FALSE(test, fix_remove(fix, flow));
		KUNIT_EXPECT_NULL(test, fix_find(fix, look));
		KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn.store), 0);
		fix_counts(test, &fix->tm[3], 0, 0, 0);
		fix_vs_counts(test, &fix->vs, 0, 0, 0);
	}
	KUNIT_EXPECT_EQ(test, fix_flows_total(&fix->tm[3]), 2);
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
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn.store), 1);
	fix_counts(test, &fix->tm[0], 1, 1, 0);
	fix_counts(test, &fix->tm[1], 0, 0, 0);
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
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn.store), 2);
}

/* A flow that is met by its answer learns by what VLAN its opener comes */
static void store_vlan_answer_first(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_lookup answer = fix_look(0, 8, 2, 9, 1, 20);
	struct ksteer_lookup open = fix_look(0, 9, 1, 8, 2, 10);
	struct ksteer_flow *flow, *again;

	flow = ksteer_flow_alloc(&answer, fix->dest[0], EST, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, flow);
	flow->flags ^= KSTEER_FLOW_SWAPPED;
	flow->reply_link = flow->key.link;
	flow->key.link = KSTEER_LINK_UNSEEN;
	local_bh_disable();
	rcu_read_lock();
	again = ksteer_store_insert_rcu(&fix->kn, flow, fix->dest[0]);
	rcu_read_unlock();
	local_bh_enable();
	KUNIT_ASSERT_PTR_EQ(test, again, flow);
	KUNIT_EXPECT_PTR_EQ(test, fix_find(fix, answer), flow);
	/* By the answers' VLAN at once, by any other until one is learnt */
	KUNIT_EXPECT_PTR_EQ(test, fix_find(fix, fix_look(0, 9, 1, 8, 2, 20)),
			    flow);
	KUNIT_EXPECT_PTR_EQ(test, fix_hit(fix, open), flow);
	KUNIT_EXPECT_EQ(test, flow->key.link, 10);
	KUNIT_EXPECT_PTR_EQ(test, fix_find(fix, open), flow);
	KUNIT_EXPECT_NULL(test, fix_find(fix, fix_look(0, 9, 1, 8, 2, 30)));
	KUNIT_EXPECT_NULL(test, fix_find(fix, fix_look(0, 8, 2, 9, 1, 30)));
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
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn.store), 9);
}

/* One source in more VRFs than a full key may have: an entry in each */
static void store_vrf_crowd(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_tuple tuple =
		fix_tuple(KSTEER_V4, 9, 1, 8, 2, IPPROTO_TCP);
	struct ksteer_lookup look;
	struct ksteer_flow *flow;
	u16 n;

	for (n = 0; n < 30; n++) {
		tuple.vrf = KSTEER_LINK_VRF + n;
		ksteer_key_persist(&look, &tuple, 1, 32, false);
		flow = fix_store(fix, &look, 0, TEMPLATE);
		KUNIT_EXPECT_FALSE(test, IS_ERR_OR_NULL(flow));
		KUNIT_EXPECT_PTR_EQ(test, fix_find(fix, look), flow);
		ksteer_key_partial(&look, &tuple, KSTEER_FIELD_SRC, 1, false);
		flow = fix_store(fix, &look, 0, TEMPLATE);
		KUNIT_EXPECT_FALSE(test, IS_ERR_OR_NULL(flow));
		KUNIT_EXPECT_PTR_EQ(test, fix_find(fix, look), flow);
	}
	fix_vs_counts(test, &fix->vs, 0, 0, 60);
}

/*
 * Words in a row, and a factor that leaves the lower bits of their sums alike:
 * the hash table reads those, and refuses what makes a chain too long.
 */
static void store_row(struct kunit *test)
{
	u64 secret[KSTEER_SECRETS];
	u32 i, n = 700, seed, *chain;

	chain = kunit_kcalloc(test, 1024, sizeof(*chain), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, chain);
	get_random_bytes(secret, sizeof(secret));
	get_random_bytes(&seed, sizeof(seed));
	secret[1] = 1ULL << 49;
	for (i = 0; i < n; i++) {
		struct ksteer_lookup look = {};

		look.key.addr[0].w32[0] = i;
		look.hash = ksteer_key_hash(secret, &look.key);
		chain[ksteer_look_hash(&look, 0, seed) & 1023]++;
	}
	for (i = 0; i < 1024; i++)
		KUNIT_EXPECT_LE(test, chain[i], 12);
}

static bool store_pick(struct ksteer_net *kn, struct ksteer_flow *flow,
		       void *arg)
{
	u32 *shown = arg;

	(*shown)++;
	return flow->dest ==
		       ksteer_dest_pack(
			       container_of(kn, struct fixture, kn)->dest[1]) &&
	       ksteer_store_remove(kn, flow);
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
	ksteer_store_walk(&fix->kn, store_pick, &shown);
	fix_counts(test, &fix->tm[1], 0, 0, 0);
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn.store), n - n / 5);
}

/* A flow that moves is counted where it is */
static void store_move(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_lookup look = nth(KSTEER_V4, 0);
	struct ksteer_flow *flow = fix_store(fix, &look, 0, EST);
	bool moved, again;

	rcu_read_lock();
	moved = ksteer_flow_move(&fix->kn, flow, fix->dest[0], fix->dest[1]);
	again = ksteer_flow_move(&fix->kn, flow, fix->dest[0], fix->dest[2]);
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(test, moved);
	KUNIT_EXPECT_FALSE(test, again);
	fix_counts(test, &fix->tm[0], 0, 0, 0);
	fix_counts(test, &fix->tm[1], 1, 1, 0);
	fix_counts(test, &fix->tm[2], 0, 0, 0);
	fix_vs_counts(test, &fix->vs, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_MOVED), 1);
}

/* What is counted of each kind, when it opens, moves and goes */
static void store_counts(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_lookup look = nth(KSTEER_V6, 0);
	struct ksteer_flow *open = fix_store(fix, &look, 0, OPEN), *template;

	look = nth(KSTEER_V6, 1);
	look.key.kind = KSTEER_KIND_V6 | KSTEER_FIELD_SRC;
	template = fix_store(fix, &look, 0, TEMPLATE | KSTEER_TRACK_VOUCHED);
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(open));
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(template));
	fix_counts(test, &fix->tm[0], 1, 0, 1);
	KUNIT_EXPECT_EQ(test, ksteer_store_count_open(&fix->kn), 1);
	KUNIT_EXPECT_EQ(test, fix_flows_total(&fix->tm[0]), 1);
	rcu_read_lock();
	ksteer_flow_move(&fix->kn, open, fix->dest[0], fix->dest[1]);
	rcu_read_unlock();
	fix_counts(test, &fix->tm[0], 0, 0, 1);
	fix_counts(test, &fix->tm[1], 1, 0, 0);
	fix_opened(fix, open);
	fix_opened(fix, open);
	fix_counts(test, &fix->tm[1], 1, 1, 0);
	rcu_read_lock();
	ksteer_store_vouch(&fix->kn, open);
	ksteer_store_vouch(&fix->kn, open);
	ksteer_flow_move(&fix->kn, open, fix->dest[1], fix->dest[2]);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, ksteer_store_count_open(&fix->kn), 0);
	fix_counts(test, &fix->tm[1], 0, 0, 0);
	fix_counts(test, &fix->tm[2], 1, 1, 0);
	fix_vs_counts(test, &fix->vs, 1, 1, 1);
	fix_remove(fix, template);
	fix_vs_counts(test, &fix->vs, 1, 1, 0);
	rcu_read_lock();
	fix_remove(fix, open);
	/* Too late: it counts no more */
	fix_opened(fix, open);
	rcu_read_unlock();
	fix_vs_counts(test, &fix->vs, 0, 0, 0);
}

/* Of flows that hide one another, each by its number */
static void store_serial(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_lookup a = fix_look(0, 9, 1, 8, 2, 5);
	struct ksteer_lookup b = fix_look(0, 8, 2, 9, 1, 6);
	struct ksteer_flow *fa = fix_store(fix, &a, 0, EST);
	struct ksteer_flow *fb = fix_store(fix, &b, 1, EST);
	struct ksteer_flow *found[3];

	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(fa));
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(fb));
	KUNIT_ASSERT_PTR_NE(test, fa, fb);
	rcu_read_lock();
	found[0] = ksteer_store_lookup_serial_rcu(&fix->kn, &a, fa->serial);
	found[1] = ksteer_store_lookup_serial_rcu(&fix->kn, &b, fb->serial);
	found[2] = ksteer_store_lookup_serial_rcu(&fix->kn, &b, fb->serial + 1);
	rcu_read_unlock();
	KUNIT_EXPECT_PTR_EQ(test, found[0], fa);
	KUNIT_EXPECT_PTR_EQ(test, found[1], fb);
	KUNIT_EXPECT_NULL(test, found[2]);
}

/* Half a minute is patience enough */
static bool store_comes_to(struct fixture *fix, u32 flows, bool running)
{
	struct ksteer_conn_store *store = &fix->kn.store;
	int i;

	for (i = 0; i < 3000; i++) {
		if (ksteer_store_count(&fix->kn.store) == flows &&
		    READ_ONCE(store->gc.running) == running)
			return true;
		msleep(20);
	}
	return false;
}

/* Expiry begins with the first entry and ends with the last */
static void store_expiry(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u32 i, n = 6000;

	KUNIT_EXPECT_FALSE(test, fix->kn.store.gc.running);
	for (i = 0; i < n; i++) {
		struct ksteer_lookup look = nth(KSTEER_V4, i);
		struct ksteer_flow *flow = fix_store(fix, &look, 0, OPEN);

		/* Nobody else removes the others yet */
		if (!IS_ERR_OR_NULL(flow) && i % 3)
			WRITE_ONCE(flow->last_seen,
				   flow->last_seen - 86400 * HZ - HZ);
	}
	KUNIT_EXPECT_TRUE(test, fix->kn.store.gc.running);
	KUNIT_EXPECT_TRUE(test, store_comes_to(fix, n / 3, true));
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_EXPIRED), n / 3 * 2);
	for (i = 0; i < n; i += 3)
		fix_remove(fix, fix_find(fix, nth(KSTEER_V4, i)));
	KUNIT_EXPECT_TRUE(test, store_comes_to(fix, 0, false));
}

static struct kunit_case store_cases[] = {
	KUNIT_CASE(store_basic),
	KUNIT_CASE(store_twice),
	KUNIT_CASE(store_fields),
	KUNIT_CASE_PARAM(store_vlan, vlan_gen_params),
	KUNIT_CASE(store_vlan_own),
	KUNIT_CASE(store_vlan_answer_first),
	KUNIT_CASE(store_vlan_crowd),
	KUNIT_CASE(store_vrf_crowd),
	KUNIT_CASE(store_row),
	KUNIT_CASE(store_walk),
	KUNIT_CASE(store_move),
	KUNIT_CASE(store_counts),
	KUNIT_CASE(store_serial),
	KUNIT_CASE(store_expiry),
	{},
};

static struct kunit_suite store_suite = {
	.name = "ksteer_store",
	.init = fix_init,
	.exit = fix_exit,
	.test_cases = store_cases,
};

kunit_test_suite(store_suite);

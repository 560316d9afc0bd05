// SPDX-License-Identifier: GPL-2.0-only
/* Selection: each mechanism by its rule; Maglev beside a naive one. */
#include <linux/prandom.h>
#include <linux/slab.h>
#include <ksteer/hash.h>
#include <ksteer/maglev.h>

#include "fixture.h"

#define PICKS 4000

static const u32 ones[FIX_TMS] = { [0 ... FIX_TMS - 1] = 1 };

static struct ksteer_tuple sched_tuple(struct rnd_state *rnd, u8 family)
{
	return fix_tuple(family, prandom_u32_state(rnd) & 0xffffff,
			 prandom_u32_state(rnd),
			 prandom_u32_state(rnd) & 0xffffff,
			 prandom_u32_state(rnd), IPPROTO_TCP);
}

static void sched_rr(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_set *set = fix_set(test, KSTEER_SCHED_RR, 0, ones, 5);
	struct ksteer_tuple t = {};
	static const u32 left[] = { 10, 10, 0, 10, 10 };
	u32 i, count[5] = {};

	for (i = 0; i < 50; i++) {
		KUNIT_EXPECT_EQ(test, fix_select(set, &t, KSTEER_SELECT_PEEK),
				i % 5);
		KUNIT_EXPECT_EQ(test, fix_select(set, &t, 0), i % 5);
	}
	/* Those after one that accepts nothing get no more than their own */
	fix->tm[2].candidate.state = KSTEER_TM_STATE_DRAIN;
	for (i = 0; i < 40; i++)
		count[fix_select(set, &t, 0)]++;
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_EQ(test, count[i], left[i]);
	for (i = 0; i < 5; i++)
		fix->tm[i].candidate.state = KSTEER_TM_STATE_DOWN;
	KUNIT_EXPECT_EQ(test, fix_select(set, &t, 0), -1);
	KUNIT_EXPECT_EQ(test, fix_select(set, &t, KSTEER_SELECT_PEEK), -1);
}

struct wrr_case {
	const char *name;
	u32 members;
	u32 weight[6];
	int down; /* one that does not accept, -1 for none */
};

static const struct wrr_case wrr_cases[] = {
	{ "1 1", 2, { 1, 1 }, -1 },
	{ "1 2", 2, { 1, 2 }, -1 },
	{ "5 1 1", 3, { 5, 1, 1 }, -1 },
	{ "3 3 3", 3, { 3, 3, 3 }, -1 },
	{ "100 1", 2, { 100, 1 }, -1 },
	{ "1 2 3 4 5 6", 6, { 1, 2, 3, 4, 5, 6 }, -1 },
	{ "7 11 13", 3, { 7, 11, 13 }, -1 },
	{ "65535 1", 2, { 65535, 1 }, -1 },
	{ "one", 1, { 9 }, -1 },
	{ "4 9 2, the second down", 3, { 4, 9, 2 }, 1 },
};

KUNIT_ARRAY_PARAM_DESC(wrr, wrr_cases, name);

static void sched_wrr_round(struct kunit *test, struct ksteer_set *set,
			    const struct wrr_case *c, u32 round)
{
	struct ksteer_tuple t = {};
	u32 i, count[6] = {};

	for (i = 0; i < round; i++) {
		int next = fix_select(set, &t, KSTEER_SELECT_PEEK);
		int at = fix_select(set, &t, 0);

		KUNIT_ASSERT_EQ(test, next, at);
		KUNIT_ASSERT_GE(test, at, 0);
		KUNIT_ASSERT_LT(test, at, c->members);
		count[at]++;
	}
	for (i = 0; i < c->members; i++)
		KUNIT_EXPECT_EQ(test, count[i],
				i == c->down ? 0 : c->weight[i]);
}

/* Over as many selections as the weights add up to, exactly the weights */
static void sched_wrr(struct kunit *test)
{
	const struct wrr_case *c = test->param_value;
	struct fixture *fix = test->priv;
	struct ksteer_set *set =
		fix_set(test, KSTEER_SCHED_WRR, 0, c->weight, c->members);
	u32 i, round = 0;

	if (c->down >= 0)
		fix->tm[c->down].candidate.state = KSTEER_TM_STATE_DOWN;
	for (i = 0; i < c->members; i++)
		round += i == c->down ? 0 : c->weight[i];
	for (i = 0; i < 3; i++)
		sched_wrr_round(test, set, c, round);
}

/* Well mixed: weights 5, 1, 1 do not come as five in a row */
static void sched_wrr_mixed(struct kunit *test)
{
	static const u32 weight[] = { 5, 1, 1 };
	static const int want[] = { 0, 0, 1, 0, 2, 0, 0 };
	struct ksteer_set *set = fix_set(test, KSTEER_SCHED_WRR, 0, weight, 3);
	struct ksteer_tuple t = {};
	u32 i;

	for (i = 0; i < 70; i++)
		KUNIT_EXPECT_EQ(test, fix_select(set, &t, 0), want[i % 7]);
}

/* Fewest flows for its weight; of equals the first after the last choice */
static int naive_lc(const struct ksteer_set *set, u32 after)
{
	int best = -1;
	u32 i;

	for (i = 0; i < set->members; i++) {
		u32 at = (after + i) % set->members;
		const struct ksteer_member *m = &set->member[at];
		const struct ksteer_member *b = &set->member[max(best, 0)];
		u64 mine = (u64)atomic_read(
				   &ksteer_tm_of(m->candidate)->count.flows) *
			   b->weight;
		u64 its = (u64)atomic_read(
				  &ksteer_tm_of(b->candidate)->count.flows) *
			  m->weight;

		if (m->candidate->state == KSTEER_TM_STATE_UP &&
		    (best < 0 || mine < its))
			best = at;
	}
	return best;
}

static void sched_lc(struct kunit *test)
{
	static const u32 weight[] = { 1, 2, 3, 1, 10, 2, 2 };
	struct ksteer_set *set = fix_set(test, KSTEER_SCHED_LC, 0, weight, 7);
	struct fixture *fix = test->priv;
	struct ksteer_tuple t = {};
	struct rnd_state rnd;
	u32 i, after = 0;

	prandom_seed_state(&rnd, 3);
	for (i = 0; i < PICKS; i++) {
		struct ksteer_tm *tm = &fix->tm[prandom_u32_state(&rnd) % 7];
		int want;

		if (i % 100 == 0)
			tm->candidate.state = KSTEER_TM_STATE_DRAIN;
		else if (i % 100 == 50)
			tm->candidate.state = KSTEER_TM_STATE_UP;
		if (atomic_read(&tm->count.flows))
			atomic_dec(&tm->count.flows);
		want = naive_lc(set, after % 7);
		KUNIT_ASSERT_EQ(test, fix_select(set, &t, KSTEER_SELECT_PEEK),
				want);
		KUNIT_ASSERT_EQ(test, fix_select(set, &t, 0), want);
		if (want < 0)
			continue;
		atomic_inc(&fix->tm[want].count.flows);
		after = want + 1;
	}
	for (i = 0; i < 7; i++)
		atomic_set(&fix->tm[i].count.flows, 0);
}

static void sched_ordered(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_set *set =
		fix_set(test, KSTEER_SCHED_ORDERED, 0, ones, 4);
	struct ksteer_tuple t = {};
	int i;

	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, fix_select(set, &t, 0), i);
		KUNIT_EXPECT_EQ(test, fix_select(set, &t, 0), i);
		/* Full is as good as down */
		fix->tm[i].candidate.max_flows = 3;
		atomic_set(&fix->tm[i].count.established, 2);
		KUNIT_EXPECT_EQ(test, fix_select(set, &t, 0), i);
		atomic_set(&fix->tm[i].count.established, 3);
	}
	KUNIT_EXPECT_EQ(test, fix_select(set, &t, 0), -1);
	for (i = 0; i < 4; i++)
		atomic_set(&fix->tm[i].count.established, 0);
}

/*
 * Webster's rule and the walk through the slots in the plainest way: a look at
 * all members for each turn.
 */
static void naive_maglev(struct kunit *test, const struct ksteer_set *set,
			 u16 *slot)
{
	u32 i, turns[FIX_TMS] = {}, step[FIX_TMS] = {};
	u64 id[FIX_TMS];

	for (i = 0; i < set->members; i++)
		id[i] = ksteer_name_hash(
			set->seed,
			ksteer_tm_of(set->member[i].candidate)->settings.name);
	for (i = 0; i < set->slots; i++)
		slot[i] = 0xffff;
	for (i = 0; i < set->slots; i++) {
		u64 first, skip, place;
		u32 k, due = 0;

		for (k = 1; k < set->members; k++) {
			u64 a = (2ULL * turns[k] + 1) * set->member[due].weight;
			u64 b = (2ULL * turns[due] + 1) * set->member[k].weight;

			if (a < b || (a == b && id[k] < id[due]))
				due = k;
		}
		first = (id[due] >> 32) * set->slots >> 32;
		skip = 1 + ((id[due] & U32_MAX) * (set->slots - 1) >> 32);
		do {
			place = (first + step[due]++ * skip) % set->slots;
		} while (slot[place] != 0xffff);
		slot[place] = due;
		turns[due]++;
		cond_resched();
	}
}

struct maglev_case {
	const char *name;
	u32 members;
	u32 slots;
	u32 weight; /* greatest; drawn at random */
};

static const struct maglev_case maglev_cases[] = {
	{ "one", 1, 13, 1 },
	{ "two", 2, 13, 1 },
	{ "more than slots", 20, 13, 1 },
	{ "weights", 5, 251, 10 },
	{ "great weights", 7, 1021, 65535 },
	{ "a size that is no prime", 9, 1000, 3 },
	{ "default size", 20, 0, 100 },
};

KUNIT_ARRAY_PARAM_DESC(maglev, maglev_cases, name);

static void sched_maglev_table(struct kunit *test)
{
	const struct maglev_case *c = test->param_value;
	struct fixture *fix = test->priv;
	u32 i, weight[FIX_TMS], wrong = 0;
	struct ksteer_set *set;
	struct rnd_state rnd;
	u16 *slot;
	int err;

	prandom_seed_state(&rnd, c->slots + c->members);
	for (i = 0; i < FIX_TMS; i++)
		weight[i] = 1 + prandom_u32_state(&rnd) % c->weight;
	set = fix_set(test, KSTEER_SCHED_RR, 0, weight, c->members);
	mutex_lock(&fix->kn.config);
	err = ksteer_sched_table_build(set, c->slots);
	mutex_unlock(&fix->kn.config);
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_EXPECT_GE(test, set->slots, c->slots ?: 65537);
	slot = kunit_kmalloc_array(test, set->slots, sizeof(*slot), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, slot);
	naive_maglev(test, set, slot);
	for (i = 0; i < set->slots; i++)
		wrong += slot[i] != set->slot[i];
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

struct hash_case {
	const char *name;
	enum ksteer_sched sched;
	bool symmetric; /* both directions come to the same */
	u8 matters; /* fields that the choice depends on */
};

#define CLIENTS 32
#define SRC KSTEER_FIELD_SRC
#define DST KSTEER_FIELD_DST
#define PORTS (KSTEER_FIELD_SPORT | KSTEER_FIELD_DPORT)

static const struct hash_case hash_cases[] = {
	{ "hash-src", KSTEER_SCHED_HASH_SRC, false, SRC },
	{ "hash-dst", KSTEER_SCHED_HASH_DST, false, DST },
	{ "hash-set", KSTEER_SCHED_HASH_SET, true, SRC | DST },
	{ "maglev", KSTEER_SCHED_MAGLEV, false, SRC | DST | PORTS },
	{ "gport", KSTEER_SCHED_GPORT, true, SRC | DST | PORTS },
};

KUNIT_ARRAY_PARAM_DESC(hash, hash_cases, name);

static void sched_hash(struct kunit *test)
{
	const struct hash_case *c = test->param_value;
	u32 i, turned = 0, by_src = 0, by_dst = 0, by_port = 0, count[3] = {};
	static const u32 weight[] = { 1, 2, 1 };
	struct rnd_state rnd;
	struct ksteer_set *set[KSTEER_FAMILIES];

	prandom_seed_state(&rnd, 99);
	set[0] = fix_set(test, c->sched, 0, weight, 3);
	set[1] = fix_set(test, c->sched, 1, weight, 3);
	for (i = 0; i < PICKS; i++) {
		struct ksteer_tuple t = sched_tuple(&rnd, i & 1);
		struct ksteer_tuple other = sched_tuple(&rnd, i & 1);
		struct ksteer_tuple u = t;
		int at = fix_select(set[i & 1], &t, 0);

		KUNIT_ASSERT_GE(test, at, 0);
		KUNIT_ASSERT_LT(test, at, 3);
		count[at]++;
		ksteer_key_turn(&u);
		turned += fix_select(set[i & 1], &u, 0) != at;
		u = t;
		u.src = other.src;
		by_src += fix_select(set[i & 1], &u, 0) != at;
		u = t;
		u.dst = other.dst;
		by_dst += fix_select(set[i & 1], &u, 0) != at;
		u = t;
		u.sport = other.sport;
		u.dport = other.dport;
		by_port += fix_select(set[i & 1], &u, 0) != at;
	}
	KUNIT_EXPECT_EQ(test, turned == 0, c->symmetric);
	KUNIT_EXPECT_EQ(test, by_src != 0, !!(c->matters & SRC));
	KUNIT_EXPECT_EQ(test, by_dst != 0, !!(c->matters & DST));
	KUNIT_EXPECT_EQ(test, by_port != 0, !!(c->matters & PORTS));
	/* By weight, within a tenth */
	KUNIT_EXPECT_LT(test, abs((int)count[1] - PICKS / 2), PICKS / 20);
	KUNIT_EXPECT_LT(test, abs((int)count[0] - PICKS / 4), PICKS / 20);
}

/* One that accepts nothing: only its own share goes elsewhere */
static void sched_hash_down(struct kunit *test)
{
	const struct hash_case *c = test->param_value;
	struct ksteer_set *set = fix_set(test, c->sched, 0, ones, 5);
	struct fixture *fix = test->priv;
	u32 i, count[5] = {};
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 5);
	for (i = 0; i < PICKS; i++) {
		struct ksteer_tuple t = sched_tuple(&rnd, 0);
		int before, after;

		fix->tm[3].candidate.state = KSTEER_TM_STATE_UP;
		before = fix_select(set, &t, 0);
		fix->tm[3].candidate.state = KSTEER_TM_STATE_DOWN;
		after = fix_select(set, &t, 0);
		KUNIT_ASSERT_NE(test, after, 3);
		if (before != 3)
			KUNIT_ASSERT_EQ(test, after, before);
		else
			count[after]++;
	}
	/* It is spread over all the others */
	for (i = 0; i < 5; i++)
		if (i != 3)
			KUNIT_EXPECT_GT(test, count[i], PICKS / 5 / 4 / 2);
	for (i = 0; i < 5; i++)
		fix->tm[i].candidate.state = KSTEER_TM_STATE_DOWN;
	for (i = 0; i < 10; i++) {
		struct ksteer_tuple t = sched_tuple(&rnd, 0);

		KUNIT_EXPECT_EQ(test, fix_select(set, &t, 0), -1);
	}
}

static void sched_prefixes(struct kunit *test, struct ksteer_set *set,
			   struct ksteer_prefix *prefix, u32 prefixes)
{
	set->prefix = prefix;
	set->prefixes = prefixes;
	kvfree(set->span);
	KUNIT_ASSERT_EQ(test, set->ops->build(set), 0);
}

/* The address that does not lie in the set decides, whichever it is */
static void sched_hash_set(struct kunit *test)
{
	struct ksteer_prefix prefix[] = {
		{ fix_addr(KSTEER_V4, 0x10000), 16, KSTEER_V4 },
		{ fix_addr(KSTEER_V6, 0x10000), 112, KSTEER_V6 },
	};
	struct rnd_state rnd;
	u32 i;

	prandom_seed_state(&rnd, 6);
	for (i = 0; i < 40; i++) {
		u8 family = i & 1;
		struct ksteer_set *set =
			fix_set(test, KSTEER_SCHED_HASH_SET, family, ones, 7);
		struct ksteer_tuple t = sched_tuple(&rnd, family);
		struct ksteer_tuple u = sched_tuple(&rnd, family);

		sched_prefixes(test, set, prefix, ARRAY_SIZE(prefix));
		t.src = fix_addr(family, 0x20000 + i);
		t.dst = fix_addr(family, 0x10000 + i);
		u.src = fix_addr(family, 0x1ff00 + i % 256);
		u.dst = t.src;
		KUNIT_EXPECT_EQ(test, fix_select(set, &t, 0),
				fix_select(set, &u, 0));
		KUNIT_EXPECT_EQ(test, fix_select(set, &t, 0),
				ksteer_sched_table_pick(
					set,
					ksteer_sched_hash_fields(set, &t, SRC),
					0));
	}
}

/* For how many clients does their address alone decide, or the server's? */
static u32 sched_by(struct ksteer_set *set, struct ksteer_tuple t, bool server)
{
	u32 i, n = 0;
	u64 hash;

	for (i = 0; i < CLIENTS; i++) {
		t.src = fix_addr(set->family, 0x50000 + i);
		hash = ksteer_sched_hash_addr(set, server ? &t.dst : &t.src,
					      set->family);
		n += fix_select(set, &t, 0) ==
		     ksteer_sched_table_pick(set, hash, 0);
	}
	return n;
}

/* Prefixes that hold one another, that are there twice, at the ends of all */
static void sched_hash_set_nested(struct kunit *test)
{
	struct ksteer_prefix prefix[] = {
		{ fix_addr(KSTEER_V4, 0x10000), 16, KSTEER_V4 },
		{ fix_addr(KSTEER_V4, 0x10080), 25, KSTEER_V4 },
		{ fix_addr(KSTEER_V4, 0x10080), 25, KSTEER_V4 },
		{ { .v4 = 0 }, 8, KSTEER_V4 },
		{ { .v4 = htonl(0xffffff00) }, 24, KSTEER_V4 },
	};
	static const struct {
		u32 addr;
		bool in;
	} asked[] = {
		{ 0, true },	       { 0x00ffffff, true },
		{ 0x01000000, false }, { 0x0a01007f, true },
		{ 0x0a010080, true },  { 0x0a0100ff, true },
		{ 0x0a020000, false }, { 0xfffffeff, false },
		{ 0xffffff00, true },  { 0xffffffff, true },
	};
	struct ksteer_set *set =
		fix_set(test, KSTEER_SCHED_HASH_SET, KSTEER_V4, ones, 7);
	struct ksteer_tuple t = fix_tuple(KSTEER_V4, 0, 1, 0, 2, IPPROTO_UDP);
	u32 i;

	sched_prefixes(test, set, prefix, ARRAY_SIZE(prefix));
	for (i = 0; i < ARRAY_SIZE(asked); i++) {
		t.dst.v4 = htonl(asked[i].addr);
		KUNIT_EXPECT_EQ(test, sched_by(set, t, false) == CLIENTS,
				asked[i].in);
	}
}

/* A prefix of one family that has the bytes of one of the other */
static void sched_hash_set_twins(struct kunit *test)
{
	struct ksteer_prefix prefix[] = {
		{ { .w32 = { htonl(0x20010db8) } }, 32, KSTEER_V4 },
		{ { .w32 = { htonl(0x20010db8) } }, 32, KSTEER_V6 },
	};
	u8 family;

	for (family = 0; family < KSTEER_FAMILIES; family++) {
		struct ksteer_set *set =
			fix_set(test, KSTEER_SCHED_HASH_SET, family, ones, 7);
		struct ksteer_tuple t =
			fix_tuple(family, 0, 1, 0, 2, IPPROTO_UDP);

		sched_prefixes(test, set, prefix, ARRAY_SIZE(prefix));
		/* Of IPv4 the server is in it, of IPv6 each of the clients */
		t.dst = prefix[0].addr;
		if (family == KSTEER_V6)
			t.dst.v6.s6_addr32[0] = htonl(0x20010db9);
		KUNIT_EXPECT_EQ(test, sched_by(set, t, family == KSTEER_V6),
				CLIENTS);
	}
}

/* Addresses in a row, and a factor that leaves their sums close together */
static void sched_hash_row(struct kunit *test)
{
	struct ksteer_set *set =
		fix_set(test, KSTEER_SCHED_MAGLEV, KSTEER_V4, ones, 4);
	u32 i, count[4] = {};

	set->factor[KSTEER_FACTOR_SRC] = 1ULL << 33;
	for (i = 0; i < PICKS; i++) {
		struct ksteer_tuple t =
			fix_tuple(KSTEER_V4, i, 1024, 0x10000, 80, IPPROTO_UDP);

		count[fix_select(set, &t, 0)]++;
	}
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_GT(test, count[i], PICKS / 4 - PICKS / 20);
		KUNIT_EXPECT_LT(test, count[i], PICKS / 4 + PICKS / 20);
	}
}

/* Packets that open nothing, where there is no table */
static void sched_hash_pick(struct kunit *test)
{
	static const u32 weight[] = { 3, 1, 4 };
	struct ksteer_set *set = fix_set(test, KSTEER_SCHED_RR, 0, weight, 3);
	struct fixture *fix = test->priv;
	u32 i, count[3] = {};
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 8);
	for (i = 0; i < PICKS; i++) {
		struct ksteer_tuple t = sched_tuple(&rnd, 0);
		int at = ksteer_sched_hash_pick(set, &t, 0);

		ksteer_key_turn(&t);
		KUNIT_ASSERT_EQ(test, ksteer_sched_hash_pick(set, &t, 0), at);
		count[at]++;
	}
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_LT(test,
				abs((int)(count[i] - PICKS / 8 * weight[i])),
				PICKS / 20);
	fix->tm[0].candidate.state = KSTEER_TM_STATE_DOWN;
	fix->tm[2].candidate.state = KSTEER_TM_STATE_DOWN;
	for (i = 0; i < 20; i++) {
		struct ksteer_tuple t = sched_tuple(&rnd, 0);

		KUNIT_EXPECT_EQ(test, ksteer_sched_hash_pick(set, &t, 0), 1);
	}
	fix->tm[1].candidate.state = KSTEER_TM_STATE_DOWN;
	KUNIT_EXPECT_EQ(
		test, ksteer_sched_hash_pick(set, &(struct ksteer_tuple){}, 0),
		-1);
}

static void sched_numbers(struct kunit *test)
{
	u32 i;

	for (i = 0; i <= KSTEER_SCHED_GPORT; i++)
		KUNIT_EXPECT_NOT_NULL(test, ksteer_sched_ops(i));
	KUNIT_EXPECT_NULL(test, ksteer_sched_ops(i));
	KUNIT_EXPECT_NULL(test, ksteer_sched_ops(U32_MAX));
}

static struct kunit_case sched_cases[] = {
	KUNIT_CASE(sched_numbers),
	KUNIT_CASE(sched_rr),
	KUNIT_CASE_PARAM(sched_wrr, wrr_gen_params),
	KUNIT_CASE(sched_wrr_mixed),
	KUNIT_CASE(sched_lc),
	KUNIT_CASE(sched_ordered),
	KUNIT_CASE_PARAM(sched_maglev_table, maglev_gen_params),
	KUNIT_CASE_PARAM(sched_hash, hash_gen_params),
	KUNIT_CASE_PARAM(sched_hash_down, hash_gen_params),
	KUNIT_CASE(sched_hash_set),
	KUNIT_CASE(sched_hash_set_nested),
	KUNIT_CASE(sched_hash_set_twins),
	KUNIT_CASE(sched_hash_row),
	KUNIT_CASE(sched_hash_pick),
	{},
};

static struct kunit_suite sched_suite = {
	.name = "ksteer_sched",
	.init = fix_init,
	.exit = fix_exit,
	.test_cases = sched_cases,
};

kunit_test_suite(sched_suite);

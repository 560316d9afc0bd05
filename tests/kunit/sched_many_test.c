// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selection from a thousand members: what is exact stays exact, what is drawn stays
 * near, and nobody who is full is chosen though all but a few are.
 */
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "fixture.h"
#include "object/membership.h"
#include "object/pool.h"

#define MANY 1000
#define FULL 990

/**
 * struct many - what a case has of its own
 * @tm: traffic managers
 * @weight: their weights
 * @count: how often each was chosen
 */
struct many {
	struct ksteer_tm tm[MANY];
	u32 weight[MANY];
	u32 count[MANY];
};

static void many_free(void *many)
{
	vfree(many);
}

static struct many *many_make(struct kunit *test)
{
	struct many *many = vzalloc(sizeof(*many));
	struct fixture *fix = test->priv;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, many);
	kunit_add_action(test, many_free, many);
	for (i = 0; i < MANY; i++) {
		struct ksteer_tm *tm = &many->tm[i];

		snprintf(tm->settings.name, sizeof(tm->settings.name), "tm%u",
			 i);
		tm->settings.state = KSTEER_TM_STATE_UP;
		tm->candidate.state = KSTEER_TM_STATE_UP;
		tm->candidate.name = tm->settings.name;
		tm->candidate.count = &tm->count;
		tm->index = i;
		tm->kn = &fix->kn;
		INIT_LIST_HEAD(&tm->memberships);
		many->weight[i] = 1;
	}
	return many;
}

static struct ksteer_set *many_set(struct kunit *test, struct many *many,
				   enum ksteer_sched sched)
{
	return fix_set_of(test, sched, KSTEER_V4, many->tm, many->weight, MANY);
}

static void many_weigh(struct many *many, u32 most, u32 seed)
{
	struct rnd_state rnd;
	u32 i;

	prandom_seed_state(&rnd, seed);
	for (i = 0; i < MANY; i++)
		many->weight[i] = 1 + prandom_u32_state(&rnd) % most;
}

struct circle_case {
	const char *name;
	u32 most; /* weights are drawn at random up to this */
	u32 heavy; /* weight of one in the middle, 0 for as all */
	u32 row; /* most selections of one in a row */
};

static const struct circle_case circle_cases[] = {
	{ "equal", 1, 0, 1 },
	{ "weights up to 100", 100, 0, 1 },
	{ "one has a third", 1, 500, 1 },
	{ "one has half", 1, 1000, 2 },
	{ "one has ten of eleven", 1, 10000, 20 },
};

KUNIT_ARRAY_PARAM_DESC(circle, circle_cases, name);

/* Parts of a turn that a member is away from its share, times the sum */
static s64 many_away(const struct ksteer_set *set, const u32 *count, u32 at,
		     u32 turn)
{
	return abs((s64)count[at] * set->total_weight -
		   (s64)turn * set->member[at].weight);
}

/* Any round is exact, none comes too often in a row, and peek knows the next */
static void many_circle(struct kunit *test)
{
	const struct circle_case *c = test->param_value;
	struct many *many = many_make(test);
	u32 i, n, in_row = 0, row = 0, wrong = 0;
	struct ksteer_tuple t = {};
	struct ksteer_set *set;
	s64 away = 0;
	int at, next, last = -1;

	many_weigh(many, c->most, 1);
	if (c->heavy)
		many->weight[MANY / 2] = c->heavy;
	set = many_set(test, many, KSTEER_SCHED_WRR);
	/* From anywhere */
	for (i = 0; i < 77; i++)
		fix_select(set, &t, 0);
	for (n = 1; n <= 2 * set->total_weight; n++) {
		next = fix_select(set, &t, KSTEER_SELECT_PEEK);
		at = fix_select(set, &t, 0);
		wrong += next != at;
		many->count[at]++;
		away = max(away, many_away(set, many->count, at, n));
		in_row = at == last ? in_row + 1 : 1;
		row = max(row, in_row);
		last = at;
		if (n % set->total_weight == 0)
			for (i = 0; i < MANY; i++)
				wrong +=
					many->count[i] !=
					n / set->total_weight * many->weight[i];
		if (n % 4096 == 0)
			cond_resched();
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_LE(test, row, c->row);
	KUNIT_EXPECT_LT(test, div_s64(away, set->total_weight), 6);
}

/* A circle has a step that meets each point once, whatever its size */
static void many_circles(struct kunit *test)
{
	struct many *many = many_make(test);
	u32 sum, bad = 0;

	for (sum = KSTEER_OPEN_FEW + 1; sum < 600; sum++) {
		struct ksteer_set *set;
		u32 i;

		many->weight[0] = sum - KSTEER_OPEN_FEW;
		set = fix_set_of(test, KSTEER_SCHED_WRR, KSTEER_V4, many->tm,
				 many->weight, KSTEER_OPEN_FEW + 1);
		/* Two turns in a row are far from each other either way */
		bad += 8 * min(set->step, sum - set->step) < 3 * sum;
		for (i = 0; i < sum; i++)
			bad += ksteer_wrr_turn(set, ksteer_wrr_point(set, i)) !=
			       i;
	}
	KUNIT_EXPECT_EQ(test, bad, 0);
}

/* By weight, those at a point are who a walk along the members finds */
static void many_points(struct kunit *test)
{
	struct many *many = many_make(test);
	struct ksteer_set *set;
	u32 point, at = 0, bad = 0;

	many_weigh(many, 50, 2);
	many->weight[3] = 20000;
	set = many_set(test, many, KSTEER_SCHED_WRR);
	for (point = 0; point < set->total_weight; point++) {
		at += point == set->member[at].sum;
		bad += ksteer_point_at(set, point) != at;
	}
	KUNIT_EXPECT_EQ(test, bad, 0);
}

#define LC_FLOWS 100000

/* Flows above and below the ideal, in whole flows */
static void many_spread(const struct ksteer_set *set, u32 flows, int *above,
			int *below)
{
	u32 i;

	*above = 0;
	*below = 0;
	for (i = 0; i < MANY; i++) {
		int ideal = div_u64((u64)flows * set->member[i].weight +
					    set->total_weight / 2,
				    set->total_weight);
		int is = atomic_read(&ksteer_tm_of(set->member[i].candidate)
					      ->count.flows) -
			 ideal;

		*above = max(*above, is);
		*below = max(*below, -is);
	}
}

/* Flows come, then some end and others come, which is harder; @of: whose each is */
static void many_churn(struct ksteer_set *set, u16 *of, u32 flows, u32 times)
{
	struct ksteer_tuple t = {};
	struct rnd_state rnd;
	u32 i, flow;

	prandom_seed_state(&rnd, 4);
	for (i = 0; i < flows + times; i++) {
		flow = i;
		if (i >= flows) {
			flow = prandom_u32_state(&rnd) % flows;
			atomic_dec(
				&ksteer_tm_of(set->member[of[flow]].candidate)
					 ->count.flows);
		}
		of[flow] = fix_select(set, &t, 0);
		atomic_inc(&ksteer_tm_of(set->member[of[flow]].candidate)
				    ->count.flows);
		if (i % 4096 == 0)
			cond_resched();
	}
}

/* A few flows from the ideal, with weights and without */
static void many_lc(struct kunit *test)
{
	static const u32 most[] = { 1, 100 };
	u16 *of = vzalloc(LC_FLOWS * sizeof(*of));
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, of);
	kunit_add_action(test, many_free, of);
	for (i = 0; i < ARRAY_SIZE(most); i++) {
		struct many *many = many_make(test);
		struct ksteer_set *set;
		int above, below;

		many_weigh(many, most[i], 3);
		set = many_set(test, many, KSTEER_SCHED_LC);
		many_churn(set, of, LC_FLOWS, 3 * LC_FLOWS);
		many_spread(set, LC_FLOWS, &above, &below);
		kunit_info(test, "weights to %u: %d above, %d below", most[i],
			   above, below);
		KUNIT_EXPECT_LE(test, above, 3);
		KUNIT_EXPECT_LE(test, below, 8);
	}
}

/* One that has nothing gets more than others and not all; peek names the next */
static void many_lc_newcomer(struct kunit *test)
{
	struct many *many = many_make(test);
	struct ksteer_set *set = many_set(test, many, KSTEER_SCHED_LC);
	struct ksteer_tuple t = {};
	u32 i, wrong = 0;

	for (i = 0; i < MANY; i++)
		atomic_set(&many->tm[i].count.flows, i == 5 ? 0 : 100);
	for (i = 0; i < 10 * MANY; i++) {
		int next = fix_select(set, &t, KSTEER_SELECT_PEEK);
		int at = fix_select(set, &t, 0);

		wrong += next != at;
		many->count[at]++;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_GT(test, many->count[5], 20);
	KUNIT_EXPECT_LT(test, many->count[5], 80);
}

struct full_case {
	const char *name;
	enum ksteer_sched sched;
	enum { EQUAL, WEIGHTS, FIRST } shares;
};

static const struct full_case full_cases[] = {
	{ "rr", KSTEER_SCHED_RR, EQUAL },
	{ "wrr", KSTEER_SCHED_WRR, WEIGHTS },
	{ "lc", KSTEER_SCHED_LC, WEIGHTS },
	{ "maglev", KSTEER_SCHED_MAGLEV, WEIGHTS },
	{ "ordered", KSTEER_SCHED_ORDERED, FIRST },
};

KUNIT_ARRAY_PARAM_DESC(full, full_cases, name);

/* All but so many of the last are full */
static struct ksteer_set *many_fill(struct kunit *test, struct many *many,
				    const struct full_case *c, u32 full)
{
	u32 i;

	for (i = 0; i < MANY; i++) {
		many->weight[i] = 1 + i % 5;
		many->tm[i].candidate.max_flows = 3;
		atomic_set(&many->tm[i].count.established, i < full ? 3 : 0);
	}
	return many_set(test, many, c->sched);
}

#define FULL_PICKS 20000

static int many_pick(struct ksteer_set *set, struct rnd_state *rnd,
		     unsigned int how)
{
	struct ksteer_tuple t =
		fix_tuple(KSTEER_V4, prandom_u32_state(rnd) & 0xffffff, 1,
			  prandom_u32_state(rnd) & 0xffffff, 2, IPPROTO_UDP);

	return fix_select(set, &t, how);
}

static void many_full(struct kunit *test)
{
	const struct full_case *c = test->param_value;
	struct many *many = many_make(test);
	struct ksteer_set *set = many_fill(test, many, c, FULL);
	u32 i, want, wrong = 0;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 5);
	for (i = 0; i < FULL_PICKS; i++) {
		int at = many_pick(set, &rnd, 0);

		wrong += at < FULL;
		if (at >= FULL) {
			many->count[at]++;
			atomic_inc(&many->tm[at].count.flows);
		}
		if (i % 512 == 0)
			wrong += many_pick(set, &rnd, KSTEER_SELECT_PEEK) <
				 FULL;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	/* Of the ten that are left two each have weights 1 to 5 */
	for (i = FULL; i < MANY; i++) {
		want = c->shares == EQUAL ? FULL_PICKS / 10 :
		       c->shares == WEIGHTS ?
					    FULL_PICKS / 30 * many->weight[i] :
		       i == FULL ? FULL_PICKS :
				   0;
		KUNIT_EXPECT_LE(test, abs((int)(many->count[i] - want)),
				FULL_PICKS / 50);
	}
}

/* When one of them gets room it is found after at most so many others */
static void many_room(struct kunit *test)
{
	const struct full_case *c = test->param_value;
	struct many *many = many_make(test);
	struct ksteer_set *set = many_fill(test, many, c, MANY);
	struct rnd_state rnd;
	u32 round, i;

	prandom_seed_state(&rnd, 6);
	for (round = 0; round < 5; round++) {
		u32 free = (round * 377 + 13) % MANY;

		for (i = 0; i < 10; i++) {
			KUNIT_EXPECT_EQ(test, many_pick(set, &rnd, 0), -1);
			KUNIT_EXPECT_EQ(
				test, many_pick(set, &rnd, KSTEER_SELECT_PEEK),
				-1);
		}
		atomic_set(&many->tm[free].count.established, 2);
		KUNIT_EXPECT_EQ(test, many_pick(set, &rnd, KSTEER_SELECT_PEEK),
				free);
		for (i = 0; i <= MANY / 4 + 1; i++)
			if (many_pick(set, &rnd, 0) == free)
				break;
		KUNIT_EXPECT_LE(test, i, MANY / 4 + 1);
		atomic_set(&many->tm[free].count.established, 3);
	}
}

/* Who was full and has room gets its share again, and the sums are as at first */
static void many_room_again(struct kunit *test)
{
	const struct full_case *c = test->param_value;
	struct many *many = many_make(test);
	struct ksteer_set *set = many_fill(test, many, c, FULL), *fresh;
	struct rnd_state rnd;
	u32 i, before;

	prandom_seed_state(&rnd, 7);
	for (i = 0; i < 10; i++)
		many_pick(set, &rnd, KSTEER_SELECT_PEEK);
	KUNIT_EXPECT_EQ(test, atomic_read(&set->open->weight),
			set->total_weight);
	for (i = 0; i < 100; i++)
		many_pick(set, &rnd, 0);
	/* The mechanisms that go by the record have found them all */
	before = atomic_read(&set->open->weight);
	for (i = 0; i < MANY; i++)
		atomic_set(&many->tm[i].count.established, 0);
	fix_select(set, &(struct ksteer_tuple){}, KSTEER_SELECT_PEEK);
	KUNIT_EXPECT_EQ(test, atomic_read(&set->open->weight), before);
	for (i = 0; i <= MANY; i++)
		ksteer_open_look(set);
	KUNIT_EXPECT_EQ(test, atomic_read(&set->open->weight),
			set->total_weight);
	fresh = many_set(test, many, c->sched);
	KUNIT_EXPECT_EQ(test,
			memcmp(set->open->sum, fresh->open->sum,
			       2 * set->open->top * sizeof(atomic_t)),
			0);
}

static struct ksteer_pool *many_pool(struct kunit *test, struct many *many,
				     enum ksteer_sched sched)
{
	struct ksteer_pool_settings set = { .sched = sched, .members = MANY };
	struct fixture *fix = test->priv;
	struct ksteer_pool *pool;
	u32 i;

	INIT_LIST_HEAD(&fix->kn.pools);
	INIT_LIST_HEAD(&fix->kn.servers);
	ida_init(&fix->kn.pool_indices);
	set.member = kunit_kmalloc_array(test, MANY, sizeof(*set.member),
					 GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, set.member);
	for (i = 0; i < MANY; i++) {
		struct ksteer_tm *tm = &many->tm[i];

		ksteer_way_init(&tm->way[KSTEER_SIDE_OPEN]);
		ksteer_way_init(&tm->way[KSTEER_SIDE_REPLY]);
		tm->way[KSTEER_SIDE_OPEN].leads[KSTEER_V4] = true;
		tm->usable = BIT(KSTEER_V4);
		tm->settings.weight = many->weight[i];
		set.member[i] = tm;
	}
	mutex_lock(&fix->kn.config);
	pool = ksteer_pool_create(&fix->kn, &set);
	mutex_unlock(&fix->kn.config);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	return pool;
}

/*
 * One of them comes and goes all the time.  The others have their shares as if it
 * did not, and it gets no burst when it comes.
 */
static void many_turns(struct kunit *test)
{
	struct many *many = many_make(test);
	struct fixture *fix = test->priv;
	struct ksteer_pool *pool = many_pool(test, many, KSTEER_SCHED_WRR);
	struct ksteer_tm *tm, *guest = &many->tm[400], *last = NULL;
	u32 i, wrong = 0, twice = 0, rounds = 4;

	for (i = 0; i < rounds * MANY; i++) {
		guest->usable = i & 1 ? BIT(KSTEER_V4) : 0;
		mutex_lock(&fix->kn.config);
		ksteer_memberships_mark(guest);
		ksteer_pool_rebuild_stale(&fix->kn);
		mutex_unlock(&fix->kn.config);
		tm = fix_pool_select(pool);
		many->count[tm - many->tm]++;
		twice += tm == last;
		last = tm;
		/* The sets that are gone */
		if (i % 256 == 0)
			rcu_barrier();
	}
	for (i = 0; i < MANY; i++)
		wrong += &many->tm[i] != guest &&
			 abs((int)(many->count[i] - rounds)) > 3;
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_EQ(test, twice, 0);
	KUNIT_EXPECT_LE(test, many->count[400], rounds);
	mutex_lock(&fix->kn.config);
	ksteer_pool_remove(pool);
	mutex_unlock(&fix->kn.config);
	rcu_barrier();
}

static struct kunit_case many_cases[] = {
	KUNIT_CASE_PARAM(many_circle, circle_gen_params),
	KUNIT_CASE(many_circles),
	KUNIT_CASE(many_points),
	KUNIT_CASE(many_lc),
	KUNIT_CASE(many_lc_newcomer),
	KUNIT_CASE_PARAM(many_full, full_gen_params),
	KUNIT_CASE_PARAM(many_room, full_gen_params),
	KUNIT_CASE_PARAM(many_room_again, full_gen_params),
	KUNIT_CASE(many_turns),
	{},
};

static struct kunit_suite many_suite = {
	.name = "ksteer_sched_many",
	.init = fix_init,
	.exit = fix_exit,
	.test_cases = many_cases,
};

kunit_test_suite(many_suite);

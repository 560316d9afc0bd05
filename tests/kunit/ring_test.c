// SPDX-License-Identifier: GPL-2.0-only
/* ring: half-open flows in order, beside a naive queue. */
#include <linux/prandom.h>

#include "fixture.h"
#include "ring.h"

#define FLOWS 1200
#define STEPS 60000

/**
 * struct ring_run - a ring and a naive queue
 * @ring: the ring
 * @flow: flows; in the ring or not
 * @place: when each took its place, 0 for not in it
 * @clock: places given so far
 * @live: flows in it
 */
struct ring_run {
	struct ksteer_ring ring;
	struct ksteer_flow flow[FLOWS];
	u32 place[FLOWS];
	u32 clock;
	u32 live;
};

static void ring_free(void *run)
{
	ksteer_ring_destroy(&((struct ring_run *)run)->ring);
	kvfree(run);
}

static struct ring_run *ring_make(struct kunit *test, u32 budget)
{
	struct ring_run *run = kvzalloc(sizeof(*run), GFP_KERNEL);
	static struct ksteer_dest dest;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, run);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, ring_free, run),
			0);
	KUNIT_ASSERT_EQ(test, ksteer_ring_create(&run->ring, budget), 0);
	for (i = 0; i < FLOWS; i++) {
		RCU_INIT_POINTER(run->flow[i].dest, &dest);
		run->flow[i].track = KSTEER_FLOW_STATE_OPEN;
		run->flow[i].open_slot = KSTEER_SLOT_NONE;
	}
	return run;
}

static int ring_oldest(struct ring_run *run)
{
	struct ksteer_flow *flow = ksteer_ring_oldest(&run->ring);

	return flow ? flow - run->flow : -1;
}

static void ring_order(struct kunit *test)
{
	struct ring_run *run = ring_make(test, 100);
	u32 i;

	KUNIT_EXPECT_EQ(test, ring_oldest(run), -1);
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_TRUE(test,
				  ksteer_ring_enter(&run->ring, &run->flow[i]));
	KUNIT_EXPECT_FALSE(test,
			   ksteer_ring_enter(&run->ring, &run->flow[100]));
	KUNIT_EXPECT_EQ(test, run->flow[100].open_slot, KSTEER_SLOT_NONE);
	KUNIT_EXPECT_EQ(test, run->ring.live, 100);
	for (i = 1; i < 100; i += 2)
		ksteer_ring_leave(&run->ring, &run->flow[i]);
	for (i = 0; i < 100; i += 2) {
		KUNIT_EXPECT_EQ(test, ring_oldest(run), i);
		ksteer_ring_remove(&run->ring, &run->flow[i]);
		ksteer_ring_remove(&run->ring, &run->flow[i]);
	}
	KUNIT_EXPECT_EQ(test, ring_oldest(run), -1);
	KUNIT_EXPECT_EQ(test, run->ring.live, 0);
}

/* Who is removed or opened already takes no place; who goes leaves none */
static void ring_gone(struct kunit *test)
{
	struct ring_run *run = ring_make(test, 100);
	struct ksteer_flow *flow = run->flow;
	void *dest = (void *)rcu_access_pointer(flow[0].dest);

	RCU_INIT_POINTER(flow[0].dest, NULL);
	KUNIT_EXPECT_TRUE(test, ksteer_ring_enter(&run->ring, &flow[0]));
	flow[1].track = KSTEER_FLOW_STATE_ESTABLISHED;
	KUNIT_EXPECT_TRUE(test, ksteer_ring_enter(&run->ring, &flow[1]));
	KUNIT_EXPECT_EQ(test, run->ring.live, 0);
	KUNIT_EXPECT_EQ(test, flow[0].open_slot, KSTEER_SLOT_NONE);

	/* Leaving is not for what is being removed: that is remove's */
	KUNIT_EXPECT_TRUE(test, ksteer_ring_enter(&run->ring, &flow[2]));
	RCU_INIT_POINTER(flow[2].dest, NULL);
	ksteer_ring_leave(&run->ring, &flow[2]);
	KUNIT_EXPECT_EQ(test, run->ring.live, 1);
	RCU_INIT_POINTER(flow[2].dest, dest);
	ksteer_ring_leave(&run->ring, &flow[2]);
	KUNIT_EXPECT_EQ(test, run->ring.live, 0);
	KUNIT_EXPECT_EQ(test, flow[2].open_slot, KSTEER_SLOT_NONE);
}

/* A ring that did not grow in time takes three quarters of its slots */
static void ring_quarters(struct kunit *test)
{
	struct ring_run *run = ring_make(test, 1000000);
	u32 i, slots = run->ring.mask + 1;

	for (i = 0; i < FLOWS; i++) {
		KUNIT_EXPECT_EQ(test, ksteer_ring_is_narrow(&run->ring),
				i >= slots / 2);
		KUNIT_EXPECT_TRUE(test,
				  ksteer_ring_enter(&run->ring, &run->flow[i]));
		if (i >= slots / 2)
			KUNIT_EXPECT_TRUE(test,
					  ksteer_ring_is_narrow(&run->ring));
	}
	KUNIT_EXPECT_LE(test, run->ring.live, slots / 4 * 3);
	KUNIT_EXPECT_GE(test, run->ring.live, slots / 4 * 3 - 4);
	KUNIT_EXPECT_EQ(test, ring_oldest(run), 0);
}

static void ring_grows(struct kunit *test)
{
	struct ring_run *run = ring_make(test, 1500);
	u32 i;

	for (i = 0; i < 700; i++)
		ksteer_ring_enter(&run->ring, &run->flow[i]);
	for (i = 0; i < 700; i += 3)
		ksteer_ring_leave(&run->ring, &run->flow[i]);
	/* 1024 slots, 2048, 4096: twice the budget and no more */
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_EQ(test, ksteer_ring_grow(&run->ring), 0);
	KUNIT_EXPECT_EQ(test, run->ring.mask, 4095);
	KUNIT_EXPECT_FALSE(test, ksteer_ring_is_narrow(&run->ring));
	for (i = 0; i < 700; i++) {
		if (i % 3 == 0)
			continue;
		KUNIT_EXPECT_EQ(test, ring_oldest(run), i);
		ksteer_ring_leave(&run->ring, &run->flow[i]);
	}
	KUNIT_EXPECT_EQ(test, ring_oldest(run), -1);
}

/* The naive queue: places are numbers, the least one is the oldest */
static int naive_oldest(const struct ring_run *run)
{
	int i, oldest = -1;

	for (i = 0; i < FLOWS; i++)
		if (run->place[i] &&
		    (oldest < 0 || run->place[i] < run->place[oldest]))
			oldest = i;
	return oldest;
}

/*
 * As many places as there are slots: whoever holds the one that comes round
 * takes a new one, behind all others; after 64 of them the newcomer goes
 * without.
 */
static void naive_enter(struct ring_run *run, u32 n)
{
	u32 slots = run->ring.mask + 1;
	u32 i, moved = 0;
	bool found;

	do {
		found = false;
		for (i = 0; i < FLOWS && !found; i++)
			found = run->place[i] &&
				run->place[i] == run->clock + 1 - slots;
		if (!found)
			break;
		run->place[i - 1] = ++run->clock;
	} while (++moved < 64);
	if (moved == 64)
		return;
	run->place[n] = ++run->clock;
	run->live++;
}

static void naive_leave(struct ring_run *run, u32 n)
{
	run->place[n] = 0;
	run->live--;
}

static void ring_step(struct kunit *test, struct ring_run *run, u32 n,
		      u32 budget, bool last)
{
	if (run->place[n]) {
		/* Some never leave and see the ring come round */
		if (n % 16 == 0)
			return;
		if (last)
			ksteer_ring_remove(&run->ring, &run->flow[n]);
		else
			ksteer_ring_leave(&run->ring, &run->flow[n]);
		naive_leave(run, n);
		return;
	}
	KUNIT_EXPECT_EQ(test, ksteer_ring_enter(&run->ring, &run->flow[n]),
			run->live < budget);
	if (run->live < budget)
		naive_enter(run, n);
}

static void ring_random(struct kunit *test)
{
	u32 i, turned = 0, budget = 500;
	struct ring_run *run = ring_make(test, budget);
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 17);
	for (i = 0; i < STEPS; i++) {
		u32 n = prandom_u32_state(&rnd) % FLOWS;

		ring_step(test, run, n, budget, prandom_u32_state(&rnd) & 1);
		KUNIT_ASSERT_EQ(test, run->ring.live, run->live);
		if (i % 16 == 0)
			KUNIT_ASSERT_EQ(test, ring_oldest(run),
					naive_oldest(run));
		turned = run->clock / (run->ring.mask + 1);
		cond_resched();
	}
	KUNIT_EXPECT_GT(test, turned, 10);
	/* Now all of them, in their order */
	while (run->live) {
		int oldest = ring_oldest(run);

		KUNIT_ASSERT_EQ(test, oldest, naive_oldest(run));
		ksteer_ring_remove(&run->ring, &run->flow[oldest]);
		naive_leave(run, oldest);
	}
	KUNIT_EXPECT_EQ(test, ring_oldest(run), -1);
}

/* Positions count up for ever: the 32-bit wrap must not disturb the order */
static void ring_wrap(struct kunit *test)
{
	struct ring_run *run = ring_make(test, 100);
	u32 i;

	run->ring.head = U32_MAX - 20;
	run->ring.tail = U32_MAX - 20;
	for (i = 0; i < 90; i++)
		ksteer_ring_enter(&run->ring, &run->flow[i]);
	for (i = 0; i < 90; i++) {
		KUNIT_EXPECT_EQ(test, ring_oldest(run), i);
		ksteer_ring_leave(&run->ring, &run->flow[i]);
	}
	KUNIT_EXPECT_EQ(test, run->ring.live, 0);
}

static struct kunit_case ring_cases[] = {
	KUNIT_CASE(ring_order),
	KUNIT_CASE(ring_gone),
	KUNIT_CASE(ring_quarters),
	KUNIT_CASE(ring_grows),
	KUNIT_CASE(ring_random),
	KUNIT_CASE(ring_wrap),
	{},
};

static struct kunit_suite ring_suite = {
	.name = "ksteer_ring",
	.test_cases = ring_cases,
};

kunit_test_suite(ring_suite);

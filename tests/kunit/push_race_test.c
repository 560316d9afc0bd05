// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows that are stored by request, all or none: what was stored is taken back if
 * one is refused, whatever packets have done to it and to its key meanwhile.
 */
#define ksteer_nl_flow_new_doit push_doit
#include "netlink/nl_flow_new.c"

#include "fixture.h"
#include "window.h"

#define FLOWS 3

static struct ksteer_lookup push_look(u32 n, u16 vlan)
{
	return fix_look(KSTEER_V4, 1000 + n, 40000, 1, 80, vlan);
}

/* A request for the first flows, of which each is made, and none is stored */
static struct ksteer_push *push_make(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_push *push;
	struct ksteer_push_one *one;
	u32 i;

	push = kunit_kzalloc(test, struct_size(push, one, FLOWS), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, push);
	push->kn = &fix->kn;
	for (i = 0; i < FLOWS; i++) {
		one = &push->one[i];
		one->look = push_look(i, 5);
		one->dest = fix->dest[0];
		one->flow = ksteer_flow_alloc(&one->look, one->dest,
					      KSTEER_TRACK_PUSHED, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, one->flow);
		one->serial = one->flow->serial;
		push->made++;
	}
	return push;
}

static struct ksteer_flow *push_packet(struct kunit *test, u32 n, u16 vlan)
{
	struct ksteer_lookup look = push_look(n, vlan);
	struct ksteer_flow *flow;

	flow = fix_store(test->priv, &look, 1,
			 KSTEER_FLOW_STATE_ESTABLISHED | KSTEER_TRACK_VOUCHED);
	KUNIT_EXPECT_FALSE(test, IS_ERR_OR_NULL(flow));
	return flow;
}

/* A packet has removed it: who has stored it may not look at it any more */
static void push_gone(struct ksteer_push *push, u32 n)
{
	struct fixture *fix = container_of(push->kn, struct fixture, kn);

	fix_remove(fix, fix_find(fix, push->one[n].look));
	push->one[n].flow = ERR_PTR(-EFAULT);
}

/* Packets have removed one, and one they have stored anew: that stays */
static void push_spares(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_flow *last = push_packet(test, FLOWS - 1, 5), *anew;
	struct ksteer_push *push = push_make(test);

	KUNIT_EXPECT_EQ(test, ksteer_push_store(push), -EEXIST);
	KUNIT_EXPECT_EQ(test, push->stored, FLOWS - 1);
	push_gone(push, 0);
	push_gone(push, 1);
	anew = push_packet(test, 0, 5);
	ksteer_push_undo(push);
	KUNIT_EXPECT_PTR_EQ(test, fix_find(fix, push_look(0, 5)), anew);
	KUNIT_EXPECT_NULL(test, fix_find(fix, push_look(1, 5)));
	KUNIT_EXPECT_PTR_EQ(test, fix_find(fix, push_look(2, 5)), last);
	fix_counts(test, &fix->tm[0], 0, 0, 0);
	fix_counts(test, &fix->tm[1], 2, 2, 0);
}

static void push_kin(void *arg, void *what)
{
	struct ksteer_lookup look = fix_look(KSTEER_V4, 1, 80, 1000, 40000, 6);
	struct kunit *test = arg;
	struct fixture *fix = test->priv;
	struct ksteer_flow *flow;

	flow = ksteer_flow_alloc(&look, fix->dest[1],
				 KSTEER_FLOW_STATE_ESTABLISHED |
					 KSTEER_TRACK_VOUCHED,
				 GFP_ATOMIC);
	if (flow)
		ksteer_store_insert_rcu(&fix->kn, flow, fix->dest[1]);
}

/* A packet that is kin of the first is stored while the last is refused */
static void push_finds_own(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_push *push;
	struct ksteer_flow *kin;

	push_packet(test, FLOWS - 1, 5);
	push = push_make(test);
	window_open(WINDOW_INSERT, push->one[FLOWS - 1].flow, push_kin, test);
	KUNIT_EXPECT_EQ(test, ksteer_push_store(push), -EEXIST);
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_INSERT));
	ksteer_push_undo(push);
	kin = fix_find(fix, fix_look(KSTEER_V4, 1, 80, 1000, 40000, 6));
	KUNIT_ASSERT_NOT_NULL(test, kin);
	KUNIT_EXPECT_EQ(test, kin->dest, ksteer_dest_pack(fix->dest[1]));
	fix_counts(test, &fix->tm[0], 0, 0, 0);
	fix_counts(test, &fix->tm[1], 2, 2, 0);
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn.store), 2);
}

static void push_moves(void *arg, void *flow)
{
	struct kunit *test = arg;
	struct fixture *fix = test->priv;
	struct ksteer_flow *first = fix_find(fix, push_look(0, 5));

	/* By an answer it learns a link, and its manager goes down */
	fix_hit(fix, fix_look(KSTEER_V4, 1, 80, 1000, 40000, 9));
	rcu_read_lock();
	ksteer_flow_move(&fix->kn, first, fix->dest[0], fix->dest[2]);
	rcu_read_unlock();
}

/* Packets have changed what was stored: it is taken back where it is now */
static void push_changed(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_push *push;

	push_packet(test, FLOWS - 1, 5);
	push = push_make(test);
	window_open(WINDOW_INSERT, push->one[FLOWS - 1].flow, push_moves, test);
	KUNIT_EXPECT_EQ(test, ksteer_push_store(push), -EEXIST);
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_INSERT));
	fix_counts(test, &fix->tm[2], 1, 1, 0);
	ksteer_push_undo(push);
	fix_counts(test, &fix->tm[0], 0, 0, 0);
	fix_counts(test, &fix->tm[2], 0, 0, 0);
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn.store), 1);
}

static struct kunit_case push_cases[] = {
	KUNIT_CASE(push_spares),
	KUNIT_CASE(push_finds_own),
	KUNIT_CASE(push_changed),
	{},
};

static struct kunit_suite push_suite = {
	.name = "ksteer_push_race",
	.init = fix_init,
	.exit = fix_exit,
	.test_cases = push_cases,
};

kunit_test_suite(push_suite);

// SPDX-License-Identifier: GPL-2.0-only
/* extension: whose it is, whom a stale number leads to, and how a lifetime ends. */
#include <linux/delay.h>

#include "fixture.h"
#include "store/extension.h"
#include "store/flow_lock.h"

#define EST (KSTEER_FLOW_STATE_ESTABLISHED | KSTEER_TRACK_VOUCHED)

static struct ksteer_flow *stored(struct fixture *fix, u32 n)
{
	struct ksteer_lookup look =
		fix_look(KSTEER_V4, 1000 + n, 40000, 1, 80, 0);

	return fix_store(fix, &look, 0, EST);
}

static struct ksteer_extension *of(struct fixture *fix,
				   const struct ksteer_flow *flow)
{
	struct ksteer_extension *ext;

	rcu_read_lock();
	ext = ksteer_extension_rcu(&fix->kn, flow);
	rcu_read_unlock();
	return ext;
}

/* Return: whether the flow has taken it */
static bool acquires(struct fixture *fix, struct ksteer_flow *flow,
		     struct ksteer_extension *ext)
{
	bool taken;

	rcu_read_lock();
	ksteer_flow_lock(&fix->kn, flow);
	taken = ksteer_extension_acquire(ext, flow);
	ksteer_flow_unlock(&fix->kn, flow);
	rcu_read_unlock();
	return taken;
}

static void bounds(struct fixture *fix, struct ksteer_flow *flow, u32 ms)
{
	rcu_read_lock();
	ksteer_flow_lock(&fix->kn, flow);
	ksteer_extension_bound(of(fix, flow), ms);
	ksteer_flow_unlock(&fix->kn, flow);
	rcu_read_unlock();
}

/* A flow takes one, once, and only while it is stored */
static void extension_acquired(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_flow *flow = stored(fix, 0);
	struct ksteer_extension *ext = ksteer_extension_create(&fix->kn);
	struct ksteer_extension *other = ksteer_extension_create(&fix->kn);
	struct ksteer_flow copy;

	KUNIT_ASSERT_NOT_NULL(test, ext);
	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_EXPECT_NULL(test, of(fix, flow));
	KUNIT_EXPECT_TRUE(test, acquires(fix, flow, ext));
	KUNIT_EXPECT_PTR_EQ(test, of(fix, flow), ext);
	KUNIT_EXPECT_FALSE(test, acquires(fix, flow, other));
	/* What was true of the flow is still */
	KUNIT_EXPECT_FALSE(test, ksteer_flow_is(flow, KSTEER_FLOW_ANY_VLAN));
	copy = *flow;
	KUNIT_EXPECT_NULL(test, of(fix, &copy));
	rcu_read_lock();
	fix_remove(fix, flow);
	KUNIT_EXPECT_NULL(test, of(fix, flow));
	KUNIT_EXPECT_FALSE(test, acquires(fix, flow, other));
	rcu_read_unlock();
	ksteer_extension_discard(other);
}

/* A flow that waits to be freed has a link in the number's place */
static void extension_stale(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_flow *flow = stored(fix, 0), *next = stored(fix, 1);
	u32 number;

	KUNIT_ASSERT_TRUE(test, acquires(fix, flow,
					 ksteer_extension_create(&fix->kn)));
	number = flow->ext;
	rcu_read_lock();
	fix_remove(fix, flow);
	rcu_read_unlock();
	/* The number is given again */
	KUNIT_ASSERT_TRUE(test, acquires(fix, next,
					 ksteer_extension_create(&fix->kn)));
	KUNIT_EXPECT_EQ(test, next->ext, number);
	flow = stored(fix, 2);
	flow->flags |= KSTEER_FLOW_EXTENDED;
	flow->ext = number;
	KUNIT_EXPECT_NULL(test, of(fix, flow));
	KUNIT_EXPECT_NOT_NULL(test, of(fix, next));
}

/* Exact to a few jiffies, though the kernel's wheel is late by an eighth */
static void extension_ends(struct kunit *test)
{
	struct fixture *fix = test->priv;
	unsigned long begun = jiffies, took;
	u32 i;

	for (i = 0; i < 100; i++) {
		struct ksteer_flow *flow = stored(fix, i);

		acquires(fix, flow, ksteer_extension_create(&fix->kn));
		bounds(fix, flow, 4000);
	}
	while (ksteer_store_count(&fix->kn.store) &&
	       time_before(jiffies, begun + 10 * HZ))
		usleep_range(1000, 2000);
	took = jiffies - begun;
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn.store), 0);
	KUNIT_EXPECT_GE(test, took, 4 * HZ);
	/* By itself the wheel comes up to 256 ms late, at 250 Hz */
	KUNIT_EXPECT_LE(test, took, 4 * HZ + HZ / 5);
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_LIFETIME), 100);
}

/* The namespace ends while they do */
static void extension_closes(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u32 i;

	for (i = 0; i < 1000; i++) {
		struct ksteer_flow *flow = stored(fix, i);

		acquires(fix, flow, ksteer_extension_create(&fix->kn));
		bounds(fix, flow, 1 + i % 40);
	}
	usleep_range(20000, 21000);
}

static struct kunit_case extension_cases[] = { KUNIT_CASE(extension_acquired),
					       KUNIT_CASE(extension_stale),
					       KUNIT_CASE_SLOW(extension_ends),
					       KUNIT_CASE(extension_closes),
					       {} };

static struct kunit_suite extension_suite = {
	.name = "ksteer_extension",
	.init = fix_init,
	.exit = fix_exit,
	.test_cases = extension_cases,
};

kunit_test_suite(extension_suite);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Expiry without a timer a flow: a worker goes round the store, a slice at a
 * time, and removes what has been silent for longer than its timeout.  It
 * rests for so long after each slice that it takes no more than a twentieth of
 * a CPU, and a round of a small store takes a second; so an entry outlives its
 * timeout by a round at most.
 */
#include <linux/ktime.h>

#include "flow.h"
#include "gc.h"
#include "memorize.h"
#include "stats.h"
#include "upcall.h"
#include "vserver.h"

/* Time to rest, as a multiple of the time that a slice took */
#define KSTEER_GC_REST 19
#define KSTEER_GC_ROUND HZ

static void ksteer_gc_look(struct ksteer_net *kn, struct ksteer_flow *flow)
{
	const struct ksteer_dest *dest = rcu_dereference(flow->dest);

	if (!dest)
		return;
	if (ksteer_flow_idle(flow) <= ksteer_flow_timeout(flow, dest)) {
		ksteer_refresh_seconds(kn, flow, dest);
		return;
	}
	if (ksteer_second_waits(flow))
		return;
	if (ksteer_store_remove(kn, flow))
		ksteer_count(kn, KSTEER_COUNT_EXPIRED);
}

/* Return: whether the round is complete */
static bool ksteer_gc_slice(struct ksteer_net *kn)
{
	struct rhashtable_iter *walk = &kn->store.walk;
	struct ksteer_flow *flow = NULL;
	unsigned int i;

	rhashtable_walk_start(walk);
	for (i = 0; i < KSTEER_WALK_SLICE; i++) {
		flow = rhashtable_walk_next(walk);
		if (!flow)
			break;
		/* -EAGAIN: the table is being resized, the walk starts anew */
		if (!IS_ERR(flow))
			ksteer_gc_look(kn, flow);
	}
	rhashtable_walk_stop(walk);
	ksteer_upcall_pace(kn);
	return !flow;
}

static void ksteer_gc_work(struct work_struct *work)
{
	struct ksteer_net *kn = container_of(to_delayed_work(work),
					     struct ksteer_net, store.gc);
	u64 start = ktime_get_ns();
	unsigned long rest;
	bool complete;

	complete = ksteer_gc_slice(kn);
	if (complete) {
		rhashtable_walk_exit(&kn->store.walk);
		rhashtable_walk_enter(&kn->store.table, &kn->store.walk);
	}
	rest = nsecs_to_jiffies((ktime_get_ns() - start) * KSTEER_GC_REST);
	if (complete)
		rest = max_t(unsigned long, rest, KSTEER_GC_ROUND);
	queue_delayed_work(system_unbound_wq, &kn->store.gc, rest + 1);
}

/**
 * ksteer_gc_start - begin to expire the flows of a namespace
 * @kn: ksteer of the namespace; its store stands
 */
void ksteer_gc_start(struct ksteer_net *kn)
{
	rhashtable_walk_enter(&kn->store.table, &kn->store.walk);
	INIT_DELAYED_WORK(&kn->store.gc, ksteer_gc_work);
	queue_delayed_work(system_unbound_wq, &kn->store.gc, KSTEER_GC_ROUND);
}

/**
 * ksteer_gc_stop - end it
 * @kn: ksteer of the namespace
 */
void ksteer_gc_stop(struct ksteer_net *kn)
{
	cancel_delayed_work_sync(&kn->store.gc);
	rhashtable_walk_exit(&kn->store.walk);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow events: the change log's way to listeners.
 *
 * Packets append to the log, and only where somebody listens; a worker reads it
 * and makes messages of many events each.
 */
#include "base/stats.h"
#include "netlink/netlink.h"
#include "store/changelog.h"
#include "store/flow_lock.h"
#include "store/upcall.h"

/* Events that are lost together where there is no memory for their message */
#define KSTEER_CHANGE_BATCH 16

static u32 ksteer_event_mask(enum ksteer_event event)
{
	switch (event) {
	case KSTEER_EVENT_NEW:
		return KSTEER_EVENT_MASK_NEW;
	case KSTEER_EVENT_ESTABLISHED:
		return KSTEER_EVENT_MASK_ESTABLISHED;
	case KSTEER_EVENT_MOVE:
		return KSTEER_EVENT_MASK_MOVE;
	case KSTEER_EVENT_DELETE:
		return KSTEER_EVENT_MASK_DELETE;
	default:
		return 0;
	}
}

/**
 * ksteer_upcall_flow_slow - note what became of a flow, if anyone listens
 * @kn: ksteer of the namespace
 * @flow: the flow, under its lock; what became of it can be seen
 * @dest: its destination, be it still in the flow or not
 * @event: what became of it
 *
 * Context: any with BH off, RCU read side.
 */
void ksteer_upcall_flow_slow(struct ksteer_net *kn,
			     const struct ksteer_flow *flow,
			     struct ksteer_dest dest, enum ksteer_event event)
{
	/* Pairs with smp_store_release() of ksteer_changelog_create() */
	struct ksteer_changelog *log = smp_load_acquire(&kn->changes);

	lockdep_assert_held(ksteer_flow_spinlock(kn, flow));
	if (!log || !(READ_ONCE(dest.vs->events) & ksteer_event_mask(event)))
		return;
	/*
	 * Either a dump sees what became of the flow, or we see here that its
	 * reader listens; pairs with ksteer_changelog_position().
	 */
	smp_mb();
	if (ksteer_nl_event_wanted(kn, KSTEER_NLGRP_FLOW))
		ksteer_changelog_append(log, flow, dest, event);
}

static int ksteer_nl_put_lost(struct sk_buff *skb,
			      const struct ksteer_change *change)
{
	struct nlattr *nest = nla_nest_start(skb, KSTEER_A_FLOWS_FLOW);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, KSTEER_A_FLOW_EVENT, KSTEER_EVENT_LOST) ||
	    nla_put_u64_64bit(skb, KSTEER_A_FLOW_POSITION, change->position,
			      KSTEER_A_FLOW_PAD) ||
	    nla_put_u64_64bit(skb, KSTEER_A_FLOW_LOST, change->lost,
			      KSTEER_A_FLOW_PAD)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int ksteer_nl_put_change(struct ksteer_net *kn, struct sk_buff *skb,
				const struct ksteer_change *change)
{
	const struct ksteer_flow *flow = &change->flow;
	int err;

	if (change->event == KSTEER_EVENT_LOST)
		return ksteer_nl_put_lost(skb, change);
	/* The flow is the log's own copy; the VRF's name is asked of its device */
	rcu_read_lock();
	err = ksteer_nl_put_flow_rcu(skb, KSTEER_A_FLOWS_FLOW, flow,
				     ksteer_dest_unpack_rcu(kn, flow->dest),
				     change);
	rcu_read_unlock();
	return err;
}

/* As many events as fit one message. Return: how many have been dealt with */
static u32 ksteer_change_send(struct ksteer_changelog *log, u32 most)
{
	struct ksteer_net *kn = log->kn;
	struct sk_buff *skb;
	void *hdr;
	u32 i = 0;

	if (!ksteer_nl_event_wanted(kn, KSTEER_NLGRP_FLOW))
		return most;
	skb = ksteer_nl_event_start(kn, KSTEER_NLGRP_FLOW, KSTEER_CMD_FLOW_NTF,
				    GENLMSG_DEFAULT_SIZE, GFP_KERNEL, &hdr);
	if (!skb) {
		most = min_t(u32, most, KSTEER_CHANGE_BATCH);
		this_cpu_add(kn->counters->value[KSTEER_COUNT_EVENT_LOST],
			     most);
		return most;
	}
	while (i < most &&
	       !ksteer_nl_put_change(kn, skb, ksteer_changelog_peek(log, i)))
		i++;
	skb = ksteer_nl_event_end(kn, KSTEER_NLGRP_FLOW, skb, hdr, 0);
	ksteer_nl_event_multicast(kn, KSTEER_NLGRP_FLOW, skb);
	return i;
}

/* Send what is there now; what comes meanwhile is the worker's */
static void ksteer_change_drain(struct ksteer_changelog *log)
{
	u32 sent, left;

	mutex_lock(&log->reader);
	for (left = ksteer_changelog_unread(log); left; left -= sent) {
		sent = ksteer_change_send(log, left);
		ksteer_changelog_consume(log, sent);
		cond_resched();
	}
	/* Only a change that finds the log empty calls the worker */
	if (ksteer_changelog_unread(log))
		queue_delayed_work(ksteer_net_queue(log->kn), &log->drain, 0);
	mutex_unlock(&log->reader);
}

/**
 * ksteer_upcall_drain - send the events that wait
 * @work: the work of a change log
 */
void ksteer_upcall_drain(struct work_struct *work)
{
	ksteer_change_drain(container_of(to_delayed_work(work),
					 struct ksteer_changelog, drain));
}

/**
 * ksteer_upcall_pace - do not run away from the worker
 * @kn: ksteer of the namespace
 *
 * For whoever changes many flows and is no packet: reads the log himself where
 * it is half full, so that nothing is lost.
 *
 * Context: process, may sleep.
 */
void ksteer_upcall_pace(struct ksteer_net *kn)
{
	/* Pairs with smp_store_release() of ksteer_changelog_create() */
	struct ksteer_changelog *log = smp_load_acquire(&kn->changes);

	if (log && ksteer_changelog_unread(log) > log->mask / 2)
		ksteer_change_drain(log);
}

/**
 * ksteer_upcall_flush - have done with the events that wait
 * @kn: ksteer of the namespace
 *
 * They refer to destinations.  Whoever frees one sees to it that no flow has it
 * any more, and then calls this.
 *
 * Context: process, under kn->config.
 */
void ksteer_upcall_flush(struct ksteer_net *kn)
{
	lockdep_assert_held(&kn->config);
	if (kn->changes)
		ksteer_change_drain(kn->changes);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow events: the change log's way to listeners.
 *
 * Packets append to the log, and only where somebody listens; a worker reads it,
 * and here are made messages of many events each.
 */
#include "base/stats.h"
#include "netlink/netlink.h"
#include "store/changelog.h"
#include "store/flow_dest.h"

/* Events that are lost together where there is no memory for their message */
#define KSTEER_CHANGE_BATCH 16

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

/**
 * ksteer_nl_changes_send - tell listeners of flows as many changes as fit one message
 * @log: the log of the namespace
 * @most: changes that wait in it
 *
 * Context: process, log->reader held.
 * Return: how many have been dealt with.
 */
u32 ksteer_nl_changes_send(struct ksteer_changelog *log, u32 most)
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

/* SPDX-License-Identifier: GPL-2.0-only */
/* Whom a packet is counted for, once it is sent on. */
#ifndef _KSTEER_ACCOUNT_H
#define _KSTEER_ACCOUNT_H

#include <linux/skbuff.h>

#include "dest.h"
#include "flow.h"

/**
 * struct ksteer_account - whom a packet is counted for
 * @flow: its flow, NULL if none is stored
 * @dest: its traffic manager and virtual server; NULL for what counts for nobody,
 *	  an ICMP error
 * @dir: its direction
 *
 * Handed on as a value: so it stays in registers.
 */
struct ksteer_account {
	struct ksteer_flow *flow;
	struct ksteer_dest *dest;
	enum ksteer_dir dir;
};

/*
 * S1 L131: statistics per packet, for the flow and for both its owners.  Said
 * where nothing of ours can drop the packet any more.
 */
static __always_inline void ksteer_account(struct ksteer_account to,
					   const struct sk_buff *skb)
{
	struct ksteer_traffic __percpu *traffic;

	if (!to.dest)
		return;
	traffic = to.dest->traffic;
	this_cpu_inc(traffic->packets[to.dir]);
	this_cpu_add(traffic->bytes[to.dir], skb->len);
	if (to.flow)
		ksteer_flow_count(to.flow, skb->len, to.dir);
}

#endif /* _KSTEER_ACCOUNT_H */

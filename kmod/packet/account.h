/* SPDX-License-Identifier: GPL-2.0-only */
/* Whom a packet is counted for, once it is sent on. */
#ifndef _KSTEER_ACCOUNT_H
#define _KSTEER_ACCOUNT_H

#include <linux/skbuff.h>

#include "object/manager.h"
#include "object/vserver.h"
#include "store/dest.h"
#include "store/flow.h"

/**
 * struct ksteer_account - whom a packet is counted for
 * @flow: its flow, NULL if none is stored
 * @dest: its traffic manager and virtual server; KSTEER_DEST_NONE for what counts
 *	  for nobody, an ICMP error
 * @dir: its direction
 *
 * Handed on as a value: so it stays in registers.
 */
struct ksteer_account {
	struct ksteer_flow *flow;
	struct ksteer_dest dest;
	enum ksteer_dir dir;
};

/* Does what goes there leave without FORWARD and POSTROUTING? */
static inline bool ksteer_is_direct(struct ksteer_dest dest)
{
	return READ_ONCE(dest.vs->flags) & KSTEER_VS_FLAGS_DIRECT;
}

/*
 * S1 L131: statistics per packet, for the flow and for both its owners.  Said
 * where nothing of ours can drop the packet any more.
 */
static __always_inline void ksteer_account(struct ksteer_account to,
					   const struct sk_buff *skb)
{
	if (!to.dest.vs)
		return;
	ksteer_traffic_count(to.dest.vs->traffic, skb->len, to.dir);
	if (likely(to.dest.tm))
		ksteer_traffic_count(to.dest.tm->traffic, skb->len, to.dir);
	if (to.flow)
		ksteer_flow_count(to.flow, skb->len, to.dir);
}

#endif /* _KSTEER_ACCOUNT_H */

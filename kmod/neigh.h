/* SPDX-License-Identifier: GPL-2.0-only */
/* Answers to ARP requests and neighbour solicitations. */
#ifndef _KSTEER_NEIGH_H
#define _KSTEER_NEIGH_H

#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>

#include "vserver.h"

unsigned int ksteer_hook_arp(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state);
bool ksteer_solicited_slow(struct ksteer_net *kn, struct sk_buff *skb);
void ksteer_neigh_leave(struct ksteer_vs *vs);
void ksteer_neigh_follow_all(struct ksteer_net *kn);

/* Hop limit 255 says that the packet was sent on this link (RFC 4861 7.1.1) */
static inline bool ksteer_solicited(struct ksteer_net *kn, struct sk_buff *skb)
{
	if (likely(ipv6_hdr(skb)->nexthdr != IPPROTO_ICMPV6 ||
		   ipv6_hdr(skb)->hop_limit != 255))
		return false;
	return ksteer_solicited_slow(kn, skb);
}

#endif /* _KSTEER_NEIGH_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Answers to ARP requests and neighbour solicitations. */
#ifndef _KSTEER_NEIGH_H
#define _KSTEER_NEIGH_H

#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/ndisc.h>

#include "object/vserver.h"

unsigned int ksteer_hook_arp(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state);
unsigned int ksteer_hook_discovery(struct ksteer_net *kn, struct sk_buff *skb);
void ksteer_neigh_follow(struct ksteer_vs *vs);
void ksteer_neigh_leave(struct ksteer_vs *vs);
void ksteer_neigh_follow_all(struct ksteer_net *kn);

/*
 * Neighbour discovery is between neighbours, whatever address it is sent to: a
 * probe must reach this machine.  Hop limit 255 says that the packet was sent
 * on this link (RFC 4861 section 7.1.1).
 */
static inline bool ksteer_is_discovery(const struct sk_buff *skb)
{
	const struct ipv6hdr *iph = ipv6_hdr(skb);
	const u8 *type;
	u8 buf;

	if (likely(iph->nexthdr != IPPROTO_ICMPV6 || iph->hop_limit != 255))
		return false;
	type = skb_header_pointer(skb, sizeof(*iph), sizeof(buf), &buf);
	return type && *type >= NDISC_ROUTER_SOLICITATION &&
	       *type <= NDISC_REDIRECT;
}

#endif /* _KSTEER_NEIGH_H */

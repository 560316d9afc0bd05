/* SPDX-License-Identifier: GPL-2.0-only */
/* The short way from a packet to its key, inlined where packets arrive. */
#ifndef _KSTEER_KEY_READ_H
#define _KSTEER_KEY_READ_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/tcp.h>

#include "key/key.h"
#include "key/link.h"

/* Take over what a TCP header says. Return: false if it is malformed */
static __always_inline bool ksteer_take_tcp(struct ksteer_packet *pkt,
					    const struct sk_buff *skb, int l4,
					    const struct tcphdr *th)
{
	int len = skb->len - l4 - th->doff * 4;
	u8 scale = 0;

	if (unlikely(th->doff < 5 || len < 0))
		return false;
	/* Before the rest: no call follows that might change what was filled */
	if (unlikely(th->syn))
		scale = ksteer_read_scale(skb, l4 + sizeof(*th),
					  th->doff * 4 - sizeof(*th));
	pkt->tcp = true;
	pkt->tcp_flags = tcp_flag_byte(th);
	pkt->tcp_scale = scale;
	pkt->seq = ntohl(th->seq);
	pkt->ack_seq = ntohl(th->ack_seq);
	pkt->window = ntohs(th->window);
	pkt->seq_len = len + th->syn + th->fin;
	return true;
}

/* Any total order serves, if it is the same for both directions */
static __always_inline bool
ksteer_source_is_greater(const union ksteer_addr *src,
			 const union ksteer_addr *dst, __be16 sport,
			 __be16 dport)
{
	if (src->w[0] != dst->w[0])
		return src->w[0] > dst->w[0];
	if (src->w[1] != dst->w[1])
		return src->w[1] > dst->w[1];
	return (__force u16)sport > (__force u16)dport;
}

static __always_inline void ksteer_key_fill(struct ksteer_lookup *look,
					    union ksteer_addr src,
					    union ksteer_addr dst, __be16 sport,
					    __be16 dport, u8 proto, u16 link,
					    u8 family)
{
	bool swapped = ksteer_source_is_greater(&src, &dst, sport, dport);
	struct ksteer_key *key = &look->key;

	key->addr[0] = swapped ? dst : src;
	key->addr[1] = swapped ? src : dst;
	key->port[0] = swapped ? dport : sport;
	key->port[1] = swapped ? sport : dport;
	key->proto = proto;
	key->kind = KSTEER_FIELDS_FULL |
		    (family == KSTEER_V6 ? KSTEER_KIND_V6 : 0);
	key->link = link;
	look->swapped = swapped;
	look->loose = KSTEER_LOOSE_NOT;
}

/**
 * ksteer_key_read - read a packet's headers and make its full key
 * @pkt: the packet; @kn and @skb are set, all else is filled
 * @family: of the packet, a constant
 *
 * The short way: plain TCP or UDP whose headers are linear, as nearly all packets
 * are; ksteer_key_read_slow() reads the others.  One body for both families; the
 * compiler makes two of it, and knows of what it follows that it is no odd one.
 * Fragments have been put together before (E2).
 *
 * Context: any; the network header is linear, the rest need not be.
 * Return: whether it was such a packet.
 */
static __always_inline bool ksteer_key_read(struct ksteer_packet *pkt,
					    u8 family)
{
	const struct sk_buff *skb = pkt->skb;
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	const struct iphdr *ip4 = ip_hdr(skb);
	const struct tcphdr *th;
	int link = 0, l4;
	u8 proto;

	if (!ksteer_link_is_plain(skb->dev)) {
		link = ksteer_link_of_rcu(pkt->kn, skb->dev);
		if (link < 0)
			return false;
	}
	proto = family == KSTEER_V4 ? ip4->protocol : ip6->nexthdr;
	l4 = family == KSTEER_V4 ? ip4->ihl * 4 : sizeof(*ip6);
	th = (const void *)skb_network_header(skb) + l4;
	if (proto == IPPROTO_TCP) {
		if (unlikely(skb_headlen(skb) < l4 + sizeof(*th)) ||
		    !ksteer_take_tcp(pkt, skb, l4, th))
			return false;
	} else {
		if (unlikely(proto != IPPROTO_UDP ||
			     skb_headlen(skb) < l4 + 2 * sizeof(__be16)))
			return false;
		pkt->tcp = false;
	}
	pkt->family = family;
	pkt->icmp_error = false;
	/* The ports stand first in both headers */
	if (family == KSTEER_V4) {
		union ksteer_addr src = { .w32 = { (__force u32)ip4->saddr } };
		union ksteer_addr dst = { .w32 = { (__force u32)ip4->daddr } };

		ksteer_key_fill(&pkt->look, src, dst, th->source, th->dest,
				proto, link, KSTEER_V4);
	} else {
		union ksteer_addr src = { .v6 = ip6->saddr };
		union ksteer_addr dst = { .v6 = ip6->daddr };

		ksteer_key_fill(&pkt->look, src, dst, th->source, th->dest,
				proto, link, KSTEER_V6);
	}
	return true;
}

/* The addresses of a packet */
static inline void ksteer_read_ends(const struct sk_buff *skb, u8 family,
				    struct ksteer_tuple *t)
{
	memset(t, 0, sizeof(*t));
	t->family = family;
	if (family == KSTEER_V4) {
		t->src.v4 = ip_hdr(skb)->saddr;
		t->dst.v4 = ip_hdr(skb)->daddr;
	} else {
		t->src.v6 = ipv6_hdr(skb)->saddr;
		t->dst.v6 = ipv6_hdr(skb)->daddr;
	}
}

#endif /* _KSTEER_KEY_READ_H */

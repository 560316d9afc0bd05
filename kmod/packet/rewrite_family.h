/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between IPv4 and IPv6 on the way out. */
#ifndef _KSTEER_REWRITE_FAMILY_H
#define _KSTEER_REWRITE_FAMILY_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/neighbour.h>
#include <net/route.h>

#include "packet/rewrite.h"

/**
 * struct ksteer_family - what differs between IPv4 and IPv6 on the way out
 * @pf: protocol family of the netfilter hooks
 * @must_tell: whether the sender must be told that the packet is too big;
 *	       otherwise it may be cut up
 * @fragment_max: size of the largest fragment that it was put together from
 * @hops: TTL or hop limit
 * @count_hop: take one off; the header is writable
 * @options: are its options, if it has some, fit to go on?
 * @neighbour: entry of the next hop; RCU read side
 */
struct ksteer_family {
	u8 pf;
	bool (*must_tell)(const struct sk_buff *skb, unsigned int mtu);
	unsigned int (*fragment_max)(const struct sk_buff *skb);
	u8 (*hops)(const struct sk_buff *skb);
	void (*count_hop)(struct net *net, struct sk_buff *skb,
			  const struct dst_entry *dst);
	bool (*options)(struct sk_buff *skb);
	struct neighbour *(*neighbour)(struct net_device *dev,
				       const union ksteer_addr *hop);
};

static inline bool ksteer_must_tell_v4(const struct sk_buff *skb,
				       unsigned int mtu)
{
	/* Put together from fragments with DF: RFC 1191 wants to know */
	return ip_hdr(skb)->frag_off & htons(IP_DF) &&
	       (!skb->ignore_df || IPCB(skb)->frag_max_size > mtu);
}

static inline unsigned int ksteer_fragment_max_v4(const struct sk_buff *skb)
{
	return IPCB(skb)->frag_max_size;
}

static inline u8 ksteer_hops_v4(const struct sk_buff *skb)
{
	return ip_hdr(skb)->ttl;
}

static inline void ksteer_count_hop_v4(struct net *net, struct sk_buff *skb,
				       const struct dst_entry *dst)
{
	struct iphdr *iph = ip_hdr(skb);

	ip_decrease_ttl(iph);
	IPCB(skb)->flags |= IPSKB_FORWARDED;
	if (READ_ONCE(net->ipv4.sysctl_ip_fwd_update_priority))
		skb->priority = rt_tos2priority(iph->tos);
	IP_INC_STATS(net, IPSTATS_MIB_OUTFORWDATAGRAMS);
}

static inline bool ksteer_options_v4(struct sk_buff *skb)
{
	int len = ip_hdr(skb)->ihl * 4 - sizeof(struct iphdr);

	if (likely(!len))
		return true;
	/* Fragments but the first leave out what is not to be copied */
	IPCB(skb)->opt.optlen = len;
	return ksteer_options_good((const u8 *)(ip_hdr(skb) + 1), len);
}

static inline struct neighbour *
ksteer_neighbour_v4(struct net_device *dev, const union ksteer_addr *hop)
{
	return ip_neigh_gw4(dev, hop->v4);
}

static inline bool ksteer_must_tell_v6(const struct sk_buff *skb,
				       unsigned int mtu)
{
	/* What was put together here may be cut up again, RFC 8200 4.5 */
	return !IP6CB(skb)->frag_max_size || IP6CB(skb)->frag_max_size > mtu;
}

static inline unsigned int ksteer_fragment_max_v6(const struct sk_buff *skb)
{
	return IP6CB(skb)->frag_max_size;
}

static inline u8 ksteer_hops_v6(const struct sk_buff *skb)
{
	return ipv6_hdr(skb)->hop_limit;
}

static inline void ksteer_count_hop_v6(struct net *net, struct sk_buff *skb,
				       const struct dst_entry *dst)
{
	ipv6_hdr(skb)->hop_limit--;
	IP6CB(skb)->flags |= IP6SKB_FORWARDED;
	IP6_INC_STATS(net, ip6_dst_idev((struct dst_entry *)dst),
		      IPSTATS_MIB_OUTFORWDATAGRAMS);
}

static inline bool ksteer_options_v6(struct sk_buff *skb)
{
	return true;
}

static inline struct neighbour *
ksteer_neighbour_v6(struct net_device *dev, const union ksteer_addr *hop)
{
	return ip_neigh_gw6(dev, &hop->v6);
}

static const struct ksteer_family ksteer_family[KSTEER_FAMILIES] = {
	[KSTEER_V4] = {
		.pf = NFPROTO_IPV4,
		.must_tell = ksteer_must_tell_v4,
		.fragment_max = ksteer_fragment_max_v4,
		.hops = ksteer_hops_v4,
		.count_hop = ksteer_count_hop_v4,
		.options = ksteer_options_v4,
		.neighbour = ksteer_neighbour_v4,
	},
	[KSTEER_V6] = {
		.pf = NFPROTO_IPV6,
		.must_tell = ksteer_must_tell_v6,
		.fragment_max = ksteer_fragment_max_v6,
		.hops = ksteer_hops_v6,
		.count_hop = ksteer_count_hop_v6,
		.options = ksteer_options_v6,
		.neighbour = ksteer_neighbour_v6,
	},
};

#endif /* _KSTEER_REWRITE_FAMILY_H */

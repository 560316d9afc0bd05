// SPDX-License-Identifier: GPL-2.0-only
/*
 * The next hop is rewritten and the packet leaves: the only file that writes
 * to packets.  But for TTL or hop limit the packet stays as it was.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/neighbour.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>

#include "compat/gso.h"
#include "rewrite.h"
#include "trace.h"

/**
 * struct ksteer_family - what differs between IPv4 and IPv6 on the way out
 * @pf: protocol family of the netfilter hooks
 * @must_tell: whether the sender must be told that the packet is too big;
 *	       otherwise it may be cut up
 * @tell_too_big: tell the sender
 * @hops: TTL or hop limit
 * @tell_expired: tell the sender that it ran out
 * @count_hop: take one off; the header is writable
 * @options: are its options, if it has some, fit to go on?
 * @neighbour: entry of the next hop; RCU read side
 */
struct ksteer_family {
	u8 pf;
	bool (*must_tell)(const struct sk_buff *skb, unsigned int mtu);
	void (*tell_too_big)(struct sk_buff *skb, unsigned int mtu);
	u8 (*hops)(const struct sk_buff *skb);
	void (*tell_expired)(struct sk_buff *skb);
	void (*count_hop)(struct sk_buff *skb, const struct dst_entry *dst);
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

static void ksteer_tell_too_big_v4(struct sk_buff *skb, unsigned int mtu)
{
	icmp_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(mtu));
}

static inline u8 ksteer_hops_v4(const struct sk_buff *skb)
{
	return ip_hdr(skb)->ttl;
}

static void ksteer_tell_expired_v4(struct sk_buff *skb)
{
	icmp_send(skb, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
}

static inline void ksteer_count_hop_v4(struct sk_buff *skb,
				       const struct dst_entry *dst)
{
	ip_decrease_ttl(ip_hdr(skb));
	IPCB(skb)->flags |= IPSKB_FORWARDED;
	skb->priority = rt_tos2priority(ip_hdr(skb)->tos);
	IP_INC_STATS(dev_net(dst->dev), IPSTATS_MIB_OUTFORWDATAGRAMS);
}

/*
 * The kernel reads options after this hook, and writes to them as it does:
 * hence a reader of our own.  A bad packet must not go on, nor one that names
 * its own route; what good ones ask for (record route, timestamp) is not done,
 * since the distributor is no hop that a route would name.
 */
static bool ksteer_options_good(const u8 *opt, int len)
{
	while (len > 0 && *opt != IPOPT_END) {
		int size = 1;

		if (*opt != IPOPT_NOOP) {
			if (len < 2 || opt[1] < 2 || opt[1] > len ||
			    *opt == IPOPT_LSRR || *opt == IPOPT_SSRR)
				return false;
			size = opt[1];
		}
		opt += size;
		len -= size;
	}
	return true;
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

static void ksteer_tell_too_big_v6(struct sk_buff *skb, unsigned int mtu)
{
	icmpv6_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
}

static inline u8 ksteer_hops_v6(const struct sk_buff *skb)
{
	return ipv6_hdr(skb)->hop_limit;
}

static void ksteer_tell_expired_v6(struct sk_buff *skb)
{
	icmpv6_send(skb, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, 0);
}

static inline void ksteer_count_hop_v6(struct sk_buff *skb,
				       const struct dst_entry *dst)
{
	ipv6_hdr(skb)->hop_limit--;
	IP6CB(skb)->flags |= IP6SKB_FORWARDED;
	IP6_INC_STATS(dev_net(dst->dev), ip6_dst_idev((struct dst_entry *)dst),
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
		.tell_too_big = ksteer_tell_too_big_v4,
		.hops = ksteer_hops_v4,
		.tell_expired = ksteer_tell_expired_v4,
		.count_hop = ksteer_count_hop_v4,
		.options = ksteer_options_v4,
		.neighbour = ksteer_neighbour_v4,
	},
	[KSTEER_V6] = {
		.pf = NFPROTO_IPV6,
		.must_tell = ksteer_must_tell_v6,
		.tell_too_big = ksteer_tell_too_big_v6,
		.hops = ksteer_hops_v6,
		.tell_expired = ksteer_tell_expired_v6,
		.count_hop = ksteer_count_hop_v6,
		.options = ksteer_options_v6,
		.neighbour = ksteer_neighbour_v6,
	},
};

/**
 * ksteer_drop - drop a packet, by one counter and one reason
 * @kn: ksteer of the namespace
 * @skb: the packet; freed
 * @count: the counter
 * @reason: the kernel's nearest word for it
 *
 * Return: NF_STOLEN.
 */
unsigned int ksteer_drop(struct ksteer_net *kn, struct sk_buff *skb,
			 enum ksteer_counter count, enum skb_drop_reason reason)
{
	ksteer_count(kn, count);
	trace_ksteer_drop(skb, count);
	kfree_skb_reason(skb, reason);
	return NF_STOLEN;
}

/**
 * ksteer_untrack - let connection tracking leave a packet alone
 * @skb: a packet of a flow that ksteer knows
 *
 * Answers may take another way, so what conntrack would see is half a
 * connection and would be called invalid.
 */
void ksteer_untrack(struct sk_buff *skb)
{
	if (likely(!skb_nfct(skb)))
		nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
}

/* Is the packet, or a segment of it, too big, and for good? */
static __always_inline bool ksteer_exceeds(const struct ksteer_family *f,
					   const struct sk_buff *skb,
					   unsigned int mtu)
{
	if (likely(skb->len <= mtu))
		return false;
	if (skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu))
		return false;
	return f->must_tell(skb, mtu);
}

/* Must the kernel's own output cut the packet up? */
static bool ksteer_needs_cutting(const struct sk_buff *skb, unsigned int mtu)
{
	unsigned int max = skb->protocol == htons(ETH_P_IP) ?
				   IPCB(skb)->frag_max_size :
				   IP6CB(skb)->frag_max_size;

	return max ||
	       (skb->len > mtu &&
		!(skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu)));
}

static int ksteer_forward_finish(struct net *net, struct sock *sk,
				 struct sk_buff *skb)
{
	skb_clear_tstamp(skb);
	return dst_output(net, sk, skb);
}

static __always_inline void ksteer_send_direct(struct ksteer_net *kn,
					       struct sk_buff *skb,
					       const struct ksteer_family *f,
					       const struct ksteer_route *route)
{
	struct net_device *dev = route->dst->dev;
	struct neighbour *neigh = f->neighbour(dev, &route->hop);

	if (IS_ERR_OR_NULL(neigh)) {
		ksteer_drop(kn, skb, KSTEER_COUNT_NO_NEIGH,
			    SKB_DROP_REASON_NEIGH_CREATEFAIL);
		return;
	}
	skb->dev = dev;
	skb_clear_tstamp(skb);
	ksteer_count(kn, KSTEER_COUNT_DIRECT);
	neigh_output(neigh, skb, false);
}

/* Out of hops, or too big: the sender is told why */
static noinline unsigned int ksteer_refuse(struct ksteer_net *kn,
					   struct sk_buff *skb,
					   const struct ksteer_family *f,
					   unsigned int mtu)
{
	if (f->hops(skb) <= 1) {
		f->tell_expired(skb);
		return ksteer_drop(kn, skb, KSTEER_COUNT_TTL,
				   SKB_DROP_REASON_IP_INHDR);
	}
	f->tell_too_big(skb, mtu);
	return ksteer_drop(kn, skb, KSTEER_COUNT_TOO_BIG,
			   SKB_DROP_REASON_PKT_TOO_BIG);
}

static __always_inline unsigned int
ksteer_send_family(struct ksteer_packet *pkt, struct ksteer_way *way,
		   bool direct, u8 family, const struct ksteer_family *f)
{
	struct sk_buff *skb = pkt->skb;
	struct ksteer_net *kn = pkt->kn;
	struct net_device *in = skb->dev;
	const struct ksteer_route *route;
	struct dst_entry *dst;
	unsigned int mtu;

	route = ksteer_way_route_rcu(kn, way, family);
	if (unlikely(!route))
		return ksteer_drop(kn, skb, KSTEER_COUNT_NO_ROUTE,
				   SKB_DROP_REASON_IP_OUTNOROUTES);
	if (unlikely(!f->options(skb)))
		return ksteer_drop(kn, skb, KSTEER_COUNT_BAD_OPTIONS,
				   SKB_DROP_REASON_IP_INHDR);
	dst = route->dst;
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, dst);
	mtu = READ_ONCE(route->mtu);
	if (unlikely(f->hops(skb) <= 1 || ksteer_exceeds(f, skb, mtu)))
		return ksteer_refuse(kn, skb, f, mtu);
	if (unlikely(skb_cow(skb, READ_ONCE(route->room))))
		return ksteer_drop(kn, skb, KSTEER_COUNT_NO_HEADROOM,
				   SKB_DROP_REASON_NOMEM);
	skb_forward_csum(skb);
	f->count_hop(skb, dst);
	ksteer_untrack(skb);
	if (direct && likely(route->plain && !ksteer_needs_cutting(skb, mtu))) {
		ksteer_send_direct(kn, skb, f, route);
		return NF_STOLEN;
	}
	ksteer_count(kn, KSTEER_COUNT_FORWARD);
	NF_HOOK(f->pf, NF_INET_FORWARD, kn->net, NULL, skb, in, dst->dev,
		ksteer_forward_finish);
	return NF_STOLEN;
}

/**
 * ksteer_send - send a packet to a traffic manager
 * @pkt: the packet; it is gone afterwards
 * @way: where to
 * @direct: past the FORWARD and POSTROUTING hooks
 *
 * One body for both families; the compiler makes two of it, without the
 * indirect calls that its table would cost a packet.
 *
 * Context: softirq or BH off, RCU read side: the route is not counted.
 * Return: NF_STOLEN.
 */
unsigned int ksteer_send(struct ksteer_packet *pkt, struct ksteer_way *way,
			 bool direct)
{
	if (pkt->family == KSTEER_V4)
		return ksteer_send_family(pkt, way, direct, KSTEER_V4,
					  &ksteer_family[KSTEER_V4]);
	return ksteer_send_family(pkt, way, direct, KSTEER_V6,
				  &ksteer_family[KSTEER_V6]);
}

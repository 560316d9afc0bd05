// SPDX-License-Identifier: GPL-2.0-only
/*
 * Refusals: the sender of a packet that nobody takes learns it at once, as from
 * a host that has the address, instead of waiting for an answer.
 *
 * Whoever forges a source makes us send to it, so there is one small packet for
 * one, none for a refusal or an error, none to or from what is not one host's
 * address; and of ICMP no more than the kernel's own limits allow.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/icmp.h>
#include <net/inetpeer.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/netfilter/ipv4/nf_reject.h>
#include <net/netfilter/ipv6/nf_reject.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>

#include "key/key.h"
#include "packet/reject.h"
#include "packet/rewrite.h"

/**
 * struct ksteer_answer - what differs between IPv4 and IPv6
 * @reset: make a TCP reset from a segment; checks it
 * @unreach: make an ICMP error from a packet; checks it
 * @code: of the ICMP error: port unreachable
 * @allow: may an ICMP error be sent to the packet's destination now?
 * @route: to the packet's destination, counted; NULL if it is not one other
 *	   machine's
 * @out: send
 */
struct ksteer_answer {
	struct sk_buff *(*reset)(struct net *net, struct sk_buff *old,
				 const struct net_device *dev, int hook);
	struct sk_buff *(*unreach)(struct net *net, struct sk_buff *old,
				   const struct net_device *dev, int hook,
				   u8 code);
	u8 code;
	bool (*allow)(struct net *net, const struct sk_buff *skb, int vrf);
	struct dst_entry *(*route)(struct net *net, const struct sk_buff *skb,
				   int vrf);
	int (*out)(struct net *net, struct sock *sk, struct sk_buff *skb);
};

static bool ksteer_allow_v4(struct net *net, const struct sk_buff *skb, int vrf)
{
	struct inet_peer *peer =
		inet_getpeer_v4(net->ipv4.peers, ip_hdr(skb)->daddr, vrf);

	return inet_peer_xrlim_allow(
		peer, READ_ONCE(net->ipv4.sysctl_icmp_ratelimit));
}

static bool ksteer_allow_v6(struct net *net, const struct sk_buff *skb, int vrf)
{
	struct inet_peer *peer =
		inet_getpeer_v6(net->ipv6.peers, &ipv6_hdr(skb)->daddr);

	return inet_peer_xrlim_allow(peer,
				     READ_ONCE(net->ipv6.sysctl.icmpv6_time));
}

static struct dst_entry *
ksteer_answer_route_v4(struct net *net, const struct sk_buff *skb, int vrf)
{
	/* The source is ours to answer for, but no address of this machine */
	struct flowi4 fl4 = {
		.daddr = ip_hdr(skb)->daddr,
		.saddr = ip_hdr(skb)->saddr,
		.flowi4_oif = vrf,
		.flowi4_mark = skb->mark,
		.flowi4_proto = ip_hdr(skb)->protocol,
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
	};
	struct rtable *rt = ip_route_output_flow(net, &fl4, NULL);

	if (IS_ERR(rt))
		return NULL;
	if (rt->rt_type == RTN_UNICAST && !(rt->rt_flags & RTCF_LOCAL))
		return &rt->dst;
	ip_rt_put(rt);
	return NULL;
}

static struct dst_entry *
ksteer_answer_route_v6(struct net *net, const struct sk_buff *skb, int vrf)
{
	struct flowi6 fl6 = {
		.daddr = ipv6_hdr(skb)->daddr,
		.saddr = ipv6_hdr(skb)->saddr,
		.flowi6_oif = vrf,
		.flowi6_mark = skb->mark,
		.flowi6_proto = ipv6_hdr(skb)->nexthdr,
	};
	struct dst_entry *dst = ip6_dst_lookup_flow(net, NULL, &fl6, NULL);

	if (IS_ERR(dst))
		return NULL;
	if (!(container_of(dst, struct rt6_info, dst)->rt6i_flags &
	      (RTF_LOCAL | RTF_ANYCAST)))
		return dst;
	dst_release(dst);
	return NULL;
}

static const struct ksteer_answer ksteer_answer[KSTEER_FAMILIES] = {
	[KSTEER_V4] = {
		.reset = nf_reject_skb_v4_tcp_reset,
		.unreach = nf_reject_skb_v4_unreach,
		.code = ICMP_PORT_UNREACH,
		.allow = ksteer_allow_v4,
		.route = ksteer_answer_route_v4,
		.out = ip_local_out,
	},
	[KSTEER_V6] = {
		.reset = nf_reject_skb_v6_tcp_reset,
		.unreach = nf_reject_skb_v6_unreach,
		.code = ICMPV6_PORT_UNREACH,
		.allow = ksteer_allow_v6,
		.route = ksteer_answer_route_v6,
		.out = ip6_local_out,
	},
};

/* As icmp_send() limits itself: all together, then each receiver */
static bool ksteer_icmp_allowed(struct net *net, const struct sk_buff *skb,
				u8 family, int vrf)
{
	if (!icmp_global_allow(net) ||
	    !ksteer_answer[family].allow(net, skb, vrf))
		return false;
	icmp_global_consume(net);
	return true;
}

/* Send an answer by the routes. Return: whether there was one to go by */
static bool ksteer_answer_send(struct ksteer_net *kn, const struct sk_buff *to,
			       struct sk_buff *skb, u8 family, bool limited)
{
	int vrf = l3mdev_master_ifindex_rcu(to->dev);
	struct dst_entry *dst;

	skb->mark = family == KSTEER_V4 ? IP4_REPLY_MARK(kn->net, to->mark) :
					  IP6_REPLY_MARK(kn->net, to->mark);
	if (limited && !ksteer_icmp_allowed(kn->net, skb, family, vrf))
		goto free;
	dst = ksteer_answer[family].route(kn->net, skb, vrf);
	if (!dst)
		goto free;
	skb_dst_set(skb, dst);
	/* Conntrack has not seen what is answered here, see ksteer_untrack() */
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	ksteer_answer[family].out(kn->net, NULL, skb);
	return true;

free:
	kfree_skb(skb);
	return false;
}

/* Type of an ICMP message, -1 if it cannot be read */
static int ksteer_icmp_type(const struct sk_buff *skb, u8 family)
{
	u8 proto, buf, *type;
	__be16 frag;
	int off;

	if (family == KSTEER_V4) {
		off = ip_hdrlen(skb);
	} else {
		proto = ipv6_hdr(skb)->nexthdr;
		off = ipv6_skip_exthdr(skb, sizeof(struct ipv6hdr), &proto,
				       &frag);
	}
	type = off < 0 ? NULL : skb_header_pointer(skb, off, 1, &buf);
	return type ? *type : -1;
}

/* RFC 1122 3.2.2, RFC 4443 2.4: what must not be answered by an error */
static bool ksteer_may_answer(const struct ksteer_packet *pkt)
{
	if (pkt->icmp_error || (pkt->tcp && pkt->tcp_flags & KSTEER_TCP_RST))
		return false;
	switch (pkt->look.key.proto) {
	case IPPROTO_ICMP:
		return ksteer_icmp_type(pkt->skb, pkt->family) == ICMP_ECHO;
	case IPPROTO_ICMPV6:
		return ksteer_icmp_type(pkt->skb, pkt->family) ==
		       ICMPV6_ECHO_REQUEST;
	}
	return true;
}

/* The answer comes from the address that was asked */
static void ksteer_refuse_sender(struct ksteer_packet *pkt, bool reset)
{
	const struct ksteer_answer *a = &ksteer_answer[pkt->family];
	struct sk_buff *skb = pkt->skb, *answer;
	struct net *net = pkt->kn->net;

	if (reset)
		answer = a->reset(net, skb, skb->dev, NF_INET_PRE_ROUTING);
	else
		answer = a->unreach(net, skb, skb->dev, NF_INET_PRE_ROUTING,
				    a->code);
	if (answer &&
	    ksteer_answer_send(pkt->kn, skb, answer, pkt->family, !reset))
		ksteer_count(pkt->kn, reset ? KSTEER_COUNT_REFUSED_RESET :
					      KSTEER_COUNT_REFUSED_ICMP);
}

/**
 * ksteer_reject - drop a packet that nobody takes, and tell its sender
 * @pkt: the packet; it is gone afterwards
 * @how: what its sender learns
 * @count: the counter of the drop
 *
 * Context: softirq or BH off, RCU read side.
 * Return: NF_STOLEN.
 */
unsigned int ksteer_reject(struct ksteer_packet *pkt, enum ksteer_reject how,
			   enum ksteer_counter count)
{
	if (how != KSTEER_REJECT_DROP && ksteer_may_answer(pkt))
		ksteer_refuse_sender(pkt,
				     pkt->tcp && how == KSTEER_REJECT_RESET);
	return ksteer_drop(pkt->kn, pkt->skb, count,
			   SKB_DROP_REASON_NETFILTER_DROP);
}

/* The request turned round; what has options or further headers is no ping */
static struct sk_buff *ksteer_echo_make(const struct sk_buff *old, u8 family)
{
	bool v4 = family == KSTEER_V4;
	u32 off = v4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	struct sk_buff *skb;

	if (v4 ? ip_hdr(old)->ihl != 5 :
		 ipv6_hdr(old)->nexthdr != IPPROTO_ICMPV6)
		return NULL;
	if (old->len < off + sizeof(struct icmphdr))
		return NULL;
	skb = skb_copy_expand(old, LL_MAX_HEADER, 0, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb_scrub_packet(skb, false);
	/* When it came is not when it is to go */
	skb->tstamp = 0;
	skb->ip_summed = CHECKSUM_NONE;
	memset(skb->cb, 0, sizeof(skb->cb));
	skb_set_transport_header(skb, off);
	return skb;
}

/* One byte of the message changes, and its checksum with it */
static void ksteer_echo_type(struct sk_buff *skb, u8 from, u8 to)
{
	struct icmphdr *icmph = icmp_hdr(skb);

	icmph->type = to;
	csum_replace2(&icmph->checksum, htons(from << 8), htons(to << 8));
}

/* As ip_push_pending_frames() and what it calls have it */
static void ksteer_echo_turn_v4(struct net *net, struct sk_buff *skb)
{
	struct iphdr *iph = ip_hdr(skb);

	swap(iph->saddr, iph->daddr);
	iph->ttl = READ_ONCE(net->ipv4.sysctl_ip_default_ttl);
	/* None where nobody may cut it, else one that others are told from by */
	ip_select_ident(net, skb, NULL);
	ksteer_echo_type(skb, ICMP_ECHO, ICMP_ECHOREPLY);
}

static void ksteer_echo_turn_v6(struct net *net, struct sk_buff *skb)
{
	struct ipv6hdr *iph = ipv6_hdr(skb);

	swap(iph->saddr, iph->daddr);
	iph->hop_limit = READ_ONCE(net->ipv6.devconf_all->hop_limit);
	ksteer_echo_type(skb, ICMPV6_ECHO_REQUEST, ICMPV6_ECHO_REPLY);
}

static bool ksteer_is_ping(const struct ksteer_packet *pkt)
{
	const struct net *net = pkt->kn->net;
	int type = ksteer_icmp_type(pkt->skb, pkt->family);

	if (pkt->family == KSTEER_V4)
		return pkt->look.key.proto == IPPROTO_ICMP &&
		       type == ICMP_ECHO &&
		       !READ_ONCE(net->ipv4.sysctl_icmp_echo_ignore_all);
	return pkt->look.key.proto == IPPROTO_ICMPV6 &&
	       type == ICMPV6_ECHO_REQUEST &&
	       !READ_ONCE(net->ipv6.sysctl.icmpv6_echo_ignore_all);
}

/* What was damaged on its way would be answered by what is damaged */
static bool ksteer_echo_is_damaged(const struct ksteer_packet *pkt)
{
	if (pkt->family == KSTEER_V4)
		return nf_ip_checksum(pkt->skb, NF_INET_PRE_ROUTING,
				      ip_hdrlen(pkt->skb), IPPROTO_ICMP);
	return nf_ip6_checksum(pkt->skb, NF_INET_PRE_ROUTING,
			       sizeof(struct ipv6hdr), IPPROTO_ICMPV6);
}

/**
 * ksteer_answer_echo - answer an echo request, as the host that has the address
 * @pkt: the packet; gone if it was one
 *
 * Context: softirq or BH off, RCU read side.
 * Return: whether it was a request that is to be answered, and undamaged.
 */
bool ksteer_answer_echo(struct ksteer_packet *pkt)
{
	struct net *net = pkt->kn->net;
	struct sk_buff *skb;

	if (!ksteer_is_ping(pkt) || ksteer_echo_is_damaged(pkt))
		return false;
	skb = ksteer_echo_make(pkt->skb, pkt->family);
	if (!skb)
		return false;
	if (pkt->family == KSTEER_V4)
		ksteer_echo_turn_v4(net, skb);
	else
		ksteer_echo_turn_v6(net, skb);
	if (ksteer_answer_send(pkt->kn, pkt->skb, skb, pkt->family, false))
		ksteer_count(pkt->kn, KSTEER_COUNT_ECHO_ANSWERED);
	consume_skb(pkt->skb);
	return true;
}

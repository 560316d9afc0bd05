/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The short way out, inlined where packets leave.  Here and in rewrite.c alone
 * packets are written to: but for TTL or hop limit they stay as they were.
 */
#ifndef _KSTEER_REWRITE_SEND_H
#define _KSTEER_REWRITE_SEND_H

#include <linux/netfilter.h>
#include <net/neighbour.h>
#include <net/netfilter/nf_conntrack.h>

#include "compat/gso.h"
#include "object/route_use.h"
#include "packet/rewrite.h"
#include "packet/rewrite_family.h"

/*
 * Let connection tracking leave a packet alone: answers may take another way,
 * so what it would see is half a connection and would be called invalid.
 */
static __always_inline void ksteer_untrack(struct sk_buff *skb)
{
	if (likely(!skb_nfct(skb)))
		nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	else
		ksteer_untrack_template(skb);
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
static __always_inline bool ksteer_needs_cutting(const struct ksteer_family *f,
						 const struct sk_buff *skb,
						 unsigned int mtu)
{
	return f->fragment_max(skb) ||
	       (skb->len > mtu &&
		!(skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu)));
}

static __always_inline void ksteer_send_direct(struct ksteer_net *kn,
					       struct sk_buff *skb,
					       const struct ksteer_family *f,
					       const struct ksteer_route *route,
					       struct ksteer_account to)
{
	struct net_device *dev = route->dst->dev;
	struct neighbour *neigh = f->neighbour(dev, &route->hop);

	if (IS_ERR_OR_NULL(neigh)) {
		ksteer_drop(kn, skb, KSTEER_COUNT_NO_NEIGH,
			    SKB_DROP_REASON_NEIGH_CREATEFAIL);
		return;
	}
	skb->dev = dev;
	ksteer_count(kn, KSTEER_COUNT_DIRECT);
	ksteer_account(to, skb);
	neigh_output(neigh, skb, false);
}

/**
 * ksteer_send_by - send a packet by a route
 * @pkt: the packet; it is gone afterwards
 * @route: the route
 * @direct: past the FORWARD and POSTROUTING hooks
 * @family: of the packet, a constant
 * @to: whom it is counted for if it is not dropped
 *
 * One body for both families; the compiler makes two of it, without the
 * indirect calls that the table would cost a packet.
 *
 * Context: softirq or BH off, RCU read side: the route is not counted.
 * Return: NF_STOLEN.
 */
static __always_inline unsigned int
ksteer_send_by(struct ksteer_packet *pkt, const struct ksteer_route *route,
	       bool direct, u8 family, struct ksteer_account to)
{
	const struct ksteer_family *f = &ksteer_family[family];
	struct sk_buff *skb = pkt->skb;
	struct ksteer_net *kn = pkt->kn;
	struct dst_entry *dst;
	unsigned int mtu;

	if (unlikely(!f->options(skb)))
		return ksteer_drop(kn, skb, KSTEER_COUNT_BAD_OPTIONS,
				   SKB_DROP_REASON_IP_INHDR);
	dst = ksteer_route_dst(route);
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, dst);
	mtu = READ_ONCE(route->mtu);
	if (unlikely(f->hops(skb) <= 1 || ksteer_exceeds(f, skb, mtu)))
		return ksteer_refuse(kn, skb, family, mtu);
	if (unlikely(skb_cow(skb, READ_ONCE(route->room))))
		return ksteer_drop(kn, skb, KSTEER_COUNT_NO_HEADROOM,
				   SKB_DROP_REASON_NOMEM);
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	f->count_hop(kn->net, skb, dst);
	if (direct &&
	    likely(route->plain && !ksteer_needs_cutting(f, skb, mtu))) {
		/* No hook comes that would look, but a template holds memory */
		if (unlikely(skb_nfct(skb)))
			ksteer_untrack_template(skb);
		ksteer_send_direct(kn, skb, f, route, to);
		return NF_STOLEN;
	}
	ksteer_untrack(skb);
	ksteer_count(kn, KSTEER_COUNT_FORWARD);
	ksteer_account(to, skb);
	NF_HOOK(f->pf, NF_INET_FORWARD, kn->net, NULL, skb, skb->dev, dst->dev,
		dst_output);
	return NF_STOLEN;
}

/**
 * ksteer_send_family - send a packet to a traffic manager
 * @pkt: the packet; it is gone afterwards
 * @way: where to
 * @direct: past the FORWARD and POSTROUTING hooks
 * @family: of the packet, a constant
 * @to: whom it is counted for if it is not dropped
 *
 * Context: softirq or BH off, RCU read side.
 * Return: NF_STOLEN.
 */
static __always_inline unsigned int
ksteer_send_family(struct ksteer_packet *pkt, struct ksteer_way *way,
		   bool direct, u8 family, struct ksteer_account to)
{
	const struct ksteer_route *route =
		ksteer_way_route_rcu(pkt->kn, way, family);

	if (unlikely(!route))
		return ksteer_drop(pkt->kn, pkt->skb, KSTEER_COUNT_NO_ROUTE,
				   SKB_DROP_REASON_IP_OUTNOROUTES);
	return ksteer_send_by(pkt, route, direct, family, to);
}

#endif /* _KSTEER_REWRITE_SEND_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that the router itself sends to a server that wants them, too: in
 * OUTPUT, where there is no hook unless there is such a server.
 *
 * The kernel has looked a route up before, and chosen the source by it.  The
 * packet is given the route to its traffic manager instead and goes on: what is
 * left of the output does all that it does for any packet of this machine.  It
 * cuts up what is too big, or tells the socket, and parts what is to be parted
 * (GSO).  No hop is counted, as this is the first.
 *
 * There are two hooks.  The one before conntrack keeps it out of what is half a
 * connection.  The one behind all others steers: what the operator's rules drop
 * makes no flow, and what they mark is not given another route after ours.
 *
 * Nothing that ksteer sends comes here, since no socket sends it, and nothing
 * comes here twice: it is the packet that was on its way that goes on.
 */
#include <linux/bottom_half.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/dst.h>
#include <net/l3mdev.h>

#include "base/stats.h"
#include "key/key.h"
#include "key/key_read.h"
#include "key/link.h"
#include "object/manager.h"
#include "object/match.h"
#include "packet/account.h"
#include "packet/decide.h"
#include "packet/fragment.h"
#include "packet/leave.h"
#include "packet/local.h"
#include "packet/memorize.h"
#include "packet/pending.h"
#include "packet/rewrite_send.h"
#include "packet/trace.h"
#include "packet/track_packet.h"
#include "store/flow_dest.h"
#include "store/store.h"

/**
 * ksteer_local_match_rcu - the server that wants a packet of this machine
 * @kn: ksteer of the namespace
 * @t: the packet's endpoints
 * @vrf: the VRF that it is sent in, or NULL
 *
 * It arrives by no device, so no server that names one takes it, unless it
 * names the VRF.  Those that may want it have a single address: a prefix may hold
 * those whom this machine answers.
 *
 * Context: softirq or BH off, RCU read side.
 * Return: the virtual server, or NULL.
 */
struct ksteer_vs *ksteer_local_match_rcu(struct ksteer_net *kn,
					 const struct ksteer_tuple *t,
					 const struct net_device *vrf)
{
	const struct ksteer_vs_table *table = rcu_dereference(kn->vs_table);
	struct ksteer_vs *vs;

	if (!table || ksteer_is_martian(t))
		return NULL;
	vs = ksteer_match_rcu(table, t, vrf, false);
	return vs && READ_ONCE(vs->flags) & KSTEER_VS_FLAGS_LOCAL ? vs : NULL;
}

static bool ksteer_local_is_echo(const struct sk_buff *skb, u8 family)
{
	bool v4 = family == KSTEER_V4;
	const u8 *type;
	u8 buf;

	if (v4 ? ip_hdr(skb)->protocol != IPPROTO_ICMP :
		 ipv6_hdr(skb)->nexthdr != IPPROTO_ICMPV6)
		return false;
	type = skb_header_pointer(skb,
				  v4 ? ip_hdrlen(skb) : sizeof(struct ipv6hdr),
				  sizeof(buf), &buf);
	return type && *type == (v4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST);
}

/* What IPsec has to do with, before or after, takes the way that it was given */
static bool ksteer_local_is_secured(const struct sk_buff *skb, u8 family)
{
	return dst_xfrm(skb_dst(skb)) ||
	       (family == KSTEER_V4 ?
			IPCB(skb)->flags & IPSKB_XFRM_TRANSFORMED :
			IP6CB(skb)->flags & IP6SKB_XFRM_TRANSFORMED);
}

/*
 * Does a socket of this machine ask for something?  What is sent in a VRF is
 * shown twice, for the VRF and then for the device that it leaves by.
 */
static bool ksteer_local_asks(const struct sk_buff *skb,
			      const struct nf_hook_state *state, u8 family)
{
	u8 proto = family == KSTEER_V4 ? ip_hdr(skb)->protocol :
					 ipv6_hdr(skb)->nexthdr;

	return state->sk && !netif_is_l3_master(state->out) &&
	       !ksteer_is_fragment(skb, family) &&
	       !ksteer_local_is_secured(skb, family) &&
	       (ksteer_proto_has_ports(proto) ||
		ksteer_local_is_echo(skb, family));
}

/* Return: its link id: the VRF alone, as the VLAN is that of arrivals */
static int ksteer_local_link(struct ksteer_net *kn,
			     const struct net_device *vrf)
{
	u16 link = 0;

	if (vrf && !ksteer_link_get(kn, l3mdev_fib_table_rcu(vrf), 0, &link))
		return -ENOSPC;
	return link;
}

/* Read a packet; return the server that wants it, or NULL */
static struct ksteer_vs *ksteer_local_read(struct ksteer_packet *pkt,
					   const struct net_device *vrf,
					   struct ksteer_tuple *t)
{
	const struct ksteer_vs_table *table =
		rcu_dereference(pkt->kn->vs_table);

	ksteer_read_ends(pkt->skb, pkt->family, t);
	if (!table ||
	    !ksteer_match_interests_rcu(table, &t->dst, pkt->family) ||
	    !ksteer_local_asks(pkt->skb, pkt->state, pkt->family) ||
	    !ksteer_key_read_linked(pkt, ksteer_local_link(pkt->kn, vrf)))
		return NULL;
	ksteer_key_tuple(pkt->kn, &pkt->look, t);
	return ksteer_local_match_rcu(pkt->kn, t, vrf);
}

/*
 * The router has the virtual address, and the route to it has chosen it as the
 * source: nobody who has the address, too, could answer it.
 */
static bool ksteer_local_is_self(const struct ksteer_tuple *t)
{
	return ksteer_addr_equal(&t->src, &t->dst);
}

/* Its sender is this machine: it learns at once what ICMP would tell others */
static unsigned int ksteer_local_drop(struct ksteer_packet *pkt,
				      enum ksteer_counter count, int err)
{
	ksteer_count(pkt->kn, count);
	trace_ksteer_drop(pkt->skb, count);
	return NF_DROP_ERR(err);
}

static unsigned int ksteer_local_send(struct ksteer_packet *pkt,
				      struct ksteer_dest dest,
				      struct ksteer_account to)
{
	const struct ksteer_route *route;
	struct dst_entry *dst;

	if (!dest.tm) {
		ksteer_account(to, pkt->skb);
		return NF_ACCEPT;
	}
	route = ksteer_way_route_rcu(
		pkt->kn, ksteer_tm_way(dest.tm, KSTEER_DIR_OPEN, pkt->family),
		pkt->family);
	if (!route)
		return ksteer_local_drop(pkt, KSTEER_COUNT_NO_ROUTE,
					 -EHOSTUNREACH);
	/* Counted: what follows OUTPUT need not be in our RCU read side */
	dst = ksteer_route_dst(route);
	dst_hold(dst);
	skb_dst_drop(pkt->skb);
	skb_dst_set(pkt->skb, dst);
	ksteer_count(pkt->kn, KSTEER_COUNT_LOCAL_SENT);
	ksteer_account(to, pkt->skb);
	return NF_ACCEPT;
}

static unsigned int ksteer_local_refuse(struct ksteer_packet *pkt,
					const struct ksteer_decision *d)
{
	if (READ_ONCE(d->vs->reject) == KSTEER_REJECT_DROP)
		return ksteer_drop(pkt->kn, pkt->skb, d->count,
				   SKB_DROP_REASON_NETFILTER_DROP);
	return ksteer_local_drop(pkt, d->count, -ECONNREFUSED);
}

static unsigned int ksteer_local_unknown(struct ksteer_packet *pkt,
					 const struct ksteer_tuple *t,
					 const struct net_device *vrf)
{
	struct ksteer_account to = { .dir = KSTEER_DIR_OPEN };
	struct ksteer_decision d;
	const struct ksteer_question q = {
		.tuple = t,
		.dev = vrf,
		.opens = ksteer_opens(pkt),
	};

	ksteer_count(pkt->kn, KSTEER_COUNT_MISS);
	ksteer_decide_rcu(pkt->kn, &q, &d);
	trace_ksteer_miss(pkt, d.dest.tm, d.dest.vs, d.verdict);
	if (d.verdict == KSTEER_VERDICT_DROP)
		return ksteer_local_refuse(pkt, &d);
	ksteer_count(pkt->kn, d.count);
	if (d.verdict == KSTEER_VERDICT_PASS)
		return NF_ACCEPT;
	trace_ksteer_select(pkt, d.dest.tm, d.dest.vs, d.by);
	to.flow = ksteer_remember(pkt, t, &d, KSTEER_DIR_OPEN);
	to.dest = d.dest;
	/* Somebody else has stored it at this moment.  A socket sends again */
	if (to.flow && ksteer_is_pending(d.dest))
		return ksteer_drop(pkt->kn, pkt->skb, KSTEER_COUNT_PENDING_DROP,
				   SKB_DROP_REASON_NETFILTER_DROP);
	return ksteer_local_send(pkt, d.dest, to);
}

static unsigned int ksteer_local_known(struct ksteer_packet *pkt,
				       struct ksteer_flow *flow,
				       const struct ksteer_tuple *t,
				       const struct net_device *vrf)
{
	struct ksteer_dest dest = ksteer_flow_dest_rcu(pkt->kn, flow);
	struct ksteer_account to = { .flow = flow, .dir = KSTEER_DIR_OPEN };

	if (!dest.vs) {
		/* It is being removed, or its virtual server was */
		ksteer_store_remove(pkt->kn, flow);
		return ksteer_local_unknown(pkt, t, vrf);
	}
	/* An answer of a socket here, to whom it is another's address */
	if (ksteer_flow_dir(flow, pkt->look.swapped) != KSTEER_DIR_OPEN)
		return NF_ACCEPT;
	if (!ksteer_track(flow, pkt, dest, KSTEER_DIR_OPEN)) {
		ksteer_count(pkt->kn, KSTEER_COUNT_RESELECT);
		ksteer_store_remove(pkt->kn, flow);
		return ksteer_local_unknown(pkt, t, vrf);
	}
	if (dest.tm && READ_ONCE(dest.tm->away[pkt->family])) {
		/* A socket sends again */
		if (ksteer_is_pending(dest))
			return ksteer_drop(pkt->kn, pkt->skb,
					   KSTEER_COUNT_PENDING_DROP,
					   SKB_DROP_REASON_NETFILTER_DROP);
		dest = ksteer_leave_rcu(pkt->kn, flow, dest);
		if (!dest.vs)
			return ksteer_local_unknown(pkt, t, vrf);
	}
	ksteer_count(pkt->kn, KSTEER_COUNT_HIT);
	if (!dest.tm)
		ksteer_count(pkt->kn, KSTEER_COUNT_ROUTED);
	trace_ksteer_hit(pkt, dest.tm, dest.vs, KSTEER_DIR_OPEN);
	ksteer_flow_touch(flow);
	to.dest = dest;
	return ksteer_local_send(pkt, dest, to);
}

static unsigned int ksteer_local_steer(struct ksteer_packet *pkt)
{
	const struct net_device *vrf = l3mdev_master_dev_rcu(pkt->state->out);
	struct ksteer_flow *flow;
	struct ksteer_tuple t;

	if (!ksteer_local_read(pkt, vrf, &t))
		return NF_ACCEPT;
	if (ksteer_local_is_self(&t)) {
		ksteer_count(pkt->kn, KSTEER_COUNT_LOCAL_SELF);
		return NF_ACCEPT;
	}
	flow = ksteer_store_lookup_rcu(pkt->kn, &pkt->look);
	return flow ? ksteer_local_known(pkt, flow, &t, vrf) :
		      ksteer_local_unknown(pkt, &t, vrf);
}

/*
 * TCP leaves there what is no device; the output would set it next.  Afterwards it is
 * the device of the packet's route, old or new, which is held by that.
 */
static unsigned int ksteer_local_show(struct ksteer_packet *pkt)
{
	unsigned int verdict;

	pkt->skb->dev = pkt->state->out;
	verdict = ksteer_local_steer(pkt);
	if (verdict == NF_ACCEPT)
		pkt->skb->dev = skb_dst(pkt->skb)->dev;
	return verdict;
}

static struct ksteer_packet ksteer_local_packet(struct sk_buff *skb,
						const struct nf_hook_state *s)
{
	return (struct ksteer_packet){
		.kn = ksteer_net(s->net),
		.skb = skb,
		.state = s,
		.family = s->pf == NFPROTO_IPV4 ? KSTEER_V4 : KSTEER_V6,
	};
}

/* Sockets send with BH on */
static unsigned int ksteer_local_last(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	struct ksteer_packet pkt = ksteer_local_packet(skb, state);
	unsigned int verdict;

	local_bh_disable();
	verdict = ksteer_local_show(&pkt);
	local_bh_enable();
	return verdict;
}

/* Will the other hook steer it?  Its answers to others are conntrack's business */
static bool ksteer_local_is_ours(struct ksteer_packet *pkt,
				 const struct ksteer_vs *vs)
{
	const struct ksteer_flow *flow;

	flow = ksteer_store_lookup_rcu(pkt->kn, &pkt->look);
	if (flow)
		return ksteer_flow_dir(flow, pkt->look.swapped) ==
		       KSTEER_DIR_OPEN;
	return ksteer_opens(pkt) ||
	       READ_ONCE(vs->midstream) != KSTEER_MIDSTREAM_PASS;
}

static unsigned int ksteer_local_first(void *priv, struct sk_buff *skb,
				       const struct nf_hook_state *state)
{
	struct ksteer_packet pkt = ksteer_local_packet(skb, state);
	const struct ksteer_vs *vs;
	struct ksteer_tuple t;

	local_bh_disable();
	vs = ksteer_local_read(&pkt, l3mdev_master_dev_rcu(state->out), &t);
	if (vs && READ_ONCE(vs->forward) != KSTEER_FORWARD_ROUTE &&
	    !ksteer_local_is_self(&t) && ksteer_local_is_ours(&pkt, vs))
		ksteer_untrack(skb);
	local_bh_enable();
	return NF_ACCEPT;
}

static const struct nf_hook_ops ksteer_local_hooks[] = {
	{
		.hook = ksteer_local_first,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_CONNTRACK - 50,
	},
	{
		.hook = ksteer_local_first,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP6_PRI_CONNTRACK - 50,
	},
	{
		.hook = ksteer_local_last,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_LAST,
	},
	{
		.hook = ksteer_local_last,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP6_PRI_LAST,
	},
};

/**
 * ksteer_local_want - a virtual server is to have these flags
 * @kn: ksteer of the namespace
 * @flags: enum ksteer_vs_flags; nothing is done unless they say `local`
 *
 * Context: process, under kn->config; before packets see the flags.
 * Return: 0 or a negative errno.
 */
int ksteer_local_want(struct ksteer_net *kn, u32 flags)
{
	int err;

	lockdep_assert_held(&kn->config);
	if (!(flags & KSTEER_VS_FLAGS_LOCAL))
		return 0;
	if (!kn->locals) {
		err = nf_register_net_hooks(kn->net, ksteer_local_hooks,
					    ARRAY_SIZE(ksteer_local_hooks));
		if (err)
			return err;
	}
	kn->locals++;
	return 0;
}

/**
 * ksteer_local_leave - a virtual server has these flags no more
 * @kn: ksteer of the namespace
 * @flags: enum ksteer_vs_flags, as ksteer_local_want() was told
 *
 * Context: process, under kn->config.
 */
void ksteer_local_leave(struct ksteer_net *kn, u32 flags)
{
	lockdep_assert_held(&kn->config);
	if (flags & KSTEER_VS_FLAGS_LOCAL && kn->locals == 1)
		ksteer_local_stop(kn);
	else if (flags & KSTEER_VS_FLAGS_LOCAL)
		kn->locals--;
}

/**
 * ksteer_local_stop - see no more of what this machine sends
 * @kn: ksteer of the namespace
 *
 * Context: process, under kn->config.
 */
void ksteer_local_stop(struct ksteer_net *kn)
{
	lockdep_assert_held(&kn->config);
	if (!kn->locals)
		return;
	nf_unregister_net_hooks(kn->net, ksteer_local_hooks,
				ARRAY_SIZE(ksteer_local_hooks));
	kn->locals = 0;
}

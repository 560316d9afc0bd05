// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way of a packet: arrival -> key -> store -> (miss) decide -> out.
 */
#include <linux/netdevice.h>
#include <linux/netfilter_arp.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <net/dst_metadata.h>

#include "base/stats.h"
#include "key/key.h"
#include "key/key_read.h"
#include "key/packet.h"
#include "object/arrange.h"
#include "object/manager.h"
#include "object/vserver.h"
#include "packet/account.h"
#include "packet/credible.h"
#include "packet/decide.h"
#include "packet/fragment.h"
#include "packet/hook.h"
#include "packet/leave.h"
#include "packet/memorize.h"
#include "packet/neigh.h"
#include "packet/pending.h"
#include "packet/reject.h"
#include "packet/reply.h"
#include "packet/rewrite.h"
#include "packet/rewrite_send.h"
#include "packet/trace.h"
#include "packet/track_packet.h"
#include "packet/unserved.h"
#include "store/alias.h"
#include "store/flow_dest.h"
#include "store/store.h"
#include "store/store_find.h"

/* A15: leave the packet to the routing table, and conntrack out of it */
static unsigned int ksteer_route_on(struct ksteer_packet *pkt,
				    enum ksteer_counter count)
{
	ksteer_count(pkt->kn, count);
	ksteer_untrack(pkt->skb);
	return NF_ACCEPT;
}

static bool ksteer_is_symmetric(struct ksteer_dest dest)
{
	return READ_ONCE(dest.vs->flags) & KSTEER_VS_FLAGS_SYMMETRIC;
}

/* Would the router's source checks have a word about its answers? */
static bool ksteer_is_checked(struct ksteer_dest dest)
{
	return READ_ONCE(dest.vs->flags) & KSTEER_VS_CHECKED;
}

/* Does the packet come from the traffic manager that its flow was given to? */
static __always_inline bool ksteer_comes_back(const struct ksteer_packet *pkt,
					      struct ksteer_dest dest,
					      enum ksteer_dir dir, u8 family)
{
	return dest.tm && ksteer_tm_is_source(dest.tm, pkt->skb, family,
					      dir == KSTEER_DIR_REPLY);
}

/* Send, or let go, a packet whose destination is settled; count it for @to */
static __always_inline unsigned int ksteer_act(struct ksteer_packet *pkt,
					       struct ksteer_dest dest,
					       enum ksteer_dir dir, u8 family,
					       struct ksteer_account to)
{
	struct ksteer_tm *tm = dest.tm;

	if (unlikely(!tm)) {
		ksteer_count(pkt->kn, KSTEER_COUNT_ROUTED);
		ksteer_account(to, pkt->skb);
		return NF_ACCEPT;
	}
	if (dir == KSTEER_DIR_REPLY && !ksteer_is_symmetric(dest)) {
		if (family == KSTEER_V4 && unlikely(ksteer_is_checked(dest))) {
			/* A copy: @to itself stays in registers */
			const struct ksteer_account copy = to;

			if (ksteer_reply_send(pkt, dest, &copy))
				return NF_STOLEN;
		}
		ksteer_untrack(pkt->skb);
		ksteer_account(to, pkt->skb);
		return NF_ACCEPT;
	}
	return ksteer_send_family(pkt, ksteer_tm_way(tm, dir, family),
				  ksteer_is_direct(dest), family, to);
}

static void ksteer_ask(const struct ksteer_packet *pkt,
		       const struct ksteer_tuple *tuple,
		       struct ksteer_question *q)
{
	q->tuple = tuple;
	q->dev = pkt->skb->dev;
	q->skb = pkt->skb;
	q->error = pkt->icmp_error;
	q->opens = ksteer_opens(pkt);
	q->peek = false;
}

/* A server that answers is not to learn what its client does not */
static enum ksteer_reject ksteer_reject_how(const struct ksteer_decision *d)
{
	return d->answer ? KSTEER_REJECT_DROP : READ_ONCE(d->vs->reject);
}

/* S0 blocks 708-710: nothing is known of the packet's flow */
static unsigned int ksteer_await(struct ksteer_packet *pkt,
				 struct ksteer_flow *flow, enum ksteer_dir dir);

static noinline unsigned int ksteer_unknown(struct ksteer_packet *pkt)
{
	struct ksteer_decision d __uninitialized;
	struct ksteer_question q __uninitialized;
	struct ksteer_tuple tuple __uninitialized;
	struct ksteer_account to __uninitialized;

	ksteer_count(pkt->kn, KSTEER_COUNT_MISS);
	ksteer_key_tuple(pkt->kn, &pkt->look, &tuple);
	ksteer_ask(pkt, &tuple, &q);
	ksteer_decide_rcu(pkt->kn, &q, &d);
	trace_ksteer_miss(pkt, d.dest.tm, d.dest.vs, d.verdict);
	if (d.verdict == KSTEER_VERDICT_DROP)
		return ksteer_reject(pkt, ksteer_reject_how(&d), d.count);
	ksteer_count(pkt->kn, d.count);
	if (d.verdict == KSTEER_VERDICT_PASS) {
		if (d.count == KSTEER_COUNT_FROM_TM)
			ksteer_untrack(pkt->skb);
		if (d.count == KSTEER_COUNT_NO_VS ||
		    d.count == KSTEER_COUNT_MIDSTREAM_PASS)
			return ksteer_unserved(pkt);
		return NF_ACCEPT;
	}
	trace_ksteer_select(pkt, d.dest.tm, d.dest.vs, d.by);
	to.dir = d.answer ? KSTEER_DIR_REPLY : KSTEER_DIR_OPEN;
	to.flow = ksteer_remember(pkt, &tuple, &d, to.dir);
	to.dest = d.dest;
	if (!d.dest.tm) {
		ksteer_account(to, pkt->skb);
		return NF_ACCEPT;
	}
	/* Somebody else has stored it at this moment, and not decided */
	if (unlikely(to.flow && ksteer_is_pending(d.dest)))
		return ksteer_await(pkt, to.flow, to.dir);
	return ksteer_send(pkt, ksteer_tm_way(d.dest.tm, to.dir, pkt->family),
			   ksteer_is_direct(d.dest), &to);
}

/* An ICMP error tells nothing of the flow's state, but goes where it goes */
static noinline unsigned int ksteer_known_error(struct ksteer_packet *pkt,
						struct ksteer_dest dest,
						enum ksteer_dir dir)
{
	const struct ksteer_account nobody = {};

	ksteer_count(pkt->kn, KSTEER_COUNT_HIT_ICMP);
	if (dest.tm && READ_ONCE(dest.tm->away[pkt->family]) & KSTEER_AWAY_DOWN)
		return ksteer_drop(pkt->kn, pkt->skb, KSTEER_COUNT_TM_DOWN,
				   SKB_DROP_REASON_NETFILTER_DROP);
	if (pkt->family == KSTEER_V4)
		return ksteer_act(pkt, dest, dir, KSTEER_V4, nobody);
	return ksteer_act(pkt, dest, dir, KSTEER_V6, nobody);
}

/*
 * A direction whose link is not known yet: whoever is first has the word, so it
 * must come by where its source is.
 */
static noinline void ksteer_learn_link(struct ksteer_flow *flow,
				       const struct ksteer_packet *pkt,
				       struct ksteer_dest dest,
				       enum ksteer_dir dir)
{
	if (ksteer_is_credible(pkt, dest, dir))
		ksteer_flow_learn_link(flow, pkt->look.key.link, dir);
}

static unsigned int ksteer_known_alias(struct ksteer_packet *pkt,
				       struct ksteer_flow *alias);

/*
 * It is being removed, or its virtual server was: the packet is as its first.  An
 * alias has no destination of its own: its flow has.
 */
static noinline unsigned int ksteer_orphan(struct ksteer_packet *pkt,
					   struct ksteer_flow *flow)
{
	if (ksteer_is_alias(flow))
		return ksteer_known_alias(pkt, flow);
	ksteer_store_remove(pkt->kn, flow);
	return ksteer_unknown(pkt);
}

/* Its flow is being decided: it waits, if it may */
static noinline unsigned int ksteer_await(struct ksteer_packet *pkt,
					  struct ksteer_flow *flow,
					  enum ksteer_dir dir)
{
	struct ksteer_account to = { .flow = flow, .dir = dir };

	ksteer_flow_touch(flow);
	switch (ksteer_pending_keep(pkt, flow, dir)) {
	case KSTEER_WAIT_OVER:
		break;
	case KSTEER_WAIT_KEPT:
		return NF_STOLEN;
	case KSTEER_WAIT_FULL:
		return ksteer_drop(pkt->kn, pkt->skb, KSTEER_COUNT_PENDING_DROP,
				   SKB_DROP_REASON_NETFILTER_DROP);
	}
	/* The answer has come at this moment, or the flow has gone */
	to.dest = ksteer_flow_dest_rcu(pkt->kn, flow);
	if (!to.dest.vs)
		return ksteer_unknown(pkt);
	ksteer_count(pkt->kn, KSTEER_COUNT_HIT + dir);
	return ksteer_send(pkt, ksteer_tm_way(to.dest.tm, dir, pkt->family),
			   ksteer_is_direct(to.dest), &to);
}

/* S0 block 712: the packet's flow is stored.  @odd: it may be an ICMP error */
static __always_inline unsigned int ksteer_known(struct ksteer_packet *pkt,
						 struct ksteer_flow *flow,
						 enum ksteer_dir dir, u8 family,
						 bool odd)
{
	struct ksteer_dest dest = ksteer_flow_dest_rcu(pkt->kn, flow);
	struct ksteer_account to;

	if (unlikely(!dest.vs))
		return ksteer_orphan(pkt, flow);
	if ((dir == KSTEER_DIR_OPEN || ksteer_is_symmetric(dest)) &&
	    ksteer_comes_back(pkt, dest, dir, family))
		return ksteer_route_on(pkt, KSTEER_COUNT_FROM_TM);
	if (odd && unlikely(pkt->icmp_error))
		return ksteer_known_error(pkt, dest, dir);
	if (unlikely(!ksteer_track(flow, pkt, dest, dir))) {
		ksteer_count(pkt->kn, KSTEER_COUNT_RESELECT);
		ksteer_store_remove(pkt->kn, flow);
		return ksteer_unknown(pkt);
	}
	if (unlikely(dest.tm && READ_ONCE(dest.tm->away[family]))) {
		if (ksteer_is_pending(dest) &&
		    (dir == KSTEER_DIR_OPEN || ksteer_is_symmetric(dest)))
			return ksteer_await(pkt, flow, dir);
		dest = ksteer_leave_rcu(pkt->kn, flow, dest);
		if (!dest.vs)
			return ksteer_unknown(pkt);
	}
	if (unlikely(pkt->look.loose))
		ksteer_learn_link(flow, pkt, dest, dir);
	ksteer_count(pkt->kn, KSTEER_COUNT_HIT + dir);
	trace_ksteer_hit(pkt, dest.tm, dest.vs, dir);
	ksteer_flow_touch(flow);
	to = (struct ksteer_account){ .flow = flow, .dest = dest, .dir = dir };
	return ksteer_act(pkt, dest, dir, family, to);
}

/* Its packets are the flow's; but by what link they come, it knows itself */
static noinline unsigned int ksteer_known_alias(struct ksteer_packet *pkt,
						struct ksteer_flow *alias)
{
	enum ksteer_dir dir = ksteer_flow_dir(alias, pkt->look.swapped);
	struct ksteer_flow *flow = ksteer_alias_flow_rcu(alias);

	if (unlikely(pkt->look.loose)) {
		struct ksteer_dest dest = ksteer_flow_dest_rcu(pkt->kn, flow);

		if (dest.vs && !pkt->icmp_error)
			ksteer_learn_link(alias, pkt, dest, dir);
		pkt->look.loose = KSTEER_LOOSE_NOT;
	}
	return pkt->family == KSTEER_V4 ?
		       ksteer_known(pkt, flow, dir, KSTEER_V4, true) :
		       ksteer_known(pkt, flow, dir, KSTEER_V6, true);
}

/*
 * A bridge that lets netfilter see what it merely carries presents that as
 * packets for this machine.
 */
static bool ksteer_is_carried(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	const struct nf_bridge_info *bridge = nf_bridge_info_get(skb);

	return bridge && bridge->pkt_otherhost;
#else
	return false;
#endif
}

/*
 * Is it for the router to send on?  What arrives in a VRF is shown twice, by its
 * device and then by the VRF: only the device tells who sent it.
 */
static __always_inline bool ksteer_is_passing(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_HOST && !netif_is_l3_master(skb->dev) &&
	       !skb_valid_dst(skb);
}

/* Where prefixes are served, or any address */
static noinline bool
ksteer_is_interesting_wide(const struct ksteer_vs_table *table,
			   const struct sk_buff *skb, u8 family)
{
	struct ksteer_tuple t;

	ksteer_read_ends(skb, family, &t);
	return ksteer_match_wide_rcu(table, &t.dst, family) ||
	       ksteer_match_wide_rcu(table, &t.src, family);
}

/* A stranger's packet costs this and no more */
static __always_inline bool ksteer_is_interesting(const struct ksteer_net *kn,
						  const struct sk_buff *skb,
						  u8 family)
{
	const struct ksteer_vs_table *table = rcu_dereference(kn->vs_table);
	u32 src, dst;

	if (unlikely(!table || !ksteer_is_passing(skb)))
		return false;
	if (family == KSTEER_V4) {
		src = (__force u32)ip_hdr(skb)->saddr;
		dst = (__force u32)ip_hdr(skb)->daddr;
	} else {
		src = ksteer_interest((const void *)&ipv6_hdr(skb)->saddr,
				      KSTEER_V6);
		dst = ksteer_interest((const void *)&ipv6_hdr(skb)->daddr,
				      KSTEER_V6);
	}
	return (ksteer_is_of_interest(table, dst) ||
		ksteer_is_of_interest(table, src) ||
		(unlikely(table->wide) &&
		 ksteer_is_interesting_wide(table, skb, family))) &&
	       !ksteer_is_carried(skb);
}

/*
 * A fragment of what nobody steers.  Answers that are only routed on may be
 * among them: the first fragment has the ports, and is counted for its flow.
 */
static noinline unsigned int
ksteer_arrive_part(struct ksteer_net *kn, struct sk_buff *skb,
		   const struct nf_hook_state *state, u8 family)
{
	struct ksteer_packet pkt = {
		.kn = kn, .skb = skb, .state = state, .family = family
	};
	struct ksteer_account to = { .dir = KSTEER_DIR_REPLY };
	struct ksteer_dest dest;
	struct ksteer_flow *flow;

	if (!ksteer_key_read_slow(&pkt) || pkt.tcp || pkt.icmp_error)
		return ksteer_unserved(&pkt);
	flow = ksteer_store_lookup_rcu(kn, &pkt.look);
	dest = flow ? ksteer_flow_dest_rcu(kn, flow) : KSTEER_DEST_NONE;
	if (!dest.vs || ksteer_is_symmetric(dest) ||
	    ksteer_flow_dir(flow, pkt.look.swapped) != KSTEER_DIR_REPLY)
		return ksteer_unserved(&pkt);
	ksteer_track(flow, &pkt, dest, KSTEER_DIR_REPLY);
	if (pkt.look.loose)
		ksteer_learn_link(flow, &pkt, dest, KSTEER_DIR_REPLY);
	ksteer_count(kn, KSTEER_COUNT_HIT_REPLY);
	trace_ksteer_hit(&pkt, dest.tm, dest.vs, KSTEER_DIR_REPLY);
	ksteer_flow_touch(flow);
	to.flow = flow;
	to.dest = dest;
	ksteer_account(to, skb);
	return NF_ACCEPT;
}

/* It has its full key.  @odd: it is neither plain TCP nor UDP, a constant */
static __always_inline unsigned int ksteer_keyed(struct ksteer_packet *pkt,
						 u8 family, bool odd)
{
	struct ksteer_net *kn = pkt->kn;
	struct ksteer_flow *flow;

	flow = ksteer_store_find_packet(kn, &pkt->look, family);
	if (unlikely(!flow))
		flow = ksteer_store_find_loose(kn, &pkt->look, pkt->skb,
					       odd && pkt->icmp_error);
	if (unlikely(!flow))
		return ksteer_unknown(pkt);
	return ksteer_known(pkt, flow, ksteer_flow_dir(flow, pkt->look.swapped),
			    family, odd);
}

/* Neither plain TCP nor UDP, or its headers are not linear */
static noinline unsigned int
ksteer_arrive_odd(struct ksteer_net *kn, struct sk_buff *skb,
		  const struct nf_hook_state *state, u8 family)
{
	struct ksteer_packet pkt __uninitialized;

	pkt.kn = kn;
	pkt.skb = skb;
	pkt.state = state;
	pkt.family = family;
	if (unlikely(!ksteer_key_read_slow(&pkt))) {
		ksteer_count(kn, ksteer_key_lacks(&pkt));
		return NF_ACCEPT;
	}
	return family == KSTEER_V4 ? ksteer_keyed(&pkt, KSTEER_V4, true) :
				     ksteer_keyed(&pkt, KSTEER_V6, true);
}

static __always_inline unsigned int
ksteer_arrive(struct ksteer_net *kn, struct sk_buff *skb,
	      const struct nf_hook_state *state, u8 family)
{
	/* Filled member by member: clearing it first would cost a tenth */
	struct ksteer_packet pkt __uninitialized;

	/* bpf_sk_assign() at tc means it for us; ip_forward() would drop it */
	if (unlikely(skb->sk)) {
		ksteer_count(kn, KSTEER_COUNT_SOCKET);
		return NF_ACCEPT;
	}
	if (unlikely(ksteer_is_fragment(skb, family))) {
		switch (ksteer_fragment_gather(kn, skb, family)) {
		case KSTEER_GATHER_WHOLE:
			break;
		case KSTEER_GATHER_KEPT:
			return NF_STOLEN;
		case KSTEER_GATHER_LEFT:
			return ksteer_arrive_part(kn, skb, state, family);
		}
	}
	pkt.kn = kn;
	pkt.skb = skb;
	pkt.state = state;
	if (unlikely(!ksteer_key_read(&pkt, family)))
		return ksteer_arrive_odd(kn, skb, state, family);
	return ksteer_keyed(&pkt, family, false);
}

/* Out of line, so that strangers do not pay for the registers it needs */
static noinline __flatten unsigned int
ksteer_arrive_v4(struct ksteer_net *kn, struct sk_buff *skb,
		 const struct nf_hook_state *state)
{
	return ksteer_arrive(kn, skb, state, KSTEER_V4);
}

static noinline __flatten unsigned int
ksteer_arrive_v6(struct ksteer_net *kn, struct sk_buff *skb,
		 const struct nf_hook_state *state)
{
	return ksteer_arrive(kn, skb, state, KSTEER_V6);
}

/*
 * An ICMP error is told by anyone on the way, and of a server's answer to the
 * client: then the packet that it quotes says whether it is of interest.
 */
static noinline unsigned int
ksteer_hook_error(struct ksteer_net *kn, struct sk_buff *skb,
		  const struct nf_hook_state *state, u8 family)
{
	const struct ksteer_vs_table *table = rcu_dereference(kn->vs_table);
	union ksteer_addr to;

	if (!table || !ksteer_is_passing(skb) ||
	    !ksteer_key_quoted(skb, family, &to) ||
	    !ksteer_match_interests_rcu(table, &to, family) ||
	    ksteer_is_carried(skb))
		return NF_ACCEPT;
	return family == KSTEER_V4 ? ksteer_arrive_v4(kn, skb, state) :
				     ksteer_arrive_v6(kn, skb, state);
}

static unsigned int ksteer_hook_v4(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	if (ksteer_is_interesting(priv, skb, KSTEER_V4))
		return ksteer_arrive_v4(priv, skb, state);
	if (unlikely(ip_hdr(skb)->protocol == IPPROTO_ICMP))
		return ksteer_hook_error(priv, skb, state, KSTEER_V4);
	return NF_ACCEPT;
}

static unsigned int ksteer_hook_v6(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	if (unlikely(ksteer_is_discovery(skb)))
		return ksteer_hook_discovery(priv, skb);
	if (ksteer_is_interesting(priv, skb, KSTEER_V6))
		return ksteer_arrive_v6(priv, skb, state);
	if (unlikely(ipv6_hdr(skb)->nexthdr == IPPROTO_ICMPV6))
		return ksteer_hook_error(priv, skb, state, KSTEER_V6);
	return NF_ACCEPT;
}

/*
 * Between raw (-300), where the operator's own rules may still stop a packet,
 * and conntrack (-200), which must not see half of a connection.
 */
#define KSTEER_PRIORITY (NF_IP_PRI_CONNTRACK - 50)

const struct nf_hook_ops ksteer_hooks[KSTEER_HOOKS] = {
	{
		.hook = ksteer_hook_v4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = KSTEER_PRIORITY,
	},
	{
		.hook = ksteer_hook_v6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = KSTEER_PRIORITY,
	},
	{
		/* After arptables' rules: what they drop is not answered */
		.hook = ksteer_hook_arp,
		.pf = NFPROTO_ARP,
		.hooknum = NF_ARP_IN,
		.priority = NF_IP_PRI_FILTER + 1,
	},
};

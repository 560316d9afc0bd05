// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ports and protocols that no virtual server takes, of an address that the
 * distributor answers ARP or neighbour solicitation for: nobody else has it.
 * The routes know nothing of that.  They would send the packet back to the
 * router that it came from, which would send it here again, until its TTL ends.
 * So it is refused as by a host.
 *
 * The operator's rules have their say first: the packet passes the hooks that
 * are left in PREROUTING, and FORWARD.  What they translate, divert or drop is
 * theirs, and so is what the routes lead elsewhere.  What arrives in a VRF is shown
 * to the hooks of PREROUTING twice, by its device and by the VRF: the rules for
 * the VRF come first, too.
 */
#include <linux/netfilter.h>
#include <linux/netfilter_bridge.h>
#include <net/dst_metadata.h>
#include <net/ip_fib.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>

#include "key/key.h"
#include "key/key_read.h"
#include "object/match.h"
#include "object/route.h"
#include "object/vserver.h"
#include "packet/decide.h"
#include "packet/fragment.h"
#include "packet/reject.h"
#include "packet/unserved.h"

/* Where the routes would send a packet */
enum ksteer_leads {
	KSTEER_LEADS_ON, /* elsewhere, or where it shall be dropped */
	KSTEER_LEADS_BACK, /* out of the device that it came by */
	KSTEER_LEADS_NOWHERE,
};

/*
 * What the kernel does after PREROUTING, by family.  It is the same for all packets
 * that get here: what bridges, IPsec and VRFs show with functions of their own
 * has a bridge's mark, a route, or a VRF as its device.
 */
static int (*ksteer_go_on[KSTEER_FAMILIES])(struct net *, struct sock *,
					    struct sk_buff *);

/* A route to just this address is the operator's word */
static bool ksteer_has_own_route_v4(struct net *net, const struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	struct flowi4 fl4 = {
		.daddr = iph->daddr,
		.saddr = iph->saddr,
		.flowi4_iif = skb->dev->ifindex,
		.flowi4_tos = iph->tos & KSTEER_RT_TOS_MASK,
		.flowi4_mark = skb->mark,
		.flowi4_scope = RT_SCOPE_UNIVERSE,
	};
	struct fib_result res;

	return !fib_lookup(net, &fl4, &res, 0) && res.prefixlen == 32;
}

static enum ksteer_leads ksteer_leads_error(int error)
{
	/* A blackhole, or a prohibited address, is meant to be silent */
	error = abs(error);
	return error == ENETUNREACH || error == EHOSTUNREACH ?
		       KSTEER_LEADS_NOWHERE :
		       KSTEER_LEADS_ON;
}

static enum ksteer_leads ksteer_leads_v4(struct net *net, struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	const struct rtable *rt;

	/* The source is a martian: to be dropped in silence */
	if (ip_route_input_noref(skb, iph->daddr, iph->saddr, iph->tos,
				 skb->dev))
		return KSTEER_LEADS_ON;
	rt = skb_rtable(skb);
	if (rt->dst.error)
		return ksteer_leads_error(rt->dst.error);
	if (rt->rt_type != RTN_UNICAST || rt->rt_flags & RTCF_LOCAL ||
	    rt->dst.dev != skb->dev || ksteer_has_own_route_v4(net, skb))
		return KSTEER_LEADS_ON;
	return KSTEER_LEADS_BACK;
}

static enum ksteer_leads ksteer_leads_v6(struct net *net, struct sk_buff *skb)
{
	const struct ipv6hdr *iph = ipv6_hdr(skb);
	struct flowi6 fl6 = {
		.flowi6_iif = skb->dev->ifindex,
		.daddr = iph->daddr,
		.saddr = iph->saddr,
		.flowlabel = ip6_flowinfo(iph),
		.flowi6_mark = skb->mark,
		.flowi6_proto = iph->nexthdr,
	};
	struct dst_entry *dst = ip6_route_input_lookup(net, skb->dev, &fl6, skb,
						       RT6_LOOKUP_F_HAS_SADDR);
	const struct rt6_info *rt = container_of(dst, struct rt6_info, dst);

	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	if (dst->error)
		return ksteer_leads_error(dst->error);
	if (rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST))
		return KSTEER_LEADS_ON;
	if (!READ_ONCE(net->ipv6.devconf_all->forwarding))
		return KSTEER_LEADS_NOWHERE;
	return dst->dev == skb->dev && ksteer_route_prefixlen_v6(rt) != 128 ?
		       KSTEER_LEADS_BACK :
		       KSTEER_LEADS_ON;
}

/* A VRF lets the hooks know what it got the packet by, see vrf_ip_rcv() */
static void ksteer_mark_vrf(struct sk_buff *skb, u8 family)
{
	if (family == KSTEER_V4)
		IPCB(skb)->flags |= IPSKB_L3SLAVE;
	else
		IP6CB(skb)->flags |= IP6SKB_L3SLAVE;
}

/* The device that a packet came by, where a VRF has been put in its place */
static struct net_device *ksteer_arrival(struct net *net,
					 const struct sk_buff *skb, u8 family)
{
	if (!netif_is_l3_master(skb->dev))
		return skb->dev;
	return dev_get_by_index_rcu(net, family == KSTEER_V4 ? IPCB(skb)->iif :
							       IP6CB(skb)->iif);
}

/* The virtual server that has a say in what becomes of a packet, or NULL */
static const struct ksteer_vs *ksteer_unserved_owner(struct ksteer_net *kn,
						     const struct sk_buff *skb,
						     u8 family)
{
	const struct ksteer_vs_table *table = rcu_dereference(kn->vs_table);
	struct ksteer_tuple t;

	ksteer_read_ends(skb, family, &t);
	/* In standby another machine has the addresses: this is on its way there */
	if (!table || READ_ONCE(kn->standby) || ksteer_is_martian(&t))
		return NULL;
	return ksteer_match_owner_rcu(table, &t.dst, family, skb->dev);
}

/* Nobody but the operator's rules may have the packet now */
static int ksteer_unserved_refuse(struct net *net, struct sock *sk,
				  struct sk_buff *skb)
{
	u8 family = skb->protocol == htons(ETH_P_IPV6) ? KSTEER_V6 : KSTEER_V4;
	struct net_device *dev = ksteer_arrival(net, skb, family);
	enum ksteer_reject how = KSTEER_REJECT_DROP;
	struct ksteer_packet pkt = {
		.kn = ksteer_net(net),
		.skb = skb,
		.family = family,
	};
	const struct ksteer_vs *owner = NULL;

	/* It may have gone while the packet was in a queue */
	if (dev) {
		skb->dev = dev;
		owner = ksteer_unserved_owner(pkt.kn, skb, family);
	}
	/* What is not whole cannot be answered, RFC 1122 3.2.2 */
	if (owner && !ksteer_is_fragment(skb, family) &&
	    ksteer_key_read_slow(&pkt))
		how = READ_ONCE(owner->reject);
	if (how != KSTEER_REJECT_DROP && ksteer_answer_echo(&pkt))
		return 0;
	ksteer_reject(&pkt, how, KSTEER_COUNT_UNSERVED);
	return 0;
}

/* Has a rule given the packet another destination, or to a socket? */
static bool ksteer_is_diverted(const struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	return skb->sk || skb_valid_dst(skb) ||
	       (ct && ct->status & IPS_DST_NAT);
}

/* Look a route up; the packet has it then, but for what is led on */
static enum ksteer_leads ksteer_unserved_look(struct net *net,
					      struct sk_buff *skb, u8 family)
{
	struct dst_entry *tunnel;
	enum ksteer_leads leads;

	if (ksteer_is_diverted(skb) ||
	    !ksteer_unserved_owner(ksteer_net(net), skb, family))
		return KSTEER_LEADS_ON;
	/* What a tunnel has noted in its place, the kernel's look-up asks for */
	tunnel = skb_dst(skb);
	if (tunnel)
		dst_hold(tunnel);
	leads = family == KSTEER_V4 ? ksteer_leads_v4(net, skb) :
				      ksteer_leads_v6(net, skb);
	if (leads != KSTEER_LEADS_ON) {
		dst_release(tunnel);
		return leads;
	}
	skb_dst_drop(skb);
	if (tunnel)
		skb_dst_set(skb, tunnel);
	return leads;
}

/* As if we had never seen it */
static int ksteer_unserved_leave(struct net *net, struct sock *sk,
				 struct sk_buff *skb, u8 family)
{
	typeof(ksteer_go_on[0]) go_on = READ_ONCE(ksteer_go_on[family]);

	return go_on(net, sk, skb);
}

/* @in: what FORWARD is to know as the device that it came by */
static int ksteer_unserved_go_by(struct net *net, struct sock *sk,
				 struct sk_buff *skb, u8 family,
				 enum ksteer_leads leads, struct net_device *in)
{
	switch (leads) {
	case KSTEER_LEADS_BACK:
		skb->dev = in;
		return NF_HOOK(family == KSTEER_V4 ? NFPROTO_IPV4 :
						     NFPROTO_IPV6,
			       NF_INET_FORWARD, net, NULL, skb, in,
			       skb_dst(skb)->dev, ksteer_unserved_refuse);
	case KSTEER_LEADS_NOWHERE:
		return ksteer_unserved_refuse(net, sk, skb);
	default:
		return ksteer_unserved_leave(net, sk, skb, family);
	}
}

/*
 * The VRF's rules are through.  What they lead elsewhere goes on from where it
 * was, so they see it once more, as the kernel's VRF shows it.
 */
static int ksteer_unserved_seen(struct net *net, struct sock *sk,
				struct sk_buff *skb)
{
	u8 family = skb->protocol == htons(ETH_P_IPV6) ? KSTEER_V6 : KSTEER_V4;
	struct net_device *dev = ksteer_arrival(net, skb, family);
	struct net_device *vrf = skb->dev;

	if (!dev)
		return ksteer_unserved_refuse(net, sk, skb);
	skb->dev = dev;
	skb->skb_iif = dev->ifindex;
	return ksteer_unserved_go_by(net, sk, skb, family,
				     ksteer_unserved_look(net, skb, family),
				     vrf);
}

/* The hooks of PREROUTING are through: what comes next? */
static int ksteer_unserved_route(struct net *net, struct sock *sk,
				 struct sk_buff *skb)
{
	u8 family = skb->protocol == htons(ETH_P_IPV6) ? KSTEER_V6 : KSTEER_V4;
	enum ksteer_leads leads = ksteer_unserved_look(net, skb, family);
	struct net_device *vrf = l3mdev_master_dev_rcu(skb->dev);

	if (leads == KSTEER_LEADS_ON || !vrf)
		return ksteer_unserved_go_by(net, sk, skb, family, leads,
					     skb->dev);
	skb_dst_drop(skb);
	skb->dev = vrf;
	skb->skb_iif = vrf->ifindex;
	ksteer_mark_vrf(skb, family);
	return NF_HOOK(family == KSTEER_V4 ? NFPROTO_IPV4 : NFPROTO_IPV6,
		       NF_INET_PRE_ROUTING, net, sk, skb, vrf, NULL,
		       ksteer_unserved_seen);
}

/* Index of our own hook among those of PREROUTING, or their number */
static unsigned int ksteer_hook_index(const struct ksteer_net *kn,
				      const struct nf_hook_entries *e,
				      u8 family)
{
	struct nf_hook_ops **ops = nf_hook_entries_get_hook_ops(e);
	unsigned int i;

	for (i = 0; i < e->num_hook_entries; i++)
		if (ops[i] == &kn->ops[family])
			break;
	return i;
}

/*
 * Go on with the hooks that stand behind ours, as br_nf_hook_thresh() does, and
 * with a function of our own behind them.  To take our hook away empties the
 * queues where the packet may wait, see ksteer_hooks_unregister().
 */
static unsigned int ksteer_unserved_go(struct ksteer_packet *pkt)
{
	const struct net *net = pkt->kn->net;
	const struct nf_hook_entries *e;
	struct nf_hook_state state = *pkt->state;
	unsigned int i;

	e = pkt->family == KSTEER_V4 ?
		    rcu_dereference(net->nf.hooks_ipv4[NF_INET_PRE_ROUTING]) :
		    rcu_dereference(net->nf.hooks_ipv6[NF_INET_PRE_ROUTING]);
	i = e ? ksteer_hook_index(pkt->kn, e, pkt->family) : 0;
	if (!e || i == e->num_hook_entries)
		return NF_ACCEPT;
	if (READ_ONCE(ksteer_go_on[pkt->family]) != state.okfn)
		WRITE_ONCE(ksteer_go_on[pkt->family], state.okfn);
	state.okfn = ksteer_unserved_route;
	if (nf_hook_slow(pkt->skb, &state, e, i + 1) == 1)
		ksteer_unserved_route(state.net, state.sk, pkt->skb);
	return NF_STOLEN;
}

/* Does a bridge show it?  It is not asked where it lets netfilter see nothing */
static bool ksteer_is_bridged(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	return nf_bridge_info_exists(skb);
#else
	return false;
#endif
}

/**
 * ksteer_unserved - a packet that no virtual server takes
 * @pkt: the packet; headers and @pkt->state count, not its key
 *
 * Context: softirq or BH off, RCU read side, in PREROUTING.
 * Return: NF_ACCEPT if it is none of ours, or NF_STOLEN.
 */
unsigned int ksteer_unserved(struct ksteer_packet *pkt)
{
	/* What a bridge shows goes on in ways of its own */
	if (!pkt->state || ksteer_is_bridged(pkt->skb) ||
	    !ksteer_unserved_owner(pkt->kn, pkt->skb, pkt->family))
		return NF_ACCEPT;
	return ksteer_unserved_go(pkt);
}

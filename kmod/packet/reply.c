// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers that the router's own checks of sources would drop.
 *
 * Where answers are not steered they are left to the routing table.  IPv4's
 * input drops them if the router has the virtual address too, as keepalived
 * puts it there (accept_local), or if no route leads back to the address by the
 * device that they come by (rp_filter): it does not know that they belong to a
 * connection.  We do, and send them by the route to the client; or give them that
 * to the socket here that has asked.  IPv6 has no such checks.
 *
 * Which servers this concerns is found out once, when an address, a route or a
 * filter changes; the answers of all others pay nothing.
 */
#include <linux/inetdevice.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "base/stats.h"
#include "object/manager.h"
#include "object/vserver.h"
#include "packet/reply.h"
#include "packet/rewrite_send.h"
#include "store/dest.h"

/* Does input take the source?  As __fib_validate_source() has it, in silence */
static bool ksteer_source_passes(struct net *net, const struct sk_buff *skb,
				 struct in_device *in)
{
	int filter = IN_DEV_RPFILTER(in);
	struct fib_result res;
	struct flowi4 fl4 = {
		.daddr = ip_hdr(skb)->saddr,
		.saddr = ip_hdr(skb)->daddr,
		.flowi4_iif = l3mdev_master_ifindex_rcu(skb->dev) ?:
				      LOOPBACK_IFINDEX,
		.flowi4_tos = ip_hdr(skb)->tos & KSTEER_RT_TOS_MASK,
		.flowi4_scope = RT_SCOPE_UNIVERSE,
		.flowi4_mark = IN_DEV_SRC_VMARK(in) ? skb->mark : 0,
	};

	if (!filter && IN_DEV_ACCEPT_LOCAL(in))
		return true;
	if (fib_lookup(net, &fl4, &res, 0))
		return !filter;
	/* Not the server's address, perhaps: the source of an ICMP error */
	if (res.type == RTN_LOCAL)
		return IN_DEV_ACCEPT_LOCAL(in) && filter != 1;
	if (res.type != RTN_UNICAST)
		return !filter;
	return filter != 1 || fib_info_nh_uses_dev(res.fi, skb->dev);
}

/*
 * May an answer go past the check?  Where the operator has sources filtered,
 * only what comes by a device that leads to the flow's traffic manager.
 */
static bool ksteer_reply_trusted(const struct ksteer_packet *pkt,
				 struct ksteer_dest dest, struct in_device *in)
{
	return !IN_DEV_RPFILTER(in) ||
	       ksteer_tm_is_source(dest.tm, pkt->skb, KSTEER_V4, true);
}

static struct rtable *ksteer_reply_route(struct net *net,
					 const struct sk_buff *skb)
{
	struct flowi4 fl4 = {
		.daddr = ip_hdr(skb)->daddr,
		.saddr = ip_hdr(skb)->saddr,
		.flowi4_oif = l3mdev_master_ifindex_rcu(skb->dev),
		.flowi4_tos = ip_hdr(skb)->tos & KSTEER_RT_TOS_MASK,
		.flowi4_mark = skb->mark,
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
	};
	struct rtable *rt = ip_route_output_key(net, &fl4);

	return IS_ERR(rt) ? NULL : rt;
}

/*
 * An answer for a socket of this machine.  The route by which the machine sends
 * to itself takes it in and asks for no source, as input asks for none of what
 * has a route already.
 */
static void ksteer_reply_take(struct sk_buff *skb, struct rtable *rt)
{
	skb_dst_drop(skb);
	skb_dst_set(skb, dst_clone(&rt->dst));
}

/**
 * ksteer_reply_send - an answer of a server that sources are checked for
 * @pkt: an IPv4 packet
 * @dest: destination of its flow; has a traffic manager
 * @to: whom it is counted for if it is sent
 *
 * Context: softirq or BH off, RCU read side.
 * Return: false if the router takes it, by a route that it may have been given,
 *	   or is right to drop it; true if it is gone: sent, or dropped on the way.
 */
bool ksteer_reply_send(struct ksteer_packet *pkt, struct ksteer_dest dest,
		       const struct ksteer_account *to)
{
	struct in_device *in = __in_dev_get_rcu(pkt->skb->dev);
	struct net *net = pkt->kn->net;
	struct ksteer_route route = {};
	struct rtable *rt;

	if (!in || ksteer_source_passes(net, pkt->skb, in) ||
	    !ksteer_reply_trusted(pkt, dest, in))
		return false;
	rt = ksteer_reply_route(net, pkt->skb);
	if (!rt)
		return false;
	if (rt->rt_type != RTN_UNICAST || rt->rt_flags & RTCF_LOCAL) {
		if (rt->rt_type == RTN_LOCAL &&
		    READ_ONCE(dest.vs->flags) & KSTEER_VS_FLAGS_LOCAL)
			ksteer_reply_take(pkt->skb, rt);
		ip_rt_put(rt);
		return false;
	}
	route.dst = &rt->dst;
	route.mtu = ip_dst_mtu_maybe_forward(&rt->dst, true);
	route.room = LL_RESERVED_SPACE(rt->dst.dev) + rt->dst.header_len;
	ksteer_count(pkt->kn, KSTEER_COUNT_REPLY_SENT);
	/* The packet does not count the route: whoever keeps it does, as ever */
	ksteer_send_by(pkt, &route, false, KSTEER_V4, *to);
	ip_rt_put(rt);
	return true;
}

/* The strictest filter of all devices: 0 none, 2 loose, 1 strict */
static u8 ksteer_reply_filter(struct net *net)
{
	struct net_device *dev;
	bool loose = false;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		struct in_device *in = __in_dev_get_rcu(dev);
		int filter = in ? IN_DEV_RPFILTER(in) : 0;

		if (filter == 1) {
			rcu_read_unlock();
			return 1;
		}
		loose |= filter;
	}
	rcu_read_unlock();
	return loose ? 2 : 0;
}

/*
 * May the checks have a word about answers of a host's server?  One without a device
 * is at home in all tables: its address may be a VRF's, and it depends on the
 * packet which of them is asked for the route back.
 */
static bool ksteer_reply_checked(struct ksteer_net *kn,
				 const struct ksteer_match *m)
{
	struct fib_result res;
	struct flowi4 fl4 = {
		.daddr = m->addr.v4,
		.flowi4_iif = LOOPBACK_IFINDEX,
		.flowi4_scope = RT_SCOPE_UNIVERSE,
	};
	bool routed;

	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "see dev_get_by_index_rcu()");
	if (m->ifindex) {
		struct net_device *dev =
			dev_get_by_index_rcu(kn->net, m->ifindex);

		fl4.flowi4_iif = dev ? l3mdev_master_ifindex_rcu(dev) : 0;
		fl4.flowi4_iif = fl4.flowi4_iif ?: LOOPBACK_IFINDEX;
	} else if (__ip_dev_find(kn->net, m->addr.v4, false)) {
		return true;
	}
	routed = !fib_lookup(kn->net, &fl4, &res, 0);
	if ((routed && res.type == RTN_LOCAL) || kn->reply_filter == 1)
		return true;
	return kn->reply_filter &&
	       (!routed || (!m->ifindex && fib4_has_custom_rules(kn->net)));
}

static u32 ksteer_reply_flags(struct ksteer_net *kn,
			      const struct ksteer_match *m)
{
	bool checked;

	/* A server of a prefix is none of the router's own addresses */
	if (!m->is_host || m->any_addr)
		return kn->reply_filter ? KSTEER_VS_CHECKED : 0;
	if (m->family != KSTEER_V4)
		return 0;
	rcu_read_lock();
	checked = ksteer_reply_checked(kn, m);
	rcu_read_unlock();
	return checked ? KSTEER_VS_CHECKED : 0;
}

/**
 * ksteer_reply_learn - find out whether a server's answers are to be looked at
 * @vs: the virtual server
 *
 * Context: process, under kn->config.
 */
void ksteer_reply_learn(struct ksteer_vs *vs)
{
	lockdep_assert_held(&vs->kn->config);
	WRITE_ONCE(vs->flags,
		   vs->settings.flags | ksteer_reply_flags(vs->kn, &vs->match));
}

/**
 * ksteer_reply_refresh - the same for all, if something has changed
 * @kn: ksteer of the namespace
 *
 * Context: process, under kn->config; once a second, and after a change of an
 *	    address or a device.
 */
void ksteer_reply_refresh(struct ksteer_net *kn)
{
	int genid = rt_genid_ipv4(kn->net);
	u8 filter = ksteer_reply_filter(kn->net);
	struct ksteer_vs *vs;

	lockdep_assert_held(&kn->config);
	if (genid == kn->reply_genid && filter == kn->reply_filter)
		return;
	/* Read first: what changes meanwhile is seen the next time */
	kn->reply_genid = genid;
	kn->reply_filter = filter;
	list_for_each_entry(vs, &kn->servers, list)
		ksteer_reply_learn(vs);
}

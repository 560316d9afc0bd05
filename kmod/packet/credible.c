// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is a packet what it says it is?  Asked before something of consequence is
 * believed, a few times in a connection's life: of its checksum, and of where
 * it comes by.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>

#include "object/manager.h"
#include "object/route.h"
#include "object/vserver.h"
#include "packet/credible.h"
#include "store/dest.h"

/**
 * ksteer_l4_offset - where the transport header of a packet is
 * @skb: the packet, at the network layer
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Return: the offset; negative without.
 */
int ksteer_l4_offset(const struct sk_buff *skb, u8 family)
{
	u8 nexthdr;
	__be16 frag;

	if (family == KSTEER_V4)
		return ip_hdrlen(skb);
	nexthdr = ipv6_hdr(skb)->nexthdr;
	return ipv6_skip_exthdr(skb, sizeof(struct ipv6hdr), &nexthdr, &frag);
}

/**
 * ksteer_checksum_is_good - is the transport checksum of a packet right?
 * @pkt: the packet
 * @proto: IPPROTO_TCP, or another protocol that has the same
 *
 * What the device has verified is not summed again, as in conntrack.
 *
 * Context: PREROUTING, softirq or BH off.
 * Return: whether it is.
 */
bool ksteer_checksum_is_good(const struct ksteer_packet *pkt, u8 proto)
{
	int off = ksteer_l4_offset(pkt->skb, pkt->family);

	return off > 0 &&
	       !nf_checksum(pkt->skb, NF_INET_PRE_ROUTING, off, proto,
			    pkt->family == KSTEER_V4 ? AF_INET : AF_INET6);
}

static bool ksteer_leads_back_v4(const struct ksteer_packet *pkt, u8 least)
{
	const struct net_device *dev = pkt->skb->dev;
	const struct iphdr *iph = ip_hdr(pkt->skb);
	struct flowi4 fl4 = {
		.daddr = iph->saddr,
		.saddr = iph->daddr,
		.flowi4_iif = LOOPBACK_IFINDEX,
		.flowi4_mark = pkt->skb->mark,
		.flowi4_scope = RT_SCOPE_UNIVERSE,
		.flowi4_l3mdev = l3mdev_master_ifindex_rcu(dev),
	};
	struct fib_result res;

	return !fib_lookup(pkt->kn->net, &fl4, &res,
			   FIB_LOOKUP_IGNORE_LINKSTATE) &&
	       res.type == RTN_UNICAST && res.prefixlen >= least &&
	       fib_info_nh_uses_dev(res.fi, dev);
}

static bool ksteer_leads_back_v6(const struct ksteer_packet *pkt, u8 least)
{
	const struct net_device *dev = pkt->skb->dev;
	const struct ipv6hdr *ip6 = ipv6_hdr(pkt->skb);
	struct flowi6 fl6 = {
		.daddr = ip6->saddr,
		.saddr = ip6->daddr,
		.flowi6_iif = LOOPBACK_IFINDEX,
		.flowi6_oif = dev->ifindex,
		.flowi6_mark = pkt->skb->mark,
		.flowi6_l3mdev = l3mdev_master_ifindex_rcu(dev),
	};
	struct dst_entry *dst;
	const struct rt6_info *rt;
	bool leads;

	dst = ip6_route_lookup(pkt->kn->net, &fl6, pkt->skb,
			       RT6_LOOKUP_F_HAS_SADDR);
	rt = container_of(dst, struct rt6_info, dst);
	leads = !dst->error && !(rt->rt6i_flags & (RTF_REJECT | RTF_LOCAL)) &&
		ksteer_route_prefixlen_v6(rt) >= least && rt->rt6i_idev &&
		rt->rt6i_idev->dev == dev;
	dst_release(dst);
	return leads;
}

/*
 * How much of an answer's source a route must name.  An address that we answer
 * for on our links is nobody else's there: a route that covers it by chance, the
 * uplink's subnet or the default route, leads to where the clients are.
 */
static u8 ksteer_route_least(struct ksteer_dest dest, enum ksteer_dir dir)
{
	const struct ksteer_match *match = &dest.vs->match;

	return dir == KSTEER_DIR_REPLY && match->is_host &&
			       !(READ_ONCE(dest.vs->flags) &
				 KSTEER_VS_FLAGS_NOARP) ?
		       match->prefixlen :
		       0;
}

/**
 * ksteer_is_credible - does a packet come by where its source is?
 * @pkt: the packet
 * @dest: its flow's destination
 * @dir: its direction in the flow
 *
 * It does if it comes from the flow's traffic manager, or by the device by
 * which the routes lead back to its source: the strict reverse path test of
 * RFC 3704.  Of an answer from an address that we answer for ourselves, only a
 * route to just that address counts.  Who stands where the clients are cannot
 * answer for a server.
 *
 * Context: softirq or BH off, RCU read side.
 * Return: whether it does.
 */
bool ksteer_is_credible(const struct ksteer_packet *pkt,
			struct ksteer_dest dest, enum ksteer_dir dir)
{
	u8 least = ksteer_route_least(dest, dir);

	if (dest.tm &&
	    ksteer_tm_is_source(dest.tm, pkt->skb, pkt->family, true))
		return true;
	if (pkt->family == KSTEER_V4)
		return ksteer_leads_back_v4(pkt, least);
	return ksteer_leads_back_v6(pkt, least);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers to ARP requests and neighbour solicitations for the addresses of
 * virtual servers (J17): unless told otherwise the distributor acts as the
 * host that has the address, though the kernel does not know of it.
 */
#include <linux/if_arp.h>
#include <linux/icmpv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/arp.h>
#include <net/ipv6_stubs.h>
#include <net/l3mdev.h>
#include <net/ndisc.h>
#include <net/route.h>

#include "base/stats.h"
#include "key/key.h"
#include "object/match.h"
#include "object/route.h"
#include "packet/neigh.h"

static bool ksteer_answers(struct ksteer_net *kn, const union ksteer_addr *addr,
			   u8 family, const struct net_device *dev)
{
	const struct ksteer_vs_table *table = rcu_dereference(kn->vs_table);

	return table && !READ_ONCE(kn->standby) &&
	       ksteer_match_answers_rcu(table, addr, family, dev);
}

/* What an Ethernet ARP request says; the header is linear in this hook */
struct ksteer_arp {
	struct arphdr head;
	u8 sender[ETH_ALEN];
	__be32 sender_ip;
	u8 target[ETH_ALEN];
	__be32 target_ip;
} __packed;

/**
 * ksteer_hook_arp - answer an ARP request for a virtual server's address
 * @priv: ksteer of the namespace
 * @skb: the request
 * @state: where it came from
 *
 * Return: NF_DROP if it was answered, else NF_ACCEPT.
 */
unsigned int ksteer_hook_arp(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	const struct ksteer_arp *arp = (const void *)skb_network_header(skb);
	struct net_device *dev = state->in;
	struct ksteer_net *kn = priv;
	union ksteer_addr addr = {};

	if (dev->type != ARPHRD_ETHER || skb_headlen(skb) < sizeof(*arp) ||
	    arp->head.ar_op != htons(ARPOP_REQUEST) ||
	    arp->sender_ip == arp->target_ip)
		return NF_ACCEPT;
	addr.v4 = arp->target_ip;
	if (!ksteer_answers(kn, &addr, KSTEER_V4, dev) ||
	    ksteer_address_type(kn->net, dev, &addr, KSTEER_V4) == RTN_LOCAL)
		return NF_ACCEPT;
	arp_send(ARPOP_REPLY, ETH_P_ARP, arp->sender_ip, dev, addr.v4,
		 arp->sender, dev->dev_addr, arp->sender);
	ksteer_count(kn, KSTEER_COUNT_ARP_ANSWERED);
	return NF_DROP;
}

static const struct nd_msg *ksteer_read_solicitation(const struct sk_buff *skb,
						     struct nd_msg *buf)
{
	const struct nd_msg *msg;

	msg = skb_header_pointer(skb, sizeof(struct ipv6hdr), sizeof(*buf),
				 buf);
	if (!msg || msg->icmph.icmp6_type != NDISC_NEIGHBOUR_SOLICITATION ||
	    msg->icmph.icmp6_code)
		return NULL;
	return msg;
}

/**
 * ksteer_hook_discovery - answer a neighbour solicitation, if it is one of ours
 * @kn: ksteer of the namespace
 * @skb: a message of neighbour discovery
 *
 * Context: RCU read side, BH off.
 * Return: NF_DROP if it was answered, else NF_ACCEPT.
 */
unsigned int ksteer_hook_discovery(struct ksteer_net *kn, struct sk_buff *skb)
{
	const struct in6_addr *from = &ipv6_hdr(skb)->saddr;
	struct net_device *dev = skb->dev;
	const struct nd_msg *msg;
	union ksteer_addr addr;
	struct nd_msg buf;
	bool probe;

	msg = ksteer_read_solicitation(skb, &buf);
	if (!msg)
		return NF_ACCEPT;
	addr.v6 = msg->target;
	if (!ksteer_answers(kn, &addr, KSTEER_V6, dev) ||
	    ksteer_address_type(kn->net, dev, &addr, KSTEER_V6) == RTN_LOCAL)
		return NF_ACCEPT;
	/* The kernel drops and counts what is damaged */
	if (nf_ip6_checksum(skb, NF_INET_PRE_ROUTING, sizeof(struct ipv6hdr),
			    IPPROTO_ICMPV6))
		return NF_ACCEPT;
	/* Someone wants to take the address: all shall hear that it is taken */
	probe = ipv6_addr_any(from);
	ipv6_stub->ndisc_send_na(dev,
				 probe ? &in6addr_linklocal_allnodes : from,
				 &addr.v6, true, !probe, true, true);
	ksteer_count(kn, KSTEER_COUNT_ARP_ANSWERED);
	return NF_DROP;
}

/* Has the virtual server an address that solicitations may ask for? */
static bool ksteer_neigh_wants(const struct ksteer_vs *vs)
{
	const struct ksteer_match *m = &vs->match;

	return !m->any_addr && m->family == KSTEER_V6 && m->prefixlen == 128 &&
	       !(vs->settings.flags & KSTEER_VS_FLAGS_NOARP);
}

/* The device of a membership if that still stands, else NULL */
static struct net_device *
ksteer_group_dev(const struct net *net, unsigned long ifindex, const void *idev)
{
	struct net_device *dev;

	ASSERT_RTNL();
	dev = __dev_get_by_index((struct net *)net, ifindex);
	return dev && __in6_dev_get(dev) == idev ? dev : NULL;
}

/* May a solicitation for a virtual server's address arrive by a device? */
static bool ksteer_neigh_fits(const struct ksteer_vs *vs,
			      const struct net_device *dev)
{
	const struct ksteer_match *m = &vs->match;

	if (!(dev->flags & IFF_MULTICAST) ||
	    dev->flags & (IFF_LOOPBACK | IFF_NOARP))
		return false;
	return !m->ifindex || m->ifindex == dev->ifindex ||
	       m->ifindex == l3mdev_master_ifindex((struct net_device *)dev);
}

static void ksteer_neigh_join(struct ksteer_vs *vs, struct net_device *dev)
{
	const struct ksteer_match *m = &vs->match;
	struct inet6_dev *idev = __in6_dev_get(dev);
	struct in6_addr solicited;
	int err;

	if (!(dev->flags & IFF_UP) || !idev || !ksteer_neigh_fits(vs, dev) ||
	    xa_load(&vs->groups, dev->ifindex))
		return;
	err = xa_err(xa_store(&vs->groups, dev->ifindex, idev, GFP_KERNEL));
	if (!err) {
		addrconf_addr_solict_mult(&m->addr.v6, &solicited);
		err = ipv6_dev_mc_inc(dev, &solicited);
		if (err)
			xa_erase(&vs->groups, dev->ifindex);
	}
	/* No memory: the next refresh tries again */
	if (err == -ENOMEM)
		WRITE_ONCE(vs->kn->devices_changed, true);
}

/**
 * ksteer_neigh_leave - leave the solicited-node groups of a virtual server
 * @vs: the virtual server
 *
 * Context: process, under kn->config; takes RTNL.
 */
void ksteer_neigh_leave(struct ksteer_vs *vs)
{
	struct in6_addr solicited;
	struct net_device *dev;
	unsigned long ifindex;
	void *idev;

	if (xa_empty(&vs->groups))
		return;
	addrconf_addr_solict_mult(&vs->match.addr.v6, &solicited);
	rtnl_lock();
	xa_for_each(&vs->groups, ifindex, idev) {
		dev = ksteer_group_dev(vs->kn->net, ifindex, idev);
		if (dev)
			ipv6_dev_mc_dec(dev, &solicited);
	}
	xa_destroy(&vs->groups);
	rtnl_unlock();
}

/*
 * Forget the memberships that went with their devices, and leave the groups of
 * devices that have left the server's VRF.
 */
static void ksteer_neigh_prune(struct ksteer_vs *vs)
{
	struct in6_addr solicited;
	struct net_device *dev;
	unsigned long ifindex;
	void *idev;

	addrconf_addr_solict_mult(&vs->match.addr.v6, &solicited);
	xa_for_each(&vs->groups, ifindex, idev) {
		dev = ksteer_group_dev(vs->kn->net, ifindex, idev);
		if (dev && ksteer_neigh_fits(vs, dev))
			continue;
		if (dev)
			ipv6_dev_mc_dec(dev, &solicited);
		xa_erase(&vs->groups, ifindex);
	}
}

/* On the devices where it may be asked for: one, those of a VRF, or all */
static void ksteer_neigh_join_all(struct ksteer_vs *vs)
{
	struct net *net = vs->kn->net;
	int ifindex = vs->match.ifindex;
	struct net_device *dev, *below;
	struct list_head *pos;

	ASSERT_RTNL();
	if (!ifindex) {
		for_each_netdev(net, dev)
			ksteer_neigh_join(vs, dev);
		return;
	}
	dev = __dev_get_by_index(net, ifindex);
	if (dev && netif_is_l3_master(dev))
		netdev_for_each_lower_dev(dev, below, pos)
			ksteer_neigh_join(vs, below);
	else if (dev)
		ksteer_neigh_join(vs, dev);
}

/**
 * ksteer_neigh_follow - be in the groups of a server's address, where it may be
 *			 asked for
 * @vs: the virtual server
 *
 * A solicitation is multicast: a card that filters, or a switch that snoops,
 * would keep it away from whoever has not joined.
 *
 * Context: process, under kn->config; takes RTNL.
 */
void ksteer_neigh_follow(struct ksteer_vs *vs)
{
	lockdep_assert_held(&vs->kn->config);
	if (!ksteer_neigh_wants(vs)) {
		ksteer_neigh_leave(vs);
		return;
	}
	rtnl_lock();
	ksteer_neigh_prune(vs);
	ksteer_neigh_join_all(vs);
	rtnl_unlock();
}

/**
 * ksteer_neigh_follow_all - the same for all virtual servers
 * @kn: ksteer of the namespace
 *
 * RTNL is let go of after each of them: others wait for it.
 *
 * Context: process, under kn->config; takes RTNL.
 */
void ksteer_neigh_follow_all(struct ksteer_net *kn)
{
	struct ksteer_vs *vs;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(vs, &kn->servers, list) {
		ksteer_neigh_follow(vs);
		cond_resched();
	}
}

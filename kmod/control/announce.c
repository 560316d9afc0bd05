// SPDX-License-Identifier: GPL-2.0-only
/*
 * Telling neighbours that an address is here now.  A distributor that takes an
 * address over from another would otherwise get its packets only once each
 * neighbour asks again.  Gratuitous ARP (RFC 5227 section 3) and unsolicited
 * neighbour advertisements (RFC 4861 section 7.2.6) are sent a few times, by the
 * devices whose subnets hold the address.
 *
 * A device that comes up, or whose carrier comes back, may lead to another cable:
 * the addresses are announced there, and nowhere else.
 */
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/arp.h>
#include <net/ipv6_stubs.h>
#include <net/l3mdev.h>
#include <net/ndisc.h>

#include "base/stats.h"
#include "control/announce.h"
#include "key/key.h"
#include "object/vserver.h"

/* How often an address is announced, and how long apart */
#define KSTEER_ANNOUNCE_TIMES 3
#define KSTEER_ANNOUNCE_AGAIN HZ
/* Addresses in one go, and how long until the next: a thousand a second */
#define KSTEER_ANNOUNCE_BATCH 100
#define KSTEER_ANNOUNCE_PAUSE (HZ / 10)

/* Is an address that of a subnet of a device? */
static bool ksteer_is_on_link_v4(struct net_device *dev, __be32 addr)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev)
		if (inet_ifa_match(addr, ifa))
			return true;
	return false;
}

static bool ksteer_is_on_link_v6(struct net_device *dev,
				 const struct in6_addr *addr)
{
	struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;
	bool found = false;

	if (!idev)
		return false;
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifa, &idev->addr_list, if_list) {
		found = ipv6_prefix_equal(&ifa->addr, addr, ifa->prefix_len);
		if (found)
			break;
	}
	read_unlock_bh(&idev->lock);
	return found;
}

/* Are there neighbours on a device that ask for addresses? */
static bool ksteer_announce_serves(const struct net_device *dev)
{
	return dev->type == ARPHRD_ETHER &&
	       !(dev->flags & (IFF_LOOPBACK | IFF_NOARP));
}

/* May neighbours on a device look for the address of a virtual server? */
static bool ksteer_announce_fits(const struct ksteer_match *m,
				 struct net_device *dev)
{
	int ifindex = READ_ONCE(m->ifindex);

	if (!ksteer_announce_serves(dev) || !netif_running(dev) ||
	    !netif_carrier_ok(dev))
		return false;
	if (ifindex && ifindex != dev->ifindex &&
	    ifindex != l3mdev_master_ifindex_rcu(dev))
		return false;
	if (m->has_vlan &&
	    m->vlan != (is_vlan_dev(dev) ? vlan_dev_vlan_id(dev) : 0))
		return false;
	return m->family == KSTEER_V4 ? ksteer_is_on_link_v4(dev, m->addr.v4) :
					ksteer_is_on_link_v6(dev, &m->addr.v6);
}

static void ksteer_announce_on(struct ksteer_net *kn,
			       const struct ksteer_match *m,
			       struct net_device *dev)
{
	local_bh_disable();
	if (m->family == KSTEER_V4)
		arp_send(ARPOP_REQUEST, ETH_P_ARP, m->addr.v4, dev, m->addr.v4,
			 NULL, dev->dev_addr, NULL);
	else
		ipv6_stub->ndisc_send_na(dev, &in6addr_linklocal_allnodes,
					 &m->addr.v6, true, false, true, true);
	ksteer_count(kn, KSTEER_COUNT_ANNOUNCED);
	local_bh_enable();
}

static void ksteer_announce_one(const struct ksteer_vs *vs)
{
	struct net_device *dev;

	rcu_read_lock();
	for_each_netdev_rcu(vs->kn->net, dev)
		if (ksteer_announce_fits(&vs->match, dev))
			ksteer_announce_on(vs->kn, &vs->match, dev);
	rcu_read_unlock();
}

/*
 * Devices that have come up and lead to neighbours of a server: is there any?  With
 * @say, its address is announced by them.
 */
static bool ksteer_announce_there(const struct ksteer_vs *vs, bool say)
{
	struct ksteer_net *kn = vs->kn;
	struct net_device *dev;
	unsigned long ifindex;
	bool found = false;
	void *left;

	rcu_read_lock();
	xa_for_each(&kn->announce_by, ifindex, left) {
		dev = dev_get_by_index_rcu(kn->net, ifindex);
		if (!dev || !ksteer_announce_fits(&vs->match, dev))
			continue;
		found = true;
		if (!say)
			break;
		ksteer_announce_on(kn, &vs->match, dev);
	}
	rcu_read_unlock();
	return found;
}

static bool ksteer_announce_wants(const struct ksteer_vs *vs)
{
	return vs->match.is_host &&
	       !(vs->settings.flags & KSTEER_VS_FLAGS_NOARP);
}

/*
 * Servers of one address, by many ports, are often made one after the other;
 * one announcement is enough for them.  Those of a device are each a case of
 * their own.
 */
static bool ksteer_announce_is_new(const struct ksteer_vs *vs)
{
	const struct ksteer_match *m = &vs->match;
	struct ksteer_net *kn = vs->kn;

	if (!m->dev[0] && !m->has_vlan &&
	    ksteer_addr_equal(&kn->announced_last, &m->addr))
		return false;
	kn->announced_last = m->addr;
	if (m->dev[0] || m->has_vlan)
		memset(&kn->announced_last, 0, sizeof(kn->announced_last));
	return true;
}

static void ksteer_announce_later(struct ksteer_net *kn, unsigned long delay)
{
	/* A namespace that closes waits for this section, then cancels */
	rcu_read_lock();
	if (!READ_ONCE(kn->closing))
		queue_delayed_work(ksteer_net_queue(kn), &kn->announce, delay);
	rcu_read_unlock();
}

/*
 * A round is over.  A device that came up during it has seen part of it; it has
 * all of those that are left.  Return: whether any is left.
 */
static bool ksteer_announce_round(struct ksteer_net *kn)
{
	unsigned long ifindex, times;
	void *left;

	xa_for_each(&kn->announce_by, ifindex, left) {
		times = xa_to_value(left) - 1;
		xa_cmpxchg(&kn->announce_by, ifindex, left,
			   times ? xa_mk_value(times) : NULL, GFP_KERNEL);
	}
	return !xa_empty(&kn->announce_by);
}

/* What is owed for a server: on all devices, or on some */
static void ksteer_announce_turn(struct ksteer_vs *vs)
{
	bool all = vs->announce;

	if (all)
		vs->announce--;
	if (!ksteer_announce_wants(vs) || !ksteer_announce_is_new(vs))
		return;
	if (all)
		ksteer_announce_one(vs);
	else
		ksteer_announce_there(vs, true);
}

/*
 * One batch of the servers that are owed an announcement, from where the last
 * one ended.  Return: jiffies until the next, 0 if nothing is owed.
 */
static unsigned long ksteer_announce_batch(struct ksteer_net *kn)
{
	unsigned int seen = 0;
	struct ksteer_vs *vs;
	bool owed = false;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(vs, &kn->servers, list) {
		/* Each may have as many devices and addresses to look at */
		cond_resched();
		owed |= vs->announce;
		if (vs->id <= kn->announced ||
		    (!vs->announce && !ksteer_announce_there(vs, false)))
			continue;
		if (seen++ == KSTEER_ANNOUNCE_BATCH)
			return KSTEER_ANNOUNCE_PAUSE;
		kn->announced = vs->id;
		ksteer_announce_turn(vs);
	}
	owed |= ksteer_announce_round(kn);
	/* Ids grow along the list: the next round begins at its head */
	kn->announced = 0;
	kn->announced_last = (union ksteer_addr){};
	return owed ? KSTEER_ANNOUNCE_AGAIN : 0;
}

static void ksteer_announce_work(struct work_struct *work)
{
	struct ksteer_net *kn = container_of(to_delayed_work(work),
					     struct ksteer_net, announce);
	unsigned long delay = 0;

	mutex_lock(&kn->config);
	/* Nobody is called here before packets meet the servers */
	if (!READ_ONCE(kn->closing) && !kn->standby)
		delay = kn->table_stale ? KSTEER_ANNOUNCE_PAUSE :
					  ksteer_announce_batch(kn);
	if (delay)
		ksteer_announce_later(kn, delay);
	mutex_unlock(&kn->config);
}

/**
 * ksteer_announce_init - prepare announcements
 * @kn: ksteer of the namespace
 */
void ksteer_announce_init(struct ksteer_net *kn)
{
	INIT_DELAYED_WORK(&kn->announce, ksteer_announce_work);
	xa_init_flags(&kn->announce_by, XA_FLAGS_ACCOUNT);
	xa_init_flags(&kn->carriers, XA_FLAGS_ACCOUNT);
}

/**
 * ksteer_announce_stop - end announcements
 * @kn: ksteer of a namespace that closes; kn->closing is set
 *
 * Context: process; kn->config is not held.
 */
void ksteer_announce_stop(struct ksteer_net *kn)
{
	cancel_delayed_work_sync(&kn->announce);
	xa_destroy(&kn->announce_by);
	xa_destroy(&kn->carriers);
}

/**
 * ksteer_announce - announce the address of a virtual server
 * @vs: the virtual server, which may not be in kn->servers yet
 *
 * Nothing is said in standby: all are announced when that ends.
 *
 * Context: process, under kn->config.
 */
void ksteer_announce(struct ksteer_vs *vs)
{
	lockdep_assert_held(&vs->kn->config);
	if (vs->kn->standby || !ksteer_announce_wants(vs))
		return;
	vs->announce = KSTEER_ANNOUNCE_TIMES;
	ksteer_announce_later(vs->kn, 0);
}

/**
 * ksteer_announce_all - announce the addresses of all virtual servers
 * @kn: ksteer of the namespace
 *
 * Context: process, under kn->config.
 */
void ksteer_announce_all(struct ksteer_net *kn)
{
	struct ksteer_vs *vs;

	list_for_each_entry(vs, &kn->servers, list)
		ksteer_announce(vs);
}

/**
 * ksteer_announce_devices - announce by the devices that have come up
 * @kn: ksteer of the namespace
 *
 * Context: process, under kn->config; virtual servers know their devices.
 */
void ksteer_announce_devices(struct ksteer_net *kn)
{
	lockdep_assert_held(&kn->config);
	if (kn->standby)
		xa_destroy(&kn->announce_by);
	else if (!xa_empty(&kn->announce_by))
		ksteer_announce_later(kn, 0);
}

/* How often the carrier of a device has come */
static u32 ksteer_carrier_times(const struct net_device *dev)
{
	return atomic_read(&dev->carrier_up_count) & INT_MAX;
}

/**
 * ksteer_announce_device - a device has come up, or has other neighbours now
 * @kn: ksteer of its namespace
 * @dev: the device
 *
 * Context: process, under RTNL; what is to be said is said by the next refresh.
 */
void ksteer_announce_device(struct ksteer_net *kn, const struct net_device *dev)
{
	if (!READ_ONCE(kn->hooked) || !ksteer_announce_serves(dev))
		return;
	ksteer_announce_meet(kn, dev);
	xa_store(&kn->announce_by, dev->ifindex,
		 xa_mk_value(KSTEER_ANNOUNCE_TIMES), GFP_KERNEL);
}

/**
 * ksteer_announce_carrier - something about a device has changed
 * @kn: ksteer of its namespace
 * @dev: the device
 *
 * Its carrier, perhaps: a cable was taken out and put in again, here or elsewhere.
 * The kernel may tell of both at once, so it is the times that count.
 *
 * Context: process, under RTNL.
 */
void ksteer_announce_carrier(struct ksteer_net *kn,
			     const struct net_device *dev)
{
	void *seen = xa_load(&kn->carriers, dev->ifindex);
	u32 times = ksteer_carrier_times(dev);

	ASSERT_RTNL();
	if (netif_carrier_ok(dev) && (!seen || xa_to_value(seen) != times))
		ksteer_announce_device(kn, dev);
}

/**
 * ksteer_announce_meet - note how often the carrier of a device has come
 * @kn: ksteer of its namespace
 * @dev: the device
 *
 * Without memory for that its next change is taken for a return of the carrier,
 * which costs a few packets.
 *
 * Context: process, under RTNL.
 */
void ksteer_announce_meet(struct ksteer_net *kn, const struct net_device *dev)
{
	ASSERT_RTNL();
	if (ksteer_announce_serves(dev))
		xa_store(&kn->carriers, dev->ifindex,
			 xa_mk_value(ksteer_carrier_times(dev)), GFP_KERNEL);
}

/**
 * ksteer_announce_forget - a device goes
 * @kn: ksteer of its namespace
 * @dev: the device
 *
 * Context: process, under RTNL.
 */
void ksteer_announce_forget(struct ksteer_net *kn, const struct net_device *dev)
{
	xa_erase(&kn->carriers, dev->ifindex);
	xa_erase(&kn->announce_by, dev->ifindex);
}

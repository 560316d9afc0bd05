// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel tells of devices and neighbours.  Neither notifier may take
 * the configuration lock (one holds RTNL, the other is atomic), so they do what
 * needs none and leave the rest to the refresh.
 */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <net/arp.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <net/netevent.h>

#include "control/announce.h"
#include "control/watch.h"
#include "object/index.h"
#include "object/manager.h"

/* As for the devices that were there, see ksteer_hooks_register() */
static void ksteer_watch_lro(const struct ksteer_net *kn,
			     struct net_device *dev)
{
	if (READ_ONCE(kn->hooked))
		dev_disable_lro(dev);
}

static void ksteer_watch_devices(struct ksteer_net *kn)
{
	WRITE_ONCE(kn->devices_changed, true);
	ksteer_refresh_soon(kn);
}

static int ksteer_watch_device(struct notifier_block *nb, unsigned long event,
			       void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct ksteer_net *kn = ksteer_net(dev_net(dev));

	switch (event) {
	case NETDEV_REGISTER:
		ksteer_watch_lro(kn, dev);
		ksteer_watch_devices(kn);
		break;
	case NETDEV_UP:
		/* It may have got a lower device only after its registration */
		ksteer_watch_lro(kn, dev);
		ksteer_announce_device(kn, dev);
		ksteer_watch_devices(kn);
		break;
	case NETDEV_CHANGE:
		ksteer_announce_carrier(kn, dev);
		ksteer_watch_devices(kn);
		break;
	case NETDEV_CHANGEADDR:
	case NETDEV_NOTIFY_PEERS: /* a bond's other device, a moved guest */
		ksteer_announce_device(kn, dev);
		ksteer_watch_devices(kn);
		break;
	case NETDEV_UNREGISTER:
		ksteer_announce_forget(kn, dev);
		fallthrough;
	case NETDEV_DOWN:
	case NETDEV_CHANGEMTU:
	case NETDEV_CHANGENAME:
	case NETDEV_CHANGEUPPER: /* a VRF's, for one */
		ksteer_watch_devices(kn);
		break;
	}
	return NOTIFY_DONE;
}

/* An address of the router may be a server's, see reply.c */
static int ksteer_watch_address(struct notifier_block *nb, unsigned long event,
				void *ptr)
{
	const struct in_ifaddr *ifa = ptr;

	ksteer_refresh_soon(ksteer_net(dev_net(ifa->ifa_dev->dev)));
	return NOTIFY_DONE;
}

static int ksteer_watch_family(const struct neighbour *neigh)
{
	if (neigh->tbl == &arp_tbl)
		return KSTEER_V4;
	if (neigh->tbl->family == AF_INET6)
		return KSTEER_V6;
	return -1;
}

/* Return: whether a way has become usable, or ceased to be */
static bool ksteer_watch_hop(struct ksteer_net *kn, struct neighbour *neigh,
			     u8 family)
{
	struct ksteer_index_key key = {
		.ifindex = neigh->dev->ifindex,
		.kind = KSTEER_INDEX_HOP,
		.family = family,
	};
	struct ksteer_index_entry *entry;
	struct rhlist_head *list, *pos;
	bool changed = false;

	memcpy(&key.addr, neigh->primary_key, neigh->tbl->key_len);
	list = ksteer_index_lookup_rcu(kn, &key);
	rhl_for_each_entry_rcu(entry, pos, list, link) {
		bool failed = false;

		changed |= ksteer_way_neighbour(kn, entry->way, entry->family,
						neigh, family, &failed);
		if (failed)
			atomic64_inc(&entry->way->tm->neigh_failures);
	}
	return changed;
}

static int ksteer_watch_neighbour(struct notifier_block *nb,
				  unsigned long event, void *ptr)
{
	struct neighbour *neigh = ptr;
	struct ksteer_net *kn;
	bool changed;
	int family;

	if (event != NETEVENT_NEIGH_UPDATE)
		return NOTIFY_DONE;
	family = ksteer_watch_family(neigh);
	if (family < 0)
		return NOTIFY_DONE;
	kn = ksteer_net(dev_net(neigh->dev));
	rcu_read_lock();
	changed = ksteer_watch_hop(kn, neigh, family);
	rcu_read_unlock();
	if (changed)
		ksteer_refresh_soon(kn);
	return NOTIFY_DONE;
}

static struct notifier_block ksteer_device_notifier = {
	.notifier_call = ksteer_watch_device,
};

static struct notifier_block ksteer_address_notifier = {
	.notifier_call = ksteer_watch_address,
};

static struct notifier_block ksteer_neighbour_notifier = {
	.notifier_call = ksteer_watch_neighbour,
};

/**
 * ksteer_watch_start - begin to listen
 *
 * Return: 0 or a negative errno.
 */
int ksteer_watch_start(void)
{
	int err = register_netdevice_notifier(&ksteer_device_notifier);

	if (err)
		return err;
	err = register_inetaddr_notifier(&ksteer_address_notifier);
	if (err)
		goto no_addresses;
	err = register_netevent_notifier(&ksteer_neighbour_notifier);
	if (err)
		goto no_neighbours;
	return 0;

no_neighbours:
	unregister_inetaddr_notifier(&ksteer_address_notifier);
no_addresses:
	unregister_netdevice_notifier(&ksteer_device_notifier);
	return err;
}

/**
 * ksteer_watch_stop - cease to listen
 */
void ksteer_watch_stop(void)
{
	unregister_netevent_notifier(&ksteer_neighbour_notifier);
	unregister_inetaddr_notifier(&ksteer_address_notifier);
	unregister_netdevice_notifier(&ksteer_device_notifier);
}

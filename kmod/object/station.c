// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the packets of a traffic manager come from: the device and the
 * link-layer address at the end of a way to it.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/slab.h>
#include <net/neighbour.h>

#include "object/route.h"

/**
 * ksteer_device_is_point - has a device no link-layer addresses?
 * @dev: the device
 *
 * Context: any.
 * Return: whether it leads to one place, as far as neighbours go.
 */
bool ksteer_device_is_point(const struct net_device *dev)
{
	return dev->type != ARPHRD_ETHER ||
	       dev->flags & (IFF_NOARP | IFF_POINTOPOINT);
}

/*
 * Let a way be found by a key, by none if NULL, in place of the one before.  An
 * entry is not changed but replaced: readers may be at it.
 */
static void ksteer_way_list(struct ksteer_net *kn, struct ksteer_way *way,
			    u8 family, struct ksteer_index_entry **at,
			    const struct ksteer_index_key *key)
{
	struct ksteer_index_entry *entry = *at;

	lockdep_assert_held(&way->lock);
	if (entry && key && !memcmp(&entry->key, key, sizeof(*key)))
		return;
	if (entry) {
		ksteer_index_remove(kn, entry);
		kfree_rcu(entry, rcu);
		*at = NULL;
	}
	if (!key)
		return;
	entry = kzalloc(sizeof(*entry), GFP_ATOMIC | __GFP_NOWARN);
	if (!entry)
		return;
	entry->key = *key;
	entry->way = way;
	entry->index = way->index;
	entry->family = family;
	if (ksteer_index_insert(kn, entry))
		*at = entry;
	else
		kfree(entry);
}

/**
 * ksteer_way_list_all - let a way be found
 * @kn: ksteer of the namespace
 * @way: the way
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * By the next hop as configured, and by where its packets come from.
 *
 * Context: any, under the way's lock.
 */
void ksteer_way_list_all(struct ksteer_net *kn, struct ksteer_way *way,
			 u8 family)
{
	bool alone = way->point[family] || way->set.by_device;
	int i, ifindex = way->ifindex[family];
	struct ksteer_index_key key = {
		.addr = way->set.via[family],
		.kind = KSTEER_INDEX_VIA,
		.family = family,
	};

	ksteer_way_list(kn, way, family, &way->by_via[family],
			way->set.has[family] ? &key : NULL);
	ksteer_index_station(&key, family, ifindex,
			     alone ? NULL : way->station[family]);
	ksteer_way_list(
		kn, way, family, &way->by_station[family],
		ifindex && (alone || way->station_known[family]) ? &key : NULL);
	for (i = 0; i < KSTEER_STATIONS_MAX; i++) {
		ksteer_index_station(&key, family, ifindex,
				     way->set.station[i]);
		ksteer_way_list(kn, way, family, &way->by_named[family][i],
				ifindex && i < way->set.stations ? &key : NULL);
	}
}

/* Count the way among those of its device */
static void ksteer_way_leads_out(struct ksteer_net *kn, struct ksteer_way *way,
				 u8 family, int ifindex)
{
	int was = way->ifindex[family];

	if (was == ifindex)
		return;
	if (ifindex)
		atomic_inc(ksteer_station_devices(kn, ifindex));
	if (was)
		atomic_dec(ksteer_station_devices(kn, was));
}

/**
 * ksteer_way_learn - note where packets of the traffic manager come from
 * @kn: ksteer of the namespace
 * @way: the way
 * @family: KSTEER_V4 or KSTEER_V6
 * @dev: the device; none if NULL
 * @neigh: the next hop there; NULL if its address is not known
 *
 * Context: any, under the way's lock.
 */
void ksteer_way_learn(struct ksteer_net *kn, struct ksteer_way *way, u8 family,
		      const struct net_device *dev, struct neighbour *neigh)
{
	char station[MAX_ADDR_LEN] = {};

	lockdep_assert_held(&way->lock);
	if (neigh)
		neigh_ha_snapshot(station, neigh, neigh->dev);
	ksteer_way_leads_out(kn, way, family, dev ? dev->ifindex : 0);
	write_seqcount_begin(&way->station_seq);
	WRITE_ONCE(way->ifindex[family], dev ? dev->ifindex : 0);
	way->point[family] = dev && ksteer_device_is_point(dev);
	ether_addr_copy(way->station[family], (const u8 *)station);
	way->station_known[family] = neigh;
	write_seqcount_end(&way->station_seq);
	ksteer_way_list_all(kn, way, family);
}

static bool ksteer_way_is_named(const struct ksteer_way *way, const u8 *from)
{
	u8 i, n = min_t(u8, way->set.stations, KSTEER_STATIONS_MAX);

	for (i = 0; i < n; i++)
		if (ether_addr_equal_unaligned(from, way->set.station[i]))
			return true;
	return false;
}

static bool ksteer_way_fits(const struct ksteer_way *way, u8 family,
			    const struct sk_buff *skb, bool by_device)
{
	const u8 *from = ksteer_sender_station(skb);

	if (way->ifindex[family] != skb->dev->ifindex)
		return false;
	if (way->point[family] || way->set.by_device)
		return true;
	if (from && ksteer_way_is_named(way, from))
		return true;
	if (!way->station_known[family] || !from)
		return by_device;
	return ether_addr_equal(from, way->station[family]);
}

/**
 * ksteer_way_is_source - does a packet come from the end of this way?
 * @way: the way
 * @family: KSTEER_V4 or KSTEER_V6
 * @skb: the packet, at the network layer
 * @by_device: believe the device alone as long as the link-layer address of
 *	       the next hop is not known
 *
 * Context: RCU read side.
 * Return: whether it does.
 */
bool ksteer_way_is_source(const struct ksteer_way *way, u8 family,
			  const struct sk_buff *skb, bool by_device)
{
	unsigned int seq;
	bool fits;

	if (likely(READ_ONCE(way->ifindex[family]) != skb->dev->ifindex))
		return false;
	do {
		seq = read_seqcount_begin(&way->station_seq);
		fits = ksteer_way_fits(way, family, skb, by_device);
	} while (read_seqcount_retry(&way->station_seq, seq));
	return fits;
}

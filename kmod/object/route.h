/* SPDX-License-Identifier: GPL-2.0-only */
/* The cached and revalidated way to a next hop. */
#ifndef _KSTEER_ROUTE_H
#define _KSTEER_ROUTE_H

#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/seqlock.h>
#include <net/dst.h>
#include <net/ip6_fib.h>
#include "base/ksteer.h"
#include "object/index.h"

struct ksteer_tm;
struct neighbour;

/* Most stations of a traffic manager that are named */
#define KSTEER_STATIONS_MAX 8

/**
 * struct ksteer_way_settings - where to send packets, and who sends them back
 * @via: next hop, by family
 * @has: whether @via is set, by family
 * @dev: name of the device, empty for the one that the routes name
 * @ifindex: the device of that name, 0 if there is none now
 * @station: link-layer addresses that packets come back from, beside the next
 *	     hop's own
 * @stations: how many
 * @by_device: whatever comes by the device comes from the end of the way
 */
struct ksteer_way_settings {
	union ksteer_addr via[KSTEER_FAMILIES];
	bool has[KSTEER_FAMILIES];
	char dev[IFNAMSIZ];
	int ifindex;
	u8 station[KSTEER_STATIONS_MAX][ETH_ALEN];
	u8 stations;
	bool by_device;
};

/*
 * Length of the prefix that a route is of.  What the kernel notes of a single
 * destination, its path MTU for one, is a route to just that, and whoever tells of
 * one is no operator: where it comes from counts.  Context: RCU read side.
 */
static inline u8 ksteer_route_prefixlen_v6(const struct rt6_info *rt)
{
	const struct fib6_info *from = rcu_dereference(rt->from);

	return (from ? &from->fib6_dst : &rt->rt6i_dst)->plen;
}

/* What stands for: this way leads nowhere for want of a route */
#define KSTEER_WAY_LOST (KSTEER_TM_OPER_NO_ROUTE | KSTEER_TM_OPER_NO_DEVICE)

/**
 * struct ksteer_route - a route that was looked up
 * @dst: counted
 * @cookie: for dst_check()
 * @mtu: largest packet that it takes; looked at again every second, and when a
 *	 device changes
 * @room: headroom that its device wants, likewise
 * @plain: packets may go straight to the neighbour; no tunnel encapsulates
 *	   them first, and no transformation
 * @hop_family: family of @hop; IPv4 may have an IPv6 gateway (RFC 5549)
 * @hop: key of the neighbour that packets go to
 * @by_hop: the way by that neighbour, whose changes concern it
 * @rcu: for freeing
 */
struct ksteer_route {
	struct dst_entry *dst;
	u32 cookie;
	u32 mtu;
	u32 room;
	bool plain;
	u8 hop_family;
	union ksteer_addr hop;
	struct ksteer_index_entry by_hop;
	struct rcu_head rcu;
};

/**
 * struct ksteer_way - one way to a traffic manager
 * @tm: the traffic manager
 * @index: its index
 * @route: cached route by family; written under @lock
 * @leads: whether it can be gone at all, by family
 * @set: settings; written under kn->config and @lock
 * @lock: covers the writing of @route, @oper, the station address and the places
 *	  in the index; taken in softirq too
 * @by_via: place in the index by the next hop as configured, by family; NULL if
 *	    there is none, or no memory, until the next refresh
 * @by_station: by device and station address, likewise
 * @by_named: by device and the addresses that were named, likewise
 * @oper: enum ksteer_tm_oper, by family
 * @looked: jiffies at which a route was last looked up in vain, by family
 * @missed: state of the kernel's routes at that time, see ksteer_routes_genid()
 * @station_seq: covers what packets read of @set, and all that follows here
 * @station: link-layer address of the next hop, by family; packets that carry
 *	     it as their source come from the traffic manager
 * @station_known: whether @station holds one, by family
 * @point: the device has no link-layer addresses: whatever comes by it comes
 *	   from the traffic manager, by family
 * @ifindex: device that the route leads out of, by family
 */
struct ksteer_way {
	struct ksteer_tm *tm;
	u32 index;
	struct ksteer_route __rcu *route[KSTEER_FAMILIES];
	bool leads[KSTEER_FAMILIES];
	struct ksteer_way_settings set;
	spinlock_t lock; /* see above */
	struct ksteer_index_entry *by_via[KSTEER_FAMILIES];
	struct ksteer_index_entry *by_station[KSTEER_FAMILIES];
	struct ksteer_index_entry
		*by_named[KSTEER_FAMILIES][KSTEER_STATIONS_MAX];
	u32 oper[KSTEER_FAMILIES];
	unsigned long looked[KSTEER_FAMILIES];
	int missed[KSTEER_FAMILIES];
	seqcount_spinlock_t station_seq;
	u8 station[KSTEER_FAMILIES][ETH_ALEN];
	bool station_known[KSTEER_FAMILIES];
	bool point[KSTEER_FAMILIES];
	int ifindex[KSTEER_FAMILIES];
};

/* Place of a device in ksteer_net.station_devices; others may share it */
static inline atomic_t *ksteer_station_devices(struct ksteer_net *kn,
					       int ifindex)
{
	return &kn->station_devices[(unsigned int)ifindex %
				    KSTEER_STATION_DEVICES];
}

/* The link-layer address that a packet comes from, NULL if it has none */
static inline const u8 *ksteer_sender_station(const struct sk_buff *skb)
{
	if (!skb_mac_header_was_set(skb) || skb_mac_header_len(skb) < ETH_HLEN)
		return NULL;
	return eth_hdr(skb)->h_source;
}

unsigned int ksteer_address_type(struct net *net, const struct net_device *dev,
				 const union ksteer_addr *addr, u8 family);
int ksteer_way_device(struct net *net, const struct ksteer_way_settings *set);
bool ksteer_device_is_point(const struct net_device *dev);
void ksteer_way_list_all(struct ksteer_net *kn, struct ksteer_way *way,
			 u8 family);
void ksteer_way_learn(struct ksteer_net *kn, struct ksteer_way *way, u8 family,
		      const struct net_device *dev, struct neighbour *neigh);
void ksteer_way_init(struct ksteer_way *way);
void ksteer_way_set(struct ksteer_net *kn, struct ksteer_way *way,
		    const struct ksteer_way_settings *set);
void ksteer_way_clear(struct ksteer_net *kn, struct ksteer_way *way);
struct ksteer_route *ksteer_way_refresh(struct ksteer_net *kn,
					struct ksteer_way *way, u8 family);
void ksteer_way_check(struct ksteer_net *kn, struct ksteer_way *way, u8 family);
bool ksteer_way_usable(const struct ksteer_way *way, u8 family);
bool ksteer_way_neighbour(struct ksteer_net *kn, struct ksteer_way *way,
			  u8 family, struct neighbour *neigh, u8 hop_family,
			  bool *failed);
bool ksteer_way_is_source(const struct ksteer_way *way, u8 family,
			  const struct sk_buff *skb, bool by_device);

#endif /* _KSTEER_ROUTE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Virtual servers arranged for matching. */
#ifndef _KSTEER_MATCH_H
#define _KSTEER_MATCH_H

#include "base/ksteer.h"

struct ksteer_match;
struct ksteer_packet;
struct ksteer_tuple;

/**
 * struct ksteer_match - which packets a virtual server takes
 * @addr: destination prefix, bits beyond @prefixlen zero
 * @prefixlen: 0 with @any_addr
 * @any_addr: any destination, of both families
 * @is_host: @addr is that of one host; follows from @prefixlen
 * @family: KSTEER_V4 or KSTEER_V6; without meaning with @any_addr
 * @port_min: first destination port, host order; 0 for any
 * @port_max: last
 * @proto: IP protocol, 0 for any
 * @has_vlan: whether @vlan counts
 * @vlan: VLAN id of the arriving device, 0 for none
 * @dev: name of the arriving device or its VRF, empty for any
 * @ifindex: of the device, negative if there is none; 0 for any
 *
 * The most specific virtual server wins; what counts most stands first:
 * longer prefix, narrower port range, protocol given, VLAN given, device given.
 */
struct ksteer_match {
	union ksteer_addr addr;
	u8 prefixlen;
	bool any_addr;
	bool is_host;
	u8 family;
	u16 port_min;
	u16 port_max;
	u8 proto;
	bool has_vlan;
	u16 vlan;
	int ifindex;
	char dev[IFNAMSIZ];
};

/* What struct ksteer_match.ifindex is while there is no such device */
#define KSTEER_NO_DEVICE (-1)

/* The last port, whether any is taken or some */
static inline u16 ksteer_match_last(const struct ksteer_match *m)
{
	return m->port_min ? m->port_max : U16_MAX;
}

/* How wide the range is */
static inline u32 ksteer_match_ports(const struct ksteer_match *m)
{
	return m->port_min ? m->port_max - m->port_min : U16_MAX + 1;
}

/*
 * What the filter takes of an address.  Of IPv6 the network as well: many a host
 * is number 1 of its own.
 */
static inline u32 ksteer_interest(const union ksteer_addr *addr, u8 family)
{
	return family == KSTEER_V4 ? (__force u32)addr->v4 :
				     (__force u32)(addr->v6.s6_addr32[3] ^
						   addr->v6.s6_addr32[1]);
}

/**
 * struct ksteer_look - virtual servers that are looked at together, for a packet
 * @match: of one of them; all have its address
 * @answer: the packet is looked at as an answer of theirs
 * @each: they are few, and are tried one by one, whatever they name
 * @names: enum ksteer_kind_names, else: what they name beside address and ports
 * @servers: how many they are
 * @vs: the most specific of them that takes the packet, or NULL
 */
struct ksteer_look {
	const struct ksteer_match *match;
	bool answer;
	bool each;
	u8 names;
	u32 servers;
	struct ksteer_vs *vs;
};

typedef void ksteer_look_fn(const struct ksteer_look *look, void *arg);

/* kmod/object/arrange.c */
int ksteer_match_add(struct ksteer_net *kn, struct ksteer_vs *vs);
int ksteer_match_remove(struct ksteer_net *kn, struct ksteer_vs *vs);
int ksteer_match_rebuild(struct ksteer_net *kn);
int ksteer_match_settle(struct ksteer_net *kn);
void ksteer_match_destroy(struct ksteer_net *kn);
void ksteer_match_find_device(struct net *net, struct ksteer_match *match);
int ksteer_match_cmp(const struct ksteer_match *a,
		     const struct ksteer_match *b);

/* kmod/object/match.c */
struct ksteer_vs *ksteer_match_rcu(const struct ksteer_vs_table *table,
				   const struct ksteer_tuple *tuple,
				   const struct net_device *dev, bool answer);
struct ksteer_vs *ksteer_match_part_rcu(const struct ksteer_vs_table *table,
					const struct ksteer_tuple *t,
					const struct net_device *dev,
					bool answer);
void ksteer_match_look_rcu(const struct ksteer_vs_table *table,
			   const struct ksteer_tuple *t,
			   const struct net_device *dev, bool answer,
			   ksteer_look_fn *see, void *arg);
bool ksteer_match_interests_rcu(const struct ksteer_vs_table *table,
				const union ksteer_addr *addr, u8 family);
bool ksteer_match_wide_rcu(const struct ksteer_vs_table *table,
			   const union ksteer_addr *addr, u8 family);
struct ksteer_vs *ksteer_match_owner_rcu(const struct ksteer_vs_table *table,
					 const union ksteer_addr *addr,
					 u8 family,
					 const struct net_device *dev);
bool ksteer_match_answers_rcu(const struct ksteer_vs_table *table,
			      const union ksteer_addr *addr, u8 family,
			      const struct net_device *dev);

#endif /* _KSTEER_MATCH_H */

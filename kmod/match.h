/* SPDX-License-Identifier: GPL-2.0-only */
/* Virtual servers arranged for matching. */
#ifndef _KSTEER_MATCH_H
#define _KSTEER_MATCH_H

#include "ksteer.h"

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

#define KSTEER_INTEREST_BITS 10

/* What struct ksteer_match.ifindex is while there is no such device */
#define KSTEER_NO_DEVICE (-1)

/**
 * struct ksteer_vs_table - a frozen arrangement of the virtual servers
 * @interest: hashes of the addresses served, by family; all ones if a prefix
 *	      or any address is served: a stranger's packet costs one look here
 * @symmetric: some virtual server wants answers too
 * @mask: size of @bucket less one
 * @bucket: index + 1 of the first host-address server with that hash
 * @others: index of the first server without a host address
 * @count: all
 * @rcu: for freeing
 * @entry: servers, hosts first, each part most specific first
 */
struct ksteer_vs_table {
	unsigned long interest[KSTEER_FAMILIES]
			      [BITS_TO_LONGS(1 << KSTEER_INTEREST_BITS)];
	bool symmetric;
	u32 mask;
	u32 *bucket;
	u32 others;
	u32 count;
	struct rcu_head rcu;
	struct ksteer_vs_entry {
		struct ksteer_vs *vs;
		u32 next;
	} entry[] __counted_by(count);
};

int ksteer_match_rebuild(struct ksteer_net *kn, struct ksteer_vs *with,
			 const struct ksteer_vs *without);
void ksteer_match_destroy(struct ksteer_net *kn);
void ksteer_match_find_device(struct net *net, struct ksteer_match *match);
void ksteer_vs_follow_devices(struct ksteer_net *kn);
struct ksteer_vs *ksteer_match_rcu(const struct ksteer_vs_table *table,
				   const struct ksteer_tuple *tuple,
				   const struct net_device *dev, bool answer);
struct ksteer_vs *ksteer_match_part_rcu(const struct ksteer_vs_table *table,
					const struct ksteer_tuple *t,
					const struct net_device *dev,
					bool answer);
u8 ksteer_match_missed(const struct ksteer_match *m,
		       const struct ksteer_tuple *t, u8 fields);

static inline u32 ksteer_interest_word(u32 w)
{
	return (w * 0x9e3779b1u) >> (32 - KSTEER_INTEREST_BITS);
}

/* The hash of an address: of its last word, which a host's address fills */
static inline u32 ksteer_interest(const union ksteer_addr *addr, u8 family)
{
	return ksteer_interest_word(family == KSTEER_V4 ?
					    (__force u32)addr->v4 :
					    (__force u32)addr->v6.s6_addr32[3]);
}

struct ksteer_vs *ksteer_match_owner_rcu(const struct ksteer_vs_table *table,
					 const union ksteer_addr *addr,
					 u8 family,
					 const struct net_device *dev);
bool ksteer_match_answers_rcu(const struct ksteer_vs_table *table,
			      const union ksteer_addr *addr, u8 family,
			      const struct net_device *dev);

#endif /* _KSTEER_MATCH_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* How the virtual servers are arranged. */
#ifndef _KSTEER_ARRANGE_H
#define _KSTEER_ARRANGE_H

#include <linux/hash.h>
#include <ksteer/ports.h>
#include <ksteer/span.h>
#include "object/match.h"

/* So many servers, or members, are tried one after the other */
#define KSTEER_SITE_FEW 8

/*
 * What the servers of a group have in common.  Those that take packets, by what
 * they name beside address and ports, in three bits; those whose answers matter,
 * wherever these arrive; those that answer for their address.
 */
enum ksteer_group_kind {
	KSTEER_GROUP_SERVE,
	KSTEER_GROUP_ANSWER = 8,
	KSTEER_GROUP_OWNER = 16,
};

#define KSTEER_GROUP_PROTO KSTEER_KIND_NAMES_PROTO
#define KSTEER_GROUP_VLAN KSTEER_KIND_NAMES_VLAN
#define KSTEER_GROUP_DEV KSTEER_KIND_NAMES_DEVICE
#define KSTEER_GROUPS_DEV 0xf0 /* of their eight kinds, those with that bit */
static_assert(KSTEER_GROUP_DEV == 4);

/**
 * struct ksteer_group_key - what the servers of a group have in common
 * @site: index of their address
 * @ifindex: device, 0 where none is named
 * @vlan: likewise
 * @proto: likewise
 * @kind: enum ksteer_group_kind, with the bits of what is named
 */
struct ksteer_group_key {
	u32 site;
	int ifindex;
	u16 vlan;
	u8 proto;
	u8 kind;
};

/**
 * struct ksteer_group - servers of one address that differ by their ports alone
 * @key: what they have in common
 * @next: index + 1 of the next group of its bucket
 * @first: the first of them in struct ksteer_vs_table.member, most specific first
 * @count: how many
 * @port: spans of ports, in struct ksteer_vs_table.port, if they are more than few
 * @ports: how many; each owner is a member's place + 1
 * @symmetric: one of them wants answers
 * @routes: one of them leaves to the routing table what is not served
 */
struct ksteer_group {
	struct ksteer_group_key key;
	u32 next;
	u32 first;
	u32 count;
	u32 port;
	u32 ports;
	bool symmetric;
	bool routes;
};

/**
 * struct ksteer_site - an address, or prefix, and its servers
 * @addr: the address
 * @family: KSTEER_V4 or KSTEER_V6
 * @is_host: it is that of one host
 * @first: the first of its servers in struct ksteer_vs_table.server
 * @count: how many; the most specific first
 * @around: of a prefix, index + 1 of the next shorter one
 * @next: of a host, index + 1 of the next one of its bucket
 * @kinds: the kinds of groups that there are, if the servers are more than few
 */
struct ksteer_site {
	union ksteer_addr addr;
	u8 family;
	bool is_host;
	u32 first;
	u32 count;
	union {
		u32 around;
		u32 next;
	};
	u32 kinds;
};

/**
 * struct ksteer_vs_table - a frozen arrangement of the virtual servers
 * @interest_bits: size of @interest
 * @short_shift: by family, what is left of an address's upper half are as many
 *		 bits as the shortest prefix has; 64 if that has none
 * @symmetric: some virtual server wants answers too
 * @wide: a prefix, or any address, is served
 * @any: index + 1 of the site of servers for any address
 * @mask: size of @bucket less one
 * @bucket: index + 1 of the first host's site with that hash
 * @group_bits: binary logarithm of the size of @group_bucket
 * @group_bucket: index + 1 of the first group with that hash
 * @server: all servers, by address, each address's most specific first
 * @site: the addresses
 * @span: by family, whose longest prefix an address lies in: index + 1
 * @spans: by family, how many
 * @group: groups
 * @member: of each group, indices of its servers
 * @port: of each large group, whose narrowest range a port lies in
 * @size: bytes, of all
 * @rcu: for freeing
 * @interest: hashes of the addresses served, of prefixes their first bits: what a
 *	      stranger's packet costs
 */
struct ksteer_vs_table {
	u32 interest_bits;
	bool wide;
	bool symmetric;
	u8 short_shift[KSTEER_FAMILIES];
	u32 any;
	u32 mask;
	u32 *bucket;
	u32 group_bits;
	u32 *group_bucket;
	struct ksteer_vs **server;
	struct ksteer_site *site;
	struct ksteer_span *span[KSTEER_FAMILIES];
	u32 spans[KSTEER_FAMILIES];
	struct ksteer_group *group;
	u32 *member;
	struct ksteer_port_span *port;
	size_t size;
	struct rcu_head rcu;
	unsigned long interest[];
};

static inline u32 *ksteer_match_bucket(const struct ksteer_vs_table *table,
				       const union ksteer_addr *addr)
{
	u64 word = addr->w[0] * GOLDEN_RATIO_64 ^ addr->w[1];

	return &table->bucket[hash_64(word, 32) & table->mask];
}

static inline u32 *ksteer_group_bucket(const struct ksteer_vs_table *table,
				       const struct ksteer_group_key *key)
{
	u64 a = (u64)key->ifindex << 32 | key->site;
	u32 b = key->vlan << 16 | key->proto << 8 | key->kind;

	return &table->group_bucket[hash_64(a ^ b * GOLDEN_RATIO_64,
					    table->group_bits)];
}

static inline bool ksteer_group_is(const struct ksteer_group *group,
				   const struct ksteer_group_key *key)
{
	return group->key.site == key->site && group->key.kind == key->kind &&
	       group->key.proto == key->proto && group->key.vlan == key->vlan &&
	       group->key.ifindex == key->ifindex;
}

/* Are these servers whose answers matter? */
static inline bool ksteer_group_is_answer(const struct ksteer_group *group)
{
	return (group->key.kind & ~KSTEER_GROUP_PROTO) == KSTEER_GROUP_ANSWER;
}

/* Where it stands in the filter */
static inline u32 ksteer_interest_place(const struct ksteer_vs_table *table,
					u32 word)
{
	return (u64)(word * 0x9e3779b1u) * table->interest_bits >> 32;
}

/* Where the first bits of an address stand there */
static inline u32 ksteer_interest_short(const struct ksteer_vs_table *table,
					struct ksteer_point p, u8 family)
{
	return ksteer_interest_place(
		table, hash_64(p.hi >> table->short_shift[family], 32));
}

static inline bool ksteer_is_of_interest(const struct ksteer_vs_table *table,
					 u32 word)
{
	return test_bit(ksteer_interest_place(table, word), table->interest);
}

#endif /* _KSTEER_ARRANGE_H */

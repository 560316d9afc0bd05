/* SPDX-License-Identifier: GPL-2.0-only */
/* Ways to traffic managers by what packets and events know of their ends. */
#ifndef _KSTEER_INDEX_H
#define _KSTEER_INDEX_H

#include <linux/etherdevice.h>
#include <linux/rhashtable.h>
#include "base/ksteer.h"

struct ksteer_way;

/* What a way is looked for by */
enum ksteer_index_kind {
	KSTEER_INDEX_HOP, /* neighbour that it leads to: address and device */
	KSTEER_INDEX_VIA, /* next hop as configured: address */
	KSTEER_INDEX_STATION, /* device, and link-layer address if it has any */
};

/**
 * struct ksteer_index_key - what is known of the end of a way
 * @addr: its address; the first bytes hold a link-layer address
 * @ifindex: device that leads there, 0 if that does not count
 * @kind: enum ksteer_index_kind
 * @family: of @addr; of the packets that come from a link-layer address
 *
 * No byte is padding: the whole is hashed.
 */
struct ksteer_index_key {
	union ksteer_addr addr;
	int ifindex;
	u16 kind;
	u16 family;
};

/**
 * struct ksteer_index_entry - a way under one key
 * @link: place in the table; entries of one key make a list
 * @key: does not change while @listed
 * @way: the way
 * @index: of its traffic manager, so that readers need not look there
 * @serial: told of a sender when it is listed, to no two
 * @family: of the packets that go this way
 * @listed: whether it is in the table; covered by the way's lock
 * @rcu: for freeing, where the entry stands by itself
 */
struct ksteer_index_entry {
	struct rhlist_head link;
	struct ksteer_index_key key;
	struct ksteer_way *way;
	u32 index;
	u32 serial;
	u8 family;
	bool listed;
	struct rcu_head rcu;
};

int ksteer_index_create(struct ksteer_net *kn);
void ksteer_index_destroy(struct ksteer_net *kn);
bool ksteer_index_insert(struct ksteer_net *kn,
			 struct ksteer_index_entry *entry);
void ksteer_index_remove(struct ksteer_net *kn,
			 struct ksteer_index_entry *entry);
struct rhlist_head *ksteer_index_lookup_rcu(const struct ksteer_net *kn,
					    const struct ksteer_index_key *key);

/* A device, and a link-layer address on it; NULL where it has none */
static inline void ksteer_index_station(struct ksteer_index_key *key, u8 family,
					int ifindex, const u8 *address)
{
	*key = (struct ksteer_index_key){
		.ifindex = ifindex,
		.kind = KSTEER_INDEX_STATION,
		.family = family,
	};
	if (address)
		memcpy(&key->addr, address, ETH_ALEN);
}

#endif /* _KSTEER_INDEX_H */

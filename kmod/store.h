/* SPDX-License-Identifier: GPL-2.0-only */
/* The connection store: key -> flow. */
#ifndef _KSTEER_STORE_H
#define _KSTEER_STORE_H

#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <ksteer/key.h>

struct ksteer_flow;
struct ksteer_net;

/**
 * struct ksteer_lookup - what a packet is looked up by
 * @key: the key, with the VLAN that the packet came by
 * @swapped: the packet's source is the second endpoint of @key
 * @any_vlan: an answer may come by a VLAN that its flow has not seen yet
 */
struct ksteer_lookup {
	struct ksteer_key key;
	bool swapped;
	bool any_vlan;
};

/**
 * struct ksteer_open_ring - half-open flows in order of arrival
 * @lock: covers all of this and the open_slot of every flow in it; BH-safe,
 *	  innermost
 * @slot: pointers to flows; NULL where one has left
 * @size: slots, a power of two, at least twice the budget
 * @head: oldest slot in use
 * @tail: slot that the next flow gets; head == tail when empty
 * @live: flows in it
 */
struct ksteer_open_ring {
	spinlock_t lock;
	struct ksteer_flow **slot;
	u32 size;
	u32 head;
	u32 tail;
	u32 live;
};

/**
 * struct ksteer_store - the flows of one namespace
 * @table: the hash table; grows and shrinks by itself
 * @max_flows: most entries
 * @max_open: most entries that are half open
 * @young: jiffies of silence before an established flow may be evicted
 * @vlans: some entry has a VLAN, so answers need the second, loose look
 * @open: half-open entries
 * @hand: where the search for an idle entry goes on; covered by @hand_lock
 * @hand_lock: covers @hand; only ever tried, never waited for
 * @gc: expiry
 * @walk: cursor of the expiry
 */
struct ksteer_store {
	struct rhashtable table;
	u32 max_flows;
	u32 max_open;
	u32 young;
	bool vlans;
	struct ksteer_open_ring open;
	u32 hand;
	spinlock_t hand_lock;
	struct delayed_work gc;
	struct rhashtable_iter walk;
};

int ksteer_store_create(struct ksteer_net *kn);
void ksteer_store_remove_all(struct ksteer_net *kn);
void ksteer_store_destroy(struct ksteer_net *kn);
int ksteer_store_limit(struct ksteer_net *kn, u32 max_flows, u32 max_open);

struct ksteer_flow *ksteer_store_lookup_rcu(struct ksteer_net *kn,
					    struct ksteer_lookup *look);
struct ksteer_flow *ksteer_store_insert_rcu(struct ksteer_net *kn,
					    struct ksteer_flow *flow);
bool ksteer_store_remove(struct ksteer_net *kn, struct ksteer_flow *flow);
void ksteer_store_opened(struct ksteer_net *kn, struct ksteer_flow *flow);
u32 ksteer_store_count(const struct ksteer_net *kn);

/* Return true to remove the flow that was shown. */
typedef bool (*ksteer_walk_fn)(struct ksteer_net *kn, struct ksteer_flow *flow,
			       void *arg);
u32 ksteer_store_walk(struct ksteer_net *kn, ksteer_walk_fn fn, void *arg);

#endif /* _KSTEER_STORE_H */

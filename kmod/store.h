/* SPDX-License-Identifier: GPL-2.0-only */
/* The connection store: key -> flow. */
#ifndef _KSTEER_STORE_H
#define _KSTEER_STORE_H

#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <ksteer/key.h>

#include "ring.h"

struct ksteer_flow;
struct ksteer_net;
struct net;

/**
 * struct ksteer_lookup - what a packet is looked up by
 * @key: the key, with the VLAN that the packet came by
 * @swapped: the packet's source is the second endpoint of @key
 * @any_vlan: an answer may come by a VLAN that its flow has not seen yet, or
 *	      has done so
 */
struct ksteer_lookup {
	struct ksteer_key key;
	bool swapped;
	bool any_vlan;
};

/**
 * struct ksteer_conn_store - the flows of one namespace
 * @table: the hash table; grows and shrinks by itself
 * @max_flows: most entries
 * @young: jiffies of silence before an established flow may be evicted
 * @vlans: some entry has a VLAN, so answers need the second, loose look
 * @open: half-open entries, and how many there may be
 * @grow: makes @open larger
 * @hand: where the search for an idle entry goes on; covered by @hand_lock
 * @hand_lock: covers @hand; only ever tried, never waited for
 * @gc: expiry
 * @walk: cursor of the expiry
 */
struct ksteer_conn_store {
	struct rhashtable table;
	u32 max_flows;
	u32 young;
	bool vlans;
	struct ksteer_ring open;
	struct work_struct grow;
	u32 hand;
	spinlock_t hand_lock; /* see above */
	struct delayed_work gc;
	struct rhashtable_iter walk;
};

/* Settings of a new namespace; seconds */
#define KSTEER_MAX_FLOWS_DEFAULT 4194304
#define KSTEER_MAX_FLOWS_STRANGER 262144
#define KSTEER_YOUNG_DEFAULT 60

void ksteer_store_init(void);
u32 ksteer_store_max_flows(const struct net *net);
int ksteer_store_create(struct ksteer_net *kn);
void ksteer_store_destroy(struct ksteer_net *kn);

struct ksteer_flow *ksteer_store_lookup_rcu(struct ksteer_net *kn,
					    struct ksteer_lookup *look);
struct ksteer_flow *ksteer_store_insert_rcu(struct ksteer_net *kn,
					    struct ksteer_flow *flow);
bool ksteer_store_remove(struct ksteer_net *kn, struct ksteer_flow *flow);
void ksteer_store_opened(struct ksteer_net *kn, struct ksteer_flow *flow,
			 bool established);
u32 ksteer_store_count(const struct ksteer_net *kn);

/* Return true to remove the flow that was shown. */
typedef bool (*ksteer_walk_fn)(struct ksteer_net *kn, struct ksteer_flow *flow,
			       void *arg);
u32 ksteer_store_walk(struct ksteer_net *kn, ksteer_walk_fn fn, void *arg);
void ksteer_store_forget(struct ksteer_net *kn, ksteer_walk_fn fn, void *arg,
			 const atomic_t *flows);

#endif /* _KSTEER_STORE_H */

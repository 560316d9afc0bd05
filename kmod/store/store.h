/* SPDX-License-Identifier: GPL-2.0-only */
/* The connection store: key -> flow. */
#ifndef _KSTEER_STORE_H
#define _KSTEER_STORE_H

#include <linux/percpu.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <ksteer/key.h>

#include "store/gc.h"

struct ksteer_dest;
struct ksteer_flow;
struct ksteer_net;
struct ksteer_vs;
struct net;

/**
 * struct ksteer_lookup - what a packet is looked up by
 * @key: the key, with the link that the packet came by
 * @hash: its keyed hash; filled by the store
 * @swapped: the packet's source is the second endpoint of @key
 * @loose: enum ksteer_loose; not KSTEER_LOOSE_NOT if a flow was found only so
 */
struct ksteer_lookup {
	struct ksteer_key key;
	u32 hash;
	bool swapped;
	u8 loose;
};

/* By which links a packet may come to be of a flow */
enum ksteer_loose {
	KSTEER_LOOSE_NOT, /* by that of its direction */
	KSTEER_LOOSE_UNSEEN, /* by any of the VRF, while that is not known */
	KSTEER_LOOSE_ERROR, /* by any of the VRF: errors come from anywhere */
	KSTEER_LOOSE_FOREIGN, /* from the flow's manager, if it is in another VRF */
};

/* Against chosen collisions: one factor a word and one to start with */
#define KSTEER_SECRETS 11

/**
 * struct ksteer_conn_store - the flows of one namespace
 * @secret: of the hash
 * @max_flows: most entries
 * @max_open: most that nobody has vouched for
 * @young: jiffies of silence before an established flow may be evicted
 * @lock_mask: number of @locks, a power of two, less one
 * @locks: see ksteer_flow_lock()
 * @vlans: some entry has a VLAN or VRF, so others need the second, loose look
 * @table: the hash table; grows and shrinks by itself
 * @doubted: entries that nobody has vouched for, but for what CPUs have not told
 * @doubted_here: what each CPU has not told yet, which may be less than nothing
 * @doubted_batch: what one CPU may count for itself
 * @gc: expiry
 *
 * What packets read stands first, and they do not write there.
 */
struct ksteer_conn_store {
	u64 secret[KSTEER_SECRETS];
	u32 max_flows;
	u32 max_open;
	u32 young;
	u32 lock_mask;
	spinlock_t *locks; /* see above */
	bool vlans;
	struct rhashtable table;
	atomic_t doubted;
	s32 doubted_batch;
	s32 __percpu *doubted_here;
	struct ksteer_gc gc;
};

/* Settings of a new namespace; seconds */
#define KSTEER_MAX_FLOWS_DEFAULT 4194304
#define KSTEER_MAX_FLOWS_STRANGER 262144
#define KSTEER_YOUNG_DEFAULT 60

u32 ksteer_store_max_flows(const struct net *net);
int ksteer_store_create(struct ksteer_net *kn);
void ksteer_store_destroy(struct ksteer_net *kn);

struct ksteer_flow *ksteer_store_lookup_rcu(struct ksteer_net *kn,
					    struct ksteer_lookup *look);
struct ksteer_flow *ksteer_store_lookup_serial_rcu(struct ksteer_net *kn,
						   struct ksteer_lookup *look,
						   u32 serial);
struct ksteer_flow *ksteer_store_insert_rcu(struct ksteer_net *kn,
					    struct ksteer_flow *flow,
					    struct ksteer_dest dest);
bool ksteer_store_remove(struct ksteer_net *kn, struct ksteer_flow *flow);
void ksteer_store_opened(struct ksteer_net *kn, struct ksteer_flow *flow,
			 bool established);
void ksteer_store_establish(struct ksteer_net *kn, struct ksteer_flow *flow);
/* Shown an entry under a less specific key of a flow; RCU read side */
typedef void (*ksteer_second_fn)(struct ksteer_net *kn,
				 struct ksteer_flow *second, const void *arg);
void ksteer_store_seconds(struct ksteer_net *kn, const struct ksteer_flow *flow,
			  const struct ksteer_vs *vs, ksteer_second_fn fn,
			  const void *arg);
void ksteer_store_vouch(struct ksteer_net *kn, struct ksteer_flow *flow);
void ksteer_store_settle(struct ksteer_net *kn, struct ksteer_flow *flow);
void ksteer_store_limit_open(struct ksteer_conn_store *store, u32 max_open);

/* What one CPU counts for itself before it tells the others, at most */
#define KSTEER_BATCH_MOST 256u

/* Entries now, less specific keys included */
static inline u32 ksteer_store_count(const struct ksteer_conn_store *store)
{
	return atomic_read(&store->table.nelems);
}

/* Entries that nobody has vouched for, about: the CPUs tell in batches */
static inline u32 ksteer_store_doubts(const struct ksteer_conn_store *store)
{
	return max(atomic_read(&store->doubted), 0);
}

u32 ksteer_store_count_open(struct ksteer_net *kn);

/* Return true to remove the flow that was shown. */
typedef bool (*ksteer_walk_fn)(struct ksteer_net *kn, struct ksteer_flow *flow,
			       void *arg);
u32 ksteer_store_walk(struct ksteer_net *kn, ksteer_walk_fn fn, void *arg);

#endif /* _KSTEER_STORE_H */

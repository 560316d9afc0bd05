/* SPDX-License-Identifier: GPL-2.0-only */
/* The connection store: key -> flow. */
#ifndef _KSTEER_STORE_H
#define _KSTEER_STORE_H

#include <linux/rhashtable.h>

#include "base/ksteer.h"
#include "key/packet.h"

struct ksteer_dest;
struct ksteer_flow;
struct ksteer_vs;

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
int ksteer_store_alias_rcu(struct ksteer_net *kn, struct ksteer_flow *alias,
			   struct ksteer_flow *flow);
bool ksteer_store_remove(struct ksteer_net *kn, struct ksteer_flow *flow);
void ksteer_store_opened(struct ksteer_net *kn, struct ksteer_flow *flow,
			 bool established);
void ksteer_store_establish(struct ksteer_net *kn, struct ksteer_flow *flow);
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

/* Shown a flow, which it may remove.  Return: whether it did */
typedef bool (*ksteer_walk_fn)(struct ksteer_net *kn, struct ksteer_flow *flow,
			       void *arg);
u32 ksteer_store_walk(struct ksteer_net *kn, ksteer_walk_fn fn, void *arg);

#endif /* _KSTEER_STORE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Virtual servers: which packets are ours, and what is done with them. */
#ifndef _KSTEER_VSERVER_H
#define _KSTEER_VSERVER_H

#include "object/match.h"
#include "object/name.h"
#include "object/pool.h"
#include "object/timeout.h"
#include "object/traffic.h"

/* Of the flags, ours: it is being removed, and no packet is of it any more */
#define KSTEER_VS_REMOVED BIT(31)

/**
 * struct ksteer_vs_settings - what an operator says of a virtual server
 * @name: unique, NUL-terminated
 * @match: which packets; fixed for life
 * @pool: where to; NULL only with KSTEER_FORWARD_ROUTE
 * @forward: to a next hop, or by the routing table
 * @flags: enum ksteer_vs_flags
 * @midstream: what to do with TCP packets that open nothing
 * @reject: what the sender of a packet learns that nobody may take
 * @unserved: what becomes of packets to the address that no server takes
 * @store: when keys are stored
 * @template: key templates, most specific first
 * @templates: how many; 0 means the full key alone
 * @persist: seconds that a source keeps to its traffic manager, 0 not
 * @persist_prefix: leading bits of a source that count, by family
 * @persist_group: servers of one group share the entries; empty for none
 * @max_flows: most established flows at a time, 0 without limit
 * @timeout: seconds, by enum ksteer_timeout
 * @events: enum ksteer_event_mask
 */
struct ksteer_vs_settings {
	char name[KSTEER_NAME_MAX + 1];
	struct ksteer_match match;
	struct ksteer_pool *pool;
	enum ksteer_forward forward;
	u32 flags;
	enum ksteer_midstream midstream;
	enum ksteer_reject reject;
	enum ksteer_unserved unserved;
	enum ksteer_store store;
	u8 template[KSTEER_TEMPLATES_MAX];
	u8 templates;
	u32 persist;
	u8 persist_prefix[KSTEER_FAMILIES];
	char persist_group[KSTEER_NAME_MAX + 1];
	u32 max_flows;
	u32 timeout[KSTEER_TIMEOUTS];
	u32 events;
};

/*
 * Beside enum ksteer_vs_flags, in what packets read: answers have to be looked at.
 * The operator does not see it.
 */
#define KSTEER_VS_CHECKED BIT(30)

/**
 * struct ksteer_vs - a virtual server
 * @flags: @settings.flags, where packets read them
 * @timeout: timeouts in jiffies, likewise
 * @persist: in jiffies, likewise
 * @persist_id: number of the group that shares its persistence, or its own
 * @max_flows: likewise
 * @events: likewise
 * @pool: likewise; the pool outlives the virtual server's use of it
 * @match: fixed
 * @forward: likewise @settings
 * @midstream: likewise
 * @reject: likewise
 * @unserved: likewise
 * @store: likewise
 * @template: likewise, most specific first
 * @templates: likewise; at least 1
 * @persist_prefix: likewise
 * @index: least number that no other has, not 0; stands in flows
 * @traffic: its packets and entries, per CPU
 * @established: entries that count for its limit; packets write it, so it stands
 *		 apart
 * @id: number in this namespace, never used again
 * @settings: all settings; kn->config
 * @kn: owner
 * @list: link in kn->servers; kn->config
 * @named: in kn->server_names; kn->config
 * @grouped: in kn->persist_groups, if it names a group; kn->config
 * @matched: in kn->matches; kn->config
 * @order: in kn->order; kn->config
 * @announce: times that its address is to be announced yet; kn->config
 * @groups: solicited-node groups that were joined, by device; of each its IPv6
 *	    part, to be compared only: it goes, and the membership with it, when
 *	    the device does or its MTU is too small for IPv6; kn->config
 * @gone: link among those that were removed; see removal.h
 */
struct ksteer_vs {
	u32 flags;
	u32 timeout[KSTEER_TIMEOUTS];
	u32 persist;
	u32 persist_id;
	u32 max_flows;
	u32 events;
	struct ksteer_pool __rcu *pool;
	struct ksteer_match match;
	u8 forward;
	u8 midstream;
	u8 reject;
	u8 unserved;
	u8 store;
	u8 template[KSTEER_TEMPLATES_MAX];
	u8 templates;
	u8 persist_prefix[KSTEER_FAMILIES];
	u32 index;
	struct ksteer_traffic __percpu *traffic;
	atomic_t established ____cacheline_aligned_in_smp;

	u32 id ____cacheline_aligned_in_smp;
	struct ksteer_vs_settings settings;
	struct ksteer_net *kn;
	struct list_head list;
	struct ksteer_named named;
	struct ksteer_named grouped;
	struct rb_node matched;
	struct rb_node order;
	u8 announce;
	struct xarray groups;
	struct list_head gone;
};

u8 ksteer_match_missed(const struct ksteer_match *m,
		       const struct ksteer_tuple *t, u8 fields);
void ksteer_vs_defaults(struct ksteer_vs_settings *set);
struct ksteer_vs *ksteer_vs_lookup(struct ksteer_net *kn, const char *name);
struct ksteer_vs *ksteer_vs_same_match(struct ksteer_net *kn,
				       const struct ksteer_match *match);
struct ksteer_vs *ksteer_vs_alloc(struct ksteer_net *kn,
				  const struct ksteer_vs_settings *set);
void ksteer_vs_reapply(struct ksteer_vs *vs,
		       const struct ksteer_vs_settings *set);
void ksteer_vs_list(struct ksteer_vs *vs);
void ksteer_vs_unlist(struct ksteer_vs *vs);
void ksteer_vs_follow_devices(struct ksteer_net *kn);
void ksteer_vs_free(struct ksteer_vs *vs);
void ksteer_vs_sum(const struct ksteer_vs *vs, struct ksteer_sum *sum);

/* Which of two virtual servers, each of them NULL or fit, has a packet? */
static inline struct ksteer_vs *ksteer_vs_better(struct ksteer_vs *a,
						 struct ksteer_vs *b)
{
	int cmp;

	if (!a || !b)
		return a ?: b;
	cmp = ksteer_match_cmp(&a->match, &b->match);
	return cmp < 0 || (!cmp && a->id < b->id) ? a : b;
}

/* Whose less specific keys a virtual server shares.  RCU read side */
static inline u16 ksteer_vs_pool_index_rcu(const struct ksteer_vs *vs)
{
	const struct ksteer_pool *pool = rcu_dereference(vs->pool);

	return pool ? pool->index : 0;
}

/* May new flows of a virtual server go there?  RCU read side, BH off */
static inline bool ksteer_vs_offers_rcu(const struct ksteer_vs *vs,
					const struct ksteer_tm *tm, u8 family)
{
	const struct ksteer_pool *pool = rcu_dereference(vs->pool);

	return pool && ksteer_pool_offers_rcu(pool, tm, family);
}

#endif /* _KSTEER_VSERVER_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Pools: named ordered sets of traffic managers and how to choose of them. */
#ifndef _KSTEER_POOL_H
#define _KSTEER_POOL_H

#include "base/ksteer.h"
#include "object/name.h"
#include "object/roster.h"
#include "sched/sched.h"

struct ksteer_membership;
struct ksteer_tuple;

/**
 * struct ksteer_pool_settings - what an operator says of a pool
 * @name: unique, NUL-terminated
 * @sched: selection mechanism
 * @seed: key of its hash
 * @table_size: slots of the lookup table, 0 for the default
 * @hash_fields: what Maglev hashes on, enum ksteer_field
 * @member: traffic managers in order; the array belongs to the caller
 * @members: how many
 * @prefix: address set of hash-set; the array belongs to the caller
 * @prefixes: how many
 */
struct ksteer_pool_settings {
	char name[KSTEER_NAME_MAX + 1];
	enum ksteer_sched sched;
	u64 seed;
	u32 table_size;
	u32 hash_fields;
	struct ksteer_tm **member;
	u32 members;
	struct ksteer_prefix *prefix;
	u32 prefixes;
};

/* Notes of a pool on who is a sender of its own */
#define KSTEER_POOL_SENDER_BITS 4

/**
 * struct ksteer_pool - a pool
 * @set: members that may be selected now, by family; replaced as a whole
 * @roster: who is, or was, a member
 * @sender: notes of packets on senders that are several traffic managers, see
 *	    sender.c
 * @turns: whose turn it is, by family, whatever set there is
 * @id: number in this namespace
 * @index: least number that no other has, not 0; stands in less specific keys
 * @settings: settings, with arrays of its own; covered by kn->config
 * @kn: owner
 * @list: link in kn->pools; kn->config
 * @named: link in kn->pool_names; kn->config
 * @owed: wrr: what members are owed when no set keeps it, for each family by
 *	  place in @settings; kn->config
 * @servers: virtual servers that use it; kn->config
 * @membership: of each member in @settings; kn->config
 * @of_stale: link in kn->stale_pools while a rebuild is owed; kn->config
 * @rcu: for freeing
 */
struct ksteer_pool {
	struct ksteer_set __rcu *set[KSTEER_FAMILIES];
	struct ksteer_roster __rcu *roster;
	atomic64_t sender[1 << KSTEER_POOL_SENDER_BITS];
	u32 id;
	u16 index;
	struct ksteer_pool_settings settings;
	struct ksteer_net *kn;
	struct list_head list;
	struct ksteer_named named;
	s64 *owed;
	u32 servers;
	struct ksteer_membership *membership;
	struct list_head of_stale;
	struct ksteer_turns turns[KSTEER_FAMILIES];
	struct rcu_head rcu;
};

#define KSTEER_POOL_MEMBERS_MAX 4096
#define KSTEER_POOL_PREFIXES_MAX 1024

/* Slots of lookup tables that are filled at once: eight of the default, some 10 ms */
#define KSTEER_POOL_PART (8 * 65537)

struct ksteer_pool *ksteer_pool_lookup(struct ksteer_net *kn, const char *name);
struct ksteer_pool *ksteer_pool_create(struct ksteer_net *kn,
				       const struct ksteer_pool_settings *set);
int ksteer_pool_change(struct ksteer_pool *pool,
		       const struct ksteer_pool_settings *set);
void ksteer_pool_remove(struct ksteer_pool *pool);
bool ksteer_pool_rebuild_stale(struct ksteer_net *kn);
u32 ksteer_pool_share(const struct ksteer_pool *pool, u8 family,
		      const struct ksteer_tm *tm);
void ksteer_pool_remove_all(struct ksteer_net *kn);

bool ksteer_pool_offers_rcu(const struct ksteer_pool *pool,
			    const struct ksteer_tm *tm, u8 family);
struct ksteer_tm *ksteer_pool_select_rcu(struct ksteer_pool *pool,
					 const struct ksteer_tuple *tuple,
					 unsigned int how);

#endif /* _KSTEER_POOL_H */

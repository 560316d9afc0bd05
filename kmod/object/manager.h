/* SPDX-License-Identifier: GPL-2.0-only */
/* Traffic managers: where packets are sent. */
#ifndef _KSTEER_MANAGER_H
#define _KSTEER_MANAGER_H

#include <linux/etherdevice.h>
#include "base/ksteer.h"
#include "object/name.h"
#include "object/route.h"
#include "object/traffic.h"
#include "sched/candidate.h"

/* Sides of a traffic manager: one way in for each direction of a flow */
enum ksteer_side {
	KSTEER_SIDE_OPEN, /* for packets of the opening direction */
	KSTEER_SIDE_REPLY, /* for the answering one, if configured apart */
	KSTEER_SIDES,
};

/**
 * struct ksteer_tm_settings - what an operator says of a traffic manager
 * @name: unique, NUL-terminated
 * @way: next hops and device, by side
 * @weight: share of new flows relative to others; 0 for none
 * @state: up, drain or down
 * @on_down: what becomes of its flows when it goes down
 * @drain_timeout: seconds until a drain turns into down; 0 for never
 * @max_flows: most established flows at a time; 0 without limit
 * @on_fail: what becomes of its flows when its way has failed
 * @fail_timeout: seconds that the way must have failed before
 * @on_drain: what becomes of its flows while it drains
 */
struct ksteer_tm_settings {
	char name[KSTEER_NAME_MAX + 1];
	struct ksteer_way_settings way[KSTEER_SIDES];
	u32 weight;
	enum ksteer_tm_state state;
	enum ksteer_on_down on_down;
	u32 drain_timeout;
	u32 max_flows;
	enum ksteer_on_fail on_fail;
	u32 fail_timeout;
	enum ksteer_on_drain on_drain;
};

/* Which flows of a traffic manager are to go elsewhere, as packets read it */
#define KSTEER_AWAY_DOWN BIT(0) /* all, and none may stay */
#define KSTEER_AWAY_FORGET BIT(1) /* all, by being forgotten */
#define KSTEER_AWAY_ALL BIT(2) /* all, if another can take them */
#define KSTEER_AWAY_DATAGRAMS BIT(3) /* those without a connection, likewise */
#define KSTEER_AWAY_PENDING BIT(4) /* it is nobody: they wait, see pending.h */

/* Do its flows leave it, because it went down? */
enum ksteer_leaving {
	KSTEER_LEAVING_NOT, /* no, or all have */
	KSTEER_LEAVING_HELD, /* they will, once all pools have been rebuilt */
	KSTEER_LEAVING_WAITS, /* they do; the worker begins with them in its next walk */
	KSTEER_LEAVING_WALK, /* they do; the worker's walk has begun since */
};

/**
 * struct ksteer_tm - a traffic manager
 * @candidate: what selection reads of @settings and @count
 * @on_down: @settings.on_down, where packets read it
 * @count: its entries in the store
 * @way: the ways to it, by side
 * @away: KSTEER_AWAY_*, by family; follows from state, ways and settings
 * @index: least number that no other has, not 0; stands in flows
 * @traffic: its packets, per CPU
 * @id: number in this namespace, never used again
 * @settings: all settings; covered by kn->config
 * @kn: owner
 * @list: link in kn->tms; written under kn->config, RCU walk allowed
 * @named: link in kn->tm_names; kn->config
 * @pools: pools that name it; written under kn->config
 * @memberships: in which, links of struct ksteer_membership; kn->config
 * @place: its place in a pool that is being changed; kn->config
 * @removed: it was removed, and its flows are to go
 * @gone: link among those that were removed; see removal.h
 * @usable: families, a bit each, in which its ways led to it last; kn->config
 * @failed_at: jiffies64 at which its ways were first seen not to lead to it, 0
 *	       if they do, by family; kn->config
 * @oper_told: oper state that listeners are told, and were last; kn->config
 * @neigh_failures: times that a next hop was seen to fail
 * @drain_until: jiffies64 at which a drain ends, 0 for never; kn->config
 * @drained: that has just ended, and its flows are still there; kn->config
 * @leaving: enum ksteer_leaving; written under kn->config, walks read it
 * @moved: flows that have left it for others since it went down
 * @forgotten: flows that were deleted since then
 * @rcu: for freeing
 */
struct ksteer_tm {
	struct ksteer_candidate candidate;
	u32 on_down;
	u32 index;
	u8 away[KSTEER_FAMILIES];
	struct ksteer_way way[KSTEER_SIDES];
	struct ksteer_traffic __percpu *traffic;
	struct ksteer_tally count ____cacheline_aligned_in_smp;

	u32 id ____cacheline_aligned_in_smp;
	struct ksteer_tm_settings settings;
	struct ksteer_net *kn;
	struct list_head list;
	struct ksteer_named named;
	u32 pools;
	struct list_head memberships;
	u32 place;
	bool removed;
	struct list_head gone;
	u8 usable;
	u64 failed_at[KSTEER_FAMILIES];
	u32 oper_told;
	atomic64_t neigh_failures;
	u64 drain_until;
	bool drained;
	u8 leaving;
	atomic_t moved;
	atomic_t forgotten;
	struct rcu_head rcu;
};

/**
 * struct ksteer_moved - what a change of state did to the flows
 * @moved: given to other traffic managers
 * @forgotten: deleted
 */
struct ksteer_moved {
	u32 moved;
	u32 forgotten;
};

/* May new flows go there, as far as the operator's settings say? */
static inline bool ksteer_tm_accepts(const struct ksteer_tm *tm)
{
	return ksteer_candidate_accepts(&tm->candidate);
}

/* The traffic manager that a mechanism has chosen */
static inline struct ksteer_tm *ksteer_tm_of(struct ksteer_candidate *candidate)
{
	return container_of(candidate, struct ksteer_tm, candidate);
}

/* The way for packets of this direction */
static inline struct ksteer_way *ksteer_tm_way(struct ksteer_tm *tm,
					       unsigned int dir, u8 family)
{
	struct ksteer_way *reply = &tm->way[KSTEER_SIDE_REPLY];

	if (dir == KSTEER_DIR_REPLY && READ_ONCE(reply->leads[family]))
		return reply;
	return &tm->way[KSTEER_SIDE_OPEN];
}

bool ksteer_tm_is_source_slow(const struct ksteer_tm *tm,
			      const struct sk_buff *skb, u8 family,
			      bool by_device);

/* Does a packet come from a traffic manager?  From no other device, surely */
static __always_inline bool ksteer_tm_is_source(const struct ksteer_tm *tm,
						const struct sk_buff *skb,
						u8 family, bool by_device)
{
	int ifindex = skb->dev->ifindex;

	if (likely(READ_ONCE(tm->way[KSTEER_SIDE_OPEN].ifindex[family]) !=
			   ifindex &&
		   READ_ONCE(tm->way[KSTEER_SIDE_REPLY].ifindex[family]) !=
			   ifindex))
		return false;
	return ksteer_tm_is_source_slow(tm, skb, family, by_device);
}

struct ksteer_tm *ksteer_tm_create_nobody(struct ksteer_net *kn);
struct ksteer_tm *ksteer_tm_lookup(struct ksteer_net *kn, const char *name);
struct ksteer_tm *ksteer_tm_alloc(struct ksteer_net *kn);
void ksteer_tm_apply(struct ksteer_tm *tm,
		     const struct ksteer_tm_settings *set);
bool ksteer_tm_check(struct ksteer_tm *tm);
void ksteer_tm_send_away(struct ksteer_tm *tm);
void ksteer_tm_abandon(struct ksteer_tm *tm);
void ksteer_tm_free(struct ksteer_tm *tm);
void ksteer_tm_sum(const struct ksteer_tm *tm, struct ksteer_sum *sum);
bool ksteer_tm_usable(const struct ksteer_tm *tm, u8 family);
u32 ksteer_tm_oper(const struct ksteer_tm *tm);
bool ksteer_tm_has_address_rcu(struct ksteer_net *kn,
			       const union ksteer_addr *addr, u8 family);

#endif /* _KSTEER_MANAGER_H */

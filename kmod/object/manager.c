// SPDX-License-Identifier: GPL-2.0-only
/* Traffic managers: their state and their ways. */
#include <linux/slab.h>

#include "object/index.h"
#include "object/manager.h"
#include "object/object.h"
#include "object/sender.h"

/**
 * ksteer_tm_lookup - find a traffic manager by name
 * @kn: ksteer of the namespace
 * @name: its name
 *
 * Context: under kn->config.
 * Return: the traffic manager or NULL.
 */
struct ksteer_tm *ksteer_tm_lookup(struct ksteer_net *kn, const char *name)
{
	struct ksteer_named *named;

	lockdep_assert_held(&kn->config);
	named = ksteer_named_find(&kn->tm_names, name);
	return named ? container_of(named, struct ksteer_tm, named) : NULL;
}

/* When a drain that begins now has to end, in jiffies64; 0 for never */
static u64 ksteer_drain_end(const struct ksteer_tm_settings *set)
{
	if (set->state != KSTEER_TM_STATE_DRAIN || !set->drain_timeout)
		return 0;
	return get_jiffies_64() + (u64)set->drain_timeout * HZ;
}

/* Which flows are to go elsewhere because no way leads there any more? */
static u8 ksteer_tm_away_failed(const struct ksteer_tm *tm, u8 family)
{
	u64 patience = (u64)tm->settings.fail_timeout * HZ;

	if (!tm->failed_at[family] ||
	    time_before64(get_jiffies_64(), tm->failed_at[family] + patience))
		return 0;
	switch (tm->settings.on_fail) {
	case KSTEER_ON_FAIL_DATAGRAMS:
		return KSTEER_AWAY_DATAGRAMS;
	case KSTEER_ON_FAIL_RESELECT:
		return KSTEER_AWAY_ALL;
	case KSTEER_ON_FAIL_FORGET:
		return KSTEER_AWAY_FORGET;
	default:
		return 0;
	}
}

/**
 * ksteer_tm_send_away - tell packets which flows are to go elsewhere
 * @tm: the traffic manager, with what is known of it now
 *
 * Context: process, under kn->config.
 */
void ksteer_tm_send_away(struct ksteer_tm *tm)
{
	const struct ksteer_tm_settings *set = &tm->settings;
	u8 f, away;

	for (f = 0; f < KSTEER_FAMILIES; f++) {
		away = ksteer_tm_away_failed(tm, f);
		if (set->state == KSTEER_TM_STATE_DOWN)
			away = KSTEER_AWAY_DOWN;
		else if (set->state == KSTEER_TM_STATE_DRAIN &&
			 set->on_drain == KSTEER_ON_DRAIN_DATAGRAMS)
			away |= KSTEER_AWAY_DATAGRAMS;
		WRITE_ONCE(tm->away[f], away);
	}
}

/**
 * ksteer_tm_apply - put settings where packets read them
 * @tm: the traffic manager
 * @set: settings that have been checked
 *
 * Context: process, under kn->config.
 */
void ksteer_tm_apply(struct ksteer_tm *tm, const struct ksteer_tm_settings *set)
{
	bool moved;
	int side;

	for (side = 0; side < KSTEER_SIDES; side++) {
		moved = memcmp(&tm->settings.way[side], &set->way[side],
			       sizeof(set->way[side]));
		tm->settings.way[side] = set->way[side];
		if (moved)
			ksteer_way_set(tm->kn, &tm->way[side], &set->way[side]);
	}
	/* A change of something else does not begin the drain anew */
	if (set->state != tm->settings.state ||
	    set->drain_timeout != tm->settings.drain_timeout)
		tm->drain_until = ksteer_drain_end(set);
	WRITE_ONCE(tm->candidate.max_flows, set->max_flows);
	WRITE_ONCE(tm->on_down, set->on_down);
	WRITE_ONCE(tm->candidate.state, set->state);
	tm->settings = *set;
	ksteer_senders_changed(tm->kn);
}

/* Do its ways let new flows be given to a traffic manager? */
static bool ksteer_tm_reachable(const struct ksteer_tm *tm, u8 family)
{
	const struct ksteer_way *reply = &tm->way[KSTEER_SIDE_REPLY];

	return ksteer_way_usable(&tm->way[KSTEER_SIDE_OPEN], family) &&
	       (!READ_ONCE(reply->leads[family]) ||
		ksteer_way_usable(reply, family));
}

/**
 * ksteer_tm_check - look after the ways, and note what pools are to be built by
 * @tm: the traffic manager
 *
 * Packets and events change a way at any time, also while a pool is being built,
 * and may have changed it back when it is looked at again.
 *
 * Context: process, under kn->config.
 * Return: whether new flows may go where they might not before, or reverse.
 */
bool ksteer_tm_check(struct ksteer_tm *tm)
{
	u8 f, usable = 0;
	bool changed;
	int side;

	for (f = 0; f < KSTEER_FAMILIES; f++) {
		for (side = 0; side < KSTEER_SIDES; side++)
			ksteer_way_check(tm->kn, &tm->way[side], f);
		if (ksteer_tm_reachable(tm, f))
			usable |= BIT(f);
		if (usable & BIT(f) || !tm->way[KSTEER_SIDE_OPEN].leads[f])
			tm->failed_at[f] = 0;
		else if (!tm->failed_at[f])
			tm->failed_at[f] = get_jiffies_64();
	}
	ksteer_tm_send_away(tm);
	changed = usable != tm->usable;
	tm->usable = usable;
	return changed;
}

/**
 * ksteer_tm_alloc - make a traffic manager that nobody finds yet
 * @kn: ksteer of the namespace
 *
 * Context: process, under kn->config.
 * Return: the traffic manager, with a number of its own, for ksteer_tm_free(); or
 *	   NULL.
 */
struct ksteer_tm *ksteer_tm_alloc(struct ksteer_net *kn)
{
	struct ksteer_tm *tm = kzalloc(sizeof(*tm), GFP_KERNEL_ACCOUNT);
	int side;

	if (!tm)
		return NULL;
	tm->traffic =
		alloc_percpu_gfp(struct ksteer_traffic, GFP_KERNEL_ACCOUNT);
	if (!tm->traffic ||
	    ksteer_objects_number(kn, &kn->tm_at, &kn->tm_indices,
				  &tm->index)) {
		free_percpu(tm->traffic);
		kfree(tm);
		return NULL;
	}
	tm->candidate.name = tm->settings.name;
	tm->candidate.count = &tm->count;
	tm->kn = kn;
	tm->id = ++kn->next_id;
	INIT_LIST_HEAD(&tm->memberships);
	for (side = 0; side < KSTEER_SIDES; side++) {
		ksteer_way_init(&tm->way[side]);
		tm->way[side].tm = tm;
		tm->way[side].index = tm->index;
	}
	return tm;
}

/**
 * ksteer_tm_create_nobody - a traffic manager that has a number and leads nowhere
 * @kn: ksteer of the namespace
 *
 * It has no name and no way, is in no list and in no pool, and accepts nothing.
 *
 * Context: process, under kn->config.
 * Return: the traffic manager, for ksteer_tm_free() at the end, or NULL.
 */
struct ksteer_tm *ksteer_tm_create_nobody(struct ksteer_net *kn)
{
	struct ksteer_tm *tm = ksteer_tm_alloc(kn);
	int family;

	lockdep_assert_held(&kn->config);
	if (!tm)
		return NULL;
	tm->settings.state = KSTEER_TM_STATE_DOWN;
	tm->candidate.state = KSTEER_TM_STATE_DOWN;
	for (family = 0; family < KSTEER_FAMILIES; family++)
		tm->away[family] = (u8)~0;
	ksteer_objects_set(kn, &kn->tm_at, tm->index, tm);
	return tm;
}

static void ksteer_tm_free_rcu(struct rcu_head *rcu)
{
	struct ksteer_tm *tm = container_of(rcu, struct ksteer_tm, rcu);

	free_percpu(tm->traffic);
	kfree(tm);
}

/**
 * ksteer_tm_free - free a traffic manager that no flow has
 * @tm: the traffic manager; a grace period has passed since a flow had its number,
 *	which is free for another after this
 */
void ksteer_tm_free(struct ksteer_tm *tm)
{
	ida_free(&tm->kn->tm_indices, tm->index);
	call_rcu(&tm->rcu, ksteer_tm_free_rcu);
}

/**
 * ksteer_tm_abandon - let go of the routes to a traffic manager
 * @tm: the traffic manager; packets that look one up again find none
 *
 * Context: process, under kn->config.
 */
void ksteer_tm_abandon(struct ksteer_tm *tm)
{
	int side;

	lockdep_assert_held(&tm->kn->config);
	for (side = 0; side < KSTEER_SIDES; side++)
		ksteer_way_clear(tm->kn, &tm->way[side]);
}

/**
 * ksteer_tm_sum - what a traffic manager has carried, and its entries now
 * @tm: the traffic manager
 * @sum: filled
 *
 * Context: process; the traffic manager is kept.
 */
void ksteer_tm_sum(const struct ksteer_tm *tm, struct ksteer_sum *sum)
{
	ksteer_traffic_sum(tm->traffic, &sum->traffic);
	sum->traffic.flows = atomic_read(&tm->count.flows);
	sum->traffic.partial = atomic_read(&tm->count.partial);
	sum->established = atomic_read(&tm->count.established);
}

/**
 * ksteer_tm_usable - may new flows be given to a traffic manager?
 * @tm: the traffic manager
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Context: any.
 * Return: whether its state and what is seen of its next hops allow it.
 */
bool ksteer_tm_usable(const struct ksteer_tm *tm, u8 family)
{
	return READ_ONCE(tm->candidate.state) == KSTEER_TM_STATE_UP &&
	       ksteer_tm_reachable(tm, family);
}

/**
 * ksteer_tm_oper - what is seen of the ways to a traffic manager
 * @tm: the traffic manager
 *
 * Return: enum ksteer_tm_oper.
 */
u32 ksteer_tm_oper(const struct ksteer_tm *tm)
{
	u32 oper = 0;
	int side, f;

	for (side = 0; side < KSTEER_SIDES; side++)
		for (f = 0; f < KSTEER_FAMILIES; f++)
			if (READ_ONCE(tm->way[side].leads[f]))
				oper |= READ_ONCE(tm->way[side].oper[f]);
	return oper;
}

/**
 * ksteer_tm_is_source_slow - does a packet come from a traffic manager?
 * @tm: the traffic manager
 * @skb: the packet, at the network layer
 * @family: KSTEER_V4 or KSTEER_V6
 * @by_device: see ksteer_way_is_source()
 *
 * Nothing comes from one that is down: it has no flows.
 *
 * Context: RCU read side.
 * Return: whether it does.
 */
bool ksteer_tm_is_source_slow(const struct ksteer_tm *tm,
			      const struct sk_buff *skb, u8 family,
			      bool by_device)
{
	if (READ_ONCE(tm->candidate.state) == KSTEER_TM_STATE_DOWN)
		return false;
	return ksteer_way_is_source(&tm->way[KSTEER_SIDE_OPEN], family, skb,
				    by_device) ||
	       ksteer_way_is_source(&tm->way[KSTEER_SIDE_REPLY], family, skb,
				    by_device);
}

/**
 * ksteer_tm_has_address_rcu - is this the address of a traffic manager?
 * @kn: ksteer of the namespace
 * @addr: the address
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Context: RCU read side.
 * Return: whether it is a next hop of one of them.
 */
bool ksteer_tm_has_address_rcu(struct ksteer_net *kn,
			       const union ksteer_addr *addr, u8 family)
{
	const struct ksteer_index_key key = {
		.addr = *addr,
		.kind = KSTEER_INDEX_VIA,
		.family = family,
	};

	return ksteer_index_lookup_rcu(kn, &key);
}

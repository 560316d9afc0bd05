// SPDX-License-Identifier: GPL-2.0-only
/* Traffic managers: their state and their ways. */
#include <linux/etherdevice.h>
#include <linux/inet.h>
#include <linux/slab.h>

#include "base/listener.h"
#include "control/announce.h"
#include "control/removal.h"
#include "key/key.h"
#include "object/index.h"
#include "object/manager.h"
#include "object/match.h"
#include "object/membership.h"
#include "object/object.h"
#include "object/pool.h"
#include "object/sender.h"
#include "object/vserver.h"
#include "packet/leave.h"
#include "packet/neigh.h"
#include "packet/reply.h"
#include "store/flow.h"

/* How often the ways are looked after when nothing happens */
#define KSTEER_REFRESH HZ

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

/* Tell packets which flows are to go elsewhere */
static void ksteer_tm_send_away(struct ksteer_tm *tm)
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

static void ksteer_tm_apply(struct ksteer_tm *tm,
			    const struct ksteer_tm_settings *set)
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
	WRITE_ONCE(tm->max_flows, set->max_flows);
	WRITE_ONCE(tm->on_down, set->on_down);
	WRITE_ONCE(tm->state, set->state);
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

/*
 * Look after the ways, and note what pools are to be built by: packets and
 * events change a way at any time, also while a pool is being built, and may
 * have changed it back when it is looked at again.
 * Return: whether new flows may go where they might not before, or reverse.
 */
static bool ksteer_tm_check(struct ksteer_tm *tm)
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

/*
 * Look after the ways of one that was just made or changed, before anybody is
 * told of it: for the others nothing has changed.
 */
static void ksteer_tm_look(struct ksteer_tm *tm)
{
	ksteer_tm_check(tm);
	tm->oper_told = ksteer_tm_oper(tm);
}

/**
 * ksteer_tm_refresh_later - look after the ways in a second at the latest
 * @kn: ksteer of the namespace
 *
 * Context: any.
 */
void ksteer_tm_refresh_later(struct ksteer_net *kn)
{
	/* A namespace that closes waits for this section, then cancels */
	rcu_read_lock();
	if (!READ_ONCE(kn->closing))
		queue_delayed_work(ksteer_net_queue(kn), &kn->refresh,
				   KSTEER_REFRESH);
	rcu_read_unlock();
}

static struct ksteer_tm *ksteer_tm_alloc(struct ksteer_net *kn)
{
	struct ksteer_tm *tm = kzalloc(sizeof(*tm), GFP_KERNEL_ACCOUNT);

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
	tm->kn = kn;
	tm->id = ++kn->next_id;
	INIT_LIST_HEAD(&tm->memberships);
	return tm;
}

/**
 * ksteer_tm_create - add a traffic manager
 * @kn: ksteer of the namespace
 * @set: settings that have been checked
 *
 * Context: process, under kn->config.
 * Return: the traffic manager, owned by @kn, or ERR_PTR(-ENOMEM).
 */
struct ksteer_tm *ksteer_tm_create(struct ksteer_net *kn,
				   const struct ksteer_tm_settings *set)
{
	struct ksteer_tm *tm;
	int side;

	lockdep_assert_held(&kn->config);
	if (ksteer_index_create(kn))
		return ERR_PTR(-ENOMEM);
	tm = ksteer_tm_alloc(kn);
	if (!tm)
		return ERR_PTR(-ENOMEM);
	for (side = 0; side < KSTEER_SIDES; side++) {
		ksteer_way_init(&tm->way[side]);
		tm->way[side].tm = tm;
		tm->way[side].index = tm->index;
	}
	ksteer_objects_set(kn, &kn->tm_at, tm->index, tm);
	/* In the list before its ways are looked up: neighbours may speak then */
	list_add_tail_rcu(&tm->list, &kn->tms);
	ksteer_tm_apply(tm, set);
	ksteer_named_add(&kn->tm_names, &tm->named, tm->settings.name);
	ksteer_tm_look(tm);
	ksteer_tm_refresh_later(kn);
	return tm;
}

/* Other settings, by which its pools have to be built anew */
static void ksteer_tm_turn(struct ksteer_tm *tm,
			   const struct ksteer_tm_settings *set)
{
	ksteer_tm_apply(tm, set);
	ksteer_tm_look(tm);
	ksteer_memberships_mark(tm);
}

/**
 * ksteer_tm_change - change a traffic manager
 * @tm: the traffic manager
 * @set: settings that have been checked
 * @moved: filled: what became of its flows
 *
 * Context: process, under kn->config.
 */
void ksteer_tm_change(struct ksteer_tm *tm,
		      const struct ksteer_tm_settings *set,
		      struct ksteer_moved *moved)
{
	lockdep_assert_held(&tm->kn->config);
	*moved = (struct ksteer_moved){};
	ksteer_tm_turn(tm, set);
	ksteer_pool_rebuild_stale(tm->kn);
	/* One that has none costs nothing, however full the store is */
	if (set->state == KSTEER_TM_STATE_DOWN && ksteer_tally_refs(&tm->count))
		ksteer_leave_all(tm, moved);
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
 * ksteer_tm_remove - remove a traffic manager that no pool names
 * @tm: the traffic manager; its flows are forgotten, each by its next packet if
 *	that comes before the worker who frees it
 *
 * Context: process, under kn->config.
 */
void ksteer_tm_remove(struct ksteer_tm *tm)
{
	lockdep_assert_held(&tm->kn->config);
	tm->settings.state = KSTEER_TM_STATE_DOWN;
	WRITE_ONCE(tm->on_down, KSTEER_ON_DOWN_FORGET);
	WRITE_ONCE(tm->removed, true);
	WRITE_ONCE(tm->state, KSTEER_TM_STATE_DOWN);
	ksteer_senders_changed(tm->kn);
	ksteer_tm_send_away(tm);
	list_del_rcu(&tm->list);
	ksteer_named_remove(&tm->kn->tm_names, &tm->named);
	/* Devices may wait for that */
	ksteer_tm_abandon(tm);
	ksteer_removal_add_tm(tm);
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
 * ksteer_tm_abandon_all - let go of the routes to all traffic managers
 * @kn: ksteer of a namespace that closes
 *
 * An IPv6 route keeps its device from going, and a namespace's devices go before
 * ksteer's part of it does.
 *
 * Context: process, under kn->config; kn->closing is set and the hooks are gone,
 *	    so nobody looks a route up again.
 */
void ksteer_tm_abandon_all(struct ksteer_net *kn)
{
	struct ksteer_tm *tm;

	lockdep_assert_held(&kn->config);
	WARN_ON_ONCE(!kn->closing);
	list_for_each_entry(tm, &kn->tms, list)
		ksteer_tm_abandon(tm);
	list_for_each_entry(tm, &kn->removed.tms, gone)
		ksteer_tm_abandon(tm);
}

/**
 * ksteer_tm_remove_all - free all traffic managers with their namespace
 * @kn: ksteer of the namespace; pools and virtual servers are gone
 */
void ksteer_tm_remove_all(struct ksteer_net *kn)
{
	struct ksteer_tm *tm, *next;

	list_for_each_entry_safe(tm, next, &kn->tms, list) {
		list_del_rcu(&tm->list);
		ksteer_named_remove(&kn->tm_names, &tm->named);
		ksteer_tm_abandon(tm);
		ksteer_tm_free(tm);
	}
	ida_destroy(&kn->tm_indices);
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
	return READ_ONCE(tm->state) == KSTEER_TM_STATE_UP &&
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
	if (READ_ONCE(tm->state) == KSTEER_TM_STATE_DOWN)
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

/* Down, if its time to drain is over; its flows stay until the pools are rebuilt */
static void ksteer_tm_end_drain(struct ksteer_tm *tm)
{
	struct ksteer_tm_settings set = tm->settings;

	tm->drained = tm->drain_until &&
		      time_after_eq64(get_jiffies_64(), tm->drain_until);
	if (!tm->drained)
		return;
	set.state = KSTEER_TM_STATE_DOWN;
	ksteer_tm_turn(tm, &set);
}

static void ksteer_tm_move_drained(struct ksteer_tm *tm)
{
	struct ksteer_moved moved = {};

	if (!tm->drained)
		return;
	tm->drained = false;
	ksteer_leave_all(tm, &moved);
	tm->kn->generation++;
	ksteer_listener.tm(tm, KSTEER_EVENT_CHANGE, &moved);
}

static void ksteer_tm_refresh_one(struct ksteer_tm *tm)
{
	u32 oper;

	if (ksteer_tm_check(tm))
		ksteer_memberships_mark(tm);
	oper = ksteer_tm_oper(tm);
	if (oper != tm->oper_told) {
		tm->oper_told = oper;
		ksteer_listener.tm(tm, KSTEER_EVENT_CHANGE, NULL);
	}
	ksteer_tm_end_drain(tm);
}

/* A device may have gone, or come again, or another may have its name now */
static void ksteer_tm_follow_devices(struct ksteer_tm *tm)
{
	int side, ifindex;

	for (side = 0; side < KSTEER_SIDES; side++) {
		struct ksteer_way_settings *set = &tm->settings.way[side];

		ifindex = ksteer_way_device(tm->kn->net, set);
		if (ifindex == set->ifindex)
			continue;
		set->ifindex = ifindex;
		ksteer_way_set(tm->kn, &tm->way[side], set);
	}
}

/* What follows the devices of the namespace */
static void ksteer_refresh_devices(struct ksteer_net *kn)
{
	struct ksteer_tm *tm;

	ksteer_vs_follow_devices(kn);
	ksteer_neigh_follow_all(kn);
	list_for_each_entry(tm, &kn->tms, list)
		ksteer_tm_follow_devices(tm);
}

static void ksteer_tm_refresh_work(struct work_struct *work)
{
	struct ksteer_net *kn =
		container_of(to_delayed_work(work), struct ksteer_net, refresh);
	struct ksteer_tm *tm;

	mutex_lock(&kn->config);
	/* Its routes have been let go of, see ksteer_tm_abandon_all() */
	if (READ_ONCE(kn->closing))
		goto out;
	if (xchg(&kn->devices_changed, false))
		ksteer_refresh_devices(kn);
	if (ksteer_match_settle(kn))
		pr_warn_ratelimited("no memory to arrange virtual servers\n");
	ksteer_announce_devices(kn);
	ksteer_reply_refresh(kn);
	list_for_each_entry(tm, &kn->tms, list)
		ksteer_tm_refresh_one(tm);
	ksteer_pool_rebuild_stale(kn);
	list_for_each_entry(tm, &kn->tms, list)
		ksteer_tm_move_drained(tm);
	if (!list_empty(&kn->tms) || kn->table_stale)
		ksteer_tm_refresh_later(kn);
out:
	mutex_unlock(&kn->config);
}

/**
 * ksteer_tm_refresh_init - prepare the looking after
 * @kn: ksteer of the namespace
 */
void ksteer_tm_refresh_init(struct ksteer_net *kn)
{
	INIT_DELAYED_WORK(&kn->refresh, ksteer_tm_refresh_work);
}

/**
 * ksteer_tm_refresh_soon - look after the ways at once, not in a second
 * @kn: ksteer of the namespace
 *
 * Context: any.
 */
void ksteer_tm_refresh_soon(struct ksteer_net *kn)
{
	/* A namespace that closes waits for this section, then cancels */
	rcu_read_lock();
	if (!READ_ONCE(kn->closing))
		mod_delayed_work(ksteer_net_queue(kn), &kn->refresh, 0);
	rcu_read_unlock();
}

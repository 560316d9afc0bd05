// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a change of a traffic manager does: to its ways, to the pools that it is in,
 * and to its flows.
 */
#include "control/leaving.h"
#include "control/removal.h"
#include "control/tm.h"
#include "object/index.h"
#include "object/membership.h"
#include "object/object.h"
#include "object/pool.h"
#include "object/sender.h"

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

	lockdep_assert_held(&kn->config);
	if (ksteer_index_create(kn))
		return ERR_PTR(-ENOMEM);
	tm = ksteer_tm_alloc(kn);
	if (!tm)
		return ERR_PTR(-ENOMEM);
	ksteer_objects_set(kn, &kn->tm_at, tm->index, tm);
	/* In the list before its ways are looked up: neighbours may speak then */
	list_add_tail_rcu(&tm->list, &kn->tms);
	ksteer_tm_apply(tm, set);
	ksteer_named_add(&kn->tm_names, &tm->named, tm->settings.name);
	ksteer_tm_look(tm);
	kn->generation++;
	ksteer_refresh_later(kn);
	return tm;
}

/**
 * ksteer_tm_turn - give a traffic manager other settings
 * @tm: the traffic manager
 * @set: settings that have been checked
 *
 * Its pools have to be built anew by them, and its flows may have to leave: both
 * are left to the caller.
 *
 * Context: process, under kn->config.
 */
void ksteer_tm_turn(struct ksteer_tm *tm, const struct ksteer_tm_settings *set)
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
	if (ksteer_pool_rebuild_stale(tm->kn))
		ksteer_refresh_soon(tm->kn);
	tm->kn->generation++;
	if (set->state == KSTEER_TM_STATE_DOWN)
		ksteer_leaving_begin(tm, moved);
	else
		ksteer_leaving_end(tm);
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
	WRITE_ONCE(tm->candidate.state, KSTEER_TM_STATE_DOWN);
	ksteer_senders_changed(tm->kn);
	ksteer_leaving_end(tm);
	ksteer_tm_send_away(tm);
	list_del_rcu(&tm->list);
	ksteer_named_remove(&tm->kn->tm_names, &tm->named);
	/* Devices may wait for that */
	ksteer_tm_abandon(tm);
	ksteer_removal_add_tm(tm);
	tm->kn->generation++;
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

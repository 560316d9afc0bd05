// SPDX-License-Identifier: GPL-2.0-only
/*
 * What changes by itself: devices, routes, neighbours, and the time that a drain has.
 * A worker looks after all of it, once a second or when something was seen.
 */
#include "base/listener.h"
#include "control/announce.h"
#include "control/leaving.h"
#include "control/refresh.h"
#include "control/tm.h"
#include "object/match.h"
#include "object/membership.h"
#include "object/pool.h"
#include "object/vserver.h"
#include "packet/neigh.h"
#include "packet/reply.h"

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
	ksteer_leaving_begin(tm, &moved);
	tm->kn->generation++;
	ksteer_listener.tm(tm, KSTEER_EVENT_CHANGE, &moved);
}

static void ksteer_refresh_tm(struct ksteer_tm *tm)
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

static void ksteer_refresh_work(struct work_struct *work)
{
	struct ksteer_net *kn =
		container_of(to_delayed_work(work), struct ksteer_net, refresh);
	struct ksteer_tm *tm;
	bool more;

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
		ksteer_refresh_tm(tm);
	more = ksteer_pool_rebuild_stale(kn);
	list_for_each_entry(tm, &kn->tms, list)
		ksteer_tm_move_drained(tm);
	if (more) {
		ksteer_refresh_soon(kn);
		goto out;
	}
	ksteer_leaving_resume(kn);
	if (!list_empty(&kn->tms) || kn->table_stale)
		ksteer_refresh_later(kn);
out:
	mutex_unlock(&kn->config);
}

/**
 * ksteer_refresh_init - prepare the looking after
 * @kn: ksteer of the namespace
 */
void ksteer_refresh_init(struct ksteer_net *kn)
{
	INIT_DELAYED_WORK(&kn->refresh, ksteer_refresh_work);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The flows of traffic managers that went down.
 *
 * No flow is listed with its traffic manager, so that they may leave the whole store is
 * gone through.  Where that is short, the command does it and says what became of them.
 * Else a worker does, once for all that have gone down together, without the lock of
 * the configuration; what is left is shown until it has come round, and listeners are
 * told then.  Flows of which packets come do not wait for it.
 */
#include "base/listener.h"
#include "control/leaving.h"
#include "packet/leave.h"
#include "store/store.h"

/* Entries of the store up to which the command goes through it: some 20 ms */
#define KSTEER_LEAVING_AT_ONCE 65536

static void ksteer_leaving_count(struct ksteer_tm *tm,
				 struct ksteer_moved *moved)
{
	moved->moved = atomic_read(&tm->moved);
	moved->forgotten = atomic_read(&tm->forgotten);
}

/* Return: whether there are any whose flows leave */
static bool ksteer_leaving_take(struct ksteer_net *kn)
{
	struct ksteer_tm *tm;
	bool any = false;

	mutex_lock(&kn->config);
	list_for_each_entry(tm, &kn->tms, list) {
		if (tm->leaving < KSTEER_LEAVING_WAITS)
			continue;
		WRITE_ONCE(tm->leaving, KSTEER_LEAVING_WALK);
		any = true;
	}
	mutex_unlock(&kn->config);
	return any && !READ_ONCE(kn->closing);
}

/* Those that went down before the walk began have been seen to */
static void ksteer_leaving_tell(struct ksteer_net *kn)
{
	struct ksteer_moved moved;
	struct ksteer_tm *tm;

	mutex_lock(&kn->config);
	list_for_each_entry(tm, &kn->tms, list) {
		if (tm->leaving != KSTEER_LEAVING_WALK)
			continue;
		ksteer_leaving_count(tm, &moved);
		ksteer_leaving_end(tm);
		ksteer_listener.tm(tm, KSTEER_EVENT_CHANGE, &moved);
	}
	mutex_unlock(&kn->config);
}

static void ksteer_leaving_work(struct work_struct *work)
{
	struct ksteer_net *kn = container_of(work, struct ksteer_net, leaving);

	/* Who goes down while this walks queues the work once more */
	if (!ksteer_leaving_take(kn))
		return;
	ksteer_leave_all(kn);
	ksteer_leaving_tell(kn);
}

/**
 * ksteer_leaving_init - none has gone down yet
 * @kn: ksteer of the namespace
 */
void ksteer_leaving_init(struct ksteer_net *kn)
{
	INIT_WORK(&kn->leaving, ksteer_leaving_work);
}

/**
 * ksteer_leaving_begin - a traffic manager has gone down: let its flows leave
 * @tm: the traffic manager; packets know, and pools offer it no more
 * @moved: filled: what has become of its flows when this returns
 *
 * Where there are many entries, or pools are still to be rebuilt, that is nothing yet,
 * and @tm->leaving says so.
 *
 * Context: process, under kn->config.
 */
void ksteer_leaving_begin(struct ksteer_tm *tm, struct ksteer_moved *moved)
{
	struct ksteer_net *kn = tm->kn;

	lockdep_assert_held(&kn->config);
	*moved = (struct ksteer_moved){};
	/* One that has none costs nothing, however full the store is */
	if (!ksteer_tally_refs(&tm->count))
		return;
	/* One that was told twice goes on counting */
	if (tm->leaving == KSTEER_LEAVING_NOT) {
		atomic_set(&tm->moved, 0);
		atomic_set(&tm->forgotten, 0);
	}
	/* Who is to choose where they go does not know it yet */
	if (!list_empty(&kn->stale_pools)) {
		WRITE_ONCE(tm->leaving, KSTEER_LEAVING_HELD);
		return;
	}
	WRITE_ONCE(tm->leaving, KSTEER_LEAVING_WAITS);
	if (ksteer_store_count(&kn->store) > KSTEER_LEAVING_AT_ONCE) {
		queue_work(ksteer_net_removals(kn), &kn->leaving);
		return;
	}
	ksteer_leave_all(kn);
	ksteer_leaving_count(tm, moved);
	ksteer_leaving_end(tm);
}

/**
 * ksteer_leaving_resume - all pools offer what is usable now
 * @kn: ksteer of the namespace
 *
 * Flows that would have gone by what their pool offered before may leave now.
 *
 * Context: process, under kn->config.
 */
void ksteer_leaving_resume(struct ksteer_net *kn)
{
	struct ksteer_tm *tm;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(tm, &kn->tms, list) {
		if (tm->leaving != KSTEER_LEAVING_HELD)
			continue;
		WRITE_ONCE(tm->leaving, KSTEER_LEAVING_WAITS);
		queue_work(ksteer_net_removals(kn), &kn->leaving);
	}
}

/**
 * ksteer_leaving_end - the flows of a traffic manager need not leave it any more
 * @tm: the traffic manager: they have, or it is up again, or it was removed
 *
 * Context: process, under kn->config.
 */
void ksteer_leaving_end(struct ksteer_tm *tm)
{
	lockdep_assert_held(&tm->kn->config);
	WRITE_ONCE(tm->leaving, KSTEER_LEAVING_NOT);
}

/**
 * ksteer_leaving_stop - walk no more
 * @kn: ksteer of a namespace that closes; kn->closing is set
 *
 * Context: process, may sleep; not under kn->config.
 */
void ksteer_leaving_stop(struct ksteer_net *kn)
{
	cancel_work_sync(&kn->leaving);
}

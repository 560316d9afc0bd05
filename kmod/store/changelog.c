// SPDX-License-Identifier: GPL-2.0-only
/*
 * The change log: what became of the flows of a namespace, in order.
 *
 * Whoever changes a flow appends, under the flow's lock, so that the changes of
 * one flow stand in the order in which they happened; a worker reads.  The log
 * has one order for the whole namespace, so that a single number tells how far
 * a reader has come, and which changes a dump has in it already.  It is one
 * ring, and one lock held for the copy of a flow: nobody appends where nobody
 * listens.
 *
 * A packet never waits for a reader.  A change that finds no room is counted
 * and lost, and so are all that follow until half of the ring is free: one
 * that is lost makes the reader dump anew, and a thousand do not make it worse.
 * Where changes are missing the log has one that says so.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "base/listener.h"
#include "base/stats.h"
#include "store/changelog.h"
#include "store/flow_dest.h"
#include "store/flow_lock.h"

/**
 * ksteer_changelog_create - make the log of a namespace, unless it has one
 * @kn: ksteer of the namespace
 * @places: changes that may wait to be read; a power of 2
 * @drain: reads them
 *
 * It stays for as long as the namespace: a position is never given twice.
 *
 * Context: process, under kn->config.
 * Return: 0 or -ENOMEM.
 */
int ksteer_changelog_create(struct ksteer_net *kn, u32 places,
			    work_func_t drain)
{
	struct ksteer_changelog *log = kn->changes;

	lockdep_assert_held(&kn->config);
	if (log)
		return 0;
	log = kvzalloc(struct_size(log, ring, places), GFP_KERNEL_ACCOUNT);
	if (!log)
		return -ENOMEM;
	log->kn = kn;
	log->mask = places - 1;
	spin_lock_init(&log->lock);
	mutex_init(&log->reader);
	INIT_DELAYED_WORK(&log->drain, drain);
	/* Complete before packets find it */
	smp_store_release(&kn->changes, log);
	return 0;
}

/**
 * ksteer_changelog_destroy - free the log of a namespace, if it has one
 * @kn: ksteer of the namespace; no flow of it is left
 */
void ksteer_changelog_destroy(struct ksteer_net *kn)
{
	struct ksteer_changelog *log = kn->changes;

	if (!log)
		return;
	cancel_delayed_work_sync(&log->drain);
	mutex_destroy(&log->reader);
	kvfree(log);
}

static struct ksteer_change *ksteer_changelog_add(struct ksteer_changelog *log,
						  enum ksteer_event event)
{
	struct ksteer_change *change = &log->ring[log->head++ & log->mask];

	lockdep_assert_held(&log->lock);
	change->position = ++log->position;
	change->event = event;
	return change;
}

/**
 * ksteer_changelog_append - note what became of a flow
 * @log: the log
 * @flow: the flow; its lock is held, so that its changes come in order
 * @dest: its destination, be it still in the flow or not
 * @event: what became of it
 *
 * The worker lets a jiffy pass, so that a message carries many changes and few
 * packets wake it; it is called at once when a quarter of the places is taken.
 *
 * Context: any with BH off, RCU read side.
 */
void ksteer_changelog_append(struct ksteer_changelog *log,
			     const struct ksteer_flow *flow,
			     struct ksteer_dest dest, enum ksteer_event event)
{
	struct ksteer_change *change;
	u32 used = 0;
	bool room;

	/* Without the lock: a log that overflows must not cost more than one */
	room = likely(!READ_ONCE(log->full));
	if (room) {
		spin_lock_bh(&log->lock);
		used = log->head - log->tail;
		room = !log->full && used <= log->mask;
		if (room) {
			change = ksteer_changelog_add(log, event);
			/* Packets go on counting meanwhile */
			data_race(memcpy(&change->flow, flow, sizeof(*flow)));
			change->flow.dest = ksteer_dest_pack(dest);
			ksteer_extension_tell_rcu(log->kn, flow,
						  &change->extra);
		} else {
			WRITE_ONCE(log->full, true);
		}
		spin_unlock_bh(&log->lock);
	}
	if (!room)
		ksteer_count(log->kn, KSTEER_COUNT_EVENT_LOST);
	else if (!used)
		queue_delayed_work(ksteer_net_queue(log->kn), &log->drain, 1);
	else if (used == log->mask / 4)
		mod_delayed_work(ksteer_net_queue(log->kn), &log->drain, 0);
}

static u32 ksteer_change_mask(enum ksteer_event event)
{
	switch (event) {
	case KSTEER_EVENT_NEW:
		return KSTEER_EVENT_MASK_NEW;
	case KSTEER_EVENT_ESTABLISHED:
		return KSTEER_EVENT_MASK_ESTABLISHED;
	case KSTEER_EVENT_MOVE:
		return KSTEER_EVENT_MASK_MOVE;
	case KSTEER_EVENT_DELETE:
		return KSTEER_EVENT_MASK_DELETE;
	default:
		return 0;
	}
}

/**
 * ksteer_changelog_note_slow - note what became of a flow, if anyone listens
 * @kn: ksteer of the namespace
 * @flow: the flow, under its lock; what became of it can be seen
 * @dest: its destination, be it still in the flow or not
 * @event: what became of it
 *
 * Context: any with BH off, RCU read side.
 */
void ksteer_changelog_note_slow(struct ksteer_net *kn,
				const struct ksteer_flow *flow,
				struct ksteer_dest dest,
				enum ksteer_event event)
{
	/* Pairs with smp_store_release() of ksteer_changelog_create() */
	struct ksteer_changelog *log = smp_load_acquire(&kn->changes);

	lockdep_assert_held(ksteer_flow_spinlock(kn, flow));
	if (!log || !(READ_ONCE(dest.vs->events) & ksteer_change_mask(event)))
		return;
	/*
	 * Either a dump sees what became of the flow, or we see here that its
	 * reader listens; pairs with ksteer_changelog_position().
	 */
	smp_mb();
	if (ksteer_listener.wants_flows(kn))
		ksteer_changelog_append(log, flow, dest, event);
}

/**
 * ksteer_changelog_position - how far the changes have come
 * @kn: ksteer of the namespace
 *
 * Whoever looks at the store after this sees what all changes up to here have
 * done; what those behind have done, it may or may not see.
 *
 * Context: process.
 * Return: position of the last change, 0 if there was none.
 */
u64 ksteer_changelog_position(struct ksteer_net *kn)
{
	/* Pairs with smp_store_release() of ksteer_changelog_create() */
	struct ksteer_changelog *log = smp_load_acquire(&kn->changes);
	u64 position = 0;

	if (log) {
		spin_lock_bh(&log->lock);
		position = log->position;
		spin_unlock_bh(&log->lock);
	}
	/* Pairs with that of ksteer_changelog_note_slow() */
	smp_mb();
	return position;
}

/**
 * ksteer_changelog_unread - how many changes wait to be read
 * @log: the log
 *
 * Return: the number; only a reader makes it smaller.
 */
u32 ksteer_changelog_unread(struct ksteer_changelog *log)
{
	u32 unread;

	spin_lock_bh(&log->lock);
	unread = log->head - log->tail;
	spin_unlock_bh(&log->lock);
	return unread;
}

/**
 * ksteer_changelog_peek - look at a change
 * @log: the log
 * @i: the first unread one is 0; less than ksteer_changelog_unread()
 *
 * Context: log->reader held; the change stays until it is consumed.
 * Return: the change.
 */
const struct ksteer_change *
ksteer_changelog_peek(const struct ksteer_changelog *log, u32 i)
{
	lockdep_assert_held(&log->reader);
	return &log->ring[(log->tail + i) & log->mask];
}

/**
 * ksteer_changelog_consume - give places free
 * @log: the log
 * @changes: how many have been read, the first of them first
 *
 * A log that has lost changes begins anew when half of it is free, with the
 * word that some are missing.
 *
 * Context: log->reader held.
 */
void ksteer_changelog_consume(struct ksteer_changelog *log, u32 changes)
{
	struct ksteer_change *change;
	u64 lost;

	lockdep_assert_held(&log->reader);
	spin_lock_bh(&log->lock);
	log->tail += changes;
	if (unlikely(log->full) &&
	    log->head - log->tail <= (log->mask + 1) / 2) {
		lost = ksteer_counter_read(log->kn, KSTEER_COUNT_EVENT_LOST);
		change = ksteer_changelog_add(log, KSTEER_EVENT_LOST);
		change->lost = lost - log->lost;
		log->lost = lost;
		WRITE_ONCE(log->full, false);
	}
	spin_unlock_bh(&log->lock);
}

/* Send what is there now; what comes meanwhile is the worker's */
static void ksteer_changelog_drain(struct ksteer_changelog *log)
{
	u32 sent, left;

	mutex_lock(&log->reader);
	for (left = ksteer_changelog_unread(log); left; left -= sent) {
		sent = ksteer_listener.flows(log, left);
		ksteer_changelog_consume(log, sent);
		cond_resched();
	}
	/* Only a change that finds the log empty calls the worker */
	if (ksteer_changelog_unread(log))
		queue_delayed_work(ksteer_net_queue(log->kn), &log->drain, 0);
	mutex_unlock(&log->reader);
}

/**
 * ksteer_changelog_work - read the changes that wait
 * @work: the work of a change log
 */
void ksteer_changelog_work(struct work_struct *work)
{
	ksteer_changelog_drain(container_of(to_delayed_work(work),
					    struct ksteer_changelog, drain));
}

/**
 * ksteer_changelog_pace - do not run away from the worker
 * @kn: ksteer of the namespace
 *
 * For whoever changes many flows and is no packet: reads the log himself where
 * it is half full, so that nothing is lost.
 *
 * Context: process, may sleep.
 */
void ksteer_changelog_pace(struct ksteer_net *kn)
{
	/* Pairs with smp_store_release() of ksteer_changelog_create() */
	struct ksteer_changelog *log = smp_load_acquire(&kn->changes);

	if (log && ksteer_changelog_unread(log) > log->mask / 2)
		ksteer_changelog_drain(log);
}

/**
 * ksteer_changelog_flush - have done with the events that wait
 * @kn: ksteer of the namespace
 *
 * They refer to destinations.  Whoever frees one sees to it that no flow has it
 * any more, and then calls this.
 *
 * Context: process, under kn->config.
 */
void ksteer_changelog_flush(struct ksteer_net *kn)
{
	lockdep_assert_held(&kn->config);
	if (kn->changes)
		ksteer_changelog_drain(kn->changes);
}

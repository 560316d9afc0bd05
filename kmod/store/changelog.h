/* SPDX-License-Identifier: GPL-2.0-only */
/* The change log: what became of the flows of a namespace, in order. */
#ifndef _KSTEER_CHANGELOG_H
#define _KSTEER_CHANGELOG_H

#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "object/vserver.h"
#include "store/extension.h"
#include "store/flow.h"

/* Changes that may wait for the worker: 3 MB, 50 ms at 300,000 a second */
#define KSTEER_CHANGELOG_PLACES 16384

/**
 * struct ksteer_change - what became of a flow
 * @flow: the flow as it was then; its dest is that of the change and lives at
 *	  least until the change has been read, see ksteer_changelog_flush().
 *	  Nothing of it counts in a change of KSTEER_EVENT_LOST.
 * @position: number of the change in its namespace, from 1
 * @lost: with KSTEER_EVENT_LOST: changes that found no room, about
 * @extra: what was told of its extension then
 * @event: enum ksteer_event
 */
struct ksteer_change {
	struct ksteer_flow flow;
	u64 position;
	u64 lost;
	struct ksteer_extra extra;
	u32 event;
};

/**
 * struct ksteer_changelog - changes that have not been read yet
 * @kn: ksteer of the namespace
 * @lock: covers @head, @tail, @full, @position, @lost and the changes from
 *	  @tail to @head as they are written; BH-safe, innermost
 * @head: changes written so far; the next one's place
 * @tail: changes read so far
 * @full: a change has found no room: none is taken until half is free
 * @position: of the last change
 * @lost: of KSTEER_COUNT_EVENT_LOST, what the log has told
 * @reader: one reader at a time, so that what it says is in order; covers the
 *	    changes from @tail to @head as they are read
 * @drain: the reader's work; queued when there is something to read
 * @mask: places minus one, a power of 2 minus one
 * @ring: the changes
 */
struct ksteer_changelog {
	struct ksteer_net *kn;
	spinlock_t lock; /* see above */
	u32 head;
	u32 tail;
	bool full;
	u64 position;
	u64 lost;
	struct mutex reader; /* see above */
	struct delayed_work drain;
	u32 mask;
	struct ksteer_change ring[];
};

int ksteer_changelog_create(struct ksteer_net *kn, u32 places,
			    work_func_t drain);
void ksteer_changelog_destroy(struct ksteer_net *kn);
void ksteer_changelog_append(struct ksteer_changelog *log,
			     const struct ksteer_flow *flow,
			     struct ksteer_dest dest, enum ksteer_event event);
u64 ksteer_changelog_position(struct ksteer_net *kn);
u32 ksteer_changelog_unread(struct ksteer_changelog *log);
const struct ksteer_change *
ksteer_changelog_peek(const struct ksteer_changelog *log, u32 i);
void ksteer_changelog_consume(struct ksteer_changelog *log, u32 changes);
void ksteer_changelog_work(struct work_struct *work);
void ksteer_changelog_pace(struct ksteer_net *kn);
void ksteer_changelog_flush(struct ksteer_net *kn);

void ksteer_changelog_note_slow(struct ksteer_net *kn,
				const struct ksteer_flow *flow,
				struct ksteer_dest dest,
				enum ksteer_event event);

/*
 * Log what became of a flow, if anyone listens and its virtual server raises
 * this category.  Context: any with BH off, RCU read side, under the flow's
 * lock.
 */
static inline void ksteer_changelog_note(struct ksteer_net *kn,
					 const struct ksteer_flow *flow,
					 struct ksteer_dest dest,
					 enum ksteer_event event)
{
	if (unlikely(READ_ONCE(dest.vs->events)))
		ksteer_changelog_note_slow(kn, flow, dest, event);
}

#endif /* _KSTEER_CHANGELOG_H */

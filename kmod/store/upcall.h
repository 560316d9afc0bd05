/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the data path may say outwards.  Implemented in netlink/nl_event.c and
 * nl_change.c, so that the data path never sees netlink.
 */
#ifndef _KSTEER_UPCALL_H
#define _KSTEER_UPCALL_H

#include <linux/workqueue.h>

#include "object/vserver.h"

/* Flow events that may wait for the worker: 3 MB, 50 ms at 300,000 a second */
#define KSTEER_UPCALL_EVENTS 16384

struct ksteer_moved;

void ksteer_upcall_flow_slow(struct ksteer_net *kn,
			     const struct ksteer_flow *flow,
			     struct ksteer_dest dest, enum ksteer_event event);

/*
 * Log what became of a flow, if anyone listens and its virtual server raises
 * this category.  Context: any with BH off, RCU read side, under the flow's
 * lock.
 */
static inline void ksteer_upcall_flow(struct ksteer_net *kn,
				      const struct ksteer_flow *flow,
				      struct ksteer_dest dest,
				      enum ksteer_event event)
{
	if (unlikely(READ_ONCE(dest.vs->events)))
		ksteer_upcall_flow_slow(kn, flow, dest, event);
}

void ksteer_upcall_pace(struct ksteer_net *kn);
void ksteer_upcall_drain(struct work_struct *work);
void ksteer_upcall_flush(struct ksteer_net *kn);

/* A traffic manager's state or oper state changed.  Context: process. */
void ksteer_upcall_tm(struct ksteer_tm *tm, enum ksteer_event event,
		      const struct ksteer_moved *moved);

#endif /* _KSTEER_UPCALL_H */

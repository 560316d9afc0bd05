/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the data path may say outwards.  Implemented in netlink/nl_event.c, so
 * that the data path never sees netlink.
 */
#ifndef _KSTEER_UPCALL_H
#define _KSTEER_UPCALL_H

#include "vserver.h"

struct ksteer_moved;

void ksteer_upcall_flow_slow(struct ksteer_net *kn,
			     const struct ksteer_flow *flow,
			     const struct ksteer_dest *dest,
			     enum ksteer_event event);

/*
 * Tell the multicast group of flow events, if anyone listens and the flow's
 * virtual server raises this category.  Context: any, RCU read side.
 */
static inline void ksteer_upcall_flow(struct ksteer_net *kn,
				      const struct ksteer_flow *flow,
				      const struct ksteer_dest *dest,
				      enum ksteer_event event)
{
	if (unlikely(READ_ONCE(dest->vs->events)))
		ksteer_upcall_flow_slow(kn, flow, dest, event);
}

/* A traffic manager's state or oper state changed.  Context: process. */
void ksteer_upcall_tm(struct ksteer_tm *tm, enum ksteer_event event,
		      const struct ksteer_moved *moved);

#endif /* _KSTEER_UPCALL_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Flows that are being decided, and the packets that wait for it. */
#ifndef _KSTEER_PENDING_H
#define _KSTEER_PENDING_H

#include "key/packet.h"
#include "object/manager.h"
#include "store/dest.h"

struct ksteer_flow;

/* Milliseconds for which a flow is pending, if nothing else is told */
#define KSTEER_PENDING_DEFAULT 3000

/* What became of a packet of a flow that is, or was, being decided */
enum ksteer_wait {
	KSTEER_WAIT_OVER, /* it has been decided: the packet goes on */
	KSTEER_WAIT_KEPT, /* it waits, and is not the caller's any more */
	KSTEER_WAIT_FULL, /* it cannot wait */
};

/* Is a flow of this destination being decided? */
static inline bool ksteer_is_pending(struct ksteer_dest dest)
{
	return dest.tm &&
	       READ_ONCE(dest.tm->away[KSTEER_V4]) & KSTEER_AWAY_PENDING;
}

int ksteer_pending_create(struct ksteer_net *kn);
void ksteer_pending_destroy(struct ksteer_net *kn);
enum ksteer_wait ksteer_pending_keep(struct ksteer_packet *pkt,
				     struct ksteer_flow *flow,
				     unsigned int dir);
bool ksteer_pending_answer(struct ksteer_net *kn, struct ksteer_flow *flow,
			   struct ksteer_tm *tm);

#endif /* _KSTEER_PENDING_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Destinations: a traffic manager as it serves one virtual server. */
#ifndef _KSTEER_DEST_H
#define _KSTEER_DEST_H

#include "base/ksteer.h"

struct ksteer_tm;
struct ksteer_vs;

/**
 * struct ksteer_dest - where a flow goes, and for whom
 * @tm: the traffic manager; NULL for flows that follow the routing table
 * @vs: the virtual server; NULL for nowhere: the flow is not stored any more
 *
 * A value, made of what a flow keeps: the numbers of both, see flow_dest.h.  So
 * there is nothing to be made, or to be freed, for each pair of them.  Valid on
 * the RCU read side, as the two are.
 */
struct ksteer_dest {
	struct ksteer_tm *tm;
	struct ksteer_vs *vs;
};

#define KSTEER_DEST_NONE ((struct ksteer_dest){})

static inline bool ksteer_dest_same(struct ksteer_dest a, struct ksteer_dest b)
{
	return a.tm == b.tm && a.vs == b.vs;
}

void ksteer_dest_hold(struct ksteer_dest dest, u32 track);
void ksteer_dest_establish(struct ksteer_dest dest);
void ksteer_dest_release(struct ksteer_dest dest, u32 track);

#endif /* _KSTEER_DEST_H */

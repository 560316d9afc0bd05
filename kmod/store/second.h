/* SPDX-License-Identifier: GPL-2.0-only */
/* The entries that a flow has under less specific keys. */
#ifndef _KSTEER_SECOND_H
#define _KSTEER_SECOND_H

#include "object/vserver.h"
#include "store/flow.h"

/* Shown an entry under a less specific key of a flow; RCU read side */
typedef void (*ksteer_second_fn)(struct ksteer_net *kn,
				 struct ksteer_flow *second, const void *arg);
void ksteer_store_seconds(struct ksteer_net *kn, const struct ksteer_flow *flow,
			  const struct ksteer_vs *vs, ksteer_second_fn fn,
			  const void *arg);
void ksteer_refresh_seconds(struct ksteer_net *kn,
			    const struct ksteer_flow *flow,
			    struct ksteer_dest dest);
bool ksteer_second_waits(struct ksteer_flow *flow);

#endif /* _KSTEER_SECOND_H */

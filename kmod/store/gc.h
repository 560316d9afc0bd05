/* SPDX-License-Identifier: GPL-2.0-only */
/* Expiry without a timer a flow. */
#ifndef _KSTEER_GC_H
#define _KSTEER_GC_H

#include "base/ksteer.h"

/* Flows that a walk looks at between two chances to schedule */
#define KSTEER_WALK_SLICE 4096

void ksteer_gc_init(struct ksteer_net *kn);
void ksteer_gc_wake(struct ksteer_net *kn);
void ksteer_gc_stop(struct ksteer_net *kn);

#endif /* _KSTEER_GC_H */

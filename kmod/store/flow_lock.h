/* SPDX-License-Identifier: GPL-2.0-only */
/* What orders the rare steps of one flow's life. */
#ifndef _KSTEER_FLOW_LOCK_H
#define _KSTEER_FLOW_LOCK_H

#include <linux/hash.h>
#include <linux/spinlock.h>

#include "store/flow_dest.h"

/*
 * The lock of a flow: one of an array, chosen by the flow's address.  It orders
 * the rare steps of a flow's life with their accounts and their events: to be
 * stored, if somebody is told of it, to leave the half-open state, to move, to be
 * removed.  BH-safe; inside are taken, each by itself: a bucket's lock of the store,
 * those of the log of events, of what waits to be freed, and of the extensions.
 */
static inline spinlock_t *ksteer_flow_spinlock(const struct ksteer_net *kn,
					       const struct ksteer_flow *flow)
{
	return &kn->store.locks[hash_ptr(flow, 16) & kn->store.lock_mask];
}

static inline void ksteer_flow_lock(const struct ksteer_net *kn,
				    const struct ksteer_flow *flow)
{
	spin_lock_bh(ksteer_flow_spinlock(kn, flow));
}

static inline void ksteer_flow_unlock(const struct ksteer_net *kn,
				      const struct ksteer_flow *flow)
{
	spin_unlock_bh(ksteer_flow_spinlock(kn, flow));
}

/*
 * Its destination, to whoever holds the flow's lock; KSTEER_DEST_NONE if it is
 * removed.  RCU read side, too.
 */
static inline struct ksteer_dest
ksteer_flow_dest_locked(const struct ksteer_net *kn,
			const struct ksteer_flow *flow)
{
	lockdep_assert_held(ksteer_flow_spinlock(kn, flow));
	return ksteer_flow_dest_any_rcu(kn, flow);
}

#endif /* _KSTEER_FLOW_LOCK_H */

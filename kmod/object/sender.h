/* SPDX-License-Identifier: GPL-2.0-only */
/* Who sent a packet: a traffic manager of the server that it is for? */
#ifndef _KSTEER_SENDER_H
#define _KSTEER_SENDER_H

#include "base/ksteer.h"

/**
 * ksteer_senders_changed - who is the sender of what may have become another
 * @kn: ksteer of the namespace
 *
 * Once it shows: a place in the index, a roster, whether a traffic manager is in
 * a pool, or is down.  What packets have noted holds no longer.
 *
 * Context: any.
 */
static inline void ksteer_senders_changed(struct ksteer_net *kn)
{
	/* Pairs with atomic_read_acquire() of ksteer_sender_is_own_rcu() */
	smp_mb__before_atomic();
	atomic_inc(&kn->senders);
}

bool ksteer_sender_is_own_rcu(const struct ksteer_net *kn,
			      const struct ksteer_vs *vs,
			      const struct sk_buff *skb, u8 family);

#endif /* _KSTEER_SENDER_H */

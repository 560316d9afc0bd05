/* SPDX-License-Identifier: GPL-2.0-only */
/* Who makes room in a store that is full. */
#ifndef _KSTEER_EVICT_H
#define _KSTEER_EVICT_H

#include "store/flow.h"
#include "store/store.h"

bool ksteer_evict_over(struct ksteer_net *kn, struct ksteer_flow *flow);
int ksteer_evict_slow(struct ksteer_net *kn, u32 track);

/*
 * Does a newcomer cost another its entry now?  Then it may lose its own before its
 * next packet comes.  Context: any.
 */
static inline bool ksteer_evict_is_near(const struct ksteer_net *kn)
{
	const struct ksteer_conn_store *store = &kn->store;

	return unlikely(
		ksteer_store_count(store) >= READ_ONCE(store->max_flows) ||
		ksteer_store_doubts(store) >= READ_ONCE(store->max_open));
}

/*
 * Room for an entry that begins with @track: within the store's bound, and
 * within the budget of what nobody vouches for.  Return: 0 or -ENOSPC.
 * Context: softirq or BH off, RCU read side.
 */
static inline int ksteer_evict_for(struct ksteer_net *kn, u32 track)
{
	struct ksteer_conn_store *store = &kn->store;

	if (likely(ksteer_store_count(store) < READ_ONCE(store->max_flows) &&
		   (!(track & KSTEER_TRACK_DOUBTED) ||
		    ksteer_store_doubts(store) < READ_ONCE(store->max_open))))
		return 0;
	return ksteer_evict_slow(kn, track);
}

#endif /* _KSTEER_EVICT_H */

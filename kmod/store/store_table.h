/* SPDX-License-Identifier: GPL-2.0-only */
/* The store's hash table, and its count of what nobody vouches for. */
#ifndef _KSTEER_STORE_TABLE_H
#define _KSTEER_STORE_TABLE_H

#include "store/store_find.h"

static __always_inline u32 ksteer_flow_hash(const void *data, u32 len, u32 seed)
{
	const struct ksteer_flow *flow = data;

	return ksteer_mix(flow->hash ^ seed);
}

static __always_inline int ksteer_flow_cmp(struct rhashtable_compare_arg *arg,
					   const void *obj)
{
	const struct ksteer_lookup *look = arg->key;
	const struct ksteer_flow *flow = obj;

	return !(ksteer_key_equal(&look->key, &flow->key) &&
		 ksteer_link_fits(arg->ht, look, flow));
}

/* How the table works, with a compare function */
#define KSTEER_STORE_PARAMS(cmp)                                            \
	{                                                                   \
		.head_offset = offsetof(struct ksteer_flow, node),          \
		.min_size = 1024, .automatic_shrinking = true,              \
		.hashfn = ksteer_look_hash, .obj_hashfn = ksteer_flow_hash, \
		.obj_cmpfn = cmp,                                           \
	}

/* Does it count among those that nobody vouches for?  What is half open does */
static inline bool ksteer_track_is_doubted(u32 track)
{
	return !(track & KSTEER_TRACK_VOUCHED) ||
	       (track & KSTEER_TRACK_STATE) == KSTEER_FLOW_STATE_OPEN;
}

void ksteer_store_tell_doubts(struct ksteer_conn_store *store);

/* As percpu_counter_add_batch(), inlined: each new flow counts */
static __always_inline void ksteer_store_doubt(struct ksteer_conn_store *store,
					       s32 entries)
{
	s32 here = this_cpu_add_return(*store->doubted_here, entries);

	if (unlikely(abs(here) >= READ_ONCE(store->doubted_batch)))
		ksteer_store_tell_doubts(store);
}

#endif /* _KSTEER_STORE_TABLE_H */

// SPDX-License-Identifier: GPL-2.0-only
/* The selection mechanisms, by their numbers. */
#include "sched/sched.h"

static const struct ksteer_sched_ops *const ksteer_sched_all[] = {
	[KSTEER_SCHED_RR] = &ksteer_sched_rr,
	[KSTEER_SCHED_WRR] = &ksteer_sched_wrr,
	[KSTEER_SCHED_LC] = &ksteer_sched_lc,
	[KSTEER_SCHED_HASH_SRC] = &ksteer_sched_hash_src,
	[KSTEER_SCHED_HASH_DST] = &ksteer_sched_hash_dst,
	[KSTEER_SCHED_HASH_SET] = &ksteer_sched_hash_set,
	[KSTEER_SCHED_MAGLEV] = &ksteer_sched_maglev,
	[KSTEER_SCHED_ORDERED] = &ksteer_sched_ordered,
	[KSTEER_SCHED_GPORT] = &ksteer_sched_gport,
};

/**
 * ksteer_sched_ops - find a selection mechanism
 * @sched: its number
 *
 * Context: any.
 * Return: the mechanism, or NULL if there is none of that number.
 */
const struct ksteer_sched_ops *ksteer_sched_ops(enum ksteer_sched sched)
{
	if ((u32)sched >= ARRAY_SIZE(ksteer_sched_all))
		return NULL;
	return ksteer_sched_all[sched];
}

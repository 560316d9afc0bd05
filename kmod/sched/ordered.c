// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ordered list, also known as global availability: the first member in the
 * order of the pool that accepts.
 *
 * That the first of all has room again is seen at once; that another of many has,
 * after some flows, see open.c.
 */

#include "sched/sched.h"

static int ksteer_ordered_select(struct ksteer_set *set,
				 const struct ksteer_tuple *tuple,
				 unsigned int how)
{
	if (likely(ksteer_candidate_accepts(set->member[0].candidate)))
		return 0;
	return ksteer_open_next(set, 0, how);
}

const struct ksteer_sched_ops ksteer_sched_ordered = {
	.name = "ordered",
	.select = ksteer_ordered_select,
};

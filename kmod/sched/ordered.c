// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ordered list, also known as global availability: the first member in the
 * order of the pool that accepts.
 */

#include "sched.h"

static int ksteer_ordered_select(struct ksteer_set *set,
				 const struct ksteer_tuple *tuple,
				 unsigned int how)
{
	return ksteer_sched_next(set, 0);
}

const struct ksteer_sched_ops ksteer_sched_ordered = {
	.name = "ordered",
	.select = ksteer_ordered_select,
};

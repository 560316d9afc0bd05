// SPDX-License-Identifier: GPL-2.0-only
/*
 * Greater port: the endpoint with the greater port decides, so that both
 * directions reach the same member with no state at all.
 */

#include "sched/sched.h"

static int ksteer_gport_select(struct ksteer_set *set,
			       const struct ksteer_tuple *tuple,
			       unsigned int how)
{
	u64 hash = ksteer_sched_hash_gport(set, tuple);

	return ksteer_sched_table_pick(set, hash, how);
}

const struct ksteer_sched_ops ksteer_sched_gport = {
	.name = "gport",
	.table = true,
	.select = ksteer_gport_select,
};

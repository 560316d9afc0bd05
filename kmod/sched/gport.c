// SPDX-License-Identifier: GPL-2.0-only
/*
 * Greater port: the endpoint with the greater port decides, so that both
 * directions reach the same member with no state at all.
 */

#include <ksteer/gport.h>

#include "sched/sched.h"

/**
 * ksteer_sched_hash_gport - hash the endpoint with the greater port
 * @set: set; its seed is the key
 * @tuple: endpoints of the packet, in either direction
 *
 * Context: any.
 * Return: the hash, the same for both directions.
 */
u64 ksteer_sched_hash_gport(const struct ksteer_set *set,
			    const struct ksteer_tuple *tuple)
{
	bool has_ports = tuple->sport || tuple->dport;

	return ksteer_gport_hash(set->seed, &tuple->src, tuple->sport,
				 &tuple->dst, tuple->dport, has_ports,
				 tuple->family);
}

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

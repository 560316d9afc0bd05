// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hash of one address: the source, the destination, or that which does not lie
 * in a configured set.  Members have shares by weight.
 */

#include <net/ipv6.h>
#include <ksteer/gport.h>

#include "sched.h"

static int ksteer_hash_src_select(struct ksteer_set *set,
				  const struct ksteer_tuple *tuple,
				  unsigned int how)
{
	u64 hash = ksteer_sched_hash_addr(set, &tuple->src, tuple->family);

	return ksteer_sched_table_pick(set, hash);
}

static int ksteer_hash_dst_select(struct ksteer_set *set,
				  const struct ksteer_tuple *tuple,
				  unsigned int how)
{
	u64 hash = ksteer_sched_hash_addr(set, &tuple->dst, tuple->family);

	return ksteer_sched_table_pick(set, hash);
}

static bool ksteer_hash_set_has(const struct ksteer_set *set,
				const union ksteer_addr *addr, u8 family)
{
	u32 i;

	for (i = 0; i < set->prefixes; i++) {
		const struct ksteer_prefix *prefix = &set->prefix[i];

		/* an IPv4 address is the first bytes of the union as well */
		if (prefix->family == family &&
		    ipv6_prefix_equal(&addr->v6, &prefix->addr.v6, prefix->len))
			return true;
	}
	return false;
}

/*
 * Where both addresses or neither lie in the set, both are hashed, in the order
 * of their values.  So both directions have the same answer in any case.
 */
static u64 ksteer_hash_set(const struct ksteer_set *set,
			   const struct ksteer_tuple *tuple)
{
	bool src = ksteer_hash_set_has(set, &tuple->src, tuple->family);
	bool dst = ksteer_hash_set_has(set, &tuple->dst, tuple->family);

	if (src == dst)
		return ksteer_gport_hash(set->seed, &tuple->src, 0, &tuple->dst,
					 0, false, tuple->family);
	return ksteer_sched_hash_addr(set, src ? &tuple->dst : &tuple->src,
				      tuple->family);
}

static int ksteer_hash_set_select(struct ksteer_set *set,
				  const struct ksteer_tuple *tuple,
				  unsigned int how)
{
	return ksteer_sched_table_pick(set, ksteer_hash_set(set, tuple));
}

const struct ksteer_sched_ops ksteer_sched_hash_src = {
	.name = "hash-src",
	.table = true,
	.select = ksteer_hash_src_select,
};

const struct ksteer_sched_ops ksteer_sched_hash_dst = {
	.name = "hash-dst",
	.table = true,
	.select = ksteer_hash_dst_select,
};

const struct ksteer_sched_ops ksteer_sched_hash_set = {
	.name = "hash-set",
	.table = true,
	.select = ksteer_hash_set_select,
};

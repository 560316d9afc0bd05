// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hash of one address: the source, the destination, or that which does not lie
 * in a configured set.  Members have shares by weight.
 */

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <ksteer/gport.h>
#include <ksteer/span.h>

#include "sched/sched.h"

static int ksteer_hash_src_select(struct ksteer_set *set,
				  const struct ksteer_tuple *tuple,
				  unsigned int how)
{
	u64 hash = ksteer_sched_hash_addr(set, &tuple->src, tuple->family);

	return ksteer_sched_table_pick(set, hash, how);
}

static int ksteer_hash_dst_select(struct ksteer_set *set,
				  const struct ksteer_tuple *tuple,
				  unsigned int how)
{
	u64 hash = ksteer_sched_hash_addr(set, &tuple->dst, tuple->family);

	return ksteer_sched_table_pick(set, hash, how);
}

static int ksteer_prefix_cmp(const void *x, const void *y)
{
	const struct ksteer_prefix *a = x, *b = y;

	return (int)a->family - b->family			   ?:
		       memcmp(&a->addr, &b->addr, sizeof(a->addr)) ?:
		       (int)a->len - b->len;
}

/* The prefixes of the set's family in a line, in which one is found at once */
static int ksteer_hash_set_build(struct ksteer_set *set)
{
	struct ksteer_sweep *sweep = kmalloc(sizeof(*sweep), GFP_KERNEL);
	struct ksteer_prefix *p = set->prefix;
	u32 i;

	set->span = kvmalloc_array(2 * set->prefixes + 1, sizeof(*set->span),
				   GFP_KERNEL_ACCOUNT);
	if (!sweep || !set->span) {
		kfree(sweep);
		return -ENOMEM;
	}
	sort(p, set->prefixes, sizeof(*p), ksteer_prefix_cmp, NULL);
	ksteer_sweep_begin(sweep, set->span);
	for (i = 0; i < set->prefixes; i++) {
		if (p[i].family != set->family ||
		    (i && !ksteer_prefix_cmp(&p[i - 1], &p[i])))
			continue;
		ksteer_sweep_add(sweep, ksteer_point(&p[i].addr, p[i].family),
				 p[i].len, 1);
	}
	set->spans = ksteer_sweep_end(sweep);
	kfree(sweep);
	return 0;
}

static bool ksteer_hash_set_has(const struct ksteer_set *set,
				const union ksteer_addr *addr)
{
	return ksteer_span_owner(set->span, set->spans,
				 ksteer_point(addr, set->family));
}

/*
 * Where both addresses or neither lie in the set, both are hashed, in the order
 * of their values.  So both directions have the same answer in any case.
 */
static u64 ksteer_hash_set(const struct ksteer_set *set,
			   const struct ksteer_tuple *tuple)
{
	bool src = ksteer_hash_set_has(set, &tuple->src);
	bool dst = ksteer_hash_set_has(set, &tuple->dst);

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
	return ksteer_sched_table_pick(set, ksteer_hash_set(set, tuple), how);
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
	.build = ksteer_hash_set_build,
	.select = ksteer_hash_set_select,
};

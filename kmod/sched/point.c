// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shares by weight: the members' weights lie one after the other, and who lies at a
 * point is found at a cost that does not grow with the members.
 *
 * A guide says of each of about as many equal parts of the sum as there are members
 * who lies where it begins.  There are as many boundaries between members as parts,
 * so on the average one step is left; and never more than a bisection takes.
 */

#include <linux/log2.h>
#include <linux/mm.h>

#include "sched/sched.h"

/* The member between these two, both included, at a point */
static u32 ksteer_point_bisect(const struct ksteer_set *set, u32 point, u32 low,
			       u32 high)
{
	while (low < high) {
		u32 mid = (low + high) / 2;

		if (point < set->member[mid].sum)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

/**
 * ksteer_point_build - make the guide of a set
 * @set: set, not yet published, with its members; gets @guide
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int ksteer_point_build(struct ksteer_set *set)
{
	u32 parts, i, at = 0;

	set->guide_shift = ilog2(set->total_weight / set->members);
	parts = ((set->total_weight - 1) >> set->guide_shift) + 1;
	set->guide = kvmalloc_array(parts + 1, sizeof(*set->guide),
				    GFP_KERNEL_ACCOUNT);
	if (!set->guide)
		return -ENOMEM;
	for (i = 0; i < parts; i++) {
		while (set->member[at].sum <= i << set->guide_shift)
			at++;
		set->guide[i] = at;
	}
	set->guide[parts] = set->members - 1;
	return 0;
}

/**
 * ksteer_point_at - who lies at a point of the sum of the weights?
 * @set: set
 * @point: less than the sum of the weights
 *
 * Context: any.
 * Return: index of the member, whether it accepts or not.
 */
u32 ksteer_point_at(const struct ksteer_set *set, u32 point)
{
	const u16 *guide = set->guide;

	if (!guide)
		return ksteer_point_bisect(set, point, 0, set->members - 1);
	guide += point >> set->guide_shift;
	return ksteer_point_bisect(set, point, guide[0], guide[1]);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Weighted round robin in static ratios, turns well mixed.
 *
 * With every selection each member's standing rises by its weight; the one
 * that stands highest is chosen and pays the sum of the weights.  Over as many
 * selections as the weights add up to, each member is chosen exactly as often
 * as its weight says.
 */

#include <linux/slab.h>

#include "sched.h"

static int ksteer_wrr_build(struct ksteer_set *set)
{
	gfp_t gfp = GFP_KERNEL_ACCOUNT;

	set->standing = kvcalloc(set->members, sizeof(s64), gfp);
	return set->standing ? 0 : -ENOMEM;
}

static int ksteer_wrr_choose(struct ksteer_set *set, bool peek)
{
	s64 total = 0, top = 0;
	int best = -1;
	u32 i;

	lockdep_assert_held(&set->turns->lock);
	if (unlikely(set->replaced))
		return KSTEER_SELECT_AGAIN;
	for (i = 0; i < set->members; i++) {
		const struct ksteer_member *member = &set->member[i];
		s64 standing = set->standing[i] + member->weight;

		if (!ksteer_tm_accepts(member->tm))
			continue;
		total += member->weight;
		if (!peek)
			set->standing[i] = standing;
		if (best < 0 || standing > top) {
			best = i;
			top = standing;
		}
	}
	if (best >= 0 && !peek)
		set->standing[best] -= total;
	return best;
}

static int ksteer_wrr_select(struct ksteer_set *set,
			     const struct ksteer_tuple *tuple, unsigned int how)
{
	int best;

	/* A packet that comes back from a queue comes with BH on */
	spin_lock_bh(&set->turns->lock);
	best = ksteer_wrr_choose(set, how & KSTEER_SELECT_PEEK);
	spin_unlock_bh(&set->turns->lock);
	return best;
}

const struct ksteer_sched_ops ksteer_sched_wrr = {
	.name = "wrr",
	.build = ksteer_wrr_build,
	.select = ksteer_wrr_select,
};

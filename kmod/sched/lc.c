// SPDX-License-Identifier: GPL-2.0-only
/*
 * Least connections: the member with the fewest flows for its weight.
 *
 * Of equals the first after the last choice is taken, so that they share.
 */

#include "sched.h"

/* flows / weight of a less than of b, without dividing */
static bool ksteer_lc_less(u32 a_flows, u32 a_weight, u32 b_flows, u32 b_weight)
{
	return (u64)a_flows * b_weight < (u64)b_flows * a_weight;
}

static int ksteer_lc_select(struct ksteer_set *set,
			    const struct ksteer_tuple *tuple, unsigned int how)
{
	u32 at = ksteer_turns_at(set);
	u32 best_flows = 0;
	int best = -1;
	u32 i;

	for (i = 0; i < set->members; i++, at++) {
		const struct ksteer_member *member;
		u32 flows;

		if (at >= set->members)
			at = 0;
		member = &set->member[at];
		if (!ksteer_tm_accepts(member->tm))
			continue;
		flows = atomic_read(&member->tm->count.flows);
		if (best < 0 ||
		    ksteer_lc_less(flows, member->weight, best_flows,
				   set->member[best].weight)) {
			best = at;
			best_flows = flows;
		}
	}
	/* CPUs that overwrite each other here only blur the order of equals */
	if (best >= 0 && !(how & KSTEER_SELECT_PEEK))
		atomic_set(&set->turns->next, set->base + best + 1);
	return best;
}

const struct ksteer_sched_ops ksteer_sched_lc = {
	.name = "lc",
	.select = ksteer_lc_select,
};

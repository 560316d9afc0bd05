// SPDX-License-Identifier: GPL-2.0-only
/*
 * Round robin: each member in turn.
 *
 * Weights do not count, but for 0: such members are not in the set at all.
 * A member that does not accept loses its turn, and those after it do not get
 * more than their own.
 */

#include "sched.h"

static int ksteer_rr_select(struct ksteer_set *set,
			    const struct ksteer_tuple *tuple, unsigned int how)
{
	u32 at = 0;
	u32 i;

	if (how & KSTEER_SELECT_PEEK)
		return ksteer_sched_next(set, ksteer_turns_at(set));
	for (i = 0; i < set->members; i++) {
		at = (u32)atomic_fetch_inc(&set->turns->next) - set->base;
		at %= set->members;
		if (likely(ksteer_tm_accepts(set->member[at].tm)))
			return at;
	}
	/* other CPUs may have taken just the turns of those that accept */
	return ksteer_sched_next(set, at);
}

const struct ksteer_sched_ops ksteer_sched_rr = {
	.name = "rr",
	.select = ksteer_rr_select,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Round robin: each member in turn.
 *
 * Weights do not count, but for 0: such members are not in the set at all.
 * A member that does not accept loses its turn, and those after it do not get
 * more than their own.
 */

#include "sched/sched.h"

/* How often a CPU that is to pass over members may be outrun by others */
#define KSTEER_RR_TRIES 8

static int ksteer_rr_select(struct ksteer_set *set,
			    const struct ksteer_tuple *tuple, unsigned int how)
{
	atomic_t *next = &set->turns->next;
	u32 i, at, turn, over;
	int to = -1;

	if (how & KSTEER_SELECT_PEEK)
		return ksteer_open_next(set, ksteer_turns_at(set), how);
	for (i = 0; i < KSTEER_RR_TRIES; i++) {
		turn = (u32)atomic_fetch_inc(next);
		at = (turn - set->base) % set->members;
		if (likely(ksteer_candidate_accepts(set->member[at].candidate)))
			return at;
		to = ksteer_open_next(set, at + 1, how);
		/* Where nobody is chosen nobody has had a turn */
		over = to < 0 ? -1 : (to + set->members - at) % set->members;
		if (atomic_cmpxchg(next, turn + 1, turn + 1 + over) ==
			    (int)(turn + 1) ||
		    to < 0)
			return to;
	}
	/* CPUs that go on outrunning each other blur the order */
	return to;
}

const struct ksteer_sched_ops ksteer_sched_rr = {
	.name = "rr",
	.select = ksteer_rr_select,
};

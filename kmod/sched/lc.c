// SPDX-License-Identifier: GPL-2.0-only
/*
 * Least connections: the member with the fewest flows for its weight.
 *
 * Few members are all looked at.  Of equals the first after the last choice is
 * taken, so that they share.
 *
 * Of many, some are drawn by weight from those that accept, and the best of these
 * is taken: the loads end up a few flows apart all the same, whatever the number
 * of members, a member that is new or idle gets its share of the lots and not all
 * new flows at once, and CPUs that choose at the same time do not meet.  The lots
 * follow from the number of the selection: who asks without taking a turn hears
 * who would be next.
 */

#include <ksteer/hash.h>

#include "sched/sched.h"

/*
 * Of a thousand equal members with 100,000 flows that come and go, with 2 the
 * greatest load is 4 flows above the mean and the least 8 below it; with 4 it is 2
 * and 6; with 8 it is 1 and 3, for twice the work.
 */
#define KSTEER_LC_LOTS 4

/* 2^64 over the golden ratio */
#define KSTEER_LC_STEP 0x9e3779b97f4a7c15ULL

/* flows / weight of a less than of b, without dividing */
static bool ksteer_lc_less(u32 a_flows, u32 a_weight, u32 b_flows, u32 b_weight)
{
	return (u64)a_flows * b_weight < (u64)b_flows * a_weight;
}

static int ksteer_lc_look(struct ksteer_set *set, unsigned int how)
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
		if (!ksteer_candidate_accepts(member->candidate))
			continue;
		flows = atomic_read(&member->candidate->count->flows);
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

/* One number of a sequence in which no number tells of the next (splitmix64) */
static u64 ksteer_lc_lot(u64 n)
{
	n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9ULL;
	n = (n ^ n >> 27) * 0x94d049bb133111ebULL;
	return n ^ n >> 31;
}

static int ksteer_lc_draw(struct ksteer_set *set, unsigned int how)
{
	bool peek = how & KSTEER_SELECT_PEEK;
	u32 turn = peek ? atomic_read(&set->turns->next) :
			  atomic_fetch_inc(&set->turns->next);
	u64 n = set->seed + (u64)turn * KSTEER_LC_LOTS * KSTEER_LC_STEP;
	u32 i, flows, best_flows = 0;
	int at, best = -1;

	if (!peek)
		ksteer_open_look(set);
	for (i = 0; i < KSTEER_LC_LOTS; i++, n += KSTEER_LC_STEP) {
		at = ksteer_open_draw(set, ksteer_lc_lot(n), how);
		if (unlikely(at < 0))
			continue;
		flows = atomic_read(&set->member[at].candidate->count->flows);
		if (best < 0 ||
		    ksteer_lc_less(flows, set->member[at].weight, best_flows,
				   set->member[best].weight)) {
			best = at;
			best_flows = flows;
		}
	}
	if (likely(best >= 0))
		return best;
	return ksteer_open_share(set, ksteer_lc_lot(n), 0, how);
}

static int ksteer_lc_select(struct ksteer_set *set,
			    const struct ksteer_tuple *tuple, unsigned int how)
{
	return set->open ? ksteer_lc_draw(set, how) : ksteer_lc_look(set, how);
}

const struct ksteer_sched_ops ksteer_sched_lc = {
	.name = "lc",
	.select = ksteer_lc_select,
};

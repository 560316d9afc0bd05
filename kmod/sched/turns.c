// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose turn it is, from one set of a pool to the next.
 *
 * A set counts its members; who is counted changes with every rebuild.  So what
 * is handed on speaks of places in the pool: the member that was chosen last,
 * after which the next usable one follows; and what each member is owed, as part
 * of a turn, so that other weights do not make a burst of it.
 */
#include <linux/math64.h>

#include "sched/sched.h"

/* What a member is owed is counted in so many parts of a turn */
#define KSTEER_TURN_SHIFT 20

/**
 * ksteer_turns_init - nobody has had a turn yet
 * @turns: of a pool that is being made
 */
void ksteer_turns_init(struct ksteer_turns *turns)
{
	atomic_set(&turns->next, 0);
	atomic_set(&turns->spare, 0);
	spin_lock_init(&turns->lock);
	turns->seen = 0;
	turns->last = -1;
	turns->phase = 0;
}

/**
 * ksteer_turns_at - whose turn it is
 * @set: set
 *
 * Context: any.
 * Return: index of the member.
 */
u32 ksteer_turns_at(const struct ksteer_set *set)
{
	return ((u32)atomic_read(&set->turns->next) - set->base) % set->members;
}

/* The member that had the turn before this one */
static u32 ksteer_turns_before(const struct ksteer_set *old, u32 next)
{
	if (old->step)
		return ksteer_point_at(old, ksteer_wrr_point(old, next - 1));
	return (next - 1 - old->base) % old->members;
}

/*
 * Of many members none is owed anything, only the circle goes on where it was.  That
 * is noted to a part of a point: rounded to points, weights that change with each
 * flow would soon lead round by the same few members.
 */
static void ksteer_turns_save_circle(struct ksteer_turns *turns,
				     const struct ksteer_set *old, u32 next,
				     s64 *owed)
{
	u64 last = (u64)ksteer_wrr_point(old, next - 1) << 32 | old->offset;
	u32 i;

	if (next != turns->seen)
		turns->phase = div_u64(last, old->total_weight);
	for (i = 0; i < old->members; i++)
		owed[old->member[i].place] = 0;
}

/*
 * A golden section behind the last turn, whatever the steps of both sets are: so
 * turns lie evenly also if each has a set of its own.
 * Return: the turn that is there, counted from @base
 */
static u32 ksteer_turns_load_circle(const struct ksteer_turns *turns,
				    struct ksteer_set *set)
{
	u32 phase = turns->phase + KSTEER_WRR_GOLDEN;
	u64 at = (u64)phase * set->total_weight;

	set->offset = at;
	return ksteer_wrr_turn(set, at >> 32);
}

/**
 * ksteer_turns_save - note how far a set has come that is about to go
 * @turns: the pool's
 * @old: the set, or NULL
 * @owed: by place in the pool: what each member is owed; those that the set does
 *	  not offer keep what they had
 *
 * Context: under kn->config and @turns->lock.
 */
void ksteer_turns_save(struct ksteer_turns *turns, const struct ksteer_set *old,
		       s64 *owed)
{
	u32 i, next = atomic_read(&turns->next);

	lockdep_assert_held(&turns->lock);
	if (!old)
		return;
	/* Where nobody was chosen the one before stays the last */
	if (next != turns->seen) {
		i = ksteer_turns_before(old, next);
		turns->last = old->member[i].place;
	}
	if (old->step)
		ksteer_turns_save_circle(turns, old, next, owed);
	for (i = 0; old->standing && i < old->members; i++)
		owed[old->member[i].place] =
			div_s64(old->standing[i] * (1 << KSTEER_TURN_SHIFT),
				old->total_weight);
}

/* The first member behind the one that was chosen last */
static u32 ksteer_turns_follow(const struct ksteer_set *set, int last)
{
	u32 i;

	for (i = 0; i < set->members; i++)
		if ((int)set->member[i].place > last)
			return i;
	return 0;
}

/**
 * ksteer_turns_load - let a new set go on from there
 * @turns: the pool's; its @last speaks of the places that the set's members have
 * @set: the set, not yet published; or NULL
 * @owed: by place in the pool: what each member is owed
 *
 * Context: under kn->config and @turns->lock.
 */
void ksteer_turns_load(struct ksteer_turns *turns, struct ksteer_set *set,
		       const s64 *owed)
{
	u32 i;

	lockdep_assert_held(&turns->lock);
	turns->seen = atomic_read(&turns->next);
	if (!set)
		return;
	set->turns = turns;
	/* Who takes turns by the old set meanwhile takes them from the new one */
	set->base = turns->seen;
	set->base -= set->step ? ksteer_turns_load_circle(turns, set) :
				 ksteer_turns_follow(set, turns->last);
	for (i = 0; set->standing && i < set->members; i++)
		set->standing[i] =
			owed[set->member[i].place] * set->total_weight >>
			KSTEER_TURN_SHIFT;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Weighted round robin in static ratios, turns well mixed.  Over as many
 * selections as the weights add up to, each member is chosen exactly as often as
 * its weight says.
 *
 * Of few members: with every selection each member's standing rises by its weight;
 * the one that stands highest is chosen and pays the sum of the weights.
 *
 * Of many that would take too long.  Instead the weights lie one after the other on
 * a circle of as many points as they add up to, and each turn goes on by the same
 * number of points, which has no divisor in common with the circle: so a round
 * meets each point once, from wherever it begins, and a member as often as its
 * weight says.  The step is near the golden section of the circle, so the points of
 * any few turns lie far apart and those of many lie evenly: at any time a member is
 * but a few turns from its share, and none whose share is below three eighths has
 * two turns in a row.  A turn is a number, taken without a lock; nothing is kept of
 * the members, so one that joins is owed nothing.  (A heap of who is due would be
 * as exact, but needs a lock around ten of its nodes; a list of the turns would be
 * as long as the weights add up to, which may be 268 million.)
 *
 * A turn of one that is full is passed on to the next turn.  If those of four in a
 * row are full, it is shared by weight among those that accept, by a circle of
 * their own: near the ratio, but no longer exact.
 */

#include <linux/math64.h>
#include <linux/slab.h>

#include "sched/sched.h"

/* Turns to take before one is shared among those that accept */
#define KSTEER_WRR_TURNS 4

/* Steps to choose from, next to the golden section on either side */
#define KSTEER_WRR_STEPS 256

/**
 * ksteer_wrr_point - where on the circle of the weights a turn is
 * @set: wrr set of many members
 * @turn: value of @turns->next
 *
 * Context: any.
 * Return: the point, less than the sum of the weights.
 */
u32 ksteer_wrr_point(const struct ksteer_set *set, u32 turn)
{
	u32 point;

	turn = (turn - set->base) % set->total_weight;
	div_u64_rem((u64)turn * set->step, set->total_weight, &point);
	return point;
}

/**
 * ksteer_wrr_turn - which turn, counted from @base, is at a point
 * @set: wrr set of many members
 * @point: less than the sum of the weights
 *
 * Context: any.
 * Return: the turn.
 */
u32 ksteer_wrr_turn(const struct ksteer_set *set, u32 point)
{
	u32 turn;

	div_u64_rem((u64)point * set->unstep, set->total_weight, &turn);
	return turn;
}

/*
 * How uneven are the points of a step?  By the quotients of Euclid's algorithm: the
 * greatest says how much nearer than others two points may come.
 * Return: it, or U32_MAX if the step leaves points out.
 */
static u32 ksteer_wrr_unevenness(u32 step, u32 circle)
{
	u32 a = circle, b = step, worst = 0;

	while (b) {
		u32 rest = a % b;

		worst = max(worst, a / b);
		a = b;
		b = rest;
	}
	return a == 1 ? worst : U32_MAX;
}

/* Are two turns in a row three eighths of the circle apart, either way? */
static bool ksteer_wrr_far(u32 step, u32 circle)
{
	return step < circle && step > circle / 2 &&
	       8 * (u64)(circle - step) >= 3 * (u64)circle;
}

/* Of the circles of more than a few points each has such a step */
static u32 ksteer_wrr_step(u32 circle)
{
	u32 golden = (u64)circle * KSTEER_WRR_GOLDEN >> 32;
	u32 i, best = 1, worst = U32_MAX;

	for (i = 0; i < KSTEER_WRR_STEPS; i++) {
		/* golden, golden + 1, golden - 1, golden + 2 ... */
		u32 step = i & 1 ? golden + (i + 1) / 2 : golden - i / 2;
		u32 uneven;

		if (!ksteer_wrr_far(step, circle))
			continue;
		uneven = ksteer_wrr_unevenness(step, circle);
		if (uneven < worst) {
			best = step;
			worst = uneven;
		}
	}
	return best;
}

/* The number by which a step becomes 1 on the circle, by Euclid's algorithm */
static u32 ksteer_wrr_unstep(u32 step, u32 circle)
{
	s64 x = 0, next = 1;
	u32 a = circle, b = step;

	while (b) {
		u32 quotient = a / b, rest = a % b;
		s64 then = x - quotient * next;

		a = b;
		b = rest;
		x = next;
		next = then;
	}
	return x < 0 ? x + circle : x;
}

static int ksteer_wrr_build(struct ksteer_set *set)
{
	gfp_t gfp = GFP_KERNEL_ACCOUNT;

	if (set->open) {
		set->step = ksteer_wrr_step(set->total_weight);
		set->unstep = ksteer_wrr_unstep(set->step, set->total_weight);
		return 0;
	}
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

		if (!ksteer_candidate_accepts(member->candidate))
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

static int ksteer_wrr_few(struct ksteer_set *set, unsigned int how)
{
	int best;

	/* A packet that comes back from a queue comes with BH on */
	spin_lock_bh(&set->turns->lock);
	best = ksteer_wrr_choose(set, how & KSTEER_SELECT_PEEK);
	spin_unlock_bh(&set->turns->lock);
	return best;
}

/* A number that is counted; who only peeks is told the one that comes next */
static u32 ksteer_wrr_count(atomic_t *count, u32 peeked, unsigned int how)
{
	if (how & KSTEER_SELECT_PEEK)
		return (u32)atomic_read(count) + peeked;
	return atomic_fetch_inc(count);
}

static int ksteer_wrr_many(struct ksteer_set *set, unsigned int how)
{
	struct ksteer_turns *turns = set->turns;
	u32 i, at, turn;
	u64 lot;

	for (i = 0; i < KSTEER_WRR_TURNS; i++) {
		turn = ksteer_wrr_count(&turns->next, i, how);
		at = ksteer_point_at(set, ksteer_wrr_point(set, turn));
		if (likely(ksteer_candidate_accepts(set->member[at].candidate)))
			return at;
	}
	turn = ksteer_wrr_count(&turns->spare, 0, how);
	lot = (u64)(turn * KSTEER_WRR_GOLDEN) << 32;
	return ksteer_open_share(set, lot, 0, how);
}

static int ksteer_wrr_select(struct ksteer_set *set,
			     const struct ksteer_tuple *tuple, unsigned int how)
{
	return set->open ? ksteer_wrr_many(set, how) : ksteer_wrr_few(set, how);
}

const struct ksteer_sched_ops ksteer_sched_wrr = {
	.name = "wrr",
	.build = ksteer_wrr_build,
	.select = ksteer_wrr_select,
};

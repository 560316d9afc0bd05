/* SPDX-License-Identifier: GPL-2.0-only */
/* Whose turn it is, from one set of a pool to the next. */
#ifndef _KSTEER_SCHED_TURNS_H
#define _KSTEER_SCHED_TURNS_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/spinlock.h>

struct ksteer_set;

/**
 * struct ksteer_turns - whose turn it is in a pool; outlives its sets
 * @next: turns taken so far; lc of few members: the place after the last choice.
 *	  Sets count from their own @base
 * @spare: wrr of many members: turns of members that were full
 * @lock: covers the standings of the current set, and which one that is
 * @seen: @next when the current set was published; kn->config
 * @last: place in the pool of the member that was chosen last, -1 for none;
 *	  kn->config
 * @phase: wrr of many members: where on the circle of the weights the last turn was,
 *	   in parts of 2^32; kn->config
 *
 * One for each family.  A set that is replaced must not make the turn begin
 * anew: with a member that comes and goes the first would get all.
 */
struct ksteer_turns {
	atomic_t next;
	atomic_t spare;
	spinlock_t lock; /* see above */
	u32 seen;
	int last;
	u32 phase;
} ____cacheline_aligned_in_smp;

void ksteer_turns_init(struct ksteer_turns *turns);
u32 ksteer_turns_at(const struct ksteer_set *set);
void ksteer_turns_save(struct ksteer_turns *turns, const struct ksteer_set *old,
		       s64 *owed);
void ksteer_turns_load(struct ksteer_turns *turns, struct ksteer_set *set,
		       const s64 *owed);

#endif /* _KSTEER_SCHED_TURNS_H */

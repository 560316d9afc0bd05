/* SPDX-License-Identifier: GPL-2.0-only */
/* What a selection mechanism knows of whom it may choose. */
#ifndef _KSTEER_CANDIDATE_H
#define _KSTEER_CANDIDATE_H

#include <linux/atomic.h>
#include <linux/cache.h>

#include "base/ksteer.h"

/**
 * struct ksteer_tally - the entries of a traffic manager in the store
 * @flows: under full keys
 * @established: of these, those that count for its limit
 * @partial: under less specific keys, persistence among them
 *
 * All CPUs write here, and selection reads: so it has a line of its own.
 */
struct ksteer_tally {
	atomic_t flows;
	atomic_t established;
	atomic_t partial;
};

/* All entries: while there are any, it may not be freed */
static inline u32 ksteer_tally_refs(const struct ksteer_tally *tally)
{
	return (u32)atomic_read(&tally->flows) + atomic_read(&tally->partial);
}

/**
 * struct ksteer_candidate - whom a mechanism may choose
 * @name: by which tables know it; NUL-terminated, never changes
 * @count: its entries
 * @state: up, drain or down
 * @max_flows: most established flows at a time; 0 without limit
 *
 * Packets read it while it is written: READ_ONCE() and WRITE_ONCE().
 */
struct ksteer_candidate {
	const char *name;
	const struct ksteer_tally *count;
	u32 state;
	u32 max_flows;
};

/* May new flows go there, as far as the operator's settings say? */
static inline bool
ksteer_candidate_accepts(const struct ksteer_candidate *candidate)
{
	u32 max = READ_ONCE(candidate->max_flows);

	return READ_ONCE(candidate->state) == KSTEER_TM_STATE_UP &&
	       (!max || atomic_read(&candidate->count->established) < max);
}

#endif /* _KSTEER_CANDIDATE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Who of the many members of a set accepts new flows. */
#ifndef _KSTEER_SCHED_OPEN_H
#define _KSTEER_SCHED_OPEN_H

#include <linux/atomic.h>
#include <linux/types.h>

struct ksteer_set;

/* So many members are gone through one by one; of more there is a record */
#define KSTEER_OPEN_FEW 16

/**
 * struct ksteer_open - which members of a set accept, as far as was seen
 * @weight: sum of the weights of those
 * @top: greatest power of two that is no more than the members; @sum has twice as
 *	 many nodes, so that a search need not ask where it ends
 * @cursor: where to look next for one that accepts again
 * @swept: jiffies at which all were looked at last
 * @bit: a bit each, set for those that accept
 * @sum: Fenwick tree of the weights of those, its nodes counted from 1
 *
 * A hint that packets keep up to date without a lock: whoever takes a bit away
 * takes the weight away, too.  In between a sum may be wrong; so what comes of it
 * is checked.
 */
struct ksteer_open {
	atomic_t weight;
	u32 top;
	u32 cursor;
	unsigned long swept;
	unsigned long *bit;
	atomic_t sum[];
};

/* Another hash of a hash.  The upper half decides: all bits must bear on it */
static inline u64 ksteer_open_rehash(u64 hash)
{
	return (hash ^ hash >> 31) * 0x9e3779b97f4a7c15ULL;
}

int ksteer_open_create(struct ksteer_set *set);
void ksteer_open_free(struct ksteer_set *set);
void ksteer_open_look(const struct ksteer_set *set);
int ksteer_open_draw(const struct ksteer_set *set, u64 lot, unsigned int how);
int ksteer_open_share(const struct ksteer_set *set, u64 hash, u32 from,
		      unsigned int how);
int ksteer_open_next(const struct ksteer_set *set, u32 from, unsigned int how);

#endif /* _KSTEER_SCHED_OPEN_H */

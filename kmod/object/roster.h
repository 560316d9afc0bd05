/* SPDX-License-Identifier: GPL-2.0-only */
/* Who is, or was, a member of a pool. */
#ifndef _KSTEER_ROSTER_H
#define _KSTEER_ROSTER_H

#include <linux/bitops.h>
#include <linux/rcupdate.h>

struct ksteer_net;
struct ksteer_tm;

/**
 * struct ksteer_roster - traffic managers that a pool has or had
 * @rcu: for freeing
 * @bits: of @has
 * @has: by ksteer_tm.index; until the traffic manager is gone
 *
 * One that has left may still have connections, and what it sends for these is not
 * for another member.
 */
struct ksteer_roster {
	struct rcu_head rcu;
	u32 bits;
	unsigned long has[];
};

/* RCU read side */
static inline bool ksteer_roster_has_rcu(const struct ksteer_roster *roster,
					 u32 index)
{
	return roster && index < roster->bits && test_bit(index, roster->has);
}

int ksteer_roster_add(struct ksteer_net *kn,
		      struct ksteer_roster __rcu **roster,
		      struct ksteer_tm *const *member, u32 members);
void ksteer_roster_remove(struct ksteer_net *kn,
			  struct ksteer_roster __rcu *const *roster, u32 index);

#endif /* _KSTEER_ROSTER_H */

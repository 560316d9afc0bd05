/* SPDX-License-Identifier: GPL-2.0-only */
/* Destinations: a traffic manager as it serves one virtual server. */
#ifndef _KSTEER_DEST_H
#define _KSTEER_DEST_H

#include "ksteer.h"

/* What a packet does to its destination's counters */
struct ksteer_traffic {
	u64 packets[KSTEER_DIRS];
	u64 bytes[KSTEER_DIRS];
};

/**
 * struct ksteer_tally - the entries of an object in the store
 * @flows: under full keys
 * @established: of these, those that count for the limits: somebody vouches for
 *		 them, or they are answered
 * @partial: under less specific keys, persistence among them
 *
 * An entry is counted before it is stored and until it is removed.
 */
struct ksteer_tally {
	atomic_t flows;
	atomic_t established;
	atomic_t partial;
};

/* All entries: while there are any, the object may not go */
static inline u32 ksteer_tally_refs(const struct ksteer_tally *tally)
{
	return (u32)atomic_read(&tally->flows) + atomic_read(&tally->partial);
}

/**
 * struct ksteer_dest - a traffic manager as it serves one virtual server
 * @tm: the traffic manager; NULL for flows that follow the routing table
 * @vs: the virtual server
 * @traffic: packets and bytes, per CPU; both objects' totals come from here
 * @flows_total: flows ever, less specific keys left out
 * @of_tm: link in tm->dests; kn->config
 * @rcu: for freeing
 *
 * Flows point here.  Made by configuration, never by a packet, and freed when
 * either side is removed, after its flows have been forgotten.
 */
struct ksteer_dest {
	struct ksteer_tm *tm;
	struct ksteer_vs *vs;
	struct ksteer_traffic __percpu *traffic;
	atomic64_t flows_total;
	struct list_head of_tm;
	struct rcu_head rcu;
};

/**
 * struct ksteer_dest_table - destinations of a virtual server
 * @rcu: for freeing
 * @size: of @dest
 * @dest: by ksteer_tm.index; NULL where the pool never had that manager
 */
struct ksteer_dest_table {
	struct rcu_head rcu;
	u32 size;
	struct ksteer_dest __rcu *dest[] __counted_by(size);
};

#endif /* _KSTEER_DEST_H */

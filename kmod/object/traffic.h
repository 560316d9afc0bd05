/* SPDX-License-Identifier: GPL-2.0-only */
/* What is counted for an object: packets, and entries in the store. */
#ifndef _KSTEER_TRAFFIC_H
#define _KSTEER_TRAFFIC_H

#include <linux/percpu.h>

#include "base/ksteer.h"

/**
 * struct ksteer_traffic - what one CPU has done for an object
 * @packets: packets sent on, by direction
 * @bytes: of these
 * @flows_total: flows ever, less specific keys left out
 * @flows: virtual servers: entries under full keys, come less gone; only the sum
 *	   over all CPUs means something
 * @partial: virtual servers: the same of those under less specific keys,
 *	     persistence among them
 */
struct ksteer_traffic {
	u64 packets[KSTEER_DIRS];
	u64 bytes[KSTEER_DIRS];
	u64 flows_total;
	s32 flows;
	s32 partial;
};

/* A packet was sent on.  By one address: the bytes stand behind the packets */
static __always_inline void
ksteer_traffic_count(struct ksteer_traffic __percpu *traffic, u32 bytes,
		     enum ksteer_dir dir)
{
	u64 __percpu *packets = &traffic->packets[dir];

	static_assert(offsetof(struct ksteer_traffic, bytes) ==
		      KSTEER_DIRS * sizeof(u64));
	this_cpu_inc(*packets);
	this_cpu_add(packets[KSTEER_DIRS], bytes);
}

/**
 * struct ksteer_sum - the same of all CPUs, and how many entries there are
 * @traffic: summed up
 * @established: of the flows, those that count for limits: somebody vouches for
 *		 them, or they are answered
 *
 * An entry is counted before it is stored and until it is removed.
 */
struct ksteer_sum {
	struct ksteer_traffic traffic;
	u32 established;
};

/* All entries: while there are any, the object may not go */
static inline u32 ksteer_sum_entries(const struct ksteer_sum *sum)
{
	return (u32)sum->traffic.flows + (u32)sum->traffic.partial;
}

void ksteer_traffic_sum(const struct ksteer_traffic __percpu *traffic,
			struct ksteer_traffic *sum);

#endif /* _KSTEER_TRAFFIC_H */

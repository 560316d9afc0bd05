// SPDX-License-Identifier: GPL-2.0-only
/* What is counted for an object, by all CPUs together. */
#include "object/traffic.h"

/**
 * ksteer_traffic_sum - what all CPUs have done for an object
 * @traffic: the object's
 * @sum: filled; what is counted meanwhile may be missing
 *
 * Where entries only go, their sum is never less than it is at the end.
 */
void ksteer_traffic_sum(const struct ksteer_traffic __percpu *traffic,
			struct ksteer_traffic *sum)
{
	int cpu, dir;

	*sum = (struct ksteer_traffic){};
	for_each_possible_cpu(cpu) {
		const struct ksteer_traffic *t = per_cpu_ptr(traffic, cpu);

		for (dir = 0; dir < KSTEER_DIRS; dir++) {
			sum->packets[dir] += READ_ONCE(t->packets[dir]);
			sum->bytes[dir] += READ_ONCE(t->bytes[dir]);
		}
		sum->flows_total += READ_ONCE(t->flows_total);
		sum->flows += READ_ONCE(t->flows);
		sum->partial += READ_ONCE(t->partial);
	}
	/* A flow may have come here and gone there while the CPUs were asked */
	sum->flows = max(sum->flows, 0);
	sum->partial = max(sum->partial, 0);
}

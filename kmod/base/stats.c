// SPDX-License-Identifier: GPL-2.0-only
/* Event counters. */
#include "base/stats.h"

#define KSTEER_COUNTER_INFO(NAME, nam, text) \
	[KSTEER_COUNT_##NAME] = { .name = #nam, .doc = text },

const struct ksteer_counter_info ksteer_counter_info[KSTEER_COUNTERS_MAX] = {
	KSTEER_COUNTERS(KSTEER_COUNTER_INFO)
};

/**
 * ksteer_counter_read - the sum of a counter over all CPUs
 * @kn: ksteer of the namespace
 * @c: the counter
 *
 * Return: its value; CPUs that count meanwhile may or may not be in it.
 */
u64 ksteer_counter_read(const struct ksteer_net *kn, enum ksteer_counter c)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(kn->counters, cpu)->value[c]);
	return sum;
}

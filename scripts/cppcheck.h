/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What cppcheck must know of the kernel's macros to read the module without
 * the kernel's headers: that these are loops, and what they set.
 */
#define KSTEER_LOOP(pos) for (pos = (void *)&(pos); pos; pos = NULL)
#define for_each_netdev(net, dev) KSTEER_LOOP(dev)
#define netdev_for_each_lower_dev(dev, below, pos) KSTEER_LOOP(below)
#define for_each_possible_cpu(cpu) for (cpu = 0; cpu < 8; cpu++)
#define list_for_each_entry(pos, ...) KSTEER_LOOP(pos)
#define list_for_each_entry_rcu(pos, ...) KSTEER_LOOP(pos)
#define list_for_each_entry_safe(pos, next, ...) \
	for (pos = (void *)&(pos), next = pos; pos; pos = next)
#define nla_for_each_attr(pos, head, len, rem) \
	for (pos = (head), rem = (len); rem; rem--)
#define rht_for_each_entry_rcu(pos, ...) KSTEER_LOOP(pos)
#define rhl_for_each_entry_rcu(pos, ...) KSTEER_LOOP(pos)
#define xa_for_each(xa, index, entry) \
	for (index = 0, entry = (void *)(xa); entry; entry = NULL)

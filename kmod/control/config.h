/* SPDX-License-Identifier: GPL-2.0-only */
/* Settings of a namespace, and what a change of them does. */
#ifndef _KSTEER_CONFIG_H
#define _KSTEER_CONFIG_H

#include "base/ksteer.h"

/**
 * struct ksteer_config - settings that are to be
 * @max_flows: most entries
 * @max_open: most that nobody has vouched for
 * @young: seconds
 * @standby: whether others answer for the addresses
 */
struct ksteer_config {
	u32 max_flows;
	u32 max_open;
	u32 young;
	bool standby;
};

void ksteer_config_change(struct ksteer_net *kn,
			  const struct ksteer_config *set);

#endif /* _KSTEER_CONFIG_H */

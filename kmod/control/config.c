// SPDX-License-Identifier: GPL-2.0-only
/* What a change of a namespace's settings does. */
#include "control/announce.h"
#include "control/config.h"
#include "store/store.h"

/* Who takes over says so */
static void ksteer_config_set_standby(struct ksteer_net *kn, bool standby)
{
	bool was = kn->standby;

	WRITE_ONCE(kn->standby, standby);
	if (was && !standby)
		ksteer_announce_all(kn);
}

/**
 * ksteer_config_change - change the settings of a namespace
 * @kn: ksteer of the namespace
 * @set: settings that have been checked
 *
 * Context: process, under kn->config.
 */
void ksteer_config_change(struct ksteer_net *kn,
			  const struct ksteer_config *set)
{
	lockdep_assert_held(&kn->config);
	ksteer_store_limit_open(&kn->store, set->max_open);
	WRITE_ONCE(kn->store.max_flows, set->max_flows);
	WRITE_ONCE(kn->store.young, set->young * HZ);
	ksteer_config_set_standby(kn, set->standby);
	kn->generation++;
}

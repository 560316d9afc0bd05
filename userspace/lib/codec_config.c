// SPDX-License-Identifier: GPL-2.0-only
/*
 * The settings of a network namespace.
 */
#include "attr.h"

static const struct ksteer_attr attrs[] = {
	ATTR(CONFIG_MAX_FLOWS, "max-flows", U32, ksteer_config, max_flows),
	ATTR(CONFIG_MAX_OPEN, "max-open", U32, ksteer_config, max_open),
	ATTR(CONFIG_YOUNG, "young", TIME, ksteer_config, young),
	ATTR(CONFIG_FLOWS, "flows", U32, ksteer_config, flows),
	ATTR(CONFIG_OPEN, "open", U32, ksteer_config, open),
	ATTR(CONFIG_GENERATION, "generation", U32, ksteer_config, generation),
	ATTR(CONFIG_EVENT, "event", ENUM, ksteer_config, event,
	     .names = &ksteer_event_names),
	ATTR(CONFIG_STANDBY, "standby", ENUM, ksteer_config, standby,
	     .names = &ksteer_switch_names),
};

OBJECT("config", ksteer_config, attrs);

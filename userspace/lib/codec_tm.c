// SPDX-License-Identifier: GPL-2.0-only
/*
 * Traffic managers.
 */
#include "attr.h"

static const struct ksteer_attr attrs[] = {
	ATTR(TM_ID, "id", U32, ksteer_tm, id),
	ATTR(TM_NAME, "name", NAME, ksteer_tm, name),
	ATTR(TM_VIA, "via", IP, ksteer_tm, via),
	ATTR(TM_VIA6, "via6", IP, ksteer_tm, via6),
	ATTR(TM_IFINDEX, "ifindex", U32, ksteer_tm, ifindex),
	ATTR(TM_REPLY_VIA, "reply-via", IP, ksteer_tm, reply_via),
	ATTR(TM_REPLY_VIA6, "reply-via6", IP, ksteer_tm, reply_via6),
	ATTR(TM_REPLY_IFINDEX, "reply-ifindex", U32, ksteer_tm, reply_ifindex),
	ATTR(TM_WEIGHT, "weight", U32, ksteer_tm, weight),
	ATTR(TM_STATE, "state", ENUM, ksteer_tm, state,
	     .names = &ksteer_tm_state_names),
	ATTR(TM_ON_DOWN, "on-down", ENUM, ksteer_tm, on_down,
	     .names = &ksteer_on_down_names),
	ATTR(TM_DRAIN_TIMEOUT, "drain-timeout", TIME, ksteer_tm, drain_timeout),
	ATTR(TM_DRAIN_LEFT, "drain-left", MSEC, ksteer_tm, drain_left),
	ATTR(TM_MAX_FLOWS, "max-flows", U32, ksteer_tm, max_flows),
	ATTR(TM_OPER, "oper", FLAGS, ksteer_tm, oper,
	     .names = &ksteer_tm_oper_names),
	ATTR(TM_NEIGH_FAILURES, "neigh-failures", U64, ksteer_tm,
	     neigh_failures),
	ATTR(TM_STATS, "stats", NEST, ksteer_tm, stats,
	     .nest = &ksteer_stats_object),
	ATTR(TM_EVENT, "event", ENUM, ksteer_tm, event,
	     .names = &ksteer_event_names),
	ATTR(TM_MOVED, "moved", U32, ksteer_tm, moved),
	ATTR(TM_FORGOTTEN, "forgotten", U32, ksteer_tm, forgotten),
	ATTR(TM_DEV, "dev", DEVNAME, ksteer_tm, dev),
	ATTR(TM_REPLY_DEV, "reply-dev", DEVNAME, ksteer_tm, reply_dev),
	ATTR(TM_ON_FAIL, "on-fail", ENUM, ksteer_tm, on_fail,
	     .names = &ksteer_on_fail_names),
	ATTR(TM_FAIL_TIMEOUT, "fail-timeout", TIME, ksteer_tm, fail_timeout),
	ATTR(TM_ON_DRAIN, "on-drain", ENUM, ksteer_tm, on_drain,
	     .names = &ksteer_on_drain_names),
	ATTR(TM_STATION, "station", MACS, ksteer_tm, station),
	ATTR(TM_SOURCE, "source", ENUM, ksteer_tm, source,
	     .names = &ksteer_tm_source_names),
	ATTR(TM_LEAVING, "leaving", U32, ksteer_tm, leaving),
};

OBJECT("tm", ksteer_tm, attrs);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The counters of an object, and the named counters of a network namespace.
 */
#include "attr.h"

static const struct ksteer_attr stats_attrs[] = {
	ATTR(STATS_PACKETS, "packets", U64, ksteer_stats, packets),
	ATTR(STATS_BYTES, "bytes", U64, ksteer_stats, bytes),
	ATTR(STATS_REPLY_PACKETS, "reply-packets", U64, ksteer_stats,
	     reply_packets),
	ATTR(STATS_REPLY_BYTES, "reply-bytes", U64, ksteer_stats, reply_bytes),
	ATTR(STATS_FLOWS_TOTAL, "flows-total", U64, ksteer_stats, flows_total),
	ATTR(STATS_FLOWS, "flows", U32, ksteer_stats, flows),
	ATTR(STATS_ESTABLISHED, "established", U32, ksteer_stats, established),
	ATTR(STATS_ENTRIES, "entries", U32, ksteer_stats, entries),
};

OBJECT("stats", ksteer_stats, stats_attrs);

static const struct ksteer_attr counter_attrs[] = {
	ATTR(COUNTER_NAME, "name", NAME, ksteer_counter, name),
	ATTR(COUNTER_VALUE, "value", U64, ksteer_counter, value),
	ATTR(COUNTER_DOC, "doc", TEXT, ksteer_counter, doc),
};

OBJECT("counter", ksteer_counter, counter_attrs);

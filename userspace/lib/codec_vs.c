// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual servers and their timeouts.
 */
#include "attr.h"

static const struct ksteer_attr timeouts_attrs[] = {
	ATTR(TIMEOUTS_TCP_OPEN, "tcp-open", TIME, ksteer_timeouts, tcp_open),
	ATTR(TIMEOUTS_TCP_ESTABLISHED, "tcp-established", TIME, ksteer_timeouts,
	     tcp_established),
	ATTR(TIMEOUTS_TCP_CLOSING, "tcp-closing", TIME, ksteer_timeouts,
	     tcp_closing),
	ATTR(TIMEOUTS_TCP_CLOSED, "tcp-closed", TIME, ksteer_timeouts,
	     tcp_closed),
	ATTR(TIMEOUTS_UDP_OPEN, "udp-open", TIME, ksteer_timeouts, udp_open),
	ATTR(TIMEOUTS_UDP_ESTABLISHED, "udp-established", TIME, ksteer_timeouts,
	     udp_established),
	ATTR(TIMEOUTS_OTHER, "other", TIME, ksteer_timeouts, other),
	ATTR(TIMEOUTS_TCP_MIDSTREAM, "tcp-midstream", TIME, ksteer_timeouts,
	     tcp_midstream),
	ATTR(TIMEOUTS_TCP_HALF_CLOSED, "tcp-half-closed", TIME, ksteer_timeouts,
	     tcp_half_closed),
	ATTR(TIMEOUTS_SCTP_OPEN, "sctp-open", TIME, ksteer_timeouts, sctp_open),
	ATTR(TIMEOUTS_SCTP_ESTABLISHED, "sctp-established", TIME,
	     ksteer_timeouts, sctp_established),
	ATTR(TIMEOUTS_SCTP_CLOSING, "sctp-closing", TIME, ksteer_timeouts,
	     sctp_closing),
	ATTR(TIMEOUTS_SCTP_CLOSED, "sctp-closed", TIME, ksteer_timeouts,
	     sctp_closed),
};

OBJECT("timeouts", ksteer_timeouts, timeouts_attrs);

static const struct ksteer_attr vs_attrs[] = {
	ATTR(VS_ID, "id", U32, ksteer_vs, id),
	ATTR(VS_NAME, "name", NAME, ksteer_vs, name),
	ATTR(VS_ADDR, "addr", IP, ksteer_vs, addr),
	ATTR(VS_PREFIXLEN, "prefixlen", U8, ksteer_vs, prefixlen),
	ATTR(VS_PORT_MIN, "port-min", U16, ksteer_vs, port_min),
	ATTR(VS_PORT_MAX, "port-max", U16, ksteer_vs, port_max),
	ATTR(VS_PROTO, "proto", PROTO, ksteer_vs, proto),
	ATTR(VS_VLAN, "vlan", U16, ksteer_vs, vlan),
	ATTR(VS_IFINDEX, "ifindex", U32, ksteer_vs, ifindex),
	ATTR(VS_POOL, "pool", NAME, ksteer_vs, pool),
	ATTR(VS_FORWARD, "forward", ENUM, ksteer_vs, forward,
	     .names = &ksteer_forward_names),
	ATTR(VS_FLAGS, "flags", FLAGS, ksteer_vs, flags,
	     .names = &ksteer_vs_flags_names),
	ATTR(VS_MIDSTREAM, "midstream", ENUM, ksteer_vs, midstream,
	     .names = &ksteer_midstream_names),
	ATTR(VS_STORE, "store", ENUM, ksteer_vs, store,
	     .names = &ksteer_store_names),
	ATTR(VS_TEMPLATE, "template", FLAGS_LIST, ksteer_vs, template,
	     .names = &ksteer_field_names),
	ATTR(VS_PERSIST, "persist", TIME, ksteer_vs, persist),
	ATTR(VS_PERSIST_PREFIX, "persist-prefix", U8, ksteer_vs,
	     persist_prefix),
	ATTR(VS_PERSIST_PREFIX6, "persist-prefix6", U8, ksteer_vs,
	     persist_prefix6),
	ATTR(VS_MAX_FLOWS, "max-flows", U32, ksteer_vs, max_flows),
	ATTR(VS_TIMEOUTS, "timeouts", NEST, ksteer_vs, timeouts,
	     .nest = &ksteer_timeouts_object),
	ATTR(VS_EVENTS, "events", FLAGS, ksteer_vs, events,
	     .names = &ksteer_event_mask_names),
	ATTR(VS_STATS, "stats", NEST, ksteer_vs, stats,
	     .nest = &ksteer_stats_object),
	ATTR(VS_EVENT, "event", ENUM, ksteer_vs, event,
	     .names = &ksteer_event_names),
	ATTR(VS_PERSIST_GROUP, "persist-group", NAME, ksteer_vs, persist_group),
	ATTR(VS_DEV, "dev", DEVNAME, ksteer_vs, dev),
	ATTR(VS_REJECT, "reject", ENUM, ksteer_vs, reject,
	     .names = &ksteer_reject_names),
	ATTR(VS_UNSERVED, "unserved", ENUM, ksteer_vs, unserved,
	     .names = &ksteer_unserved_names),
	ATTR(VS_MORE, "more", ENUM, ksteer_vs, more,
	     .names = &ksteer_switch_names),
};

OBJECT("vs", ksteer_vs, vs_attrs);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows, alone and many a message.
 */
#include "attr.h"

static const struct ksteer_attr flow_attrs[] = {
	ATTR(FLOW_SRC, "src", IP, ksteer_flow, src),
	ATTR(FLOW_SRC_LEN, "src-len", U8, ksteer_flow, src_len),
	ATTR(FLOW_SPORT, "sport", U16, ksteer_flow, sport),
	ATTR(FLOW_DST, "dst", IP, ksteer_flow, dst),
	ATTR(FLOW_DST_LEN, "dst-len", U8, ksteer_flow, dst_len),
	ATTR(FLOW_DPORT, "dport", U16, ksteer_flow, dport),
	ATTR(FLOW_PROTO, "proto", PROTO, ksteer_flow, proto),
	ATTR(FLOW_VLAN, "vlan", U16, ksteer_flow, vlan),
	ATTR(FLOW_FIELDS, "fields", FLAGS, ksteer_flow, fields,
	     .names = &ksteer_field_names),
	ATTR(FLOW_TM, "tm", NAME, ksteer_flow, tm),
	ATTR(FLOW_VS, "vs", NAME, ksteer_flow, vs),
	ATTR(FLOW_STATE, "state", ENUM, ksteer_flow, state,
	     .names = &ksteer_flow_state_names),
	ATTR(FLOW_ORIGIN, "origin", ENUM, ksteer_flow, origin,
	     .names = &ksteer_flow_origin_names),
	ATTR(FLOW_IDLE, "idle", MSEC, ksteer_flow, idle),
	ATTR(FLOW_EXPIRES, "expires", MSEC, ksteer_flow, expires),
	ATTR(FLOW_PACKETS, "packets", U64, ksteer_flow, packets),
	ATTR(FLOW_BYTES, "bytes", U64, ksteer_flow, bytes),
	ATTR(FLOW_REPLY_PACKETS, "reply-packets", U64, ksteer_flow,
	     reply_packets),
	ATTR(FLOW_REPLY_BYTES, "reply-bytes", U64, ksteer_flow, reply_bytes),
	ATTR(FLOW_EVENT, "event", ENUM, ksteer_flow, event,
	     .names = &ksteer_event_names),
	ATTR(FLOW_IFINDEX, "ifindex", DEV, ksteer_flow, ifindex, .key = "dev"),
};

OBJECT("flow", ksteer_flow, flow_attrs);

static const struct ksteer_attr flows_attrs[] = {
	ATTR(FLOWS_FLOW, "flow", LIST, ksteer_flows, flow,
	     .nest = &ksteer_flow_object),
	ATTR(FLOWS_FILTER, "filter", NEST, ksteer_flows, filter,
	     .nest = &ksteer_flow_object),
	ATTR(FLOWS_COUNT, "count", U32, ksteer_flows, count),
};

OBJECT("flows", ksteer_flows, flows_attrs);

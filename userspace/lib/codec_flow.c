// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows, alone and many a message.
 */
#include "attr.h"

static const struct ksteer_attr tcp_attrs[] = {
	ATTR(TCP_FLAGS, "flags", FLAGS, ksteer_tcp, flags,
	     .names = &ksteer_tcp_flags_names),
	ATTR(TCP_END, "end", U32, ksteer_tcp, end),
	ATTR(TCP_ACK, "ack", U32, ksteer_tcp, ack),
	ATTR(TCP_WIN, "win", U16, ksteer_tcp, win),
	ATTR(TCP_SCALE, "scale", U8, ksteer_tcp, scale),
	ATTR(TCP_REPLY_END, "reply-end", U32, ksteer_tcp, reply_end),
	ATTR(TCP_REPLY_ACK, "reply-ack", U32, ksteer_tcp, reply_ack),
	ATTR(TCP_REPLY_WIN, "reply-win", U16, ksteer_tcp, reply_win),
	ATTR(TCP_REPLY_SCALE, "reply-scale", U8, ksteer_tcp, reply_scale),
};

OBJECT("tcp", ksteer_tcp, tcp_attrs);

static const struct ksteer_attr alias_attrs[] = {
	ATTR(FLOW_SRC, "src", IP, ksteer_alias, src),
	ATTR(FLOW_SPORT, "sport", U16, ksteer_alias, sport),
	ATTR(FLOW_DST, "dst", IP, ksteer_alias, dst),
	ATTR(FLOW_DPORT, "dport", U16, ksteer_alias, dport),
	ATTR(FLOW_PROTO, "proto", PROTO, ksteer_alias, proto),
	ATTR(FLOW_VLAN, "vlan", U16, ksteer_alias, vlan),
	ATTR(FLOW_VRF, "vrf", NAME, ksteer_alias, vrf),
};

OBJECT("alias", ksteer_alias, alias_attrs);

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
	ATTR(FLOW_SERIAL, "serial", U32, ksteer_flow, serial),
	ATTR(FLOW_POSITION, "position", U64, ksteer_flow, position),
	ATTR(FLOW_LOST, "lost", U64, ksteer_flow, lost),
	ATTR(FLOW_REPLY_VLAN, "reply-vlan", U16, ksteer_flow, reply_vlan),
	ATTR(FLOW_TCP, "tcp", NEST, ksteer_flow, tcp,
	     .nest = &ksteer_tcp_object),
	ATTR(FLOW_VRF, "vrf", NAME, ksteer_flow, vrf),
	ATTR(FLOW_LIFETIME, "lifetime", MSEC, ksteer_flow, lifetime),
	ATTR(FLOW_OWNER, "owner", U32, ksteer_flow, owner),
	ATTR(FLOW_ALIAS, "alias", LIST, ksteer_flow, alias,
	     .nest = &ksteer_alias_object),
	ATTR(FLOW_PENDING, "pending", ENUM, ksteer_flow, pending,
	     .names = &ksteer_switch_names),
};

OBJECT("flow", ksteer_flow, flow_attrs);

static const struct ksteer_attr flows_attrs[] = {
	ATTR(FLOWS_FLOW, "flow", LIST, ksteer_flows, flow,
	     .nest = &ksteer_flow_object),
	ATTR(FLOWS_FILTER, "filter", NEST, ksteer_flows, filter,
	     .nest = &ksteer_flow_object),
	ATTR(FLOWS_COUNT, "count", U32, ksteer_flows, count),
	ATTR(FLOWS_POSITION, "position", U64, ksteer_flows, position),
	ATTR(FLOWS_GENERATION, "generation", U32, ksteer_flows, generation),
};

OBJECT("flows", ksteer_flows, flows_attrs);

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flows as plain structures, see model.h.
 */
#ifndef _KSTEER_MODEL_FLOW_H
#define _KSTEER_MODEL_FLOW_H

#include "types.h"

/* The attribute set "tcp": what is known of a connection */
struct ksteer_tcp {
	__u64 has;
	__u32 flags;
	__u32 end;
	__u32 ack;
	__u16 win;
	__u8 scale;
	__u32 reply_end;
	__u32 reply_ack;
	__u16 reply_win;
	__u8 reply_scale;
};

/* The attribute set "alias", a part of the set "flow" */
struct ksteer_alias {
	__u64 has;
	struct ksteer_ip src;
	struct ksteer_ip dst;
	__u16 sport;
	__u16 dport;
	__u8 proto;
	__u16 vlan;
	char vrf[KSTEER_NAME_SIZE];
};

/* The attribute set "flow": an entry, a filter or a query; host byte order */
struct ksteer_flow {
	__u64 has;
	struct ksteer_ip src;
	struct ksteer_ip dst;
	__u8 src_len;
	__u8 dst_len;
	__u16 sport;
	__u16 dport;
	__u8 proto;
	__u16 vlan;
	__u32 fields;
	char tm[KSTEER_NAME_SIZE];
	char vs[KSTEER_NAME_SIZE];
	__u32 state;
	__u32 origin;
	__u32 idle;
	__u32 expires;
	__u64 packets;
	__u64 bytes;
	__u64 reply_packets;
	__u64 reply_bytes;
	__u32 event;
	__u32 ifindex;
	__u32 serial;
	__u64 position;
	__u64 lost;
	__u16 reply_vlan;
	struct ksteer_tcp tcp;
	char vrf[KSTEER_NAME_SIZE];
	__u32 lifetime;
	__u32 owner;
	struct ksteer_list alias; /* of struct ksteer_alias */
	__u32 pending;
};

/* The attribute set "flows": what a flow message holds */
struct ksteer_flows {
	__u64 has;
	struct ksteer_list flow; /* of struct ksteer_flow */
	struct ksteer_flow filter;
	__u32 count;
	__u64 position;
	__u32 generation;
};

#endif /* _KSTEER_MODEL_FLOW_H */

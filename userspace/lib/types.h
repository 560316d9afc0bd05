/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the structures of the objects are made of.
 */
#ifndef _KSTEER_TYPES_H
#define _KSTEER_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>
#include <linux/ksteer.h>

#define KSTEER_NAME_SIZE (KSTEER_NAME_MAX + 1)

/* The flag of attribute @id in the first word of a structure */
#define KSTEER_HAS(id) (1ULL << (id))

/**
 * struct ksteer_list - array that the structure around it owns
 * @items: elements, allocated with malloc(); NULL when empty
 * @count: number of elements
 */
struct ksteer_list {
	void *items;
	size_t count;
};

/**
 * struct ksteer_ip - an address of either family
 * @len: 4, 16, or 0 for none
 * @bytes: network byte order; what @len leaves over is zero
 */
struct ksteer_ip {
	__u8 len;
	__u8 bytes[16];
};

/* Most link-layer addresses of one attribute */
#define KSTEER_MACS_MAX 8

/**
 * struct ksteer_macs - link-layer addresses
 * @count: how many
 * @bytes: 6 of each; what they leave over is zero
 */
struct ksteer_macs {
	__u8 count;
	__u8 bytes[KSTEER_MACS_MAX][6];
};

/* The attribute set "stats" */
struct ksteer_stats {
	__u64 has;
	__u64 packets;
	__u64 bytes;
	__u64 reply_packets;
	__u64 reply_bytes;
	__u64 flows_total;
	__u32 flows;
	__u32 established;
	__u32 entries;
};

/* The attribute set "timeouts", all in seconds */
struct ksteer_timeouts {
	__u64 has;
	__u32 tcp_open;
	__u32 tcp_established;
	__u32 tcp_closing, tcp_closed;
	__u32 udp_open, udp_established;
	__u32 other;
	__u32 tcp_midstream, tcp_half_closed;
	__u32 sctp_open, sctp_established, sctp_closing, sctp_closed;
};

/* The attribute set "kind": virtual servers that are looked at together */
struct ksteer_kind {
	__u64 has;
	struct ksteer_ip addr;
	__u8 prefixlen;
	__u32 names;
	__u32 servers;
	__u32 answer;
	__u32 result;
	char vs[KSTEER_NAME_SIZE];
};

/* The attribute set "counter"; @doc is allocated with malloc() */
struct ksteer_counter {
	__u64 has;
	char name[KSTEER_NAME_SIZE];
	__u64 value;
	char *doc;
};

#endif /* _KSTEER_TYPES_H */

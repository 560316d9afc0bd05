/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The objects of the netlink family as plain structures.
 *
 * Every structure begins with a word of flags: bit N says that attribute N
 * of the object is there.  What is not there is zero.
 */
#ifndef _KSTEER_MODEL_H
#define _KSTEER_MODEL_H

#include "model_flow.h"
#include "types.h"

/* The attribute set "tm": a traffic manager */
struct ksteer_tm {
	__u64 has;
	__u32 id;
	char name[KSTEER_NAME_SIZE];
	struct ksteer_ip via;
	struct ksteer_ip via6;
	__u32 ifindex;
	struct ksteer_ip reply_via;
	struct ksteer_ip reply_via6;
	__u32 reply_ifindex;
	__u32 weight;
	__u32 state;
	__u32 on_down;
	__u32 drain_timeout;
	__u32 drain_left;
	__u32 max_flows;
	__u32 oper;
	__u64 neigh_failures;
	struct ksteer_stats stats;
	__u32 event;
	__u32 moved;
	__u32 forgotten;
	char dev[KSTEER_NAME_SIZE];
	char reply_dev[KSTEER_NAME_SIZE];
	__u32 on_fail;
	__u32 fail_timeout;
	__u32 on_drain;
	struct ksteer_macs station;
	__u32 source;
	__u32 leaving;
};

/* The attribute set "member" */
struct ksteer_member {
	__u64 has;
	char tm[KSTEER_NAME_SIZE];
	__u32 usable;
	__u32 share;
};

/* The attribute set "prefix" */
struct ksteer_prefix {
	__u64 has;
	struct ksteer_ip addr;
	__u8 len;
};

/* The attribute set "pool" */
struct ksteer_pool {
	__u64 has;
	__u32 id;
	char name[KSTEER_NAME_SIZE];
	__u32 sched;
	struct ksteer_list member; /* of struct ksteer_member */
	__u64 seed;
	__u32 table_size;
	__u32 hash_fields;
	struct ksteer_list set; /* of struct ksteer_prefix */
	__u32 event;
};

/* The attribute set "vs": a virtual server */
struct ksteer_vs {
	__u64 has;
	__u32 id;
	char name[KSTEER_NAME_SIZE];
	struct ksteer_ip addr;
	__u8 prefixlen;
	__u16 port_min;
	__u16 port_max;
	__u8 proto;
	__u16 vlan;
	__u32 ifindex;
	char pool[KSTEER_NAME_SIZE];
	__u32 forward;
	__u32 flags;
	__u32 midstream;
	__u32 store;
	struct ksteer_list template; /* of __u32 */
	__u32 persist;
	__u8 persist_prefix;
	__u8 persist_prefix6;
	__u32 max_flows;
	struct ksteer_timeouts timeouts;
	__u32 events;
	struct ksteer_stats stats;
	__u32 event;
	char persist_group[KSTEER_NAME_SIZE];
	char dev[KSTEER_NAME_SIZE];
	__u32 reject, unserved;
	__u32 more;
};

/* The attribute set "config" */
struct ksteer_config {
	__u64 has;
	__u32 max_flows;
	__u32 max_open;
	__u32 young;
	__u32 flows;
	__u32 open;
	__u32 generation;
	__u32 event;
	__u32 standby;
};

/* The attribute set "explain"; @reason is allocated with malloc() */
struct ksteer_explain {
	__u64 has;
	struct ksteer_flow query;
	struct ksteer_flow key;
	__u32 verdict;
	__u32 decided_by;
	char vs[KSTEER_NAME_SIZE];
	char pool[KSTEER_NAME_SIZE];
	__u32 sched;
	char tm[KSTEER_NAME_SIZE];
	char *reason;
	struct ksteer_list kind; /* of struct ksteer_kind */
};

#endif /* _KSTEER_MODEL_H */

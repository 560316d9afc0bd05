/* SPDX-License-Identifier: GPL-2.0-only */
/* Names, types and ranges of the attributes of ksteer's netlink family. */
#ifndef NL_WORDS_H
#define NL_WORDS_H

#include <stddef.h>
#include <linux/ksteer.h>
#include <linux/types.h>

/* What an attribute carries */
enum kind {
	KIND_STRING, /* up to KSTEER_NAME_MAX characters and a zero */
	KIND_U8,
	KIND_U16,
	KIND_U32,
	KIND_U64,
	KIND_V4, /* exactly 4 bytes */
	KIND_V6, /* exactly 16 bytes */
	KIND_ADDR, /* 4 or 16 bytes, told apart by the handler */
	KIND_NEST,
};

/**
 * struct word - an attribute
 * @name: as in the family's specification
 * @type: its number
 * @kind: what it carries
 * @min: least value
 * @max: greatest value, 0 if all values of the type are good
 * @mask: bits that are good, 0 if all are
 * @nest: attributes inside
 */
struct word {
	const char *name;
	__u16 type;
	enum kind kind;
	__u64 min;
	__u64 max;
	__u64 mask;
	const struct word *nest;
};

#define W(TYPE, text, KIND, ...)                                            \
	{                                                                   \
		.name = text, .type = KSTEER_A_##TYPE, .kind = KIND_##KIND, \
		##__VA_ARGS__                                               \
	}
#define WORDS_END            \
	{                    \
		.name = NULL \
	}

static const struct word tcp_words[] = {
	W(TCP_FLAGS, "flags", U32, .mask = 0x1ff),
	W(TCP_END, "end", U32),
	W(TCP_ACK, "ack", U32),
	W(TCP_WIN, "win", U16),
	W(TCP_SCALE, "scale", U8, .max = 14),
	W(TCP_REPLY_END, "reply-end", U32),
	W(TCP_REPLY_ACK, "reply-ack", U32),
	W(TCP_REPLY_WIN, "reply-win", U16),
	W(TCP_REPLY_SCALE, "reply-scale", U8, .max = 14),
	WORDS_END
};

static const struct word alias_words[] = {
	W(FLOW_SRC, "src", ADDR),    W(FLOW_DST, "dst", ADDR),
	W(FLOW_SPORT, "sport", U16), W(FLOW_DPORT, "dport", U16),
	W(FLOW_PROTO, "proto", U8),  W(FLOW_VLAN, "vlan", U16, .max = 4094),
	W(FLOW_VRF, "vrf", STRING),  WORDS_END
};

static const struct word flow_words[] = {
	W(FLOW_SRC, "src", ADDR),
	W(FLOW_DST, "dst", ADDR),
	W(FLOW_SRC_LEN, "src-len", U8, .max = 128),
	W(FLOW_DST_LEN, "dst-len", U8, .max = 128),
	W(FLOW_SPORT, "sport", U16),
	W(FLOW_DPORT, "dport", U16),
	W(FLOW_PROTO, "proto", U8),
	W(FLOW_VLAN, "vlan", U16, .max = 4094),
	W(FLOW_FIELDS, "fields", U32, .mask = 0x3f),
	W(FLOW_TM, "tm", STRING),
	W(FLOW_VS, "vs", STRING),
	W(FLOW_STATE, "state", U32, .max = 4),
	W(FLOW_ORIGIN, "origin", U32, .max = 1),
	W(FLOW_IDLE, "idle", U32),
	W(FLOW_EXPIRES, "expires", U32),
	W(FLOW_PACKETS, "packets", U64),
	W(FLOW_BYTES, "bytes", U64),
	W(FLOW_REPLY_PACKETS, "reply-packets", U64),
	W(FLOW_REPLY_BYTES, "reply-bytes", U64),
	W(FLOW_EVENT, "event", U32, .max = 5),
	W(FLOW_IFINDEX, "ifindex", U32),
	W(FLOW_SERIAL, "serial", U32),
	W(FLOW_POSITION, "position", U64),
	W(FLOW_LOST, "lost", U64),
	W(FLOW_REPLY_VLAN, "reply-vlan", U16),
	W(FLOW_TCP, "tcp", NEST, .nest = tcp_words),
	W(FLOW_VRF, "vrf", STRING),
	W(FLOW_LIFETIME, "lifetime", U32, .max = 2147483647),
	W(FLOW_OWNER, "owner", U32),
	W(FLOW_ALIAS, "alias", NEST, .nest = alias_words),
	W(FLOW_PENDING, "pending", U32, .max = 1),
	WORDS_END
};

static const struct word tm_words[] = {
	W(TM_ID, "id", U32),
	W(TM_NAME, "name", STRING),
	W(TM_VIA, "via", V4),
	W(TM_VIA6, "via6", V6),
	W(TM_IFINDEX, "ifindex", U32),
	W(TM_REPLY_VIA, "reply-via", V4),
	W(TM_REPLY_VIA6, "reply-via6", V6),
	W(TM_REPLY_IFINDEX, "reply-ifindex", U32),
	W(TM_WEIGHT, "weight", U32, .max = 65535),
	W(TM_STATE, "state", U32, .max = 2),
	W(TM_ON_DOWN, "on-down", U32, .max = 1),
	W(TM_DRAIN_TIMEOUT, "drain-timeout", U32),
	W(TM_DRAIN_LEFT, "drain-left", U32),
	W(TM_MAX_FLOWS, "max-flows", U32),
	W(TM_DEV, "dev", STRING),
	W(TM_REPLY_DEV, "reply-dev", STRING),
	W(TM_ON_FAIL, "on-fail", U32, .max = 3),
	W(TM_FAIL_TIMEOUT, "fail-timeout", U32, .max = 86400),
	W(TM_ON_DRAIN, "on-drain", U32, .max = 1),
	W(TM_STATION, "station", ADDR),
	W(TM_SOURCE, "source", U32, .max = 1),
	WORDS_END
};

static const struct word member_words[] = { W(MEMBER_TM, "tm", STRING),
					    W(MEMBER_USABLE, "usable", U32),
					    W(MEMBER_SHARE, "share", U32),
					    WORDS_END };

static const struct word prefix_words[] = {
	W(PREFIX_ADDR, "addr", ADDR), W(PREFIX_LEN, "len", U8, .max = 128),
	WORDS_END
};

static const struct word pool_words[] = {
	W(POOL_ID, "id", U32),
	W(POOL_NAME, "name", STRING),
	W(POOL_SCHED, "sched", U32, .max = 8),
	W(POOL_MEMBER, "member", NEST, .nest = member_words),
	W(POOL_SEED, "seed", U64),
	W(POOL_TABLE_SIZE, "table-size", U32, .min = 2, .max = 5000011),
	W(POOL_HASH_FIELDS, "hash-fields", U32, .mask = 0x3f),
	W(POOL_SET, "set", NEST, .nest = prefix_words),
	WORDS_END
};

#include "nl_words_vs.h"

static const struct word flows_words[] = {
	W(FLOWS_FLOW, "flow", NEST, .nest = flow_words),
	W(FLOWS_FILTER, "filter", NEST, .nest = flow_words),
	W(FLOWS_COUNT, "count", U32), WORDS_END
};

static const struct word config_words[] = {
	W(CONFIG_MAX_FLOWS, "max-flows", U32, .min = 1),
	W(CONFIG_MAX_OPEN, "max-open", U32, .min = 1),
	W(CONFIG_YOUNG, "young", U32, .min = 1, .max = DAY),
	W(CONFIG_FLOWS, "flows", U32),
	W(CONFIG_OPEN, "open", U32),
	W(CONFIG_STANDBY, "standby", U32, .max = 1),
	WORDS_END
};

static const struct word counter_words[] = { W(COUNTER_NAME, "name", STRING),
					     W(COUNTER_VALUE, "value", U64),
					     WORDS_END };

static const struct word explain_words[] = {
	W(EXPLAIN_QUERY, "query", NEST, .nest = flow_words),
	W(EXPLAIN_KEY, "key", NEST, .nest = flow_words),
	W(EXPLAIN_VERDICT, "verdict", U32), WORDS_END
};

#endif /* NL_WORDS_H */

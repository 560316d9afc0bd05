// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ksteer.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "nl_gen.h"

#include <uapi/linux/ksteer.h>

/* Integer value ranges */
static const struct netlink_range_validation ksteer_a_tm_weight_range = {
	.max	= 65535ULL,
};

static const struct netlink_range_validation ksteer_a_tm_fail_timeout_range = {
	.max	= 86400ULL,
};

static const struct netlink_range_validation ksteer_a_pool_table_size_range = {
	.min	= 2ULL,
	.max	= 5000011ULL,
};

static const struct netlink_range_validation ksteer_a_timeouts_tcp_open_range = {
	.min	= 1ULL,
	.max	= 86400ULL,
};

static const struct netlink_range_validation ksteer_a_timeouts_tcp_established_range = {
	.min	= 1ULL,
	.max	= 2592000ULL,
};

static const struct netlink_range_validation ksteer_a_timeouts_tcp_closing_range = {
	.min	= 1ULL,
	.max	= 86400ULL,
};

static const struct netlink_range_validation ksteer_a_timeouts_tcp_closed_range = {
	.min	= 1ULL,
	.max	= 86400ULL,
};

static const struct netlink_range_validation ksteer_a_timeouts_udp_open_range = {
	.min	= 1ULL,
	.max	= 86400ULL,
};

static const struct netlink_range_validation ksteer_a_timeouts_udp_established_range = {
	.min	= 1ULL,
	.max	= 2592000ULL,
};

static const struct netlink_range_validation ksteer_a_timeouts_other_range = {
	.min	= 1ULL,
	.max	= 2592000ULL,
};

static const struct netlink_range_validation ksteer_a_timeouts_tcp_midstream_range = {
	.min	= 1ULL,
	.max	= 2592000ULL,
};

static const struct netlink_range_validation ksteer_a_timeouts_tcp_half_closed_range = {
	.min	= 1ULL,
	.max	= 2592000ULL,
};

static const struct netlink_range_validation ksteer_a_timeouts_sctp_open_range = {
	.min	= 1ULL,
	.max	= 86400ULL,
};

static const struct netlink_range_validation ksteer_a_timeouts_sctp_established_range = {
	.min	= 1ULL,
	.max	= 2592000ULL,
};

static const struct netlink_range_validation ksteer_a_timeouts_sctp_closing_range = {
	.min	= 1ULL,
	.max	= 86400ULL,
};

static const struct netlink_range_validation ksteer_a_timeouts_sctp_closed_range = {
	.min	= 1ULL,
	.max	= 86400ULL,
};

static const struct netlink_range_validation ksteer_a_vs_persist_range = {
	.max	= 2592000ULL,
};

static const struct netlink_range_validation ksteer_a_flow_lifetime_range = {
	.max	= 2147483647ULL,
};

static const struct netlink_range_validation ksteer_a_config_young_range = {
	.min	= 1ULL,
	.max	= 86400ULL,
};

/* Common nested types */
const struct nla_policy ksteer_alias_nl_policy[KSTEER_A_FLOW_VRF + 1] = {
	[KSTEER_A_FLOW_SRC] = { .type = NLA_BINARY, },
	[KSTEER_A_FLOW_DST] = { .type = NLA_BINARY, },
	[KSTEER_A_FLOW_SPORT] = { .type = NLA_U16, },
	[KSTEER_A_FLOW_DPORT] = { .type = NLA_U16, },
	[KSTEER_A_FLOW_PROTO] = { .type = NLA_U8, },
	[KSTEER_A_FLOW_VLAN] = NLA_POLICY_MAX(NLA_U16, 4094),
	[KSTEER_A_FLOW_VRF] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
};

const struct nla_policy ksteer_flow_nl_policy[KSTEER_A_FLOW_PENDING + 1] = {
	[KSTEER_A_FLOW_SRC] = { .type = NLA_BINARY, },
	[KSTEER_A_FLOW_DST] = { .type = NLA_BINARY, },
	[KSTEER_A_FLOW_SRC_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[KSTEER_A_FLOW_DST_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[KSTEER_A_FLOW_SPORT] = { .type = NLA_U16, },
	[KSTEER_A_FLOW_DPORT] = { .type = NLA_U16, },
	[KSTEER_A_FLOW_PROTO] = { .type = NLA_U8, },
	[KSTEER_A_FLOW_VLAN] = NLA_POLICY_MAX(NLA_U16, 4094),
	[KSTEER_A_FLOW_FIELDS] = NLA_POLICY_MASK(NLA_U32, 0x3f),
	[KSTEER_A_FLOW_TM] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
	[KSTEER_A_FLOW_VS] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
	[KSTEER_A_FLOW_STATE] = NLA_POLICY_MAX(NLA_U32, 4),
	[KSTEER_A_FLOW_ORIGIN] = NLA_POLICY_MAX(NLA_U32, 1),
	[KSTEER_A_FLOW_IDLE] = { .type = NLA_U32, },
	[KSTEER_A_FLOW_EXPIRES] = { .type = NLA_U32, },
	[KSTEER_A_FLOW_PACKETS] = { .type = NLA_U64, },
	[KSTEER_A_FLOW_BYTES] = { .type = NLA_U64, },
	[KSTEER_A_FLOW_REPLY_PACKETS] = { .type = NLA_U64, },
	[KSTEER_A_FLOW_REPLY_BYTES] = { .type = NLA_U64, },
	[KSTEER_A_FLOW_EVENT] = NLA_POLICY_MAX(NLA_U32, 5),
	[KSTEER_A_FLOW_IFINDEX] = { .type = NLA_U32, },
	[KSTEER_A_FLOW_SERIAL] = { .type = NLA_U32, },
	[KSTEER_A_FLOW_POSITION] = { .type = NLA_U64, },
	[KSTEER_A_FLOW_LOST] = { .type = NLA_U64, },
	[KSTEER_A_FLOW_REPLY_VLAN] = { .type = NLA_U16, },
	[KSTEER_A_FLOW_TCP] = NLA_POLICY_NESTED(ksteer_tcp_nl_policy),
	[KSTEER_A_FLOW_VRF] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
	[KSTEER_A_FLOW_LIFETIME] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_flow_lifetime_range),
	[KSTEER_A_FLOW_OWNER] = { .type = NLA_U32, },
	[KSTEER_A_FLOW_ALIAS] = NLA_POLICY_NESTED(ksteer_alias_nl_policy),
	[KSTEER_A_FLOW_PENDING] = NLA_POLICY_MAX(NLA_U32, 1),
};

const struct nla_policy ksteer_member_nl_policy[KSTEER_A_MEMBER_SHARE + 1] = {
	[KSTEER_A_MEMBER_TM] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
	[KSTEER_A_MEMBER_USABLE] = { .type = NLA_U32, },
	[KSTEER_A_MEMBER_SHARE] = { .type = NLA_U32, },
};

const struct nla_policy ksteer_prefix_nl_policy[KSTEER_A_PREFIX_LEN + 1] = {
	[KSTEER_A_PREFIX_ADDR] = { .type = NLA_BINARY, },
	[KSTEER_A_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
};

const struct nla_policy ksteer_tcp_nl_policy[KSTEER_A_TCP_REPLY_SCALE + 1] = {
	[KSTEER_A_TCP_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x1fff),
	[KSTEER_A_TCP_END] = { .type = NLA_U32, },
	[KSTEER_A_TCP_ACK] = { .type = NLA_U32, },
	[KSTEER_A_TCP_WIN] = { .type = NLA_U16, },
	[KSTEER_A_TCP_SCALE] = NLA_POLICY_MAX(NLA_U8, 14),
	[KSTEER_A_TCP_REPLY_END] = { .type = NLA_U32, },
	[KSTEER_A_TCP_REPLY_ACK] = { .type = NLA_U32, },
	[KSTEER_A_TCP_REPLY_WIN] = { .type = NLA_U16, },
	[KSTEER_A_TCP_REPLY_SCALE] = NLA_POLICY_MAX(NLA_U8, 14),
};

const struct nla_policy ksteer_timeouts_nl_policy[KSTEER_A_TIMEOUTS_SCTP_CLOSED + 1] = {
	[KSTEER_A_TIMEOUTS_TCP_OPEN] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_timeouts_tcp_open_range),
	[KSTEER_A_TIMEOUTS_TCP_ESTABLISHED] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_timeouts_tcp_established_range),
	[KSTEER_A_TIMEOUTS_TCP_CLOSING] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_timeouts_tcp_closing_range),
	[KSTEER_A_TIMEOUTS_TCP_CLOSED] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_timeouts_tcp_closed_range),
	[KSTEER_A_TIMEOUTS_UDP_OPEN] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_timeouts_udp_open_range),
	[KSTEER_A_TIMEOUTS_UDP_ESTABLISHED] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_timeouts_udp_established_range),
	[KSTEER_A_TIMEOUTS_OTHER] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_timeouts_other_range),
	[KSTEER_A_TIMEOUTS_TCP_MIDSTREAM] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_timeouts_tcp_midstream_range),
	[KSTEER_A_TIMEOUTS_TCP_HALF_CLOSED] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_timeouts_tcp_half_closed_range),
	[KSTEER_A_TIMEOUTS_SCTP_OPEN] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_timeouts_sctp_open_range),
	[KSTEER_A_TIMEOUTS_SCTP_ESTABLISHED] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_timeouts_sctp_established_range),
	[KSTEER_A_TIMEOUTS_SCTP_CLOSING] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_timeouts_sctp_closing_range),
	[KSTEER_A_TIMEOUTS_SCTP_CLOSED] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_timeouts_sctp_closed_range),
};

/* KSTEER_CMD_TM_GET - do */
const struct nla_policy ksteer_tm_get_nl_policy[KSTEER_A_TM_NAME + 1] = {
	[KSTEER_A_TM_NAME] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
};

/* KSTEER_CMD_TM_NEW - do */
const struct nla_policy ksteer_tm_new_nl_policy[KSTEER_A_TM_SOURCE + 1] = {
	[KSTEER_A_TM_NAME] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
	[KSTEER_A_TM_VIA] = NLA_POLICY_EXACT_LEN(4),
	[KSTEER_A_TM_VIA6] = NLA_POLICY_EXACT_LEN(16),
	[KSTEER_A_TM_IFINDEX] = { .type = NLA_U32, },
	[KSTEER_A_TM_REPLY_VIA] = NLA_POLICY_EXACT_LEN(4),
	[KSTEER_A_TM_REPLY_VIA6] = NLA_POLICY_EXACT_LEN(16),
	[KSTEER_A_TM_REPLY_IFINDEX] = { .type = NLA_U32, },
	[KSTEER_A_TM_WEIGHT] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_tm_weight_range),
	[KSTEER_A_TM_STATE] = NLA_POLICY_MAX(NLA_U32, 2),
	[KSTEER_A_TM_ON_DOWN] = NLA_POLICY_MAX(NLA_U32, 1),
	[KSTEER_A_TM_DRAIN_TIMEOUT] = { .type = NLA_U32, },
	[KSTEER_A_TM_MAX_FLOWS] = { .type = NLA_U32, },
	[KSTEER_A_TM_DEV] = { .type = NLA_NUL_STRING, .len = 15, },
	[KSTEER_A_TM_REPLY_DEV] = { .type = NLA_NUL_STRING, .len = 15, },
	[KSTEER_A_TM_ON_FAIL] = NLA_POLICY_MAX(NLA_U32, 3),
	[KSTEER_A_TM_FAIL_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_tm_fail_timeout_range),
	[KSTEER_A_TM_ON_DRAIN] = NLA_POLICY_MAX(NLA_U32, 1),
	[KSTEER_A_TM_STATION] = { .type = NLA_BINARY, },
	[KSTEER_A_TM_SOURCE] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* KSTEER_CMD_TM_SET - do */
const struct nla_policy ksteer_tm_set_nl_policy[KSTEER_A_TM_SOURCE + 1] = {
	[KSTEER_A_TM_NAME] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
	[KSTEER_A_TM_VIA] = NLA_POLICY_EXACT_LEN(4),
	[KSTEER_A_TM_VIA6] = NLA_POLICY_EXACT_LEN(16),
	[KSTEER_A_TM_IFINDEX] = { .type = NLA_U32, },
	[KSTEER_A_TM_REPLY_VIA] = NLA_POLICY_EXACT_LEN(4),
	[KSTEER_A_TM_REPLY_VIA6] = NLA_POLICY_EXACT_LEN(16),
	[KSTEER_A_TM_REPLY_IFINDEX] = { .type = NLA_U32, },
	[KSTEER_A_TM_WEIGHT] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_tm_weight_range),
	[KSTEER_A_TM_STATE] = NLA_POLICY_MAX(NLA_U32, 2),
	[KSTEER_A_TM_ON_DOWN] = NLA_POLICY_MAX(NLA_U32, 1),
	[KSTEER_A_TM_DRAIN_TIMEOUT] = { .type = NLA_U32, },
	[KSTEER_A_TM_MAX_FLOWS] = { .type = NLA_U32, },
	[KSTEER_A_TM_DEV] = { .type = NLA_NUL_STRING, .len = 15, },
	[KSTEER_A_TM_REPLY_DEV] = { .type = NLA_NUL_STRING, .len = 15, },
	[KSTEER_A_TM_ON_FAIL] = NLA_POLICY_MAX(NLA_U32, 3),
	[KSTEER_A_TM_FAIL_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_tm_fail_timeout_range),
	[KSTEER_A_TM_ON_DRAIN] = NLA_POLICY_MAX(NLA_U32, 1),
	[KSTEER_A_TM_STATION] = { .type = NLA_BINARY, },
	[KSTEER_A_TM_SOURCE] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* KSTEER_CMD_TM_DEL - do */
const struct nla_policy ksteer_tm_del_nl_policy[KSTEER_A_TM_NAME + 1] = {
	[KSTEER_A_TM_NAME] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
};

/* KSTEER_CMD_POOL_GET - do */
const struct nla_policy ksteer_pool_get_nl_policy[KSTEER_A_POOL_NAME + 1] = {
	[KSTEER_A_POOL_NAME] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
};

/* KSTEER_CMD_POOL_NEW - do */
const struct nla_policy ksteer_pool_new_nl_policy[KSTEER_A_POOL_SET + 1] = {
	[KSTEER_A_POOL_NAME] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
	[KSTEER_A_POOL_SCHED] = NLA_POLICY_MAX(NLA_U32, 8),
	[KSTEER_A_POOL_MEMBER] = NLA_POLICY_NESTED(ksteer_member_nl_policy),
	[KSTEER_A_POOL_SEED] = { .type = NLA_U64, },
	[KSTEER_A_POOL_TABLE_SIZE] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_pool_table_size_range),
	[KSTEER_A_POOL_HASH_FIELDS] = NLA_POLICY_MASK(NLA_U32, 0x3f),
	[KSTEER_A_POOL_SET] = NLA_POLICY_NESTED(ksteer_prefix_nl_policy),
};

/* KSTEER_CMD_POOL_SET - do */
const struct nla_policy ksteer_pool_set_nl_policy[KSTEER_A_POOL_SET + 1] = {
	[KSTEER_A_POOL_NAME] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
	[KSTEER_A_POOL_SCHED] = NLA_POLICY_MAX(NLA_U32, 8),
	[KSTEER_A_POOL_MEMBER] = NLA_POLICY_NESTED(ksteer_member_nl_policy),
	[KSTEER_A_POOL_SEED] = { .type = NLA_U64, },
	[KSTEER_A_POOL_TABLE_SIZE] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_pool_table_size_range),
	[KSTEER_A_POOL_HASH_FIELDS] = NLA_POLICY_MASK(NLA_U32, 0x3f),
	[KSTEER_A_POOL_SET] = NLA_POLICY_NESTED(ksteer_prefix_nl_policy),
};

/* KSTEER_CMD_POOL_DEL - do */
const struct nla_policy ksteer_pool_del_nl_policy[KSTEER_A_POOL_NAME + 1] = {
	[KSTEER_A_POOL_NAME] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
};

/* KSTEER_CMD_POOL_JOIN - do */
const struct nla_policy ksteer_pool_join_nl_policy[KSTEER_A_POOL_MEMBER + 1] = {
	[KSTEER_A_POOL_NAME] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
	[KSTEER_A_POOL_MEMBER] = NLA_POLICY_NESTED(ksteer_member_nl_policy),
};

/* KSTEER_CMD_POOL_LEAVE - do */
const struct nla_policy ksteer_pool_leave_nl_policy[KSTEER_A_POOL_MEMBER + 1] = {
	[KSTEER_A_POOL_NAME] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
	[KSTEER_A_POOL_MEMBER] = NLA_POLICY_NESTED(ksteer_member_nl_policy),
};

/* KSTEER_CMD_VS_GET - do */
const struct nla_policy ksteer_vs_get_nl_policy[KSTEER_A_VS_NAME + 1] = {
	[KSTEER_A_VS_NAME] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
};

/* KSTEER_CMD_VS_NEW - do */
const struct nla_policy ksteer_vs_new_nl_policy[KSTEER_A_VS_MORE + 1] = {
	[KSTEER_A_VS_NAME] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
	[KSTEER_A_VS_ADDR] = { .type = NLA_BINARY, },
	[KSTEER_A_VS_PREFIXLEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[KSTEER_A_VS_PORT_MIN] = NLA_POLICY_MIN(NLA_U16, 1),
	[KSTEER_A_VS_PORT_MAX] = NLA_POLICY_MIN(NLA_U16, 1),
	[KSTEER_A_VS_PROTO] = NLA_POLICY_MIN(NLA_U8, 1),
	[KSTEER_A_VS_VLAN] = NLA_POLICY_MAX(NLA_U16, 4094),
	[KSTEER_A_VS_IFINDEX] = { .type = NLA_U32, },
	[KSTEER_A_VS_POOL] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
	[KSTEER_A_VS_FORWARD] = NLA_POLICY_MAX(NLA_U32, 1),
	[KSTEER_A_VS_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x1f),
	[KSTEER_A_VS_MIDSTREAM] = NLA_POLICY_MAX(NLA_U32, 1),
	[KSTEER_A_VS_STORE] = NLA_POLICY_MAX(NLA_U32, 1),
	[KSTEER_A_VS_TEMPLATE] = NLA_POLICY_MASK(NLA_U32, 0x3f),
	[KSTEER_A_VS_PERSIST] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_vs_persist_range),
	[KSTEER_A_VS_PERSIST_PREFIX] = NLA_POLICY_RANGE(NLA_U8, 1, 32),
	[KSTEER_A_VS_PERSIST_PREFIX6] = NLA_POLICY_RANGE(NLA_U8, 1, 128),
	[KSTEER_A_VS_MAX_FLOWS] = { .type = NLA_U32, },
	[KSTEER_A_VS_TIMEOUTS] = NLA_POLICY_NESTED(ksteer_timeouts_nl_policy),
	[KSTEER_A_VS_EVENTS] = NLA_POLICY_MASK(NLA_U32, 0xf),
	[KSTEER_A_VS_PERSIST_GROUP] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
	[KSTEER_A_VS_DEV] = { .type = NLA_NUL_STRING, .len = 15, },
	[KSTEER_A_VS_REJECT] = NLA_POLICY_MAX(NLA_U32, 2),
	[KSTEER_A_VS_UNSERVED] = NLA_POLICY_MAX(NLA_U32, 1),
	[KSTEER_A_VS_MORE] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* KSTEER_CMD_VS_SET - do */
const struct nla_policy ksteer_vs_set_nl_policy[KSTEER_A_VS_MORE + 1] = {
	[KSTEER_A_VS_NAME] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
	[KSTEER_A_VS_POOL] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
	[KSTEER_A_VS_FORWARD] = NLA_POLICY_MAX(NLA_U32, 1),
	[KSTEER_A_VS_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x1f),
	[KSTEER_A_VS_MIDSTREAM] = NLA_POLICY_MAX(NLA_U32, 1),
	[KSTEER_A_VS_STORE] = NLA_POLICY_MAX(NLA_U32, 1),
	[KSTEER_A_VS_TEMPLATE] = NLA_POLICY_MASK(NLA_U32, 0x3f),
	[KSTEER_A_VS_PERSIST] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_vs_persist_range),
	[KSTEER_A_VS_PERSIST_PREFIX] = NLA_POLICY_RANGE(NLA_U8, 1, 32),
	[KSTEER_A_VS_PERSIST_PREFIX6] = NLA_POLICY_RANGE(NLA_U8, 1, 128),
	[KSTEER_A_VS_MAX_FLOWS] = { .type = NLA_U32, },
	[KSTEER_A_VS_TIMEOUTS] = NLA_POLICY_NESTED(ksteer_timeouts_nl_policy),
	[KSTEER_A_VS_EVENTS] = NLA_POLICY_MASK(NLA_U32, 0xf),
	[KSTEER_A_VS_PERSIST_GROUP] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
	[KSTEER_A_VS_REJECT] = NLA_POLICY_MAX(NLA_U32, 2),
	[KSTEER_A_VS_UNSERVED] = NLA_POLICY_MAX(NLA_U32, 1),
	[KSTEER_A_VS_MORE] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* KSTEER_CMD_VS_DEL - do */
const struct nla_policy ksteer_vs_del_nl_policy[KSTEER_A_VS_NAME + 1] = {
	[KSTEER_A_VS_NAME] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
};

/* KSTEER_CMD_FLOW_GET - do */
const struct nla_policy ksteer_flow_get_nl_policy[KSTEER_A_FLOWS_FILTER + 1] = {
	[KSTEER_A_FLOWS_FLOW] = NLA_POLICY_NESTED(ksteer_flow_nl_policy),
	[KSTEER_A_FLOWS_FILTER] = NLA_POLICY_NESTED(ksteer_flow_nl_policy),
};

/* KSTEER_CMD_FLOW_NEW - do */
const struct nla_policy ksteer_flow_new_nl_policy[KSTEER_A_FLOWS_FLOW + 1] = {
	[KSTEER_A_FLOWS_FLOW] = NLA_POLICY_NESTED(ksteer_flow_nl_policy),
};

/* KSTEER_CMD_FLOW_DEL - do */
const struct nla_policy ksteer_flow_del_nl_policy[KSTEER_A_FLOWS_FILTER + 1] = {
	[KSTEER_A_FLOWS_FLOW] = NLA_POLICY_NESTED(ksteer_flow_nl_policy),
	[KSTEER_A_FLOWS_FILTER] = NLA_POLICY_NESTED(ksteer_flow_nl_policy),
};

/* KSTEER_CMD_CONFIG_GET - do */
const struct nla_policy ksteer_config_get_nl_policy[KSTEER_A_CONFIG_PAD + 1] = {
};

/* KSTEER_CMD_CONFIG_SET - do */
const struct nla_policy ksteer_config_set_nl_policy[KSTEER_A_CONFIG_STANDBY + 1] = {
	[KSTEER_A_CONFIG_MAX_FLOWS] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSTEER_A_CONFIG_MAX_OPEN] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSTEER_A_CONFIG_YOUNG] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksteer_a_config_young_range),
	[KSTEER_A_CONFIG_STANDBY] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* KSTEER_CMD_STATS_GET - do */
const struct nla_policy ksteer_stats_get_nl_policy[KSTEER_A_COUNTER_NAME + 1] = {
	[KSTEER_A_COUNTER_NAME] = { .type = NLA_NUL_STRING, .len = KSTEER_NAME_MAX, },
};

/* KSTEER_CMD_EXPLAIN - do */
const struct nla_policy ksteer_explain_nl_policy[KSTEER_A_EXPLAIN_QUERY + 1] = {
	[KSTEER_A_EXPLAIN_QUERY] = NLA_POLICY_NESTED(ksteer_flow_nl_policy),
};

/* KSTEER_CMD_FLOW_SET - do */
const struct nla_policy ksteer_flow_set_nl_policy[KSTEER_A_FLOWS_FLOW + 1] = {
	[KSTEER_A_FLOWS_FLOW] = NLA_POLICY_NESTED(ksteer_flow_nl_policy),
};

/* Ops table for ksteer */
const struct genl_ops ksteer_nl_ops[22] = {
	{
		.cmd		= KSTEER_CMD_TM_GET,
		.doit		= ksteer_nl_tm_get_doit,
		.dumpit		= ksteer_nl_tm_get_dumpit,
		.policy		= ksteer_tm_get_nl_policy,
		.maxattr	= KSTEER_A_TM_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_TM_NEW,
		.doit		= ksteer_nl_tm_new_doit,
		.policy		= ksteer_tm_new_nl_policy,
		.maxattr	= KSTEER_A_TM_SOURCE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_TM_SET,
		.doit		= ksteer_nl_tm_set_doit,
		.policy		= ksteer_tm_set_nl_policy,
		.maxattr	= KSTEER_A_TM_SOURCE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_TM_DEL,
		.doit		= ksteer_nl_tm_del_doit,
		.policy		= ksteer_tm_del_nl_policy,
		.maxattr	= KSTEER_A_TM_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_POOL_GET,
		.doit		= ksteer_nl_pool_get_doit,
		.dumpit		= ksteer_nl_pool_get_dumpit,
		.policy		= ksteer_pool_get_nl_policy,
		.maxattr	= KSTEER_A_POOL_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_POOL_NEW,
		.doit		= ksteer_nl_pool_new_doit,
		.policy		= ksteer_pool_new_nl_policy,
		.maxattr	= KSTEER_A_POOL_SET,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_POOL_SET,
		.doit		= ksteer_nl_pool_set_doit,
		.policy		= ksteer_pool_set_nl_policy,
		.maxattr	= KSTEER_A_POOL_SET,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_POOL_DEL,
		.doit		= ksteer_nl_pool_del_doit,
		.policy		= ksteer_pool_del_nl_policy,
		.maxattr	= KSTEER_A_POOL_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_POOL_JOIN,
		.doit		= ksteer_nl_pool_join_doit,
		.policy		= ksteer_pool_join_nl_policy,
		.maxattr	= KSTEER_A_POOL_MEMBER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_POOL_LEAVE,
		.doit		= ksteer_nl_pool_leave_doit,
		.policy		= ksteer_pool_leave_nl_policy,
		.maxattr	= KSTEER_A_POOL_MEMBER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_VS_GET,
		.doit		= ksteer_nl_vs_get_doit,
		.dumpit		= ksteer_nl_vs_get_dumpit,
		.policy		= ksteer_vs_get_nl_policy,
		.maxattr	= KSTEER_A_VS_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_VS_NEW,
		.doit		= ksteer_nl_vs_new_doit,
		.policy		= ksteer_vs_new_nl_policy,
		.maxattr	= KSTEER_A_VS_MORE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_VS_SET,
		.doit		= ksteer_nl_vs_set_doit,
		.policy		= ksteer_vs_set_nl_policy,
		.maxattr	= KSTEER_A_VS_MORE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_VS_DEL,
		.doit		= ksteer_nl_vs_del_doit,
		.policy		= ksteer_vs_del_nl_policy,
		.maxattr	= KSTEER_A_VS_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_FLOW_GET,
		.doit		= ksteer_nl_flow_get_doit,
		.dumpit		= ksteer_nl_flow_get_dumpit,
		.policy		= ksteer_flow_get_nl_policy,
		.maxattr	= KSTEER_A_FLOWS_FILTER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_FLOW_NEW,
		.doit		= ksteer_nl_flow_new_doit,
		.policy		= ksteer_flow_new_nl_policy,
		.maxattr	= KSTEER_A_FLOWS_FLOW,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_FLOW_DEL,
		.doit		= ksteer_nl_flow_del_doit,
		.policy		= ksteer_flow_del_nl_policy,
		.maxattr	= KSTEER_A_FLOWS_FILTER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_CONFIG_GET,
		.doit		= ksteer_nl_config_get_doit,
		.policy		= ksteer_config_get_nl_policy,
		.maxattr	= KSTEER_A_CONFIG_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_CONFIG_SET,
		.doit		= ksteer_nl_config_set_doit,
		.policy		= ksteer_config_set_nl_policy,
		.maxattr	= KSTEER_A_CONFIG_STANDBY,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_STATS_GET,
		.doit		= ksteer_nl_stats_get_doit,
		.dumpit		= ksteer_nl_stats_get_dumpit,
		.policy		= ksteer_stats_get_nl_policy,
		.maxattr	= KSTEER_A_COUNTER_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_EXPLAIN,
		.doit		= ksteer_nl_explain_doit,
		.policy		= ksteer_explain_nl_policy,
		.maxattr	= KSTEER_A_EXPLAIN_QUERY,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KSTEER_CMD_FLOW_SET,
		.doit		= ksteer_nl_flow_set_doit,
		.policy		= ksteer_flow_set_nl_policy,
		.maxattr	= KSTEER_A_FLOWS_FLOW,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

static const struct genl_multicast_group ksteer_nl_mcgrps[] = {
	[KSTEER_NLGRP_CONFIG] = { "config", },
	[KSTEER_NLGRP_FLOW] = { "flow", },
};

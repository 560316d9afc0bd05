/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ksteer.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_KSTEER_GEN_H
#define _LINUX_KSTEER_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/ksteer.h>

/* Common nested types */
extern const struct nla_policy ksteer_alias_nl_policy[KSTEER_A_FLOW_VRF + 1];
extern const struct nla_policy ksteer_flow_nl_policy[KSTEER_A_FLOW_PENDING + 1];
extern const struct nla_policy ksteer_member_nl_policy[KSTEER_A_MEMBER_SHARE + 1];
extern const struct nla_policy ksteer_prefix_nl_policy[KSTEER_A_PREFIX_LEN + 1];
extern const struct nla_policy ksteer_tcp_nl_policy[KSTEER_A_TCP_REPLY_SCALE + 1];
extern const struct nla_policy ksteer_timeouts_nl_policy[KSTEER_A_TIMEOUTS_SCTP_CLOSED + 1];

extern const struct nla_policy ksteer_tm_get_nl_policy[KSTEER_A_TM_NAME + 1];

extern const struct nla_policy ksteer_tm_new_nl_policy[KSTEER_A_TM_SOURCE + 1];

extern const struct nla_policy ksteer_tm_set_nl_policy[KSTEER_A_TM_SOURCE + 1];

extern const struct nla_policy ksteer_tm_del_nl_policy[KSTEER_A_TM_NAME + 1];

extern const struct nla_policy ksteer_pool_get_nl_policy[KSTEER_A_POOL_NAME + 1];

extern const struct nla_policy ksteer_pool_new_nl_policy[KSTEER_A_POOL_SET + 1];

extern const struct nla_policy ksteer_pool_set_nl_policy[KSTEER_A_POOL_SET + 1];

extern const struct nla_policy ksteer_pool_del_nl_policy[KSTEER_A_POOL_NAME + 1];

extern const struct nla_policy ksteer_pool_join_nl_policy[KSTEER_A_POOL_MEMBER + 1];

extern const struct nla_policy ksteer_pool_leave_nl_policy[KSTEER_A_POOL_MEMBER + 1];

extern const struct nla_policy ksteer_vs_get_nl_policy[KSTEER_A_VS_NAME + 1];

extern const struct nla_policy ksteer_vs_new_nl_policy[KSTEER_A_VS_MORE + 1];

extern const struct nla_policy ksteer_vs_set_nl_policy[KSTEER_A_VS_MORE + 1];

extern const struct nla_policy ksteer_vs_del_nl_policy[KSTEER_A_VS_NAME + 1];

extern const struct nla_policy ksteer_flow_get_nl_policy[KSTEER_A_FLOWS_FILTER + 1];

extern const struct nla_policy ksteer_flow_new_nl_policy[KSTEER_A_FLOWS_FLOW + 1];

extern const struct nla_policy ksteer_flow_del_nl_policy[KSTEER_A_FLOWS_FILTER + 1];

extern const struct nla_policy ksteer_config_get_nl_policy[KSTEER_A_CONFIG_PAD + 1];

extern const struct nla_policy ksteer_config_set_nl_policy[KSTEER_A_CONFIG_STANDBY + 1];

extern const struct nla_policy ksteer_stats_get_nl_policy[KSTEER_A_COUNTER_NAME + 1];

extern const struct nla_policy ksteer_explain_nl_policy[KSTEER_A_EXPLAIN_QUERY + 1];

extern const struct nla_policy ksteer_flow_set_nl_policy[KSTEER_A_FLOWS_FLOW + 1];

/* Ops table for ksteer */
extern const struct genl_ops ksteer_nl_ops[22];

int ksteer_nl_tm_get_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_tm_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ksteer_nl_tm_new_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_tm_set_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_tm_del_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_pool_get_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_pool_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ksteer_nl_pool_new_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_pool_set_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_pool_del_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_pool_join_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_pool_leave_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_vs_get_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_vs_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ksteer_nl_vs_new_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_vs_set_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_vs_del_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ksteer_nl_flow_new_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_flow_del_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_stats_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int ksteer_nl_explain_doit(struct sk_buff *skb, struct genl_info *info);
int ksteer_nl_flow_set_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	KSTEER_NLGRP_CONFIG,
	KSTEER_NLGRP_FLOW,
};

#endif /* _LINUX_KSTEER_GEN_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* The generic netlink family: what its files share. */
#ifndef _KSTEER_NETLINK_H
#define _KSTEER_NETLINK_H

#include <net/genetlink.h>
#include <net/sock.h>

#include "base/ksteer.h"
#include "compat/netlink.h"
#include "key/packet.h"
#include "netlink/nl_gen.h"
#include "object/manager.h"
#include "object/pool.h"
#include "object/vserver.h"
#include "store/dest.h"

struct ksteer_change;
struct ksteer_config;
struct ksteer_tcp;

int ksteer_netlink_init(void);
void ksteer_netlink_exit(void);

/* nl_message.c: messages */
extern struct genl_family ksteer_nl_family;

struct sk_buff *ksteer_nl_reply_start(struct genl_info *info, size_t size,
				      void **hdr);
int ksteer_nl_reply_end(struct genl_info *info, struct sk_buff *skb, void *hdr,
			int err);
void *ksteer_nl_dump_start(struct sk_buff *skb, struct netlink_callback *cb,
			   u8 cmd);
int ksteer_nl_dump_refuse_name(struct netlink_callback *cb, int type);

/* Run @handler, whatever it is called, under kn->config */
int ksteer_nl_locked(struct genl_info *info,
		     int (*handler)(struct ksteer_net *kn,
				    struct genl_info *info));

/* nl_codec.c: what more than one object has */
int ksteer_nl_only(struct nlattr **tb, int max, u64 allowed,
		   struct netlink_ext_ack *extack);
int ksteer_nl_parse_name(struct genl_info *info, int type, char *name);
int ksteer_nl_parse_label(struct genl_info *info, int type, char *name);
const char *ksteer_nl_find_name(struct genl_info *info, int type);
int ksteer_nl_check_ipv6(const struct nlattr *attr,
			 struct netlink_ext_ack *extack);
int ksteer_nl_parse_addr(const struct nlattr *attr, union ksteer_addr *addr,
			 u8 *family, struct netlink_ext_ack *extack);
int ksteer_nl_parse_prefix(const struct nlattr *addr, const struct nlattr *len,
			   struct ksteer_prefix *prefix,
			   struct netlink_ext_ack *extack);
bool ksteer_nl_is_host(const union ksteer_addr *addr, u8 family);
int ksteer_nl_parse_device(struct net *net, const struct nlattr *name,
			   const struct nlattr *index, char *dev,
			   struct netlink_ext_ack *extack);
int ksteer_nl_check_ifindex(struct net *net, int ifindex,
			    const struct nlattr *attr, unsigned int *flags,
			    struct netlink_ext_ack *extack);
int ksteer_nl_put_addr(struct sk_buff *skb, int type,
		       const union ksteer_addr *addr, u8 family);
int ksteer_nl_put_stats(struct sk_buff *skb, int type,
			const struct ksteer_sum *sum);
const struct nlattr *ksteer_nl_next(const struct genl_info *info, int type,
				    const struct nlattr *after);
unsigned int ksteer_nl_count(const struct genl_info *info, int type);

/* All attributes of one type at the top of a request */
#define ksteer_nl_for_each(pos, info, type)               \
	for (pos = ksteer_nl_next(info, type, NULL); pos; \
	     pos = ksteer_nl_next(info, type, pos))

/* nl_key_codec.c, nl_flow_codec.c: keys and flows */

/**
 * struct ksteer_nl_key - a key as a request names it
 * @tuple: endpoints, the opener's as the source
 * @fields: fields that count, enum ksteer_field
 */
struct ksteer_nl_key {
	struct ksteer_tuple tuple;
	u8 fields;
};

#define KSTEER_NL_KEY_ATTRS                                            \
	(BIT_ULL(KSTEER_A_FLOW_SRC) | BIT_ULL(KSTEER_A_FLOW_DST) |     \
	 BIT_ULL(KSTEER_A_FLOW_SPORT) | BIT_ULL(KSTEER_A_FLOW_DPORT) | \
	 BIT_ULL(KSTEER_A_FLOW_PROTO) | BIT_ULL(KSTEER_A_FLOW_VLAN) |  \
	 BIT_ULL(KSTEER_A_FLOW_VRF))

int ksteer_nl_parse_flow(const struct nlattr *nest, struct nlattr **tb,
			 u64 allowed, struct netlink_ext_ack *extack);
int ksteer_nl_parse_key(struct ksteer_net *kn, struct nlattr **tb,
			const struct nlattr *nest, struct ksteer_nl_key *key,
			struct netlink_ext_ack *extack);
void ksteer_nl_key_lookup(const struct ksteer_nl_key *key, u16 pool,
			  struct ksteer_lookup *look);
u32 ksteer_nl_parse_vrf(struct ksteer_net *kn, const struct nlattr *name,
			struct netlink_ext_ack *extack);
int ksteer_nl_put_key(struct ksteer_net *kn, struct sk_buff *skb,
		      const struct ksteer_key *key, u8 fields);
int ksteer_nl_check_target(const struct ksteer_tm *tm, u8 family,
			   const struct nlattr *name,
			   struct netlink_ext_ack *extack);
int ksteer_nl_put_flow_rcu(struct sk_buff *skb, int type,
			   const struct ksteer_flow *flow,
			   struct ksteer_dest dest,
			   const struct ksteer_change *change);

/* nl_tcp_codec.c: what is known of a TCP connection */
int ksteer_nl_put_tcp(struct sk_buff *skb, const struct ksteer_flow *flow);
int ksteer_nl_parse_tcp(const struct nlattr *nest, struct ksteer_tcp *tcp,
			struct netlink_ext_ack *extack);

/* nl_alias_codec.c: further keys of a flow */
int ksteer_nl_parse_aliases(struct ksteer_net *kn, const struct nlattr *nest,
			    const struct ksteer_flow *of,
			    struct ksteer_dest dest, struct ksteer_flow **first,
			    struct netlink_ext_ack *extack);
int ksteer_nl_put_aliases(struct ksteer_net *kn, struct sk_buff *skb,
			  const struct ksteer_flow *flow);

/* Room for one flow, and for the message around it */
#define KSTEER_NL_FLOW_SIZE 1024

/* nl_*_codec.c, nl_*.c: the objects */
int ksteer_nl_tm_fill(struct sk_buff *skb, const struct ksteer_tm *tm,
		      u32 oper);
int ksteer_nl_pool_fill(struct sk_buff *skb, const struct ksteer_pool *pool);
size_t ksteer_nl_pool_size(const struct ksteer_pool *pool);
int ksteer_nl_vs_fill(struct sk_buff *skb, const struct ksteer_vs *vs);
int ksteer_nl_config_fill(struct sk_buff *skb, struct ksteer_net *kn);
int ksteer_nl_config_precheck(const struct ksteer_net *kn,
			      const struct ksteer_config *set,
			      struct genl_info *info);
void ksteer_nl_config_parse(struct ksteer_config *set,
			    const struct ksteer_net *kn, struct nlattr **tb);
bool ksteer_nl_sched_is_hash(enum ksteer_sched sched);
int ksteer_nl_flow_get_start(struct netlink_callback *cb);
int ksteer_nl_flow_get_done(struct netlink_callback *cb);
int ksteer_nl_pool_get_start(struct netlink_callback *cb);

/* nl_bounds.c: how much the namespace of a user namespace may hold */
int ksteer_nl_bound_tms(const struct ksteer_net *kn, struct genl_info *info);
int ksteer_nl_bound_servers(const struct ksteer_net *kn,
			    struct genl_info *info);
int ksteer_nl_bound_pools(const struct ksteer_net *kn,
			  const struct ksteer_pool *pool,
			  const struct ksteer_pool_settings *set,
			  struct genl_info *info);

/* nl_event.c: notifications */
void ksteer_nl_events_start(void);
void ksteer_nl_events_stop(void);
bool ksteer_nl_event_wanted(const struct ksteer_net *kn, unsigned int group);
struct sk_buff *ksteer_nl_event_start(struct ksteer_net *kn, unsigned int group,
				      u8 cmd, size_t size, gfp_t gfp,
				      void **hdr);
struct sk_buff *ksteer_nl_event_end(struct ksteer_net *kn, unsigned int group,
				    struct sk_buff *skb, void *hdr, int err);
void ksteer_nl_event_multicast(const struct ksteer_net *kn, unsigned int group,
			       struct sk_buff *skb);
struct sk_buff *ksteer_nl_tm_event(const struct ksteer_tm *tm,
				   enum ksteer_event event,
				   const struct ksteer_moved *moved);
struct sk_buff *ksteer_nl_pool_event(const struct ksteer_pool *pool,
				     enum ksteer_event event);
struct sk_buff *ksteer_nl_vs_event(const struct ksteer_vs *vs,
				   enum ksteer_event event);
struct sk_buff *ksteer_nl_config_event(struct ksteer_net *kn);
void ksteer_nl_event_send(struct ksteer_net *kn, struct sk_buff *skb);

/* nl_change.c: what becomes of flows */
u32 ksteer_nl_changes_send(struct ksteer_changelog *log, u32 most);

#endif /* _KSTEER_NETLINK_H */

// SPDX-License-Identifier: GPL-2.0-only
/* What would become of a packet, without one. */
#include <linux/bottom_half.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <net/l3mdev.h>

#include "key/key.h"
#include "key/link.h"
#include "netlink/netlink.h"
#include "object/arrange.h"
#include "packet/decide.h"
#include "packet/leave.h"
#include "packet/local.h"
#include "packet/pending.h"
#include "store/flow_dest.h"
#include "store/store.h"

#define KSTEER_EXPLAIN_ATTRS                                    \
	(KSTEER_NL_KEY_ATTRS | BIT_ULL(KSTEER_A_FLOW_IFINDEX) | \
	 BIT_ULL(KSTEER_A_FLOW_STATE))

/* Bytes of an answer: as many kinds of servers as fit are told, the first ones */
#define KSTEER_EXPLAIN_SIZE (SZ_16K - SZ_1K)

/**
 * struct ksteer_query - the packet that is asked about
 * @key: its endpoints, a full key
 * @ifindex: arriving device, 0 if not told
 * @has_vlan: whether the VLAN was told; else it is the device's
 * @has_state: whether it was told if the packet opens a flow
 * @opens: a SYN, or a packet of a protocol that has none
 * @dev: arriving device, NULL if it was not told or does not count
 * @matched: virtual servers were looked for
 */
struct ksteer_query {
	struct ksteer_nl_key key;
	int ifindex;
	bool has_vlan;
	bool has_state;
	bool opens;
	const struct net_device *dev;
	bool matched;
};

static int ksteer_query_parse(struct ksteer_net *kn, struct genl_info *info,
			      struct ksteer_query *query)
{
	const struct nlattr *nest = info->attrs[KSTEER_A_EXPLAIN_QUERY];
	struct nlattr *tb[KSTEER_A_FLOW_MAX + 1];
	int err;

	err = ksteer_nl_parse_flow(nest, tb, KSTEER_EXPLAIN_ATTRS,
				   info->extack);
	if (!err)
		err = ksteer_nl_parse_key(kn, tb, nest, &query->key,
					  info->extack);
	if (err)
		return err;
	query->has_vlan = tb[KSTEER_A_FLOW_VLAN];
	query->has_state = tb[KSTEER_A_FLOW_STATE];
	query->opens =
		query->key.tuple.proto != IPPROTO_TCP || !query->has_state ||
		nla_get_u32(tb[KSTEER_A_FLOW_STATE]) == KSTEER_FLOW_STATE_OPEN;
	query->ifindex = 0;
	query->dev = NULL;
	query->matched = false;
	if (!tb[KSTEER_A_FLOW_IFINDEX])
		return 0;
	query->ifindex = nla_get_u32(tb[KSTEER_A_FLOW_IFINDEX]);
	return ksteer_nl_check_ifindex(kn->net, query->ifindex,
				       tb[KSTEER_A_FLOW_IFINDEX], NULL,
				       info->extack);
}

/*
 * Does a SYN find the entry out of use?  If it was not told what the packet
 * is, one of the flow's own is meant while the flow lasts.
 */
static bool ksteer_entry_gives_way(const struct ksteer_query *query,
				   const struct ksteer_flow *flow,
				   struct ksteer_dest dest)
{
	const u32 fins = KSTEER_TRACK_FIN(KSTEER_DIR_OPEN) |
			 KSTEER_TRACK_FIN(KSTEER_DIR_REPLY);
	const struct ksteer_tuple *t = &query->key.tuple;
	enum ksteer_flow_state state = ksteer_flow_state(flow);
	struct ksteer_dest to;

	if (dest.tm && ksteer_leave_ask_rcu(flow, dest, KSTEER_SELECT_PEEK,
					    &to) != KSTEER_LEAVE_NOT)
		return true;
	if (t->proto != IPPROTO_TCP || !query->opens)
		return false;
	if (state == KSTEER_FLOW_STATE_CLOSED ||
	    (state == KSTEER_FLOW_STATE_CLOSING &&
	     (READ_ONCE(flow->track) & fins) == fins))
		return true;
	return query->has_state && dest.tm &&
	       !ksteer_vs_offers_rcu(dest.vs, dest.tm, t->family);
}

static void ksteer_explain_entry(struct ksteer_flow *flow,
				 struct ksteer_dest dest, enum ksteer_dir dir,
				 struct ksteer_decision *d)
{
	u32 flags = READ_ONCE(dest.vs->flags);

	*d = (struct ksteer_decision){
		.verdict = KSTEER_VERDICT_STEER,
		.by = KSTEER_DECIDED_BY_STORE,
		.vs = dest.vs,
		.dest = dest,
		.partial = flow,
		.template = KSTEER_FIELDS_FULL,
		.reason = "the flow is stored",
	};
	if (!dest.tm) {
		d->verdict = KSTEER_VERDICT_ROUTE;
		d->reason = "the flow is stored and follows the routing table";
	} else if (dir == KSTEER_DIR_REPLY &&
		   !(flags & KSTEER_VS_FLAGS_SYMMETRIC)) {
		d->verdict = KSTEER_VERDICT_ROUTE;
		d->reason =
			"an answer of a stored flow follows the routing table";
	} else if (ksteer_is_pending(dest)) {
		d->dest.tm = NULL;
		d->reason = "the flow is being decided: its packets wait";
	}
}

/* Did the store decide? */
static bool ksteer_explain_store(struct ksteer_net *kn,
				 const struct ksteer_query *query,
				 struct ksteer_decision *d)
{
	struct ksteer_lookup look;
	struct ksteer_dest dest;
	struct ksteer_flow *flow;

	ksteer_nl_key_lookup(&query->key, 0, &look);
	flow = ksteer_store_lookup_rcu(kn, &look);
	dest = flow ? ksteer_flow_dest_live_rcu(kn, flow) : KSTEER_DEST_NONE;
	if (!dest.vs || ksteer_entry_gives_way(query, flow, dest))
		return false;
	ksteer_explain_entry(flow, dest, ksteer_flow_dir(flow, look.swapped),
			     d);
	return true;
}

/* VLAN and VRF, where they were not told, are the device's */
static void ksteer_explain_link(struct ksteer_net *kn,
				struct ksteer_query *query,
				const struct net_device *dev)
{
	struct ksteer_tuple *t = &query->key.tuple;
	u32 table = ksteer_link_table(kn, t->link);
	u16 vlan = t->vlan, link;

	if (!query->has_vlan && is_vlan_dev(dev))
		vlan = vlan_dev_vlan_id(dev);
	if (!table && netif_is_l3_slave(dev))
		table = l3mdev_fib_table_rcu(dev);
	if (ksteer_link_get(kn, table, vlan, &link))
		ksteer_link_read(kn, link, t);
}

/* What this machine sends comes by lo, as far as it comes by a device */
static bool ksteer_explain_is_local(const struct ksteer_query *query)
{
	return query->ifindex == LOOPBACK_IFINDEX;
}

/* Is a packet that this machine sends itself left to the routes? */
static bool ksteer_explain_stays(struct ksteer_net *kn,
				 const struct ksteer_query *query,
				 struct ksteer_decision *d)
{
	const struct ksteer_tuple *t = &query->key.tuple;
	bool self = ksteer_addr_equal(&t->src, &t->dst);

	if (!self && ksteer_local_match_rcu(kn, t, NULL))
		return false;
	*d = (struct ksteer_decision){
		.verdict = KSTEER_VERDICT_PASS,
		.by = KSTEER_DECIDED_BY_NOTHING,
		.reason = self ? "it goes to the address that it comes from" :
				 "no virtual server takes it from this machine",
	};
	return true;
}

static void ksteer_explain_decide(struct ksteer_net *kn,
				  struct ksteer_query *query,
				  struct ksteer_decision *d)
{
	struct ksteer_question q = {
		.tuple = &query->key.tuple,
		.opens = query->opens,
		.peek = true,
	};

	if (ksteer_explain_is_local(query)) {
		if (ksteer_explain_stays(kn, query, d))
			return;
	} else if (query->ifindex) {
		q.dev = dev_get_by_index_rcu(kn->net, query->ifindex);
	}
	if (q.dev)
		ksteer_explain_link(kn, query, q.dev);
	if (ksteer_explain_store(kn, query, d))
		return;
	ksteer_decide_rcu(kn, &q, d);
	query->dev = q.dev;
	query->matched = !ksteer_is_martian(q.tuple);
}

/* The key that decided: that of the entry, else the packet's own */
static int ksteer_explain_put_key(struct ksteer_net *kn, struct sk_buff *skb,
				  const struct ksteer_query *query,
				  const struct ksteer_decision *d)
{
	struct ksteer_tuple tuple = query->key.tuple;
	struct ksteer_key key = {
		.kind = tuple.family == KSTEER_V6 ? KSTEER_KIND_V6 : 0,
	};
	struct nlattr *nest;

	if (!d->template)
		return 0;
	if (d->partial) {
		ksteer_flow_opener(d->partial, &key);
	} else {
		if (d->answer)
			ksteer_key_turn(&tuple);
		key.addr[0] = tuple.src;
		key.addr[1] = tuple.dst;
		key.port[0] = tuple.sport;
		key.port[1] = tuple.dport;
		key.proto = tuple.proto;
		key.link = tuple.link;
	}
	nest = nla_nest_start(skb, KSTEER_A_EXPLAIN_KEY);
	if (!nest || ksteer_nl_put_key(kn, skb, &key, d->template) ||
	    nla_put_u32(skb, KSTEER_A_FLOW_FIELDS, d->template))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int ksteer_explain_put_vs(struct ksteer_net *kn, struct sk_buff *skb,
				 const struct ksteer_decision *d)
{
	const struct ksteer_pool *pool;

	if (!d->vs)
		return 0;
	pool = ksteer_dereference_config(kn, d->vs->pool);
	if (nla_put_string(skb, KSTEER_A_EXPLAIN_VS, d->vs->settings.name) ||
	    (pool &&
	     nla_put_string(skb, KSTEER_A_EXPLAIN_POOL, pool->settings.name)) ||
	    (pool &&
	     nla_put_u32(skb, KSTEER_A_EXPLAIN_SCHED, pool->settings.sched)) ||
	    (d->dest.tm && nla_put_string(skb, KSTEER_A_EXPLAIN_TM,
					  d->dest.tm->settings.name)))
		return -EMSGSIZE;
	return 0;
}

/**
 * struct ksteer_explain_look - where kinds of servers are told
 * @skb: the answer
 * @vs: the server of the packet, or NULL
 * @full: no more is told; there is to be no hole
 */
struct ksteer_explain_look {
	struct sk_buff *skb;
	const struct ksteer_vs *vs;
	bool full;
};

static int ksteer_explain_put_look(struct sk_buff *skb,
				   const struct ksteer_look *look,
				   const struct ksteer_vs *vs)
{
	const struct ksteer_match *m = look->match;
	u32 result = !look->vs	    ? KSTEER_KIND_RESULT_MISSED :
		     look->vs == vs ? KSTEER_KIND_RESULT_WON :
				      KSTEER_KIND_RESULT_LOST;

	if (!m->any_addr &&
	    (nla_put(skb, KSTEER_A_KIND_ADDR,
		     m->family == KSTEER_V4 ? sizeof(m->addr.v4) :
					      sizeof(m->addr.v6),
		     &m->addr) ||
	     nla_put_u8(skb, KSTEER_A_KIND_PREFIXLEN, m->prefixlen)))
		return -EMSGSIZE;
	if ((!look->each &&
	     nla_put_u32(skb, KSTEER_A_KIND_NAMES, look->names)) ||
	    nla_put_u32(skb, KSTEER_A_KIND_SERVERS, look->servers) ||
	    (look->answer &&
	     nla_put_u32(skb, KSTEER_A_KIND_ANSWER, KSTEER_SWITCH_ON)) ||
	    nla_put_u32(skb, KSTEER_A_KIND_RESULT, result))
		return -EMSGSIZE;
	return look->vs ? nla_put_string(skb, KSTEER_A_KIND_VS,
					 look->vs->settings.name) :
			  0;
}

static void ksteer_explain_see(const struct ksteer_look *look, void *arg)
{
	struct ksteer_explain_look *to = arg;
	struct nlattr *nest;

	if (to->full)
		return;
	nest = nla_nest_start(to->skb, KSTEER_A_EXPLAIN_KIND);
	to->full = !nest || ksteer_explain_put_look(to->skb, look, to->vs);
	if (!nest)
		return;
	if (to->full)
		nla_nest_cancel(to->skb, nest);
	else
		nla_nest_end(to->skb, nest);
}

/* The kinds of servers that the packet was looked for among */
static void ksteer_explain_put_kinds(struct ksteer_net *kn, struct sk_buff *skb,
				     const struct ksteer_query *query,
				     const struct ksteer_decision *d)
{
	const struct ksteer_vs_table *table = rcu_dereference(kn->vs_table);
	struct ksteer_explain_look to = { .skb = skb, .vs = d->vs };

	if (!table || !query->matched)
		return;
	ksteer_match_look_rcu(table, &query->key.tuple, query->dev, false,
			      ksteer_explain_see, &to);
	if (table->symmetric && (!d->vs || d->answer))
		ksteer_match_look_rcu(table, &query->key.tuple, query->dev,
				      true, ksteer_explain_see, &to);
}

static int ksteer_explain_fill(struct ksteer_net *kn, struct sk_buff *skb,
			       const struct ksteer_query *query,
			       const struct nlattr *asked,
			       const struct ksteer_decision *d)
{
	if (nla_put(skb, KSTEER_A_EXPLAIN_QUERY | NLA_F_NESTED, nla_len(asked),
		    nla_data(asked)) ||
	    ksteer_explain_put_key(kn, skb, query, d) ||
	    nla_put_u32(skb, KSTEER_A_EXPLAIN_VERDICT, d->verdict) ||
	    nla_put_u32(skb, KSTEER_A_EXPLAIN_DECIDED_BY, d->by) ||
	    ksteer_explain_put_vs(kn, skb, d) ||
	    nla_put_string(skb, KSTEER_A_EXPLAIN_REASON, d->reason))
		return -EMSGSIZE;
	ksteer_explain_put_kinds(kn, skb, query, d);
	return 0;
}

static int ksteer_explain(struct ksteer_net *kn, struct genl_info *info)
{
	struct ksteer_decision d;
	struct ksteer_query query;
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = ksteer_query_parse(kn, info, &query);
	if (err)
		return err;
	reply = ksteer_nl_reply_start(info, KSTEER_EXPLAIN_SIZE, &hdr);
	if (!reply)
		return -ENOMEM;
	local_bh_disable();
	rcu_read_lock();
	ksteer_explain_decide(kn, &query, &d);
	err = ksteer_explain_fill(kn, reply, &query,
				  info->attrs[KSTEER_A_EXPLAIN_QUERY], &d);
	rcu_read_unlock();
	local_bh_enable();
	return ksteer_nl_reply_end(info, reply, hdr, err);
}

/**
 * ksteer_nl_explain_doit - say what would become of a packet, and why
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_explain_doit(struct sk_buff *skb, struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, KSTEER_A_EXPLAIN_QUERY)) {
		GENL_SET_ERR_MSG(info, "A query is needed");
		return -EINVAL;
	}
	return ksteer_nl_locked(info, ksteer_explain);
}

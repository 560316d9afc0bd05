// SPDX-License-Identifier: GPL-2.0-only
/* Flows: show and delete. */
#include <linux/slab.h>

#include "key/key.h"
#include "netlink/netlink.h"
#include "netlink/nl_filter.h"
#include "store/changelog.h"
#include "store/flow_dest.h"
#include "store/gc.h"
#include "store/store.h"

/**
 * struct ksteer_flow_dump - where a dump of flows stands
 * @kn: ksteer of the namespace
 * @iter: place in the store
 * @filter: flows to show
 * @position: of the change log, when the dump began
 * @generation: of the configuration, likewise
 * @seq: changes when flows may have been shown twice
 * @begun: whether @filter has been read and @position taken
 */
struct ksteer_flow_dump {
	const struct ksteer_net *kn;
	struct rhashtable_iter iter;
	struct ksteer_nl_filter filter;
	u64 position;
	u32 generation;
	unsigned int seq;
	bool begun;
};

/* How a stretch of the walk ended */
enum ksteer_stretch {
	KSTEER_STRETCH_END, /* no more flows */
	KSTEER_STRETCH_FULL, /* the message has no more room */
	KSTEER_STRETCH_PAUSE, /* time to let others run */
};

static struct ksteer_flow_dump **ksteer_flow_dump(struct netlink_callback *cb)
{
	return (struct ksteer_flow_dump **)cb->ctx;
}

/**
 * ksteer_nl_flow_get_start - begin a dump of flows
 * @cb: the dump
 *
 * The request is read by the first ksteer_nl_flow_get_dumpit(): older kernels
 * have no room for a sentence here.
 *
 * Return: 0 or -ENOMEM.
 */
int ksteer_nl_flow_get_start(struct netlink_callback *cb)
{
	struct ksteer_net *kn = ksteer_net(sock_net(cb->skb->sk));
	struct ksteer_flow_dump *dump;

	dump = kzalloc(sizeof(*dump), GFP_KERNEL);
	if (!dump)
		return -ENOMEM;
	dump->kn = kn;
	dump->seq = 1;
	rhashtable_walk_enter(&kn->store.table, &dump->iter);
	*ksteer_flow_dump(cb) = dump;
	return 0;
}

/**
 * ksteer_nl_flow_get_done - end a dump of flows, be it complete or not
 * @cb: the dump
 *
 * Return: 0.
 */
int ksteer_nl_flow_get_done(struct netlink_callback *cb)
{
	struct ksteer_flow_dump *dump = *ksteer_flow_dump(cb);

	rhashtable_walk_exit(&dump->iter);
	kfree(dump);
	return 0;
}

static int ksteer_flow_dump_begin(struct netlink_callback *cb,
				  struct ksteer_flow_dump *dump)
{
	struct ksteer_net *kn = ksteer_net(sock_net(cb->skb->sk));
	struct nlattr **attrs = genl_info_dump(cb)->attrs;
	int err;

	if (attrs[KSTEER_A_FLOWS_FLOW]) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attrs[KSTEER_A_FLOWS_FLOW],
				    "A dump takes a filter, not a key");
		return -EINVAL;
	}
	mutex_lock(&kn->config);
	err = ksteer_nl_parse_filter(kn, attrs[KSTEER_A_FLOWS_FILTER],
				     &dump->filter, cb->extack);
	dump->generation = kn->generation;
	mutex_unlock(&kn->config);
	/* Before the first flow is looked at */
	dump->position = ksteer_changelog_position(kn);
	dump->begun = !err;
	return err;
}

/* A flow that is being removed has no destination and is not shown */
static int ksteer_flow_dump_one(struct sk_buff *skb,
				const struct ksteer_flow_dump *dump,
				const struct ksteer_flow *flow)
{
	struct ksteer_dest dest = ksteer_flow_dest_live_rcu(dump->kn, flow);

	if (!dest.vs || !ksteer_nl_filter_match(&dump->filter, flow, dest))
		return 0;
	return ksteer_nl_put_flow_rcu(skb, KSTEER_A_FLOWS_FLOW, flow, dest,
				      NULL);
}

/*
 * Walk on.  The flow at which a stretch ends before its end is the first of
 * the next one.  If it has gone meanwhile, its bucket is walked from its start
 * again: the walk has only counted the flows before it, and one of those may
 * have gone too.  A table that was resized is walked from its start again.  So
 * a flow may be shown twice, but none is missed that was there all the time.
 */
static enum ksteer_stretch
ksteer_flow_dump_stretch(struct sk_buff *skb, struct ksteer_flow_dump *dump)
{
	enum ksteer_stretch end = KSTEER_STRETCH_END;
	int budget = KSTEER_WALK_SLICE;
	struct ksteer_flow *flow;

	if (rhashtable_walk_start_check(&dump->iter))
		dump->seq++;
	if (!dump->iter.p)
		dump->iter.skip = 0;
	for (flow = rhashtable_walk_peek(&dump->iter); flow;
	     flow = rhashtable_walk_next(&dump->iter)) {
		if (IS_ERR(flow)) {
			dump->seq++;
			continue;
		}
		if (!budget--) {
			end = KSTEER_STRETCH_PAUSE;
			break;
		}
		if (ksteer_flow_dump_one(skb, dump, flow)) {
			end = KSTEER_STRETCH_FULL;
			break;
		}
	}
	rhashtable_walk_stop(&dump->iter);
	return end;
}

/* As many flows as fit. Return: how the walk ended */
static enum ksteer_stretch ksteer_flow_dump_walk(struct sk_buff *skb,
						 struct ksteer_flow_dump *dump)
{
	enum ksteer_stretch end;

	while (true) {
		end = ksteer_flow_dump_stretch(skb, dump);
		if (end != KSTEER_STRETCH_PAUSE)
			return end;
		cond_resched();
	}
}

/* Each message says where the dump began, the first also if it is empty */
static int ksteer_flow_dump_head(struct sk_buff *skb,
				 const struct ksteer_flow_dump *dump)
{
	if (nla_put_u64_64bit(skb, KSTEER_A_FLOWS_POSITION, dump->position,
			      KSTEER_A_FLOWS_PAD) ||
	    nla_put_u32(skb, KSTEER_A_FLOWS_GENERATION, dump->generation))
		return -EMSGSIZE;
	return 0;
}

/**
 * ksteer_nl_flow_get_dumpit - one message of a dump: as many flows as fit
 * @skb: the message
 * @cb: the dump
 *
 * Return: length of the message, 0 at the end, or a negative error.
 */
int ksteer_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct ksteer_flow_dump *dump = *ksteer_flow_dump(cb);
	bool first = !dump->begun;
	int err = first ? ksteer_flow_dump_begin(cb, dump) : 0;
	enum ksteer_stretch end;
	unsigned int empty;
	void *hdr;

	if (err)
		return err;
	cb->seq = dump->seq;
	hdr = ksteer_nl_dump_start(skb, cb, KSTEER_CMD_FLOW_GET);
	if (!hdr || ksteer_flow_dump_head(skb, dump))
		return -EMSGSIZE;
	empty = skb->len;
	end = ksteer_flow_dump_walk(skb, dump);
	/* Said by the next message, or by that which ends the dump */
	cb->seq = dump->seq;
	if (skb->len == empty && !(first && end == KSTEER_STRETCH_END)) {
		genlmsg_cancel(skb, hdr);
		return end == KSTEER_STRETCH_FULL ? -EMSGSIZE : 0;
	}
	genlmsg_end(skb, hdr);
	return skb->len;
}

static int ksteer_flow_parse_nest(struct ksteer_net *kn,
				  const struct nlattr *nest,
				  struct ksteer_nl_key *key,
				  struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KSTEER_A_FLOW_MAX + 1];
	int err;

	err = ksteer_nl_parse_flow(
		nest, tb, KSTEER_NL_KEY_ATTRS | BIT_ULL(KSTEER_A_FLOW_FIELDS),
		extack);
	return err ?: ksteer_nl_parse_key(kn, tb, nest, key, extack);
}

/*
 * The entry of a key; pools have less specific ones of their own, of which the
 * first is taken.  Context: RCU read side, kn->config held if the key is one.
 */
static struct ksteer_flow *ksteer_flow_find_rcu(struct ksteer_net *kn,
						const struct ksteer_nl_key *key)
{
	const struct ksteer_pool *pool;
	struct ksteer_lookup look;
	struct ksteer_flow *flow;

	ksteer_nl_key_lookup(key, 0, &look);
	flow = ksteer_store_lookup_rcu(kn, &look);
	if (flow || key->fields == KSTEER_FIELDS_FULL)
		return flow;
	lockdep_assert_held(&kn->config);
	list_for_each_entry(pool, &kn->pools, list) {
		ksteer_nl_key_lookup(key, pool->index, &look);
		flow = ksteer_store_lookup_rcu(kn, &look);
		if (flow)
			return flow;
	}
	return NULL;
}

static int ksteer_flow_get_fill(struct ksteer_net *kn, struct sk_buff *skb,
				const struct ksteer_nl_key *key)
{
	struct ksteer_dest dest;
	const struct ksteer_flow *flow;
	bool partial = key->fields != KSTEER_FIELDS_FULL;
	int err = -ENOENT;

	if (partial)
		mutex_lock(&kn->config);
	rcu_read_lock();
	flow = ksteer_flow_find_rcu(kn, key);
	dest = flow ? ksteer_flow_dest_live_rcu(kn, flow) : KSTEER_DEST_NONE;
	if (dest.vs)
		err = ksteer_nl_put_flow_rcu(skb, KSTEER_A_FLOWS_FLOW, flow,
					     dest, NULL);
	rcu_read_unlock();
	if (partial)
		mutex_unlock(&kn->config);
	return err;
}

static int ksteer_flow_get_key(struct ksteer_net *kn, struct genl_info *info,
			       struct ksteer_nl_key *key)
{
	struct nlattr *filter = info->attrs[KSTEER_A_FLOWS_FILTER];

	if (filter) {
		NL_SET_ERR_MSG_ATTR(info->extack, filter,
				    "A filter needs a dump request");
		return -EINVAL;
	}
	if (GENL_REQ_ATTR_CHECK(info, KSTEER_A_FLOWS_FLOW)) {
		GENL_SET_ERR_MSG(info, "A key is needed");
		return -EINVAL;
	}
	return ksteer_flow_parse_nest(kn, info->attrs[KSTEER_A_FLOWS_FLOW], key,
				      info->extack);
}

/**
 * ksteer_nl_flow_get_doit - show the flow of one key, of either direction
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ksteer_net *kn = ksteer_net(genl_info_net(info));
	struct ksteer_nl_key key;
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = ksteer_flow_get_key(kn, info, &key);
	if (err)
		return err;
	reply = ksteer_nl_reply_start(info, KSTEER_NL_FLOW_SIZE, &hdr);
	if (!reply)
		return -ENOMEM;
	err = ksteer_flow_get_fill(kn, reply, &key);
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[KSTEER_A_FLOWS_FLOW],
				    "No flow of this key is stored");
	return ksteer_nl_reply_end(info, reply, hdr, err);
}

static bool ksteer_flow_del_fitting(struct ksteer_net *kn,
				    struct ksteer_flow *flow, void *arg)
{
	struct ksteer_dest dest = ksteer_flow_dest_live_rcu(kn, flow);

	return dest.vs && ksteer_nl_filter_match(arg, flow, dest) &&
	       ksteer_store_remove(kn, flow);
}

static int ksteer_flow_del_filter(struct ksteer_net *kn,
				  const struct nlattr *nest,
				  struct netlink_ext_ack *extack, u32 *count)
{
	struct ksteer_nl_filter filter;
	int err;

	mutex_lock(&kn->config);
	err = ksteer_nl_parse_filter(kn, nest, &filter, extack);
	mutex_unlock(&kn->config);
	if (!err)
		*count =
			ksteer_store_walk(kn, ksteer_flow_del_fitting, &filter);
	return err;
}

/* What one pool has of a key. Return: whether it was there */
static bool ksteer_flow_del_of(struct ksteer_net *kn,
			       const struct ksteer_nl_key *key, u16 pool)
{
	struct ksteer_lookup look;
	struct ksteer_flow *flow;
	bool removed;

	ksteer_nl_key_lookup(key, pool, &look);
	rcu_read_lock();
	flow = ksteer_store_lookup_rcu(kn, &look);
	removed = flow && ksteer_store_remove(kn, flow);
	rcu_read_unlock();
	return removed;
}

/*
 * Of a less specific key, what each of the pools has: each is asked once, for
 * packets may store one again meanwhile.  Return: entries removed.
 */
static u32 ksteer_flow_del_one(struct ksteer_net *kn,
			       const struct ksteer_nl_key *key)
{
	u32 removed = ksteer_flow_del_of(kn, key, 0);
	const struct ksteer_pool *pool;

	if (key->fields == KSTEER_FIELDS_FULL)
		return removed;
	mutex_lock(&kn->config);
	list_for_each_entry(pool, &kn->pools, list) {
		removed += ksteer_flow_del_of(kn, key, pool->index);
		cond_resched();
	}
	mutex_unlock(&kn->config);
	return removed;
}

/* All keys are read before the first flow goes */
static int ksteer_flow_del_list(struct ksteer_net *kn, struct genl_info *info,
				u32 *count)
{
	const struct nlattr *nest;
	struct ksteer_nl_key key;
	int err;

	ksteer_nl_for_each(nest, info, KSTEER_A_FLOWS_FLOW)
	{
		err = ksteer_flow_parse_nest(kn, nest, &key, info->extack);
		if (err)
			return err;
	}
	ksteer_nl_for_each(nest, info, KSTEER_A_FLOWS_FLOW)
	{
		err = ksteer_flow_parse_nest(kn, nest, &key, info->extack);
		if (!err)
			*count += ksteer_flow_del_one(kn, &key);
		cond_resched();
	}
	if (*count)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[KSTEER_A_FLOWS_FLOW],
			    "No flow of this key is stored");
	return -ENOENT;
}

static int ksteer_flow_del(struct ksteer_net *kn, struct genl_info *info,
			   u32 *count)
{
	const struct nlattr *filter = info->attrs[KSTEER_A_FLOWS_FILTER];
	const struct nlattr *flow = info->attrs[KSTEER_A_FLOWS_FLOW];

	if (filter && flow) {
		NL_SET_ERR_MSG_ATTR(info->extack, filter,
				    "Keys and a filter exclude each other");
		return -EINVAL;
	}
	if (filter)
		return ksteer_flow_del_filter(kn, filter, info->extack, count);
	if (flow)
		return ksteer_flow_del_list(kn, info, count);
	GENL_SET_ERR_MSG(info, "A key or a filter is needed");
	return -EINVAL;
}

/**
 * ksteer_nl_flow_del_doit - delete flows by key or by filter
 * @skb: the request
 * @info: its attributes
 *
 * Keys that are not stored are passed over: flows come and go by themselves.
 * It is an error if none is.
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_flow_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ksteer_net *kn = ksteer_net(genl_info_net(info));
	struct sk_buff *reply;
	u32 count = 0;
	void *hdr;
	int err;

	reply = ksteer_nl_reply_start(info, nla_total_size(sizeof(u32)), &hdr);
	if (!reply)
		return -ENOMEM;
	err = ksteer_flow_del(kn, info, &count);
	if (!err)
		err = nla_put_u32(reply, KSTEER_A_FLOWS_COUNT, count);
	return ksteer_nl_reply_end(info, reply, hdr, err);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Flows: store what an operator or a program says. */
#include <linux/bottom_half.h>
#include <linux/mm.h>

#include "key/key.h"
#include "netlink/netlink.h"
#include "object/match.h"
#include "packet/pending.h"
#include "packet/tcp.h"
#include "store/alias.h"
#include "store/extension.h"
#include "store/flow.h"
#include "store/flow_lock.h"
#include "store/store.h"
#include "store/waiting.h"

#define KSTEER_PUSH_ATTRS                                               \
	(KSTEER_NL_KEY_ATTRS | BIT_ULL(KSTEER_A_FLOW_FIELDS) |          \
	 BIT_ULL(KSTEER_A_FLOW_TM) | BIT_ULL(KSTEER_A_FLOW_VS) |        \
	 BIT_ULL(KSTEER_A_FLOW_TCP) | BIT_ULL(KSTEER_A_FLOW_LIFETIME) | \
	 BIT_ULL(KSTEER_A_FLOW_OWNER) | BIT_ULL(KSTEER_A_FLOW_ALIAS) |  \
	 BIT_ULL(KSTEER_A_FLOW_PENDING))

/**
 * struct ksteer_push_one - a flow of a request
 * @flow: the flow; not to be read once it is stored, since it may go
 * @nest: where it was asked for
 * @look: its key
 * @dest: where it goes
 * @serial: its number
 * @ext: its extension, until the store owns the flow; NULL for none
 * @alias: its further keys that are not stored, by ksteer_flow.alias_next
 */
struct ksteer_push_one {
	struct ksteer_flow *flow;
	const struct nlattr *nest;
	struct ksteer_lookup look;
	struct ksteer_dest dest;
	u32 serial;
	struct ksteer_extension *ext;
	struct ksteer_flow *alias;
};

/**
 * struct ksteer_push - flows of one request
 * @kn: ksteer of the namespace
 * @extack: for the sentence
 * @made: flows that were made
 * @stored: of these, flows that the store owns
 * @one: the flows
 */
struct ksteer_push {
	struct ksteer_net *kn;
	struct netlink_ext_ack *extack;
	u32 made;
	u32 stored;
	struct ksteer_push_one one[];
};

static struct ksteer_vs *ksteer_push_vs(struct ksteer_push *push,
					struct nlattr **tb,
					const struct nlattr *nest)
{
	struct ksteer_vs *vs;

	if (!tb[KSTEER_A_FLOW_VS]) {
		NL_SET_ERR_MSG_ATTR(push->extack, nest,
				    "A flow needs a virtual server");
		NL_SET_ERR_ATTR_MISS(push->extack, nest, KSTEER_A_FLOW_VS);
		return ERR_PTR(-EINVAL);
	}
	vs = ksteer_vs_lookup(push->kn, nla_data(tb[KSTEER_A_FLOW_VS]));
	if (vs)
		return vs;
	NL_SET_ERR_MSG_ATTR(push->extack, tb[KSTEER_A_FLOW_VS],
			    "No virtual server of this name");
	return ERR_PTR(-ENOENT);
}

static bool ksteer_push_is_pending(struct nlattr **tb)
{
	return tb[KSTEER_A_FLOW_PENDING] &&
	       nla_get_u32(tb[KSTEER_A_FLOW_PENDING]) == KSTEER_SWITCH_ON;
}

/* It leads nowhere yet */
static struct ksteer_tm *ksteer_push_nobody(struct ksteer_push *push,
					    const struct ksteer_vs *vs,
					    struct nlattr **tb)
{
	const struct nlattr *pending = tb[KSTEER_A_FLOW_PENDING];

	if (vs->forward == KSTEER_FORWARD_ROUTE) {
		NL_SET_ERR_MSG_ATTR(
			push->extack, pending,
			"The virtual server follows the routing table");
		return ERR_PTR(-EINVAL);
	}
	if (tb[KSTEER_A_FLOW_TM] || tb[KSTEER_A_FLOW_FIELDS]) {
		NL_SET_ERR_MSG_ATTR(
			push->extack, pending,
			"A pending flow has a full key and no traffic manager");
		return ERR_PTR(-EINVAL);
	}
	if (!ksteer_pending_create(push->kn))
		return push->kn->pending.nobody;
	NL_SET_ERR_MSG_ATTR(push->extack, pending, "No memory for a flow");
	return ERR_PTR(-ENOMEM);
}

/* The traffic manager; NULL where the routing table decides */
static struct ksteer_tm *ksteer_push_tm(struct ksteer_push *push,
					const struct ksteer_vs *vs,
					struct nlattr **tb,
					const struct nlattr *nest)
{
	const struct nlattr *name = tb[KSTEER_A_FLOW_TM];
	struct ksteer_tm *tm;

	if (ksteer_push_is_pending(tb))
		return ksteer_push_nobody(push, vs, tb);
	if (vs->forward == KSTEER_FORWARD_ROUTE) {
		if (!name)
			return NULL;
		NL_SET_ERR_MSG_ATTR(
			push->extack, name,
			"The virtual server follows the routing table");
		return ERR_PTR(-EINVAL);
	}
	if (!name) {
		NL_SET_ERR_MSG_ATTR(push->extack, nest,
				    "A flow needs a traffic manager");
		NL_SET_ERR_ATTR_MISS(push->extack, nest, KSTEER_A_FLOW_TM);
		return ERR_PTR(-EINVAL);
	}
	tm = ksteer_tm_lookup(push->kn, nla_data(name));
	if (tm)
		return tm;
	NL_SET_ERR_MSG_ATTR(push->extack, name,
			    "No traffic manager of this name");
	return ERR_PTR(-ENOENT);
}

static bool ksteer_vs_has_template(const struct ksteer_vs *vs, u8 fields)
{
	unsigned int i;

	for (i = 0; i < vs->templates; i++)
		if (vs->template[i] == fields)
			return true;
	return fields == KSTEER_FIELDS_FULL;
}

/* A key that no packet of the server has */
static int ksteer_push_check_match(struct netlink_ext_ack *extack,
				   const struct ksteer_nl_key *key,
				   const struct ksteer_vs *vs,
				   struct nlattr **tb,
				   const struct nlattr *nest)
{
	switch (ksteer_match_missed(&vs->match, &key->tuple, key->fields)) {
	case 0:
		return 0;
	case KSTEER_FIELD_DST:
		NL_SET_ERR_MSG_ATTR(
			extack, tb[KSTEER_A_FLOW_DST] ?: nest,
			"The virtual server does not take this destination");
		break;
	case KSTEER_FIELD_PROTO:
		NL_SET_ERR_MSG_ATTR(
			extack, tb[KSTEER_A_FLOW_PROTO] ?: nest,
			"The virtual server does not take this protocol");
		break;
	case KSTEER_FIELD_DPORT:
		NL_SET_ERR_MSG_ATTR(
			extack, tb[KSTEER_A_FLOW_DPORT] ?: nest,
			"The virtual server does not take this port");
		break;
	default:
		NL_SET_ERR_MSG_ATTR(
			extack, tb[KSTEER_A_FLOW_VLAN] ?: nest,
			"The virtual server does not take this VLAN");
	}
	return -EINVAL;
}

/* What the attributes alone do not tell */
static int ksteer_push_precheck(struct ksteer_push *push,
				const struct ksteer_nl_key *key,
				const struct ksteer_vs *vs,
				const struct ksteer_tm *tm, struct nlattr **tb)
{
	if (!ksteer_vs_has_template(vs, key->fields)) {
		NL_SET_ERR_MSG_ATTR(push->extack, tb[KSTEER_A_FLOW_FIELDS],
				    "The virtual server has no such template");
		return -EINVAL;
	}
	if (vs->store == KSTEER_STORE_NONE) {
		NL_SET_ERR_MSG_ATTR(push->extack, tb[KSTEER_A_FLOW_VS],
				    "The virtual server stores nothing");
		return -EINVAL;
	}
	if (!tm || ksteer_push_is_pending(tb))
		return 0;
	return ksteer_nl_check_target(tm, key->tuple.family,
				      tb[KSTEER_A_FLOW_TM], push->extack);
}

/*
 * What is known of the connection.  Who tells its numbers is believed; without,
 * packets must show them first (ksteer_tcp_is_unproven()).
 */
static int ksteer_push_known(struct ksteer_push *push,
			     const struct ksteer_nl_key *key,
			     struct nlattr **tb, struct ksteer_tcp *tcp)
{
	const struct nlattr *nest = tb[KSTEER_A_FLOW_TCP];
	bool full = key->fields == KSTEER_FIELDS_FULL;

	*tcp = (struct ksteer_tcp){
		.track = full ? KSTEER_TRACK_PUSHED :
				KSTEER_FLOW_STATE_TEMPLATE |
					 KSTEER_TRACK_VOUCHED,
	};
	if (!nest)
		return 0;
	if (full && key->tuple.proto == IPPROTO_TCP)
		return ksteer_nl_parse_tcp(nest, tcp, push->extack);
	NL_SET_ERR_MSG_ATTR(push->extack, nest,
			    "Only a TCP connection has such numbers");
	return -EINVAL;
}

static int ksteer_push_alloc(struct ksteer_push_one *one,
			     const struct ksteer_nl_key *key,
			     struct ksteer_vs *vs, struct ksteer_tm *tm,
			     const struct ksteer_tcp *tcp)
{
	int dir;

	ksteer_nl_key_lookup(key,
			     vs->settings.pool ? vs->settings.pool->index : 0,
			     &one->look);
	one->dest = (struct ksteer_dest){ .tm = tm, .vs = vs };
	one->flow = ksteer_flow_alloc(&one->look, one->dest, tcp->track,
				      GFP_KERNEL_ACCOUNT);
	if (!one->flow)
		return -ENOMEM;
	for (dir = 0; dir < KSTEER_DIRS; dir++)
		ksteer_tcp_store(one->flow, tcp, dir);
	one->flow->origin = KSTEER_FLOW_ORIGIN_PUSHED;
	one->serial = one->flow->serial;
	return 0;
}

/* What goes beyond 128 bytes; nothing for a flow that asks for none of it */
static int ksteer_push_extend(struct ksteer_push *push,
			      struct ksteer_push_one *one, struct nlattr **tb)
{
	bool pending = ksteer_push_is_pending(tb);
	u32 lifetime = 0, owner = 0;

	if (tb[KSTEER_A_FLOW_LIFETIME])
		lifetime = nla_get_u32(tb[KSTEER_A_FLOW_LIFETIME]);
	if (pending && !lifetime)
		lifetime = KSTEER_PENDING_DEFAULT;
	if (tb[KSTEER_A_FLOW_OWNER])
		owner = nla_get_u32(tb[KSTEER_A_FLOW_OWNER]);
	if (!lifetime && !owner && !tb[KSTEER_A_FLOW_ALIAS])
		return 0;
	one->ext = ksteer_extension_create(push->kn);
	if (one->ext && pending)
		one->ext->waiting = ksteer_waiting_create();
	if (!one->ext || (pending && !one->ext->waiting)) {
		NL_SET_ERR_MSG_ATTR(push->extack, one->nest,
				    "No memory for a flow");
		return -ENOMEM;
	}
	ksteer_extension_own(one->ext, owner);
	ksteer_extension_plan(one->ext, lifetime);
	ksteer_extension_give(one->ext, one->flow);
	return ksteer_nl_parse_aliases(push->kn, one->nest, one->flow,
				       one->dest, &one->alias, push->extack);
}

static int ksteer_push_check_alias(struct ksteer_push *push,
				   const struct ksteer_nl_key *key,
				   struct nlattr **tb)
{
	const struct nlattr *alias = tb[KSTEER_A_FLOW_ALIAS];

	if (!alias || key->fields == KSTEER_FIELDS_FULL)
		return 0;
	NL_SET_ERR_MSG_ATTR(push->extack, alias,
			    "Only a flow of a full key has aliases");
	return -EINVAL;
}

static int ksteer_push_make(struct ksteer_push *push, const struct nlattr *nest)
{
	struct ksteer_push_one *one = &push->one[push->made];
	struct nlattr *tb[KSTEER_A_FLOW_MAX + 1];
	struct ksteer_nl_key key;
	struct ksteer_tcp tcp;
	struct ksteer_vs *vs;
	struct ksteer_tm *tm;
	int err;

	err = ksteer_nl_parse_flow(nest, tb, KSTEER_PUSH_ATTRS, push->extack);
	if (!err)
		err = ksteer_nl_parse_key(push->kn, tb, nest, &key,
					  push->extack);
	if (err)
		return err;
	vs = ksteer_push_vs(push, tb, nest);
	if (IS_ERR(vs))
		return PTR_ERR(vs);
	tm = ksteer_push_tm(push, vs, tb, nest);
	if (IS_ERR(tm))
		return PTR_ERR(tm);
	err = ksteer_push_precheck(push, &key, vs, tm, tb) ?:
		      ksteer_push_check_match(push->extack, &key, vs, tb, nest) ?:
		      ksteer_push_known(push, &key, tb, &tcp) ?:
		      ksteer_push_check_alias(push, &key, tb);
	if (err)
		return err;
	one->nest = nest;
	err = ksteer_push_alloc(one, &key, vs, tm, &tcp);
	if (err) {
		NL_SET_ERR_MSG_ATTR(push->extack, nest, "No memory for a flow");
		return err;
	}
	/* From here on it is undone with the others */
	push->made++;
	return ksteer_push_extend(push, one, tb);
}

/* What the store says of a key that it does not take */
static int ksteer_push_refuse(struct ksteer_push *push,
			      const struct ksteer_push_one *one, int err)
{
	const struct nlattr *nest = one->nest;

	if (err == -EEXIST)
		NL_SET_ERR_MSG_ATTR(push->extack, nest,
				    "A flow of this key is stored already");
	else if (err == -EMLINK)
		NL_SET_ERR_MSG_ATTR(push->extack, nest,
				    "Eight VLANs have a flow of this key");
	else if (err == -E2BIG)
		NL_SET_ERR_MSG_ATTR(
			push->extack, nest,
			"Too many keys share a bucket with this one");
	else if (err == -ENOSPC)
		NL_SET_ERR_MSG_ATTR(push->extack, nest,
				    "The store is full of young flows");
	else
		NL_SET_ERR_MSG_ATTR(push->extack, nest, "No memory for a flow");
	return err;
}

/*
 * It is stored: then its further keys are, and its time runs.  It may have gone
 * since, and they with it.  BH off, RCU read side.
 */
static int ksteer_push_complete(struct ksteer_push *push,
				struct ksteer_push_one *one)
{
	struct ksteer_extension *ext;
	struct ksteer_flow *alias;
	int err = 0;

	if (!one->ext)
		return 0;
	one->ext = NULL;
	while (one->alias && !err) {
		alias = one->alias;
		one->alias = alias->alias_next;
		alias->alias_next = NULL;
		err = ksteer_store_alias_rcu(push->kn, alias, one->flow);
		if (err)
			ksteer_flow_free(alias);
	}
	ksteer_flow_lock(push->kn, one->flow);
	ext = ksteer_extension_rcu(push->kn, one->flow);
	if (ext)
		ksteer_extension_start(ext);
	ksteer_flow_unlock(push->kn, one->flow);
	if (ext)
		return err;
	/* The flow has gone meanwhile, and no alias can be its any more */
	ksteer_aliases_free(one->alias);
	one->alias = NULL;
	return 0;
}

static int ksteer_push_store(struct ksteer_push *push)
{
	struct ksteer_push_one *one;
	struct ksteer_flow *result;
	int err;

	while (push->stored < push->made) {
		one = &push->one[push->stored];
		local_bh_disable();
		rcu_read_lock();
		result =
			ksteer_store_insert_rcu(push->kn, one->flow, one->dest);
		if (result == one->flow) {
			push->stored++;
			err = ksteer_push_complete(push, one);
		} else {
			/* The store has freed it */
			one->flow = NULL;
			err = IS_ERR(result) ? PTR_ERR(result) : -EEXIST;
		}
		rcu_read_unlock();
		local_bh_enable();
		if (err)
			return ksteer_push_refuse(push, one, err);
		cond_resched();
	}
	return 0;
}

static void ksteer_push_take_back(struct ksteer_net *kn,
				  struct ksteer_push_one *one)
{
	struct ksteer_flow *flow;

	rcu_read_lock();
	flow = ksteer_store_lookup_serial_rcu(kn, &one->look, one->serial);
	if (flow)
		ksteer_store_remove(kn, flow);
	rcu_read_unlock();
}

/* All or nothing: take back what was stored, free the rest */
static void ksteer_push_undo(struct ksteer_push *push)
{
	u32 i;

	for (i = 0; i < push->stored; i++)
		ksteer_push_take_back(push->kn, &push->one[i]);
	for (i = 0; i < push->made; i++)
		ksteer_aliases_free(push->one[i].alias);
	for (i = push->stored; i < push->made; i++) {
		if (push->one[i].flow)
			ksteer_flow_free(push->one[i].flow);
		ksteer_extension_discard(push->one[i].ext);
	}
}

static int ksteer_push_all(struct ksteer_push *push, struct genl_info *info)
{
	const struct nlattr *nest;
	int err;

	ksteer_nl_for_each(nest, info, KSTEER_A_FLOWS_FLOW)
	{
		err = ksteer_push_make(push, nest);
		if (err)
			return err;
		cond_resched();
	}
	return ksteer_push_store(push);
}

static int ksteer_flow_new(struct ksteer_net *kn, struct genl_info *info)
{
	unsigned int count = ksteer_nl_count(info, KSTEER_A_FLOWS_FLOW);
	struct ksteer_push *push;
	struct sk_buff *reply;
	void *hdr;
	int err;

	reply = ksteer_nl_reply_start(info, nla_total_size(sizeof(u32)), &hdr);
	if (!reply)
		return -ENOMEM;
	push = kvzalloc(struct_size(push, one, count), GFP_KERNEL);
	if (!push)
		return ksteer_nl_reply_end(info, reply, hdr, -ENOMEM);
	push->kn = kn;
	push->extack = info->extack;
	err = ksteer_push_all(push, info);
	if (err)
		ksteer_push_undo(push);
	else
		err = nla_put_u32(reply, KSTEER_A_FLOWS_COUNT, push->stored);
	kvfree(push);
	return ksteer_nl_reply_end(info, reply, hdr, err);
}

/**
 * ksteer_nl_flow_new_doit - store flows, all of a request or none
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_flow_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, KSTEER_A_FLOWS_FLOW)) {
		GENL_SET_ERR_MSG(info, "A flow is needed");
		return -EINVAL;
	}
	return ksteer_nl_locked(info, ksteer_flow_new);
}

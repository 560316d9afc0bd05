// SPDX-License-Identifier: GPL-2.0-only
/* Flows: change what is stored. */
#include <linux/mm.h>

#include "netlink/netlink.h"
#include "packet/pending.h"
#include "store/extension.h"
#include "store/flow_lock.h"
#include "store/store.h"

#define KSTEER_ALTER_WHAT                                              \
	(BIT_ULL(KSTEER_A_FLOW_TM) | BIT_ULL(KSTEER_A_FLOW_LIFETIME) | \
	 BIT_ULL(KSTEER_A_FLOW_OWNER))

#define KSTEER_ALTER_ATTRS (KSTEER_NL_KEY_ATTRS | KSTEER_ALTER_WHAT)

/**
 * struct ksteer_alter_one - a flow of a request
 * @look: its key
 * @serial: its number, so that it is no other of the same key
 * @tm: where it is to go, or NULL
 * @ext: an extension for it, if it had none and needs one
 * @has: which of the next two are told, bits of the attribute set flow
 * @lifetime: milliseconds, 0 for no bound
 * @owner: number, 0 for none
 */
struct ksteer_alter_one {
	struct ksteer_lookup look;
	u32 serial;
	struct ksteer_tm *tm;
	struct ksteer_extension *ext;
	u64 has;
	u32 lifetime;
	u32 owner;
};

/**
 * struct ksteer_alter - flows of one request
 * @kn: ksteer of the namespace
 * @extack: for the sentence
 * @count: flows that were read
 * @changed: flows that were changed
 * @one: the flows
 */
struct ksteer_alter {
	struct ksteer_net *kn;
	struct netlink_ext_ack *extack;
	u32 count;
	u32 changed;
	struct ksteer_alter_one one[];
};

static int ksteer_alter_parse(struct ksteer_alter *alter,
			      const struct nlattr *nest, struct nlattr **tb,
			      struct ksteer_nl_key *key)
{
	int err;

	err = ksteer_nl_parse_flow(nest, tb, KSTEER_ALTER_ATTRS, alter->extack);
	if (!err)
		err = ksteer_nl_parse_key(alter->kn, tb, nest, key,
					  alter->extack);
	if (err || tb[KSTEER_A_FLOW_TM] || tb[KSTEER_A_FLOW_LIFETIME] ||
	    tb[KSTEER_A_FLOW_OWNER])
		return err;
	NL_SET_ERR_MSG_ATTR(alter->extack, nest, "Nothing to change is told");
	return -EINVAL;
}

/* What stands there now.  Return: its virtual server, NULL without a flow */
static const struct ksteer_vs *ksteer_alter_find(struct ksteer_alter *alter,
						 struct ksteer_alter_one *one,
						 bool *extended)
{
	struct ksteer_dest dest = KSTEER_DEST_NONE;
	struct ksteer_flow *flow;

	rcu_read_lock();
	flow = ksteer_store_lookup_rcu(alter->kn, &one->look);
	if (flow)
		dest = ksteer_flow_dest_live_rcu(alter->kn, flow);
	if (dest.vs) {
		/* It may have been named by another key of it */
		one->look.key = flow->key;
		one->serial = flow->serial;
		*extended = ksteer_flow_is(flow, KSTEER_FLOW_EXTENDED);
	}
	rcu_read_unlock();
	/* Kept by kn->config, as long as it is not removed */
	return dest.vs;
}

static int ksteer_alter_target(struct ksteer_alter *alter,
			       struct ksteer_alter_one *one,
			       const struct ksteer_vs *vs, u8 family,
			       const struct nlattr *name)
{
	if (vs->forward == KSTEER_FORWARD_ROUTE) {
		NL_SET_ERR_MSG_ATTR(
			alter->extack, name,
			"The virtual server follows the routing table");
		return -EINVAL;
	}
	one->tm = ksteer_tm_lookup(alter->kn, nla_data(name));
	if (one->tm)
		return ksteer_nl_check_target(one->tm, family, name,
					      alter->extack);
	NL_SET_ERR_MSG_ATTR(alter->extack, name,
			    "No traffic manager of this name");
	return -ENOENT;
}

/* What changes without a move */
static int ksteer_alter_extra(struct ksteer_alter *alter,
			      struct ksteer_alter_one *one, struct nlattr **tb,
			      const struct nlattr *nest, bool extended)
{
	if (tb[KSTEER_A_FLOW_LIFETIME]) {
		one->has |= BIT_ULL(KSTEER_A_FLOW_LIFETIME);
		one->lifetime = nla_get_u32(tb[KSTEER_A_FLOW_LIFETIME]);
	}
	if (tb[KSTEER_A_FLOW_OWNER]) {
		one->has |= BIT_ULL(KSTEER_A_FLOW_OWNER);
		one->owner = nla_get_u32(tb[KSTEER_A_FLOW_OWNER]);
	}
	if (extended || (!one->lifetime && !one->owner))
		return 0;
	one->ext = ksteer_extension_create(alter->kn);
	if (one->ext)
		return 0;
	NL_SET_ERR_MSG_ATTR(alter->extack, nest, "No memory for a flow");
	return -ENOMEM;
}

static int ksteer_alter_read(struct ksteer_alter *alter,
			     const struct nlattr *nest)
{
	struct ksteer_alter_one *one = &alter->one[alter->count];
	struct nlattr *tb[KSTEER_A_FLOW_MAX + 1];
	const struct ksteer_vs *vs;
	struct ksteer_nl_key key;
	bool extended;
	int err;

	err = ksteer_alter_parse(alter, nest, tb, &key);
	if (err)
		return err;
	ksteer_nl_key_lookup(&key, 0, &one->look);
	vs = ksteer_alter_find(alter, one, &extended);
	if (!vs) {
		NL_SET_ERR_MSG_ATTR(alter->extack, nest,
				    "No flow of this key is stored");
		return -ENOENT;
	}
	if (tb[KSTEER_A_FLOW_TM])
		err = ksteer_alter_target(alter, one, vs, key.tuple.family,
					  tb[KSTEER_A_FLOW_TM]);
	if (!err)
		err = ksteer_alter_extra(alter, one, tb, nest, extended);
	if (!err)
		alter->count++;
	return err;
}

/* Nobody waits without a bound */
static u32 ksteer_alter_lifetime(struct ksteer_net *kn,
				 const struct ksteer_flow *flow,
				 const struct ksteer_alter_one *one)
{
	struct ksteer_dest dest = ksteer_flow_dest_locked(kn, flow);

	return one->lifetime || !ksteer_is_pending(dest) ?
		       one->lifetime :
		       KSTEER_PENDING_DEFAULT;
}

static void ksteer_alter_extend(struct ksteer_net *kn,
				struct ksteer_alter_one *one,
				struct ksteer_flow *flow)
{
	struct ksteer_extension *ext;

	ksteer_flow_lock(kn, flow);
	if (one->ext && ksteer_extension_acquire(one->ext, flow))
		one->ext = NULL;
	/* One that it has got meanwhile will do as well */
	ext = ksteer_extension_rcu(kn, flow);
	if (ext && one->has & BIT_ULL(KSTEER_A_FLOW_OWNER))
		ksteer_extension_own(ext, one->owner);
	if (ext && one->has & BIT_ULL(KSTEER_A_FLOW_LIFETIME))
		ksteer_extension_bound(ext,
				       ksteer_alter_lifetime(kn, flow, one));
	ksteer_flow_unlock(kn, flow);
}

/*
 * Whoever else moves it at this moment is overruled.  RCU read side.
 * Return: false if it has gone
 */
static bool ksteer_alter_move(struct ksteer_net *kn, struct ksteer_flow *flow,
			      const struct ksteer_alter_one *one)
{
	struct ksteer_tm *tm = one->tm;
	struct ksteer_dest from, to;
	bool answered;

	local_bh_disable();
	answered = ksteer_pending_answer(kn, flow, tm);
	local_bh_enable();
	if (answered)
		return true;
	do {
		from = ksteer_flow_dest_rcu(kn, flow);
		to = (struct ksteer_dest){ .tm = tm, .vs = from.vs };
	} while (from.vs && from.tm != tm &&
		 !ksteer_flow_move(kn, flow, from, to));
	return from.vs;
}

/* A flow that has gone since it was read is passed over */
static void ksteer_alter_apply(struct ksteer_alter *alter,
			       struct ksteer_alter_one *one)
{
	struct ksteer_net *kn = alter->kn;
	struct ksteer_flow *flow;

	rcu_read_lock();
	flow = ksteer_store_lookup_serial_rcu(kn, &one->look, one->serial);
	/* First the answer, which takes the bound of its waiting away */
	if (flow && one->tm && !ksteer_alter_move(kn, flow, one))
		flow = NULL;
	if (flow && one->has)
		ksteer_alter_extend(kn, one, flow);
	alter->changed += !!flow;
	rcu_read_unlock();
}

/* All are read before the first is changed */
static int ksteer_alter_all(struct ksteer_alter *alter, struct genl_info *info)
{
	const struct nlattr *nest;
	u32 i;
	int err;

	ksteer_nl_for_each(nest, info, KSTEER_A_FLOWS_FLOW)
	{
		err = ksteer_alter_read(alter, nest);
		if (err)
			return err;
		cond_resched();
	}
	for (i = 0; i < alter->count; i++) {
		ksteer_alter_apply(alter, &alter->one[i]);
		cond_resched();
	}
	return 0;
}

static int ksteer_flow_set(struct ksteer_net *kn, struct genl_info *info)
{
	unsigned int count = ksteer_nl_count(info, KSTEER_A_FLOWS_FLOW);
	struct ksteer_alter *alter;
	struct sk_buff *reply;
	void *hdr;
	u32 i;
	int err;

	reply = ksteer_nl_reply_start(info, nla_total_size(sizeof(u32)), &hdr);
	if (!reply)
		return -ENOMEM;
	alter = kvzalloc(struct_size(alter, one, count), GFP_KERNEL);
	if (!alter)
		return ksteer_nl_reply_end(info, reply, hdr, -ENOMEM);
	alter->kn = kn;
	alter->extack = info->extack;
	err = ksteer_alter_all(alter, info);
	for (i = 0; i < alter->count; i++)
		ksteer_extension_discard(alter->one[i].ext);
	if (!err)
		err = nla_put_u32(reply, KSTEER_A_FLOWS_COUNT, alter->changed);
	kvfree(alter);
	return ksteer_nl_reply_end(info, reply, hdr, err);
}

/**
 * ksteer_nl_flow_set_doit - change stored flows
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error; then none was changed.
 */
int ksteer_nl_flow_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, KSTEER_A_FLOWS_FLOW)) {
		GENL_SET_ERR_MSG(info, "A flow is needed");
		return -EINVAL;
	}
	return ksteer_nl_locked(info, ksteer_flow_set);
}

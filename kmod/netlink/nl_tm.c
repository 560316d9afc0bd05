// SPDX-License-Identifier: GPL-2.0-only
/* Traffic managers. */
#include "control/tm.h"
#include "netlink/netlink.h"
#include "netlink/nl_tm_codec.h"
#include "object/membership.h"

static struct ksteer_tm *ksteer_tm_find(struct ksteer_net *kn,
					struct genl_info *info)
{
	const char *name = ksteer_nl_find_name(info, KSTEER_A_TM_NAME);
	struct ksteer_tm *tm;

	if (!name)
		return ERR_PTR(-EINVAL);
	tm = ksteer_tm_lookup(kn, name);
	if (tm)
		return tm;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[KSTEER_A_TM_NAME],
			    "No traffic manager of this name");
	return ERR_PTR(-ENOENT);
}

static int ksteer_tm_get(struct ksteer_net *kn, struct genl_info *info)
{
	struct ksteer_tm *tm = ksteer_tm_find(kn, info);
	struct sk_buff *reply;
	void *hdr;

	if (IS_ERR(tm))
		return PTR_ERR(tm);
	reply = ksteer_nl_reply_start(info, NLMSG_DEFAULT_SIZE, &hdr);
	if (!reply)
		return -ENOMEM;
	return ksteer_nl_reply_end(info, reply, hdr,
				   ksteer_nl_tm_fill(reply, tm,
						     ksteer_tm_oper(tm)));
}

/**
 * ksteer_nl_tm_get_doit - show one traffic manager
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_tm_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ksteer_nl_locked(info, ksteer_tm_get);
}

/* Ids grow along the list, so the last id shown says where to go on */
static void ksteer_tm_dump(struct ksteer_net *kn, struct sk_buff *skb,
			   struct netlink_callback *cb)
{
	u32 *shown = (u32 *)cb->ctx;
	struct ksteer_tm *tm;
	void *hdr;

	cb->seq = kn->generation + 1;
	list_for_each_entry(tm, &kn->tms, list) {
		if (tm->id <= *shown)
			continue;
		hdr = ksteer_nl_dump_start(skb, cb, KSTEER_CMD_TM_GET);
		if (!hdr)
			return;
		if (ksteer_nl_tm_fill(skb, tm, ksteer_tm_oper(tm))) {
			genlmsg_cancel(skb, hdr);
			return;
		}
		genlmsg_end(skb, hdr);
		*shown = tm->id;
	}
}

/**
 * ksteer_nl_tm_get_dumpit - show all traffic managers
 * @skb: the message
 * @cb: the dump
 *
 * Return: length of the message, 0 at the end, or a negative error.
 */
int ksteer_nl_tm_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct ksteer_net *kn = ksteer_net(sock_net(cb->skb->sk));
	int err = ksteer_nl_dump_refuse_name(cb, KSTEER_A_TM_NAME);

	if (err)
		return err;
	mutex_lock(&kn->config);
	ksteer_tm_dump(kn, skb, cb);
	mutex_unlock(&kn->config);
	return skb->len;
}

static int ksteer_tm_new(struct ksteer_net *kn, struct genl_info *info)
{
	struct ksteer_tm_settings set = { .weight = 1 };
	struct ksteer_tm *tm;
	int err;

	err = ksteer_nl_parse_name(info, KSTEER_A_TM_NAME, set.name);
	if (err)
		return err;
	if (ksteer_tm_lookup(kn, set.name)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[KSTEER_A_TM_NAME],
				    "A traffic manager of this name exists");
		return -EEXIST;
	}
	err = ksteer_nl_tm_parse(kn->net, &set, info);
	if (!err)
		err = ksteer_nl_tm_precheck(kn, &set, info);
	if (!err)
		err = ksteer_nl_bound_tms(kn, info);
	if (err)
		return err;
	tm = ksteer_tm_create(kn, &set);
	if (IS_ERR(tm)) {
		GENL_SET_ERR_MSG(info, "No memory for a traffic manager");
		return PTR_ERR(tm);
	}
	ksteer_nl_event_send(kn,
			     ksteer_nl_tm_event(tm, KSTEER_EVENT_NEW, NULL));
	return 0;
}

/**
 * ksteer_nl_tm_new_doit - add a traffic manager
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_tm_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ksteer_nl_locked(info, ksteer_tm_new);
}

/* What a change of state did, for the reply */
static int ksteer_tm_put_moved(struct sk_buff *skb, const struct ksteer_tm *tm,
			       const struct ksteer_moved *moved)
{
	if (nla_put_string(skb, KSTEER_A_TM_NAME, tm->settings.name) ||
	    nla_put_u32(skb, KSTEER_A_TM_STATE, tm->settings.state) ||
	    nla_put_u32(skb, KSTEER_A_TM_MOVED, moved->moved) ||
	    nla_put_u32(skb, KSTEER_A_TM_FORGOTTEN, moved->forgotten))
		return -EMSGSIZE;
	return ksteer_nl_put_leaving(skb, tm);
}

static void ksteer_tm_change_and_tell(struct ksteer_tm *tm,
				      const struct ksteer_tm_settings *set,
				      struct ksteer_moved *moved)
{
	ksteer_tm_change(tm, set, moved);
	ksteer_nl_event_send(tm->kn, ksteer_nl_tm_event(tm, KSTEER_EVENT_CHANGE,
							moved));
}

/* The reply is made first: once flows have moved it is too late to fail */
static int ksteer_tm_set_state(struct ksteer_net *kn, struct genl_info *info,
			       struct ksteer_tm *tm,
			       const struct ksteer_tm_settings *set)
{
	struct ksteer_moved moved = {};
	struct sk_buff *reply;
	void *hdr;

	reply = ksteer_nl_reply_start(info, NLMSG_DEFAULT_SIZE, &hdr);
	if (!reply)
		return -ENOMEM;
	ksteer_tm_change_and_tell(tm, set, &moved);
	return ksteer_nl_reply_end(info, reply, hdr,
				   ksteer_tm_put_moved(reply, tm, &moved));
}

static int ksteer_tm_set(struct ksteer_net *kn, struct genl_info *info)
{
	struct ksteer_tm *tm = ksteer_tm_find(kn, info);
	struct ksteer_tm_settings set;
	struct ksteer_moved moved = {};
	int err;

	if (IS_ERR(tm))
		return PTR_ERR(tm);
	set = tm->settings;
	err = ksteer_nl_tm_parse(kn->net, &set, info);
	if (!err)
		err = ksteer_nl_tm_precheck(kn, &set, info);
	if (err)
		return err;
	if (info->attrs[KSTEER_A_TM_STATE])
		return ksteer_tm_set_state(kn, info, tm, &set);
	ksteer_tm_change_and_tell(tm, &set, &moved);
	return 0;
}

/**
 * ksteer_nl_tm_set_doit - change a traffic manager; what is absent stays
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_tm_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ksteer_nl_locked(info, ksteer_tm_set);
}

static int ksteer_tm_del(struct ksteer_net *kn, struct genl_info *info)
{
	struct ksteer_tm *tm = ksteer_tm_find(kn, info);
	const struct ksteer_membership *of;
	struct sk_buff *event;

	if (IS_ERR(tm))
		return PTR_ERR(tm);
	of = list_first_entry_or_null(&tm->memberships,
				      struct ksteer_membership, of_tm);
	if (of) {
		ksteer_nl_refuse_named(info->extack,
				       info->attrs[KSTEER_A_TM_NAME],
				       "A pool names this traffic manager",
				       of->pool->settings.name);
		return -EBUSY;
	}
	event = ksteer_nl_tm_event(tm, KSTEER_EVENT_DELETE, NULL);
	ksteer_tm_remove(tm);
	ksteer_nl_event_send(kn, event);
	return 0;
}

/**
 * ksteer_nl_tm_del_doit - delete a traffic manager that no pool names
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_tm_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ksteer_nl_locked(info, ksteer_tm_del);
}

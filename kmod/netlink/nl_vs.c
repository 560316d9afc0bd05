// SPDX-License-Identifier: GPL-2.0-only
/* Virtual servers. */
#include "control/vs.h"
#include "netlink/netlink.h"
#include "netlink/nl_vs_codec.h"

static struct ksteer_vs *ksteer_vs_find(struct ksteer_net *kn,
					struct genl_info *info)
{
	const char *name = ksteer_nl_find_name(info, KSTEER_A_VS_NAME);
	struct ksteer_vs *vs;

	if (!name)
		return ERR_PTR(-EINVAL);
	vs = ksteer_vs_lookup(kn, name);
	if (vs)
		return vs;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[KSTEER_A_VS_NAME],
			    "No virtual server of this name");
	return ERR_PTR(-ENOENT);
}

static int ksteer_vs_get(struct ksteer_net *kn, struct genl_info *info)
{
	struct ksteer_vs *vs = ksteer_vs_find(kn, info);
	struct sk_buff *reply;
	void *hdr;

	if (IS_ERR(vs))
		return PTR_ERR(vs);
	reply = ksteer_nl_reply_start(info, NLMSG_DEFAULT_SIZE, &hdr);
	if (!reply)
		return -ENOMEM;
	return ksteer_nl_reply_end(info, reply, hdr,
				   ksteer_nl_vs_fill(reply, vs));
}

/**
 * ksteer_nl_vs_get_doit - show one virtual server
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_vs_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ksteer_nl_locked(info, ksteer_vs_get);
}

/* Ids grow along the list, so the last id shown says where to go on */
static void ksteer_vs_dump(struct ksteer_net *kn, struct sk_buff *skb,
			   struct netlink_callback *cb)
{
	u32 *shown = (u32 *)cb->ctx;
	struct ksteer_vs *vs;
	void *hdr;

	cb->seq = kn->generation + 1;
	list_for_each_entry(vs, &kn->servers, list) {
		if (vs->id <= *shown)
			continue;
		hdr = ksteer_nl_dump_start(skb, cb, KSTEER_CMD_VS_GET);
		if (!hdr)
			return;
		if (ksteer_nl_vs_fill(skb, vs)) {
			genlmsg_cancel(skb, hdr);
			return;
		}
		genlmsg_end(skb, hdr);
		*shown = vs->id;
	}
}

/**
 * ksteer_nl_vs_get_dumpit - show all virtual servers
 * @skb: the message
 * @cb: the dump
 *
 * Return: length of the message, 0 at the end, or a negative error.
 */
int ksteer_nl_vs_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct ksteer_net *kn = ksteer_net(sock_net(cb->skb->sk));
	int err = ksteer_nl_dump_refuse_name(cb, KSTEER_A_VS_NAME);

	if (err)
		return err;
	mutex_lock(&kn->config);
	ksteer_vs_dump(kn, skb, cb);
	mutex_unlock(&kn->config);
	return skb->len;
}

static int ksteer_vs_refuse_same(struct ksteer_net *kn,
				 const struct ksteer_vs_settings *set,
				 struct genl_info *info)
{
	const struct nlattr *name = info->attrs[KSTEER_A_VS_NAME];
	const struct ksteer_vs *vs;

	if (ksteer_vs_lookup(kn, set->name)) {
		NL_SET_ERR_MSG_ATTR(info->extack, name,
				    "A virtual server of this name exists");
		return -EEXIST;
	}
	vs = ksteer_vs_same_match(kn, &set->match);
	if (!vs)
		return 0;
	ksteer_nl_refuse_named(info->extack, info->attrs[KSTEER_A_VS_ADDR],
			       "A server takes the same packets",
			       vs->settings.name);
	return -EEXIST;
}

static int ksteer_vs_new(struct ksteer_net *kn, struct genl_info *info)
{
	struct ksteer_vs_settings set;
	struct ksteer_vs *vs;
	int err;

	ksteer_vs_defaults(&set);
	err = ksteer_nl_parse_name(info, KSTEER_A_VS_NAME, set.name);
	if (!err)
		err = ksteer_nl_parse_match(kn, &set.match, info);
	if (!err)
		err = ksteer_vs_refuse_same(kn, &set, info);
	if (!err)
		err = ksteer_nl_vs_parse(kn, &set, info);
	if (!err)
		err = ksteer_nl_vs_precheck(&set, info);
	if (!err)
		err = ksteer_nl_bound_servers(kn, info);
	if (err)
		return err;
	vs = ksteer_vs_create(kn, &set);
	if (IS_ERR(vs)) {
		if (PTR_ERR(vs) == -ENOMEM)
			GENL_SET_ERR_MSG(info,
					 "No memory for a virtual server");
		else
			GENL_SET_ERR_MSG(
				info,
				"The kernel lacks a netfilter hook that ksteer needs");
		return PTR_ERR(vs);
	}
	ksteer_nl_event_send(kn, ksteer_nl_vs_event(vs, KSTEER_EVENT_NEW));
	return 0;
}

/**
 * ksteer_nl_vs_new_doit - add a virtual server
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_vs_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ksteer_nl_locked(info, ksteer_vs_new);
}

static int ksteer_vs_set(struct ksteer_net *kn, struct genl_info *info)
{
	struct ksteer_vs *vs = ksteer_vs_find(kn, info);
	struct ksteer_vs_settings set;
	int err;

	if (IS_ERR(vs))
		return PTR_ERR(vs);
	set = vs->settings;
	err = ksteer_nl_vs_parse(kn, &set, info);
	if (!err)
		err = ksteer_nl_vs_precheck(&set, info);
	if (err)
		return err;
	err = ksteer_vs_change(vs, &set);
	if (err) {
		GENL_SET_ERR_MSG(
			info,
			"No memory for the virtual server's new settings");
		return err;
	}
	ksteer_nl_event_send(kn, ksteer_nl_vs_event(vs, KSTEER_EVENT_CHANGE));
	return 0;
}

/**
 * ksteer_nl_vs_set_doit - change a virtual server; what is absent stays
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_vs_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ksteer_nl_locked(info, ksteer_vs_set);
}

static int ksteer_vs_del(struct ksteer_net *kn, struct genl_info *info)
{
	struct ksteer_vs *vs = ksteer_vs_find(kn, info);
	struct sk_buff *event;
	int err;

	if (IS_ERR(vs))
		return PTR_ERR(vs);
	event = ksteer_nl_vs_event(vs, KSTEER_EVENT_DELETE);
	err = ksteer_vs_remove(vs);
	if (err) {
		nlmsg_free(event);
		GENL_SET_ERR_MSG(
			info, "No memory to arrange the other virtual servers");
		return err;
	}
	ksteer_nl_event_send(kn, event);
	return 0;
}

/**
 * ksteer_nl_vs_del_doit - delete a virtual server
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_vs_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ksteer_nl_locked(info, ksteer_vs_del);
}

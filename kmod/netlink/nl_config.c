// SPDX-License-Identifier: GPL-2.0-only
/* Settings of a network namespace. */
#include "control/config.h"
#include "netlink/netlink.h"

static int ksteer_config_get(struct ksteer_net *kn, struct genl_info *info)
{
	struct sk_buff *reply;
	void *hdr;
	int err;

	reply = ksteer_nl_reply_start(info, NLMSG_DEFAULT_SIZE, &hdr);
	if (!reply)
		return -ENOMEM;
	err = ksteer_nl_config_fill(reply, kn);
	return ksteer_nl_reply_end(info, reply, hdr, err);
}

/**
 * ksteer_nl_config_get_doit - show the settings
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ksteer_nl_locked(info, ksteer_config_get);
}

static int ksteer_config_set(struct ksteer_net *kn, struct genl_info *info)
{
	struct ksteer_config set;
	int err;

	ksteer_nl_config_parse(&set, kn, info->attrs);
	err = ksteer_nl_config_precheck(kn, &set, info);
	if (err)
		return err;
	ksteer_config_change(kn, &set);
	ksteer_nl_event_send(kn, ksteer_nl_config_event(kn));
	return 0;
}

/**
 * ksteer_nl_config_set_doit - change settings; what is absent stays
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ksteer_nl_locked(info, ksteer_config_set);
}

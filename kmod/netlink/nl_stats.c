// SPDX-License-Identifier: GPL-2.0-only
/* Event counters by name. */
#include "base/stats.h"
#include "netlink/netlink.h"

static int ksteer_stats_fill(struct sk_buff *skb, const struct ksteer_net *kn,
			     enum ksteer_counter c)
{
	if (nla_put_string(skb, KSTEER_A_COUNTER_NAME,
			   ksteer_counter_info[c].name) ||
	    nla_put_u64_64bit(skb, KSTEER_A_COUNTER_VALUE,
			      ksteer_counter_read(kn, c),
			      KSTEER_A_COUNTER_PAD) ||
	    nla_put_string(skb, KSTEER_A_COUNTER_DOC,
			   ksteer_counter_info[c].doc))
		return -EMSGSIZE;
	return 0;
}

static int ksteer_stats_find(const char *name)
{
	int c;

	for (c = 0; c < KSTEER_COUNTERS_MAX; c++)
		if (!strcmp(ksteer_counter_info[c].name, name))
			return c;
	return -ENOENT;
}

/**
 * ksteer_nl_stats_get_doit - show one counter
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksteer_net *kn = ksteer_net(genl_info_net(info));
	const char *name = ksteer_nl_find_name(info, KSTEER_A_COUNTER_NAME);
	struct sk_buff *reply;
	void *hdr;
	int c;

	if (!name)
		return -EINVAL;
	c = ksteer_stats_find(name);
	if (c < 0) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[KSTEER_A_COUNTER_NAME],
				    "No counter of this name");
		return c;
	}
	reply = ksteer_nl_reply_start(info, NLMSG_DEFAULT_SIZE, &hdr);
	if (!reply)
		return -ENOMEM;
	return ksteer_nl_reply_end(info, reply, hdr,
				   ksteer_stats_fill(reply, kn, c));
}

/**
 * ksteer_nl_stats_get_dumpit - show all counters
 * @skb: the message
 * @cb: the dump
 *
 * Return: length of the message, 0 at the end, or a negative error.
 */
int ksteer_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct ksteer_net *kn = ksteer_net(sock_net(cb->skb->sk));
	unsigned int *next = (unsigned int *)cb->ctx;
	void *hdr;
	int err;

	err = ksteer_nl_dump_refuse_name(cb, KSTEER_A_COUNTER_NAME);
	if (err)
		return err;
	for (; *next < KSTEER_COUNTERS_MAX; (*next)++) {
		hdr = ksteer_nl_dump_start(skb, cb, KSTEER_CMD_STATS_GET);
		if (!hdr)
			break;
		if (ksteer_stats_fill(skb, kn, *next)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
	}
	return skb->len;
}

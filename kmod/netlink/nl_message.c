// SPDX-License-Identifier: GPL-2.0-only
/*
 * How messages of the family begin and end.
 *
 * Each handler takes kn->config itself, so that requests of different
 * namespaces do not wait for each other.
 */
#include <linux/module.h>

#include "netlink/netlink.h"
#include "object/match.h"

static const struct genl_multicast_group ksteer_nl_groups[] = {
	[KSTEER_NLGRP_CONFIG] = {
		.name = KSTEER_MCGRP_CONFIG,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
	[KSTEER_NLGRP_FLOW] = {
		.name = KSTEER_MCGRP_FLOW,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

/* Its operations are added as it is registered: they know of messages, too */
struct genl_family ksteer_nl_family __ro_after_init = {
	.name = KSTEER_GENL_NAME,
	.version = KSTEER_GENL_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.mcgrps = ksteer_nl_groups,
	.n_mcgrps = ARRAY_SIZE(ksteer_nl_groups),
};

/* Does a request say that packets need not meet yet what it changes? */
static bool ksteer_nl_has_more(const struct genl_info *info)
{
	const struct nlattr *more;

	if (info->genlhdr->cmd != KSTEER_CMD_VS_NEW &&
	    info->genlhdr->cmd != KSTEER_CMD_VS_SET)
		return false;
	more = info->attrs[KSTEER_A_VS_MORE];
	return more && nla_get_u32(more);
}

/*
 * What is shown of a virtual server does not depend on what packets meet; who adds
 * or removes one arranges all of them himself.  Where that cannot be had now, only
 * who relies on it is refused: a manager that has failed is to go down all the same.
 */
static int ksteer_nl_end_row(struct ksteer_net *kn, struct genl_info *info)
{
	u8 cmd = info->genlhdr->cmd;

	if (kn->table_waits || cmd == KSTEER_CMD_VS_GET ||
	    cmd == KSTEER_CMD_VS_NEW || cmd == KSTEER_CMD_VS_DEL ||
	    !ksteer_match_settle(kn))
		return 0;
	if (cmd != KSTEER_CMD_VS_SET && cmd != KSTEER_CMD_FLOW_NEW &&
	    cmd != KSTEER_CMD_EXPLAIN && cmd != KSTEER_CMD_CONFIG_GET)
		return 0;
	GENL_SET_ERR_MSG(info, "No memory to arrange the virtual servers");
	return -ENOMEM;
}

/**
 * ksteer_nl_locked - run a handler under kn->config
 * @info: the request
 * @handler: called with ksteer of the sender's namespace
 *
 * A row of virtual servers is arranged once, when something else is asked.
 *
 * Context: process.
 * Return: what @handler returns.
 */
int ksteer_nl_locked(struct genl_info *info,
		     int (*handler)(struct ksteer_net *kn,
				    struct genl_info *info))
{
	struct ksteer_net *kn = ksteer_net(genl_info_net(info));
	int err;

	mutex_lock(&kn->config);
	kn->table_waits = ksteer_nl_has_more(info);
	err = ksteer_nl_end_row(kn, info);
	if (!err)
		err = handler(kn, info);
	kn->table_waits = false;
	/* Should nothing else be asked */
	if (kn->table_stale)
		ksteer_refresh_later(kn);
	mutex_unlock(&kn->config);
	return err;
}

/**
 * ksteer_nl_reply_start - begin the answer to a request
 * @info: the request
 * @size: bytes of attributes that will be needed
 * @hdr: filled, for ksteer_nl_reply_end()
 *
 * Return: the message or NULL.
 */
struct sk_buff *ksteer_nl_reply_start(struct genl_info *info, size_t size,
				      void **hdr)
{
	struct sk_buff *skb = genlmsg_new(size, GFP_KERNEL);

	if (!skb)
		return NULL;
	*hdr = genlmsg_put_reply(skb, info, &ksteer_nl_family, 0,
				 info->genlhdr->cmd);
	if (*hdr)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

/**
 * ksteer_nl_reply_end - send an answer, or drop it
 * @info: the request
 * @skb: the message, consumed
 * @hdr: as ksteer_nl_reply_start() gave it
 * @err: what filling it returned; nothing is sent if not 0
 *
 * Return: @err, or that of sending.
 */
int ksteer_nl_reply_end(struct genl_info *info, struct sk_buff *skb, void *hdr,
			int err)
{
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

/**
 * ksteer_nl_dump_start - begin one message of a dump
 * @skb: where to
 * @cb: the dump; its seq is the present generation, so that a reader learns
 *	if it has changed since the last message
 * @cmd: command
 *
 * Return: header for genlmsg_end() or genlmsg_cancel(), NULL without room.
 */
void *ksteer_nl_dump_start(struct sk_buff *skb, struct netlink_callback *cb,
			   u8 cmd)
{
	void *hdr;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &ksteer_nl_family, NLM_F_MULTI, cmd);
	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

/**
 * ksteer_nl_dump_refuse_name - refuse a dump of one object
 * @cb: the dump
 * @type: the attribute that names an object
 *
 * Return: 0 or -EINVAL.
 */
int ksteer_nl_dump_refuse_name(struct netlink_callback *cb, int type)
{
	const struct nlattr *attr = genl_info_dump(cb)->attrs[type];

	if (!attr)
		return 0;
	NL_SET_ERR_MSG_ATTR(cb->extack, attr,
			    "A dump shows all objects and takes no name");
	return -EINVAL;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Pools. */
#include <linux/mm.h>

#include "netlink/netlink.h"
#include "netlink/nl_pool_codec.h"

static struct ksteer_pool *ksteer_pool_find(struct ksteer_net *kn,
					    struct genl_info *info)
{
	const char *name = ksteer_nl_find_name(info, KSTEER_A_POOL_NAME);
	struct ksteer_pool *pool;

	if (!name)
		return ERR_PTR(-EINVAL);
	pool = ksteer_pool_lookup(kn, name);
	if (pool)
		return pool;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[KSTEER_A_POOL_NAME],
			    "No pool of this name");
	return ERR_PTR(-ENOENT);
}

static int ksteer_pool_get(struct ksteer_net *kn, struct genl_info *info)
{
	struct ksteer_pool *pool = ksteer_pool_find(kn, info);
	struct sk_buff *reply;
	void *hdr;

	if (IS_ERR(pool))
		return PTR_ERR(pool);
	reply = ksteer_nl_reply_start(info, ksteer_nl_pool_size(pool), &hdr);
	if (!reply)
		return -ENOMEM;
	return ksteer_nl_reply_end(info, reply, hdr,
				   ksteer_nl_pool_fill(reply, pool));
}

/**
 * ksteer_nl_pool_get_doit - show one pool
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_pool_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ksteer_nl_locked(info, ksteer_pool_get);
}

/**
 * ksteer_nl_pool_get_start - begin a dump of pools
 * @cb: the dump; its messages get room for the largest pool
 *
 * Return: 0.
 */
int ksteer_nl_pool_get_start(struct netlink_callback *cb)
{
	struct ksteer_net *kn = ksteer_net(sock_net(cb->skb->sk));
	const struct ksteer_pool *pool;
	size_t size = 0;

	mutex_lock(&kn->config);
	list_for_each_entry(pool, &kn->pools, list)
		size = max(size, ksteer_nl_pool_size(pool));
	mutex_unlock(&kn->config);
	cb->min_dump_alloc = size;
	return 0;
}

/* Ids grow along the list, so the last id shown says where to go on */
static int ksteer_pool_dump(struct ksteer_net *kn, struct sk_buff *skb,
			    struct netlink_callback *cb)
{
	u32 *shown = (u32 *)cb->ctx;
	struct ksteer_pool *pool;
	void *hdr;

	cb->seq = kn->generation + 1;
	list_for_each_entry(pool, &kn->pools, list) {
		if (pool->id <= *shown)
			continue;
		hdr = ksteer_nl_dump_start(skb, cb, KSTEER_CMD_POOL_GET);
		if (!hdr)
			break;
		if (ksteer_nl_pool_fill(skb, pool)) {
			genlmsg_cancel(skb, hdr);
			/* Grown since the dump began, and alone too large */
			return skb->len ?: -EMSGSIZE;
		}
		genlmsg_end(skb, hdr);
		*shown = pool->id;
	}
	return skb->len;
}

/**
 * ksteer_nl_pool_get_dumpit - show all pools
 * @skb: the message
 * @cb: the dump
 *
 * Return: length of the message, 0 at the end, or a negative error.
 */
int ksteer_nl_pool_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct ksteer_net *kn = ksteer_net(sock_net(cb->skb->sk));
	int len = ksteer_nl_dump_refuse_name(cb, KSTEER_A_POOL_NAME);

	if (len)
		return len;
	mutex_lock(&kn->config);
	len = ksteer_pool_dump(kn, skb, cb);
	mutex_unlock(&kn->config);
	return len;
}

static int ksteer_pool_add(struct ksteer_net *kn,
			   const struct ksteer_pool_settings *set,
			   struct genl_info *info)
{
	struct ksteer_pool *pool;
	int err;

	err = ksteer_nl_pool_precheck(kn, NULL, set, info);
	if (err)
		return err;
	pool = ksteer_pool_create(kn, set);
	if (IS_ERR(pool)) {
		GENL_SET_ERR_MSG(info, "No memory for a pool");
		return PTR_ERR(pool);
	}
	ksteer_nl_event_send(kn, ksteer_nl_pool_event(pool, KSTEER_EVENT_NEW));
	return 0;
}

static int ksteer_pool_new(struct ksteer_net *kn, struct genl_info *info)
{
	struct ksteer_nl_pool_parse parse = {};
	struct ksteer_pool_settings *set = &parse.set;
	int err;

	err = ksteer_nl_parse_name(info, KSTEER_A_POOL_NAME, set->name);
	if (err)
		return err;
	if (ksteer_pool_lookup(kn, set->name)) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[KSTEER_A_POOL_NAME],
				    "A pool of this name exists");
		return -EEXIST;
	}
	set->hash_fields = KSTEER_NL_HASH_DEFAULT;
	err = ksteer_nl_pool_parse(kn, &parse, info);
	if (!err)
		err = ksteer_pool_add(kn, set, info);
	ksteer_nl_pool_parse_free(&parse);
	return err;
}

/**
 * ksteer_nl_pool_new_doit - add a pool
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_pool_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ksteer_nl_locked(info, ksteer_pool_new);
}

static int ksteer_pool_apply(struct ksteer_net *kn, struct ksteer_pool *pool,
			     const struct ksteer_pool_settings *set,
			     struct genl_info *info)
{
	int err;

	err = ksteer_nl_pool_precheck(kn, pool, set, info);
	if (err)
		return err;
	err = ksteer_pool_change(pool, set);
	if (err) {
		GENL_SET_ERR_MSG(info, "No memory for the pool's new settings");
		return err;
	}
	ksteer_nl_event_send(kn,
			     ksteer_nl_pool_event(pool, KSTEER_EVENT_CHANGE));
	return 0;
}

static int ksteer_pool_set(struct ksteer_net *kn, struct genl_info *info)
{
	struct ksteer_pool *pool = ksteer_pool_find(kn, info);
	struct ksteer_nl_pool_parse parse = {};
	int err;

	if (IS_ERR(pool))
		return PTR_ERR(pool);
	parse.set = pool->settings;
	err = ksteer_nl_pool_parse(kn, &parse, info);
	if (!err)
		err = ksteer_pool_apply(kn, pool, &parse.set, info);
	ksteer_nl_pool_parse_free(&parse);
	return err;
}

/**
 * ksteer_nl_pool_set_doit - change a pool; what is absent stays
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_pool_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ksteer_nl_locked(info, ksteer_pool_set);
}

static int ksteer_pool_members(struct ksteer_net *kn, struct genl_info *info,
			       int (*change)(struct ksteer_net *kn,
					     const struct ksteer_pool *pool,
					     struct ksteer_nl_pool_parse *parse,
					     struct genl_info *info))
{
	struct ksteer_pool *pool = ksteer_pool_find(kn, info);
	struct ksteer_nl_pool_parse parse = {};
	int err;

	if (IS_ERR(pool))
		return PTR_ERR(pool);
	if (GENL_REQ_ATTR_CHECK(info, KSTEER_A_POOL_MEMBER)) {
		GENL_SET_ERR_MSG(info, "A member is needed");
		return -EINVAL;
	}
	parse.set = pool->settings;
	err = change(kn, pool, &parse, info);
	if (!err)
		err = ksteer_pool_apply(kn, pool, &parse.set, info);
	ksteer_nl_pool_parse_free(&parse);
	return err;
}

static int ksteer_pool_join(struct ksteer_net *kn, struct genl_info *info)
{
	return ksteer_pool_members(kn, info, ksteer_nl_pool_parse_join);
}

/**
 * ksteer_nl_pool_join_doit - add members at the end of a pool
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_pool_join_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ksteer_nl_locked(info, ksteer_pool_join);
}

static int ksteer_pool_leave(struct ksteer_net *kn, struct genl_info *info)
{
	return ksteer_pool_members(kn, info, ksteer_nl_pool_parse_leave);
}

/**
 * ksteer_nl_pool_leave_doit - take members out of a pool
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_pool_leave_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ksteer_nl_locked(info, ksteer_pool_leave);
}

static const struct ksteer_vs *ksteer_pool_user(const struct ksteer_net *kn,
						const struct ksteer_pool *pool)
{
	const struct ksteer_vs *vs;

	if (!pool->servers)
		return NULL;
	list_for_each_entry(vs, &kn->servers, list)
		if (vs->settings.pool == pool)
			return vs;
	return NULL;
}

static int ksteer_pool_del(struct ksteer_net *kn, struct genl_info *info)
{
	struct ksteer_pool *pool = ksteer_pool_find(kn, info);
	const struct ksteer_vs *vs;
	struct sk_buff *event;

	if (IS_ERR(pool))
		return PTR_ERR(pool);
	vs = ksteer_pool_user(kn, pool);
	if (vs) {
		ksteer_nl_refuse_named(info->extack,
				       info->attrs[KSTEER_A_POOL_NAME],
				       "A virtual server names this pool",
				       vs->settings.name);
		return -EBUSY;
	}
	event = ksteer_nl_pool_event(pool, KSTEER_EVENT_DELETE);
	ksteer_pool_remove(pool);
	ksteer_nl_event_send(kn, event);
	return 0;
}

/**
 * ksteer_nl_pool_del_doit - delete a pool that no virtual server names
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_pool_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ksteer_nl_locked(info, ksteer_pool_del);
}

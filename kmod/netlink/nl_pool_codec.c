// SPDX-License-Identifier: GPL-2.0-only
/* Pools as attributes: fill, parse, check. */
#include <linux/mm.h>

#include "netlink/nl_pool_codec.h"

/**
 * ksteer_nl_sched_is_hash - does a mechanism choose alike without a store?
 * @sched: selection mechanism
 *
 * Return: whether the key alone decides.
 */
bool ksteer_nl_sched_is_hash(enum ksteer_sched sched)
{
	switch (sched) {
	case KSTEER_SCHED_HASH_SRC:
	case KSTEER_SCHED_HASH_DST:
	case KSTEER_SCHED_HASH_SET:
	case KSTEER_SCHED_MAGLEV:
	case KSTEER_SCHED_GPORT:
		return true;
	default:
		return false;
	}
}

/**
 * ksteer_nl_pool_size - room that a pool needs
 * @pool: the pool
 *
 * Return: bytes of attributes and of the headers before them.
 */
size_t ksteer_nl_pool_size(const struct ksteer_pool *pool)
{
	size_t member = nla_total_size(0) +
			nla_total_size(KSTEER_NAME_MAX + 1) +
			2 * nla_total_size(sizeof(u32));
	size_t prefix = nla_total_size(0) +
			nla_total_size(sizeof(union ksteer_addr)) +
			nla_total_size(sizeof(u8));

	return NLMSG_DEFAULT_SIZE + pool->settings.members * member +
	       pool->settings.prefixes * prefix;
}

static u32 ksteer_pool_slots_of(const struct ksteer_pool *pool,
				const struct ksteer_tm *tm)
{
	return ksteer_pool_share(pool, KSTEER_V4, tm) ?:
		       ksteer_pool_share(pool, KSTEER_V6, tm);
}

static int ksteer_pool_put_member(struct sk_buff *skb,
				  const struct ksteer_pool *pool,
				  const struct ksteer_tm *tm, bool table)
{
	struct nlattr *nest = nla_nest_start(skb, KSTEER_A_POOL_MEMBER);
	bool usable = ksteer_tm_usable(tm, KSTEER_V4) ||
		      ksteer_tm_usable(tm, KSTEER_V6);

	if (!nest ||
	    nla_put_string(skb, KSTEER_A_MEMBER_TM, tm->settings.name) ||
	    nla_put_u32(skb, KSTEER_A_MEMBER_USABLE, usable) ||
	    (table && nla_put_u32(skb, KSTEER_A_MEMBER_SHARE,
				  ksteer_pool_slots_of(pool, tm))))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int ksteer_pool_put_prefix(struct sk_buff *skb,
				  const struct ksteer_prefix *prefix)
{
	struct nlattr *nest = nla_nest_start(skb, KSTEER_A_POOL_SET);

	if (!nest ||
	    ksteer_nl_put_addr(skb, KSTEER_A_PREFIX_ADDR, &prefix->addr,
			       prefix->family) ||
	    nla_put_u8(skb, KSTEER_A_PREFIX_LEN, prefix->len))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int ksteer_pool_put_arrays(struct sk_buff *skb,
				  const struct ksteer_pool *pool)
{
	const struct ksteer_pool_settings *set = &pool->settings;
	bool table = ksteer_sched_ops(set->sched)->table;
	u32 i;

	for (i = 0; i < set->members; i++)
		if (ksteer_pool_put_member(skb, pool, set->member[i], table))
			return -EMSGSIZE;
	for (i = 0; i < set->prefixes; i++)
		if (ksteer_pool_put_prefix(skb, &set->prefix[i]))
			return -EMSGSIZE;
	return 0;
}

/**
 * ksteer_nl_pool_fill - append a pool
 * @skb: the message
 * @pool: the pool
 *
 * Context: kn->config held.
 * Return: 0 or -EMSGSIZE.
 */
int ksteer_nl_pool_fill(struct sk_buff *skb, const struct ksteer_pool *pool)
{
	const struct ksteer_pool_settings *set = &pool->settings;

	lockdep_assert_held(&pool->kn->config);
	if (nla_put_u32(skb, KSTEER_A_POOL_ID, pool->id) ||
	    nla_put_string(skb, KSTEER_A_POOL_NAME, set->name) ||
	    nla_put_u32(skb, KSTEER_A_POOL_SCHED, set->sched) ||
	    nla_put_u64_64bit(skb, KSTEER_A_POOL_SEED, set->seed,
			      KSTEER_A_POOL_PAD) ||
	    (set->table_size &&
	     nla_put_u32(skb, KSTEER_A_POOL_TABLE_SIZE, set->table_size)) ||
	    (set->sched == KSTEER_SCHED_MAGLEV &&
	     nla_put_u32(skb, KSTEER_A_POOL_HASH_FIELDS, set->hash_fields)))
		return -EMSGSIZE;
	return ksteer_pool_put_arrays(skb, pool);
}

static bool ksteer_pool_listed(const struct ksteer_pool_settings *set,
			       const struct ksteer_tm *tm)
{
	u32 i;

	for (i = 0; i < set->members; i++)
		if (set->member[i] == tm)
			return true;
	return false;
}

/* The traffic manager that a nest names */
static struct ksteer_tm *
ksteer_pool_parse_member(struct ksteer_net *kn, const struct nlattr *nest,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KSTEER_A_MEMBER_MAX + 1];
	const struct nlattr *name;
	struct ksteer_tm *tm;
	int err;

	err = nla_parse_nested(tb, KSTEER_A_MEMBER_MAX, nest,
			       ksteer_member_nl_policy, extack);
	if (!err)
		err = ksteer_nl_only(tb, KSTEER_A_MEMBER_MAX,
				     BIT_ULL(KSTEER_A_MEMBER_TM), extack);
	if (err)
		return ERR_PTR(err);
	name = tb[KSTEER_A_MEMBER_TM];
	if (!name) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "A member needs a traffic manager's name");
		NL_SET_ERR_ATTR_MISS(extack, nest, KSTEER_A_MEMBER_TM);
		return ERR_PTR(-EINVAL);
	}
	tm = ksteer_tm_lookup(kn, nla_data(name));
	if (tm)
		return tm;
	NL_SET_ERR_MSG_ATTR(extack, name, "No traffic manager of this name");
	return ERR_PTR(-ENOENT);
}

/* Room for the members so far and for those of the request */
static int ksteer_pool_grow(struct ksteer_nl_pool_parse *parse, u32 keep,
			    struct genl_info *info)
{
	u32 count = ksteer_nl_count(info, KSTEER_A_POOL_MEMBER);

	if (keep + count > KSTEER_POOL_MEMBERS_MAX) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[KSTEER_A_POOL_MEMBER],
				    "A pool has at most 4096 members");
		return -E2BIG;
	}
	parse->member =
		kvcalloc(keep + count, sizeof(*parse->member), GFP_KERNEL);
	if (!parse->member)
		return -ENOMEM;
	if (keep)
		memcpy(parse->member, parse->set.member,
		       keep * sizeof(*parse->member));
	parse->set.member = parse->member;
	parse->set.members = keep;
	return 0;
}

static int ksteer_pool_append(struct ksteer_net *kn,
			      struct ksteer_nl_pool_parse *parse,
			      struct genl_info *info)
{
	const struct nlattr *nest;
	struct ksteer_tm *tm;

	BUILD_BUG_ON(KSTEER_POOL_MEMBERS_MAX != 4096);
	ksteer_nl_for_each(nest, info, KSTEER_A_POOL_MEMBER)
	{
		tm = ksteer_pool_parse_member(kn, nest, info->extack);
		if (IS_ERR(tm))
			return PTR_ERR(tm);
		if (ksteer_pool_listed(&parse->set, tm)) {
			NL_SET_ERR_MSG_ATTR(
				info->extack, nest,
				"The traffic manager is a member already");
			return -EEXIST;
		}
		parse->member[parse->set.members++] = tm;
	}
	return 0;
}

static int ksteer_pool_parse_members(struct ksteer_net *kn,
				     struct ksteer_nl_pool_parse *parse,
				     struct genl_info *info)
{
	int err;

	if (!info->attrs[KSTEER_A_POOL_MEMBER])
		return 0;
	err = ksteer_pool_grow(parse, 0, info);
	return err ?: ksteer_pool_append(kn, parse, info);
}

/**
 * ksteer_nl_pool_parse_join - members, and those that a request adds
 * @kn: ksteer of the namespace
 * @pool: the pool
 * @parse: settings of the pool, changed
 * @info: the request
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_pool_parse_join(struct ksteer_net *kn,
			      const struct ksteer_pool *pool,
			      struct ksteer_nl_pool_parse *parse,
			      struct genl_info *info)
{
	int err = ksteer_pool_grow(parse, pool->settings.members, info);

	return err ?: ksteer_pool_append(kn, parse, info);
}

static bool ksteer_pool_drop(struct ksteer_pool_settings *set,
			     const struct ksteer_tm *tm)
{
	u32 i, kept = 0;

	for (i = 0; i < set->members; i++)
		if (set->member[i] != tm)
			set->member[kept++] = set->member[i];
	if (kept == set->members)
		return false;
	set->members = kept;
	return true;
}

/**
 * ksteer_nl_pool_parse_leave - members without those that a request names
 * @kn: ksteer of the namespace
 * @pool: the pool
 * @parse: settings of the pool, changed
 * @info: the request
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_pool_parse_leave(struct ksteer_net *kn,
			       const struct ksteer_pool *pool,
			       struct ksteer_nl_pool_parse *parse,
			       struct genl_info *info)
{
	const struct nlattr *nest;
	struct ksteer_tm *tm;
	int err;

	/* Only to have an array that may be changed */
	err = ksteer_pool_grow(parse, pool->settings.members, info);
	if (err)
		return err;
	ksteer_nl_for_each(nest, info, KSTEER_A_POOL_MEMBER)
	{
		tm = ksteer_pool_parse_member(kn, nest, info->extack);
		if (IS_ERR(tm))
			return PTR_ERR(tm);
		if (!ksteer_pool_drop(&parse->set, tm)) {
			NL_SET_ERR_MSG_ATTR(info->extack, nest,
					    "The traffic manager is no member");
			return -ENOENT;
		}
	}
	return 0;
}

static int ksteer_pool_parse_prefix(const struct nlattr *nest,
				    struct ksteer_prefix *prefix,
				    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KSTEER_A_PREFIX_MAX + 1];
	int err;

	err = nla_parse_nested(tb, KSTEER_A_PREFIX_MAX, nest,
			       ksteer_prefix_nl_policy, extack);
	if (err)
		return err;
	if (!tb[KSTEER_A_PREFIX_ADDR]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "A prefix needs an address");
		NL_SET_ERR_ATTR_MISS(extack, nest, KSTEER_A_PREFIX_ADDR);
		return -EINVAL;
	}
	return ksteer_nl_parse_prefix(tb[KSTEER_A_PREFIX_ADDR],
				      tb[KSTEER_A_PREFIX_LEN], prefix, extack);
}

static int ksteer_pool_parse_prefixes(struct ksteer_nl_pool_parse *parse,
				      struct genl_info *info)
{
	u32 count = ksteer_nl_count(info, KSTEER_A_POOL_SET);
	const struct nlattr *nest;
	u32 n = 0;
	int err;

	BUILD_BUG_ON(KSTEER_POOL_PREFIXES_MAX != 1024);
	if (!count)
		return 0;
	if (count > KSTEER_POOL_PREFIXES_MAX) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[KSTEER_A_POOL_SET],
				    "An address set has at most 1024 prefixes");
		return -E2BIG;
	}
	parse->prefix = kvcalloc(count, sizeof(*parse->prefix), GFP_KERNEL);
	if (!parse->prefix)
		return -ENOMEM;
	ksteer_nl_for_each(nest, info, KSTEER_A_POOL_SET)
	{
		err = ksteer_pool_parse_prefix(nest, &parse->prefix[n++],
					       info->extack);
		if (err)
			return err;
	}
	parse->set.prefix = parse->prefix;
	parse->set.prefixes = count;
	return 0;
}

/* What another mechanism has no use for goes with the mechanism */
static void ksteer_pool_parse_sched(struct ksteer_pool_settings *set,
				    struct nlattr **tb)
{
	if (!tb[KSTEER_A_POOL_SCHED])
		return;
	set->sched = nla_get_u32(tb[KSTEER_A_POOL_SCHED]);
	if (set->sched != KSTEER_SCHED_HASH_SET) {
		set->prefix = NULL;
		set->prefixes = 0;
	}
	if (!ksteer_sched_ops(set->sched)->table)
		set->table_size = 0;
}

/**
 * ksteer_nl_pool_parse - settings of a pool, changed by a request
 * @kn: ksteer of the namespace
 * @parse: present settings, changed
 * @info: the request
 *
 * Return: 0 or a negative error; free @parse in either case.
 */
int ksteer_nl_pool_parse(struct ksteer_net *kn,
			 struct ksteer_nl_pool_parse *parse,
			 struct genl_info *info)
{
	struct ksteer_pool_settings *set = &parse->set;
	struct nlattr **tb = info->attrs;
	int err;

	ksteer_pool_parse_sched(set, tb);
	if (tb[KSTEER_A_POOL_SEED])
		set->seed = nla_get_u64(tb[KSTEER_A_POOL_SEED]);
	if (tb[KSTEER_A_POOL_TABLE_SIZE])
		set->table_size = nla_get_u32(tb[KSTEER_A_POOL_TABLE_SIZE]);
	if (tb[KSTEER_A_POOL_HASH_FIELDS])
		set->hash_fields = nla_get_u32(tb[KSTEER_A_POOL_HASH_FIELDS]);
	err = ksteer_pool_parse_members(kn, parse, info);
	return err ?: ksteer_pool_parse_prefixes(parse, info);
}

/**
 * ksteer_nl_pool_parse_free - free the arrays of a request
 * @parse: what was parsed
 */
void ksteer_nl_pool_parse_free(struct ksteer_nl_pool_parse *parse)
{
	kvfree(parse->member);
	kvfree(parse->prefix);
}

/* Attributes that this mechanism has no use for, or lacks */
static int ksteer_pool_check_sched(const struct ksteer_pool_settings *set,
				   struct genl_info *info)
{
	struct nlattr **tb = info->attrs;

	if (set->sched == KSTEER_SCHED_HASH_SET && !set->prefixes) {
		NL_SET_ERR_MSG_ATTR(
			info->extack, tb[KSTEER_A_POOL_SCHED],
			"The scheduler hash-set needs an address set");
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, KSTEER_A_POOL_SET);
		return -EINVAL;
	}
	if (set->sched != KSTEER_SCHED_HASH_SET && set->prefixes) {
		NL_SET_ERR_MSG_ATTR(
			info->extack, tb[KSTEER_A_POOL_SET],
			"Only the scheduler hash-set has an address set");
		return -EINVAL;
	}
	if (set->sched == KSTEER_SCHED_MAGLEV && !set->hash_fields) {
		NL_SET_ERR_MSG_ATTR(
			info->extack, tb[KSTEER_A_POOL_HASH_FIELDS],
			"The scheduler maglev needs a field to hash");
		return -EINVAL;
	}
	return 0;
}

static int ksteer_pool_check_table(const struct ksteer_pool_settings *set,
				   struct genl_info *info, struct nlattr *size,
				   struct nlattr *fields)
{
	if (fields && set->sched != KSTEER_SCHED_MAGLEV) {
		NL_SET_ERR_MSG_ATTR(
			info->extack, fields,
			"Only the scheduler maglev takes fields to hash");
		return -EINVAL;
	}
	if (size && !ksteer_sched_ops(set->sched)->table) {
		NL_SET_ERR_MSG_ATTR(info->extack, size,
				    "This scheduler has no lookup table");
		return -EINVAL;
	}
	if (set->table_size && set->members > set->table_size) {
		NL_SET_ERR_MSG_ATTR(info->extack, size,
				    "The pool has more members than slots");
		return -EINVAL;
	}
	return 0;
}

/* Who stores nothing needs a mechanism that chooses alike each time */
static int ksteer_pool_check_users(const struct ksteer_net *kn,
				   const struct ksteer_pool *pool,
				   const struct ksteer_pool_settings *set,
				   struct genl_info *info)
{
	const struct ksteer_vs *vs;

	if (!pool || !pool->servers || ksteer_nl_sched_is_hash(set->sched))
		return 0;
	list_for_each_entry(vs, &kn->servers, list) {
		if (vs->settings.pool != pool ||
		    vs->settings.store != KSTEER_STORE_NONE)
			continue;
		ksteer_nl_refuse_named(info->extack,
				       info->attrs[KSTEER_A_POOL_SCHED],
				       "A server without store needs a hash",
				       vs->settings.name);
		return -EBUSY;
	}
	return 0;
}

/**
 * ksteer_nl_pool_precheck - can a pool be as a request asks?
 * @kn: ksteer of the namespace
 * @pool: the pool, NULL if it is to be made
 * @set: its settings to be
 * @info: the request
 *
 * Return: 0 or a negative error, with a sentence.
 */
int ksteer_nl_pool_precheck(struct ksteer_net *kn,
			    const struct ksteer_pool *pool,
			    const struct ksteer_pool_settings *set,
			    struct genl_info *info)
{
	struct nlattr *size = NULL, *fields = NULL;
	int err;

	/* The policies of join and leave end before these */
	if (info->genlhdr->cmd == KSTEER_CMD_POOL_NEW ||
	    info->genlhdr->cmd == KSTEER_CMD_POOL_SET) {
		size = info->attrs[KSTEER_A_POOL_TABLE_SIZE];
		fields = info->attrs[KSTEER_A_POOL_HASH_FIELDS];
		err = ksteer_pool_check_sched(set, info);
		if (err)
			return err;
	}
	err = ksteer_pool_check_table(set, info, size, fields);
	if (!err)
		err = ksteer_pool_check_users(kn, pool, set, info);
	return err ?: ksteer_nl_bound_pools(kn, pool, set, info);
}

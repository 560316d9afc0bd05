// SPDX-License-Identifier: GPL-2.0-only
/* Virtual servers as attributes: fill, parse, check. */
#include <linux/bitops.h>
#include <net/ipv6.h>

#include "key/key.h"
#include "netlink/nl_vs_codec.h"
#include "object/match.h"

/* Timeouts by attribute, less KSTEER_A_TIMEOUTS_TCP_OPEN: the same order */
static_assert(KSTEER_A_TIMEOUTS_OTHER - KSTEER_A_TIMEOUTS_TCP_OPEN ==
	      KSTEER_TIMEOUT_OTHER);
static_assert(KSTEER_A_TIMEOUTS_SCTP_CLOSED - KSTEER_A_TIMEOUTS_TCP_OPEN ==
	      KSTEER_TIMEOUT_SCTP_CLOSED);
static_assert(KSTEER_A_TIMEOUTS_UDP_OPEN - KSTEER_A_TIMEOUTS_TCP_OPEN ==
	      KSTEER_TIMEOUT_UDP_OPEN);

static int ksteer_vs_put_match(struct sk_buff *skb,
			       const struct ksteer_match *m)
{
	if (!m->any_addr &&
	    (ksteer_nl_put_addr(skb, KSTEER_A_VS_ADDR, &m->addr, m->family) ||
	     nla_put_u8(skb, KSTEER_A_VS_PREFIXLEN, m->prefixlen)))
		return -EMSGSIZE;
	if (m->port_min &&
	    (nla_put_u16(skb, KSTEER_A_VS_PORT_MIN, m->port_min) ||
	     nla_put_u16(skb, KSTEER_A_VS_PORT_MAX, m->port_max)))
		return -EMSGSIZE;
	if ((m->proto && nla_put_u8(skb, KSTEER_A_VS_PROTO, m->proto)) ||
	    (m->has_vlan && nla_put_u16(skb, KSTEER_A_VS_VLAN, m->vlan)) ||
	    (m->dev[0] && nla_put_string(skb, KSTEER_A_VS_DEV, m->dev)) ||
	    (m->ifindex > 0 &&
	     nla_put_u32(skb, KSTEER_A_VS_IFINDEX, m->ifindex)))
		return -EMSGSIZE;
	return 0;
}

static int ksteer_vs_put_timeouts(struct sk_buff *skb, const u32 *timeout)
{
	struct nlattr *nest = nla_nest_start(skb, KSTEER_A_VS_TIMEOUTS);
	int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < KSTEER_TIMEOUTS; i++)
		if (nla_put_u32(skb, KSTEER_A_TIMEOUTS_TCP_OPEN + i,
				timeout[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int ksteer_vs_put_templates(struct sk_buff *skb,
				   const struct ksteer_vs_settings *set)
{
	unsigned int i;

	for (i = 0; i < set->templates; i++)
		if (nla_put_u32(skb, KSTEER_A_VS_TEMPLATE, set->template[i]))
			return -EMSGSIZE;
	return 0;
}

static int ksteer_vs_put_settings(struct sk_buff *skb,
				  const struct ksteer_vs_settings *set)
{
	if ((set->pool &&
	     nla_put_string(skb, KSTEER_A_VS_POOL, set->pool->settings.name)) ||
	    nla_put_u32(skb, KSTEER_A_VS_FORWARD, set->forward) ||
	    nla_put_u32(skb, KSTEER_A_VS_FLAGS, set->flags) ||
	    nla_put_u32(skb, KSTEER_A_VS_MIDSTREAM, set->midstream) ||
	    nla_put_u32(skb, KSTEER_A_VS_REJECT, set->reject) ||
	    nla_put_u32(skb, KSTEER_A_VS_UNSERVED, set->unserved) ||
	    nla_put_u32(skb, KSTEER_A_VS_STORE, set->store) ||
	    ksteer_vs_put_templates(skb, set) ||
	    nla_put_u32(skb, KSTEER_A_VS_PERSIST, set->persist) ||
	    nla_put_u8(skb, KSTEER_A_VS_PERSIST_PREFIX,
		       set->persist_prefix[KSTEER_V4]) ||
	    nla_put_u8(skb, KSTEER_A_VS_PERSIST_PREFIX6,
		       set->persist_prefix[KSTEER_V6]) ||
	    nla_put_string(skb, KSTEER_A_VS_PERSIST_GROUP,
			   set->persist_group) ||
	    nla_put_u32(skb, KSTEER_A_VS_MAX_FLOWS, set->max_flows) ||
	    ksteer_vs_put_timeouts(skb, set->timeout) ||
	    nla_put_u32(skb, KSTEER_A_VS_EVENTS, set->events))
		return -EMSGSIZE;
	return 0;
}

/**
 * ksteer_nl_vs_fill - append a virtual server
 * @skb: the message
 * @vs: the virtual server
 *
 * Context: kn->config held.
 * Return: 0 or -EMSGSIZE.
 */
int ksteer_nl_vs_fill(struct sk_buff *skb, const struct ksteer_vs *vs)
{
	struct ksteer_sum sum;

	lockdep_assert_held(&vs->kn->config);
	ksteer_vs_sum(vs, &sum);
	if (nla_put_u32(skb, KSTEER_A_VS_ID, vs->id) ||
	    nla_put_string(skb, KSTEER_A_VS_NAME, vs->settings.name) ||
	    ksteer_vs_put_match(skb, &vs->match) ||
	    ksteer_vs_put_settings(skb, &vs->settings) ||
	    ksteer_nl_put_stats(skb, KSTEER_A_VS_STATS, &sum))
		return -EMSGSIZE;
	return 0;
}

/* Addresses that no packet for one server has as its destination */
static bool ksteer_vs_is_host(const struct ksteer_prefix *p)
{
	if (!p->len)
		return true;
	if (p->family == KSTEER_V4)
		return !ipv4_is_multicast(p->addr.v4) &&
		       !ipv4_is_zeronet(p->addr.v4) &&
		       !ipv4_is_loopback(p->addr.v4) &&
		       !ipv4_is_lbcast(p->addr.v4);
	return !ipv6_addr_is_multicast(&p->addr.v6) &&
	       !ipv6_addr_any(&p->addr.v6) && !ipv6_addr_loopback(&p->addr.v6);
}

static int ksteer_vs_parse_addr(struct ksteer_match *match,
				struct genl_info *info)
{
	struct nlattr *addr = info->attrs[KSTEER_A_VS_ADDR];
	struct nlattr *len = info->attrs[KSTEER_A_VS_PREFIXLEN];
	struct ksteer_prefix prefix;
	int err;

	if (!addr) {
		if (!len)
			return 0;
		NL_SET_ERR_MSG_ATTR(info->extack, len,
				    "A prefix length needs an address");
		return -EINVAL;
	}
	err = ksteer_nl_parse_prefix(addr, len, &prefix, info->extack);
	if (err)
		return err;
	if (!ksteer_vs_is_host(&prefix)) {
		NL_SET_ERR_MSG_ATTR(info->extack, addr,
				    "The address is not a host's");
		return -EINVAL;
	}
	match->any_addr = false;
	match->addr = prefix.addr;
	match->prefixlen = prefix.len;
	match->family = prefix.family;
	return 0;
}

static int ksteer_vs_parse_ports(struct ksteer_match *match,
				 struct genl_info *info)
{
	struct nlattr *min = info->attrs[KSTEER_A_VS_PORT_MIN];
	struct nlattr *max = info->attrs[KSTEER_A_VS_PORT_MAX];

	if (!min) {
		if (!max)
			return 0;
		NL_SET_ERR_MSG_ATTR(info->extack, max,
				    "A last port needs a first one");
		return -EINVAL;
	}
	match->port_min = nla_get_u16(min);
	match->port_max = max ? nla_get_u16(max) : match->port_min;
	if (match->port_min > match->port_max) {
		NL_SET_ERR_MSG_ATTR(info->extack, max,
				    "The last port is less than the first");
		return -EINVAL;
	}
	if (match->proto && !ksteer_proto_has_ports(match->proto)) {
		NL_SET_ERR_MSG_ATTR(info->extack, min,
				    "The protocol has no ports");
		return -EINVAL;
	}
	return 0;
}

/**
 * ksteer_nl_parse_match - which packets a virtual server is to take
 * @kn: ksteer of the namespace
 * @match: as ksteer_vs_defaults() left it; filled
 * @info: the request
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_parse_match(struct ksteer_net *kn, struct ksteer_match *match,
			  struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	int err;

	if (tb[KSTEER_A_VS_PROTO])
		match->proto = nla_get_u8(tb[KSTEER_A_VS_PROTO]);
	err = ksteer_vs_parse_addr(match, info);
	if (!err)
		err = ksteer_vs_parse_ports(match, info);
	if (err)
		return err;
	if (tb[KSTEER_A_VS_VLAN]) {
		match->has_vlan = true;
		match->vlan = nla_get_u16(tb[KSTEER_A_VS_VLAN]);
	}
	err = ksteer_nl_parse_device(kn->net, tb[KSTEER_A_VS_DEV],
				     tb[KSTEER_A_VS_IFINDEX], match->dev,
				     info->extack);
	if (!err && match->dev[0])
		ksteer_match_find_device(kn->net, match);
	return err;
}

static int ksteer_vs_parse_pool(struct ksteer_net *kn,
				struct ksteer_vs_settings *set,
				struct genl_info *info)
{
	const struct nlattr *name = info->attrs[KSTEER_A_VS_POOL];

	if (!name)
		return 0;
	set->pool = ksteer_pool_lookup(kn, nla_data(name));
	if (set->pool)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, name, "No pool of this name");
	return -ENOENT;
}

/* Templates are replaced as a whole */
static int ksteer_vs_parse_templates(struct ksteer_vs_settings *set,
				     struct genl_info *info)
{
	const struct nlattr *attr;
	u8 n = 0;

	ksteer_nl_for_each(attr, info, KSTEER_A_VS_TEMPLATE)
	{
		u8 fields = nla_get_u32(attr);

		if (n == KSTEER_TEMPLATES_MAX) {
			NL_SET_ERR_MSG_ATTR(
				info->extack, attr,
				"A virtual server has at most 4 templates");
			return -E2BIG;
		}
		if (!fields) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "A template needs a field");
			return -EINVAL;
		}
		if (n && hweight8(fields) >= hweight8(set->template[n - 1])) {
			NL_SET_ERR_MSG_ATTR(
				info->extack, attr,
				"Templates stand in order, fewer fields each time");
			return -EINVAL;
		}
		set->template[n++] = fields;
	}
	if (n)
		set->templates = n;
	return 0;
}

static int ksteer_vs_parse_timeouts(struct ksteer_vs_settings *set,
				    struct genl_info *info)
{
	struct nlattr *tb[KSTEER_A_TIMEOUTS_MAX + 1];
	int i, err;

	if (!info->attrs[KSTEER_A_VS_TIMEOUTS])
		return 0;
	err = nla_parse_nested(tb, KSTEER_A_TIMEOUTS_MAX,
			       info->attrs[KSTEER_A_VS_TIMEOUTS],
			       ksteer_timeouts_nl_policy, info->extack);
	if (err)
		return err;
	for (i = 0; i < KSTEER_TIMEOUTS; i++)
		if (tb[KSTEER_A_TIMEOUTS_TCP_OPEN + i])
			set->timeout[i] =
				nla_get_u32(tb[KSTEER_A_TIMEOUTS_TCP_OPEN + i]);
	return 0;
}

static void ksteer_vs_parse_numbers(struct ksteer_vs_settings *set,
				    struct nlattr **tb)
{
	if (tb[KSTEER_A_VS_FORWARD])
		set->forward = nla_get_u32(tb[KSTEER_A_VS_FORWARD]);
	if (tb[KSTEER_A_VS_FLAGS])
		set->flags = nla_get_u32(tb[KSTEER_A_VS_FLAGS]);
	if (tb[KSTEER_A_VS_MIDSTREAM])
		set->midstream = nla_get_u32(tb[KSTEER_A_VS_MIDSTREAM]);
	if (tb[KSTEER_A_VS_REJECT])
		set->reject = nla_get_u32(tb[KSTEER_A_VS_REJECT]);
	if (tb[KSTEER_A_VS_UNSERVED])
		set->unserved = nla_get_u32(tb[KSTEER_A_VS_UNSERVED]);
	if (tb[KSTEER_A_VS_STORE])
		set->store = nla_get_u32(tb[KSTEER_A_VS_STORE]);
	if (tb[KSTEER_A_VS_PERSIST])
		set->persist = nla_get_u32(tb[KSTEER_A_VS_PERSIST]);
	if (tb[KSTEER_A_VS_PERSIST_PREFIX])
		set->persist_prefix[KSTEER_V4] =
			nla_get_u8(tb[KSTEER_A_VS_PERSIST_PREFIX]);
	if (tb[KSTEER_A_VS_PERSIST_PREFIX6])
		set->persist_prefix[KSTEER_V6] =
			nla_get_u8(tb[KSTEER_A_VS_PERSIST_PREFIX6]);
	if (tb[KSTEER_A_VS_MAX_FLOWS])
		set->max_flows = nla_get_u32(tb[KSTEER_A_VS_MAX_FLOWS]);
	if (tb[KSTEER_A_VS_EVENTS])
		set->events = nla_get_u32(tb[KSTEER_A_VS_EVENTS]);
}

/**
 * ksteer_nl_vs_parse - settings of a virtual server, changed by a request
 * @kn: ksteer of the namespace
 * @set: present settings, changed
 * @info: the request
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_vs_parse(struct ksteer_net *kn, struct ksteer_vs_settings *set,
		       struct genl_info *info)
{
	int err;

	ksteer_vs_parse_numbers(set, info->attrs);
	err = ksteer_vs_parse_pool(kn, set, info);
	if (!err)
		err = ksteer_nl_parse_label(info, KSTEER_A_VS_PERSIST_GROUP,
					    set->persist_group);
	if (!err)
		err = ksteer_vs_parse_templates(set, info);
	if (!err)
		err = ksteer_vs_parse_timeouts(set, info);
	return err;
}

static int ksteer_vs_check_route(const struct ksteer_vs_settings *set,
				 struct genl_info *info)
{
	struct nlattr **tb = info->attrs;

	if (set->store == KSTEER_STORE_NONE) {
		NL_SET_ERR_MSG_ATTR(
			info->extack, tb[KSTEER_A_VS_STORE],
			"Without store and next hop nothing is left to do");
		return -EINVAL;
	}
	if (set->persist) {
		NL_SET_ERR_MSG_ATTR(
			info->extack, tb[KSTEER_A_VS_PERSIST],
			"A server that follows the routes cannot persist");
		return -EINVAL;
	}
	return 0;
}

static int ksteer_vs_check_store(const struct ksteer_vs_settings *set,
				 struct genl_info *info)
{
	struct nlattr **tb = info->attrs;

	if (set->store != KSTEER_STORE_NONE)
		return 0;
	if (set->persist) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    tb[KSTEER_A_VS_PERSIST] ?:
					    tb[KSTEER_A_VS_STORE],
				    "Without a store no source can persist");
		return -EINVAL;
	}
	if (set->templates) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    tb[KSTEER_A_VS_TEMPLATE] ?:
					    tb[KSTEER_A_VS_STORE],
				    "Without a store templates have no use");
		return -EINVAL;
	}
	if (!ksteer_nl_sched_is_hash(set->pool->settings.sched)) {
		NL_SET_ERR_MSG_ATTR(
			info->extack,
			tb[KSTEER_A_VS_STORE] ?: tb[KSTEER_A_VS_POOL],
			"Without a store the pool's scheduler must be a hash");
		return -EINVAL;
	}
	return 0;
}

/* In a prefix there may be whom this machine answers, and an answer asks nothing */
static int ksteer_vs_check_local(const struct ksteer_vs_settings *set,
				 struct genl_info *info)
{
	const struct ksteer_match *m = &set->match;

	if (!(set->flags & KSTEER_VS_FLAGS_LOCAL) ||
	    (!m->any_addr &&
	     m->prefixlen == (m->family == KSTEER_V4 ? 32 : 128)))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[KSTEER_A_VS_FLAGS],
			    "Local packets need a server of a single address");
	return -EINVAL;
}

/**
 * ksteer_nl_vs_precheck - can a virtual server be as a request asks?
 * @set: its settings to be
 * @info: the request
 *
 * Return: 0 or -EINVAL, with a sentence.
 */
int ksteer_nl_vs_precheck(const struct ksteer_vs_settings *set,
			  struct genl_info *info)
{
	int err = ksteer_vs_check_local(set, info);

	if (err)
		return err;
	if (set->forward == KSTEER_FORWARD_ROUTE)
		return ksteer_vs_check_route(set, info);
	if (!set->pool) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[KSTEER_A_VS_FORWARD],
				    "A virtual server needs a pool");
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, KSTEER_A_VS_POOL);
		return -EINVAL;
	}
	return ksteer_vs_check_store(set, info);
}

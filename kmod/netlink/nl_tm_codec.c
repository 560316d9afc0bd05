// SPDX-License-Identifier: GPL-2.0-only
/* Traffic managers as attributes. */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <net/ipv6.h>

#include "netlink/nl_tm_codec.h"

/* Where the settings of one side stand */
static const struct ksteer_tm_side {
	int via[KSTEER_FAMILIES];
	int ifindex;
	int dev;
} ksteer_tm_side[KSTEER_SIDES] = {
	[KSTEER_SIDE_OPEN] = {
		.via = { KSTEER_A_TM_VIA, KSTEER_A_TM_VIA6 },
		.ifindex = KSTEER_A_TM_IFINDEX,
		.dev = KSTEER_A_TM_DEV,
	},
	[KSTEER_SIDE_REPLY] = {
		.via = { KSTEER_A_TM_REPLY_VIA, KSTEER_A_TM_REPLY_VIA6 },
		.ifindex = KSTEER_A_TM_REPLY_IFINDEX,
		.dev = KSTEER_A_TM_REPLY_DEV,
	},
};

static int ksteer_tm_put_way(struct sk_buff *skb,
			     const struct ksteer_way_settings *way,
			     const struct ksteer_tm_side *side)
{
	u8 family;

	for (family = 0; family < KSTEER_FAMILIES; family++)
		if (way->has[family] &&
		    ksteer_nl_put_addr(skb, side->via[family],
				       &way->via[family], family))
			return -EMSGSIZE;
	if ((way->dev[0] && nla_put_string(skb, side->dev, way->dev)) ||
	    (way->ifindex && nla_put_u32(skb, side->ifindex, way->ifindex)))
		return -EMSGSIZE;
	return 0;
}

/* What is common to both sides */
static int ksteer_tm_put_source(struct sk_buff *skb,
				const struct ksteer_way_settings *way)
{
	if (way->stations && nla_put(skb, KSTEER_A_TM_STATION,
				     way->stations * ETH_ALEN, way->station))
		return -EMSGSIZE;
	return nla_put_u32(skb, KSTEER_A_TM_SOURCE,
			   way->by_device ? KSTEER_TM_SOURCE_DEVICE :
					    KSTEER_TM_SOURCE_STATION);
}

static int ksteer_tm_put_settings(struct sk_buff *skb,
				  const struct ksteer_tm_settings *set)
{
	if (nla_put_string(skb, KSTEER_A_TM_NAME, set->name) ||
	    ksteer_tm_put_way(skb, &set->way[KSTEER_SIDE_OPEN],
			      &ksteer_tm_side[KSTEER_SIDE_OPEN]) ||
	    ksteer_tm_put_way(skb, &set->way[KSTEER_SIDE_REPLY],
			      &ksteer_tm_side[KSTEER_SIDE_REPLY]) ||
	    nla_put_u32(skb, KSTEER_A_TM_WEIGHT, set->weight) ||
	    nla_put_u32(skb, KSTEER_A_TM_STATE, set->state) ||
	    nla_put_u32(skb, KSTEER_A_TM_ON_DOWN, set->on_down) ||
	    nla_put_u32(skb, KSTEER_A_TM_DRAIN_TIMEOUT, set->drain_timeout) ||
	    nla_put_u32(skb, KSTEER_A_TM_MAX_FLOWS, set->max_flows) ||
	    nla_put_u32(skb, KSTEER_A_TM_ON_FAIL, set->on_fail) ||
	    nla_put_u32(skb, KSTEER_A_TM_FAIL_TIMEOUT, set->fail_timeout) ||
	    nla_put_u32(skb, KSTEER_A_TM_ON_DRAIN, set->on_drain) ||
	    ksteer_tm_put_source(skb, &set->way[KSTEER_SIDE_OPEN]))
		return -EMSGSIZE;
	return 0;
}

static int ksteer_tm_put_drain(struct sk_buff *skb, const struct ksteer_tm *tm)
{
	u64 now = get_jiffies_64();
	u64 left = 0;

	if (tm->settings.state != KSTEER_TM_STATE_DRAIN ||
	    !tm->settings.drain_timeout)
		return 0;
	if (time_after64(tm->drain_until, now))
		left = jiffies64_to_msecs(tm->drain_until - now);
	return nla_put_u32(skb, KSTEER_A_TM_DRAIN_LEFT,
			   min_t(u64, left, U32_MAX));
}

/**
 * ksteer_nl_put_leaving - append how many flows have still to leave
 * @skb: the message
 * @tm: the traffic manager
 *
 * Context: kn->config held.
 * Return: 0 or -EMSGSIZE.
 */
int ksteer_nl_put_leaving(struct sk_buff *skb, const struct ksteer_tm *tm)
{
	u32 left = ksteer_tally_refs(&tm->count);

	if (tm->leaving == KSTEER_LEAVING_NOT || !left)
		return 0;
	return nla_put_u32(skb, KSTEER_A_TM_LEAVING, left);
}

/**
 * ksteer_nl_tm_fill - append a traffic manager
 * @skb: the message
 * @tm: the traffic manager
 * @oper: its oper state, as it is told
 *
 * Context: kn->config held.
 * Return: 0 or -EMSGSIZE.
 */
int ksteer_nl_tm_fill(struct sk_buff *skb, const struct ksteer_tm *tm, u32 oper)
{
	struct ksteer_sum sum;

	lockdep_assert_held(&tm->kn->config);
	ksteer_tm_sum(tm, &sum);
	if (nla_put_u32(skb, KSTEER_A_TM_ID, tm->id) ||
	    ksteer_tm_put_settings(skb, &tm->settings) ||
	    ksteer_tm_put_drain(skb, tm) || ksteer_nl_put_leaving(skb, tm) ||
	    nla_put_u32(skb, KSTEER_A_TM_OPER, oper) ||
	    nla_put_u64_64bit(skb, KSTEER_A_TM_NEIGH_FAILURES,
			      atomic64_read(&tm->neigh_failures),
			      KSTEER_A_TM_PAD) ||
	    ksteer_nl_put_stats(skb, KSTEER_A_TM_STATS, &sum))
		return -EMSGSIZE;
	return 0;
}

static int ksteer_tm_parse_way(struct net *net, struct ksteer_way_settings *way,
			       const struct ksteer_tm_side *side,
			       struct genl_info *info)
{
	const struct nlattr *via = info->attrs[side->via[KSTEER_V4]];
	const struct nlattr *via6 = info->attrs[side->via[KSTEER_V6]];
	int err;

	if (via) {
		way->via[KSTEER_V4].v4 = nla_get_in_addr(via);
		way->has[KSTEER_V4] = true;
	}
	if (via6) {
		way->via[KSTEER_V6].v6 = nla_get_in6_addr(via6);
		way->has[KSTEER_V6] = true;
	}
	err = ksteer_nl_parse_device(net, info->attrs[side->dev],
				     info->attrs[side->ifindex], way->dev,
				     info->extack);
	way->ifindex = ksteer_way_device(net, way);
	return err;
}

/* Stations are replaced as a whole */
static int ksteer_tm_parse_stations(struct ksteer_way_settings *way,
				    struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[KSTEER_A_TM_STATION];
	int i, n;

	if (!attr)
		return 0;
	n = nla_len(attr) / ETH_ALEN;
	if (nla_len(attr) % ETH_ALEN) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "A station's address has 6 bytes");
		return -EINVAL;
	}
	if (n > KSTEER_STATIONS_MAX) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "A traffic manager has at most 8 stations");
		return -E2BIG;
	}
	memset(way->station, 0, sizeof(way->station));
	memcpy(way->station, nla_data(attr), n * ETH_ALEN);
	way->stations = n;
	for (i = 0; i < n; i++) {
		if (is_valid_ether_addr(way->station[i]))
			continue;
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "A station's address is not one machine's");
		return -EINVAL;
	}
	return 0;
}

static int ksteer_tm_parse_ways(struct net *net, struct ksteer_tm_settings *set,
				struct genl_info *info)
{
	const struct nlattr *source = info->attrs[KSTEER_A_TM_SOURCE];
	enum ksteer_side side;
	int err;

	for (side = 0; side < KSTEER_SIDES; side++) {
		struct ksteer_way_settings *way = &set->way[side];

		err = ksteer_tm_parse_way(net, way, &ksteer_tm_side[side],
					  info);
		if (!err)
			err = ksteer_tm_parse_stations(way, info);
		if (err)
			return err;
		if (source)
			way->by_device = nla_get_u32(source) ==
					 KSTEER_TM_SOURCE_DEVICE;
	}
	return 0;
}

/**
 * ksteer_nl_tm_parse - settings that a request asks for
 * @net: its namespace
 * @set: filled with what is given; the rest stays
 * @info: the request
 *
 * Return: 0 or a negative error, with a sentence.
 */
int ksteer_nl_tm_parse(struct net *net, struct ksteer_tm_settings *set,
		       struct genl_info *info)
{
	struct nlattr **tb = info->attrs;

	if (tb[KSTEER_A_TM_WEIGHT])
		set->weight = nla_get_u32(tb[KSTEER_A_TM_WEIGHT]);
	if (tb[KSTEER_A_TM_STATE])
		set->state = nla_get_u32(tb[KSTEER_A_TM_STATE]);
	if (tb[KSTEER_A_TM_ON_DOWN])
		set->on_down = nla_get_u32(tb[KSTEER_A_TM_ON_DOWN]);
	if (tb[KSTEER_A_TM_DRAIN_TIMEOUT])
		set->drain_timeout = nla_get_u32(tb[KSTEER_A_TM_DRAIN_TIMEOUT]);
	if (tb[KSTEER_A_TM_MAX_FLOWS])
		set->max_flows = nla_get_u32(tb[KSTEER_A_TM_MAX_FLOWS]);
	if (tb[KSTEER_A_TM_ON_FAIL])
		set->on_fail = nla_get_u32(tb[KSTEER_A_TM_ON_FAIL]);
	if (tb[KSTEER_A_TM_FAIL_TIMEOUT])
		set->fail_timeout = nla_get_u32(tb[KSTEER_A_TM_FAIL_TIMEOUT]);
	if (tb[KSTEER_A_TM_ON_DRAIN])
		set->on_drain = nla_get_u32(tb[KSTEER_A_TM_ON_DRAIN]);
	return ksteer_tm_parse_ways(net, set, info);
}

/* Of the VRF that the device is in, if one is told */
static bool ksteer_tm_is_own(struct net *net, const union ksteer_addr *addr,
			     u8 family, int ifindex)
{
	bool own;

	rcu_read_lock();
	own = ksteer_address_type(net, dev_get_by_index_rcu(net, ifindex), addr,
				  family) == RTN_LOCAL;
	rcu_read_unlock();
	return own;
}

static int ksteer_tm_check_via(struct net *net,
			       const struct ksteer_way_settings *way, u8 family,
			       const struct nlattr *attr,
			       struct netlink_ext_ack *extack)
{
	const union ksteer_addr *via = &way->via[family];
	int err;

	if (!attr)
		return 0;
	err = family == KSTEER_V6 ? ksteer_nl_check_ipv6(attr, extack) : 0;
	if (err)
		return err;
	if (!ksteer_nl_is_host(via, family)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "The next hop is not a host's address");
		return -EINVAL;
	}
	if (ksteer_tm_is_own(net, via, family, way->ifindex)) {
		NL_SET_ERR_MSG_ATTR(
			extack, attr,
			"The next hop is an address of this machine");
		return -EINVAL;
	}
	if (family == KSTEER_V6 && !way->dev[0] &&
	    ipv6_addr_type(&via->v6) & IPV6_ADDR_LINKLOCAL) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "A link-local next hop needs a device");
		return -EINVAL;
	}
	return 0;
}

/* A device that leads to one place needs no next hop */
static int ksteer_tm_check_device(struct net *net,
				  const struct ksteer_way_settings *way,
				  const struct nlattr *attr,
				  struct netlink_ext_ack *extack)
{
	unsigned int flags;
	int err;

	/* It is looked at when it comes */
	if (!attr || !way->ifindex)
		return 0;
	err = ksteer_nl_check_ifindex(net, way->ifindex, attr, &flags, extack);
	if (err)
		return err;
	if (flags & IFF_LOOPBACK) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "The loopback device leads to nobody");
		return -EINVAL;
	}
	if (way->has[KSTEER_V4] || way->has[KSTEER_V6] ||
	    flags & (IFF_NOARP | IFF_POINTOPOINT))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "A device of many neighbours needs a next hop");
	return -EINVAL;
}

/*
 * Only what the request names is checked: a traffic manager whose device went
 * away can still be taken down.
 */
static int ksteer_tm_check_way(struct net *net,
			       const struct ksteer_way_settings *way,
			       const struct ksteer_tm_side *side,
			       struct nlattr **tb,
			       struct netlink_ext_ack *extack)
{
	u8 family;
	int err;

	err = ksteer_tm_check_device(
		net, way, tb[side->dev] ?: tb[side->ifindex], extack);
	for (family = 0; family < KSTEER_FAMILIES && !err; family++)
		err = ksteer_tm_check_via(net, way, family,
					  tb[side->via[family]], extack);
	return err;
}

/**
 * ksteer_nl_tm_precheck - can a traffic manager be so?
 * @kn: ksteer of the namespace
 * @set: the settings together
 * @info: the request
 *
 * Return: 0 or a negative error, with a sentence.
 */
int ksteer_nl_tm_precheck(struct ksteer_net *kn,
			  const struct ksteer_tm_settings *set,
			  struct genl_info *info)
{
	const struct ksteer_way_settings *open = &set->way[KSTEER_SIDE_OPEN];
	enum ksteer_side side;
	int err;

	if (!open->has[KSTEER_V4] && !open->has[KSTEER_V6] && !open->dev[0]) {
		GENL_SET_ERR_MSG(
			info, "A traffic manager needs a next hop or a device");
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, KSTEER_A_TM_VIA);
		return -EINVAL;
	}
	for (side = 0; side < KSTEER_SIDES; side++) {
		err = ksteer_tm_check_way(kn->net, &set->way[side],
					  &ksteer_tm_side[side], info->attrs,
					  info->extack);
		if (err)
			return err;
	}
	return 0;
}

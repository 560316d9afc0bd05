// SPDX-License-Identifier: GPL-2.0-only
/* Traffic managers. */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <net/ipv6.h>

#include "control/tm.h"
#include "netlink/netlink.h"
#include "object/membership.h"
#include "packet/leave.h"

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
	    ksteer_tm_put_drain(skb, tm) ||
	    nla_put_u32(skb, KSTEER_A_TM_OPER, oper) ||
	    nla_put_u64_64bit(skb, KSTEER_A_TM_NEIGH_FAILURES,
			      atomic64_read(&tm->neigh_failures),
			      KSTEER_A_TM_PAD) ||
	    ksteer_nl_put_stats(skb, KSTEER_A_TM_STATS, &sum))
		return -EMSGSIZE;
	return 0;
}

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

static int ksteer_tm_parse(struct net *net, struct ksteer_tm_settings *set,
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

static int ksteer_tm_precheck(struct ksteer_net *kn,
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
	err = ksteer_tm_parse(kn->net, &set, info);
	if (!err)
		err = ksteer_tm_precheck(kn, &set, info);
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
	return 0;
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
	err = ksteer_tm_parse(kn->net, &set, info);
	if (!err)
		err = ksteer_tm_precheck(kn, &set, info);
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

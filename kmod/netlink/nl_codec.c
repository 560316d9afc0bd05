// SPDX-License-Identifier: GPL-2.0-only
/* What more than one object has in its attributes. */
#include <linux/ctype.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>

#include <linux/inetdevice.h>
#include <net/ipv6.h>

#include "key/key.h"
#include "netlink/netlink.h"

/**
 * ksteer_nl_only - refuse attributes that a policy allows but a request may not
 * @tb: attributes
 * @max: highest type in @tb
 * @allowed: a bit for each type that may be there
 * @extack: for the sentence
 *
 * Nested sets are shared by requests of different meaning.  What would be
 * ignored is refused: an ignored filter is a wider filter.
 *
 * Return: 0 or -EINVAL.
 */
int ksteer_nl_only(struct nlattr **tb, int max, u64 allowed,
		   struct netlink_ext_ack *extack)
{
	int i;

	for (i = 1; i <= max; i++) {
		if (!tb[i] || allowed & BIT_ULL(i))
			continue;
		NL_SET_ERR_MSG_ATTR(extack, tb[i],
				    "This attribute has no meaning here");
		return -EINVAL;
	}
	return 0;
}

/**
 * ksteer_nl_find_name - the name of an object that should exist
 * @info: the request
 * @type: attribute of the name
 *
 * Return: the name, in the request, or NULL with a sentence.
 */
const char *ksteer_nl_find_name(struct genl_info *info, int type)
{
	if (GENL_REQ_ATTR_CHECK(info, type)) {
		GENL_SET_ERR_MSG(info, "A name is needed");
		return NULL;
	}
	return nla_data(info->attrs[type]);
}

static bool ksteer_nl_is_name(const char *c)
{
	for (; *c; c++)
		if (!isascii(*c) || !isgraph(*c) || *c == '/')
			return false;
	return true;
}

static int ksteer_nl_take_name(struct genl_info *info, int type, char *name)
{
	const char *from = nla_data(info->attrs[type]);

	if (!ksteer_nl_is_name(from)) {
		NL_SET_ERR_MSG_ATTR(
			info->extack, info->attrs[type],
			"A name has printable characters, no space and no '/'");
		return -EINVAL;
	}
	strscpy(name, from, KSTEER_NAME_MAX + 1);
	return 0;
}

/**
 * ksteer_nl_parse_label - a name that may be empty
 * @info: the request, which may do without
 * @type: attribute of the name
 * @name: changed if there is one, KSTEER_NAME_MAX + 1 bytes
 *
 * Return: 0 or -EINVAL.
 */
int ksteer_nl_parse_label(struct genl_info *info, int type, char *name)
{
	return info->attrs[type] ? ksteer_nl_take_name(info, type, name) : 0;
}

/**
 * ksteer_nl_parse_name - the name of an object that is to be made
 * @info: the request
 * @type: attribute of the name
 * @name: filled, KSTEER_NAME_MAX + 1 bytes
 *
 * Return: 0 or -EINVAL.
 */
int ksteer_nl_parse_name(struct genl_info *info, int type, char *name)
{
	const char *from = ksteer_nl_find_name(info, type);

	if (!from)
		return -EINVAL;
	if (!*from) {
		NL_SET_ERR_MSG_ATTR(
			info->extack, info->attrs[type],
			"A name has printable characters, no space and no '/'");
		return -EINVAL;
	}
	return ksteer_nl_take_name(info, type, name);
}

/**
 * ksteer_nl_check_ipv6 - has this machine IPv6 at all?
 * @attr: an IPv6 address, guilty if not
 * @extack: for the sentence
 *
 * Booted with ipv6.disable=1 the kernel has no IPv6 tables to look anything up
 * in.
 *
 * Return: 0 or -EAFNOSUPPORT.
 */
int ksteer_nl_check_ipv6(const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	if (ipv6_mod_enabled())
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "This machine has no IPv6");
	return -EAFNOSUPPORT;
}

/**
 * ksteer_nl_parse_addr - an address of either family
 * @attr: 4 or 16 bytes
 * @addr: filled
 * @family: filled, KSTEER_V4 or KSTEER_V6
 * @extack: for the sentence
 *
 * Return: 0, -EINVAL or -EAFNOSUPPORT.
 */
int ksteer_nl_parse_addr(const struct nlattr *attr, union ksteer_addr *addr,
			 u8 *family, struct netlink_ext_ack *extack)
{
	memset(addr, 0, sizeof(*addr));
	switch (nla_len(attr)) {
	case sizeof(addr->v4):
		addr->v4 = nla_get_in_addr(attr);
		*family = KSTEER_V4;
		return 0;
	case sizeof(addr->v6):
		addr->v6 = nla_get_in6_addr(attr);
		*family = KSTEER_V6;
		return ksteer_nl_check_ipv6(attr, extack);
	}
	NL_SET_ERR_MSG_ATTR(extack, attr, "An address has 4 or 16 bytes");
	return -EINVAL;
}

/**
 * ksteer_nl_parse_prefix - an address prefix
 * @addr: 4 or 16 bytes
 * @len: leading bits that count; all if NULL
 * @prefix: filled
 * @extack: for the sentence
 *
 * Return: 0 or -EINVAL.
 */
int ksteer_nl_parse_prefix(const struct nlattr *addr, const struct nlattr *len,
			   struct ksteer_prefix *prefix,
			   struct netlink_ext_ack *extack)
{
	u8 bits;
	int err;

	err = ksteer_nl_parse_addr(addr, &prefix->addr, &prefix->family,
				   extack);
	if (err)
		return err;
	bits = prefix->family == KSTEER_V4 ? 32 : 128;
	prefix->len = len ? nla_get_u8(len) : bits;
	if (prefix->len > bits) {
		NL_SET_ERR_MSG_ATTR(extack, len,
				    "The prefix is longer than the address");
		return -EINVAL;
	}
	if (!ksteer_addr_in(&prefix->addr, &prefix->addr, prefix->len,
			    prefix->family)) {
		NL_SET_ERR_MSG_ATTR(extack, addr,
				    "The address has bits beyond the prefix");
		return -EINVAL;
	}
	return 0;
}

/**
 * ksteer_nl_is_host - may packets be sent to a host of this address?
 * @addr: the address
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Return: whether it is one host's, and not this one's by its nature.
 */
bool ksteer_nl_is_host(const union ksteer_addr *addr, u8 family)
{
	if (family == KSTEER_V4)
		return !ipv4_is_zeronet(addr->v4) &&
		       !ipv4_is_loopback(addr->v4) &&
		       !ipv4_is_multicast(addr->v4) &&
		       !ipv4_is_lbcast(addr->v4);
	return !ipv6_addr_any(&addr->v6) && !ipv6_addr_loopback(&addr->v6) &&
	       !ipv6_addr_is_multicast(&addr->v6);
}

/**
 * ksteer_nl_parse_device - the name of a device that a request speaks of
 * @net: the namespace
 * @name: its name, or NULL; there need be no such device
 * @index: its index, or NULL
 * @dev: IFNAMSIZ bytes, filled with the name; untouched if neither is there
 * @extack: for the sentence
 *
 * Return: 0 or a negative error.
 */
int ksteer_nl_parse_device(struct net *net, const struct nlattr *name,
			   const struct nlattr *index, char *dev,
			   struct netlink_ext_ack *extack)
{
	const struct net_device *found;

	if (name) {
		if (nla_len(name) > 1 && !dev_valid_name(nla_data(name))) {
			NL_SET_ERR_MSG_ATTR(extack, name,
					    "No device can have this name");
			return -EINVAL;
		}
		nla_strscpy(dev, name, IFNAMSIZ);
		return 0;
	}
	if (!index)
		return 0;
	rcu_read_lock();
	found = dev_get_by_index_rcu(net, nla_get_u32(index));
	if (found)
		strscpy(dev, found->name, IFNAMSIZ);
	rcu_read_unlock();
	return found ? 0 : ksteer_nl_check_ifindex(net, 0, index, NULL, extack);
}

/**
 * ksteer_nl_check_ifindex - does a device exist?
 * @net: the namespace
 * @ifindex: the device
 * @attr: guilty if it does not, may be NULL
 * @flags: filled with the device's IFF_*, may be NULL
 * @extack: for the sentence
 *
 * Return: 0 or -ENODEV.
 */
int ksteer_nl_check_ifindex(struct net *net, int ifindex,
			    const struct nlattr *attr, unsigned int *flags,
			    struct netlink_ext_ack *extack)
{
	struct net_device *dev;

	rcu_read_lock();
	dev = ifindex > 0 ? dev_get_by_index_rcu(net, ifindex) : NULL;
	if (dev && flags)
		*flags = READ_ONCE(dev->flags);
	rcu_read_unlock();
	if (dev)
		return 0;
	NL_SET_ERR_MSG_ATTR(
		extack, attr,
		"No device of this index in this network namespace");
	return -ENODEV;
}

/**
 * ksteer_nl_put_addr - append an address
 * @skb: the message
 * @type: attribute
 * @addr: the address
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Return: 0 or -EMSGSIZE.
 */
int ksteer_nl_put_addr(struct sk_buff *skb, int type,
		       const union ksteer_addr *addr, u8 family)
{
	if (family == KSTEER_V4)
		return nla_put_in_addr(skb, type, addr->v4);
	return nla_put_in6_addr(skb, type, &addr->v6);
}

/**
 * ksteer_nl_put_stats - append the traffic of an object
 * @skb: the message
 * @type: attribute of the nest
 * @sum: packets, bytes, and flows
 *
 * Return: 0 or -EMSGSIZE.
 */
int ksteer_nl_put_stats(struct sk_buff *skb, int type,
			const struct ksteer_sum *sum)
{
	const struct ksteer_traffic *t = &sum->traffic;
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest ||
	    nla_put_u64_64bit(skb, KSTEER_A_STATS_PACKETS,
			      t->packets[KSTEER_DIR_OPEN],
			      KSTEER_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, KSTEER_A_STATS_BYTES,
			      t->bytes[KSTEER_DIR_OPEN], KSTEER_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, KSTEER_A_STATS_REPLY_PACKETS,
			      t->packets[KSTEER_DIR_REPLY],
			      KSTEER_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, KSTEER_A_STATS_REPLY_BYTES,
			      t->bytes[KSTEER_DIR_REPLY], KSTEER_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, KSTEER_A_STATS_FLOWS_TOTAL, t->flows_total,
			      KSTEER_A_STATS_PAD) ||
	    nla_put_u32(skb, KSTEER_A_STATS_FLOWS, t->flows) ||
	    nla_put_u32(skb, KSTEER_A_STATS_ESTABLISHED, sum->established) ||
	    nla_put_u32(skb, KSTEER_A_STATS_ENTRIES, ksteer_sum_entries(sum)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * ksteer_nl_next - the next attribute of a type at the top of a request
 * @info: the request
 * @type: the type
 * @after: attribute where to begin, itself left out; NULL for the first
 *
 * Return: the attribute or NULL.
 */
const struct nlattr *ksteer_nl_next(const struct genl_info *info, int type,
				    const struct nlattr *after)
{
	const struct nlattr *pos = genlmsg_data(info->genlhdr);
	int rem = genlmsg_len(info->genlhdr);

	if (after) {
		rem -= (const char *)after - (const char *)pos;
		pos = nla_next(after, &rem);
	}
	while (nla_ok(pos, rem)) {
		if (nla_type(pos) == type)
			return pos;
		pos = nla_next(pos, &rem);
	}
	return NULL;
}

/**
 * ksteer_nl_count - how often an attribute stands in a request
 * @info: the request
 * @type: the attribute
 *
 * Return: the number.
 */
unsigned int ksteer_nl_count(const struct genl_info *info, int type)
{
	const struct nlattr *pos;
	unsigned int count = 0;

	ksteer_nl_for_each(pos, info, type) count++;
	return count;
}

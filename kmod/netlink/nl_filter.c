// SPDX-License-Identifier: GPL-2.0-only
/* Which flows a request speaks of. */
#include "key/key.h"
#include "key/link.h"
#include "netlink/netlink.h"
#include "netlink/nl_filter.h"
#include "object/manager.h"
#include "store/extension.h"
#include "store/flow.h"

#define KSTEER_FILTER_ATTRS                                               \
	(KSTEER_NL_KEY_ATTRS | BIT_ULL(KSTEER_A_FLOW_SRC_LEN) |           \
	 BIT_ULL(KSTEER_A_FLOW_DST_LEN) | BIT_ULL(KSTEER_A_FLOW_FIELDS) | \
	 BIT_ULL(KSTEER_A_FLOW_TM) | BIT_ULL(KSTEER_A_FLOW_VS) |          \
	 BIT_ULL(KSTEER_A_FLOW_STATE) | BIT_ULL(KSTEER_A_FLOW_ORIGIN) |   \
	 BIT_ULL(KSTEER_A_FLOW_OWNER))

static bool ksteer_filter_has(const struct ksteer_nl_filter *filter, int type)
{
	return filter->has & BIT_ULL(type);
}

static int ksteer_filter_prefix(struct nlattr **tb, int addr, int len,
				struct ksteer_prefix *prefix,
				struct netlink_ext_ack *extack)
{
	if (tb[addr])
		return ksteer_nl_parse_prefix(tb[addr], tb[len], prefix,
					      extack);
	if (!tb[len])
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, tb[len],
			    "A prefix length needs an address");
	return -EINVAL;
}

static int ksteer_filter_addresses(struct nlattr **tb,
				   struct ksteer_nl_filter *filter,
				   struct netlink_ext_ack *extack)
{
	int err;

	err = ksteer_filter_prefix(tb, KSTEER_A_FLOW_SRC, KSTEER_A_FLOW_SRC_LEN,
				   &filter->src, extack);
	if (err)
		return err;
	return ksteer_filter_prefix(tb, KSTEER_A_FLOW_DST,
				    KSTEER_A_FLOW_DST_LEN, &filter->dst,
				    extack);
}

static int ksteer_filter_vrf(struct ksteer_net *kn, struct nlattr **tb,
			     struct ksteer_nl_filter *filter,
			     struct netlink_ext_ack *extack)
{
	if (!tb[KSTEER_A_FLOW_VRF])
		return 0;
	filter->vrf = ksteer_nl_parse_vrf(kn, tb[KSTEER_A_FLOW_VRF], extack);
	return filter->vrf ? 0 : -ENOENT;
}

static int ksteer_filter_objects(struct ksteer_net *kn, struct nlattr **tb,
				 struct ksteer_nl_filter *filter,
				 struct netlink_ext_ack *extack)
{
	const struct ksteer_tm *tm;
	const struct ksteer_vs *vs;

	if (tb[KSTEER_A_FLOW_TM]) {
		tm = ksteer_tm_lookup(kn, nla_data(tb[KSTEER_A_FLOW_TM]));
		if (!tm) {
			NL_SET_ERR_MSG_ATTR(extack, tb[KSTEER_A_FLOW_TM],
					    "No traffic manager of this name");
			return -ENOENT;
		}
		filter->tm_id = tm->id;
	}
	if (tb[KSTEER_A_FLOW_VS]) {
		vs = ksteer_vs_lookup(kn, nla_data(tb[KSTEER_A_FLOW_VS]));
		if (!vs) {
			NL_SET_ERR_MSG_ATTR(extack, tb[KSTEER_A_FLOW_VS],
					    "No virtual server of this name");
			return -ENOENT;
		}
		filter->vs_id = vs->id;
	}
	return 0;
}

static void ksteer_filter_numbers(struct nlattr **tb,
				  struct ksteer_nl_filter *filter)
{
	if (tb[KSTEER_A_FLOW_SPORT])
		filter->sport = htons(nla_get_u16(tb[KSTEER_A_FLOW_SPORT]));
	if (tb[KSTEER_A_FLOW_DPORT])
		filter->dport = htons(nla_get_u16(tb[KSTEER_A_FLOW_DPORT]));
	if (tb[KSTEER_A_FLOW_PROTO])
		filter->proto = nla_get_u8(tb[KSTEER_A_FLOW_PROTO]);
	if (tb[KSTEER_A_FLOW_VLAN])
		filter->vlan = nla_get_u16(tb[KSTEER_A_FLOW_VLAN]);
	if (tb[KSTEER_A_FLOW_FIELDS])
		filter->fields = nla_get_u32(tb[KSTEER_A_FLOW_FIELDS]);
	if (tb[KSTEER_A_FLOW_STATE])
		filter->state = nla_get_u32(tb[KSTEER_A_FLOW_STATE]);
	if (tb[KSTEER_A_FLOW_ORIGIN])
		filter->origin = nla_get_u32(tb[KSTEER_A_FLOW_ORIGIN]);
	if (tb[KSTEER_A_FLOW_OWNER])
		filter->owner = nla_get_u32(tb[KSTEER_A_FLOW_OWNER]);
}

/**
 * ksteer_nl_parse_filter - read a filter
 * @kn: ksteer of the namespace
 * @nest: the filter; NULL for one that every flow passes
 * @filter: filled
 * @extack: for the sentence
 *
 * Context: kn->config held.
 * Return: 0, -EINVAL, or -ENOENT if it names an object that is not there.
 */
int ksteer_nl_parse_filter(struct ksteer_net *kn, const struct nlattr *nest,
			   struct ksteer_nl_filter *filter,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KSTEER_A_FLOW_MAX + 1];
	int i, err;

	lockdep_assert_held(&kn->config);
	memset(filter, 0, sizeof(*filter));
	if (!nest)
		return 0;
	err = ksteer_nl_parse_flow(nest, tb, KSTEER_FILTER_ATTRS, extack);
	if (!err)
		err = ksteer_filter_addresses(tb, filter, extack);
	if (!err)
		err = ksteer_filter_objects(kn, tb, filter, extack);
	if (!err)
		err = ksteer_filter_vrf(kn, tb, filter, extack);
	if (err)
		return err;
	for (i = 1; i <= KSTEER_A_FLOW_MAX; i++)
		if (tb[i])
			filter->has |= BIT_ULL(i);
	ksteer_filter_numbers(tb, filter);
	return 0;
}

/* A field that the key leaves out is no field to agree in */
static bool ksteer_filter_part(const struct ksteer_nl_filter *filter, int type,
			       const struct ksteer_key *key, u8 field,
			       bool equal)
{
	return !ksteer_filter_has(filter, type) || (key->kind & field && equal);
}

static bool ksteer_filter_addr(const union ksteer_addr *addr,
			       const struct ksteer_key *key,
			       const struct ksteer_prefix *prefix)
{
	u8 family = key->kind & KSTEER_KIND_V6 ? KSTEER_V6 : KSTEER_V4;

	return family == prefix->family &&
	       ksteer_addr_in(addr, &prefix->addr, prefix->len, family);
}

static bool ksteer_filter_key(const struct ksteer_net *kn,
			      const struct ksteer_nl_filter *filter,
			      const struct ksteer_key *key)
{
	struct ksteer_tuple t;

	ksteer_link_read(kn, key->link, &t);
	if (ksteer_filter_has(filter, KSTEER_A_FLOW_VRF) &&
	    ksteer_link_table(kn, key->link) != filter->vrf)
		return false;
	return ksteer_filter_part(filter, KSTEER_A_FLOW_PROTO, key,
				  KSTEER_FIELD_PROTO,
				  key->proto == filter->proto) &&
	       ksteer_filter_part(filter, KSTEER_A_FLOW_SPORT, key,
				  KSTEER_FIELD_SPORT,
				  key->port[0] == filter->sport) &&
	       ksteer_filter_part(filter, KSTEER_A_FLOW_DPORT, key,
				  KSTEER_FIELD_DPORT,
				  key->port[1] == filter->dport) &&
	       ksteer_filter_part(filter, KSTEER_A_FLOW_VLAN, key,
				  KSTEER_FIELD_VLAN, t.vlan == filter->vlan) &&
	       ksteer_filter_part(
		       filter, KSTEER_A_FLOW_SRC, key, KSTEER_FIELD_SRC,
		       ksteer_filter_addr(&key->addr[0], key, &filter->src)) &&
	       ksteer_filter_part(
		       filter, KSTEER_A_FLOW_DST, key, KSTEER_FIELD_DST,
		       ksteer_filter_addr(&key->addr[1], key, &filter->dst)) &&
	       ksteer_filter_part(
		       filter, KSTEER_A_FLOW_FIELDS, key, KSTEER_KIND_FIELDS,
		       (key->kind & KSTEER_KIND_FIELDS) == filter->fields);
}

static bool ksteer_filter_rest(const struct ksteer_nl_filter *filter,
			       const struct ksteer_flow *flow,
			       struct ksteer_dest dest)
{
	if (ksteer_filter_has(filter, KSTEER_A_FLOW_TM) &&
	    (!dest.tm || dest.tm->id != filter->tm_id))
		return false;
	if (ksteer_filter_has(filter, KSTEER_A_FLOW_VS) &&
	    dest.vs->id != filter->vs_id)
		return false;
	if (ksteer_filter_has(filter, KSTEER_A_FLOW_STATE) &&
	    ksteer_flow_state(flow) != filter->state)
		return false;
	return !ksteer_filter_has(filter, KSTEER_A_FLOW_ORIGIN) ||
	       flow->origin == filter->origin;
}

static bool ksteer_filter_owner(const struct ksteer_net *kn,
				const struct ksteer_nl_filter *filter,
				const struct ksteer_flow *flow)
{
	struct ksteer_extra extra;

	if (!ksteer_filter_has(filter, KSTEER_A_FLOW_OWNER))
		return true;
	ksteer_extension_tell_rcu(kn, flow, &extra);
	return extra.owner == filter->owner;
}

/**
 * ksteer_nl_filter_match - does a flow agree with a filter?
 * @filter: the filter
 * @flow: the flow
 * @dest: its destination
 *
 * Context: RCU read side.
 * Return: whether it agrees in all that is given.
 */
bool ksteer_nl_filter_match(const struct ksteer_nl_filter *filter,
			    const struct ksteer_flow *flow,
			    struct ksteer_dest dest)
{
	struct ksteer_key key;

	if (!filter->has)
		return true;
	ksteer_flow_opener(flow, &key);
	return ksteer_filter_rest(filter, flow, dest) &&
	       ksteer_filter_owner(dest.vs->kn, filter, flow) &&
	       ksteer_filter_key(dest.vs->kn, filter, &key);
}

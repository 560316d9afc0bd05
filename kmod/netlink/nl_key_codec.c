// SPDX-License-Identifier: GPL-2.0-only
/* Keys as attributes. */
#include "key/key.h"
#include "key/link.h"
#include "netlink/netlink.h"
#include "store/flow.h"

/**
 * ksteer_nl_parse_flow - open a nest of the attribute set flow
 * @nest: the nest
 * @tb: filled, KSTEER_A_FLOW_MAX + 1 pointers
 * @allowed: a bit for each attribute that this request may have
 * @extack: for the sentence
 *
 * Return: 0 or -EINVAL.
 */
int ksteer_nl_parse_flow(const struct nlattr *nest, struct nlattr **tb,
			 u64 allowed, struct netlink_ext_ack *extack)
{
	int err;

	err = nla_parse_nested(tb, KSTEER_A_FLOW_MAX, nest,
			       ksteer_flow_nl_policy, extack);
	if (err)
		return err;
	return ksteer_nl_only(tb, KSTEER_A_FLOW_MAX, allowed, extack);
}

static int ksteer_nl_key_needs(struct nlattr **tb, const struct nlattr *nest,
			       int type, bool need,
			       struct netlink_ext_ack *extack)
{
	if (need && !tb[type]) {
		NL_SET_ERR_MSG_ATTR(
			extack, nest,
			"The key lacks an endpoint, a port or the protocol");
		NL_SET_ERR_ATTR_MISS(extack, nest, type);
		return -EINVAL;
	}
	if (!need && tb[type]) {
		NL_SET_ERR_MSG_ATTR(
			extack, tb[type],
			"The key's fields or protocol leave this out");
		return -EINVAL;
	}
	return 0;
}

/* Each field that counts is needed, and none that does not may be there */
static int ksteer_nl_key_complete(struct nlattr **tb, const struct nlattr *nest,
				  u8 fields, struct netlink_ext_ack *extack)
{
	u8 proto = tb[KSTEER_A_FLOW_PROTO] ?
			   nla_get_u8(tb[KSTEER_A_FLOW_PROTO]) :
			   IPPROTO_TCP;
	static const struct {
		u8 field;
		u8 type;
	} part[] = {
		{ KSTEER_FIELD_PROTO, KSTEER_A_FLOW_PROTO },
		{ KSTEER_FIELD_SRC, KSTEER_A_FLOW_SRC },
		{ KSTEER_FIELD_DST, KSTEER_A_FLOW_DST },
		{ KSTEER_FIELD_SPORT, KSTEER_A_FLOW_SPORT },
		{ KSTEER_FIELD_DPORT, KSTEER_A_FLOW_DPORT },
	};
	unsigned int i;
	int err;

	if (!ksteer_proto_has_ports(proto)) {
		u8 ports = KSTEER_FIELD_SPORT | KSTEER_FIELD_DPORT;

		/* Shown as 0, so 0 may come back */
		if (tb[KSTEER_A_FLOW_SPORT] &&
		    !nla_get_u16(tb[KSTEER_A_FLOW_SPORT]))
			tb[KSTEER_A_FLOW_SPORT] = NULL;
		if (tb[KSTEER_A_FLOW_DPORT] &&
		    !nla_get_u16(tb[KSTEER_A_FLOW_DPORT]))
			tb[KSTEER_A_FLOW_DPORT] = NULL;
		fields &= ~ports;
	}
	for (i = 0; i < ARRAY_SIZE(part); i++) {
		err = ksteer_nl_key_needs(tb, nest, part[i].type,
					  fields & part[i].field, extack);
		if (err)
			return err;
	}
	if (fields & KSTEER_FIELD_VLAN)
		return 0;
	return ksteer_nl_key_needs(tb, nest, KSTEER_A_FLOW_VLAN, false, extack);
}

static int ksteer_nl_key_addresses(struct nlattr **tb,
				   struct ksteer_tuple *tuple,
				   struct netlink_ext_ack *extack)
{
	const struct nlattr *src = tb[KSTEER_A_FLOW_SRC];
	const struct nlattr *dst = tb[KSTEER_A_FLOW_DST];
	u8 family;
	int err;

	if (src) {
		err = ksteer_nl_parse_addr(src, &tuple->src, &tuple->family,
					   extack);
		if (err)
			return err;
	}
	if (!dst)
		return 0;
	err = ksteer_nl_parse_addr(dst, &tuple->dst, &family, extack);
	if (err)
		return err;
	if (src && family != tuple->family) {
		NL_SET_ERR_MSG_ATTR(extack, dst,
				    "The addresses are of different families");
		return -EINVAL;
	}
	tuple->family = family;
	return 0;
}

/**
 * ksteer_nl_parse_vrf - the VRF that an attribute names
 * @kn: ksteer of the namespace
 * @name: the attribute
 * @extack: for the sentence
 *
 * Return: its routing table, 0 if there is none of this name.
 */
u32 ksteer_nl_parse_vrf(struct ksteer_net *kn, const struct nlattr *name,
			struct netlink_ext_ack *extack)
{
	u32 table = ksteer_link_vrf_table(kn, nla_data(name));

	if (!table)
		NL_SET_ERR_MSG_ATTR(extack, name, "No VRF of this name");
	return table;
}

/* VLAN and VRF come down to one number; packets may not have made it yet */
static int ksteer_nl_key_link(struct ksteer_net *kn, struct nlattr **tb,
			      struct ksteer_tuple *t,
			      struct netlink_ext_ack *extack)
{
	const struct nlattr *vrf = tb[KSTEER_A_FLOW_VRF];
	u32 table = 0;
	u16 link;

	if (vrf) {
		table = ksteer_nl_parse_vrf(kn, vrf, extack);
		if (!table)
			return -ENOENT;
	}
	if (!ksteer_link_get(kn, table, t->vlan, &link)) {
		NL_SET_ERR_MSG_ATTR(extack, vrf,
				    "No room for another VLAN of a VRF");
		return -ENOSPC;
	}
	ksteer_link_read(kn, link, t);
	return 0;
}

/**
 * ksteer_nl_parse_key - the key that a nest describes
 * @kn: ksteer of the namespace
 * @tb: attributes of the nest
 * @nest: the nest
 * @key: filled
 * @extack: for the sentence
 *
 * Without the attribute fields it is a full key, and needs all of it but the
 * VLAN, which is 0 if not told.
 *
 * Return: 0, -EINVAL, -ENOENT without such a VRF, -ENOSPC.
 */
int ksteer_nl_parse_key(struct ksteer_net *kn, struct nlattr **tb,
			const struct nlattr *nest, struct ksteer_nl_key *key,
			struct netlink_ext_ack *extack)
{
	struct ksteer_tuple *t = &key->tuple;
	int err;

	memset(key, 0, sizeof(*key));
	key->fields = KSTEER_FIELDS_FULL;
	if (tb[KSTEER_A_FLOW_FIELDS])
		key->fields = nla_get_u32(tb[KSTEER_A_FLOW_FIELDS]);
	if (!(key->fields & (KSTEER_FIELD_SRC | KSTEER_FIELD_DST))) {
		NL_SET_ERR_MSG_ATTR(extack, tb[KSTEER_A_FLOW_FIELDS],
				    "A key needs one of the addresses");
		return -EINVAL;
	}
	err = ksteer_nl_key_complete(tb, nest, key->fields, extack);
	if (!err)
		err = ksteer_nl_key_addresses(tb, t, extack);
	if (err)
		return err;
	if (tb[KSTEER_A_FLOW_PROTO])
		t->proto = nla_get_u8(tb[KSTEER_A_FLOW_PROTO]);
	if (tb[KSTEER_A_FLOW_SPORT])
		t->sport = htons(nla_get_u16(tb[KSTEER_A_FLOW_SPORT]));
	if (tb[KSTEER_A_FLOW_DPORT])
		t->dport = htons(nla_get_u16(tb[KSTEER_A_FLOW_DPORT]));
	if (tb[KSTEER_A_FLOW_VLAN])
		t->vlan = nla_get_u16(tb[KSTEER_A_FLOW_VLAN]);
	return ksteer_nl_key_link(kn, tb, t, extack);
}

/**
 * ksteer_nl_key_lookup - what to look a key up by
 * @key: the key
 * @pool: ksteer_pool.index of its server's pool, for a less specific key
 * @look: filled.  Answers by any VLAN are found at the first look, so that
 *	  the store learns nothing from a question.
 */
void ksteer_nl_key_lookup(const struct ksteer_nl_key *key, u16 pool,
			  struct ksteer_lookup *look)
{
	if (!ksteer_key_partial(look, &key->tuple, key->fields, pool, false))
		ksteer_key_full(look, &key->tuple);
	look->loose = KSTEER_LOOSE_UNSEEN;
}

static int ksteer_nl_put_link(struct ksteer_net *kn, struct sk_buff *skb,
			      u16 link, u8 fields)
{
	char vrf[KSTEER_NAME_MAX + 1];
	struct ksteer_tuple t;

	ksteer_link_read(kn, link, &t);
	if (fields & KSTEER_FIELD_VLAN &&
	    nla_put_u16(skb, KSTEER_A_FLOW_VLAN, t.vlan))
		return -EMSGSIZE;
	if (likely(!t.vrf) || !ksteer_link_vrf_name(kn, link, vrf, sizeof(vrf)))
		return 0;
	return nla_put_string(skb, KSTEER_A_FLOW_VRF, vrf);
}

/**
 * ksteer_nl_put_key - append a key's fields
 * @kn: ksteer of the namespace
 * @skb: the message
 * @key: the key, the opener's endpoint first
 * @fields: fields that count, enum ksteer_field
 *
 * Context: RCU read side.
 * Return: 0 or -EMSGSIZE.
 */
int ksteer_nl_put_key(struct ksteer_net *kn, struct sk_buff *skb,
		      const struct ksteer_key *key, u8 fields)
{
	u8 family = key->kind & KSTEER_KIND_V6 ? KSTEER_V6 : KSTEER_V4;

	if ((fields & KSTEER_FIELD_SRC &&
	     ksteer_nl_put_addr(skb, KSTEER_A_FLOW_SRC, &key->addr[0],
				family)) ||
	    (fields & KSTEER_FIELD_DST &&
	     ksteer_nl_put_addr(skb, KSTEER_A_FLOW_DST, &key->addr[1],
				family)) ||
	    (fields & KSTEER_FIELD_SPORT &&
	     nla_put_u16(skb, KSTEER_A_FLOW_SPORT, ntohs(key->port[0]))) ||
	    (fields & KSTEER_FIELD_DPORT &&
	     nla_put_u16(skb, KSTEER_A_FLOW_DPORT, ntohs(key->port[1]))) ||
	    (fields & KSTEER_FIELD_PROTO &&
	     nla_put_u8(skb, KSTEER_A_FLOW_PROTO, key->proto)) ||
	    ksteer_nl_put_link(kn, skb, key->link, fields))
		return -EMSGSIZE;
	return 0;
}

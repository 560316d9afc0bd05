// SPDX-License-Identifier: GPL-2.0-only
/* Keys and flows as attributes. */
#include "key/key.h"
#include "key/link.h"
#include "netlink/netlink.h"
#include "store/changelog.h"
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

/**
 * ksteer_nl_check_target - may a traffic manager be given a flow by request?
 * @tm: the traffic manager
 * @family: the flow's
 * @name: attribute that names it
 * @extack: for the sentence
 *
 * Context: kn->config held.
 * Return: 0 or -EINVAL.
 */
int ksteer_nl_check_target(const struct ksteer_tm *tm, u8 family,
			   const struct nlattr *name,
			   struct netlink_ext_ack *extack)
{
	if (READ_ONCE(tm->candidate.state) == KSTEER_TM_STATE_DOWN) {
		NL_SET_ERR_MSG_ATTR(extack, name,
				    "The traffic manager is down");
		return -EINVAL;
	}
	if (READ_ONCE(tm->way[KSTEER_SIDE_OPEN].leads[family]))
		return 0;
	NL_SET_ERR_MSG_ATTR(
		extack, name,
		"The traffic manager has no next hop of this family");
	return -EINVAL;
}

static u64 ksteer_nl_packets(const struct ksteer_flow *flow,
			     enum ksteer_dir dir)
{
	return READ_ONCE(flow->packets[dir]) |
	       (u64)READ_ONCE(flow->packets_high[dir]) << 32;
}

static int ksteer_nl_put_traffic(struct sk_buff *skb,
				 const struct ksteer_flow *flow)
{
	if (nla_put_u64_64bit(skb, KSTEER_A_FLOW_PACKETS,
			      ksteer_nl_packets(flow, KSTEER_DIR_OPEN),
			      KSTEER_A_FLOW_PAD) ||
	    nla_put_u64_64bit(skb, KSTEER_A_FLOW_BYTES,
			      READ_ONCE(flow->bytes[KSTEER_DIR_OPEN]),
			      KSTEER_A_FLOW_PAD) ||
	    nla_put_u64_64bit(skb, KSTEER_A_FLOW_REPLY_PACKETS,
			      ksteer_nl_packets(flow, KSTEER_DIR_REPLY),
			      KSTEER_A_FLOW_PAD) ||
	    nla_put_u64_64bit(skb, KSTEER_A_FLOW_REPLY_BYTES,
			      READ_ONCE(flow->bytes[KSTEER_DIR_REPLY]),
			      KSTEER_A_FLOW_PAD))
		return -EMSGSIZE;
	return 0;
}

static int ksteer_nl_put_life(struct sk_buff *skb,
			      const struct ksteer_flow *flow,
			      struct ksteer_dest dest)
{
	u32 timeout = ksteer_flow_timeout(flow, dest);
	u32 idle = ksteer_flow_idle(flow);
	u32 left = timeout > idle ? timeout - idle : 0;

	if (nla_put_u32(skb, KSTEER_A_FLOW_STATE, ksteer_flow_state(flow)) ||
	    nla_put_u32(skb, KSTEER_A_FLOW_ORIGIN, flow->origin) ||
	    nla_put_u32(skb, KSTEER_A_FLOW_IDLE, jiffies_to_msecs(idle)) ||
	    nla_put_u32(skb, KSTEER_A_FLOW_EXPIRES, jiffies_to_msecs(left)))
		return -EMSGSIZE;
	return 0;
}

static int ksteer_nl_put_endpoints(struct sk_buff *skb,
				   const struct ksteer_flow *flow,
				   const struct ksteer_vs *vs)
{
	u8 fields = flow->key.kind & KSTEER_KIND_FIELDS;
	struct ksteer_key key;

	ksteer_flow_opener(flow, &key);
	if (ksteer_nl_put_key(vs->kn, skb, &key, fields) ||
	    nla_put_u32(skb, KSTEER_A_FLOW_FIELDS, fields))
		return -EMSGSIZE;
	if (!(flow->key.kind & KSTEER_KIND_PERSIST))
		return 0;
	return nla_put_u8(
		skb, KSTEER_A_FLOW_SRC_LEN,
		READ_ONCE(vs->persist_prefix[ksteer_flow_family(flow)]));
}

static int ksteer_nl_put_identity(const struct ksteer_net *kn,
				  struct sk_buff *skb,
				  const struct ksteer_flow *flow)
{
	u16 reply = READ_ONCE(flow->reply_link);
	struct ksteer_tuple t;

	if (nla_put_u32(skb, KSTEER_A_FLOW_SERIAL, flow->serial))
		return -EMSGSIZE;
	if (reply == KSTEER_LINK_UNSEEN)
		return 0;
	ksteer_link_read(kn, reply, &t);
	return nla_put_u16(skb, KSTEER_A_FLOW_REPLY_VLAN, t.vlan);
}

/* What became of a flow is told as it was then: its extension has gone since */
static int ksteer_nl_put_extra(const struct ksteer_net *kn, struct sk_buff *skb,
			       const struct ksteer_flow *flow,
			       const struct ksteer_change *change)
{
	struct ksteer_extra extra;

	if (change)
		extra = change->extra;
	else
		ksteer_extension_tell_rcu(kn, flow, &extra);
	if ((extra.lifetime &&
	     nla_put_u32(skb, KSTEER_A_FLOW_LIFETIME, extra.lifetime)) ||
	    (extra.owner && nla_put_u32(skb, KSTEER_A_FLOW_OWNER, extra.owner)))
		return -EMSGSIZE;
	return 0;
}

static int ksteer_nl_put_event(struct sk_buff *skb,
			       const struct ksteer_change *change)
{
	if (nla_put_u32(skb, KSTEER_A_FLOW_EVENT, change->event))
		return -EMSGSIZE;
	return nla_put_u64_64bit(skb, KSTEER_A_FLOW_POSITION, change->position,
				 KSTEER_A_FLOW_PAD);
}

/**
 * ksteer_nl_put_flow_rcu - append a flow
 * @skb: the message; as before if there is no room
 * @type: attribute of the nest
 * @flow: the flow
 * @dest: its destination
 * @change: what became of the flow, or NULL
 *
 * Context: RCU read side, or @dest is kept otherwise.  Names never change, so
 *	    they need no lock.
 * Return: 0 or -EMSGSIZE.
 */
int ksteer_nl_put_flow_rcu(struct sk_buff *skb, int type,
			   const struct ksteer_flow *flow,
			   struct ksteer_dest dest,
			   const struct ksteer_change *change)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest)
		return -EMSGSIZE;
	if (ksteer_nl_put_endpoints(skb, flow, dest.vs) ||
	    (dest.tm &&
	     nla_put_string(skb, KSTEER_A_FLOW_TM, dest.tm->settings.name)) ||
	    nla_put_string(skb, KSTEER_A_FLOW_VS, dest.vs->settings.name) ||
	    ksteer_nl_put_life(skb, flow, dest) ||
	    ksteer_nl_put_traffic(skb, flow) ||
	    ksteer_nl_put_identity(dest.vs->kn, skb, flow) ||
	    ksteer_nl_put_tcp(skb, flow) ||
	    ksteer_nl_put_extra(dest.vs->kn, skb, flow, change) ||
	    ksteer_nl_put_aliases(dest.vs->kn, skb, flow) ||
	    (change && ksteer_nl_put_event(skb, change))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

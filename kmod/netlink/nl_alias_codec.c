// SPDX-License-Identifier: GPL-2.0-only
/* Aliases as attributes: further keys of a flow. */
#include "key/key.h"
#include "netlink/netlink.h"
#include "store/alias.h"
#include "store/extension.h"

static int ksteer_nl_parse_alias(struct ksteer_net *kn,
				 const struct nlattr *nest,
				 const struct ksteer_flow *of,
				 struct ksteer_nl_key *key,
				 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KSTEER_A_FLOW_MAX + 1] = {};
	int err;

	err = nla_parse_nested(tb, KSTEER_A_FLOW_VRF, nest,
			       ksteer_alias_nl_policy, extack);
	if (!err)
		err = ksteer_nl_parse_key(kn, tb, nest, key, extack);
	if (err)
		return err;
	if (key->tuple.family != ksteer_flow_family(of)) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "An alias is of its flow's family");
		return -EINVAL;
	}
	/* Its packets are tracked as the flow's are */
	if (key->tuple.proto != of->key.proto) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "An alias is of its flow's protocol");
		return -EINVAL;
	}
	return 0;
}

/**
 * ksteer_nl_parse_aliases - make the aliases that a flow is to have
 * @kn: ksteer of the namespace
 * @nest: the flow
 * @of: the flow
 * @dest: its destination
 * @first: filled as far as they were made; the caller's
 * @extack: for the sentence
 *
 * Context: process, under kn->config.
 * Return: 0, -EINVAL, -E2BIG, -ENOMEM, or as ksteer_nl_parse_key() says.
 */
int ksteer_nl_parse_aliases(struct ksteer_net *kn, const struct nlattr *nest,
			    const struct ksteer_flow *of,
			    struct ksteer_dest dest, struct ksteer_flow **first,
			    struct netlink_ext_ack *extack)
{
	struct ksteer_lookup look;
	struct ksteer_nl_key key;
	struct ksteer_flow **end = first;
	const struct nlattr *attr;
	u32 count = 0;
	int rem, err;

	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != KSTEER_A_FLOW_ALIAS)
			continue;
		if (++count > KSTEER_ALIASES_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "A flow has at most 4 aliases");
			return -E2BIG;
		}
		err = ksteer_nl_parse_alias(kn, attr, of, &key, extack);
		if (err)
			return err;
		ksteer_nl_key_lookup(&key, 0, &look);
		*end = ksteer_alias_create(&look, dest);
		if (!*end) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "No memory for a flow");
			return -ENOMEM;
		}
		end = &(*end)->alias_next;
	}
	return 0;
}

static int ksteer_nl_put_alias(struct ksteer_net *kn, struct sk_buff *skb,
			       const struct ksteer_flow *alias)
{
	struct nlattr *nest = nla_nest_start(skb, KSTEER_A_FLOW_ALIAS);
	struct ksteer_key key;

	if (!nest)
		return -EMSGSIZE;
	ksteer_flow_opener(alias, &key);
	if (ksteer_nl_put_key(kn, skb, &key, KSTEER_FIELDS_FULL))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * ksteer_nl_put_aliases - append the aliases of a flow
 * @kn: ksteer of the namespace
 * @skb: the message
 * @flow: the flow; a copy of one has none
 *
 * Context: RCU read side.
 * Return: 0 or -EMSGSIZE.
 */
int ksteer_nl_put_aliases(struct ksteer_net *kn, struct sk_buff *skb,
			  const struct ksteer_flow *flow)
{
	const struct ksteer_extension *ext = ksteer_extension_rcu(kn, flow);
	const struct ksteer_flow *alias;

	if (!ext)
		return 0;
	/* Each is whole, see ksteer_alias_list(): it is reached by its address alone */
	for (alias = READ_ONCE(ext->alias); alias;
	     alias = READ_ONCE(alias->alias_next))
		if (ksteer_nl_put_alias(kn, skb, alias))
			return -EMSGSIZE;
	return 0;
}

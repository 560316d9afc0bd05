// SPDX-License-Identifier: GPL-2.0-only
/* Settings of a network namespace as attributes. */
#include "control/config.h"
#include "netlink/netlink.h"
#include "store/store.h"

/*
 * Bounds that keep what is derived from them within 32 bits, and what is
 * allocated at once within reason.
 */
#define KSTEER_MAX_FLOWS_MOST BIT(28)
#define KSTEER_MAX_OPEN_MOST BIT(24)

/**
 * ksteer_nl_config_fill - append the settings
 * @skb: the message
 * @kn: ksteer of the namespace
 *
 * Context: kn->config held.
 * Return: 0 or -EMSGSIZE.
 */
int ksteer_nl_config_fill(struct sk_buff *skb, struct ksteer_net *kn)
{
	const struct ksteer_conn_store *store = &kn->store;

	if (nla_put_u32(skb, KSTEER_A_CONFIG_MAX_FLOWS, store->max_flows) ||
	    nla_put_u32(skb, KSTEER_A_CONFIG_MAX_OPEN, store->max_open) ||
	    nla_put_u32(skb, KSTEER_A_CONFIG_YOUNG, store->young / HZ) ||
	    nla_put_u32(skb, KSTEER_A_CONFIG_FLOWS,
			ksteer_store_count(&kn->store)) ||
	    nla_put_u32(skb, KSTEER_A_CONFIG_OPEN,
			ksteer_store_count_open(kn)) ||
	    nla_put_u32(skb, KSTEER_A_CONFIG_GENERATION, kn->generation) ||
	    nla_put_u32(skb, KSTEER_A_CONFIG_STANDBY, kn->standby))
		return -EMSGSIZE;
	return 0;
}

/**
 * ksteer_nl_config_precheck - can the settings be so?
 * @kn: ksteer of the namespace
 * @set: the settings together
 * @info: the request
 *
 * Return: 0 or a negative error, with a sentence.
 */
int ksteer_nl_config_precheck(const struct ksteer_net *kn,
			      const struct ksteer_config *set,
			      struct genl_info *info)
{
	struct nlattr **tb = info->attrs;

	if (set->max_flows > KSTEER_MAX_FLOWS_MOST) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[KSTEER_A_CONFIG_MAX_FLOWS],
				    "The store holds at most 268435456 flows");
		return -ERANGE;
	}
	if (set->max_flows > kn->store.max_flows &&
	    set->max_flows > ksteer_store_max_flows(kn->net) &&
	    !capable(CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG_ATTR(
			info->extack, tb[KSTEER_A_CONFIG_MAX_FLOWS],
			"Only the administrator of the machine may grant so many flows");
		return -EPERM;
	}
	if (set->max_open > KSTEER_MAX_OPEN_MOST) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[KSTEER_A_CONFIG_MAX_OPEN],
				    "At most 16777216 flows may be half open");
		return -ERANGE;
	}
	if (set->max_open > set->max_flows) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[KSTEER_A_CONFIG_MAX_OPEN],
				    "More half-open flows than flows");
		return -EINVAL;
	}
	return 0;
}

/**
 * ksteer_nl_config_parse - settings that a request asks for
 * @set: filled; what is not given is as it is now
 * @kn: ksteer of the namespace
 * @tb: attributes of the request
 *
 * Context: kn->config held.
 */
void ksteer_nl_config_parse(struct ksteer_config *set,
			    const struct ksteer_net *kn, struct nlattr **tb)
{
	set->max_flows = kn->store.max_flows;
	set->max_open = kn->store.max_open;
	set->young = kn->store.young / HZ;
	if (tb[KSTEER_A_CONFIG_MAX_FLOWS])
		set->max_flows = nla_get_u32(tb[KSTEER_A_CONFIG_MAX_FLOWS]);
	if (tb[KSTEER_A_CONFIG_MAX_OPEN])
		set->max_open = nla_get_u32(tb[KSTEER_A_CONFIG_MAX_OPEN]);
	else
		set->max_open = min(set->max_open, set->max_flows);
	set->standby = kn->standby;
	if (tb[KSTEER_A_CONFIG_STANDBY])
		set->standby = nla_get_u32(tb[KSTEER_A_CONFIG_STANDBY]) ==
			       KSTEER_SWITCH_ON;
	if (tb[KSTEER_A_CONFIG_YOUNG])
		set->young = nla_get_u32(tb[KSTEER_A_CONFIG_YOUNG]);
}

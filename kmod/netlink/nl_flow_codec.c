// SPDX-License-Identifier: GPL-2.0-only
/* Flows as attributes. */
#include "key/link.h"
#include "netlink/netlink.h"
#include "packet/pending.h"
#include "store/changelog.h"
#include "store/flow.h"

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

/* Where it goes, if anybody knows yet */
static int ksteer_nl_put_target(struct sk_buff *skb, struct ksteer_dest dest)
{
	if (!dest.tm)
		return 0;
	if (ksteer_is_pending(dest))
		return nla_put_u32(skb, KSTEER_A_FLOW_PENDING,
				   KSTEER_SWITCH_ON);
	return nla_put_string(skb, KSTEER_A_FLOW_TM, dest.tm->settings.name);
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
	    ksteer_nl_put_target(skb, dest) ||
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

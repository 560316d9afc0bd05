// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notifications: what listeners learn of configuration.  Of flows: nl_change.c.
 *
 * No message is built that nobody listens to.  Where there is no memory for
 * one, the listeners get ENOBUFS as for any other message that was lost.
 */
#include "netlink/netlink.h"

/*
 * Whether the family's groups are its own.  Flows come and go, and drains end,
 * after the family has been unregistered.
 */
static bool ksteer_events_on;

/**
 * ksteer_nl_events_start - the family is registered
 */
void ksteer_nl_events_start(void)
{
	WRITE_ONCE(ksteer_events_on, true);
}

/**
 * ksteer_nl_events_stop - the family is about to be unregistered
 *
 * Context: process; no notification is sent any more when this returns.
 */
void ksteer_nl_events_stop(void)
{
	WRITE_ONCE(ksteer_events_on, false);
	synchronize_rcu();
}

/**
 * ksteer_nl_event_wanted - does anyone listen?
 * @kn: ksteer of the namespace
 * @group: multicast group
 *
 * Context: any.
 * Return: whether a socket of the namespace is a member.
 */
bool ksteer_nl_event_wanted(const struct ksteer_net *kn, unsigned int group)
{
	bool wanted;

	rcu_read_lock();
	wanted = READ_ONCE(ksteer_events_on) &&
		 genl_has_listeners(&ksteer_nl_family, kn->net, group);
	rcu_read_unlock();
	return wanted;
}

static void ksteer_event_lost(const struct ksteer_net *kn, unsigned int group)
{
	rcu_read_lock();
	if (READ_ONCE(ksteer_events_on))
		genl_set_err(&ksteer_nl_family, kn->net, 0, group, -ENOBUFS);
	rcu_read_unlock();
}

/**
 * ksteer_nl_event_multicast - send a notification
 * @kn: ksteer of the namespace
 * @group: multicast group
 * @skb: the message, consumed
 *
 * Context: any.
 */
void ksteer_nl_event_multicast(const struct ksteer_net *kn, unsigned int group,
			       struct sk_buff *skb)
{
	rcu_read_lock();
	if (READ_ONCE(ksteer_events_on))
		genlmsg_multicast_netns(&ksteer_nl_family, kn->net, skb, 0,
					group, GFP_ATOMIC);
	else
		nlmsg_free(skb);
	rcu_read_unlock();
}

/**
 * ksteer_nl_event_start - begin a notification, or say that one was lost
 * @kn: ksteer of the namespace
 * @group: multicast group
 * @cmd: command
 * @size: bytes of attributes that will be needed
 * @gfp: how to allocate
 * @hdr: filled, for ksteer_nl_event_end()
 *
 * Return: the message; NULL if nobody listens or there is no memory.
 */
struct sk_buff *ksteer_nl_event_start(struct ksteer_net *kn, unsigned int group,
				      u8 cmd, size_t size, gfp_t gfp,
				      void **hdr)
{
	struct sk_buff *skb;

	if (!ksteer_nl_event_wanted(kn, group))
		return NULL;
	skb = genlmsg_new(size, gfp);
	*hdr = skb ? genlmsg_put(skb, 0, 0, &ksteer_nl_family, 0, cmd) : NULL;
	if (*hdr)
		return skb;
	nlmsg_free(skb);
	ksteer_event_lost(kn, group);
	return NULL;
}

/**
 * ksteer_nl_event_end - complete a notification
 * @kn: ksteer of the namespace
 * @group: multicast group
 * @skb: the message
 * @hdr: as ksteer_nl_event_start() gave it
 * @err: what filling it returned; if not 0 it is lost
 *
 * Return: @skb or NULL.
 */
struct sk_buff *ksteer_nl_event_end(struct ksteer_net *kn, unsigned int group,
				    struct sk_buff *skb, void *hdr, int err)
{
	if (!err) {
		genlmsg_end(skb, hdr);
		return skb;
	}
	nlmsg_free(skb);
	ksteer_event_lost(kn, group);
	return NULL;
}

/**
 * ksteer_nl_event_send - send a notification of configuration
 * @kn: ksteer of the namespace
 * @skb: the message, consumed; NULL if there is none
 *
 * Context: process, kn->config held so that the order is that of the changes.
 */
void ksteer_nl_event_send(struct ksteer_net *kn, struct sk_buff *skb)
{
	lockdep_assert_held(&kn->config);
	if (skb)
		ksteer_nl_event_multicast(kn, KSTEER_NLGRP_CONFIG, skb);
}

static int ksteer_event_put_moved(struct sk_buff *skb,
				  const struct ksteer_moved *moved)
{
	if (!moved)
		return 0;
	if (nla_put_u32(skb, KSTEER_A_TM_MOVED, moved->moved) ||
	    nla_put_u32(skb, KSTEER_A_TM_FORGOTTEN, moved->forgotten))
		return -EMSGSIZE;
	return 0;
}

/**
 * ksteer_nl_tm_event - the notification of a traffic manager
 * @tm: the traffic manager
 * @event: what became of it
 * @moved: what became of its flows, or NULL
 *
 * Context: kn->config held.
 * Return: the message for ksteer_nl_event_send(), or NULL.
 */
struct sk_buff *ksteer_nl_tm_event(const struct ksteer_tm *tm,
				   enum ksteer_event event,
				   const struct ksteer_moved *moved)
{
	struct sk_buff *skb;
	void *hdr;
	int err;

	skb = ksteer_nl_event_start(tm->kn, KSTEER_NLGRP_CONFIG,
				    KSTEER_CMD_TM_NTF, NLMSG_DEFAULT_SIZE,
				    GFP_KERNEL, &hdr);
	if (!skb)
		return NULL;
	err = ksteer_nl_tm_fill(skb, tm, tm->oper_told);
	if (!err)
		err = nla_put_u32(skb, KSTEER_A_TM_EVENT, event);
	if (!err)
		err = ksteer_event_put_moved(skb, moved);
	return ksteer_nl_event_end(tm->kn, KSTEER_NLGRP_CONFIG, skb, hdr, err);
}

/**
 * ksteer_nl_pool_event - the notification of a pool
 * @pool: the pool
 * @event: what became of it
 *
 * Context: kn->config held.
 * Return: the message for ksteer_nl_event_send(), or NULL.
 */
struct sk_buff *ksteer_nl_pool_event(const struct ksteer_pool *pool,
				     enum ksteer_event event)
{
	struct sk_buff *skb;
	void *hdr;
	int err;

	skb = ksteer_nl_event_start(pool->kn, KSTEER_NLGRP_CONFIG,
				    KSTEER_CMD_POOL_NTF,
				    ksteer_nl_pool_size(pool), GFP_KERNEL,
				    &hdr);
	if (!skb)
		return NULL;
	err = ksteer_nl_pool_fill(skb, pool);
	if (!err)
		err = nla_put_u32(skb, KSTEER_A_POOL_EVENT, event);
	return ksteer_nl_event_end(pool->kn, KSTEER_NLGRP_CONFIG, skb, hdr,
				   err);
}

/**
 * ksteer_nl_vs_event - the notification of a virtual server
 * @vs: the virtual server
 * @event: what became of it
 *
 * Context: kn->config held.
 * Return: the message for ksteer_nl_event_send(), or NULL.
 */
struct sk_buff *ksteer_nl_vs_event(const struct ksteer_vs *vs,
				   enum ksteer_event event)
{
	struct sk_buff *skb;
	void *hdr;
	int err;

	skb = ksteer_nl_event_start(vs->kn, KSTEER_NLGRP_CONFIG,
				    KSTEER_CMD_VS_NTF, NLMSG_DEFAULT_SIZE,
				    GFP_KERNEL, &hdr);
	if (!skb)
		return NULL;
	err = ksteer_nl_vs_fill(skb, vs);
	if (!err)
		err = nla_put_u32(skb, KSTEER_A_VS_EVENT, event);
	return ksteer_nl_event_end(vs->kn, KSTEER_NLGRP_CONFIG, skb, hdr, err);
}

/**
 * ksteer_nl_config_event - the notification of the namespace's settings
 * @kn: ksteer of the namespace
 *
 * Context: kn->config held.
 * Return: the message for ksteer_nl_event_send(), or NULL.
 */
struct sk_buff *ksteer_nl_config_event(struct ksteer_net *kn)
{
	struct sk_buff *skb;
	void *hdr;
	int err;

	skb = ksteer_nl_event_start(kn, KSTEER_NLGRP_CONFIG,
				    KSTEER_CMD_CONFIG_NTF, NLMSG_DEFAULT_SIZE,
				    GFP_KERNEL, &hdr);
	if (!skb)
		return NULL;
	err = ksteer_nl_config_fill(skb, kn);
	if (!err)
		err = nla_put_u32(skb, KSTEER_A_CONFIG_EVENT,
				  KSTEER_EVENT_CHANGE);
	return ksteer_nl_event_end(kn, KSTEER_NLGRP_CONFIG, skb, hdr, err);
}

// SPDX-License-Identifier: GPL-2.0-only
/* ksteer of a namespace, and the queues that its work waits in. */
#include <linux/user_namespace.h>
#include <net/netns/generic.h>

#include "base/netns.h"

/* Where every namespace keeps its struct ksteer_net; set once, as ours is registered */
unsigned int ksteer_net_id __read_mostly;

/*
 * The work of all namespaces that belong to user namespaces.  Nobody but the
 * administrator makes others; these may be as many as anybody likes, and what they
 * cost is charged to none of them.  So they share two workers, in turn.
 */
#define KSTEER_USER_WORKERS 2
static struct workqueue_struct *ksteer_user_queue __read_mostly;

/* Removal waits for grace periods: nobody else is to wait with it */
static struct workqueue_struct *ksteer_user_removals __read_mostly;

/**
 * ksteer_net - ksteer of a namespace
 * @net: the namespace
 *
 * Return: its state, which lives as long as the namespace and the module.
 */
struct ksteer_net *ksteer_net(const struct net *net)
{
	return net_generic(net, ksteer_net_id);
}

static bool ksteer_net_is_administrators(const struct ksteer_net *kn)
{
	return kn->net->user_ns == &init_user_ns;
}

/**
 * ksteer_net_queue - where the work of a namespace is to be queued
 * @kn: ksteer of the namespace
 *
 * Return: the queue.
 */
struct workqueue_struct *ksteer_net_queue(const struct ksteer_net *kn)
{
	return ksteer_net_is_administrators(kn) ? system_unbound_wq :
						  ksteer_user_queue;
}

/**
 * ksteer_net_removals - where a namespace's removals are to be queued
 * @kn: ksteer of the namespace
 *
 * Return: the queue.
 */
struct workqueue_struct *ksteer_net_removals(const struct ksteer_net *kn)
{
	return ksteer_net_is_administrators(kn) ? system_unbound_wq :
						  ksteer_user_removals;
}

/* How often the ways are looked after when nothing happens */
#define KSTEER_REFRESH HZ

/**
 * ksteer_refresh_later - look after the ways in a second at the latest
 * @kn: ksteer of the namespace
 *
 * Context: any.
 */
void ksteer_refresh_later(struct ksteer_net *kn)
{
	/* A namespace that closes waits for this section, then cancels */
	rcu_read_lock();
	if (!READ_ONCE(kn->closing))
		queue_delayed_work(ksteer_net_queue(kn), &kn->refresh,
				   KSTEER_REFRESH);
	rcu_read_unlock();
}

/**
 * ksteer_refresh_soon - look after the ways at once, not in a second
 * @kn: ksteer of the namespace
 *
 * Context: any.
 */
void ksteer_refresh_soon(struct ksteer_net *kn)
{
	/* A namespace that closes waits for this section, then cancels */
	rcu_read_lock();
	if (!READ_ONCE(kn->closing))
		mod_delayed_work(ksteer_net_queue(kn), &kn->refresh, 0);
	rcu_read_unlock();
}

/**
 * ksteer_queues_create - make the queues, before the first namespace
 *
 * Return: 0 or -ENOMEM.
 */
int ksteer_queues_create(void)
{
	ksteer_user_queue = alloc_workqueue(
		"ksteer_user", WQ_UNBOUND | WQ_SYSFS, KSTEER_USER_WORKERS);
	if (!ksteer_user_queue)
		return -ENOMEM;
	ksteer_user_removals = alloc_workqueue("ksteer_removal", WQ_UNBOUND,
					       KSTEER_USER_WORKERS);
	if (ksteer_user_removals)
		return 0;
	destroy_workqueue(ksteer_user_queue);
	return -ENOMEM;
}

/**
 * ksteer_queues_destroy - undo that, after the last namespace
 */
void ksteer_queues_destroy(void)
{
	destroy_workqueue(ksteer_user_removals);
	destroy_workqueue(ksteer_user_queue);
}

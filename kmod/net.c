// SPDX-License-Identifier: GPL-2.0-only
/* ksteer in one network namespace: birth, hooks, death. */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>
#include <net/netns/generic.h>

#include "base/ksteer.h"
#include "base/stats.h"
#include "control/announce.h"
#include "net.h"
#include "object/index.h"
#include "object/manager.h"
#include "object/match.h"
#include "object/object.h"
#include "object/pool.h"
#include "object/vserver.h"
#include "packet/hook.h"
#include "packet/local.h"
#include "store/changelog.h"

static unsigned int ksteer_net_id __read_mostly;

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

/**
 * ksteer_net_queue - where the work of a namespace is to be queued
 * @kn: ksteer of the namespace
 *
 * Return: the queue.
 */
struct workqueue_struct *ksteer_net_queue(const struct ksteer_net *kn)
{
	return kn->net->user_ns == &init_user_ns ? system_unbound_wq :
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
	return kn->net->user_ns == &init_user_ns ? system_unbound_wq :
						   ksteer_user_removals;
}

/*
 * What a device merged as it received (LRO) cannot be parted again, so it must
 * not leave by another: the kernel forbids it where it forwards, and steering
 * asks nobody whether it does.  Whether a carrier comes back is told by how often it
 * has come before.  Devices that come later: watch.c.
 */
static void ksteer_net_meet_devices(struct ksteer_net *kn)
{
	struct net_device *dev;

	rtnl_lock();
	for_each_netdev(kn->net, dev) {
		dev_disable_lro(dev);
		ksteer_announce_meet(kn, dev);
	}
	rtnl_unlock();
}

/**
 * ksteer_net_hook - begin to see packets, with the first virtual server
 * @kn: ksteer of the namespace
 *
 * A namespace without virtual servers pays nothing, not even a hook.
 *
 * Context: process, under kn->config.
 * Return: 0, also if that was done before, or a negative errno.
 */
int ksteer_net_hook(struct ksteer_net *kn)
{
	int err, i;

	lockdep_assert_held(&kn->config);
	if (kn->hooked)
		return 0;
	kn->ops = kmemdup(ksteer_hooks, sizeof(ksteer_hooks), GFP_KERNEL);
	if (!kn->ops)
		return -ENOMEM;
	for (i = 0; i < KSTEER_HOOKS; i++)
		kn->ops[i].priv = kn;
	err = nf_register_net_hooks(kn->net, kn->ops, KSTEER_HOOKS);
	if (err) {
		kfree(kn->ops);
		return err;
	}
	/* Before the devices are gone through: whoever comes now sees it */
	WRITE_ONCE(kn->hooked, true);
	ksteer_net_meet_devices(kn);
	return 0;
}

/**
 * ksteer_net_unhook - cease to see packets, with the last virtual server
 * @kn: ksteer of the namespace
 *
 * Context: process, under kn->config.
 */
void ksteer_net_unhook(struct ksteer_net *kn)
{
	lockdep_assert_held(&kn->config);
	if (!kn->hooked)
		return;
	nf_unregister_net_hooks(kn->net, kn->ops, KSTEER_HOOKS - 1);
	/*
	 * A packet on its way may still run with the table's priv, and may end
	 * up in a queue with a function of ours to go on with.  To unregister
	 * a hook empties the queues, so ARP's waits until none is on its way.
	 */
	synchronize_net();
	nf_unregister_net_hook(kn->net, &kn->ops[KSTEER_HOOKS - 1]);
	synchronize_net();
	kfree(kn->ops);
	WRITE_ONCE(kn->hooked, false);
}

static int __net_init ksteer_net_create(struct net *net)
{
	struct ksteer_net *kn = ksteer_net(net);
	int err;

	kn->net = net;
	mutex_init(&kn->config);
	INIT_LIST_HEAD(&kn->tms);
	ida_init(&kn->tm_indices);
	ida_init(&kn->vs_indices);
	ida_init(&kn->pool_indices);
	INIT_LIST_HEAD(&kn->pools);
	INIT_LIST_HEAD(&kn->stale_pools);
	INIT_LIST_HEAD(&kn->servers);
	kn->tm_names = RB_ROOT;
	kn->pool_names = RB_ROOT;
	kn->server_names = RB_ROOT;
	kn->matches = RB_ROOT;
	kn->persist_groups = RB_ROOT;
	kn->order = RB_ROOT;
	ksteer_tm_refresh_init(kn);
	ksteer_announce_init(kn);
	ksteer_removal_init(kn);
	ksteer_links_init(&kn->links);
	kn->counters = alloc_percpu(struct ksteer_counters);
	kn->serial_here = ksteer_serials_create();
	err = kn->counters && kn->serial_here ? ksteer_objects_create(kn) :
						-ENOMEM;
	if (err)
		goto err_percpu;
	err = ksteer_store_create(kn);
	if (!err)
		return 0;
	ksteer_objects_destroy(kn);
err_percpu:
	free_percpu(kn->serial_here);
	free_percpu(kn->counters);
	return err;
}

/* No packet comes after this; requests have ended with their sockets */
static void __net_exit ksteer_net_pre_exit(struct net *net)
{
	struct ksteer_net *kn = ksteer_net(net);

	WRITE_ONCE(kn->closing, true);
	ksteer_removal_stop(kn);
	mutex_lock(&kn->config);
	ksteer_net_unhook(kn);
	ksteer_local_stop(kn);
	ksteer_tm_abandon_all(kn);
	mutex_unlock(&kn->config);
}

/*
 * Packets and notifiers are through: there was a grace period between the two.
 * First what refers, then what is referred to.
 */
static void __net_exit ksteer_net_remove(struct net *net)
{
	struct ksteer_net *kn = ksteer_net(net);

	cancel_delayed_work_sync(&kn->refresh);
	ksteer_announce_stop(kn);
	ksteer_store_destroy(kn);
	ksteer_changelog_destroy(kn);
	ksteer_links_destroy(&kn->links);
	mutex_lock(&kn->config);
	ksteer_removal_finish(kn);
	ksteer_vs_remove_all(kn);
	ksteer_pool_remove_all(kn);
	ksteer_tm_remove_all(kn);
	mutex_unlock(&kn->config);
	/* The callbacks of what was just removed look at nothing of ours */
	ksteer_index_destroy(kn);
	ksteer_match_destroy(kn);
	ksteer_objects_destroy(kn);
	free_percpu(kn->serial_here);
	free_percpu(kn->counters);
	mutex_destroy(&kn->config);
}

static struct pernet_operations ksteer_net_ops = {
	.init = ksteer_net_create,
	.pre_exit = ksteer_net_pre_exit,
	.exit = ksteer_net_remove,
	.id = &ksteer_net_id,
	.size = sizeof(struct ksteer_net),
};

/**
 * ksteer_net_init - begin to serve all namespaces
 *
 * Return: 0 or a negative errno.
 */
int ksteer_net_init(void)
{
	int err;

	ksteer_user_queue = alloc_workqueue(
		"ksteer_user", WQ_UNBOUND | WQ_SYSFS, KSTEER_USER_WORKERS);
	if (!ksteer_user_queue)
		return -ENOMEM;
	ksteer_user_removals = alloc_workqueue("ksteer_removal", WQ_UNBOUND,
					       KSTEER_USER_WORKERS);
	err = ksteer_user_removals ? register_pernet_subsys(&ksteer_net_ops) :
				     -ENOMEM;
	if (!err)
		return 0;
	if (ksteer_user_removals)
		destroy_workqueue(ksteer_user_removals);
	destroy_workqueue(ksteer_user_queue);
	return err;
}

/**
 * ksteer_net_exit - end it
 */
void ksteer_net_exit(void)
{
	unregister_pernet_subsys(&ksteer_net_ops);
	destroy_workqueue(ksteer_user_removals);
	destroy_workqueue(ksteer_user_queue);
}

// SPDX-License-Identifier: GPL-2.0-only
/* ksteer in one network namespace: birth and death. */
#include <linux/percpu.h>

#include "base/netns.h"
#include "base/stats.h"
#include "control/announce.h"
#include "control/hooks.h"
#include "control/leaving.h"
#include "control/refresh.h"
#include "control/removal.h"
#include "control/tm.h"
#include "control/vs.h"
#include "key/link.h"
#include "net.h"
#include "object/index.h"
#include "object/manager.h"
#include "object/match.h"
#include "object/object.h"
#include "object/pool.h"
#include "object/vserver.h"
#include "packet/local.h"
#include "packet/pending.h"
#include "store/changelog.h"
#include "store/extension.h"
#include "store/gc.h"
#include "store/store.h"

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
	ksteer_refresh_init(kn);
	ksteer_announce_init(kn);
	ksteer_removal_init(kn);
	ksteer_leaving_init(kn);
	ksteer_gc_init(kn);
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
	ksteer_hooks_unregister(kn);
	ksteer_local_stop(kn);
	ksteer_tm_abandon_all(kn);
	mutex_unlock(&kn->config);
	ksteer_extensions_purge(kn);
	/* A refresh that had begun before is through: none queues it any more */
	ksteer_leaving_stop(kn);
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
	ksteer_gc_stop(kn);
	ksteer_store_destroy(kn);
	ksteer_changelog_destroy(kn);
	ksteer_links_destroy(&kn->links);
	mutex_lock(&kn->config);
	ksteer_removal_finish(kn);
	ksteer_vs_remove_all(kn);
	ksteer_pool_remove_all(kn);
	ksteer_pending_destroy(kn);
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
	int err = ksteer_queues_create();

	if (err)
		return err;
	err = register_pernet_subsys(&ksteer_net_ops);
	if (err)
		ksteer_queues_destroy();
	return err;
}

/**
 * ksteer_net_exit - end it
 */
void ksteer_net_exit(void)
{
	unregister_pernet_subsys(&ksteer_net_ops);
	ksteer_queues_destroy();
}

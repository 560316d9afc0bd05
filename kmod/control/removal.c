// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of traffic managers and virtual servers.
 *
 * Whoever removes one waits for nobody: nothing finds it any more, its flows are
 * as good as unknown, and it is put here.  A worker goes through the store, once
 * for all that has come together, and removes their flows; when no flow has their
 * numbers any more, these are free for others.
 */
#include "control/removal.h"
#include "object/manager.h"
#include "object/vserver.h"
#include "store/changelog.h"
#include "store/flow_dest.h"
#include "store/store.h"

static bool ksteer_flow_orphan_remove(struct ksteer_net *kn,
				      struct ksteer_flow *flow, void *arg)
{
	struct ksteer_dest dest = ksteer_flow_dest_any_rcu(kn, flow);

	return dest.vs && ksteer_dest_is_removed(dest) &&
	       ksteer_store_remove(kn, flow);
}

static bool ksteer_removal_has_flows(const struct ksteer_removal *now)
{
	const struct ksteer_tm *tm;
	const struct ksteer_vs *vs;
	struct ksteer_sum sum;

	list_for_each_entry(tm, &now->tms, gone) {
		ksteer_tm_sum(tm, &sum);
		if (ksteer_sum_entries(&sum))
			return true;
		cond_resched();
	}
	list_for_each_entry(vs, &now->servers, gone) {
		ksteer_vs_sum(vs, &sum);
		if (ksteer_sum_entries(&sum))
			return true;
		cond_resched();
	}
	return false;
}

/* No pool names it, but each has noted that it had it */
static void ksteer_removal_unlist_tm(struct ksteer_net *kn,
				     const struct ksteer_tm *tm)
{
	struct ksteer_pool *pool;

	list_for_each_entry(pool, &kn->pools, list)
		ksteer_roster_remove(kn, &pool->roster, tm->index);
	ksteer_objects_set(kn, &kn->tm_at, tm->index, NULL);
}

/* Their flows are gone: nothing has their numbers but packets on their way */
static void ksteer_removal_unlist(struct ksteer_net *kn,
				  const struct ksteer_removal *now)
{
	struct ksteer_tm *tm;
	struct ksteer_vs *vs;

	lockdep_assert_held(&kn->config);
	/* Events that wait speak of them */
	ksteer_changelog_flush(kn);
	list_for_each_entry(tm, &now->tms, gone) {
		ksteer_removal_unlist_tm(kn, tm);
		cond_resched();
	}
	list_for_each_entry(vs, &now->servers, gone)
		ksteer_objects_set(kn, &kn->vs_at, vs->index, NULL);
}

static void ksteer_removal_free(struct ksteer_net *kn,
				struct ksteer_removal *now)
{
	struct ksteer_tm *tm, *next_tm;
	struct ksteer_vs *vs, *next_vs;

	list_for_each_entry_safe(tm, next_tm, &now->tms, gone) {
		list_del(&tm->gone);
		ksteer_tm_free(tm);
	}
	list_for_each_entry_safe(vs, next_vs, &now->servers, gone) {
		list_del(&vs->gone);
		ksteer_vs_free(vs);
	}
}

/* What has been removed so far, to be dealt with together */
static void ksteer_removal_take(struct ksteer_net *kn,
				struct ksteer_removal *now)
{
	INIT_LIST_HEAD(&now->tms);
	INIT_LIST_HEAD(&now->servers);
	mutex_lock(&kn->config);
	list_splice_init(&kn->removed.tms, &now->tms);
	list_splice_init(&kn->removed.servers, &now->servers);
	mutex_unlock(&kn->config);
}

/* The namespace closes, and frees all flows at once */
static void ksteer_removal_put_back(struct ksteer_net *kn,
				    struct ksteer_removal *now)
{
	mutex_lock(&kn->config);
	list_splice(&now->tms, &kn->removed.tms);
	list_splice(&now->servers, &kn->removed.servers);
	mutex_unlock(&kn->config);
}

/* Return: whether there are none left */
static bool ksteer_removal_flows(struct ksteer_net *kn,
				 const struct ksteer_removal *now)
{
	while (ksteer_removal_has_flows(now)) {
		if (READ_ONCE(kn->closing))
			return false;
		ksteer_store_walk(kn, ksteer_flow_orphan_remove, NULL);
		/* Someone else may be about to release the last */
		cond_resched();
	}
	return true;
}

static void ksteer_removal_work(struct work_struct *work)
{
	struct ksteer_net *kn =
		container_of(work, struct ksteer_net, removed.work);
	struct ksteer_removal now;

	ksteer_removal_take(kn, &now);
	if (list_empty(&now.tms) && list_empty(&now.servers))
		return;
	/* Packets that have selected one of them are through after this */
	synchronize_rcu();
	if (!ksteer_removal_flows(kn, &now)) {
		ksteer_removal_put_back(kn, &now);
		return;
	}
	mutex_lock(&kn->config);
	ksteer_removal_unlist(kn, &now);
	mutex_unlock(&kn->config);
	/* Packets that have read a number before its flow went, too */
	synchronize_rcu();
	ksteer_removal_free(kn, &now);
}

/**
 * ksteer_removal_init - nothing was removed yet
 * @kn: ksteer of the namespace
 */
void ksteer_removal_init(struct ksteer_net *kn)
{
	INIT_WORK(&kn->removed.work, ksteer_removal_work);
	INIT_LIST_HEAD(&kn->removed.tms);
	INIT_LIST_HEAD(&kn->removed.servers);
}

/**
 * ksteer_removal_stop - remove no more flows
 * @kn: ksteer of a namespace that closes; nothing is removed any more
 *
 * Context: process, may sleep; not under kn->config.
 */
void ksteer_removal_stop(struct ksteer_net *kn)
{
	cancel_work_sync(&kn->removed.work);
}

/**
 * ksteer_removal_finish - free what was removed, with the namespace
 * @kn: ksteer of the namespace; no packet and no flow is left
 */
void ksteer_removal_finish(struct ksteer_net *kn)
{
	ksteer_removal_free(kn, &kn->removed);
}

/**
 * ksteer_removal_add_tm - a traffic manager was removed
 * @tm: the traffic manager; marked, and offered to nobody any more
 *
 * Context: under kn->config.
 */
void ksteer_removal_add_tm(struct ksteer_tm *tm)
{
	lockdep_assert_held(&tm->kn->config);
	list_add_tail(&tm->gone, &tm->kn->removed.tms);
	queue_work(ksteer_net_removals(tm->kn), &tm->kn->removed.work);
}

/**
 * ksteer_removal_add_vs - a virtual server was removed
 * @vs: the virtual server; marked, and found by no packet any more
 *
 * Context: under kn->config.
 */
void ksteer_removal_add_vs(struct ksteer_vs *vs)
{
	lockdep_assert_held(&vs->kn->config);
	list_add_tail(&vs->gone, &vs->kn->removed.servers);
	queue_work(ksteer_net_removals(vs->kn), &vs->kn->removed.work);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a change of a virtual server does: to what packets meet, to the hooks, to the
 * answers that neighbours get.
 */
#include "control/announce.h"
#include "control/hooks.h"
#include "control/removal.h"
#include "control/vs.h"
#include "object/match.h"
#include "object/object.h"
#include "packet/local.h"
#include "packet/neigh.h"
#include "packet/reply.h"
#include "store/changelog.h"

/* Flow events need a log to stand in, from the first packet on */
static int ksteer_vs_need_log(struct ksteer_net *kn,
			      const struct ksteer_vs_settings *set)
{
	if (!set->events)
		return 0;
	return ksteer_changelog_create(kn, KSTEER_CHANGELOG_PLACES,
				       ksteer_changelog_work);
}

/**
 * ksteer_vs_create - add a virtual server; packets meet it at once
 * @kn: ksteer of the namespace
 * @set: settings that have been checked
 *
 * Context: process, under kn->config.
 * Return: the virtual server, owned by @kn, or ERR_PTR(-ENOMEM).
 */
struct ksteer_vs *ksteer_vs_create(struct ksteer_net *kn,
				   const struct ksteer_vs_settings *set)
{
	struct ksteer_vs *vs = ksteer_vs_alloc(kn, set);
	int err;

	lockdep_assert_held(&kn->config);
	if (!vs)
		return ERR_PTR(-ENOMEM);
	err = ksteer_vs_need_log(kn, set);
	if (!err)
		err = ksteer_hooks_register(kn);
	/* Once it is found, flows keep its number */
	ksteer_objects_set(kn, &kn->vs_at, vs->index, vs);
	if (!err)
		err = ksteer_local_want(kn, set->flags);
	if (!err) {
		err = ksteer_match_add(kn, vs);
		if (err)
			ksteer_local_leave(kn, set->flags);
	}
	if (err) {
		ksteer_objects_set(kn, &kn->vs_at, vs->index, NULL);
		ksteer_vs_free(vs);
		if (list_empty(&kn->servers))
			ksteer_hooks_unregister(kn);
		return ERR_PTR(err);
	}
	ksteer_vs_list(vs);
	ksteer_reply_learn(vs);
	if (set->pool)
		set->pool->servers++;
	ksteer_neigh_follow(vs);
	ksteer_announce(vs);
	kn->generation++;
	return vs;
}

/* Does an arrangement that knows the one not do for the other? */
static bool ksteer_vs_arranged_by(const struct ksteer_vs_settings *a,
				  const struct ksteer_vs_settings *b)
{
	return ((a->flags ^ b->flags) &
		(KSTEER_VS_FLAGS_SYMMETRIC | KSTEER_VS_FLAGS_NOARP)) ||
	       a->unserved != b->unserved;
}

/**
 * ksteer_vs_change - change all but what a virtual server matches
 * @vs: virtual server
 * @set: settings that have been checked; its match does not count
 *
 * Context: process, under kn->config.
 * Return: 0 or -ENOMEM; then nothing has changed.
 */
int ksteer_vs_change(struct ksteer_vs *vs, const struct ksteer_vs_settings *set)
{
	struct ksteer_vs_settings old = vs->settings;
	u32 persist_id = vs->persist_id;
	int err;

	lockdep_assert_held(&vs->kn->config);
	err = ksteer_vs_need_log(vs->kn, set);
	if (!err)
		err = ksteer_local_want(vs->kn, set->flags);
	if (err)
		return err;
	ksteer_vs_reapply(vs, set);
	err = ksteer_vs_arranged_by(&old, set) ? ksteer_match_rebuild(vs->kn) :
						 0;
	if (err) {
		ksteer_vs_reapply(vs, &old);
		WRITE_ONCE(vs->persist_id, persist_id);
		ksteer_local_leave(vs->kn, set->flags);
		return err;
	}
	ksteer_local_leave(vs->kn, old.flags);
	vs->kn->generation++;
	if (set->pool)
		set->pool->servers++;
	if (old.pool)
		old.pool->servers--;
	ksteer_neigh_follow(vs);
	if ((old.flags & ~set->flags) & KSTEER_VS_FLAGS_NOARP)
		ksteer_announce(vs);
	/* No packet uses the old pool once this returns: it may be removed */
	if (set->pool != old.pool)
		synchronize_rcu();
	return 0;
}

/**
 * ksteer_vs_remove - remove a virtual server; its flows are forgotten
 * @vs: virtual server; belongs to the worker that frees it, if it was removed
 *
 * Packets stop to find it, be it by its match or by a flow.
 *
 * Context: process, under kn->config.
 * Return: 0 or -ENOMEM; then nothing has changed.
 */
int ksteer_vs_remove(struct ksteer_vs *vs)
{
	struct ksteer_net *kn = vs->kn;
	int err = ksteer_match_remove(kn, vs);

	if (err)
		return err;
	ksteer_vs_unlist(vs);
	ksteer_neigh_leave(vs);
	ksteer_local_leave(kn, vs->settings.flags);
	if (vs->settings.pool)
		vs->settings.pool->servers--;
	if (list_empty(&kn->servers))
		ksteer_hooks_unregister(kn);
	WRITE_ONCE(vs->flags, vs->flags | KSTEER_VS_REMOVED);
	ksteer_removal_add_vs(vs);
	kn->generation++;
	return 0;
}

/**
 * ksteer_vs_remove_all - free all virtual servers with their namespace
 * @kn: ksteer of the namespace; no packet and no flow is left
 */
void ksteer_vs_remove_all(struct ksteer_net *kn)
{
	struct ksteer_vs *vs, *next;

	lockdep_assert_held(&kn->config);
	list_for_each_entry_safe(vs, next, &kn->servers, list) {
		ksteer_vs_unlist(vs);
		ksteer_neigh_leave(vs);
		ksteer_vs_free(vs);
	}
	ida_destroy(&kn->vs_indices);
}

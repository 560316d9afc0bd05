// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memberships: in which pools a traffic manager is.
 *
 * Each pool has one for each member of its settings, linked from the member.  So
 * what happens to a traffic manager concerns its own pools and no others.
 */
#include <linux/mm.h>

#include "object/manager.h"
#include "object/membership.h"
#include "object/pool.h"
#include "object/sender.h"

/**
 * ksteer_memberships_create - make room for those of a pool
 * @s: settings that the pool is to have
 *
 * Context: process.
 * Return: the memberships, linked nowhere, for kvfree(); or NULL.
 */
struct ksteer_membership *
ksteer_memberships_create(const struct ksteer_pool_settings *s)
{
	return kvcalloc(s->members, sizeof(struct ksteer_membership),
			GFP_KERNEL_ACCOUNT);
}

/**
 * ksteer_memberships_link - tell the members of a pool that they are
 * @pool: the pool, with its settings and @membership
 *
 * Context: under kn->config.
 */
void ksteer_memberships_link(struct ksteer_pool *pool)
{
	struct ksteer_membership *m = pool->membership;
	struct ksteer_tm *tm;
	u32 i;

	lockdep_assert_held(&pool->kn->config);
	for (i = 0; i < pool->settings.members; i++) {
		tm = pool->settings.member[i];
		m[i].pool = pool;
		list_add_tail(&m[i].of_tm, &tm->memberships);
		WRITE_ONCE(tm->pools, tm->pools + 1);
	}
	ksteer_senders_changed(pool->kn);
}

/**
 * ksteer_memberships_remove - the members of a pool are its members no more
 * @pool: the pool; its @membership is freed
 *
 * Context: under kn->config.
 */
void ksteer_memberships_remove(struct ksteer_pool *pool)
{
	struct ksteer_membership *m = pool->membership;
	struct ksteer_tm *tm;
	u32 i;

	for (i = 0; i < pool->settings.members; i++) {
		tm = pool->settings.member[i];
		list_del(&m[i].of_tm);
		WRITE_ONCE(tm->pools, tm->pools - 1);
	}
	ksteer_senders_changed(pool->kn);
	kvfree(m);
	pool->membership = NULL;
}

/**
 * ksteer_memberships_mark - pools were built by what may have changed
 * @tm: the traffic manager whose state, weight, ways or what was seen of them it is
 *
 * Its pools are rebuilt by the next ksteer_pool_rebuild_stale().
 *
 * Context: under kn->config.
 */
void ksteer_memberships_mark(struct ksteer_tm *tm)
{
	struct ksteer_membership *m;

	lockdep_assert_held(&tm->kn->config);
	list_for_each_entry(m, &tm->memberships, of_tm)
		if (list_empty(&m->pool->of_stale))
			list_add_tail(&m->pool->of_stale, &tm->kn->stale_pools);
}

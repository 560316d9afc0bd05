// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools.  What packets select from is a frozen set of the members that are
 * usable; whenever a member, its weight or its state changes, a new set takes
 * the old one's place.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "manager.h"
#include "packet.h"
#include "pool.h"
#include "vserver.h"

/**
 * ksteer_pool_lookup - find a pool by name
 * @kn: ksteer of the namespace
 * @name: its name
 *
 * Context: under kn->config.
 * Return: the pool or NULL.
 */
struct ksteer_pool *ksteer_pool_lookup(struct ksteer_net *kn, const char *name)
{
	struct ksteer_pool *pool;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(pool, &kn->pools, list)
		if (!strcmp(pool->settings.name, name))
			return pool;
	return NULL;
}

static void ksteer_set_free(struct ksteer_set *set)
{
	if (!set)
		return;
	kvfree(set->slot);
	kvfree(set->prefix);
	kvfree(set->current_weight);
	kvfree(set);
}

static void ksteer_set_free_rcu(struct rcu_head *rcu)
{
	ksteer_set_free(container_of(rcu, struct ksteer_set, rcu));
}

static void *ksteer_array_copy(const void *from, u32 n, size_t size)
{
	void *to = kvmalloc_array(n, size, GFP_KERNEL_ACCOUNT);

	if (to && n)
		memcpy(to, from, n * size);
	return to;
}

/*
 * May a member be offered?  Without @strict, whatever its next hop does.  Asks
 * nothing that may change under kn->config: who is counted must be filled in,
 * and the refresh must know what a set was built by.
 */
static bool ksteer_member_fits(const struct ksteer_tm *tm, u8 family,
			       bool strict)
{
	if (tm->settings.state != KSTEER_TM_STATE_UP || !tm->settings.weight ||
	    !tm->way[KSTEER_SIDE_OPEN].leads[family])
		return false;
	return !strict || tm->usable & BIT(family);
}

static u32 ksteer_members_fit(const struct ksteer_pool_settings *s, u8 family,
			      bool strict)
{
	u32 i, n = 0;

	for (i = 0; i < s->members; i++)
		n += ksteer_member_fits(s->member[i], family, strict);
	return n;
}

static void ksteer_set_fill(struct ksteer_set *set,
			    const struct ksteer_pool_settings *s, bool strict)
{
	u32 i, n = 0;

	for (i = 0; i < s->members; i++) {
		struct ksteer_tm *tm = s->member[i];

		if (!ksteer_member_fits(tm, set->family, strict))
			continue;
		set->member[n].tm = tm;
		set->member[n++].weight = tm->settings.weight;
		set->total_weight += tm->settings.weight;
	}
}

static void ksteer_set_count_shares(struct ksteer_set *set)
{
	u32 i;

	for (i = 0; i < set->slots; i++)
		set->member[set->slot[i]].share++;
}

/*
 * Freeze the members that are usable.  If the next hops of all seem to fail,
 * they are all offered: a packet that tries one may find it alive.
 *
 * Return: the set, NULL if there is nobody to select, ERR_PTR(-ENOMEM).
 */
static struct ksteer_set *
ksteer_set_create(const struct ksteer_pool_settings *s, u8 family)
{
	bool strict = ksteer_members_fit(s, family, true);
	u32 n = ksteer_members_fit(s, family, strict);
	struct ksteer_set *set;
	int err = 0;

	if (!n)
		return NULL;
	set = kvzalloc(struct_size(set, member, n), GFP_KERNEL_ACCOUNT);
	if (!set)
		return ERR_PTR(-ENOMEM);
	set->members = n;
	set->ops = ksteer_sched_ops(s->sched);
	set->seed = s->seed;
	set->hash_fields = s->hash_fields;
	set->family = family;
	set->slots = s->table_size;
	spin_lock_init(&set->lock);
	ksteer_set_fill(set, s, strict);
	set->prefixes = s->prefixes;
	set->prefix =
		ksteer_array_copy(s->prefix, s->prefixes, sizeof(*s->prefix));
	if (!set->prefix)
		err = -ENOMEM;
	if (!err && set->ops->table)
		err = ksteer_sched_table_build(set, set->slots);
	if (!err && set->ops->table)
		ksteer_set_count_shares(set);
	if (!err && set->ops->build)
		err = set->ops->build(set);
	if (!err)
		return set;
	ksteer_set_free(set);
	return ERR_PTR(-ENOMEM);
}

static void ksteer_pool_publish(struct ksteer_pool *pool, u8 family,
				struct ksteer_set *set)
{
	struct ksteer_set *old;

	old = ksteer_dereference_config(pool->kn, pool->set[family]);
	rcu_assign_pointer(pool->set[family], set);
	if (old)
		call_rcu(&old->rcu, ksteer_set_free_rcu);
}

/* Make new sets of both families, or change nothing. Return: 0 or -ENOMEM */
static int ksteer_pool_rebuild(struct ksteer_pool *pool,
			       const struct ksteer_pool_settings *s)
{
	struct ksteer_set *set[KSTEER_FAMILIES];
	u8 f;

	for (f = 0; f < KSTEER_FAMILIES; f++) {
		set[f] = ksteer_set_create(s, f);
		if (IS_ERR(set[f])) {
			while (f--)
				ksteer_set_free(set[f]);
			return -ENOMEM;
		}
	}
	for (f = 0; f < KSTEER_FAMILIES; f++)
		ksteer_pool_publish(pool, f, set[f]);
	pool->stale = false;
	return 0;
}

static void ksteer_settings_free(struct ksteer_pool_settings *s)
{
	kvfree(s->member);
	kvfree(s->prefix);
}

/* Copy settings with their arrays. Return: 0 or -ENOMEM */
static int ksteer_settings_copy(struct ksteer_pool_settings *to,
				const struct ksteer_pool_settings *from)
{
	*to = *from;
	to->member = ksteer_array_copy(from->member, from->members,
				       sizeof(*from->member));
	to->prefix = ksteer_array_copy(from->prefix, from->prefixes,
				       sizeof(*from->prefix));
	if (!to->member || !to->prefix) {
		ksteer_settings_free(to);
		return -ENOMEM;
	}
	return 0;
}

static void ksteer_members_count(const struct ksteer_pool_settings *s, int step)
{
	u32 i;

	for (i = 0; i < s->members; i++)
		s->member[i]->pools += step;
}

/**
 * ksteer_pool_create - add a pool
 * @kn: ksteer of the namespace
 * @set: settings that have been checked; the arrays stay the caller's
 *
 * Context: process, under kn->config.
 * Return: the pool, owned by @kn, or ERR_PTR(-ENOMEM).
 */
struct ksteer_pool *ksteer_pool_create(struct ksteer_net *kn,
				       const struct ksteer_pool_settings *set)
{
	struct ksteer_pool *pool = kzalloc(sizeof(*pool), GFP_KERNEL_ACCOUNT);

	lockdep_assert_held(&kn->config);
	if (!pool)
		return ERR_PTR(-ENOMEM);
	pool->kn = kn;
	if (ksteer_settings_copy(&pool->settings, set))
		goto free;
	if (ksteer_pool_rebuild(pool, &pool->settings))
		goto free_settings;
	pool->id = ++kn->next_id;
	ksteer_members_count(&pool->settings, 1);
	list_add_tail(&pool->list, &kn->pools);
	return pool;

free_settings:
	ksteer_settings_free(&pool->settings);
free:
	kfree(pool);
	return ERR_PTR(-ENOMEM);
}

/**
 * ksteer_pool_change - change all of a pool but its name
 * @pool: the pool
 * @set: settings that have been checked; the arrays stay the caller's
 *
 * Context: process, under kn->config.
 * Return: 0 or -ENOMEM; then nothing has changed.
 */
int ksteer_pool_change(struct ksteer_pool *pool,
		       const struct ksteer_pool_settings *set)
{
	struct ksteer_pool_settings next;
	int err;

	lockdep_assert_held(&pool->kn->config);
	err = ksteer_settings_copy(&next, set);
	if (err)
		return err;
	err = ksteer_vs_bind_pool(pool->kn, pool, next.member, next.members);
	if (!err)
		err = ksteer_pool_rebuild(pool, &next);
	if (err) {
		ksteer_settings_free(&next);
		return err;
	}
	ksteer_members_count(&next, 1);
	ksteer_members_count(&pool->settings, -1);
	ksteer_settings_free(&pool->settings);
	pool->settings = next;
	return 0;
}

static void ksteer_pool_free_rcu(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct ksteer_pool, rcu));
}

/**
 * ksteer_pool_remove - remove a pool that no virtual server uses
 * @pool: the pool
 *
 * Context: process, under kn->config.
 */
void ksteer_pool_remove(struct ksteer_pool *pool)
{
	u8 f;

	lockdep_assert_held(&pool->kn->config);
	list_del(&pool->list);
	ksteer_members_count(&pool->settings, -1);
	for (f = 0; f < KSTEER_FAMILIES; f++)
		ksteer_pool_publish(pool, f, NULL);
	ksteer_settings_free(&pool->settings);
	call_rcu(&pool->rcu, ksteer_pool_free_rcu);
}

/**
 * ksteer_pool_remove_all - free all pools with their namespace
 * @kn: ksteer of the namespace
 */
void ksteer_pool_remove_all(struct ksteer_net *kn)
{
	struct ksteer_pool *pool, *next;

	list_for_each_entry_safe(pool, next, &kn->pools, list)
		ksteer_pool_remove(pool);
}

/**
 * ksteer_pool_has - is a traffic manager a member of a pool?
 * @pool: the pool
 * @tm: the traffic manager
 *
 * Context: under kn->config.
 * Return: whether it is.
 */
bool ksteer_pool_has(const struct ksteer_pool *pool, const struct ksteer_tm *tm)
{
	u32 i;

	for (i = 0; i < pool->settings.members; i++)
		if (pool->settings.member[i] == tm)
			return true;
	return false;
}

/**
 * ksteer_pool_rebuild_all - offer what is usable now
 * @kn: ksteer of the namespace
 *
 * Without memory a pool keeps its old set, whose members packets check one by
 * one anyway, and the rebuild stays owed.
 *
 * Context: process, under kn->config.
 */
void ksteer_pool_rebuild_all(struct ksteer_net *kn)
{
	struct ksteer_pool *pool;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(pool, &kn->pools, list)
		if (ksteer_pool_rebuild(pool, &pool->settings))
			pool->stale = true;
}

/**
 * ksteer_pool_retry_stale - make up for rebuilds that found no memory
 * @kn: ksteer of the namespace
 *
 * Context: process, under kn->config.
 */
void ksteer_pool_retry_stale(struct ksteer_net *kn)
{
	struct ksteer_pool *pool;

	list_for_each_entry(pool, &kn->pools, list)
		if (pool->stale)
			ksteer_pool_rebuild(pool, &pool->settings);
}

/**
 * ksteer_pool_share - slots of the lookup table that name a traffic manager
 * @pool: the pool
 * @family: KSTEER_V4 or KSTEER_V6
 * @tm: the traffic manager
 *
 * Context: under kn->config.
 * Return: the slots; 0 for mechanisms without a table.
 */
u32 ksteer_pool_share(const struct ksteer_pool *pool, u8 family,
		      const struct ksteer_tm *tm)
{
	const struct ksteer_set *set;
	u32 i;

	set = ksteer_dereference_config(pool->kn, pool->set[family]);
	for (i = 0; set && i < set->members; i++)
		if (set->member[i].tm == tm)
			return set->member[i].share;
	return 0;
}

/**
 * ksteer_pool_select_rcu - choose a traffic manager for a flow
 * @pool: the pool
 * @tuple: endpoints, the opener's first
 * @how: KSTEER_SELECT_*
 *
 * Context: softirq or BH off, RCU read side.
 * Return: the traffic manager, or NULL if none accepts.
 */
struct ksteer_tm *ksteer_pool_select_rcu(struct ksteer_pool *pool,
					 const struct ksteer_tuple *tuple,
					 unsigned int how)
{
	struct ksteer_set *set = rcu_dereference(pool->set[tuple->family]);
	int i;

	if (unlikely(!set))
		return NULL;
	if ((how & KSTEER_SELECT_HASH) && !set->ops->table)
		i = ksteer_sched_hash_pick(set, tuple);
	else
		i = set->ops->select(set, tuple, how);
	return i < 0 ? NULL : set->member[i].tm;
}

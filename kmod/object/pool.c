// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools.  What packets select from is a frozen set of the members that are
 * usable; whenever a member, its weight or its state changes, a new set takes
 * the old one's place.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "key/packet.h"
#include "object/manager.h"
#include "object/membership.h"
#include "object/pool.h"

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
	struct ksteer_named *named;

	lockdep_assert_held(&kn->config);
	named = ksteer_named_find(&kn->pool_names, name);
	return named ? container_of(named, struct ksteer_pool, named) : NULL;
}

static void ksteer_set_free(struct ksteer_set *set)
{
	if (!set)
		return;
	kvfree(set->slot);
	kvfree(set->prefix);
	kvfree(set->span);
	kvfree(set->standing);
	ksteer_open_free(set);
	bitmap_free(set->has);
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
		set->total_weight += tm->settings.weight;
		set->member[n++] = (struct ksteer_member){
			.candidate = &tm->candidate,
			.weight = tm->settings.weight,
			.sum = set->total_weight,
			.place = i,
		};
		set->indices = max(set->indices, tm->index + 1);
	}
}

/* Whom it offers, for those who have a traffic manager and ask */
static int ksteer_set_note_members(struct ksteer_set *set)
{
	u32 i;

	set->has = bitmap_zalloc(set->indices, GFP_KERNEL_ACCOUNT);
	if (!set->has)
		return -ENOMEM;
	for (i = 0; i < set->members; i++)
		__set_bit(ksteer_tm_of(set->member[i].candidate)->index,
			  set->has);
	return 0;
}

/* Would a new set be the same as this one, which may be NULL for none? */
static bool ksteer_set_is_current(const struct ksteer_set *set,
				  const struct ksteer_pool_settings *s,
				  u8 family)
{
	bool strict = ksteer_members_fit(s, family, true);
	u32 i, n = 0;

	for (i = 0; i < s->members; i++) {
		if (!ksteer_member_fits(s->member[i], family, strict))
			continue;
		if (!set || n == set->members ||
		    ksteer_tm_of(set->member[n].candidate) != s->member[i] ||
		    set->member[n].weight != s->member[i]->settings.weight)
			return false;
		n++;
	}
	return n == (set ? set->members : 0);
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
	ksteer_set_fill(set, s, strict);
	set->prefixes = s->prefixes;
	set->prefix =
		ksteer_array_copy(s->prefix, s->prefixes, sizeof(*s->prefix));
	if (!set->prefix || ksteer_set_note_members(set) ||
	    ksteer_open_create(set))
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

/* What members are owed, of one family, by place in the settings */
static s64 *ksteer_owed(s64 *owed, const struct ksteer_pool_settings *s,
			u8 family)
{
	return owed + (size_t)family * s->members;
}

static s64 *ksteer_owed_create(const struct ksteer_pool_settings *s)
{
	return kvcalloc(s->members, sizeof(s64) * KSTEER_FAMILIES,
			GFP_KERNEL_ACCOUNT);
}

static void ksteer_places_note(const struct ksteer_pool_settings *s)
{
	u32 i;

	for (i = 0; i < s->members; i++)
		s->member[i]->place = i;
}

/*
 * Other members, in another order: what is known of places goes where the member
 * has gone.  If the one that was last has left, the one before it was.
 */
static void ksteer_turns_remap(struct ksteer_turns *turns,
			       const struct ksteer_pool_settings *from,
			       const s64 *had,
			       const struct ksteer_pool_settings *to, s64 *have)
{
	int last = turns->last;
	u32 i, place;

	turns->last = -1;
	for (i = 0; i < from->members; i++) {
		place = from->member[i]->place;
		if (place >= to->members ||
		    to->member[place] != from->member[i])
			continue;
		have[place] = had[i];
		if ((int)i <= last)
			turns->last = place;
	}
}

/* Put a set in the old one's place, under settings that the pool is to have */
static void ksteer_pool_publish(struct ksteer_pool *pool, u8 f,
				struct ksteer_set *set,
				const struct ksteer_pool_settings *s, s64 *owed)
{
	s64 *had = ksteer_owed(pool->owed, &pool->settings, f);
	struct ksteer_turns *turns = &pool->turns[f];
	s64 *have = ksteer_owed(owed, s, f);
	struct ksteer_set *old;

	old = ksteer_dereference_config(pool->kn, pool->set[f]);
	spin_lock_bh(&turns->lock);
	ksteer_turns_save(turns, old, had);
	if (s != &pool->settings)
		ksteer_turns_remap(turns, &pool->settings, had, s, have);
	ksteer_turns_load(turns, set, have);
	rcu_assign_pointer(pool->set[f], set);
	if (old)
		old->replaced = true;
	spin_unlock_bh(&turns->lock);
	if (old)
		call_rcu(&old->rcu, ksteer_set_free_rcu);
}

/*
 * Make new sets of both families, or change nothing.  Under the settings that
 * the pool has, a set that would come out the same stays.
 * Return: 0 or -ENOMEM
 */
static int ksteer_pool_rebuild(struct ksteer_pool *pool,
			       const struct ksteer_pool_settings *s, s64 *owed)
{
	struct ksteer_set *set[KSTEER_FAMILIES];
	bool keep[KSTEER_FAMILIES];
	u8 f;

	for (f = 0; f < KSTEER_FAMILIES; f++) {
		set[f] = ksteer_dereference_config(pool->kn, pool->set[f]);
		keep[f] = s == &pool->settings &&
			  ksteer_set_is_current(set[f], s, f);
		if (keep[f])
			continue;
		set[f] = ksteer_set_create(s, f);
		if (IS_ERR(set[f])) {
			while (f--)
				if (!keep[f])
					ksteer_set_free(set[f]);
			return -ENOMEM;
		}
	}
	for (f = 0; f < KSTEER_FAMILIES; f++)
		if (!keep[f])
			ksteer_pool_publish(pool, f, set[f], s, owed);
	list_del_init(&pool->of_stale);
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
	int index;
	u8 f;

	lockdep_assert_held(&kn->config);
	if (!pool)
		return ERR_PTR(-ENOMEM);
	pool->kn = kn;
	INIT_LIST_HEAD(&pool->of_stale);
	for (f = 0; f < KSTEER_FAMILIES; f++)
		ksteer_turns_init(&pool->turns[f]);
	if (ksteer_settings_copy(&pool->settings, set))
		goto free;
	pool->owed = ksteer_owed_create(&pool->settings);
	pool->membership = ksteer_memberships_create(&pool->settings);
	if (!pool->owed || !pool->membership ||
	    ksteer_roster_add(kn, &pool->roster, set->member, set->members))
		goto free_owed;
	index = ida_alloc_range(&kn->pool_indices, 1, U16_MAX, GFP_KERNEL);
	if (index < 0)
		goto free_owed;
	pool->index = index;
	if (ksteer_pool_rebuild(pool, &pool->settings, pool->owed))
		goto free_index;
	pool->id = ++kn->next_id;
	ksteer_memberships_link(pool);
	list_add_tail(&pool->list, &kn->pools);
	ksteer_named_add(&kn->pool_names, &pool->named, pool->settings.name);
	kn->generation++;
	return pool;

free_index:
	ida_free(&kn->pool_indices, index);
free_owed:
	kvfree(rcu_dereference_protected(pool->roster, 1));
	kvfree(pool->membership);
	kvfree(pool->owed);
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
	struct ksteer_membership *membership;
	struct ksteer_pool_settings next;
	s64 *owed;
	int err;

	lockdep_assert_held(&pool->kn->config);
	err = ksteer_settings_copy(&next, set);
	if (err)
		return err;
	owed = ksteer_owed_create(&next);
	membership = ksteer_memberships_create(&next);
	err = owed && membership ?
		      ksteer_roster_add(pool->kn, &pool->roster, next.member,
					next.members) :
		      -ENOMEM;
	if (err)
		goto free;
	ksteer_places_note(&next);
	err = ksteer_pool_rebuild(pool, &next, owed);
	if (err)
		goto free;
	ksteer_memberships_remove(pool);
	ksteer_settings_free(&pool->settings);
	kvfree(pool->owed);
	pool->settings = next;
	pool->owed = owed;
	pool->membership = membership;
	ksteer_memberships_link(pool);
	pool->kn->generation++;
	return 0;

free:
	kvfree(membership);
	kvfree(owed);
	ksteer_settings_free(&next);
	return err;
}

static void ksteer_pool_free_rcu(struct rcu_head *rcu)
{
	struct ksteer_pool *pool = container_of(rcu, struct ksteer_pool, rcu);
	u8 f;

	/* Packets that found a set here are through, as those that found the pool */
	for (f = 0; f < KSTEER_FAMILIES; f++)
		ksteer_set_free(rcu_dereference_protected(pool->set[f], 1));
	kvfree(rcu_dereference_protected(pool->roster, 1));
	kvfree(pool->owed);
	kfree(pool);
}

/**
 * ksteer_pool_remove - remove a pool that no virtual server uses
 * @pool: the pool
 *
 * Context: process, under kn->config.
 */
void ksteer_pool_remove(struct ksteer_pool *pool)
{
	lockdep_assert_held(&pool->kn->config);
	list_del(&pool->list);
	ksteer_named_remove(&pool->kn->pool_names, &pool->named);
	list_del(&pool->of_stale);
	ksteer_memberships_remove(pool);
	ksteer_settings_free(&pool->settings);
	/* Entries of servers that have changed their pool ask the new one's */
	ida_free(&pool->kn->pool_indices, pool->index);
	pool->kn->generation++;
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
	ida_destroy(&kn->pool_indices);
}

/* Work for a set, in slots of lookup tables and members */
static u32 ksteer_set_work(const struct ksteer_set *set)
{
	return set ? set->slots + set->members : 0;
}

/* Rebuild a pool that is marked.  Return: how much work that was, or -ENOMEM */
static int ksteer_pool_freshen(struct ksteer_pool *pool)
{
	struct ksteer_set *had[KSTEER_FAMILIES], *has;
	int err, work = 0;
	u8 f;

	for (f = 0; f < KSTEER_FAMILIES; f++)
		had[f] = ksteer_dereference_config(pool->kn, pool->set[f]);
	err = ksteer_pool_rebuild(pool, &pool->settings, pool->owed);
	if (err) {
		/* The others first, when there is memory again */
		list_move_tail(&pool->of_stale, &pool->kn->stale_pools);
		return err;
	}
	for (f = 0; f < KSTEER_FAMILIES; f++) {
		has = ksteer_dereference_config(pool->kn, pool->set[f]);
		work += has != had[f] ? ksteer_set_work(has) : 0;
	}
	return work;
}

/**
 * ksteer_pool_rebuild_stale - offer what is usable now
 * @kn: ksteer of the namespace
 *
 * A pool that is marked is rebuilt once, whoever has marked it; if its set would
 * come out the same it keeps it.  Where that is much work it is done in parts, so that
 * whoever waits for the configuration has his turn in between.  A pool keeps its old
 * set until then, and without memory, too; of its members packets ask anyway whether
 * they accept.
 *
 * Context: process, under kn->config.
 * Return: whether there is more to do, in a part of its own.
 */
bool ksteer_pool_rebuild_stale(struct ksteer_net *kn)
{
	struct ksteer_pool *pool, *next;
	int done, work = 0;

	lockdep_assert_held(&kn->config);
	list_for_each_entry_safe(pool, next, &kn->stale_pools, of_stale) {
		done = ksteer_pool_freshen(pool);
		/* Not at once again: what was tried was work, too */
		if (done < 0)
			return false;
		work += done;
		if (work >= KSTEER_POOL_PART)
			return !list_empty(&kn->stale_pools);
	}
	return false;
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
		if (ksteer_tm_of(set->member[i].candidate) == tm)
			return set->member[i].share;
	return 0;
}

/**
 * ksteer_pool_offers_rcu - may new flows be given to a traffic manager?
 * @pool: the pool
 * @tm: the traffic manager
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * That it is a member, up, has weight and, as far as is seen, leads there.  Not
 * whether it is full, see ksteer_tm_accepts().
 *
 * Context: softirq or BH off, RCU read side.
 * Return: whether the pool might select it.
 */
bool ksteer_pool_offers_rcu(const struct ksteer_pool *pool,
			    const struct ksteer_tm *tm, u8 family)
{
	const struct ksteer_set *set = rcu_dereference(pool->set[family]);

	return set && tm->index < set->indices &&
	       test_bit(tm->index, set->has) &&
	       READ_ONCE(tm->candidate.state) == KSTEER_TM_STATE_UP;
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
	struct ksteer_set *set;
	int i;

	do {
		set = rcu_dereference(pool->set[tuple->family]);
		if (unlikely(!set))
			return NULL;
		if ((how & KSTEER_SELECT_HASH) && !set->ops->table)
			i = ksteer_sched_hash_pick(set, tuple, how);
		else
			i = set->ops->select(set, tuple, how);
		if (likely(i >= 0))
			return ksteer_tm_of(set->member[i].candidate);
	} while (i == KSTEER_SELECT_AGAIN);
	return NULL;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Virtual servers and their destinations. */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "announce.h"
#include "changelog.h"
#include "flow.h"
#include "key.h"
#include "manager.h"
#include "match.h"
#include "neigh.h"
#include "reply.h"
#include "upcall.h"
#include "vserver.h"

static const u32 ksteer_timeout_defaults[KSTEER_TIMEOUTS] = {
	[KSTEER_TIMEOUT_TCP_OPEN] = 30,
	[KSTEER_TIMEOUT_TCP_ESTABLISHED] = 8100,
	[KSTEER_TIMEOUT_TCP_CLOSING] = 120,
	[KSTEER_TIMEOUT_TCP_CLOSED] = 10,
	[KSTEER_TIMEOUT_UDP_OPEN] = 30,
	[KSTEER_TIMEOUT_UDP_ESTABLISHED] = 300,
	[KSTEER_TIMEOUT_OTHER] = 60,
	[KSTEER_TIMEOUT_TCP_MIDSTREAM] = 300,
	[KSTEER_TIMEOUT_TCP_HALF_CLOSED] = 600,
	[KSTEER_TIMEOUT_SCTP_OPEN] = 30,
	[KSTEER_TIMEOUT_SCTP_ESTABLISHED] = 900,
	[KSTEER_TIMEOUT_SCTP_CLOSING] = 30,
	[KSTEER_TIMEOUT_SCTP_CLOSED] = 10,
};

/**
 * ksteer_vs_defaults - settings of which the operator has said nothing
 * @set: filled
 */
void ksteer_vs_defaults(struct ksteer_vs_settings *set)
{
	memset(set, 0, sizeof(*set));
	set->match.any_addr = true;
	set->persist_prefix[KSTEER_V4] = 32;
	set->persist_prefix[KSTEER_V6] = 128;
	memcpy(set->timeout, ksteer_timeout_defaults, sizeof(set->timeout));
}

/**
 * ksteer_vs_lookup - find a virtual server by name
 * @kn: ksteer of the namespace
 * @name: its name
 *
 * Context: under kn->config.
 * Return: the virtual server or NULL.
 */
struct ksteer_vs *ksteer_vs_lookup(struct ksteer_net *kn, const char *name)
{
	struct ksteer_vs *vs;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(vs, &kn->servers, list)
		if (!strcmp(vs->settings.name, name))
			return vs;
	return NULL;
}

static bool ksteer_match_same(const struct ksteer_match *a,
			      const struct ksteer_match *b)
{
	if (a->any_addr != b->any_addr)
		return false;
	if (!a->any_addr &&
	    (a->family != b->family || a->prefixlen != b->prefixlen ||
	     !ksteer_addr_equal(&a->addr, &b->addr)))
		return false;
	return a->port_min == b->port_min && a->port_max == b->port_max &&
	       a->proto == b->proto && a->has_vlan == b->has_vlan &&
	       a->vlan == b->vlan && !strcmp(a->dev, b->dev);
}

/**
 * ksteer_vs_same_match - find the virtual server that takes the same packets
 * @kn: ksteer of the namespace
 * @match: which packets
 *
 * Context: under kn->config.
 * Return: the virtual server or NULL.
 */
struct ksteer_vs *ksteer_vs_same_match(struct ksteer_net *kn,
				       const struct ksteer_match *match)
{
	struct ksteer_vs *vs;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(vs, &kn->servers, list)
		if (ksteer_match_same(&vs->match, match))
			return vs;
	return NULL;
}

static struct ksteer_dest *ksteer_dest_create(struct ksteer_vs *vs,
					      struct ksteer_tm *tm)
{
	struct ksteer_dest *dest = kzalloc(sizeof(*dest), GFP_KERNEL_ACCOUNT);

	if (!dest)
		return NULL;
	dest->traffic =
		alloc_percpu_gfp(struct ksteer_traffic, GFP_KERNEL_ACCOUNT);
	if (!dest->traffic) {
		kfree(dest);
		return NULL;
	}
	dest->vs = vs;
	dest->tm = tm;
	INIT_LIST_HEAD(&dest->of_tm);
	return dest;
}

static void ksteer_dest_free(struct ksteer_dest *dest)
{
	free_percpu(dest->traffic);
	kfree(dest);
}

static void ksteer_dest_free_rcu(struct rcu_head *rcu)
{
	ksteer_dest_free(container_of(rcu, struct ksteer_dest, rcu));
}

/* Add what a destination has carried */
static void ksteer_dest_sum(const struct ksteer_dest *dest,
			    struct ksteer_sum *sum, u64 *flows_total)
{
	int cpu, dir;

	for_each_possible_cpu(cpu) {
		const struct ksteer_traffic *t;

		t = per_cpu_ptr(dest->traffic, cpu);
		for (dir = 0; dir < KSTEER_DIRS; dir++) {
			sum->packets[dir] += READ_ONCE(t->packets[dir]);
			sum->bytes[dir] += READ_ONCE(t->bytes[dir]);
		}
	}
	*flows_total += atomic64_read(&dest->flows_total);
}

static struct ksteer_dest_table *ksteer_vs_table(const struct ksteer_vs *vs)
{
	return ksteer_dereference_config(vs->kn, vs->dests);
}

/*
 * Take a destination away from both sides.  Its flows are gone, or are being
 * removed by someone who has them on the RCU read side.
 */
static void ksteer_dest_remove(struct ksteer_dest *dest)
{
	u32 index;

	lockdep_assert_held(&dest->vs->kn->config);
	if (dest->tm) {
		index = dest->tm->index;
		ksteer_dest_sum(dest, &dest->tm->past, &dest->tm->flows_total);
		ksteer_dest_sum(dest, &dest->vs->past, &dest->vs->flows_total);
		RCU_INIT_POINTER(ksteer_vs_table(dest->vs)->dest[index], NULL);
		list_del(&dest->of_tm);
	}
	call_rcu(&dest->rcu, ksteer_dest_free_rcu);
}

static struct ksteer_dest *ksteer_vs_dest(const struct ksteer_vs *vs, u32 index)
{
	struct ksteer_dest_table *t = ksteer_vs_table(vs);

	return index < t->size ?
		       ksteer_dereference_config(vs->kn, t->dest[index]) :
		       NULL;
}

static void ksteer_dests_free_rcu(struct rcu_head *rcu)
{
	kvfree(container_of(rcu, struct ksteer_dest_table, rcu));
}

/* Make room for an index. Return: 0 or -ENOMEM */
static int ksteer_vs_grow(struct ksteer_vs *vs, u32 index)
{
	struct ksteer_dest_table *old = ksteer_vs_table(vs), *t;
	u32 i, size = max(roundup_pow_of_two(index + 1), 4u);

	if (old && index < old->size)
		return 0;
	t = kvzalloc(struct_size(t, dest, size), GFP_KERNEL_ACCOUNT);
	if (!t)
		return -ENOMEM;
	t->size = size;
	for (i = 0; old && i < old->size; i++)
		RCU_INIT_POINTER(t->dest[i], ksteer_vs_dest(vs, i));
	rcu_assign_pointer(vs->dests, t);
	if (old)
		call_rcu(&old->rcu, ksteer_dests_free_rcu);
	return 0;
}

/**
 * ksteer_vs_bind - make sure that a virtual server can send to a manager
 * @vs: virtual server
 * @tm: traffic manager
 *
 * Context: process, under kn->config.
 * Return: the destination, owned by @vs, or NULL without memory.
 */
struct ksteer_dest *ksteer_vs_bind(struct ksteer_vs *vs, struct ksteer_tm *tm)
{
	struct ksteer_dest_table *table;
	struct ksteer_dest *dest;

	lockdep_assert_held(&vs->kn->config);
	if (ksteer_vs_grow(vs, tm->index))
		return NULL;
	dest = ksteer_vs_dest(vs, tm->index);
	if (dest)
		return dest;
	dest = ksteer_dest_create(vs, tm);
	if (!dest)
		return NULL;
	table = ksteer_vs_table(vs);
	rcu_assign_pointer(table->dest[tm->index], dest);
	list_add_tail(&dest->of_tm, &tm->dests);
	return dest;
}

static int ksteer_vs_bind_members(struct ksteer_vs *vs,
				  struct ksteer_tm *const *member, u32 members)
{
	u32 i;

	for (i = 0; i < members; i++)
		if (!ksteer_vs_bind(vs, member[i]))
			return -ENOMEM;
	return 0;
}

/**
 * ksteer_vs_bind_pool - the same for all users of a pool
 * @kn: ksteer of the namespace
 * @pool: the pool
 * @member: the traffic managers that it is about to have
 * @members: how many
 *
 * Context: process, under kn->config.
 * Return: 0 or -ENOMEM; destinations made so far stay and do no harm.
 */
int ksteer_vs_bind_pool(struct ksteer_net *kn, const struct ksteer_pool *pool,
			struct ksteer_tm *const *member, u32 members)
{
	struct ksteer_vs *vs;
	int err;

	list_for_each_entry(vs, &kn->servers, list) {
		if (vs->settings.pool != pool)
			continue;
		err = ksteer_vs_bind_members(vs, member, members);
		if (err)
			return err;
	}
	return 0;
}

/**
 * ksteer_vs_unbind_tm - remove the destinations of a traffic manager
 * @kn: ksteer of the namespace
 * @tm: no pool names it and its flows are gone
 *
 * Context: process, under kn->config.
 */
void ksteer_vs_unbind_tm(struct ksteer_net *kn, struct ksteer_tm *tm)
{
	struct ksteer_dest *dest, *next;

	lockdep_assert_held(&kn->config);
	list_for_each_entry_safe(dest, next, &tm->dests, of_tm)
		ksteer_dest_remove(dest);
}

static void ksteer_vs_apply_templates(struct ksteer_vs *vs,
				      const struct ksteer_vs_settings *set)
{
	const u8 *from = set->template;
	u8 i;

	for (i = 0; i < set->templates; i++)
		WRITE_ONCE(vs->template[i], from[i]);
	if (!set->templates)
		WRITE_ONCE(vs->template[0], KSTEER_FIELDS_FULL);
	/* Pairs with smp_load_acquire() of the reader */
	smp_store_release(&vs->templates, max_t(u8, set->templates, 1));
}

/*
 * A group has no object of its own: it is as many servers as name it, and keeps
 * its number while there is one.
 */
static u32 ksteer_vs_persist_id(const struct ksteer_vs *vs,
				const struct ksteer_vs_settings *set)
{
	const struct ksteer_vs *peer;

	lockdep_assert_held(&vs->kn->config);
	if (!set->persist_group[0])
		return vs->id;
	if (!strcmp(vs->settings.persist_group, set->persist_group))
		return vs->persist_id;
	list_for_each_entry(peer, &vs->kn->servers, list)
		if (!strcmp(peer->settings.persist_group, set->persist_group))
			return peer->persist_id;
	return ++vs->kn->next_id;
}

/* Put settings where packets read them, each by itself */
static void ksteer_vs_apply(struct ksteer_vs *vs,
			    const struct ksteer_vs_settings *set)
{
	int i;

	for (i = 0; i < KSTEER_TIMEOUTS; i++)
		WRITE_ONCE(vs->timeout[i], set->timeout[i] * HZ);
	for (i = 0; i < KSTEER_FAMILIES; i++)
		WRITE_ONCE(vs->persist_prefix[i], set->persist_prefix[i]);
	WRITE_ONCE(vs->flags, set->flags | (vs->flags & KSTEER_VS_CHECKED));
	WRITE_ONCE(vs->persist, set->persist * HZ);
	WRITE_ONCE(vs->persist_id, ksteer_vs_persist_id(vs, set));
	WRITE_ONCE(vs->max_flows, set->max_flows);
	WRITE_ONCE(vs->events, set->events);
	WRITE_ONCE(vs->midstream, set->midstream);
	WRITE_ONCE(vs->reject, set->reject);
	WRITE_ONCE(vs->unserved, set->unserved);
	WRITE_ONCE(vs->store, set->store);
	WRITE_ONCE(vs->forward, set->forward);
	ksteer_vs_apply_templates(vs, set);
	rcu_assign_pointer(vs->pool, set->pool);
	vs->settings = *set;
}

static void ksteer_vs_free(struct ksteer_vs *vs)
{
	if (vs->route_dest)
		ksteer_dest_free(vs->route_dest);
	kvfree(rcu_dereference_protected(vs->dests, 1));
	kfree(vs);
}

static void ksteer_vs_free_rcu(struct rcu_head *rcu)
{
	ksteer_vs_free(container_of(rcu, struct ksteer_vs, rcu));
}

static void ksteer_vs_unbind_all(struct ksteer_vs *vs)
{
	struct ksteer_dest *dest;
	u32 i;

	for (i = 0; i < ksteer_vs_table(vs)->size; i++) {
		dest = ksteer_vs_dest(vs, i);
		if (dest)
			ksteer_dest_remove(dest);
	}
}

static struct ksteer_vs *ksteer_vs_alloc(struct ksteer_net *kn,
					 const struct ksteer_vs_settings *set)
{
	struct ksteer_vs *vs = kzalloc(sizeof(*vs), GFP_KERNEL_ACCOUNT);

	if (!vs)
		return NULL;
	xa_init_flags(&vs->groups, XA_FLAGS_ACCOUNT);
	vs->kn = kn;
	vs->id = ++kn->next_id;
	vs->match = set->match;
	vs->match.is_host = !set->match.any_addr &&
			    set->match.prefixlen ==
				    (set->match.family == KSTEER_V4 ? 32 : 128);
	vs->route_dest = ksteer_dest_create(vs, NULL);
	if (!vs->route_dest || ksteer_vs_grow(vs, 0)) {
		ksteer_vs_free(vs);
		return NULL;
	}
	ksteer_vs_apply(vs, set);
	return vs;
}

/* Flow events need a log to stand in, from the first packet on */
static int ksteer_vs_need_log(struct ksteer_net *kn,
			      const struct ksteer_vs_settings *set)
{
	if (!set->events)
		return 0;
	return ksteer_changelog_create(kn, KSTEER_UPCALL_EVENTS,
				       ksteer_upcall_drain);
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
	if (!err && set->pool)
		err = ksteer_vs_bind_members(vs, set->pool->settings.member,
					     set->pool->settings.members);
	if (!err)
		err = ksteer_net_hook(kn);
	if (!err)
		err = ksteer_match_add(kn, vs);
	if (err) {
		ksteer_vs_unbind_all(vs);
		call_rcu(&vs->rcu, ksteer_vs_free_rcu);
		if (list_empty(&kn->servers))
			ksteer_net_unhook(kn);
		return ERR_PTR(err);
	}
	list_add_tail(&vs->list, &kn->servers);
	ksteer_reply_learn(vs);
	if (set->pool)
		set->pool->servers++;
	ksteer_neigh_follow(vs);
	ksteer_announce(vs);
	return vs;
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
	if (!err && set->pool)
		err = ksteer_vs_bind_members(vs, set->pool->settings.member,
					     set->pool->settings.members);
	if (err)
		return err;
	ksteer_vs_apply(vs, set);
	/* The arrangement knows whether any server wants answers */
	err = ksteer_match_rebuild(vs->kn);
	if (err) {
		ksteer_vs_apply(vs, &old);
		WRITE_ONCE(vs->persist_id, persist_id);
		return err;
	}
	if (set->pool)
		set->pool->servers++;
	if (old.pool)
		old.pool->servers--;
	ksteer_neigh_follow(vs);
	if ((old.flags & ~set->flags) & KSTEER_VS_FLAGS_NOARP)
		ksteer_announce(vs);
	/* No packet uses the old pool once this returns: it may be removed */
	synchronize_rcu();
	return 0;
}

static bool ksteer_flow_is_of_vs(struct ksteer_net *kn,
				 struct ksteer_flow *flow, void *arg)
{
	const struct ksteer_dest *dest = rcu_dereference(flow->dest);

	return dest && dest->vs == arg;
}

/**
 * ksteer_vs_remove - remove a virtual server; its flows are forgotten
 * @vs: virtual server
 *
 * Packets stop to find it; once those on their way are through, no new flow
 * can appear and the walk finds all of them.
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
	list_del(&vs->list);
	ksteer_neigh_leave(vs);
	if (vs->settings.pool)
		vs->settings.pool->servers--;
	if (list_empty(&kn->servers))
		ksteer_net_unhook(kn);
	WRITE_ONCE(vs->dead, true);
	synchronize_rcu();
	ksteer_store_forget(kn, ksteer_flow_is_of_vs, vs, &vs->count);
	ksteer_upcall_flush(kn);
	ksteer_vs_unbind_all(vs);
	call_rcu(&vs->rcu, ksteer_vs_free_rcu);
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
		list_del(&vs->list);
		ksteer_neigh_leave(vs);
		ksteer_vs_unbind_all(vs);
		call_rcu(&vs->rcu, ksteer_vs_free_rcu);
	}
}

/**
 * ksteer_vs_sum - what a virtual server has carried
 * @vs: virtual server
 * @sum: filled
 * @flows_total: filled: flows since it was made
 *
 * Context: under kn->config.
 */
void ksteer_vs_sum(const struct ksteer_vs *vs, struct ksteer_sum *sum,
		   u64 *flows_total)
{
	const struct ksteer_dest *dest;
	u32 i;

	*sum = vs->past;
	*flows_total = vs->flows_total;
	ksteer_dest_sum(vs->route_dest, sum, flows_total);
	for (i = 0; i < ksteer_vs_table(vs)->size; i++) {
		dest = ksteer_vs_dest(vs, i);
		if (dest)
			ksteer_dest_sum(dest, sum, flows_total);
	}
}

/**
 * ksteer_vs_tm_sum - what a traffic manager has carried
 * @tm: traffic manager
 * @sum: filled
 * @flows_total: filled: flows since it was made
 *
 * Context: under kn->config.
 */
void ksteer_vs_tm_sum(const struct ksteer_tm *tm, struct ksteer_sum *sum,
		      u64 *flows_total)
{
	const struct ksteer_dest *dest;

	*sum = tm->past;
	*flows_total = tm->flows_total;
	list_for_each_entry(dest, &tm->dests, of_tm)
		ksteer_dest_sum(dest, sum, flows_total);
}

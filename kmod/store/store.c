// SPDX-License-Identifier: GPL-2.0-only
/*
 * The connection store: key -> flow.
 *
 * A flow is in the hash table from insert to remove; whoever takes it out of
 * the table settles its accounts, once.  How it gets there is told in insert.c,
 * and who makes room for it in evict.c.
 */
#include <linux/random.h>
#include <linux/user_namespace.h>

#include "key/key.h"
#include "key/link.h"
#include "object/manager.h"
#include "object/vserver.h"
#include "store/alias.h"
#include "store/changelog.h"
#include "store/evict.h"
#include "store/extension.h"
#include "store/flow.h"
#include "store/flow_lock.h"
#include "store/gc.h"
#include "store/store.h"
#include "store/store_find.h"
#include "store/store_table.h"

/* Locks of flows: so many a CPU, and so many at most */
#define KSTEER_LOCKS_CPU 16
#define KSTEER_LOCKS_MOST 1024

static const struct rhashtable_params ksteer_store_params =
	KSTEER_STORE_PARAMS(ksteer_flow_cmp);

/* Rounds of a walk: traffic may bring back what is removed, without end */
#define KSTEER_WALK_ROUNDS 4

/**
 * ksteer_store_max_flows - most flows that a new namespace may have
 * @net: the namespace
 *
 * Packets make flows, and nobody's account is charged for them: whoever made
 * a user namespace of his own must not get at much of the machine's memory that
 * way.  How many namespaces he may make, user.max_net_namespaces bounds.
 *
 * Return: the number.
 */
u32 ksteer_store_max_flows(const struct net *net)
{
	return net->user_ns == &init_user_ns ? KSTEER_MAX_FLOWS_DEFAULT :
					       KSTEER_MAX_FLOWS_STRANGER;
}

/**
 * ksteer_store_create - make the store of a namespace
 * @kn: ksteer of the namespace
 *
 * Return: 0 or -ENOMEM.
 */
int ksteer_store_create(struct ksteer_net *kn)
{
	struct ksteer_conn_store *store = &kn->store;
	int err;

	get_random_bytes(store->secret, sizeof(store->secret));
	store->max_flows = ksteer_store_max_flows(kn->net);
	store->young = KSTEER_YOUNG_DEFAULT * HZ;
	ksteer_store_limit_open(store, store->max_flows / 2);
	store->doubted_here = alloc_percpu_gfp(s32, GFP_KERNEL_ACCOUNT);
	if (!store->doubted_here)
		return -ENOMEM;
	err = alloc_bucket_spinlocks(&store->locks, &store->lock_mask,
				     KSTEER_LOCKS_MOST, KSTEER_LOCKS_CPU,
				     GFP_KERNEL_ACCOUNT);
	if (err)
		goto err_counter;
	err = rhashtable_init(&store->table, &ksteer_store_params);
	if (err)
		goto err_locks;
	ksteer_extensions_init(kn);
	return 0;

err_locks:
	free_bucket_spinlocks(store->locks);
err_counter:
	free_percpu(store->doubted_here);
	return err;
}

/* Aliases are entries of their own, and come by themselves */
static void ksteer_store_free(void *obj, void *arg)
{
	struct ksteer_flow *flow = obj;
	struct ksteer_dest dest;

	/* Nobody writes any more; the tables know of no other way to be read */
	rcu_read_lock();
	dest = ksteer_flow_dest_any_rcu(arg, flow);
	if (dest.vs)
		ksteer_dest_release(dest, flow->track);
	ksteer_flow_lock(arg, flow);
	if (flow->flags & KSTEER_FLOW_EXTENDED)
		ksteer_extension_release(arg, flow);
	ksteer_flow_unlock(arg, flow);
	rcu_read_unlock();
	ksteer_flow_free(flow);
}

/**
 * ksteer_store_destroy - free all flows and the store
 * @kn: ksteer of the namespace; no packet and no request can reach it
 */
void ksteer_store_destroy(struct ksteer_net *kn)
{
	struct ksteer_conn_store *store = &kn->store;

	ksteer_extensions_stop(kn);
	rhashtable_free_and_destroy(&store->table, ksteer_store_free, kn);
	ksteer_extensions_destroy(kn);
	free_bucket_spinlocks(store->locks);
	free_percpu(store->doubted_here);
}

/**
 * ksteer_store_limit_open - change the budget of what nobody vouches for
 * @store: the store
 * @max_open: most entries; if there are more now, newcomers push them out
 *
 * The CPUs count in batches; together they are wrong by a five hundredth of the
 * budget at most.  After it was cut they are wrong by what they had not told before,
 * until they count again; ksteer_evict_slow() asks all of them where that matters.
 */
void ksteer_store_limit_open(struct ksteer_conn_store *store, u32 max_open)
{
	u32 batch = max_open / (512 * num_possible_cpus());

	WRITE_ONCE(store->doubted_batch, clamp(batch, 1u, KSTEER_BATCH_MOST));
	WRITE_ONCE(store->max_open, max_open);
}

/**
 * ksteer_store_count_open - entries that nobody has vouched for
 * @kn: ksteer of the namespace
 *
 * Return: half-open and one-sided flows now; it asks every CPU.
 */
u32 ksteer_store_count_open(struct ksteer_net *kn)
{
	s32 sum = atomic_read(&kn->store.doubted);
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(kn->store.doubted_here, cpu));
	/* What moves from a CPU to the sum meanwhile may be in neither */
	return max(sum, 0);
}

/* What the last of the loose looks needs, too: the flow's manager is asked */
struct ksteer_foreign_look {
	struct ksteer_lookup look;
	const struct sk_buff *skb;
};

static bool ksteer_is_from_tm_of(const struct ksteer_net *kn,
				 const struct ksteer_lookup *look,
				 const struct ksteer_flow *entry)
{
	const struct ksteer_flow *flow =
		ksteer_is_alias(entry) ? entry->alias_of : entry;
	struct ksteer_dest dest = ksteer_flow_dest_rcu(kn, flow);
	const struct ksteer_foreign_look *foreign =
		container_of(look, struct ksteer_foreign_look, look);

	return dest.vs && dest.tm &&
	       ksteer_tm_is_source(dest.tm, foreign->skb,
				   ksteer_flow_family(flow), true);
}

/**
 * ksteer_link_fits_loosely - may a packet of another link be of a flow?
 * @ht: the store's hash table
 * @look: the packet's key; @loose says what will do
 * @flow: a flow of this key, but for the link
 *
 * Context: RCU read side.
 * Return: whether it may.
 */
bool ksteer_link_fits_loosely(struct rhashtable *ht,
			      const struct ksteer_lookup *look,
			      const struct ksteer_flow *flow)
{
	struct ksteer_net *kn =
		container_of(ht, struct ksteer_net, store.table);
	bool open = ksteer_flow_dir(flow, look->swapped) == KSTEER_DIR_OPEN;
	u16 own = READ_ONCE(*(open ? &flow->key.link : &flow->reply_link));
	u16 other = READ_ONCE(*(open ? &flow->reply_link : &flow->key.link));
	bool unseen = own == KSTEER_LINK_UNSEEN;

	if (look->loose == KSTEER_LOOSE_FOREIGN)
		return unseen && ksteer_is_from_tm_of(kn, look, flow);
	return (unseen || look->loose == KSTEER_LOOSE_ERROR ||
		ksteer_flow_is(flow, KSTEER_FLOW_ANY_VLAN)) &&
	       ksteer_link_same_vrf(kn, look->key.link, unseen ? other : own);
}

/**
 * ksteer_store_find_loose_slow - find the flow of a packet by another link
 * @kn: ksteer of the namespace
 * @look: the packet's key, by which no flow was found
 * @skb: the packet; NULL for an imagined one
 * @error: it is an ICMP error
 *
 * A VRF may have the addresses of another, so only what comes from the flow's
 * own manager is taken for an answer by another VRF.
 *
 * Context: RCU read side.
 * Return: a flow, and the look's @loose is set; or NULL.
 */
struct ksteer_flow *ksteer_store_find_loose_slow(struct ksteer_net *kn,
						 struct ksteer_lookup *look,
						 const struct sk_buff *skb,
						 bool error)
{
	struct ksteer_foreign_look foreign;
	struct ksteer_flow *flow;

	look->loose = error ? KSTEER_LOOSE_ERROR : KSTEER_LOOSE_UNSEEN;
	flow = ksteer_store_find(kn, look);
	if (flow)
		return flow;
	look->loose = KSTEER_LOOSE_NOT;
	if (error || !skb || xa_empty(&kn->links.vrf))
		return NULL;
	foreign.look = *look;
	foreign.look.loose = KSTEER_LOOSE_FOREIGN;
	foreign.skb = skb;
	flow = ksteer_store_find(kn, &foreign.look);
	if (flow)
		look->loose = KSTEER_LOOSE_FOREIGN;
	return flow;
}

/**
 * ksteer_store_find_by_kernel - find a flow as the kernel's own lookup does
 * @kn: ksteer of the namespace
 * @look: a key, with its hash
 *
 * Where that does not read as it did when store_find.h was written, it is the only
 * one; and tests hold the other against it.
 *
 * Context: RCU read side.
 * Return: the flow or NULL.
 */
struct ksteer_flow *
ksteer_store_find_by_kernel(struct ksteer_net *kn,
			    const struct ksteer_lookup *look)
{
	return rhashtable_lookup(&kn->store.table, look, ksteer_store_params);
}

/**
 * ksteer_store_lookup_rcu - find the flow of a packet
 * @kn: ksteer of the namespace
 * @look: the packet's key; its @loose is set if the flow does not know yet
 *	  that answers come by this link.  Of an alias, its @swapped becomes that
 *	  of the flow's own key.
 *
 * Context: RCU read side; the flow stays readable until its end.
 * Return: the flow or NULL.  It may be one that is being removed.
 */
struct ksteer_flow *ksteer_store_lookup_rcu(struct ksteer_net *kn,
					    struct ksteer_lookup *look)
{
	struct ksteer_flow *flow = ksteer_store_find(kn, look);

	if (unlikely(!flow))
		flow = ksteer_store_find_loose(kn, look, NULL, false);
	if (flow && ksteer_is_alias(flow))
		flow = ksteer_alias_follow_rcu(flow, look);
	return flow;
}

/**
 * ksteer_store_lookup_serial_rcu - find one flow among those of a key
 * @kn: ksteer of the namespace
 * @look: its key; the VLAN does not count
 * @serial: its number
 *
 * Context: RCU read side.
 * Return: the flow or NULL.
 */
struct ksteer_flow *ksteer_store_lookup_serial_rcu(struct ksteer_net *kn,
						   struct ksteer_lookup *look,
						   u32 serial)
{
	struct rhashtable *ht = &kn->store.table;
	struct bucket_table *tbl;
	struct ksteer_flow *flow;
	struct rhash_head *pos;

	look->hash = ksteer_key_hash(kn->store.secret, &look->key);
	tbl = rht_dereference_rcu(ht->tbl, ht);
	do {
		rht_for_each_entry_rcu(flow, pos, tbl,
				       ksteer_look_bucket(tbl, look), node)
			if (flow->serial == serial &&
			    ksteer_key_equal(&flow->key, &look->key))
				return flow;
		/* Pairs with smp_wmb() of rhashtable_rehash_attach() */
		smp_rmb();
		tbl = rht_dereference_rcu(tbl->future_tbl, ht);
	} while (unlikely(tbl));
	return NULL;
}

/**
 * ksteer_store_tell_doubts - add up what this CPU has counted for itself
 * @store: the store
 *
 * Context: any.
 */
void ksteer_store_tell_doubts(struct ksteer_conn_store *store)
{
	atomic_add(this_cpu_xchg(*store->doubted_here, 0), &store->doubted);
}

static void ksteer_store_doubt_no_more(struct ksteer_net *kn,
				       struct ksteer_flow *flow)
{
	if (ksteer_track_take(flow, KSTEER_TRACK_DOUBTED))
		ksteer_store_doubt(&kn->store, -1);
}

/**
 * ksteer_store_settle - look whether somebody vouches for an entry now
 * @kn: ksteer of the namespace
 * @flow: the entry; its state has changed
 *
 * Context: any, RCU read side.
 */
void ksteer_store_settle(struct ksteer_net *kn, struct ksteer_flow *flow)
{
	if (!ksteer_track_is_doubted(READ_ONCE(flow->track)))
		ksteer_store_doubt_no_more(kn, flow);
}

/*
 * Its other keys go with it, and before it: so whoever finds one may follow it.
 * Under the flow's lock, so none comes any more.
 */
static noinline void ksteer_store_remove_extended(struct ksteer_net *kn,
						  struct ksteer_flow *flow)
{
	struct ksteer_extension *ext = ksteer_extension_rcu(kn, flow);
	struct ksteer_flow *alias, *next;

	for (alias = ext->alias; alias; alias = next) {
		next = alias->alias_next;
		rhashtable_remove_fast(&kn->store.table, &alias->node,
				       ksteer_store_params);
		ksteer_flow_retire(alias);
	}
	ksteer_extension_release(kn, flow);
}

/**
 * ksteer_store_remove - take a flow out of the store
 * @kn: ksteer of the namespace
 * @flow: the flow
 *
 * Context: RCU read side.
 * Return: false if someone else has done it.
 */
bool ksteer_store_remove(struct ksteer_net *kn, struct ksteer_flow *flow)
{
	struct ksteer_dest dest;

	if (rhashtable_remove_fast(&kn->store.table, &flow->node,
				   ksteer_store_params))
		return false;
	/*
	 * Whoever would move the flow, or count it as established, finds no
	 * destination after this and desists.
	 */
	ksteer_flow_lock(kn, flow);
	dest = ksteer_flow_dest_locked(kn, flow);
	ksteer_flow_dest_set(flow, 0);
	ksteer_changelog_note(kn, flow, dest, KSTEER_EVENT_DELETE);
	ksteer_dest_release(dest, READ_ONCE(flow->track));
	/* Nobody gives it one any more: it has no destination */
	if (unlikely(flow->flags & KSTEER_FLOW_EXTENDED))
		ksteer_store_remove_extended(kn, flow);
	ksteer_flow_unlock(kn, flow);
	ksteer_store_doubt_no_more(kn, flow);
	ksteer_flow_retire(flow);
	return true;
}

/**
 * ksteer_store_opened - a flow is half open no longer
 * @kn: ksteer of the namespace
 * @flow: the flow
 * @established: it has not been refused
 *
 * Context: RCU read side.
 */
void ksteer_store_opened(struct ksteer_net *kn, struct ksteer_flow *flow,
			 bool established)
{
	struct ksteer_dest dest;

	if (!established) {
		ksteer_store_settle(kn, flow);
		return;
	}
	ksteer_flow_lock(kn, flow);
	dest = ksteer_flow_dest_locked(kn, flow);
	if (dest.vs)
		ksteer_changelog_note(kn, flow, dest, KSTEER_EVENT_ESTABLISHED);
	ksteer_flow_unlock(kn, flow);
}

/**
 * ksteer_store_establish - count a flow for the limits of its destination
 * @kn: ksteer of the namespace
 * @flow: the flow
 *
 * To say it twice does no harm.
 *
 * Context: RCU read side.
 */
void ksteer_store_establish(struct ksteer_net *kn, struct ksteer_flow *flow)
{
	struct ksteer_dest dest;

	ksteer_flow_lock(kn, flow);
	dest = ksteer_flow_dest_locked(kn, flow);
	if (dest.vs && !(READ_ONCE(flow->track) & KSTEER_TRACK_COUNTED)) {
		ksteer_track_set(flow, KSTEER_TRACK_COUNTED);
		ksteer_dest_establish(dest);
	}
	ksteer_flow_unlock(kn, flow);
}

/* Once round the store. Return: flows removed */
static u32 ksteer_store_round(struct ksteer_net *kn, ksteer_walk_fn fn,
			      void *arg)
{
	struct rhashtable_iter iter;
	struct ksteer_flow *flow;
	u32 removed = 0, seen = 0;

	rhashtable_walk_enter(&kn->store.table, &iter);
	rhashtable_walk_start(&iter);
	while ((flow = rhashtable_walk_next(&iter))) {
		if (!IS_ERR(flow))
			removed += fn(kn, flow, arg);
		if (++seen % KSTEER_WALK_SLICE)
			continue;
		rhashtable_walk_stop(&iter);
		ksteer_changelog_pace(kn);
		cond_resched();
		rhashtable_walk_start(&iter);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return removed;
}

/**
 * ksteer_store_walk - show every flow to a function
 * @kn: ksteer of the namespace
 * @fn: may remove the flow, and returns whether it did
 * @arg: for @fn
 *
 * A walk that pauses at a flow that is then removed may pass over its
 * neighbour, so rounds are made until one finds nothing to remove, a few at
 * most.  A flow may be shown more than once; flows that are stored meanwhile
 * may be missed.  Whoever must not miss one counts, see removal.c.
 *
 * Context: process, may sleep; @fn runs on the RCU read side.
 * Return: flows removed.
 */
u32 ksteer_store_walk(struct ksteer_net *kn, ksteer_walk_fn fn, void *arg)
{
	int rounds = KSTEER_WALK_ROUNDS;
	u32 removed, sum = 0;

	do {
		removed = ksteer_store_round(kn, fn, arg);
		sum += removed;
	} while (removed && --rounds);
	return sum;
}

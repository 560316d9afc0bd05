// SPDX-License-Identifier: GPL-2.0-only
/*
 * The connection store: key -> flow.
 *
 * A flow is in the hash table from insert to remove; whoever takes it out of
 * the table settles its accounts, once.  Who makes room for a newcomer is told
 * in evict.c.
 */
#include <linux/random.h>
#include <linux/user_namespace.h>

#include "evict.h"
#include "flow.h"
#include "flow_lock.h"
#include "key.h"
#include "manager.h"
#include "stats.h"
#include "store.h"
#include "store_find.h"
#include "upcall.h"
#include "vserver.h"

/* Locks of flows: so many a CPU, and so many at most */
#define KSTEER_LOCKS_CPU 16
#define KSTEER_LOCKS_MOST 1024

/* What one CPU counts for itself before it tells the others */
#define KSTEER_BATCH_MOST 256u

/*
 * Flows whose keys differ in the VLAN alone share a hash.  More of them would
 * make a chain that the table calls too long, and grows for, in vain.
 */
#define KSTEER_KIN_MOST 8

/*
 * The table takes a chain of more than 16 for a sign that its seed is known, and
 * makes itself anew for each further entry.  By chance a bucket never gets so
 * many; and keys that share a hash no seed parts.
 */
#define KSTEER_CHAIN_MOST 12

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
	err = percpu_counter_init(&store->doubted, 0, GFP_KERNEL_ACCOUNT);
	if (err)
		return err;
	err = alloc_bucket_spinlocks(&store->locks, &store->lock_mask,
				     KSTEER_LOCKS_MOST, KSTEER_LOCKS_CPU,
				     GFP_KERNEL_ACCOUNT);
	if (err)
		goto err_counter;
	err = rhashtable_init(&store->table, &ksteer_store_params);
	if (err)
		goto err_locks;
	ksteer_gc_init(kn);
	return 0;

err_locks:
	free_bucket_spinlocks(store->locks);
err_counter:
	percpu_counter_destroy(&store->doubted);
	return err;
}

static void ksteer_store_free(void *obj, void *arg)
{
	struct ksteer_flow *flow = obj;
	struct ksteer_dest *dest = rcu_dereference_protected(flow->dest, 1);

	if (dest)
		ksteer_dest_release(dest, flow->track);
	ksteer_flow_free(flow);
}

/**
 * ksteer_store_destroy - free all flows and the store
 * @kn: ksteer of the namespace; no packet and no request can reach it
 */
void ksteer_store_destroy(struct ksteer_net *kn)
{
	struct ksteer_conn_store *store = &kn->store;

	ksteer_gc_stop(kn);
	rhashtable_free_and_destroy(&store->table, ksteer_store_free, NULL);
	free_bucket_spinlocks(store->locks);
	percpu_counter_destroy(&store->doubted);
}

/**
 * ksteer_store_limit_open - change the budget of what nobody vouches for
 * @store: the store
 * @max_open: most entries; if there are more now, newcomers push them out
 *
 * The CPUs count in batches; together they are wrong by a five hundredth of the
 * budget at most, and by nothing where it is small.
 */
void ksteer_store_limit_open(struct ksteer_conn_store *store, u32 max_open)
{
	u32 batch = max_open / (512 * num_possible_cpus());

	WRITE_ONCE(store->doubted_batch, clamp(batch, 1u, KSTEER_BATCH_MOST));
	WRITE_ONCE(store->max_open, max_open);
}

/**
 * ksteer_store_count - entries now
 * @kn: ksteer of the namespace
 *
 * Return: entries, less specific keys included.
 */
u32 ksteer_store_count(const struct ksteer_net *kn)
{
	return atomic_read(&kn->store.table.nelems);
}

/**
 * ksteer_store_count_open - entries that nobody has vouched for
 * @kn: ksteer of the namespace
 *
 * Return: half-open and one-sided flows now; it asks every CPU.
 */
u32 ksteer_store_count_open(struct ksteer_net *kn)
{
	return percpu_counter_sum_positive(&kn->store.doubted);
}

/* What the last of the loose looks needs, too: the flow's manager is asked */
struct ksteer_foreign_look {
	struct ksteer_lookup look;
	const struct sk_buff *skb;
};

static bool ksteer_is_from_tm_of(const struct ksteer_lookup *look,
				 const struct ksteer_flow *flow)
{
	const struct ksteer_dest *dest = rcu_dereference(flow->dest);
	const struct ksteer_foreign_look *foreign =
		container_of(look, struct ksteer_foreign_look, look);

	return dest && dest->tm &&
	       ksteer_tm_is_source(dest->tm, foreign->skb,
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
		return unseen && ksteer_is_from_tm_of(look, flow);
	return (unseen || look->loose == KSTEER_LOOSE_ERROR ||
		flow->flags & KSTEER_FLOW_ANY_VLAN) &&
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
 * ksteer_store_lookup_rcu - find the flow of a packet
 * @kn: ksteer of the namespace
 * @look: the packet's key; its @loose is set if the flow does not know yet
 *	  that answers come by this link
 *
 * Context: RCU read side; the flow stays readable until its end.
 * Return: the flow or NULL.  Its @dest may be NULL if it is being removed.
 */
struct ksteer_flow *ksteer_store_lookup_rcu(struct ksteer_net *kn,
					    struct ksteer_lookup *look)
{
	struct ksteer_flow *flow = ksteer_store_find(kn, look);

	return likely(flow) ? flow :
			      ksteer_store_find_loose(kn, look, NULL, false);
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
				       rht_key_hashfn(ht, tbl, look,
						      ksteer_store_params),
				       node)
			if (flow->serial == serial &&
			    ksteer_key_equal(&flow->key, &look->key))
				return flow;
		/* Pairs with smp_wmb() of rhashtable_rehash_attach() */
		smp_rmb();
		tbl = rht_dereference_rcu(tbl->future_tbl, ht);
	} while (unlikely(tbl));
	return NULL;
}

static void ksteer_store_doubt(struct ksteer_conn_store *store, s64 entries)
{
	percpu_counter_add_batch(&store->doubted, entries,
				 READ_ONCE(store->doubted_batch));
}

static void ksteer_store_doubt_no_more(struct ksteer_net *kn,
				       struct ksteer_flow *flow)
{
	if (ksteer_track_take(flow, KSTEER_TRACK_DOUBTED))
		ksteer_store_doubt(&kn->store, -1);
}

/* Does it count among those that nobody vouches for?  What is half open does */
static bool ksteer_track_is_doubted(u32 track)
{
	return !(track & KSTEER_TRACK_VOUCHED) ||
	       (track & KSTEER_TRACK_STATE) == KSTEER_FLOW_STATE_OPEN;
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
	struct ksteer_dest *dest;

	if (rhashtable_remove_fast(&kn->store.table, &flow->node,
				   ksteer_store_params))
		return false;
	/*
	 * Whoever would move the flow, or count it as established, finds NULL
	 * after this and desists.
	 */
	ksteer_flow_lock(kn, flow);
	dest = ksteer_flow_dest_locked(kn, flow);
	RCU_INIT_POINTER(flow->dest, NULL);
	ksteer_upcall_flow(kn, flow, dest, KSTEER_EVENT_DELETE);
	ksteer_dest_release(dest, READ_ONCE(flow->track));
	ksteer_flow_unlock(kn, flow);
	ksteer_store_doubt_no_more(kn, flow);
	ksteer_flow_retire(flow);
	return true;
}

/*
 * The chain that a newcomer would join: of flows that differ in the VLAN alone
 * there may be some, and of all there may be no more than the table bears
 * without making itself anew.  Of a store that is more than half full, what is
 * over goes in passing, so that who comes takes along who went.
 */
static int ksteer_store_survey(struct ksteer_net *kn,
			       const struct ksteer_lookup *look)
{
	bool passing = ksteer_store_count(kn) >
		       READ_ONCE(kn->store.max_flows) / 2;
	struct rhashtable *ht = &kn->store.table;
	unsigned int chain, kin = 0;
	struct bucket_table *tbl;
	struct ksteer_flow *flow;
	struct rhash_head *pos;

	tbl = rht_dereference_rcu(ht->tbl, ht);
	do {
		chain = 0;
		rht_for_each_entry_rcu(flow, pos, tbl,
				       rht_key_hashfn(ht, tbl, look,
						      ksteer_store_params),
				       node) {
			if (unlikely(passing) && ksteer_evict_over(kn, flow))
				continue;
			chain++;
			kin += ksteer_key_equal(&flow->key, &look->key);
		}
		/* Pairs with smp_wmb() of rhashtable_rehash_attach() */
		smp_rmb();
		tbl = rht_dereference_rcu(tbl->future_tbl, ht);
	} while (unlikely(tbl));
	if (unlikely(kin >= KSTEER_KIN_MOST))
		return -EMLINK;
	return unlikely(chain >= KSTEER_CHAIN_MOST) ? -E2BIG : 0;
}

/* What an entry is from the beginning; nobody else sees it yet */
static u32 ksteer_store_birth(const struct ksteer_flow *flow)
{
	u32 state = flow->track & KSTEER_TRACK_STATE, track = flow->track;

	if (state != KSTEER_FLOW_STATE_OPEN &&
	    state != KSTEER_FLOW_STATE_TEMPLATE)
		track |= KSTEER_TRACK_COUNTED;
	if (ksteer_track_is_doubted(track))
		track |= KSTEER_TRACK_DOUBTED;
	return track;
}

/**
 * ksteer_store_insert_rcu - store a flow
 * @kn: ksteer of the namespace
 * @flow: the flow; the store owns it if it is returned, else it is freed
 *
 * Context: softirq or BH off, RCU read side.
 * Return: @flow; another flow of the same key that was there first; or
 *	   ERR_PTR(-ENOSPC) if there is no room, ERR_PTR(-EMLINK) if too many
 *	   VLANs have a flow of this key, ERR_PTR(-E2BIG) if too many keys share
 *	   a bucket with this one, ERR_PTR(-ENOMEM).
 */
struct ksteer_flow *ksteer_store_insert_rcu(struct ksteer_net *kn,
					    struct ksteer_flow *flow)
{
	struct ksteer_dest *dest = rcu_dereference(flow->dest);
	struct ksteer_conn_store *store = &kn->store;
	struct ksteer_lookup look __uninitialized;
	struct ksteer_flow *old;
	u32 track;
	int err;

	look.key = flow->key;
	look.hash = flow->hash ?: ksteer_key_hash(store->secret, &flow->key);
	look.swapped = flow->flags & KSTEER_FLOW_SWAPPED;
	look.loose = KSTEER_LOOSE_NOT;
	/* Met by its answer, it is known by that */
	if (unlikely(flow->key.link == KSTEER_LINK_UNSEEN)) {
		look.key.link = flow->reply_link;
		look.swapped = !look.swapped;
	}
	flow->hash = look.hash;
	track = ksteer_store_birth(flow);
	flow->track = track;
	err = ksteer_store_survey(kn, &look);
	if (likely(!err))
		err = ksteer_evict_for(kn, track);
	if (unlikely(err)) {
		ksteer_flow_free(flow);
		return ERR_PTR(err);
	}
	if (unlikely(look.key.link))
		WRITE_ONCE(store->vlans, true);
	/* Counted first: once in the table it may be removed at any moment */
	ksteer_dest_hold(dest, track);
	if (track & KSTEER_TRACK_DOUBTED)
		ksteer_store_doubt(store, 1);
	/* Locked, so that nobody is told of its end before its beginning */
	ksteer_flow_lock(kn, flow);
	old = rhashtable_lookup_get_insert_key(
		&store->table, &look, &flow->node, ksteer_store_params);
	if (likely(!old))
		ksteer_upcall_flow(kn, flow, dest, KSTEER_EVENT_NEW);
	ksteer_flow_unlock(kn, flow);
	if (likely(!old)) {
		ksteer_count(kn, KSTEER_COUNT_STORED);
		/* Pairs with smp_mb() of ksteer_gc_goes_on() */
		smp_mb__after_atomic();
		if (unlikely(!READ_ONCE(store->gc.running)))
			ksteer_gc_wake(kn);
		return flow;
	}
	ksteer_dest_release(dest, track);
	if (track & KSTEER_TRACK_DOUBTED)
		ksteer_store_doubt(store, -1);
	ksteer_flow_free(flow);
	/* The table's own errors come down to that */
	return IS_ERR(old) ? ERR_PTR(-ENOMEM) : old;
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
	struct ksteer_dest *dest;

	if (!established) {
		ksteer_store_settle(kn, flow);
		return;
	}
	ksteer_flow_lock(kn, flow);
	dest = ksteer_flow_dest_locked(kn, flow);
	if (dest)
		ksteer_upcall_flow(kn, flow, dest, KSTEER_EVENT_ESTABLISHED);
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
	struct ksteer_dest *dest;

	ksteer_flow_lock(kn, flow);
	dest = ksteer_flow_dest_locked(kn, flow);
	if (dest && !(READ_ONCE(flow->track) & KSTEER_TRACK_COUNTED)) {
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
		if (!IS_ERR(flow) && fn(kn, flow, arg))
			removed += ksteer_store_remove(kn, flow);
		if (++seen % KSTEER_WALK_SLICE)
			continue;
		rhashtable_walk_stop(&iter);
		ksteer_upcall_pace(kn);
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
 * @fn: returns true to have the flow removed
 * @arg: for @fn
 *
 * A walk that pauses at a flow that is then removed may pass over its
 * neighbour, so rounds are made until one finds nothing to remove, a few at
 * most.  A flow may be shown more than once; flows that are stored meanwhile
 * may be missed.  Whoever must not miss one counts, see ksteer_store_forget().
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

/**
 * ksteer_store_forget - remove the flows of an object that goes
 * @kn: ksteer of the namespace
 * @fn: returns true for flows of the object
 * @arg: for @fn
 * @tally: the object's count of its entries
 *
 * Context: process, may sleep.  No new flow can appear: nobody selects the
 * object any more, and a grace period has passed since somebody could.
 */
void ksteer_store_forget(struct ksteer_net *kn, ksteer_walk_fn fn, void *arg,
			 const struct ksteer_tally *tally)
{
	while (ksteer_tally_refs(tally)) {
		ksteer_store_walk(kn, fn, arg);
		/* Someone else may be about to release the last */
		cond_resched();
	}
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The connection store: key -> flow.
 *
 * A flow is in the hash table from insert to remove; whoever takes it out of
 * the table settles its accounts, once.  Room is made, when the store is full,
 * in this order: the oldest half-open flow, then a closed or an idle one.  An
 * established flow that is young is never given up; then the newcomer goes
 * without an entry.
 */
#include <linux/random.h>
#include <linux/user_namespace.h>

#include "flow.h"
#include "gc.h"
#include "key.h"
#include "ring.h"
#include "stats.h"
#include "store.h"
#include "store_find.h"
#include "upcall.h"
#include "vserver.h"

/* Buckets to search for an idle flow before a newcomer is turned away */
#define KSTEER_EVICT_BUCKETS 64

/* Half-open flows that one newcomer pushes out, after their budget was cut */
#define KSTEER_EVICT_OPEN 8

/*
 * Flows whose keys differ in the VLAN alone share a hash.  More of them would
 * make a chain that the table calls too long, and grows for, in vain.
 */
#define KSTEER_KIN_MOST 8

/* Rounds of a walk: traffic may bring back what is removed, without end */
#define KSTEER_WALK_ROUNDS 4

u64 ksteer_hash_secret[KSTEER_SECRETS] __read_mostly;

/**
 * ksteer_store_init - choose the secret of the hash; once, at load
 */
void ksteer_store_init(void)
{
	get_random_bytes(ksteer_hash_secret, sizeof(ksteer_hash_secret));
}

static void ksteer_store_grow(struct work_struct *work)
{
	struct ksteer_conn_store *store =
		container_of(work, struct ksteer_conn_store, grow);

	while (ksteer_ring_is_narrow(&store->open) &&
	       !ksteer_ring_grow(&store->open))
		;
}

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

	store->max_flows = ksteer_store_max_flows(kn->net);
	store->young = KSTEER_YOUNG_DEFAULT * HZ;
	err = ksteer_ring_create(&store->open, store->max_flows / 2);
	if (err)
		return err;
	err = rhashtable_init(&store->table, &ksteer_store_params);
	if (err) {
		ksteer_ring_destroy(&store->open);
		return err;
	}
	spin_lock_init(&store->hand_lock);
	INIT_WORK(&store->grow, ksteer_store_grow);
	ksteer_gc_start(kn);
	return 0;
}

static void ksteer_store_free(void *obj, void *arg)
{
	struct ksteer_flow *flow = obj;
	struct ksteer_dest *dest = rcu_dereference_protected(flow->dest, 1);

	if (dest)
		ksteer_dest_release(dest);
	ksteer_flow_free(flow);
}

/**
 * ksteer_store_destroy - free all flows and the store
 * @kn: ksteer of the namespace; no packet and no request can reach it
 */
void ksteer_store_destroy(struct ksteer_net *kn)
{
	ksteer_gc_stop(kn);
	cancel_work_sync(&kn->store.grow);
	rhashtable_free_and_destroy(&kn->store.table, ksteer_store_free, NULL);
	ksteer_ring_destroy(&kn->store.open);
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
 * ksteer_store_find_answer_slow - find the flow of an answer by another VLAN
 * @kn: ksteer of the namespace
 * @look: the packet's key, by which no flow was found
 *
 * Context: RCU read side.
 * Return: a flow whose answers' VLAN is not known yet, and the look's any_vlan
 *	   is set; or NULL.
 */
struct ksteer_flow *ksteer_store_find_answer_slow(struct ksteer_net *kn,
						  struct ksteer_lookup *look)
{
	struct ksteer_flow *flow;

	look->any_vlan = true;
	flow = ksteer_store_find(kn, look);
	look->any_vlan = flow;
	return flow;
}

/**
 * ksteer_store_lookup_rcu - find the flow of a packet
 * @kn: ksteer of the namespace
 * @look: the packet's key; its any_vlan is set if the flow does not know yet
 *	  that answers come by this VLAN
 *
 * Context: RCU read side; the flow stays readable until its end.
 * Return: the flow or NULL.  Its @dest may be NULL if it is being removed.
 */
struct ksteer_flow *ksteer_store_lookup_rcu(struct ksteer_net *kn,
					    struct ksteer_lookup *look)
{
	struct ksteer_flow *flow = ksteer_store_find(kn, look);

	return likely(flow) ? flow : ksteer_store_find_answer(kn, look);
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
	 * Whoever moves the flow at this moment finds NULL and desists; so does
	 * whoever is about to queue it among the half-open, unless that is done
	 * and undone here: therefore in this order.
	 */
	dest = unrcu_pointer(xchg(&flow->dest, NULL));
	ksteer_ring_remove(&kn->store.open, flow);
	ksteer_upcall_flow(kn, flow, dest, KSTEER_EVENT_DELETE);
	ksteer_dest_release(dest);
	ksteer_flow_retire(flow);
	return true;
}

/* A flow may be given up if it is over, or idle for long */
static bool ksteer_flow_is_spare(const struct ksteer_conn_store *store,
				 const struct ksteer_flow *flow)
{
	return ksteer_flow_state(flow) == KSTEER_FLOW_STATE_CLOSED ||
	       ksteer_flow_idle(flow) >= READ_ONCE(store->young);
}

static struct ksteer_flow *
ksteer_bucket_spare(const struct ksteer_conn_store *store,
		    struct bucket_table *tbl, unsigned int bucket)
{
	struct ksteer_flow *flow;
	struct rhash_head *pos;

	rht_for_each_entry_rcu(flow, pos, tbl, bucket, node)
		if (ksteer_flow_is_spare(store, flow))
			return flow;
	return NULL;
}

/*
 * Search some buckets, from where the last search ended.  One CPU at a time:
 * a second one would only find the same.
 */
static bool ksteer_evict_idle(struct ksteer_net *kn)
{
	struct ksteer_conn_store *store = &kn->store;
	struct ksteer_flow *flow = NULL;
	struct bucket_table *tbl;
	unsigned int i;

	if (!spin_trylock_bh(&store->hand_lock))
		return false;
	tbl = rht_dereference_rcu(store->table.tbl, &store->table);
	for (i = 0; i < KSTEER_EVICT_BUCKETS && !flow; i++)
		flow = ksteer_bucket_spare(store, tbl,
					   store->hand++ & (tbl->size - 1));
	spin_unlock_bh(&store->hand_lock);
	if (!flow || !ksteer_store_remove(kn, flow))
		return false;
	ksteer_count(kn, KSTEER_COUNT_EVICT_IDLE);
	return true;
}

static bool ksteer_evict_open(struct ksteer_net *kn)
{
	struct ksteer_flow *flow = ksteer_ring_oldest(&kn->store.open);

	if (!flow)
		return false;
	/* If another CPU was faster, there is room all the same */
	if (ksteer_store_remove(kn, flow))
		ksteer_count(kn, KSTEER_COUNT_EVICT_OPEN);
	return true;
}

/* M10: make room, the oldest half-open flow first */
static bool ksteer_store_make_room(struct ksteer_net *kn)
{
	struct ksteer_conn_store *store = &kn->store;

	if (likely(ksteer_store_count(kn) < READ_ONCE(store->max_flows)))
		return true;
	return ksteer_evict_open(kn) || ksteer_evict_idle(kn);
}

/* How many flows have this key but for the VLAN? */
static unsigned int ksteer_store_kin(struct ksteer_conn_store *store,
				     const struct ksteer_key *key)
{
	struct ksteer_flow *flow;
	struct bucket_table *tbl;
	unsigned int kin = 0;
	struct rhash_head *pos;

	tbl = rht_dereference_rcu(store->table.tbl, &store->table);
	rht_for_each_entry_rcu(flow, pos, tbl,
			       rht_key_hashfn(&store->table, tbl, key,
					      ksteer_store_params),
			       node)
		kin += ksteer_key_equal(&flow->key, key);
	return kin;
}

/* Room for one more, and for this one? */
static int ksteer_store_admit(struct ksteer_net *kn,
			      const struct ksteer_key *key)
{
	if (unlikely(READ_ONCE(kn->store.vlans)) &&
	    ksteer_store_kin(&kn->store, key) >= KSTEER_KIN_MOST)
		return -EMLINK;
	return ksteer_store_make_room(kn) ? 0 : -ENOSPC;
}

/* Take a place among the half-open; the oldest makes room in a full ring */
static void ksteer_store_enter_ring(struct ksteer_net *kn,
				    struct ksteer_flow *flow)
{
	int most = KSTEER_EVICT_OPEN;

	while (unlikely(!ksteer_ring_enter(&kn->store.open, flow)))
		if (!most-- || !ksteer_evict_open(kn))
			break;
	if (unlikely(ksteer_ring_is_narrow(&kn->store.open)))
		queue_work(system_unbound_wq, &kn->store.grow);
}

/**
 * ksteer_store_insert_rcu - store a flow
 * @kn: ksteer of the namespace
 * @flow: the flow; the store owns it if it is returned, else it is freed
 *
 * Context: softirq or BH off, RCU read side.
 * Return: @flow; another flow of the same key that was there first; or
 *	   ERR_PTR(-ENOSPC) if there is no room, ERR_PTR(-EMLINK) if too many
 *	   VLANs have a flow of this key, ERR_PTR(-ENOMEM).
 */
struct ksteer_flow *ksteer_store_insert_rcu(struct ksteer_net *kn,
					    struct ksteer_flow *flow)
{
	struct ksteer_dest *dest = rcu_dereference(flow->dest);
	struct ksteer_lookup look __uninitialized;
	struct ksteer_flow *old;
	int err;

	look.key = flow->key;
	look.swapped = flow->flags & KSTEER_FLOW_SWAPPED;
	look.any_vlan = false;
	err = ksteer_store_admit(kn, &flow->key);
	if (unlikely(err)) {
		ksteer_flow_free(flow);
		return ERR_PTR(err);
	}
	if (unlikely(flow->key.vlan))
		WRITE_ONCE(kn->store.vlans, true);
	/* Counted first: once in the table it may be removed at any moment */
	ksteer_dest_hold(dest);
	old = rhashtable_lookup_get_insert_key(
		&kn->store.table, &look, &flow->node, ksteer_store_params);
	if (unlikely(old)) {
		ksteer_dest_release(dest);
		ksteer_flow_free(flow);
		/* The table's own errors come down to that */
		return IS_ERR(old) ? ERR_PTR(-ENOMEM) : old;
	}
	if (ksteer_flow_state(flow) == KSTEER_FLOW_STATE_OPEN)
		ksteer_store_enter_ring(kn, flow);
	ksteer_count(kn, KSTEER_COUNT_STORED);
	ksteer_upcall_flow(kn, flow, dest, KSTEER_EVENT_NEW);
	return flow;
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
	struct ksteer_dest *dest = rcu_dereference(flow->dest);

	ksteer_ring_leave(&kn->store.open, flow);
	if (dest && established)
		ksteer_upcall_flow(kn, flow, dest, KSTEER_EVENT_ESTABLISHED);
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
 * @flows: the object's count of its flows
 *
 * Context: process, may sleep.  No new flow can appear: nobody selects the
 * object any more, and a grace period has passed since somebody could.
 */
void ksteer_store_forget(struct ksteer_net *kn, ksteer_walk_fn fn, void *arg,
			 const atomic_t *flows)
{
	while (atomic_read(flows)) {
		ksteer_store_walk(kn, fn, arg);
		/* Someone else may be about to release the last */
		cond_resched();
	}
}

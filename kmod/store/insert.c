// SPDX-License-Identifier: GPL-2.0-only
/*
 * How an entry gets into the store: one walk along its bucket tells whether there
 * is one of its key, and whether there are too many.
 */
#include "base/stats.h"
#include "store/alias.h"
#include "store/changelog.h"
#include "store/evict.h"
#include "store/flow.h"
#include "store/flow_lock.h"
#include "store/gc.h"
#include "store/store.h"
#include "store/store_table.h"

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

/**
 * struct ksteer_newcomer - an entry that looks for its place
 * @look: its key
 * @chain: others in its bucket, as far as they were met
 * @kin: of these, those whose keys differ from its own in the link alone
 * @err: why it is not stored: -EMLINK, -E2BIG
 */
struct ksteer_newcomer {
	struct ksteer_lookup look;
	unsigned int chain;
	unsigned int kin;
	int err;
};

/* The table hands it to ksteer_flow_cmp() as a look */
static_assert(!offsetof(struct ksteer_newcomer, look));

/* Of its kin there may be some, and of all no more than the table bears */
static __always_inline bool
ksteer_newcomer_meets(struct ksteer_newcomer *new,
		      const struct ksteer_flow *flow)
{
	new->chain++;
	new->kin += ksteer_key_equal(&flow->key, &new->look.key);
	if (unlikely(new->kin >= KSTEER_KIN_MOST))
		new->err = -EMLINK;
	else if (unlikely(new->chain >= KSTEER_CHAIN_MOST))
		new->err = -E2BIG;
	return !new->err;
}

/*
 * While the table looks for an entry of the same key it shows all that are in the
 * bucket.  If there are too many, the last is said to be one: that ends it.
 */
static __always_inline int
ksteer_newcomer_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	return ksteer_flow_cmp(arg, obj) &&
	       ksteer_newcomer_meets((void *)arg->key, obj);
}

/* For inserting; the table itself was made with ksteer_flow_cmp() */
static const struct rhashtable_params ksteer_newcomer_params =
	KSTEER_STORE_PARAMS(ksteer_newcomer_cmp);

/*
 * Look at the chain that a newcomer would join.  Of a store that is more than half
 * full, what is over goes in passing, so that who comes takes along who went.
 */
static noinline int ksteer_store_survey(struct ksteer_net *kn,
					struct ksteer_newcomer *new)
{
	bool passing = ksteer_store_count(&kn->store) >
		       READ_ONCE(kn->store.max_flows) / 2;
	struct rhashtable *ht = &kn->store.table;
	struct bucket_table *tbl;
	struct ksteer_flow *flow;
	struct rhash_head *pos;

	tbl = rht_dereference_rcu(ht->tbl, ht);
	do {
		new->chain = 0;
		rht_for_each_entry_rcu(flow, pos, tbl,
				       ksteer_look_bucket(tbl, &new->look),
				       node) {
			if (passing && ksteer_evict_over(kn, flow))
				continue;
			if (!ksteer_newcomer_meets(new, flow))
				return new->err;
		}
		/* Pairs with smp_wmb() of rhashtable_rehash_attach() */
		smp_rmb();
		tbl = rht_dereference_rcu(tbl->future_tbl, ht);
	} while (tbl);
	new->chain = 0;
	new->kin = 0;
	return 0;
}

/*
 * A look at the chain beforehand, where it is not enough to look at it as the
 * entry is inserted: a table that is being replaced has two, and calls the compare
 * function that it was made with.
 */
static int ksteer_store_look_round(struct ksteer_net *kn,
				   struct ksteer_newcomer *new)
{
	struct ksteer_conn_store *store = &kn->store;
	const struct bucket_table *tbl =
		rht_dereference_rcu(store->table.tbl, &store->table);

	if (likely(ksteer_store_count(store) <=
			   READ_ONCE(store->max_flows) / 2 &&
		   !rcu_access_pointer(tbl->future_tbl)))
		return 0;
	return ksteer_store_survey(kn, new);
}

/*
 * Does an entry count for limits from the beginning?  As ksteer_track_counts()
 * has it; and whoever is pushed without its numbers does.
 */
static bool ksteer_store_counts(u32 track)
{
	const u32 seen = KSTEER_TRACK_SEEN(0) | KSTEER_TRACK_SEEN(1);

	switch (track & KSTEER_TRACK_STATE) {
	case KSTEER_FLOW_STATE_OPEN:
	case KSTEER_FLOW_STATE_TEMPLATE:
		return false;
	case KSTEER_FLOW_STATE_CLOSED:
		if (!(track & KSTEER_TRACK_LIVED))
			return false;
	}
	return (track & KSTEER_TRACK_VOUCHED) || (track & seen) == seen;
}

/* What an entry is from the beginning; nobody else sees it yet */
static u32 ksteer_store_birth(const struct ksteer_flow *flow)
{
	u32 track = flow->track;

	if (ksteer_store_counts(track))
		track |= KSTEER_TRACK_COUNTED;
	if (ksteer_track_is_doubted(track))
		track |= KSTEER_TRACK_DOUBTED;
	return track;
}

/* Return: NULL, or the entry that has its key or ends the chain, or an error */
static __always_inline struct ksteer_flow *
ksteer_store_link(struct ksteer_net *kn, struct ksteer_newcomer *new,
		  struct ksteer_flow *flow)
{
	return rhashtable_lookup_get_insert_key(
		&kn->store.table, new, &flow->node, ksteer_newcomer_params);
}

/* Locked, so that nobody is told of its end before its beginning */
static noinline struct ksteer_flow *
ksteer_store_link_told(struct ksteer_net *kn, struct ksteer_newcomer *new,
		       struct ksteer_flow *flow, struct ksteer_dest dest)
{
	struct ksteer_flow *old;

	ksteer_flow_lock(kn, flow);
	old = ksteer_store_link(kn, new, flow);
	if (!old)
		ksteer_changelog_note(kn, flow, dest, KSTEER_EVENT_NEW);
	ksteer_flow_unlock(kn, flow);
	return old;
}

/* It is not stored after all.  Return: the one that is, or why none is */
static noinline struct ksteer_flow *
ksteer_store_give_up(struct ksteer_net *kn, struct ksteer_dest dest,
		     const struct ksteer_newcomer *new,
		     struct ksteer_flow *flow, struct ksteer_flow *old)
{
	u32 track = flow->track;

	ksteer_dest_release(dest, track);
	if (track & KSTEER_TRACK_DOUBTED)
		ksteer_store_doubt(&kn->store, -1);
	ksteer_flow_free(flow);
	if (new->err)
		return ERR_PTR(new->err);
	/* The table's own errors come down to that */
	return IS_ERR(old) ? ERR_PTR(-ENOMEM) : old;
}

static __always_inline void ksteer_newcomer_begin(struct ksteer_net *kn,
						  struct ksteer_newcomer *new,
						  struct ksteer_flow *flow)
{
	new->look.key = flow->key;
	new->look.hash = flow->hash ?:
				 ksteer_key_hash(kn->store.secret, &flow->key);
	new->look.swapped = !!(flow->flags & KSTEER_FLOW_SWAPPED);
	new->look.loose = KSTEER_LOOSE_NOT;
	new->chain = 0;
	new->kin = 0;
	new->err = 0;
	/* Met by its answer, it is known by that */
	if (unlikely(flow->key.link == KSTEER_LINK_UNSEEN)) {
		new->look.key.link = flow->reply_link;
		new->look.swapped = !new->look.swapped;
	}
	flow->hash = new->look.hash;
}

/**
 * ksteer_store_insert_rcu - store a flow
 * @kn: ksteer of the namespace
 * @flow: the flow; the store owns it if it is returned, else it is freed
 * @dest: its destination, as it was made with
 *
 * Context: softirq or BH off, RCU read side.
 * Return: @flow; another flow of the same key that was there first; or
 *	   ERR_PTR(-ENOSPC) if there is no room, ERR_PTR(-EMLINK) if too many
 *	   VLANs have a flow of this key, ERR_PTR(-E2BIG) if too many keys share
 *	   a bucket with this one, ERR_PTR(-ENOMEM).
 */
__flatten struct ksteer_flow *ksteer_store_insert_rcu(struct ksteer_net *kn,
						      struct ksteer_flow *flow,
						      struct ksteer_dest dest)
{
	struct ksteer_newcomer new __uninitialized;
	struct ksteer_conn_store *store = &kn->store;
	struct ksteer_flow *old;
	u32 track;
	int err;

	ksteer_newcomer_begin(kn, &new, flow);
	track = ksteer_store_birth(flow);
	flow->track = track;
	err = ksteer_store_look_round(kn, &new);
	if (likely(!err))
		err = ksteer_evict_for(kn, track);
	if (unlikely(err)) {
		ksteer_flow_free(flow);
		return ERR_PTR(err);
	}
	if (unlikely(new.look.key.link))
		WRITE_ONCE(store->vlans, true);
	/* Counted first: once in the table it may be removed at any moment */
	ksteer_dest_hold(dest, track);
	if (track & KSTEER_TRACK_DOUBTED)
		ksteer_store_doubt(store, 1);
	old = unlikely(READ_ONCE(dest.vs->events)) ?
		      ksteer_store_link_told(kn, &new, flow, dest) :
		      ksteer_store_link(kn, &new, flow);
	if (unlikely(old))
		return ksteer_store_give_up(kn, dest, &new, flow, old);
	ksteer_count(kn, KSTEER_COUNT_STORED);
	/* Pairs with smp_mb() of ksteer_gc_goes_on() */
	smp_mb__after_atomic();
	if (unlikely(!READ_ONCE(store->gc.running)))
		ksteer_gc_wake(kn);
	return flow;
}

/* Under the flow's lock: it is there, and removes what it lists when it goes */
static int ksteer_store_link_alias(struct ksteer_net *kn,
				   struct ksteer_newcomer *new,
				   struct ksteer_flow *alias,
				   struct ksteer_flow *flow)
{
	struct ksteer_extension *ext = ksteer_extension_rcu(kn, flow);
	struct ksteer_flow *old;

	if (!ext || !ksteer_flow_dest_locked(kn, flow).vs)
		return -ENOENT;
	if (ext->aliases >= KSTEER_ALIASES_MAX)
		return -ENOSPC;
	alias->alias_of = flow;
	old = ksteer_store_link(kn, new, alias);
	if (new->err)
		return new->err;
	if (old)
		return IS_ERR(old) ? -ENOMEM : -EEXIST;
	ksteer_alias_list(ext, alias);
	return 0;
}

/**
 * ksteer_store_alias_rcu - store another key of a flow
 * @kn: ksteer of the namespace
 * @alias: the key; the store owns it if 0 is returned, else the caller
 * @flow: the flow; stored, with an extension
 *
 * Context: BH off, RCU read side.
 * Return: 0; -EEXIST if there is an entry of this key; -ENOENT if the flow has gone;
 *	   -ENOSPC, also if the flow has as many aliases as it may have; -EMLINK,
 *	   -E2BIG, -ENOMEM as of a flow.
 */
int ksteer_store_alias_rcu(struct ksteer_net *kn, struct ksteer_flow *alias,
			   struct ksteer_flow *flow)
{
	struct ksteer_newcomer new;
	int err;

	ksteer_newcomer_begin(kn, &new, alias);
	/* Not under the lock: others may have to make room, under theirs */
	err = ksteer_store_look_round(kn, &new);
	if (!err)
		err = ksteer_evict_for(kn, alias->track);
	if (err)
		return err;
	if (new.look.key.link)
		WRITE_ONCE(kn->store.vlans, true);
	ksteer_flow_lock(kn, flow);
	err = ksteer_store_link_alias(kn, &new, alias, flow);
	ksteer_flow_unlock(kn, flow);
	return err;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The short way from a key to its flow, inlined where packets arrive. */
#ifndef _KSTEER_STORE_FIND_H
#define _KSTEER_STORE_FIND_H

#include "store/flow.h"
#include "store/key_hash.h"

static __always_inline bool ksteer_key_same(const struct ksteer_key *a,
					    const struct ksteer_key *b, bool v6)
{
	if (a->addr[0].w[0] != b->addr[0].w[0] ||
	    a->addr[1].w[0] != b->addr[1].w[0] || a->port[0] != b->port[0] ||
	    a->port[1] != b->port[1] || a->proto != b->proto ||
	    a->kind != b->kind)
		return false;
	return !v6 || (a->addr[0].w[1] == b->addr[0].w[1] &&
		       a->addr[1].w[1] == b->addr[1].w[1]);
}

static __always_inline bool ksteer_key_equal(const struct ksteer_key *a,
					     const struct ksteer_key *b)
{
	return ksteer_key_same(a, b, a->kind & KSTEER_KIND_V6);
}

bool ksteer_link_fits_loosely(struct rhashtable *ht,
			      const struct ksteer_lookup *look,
			      const struct ksteer_flow *flow);

/*
 * The link of the opening direction belongs to the key.  That of the answers is
 * learnt from the first of them; until then one that comes by the same link is
 * preferred, and any other is taken at the second look only.
 */
static __always_inline bool ksteer_link_fits(struct rhashtable *ht,
					     const struct ksteer_lookup *look,
					     const struct ksteer_flow *flow)
{
	bool reply = ksteer_flow_dir(flow, look->swapped);
	u16 own = READ_ONCE(*(reply ? &flow->reply_link : &flow->key.link));

	if (likely(own == look->key.link))
		return true;
	if (own == KSTEER_LINK_UNSEEN &&
	    READ_ONCE(*(reply ? &flow->key.link : &flow->reply_link)) ==
		    look->key.link)
		return true;
	if (likely(!look->loose && !ksteer_flow_is(flow, KSTEER_FLOW_ANY_VLAN)))
		return false;
	return ksteer_link_fits_loosely(ht, look, flow);
}

struct ksteer_flow *ksteer_store_find_loose_slow(struct ksteer_net *kn,
						 struct ksteer_lookup *look,
						 const struct sk_buff *skb,
						 bool error);

struct ksteer_flow *
ksteer_store_find_by_kernel(struct ksteer_net *kn,
			    const struct ksteer_lookup *look);

#ifdef KSTEER_LOOKUP_BY_KERNEL
static inline struct ksteer_flow *
ksteer_store_find_hashed(struct ksteer_net *kn,
			 const struct ksteer_lookup *look, bool v6)
{
	return ksteer_store_find_by_kernel(kn, look);
}
#else
/*
 * As __rhashtable_lookup(), which the compiler will not inline where each packet
 * asks.  What that promises to whoever inserts and resizes is promised here in the
 * same words: a chain ends with the marker of its own bucket, or it is begun anew; a
 * table that is being filled is looked at after the one that is being emptied, and
 * not before.  Kbuild compares the kernel's text with the one that this was written
 * by, and has the kernel asked where they differ.
 *
 * The look has its hash; @v6: of its key's family.
 */
static __always_inline struct ksteer_flow *
ksteer_store_find_hashed(struct ksteer_net *kn,
			 const struct ksteer_lookup *look, bool v6)
{
	struct rhashtable *ht = &kn->store.table;
	struct rhash_lock_head __rcu *const *bkt;
	struct bucket_table *tbl;
	struct ksteer_flow *flow;
	struct rhash_head *he;
	u32 hash;

	tbl = rht_dereference_rcu(ht->tbl, ht);
	do {
		hash = ksteer_look_bucket(tbl, look);
		bkt = rht_bucket(tbl, hash);
		do {
			rht_for_each_entry_rcu_from(flow, he, rht_ptr_rcu(bkt),
						    tbl, hash, node)
				if (likely(ksteer_key_same(&look->key,
							   &flow->key, v6) &&
					   ksteer_link_fits(ht, look, flow)))
					return flow;
			/* A flow that moved has led into another chain */
		} while (unlikely(he != RHT_NULLS_MARKER(bkt)));
		/* Pairs with smp_wmb() of rhashtable_rehash_attach() */
		smp_rmb();
		tbl = rht_dereference_rcu(tbl->future_tbl, ht);
	} while (unlikely(tbl));
	return NULL;
}
#endif

/* By any key */
static __always_inline struct ksteer_flow *
ksteer_store_find(struct ksteer_net *kn, struct ksteer_lookup *look)
{
	look->hash = ksteer_key_hash(kn->store.secret, &look->key);
	return ksteer_store_find_hashed(kn, look,
					look->key.kind & KSTEER_KIND_V6);
}

/* By the full key of a packet, whose family is a constant */
static __always_inline struct ksteer_flow *
ksteer_store_find_packet(struct ksteer_net *kn, struct ksteer_lookup *look,
			 u8 family)
{
	bool v6 = family == KSTEER_V6;

	look->hash = ksteer_key_sum(kn->store.secret, &look->key, 0, v6);
	return ksteer_store_find_hashed(kn, look, v6);
}

/*
 * Where there are no VLANs and no VRFs no packet can come by another.  @skb: the
 * packet, or NULL; @error: it is an ICMP error.
 */
static __always_inline struct ksteer_flow *
ksteer_store_find_loose(struct ksteer_net *kn, struct ksteer_lookup *look,
			const struct sk_buff *skb, bool error)
{
	if (likely(!READ_ONCE(kn->store.vlans) && !look->key.link))
		return NULL;
	return ksteer_store_find_loose_slow(kn, look, skb, error);
}

#endif /* _KSTEER_STORE_FIND_H */

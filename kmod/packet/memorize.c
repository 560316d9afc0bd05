// SPDX-License-Identifier: GPL-2.0-only
/* What is remembered of a decision: the flow, under the keys of its server. */

#include "base/stats.h"
#include "key/key.h"
#include "key/packet.h"
#include "object/manager.h"
#include "object/vserver.h"
#include "packet/credible.h"
#include "packet/decide.h"
#include "packet/memorize.h"
#include "packet/sctp.h"
#include "packet/tcp.h"
#include "packet/track.h"
#include "store/alias.h"
#include "store/flow_dest.h"
#include "store/store.h"

/**
 * ksteer_track_begin - note the first packet of a flow
 * @flow: the flow, not yet stored
 * @pkt: the packet
 * @dir: its direction
 */
void ksteer_track_begin(struct ksteer_flow *flow,
			const struct ksteer_packet *pkt, enum ksteer_dir dir)
{
	if (pkt->tcp)
		ksteer_tcp_first(flow, pkt, dir);
	else if (unlikely(pkt->look.key.proto == IPPROTO_SCTP))
		ksteer_sctp_first(flow, pkt, dir);
	else
		flow->track |= KSTEER_TRACK_SEEN(dir);
}

/* Why a flow is steered but not stored */
static enum ksteer_counter ksteer_unstored(long err)
{
	if (err == -ENOSPC)
		return KSTEER_COUNT_TABLE_FULL;
	if (err == -EMLINK)
		return KSTEER_COUNT_VLAN_CROWD;
	return err == -E2BIG ? KSTEER_COUNT_KEY_CROWD : KSTEER_COUNT_NO_MEMORY;
}

/*
 * Store one key of a decision.  Return: the flow that has the key now, which
 * another CPU may have stored first, and then @dest is its; NULL if there is none,
 * ERR_PTR(-EAGAIN) if there is room for it now.
 */
static struct ksteer_flow *ksteer_store_try(struct ksteer_packet *pkt,
					    const struct ksteer_lookup *look,
					    struct ksteer_dest *dest,
					    bool partial, enum ksteer_dir dir)
{
	struct ksteer_flow *flow, *there;
	struct ksteer_dest its;

	flow = ksteer_flow_alloc(look, *dest,
				 partial ? KSTEER_FLOW_STATE_TEMPLATE :
					   ksteer_track_first(pkt),
				 GFP_ATOMIC | __GFP_NOWARN);
	if (unlikely(!flow)) {
		ksteer_count(pkt->kn, KSTEER_COUNT_NO_MEMORY);
		return NULL;
	}
	/* The opener of a flow that is met by its answer is the other side */
	if (!partial && dir == KSTEER_DIR_REPLY) {
		flow->flags ^= KSTEER_FLOW_SWAPPED;
		flow->reply_link = flow->key.link;
		flow->key.link = KSTEER_LINK_UNSEEN;
	}
	if (partial) {
		ksteer_flow_count(flow, pkt->skb->len, dir);
	} else {
		ksteer_track_begin(flow, pkt, dir);
		/* The packet has been looked up by its full key */
		flow->hash = look->hash;
	}
	there = ksteer_store_insert_rcu(pkt->kn, flow, *dest);
	if (likely(there == flow))
		return flow;
	if (IS_ERR(there)) {
		ksteer_count(pkt->kn, ksteer_unstored(PTR_ERR(there)));
		return NULL;
	}
	there = ksteer_alias_flow_rcu(there);
	its = ksteer_flow_dest_live_rcu(pkt->kn, there);
	if (likely(its.vs)) {
		*dest = its;
		return there;
	}
	/* What is left of an object that was removed makes way */
	ksteer_store_remove(pkt->kn, there);
	return ERR_PTR(-EAGAIN);
}

/* The same; whoever is in the way twice is new, and as good as ours */
static __always_inline struct ksteer_flow *
ksteer_store_key(struct ksteer_packet *pkt, const struct ksteer_lookup *look,
		 struct ksteer_dest *dest, bool partial, enum ksteer_dir dir)
{
	struct ksteer_flow *flow;
	int tries = 2;

	do {
		flow = ksteer_store_try(pkt, look, dest, partial, dir);
	} while (IS_ERR(flow) && --tries);
	return IS_ERR(flow) ? NULL : flow;
}

/*
 * The full key: whoever stored it first, on another CPU, has decided.  If nobody
 * could store it, nor a less specific one, the packets that follow will be decided
 * on anew, by a hash: so shall this one.  Return: the flow, NULL if there is none.
 */
static struct ksteer_flow *ksteer_store_full(struct ksteer_packet *pkt,
					     const struct ksteer_tuple *tuple,
					     struct ksteer_decision *d,
					     enum ksteer_dir dir, bool held)
{
	struct ksteer_flow *flow;

	flow = ksteer_store_key(pkt, &pkt->look, &d->dest, false, dir);
	if (unlikely(!flow) && !held)
		ksteer_decide_unstored_rcu(tuple, d);
	return flow;
}

/* An entry under a less specific key has decided on a packet */
static void ksteer_second_used(struct ksteer_flow *second,
			       const struct ksteer_packet *pkt,
			       enum ksteer_dir dir)
{
	ksteer_flow_touch(second);
	ksteer_flow_count(second, pkt->skb->len, dir);
}

/*
 * A less specific key.  Whoever stored it first, on another CPU, has decided for
 * this flow, too; an entry that its own server may not follow any more is
 * given to the traffic manager that was selected instead, unless another CPU has
 * just given it to its own.  Return: whether there is an entry now.
 */
static bool ksteer_store_second(struct ksteer_packet *pkt,
				const struct ksteer_lookup *look,
				struct ksteer_decision *d, enum ksteer_dir dir)
{
	struct ksteer_flow *there;
	struct ksteer_dest dest = d->dest, own;

	there = ksteer_store_key(pkt, look, &dest, true, dir);
	if (!there)
		return false;
	if (ksteer_dest_same(dest, d->dest))
		return true;
	while (dest.vs) {
		if (ksteer_dest_same(dest, d->dest))
			break;
		own = ksteer_follow_rcu(d->vs, dest, pkt->family, true);
		if (own.vs) {
			d->dest = own;
			break;
		}
		if (ksteer_follow_rcu(dest.vs, dest, pkt->family, true).vs)
			return true;
		if (ksteer_flow_move(pkt->kn, there, dest, d->dest))
			break;
		dest = ksteer_flow_dest_rcu(pkt->kn, there);
	}
	ksteer_second_used(there, pkt, dir);
	return true;
}

/* B16: remember where this source goes, or that it goes elsewhere now */
static noinline bool ksteer_store_persist(struct ksteer_packet *pkt,
					  const struct ksteer_tuple *tuple,
					  struct ksteer_decision *d,
					  enum ksteer_dir dir)
{
	struct ksteer_lookup look __uninitialized;

	ksteer_key_persist(&look, tuple, READ_ONCE(d->vs->persist_id),
			   READ_ONCE(d->vs->persist_prefix[pkt->family]),
			   d->answer);
	return ksteer_store_second(pkt, &look, d, dir);
}

/* A5: and under a less specific key, if the protocol has all of its fields */
static noinline bool ksteer_store_partial(struct ksteer_packet *pkt,
					  const struct ksteer_tuple *tuple,
					  u8 fields, struct ksteer_decision *d,
					  enum ksteer_dir dir)
{
	struct ksteer_lookup look __uninitialized;

	/* An answer does not tell by what VLAN its opener comes */
	if (d->answer && fields & KSTEER_FIELD_VLAN)
		return true;
	return ksteer_key_partial(&look, tuple, fields,
				  ksteer_vs_pool_index_rcu(d->vs), d->answer) &&
	       ksteer_store_second(pkt, &look, d, dir);
}

/*
 * A5, A11: store the flow under the keys that its server asks for.  The less
 * specific ones first: connections that one source opens on several CPUs at
 * once meet there.  The full key last: what it turns out to have may be
 * another server's destination, which nothing keeps from going; nothing may be
 * stored by it.  Return: the flow under the full key, NULL if there is none.
 */
static noinline struct ksteer_flow *
ksteer_memorize_all(struct ksteer_packet *pkt, const struct ksteer_tuple *tuple,
		    struct ksteer_decision *d, enum ksteer_dir dir)
{
	/* Pairs with smp_store_release() of ksteer_vs_apply_templates() */
	u8 i, n = smp_load_acquire(&d->vs->templates);
	bool second = !d->partial && d->dest.tm, full = false, held = false;

	if (unlikely(d->partial))
		ksteer_second_used(d->partial, pkt, dir);
	else if (unlikely(READ_ONCE(d->vs->persist)) && second &&
		 d->by == KSTEER_DECIDED_BY_SCHEDULER)
		held = ksteer_store_persist(pkt, tuple, d, dir);
	for (i = 0; i < n; i++) {
		u8 fields = READ_ONCE(d->vs->template[i]);

		if (likely(fields == KSTEER_FIELDS_FULL))
			full = true;
		else if (second)
			held |= ksteer_store_partial(pkt, tuple, fields, d,
						     dir);
	}
	return likely(full) ? ksteer_store_full(pkt, tuple, d, dir, held) :
			      NULL;
}

/**
 * ksteer_remember - store what was decided on a packet
 * @pkt: the packet; its look is the full key
 * @tuple: its endpoints
 * @d: the decision; its @dest becomes that of a flow of the same key which
 *     another CPU has stored first
 * @dir: the packet's direction in the flow
 *
 * Context: softirq or BH off, RCU read side.
 * Return: the packet's flow, NULL if none is stored.
 */
struct ksteer_flow *ksteer_remember(struct ksteer_packet *pkt,
				    const struct ksteer_tuple *tuple,
				    struct ksteer_decision *d,
				    enum ksteer_dir dir)
{
	if (pkt->icmp_error)
		return NULL;
	/* Who forges an answer, and then what it answers, would be both sides */
	if (dir == KSTEER_DIR_REPLY && !ksteer_is_credible(pkt, d->dest, dir)) {
		ksteer_count(pkt->kn, KSTEER_COUNT_BAD_ANSWER);
		return NULL;
	}
	if (READ_ONCE(d->vs->store) == KSTEER_STORE_NONE) {
		ksteer_count(pkt->kn, KSTEER_COUNT_NOT_STORED);
		return NULL;
	}
	/* As most servers have it; acquire as in ksteer_memorize_all() */
	if (likely(smp_load_acquire(&d->vs->templates) == 1 &&
		   READ_ONCE(d->vs->template[0]) == KSTEER_FIELDS_FULL &&
		   !READ_ONCE(d->vs->persist) && !d->partial))
		return ksteer_store_full(pkt, tuple, d, dir, false);
	return ksteer_memorize_all(pkt, tuple, d, dir);
}

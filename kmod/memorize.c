// SPDX-License-Identifier: GPL-2.0-only
/* What is remembered of a decision: the flow, under the keys of its server. */

#include "decide.h"
#include "flow.h"
#include "key.h"
#include "manager.h"
#include "memorize.h"
#include "packet.h"
#include "stats.h"
#include "store.h"
#include "tcp.h"
#include "vserver.h"

/* Why a flow is steered but not stored */
static enum ksteer_counter ksteer_unstored(long err)
{
	if (err == -ENOSPC)
		return KSTEER_COUNT_TABLE_FULL;
	if (err == -EMLINK)
		return KSTEER_COUNT_VLAN_CROWD;
	return err == -E2BIG ? KSTEER_COUNT_KEY_CROWD : KSTEER_COUNT_NO_MEMORY;
}

static u32 ksteer_new_flow_state(const struct ksteer_packet *pkt, bool partial,
				 enum ksteer_dir dir)
{
	return partial ? KSTEER_FLOW_STATE_TEMPLATE :
			 ksteer_track_first(pkt, dir);
}

/*
 * Store one key of a decision.  Return: the flow that has the key now, which
 * another CPU may have stored first; NULL if there is none.
 */
static struct ksteer_flow *ksteer_store_key(struct ksteer_packet *pkt,
					    const struct ksteer_lookup *look,
					    struct ksteer_dest *dest,
					    bool partial, enum ksteer_dir dir)
{
	struct ksteer_flow *flow, *there;

	flow = ksteer_flow_alloc(look, dest,
				 ksteer_new_flow_state(pkt, partial, dir),
				 GFP_ATOMIC | __GFP_NOWARN);
	if (unlikely(!flow)) {
		ksteer_count(pkt->kn, KSTEER_COUNT_NO_MEMORY);
		return NULL;
	}
	/* The opener of a flow that is met by its answer is the other side */
	if (!partial && dir == KSTEER_DIR_REPLY)
		flow->flags ^= KSTEER_FLOW_SWAPPED;
	if (!partial)
		ksteer_track_begin(flow, pkt, dir);
	ksteer_flow_touch(flow, pkt->skb->len, dir);
	there = ksteer_store_insert_rcu(pkt->kn, flow);
	if (!IS_ERR(there))
		return there;
	ksteer_count(pkt->kn, ksteer_unstored(PTR_ERR(there)));
	return NULL;
}

/* The full key: whoever stored it first, on another CPU, has decided */
static void ksteer_store_full(struct ksteer_packet *pkt,
			      struct ksteer_decision *d, enum ksteer_dir dir)
{
	struct ksteer_flow *flow;
	struct ksteer_dest *dest;

	flow = ksteer_store_key(pkt, &pkt->look, d->dest, false, dir);
	dest = flow ? rcu_dereference(flow->dest) : NULL;
	if (dest)
		d->dest = dest;
}

/* B16: remember where this source goes, or that it goes elsewhere now */
static noinline void ksteer_store_persist(struct ksteer_packet *pkt,
					  const struct ksteer_tuple *tuple,
					  const struct ksteer_decision *d,
					  enum ksteer_dir dir)
{
	struct ksteer_lookup look __uninitialized;
	struct ksteer_flow *flow;

	ksteer_key_persist(&look, tuple, d->vs->id,
			   READ_ONCE(d->vs->persist_prefix[pkt->family]),
			   d->answer);
	flow = ksteer_store_lookup_rcu(pkt->kn, &look);
	if (flow)
		ksteer_store_remove(pkt->kn, flow);
	ksteer_store_key(pkt, &look, d->dest, true, dir);
}

/* A5: and under a less specific key, if the protocol has all of its fields */
static noinline void ksteer_store_partial(struct ksteer_packet *pkt,
					  const struct ksteer_tuple *tuple,
					  u8 fields,
					  const struct ksteer_decision *d,
					  enum ksteer_dir dir)
{
	struct ksteer_lookup look __uninitialized;

	if (!d->partial && ksteer_key_partial(&look, tuple, fields, d->answer))
		ksteer_store_key(pkt, &look, d->dest, true, dir);
}

/* A5, A11: store the flow under the keys that its server asks for */
static void ksteer_memorize(struct ksteer_packet *pkt,
			    const struct ksteer_tuple *tuple,
			    struct ksteer_decision *d, enum ksteer_dir dir)
{
	/* Pairs with smp_store_release() of ksteer_vs_apply_templates() */
	u8 i, n = smp_load_acquire(&d->vs->templates);

	for (i = 0; i < n; i++) {
		u8 fields = READ_ONCE(d->vs->template[i]);

		if (fields == KSTEER_FIELDS_FULL)
			ksteer_store_full(pkt, d, dir);
		else
			ksteer_store_partial(pkt, tuple, fields, d, dir);
	}
	if (d->partial)
		ksteer_flow_touch(d->partial, pkt->skb->len, dir);
	else if (READ_ONCE(d->vs->persist) && !d->vs->dead &&
		 d->by == KSTEER_DECIDED_BY_SCHEDULER && d->dest->tm)
		ksteer_store_persist(pkt, tuple, d, dir);
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
 */
void ksteer_remember(struct ksteer_packet *pkt,
		     const struct ksteer_tuple *tuple,
		     struct ksteer_decision *d, enum ksteer_dir dir)
{
	if (pkt->icmp_error)
		return;
	if (READ_ONCE(d->vs->store) == KSTEER_STORE_NONE)
		ksteer_count(pkt->kn, KSTEER_COUNT_NOT_STORED);
	else
		ksteer_memorize(pkt, tuple, d, dir);
}

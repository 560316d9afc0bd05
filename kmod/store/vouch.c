// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is vouched for, and so neither counts among those that nobody vouches for
 * nor makes room with them.
 *
 * The entries that a flow has left under less specific keys, its source's
 * persistence among them, are believed with it: else whoever forges sources would
 * fill the store with them.
 */
#include "key/key.h"
#include "key/packet.h"
#include "object/vserver.h"
#include "store/flow_dest.h"
#include "store/store.h"

static void ksteer_vouch_for(struct ksteer_net *kn, struct ksteer_flow *flow)
{
	ksteer_track_set(flow, KSTEER_TRACK_VOUCHED);
	ksteer_store_settle(kn, flow);
}

/**
 * ksteer_store_seconds - show the entries under a flow's less specific keys
 * @kn: ksteer of the namespace
 * @flow: a flow under a full key
 * @vs: its virtual server, whose templates and persistence name the keys
 * @fn: shown each that is stored
 * @arg: for @fn
 *
 * Context: RCU read side.
 */
void ksteer_store_seconds(struct ksteer_net *kn, const struct ksteer_flow *flow,
			  const struct ksteer_vs *vs, ksteer_second_fn fn,
			  const void *arg)
{
	/* Pairs with smp_store_release() of ksteer_vs_apply_templates() */
	u8 i, n = smp_load_acquire(&vs->templates);
	u16 pool = ksteer_vs_pool_index_rcu(vs);
	u8 family = ksteer_flow_family(flow);
	struct ksteer_lookup look;
	struct ksteer_tuple tuple;
	struct ksteer_flow *second;

	ksteer_flow_tuple(kn, flow, &tuple);
	for (i = 0; i < n; i++) {
		if (!ksteer_key_partial(&look, &tuple,
					READ_ONCE(vs->template[i]), pool,
					false))
			continue;
		second = ksteer_store_lookup_rcu(kn, &look);
		if (second)
			fn(kn, second, arg);
	}
	if (!READ_ONCE(vs->persist))
		return;
	ksteer_key_persist(&look, &tuple, READ_ONCE(vs->persist_id),
			   READ_ONCE(vs->persist_prefix[family]), false);
	second = ksteer_store_lookup_rcu(kn, &look);
	if (second)
		fn(kn, second, arg);
}

static void ksteer_vouch_second(struct ksteer_net *kn,
				struct ksteer_flow *second, const void *arg)
{
	if (!ksteer_flow_is_vouched(second))
		ksteer_vouch_for(kn, second);
}

/**
 * ksteer_store_vouch - somebody else than a blind sender vouches for a flow
 * @kn: ksteer of the namespace
 * @flow: the flow, under a full key
 *
 * To say it twice does no harm.
 *
 * Context: softirq or BH off, RCU read side.
 */
void ksteer_store_vouch(struct ksteer_net *kn, struct ksteer_flow *flow)
{
	struct ksteer_dest dest = ksteer_flow_dest_rcu(kn, flow);

	ksteer_vouch_for(kn, flow);
	if (!dest.vs || ksteer_flow_is_partial(flow))
		return;
	if (unlikely(READ_ONCE(dest.vs->persist) ||
		     READ_ONCE(dest.vs->templates) > 1))
		ksteer_store_seconds(kn, flow, dest.vs, ksteer_vouch_second,
				     NULL);
}

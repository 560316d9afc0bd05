// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is vouched for, and so neither counts among those that nobody vouches for
 * nor makes room with them.
 *
 * The entries that a flow has left under less specific keys, its source's
 * persistence among them, are believed with it: else whoever forges sources would
 * fill the store with them.
 */
#include "object/vserver.h"
#include "store/flow_dest.h"
#include "store/second.h"
#include "store/store.h"

static void ksteer_vouch_for(struct ksteer_net *kn, struct ksteer_flow *flow)
{
	ksteer_track_set(flow, KSTEER_TRACK_VOUCHED);
	ksteer_store_settle(kn, flow);
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

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The entries that a flow has under less specific keys, its source's persistence
 * among them.  They live while flows are used that follow them, or have made them.
 */
#include "key/key.h"
#include "key/packet.h"
#include "object/vserver.h"
#include "store/flow_dest.h"
#include "store/second.h"
#include "store/store.h"

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

/* Which entries a flow refreshes: those of its traffic manager, up to a time */
struct ksteer_refresh {
	const struct ksteer_tm *tm;
	u32 seen;
};

/* A packet of a flow has come later than the last that its entry knows of */
static void ksteer_second_refresh(struct ksteer_net *kn,
				  struct ksteer_flow *second, const void *arg)
{
	struct ksteer_dest its = ksteer_flow_dest_rcu(kn, second);
	const struct ksteer_refresh *by = arg;
	u32 last;

	if (!its.vs || its.tm != by->tm)
		return;
	last = READ_ONCE(second->last_seen);
	/* Not back in time: a new flow may refresh it at this moment */
	while ((s32)(by->seen - last) > 0)
		if (try_cmpxchg(&second->last_seen, &last, by->seen))
			break;
}

/**
 * ksteer_refresh_seconds - let less specific keys live while flows are used
 * @kn: ksteer of the namespace
 * @flow: a flow that has not expired
 * @dest: its destination
 *
 * Packets of known flows pay nothing for it: the expiry, which comes by each
 * flow in each round, carries the time of its last packet to the entries that
 * it follows, or has made.
 *
 * Context: RCU read side.
 */
void ksteer_refresh_seconds(struct ksteer_net *kn,
			    const struct ksteer_flow *flow,
			    struct ksteer_dest dest)
{
	const struct ksteer_refresh by = {
		.tm = dest.tm,
		.seen = READ_ONCE(flow->last_seen),
	};

	if (!ksteer_flow_is_partial(flow) && dest.tm)
		ksteer_store_seconds(kn, flow, dest.vs, ksteer_second_refresh,
				     &by);
}

/**
 * ksteer_second_waits - may a less specific key that is idle live on?
 * @flow: an entry that has been idle for its timeout
 *
 * Its flows may have seen packets of which it will be told in this round.
 *
 * Context: the expiry alone.
 * Return: true when it is asked for the first time since the entry was last
 *	   used.
 */
bool ksteer_second_waits(struct ksteer_flow *flow)
{
	u32 seen = READ_ONCE(flow->last_seen);

	if (!ksteer_flow_is_partial(flow) || flow->end[KSTEER_DIR_OPEN] == seen)
		return false;
	flow->end[KSTEER_DIR_OPEN] = seen;
	return true;
}

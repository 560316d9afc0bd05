/* SPDX-License-Identifier: GPL-2.0-only */
/* What a flow keeps of its destination: two numbers. */
#ifndef _KSTEER_FLOW_DEST_H
#define _KSTEER_FLOW_DEST_H

#include "object/manager.h"
#include "object/object.h"
#include "object/vserver.h"
#include "store/flow.h"

/* As a flow keeps it: the virtual server's number above, the manager's below */
static inline u64 ksteer_dest_pack(struct ksteer_dest dest)
{
	return (u64)dest.vs->index << 32 | (dest.tm ? dest.tm->index : 0);
}

/*
 * And back.  The tables are read after the numbers: whoever has stored a number
 * has put the object there before.  Return: also of a server that was removed;
 * KSTEER_DEST_NONE for a flow that is not stored any more.  RCU read side.
 */
static __always_inline struct ksteer_dest
ksteer_dest_unpack_rcu(const struct ksteer_net *kn, u64 packed)
{
	struct ksteer_dest dest = {
		.tm = ksteer_object_rcu(&kn->tm_at, (u32)packed),
		.vs = ksteer_object_rcu(&kn->vs_at, packed >> 32),
	};

	/* Gone since the number was read: without it, it would mean another thing */
	if (unlikely(!dest.tm) && (u32)packed)
		dest.vs = NULL;
	return dest;
}

/* Was the virtual server or the traffic manager removed? */
static inline bool ksteer_dest_is_removed(struct ksteer_dest dest)
{
	return READ_ONCE(dest.vs->flags) & KSTEER_VS_REMOVED ||
	       (dest.tm && READ_ONCE(dest.tm->removed));
}

/* Where a flow goes, be its server removed or not.  RCU read side */
static __always_inline struct ksteer_dest
ksteer_flow_dest_any_rcu(const struct ksteer_net *kn,
			 const struct ksteer_flow *flow)
{
	/* Pairs with smp_store_release() of ksteer_flow_dest_set() */
	return ksteer_dest_unpack_rcu(kn, smp_load_acquire(&flow->dest));
}

/*
 * Where a flow goes.  Return: KSTEER_DEST_NONE if it is being removed, or its
 * server has been: then it waits for its removal.  RCU read side.
 */
static __always_inline struct ksteer_dest
ksteer_flow_dest_rcu(const struct ksteer_net *kn,
		     const struct ksteer_flow *flow)
{
	struct ksteer_dest dest = ksteer_flow_dest_any_rcu(kn, flow);

	if (unlikely(!dest.vs || READ_ONCE(dest.vs->flags) & KSTEER_VS_REMOVED))
		dest.vs = NULL;
	return dest;
}

/* The same for whoever is told of flows: none, too, if its manager was removed */
static inline struct ksteer_dest
ksteer_flow_dest_live_rcu(const struct ksteer_net *kn,
			  const struct ksteer_flow *flow)
{
	struct ksteer_dest dest = ksteer_flow_dest_any_rcu(kn, flow);

	if (!dest.vs || ksteer_dest_is_removed(dest))
		return KSTEER_DEST_NONE;
	return dest;
}

/* Under the flow's lock, or before anybody else sees the flow */
static inline void ksteer_flow_dest_set(struct ksteer_flow *flow, u64 packed)
{
	/* Pairs with smp_load_acquire() of ksteer_flow_dest_any_rcu() */
	smp_store_release(&flow->dest, packed);
}

#endif /* _KSTEER_FLOW_DEST_H */

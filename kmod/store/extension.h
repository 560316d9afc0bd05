/* SPDX-License-Identifier: GPL-2.0-only */
/* What a minority of flows has beyond its 128 bytes. */
#ifndef _KSTEER_EXTENSION_H
#define _KSTEER_EXTENSION_H

#include <linux/list.h>
#include <linux/timer.h>

#include "base/ksteer.h"

/**
 * struct ksteer_extension - what one flow has beyond its 128 bytes
 * @flow: the flow; NULL once that is removed.  Written under the flow's lock and
 *	  that of the namespace's extensions; a reader is on the RCU read side, and so
 *	  is the flow safe for him.
 * @kn: ksteer of the namespace
 * @number: by which the flow knows it
 * @owner: number of who has stored the flow, 0 for none; under the flow's lock
 * @aliases: how many of @alias there are; under the flow's lock
 * @mortal: it has a lifetime; under the flow's lock
 * @ends: jiffies at which that is over
 * @timer: asks whether it is; armed under the namespace's lock
 * @due: link among those whose lifetime is over; empty if it is not
 * @alias: the flow's other keys, by ksteer_flow.alias_next; written under the flow's
 *	   lock, added at the end, and all of them removed with the flow
 * @waiting: packets that wait for the flow's traffic manager, NULL if it was never
 *	     pending; fixed once the flow is stored, and the flow's lock covers it
 * @rcu: for freeing
 */
struct ksteer_extension {
	struct ksteer_flow *flow;
	struct ksteer_net *kn;
	u32 number;
	u32 owner;
	u8 aliases;
	bool mortal;
	unsigned long ends;
	struct timer_list timer;
	struct list_head due;
	struct ksteer_flow *alias;
	struct ksteer_waiting *waiting;
	struct rcu_head rcu;
};

/**
 * struct ksteer_extra - what is told of a flow's extension
 * @owner: number of who has stored the flow, 0 for none
 * @lifetime: milliseconds that it has left to live, 0 if nothing bounds that
 */
struct ksteer_extra {
	u32 owner;
	u32 lifetime;
};

void ksteer_extensions_init(struct ksteer_net *kn);
void ksteer_extensions_stop(struct ksteer_net *kn);
void ksteer_extensions_destroy(struct ksteer_net *kn);
void ksteer_extensions_purge(struct ksteer_net *kn);
struct ksteer_extension *ksteer_extension_create(struct ksteer_net *kn);
void ksteer_extension_discard(struct ksteer_extension *ext);
void ksteer_extension_give(struct ksteer_extension *ext,
			   struct ksteer_flow *flow);
bool ksteer_extension_acquire(struct ksteer_extension *ext,
			      struct ksteer_flow *flow);
struct ksteer_extension *ksteer_extension_rcu(const struct ksteer_net *kn,
					      const struct ksteer_flow *flow);
void ksteer_extension_plan(struct ksteer_extension *ext, u32 lifetime);
void ksteer_extension_start(struct ksteer_extension *ext);
void ksteer_extension_bound(struct ksteer_extension *ext, u32 lifetime);
void ksteer_extension_own(struct ksteer_extension *ext, u32 owner);
void ksteer_extension_release(struct ksteer_net *kn, struct ksteer_flow *flow);
void ksteer_extension_tell_rcu(const struct ksteer_net *kn,
			       const struct ksteer_flow *flow,
			       struct ksteer_extra *extra);

#endif /* _KSTEER_EXTENSION_H */

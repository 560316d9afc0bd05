// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a minority of flows has beyond its 128 bytes: found by a number in the
 * flow's second line, behind a bit of its first.
 *
 * The number alone does not make it the flow's: a flow that waits to be freed keeps
 * a link in its place, and numbers are given again.  So an extension names its
 * flow, and is nobody else's.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "store/extension.h"
#include "store/flow.h"
#include "store/flow_lock.h"
#include "store/waiting.h"

/*
 * The kernel's wheel comes late by up to an eighth of the time that it was asked
 * for, and to the jiffy where that is less than 64.  So it is asked to come an
 * eighth before, and again.
 */
static unsigned long ksteer_extension_step(long left)
{
	return jiffies + (left < 64 ? left : left - left / 8);
}

/*
 * Timers run with BH off, so what they look at here is freed after they are
 * through: RCU waits for them as for packets.
 */
static void ksteer_extension_timer(struct timer_list *timer)
{
	struct ksteer_extension *ext = from_timer(ext, timer, timer);
	struct ksteer_extensions *all = &ext->kn->store.extensions;
	long left;

	spin_lock(&all->lock);
	left = ext->ends - jiffies;
	if (!ext->flow || !ext->mortal || all->closed) {
		/* Its flow has gone, or need not */
	} else if (left > 0) {
		mod_timer(timer, ksteer_extension_step(left));
	} else if (list_empty(&ext->due)) {
		list_add_tail(&ext->due, &all->due);
		queue_work(ksteer_net_queue(ext->kn), &all->end);
	}
	spin_unlock(&all->lock);
}

/**
 * ksteer_extensions_init - begin without extensions
 * @kn: ksteer of the namespace
 */
void ksteer_extensions_init(struct ksteer_net *kn)
{
	struct ksteer_extensions *all = &kn->store.extensions;

	/* What is stored is charged to whoever asks for it */
	xa_init_flags(&all->at,
		      XA_FLAGS_ALLOC1 | XA_FLAGS_LOCK_BH | XA_FLAGS_ACCOUNT);
	spin_lock_init(&all->lock);
	INIT_LIST_HEAD(&all->due);
	all->closed = false;
	all->used = false;
}

/**
 * ksteer_extensions_stop - let no flow's time run out any more
 * @kn: ksteer of a namespace that closes; nobody stores any more
 *
 * Context: process, may sleep.
 */
void ksteer_extensions_stop(struct ksteer_net *kn)
{
	struct ksteer_extensions *all = &kn->store.extensions;

	spin_lock_bh(&all->lock);
	all->closed = true;
	spin_unlock_bh(&all->lock);
	cancel_work_sync(&all->end);
}

/**
 * ksteer_extensions_destroy - end it, when no flow is left
 * @kn: ksteer of the namespace, after ksteer_extensions_stop()
 *
 * Context: process, may sleep.
 */
void ksteer_extensions_destroy(struct ksteer_net *kn)
{
	struct ksteer_extensions *all = &kn->store.extensions;

	/* No timer is armed any more, but one may be running still */
	if (all->used)
		synchronize_rcu();
	xa_destroy(&all->at);
}

/**
 * ksteer_extension_create - an extension that is no flow's yet
 * @kn: ksteer of the namespace
 *
 * Context: process, may sleep.
 * Return: the extension, the caller's until a flow has it; NULL without memory.
 */
struct ksteer_extension *ksteer_extension_create(struct ksteer_net *kn)
{
	struct ksteer_extensions *all = &kn->store.extensions;
	struct ksteer_extension *ext;

	ext = kzalloc(sizeof(*ext), GFP_KERNEL_ACCOUNT);
	if (!ext)
		return NULL;
	ext->kn = kn;
	INIT_LIST_HEAD(&ext->due);
	timer_setup(&ext->timer, ksteer_extension_timer, 0);
	if (xa_alloc_bh(&all->at, &ext->number, ext, xa_limit_32b,
			GFP_KERNEL_ACCOUNT)) {
		kfree(ext);
		return NULL;
	}
	WRITE_ONCE(all->used, true);
	return ext;
}

/**
 * ksteer_extension_discard - free an extension that no flow has taken
 * @ext: the extension; NULL is none
 */
void ksteer_extension_discard(struct ksteer_extension *ext)
{
	if (!ext)
		return;
	xa_erase_bh(&ext->kn->store.extensions.at, ext->number);
	ksteer_waiting_free(ext->waiting);
	/* Whoever has a stale number may be looking whose it is */
	kfree_rcu(ext, rcu);
}

/**
 * ksteer_extension_give - give an extension to a flow that is not stored yet
 * @ext: the extension; the flow's once that is stored, until then the caller's
 * @flow: the flow
 */
void ksteer_extension_give(struct ksteer_extension *ext,
			   struct ksteer_flow *flow)
{
	/* Paired with READ_ONCE() of ksteer_extension_rcu() */
	WRITE_ONCE(ext->flow, flow);
	flow->ext = ext->number;
	flow->flags |= KSTEER_FLOW_EXTENDED;
}

/**
 * ksteer_extension_acquire - give an extension to a flow that is stored
 * @ext: the extension; the flow's, if that takes it
 * @flow: the flow, under its lock
 *
 * Return: false if the flow has been removed, or has one already.
 */
bool ksteer_extension_acquire(struct ksteer_extension *ext,
			      struct ksteer_flow *flow)
{
	if (!ksteer_flow_dest_locked(ext->kn, flow).vs ||
	    ksteer_flow_is(flow, KSTEER_FLOW_EXTENDED))
		return false;
	WRITE_ONCE(ext->flow, flow);
	WRITE_ONCE(flow->ext, ext->number);
	/*
	 * Last, so that who sees the bit sees the rest.  The other bits are as they
	 * were from the beginning: who reads the byte meanwhile misses nothing.
	 * Pairs with smp_load_acquire() of ksteer_extension_rcu().
	 */
	smp_store_release(&flow->flags, flow->flags | KSTEER_FLOW_EXTENDED);
	return true;
}

/**
 * ksteer_extension_rcu - what a flow has beyond its 128 bytes
 * @kn: ksteer of the namespace
 * @flow: the flow; a copy of it has nothing
 *
 * Context: RCU read side.
 * Return: its extension; NULL if it has none, or is being removed.
 */
struct ksteer_extension *ksteer_extension_rcu(const struct ksteer_net *kn,
					      const struct ksteer_flow *flow)
{
	struct ksteer_extension *ext;

	/* Pairs with smp_store_release() of ksteer_extension_acquire() */
	if (!(smp_load_acquire(&flow->flags) & KSTEER_FLOW_EXTENDED))
		return NULL;
	ext = xa_load((struct xarray *)&kn->store.extensions.at,
		      READ_ONCE(flow->ext));
	return ext && READ_ONCE(ext->flow) == flow ? ext : NULL;
}

/**
 * ksteer_extension_plan - say how long a flow is to live, before it is stored
 * @ext: extension of the flow
 * @lifetime: milliseconds from now; 0 for no bound
 *
 * Nothing ends it before ksteer_extension_start().
 */
void ksteer_extension_plan(struct ksteer_extension *ext, u32 lifetime)
{
	WRITE_ONCE(ext->ends, jiffies + msecs_to_jiffies(lifetime));
	WRITE_ONCE(ext->mortal, lifetime);
}

/* Ask the kernel's wheel */
static void ksteer_extension_arm(struct ksteer_extension *ext)
{
	long left = ext->ends - jiffies;

	lockdep_assert_held(&ext->kn->store.extensions.lock);
	if (ext->mortal && !ext->kn->store.extensions.closed)
		mod_timer(&ext->timer, ksteer_extension_step(max(left, 0L)));
	else
		del_timer(&ext->timer);
}

/**
 * ksteer_extension_start - the flow is stored: its time runs
 * @ext: extension of the flow, under the flow's lock
 */
void ksteer_extension_start(struct ksteer_extension *ext)
{
	struct ksteer_extensions *all = &ext->kn->store.extensions;

	lockdep_assert_held(ksteer_flow_spinlock(ext->kn, ext->flow));
	spin_lock_bh(&all->lock);
	ksteer_extension_arm(ext);
	spin_unlock_bh(&all->lock);
}

/**
 * ksteer_extension_bound - let a stored flow live for so long and no longer
 * @ext: extension of the flow, under the flow's lock
 * @lifetime: milliseconds from now; 0 takes the bound away
 */
void ksteer_extension_bound(struct ksteer_extension *ext, u32 lifetime)
{
	struct ksteer_extensions *all = &ext->kn->store.extensions;

	lockdep_assert_held(ksteer_flow_spinlock(ext->kn, ext->flow));
	spin_lock_bh(&all->lock);
	/* It may have been over, and not yet seen to */
	list_del_init(&ext->due);
	ksteer_extension_plan(ext, lifetime);
	ksteer_extension_arm(ext);
	spin_unlock_bh(&all->lock);
}

/**
 * ksteer_extension_own - say whose a flow is
 * @ext: extension of a flow, under the flow's lock or before that is stored
 * @owner: number of the owner, 0 for none
 */
void ksteer_extension_own(struct ksteer_extension *ext, u32 owner)
{
	WRITE_ONCE(ext->owner, owner);
}

/**
 * ksteer_extension_release - a flow goes, and its extension with it
 * @kn: ksteer of the namespace
 * @flow: the flow, under its lock; out of the store, not yet retired
 *
 * Context: RCU read side.
 */
void ksteer_extension_release(struct ksteer_net *kn, struct ksteer_flow *flow)
{
	struct ksteer_extension *ext = ksteer_extension_rcu(kn, flow);

	lockdep_assert_held(ksteer_flow_spinlock(kn, flow));
	if (!ext)
		return;
	spin_lock_bh(&kn->store.extensions.lock);
	/* Neither the timer nor the worker looks at the flow after this */
	WRITE_ONCE(ext->flow, NULL);
	list_del_init(&ext->due);
	del_timer(&ext->timer);
	spin_unlock_bh(&kn->store.extensions.lock);
	if (ext->waiting)
		ksteer_waiting_purge(kn, ext->waiting);
	ksteer_extension_discard(ext);
}

/**
 * ksteer_extensions_purge - let no packet wait any more
 * @kn: ksteer of a namespace that closes; no packet comes
 *
 * Context: process, may sleep.
 */
void ksteer_extensions_purge(struct ksteer_net *kn)
{
	struct ksteer_extension *ext;
	struct ksteer_flow *flow;
	unsigned long number;

	rcu_read_lock();
	xa_for_each(&kn->store.extensions.at, number, ext) {
		flow = READ_ONCE(ext->flow);
		if (!flow || !ext->waiting)
			continue;
		ksteer_flow_lock(kn, flow);
		if (ext->flow == flow)
			ksteer_waiting_purge(kn, ext->waiting);
		ksteer_flow_unlock(kn, flow);
	}
	rcu_read_unlock();
}

/**
 * ksteer_extension_tell_rcu - what is told of a flow's extension
 * @kn: ksteer of the namespace
 * @flow: the flow
 * @extra: filled, with zeros if it has none
 *
 * Context: RCU read side.
 */
void ksteer_extension_tell_rcu(const struct ksteer_net *kn,
			       const struct ksteer_flow *flow,
			       struct ksteer_extra *extra)
{
	const struct ksteer_extension *ext = ksteer_extension_rcu(kn, flow);
	long left;

	*extra = (struct ksteer_extra){};
	if (!ext)
		return;
	extra->owner = READ_ONCE(ext->owner);
	if (!READ_ONCE(ext->mortal))
		return;
	left = READ_ONCE(ext->ends) - jiffies;
	/* 0 would say that there is no bound */
	extra->lifetime = left > 0 ? jiffies_to_msecs(left) : 1;
}

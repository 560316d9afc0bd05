// SPDX-License-Identifier: GPL-2.0-only
/*
 * Half-open flows in order of arrival: who makes room first.
 *
 * Most flows leave soon, by being established, and leave a hole.  The head
 * skips holes; when the tail has come round to the head, the flow there has
 * outlived twice the budget of younger ones and is queued again behind them,
 * until there is a hole.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "flow.h"
#include "ring.h"

#define KSTEER_RING_SKIP 16
#define KSTEER_RING_TURN 64

/**
 * ksteer_ring_create - make an empty ring; it is small at first
 * @ring: to be filled
 * @budget: most flows
 *
 * Return: 0 or -ENOMEM.
 */
int ksteer_ring_create(struct ksteer_ring *ring, u32 budget)
{
	spin_lock_init(&ring->lock);
	ring->slot = kvcalloc(KSTEER_RING_SLOTS_MIN, sizeof(*ring->slot),
			      GFP_KERNEL_ACCOUNT);
	if (!ring->slot)
		return -ENOMEM;
	ring->mask = KSTEER_RING_SLOTS_MIN - 1;
	ring->budget = budget;
	return 0;
}

/**
 * ksteer_ring_destroy - free a ring; the flows are someone else's
 * @ring: the ring
 */
void ksteer_ring_destroy(struct ksteer_ring *ring)
{
	kvfree(ring->slot);
	ring->slot = NULL;
}

static struct ksteer_flow **ksteer_ring_at(struct ksteer_ring *ring, u32 i)
{
	return &ring->slot[i & ring->mask];
}

static void ksteer_ring_put(struct ksteer_ring *ring, struct ksteer_flow *flow)
{
	lockdep_assert_held(&ring->lock);
	flow->open_slot = ring->tail & ring->mask;
	*ksteer_ring_at(ring, ring->tail++) = flow;
}

/*
 * Move the head toward a flow, or to the tail, by @most holes.  Each hole is
 * passed once; whoever comes or goes passes a few, so that no one has to pass
 * a hundred thousand at once.
 */
static void ksteer_ring_skip_holes(struct ksteer_ring *ring, u32 most)
{
	lockdep_assert_held(&ring->lock);
	while (most-- && ring->head != ring->tail &&
	       !*ksteer_ring_at(ring, ring->head))
		ring->head++;
}

/*
 * Make sure of a free slot at the tail.  If it has come round, the head's flow
 * goes behind, and so on to the next hole; if that is far, the next newcomer
 * goes on.  Return: whether there is one.
 */
static bool ksteer_ring_turn(struct ksteer_ring *ring)
{
	struct ksteer_flow *flow;
	int most = KSTEER_RING_TURN;

	lockdep_assert_held(&ring->lock);
	ksteer_ring_skip_holes(ring, KSTEER_RING_SKIP);
	while (unlikely(ring->tail - ring->head > ring->mask)) {
		if (!most--)
			return false;
		flow = *ksteer_ring_at(ring, ring->head++);
		if (flow)
			ksteer_ring_put(ring, flow);
	}
	return true;
}

/**
 * ksteer_ring_enter - a flow that is half open takes its place
 * @ring: the ring
 * @flow: a flow that has just been stored
 *
 * A ring that could not grow in time takes no more than three quarters of its
 * slots; flows beyond, and those that find no hole near, go without a place,
 * and only time ends them.
 *
 * Context: softirq or BH off, RCU read side.
 * Return: false if the budget is used up.
 */
bool ksteer_ring_enter(struct ksteer_ring *ring, struct ksteer_flow *flow)
{
	bool room;

	/* A packet that comes back from a queue comes with BH on */
	spin_lock_bh(&ring->lock);
	room = ring->live < ring->budget;
	/* Removed or opened already?  Then nobody would take it out again. */
	if (room && ring->live < ring->mask / 4 * 3 &&
	    rcu_access_pointer(flow->dest) &&
	    ksteer_flow_state(flow) == KSTEER_FLOW_STATE_OPEN &&
	    ksteer_ring_turn(ring)) {
		ksteer_ring_put(ring, flow);
		ring->live++;
	}
	spin_unlock_bh(&ring->lock);
	return room;
}

static void ksteer_ring_vacate(struct ksteer_ring *ring,
			       struct ksteer_flow *flow)
{
	lockdep_assert_held(&ring->lock);
	if (flow->open_slot == KSTEER_SLOT_NONE)
		return;
	ring->slot[flow->open_slot] = NULL;
	flow->open_slot = KSTEER_SLOT_NONE;
	ring->live--;
	ksteer_ring_skip_holes(ring, KSTEER_RING_SKIP);
}

/**
 * ksteer_ring_leave - a flow is half open no longer
 * @ring: the ring
 * @flow: a flow that may be in it, and may be being removed
 *
 * Context: softirq or BH off, RCU read side.
 */
void ksteer_ring_leave(struct ksteer_ring *ring, struct ksteer_flow *flow)
{
	spin_lock_bh(&ring->lock);
	/* Once it is out of the store, open_slot may hold something else */
	if (rcu_access_pointer(flow->dest))
		ksteer_ring_vacate(ring, flow);
	spin_unlock_bh(&ring->lock);
}

/**
 * ksteer_ring_remove - a flow is being removed
 * @ring: the ring
 * @flow: a flow that may be in it; its destination is NULL already, and the
 *	  caller alone may free it
 *
 * Context: any.
 */
void ksteer_ring_remove(struct ksteer_ring *ring, struct ksteer_flow *flow)
{
	spin_lock_bh(&ring->lock);
	ksteer_ring_vacate(ring, flow);
	spin_unlock_bh(&ring->lock);
}

/**
 * ksteer_ring_oldest - the flow that has been half open for longest
 * @ring: the ring
 *
 * Context: RCU read side; the flow stays readable until its end.
 * Return: the flow, still in the ring, or NULL.
 */
struct ksteer_flow *ksteer_ring_oldest(struct ksteer_ring *ring)
{
	struct ksteer_flow *flow = NULL;

	spin_lock_bh(&ring->lock);
	ksteer_ring_skip_holes(ring, U32_MAX);
	if (ring->head != ring->tail)
		flow = *ksteer_ring_at(ring, ring->head);
	spin_unlock_bh(&ring->lock);
	return flow;
}

/**
 * ksteer_ring_limit - change the budget
 * @ring: the ring
 * @budget: most flows; if more are in it now, newcomers push them out
 */
void ksteer_ring_limit(struct ksteer_ring *ring, u32 budget)
{
	WRITE_ONCE(ring->budget, budget);
}

/* The flows in their order, into slots that are as many or more */
static void ksteer_ring_refill(struct ksteer_ring *ring,
			       const struct ksteer_ring *old)
{
	struct ksteer_flow *flow;
	u32 i;

	lockdep_assert_held(&ring->lock);
	for (i = old->head; i != old->tail; i++) {
		flow = old->slot[i & old->mask];
		if (flow)
			ksteer_ring_put(ring, flow);
	}
}

/**
 * ksteer_ring_grow - double the slots
 * @ring: the ring
 *
 * Context: process; one caller at a time.
 * Return: 0 or -ENOMEM.
 */
int ksteer_ring_grow(struct ksteer_ring *ring)
{
	u32 slots = 2 * (ring->mask + 1);
	struct ksteer_ring old;
	struct ksteer_flow **slot;

	if (slots > ksteer_ring_slots_max(ring))
		return 0;
	slot = kvcalloc(slots, sizeof(*slot), GFP_KERNEL_ACCOUNT);
	if (!slot)
		return -ENOMEM;
	spin_lock_bh(&ring->lock);
	old = (struct ksteer_ring){
		.slot = ring->slot,
		.mask = ring->mask,
		.head = ring->head,
		.tail = ring->tail,
	};
	ring->slot = slot;
	WRITE_ONCE(ring->mask, slots - 1);
	ring->head = 0;
	ring->tail = 0;
	ksteer_ring_refill(ring, &old);
	spin_unlock_bh(&ring->lock);
	kvfree(old.slot);
	return 0;
}

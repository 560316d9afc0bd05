// SPDX-License-Identifier: GPL-2.0-only
/*
 * Half-open flows in order of arrival: who makes room first.
 *
 * Most flows leave soon, by being established, and leave a hole.  The head
 * skips holes; when the tail has come round to the head, the flow there has
 * outlived twice the budget of younger ones and is queued again behind them.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "flow.h"
#include "ring.h"

static u32 ksteer_ring_slots(u32 budget)
{
	return roundup_pow_of_two(2 * (u64)max(budget, 16u));
}

/**
 * ksteer_ring_create - make an empty ring
 * @ring: to be filled
 * @budget: most flows
 *
 * Return: 0 or -ENOMEM.
 */
int ksteer_ring_create(struct ksteer_ring *ring, u32 budget)
{
	u32 slots = ksteer_ring_slots(budget);

	spin_lock_init(&ring->lock);
	ring->slot = kvcalloc(slots, sizeof(*ring->slot), GFP_KERNEL_ACCOUNT);
	if (!ring->slot)
		return -ENOMEM;
	ring->mask = slots - 1;
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

/* Move the head to a flow, or to the tail */
static void ksteer_ring_skip_holes(struct ksteer_ring *ring)
{
	lockdep_assert_held(&ring->lock);
	while (ring->head != ring->tail && !*ksteer_ring_at(ring, ring->head))
		ring->head++;
}

/* The tail has come round: the head's flow, if one is there, goes behind */
static void ksteer_ring_turn(struct ksteer_ring *ring)
{
	struct ksteer_flow **slot;

	lockdep_assert_held(&ring->lock);
	ksteer_ring_skip_holes(ring);
	while (ring->tail - ring->head > ring->mask) {
		slot = ksteer_ring_at(ring, ring->head++);
		if (*slot)
			ksteer_ring_put(ring, *slot);
		ksteer_ring_skip_holes(ring);
	}
}

/**
 * ksteer_ring_enter - a flow that is half open takes its place
 * @ring: the ring
 * @flow: a flow that has just been stored; the caller is on the RCU read side
 *
 * Return: false if the budget is used up.
 */
bool ksteer_ring_enter(struct ksteer_ring *ring, struct ksteer_flow *flow)
{
	bool room;

	spin_lock_bh(&ring->lock);
	room = ring->live < ring->budget;
	/* Removed already?  Then nobody would take it out again. */
	if (room && rcu_access_pointer(flow->dest)) {
		ksteer_ring_turn(ring);
		ksteer_ring_put(ring, flow);
		ksteer_track_set(flow, KSTEER_TRACK_RING);
		ring->live++;
	}
	spin_unlock_bh(&ring->lock);
	return room;
}

/**
 * ksteer_ring_leave - a flow is half open no longer, or is being removed
 * @ring: the ring
 * @flow: a flow that may be in it
 */
void ksteer_ring_leave(struct ksteer_ring *ring, struct ksteer_flow *flow)
{
	spin_lock_bh(&ring->lock);
	if (READ_ONCE(flow->track) & KSTEER_TRACK_RING) {
		ring->slot[flow->open_slot] = NULL;
		ksteer_track_clear(flow, KSTEER_TRACK_RING);
		ring->live--;
	}
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
	ksteer_ring_skip_holes(ring);
	if (ring->head != ring->tail)
		flow = *ksteer_ring_at(ring, ring->head);
	spin_unlock_bh(&ring->lock);
	return flow;
}

/**
 * ksteer_ring_resize - change the budget
 * @ring: the ring
 * @budget: most flows; if more are in it now, newcomers push them out
 *
 * Context: process.
 * Return: 0 or -ENOMEM; then nothing has changed.
 */
int ksteer_ring_resize(struct ksteer_ring *ring, u32 budget)
{
	struct ksteer_ring next = { .head = 0 };
	struct ksteer_flow **old;
	u32 i, room;
	int err;

	/* Those that are in it now must find a place, budget or not */
	spin_lock_bh(&ring->lock);
	room = max(budget, ring->budget);
	spin_unlock_bh(&ring->lock);
	err = ksteer_ring_create(&next, room);
	if (err)
		return err;

	spin_lock_bh(&ring->lock);
	swap(ring->slot, next.slot);
	swap(ring->mask, next.mask);
	swap(ring->head, next.head);
	swap(ring->tail, next.tail);
	ring->budget = budget;
	for (i = next.head; i != next.tail; i++) {
		old = &next.slot[i & next.mask];
		if (*old)
			ksteer_ring_put(ring, *old);
	}
	spin_unlock_bh(&ring->lock);
	ksteer_ring_destroy(&next);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Half-open flows in order of arrival. */
#ifndef _KSTEER_RING_H
#define _KSTEER_RING_H

#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>

struct ksteer_flow;

/* What open_slot of a flow holds that is in no slot */
#define KSTEER_SLOT_NONE U32_MAX

/**
 * struct ksteer_ring - half-open flows in order of arrival
 * @lock: covers all of this, and open_slot of every flow that is stored;
 *	  BH-safe, innermost
 * @slot: flows; NULL where one has left
 * @mask: number of slots, a power of two, less one
 * @budget: most flows
 * @head: oldest slot that may be in use, counted up for ever
 * @tail: slot that the next flow gets, counted up for ever
 * @live: flows in it
 */
struct ksteer_ring {
	spinlock_t lock; /* see above */
	struct ksteer_flow **slot;
	u32 mask;
	u32 budget;
	u32 head;
	u32 tail;
	u32 live;
};

#define KSTEER_RING_SLOTS_MIN 1024

/* Twice the budget leaves room for as many holes as flows */
static inline u32 ksteer_ring_slots_max(const struct ksteer_ring *ring)
{
	u64 slots = 2 * (u64)READ_ONCE(ring->budget);

	return roundup_pow_of_two(max_t(u64, slots, KSTEER_RING_SLOTS_MIN));
}

/**
 * ksteer_ring_is_narrow - ought the ring to grow?
 * @ring: the ring
 *
 * Context: any.
 * Return: whether more than half of its slots are used and it may have more.
 */
static inline bool ksteer_ring_is_narrow(const struct ksteer_ring *ring)
{
	u32 mask = READ_ONCE(ring->mask);

	return unlikely(READ_ONCE(ring->live) > mask / 2) &&
	       mask + 1 < ksteer_ring_slots_max(ring);
}

int ksteer_ring_create(struct ksteer_ring *ring, u32 budget);
void ksteer_ring_destroy(struct ksteer_ring *ring);
void ksteer_ring_limit(struct ksteer_ring *ring, u32 budget);
int ksteer_ring_grow(struct ksteer_ring *ring);
bool ksteer_ring_enter(struct ksteer_ring *ring, struct ksteer_flow *flow);
void ksteer_ring_leave(struct ksteer_ring *ring, struct ksteer_flow *flow);
void ksteer_ring_remove(struct ksteer_ring *ring, struct ksteer_flow *flow);
struct ksteer_flow *ksteer_ring_oldest(struct ksteer_ring *ring);

#endif /* _KSTEER_RING_H */

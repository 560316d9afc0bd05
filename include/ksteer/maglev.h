/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Lookup tables after Maglev (Eisenbud and others, NSDI 2016), with weights.
 *
 * Each node goes through the slots in an order of its own and takes the first
 * that is free, whenever its turn comes.  Turns are dealt by Webster's rule:
 * turn k of a node is due at (k + 1/2) / weight.  So shares are as near to the
 * weights as whole slots allow, and a node that comes or goes leaves the turns of
 * the others where they were.
 *
 * Nodes of one weight have their turns at the same time, in the order of their
 * identities.  So they are a class that has its turn as a whole, one node after the
 * other, and only classes are compared: there is nothing to compare where all have
 * the same weight, and no more than the nodes where all have others.
 *
 * Pure C, shared by the kernel module and by userspace.
 */
#ifndef _KSTEER_MAGLEV_H
#define _KSTEER_MAGLEV_H

#include <linux/types.h>
#include <linux/errno.h>
#include <ksteer/hash.h>
#include <ksteer/maglev_order.h>
#include <ksteer/prime.h>

#ifndef __KERNEL__
#include <stdbool.h>
#endif

#define KSTEER_MAGLEV_SLOTS 65537 /* unless told otherwise; a prime */
#define KSTEER_MAGLEV_WEIGHT_MAX 65535
#define KSTEER_MAGLEV_FREE 0xffff /* a slot that nobody has taken yet */

/* Words of scratch memory that a fill with so many nodes needs */
#define KSTEER_MAGLEV_SCRATCH(nodes) (7 * (nodes) + 1)

/* Is the next turn of class a due before that of b? */
static inline bool ksteer_maglev_before(const struct ksteer_maglev *m, __u32 a,
					__u32 b)
{
	const struct ksteer_maglev_node *na = &m->node[m->order[m->at[a]]];
	const struct ksteer_maglev_node *nb = &m->node[m->order[m->at[b]]];
	__u64 due_a = (2 * (__u64)m->turns[a] + 1) * nb->weight;
	__u64 due_b = (2 * (__u64)m->turns[b] + 1) * na->weight;

	if (due_a != due_b)
		return due_a < due_b;
	return na->id_hash < nb->id_hash;
}

static inline void ksteer_maglev_sift(struct ksteer_maglev *m, __u32 at)
{
	__u32 class = m->heap[at];
	__u32 child;

	while ((child = 2 * at + 1) < m->classes) {
		if (child + 1 < m->classes &&
		    ksteer_maglev_before(m, m->heap[child + 1], m->heap[child]))
			child++;
		if (ksteer_maglev_before(m, class, m->heap[child]))
			break;
		m->heap[at] = m->heap[child];
		at = child;
	}
	m->heap[at] = class;
}

static inline __u32 ksteer_maglev_next(const struct ksteer_maglev *m,
				       __u32 node)
{
	__u32 place = m->place[node] + m->skip[node];

	return place < m->slots ? place : place - m->slots;
}

/**
 * ksteer_maglev_begin - start to fill a table
 * @m: state; what it is given below stays the caller's
 * @slot: the table
 * @slots: its size, a prime
 * @node: nodes in any order: the outcome does not depend on it
 * @nodes: how many, less than KSTEER_MAGLEV_FREE
 * @scratch: KSTEER_MAGLEV_SCRATCH(@nodes) words
 *
 * Return: 0, or -EINVAL for no node, a weight out of bounds, or a size that
 * is no prime or too great.
 */
static inline int ksteer_maglev_begin(struct ksteer_maglev *m, __u16 *slot,
				      __u32 slots,
				      const struct ksteer_maglev_node *node,
				      __u32 nodes, __u32 *scratch)
{
	struct ksteer_maglev all = {
		.slot = slot,
		.slots = slots,
		.left = slots,
		.node = node,
		.nodes = nodes,
		.order = scratch,
		.heap = scratch + nodes,
		.at = scratch + 2 * nodes,
		.turns = scratch + 3 * nodes,
		.place = scratch + 4 * nodes,
		.skip = scratch + 5 * nodes,
		.first = scratch + 6 * nodes,
	};
	__u32 i;

	if (!nodes || nodes >= KSTEER_MAGLEV_FREE || slots > KSTEER_PRIME_MAX ||
	    !ksteer_is_prime(slots))
		return -EINVAL;
	for (i = 0; i < nodes; i++) {
		if (!node[i].weight ||
		    node[i].weight > KSTEER_MAGLEV_WEIGHT_MAX)
			return -EINVAL;
		all.place[i] = ksteer_hash_reduce(node[i].id_hash, slots);
		all.skip[i] = 1 + ksteer_hash_reduce(node[i].id_hash << 32,
						     slots - 1);
	}
	for (i = 0; i < slots; i++)
		slot[i] = KSTEER_MAGLEV_FREE;
	*m = all;
	ksteer_maglev_sort(m);
	ksteer_maglev_part(m);
	for (i = m->classes / 2; i--;)
		ksteer_maglev_sift(m, i);
	return 0;
}

/**
 * ksteer_maglev_step - deal some turns
 * @m: state
 * @turns: most turns to deal, so that a caller may pause in between
 *
 * Return: slots still free; 0 when the table is complete.
 */
static inline __u32 ksteer_maglev_step(struct ksteer_maglev *m, __u32 turns)
{
	for (; m->left && turns; m->left--, turns--) {
		__u32 class = m->heap[0];
		__u32 node = m->order[m->at[class]];

		while (m->slot[m->place[node]] != KSTEER_MAGLEV_FREE)
			m->place[node] = ksteer_maglev_next(m, node);
		m->slot[m->place[node]] = node;
		if (++m->at[class] == m->first[class + 1]) {
			m->at[class] = m->first[class];
			m->turns[class]++;
		}
		ksteer_maglev_sift(m, 0);
	}
	return m->left;
}

/**
 * ksteer_maglev_fill - fill a table at one go
 * @slot: the table: gets indices of @node
 * @slots: its size, a prime
 * @node: nodes in any order: the outcome does not depend on it
 * @nodes: how many, less than KSTEER_MAGLEV_FREE
 * @scratch: KSTEER_MAGLEV_SCRATCH(@nodes) words
 *
 * Return: 0, or -EINVAL as ksteer_maglev_begin().
 */
static inline int ksteer_maglev_fill(__u16 *slot, __u32 slots,
				     const struct ksteer_maglev_node *node,
				     __u32 nodes, __u32 *scratch)
{
	struct ksteer_maglev m;
	int err = ksteer_maglev_begin(&m, slot, slots, node, nodes, scratch);

	if (err)
		return err;
	ksteer_maglev_step(&m, slots);
	return 0;
}

#endif /* _KSTEER_MAGLEV_H */

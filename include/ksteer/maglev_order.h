/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The nodes of a lookup table (maglev.h), in classes of one weight.
 *
 * Pure C, shared by the kernel module and by userspace.
 */
#ifndef _KSTEER_MAGLEV_ORDER_H
#define _KSTEER_MAGLEV_ORDER_H

#include <linux/types.h>

#ifndef __KERNEL__
#include <stdbool.h>
#endif

/**
 * struct ksteer_maglev_node - one that gets a share of the table
 * @id_hash: its identity, ksteer_name_hash(); decides its order of slots
 * @weight: its share in relation to the others', 1 to KSTEER_MAGLEV_WEIGHT_MAX
 */
struct ksteer_maglev_node {
	__u64 id_hash;
	__u32 weight;
};

/**
 * struct ksteer_maglev - a table while it is being filled
 * @slot: the table
 * @slots: its size
 * @left: slots still free
 * @node: nodes
 * @nodes: how many
 * @order: nodes by weight, those of one weight by identity
 * @classes: how many weights there are
 * @heap: classes, the one whose turn is due first on top
 * @first: where in @order a class begins; behind the last one, @nodes
 * @at: where in @order the node of a class is that is next
 * @turns: turns that all nodes of a class have had
 * @place: slot that a node looks at next
 * @skip: distance of the slots that a node looks at
 */
struct ksteer_maglev {
	__u16 *slot;
	__u32 slots;
	__u32 left;
	const struct ksteer_maglev_node *node;
	__u32 nodes;
	__u32 *order;
	__u32 classes;
	__u32 *heap;
	__u32 *first;
	__u32 *at;
	__u32 *turns;
	__u32 *place;
	__u32 *skip;
};

/* Does a stand before b in the order of the nodes? */
static inline bool ksteer_maglev_lesser(const struct ksteer_maglev *m, __u32 a,
					__u32 b)
{
	const struct ksteer_maglev_node *na = &m->node[a];
	const struct ksteer_maglev_node *nb = &m->node[b];

	if (na->weight != nb->weight)
		return na->weight < nb->weight;
	return na->id_hash < nb->id_hash;
}

/* Let the greatest of a part of the order rise to its top */
static inline void ksteer_maglev_rise(struct ksteer_maglev *m, __u32 at,
				      __u32 end)
{
	__u32 node = m->order[at];
	__u32 child;

	while ((child = 2 * at + 1) < end) {
		if (child + 1 < end &&
		    ksteer_maglev_lesser(m, m->order[child],
					 m->order[child + 1]))
			child++;
		if (!ksteer_maglev_lesser(m, node, m->order[child]))
			break;
		m->order[at] = m->order[child];
		at = child;
	}
	m->order[at] = node;
}

/* Heapsort */
static inline void ksteer_maglev_sort(struct ksteer_maglev *m)
{
	__u32 i, node;

	for (i = 0; i < m->nodes; i++)
		m->order[i] = i;
	for (i = m->nodes / 2; i--;)
		ksteer_maglev_rise(m, i, m->nodes);
	for (i = m->nodes; i-- > 1;) {
		node = m->order[0];
		m->order[0] = m->order[i];
		m->order[i] = node;
		ksteer_maglev_rise(m, 0, i);
	}
}

/* Part the order into classes, none of which has had a turn */
static inline void ksteer_maglev_part(struct ksteer_maglev *m)
{
	__u32 i, c = 0;

	for (i = 0; i < m->nodes; i++) {
		if (i && m->node[m->order[i]].weight ==
				 m->node[m->order[i - 1]].weight)
			continue;
		m->heap[c] = c;
		m->first[c] = i;
		m->at[c] = i;
		m->turns[c++] = 0;
	}
	m->first[c] = m->nodes;
	m->classes = c;
}

#endif /* _KSTEER_MAGLEV_ORDER_H */

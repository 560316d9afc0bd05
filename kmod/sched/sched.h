/* SPDX-License-Identifier: GPL-2.0-only */
/* The contract of a selection mechanism. */
#ifndef _KSTEER_SCHED_H
#define _KSTEER_SCHED_H

#include "key/packet.h"
#include "sched/candidate.h"
#include "sched/open.h"
#include "sched/turns.h"

struct ksteer_span;

/* How ksteer_sched_ops.select() is to choose */
#define KSTEER_SELECT_PEEK 0x1 /* say who would be next, change nothing */
#define KSTEER_SELECT_HASH 0x2 /* by the key alone, whatever the mechanism */

/* What ksteer_sched_ops.select() may say instead of an index */
#define KSTEER_SELECT_NONE (-1) /* no member accepts */
#define KSTEER_SELECT_AGAIN (-2) /* another set has taken the place of this */

/* The golden section of a whole of 2^32 parts */
#define KSTEER_WRR_GOLDEN 0x9e3779b9U

/* Factors of the hash, one for each word of 32 bits that may be hashed */
enum ksteer_factor {
	KSTEER_FACTOR_BASE,
	KSTEER_FACTOR_SRC,
	KSTEER_FACTOR_DST = KSTEER_FACTOR_SRC + 4,
	KSTEER_FACTOR_PORTS = KSTEER_FACTOR_DST + 4,
	KSTEER_FACTOR_VLAN,
	KSTEER_FACTOR_PROTO,
	KSTEER_FACTORS,
};

/**
 * struct ksteer_prefix - an address prefix
 * @addr: network, bits beyond @len zero
 * @len: leading bits that count
 * @family: KSTEER_V4 or KSTEER_V6
 */
struct ksteer_prefix {
	union ksteer_addr addr;
	u8 len;
	u8 family;
};

/**
 * struct ksteer_member - a traffic manager that a set offers
 * @candidate: the traffic manager; the set's owner keeps it alive
 * @weight: its weight, never 0
 * @sum: sum of the weights up to here, this one included
 * @share: slots of the lookup table that name it
 * @place: its place among all members of the pool
 */
struct ksteer_member {
	struct ksteer_candidate *candidate;
	u32 weight;
	u32 sum;
	u32 share;
	u32 place;
};

/**
 * struct ksteer_set - the members of a pool that may be selected, frozen
 * @ops: selection mechanism
 * @seed: key of its hashes
 * @factor: what the hash of a packet's fields is made with, from @seed; of sets
 *	    with a table
 * @hash_fields: fields to hash, enum ksteer_field
 * @family: KSTEER_V4 or KSTEER_V6
 * @prefix: address set; owned by the set
 * @prefixes: how many
 * @span: hash-set: the addresses in a line, those of the prefixes owned by 1;
 *	  owned by the set
 * @spans: how many
 * @total_weight: sum of the weights
 * @slot: lookup table: indices of members; owned by the set, NULL for
 *	  mechanisms without
 * @slots: size of the table
 * @turns: what the mechanism remembers between packets; belongs to the pool
 * @base: value of @turns->next at which the first member has its turn
 * @standing: wrr of few members: standing of each; covered by @turns->lock
 * @step: wrr of many members: from the point of a turn to that of the next
 * @unstep: its inverse, modulo @total_weight
 * @offset: wrr of many members: where in a point its turns are, in parts of 2^32
 * @guide: where parts of the sum of the weights begin; owned by the set, NULL if
 *	   members are few
 * @guide_shift: size of a part, as a power of two
 * @open: who accepts, as far as was seen; owned by the set, NULL if members are few
 * @replaced: wrr: another set has taken its place; covered by @turns->lock
 * @has: bits by ksteer_tm.index: who is a member; owned by the set
 * @indices: bits of @has
 * @rcu: for freeing
 * @members: how many
 * @member: traffic managers in the order of the pool
 *
 * Immutable once published but for @standing, @replaced and what @open holds.
 */
struct ksteer_set {
	const struct ksteer_sched_ops *ops;
	u64 seed;
	u64 factor[KSTEER_FACTORS];
	u32 hash_fields;
	u8 family;
	struct ksteer_prefix *prefix;
	u32 prefixes;
	struct ksteer_span *span;
	u32 spans;
	u32 total_weight;
	u16 *slot;
	u32 slots;
	struct ksteer_turns *turns;
	u32 base;
	s64 *standing;
	u32 step;
	u32 unstep;
	u32 offset;
	u16 *guide;
	u8 guide_shift;
	struct ksteer_open *open;
	bool replaced;
	unsigned long *has;
	u32 indices;
	struct rcu_head rcu;
	u32 members;
	struct ksteer_member member[] __counted_by(members);
};

/**
 * struct ksteer_sched_ops - a selection mechanism
 * @name: as users write it
 * @table: it selects by the lookup table ksteer_set.slot
 * @build: prepare a set before it is published; may be NULL.
 *	   Context: process. Return: 0 or -ENOMEM.
 * @select: choose a member for a flow with these endpoints (opening
 *	    direction). Context: softirq or BH off, RCU read side.
 *	    Return: its index, KSTEER_SELECT_NONE if none accepts
 *	    (ksteer_candidate_accepts()), or KSTEER_SELECT_AGAIN.
 *	    A set that is published has at least one member.
 */
struct ksteer_sched_ops {
	const char *name;
	bool table;
	int (*build)(struct ksteer_set *set);
	int (*select)(struct ksteer_set *set, const struct ksteer_tuple *tuple,
		      unsigned int how);
};

extern const struct ksteer_sched_ops ksteer_sched_rr;
extern const struct ksteer_sched_ops ksteer_sched_wrr;
extern const struct ksteer_sched_ops ksteer_sched_lc;
extern const struct ksteer_sched_ops ksteer_sched_hash_src;
extern const struct ksteer_sched_ops ksteer_sched_hash_dst;
extern const struct ksteer_sched_ops ksteer_sched_hash_set;
extern const struct ksteer_sched_ops ksteer_sched_maglev;
extern const struct ksteer_sched_ops ksteer_sched_ordered;
extern const struct ksteer_sched_ops ksteer_sched_gport;

/* sched/sched.c */
const struct ksteer_sched_ops *ksteer_sched_ops(enum ksteer_sched sched);

/* sched/table.c: what the mechanisms share */
int ksteer_sched_table_build(struct ksteer_set *set, u32 slots);
int ksteer_sched_table_pick(const struct ksteer_set *set, u64 hash,
			    unsigned int how);
int ksteer_sched_hash_pick(const struct ksteer_set *set,
			   const struct ksteer_tuple *tuple, unsigned int how);
u64 ksteer_sched_hash_addr(const struct ksteer_set *set,
			   const union ksteer_addr *addr, u8 family);
u64 ksteer_sched_hash_fields(const struct ksteer_set *set,
			     const struct ksteer_tuple *tuple, u32 fields);
u64 ksteer_sched_hash_gport(const struct ksteer_set *set,
			    const struct ksteer_tuple *tuple);

/* sched/point.c: shares by weight */
int ksteer_point_build(struct ksteer_set *set);
u32 ksteer_point_at(const struct ksteer_set *set, u32 point);

/* sched/wrr.c: what its turns say to turns.c */
u32 ksteer_wrr_point(const struct ksteer_set *set, u32 turn);
u32 ksteer_wrr_turn(const struct ksteer_set *set, u32 point);

#endif /* _KSTEER_SCHED_H */

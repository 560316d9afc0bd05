// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who accepts new flows, at a cost that does not grow with the pool.
 *
 * Whether a member accepts is asked of itself, when it is about to be chosen.
 * Only where that fails somebody else has to be found, and few may be left: a
 * record of those that were not found full leads there.  One that is found full
 * is taken out of it, at a cost that is paid once for each that fills.  Nobody
 * says when a member has room again: each search looks at some of those that are
 * out, one after the other, so all have been looked at after as many searches as
 * a quarter of them.  When none is left all are looked at, once a jiffy: for as
 * long as that a pool may seem full in which one member has just got room.
 *
 * Sets of few members have no record and are gone through.
 */

#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <ksteer/hash.h>

#include "sched/sched.h"

/* How many that were full a search looks at */
#define KSTEER_OPEN_LOOKS 4

/* Lots that one search draws before it goes through the record in order */
#define KSTEER_OPEN_LOTS 4

/* All accept; to nodes behind the last member no point leads */
static void ksteer_open_plant(struct ksteer_open *open,
			      const struct ksteer_set *set)
{
	const struct ksteer_member *member = set->member;
	u32 i, sum, below;

	for (i = 1; i < 2 * open->top; i++) {
		below = i & (i - 1);
		sum = S32_MAX;
		if (i <= set->members)
			sum = member[i - 1].sum -
			      (below ? member[below - 1].sum : 0);
		atomic_set(&open->sum[i], sum);
	}
}

/**
 * ksteer_open_create - begin the record of a set
 * @set: set, not yet published, with its members; gets @open and @guide if they are
 *	 many, and owns what it has got whatever comes of it
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int ksteer_open_create(struct ksteer_set *set)
{
	u32 top = rounddown_pow_of_two(set->members);
	struct ksteer_open *open;

	if (set->members <= KSTEER_OPEN_FEW)
		return 0;
	open = kvzalloc(struct_size(open, sum, 2 * top), GFP_KERNEL_ACCOUNT);
	if (!open)
		return -ENOMEM;
	open->bit = bitmap_alloc(set->members, GFP_KERNEL_ACCOUNT);
	if (!open->bit) {
		kvfree(open);
		return -ENOMEM;
	}
	bitmap_fill(open->bit, set->members);
	open->top = top;
	open->swept = jiffies - 1;
	atomic_set(&open->weight, set->total_weight);
	ksteer_open_plant(open, set);
	set->open = open;
	return ksteer_point_build(set);
}

/**
 * ksteer_open_free - free what ksteer_open_create() has made
 * @set: the set
 */
void ksteer_open_free(struct ksteer_set *set)
{
	if (set->open)
		bitmap_free(set->open->bit);
	kvfree(set->open);
	kvfree(set->guide);
}

static void ksteer_open_add(const struct ksteer_set *set, u32 at, int weight)
{
	struct ksteer_open *open = set->open;
	u32 i;

	for (i = at + 1; i <= set->members; i += i & -i)
		atomic_add(weight, &open->sum[i]);
	atomic_add(weight, &open->weight);
}

/* One does not accept; if that has changed meanwhile, it will be looked at */
static void ksteer_open_shut(const struct ksteer_set *set, u32 at,
			     unsigned int how)
{
	if (!(how & KSTEER_SELECT_PEEK) &&
	    test_and_clear_bit(at, set->open->bit))
		ksteer_open_add(set, at, -(int)set->member[at].weight);
}

/*
 * Look at so many of those that were full, from one to the last member.  Return: where
 * the next look begins.
 */
static u32 ksteer_open_look_at(const struct ksteer_set *set, u32 at, u32 most)
{
	struct ksteer_open *open = set->open;

	while (most--) {
		at = find_next_zero_bit(open->bit, set->members, at);
		if (at >= set->members)
			return 0;
		if (ksteer_candidate_accepts(set->member[at].candidate) &&
		    !test_and_set_bit(at, open->bit))
			ksteer_open_add(set, at, set->member[at].weight);
		at++;
	}
	return at;
}

/**
 * ksteer_open_look - look at some of those that were full
 * @set: set with a record
 *
 * Context: softirq or BH off, RCU read side.
 */
void ksteer_open_look(const struct ksteer_set *set)
{
	struct ksteer_open *open = set->open;
	u32 at;

	if (likely(atomic_read(&open->weight) == set->total_weight))
		return;
	at = ksteer_open_look_at(set, READ_ONCE(open->cursor),
				 KSTEER_OPEN_LOOKS);
	/* CPUs that overwrite each other here only look at some twice */
	WRITE_ONCE(open->cursor, at);
}

/* The member to whose part of the sum of the open ones' weights this points */
static u32 ksteer_open_find(const struct ksteer_set *set, u32 point)
{
	const struct ksteer_open *open = set->open;
	u32 at = 0, step, sum;

	for (step = open->top; step; step >>= 1) {
		sum = atomic_read(&open->sum[at + step]);
		if (sum <= point) {
			at += step;
			point -= sum;
		}
	}
	return at;
}

/**
 * ksteer_open_draw - draw one of those that accept, by weight
 * @set: set with a record
 * @lot: the lot; its upper half decides
 * @how: KSTEER_SELECT_*
 *
 * Context: softirq or BH off, RCU read side.
 * Return: its index, or -1 if the one that was drawn does not accept.
 */
int ksteer_open_draw(const struct ksteer_set *set, u64 lot, unsigned int how)
{
	int weight = atomic_read(&set->open->weight);
	u32 at;

	if (unlikely(weight <= 0))
		return -1;
	lot = ksteer_hash_reduce(lot, weight);
	at = likely(weight == set->total_weight) ? ksteer_point_at(set, lot) :
						   ksteer_open_find(set, lot);
	if (unlikely(at >= set->members))
		return -1;
	if (likely(ksteer_candidate_accepts(set->member[at].candidate)))
		return at;
	ksteer_open_shut(set, at, how);
	return -1;
}

static int ksteer_open_go(const struct ksteer_set *set, u32 from, u32 end,
			  unsigned int how)
{
	u32 at = from;

	for (;;) {
		at = find_next_bit(set->open->bit, end, at);
		if (at >= end)
			return -1;
		if (likely(ksteer_candidate_accepts(set->member[at].candidate)))
			return at;
		ksteer_open_shut(set, at++, how);
	}
}

/* In the record, from there on and round */
static int ksteer_open_round(const struct ksteer_set *set, u32 from,
			     unsigned int how)
{
	int at = ksteer_open_go(set, from, set->members, how);

	return at < 0 && from ? ksteer_open_go(set, 0, from, how) : at;
}

static int ksteer_open_each(const struct ksteer_set *set, u32 from)
{
	u32 i, at = from;

	for (i = 0; i < set->members; i++, at++) {
		if (at >= set->members)
			at = 0;
		if (ksteer_candidate_accepts(set->member[at].candidate))
			return at;
	}
	return -1;
}

/**
 * ksteer_open_next - the first member that accepts
 * @set: set
 * @from: index to begin at; after the last member comes the first
 * @how: KSTEER_SELECT_*
 *
 * Context: softirq or BH off, RCU read side.
 * Return: its index, or -1 if none accepts.
 */
int ksteer_open_next(const struct ksteer_set *set, u32 from, unsigned int how)
{
	struct ksteer_open *open = set->open;
	bool peek = how & KSTEER_SELECT_PEEK;
	unsigned long now = jiffies;
	int at;

	if (!open)
		return ksteer_open_each(set, from);
	from = from < set->members ? from : 0;
	if (!peek)
		ksteer_open_look(set);
	at = ksteer_open_round(set, from, how);
	if (likely(at >= 0))
		return at;
	if (peek)
		return ksteer_open_each(set, from);
	if (READ_ONCE(open->swept) == now)
		return -1;
	ksteer_open_look_at(set, 0, set->members);
	WRITE_ONCE(open->swept, now);
	return ksteer_open_round(set, from, how);
}

/**
 * ksteer_open_share - share among those that accept what is not another's
 * @set: set
 * @hash: what is shared by
 * @from: index of the first to ask where there is no record
 * @how: KSTEER_SELECT_*
 *
 * By weight, but of few members the next one takes it.
 *
 * Context: softirq or BH off, RCU read side.
 * Return: index of the member, or -1 if none accepts.
 */
int ksteer_open_share(const struct ksteer_set *set, u64 hash, u32 from,
		      unsigned int how)
{
	u32 i;
	int at;

	if (set->open && !(how & KSTEER_SELECT_PEEK))
		ksteer_open_look(set);
	for (i = 0; set->open && i < KSTEER_OPEN_LOTS; i++) {
		at = ksteer_open_draw(set, hash, how);
		if (at >= 0)
			return at;
		hash = ksteer_open_rehash(hash);
	}
	return ksteer_open_next(set, from, how);
}

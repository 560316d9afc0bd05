/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Which of many prefixes is the longest that holds an address: the line of all
 * addresses, cut where a prefix begins or ends.  Prefixes nest, so each span
 * between two cuts has one owner, and a search finds it in as many steps as the
 * number of cuts has bits, whatever the lengths.
 *
 * Pure C, shared by the kernel module and by userspace.
 */
#ifndef _KSTEER_SPAN_H
#define _KSTEER_SPAN_H

#include <ksteer/key.h>

#ifndef __KERNEL__
#include <endian.h>
#include <stdbool.h>
#endif

#define KSTEER_SPAN_DEPTH 130 /* prefixes of an address, its own among them */

/**
 * struct ksteer_point - an address as a number of 128 bits
 * @hi: the upper half; an IPv4 address is its upper half
 * @lo: the lower half
 */
struct ksteer_point {
	__u64 hi;
	__u64 lo;
};

/**
 * struct ksteer_span - addresses from one to before the next span's first
 * @first: the first of them
 * @owner: whose they are, 0 if nobody's
 */
struct ksteer_span {
	struct ksteer_point first;
	__u32 owner;
};

/**
 * struct ksteer_sweep - spans while they are being made
 * @span: filled; two for each prefix and one more
 * @spans: how many there are
 * @depth: prefixes that hold the last one that was added, and itself
 * @last: last address of each of these
 * @owner: owner of each
 */
struct ksteer_sweep {
	struct ksteer_span *span;
	__u32 spans;
	__u32 depth;
	struct ksteer_point last[KSTEER_SPAN_DEPTH];
	__u32 owner[KSTEER_SPAN_DEPTH];
};

#ifdef __KERNEL__
#define ksteer_be64(x) be64_to_cpu((__force __be64)(x))
#define ksteer_be32(x) be32_to_cpu(x)
#else
#define ksteer_be64(x) be64toh(x)
#define ksteer_be32(x) be32toh(x)
#endif

static inline struct ksteer_point ksteer_point(const union ksteer_addr *addr,
					       unsigned int family)
{
	struct ksteer_point p = { .lo = 0 };

	if (family == KSTEER_V4) {
		p.hi = (__u64)ksteer_be32(addr->v4) << 32;
	} else {
		p.hi = ksteer_be64(addr->w[0]);
		p.lo = ksteer_be64(addr->w[1]);
	}
	return p;
}

static inline bool ksteer_point_before(struct ksteer_point a,
				       struct ksteer_point b)
{
	return a.hi < b.hi || (a.hi == b.hi && a.lo < b.lo);
}

/* The last address of the prefix that begins at @first */
static inline struct ksteer_point ksteer_point_last(struct ksteer_point first,
						    unsigned int len)
{
	if (len < 64) {
		first.hi |= ~0ULL >> len;
		first.lo = ~0ULL;
	} else if (len < 128) {
		first.lo |= ~0ULL >> (len - 64);
	}
	return first;
}

/**
 * ksteer_span_owner - whose an address is
 * @span: the spans, of which the first begins at 0
 * @spans: how many; not 0
 * @p: the address
 *
 * Return: the owner of the longest prefix that holds it, 0 if none does.
 */
static inline __u32 ksteer_span_owner(const struct ksteer_span *span,
				      __u32 spans, struct ksteer_point p)
{
	__u32 half;

	while (spans > 1) {
		half = spans / 2;
		if (!ksteer_point_before(p, span[half].first))
			span += half;
		spans -= half;
	}
	return span->owner;
}

static inline void ksteer_sweep_cut(struct ksteer_sweep *sweep,
				    struct ksteer_point first, __u32 owner)
{
	struct ksteer_span *last = &sweep->span[sweep->spans - 1];

	if (ksteer_point_before(last->first, first)) {
		last++;
		last->first = first;
		sweep->spans++;
	}
	last->owner = owner;
}

/* The innermost prefix has ended: what is behind it is that of the one around */
static inline void ksteer_sweep_close(struct ksteer_sweep *sweep)
{
	struct ksteer_point next = sweep->last[--sweep->depth];

	if (!++next.lo && !++next.hi)
		return;
	ksteer_sweep_cut(sweep, next,
			 sweep->depth ? sweep->owner[sweep->depth - 1] : 0);
}

/**
 * ksteer_sweep_begin - begin with no prefix
 * @sweep: filled
 * @span: room for the spans
 */
static inline void ksteer_sweep_begin(struct ksteer_sweep *sweep,
				      struct ksteer_span *span)
{
	span->first.hi = 0;
	span->first.lo = 0;
	span->owner = 0;
	sweep->span = span;
	sweep->spans = 1;
	sweep->depth = 0;
}

/**
 * ksteer_sweep_add - add a prefix
 * @sweep: the spans
 * @first: its first address; none that was added before begins behind it, nor
 *	   with it and is longer
 * @len: its length in bits of 128
 * @owner: its owner, not 0
 *
 * Return: the owner of the longest prefix around it, 0 if there is none.
 */
static inline __u32 ksteer_sweep_add(struct ksteer_sweep *sweep,
				     struct ksteer_point first,
				     unsigned int len, __u32 owner)
{
	__u32 around;

	while (sweep->depth &&
	       ksteer_point_before(sweep->last[sweep->depth - 1], first))
		ksteer_sweep_close(sweep);
	around = sweep->depth ? sweep->owner[sweep->depth - 1] : 0;
	ksteer_sweep_cut(sweep, first, owner);
	sweep->last[sweep->depth] = ksteer_point_last(first, len);
	sweep->owner[sweep->depth++] = owner;
	return around;
}

/**
 * ksteer_sweep_end - no prefix follows
 * @sweep: the spans; complete after this
 *
 * Return: how many there are.
 */
static inline __u32 ksteer_sweep_end(struct ksteer_sweep *sweep)
{
	while (sweep->depth)
		ksteer_sweep_close(sweep);
	return sweep->spans;
}

#endif /* _KSTEER_SPAN_H */

/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The end of a multilinear hash.
 *
 * Pure C, shared by the kernel module and by userspace.
 */
#ifndef _KSTEER_MIX_H
#define _KSTEER_MIX_H

#include <linux/types.h>

/* An odd number with no pattern in it: 2^32 over the golden ratio, negative */
#define KSTEER_MIX_FACTOR 0x61c88647

/**
 * ksteer_mix - take the order out of a multilinear hash
 * @hash: upper half of a sum of products
 *
 * Any two keys share such a sum with the chance that they should.  But the sums
 * of many keys in a row, as of addresses given out one after the other, are
 * numbers in a row too, and with an unlucky factor these crowd in few buckets.
 * One-to-one, so that the chance for two keys stays what it is.
 *
 * Return: the hash.
 */
static inline __u32 ksteer_mix(__u32 hash)
{
	hash ^= hash >> 15;
	hash *= KSTEER_MIX_FACTOR;
	return hash ^ hash >> 16;
}

#endif /* _KSTEER_MIX_H */

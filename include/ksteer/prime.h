/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Prime numbers: sizes of tables that any step goes all the way through.
 *
 * Pure C, shared by the kernel module and by userspace.
 */
#ifndef _KSTEER_PRIME_H
#define _KSTEER_PRIME_H

#include <linux/types.h>

#ifndef __KERNEL__
#include <stdbool.h>
#endif

#define KSTEER_PRIME_MAX 5000011 /* a prime itself */

/**
 * ksteer_is_prime - is this a prime number
 * @n: number
 *
 * Return: whether it is.
 */
static inline bool ksteer_is_prime(__u32 n)
{
	__u32 i;

	for (i = 2; i <= n / i; i++)
		if (n % i == 0)
			return false;
	return n > 1;
}

/**
 * ksteer_maglev_prime - size of a table
 * @n: size wished for
 *
 * Return: the least prime that is not less, KSTEER_PRIME_MAX at most.
 */
static inline __u32 ksteer_maglev_prime(__u32 n)
{
	while (n < KSTEER_PRIME_MAX && !ksteer_is_prime(n))
		n++;
	return n < KSTEER_PRIME_MAX ? n : KSTEER_PRIME_MAX;
}

#endif /* _KSTEER_PRIME_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What the unit tests share. */
#ifndef _KSTEER_TEST_UNIT_H
#define _KSTEER_TEST_UNIT_H

#include <linux/types.h>

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif

/**
 * test_random - the next number of a sequence
 * @state: where the sequence stands; any start will do
 *
 * Return: a number, evenly spread.
 */
static inline __u64 test_random(__u64 *state)
{
	__u64 z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

#endif /* _KSTEER_TEST_UNIT_H */

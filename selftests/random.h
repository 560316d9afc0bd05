/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random numbers that a seed repeats: SplitMix64 (Steele, Lea, Flood 2014).
 * Each thing that is made has a sequence of its own, so that it can be made
 * again without those before it.
 */
#ifndef RANDOM_H
#define RANDOM_H

/* Where the sequence of the thing with a number begins */
static inline unsigned long long random_begin(unsigned long long seed,
					      unsigned int number)
{
	return seed * 0x100000001b3ULL + number * 0xff51afd7ed558ccdULL;
}

/* Return: the next number, less than @n */
static inline unsigned int random_next(unsigned long long *state,
				       unsigned int n)
{
	unsigned long long z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return (unsigned int)((z ^ z >> 31) >> 16) % n;
}

#endif /* RANDOM_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hashes: words and bytes of one message give one hash, every bit and the
 * length count, and what is made of a hash stays in its range.
 */
#include <ksteer/hash.h>
#include <ksteer/mix.h>

#include "fuzz.h"

#define WORDS 16

static void check_words(const struct ksteer_hash_key *key, struct input *in)
{
	unsigned int n = take_u8(in) % WORDS, i, k, bit;
	unsigned char bytes[8 * WORDS];
	__u64 word[WORDS + 1] = { 0 };
	__u64 hash;

	for (i = 0; i < n; i++) {
		word[i] = take_u64(in);
		for (k = 0; k < 8; k++)
			bytes[8 * i + k] = word[i] >> 8 * k;
	}
	hash = ksteer_siphash(key, word, n);
	must(hash == ksteer_siphash_bytes(key, bytes, 8 * n));
	must(hash != ksteer_siphash(key, word, n + 1));
	if (!n)
		return;
	bit = take_u16(in) % (64 * n);
	word[bit / 64] ^= 1ULL << bit % 64;
	must(hash != ksteer_siphash(key, word, n));
}

/* The words of addresses compare as their bytes do */
static void check_addr(struct input *in, int family)
{
	unsigned int size = family == KSTEER_V4 ? 4 : 16, n, i = 0;
	__u64 wa[KSTEER_ADDR_WORDS], wb[KSTEER_ADDR_WORDS];
	union ksteer_addr a = { .w = { 0 } }, b = { .w = { 0 } };
	int order;

	take(in, &a, size);
	take(in, &b, size);
	n = ksteer_hash_addr(wa, &a, family);
	must(n == (size + 7) / 8 && n == ksteer_hash_addr(wb, &b, family));
	order = memcmp(&a, &b, size);
	while (i < n && wa[i] == wb[i])
		i++;
	must((i == n) == !order);
	must(i == n || (wa[i] > wb[i]) == (order > 0));
}

static void check_range(struct input *in)
{
	__u64 a = take_u64(in), b = take_u64(in);
	__u32 n = take_u32(in);

	if (!n)
		return;
	must(ksteer_hash_reduce(a, n) < n);
	must((a <= b) ==
		     (ksteer_hash_reduce(a, n) <= ksteer_hash_reduce(b, n)) ||
	     ksteer_hash_reduce(a, n) == ksteer_hash_reduce(b, n));
}

/* Mixing can be taken back, so it makes no two alike */
static void check_mix(struct input *in)
{
	__u32 x = take_u32(in), y = ksteer_mix(x);
	__u32 inverse = KSTEER_MIX_FACTOR;
	int i;

	for (i = 0; i < 4; i++)
		inverse *= 2 - inverse * KSTEER_MIX_FACTOR;
	y ^= y >> 16;
	y *= inverse;
	must((y ^ y >> 15 ^ y >> 30) == x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	__u64 seed = take_u64(&in);
	struct ksteer_hash_key key = ksteer_hash_seeded(seed, KSTEER_HASH_FLOW);
	char *name;

	check_words(&key, &in);
	check_addr(&in, KSTEER_V4);
	check_addr(&in, KSTEER_V6);
	check_range(&in);
	check_mix(&in);
	name = take_string(&in);
	key = ksteer_hash_seeded(seed, KSTEER_HASH_NAME);
	must(ksteer_name_hash(seed, name) ==
	     ksteer_siphash_bytes(&key, name, strlen(name)));
	free(name);
	return 0;
}

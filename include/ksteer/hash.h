/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Keyed hashing: SipHash-2-4 (Aumasson and Bernstein, 2012), so that nobody
 * without the key can choose flows that collide.
 *
 * Pure C, shared by the kernel module and by userspace.  Words are numbers,
 * made of network-order bytes by value, so that machines of either byte order
 * agree.
 */
#ifndef _KSTEER_HASH_H
#define _KSTEER_HASH_H

#include <linux/types.h>
#include <asm/byteorder.h>
#include <ksteer/key.h>

/**
 * struct ksteer_hash_key - key of a hash
 * @word: the sixteen bytes of the key as two little-endian words, by value
 */
struct ksteer_hash_key {
	__u64 word[2];
};

/* What a seed is used for; the values of one use tell nothing of another's */
#define KSTEER_HASH_FLOW 0x6b73746565722d66ULL
#define KSTEER_HASH_NAME 0x6b73746565722d6eULL

/* Most words that ksteer_hash_addr() writes */
#define KSTEER_ADDR_WORDS 2

static inline __u64 ksteer_rol64(__u64 word, unsigned int by)
{
	return word << by | word >> (64 - by);
}

static inline void ksteer_sip_round(__u64 v[4])
{
	v[0] += v[1];
	v[1] = ksteer_rol64(v[1], 13) ^ v[0];
	v[0] = ksteer_rol64(v[0], 32);
	v[2] += v[3];
	v[3] = ksteer_rol64(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = ksteer_rol64(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = ksteer_rol64(v[1], 17) ^ v[2];
	v[2] = ksteer_rol64(v[2], 32);
}

static inline void ksteer_sip_init(__u64 v[4],
				   const struct ksteer_hash_key *key)
{
	v[0] = key->word[0] ^ 0x736f6d6570736575ULL;
	v[1] = key->word[1] ^ 0x646f72616e646f6dULL;
	v[2] = key->word[0] ^ 0x6c7967656e657261ULL;
	v[3] = key->word[1] ^ 0x7465646279746573ULL;
}

static inline void ksteer_sip_word(__u64 v[4], __u64 word)
{
	v[3] ^= word;
	ksteer_sip_round(v);
	ksteer_sip_round(v);
	v[0] ^= word;
}

static inline __u64 ksteer_sip_end(__u64 v[4], __u64 last)
{
	ksteer_sip_word(v, last);
	v[2] ^= 0xff;
	ksteer_sip_round(v);
	ksteer_sip_round(v);
	ksteer_sip_round(v);
	ksteer_sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/**
 * ksteer_siphash - SipHash-2-4 of whole words
 * @key: key
 * @word: the message, each word the value of eight little-endian bytes
 * @n: words in it
 *
 * Context: any.
 * Return: the hash.
 */
static inline __u64 ksteer_siphash(const struct ksteer_hash_key *key,
				   const __u64 *word, unsigned int n)
{
	unsigned int i;
	__u64 v[4];

	ksteer_sip_init(v, key);
	for (i = 0; i < n; i++)
		ksteer_sip_word(v, word[i]);
	return ksteer_sip_end(v, (__u64)n << 59);
}

/**
 * ksteer_siphash_bytes - SipHash-2-4 of bytes
 * @key: key
 * @data: the message
 * @len: bytes in it
 *
 * Context: any.
 * Return: the hash.
 */
static inline __u64 ksteer_siphash_bytes(const struct ksteer_hash_key *key,
					 const void *data, unsigned int len)
{
	const unsigned char *byte = (const unsigned char *)data;
	__u64 v[4], word = 0;
	unsigned int i;

	ksteer_sip_init(v, key);
	for (i = 0; i < len; i++) {
		word |= (__u64)byte[i] << 8 * (i % 8);
		if (i % 8 == 7) {
			ksteer_sip_word(v, word);
			word = 0;
		}
	}
	return ksteer_sip_end(v, word | (__u64)len << 56);
}

/**
 * ksteer_hash_seeded - the key that a pool's seed stands for
 * @seed: seed
 * @use: KSTEER_HASH_FLOW or KSTEER_HASH_NAME
 *
 * Return: the key.
 */
static inline struct ksteer_hash_key ksteer_hash_seeded(__u64 seed, __u64 use)
{
	struct ksteer_hash_key key = { { seed, seed ^ use } };

	return key;
}

/**
 * ksteer_name_hash - identity of a node
 * @seed: seed of the pool
 * @name: NUL-terminated
 *
 * Return: hash of the name.
 */
static inline __u64 ksteer_name_hash(__u64 seed, const char *name)
{
	struct ksteer_hash_key key = ksteer_hash_seeded(seed, KSTEER_HASH_NAME);
	unsigned int len = 0;

	while (name[len])
		len++;
	return ksteer_siphash_bytes(&key, name, len);
}

/**
 * ksteer_hash_addr - an address as words to hash or to compare
 * @word: where to; room for KSTEER_ADDR_WORDS
 * @addr: address
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * The words stand in the order of the address' bytes: comparing them one after
 * the other compares the addresses as network-order bytes.
 *
 * Return: words written.
 */
static inline unsigned int
ksteer_hash_addr(__u64 *word, const union ksteer_addr *addr, int family)
{
	if (family == KSTEER_V4) {
		word[0] = __be32_to_cpu(addr->v4);
		return 1;
	}
	word[0] = (__u64)__be32_to_cpu(addr->v6.s6_addr32[0]) << 32 |
		  __be32_to_cpu(addr->v6.s6_addr32[1]);
	word[1] = (__u64)__be32_to_cpu(addr->v6.s6_addr32[2]) << 32 |
		  __be32_to_cpu(addr->v6.s6_addr32[3]);
	return 2;
}

/**
 * ksteer_hash_reduce - bring a hash into a range without dividing
 * @hash: hash; its upper half decides
 * @n: size of the range
 *
 * Return: a number less than @n, in proportion to @hash.
 */
static inline __u32 ksteer_hash_reduce(__u64 hash, __u32 n)
{
	return (hash >> 32) * n >> 32;
}

#endif /* _KSTEER_HASH_H */

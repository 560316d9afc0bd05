// SPDX-License-Identifier: GPL-2.0-only
/* SipHash and what is built on it: known answers, byte order, spread. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <arpa/inet.h>
#include <cmocka.h>
#include <ksteer/hash.h>

#include "unit.h"

/*
 * The vectors that the authors of SipHash publish: key 00 01 .. 0f, message
 * 00 01 .. of as many bytes as the index says.
 */
static const __u64 vector[64] = {
	0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a,
	0x85676696d7fb7e2d, 0xcf2794e0277187b7, 0x18765564cd99a68d,
	0xcbc9466e58fee3ce, 0xab0200f58b01d137, 0x93f5f5799a932462,
	0x9e0082df0ba9e4b0, 0x7a5dbbc594ddb9f3, 0xf4b32f46226bada7,
	0x751e8fbc860ee5fb, 0x14ea5627c0843d90, 0xf723ca908e7af2ee,
	0xa129ca6149be45e5, 0x3f2acc7f57c29bdb, 0x699ae9f52cbe4794,
	0x4bc1b3f0968dd39c, 0xbb6dc91da77961bd, 0xbed65cf21aa2ee98,
	0xd0f2cbb02e3b67c7, 0x93536795e3a33e88, 0xa80c038ccd5ccec8,
	0xb8ad50c6f649af94, 0xbce192de8a85b8ea, 0x17d835b85bbb15f3,
	0x2f2e6163076bcfad, 0xde4daaaca71dc9a5, 0xa6a2506687956571,
	0xad87a3535c49ef28, 0x32d892fad841c342, 0x7127512f72f27cce,
	0xa7f32346f95978e3, 0x12e0b01abb051238, 0x15e034d40fa197ae,
	0x314dffbe0815a3b4, 0x027990f029623981, 0xcadcd4e59ef40c4d,
	0x9abfd8766a33735c, 0x0e3ea96b5304a7d0, 0xad0c42d6fc585992,
	0x187306c89bc215a9, 0xd4a60abcf3792b95, 0xf935451de4f21df2,
	0xa9538f0419755787, 0xdb9acddff56ca510, 0xd06c98cd5c0975eb,
	0xe612a3cb9ecba951, 0xc766e62cfcadaf96, 0xee64435a9752fe72,
	0xa192d576b245165a, 0x0a8787bf8ecb74b2, 0x81b3e73d20b49b6f,
	0x7fa8220ba3b2ecea, 0x245731c13ca42499, 0xb78dbfaf3a8d83bd,
	0xea1ad565322a1a0b, 0x60e61c23a3795013, 0x6606d7e446282b93,
	0x6ca4ecb15c5f91e1, 0x9f626da15c9625f3, 0xe51b38608ef25f57,
	0x958a324ceb064572,
};

static const struct ksteer_hash_key vector_key = { { 0x0706050403020100,
						     0x0f0e0d0c0b0a0908 } };

static void siphash_bytes_gives_published_vectors(void **state)
{
	unsigned char message[64];
	unsigned int len;

	for (len = 0; len < 64; len++) {
		message[len] = len;
		assert_int_equal(ksteer_siphash_bytes(&vector_key, message,
						      len),
				 vector[len]);
	}
}

static void siphash_words_gives_published_vectors(void **state)
{
	__u64 word[7];
	unsigned int n;

	for (n = 0; n < 7; n++)
		word[n] = 0x0706050403020100ULL + n * 0x0808080808080808ULL;
	for (n = 0; n <= 7; n++)
		assert_int_equal(ksteer_siphash(&vector_key, word, n),
				 vector[8 * n]);
}

static void siphash_takes_long_messages(void **state)
{
	unsigned char message[800];
	__u64 word[100];
	unsigned int i;

	for (i = 0; i < 800; i++)
		message[i] = i;
	for (i = 0; i < 100; i++) {
		unsigned int b;

		for (b = 0, word[i] = 0; b < 8; b++)
			word[i] |= (__u64)message[8 * i + b] << 8 * b;
	}
	for (i = 0; i <= 100; i++)
		assert_int_equal(ksteer_siphash(&vector_key, word, i),
				 ksteer_siphash_bytes(&vector_key, message,
						      8 * i));
}

/* Known answers of an implementation that shares no code with this one */
static void name_hash_gives_known_answers(void **state)
{
	assert_int_equal(ksteer_name_hash(0x0123456789abcdef, "lb1"),
			 0xd43c49b4e5c9eb66);
	assert_int_equal(ksteer_name_hash(0, ""), 0xf66eecf22547184f);
	assert_int_equal(ksteer_name_hash(5, "a-traffic-manager-of-31-letters"),
			 0x63c852213f0b59be);
}

static void each_use_has_a_key_of_its_own(void **state)
{
	struct ksteer_hash_key flow = ksteer_hash_seeded(9, KSTEER_HASH_FLOW);
	struct ksteer_hash_key name = ksteer_hash_seeded(9, KSTEER_HASH_NAME);
	struct ksteer_hash_key other = ksteer_hash_seeded(8, KSTEER_HASH_FLOW);
	__u64 word = 1;

	assert_int_not_equal(ksteer_siphash(&flow, &word, 1),
			     ksteer_siphash(&name, &word, 1));
	assert_int_not_equal(ksteer_siphash(&flow, &word, 1),
			     ksteer_siphash(&other, &word, 1));
}

static void address_words_are_numbers(void **state)
{
	union ksteer_addr addr = { .w = { 0, 0 } };
	__u64 word[KSTEER_ADDR_WORDS];

	assert_int_equal(inet_pton(AF_INET, "192.0.2.1", &addr), 1);
	assert_int_equal(ksteer_hash_addr(word, &addr, KSTEER_V4), 1);
	assert_int_equal(word[0], 0xc0000201);
	assert_int_equal(inet_pton(AF_INET6, "2001:db8:1:2:3:4:5:6", &addr), 1);
	assert_int_equal(ksteer_hash_addr(word, &addr, KSTEER_V6), 2);
	assert_int_equal(word[0], 0x20010db800010002);
	assert_int_equal(word[1], 0x0003000400050006);
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static int compare_words(const __u64 *a, const __u64 *b, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

static void address_words_compare_like_bytes(void **state)
{
	__u64 seed = 1;
	int i;

	for (i = 0; i < 20000; i++) {
		__u64 wa[KSTEER_ADDR_WORDS], wb[KSTEER_ADDR_WORDS];
		union ksteer_addr a, b;
		int family = i & 1;
		unsigned int n;

		a.w[0] = test_random(&seed);
		a.w[1] = test_random(&seed);
		b = a;
		/* most pairs differ in one byte only */
		((unsigned char *)&b)[test_random(&seed) % 16] = i;
		n = ksteer_hash_addr(wa, &a, family);
		ksteer_hash_addr(wb, &b, family);
		assert_int_equal(compare_words(wa, wb, n),
				 sign(memcmp(&a, &b, family ? 16 : 4)));
	}
}

static void reduce_keeps_range_and_order(void **state)
{
	assert_int_equal(ksteer_hash_reduce(0, 10), 0);
	assert_int_equal(ksteer_hash_reduce(~0ULL, 10), 9);
	assert_int_equal(ksteer_hash_reduce(1ULL << 63, 10), 5);
	assert_int_equal(ksteer_hash_reduce(~0ULL, 1), 0);
	assert_int_equal(ksteer_hash_reduce(~0ULL, 0), 0);
	assert_int_equal(ksteer_hash_reduce(~0ULL, ~0U), ~0U - 1);
}

/* Neighbouring addresses, as clients of one network have them */
static void hash_spreads_neighbours(void **state)
{
	struct ksteer_hash_key key = ksteer_hash_seeded(3, KSTEER_HASH_FLOW);
	enum { BINS = 64, EACH = 1000 };
	unsigned int bin[BINS] = { 0 };
	double chi2 = 0;
	__u64 word;
	int i;

	for (word = 0; word < BINS * EACH; word++)
		bin[ksteer_hash_reduce(ksteer_siphash(&key, &word, 1), BINS)]++;
	for (i = 0; i < BINS; i++)
		chi2 += ((double)bin[i] - EACH) * ((double)bin[i] - EACH) /
			EACH;
	/* 63 degrees of freedom: one in a thousand lies beyond either bound */
	assert_true(chi2 < 104);
	assert_true(chi2 > 33);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(siphash_bytes_gives_published_vectors),
		cmocka_unit_test(siphash_words_gives_published_vectors),
		cmocka_unit_test(siphash_takes_long_messages),
		cmocka_unit_test(name_hash_gives_known_answers),
		cmocka_unit_test(each_use_has_a_key_of_its_own),
		cmocka_unit_test(address_words_are_numbers),
		cmocka_unit_test(address_words_compare_like_bytes),
		cmocka_unit_test(reduce_keeps_range_and_order),
		cmocka_unit_test(hash_spreads_neighbours),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}

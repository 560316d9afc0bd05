// SPDX-License-Identifier: GPL-2.0-only
/* Prime numbers: the answer beside a sieve's. */
#include <ksteer/prime.h>

#include "fuzz.h"

static bool composite[KSTEER_PRIME_MAX + 1];

static void sieve(void)
{
	__u32 i, k;

	composite[0] = true;
	composite[1] = true;
	for (i = 2; i <= KSTEER_PRIME_MAX / i; i++)
		for (k = i * i; !composite[i] && k <= KSTEER_PRIME_MAX; k += i)
			composite[k] = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	__u32 n = take_u32(&in), prime;

	if (!composite[0])
		sieve();
	prime = ksteer_maglev_prime(n);
	must(prime <= KSTEER_PRIME_MAX && !composite[prime]);
	if (n > KSTEER_PRIME_MAX) {
		must(prime == KSTEER_PRIME_MAX);
		/* A product is none, whatever its size */
		n = (n & 0xfffe) | 2;
		must(!ksteer_is_prime(n * (take_u16(&in) | 1U)) || n == 2);
		return 0;
	}
	must(ksteer_is_prime(n) == !composite[n]);
	must(prime >= n);
	while (n < prime)
		must(composite[n++]);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The longest prefix of an address, the narrowest range of a port. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <ksteer/ports.h>
#include <ksteer/span.h>

#include "unit.h"

#define PREFIXES 200
#define RANGES 200
#define ROUNDS 200

struct prefix {
	struct ksteer_point first;
	unsigned int len;
};

struct range {
	__u16 min;
	__u16 max;
};

static bool holds(const struct prefix *prefix, struct ksteer_point p)
{
	return !ksteer_point_before(p, prefix->first) &&
	       !ksteer_point_before(
		       ksteer_point_last(prefix->first, prefix->len), p);
}

static int by_place(const void *x, const void *y)
{
	const struct prefix *a = x, *b = y;

	if (ksteer_point_before(a->first, b->first))
		return -1;
	if (ksteer_point_before(b->first, a->first))
		return 1;
	return (int)a->len - (int)b->len;
}

/* Few bits differ, so that prefixes nest and touch, at both ends of the line */
static struct ksteer_point random_point(__u64 *seed, int family)
{
	__u64 mask = test_random(seed) & test_random(seed) & test_random(seed);
	struct ksteer_point p = { .hi = test_random(seed) % 3 ? mask : ~mask };

	if (family == KSTEER_V4) {
		p.hi &= ~0ULL << 32;
		return p;
	}
	if (test_random(seed) % 2)
		p.hi = p.hi >> 63 ? ~0ULL : 0;
	p.lo = test_random(seed) & test_random(seed);
	if (test_random(seed) % 2)
		p.lo = ~p.lo;
	return p;
}

static struct prefix random_prefix(__u64 *seed, int family)
{
	struct prefix prefix = {
		.first = random_point(seed, family),
		.len = 1 + test_random(seed) % (family == KSTEER_V4 ? 32 : 128),
	};

	if (prefix.len < 64) {
		prefix.first.hi &= ~(~0ULL >> prefix.len);
		prefix.first.lo = 0;
	} else if (prefix.len < 128) {
		prefix.first.lo &= ~(~0ULL >> (prefix.len - 64));
	}
	return prefix;
}

/* Whoever holds it and is longest; number of the prefix plus one, 0 for none */
static __u32 naive_prefix(const struct prefix *prefix, __u32 n,
			  struct ksteer_point p, __u32 but)
{
	__u32 i, best = 0;

	for (i = 0; i < n; i++)
		if (i + 1 != but && holds(&prefix[i], p) &&
		    (!best || prefix[i].len > prefix[best - 1].len) &&
		    (!but || prefix[i].len < prefix[but - 1].len))
			best = i + 1;
	return best;
}

static __u32 unlike(struct prefix *prefix, __u32 n)
{
	__u32 i, kept = 0;

	for (i = 0; i < n; i++)
		if (!kept || by_place(&prefix[kept - 1], &prefix[i]))
			prefix[kept++] = prefix[i];
	return kept;
}

static void prefixes_of(__u64 *seed, int family, __u32 n)
{
	struct ksteer_span span[2 * PREFIXES + 1];
	struct prefix prefix[PREFIXES] = { 0 };
	struct ksteer_sweep sweep;
	struct ksteer_point p;
	__u32 i, spans;

	for (i = 0; i < n; i++)
		prefix[i] = random_prefix(seed, family);
	qsort(prefix, n, sizeof(*prefix), by_place);
	n = unlike(prefix, n);
	ksteer_sweep_begin(&sweep, span);
	for (i = 0; i < n; i++)
		assert_int_equal(ksteer_sweep_add(&sweep, prefix[i].first,
						  prefix[i].len, i + 1),
				 naive_prefix(prefix, n, prefix[i].first,
					      i + 1));
	spans = ksteer_sweep_end(&sweep);
	assert_in_range(spans, 1, 2 * n + 1);
	for (i = 1; i < spans; i++)
		assert_true(
			ksteer_point_before(span[i - 1].first, span[i].first));
	for (i = 0; i < 4 * n + 8; i++) {
		p = i < n ? prefix[i].first : random_point(seed, family);
		if (i >= n && i < 2 * n)
			p = ksteer_point_last(prefix[i - n].first,
					      prefix[i - n].len);
		assert_int_equal(ksteer_span_owner(span, spans, p),
				 naive_prefix(prefix, n, p, 0));
	}
}

static void prefixes(void **state)
{
	__u64 seed = 1;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		prefixes_of(&seed, KSTEER_V4, i % 5 ? i % 20 : PREFIXES);
		prefixes_of(&seed, KSTEER_V6, i % 5 ? i % 20 : PREFIXES);
	}
}

static void points(void **state)
{
	union ksteer_addr addr = { .w = { 0, 0 } };
	struct ksteer_point p;

	addr.v4 = htobe32(0x0a000001);
	p = ksteer_point(&addr, KSTEER_V4);
	assert_true(p.hi == 0x0a00000100000000ULL && !p.lo);
	addr.w[0] = htobe64(0x20010db800000000ULL);
	addr.w[1] = htobe64(9);
	p = ksteer_point(&addr, KSTEER_V6);
	assert_true(p.hi == 0x20010db800000000ULL && p.lo == 9);
	p = ksteer_point_last(p, 32);
	assert_true(p.hi == 0x20010db8ffffffffULL && p.lo == ~0ULL);
	p = ksteer_point_last((struct ksteer_point){ 1, 0 }, 64);
	assert_true(p.hi == 1 && p.lo == ~0ULL);
	p = ksteer_point_last((struct ksteer_point){ 1, 2 }, 128);
	assert_true(p.hi == 1 && p.lo == 2);
}

static struct range random_range(__u64 *seed)
{
	__u16 a = test_random(seed), b = test_random(seed);

	switch (test_random(seed) % 6) {
	case 0:
		return (struct range){ a, a };
	case 1:
		return (struct range){ 0, 65535 };
	case 2:
		return (struct range){ a % 8, 65535 - b % 8 };
	case 3:
		a %= 64;
		b %= 64;
		break;
	}
	return (struct range){ a < b ? a : b, a < b ? b : a };
}

static int by_width(const void *x, const void *y)
{
	const struct range *a = x, *b = y;

	return (a->max - a->min) - (b->max - b->min);
}

static __u32 naive_range(const struct range *range, __u32 n, __u16 port)
{
	__u32 i;

	for (i = 0; i < n; i++)
		if (range[i].min <= port && port <= range[i].max)
			return i + 1;
	return 0;
}

static void ranges_of(__u64 *seed, __u32 n)
{
	static struct ksteer_port_span span[2 * RANGES + 1];
	static struct ksteer_ports ports;
	static __u32 next[2 * RANGES + 1];
	struct range range[RANGES] = { 0 };
	__u32 i, port, step;

	for (i = 0; i < n; i++)
		range[i] = random_range(seed);
	qsort(range, n, sizeof(*range), by_width);
	ksteer_ports_begin(&ports, span, next);
	for (i = 0; i < n; i++)
		ksteer_ports_show(&ports, range[i].min, range[i].max);
	ksteer_ports_cut(&ports);
	assert_in_range(ports.spans, 1, 2 * n + 1);
	for (i = 0; i < n; i++)
		ksteer_ports_lay(&ports, range[i].min, range[i].max, i + 1);
	step = n > 20 ? 37 : 1;
	for (port = 0; port < KSTEER_PORTS; port += step) {
		i = ksteer_port_find(span, ports.spans, port);
		assert_int_equal(span[i].owner, naive_range(range, n, port));
	}
}

static void ranges(void **state)
{
	__u64 seed = 2;
	int i;

	for (i = 0; i < ROUNDS / 2; i++)
		ranges_of(&seed, i % 5 ? i % 20 : RANGES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(points),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(ranges),
	};

	return cmocka_run_group_tests_name("span", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* The greater-port rule and the traffic manager's half of it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <arpa/inet.h>
#include <cmocka.h>
#include <ksteer/gport.h>
#include <ksteer/maglev.h>

#include "unit.h"

#define SEED 0x0123456789abcdefULL
#define NODES 3

/* One end of a flow; the port in host byte order */
struct end {
	union ksteer_addr addr;
	__u16 port;
};

static __u16 table[KSTEER_MAGLEV_SLOTS];

static int make_table(void **state)
{
	static const char *const name[NODES] = { "lb1", "lb2", "lb3" };
	__u32 scratch[KSTEER_MAGLEV_SCRATCH(NODES)];
	struct ksteer_maglev_node node[NODES];
	int i;

	for (i = 0; i < NODES; i++) {
		node[i].id_hash = ksteer_name_hash(SEED, name[i]);
		node[i].weight = i + 1;
	}
	return ksteer_maglev_fill(table, KSTEER_MAGLEV_SLOTS, node, NODES,
				  scratch);
}

static struct end end_at(const char *text, __u16 port)
{
	struct end end = { .port = port };
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;

	assert_int_equal(inet_pton(family, text, &end.addr), 1);
	return end;
}

static struct end random_end(__u64 *seed, int family)
{
	struct end end = { .port = test_random(seed) };

	if (family == KSTEER_V4) {
		end.addr.v4 = (__be32)test_random(seed);
	} else {
		end.addr.w[0] = test_random(seed);
		end.addr.w[1] = test_random(seed);
	}
	return end;
}

static __u64 hash(const struct end *a, const struct end *b, bool has_ports,
		  int family)
{
	return ksteer_gport_hash(SEED, &a->addr, htons(a->port), &b->addr,
				 htons(b->port), has_ports, family);
}

/* The rule once more, as naively as can be: bytes, memcmp(), one message */
static __u64 naive_hash(const struct end *a, const struct end *b,
			bool has_ports, int family)
{
	struct ksteer_hash_key key = { { SEED, SEED ^ KSTEER_HASH_FLOW } };
	unsigned int size = family == KSTEER_V4 ? 4 : 16;
	unsigned int step = family == KSTEER_V4 ? 4 : 8;
	bool greater = memcmp(&a->addr, &b->addr, size) > 0;
	unsigned char message[4 * 8] = { 0 };
	unsigned int len = 0, e, i, k;
	const struct end *end[2];

	if (has_ports && a->port != b->port)
		greater = a->port > b->port;
	end[0] = greater ? a : b;
	end[1] = greater ? b : a;
	for (e = 0; e < (has_ports ? 1 : 2); e++)
		for (i = 0; i < size; i += step, len += 8)
			for (k = 0; k < step; k++)
				message[len + k] =
					((unsigned char *)&end[e]
						 ->addr)[i + step - 1 - k];
	if (has_ports) {
		unsigned int port = end[0]->port;

		if (port <= 32767)
			port >>= 6;
		message[len] = port & 0xff;
		message[len + 1] = port >> 8;
		len += 8;
	}
	return ksteer_siphash_bytes(&key, message, len);
}

/* Known answers of an implementation that shares no code with this one */
static void hash_gives_known_answers(void **state)
{
	static const struct {
		const char *a, *b;
		__u16 aport, bport;
		__u64 hash;
	} known[] = {
		{ "192.0.2.1", "198.51.100.7", 40000, 443, 0xbea08c80776ef64a },
		{ "192.0.2.1", "198.51.100.7", 53, 53, 0x011f12a1b66dfdd6 },
		{ "192.0.2.1", "198.51.100.7", 0, 0, 0x1e878db36b47308a },
		{ "192.0.2.1", "198.51.100.7", 1000, 443, 0xb982e99055dfaed9 },
		{ "2001:db8::1", "2001:db8:0:1::2", 40000, 443,
		  0x4b529fb5408e30c3 },
		{ "2001:db8::1", "2001:db8:0:1::2", 0, 0, 0xa43a849c8851a31c },
		{ "2001:db8::1", "2001:db8:0:1::2", 123, 123,
		  0xa3a8bb97cb773b4d },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		struct end a = end_at(known[i].a, known[i].aport);
		struct end b = end_at(known[i].b, known[i].bport);
		int family = strchr(known[i].a, ':') ? KSTEER_V6 : KSTEER_V4;

		assert_int_equal(hash(&a, &b, a.port || b.port, family),
				 known[i].hash);
	}
}

static void hash_is_the_naive_one_both_ways(void **state)
{
	__u64 seed = 2;
	int i;

	for (i = 0; i < 100000; i++) {
		int family = i % 2 ? KSTEER_V6 : KSTEER_V4;
		struct end a = random_end(&seed, family);
		struct end b = random_end(&seed, family);
		bool has_ports = i % 7 != 0;

		if (i % 3 == 0)
			b.port = a.port;
		if (i % 5 == 0)
			b.addr = a.addr;
		if (i % 11 == 0)
			((unsigned char *)&b.addr)[family ? 15 : 3] ^= 1;
		assert_int_equal(hash(&a, &b, has_ports, family),
				 naive_hash(&a, &b, has_ports, family));
		assert_int_equal(hash(&a, &b, has_ports, family),
				 hash(&b, &a, has_ports, family));
	}
}

static void greater_port_alone_decides(void **state)
{
	struct end client = end_at("192.0.2.1", 40000);
	struct end server = end_at("198.51.100.7", 443);
	struct end other = end_at("203.0.113.9", 39999);
	__u64 was = hash(&client, &server, true, KSTEER_V4);

	assert_int_equal(hash(&client, &other, true, KSTEER_V4), was);
	other.port = 40001;
	assert_int_not_equal(hash(&client, &other, true, KSTEER_V4), was);
	client.port++;
	assert_int_not_equal(hash(&client, &server, true, KSTEER_V4), was);
}

static void greater_address_decides_equal_ports(void **state)
{
	struct end low = end_at("10.0.0.200", 53);
	struct end lower = end_at("9.255.255.255", 53);
	struct end high = end_at("200.0.0.10", 53);
	__u64 was = hash(&low, &high, true, KSTEER_V4);

	assert_int_equal(hash(&lower, &high, true, KSTEER_V4), was);
	assert_int_not_equal(hash(&low, &lower, true, KSTEER_V4), was);
}

static void both_addresses_decide_without_ports(void **state)
{
	struct end a = end_at("2001:db8::1", 0);
	struct end b = end_at("2001:db8::2", 0);
	struct end c = end_at("2001:db8::3", 0);
	__u64 ab = hash(&a, &b, false, KSTEER_V6);

	assert_int_not_equal(ab, hash(&a, &c, false, KSTEER_V6));
	assert_int_not_equal(ab, hash(&c, &b, false, KSTEER_V6));
	/* what stands in the place of ports does not matter */
	a.port = 7;
	b.port = 9;
	assert_int_equal(ab, hash(&a, &b, false, KSTEER_V6));
}

static void seed_matters(void **state)
{
	struct end a = end_at("192.0.2.1", 40000);
	struct end b = end_at("198.51.100.7", 443);

	assert_int_not_equal(ksteer_gport_hash(SEED + 1, &a.addr, htons(a.port),
					       &b.addr, htons(b.port), true,
					       KSTEER_V4),
			     hash(&a, &b, true, KSTEER_V4));
}

static void blocks_have_stated_bounds(void **state)
{
	unsigned int port, changes = 0;

	for (port = 1; port < 65536; port++) {
		bool first = port >= 32768 || port % 64 == 0;
		bool differs = ksteer_gport_block(port) !=
			       ksteer_gport_block(port - 1);

		assert_int_equal(first, differs);
		changes += differs;
	}
	assert_int_equal(changes, 511 + 32768);
	assert_true(ksteer_gport_block(32767) < ksteer_gport_block(32768));
}

/* Flows of many clients, and the ports of a single one, share by weight */
static void assert_shares(const unsigned int *got, unsigned int all)
{
	int i;

	for (i = 0; i < NODES; i++) {
		double fair = (double)all * (i + 1) / 6;

		assert_true(got[i] > fair * 0.97);
		assert_true(got[i] < fair * 1.03);
	}
}

static __u16 owner(const struct end *a, const struct end *b, int family)
{
	__u64 h = hash(a, b, true, family);

	return table[ksteer_hash_reduce(h, KSTEER_MAGLEV_SLOTS)];
}

static void many_clients_share_by_weight(void **state)
{
	struct end server = end_at("198.51.100.7", 443);
	unsigned int got[NODES] = { 0 };
	__u64 seed = 3;
	int i;

	for (i = 0; i < 60000; i++) {
		struct end client = random_end(&seed, KSTEER_V4);

		client.port |= 0x400;
		got[owner(&server, &client, KSTEER_V4)]++;
	}
	assert_shares(got, 60000);
}

static void ports_of_one_client_share_by_weight(void **state)
{
	struct end server = end_at("2001:db8:0:1::2", 443);
	struct end client = end_at("2001:db8::1", 32768);
	unsigned int got[NODES] = { 0 };

	for (; client.port < 60999; client.port++)
		got[owner(&server, &client, KSTEER_V6)]++;
	assert_shares(got, 60999 - 32768);
}

static struct ksteer_gport_reply reply_to(const struct end *source,
					  const struct end *server,
					  __u16 member, int family)
{
	struct ksteer_gport_reply want = {
		.seed = SEED,
		.slot = table,
		.slots = KSTEER_MAGLEV_SLOTS,
		.member = member,
		.family = family,
		.server = server->addr,
		.source = source->addr,
		.server_port = htons(server->port),
	};

	return want;
}

/* Collect the ranges; they rise, and between two lies a port of another's */
static void collect(const struct ksteer_gport_reply *want, __u16 first,
		    __u16 last, bool *mine)
{
	struct ksteer_gport_range range;
	__u32 next = first, free = first, port;

	memset(mine, 0, 65536 * sizeof(*mine));
	while (ksteer_gport_next_block(want, &next, last, &range)) {
		assert_true(range.lo >= free && range.lo <= range.hi);
		assert_true(range.hi <= last && next > range.hi);
		for (port = range.lo; port <= range.hi; port++)
			mine[port] = true;
		free = range.hi + 2U;
	}
	assert_int_equal(next, last + 1U);
	assert_false(ksteer_gport_next_block(want, &next, last, &range));
}

static void check_ports(const char *from, const char *to, __u16 port,
			__u16 first, __u16 last)
{
	int family = strchr(from, ':') ? KSTEER_V6 : KSTEER_V4;
	struct end source = end_at(from, 0), server = end_at(to, port);
	static bool mine[65536];
	__u16 member;
	__u32 p;

	for (member = 0; member < NODES; member++) {
		struct ksteer_gport_reply want =
			reply_to(&source, &server, member, family);

		collect(&want, first, last, mine);
		for (p = 0; p < 65536; p++) {
			bool is;

			source.port = p;
			is = p >= first && p <= last &&
			     owner(&server, &source, family) == member;
			assert_int_equal(mine[p], is);
		}
	}
}

static void ports_are_those_whose_answers_return(void **state)
{
	static const __u16 port[] = { 1,     53,    63,	   64,	  443,	8080,
				      32767, 32768, 40000, 65534, 65535 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(port); i++) {
		/* the source's address the lesser, the greater, the same */
		check_ports("10.0.0.1", "10.0.0.2", port[i], 1, 65535);
		check_ports("10.0.0.3", "10.0.0.2", port[i], 1, 65535);
		check_ports("10.0.0.2", "10.0.0.2", port[i], 1, 65535);
		check_ports("2001:db8::3", "2001:db8::2", port[i], 1, 65535);
	}
}

static void ports_keep_to_the_range_asked_for(void **state)
{
	check_ports("10.0.0.1", "10.0.0.2", 443, 1024, 65535);
	check_ports("10.0.0.1", "10.0.0.2", 443, 10000, 20001);
	check_ports("10.0.0.1", "10.0.0.2", 443, 32760, 32780);
	check_ports("10.0.0.1", "10.0.0.2", 443, 10000, 10000);
	check_ports("10.0.0.1", "10.0.0.2", 40000, 100, 40001);
	check_ports("10.0.0.1", "10.0.0.2", 443, 0, 65535);
}

/* What a port range of nftables, HAProxy or the kernel is to hold */
static void low_ports_come_in_whole_blocks(void **state)
{
	struct end source = end_at("10.0.0.1", 0);
	struct end server = end_at("10.0.0.2", 443);
	struct ksteer_gport_reply want =
		reply_to(&source, &server, 1, KSTEER_V4);
	struct ksteer_gport_range range;
	unsigned int blocks = 0;
	__u32 next = 1024;

	while (ksteer_gport_next_block(&want, &next, 32767, &range)) {
		assert_int_equal(range.lo % 64, 0);
		assert_int_equal(range.hi % 64, 63);
		blocks += (range.hi + 1 - range.lo) / 64;
	}
	/* 496 blocks at a weight of two in six: 165, give or take 4 sigma */
	assert_in_range(blocks, 123, 208);
}

static void ports_below_the_servers_have_one_owner(void **state)
{
	struct end source = end_at("10.0.0.1", 0);
	struct end server = end_at("10.0.0.2", 40000);
	unsigned int owners = 0;
	__u16 member;

	for (member = 0; member < NODES; member++) {
		struct ksteer_gport_reply want =
			reply_to(&source, &server, member, KSTEER_V4);
		struct ksteer_gport_range range;
		__u32 next = 1;

		if (!ksteer_gport_next_block(&want, &next, 40000, &range))
			continue;
		assert_int_equal(range.lo, 1);
		assert_int_equal(range.hi, 40000);
		owners++;
	}
	assert_int_equal(owners, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_gives_known_answers),
		cmocka_unit_test(hash_is_the_naive_one_both_ways),
		cmocka_unit_test(greater_port_alone_decides),
		cmocka_unit_test(greater_address_decides_equal_ports),
		cmocka_unit_test(both_addresses_decide_without_ports),
		cmocka_unit_test(seed_matters),
		cmocka_unit_test(blocks_have_stated_bounds),
		cmocka_unit_test(many_clients_share_by_weight),
		cmocka_unit_test(ports_of_one_client_share_by_weight),
		cmocka_unit_test(ports_are_those_whose_answers_return),
		cmocka_unit_test(ports_keep_to_the_range_asked_for),
		cmocka_unit_test(low_ports_come_in_whole_blocks),
		cmocka_unit_test(ports_below_the_servers_have_one_owner),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("gport", tests, make_table, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* key: full keys of plain packets, less specific keys, prefixes, VLANs. */
#include <linux/in.h>
#include <linux/skbuff.h>

#include "fixture.h"

struct key_case {
	const char *name;
	u8 family;
	u8 proto;
	bool paged;
	bool ports;
};

/* The slow way must read what the short way reads */
static const struct key_case key_cases[] = {
	{ "tcp4", KSTEER_V4, IPPROTO_TCP, false, true },
	{ "tcp4 paged", KSTEER_V4, IPPROTO_TCP, true, true },
	{ "udp4", KSTEER_V4, IPPROTO_UDP, false, true },
	{ "udp4 paged", KSTEER_V4, IPPROTO_UDP, true, true },
	{ "udplite4", KSTEER_V4, IPPROTO_UDPLITE, false, true },
	{ "sctp4", KSTEER_V4, IPPROTO_SCTP, false, true },
	{ "gre4", KSTEER_V4, IPPROTO_GRE, false, false },
	{ "esp4 paged", KSTEER_V4, IPPROTO_ESP, true, false },
	{ "tcp6", KSTEER_V6, IPPROTO_TCP, false, true },
	{ "tcp6 paged", KSTEER_V6, IPPROTO_TCP, true, true },
	{ "udp6", KSTEER_V6, IPPROTO_UDP, false, true },
	{ "udp6 paged", KSTEER_V6, IPPROTO_UDP, true, true },
	{ "udplite6", KSTEER_V6, IPPROTO_UDPLITE, true, true },
	{ "sctp6", KSTEER_V6, IPPROTO_SCTP, false, true },
	{ "gre6", KSTEER_V6, IPPROTO_GRE, false, false },
};

KUNIT_ARRAY_PARAM_DESC(key, key_cases, name);

static bool key_read(struct kunit *test, const struct fix_packet *p,
		     struct ksteer_packet *pkt)
{
	struct sk_buff *skb = fix_skb(test, p);
	bool read;

	memset(pkt, 0xee, sizeof(*pkt));
	pkt->skb = skb;
	read = fix_key_read(pkt, p->family);
	kfree_skb(skb);
	return read;
}

/* A packet as it travels, and its key there and back */
static void key_plain(struct kunit *test)
{
	const struct key_case *c = test->param_value;
	struct fix_packet p = {
		.family = c->family,
		.proto = c->proto,
		.src = 1,
		.sport = 40000,
		.dst = 2,
		.dport = 80,
		.flags = KSTEER_TCP_ACK,
		.paged = c->paged,
		.dev = fix_device(test, 0),
	};
	union ksteer_addr src = fix_addr(c->family, 1);
	union ksteer_addr dst = fix_addr(c->family, 2);
	struct ksteer_packet there, back;
	struct ksteer_tuple t;

	KUNIT_ASSERT_TRUE(test, key_read(test, &p, &there));
	swap(p.src, p.dst);
	swap(p.sport, p.dport);
	KUNIT_ASSERT_TRUE(test, key_read(test, &p, &back));
	KUNIT_EXPECT_MEMEQ(test, &there.look.key, &back.look.key,
			   sizeof(there.look.key));
	KUNIT_EXPECT_NE(test, there.look.swapped, back.look.swapped);
	KUNIT_EXPECT_EQ(test, there.look.loose, KSTEER_LOOSE_NOT);
	KUNIT_EXPECT_FALSE(test, there.icmp_error);
	KUNIT_EXPECT_EQ(test, there.tcp, c->proto == IPPROTO_TCP);
	KUNIT_EXPECT_EQ(test, there.look.key.kind,
			KSTEER_FIELDS_FULL |
				(c->family == KSTEER_V6 ? KSTEER_KIND_V6 : 0));

	ksteer_key_tuple(there.kn, &there.look, &t);
	KUNIT_EXPECT_EQ(test, t.family, c->family);
	KUNIT_EXPECT_EQ(test, t.proto, c->proto);
	KUNIT_EXPECT_EQ(test, t.vlan, 0);
	KUNIT_EXPECT_EQ(test, ntohs(t.sport), c->ports ? 40000 : 0);
	KUNIT_EXPECT_EQ(test, ntohs(t.dport), c->ports ? 80 : 0);
	KUNIT_EXPECT_MEMEQ(test, &t.src, &src, sizeof(src));
	KUNIT_EXPECT_MEMEQ(test, &t.dst, &dst, sizeof(dst));
}

/* Equal addresses, then equal ports: the order must still be one */
static void key_order(struct kunit *test)
{
	u8 family;

	for (family = 0; family < KSTEER_FAMILIES; family++) {
		struct ksteer_lookup a = fix_look(family, 1, 5, 1, 6, 0);
		struct ksteer_lookup b = fix_look(family, 1, 6, 1, 5, 0);
		struct ksteer_lookup c = fix_look(family, 1, 5, 1, 5, 0);
		struct ksteer_lookup d = fix_look(family, 1, 5, 2, 5, 0);

		KUNIT_EXPECT_MEMEQ(test, &a.key, &b.key, sizeof(a.key));
		KUNIT_EXPECT_NE(test, a.swapped, b.swapped);
		KUNIT_EXPECT_FALSE(test, c.swapped);
		KUNIT_EXPECT_MEMNEQ(test, &c.key, &a.key, sizeof(a.key));
		KUNIT_EXPECT_MEMNEQ(test, &c.key, &d.key, sizeof(a.key));
	}
}

struct tcp_case {
	const char *name;
	u8 flags;
	u32 payload;
	u32 seq_len;
};

static const struct tcp_case tcp_cases[] = {
	{ "ACK", KSTEER_TCP_ACK, 0, 0 },
	{ "data", KSTEER_TCP_ACK, 100, 100 },
	{ "SYN", KSTEER_TCP_SYN, 0, 1 },
	{ "SYN with data", KSTEER_TCP_SYN, 10, 11 },
	{ "FIN", KSTEER_TCP_FIN | KSTEER_TCP_ACK, 0, 1 },
	{ "FIN with data", KSTEER_TCP_FIN | KSTEER_TCP_ACK, 7, 8 },
	{ "RST", KSTEER_TCP_RST, 0, 0 },
	{ "SYN and FIN", KSTEER_TCP_SYN | KSTEER_TCP_FIN, 0, 2 },
};

KUNIT_ARRAY_PARAM_DESC(tcp, tcp_cases, name);

static void key_tcp_fields(struct kunit *test)
{
	const struct tcp_case *c = test->param_value;
	struct ksteer_packet pkt;
	int i;

	for (i = 0; i < 4; i++) {
		struct fix_packet p = {
			.family = i & 1,
			.proto = IPPROTO_TCP,
			.src = 1,
			.dst = 2,
			.flags = c->flags,
			.seq = 0xdeadbeef,
			.ack = 0x01020304,
			.window = 0xabcd,
			.payload = c->payload,
			.paged = i & 2,
			.dev = fix_device(test, 0),
		};

		KUNIT_ASSERT_TRUE(test, key_read(test, &p, &pkt));
		KUNIT_EXPECT_TRUE(test, pkt.tcp);
		KUNIT_EXPECT_EQ(test, pkt.tcp_flags, c->flags);
		KUNIT_EXPECT_EQ(test, pkt.seq, 0xdeadbeef);
		KUNIT_EXPECT_EQ(test, pkt.ack_seq, 0x01020304);
		KUNIT_EXPECT_EQ(test, pkt.window, 0xabcd);
		KUNIT_EXPECT_EQ(test, pkt.seq_len, c->seq_len);
		KUNIT_EXPECT_EQ(test, pkt.tcp_scale, 0);
	}
}

static void key_vlan(struct kunit *test)
{
	struct fix_packet p = {
		.proto = IPPROTO_UDP,
		.src = 1,
		.dst = 2,
	};
	struct ksteer_packet pkt;

	if (!IS_ENABLED(CONFIG_VLAN_8021Q))
		kunit_skip(test, "no VLANs in this kernel");
	p.dev = fix_device(test, 4094);
	for (p.family = 0; p.family < KSTEER_FAMILIES; p.family++) {
		KUNIT_ASSERT_TRUE(test, key_read(test, &p, &pkt));
		KUNIT_EXPECT_EQ(test, pkt.look.key.link, 4094);
	}
}

struct partial_case {
	const char *name;
	u8 fields;
	bool answer;
	u32 src;
	u32 dst;
	u16 sport;
	u16 dport;
	u8 proto;
	u16 vlan;
};

/* Of a packet from 1 port 1000 to 2 port 2000, TCP, VLAN 5 */
static const struct partial_case partial_cases[] = {
	{ "src", KSTEER_FIELD_SRC, false, 1, 0, 0, 0, 0, 0 },
	{ "dst", KSTEER_FIELD_DST, false, 0, 2, 0, 0, 0, 0 },
	{ "sport", KSTEER_FIELD_SPORT, false, 0, 0, 1000, 0, 0, 0 },
	{ "dport", KSTEER_FIELD_DPORT, false, 0, 0, 0, 2000, 0, 0 },
	{ "proto", KSTEER_FIELD_PROTO, false, 0, 0, 0, 0, IPPROTO_TCP, 0 },
	{ "vlan", KSTEER_FIELD_VLAN, false, 0, 0, 0, 0, 0, 5 },
	{ "src of an answer", KSTEER_FIELD_SRC, true, 2, 0, 0, 0, 0, 0 },
	{ "dst of an answer", KSTEER_FIELD_DST, true, 0, 1, 0, 0, 0, 0 },
	{ "ports of an answer", KSTEER_FIELD_SPORT | KSTEER_FIELD_DPORT, true,
	  0, 0, 2000, 1000, 0, 0 },
	{ "all but vlan", KSTEER_FIELDS_FULL & ~KSTEER_FIELD_VLAN, false, 1, 2,
	  1000, 2000, IPPROTO_TCP, 0 },
};

KUNIT_ARRAY_PARAM_DESC(partial, partial_cases, name);

static void key_partial(struct kunit *test)
{
	const struct partial_case *c = test->param_value;
	struct ksteer_lookup look;
	u8 family;

	for (family = 0; family < KSTEER_FAMILIES; family++) {
		struct ksteer_tuple t =
			fix_tuple(family, 1, 1000, 2, 2000, IPPROTO_TCP);
		union ksteer_addr none = {};
		union ksteer_addr src = c->src ? fix_addr(family, c->src) :
						 none;
		union ksteer_addr dst = c->dst ? fix_addr(family, c->dst) :
						 none;

		t.link = 5;
		memset(&look, 0xee, sizeof(look));
		KUNIT_ASSERT_TRUE(test, ksteer_key_partial(&look, &t, c->fields,
							   0, c->answer));
		KUNIT_EXPECT_MEMEQ(test, &look.key.addr[0], &src, sizeof(src));
		KUNIT_EXPECT_MEMEQ(test, &look.key.addr[1], &dst, sizeof(dst));
		KUNIT_EXPECT_EQ(test, ntohs(look.key.port[0]), c->sport);
		KUNIT_EXPECT_EQ(test, ntohs(look.key.port[1]), c->dport);
		KUNIT_EXPECT_EQ(test, look.key.proto, c->proto);
		KUNIT_EXPECT_EQ(test, look.key.link, c->vlan);
		KUNIT_EXPECT_EQ(test, look.key.kind,
				c->fields | (family ? KSTEER_KIND_V6 : 0));
		KUNIT_EXPECT_FALSE(test, look.swapped);
		KUNIT_EXPECT_EQ(test, look.loose, KSTEER_LOOSE_NOT);
	}
}

/* Pools have keys of their own, but where a service is told by its port */
static void key_partial_pool(struct kunit *test)
{
	const u8 service = KSTEER_FIELDS_FULL & ~KSTEER_FIELD_VLAN;
	struct ksteer_tuple t = fix_tuple(KSTEER_V6, 1, 9, 2, 8, IPPROTO_UDP);
	struct ksteer_lookup one, two;
	u8 fields;

	for (fields = 0; fields < KSTEER_FIELDS_FULL; fields++) {
		ksteer_key_partial(&one, &t, fields, 1, false);
		ksteer_key_partial(&two, &t, fields, 2, false);
		KUNIT_EXPECT_EQ(test,
				!memcmp(&one.key, &two.key, sizeof(one.key)),
				fields == service);
	}
}

/* All fields are no less specific key; an answer's key is the opener's */
static void key_partial_full(struct kunit *test)
{
	struct ksteer_tuple t = fix_tuple(KSTEER_V4, 1, 9, 2, 8, IPPROTO_UDP);
	struct ksteer_lookup open, answer;
	u8 fields;

	KUNIT_EXPECT_FALSE(test,
			   ksteer_key_partial(&open, &t, KSTEER_FIELDS_FULL, 0,
					      false));
	for (fields = 0; fields < KSTEER_FIELDS_FULL; fields++) {
		ksteer_key_partial(&open, &t, fields, 0, false);
		ksteer_key_turn(&t);
		ksteer_key_partial(&answer, &t, fields, 0, true);
		ksteer_key_turn(&t);
		KUNIT_EXPECT_MEMEQ(test, &open, &answer, sizeof(open));
	}
}

static void key_persist(struct kunit *test)
{
	u8 family;

	for (family = 0; family < KSTEER_FAMILIES; family++) {
		u8 bits = family == KSTEER_V4 ? 24 : 120;
		struct ksteer_tuple a = fix_tuple(family, 1, 1, 9, 80, 6);
		struct ksteer_tuple b = fix_tuple(family, 255, 2, 9, 81, 17);
		struct ksteer_tuple c = fix_tuple(family, 256, 1, 9, 80, 6);
		struct ksteer_lookup la, lb, lc, other;

		ksteer_key_persist(&la, &a, 7, bits, false);
		ksteer_key_persist(&lb, &b, 7, bits, false);
		ksteer_key_persist(&lc, &c, 7, bits, false);
		ksteer_key_persist(&other, &a, 8, bits, false);
		KUNIT_EXPECT_MEMEQ(test, &la, &lb, sizeof(la));
		KUNIT_EXPECT_MEMNEQ(test, &la, &lc, sizeof(la));
		KUNIT_EXPECT_MEMNEQ(test, &la, &other, sizeof(la));
		KUNIT_EXPECT_EQ(test, la.key.kind & KSTEER_KIND_PERSIST,
				KSTEER_KIND_PERSIST);
		ksteer_key_turn(&b);
		ksteer_key_persist(&lb, &b, 7, bits, true);
		KUNIT_EXPECT_MEMEQ(test, &la, &lb, sizeof(la));
	}
}

struct mask_case {
	const char *name;
	u8 family;
	u8 len;
	u32 want[4];
};

/* Of an address whose bits are all ones */
static const struct mask_case mask_cases[] = {
	{ "v4 /0", KSTEER_V4, 0, {} },
	{ "v4 /1", KSTEER_V4, 1, { 0x80000000 } },
	{ "v4 /8", KSTEER_V4, 8, { 0xff000000 } },
	{ "v4 /31", KSTEER_V4, 31, { 0xfffffffe } },
	{ "v4 /32", KSTEER_V4, 32, { 0xffffffff } },
	{ "v4 beyond", KSTEER_V4, 200, { 0xffffffff } },
	{ "v6 /0", KSTEER_V6, 0, {} },
	{ "v6 /1", KSTEER_V6, 1, { 0x80000000 } },
	{ "v6 /32", KSTEER_V6, 32, { ~0 } },
	{ "v6 /33", KSTEER_V6, 33, { ~0, 0x80000000 } },
	{ "v6 /64", KSTEER_V6, 64, { ~0, ~0 } },
	{ "v6 /127", KSTEER_V6, 127, { ~0, ~0, ~0, ~1 } },
	{ "v6 /128", KSTEER_V6, 128, { ~0, ~0, ~0, ~0 } },
	{ "v6 beyond", KSTEER_V6, 255, { ~0, ~0, ~0, ~0 } },
};

KUNIT_ARRAY_PARAM_DESC(mask, mask_cases, name);

static void key_mask(struct kunit *test)
{
	const struct mask_case *c = test->param_value;
	union ksteer_addr addr, net = {};
	int i;

	memset(&addr, 0xff, sizeof(addr));
	ksteer_addr_mask(&addr, c->len, c->family);
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, ntohl((__force __be32)addr.w32[i]),
				c->want[i]);
		net.w32[i] = (__force u32)htonl(c->want[i]);
	}
	memset(&addr, 0xff, sizeof(addr));
	KUNIT_EXPECT_TRUE(test, ksteer_addr_in(&addr, &net, c->len, c->family));
	addr.w32[0] ^= (__force u32)htonl(0x80000000);
	KUNIT_EXPECT_EQ(test, ksteer_addr_in(&addr, &net, c->len, c->family),
			c->len == 0);
}

static struct kunit_case key_suite_cases[] = {
	KUNIT_CASE_PARAM(key_plain, key_gen_params),
	KUNIT_CASE(key_order),
	KUNIT_CASE_PARAM(key_tcp_fields, tcp_gen_params),
	KUNIT_CASE(key_vlan),
	KUNIT_CASE_PARAM(key_partial, partial_gen_params),
	KUNIT_CASE(key_partial_full),
	KUNIT_CASE(key_partial_pool),
	KUNIT_CASE(key_persist),
	KUNIT_CASE_PARAM(key_mask, mask_gen_params),
	{},
};

static struct kunit_suite key_suite = {
	.name = "ksteer_key",
	.test_cases = key_suite_cases,
};

kunit_test_suite(key_suite);

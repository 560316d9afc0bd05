// SPDX-License-Identifier: GPL-2.0-only
/*
 * key: packets that are not plain: ICMP errors, extension headers, fragments,
 * TCP options, and what is malformed and has no key.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/tcp.h>

#include "fixture.h"
#include "packet/fragment.h"

static bool odd_read(struct kunit *test, u8 family, const void *bytes, u32 len,
		     struct ksteer_packet *pkt)
{
	struct net_device *dev = fix_device(test, 0);
	bool linear, paged;

	/* Whatever lies in the head, the answer must be the same */
	pkt->skb = fix_raw(test, family, bytes, len, len, dev);
	pkt->family = family;
	linear = fix_key_read(pkt, family);
	kfree_skb(pkt->skb);
	pkt->skb = fix_raw(test, family, bytes, len,
			   family == KSTEER_V4 ? 20 : 40, dev);
	paged = fix_key_read(pkt, family);
	kfree_skb(pkt->skb);
	KUNIT_EXPECT_EQ(test, linear, paged);
	return linear;
}

struct error_case {
	const char *name;
	u8 family;
	u8 type;
	bool error;
};

static const struct error_case error_cases[] = {
	{ "v4 echo reply", KSTEER_V4, ICMP_ECHOREPLY, false },
	{ "v4 unreachable", KSTEER_V4, ICMP_DEST_UNREACH, true },
	{ "v4 quench", KSTEER_V4, ICMP_SOURCE_QUENCH, true },
	{ "v4 redirect", KSTEER_V4, ICMP_REDIRECT, true },
	{ "v4 echo", KSTEER_V4, ICMP_ECHO, false },
	{ "v4 time exceeded", KSTEER_V4, ICMP_TIME_EXCEEDED, true },
	{ "v4 parameter", KSTEER_V4, ICMP_PARAMETERPROB, true },
	{ "v4 timestamp", KSTEER_V4, ICMP_TIMESTAMP, false },
	{ "v6 unreachable", KSTEER_V6, ICMPV6_DEST_UNREACH, true },
	{ "v6 too big", KSTEER_V6, ICMPV6_PKT_TOOBIG, true },
	{ "v6 time exceeded", KSTEER_V6, ICMPV6_TIME_EXCEED, true },
	{ "v6 parameter", KSTEER_V6, ICMPV6_PARAMPROB, true },
	{ "v6 echo", KSTEER_V6, ICMPV6_ECHO_REQUEST, false },
	{ "v6 echo reply", KSTEER_V6, ICMPV6_ECHO_REPLY, false },
};

KUNIT_ARRAY_PARAM_DESC(error, error_cases, name);

/* From router 9 to 1, about a packet from 1 port 1000 to 2 port 80 */
static u32 odd_error(u8 *to, u8 family, u8 type, u8 quoted_proto)
{
	struct fix_packet outer = {
		.family = family,
		.proto = family == KSTEER_V4 ? IPPROTO_ICMP : IPPROTO_ICMPV6,
		.src = 9,
		.dst = 1,
	};
	struct fix_packet quoted = {
		.family = family,
		.proto = quoted_proto,
		.src = 1,
		.sport = 1000,
		.dst = 2,
		.dport = 80,
	};
	u32 ihl = family == KSTEER_V4 ? 20 : 40;
	u32 len;

	fix_bytes(to, &outer);
	memset(to + ihl, 0, 8);
	to[ihl] = type;
	len = ihl + 8;
	return len + fix_bytes(to + len, &quoted);
}

static void odd_icmp(struct kunit *test)
{
	const struct error_case *c = test->param_value;
	struct ksteer_packet pkt;
	struct ksteer_tuple t;
	u8 bytes[256];
	u32 len;

	len = odd_error(bytes, c->family, c->type, IPPROTO_TCP);
	KUNIT_ASSERT_TRUE(test, odd_read(test, c->family, bytes, len, &pkt));
	KUNIT_EXPECT_EQ(test, pkt.icmp_error, c->error);
	KUNIT_EXPECT_FALSE(test, pkt.tcp);
	ksteer_key_tuple(pkt.kn, &pkt.look, &t);
	if (c->error) {
		struct ksteer_tuple want =
			fix_tuple(c->family, 2, 80, 1, 1000, IPPROTO_TCP);

		KUNIT_EXPECT_MEMEQ(test, &t.src, &want.src, sizeof(t.src));
		KUNIT_EXPECT_MEMEQ(test, &t.dst, &want.dst, sizeof(t.dst));
		KUNIT_EXPECT_EQ(test, t.sport, want.sport);
		KUNIT_EXPECT_EQ(test, t.dport, want.dport);
		KUNIT_EXPECT_EQ(test, t.proto, IPPROTO_TCP);
	} else {
		struct ksteer_tuple want = fix_tuple(c->family, 9, 0, 1, 0, 0);

		KUNIT_EXPECT_MEMEQ(test, &t.src, &want.src, sizeof(t.src));
		KUNIT_EXPECT_MEMEQ(test, &t.dst, &want.dst, sizeof(t.dst));
		KUNIT_EXPECT_EQ(test, t.sport, 0);
		KUNIT_EXPECT_EQ(test, t.dport, 0);
	}
}

/* An error whose quote is cut off, one byte after the other */
static void odd_icmp_cut(struct kunit *test)
{
	struct ksteer_packet pkt;
	u8 bytes[256];
	u8 family;

	for (family = 0; family < KSTEER_FAMILIES; family++) {
		u32 ihl = family == KSTEER_V4 ? 20 : 40;
		u32 enough = ihl + 8 + ihl + 4;
		u8 type = family == KSTEER_V4 ? ICMP_DEST_UNREACH :
						ICMPV6_DEST_UNREACH;
		u32 len;

		odd_error(bytes, family, type, IPPROTO_UDP);
		for (len = ihl + 1; len < enough; len++)
			KUNIT_EXPECT_FALSE(test, odd_read(test, family, bytes,
							  len, &pkt));
		KUNIT_EXPECT_TRUE(test,
				  odd_read(test, family, bytes, enough, &pkt));
	}
}

/* Quotes that tell of no flow */
static void odd_icmp_quotes(struct kunit *test)
{
	struct ksteer_packet pkt;
	u8 bytes[256];
	u32 len;

	len = odd_error(bytes, KSTEER_V4, ICMP_TIME_EXCEEDED, IPPROTO_UDP);
	((struct iphdr *)(bytes + 28))->frag_off = htons(1);
	KUNIT_EXPECT_FALSE(test, odd_read(test, KSTEER_V4, bytes, len, &pkt));
	((struct iphdr *)(bytes + 28))->frag_off = htons(IP_MF);
	KUNIT_EXPECT_TRUE(test, odd_read(test, KSTEER_V4, bytes, len, &pkt));
	((struct iphdr *)(bytes + 28))->version = 6;
	KUNIT_EXPECT_FALSE(test, odd_read(test, KSTEER_V4, bytes, len, &pkt));
	((struct iphdr *)(bytes + 28))->version = 4;
	((struct iphdr *)(bytes + 28))->ihl = 4;
	KUNIT_EXPECT_FALSE(test, odd_read(test, KSTEER_V4, bytes, len, &pkt));

	len = odd_error(bytes, KSTEER_V6, ICMPV6_PKT_TOOBIG, IPPROTO_UDP);
	((struct ipv6hdr *)(bytes + 48))->version = 4;
	KUNIT_EXPECT_FALSE(test, odd_read(test, KSTEER_V6, bytes, len, &pkt));
}

struct ext_case {
	const char *name;
	u8 next; /* of the IPv6 header */
	u8 ext[16];
	u8 len; /* of @ext */
	bool key;
	u8 proto;
};

static const struct ext_case ext_cases[] = {
	{ "hop-by-hop, UDP",
	  IPPROTO_HOPOPTS,
	  { IPPROTO_UDP, 0, 1, 4 },
	  8,
	  true,
	  IPPROTO_UDP },
	{ "options, TCP",
	  IPPROTO_DSTOPTS,
	  { IPPROTO_TCP, 1, 1, 12 },
	  16,
	  true,
	  IPPROTO_TCP },
	{ "routing, TCP",
	  IPPROTO_ROUTING,
	  { IPPROTO_TCP, 0, 4 },
	  8,
	  true,
	  IPPROTO_TCP },
	{ "first fragment",
	  IPPROTO_FRAGMENT,
	  { IPPROTO_UDP, 0, 0, 1 },
	  8,
	  true,
	  IPPROTO_UDP },
	{ "later fragment",
	  IPPROTO_FRAGMENT,
	  { IPPROTO_UDP, 0, 0, 8 },
	  8,
	  false,
	  0 },
	{ "two headers",
	  IPPROTO_HOPOPTS,
	  { IPPROTO_DSTOPTS, 0, 1, 4, 0, 0, 0, 0, IPPROTO_UDP, 0, 1, 4 },
	  16,
	  true,
	  IPPROTO_UDP },
	{ "beyond the end",
	  IPPROTO_HOPOPTS,
	  { IPPROTO_UDP, 200, 1, 4 },
	  8,
	  false,
	  0 },
	{ "nothing follows",
	  IPPROTO_DSTOPTS,
	  { IPPROTO_NONE, 0, 1, 4 },
	  8,
	  false,
	  0 },
};

KUNIT_ARRAY_PARAM_DESC(ext, ext_cases, name);

static void odd_extension(struct kunit *test)
{
	const struct ext_case *c = test->param_value;
	struct fix_packet p = {
		.family = KSTEER_V6,
		.proto = IPPROTO_TCP,
		.src = 1,
		.sport = 1000,
		.dst = 2,
		.dport = 80,
		.flags = KSTEER_TCP_SYN,
	};
	struct ksteer_packet pkt;
	u8 bytes[256];
	u32 len = fix_bytes(bytes, &p);

	memmove(bytes + 40 + c->len, bytes + 40, len - 40);
	memcpy(bytes + 40, c->ext, c->len);
	((struct ipv6hdr *)bytes)->nexthdr = c->next;
	KUNIT_ASSERT_EQ(test,
			odd_read(test, KSTEER_V6, bytes, len + c->len, &pkt),
			c->key);
	if (!c->key)
		return;
	KUNIT_EXPECT_EQ(test, pkt.look.key.proto, c->proto);
	KUNIT_EXPECT_EQ(
		test, ntohs(pkt.look.key.port[0]) + ntohs(pkt.look.key.port[1]),
		1080);
}

/* Cut off after each byte: a key only with all of TCP, or both ports */
static void odd_truncated(struct kunit *test)
{
	struct fix_packet p = { .src = 1, .dst = 2, .flags = KSTEER_TCP_ACK };
	struct ksteer_packet pkt;
	u8 bytes[256];
	u32 len;

	for (p.family = 0; p.family < KSTEER_FAMILIES; p.family++) {
		u32 ihl = p.family == KSTEER_V4 ? 20 : 40;

		p.proto = IPPROTO_TCP;
		fix_bytes(bytes, &p);
		for (len = ihl; len <= ihl + 20; len++)
			KUNIT_EXPECT_EQ(test,
					odd_read(test, p.family, bytes, len,
						 &pkt),
					len == ihl + 20);
		p.proto = IPPROTO_UDP;
		fix_bytes(bytes, &p);
		for (len = ihl; len <= ihl + 8; len++)
			KUNIT_EXPECT_EQ(test,
					odd_read(test, p.family, bytes, len,
						 &pkt),
					len >= ihl + 4);
	}
}

static void odd_malformed(struct kunit *test)
{
	struct fix_packet p = {
		.proto = IPPROTO_TCP,
		.src = 1,
		.dst = 2,
		.payload = 20,
	};
	struct ksteer_packet pkt;
	u8 bytes[256];
	u32 len, doff;

	for (p.family = 0; p.family < KSTEER_FAMILIES; p.family++) {
		u32 ihl = p.family == KSTEER_V4 ? 20 : 40;

		len = fix_bytes(bytes, &p);
		for (doff = 0; doff < 16; doff++) {
			bytes[ihl + 12] = doff << 4;
			KUNIT_EXPECT_EQ(test,
					odd_read(test, p.family, bytes, len,
						 &pkt),
					doff >= 5 && doff <= 10);
		}
	}
}

static bool odd_is_fragment(struct kunit *test, u8 family, const void *bytes,
			    u32 len)
{
	struct sk_buff *skb =
		fix_raw(test, family, bytes, len, len, fix_device(test, 0));
	bool fragment = ksteer_is_fragment(skb, family);

	kfree_skb(skb);
	return fragment;
}

/* What is to be gathered: IPv4 with an offset or more to come; maybe IPv6 */
static void odd_fragment(struct kunit *test)
{
	struct fix_packet p = { .proto = IPPROTO_UDP, .src = 1, .dst = 2 };
	struct iphdr *iph;
	u8 bytes[256];
	u32 len = fix_bytes(bytes, &p);

	iph = (struct iphdr *)bytes;
	iph->frag_off = htons(IP_DF);
	KUNIT_EXPECT_FALSE(test, odd_is_fragment(test, KSTEER_V4, bytes, len));
	iph->frag_off = htons(IP_MF);
	KUNIT_EXPECT_TRUE(test, odd_is_fragment(test, KSTEER_V4, bytes, len));
	iph->frag_off = htons(100);
	KUNIT_EXPECT_TRUE(test, odd_is_fragment(test, KSTEER_V4, bytes, len));

	p.family = KSTEER_V6;
	len = fix_bytes(bytes, &p);
	KUNIT_EXPECT_FALSE(test, odd_is_fragment(test, KSTEER_V6, bytes, len));
	((struct ipv6hdr *)bytes)->nexthdr = NEXTHDR_FRAGMENT;
	KUNIT_EXPECT_TRUE(test, odd_is_fragment(test, KSTEER_V6, bytes, len));
	((struct ipv6hdr *)bytes)->nexthdr = NEXTHDR_HOP;
	KUNIT_EXPECT_TRUE(test, odd_is_fragment(test, KSTEER_V6, bytes, len));
	((struct ipv6hdr *)bytes)->nexthdr = IPPROTO_ICMPV6;
	KUNIT_EXPECT_FALSE(test, odd_is_fragment(test, KSTEER_V6, bytes, len));
}

struct scale_case {
	const char *name;
	u8 opt[12];
	u8 len;
	u8 want;
};

static const struct scale_case scale_cases[] = {
	{ "none", {}, 0, 0 },
	{ "alone", { TCPOPT_WINDOW, 3, 7 }, 3, 8 },
	{ "0", { TCPOPT_WINDOW, 3, 0, 0 }, 4, 1 },
	{ "14", { TCPOPT_WINDOW, 3, 14, 0 }, 4, 15 },
	{ "too great", { TCPOPT_WINDOW, 3, 15, 0 }, 4, 15 },
	{ "far too great", { TCPOPT_WINDOW, 3, 255, 0 }, 4, 15 },
	{ "after NOPs", { 1, 1, 1, TCPOPT_WINDOW, 3, 2, 0, 0 }, 8, 3 },
	{ "after MSS", { 2, 4, 5, 180, 1, TCPOPT_WINDOW, 3, 9 }, 8, 10 },
	{ "after the end", { 0, TCPOPT_WINDOW, 3, 9 }, 4, 0 },
	{ "length 2", { TCPOPT_WINDOW, 2, 9, 0 }, 4, 0 },
	{ "length 4", { TCPOPT_WINDOW, 4, 9, 9 }, 4, 0 },
	{ "length 0 before", { 8, 0, TCPOPT_WINDOW, 3, 9, 0, 0, 0 }, 8, 0 },
	{ "length 1 before", { 8, 1, TCPOPT_WINDOW, 3, 9, 0, 0, 0 }, 8, 0 },
	{ "beyond the end", { 8, 9, TCPOPT_WINDOW, 3, 9, 0, 0, 0 }, 8, 0 },
	{ "cut off at the kind", { 1, 1, 1, TCPOPT_WINDOW }, 4, 0 },
	{ "cut off at the length", { 1, 1, TCPOPT_WINDOW, 3 }, 4, 0 },
	{ "negative length", { TCPOPT_WINDOW, 3, 7 }, 255, 0 },
};

KUNIT_ARRAY_PARAM_DESC(scale, scale_cases, name);

static void odd_scale(struct kunit *test)
{
	const struct scale_case *c = test->param_value;
	int len = c->len == 255 ? -4 : c->len;
	struct sk_buff *skb;
	u8 bytes[64] = {};

	memcpy(bytes + 20, c->opt, sizeof(c->opt));
	skb = fix_raw(test, KSTEER_V4, bytes, 20 + max(len, 0),
		      20 + max(len, 0), NULL);
	KUNIT_EXPECT_EQ(test, ksteer_read_scale(skb, 20, len), c->want);
	kfree_skb(skb);
	skb = fix_raw(test, KSTEER_V4, bytes, 32, 20, NULL);
	KUNIT_EXPECT_EQ(test, ksteer_read_scale(skb, 20, len), c->want);
	kfree_skb(skb);
	/* More said than there is */
	skb = fix_raw(test, KSTEER_V4, bytes, 24, 24, NULL);
	KUNIT_EXPECT_EQ(test, ksteer_read_scale(skb, 20, 40), 0);
	kfree_skb(skb);
}

static struct kunit_case odd_suite_cases[] = {
	KUNIT_CASE_PARAM(odd_icmp, error_gen_params),
	KUNIT_CASE(odd_icmp_cut),
	KUNIT_CASE(odd_icmp_quotes),
	KUNIT_CASE_PARAM(odd_extension, ext_gen_params),
	KUNIT_CASE(odd_truncated),
	KUNIT_CASE(odd_malformed),
	KUNIT_CASE(odd_fragment),
	KUNIT_CASE_PARAM(odd_scale, scale_gen_params),
	{},
};

static struct kunit_suite odd_suite = {
	.name = "ksteer_key_odd",
	.test_cases = odd_suite_cases,
};

kunit_test_suite(odd_suite);

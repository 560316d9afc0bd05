// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that are nearly right, and those that are not: both families, TCP,
 * UDP, SCTP, ICMP and errors that quote packets, options, extension headers,
 * fragments, VLAN tags; with wrong lengths, checksums and bytes, and cut short.
 */
#include <arpa/inet.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <string.h>

#include "packets.h"

#define CLIENTS 64
#define PORTS 256

static unsigned int client_port(struct packet *p)
{
	return one_in(p, 32) ? random_of(p, 65536) :
			       20000 + random_of(p, PORTS);
}

static unsigned int server_port(struct packet *p)
{
	static const unsigned short port[] = { 80, 53, 443, 5000, 8080, 81 };

	return one_in(p, 32) ? random_of(p, 65536) : port[random_of(p, 6)];
}

static void put_ports(struct packet *p)
{
	unsigned int client = client_port(p), server = server_port(p);

	put16(p, p->reply ? server : client);
	put16(p, p->reply ? client : server);
}

static void put_tcp(struct packet *p)
{
	static const unsigned char flags[] = {
		TH_SYN,		 TH_SYN, TH_ACK,	  TH_SYN | TH_ACK,
		TH_FIN | TH_ACK, TH_RST, TH_RST | TH_ACK, TH_PUSH | TH_ACK
	};
	unsigned int words = one_in(p, 4) ? random_of(p, 16) : 5;
	unsigned char head[2] = { words << 4, flags[random_of(p, 8)] };

	if (one_in(p, 16))
		head[1] = random_of(p, 256);
	put_ports(p);
	if (one_in(p, 4))
		put_random(p, 8);
	else
		put(p, "\0\0\0\1\0\0\0\1", 8);
	put(p, head, 2);
	put_random(p, 6);
	put_random(p, words > 5 ? 4 * (words - 5) : 0);
}

static void put_udp(struct packet *p, unsigned int payload)
{
	put_ports(p);
	put16(p, one_in(p, 16) ? random_of(p, 65536) : 8 + payload);
	put16(p, one_in(p, 8) ? random_of(p, 65536) : 0);
}

static void put_sctp(struct packet *p)
{
	unsigned char chunk[4] = { random_of(p, 16), 0, 0, 20 };

	put_ports(p);
	put_random(p, 8);
	put(p, chunk, 4);
}

static void put_ip(struct packet *p, int depth);

/* Errors quote a packet that went the other way */
static void put_icmp(struct packet *p, int depth)
{
	static const unsigned char v4[] = { 3, 3, 11, 12, 4, 5, 8, 0, 13, 3 };
	static const unsigned char v6[] = {
		1, 2, 3, 4, 128, 129, 135, 136, 1, 2
	};
	unsigned int at = p->len, n = random_of(p, 10);
	unsigned char head[8] = { p->v6 ? v6[n] : v4[n], random_of(p, 6) };
	unsigned short sum;
	bool is_v6 = p->v6;

	if (one_in(p, 16))
		head[0] = random_of(p, 256);
	head[6] = random_of(p, 256);
	head[7] = random_of(p, 256);
	put(p, head, sizeof(head));
	if (depth < 2 && !one_in(p, 8)) {
		p->reply = !p->reply;
		p->v6 ^= one_in(p, 32);
		put_ip(p, depth + 1);
		p->reply = !p->reply;
		p->v6 = is_v6;
	}
	sum = fold(sum16(p->byte + at, p->len - at));
	if (!is_v6 && !one_in(p, 16))
		memcpy(p->byte + at + 2, &sum, 2);
}

/* IPv6 has a sum over its addresses, too */
static void sum_icmp6(struct packet *p, unsigned int ip, unsigned int at)
{
	unsigned int len = p->len - at, sum = len + IPPROTO_ICMPV6;
	unsigned short done;

	if (len < 4)
		return;
	memset(p->byte + at + 2, 0, 2);
	sum += sum16(p->byte + ip + 8, 32) + sum16(p->byte + at, len);
	done = fold(sum);
	memcpy(p->byte + at + 2, &done, 2);
}

static unsigned char transport(struct packet *p)
{
	static const unsigned char proto[] = { IPPROTO_TCP,  IPPROTO_TCP,
					       IPPROTO_TCP,  IPPROTO_UDP,
					       IPPROTO_UDP,  IPPROTO_SCTP,
					       IPPROTO_ICMP, IPPROTO_ICMP };

	return one_in(p, 32) ? random_of(p, 256) : proto[random_of(p, 8)];
}

static void put_transport(struct packet *p, unsigned char proto, int depth)
{
	unsigned int payload = one_in(p, 16) ? random_of(p, 1300) :
					       random_of(p, 40);

	if (proto == IPPROTO_TCP)
		put_tcp(p);
	else if (proto == IPPROTO_UDP)
		put_udp(p, payload);
	else if (proto == IPPROTO_SCTP)
		put_sctp(p);
	else if (proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6)
		put_icmp(p, depth);
	put_random(p, payload);
}

static unsigned char lifetime(struct packet *p)
{
	return one_in(p, 16) ? random_of(p, 3) : 64;
}

static void put_options(struct packet *p, unsigned int len)
{
	static const unsigned char type[] = { 1, 7, 68, 131, 137, 148, 0, 1 };
	unsigned char option[4] = { type[random_of(p, 8)], 4, 4,
				    random_of(p, 256) };

	for (; len; len -= 4) {
		if (one_in(p, 2))
			put(p, option, 4);
		else
			put_random(p, 4);
	}
}

static void put_v4(struct packet *p, int depth)
{
	unsigned int at = p->len, words = one_in(p, 8) ? random_of(p, 11) : 0;
	struct iphdr ip = { .version = 4, .ihl = 5 + words };
	struct in_addr client = names.client4;

	client.s_addr = htonl(ntohl(client.s_addr) + random_of(p, CLIENTS));
	ip.ttl = lifetime(p);
	ip.id = htons(random_of(p, 8));
	ip.protocol = transport(p);
	ip.frag_off = one_in(p, 8) ? htons(random_of(p, 4) << 13 |
					   random_of(p, 4) * 3) :
				     0;
	ip.saddr = p->reply ? names.server4.s_addr : client.s_addr;
	ip.daddr = p->reply ? client.s_addr : names.server4.s_addr;
	if (one_in(p, 64))
		ip.saddr = random_of(p, ~0U);
	put(p, &ip, sizeof(ip));
	put_options(p, 4 * words);
	put_transport(p, ip.protocol, depth);
	ip.tot_len = htons(p->len - at);
	if (one_in(p, 24))
		ip.tot_len = htons(random_of(p, 2000));
	if (one_in(p, 32))
		ip.ihl = random_of(p, 16);
	memcpy(p->byte + at, &ip, sizeof(ip));
	ip.check = fold(sum16(p->byte + at, sizeof(ip) + 4 * words));
	if (one_in(p, 32))
		ip.check = 0;
	memcpy(p->byte + at, &ip, sizeof(ip));
}

/* Return: the protocol that @next is to name */
static void put_extensions(struct packet *p, unsigned char *next,
			   unsigned char proto)
{
	static const unsigned char type[] = { 0, 60, 43, 44, 44, 51, 60, 135 };
	unsigned int n = one_in(p, 5) ? 1 + random_of(p, 4) : 0, units, at;

	for (; n; n--) {
		*next = type[random_of(p, 8)];
		units = *next == IPPROTO_FRAGMENT ? 0 : random_of(p, 3);
		at = p->len;
		put(p, "\0\0\1\4\0\0\0\0", 8);
		put_random(p, 8 * units);
		if (*next == IPPROTO_FRAGMENT && one_in(p, 2))
			p->byte[at + 3] = random_of(p, 32);
		if (one_in(p, 8))
			units = random_of(p, 256);
		p->byte[at + 1] = units;
		next = p->byte + at;
	}
	*next = proto;
}

static void put_v6(struct packet *p, int depth)
{
	unsigned char proto = transport(p);
	struct in6_addr client = names.client6;
	struct ip6_hdr ip = { .ip6_vfc = 0x60 };
	unsigned int at = p->len, from;

	client.s6_addr[15] += random_of(p, CLIENTS);
	ip.ip6_hlim = lifetime(p);
	ip.ip6_src = p->reply ? names.server6 : client;
	ip.ip6_dst = p->reply ? client : names.server6;
	if (one_in(p, 64))
		ip.ip6_src.s6_addr32[3] = random_of(p, ~0U);
	put(p, &ip, sizeof(ip));
	if (proto == IPPROTO_ICMP)
		proto = IPPROTO_ICMPV6;
	put_extensions(p, p->byte + at + 6, proto);
	from = p->len;
	put_transport(p, proto, depth);
	ip.ip6_plen = htons(p->len - at - sizeof(ip));
	if (one_in(p, 24))
		ip.ip6_plen = htons(random_of(p, 2000));
	memcpy(p->byte + at + 4, &ip.ip6_plen, 2);
	if (proto == IPPROTO_ICMPV6 && !one_in(p, 16))
		sum_icmp6(p, at, from);
}

static void put_ip(struct packet *p, int depth)
{
	if (p->v6)
		put_v6(p, depth);
	else
		put_v4(p, depth);
}

static void put_link(struct packet *p)
{
	unsigned int tags = one_in(p, 16) ? 1 + random_of(p, 2) : 0;

	put(p, names.mac, ETH_ALEN);
	put(p, "\2\0\0\0\0\1", ETH_ALEN);
	while (tags--) {
		put16(p, ETH_P_8021Q);
		put16(p, random_of(p, 4));
	}
	put16(p, p->v6 ? ETH_P_IPV6 : ETH_P_IP);
}

/* Bytes changed, and the end cut off */
static void spoil(struct packet *p)
{
	unsigned int n = one_in(p, 16) ? 1 + random_of(p, 4) : 0;

	while (n--)
		p->byte[ETH_HLEN + random_of(p, p->len - ETH_HLEN)] =
			random_of(p, 256);
	if (one_in(p, 16))
		p->len = ETH_HLEN + random_of(p, p->len - ETH_HLEN);
}

/**
 * make_junk - fill a packet with something
 * @p: empty, its sequence of random numbers begun
 */
void make_junk(struct packet *p)
{
	p->v6 = one_in(p, 2);
	put_link(p);
	put_ip(p, 0);
	spoil(p);
	if (p->len > FRAME)
		p->len = FRAME;
}

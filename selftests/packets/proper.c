// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that are in order, in flows that no other packet has, so that it is
 * known what must become of each.  Client K of a service asks from an address
 * and a port of its own.  The last bytes of a packet tell its number and who
 * has sent it, from which it can be made again.
 */
#include <arpa/inet.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>

#include "packets.h"

#define CLIENT_NET 128
#define CLIENT_HOST 64
#define ROUTER_HOST 200
#define CLIENT_PORT 30000

/* What the virtual servers of fuzz_packet.sh take, one of each */
static const struct {
	unsigned short port;
	unsigned char proto;
	bool symmetric;
} service[SERVICES] = {
	{ 80, IPPROTO_TCP, false },   { 53, IPPROTO_UDP, false },
	{ 443, IPPROTO_UDP, true },   { 5000, IPPROTO_UDP, false },
	{ 8080, IPPROTO_UDP, false }, { 81, IPPROTO_SCTP, false },
};

/*
 * From the client: a question, or an error that speaks of the answer.  From the
 * first traffic manager: an answer, whoever's flow it is.  And what concerns no
 * virtual server.
 */
enum kind { ASK, ERROR, ANSWER, PLAIN };

static const unsigned char magic[7] = { 0xf7, 'p', 'r', 'o', 'p', 'e', 'r' };

#define MARK_LEN 12

/**
 * number_of - the number that a proper packet carries
 * @frame: the packet
 * @len: bytes in it
 * @number: filled
 * @reply: filled: whether it was sent as an answer
 *
 * Return: whether there is one.
 */
bool number_of(const unsigned char *frame, unsigned int len,
	       unsigned int *number, bool *reply)
{
	const unsigned char *mark = frame + len - MARK_LEN;
	unsigned int net;

	if (len < ETH_HLEN + sizeof(struct iphdr) + MARK_LEN ||
	    memcmp(mark, magic, sizeof(magic)))
		return false;
	*reply = mark[sizeof(magic)];
	memcpy(&net, mark + 8, 4);
	*number = ntohl(net);
	return true;
}

/*
 * Is it the address of a client that sends proper packets, or of its router?
 * Others are drawn at random, and end alike now and then.
 */
static bool is_client(const unsigned char *addr, const void *net,
		      unsigned int len)
{
	const unsigned char *last = addr + len;

	return !memcmp(addr, net, len) && last[0] >= CLIENT_NET &&
	       last[0] < CLIENT_NET + SERVICES &&
	       (last[1] == ROUTER_HOST ||
		(last[1] >= CLIENT_HOST && last[1] < CLIENT_HOST + FLOWS_EACH));
}

/**
 * is_ours - does a packet come from such a client, or is it for one?
 * @frame: the packet, with a whole network header
 *
 * Return: whether it is so; what is not nearly right gets there, too.
 */
bool is_ours(const unsigned char *frame)
{
	const unsigned char *ip = frame + ETH_HLEN;

	if (frame[12] == 0x08)
		return is_client(ip + 12, &names.client4, 2) ||
		       is_client(ip + 16, &names.client4, 2);
	return is_client(ip + 8, &names.client6, 14) ||
	       is_client(ip + 24, &names.client6, 14);
}

/**
 * is_due - has a packet to arrive?
 * @what: what must become of it
 *
 * Return: whether it has.
 */
bool is_due(const struct proper *what)
{
	return what->place > BAD_OPTIONS;
}

static void put_mark(struct packet *p, unsigned int number)
{
	unsigned char reply = p->reply;
	unsigned int net = htonl(number);

	put(p, magic, sizeof(magic));
	put(p, &reply, 1);
	put(p, &net, 4);
}

static unsigned int service_of(unsigned int flow)
{
	return flow / (2 * FLOWS_EACH);
}

static void put_addr4(struct packet *p, unsigned int flow, enum kind kind,
		      bool client)
{
	struct in_addr addr = kind == PLAIN ? names.first4 : names.server4;
	unsigned char *byte = (unsigned char *)&addr;

	if (client) {
		addr = names.client4;
		byte[2] = CLIENT_NET + service_of(flow);
		byte[3] = kind == ERROR ? ROUTER_HOST :
					  CLIENT_HOST + flow / 2 % FLOWS_EACH;
	}
	put(p, &addr, sizeof(addr));
}

static void put_addr6(struct packet *p, unsigned int flow, enum kind kind,
		      bool client)
{
	struct in6_addr addr = kind == PLAIN ? names.first6 : names.server6;

	if (client) {
		addr = names.client6;
		addr.s6_addr[14] = CLIENT_NET + service_of(flow);
		addr.s6_addr[15] = kind == ERROR ?
					   ROUTER_HOST :
					   CLIENT_HOST + flow / 2 % FLOWS_EACH;
	}
	put(p, &addr, sizeof(addr));
}

static void put_addrs(struct packet *p, unsigned int flow, enum kind kind,
		      bool from_client)
{
	if (p->v6) {
		put_addr6(p, flow, kind, from_client);
		put_addr6(p, flow, kind, !from_client);
	} else {
		put_addr4(p, flow, kind, from_client);
		put_addr4(p, flow, kind, !from_client);
	}
}

/* Options that ask for nothing; or one that nobody grants */
static void put_options4(struct packet *p, unsigned int words, bool bad)
{
	static const unsigned char route[8] = { 131, 7, 4, 10, 9, 8, 7, 1 };
	unsigned char option[4] = { 0x5e, 4 };

	if (bad) {
		put(p, route, sizeof(route));
		words -= 2;
	}
	for (; words; words--) {
		option[2] = random_of(p, 256);
		option[3] = random_of(p, 256);
		put(p, one_in(p, 2) ? (void *)option : "\1\1\1\1", 4);
	}
}

/* Return: what @next has to name, if @proto is what follows */
static unsigned char put_options6(struct packet *p, unsigned char type,
				  unsigned char next)
{
	unsigned int units = 1 + random_of(p, 3);
	unsigned char head[4] = { next, units - 1, 0x1e, 8 * units - 4 };

	put(p, head, sizeof(head));
	put_random(p, 8 * units - 4);
	return type;
}

static void put_head4(struct packet *p, unsigned int flow, enum kind kind,
		      bool from_client, unsigned char proto, unsigned char ttl,
		      unsigned int words, bool bad)
{
	struct iphdr ip = { .version = 4, .ihl = 5 + words };

	ip.tos = random_of(p, 256);
	ip.id = random_of(p, 65536);
	ip.frag_off = one_in(p, 2) ? htons(IP_DF) : 0;
	ip.ttl = ttl;
	ip.protocol = proto;
	put(p, &ip, offsetof(struct iphdr, saddr));
	put_addrs(p, flow, kind, from_client);
	put_options4(p, words, bad);
}

static void put_head6(struct packet *p, unsigned int flow, enum kind kind,
		      bool from_client, unsigned char proto, unsigned char ttl,
		      bool extended)
{
	struct ip6_hdr ip = { .ip6_flow =
				      htonl(6U << 28 | random_of(p, 1 << 28)) };
	unsigned int at = p->len;
	unsigned char *next = p->byte + at + 6;

	ip.ip6_nxt = proto;
	ip.ip6_hlim = ttl;
	put(p, &ip, offsetof(struct ip6_hdr, ip6_src));
	put_addrs(p, flow, kind, from_client);
	if (extended && one_in(p, 2)) {
		unsigned char *inner = p->byte + p->len;

		*next = put_options6(p, IPPROTO_HOPOPTS, proto);
		next = inner;
	}
	if (extended)
		*next = put_options6(p, IPPROTO_DSTOPTS, proto);
}

/* Lengths and the header's checksum, once all is there */
static void end_head(struct packet *p, unsigned int at)
{
	unsigned char *ip = p->byte + at;
	unsigned short len = htons(p->len - at), sum;

	if (p->v6) {
		len = htons(p->len - at - IPV6_LEN);
		memcpy(ip + 4, &len, 2);
		return;
	}
	memcpy(ip + 2, &len, 2);
	memset(ip + 10, 0, 2);
	sum = fold(sum16(ip, 4 * (ip[0] & 15)));
	memcpy(ip + 10, &sum, 2);
}

static void put_ports(struct packet *p, unsigned int flow, bool from_client)
{
	unsigned int client = CLIENT_PORT + flow;
	unsigned int server = service[service_of(flow)].port;

	put16(p, from_client ? client : server);
	put16(p, from_client ? server : client);
}

static void put_tcp(struct packet *p)
{
	static const unsigned char flags[] = { TH_SYN, TH_ACK, TH_PUSH | TH_ACK,
					       TH_FIN | TH_ACK, TH_RST };
	unsigned int words = 5 + random_of(p, 3);
	unsigned char head[2] = { words << 4, flags[random_of(p, 5)] };

	put_random(p, 8);
	put(p, head, 2);
	put_random(p, 2);
	put(p, "\0\0\0\0", 4);
	for (; words > 5; words--)
		put(p, "\1\1\1\1", 4);
}

/* The rest of a transport header, after the ports; sums and lengths are 0 */
static void put_transport(struct packet *p, unsigned char proto)
{
	if (proto == IPPROTO_TCP)
		put_tcp(p);
	else if (proto == IPPROTO_UDP)
		put(p, "\0\0\0\0", 4);
	else
		put_random(p, 12);
}

/* What opens an SCTP flow; no tag, any checksum, the chunk's own tag is next */
static void put_init(struct packet *p)
{
	put(p, "\0\0\0\0", 4);
	put_random(p, 4);
	put(p, "\1\0\0\24", 4);
}

static void end_transport(struct packet *p, unsigned int ip, unsigned int at,
			  unsigned char proto)
{
	static const unsigned char where[256] = { [IPPROTO_TCP] = 16,
						  [IPPROTO_UDP] = 6,
						  [IPPROTO_ICMP] = 2,
						  [IPPROTO_ICMPV6] = 2 };
	unsigned short len = htons(p->len - at), done;
	unsigned int sum = p->len - at + proto;

	if (!where[proto])
		return;
	if (proto == IPPROTO_UDP)
		memcpy(p->byte + at + 4, &len, 2);
	if (proto == IPPROTO_ICMP)
		sum = 0;
	else if (p->v6)
		sum += sum16(p->byte + ip + 8, 32);
	else
		sum += sum16(p->byte + ip + 12, 8);
	done = fold(sum + sum16(p->byte + at, p->len - at));
	memcpy(p->byte + at + where[proto], &done, 2);
}

/* An error that a router before the client sends about an answer */
static void put_error(struct packet *p, unsigned int flow, unsigned char proto)
{
	unsigned char type = p->v6 ? 1 + 2 * random_of(p, 2) :
				     3 + 8 * random_of(p, 2);
	unsigned char head[8] = { type, random_of(p, 2) };
	unsigned int at;

	put(p, head, sizeof(head));
	at = p->len;
	if (p->v6)
		put_head6(p, flow, ANSWER, false, proto, 60, one_in(p, 4));
	else
		put_head4(p, flow, ANSWER, false, proto, 60, 0, false);
	put_ports(p, flow, false);
	put_transport(p, proto);
	put_random(p, random_of(p, 40));
	end_head(p, at);
}

static enum kind kind_of(struct packet *p, unsigned int number)
{
	unsigned int n = random_of(p, 8);

	if (number & OPENERS)
		return ASK;
	if (!n)
		return PLAIN;
	if (p->reply)
		return ANSWER;
	return n < 3 ? ERROR : ASK;
}

static enum place place_of(const struct proper *what, enum kind kind,
			   bool reply, unsigned char ttl)
{
	if (ttl < 2)
		return kind == PLAIN || reply ? NOWHERE : TOO_OLD;
	if (kind == PLAIN)
		return reply ? CLIENT : FIRST;
	if (!reply)
		return MANAGER;
	return service[service_of(what->flow)].symmetric ? BOTH_WAYS : CLIENT;
}

/* Return: the protocol that the header names in the end */
static unsigned char put_head(struct packet *p, struct proper *what,
			      enum kind kind, unsigned char ttl)
{
	unsigned char proto = service[service_of(what->flow)].proto;
	bool options = one_in(p, 4), bad;
	unsigned int words = p->v6 || !options ? 0 : random_of(p, 11);

	if (kind == PLAIN)
		proto = IPPROTO_UDP;
	else if (kind == ERROR)
		proto = p->v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	bad = kind == ASK && words > 1 && one_in(p, 8);
	if (p->v6)
		put_head6(p, what->flow, kind, !p->reply, proto, ttl, options);
	else
		put_head4(p, what->flow, kind, !p->reply, proto, ttl, words,
			  bad);
	what->place = bad ? BAD_OPTIONS : place_of(what, kind, p->reply, ttl);
	return proto;
}

/**
 * make_proper - make a packet that is in order
 * @p: empty, its sequence of random numbers begun, and who sends it
 * @number: the packet's
 * @what: filled: what must become of it
 *
 * Return: false if the packet of this number is not to be in order; then
 *	   nothing is made.
 */
bool make_proper(struct packet *p, unsigned int number, struct proper *what)
{
	bool opens = number & OPENERS;
	unsigned char proto, ttl;
	enum kind kind;
	unsigned int at;

	if (!opens && !one_in(p, 4))
		return false;
	what->flow = opens ? (number & ~OPENERS) % FLOWS : random_of(p, FLOWS);
	p->v6 = what->flow & 1;
	kind = kind_of(p, number);
	ttl = opens	    ? 64 :
	      one_in(p, 32) ? random_of(p, 2) :
			      2 + random_of(p, 254);
	put(p, names.mac, ETH_ALEN);
	put(p, names.own, ETH_ALEN);
	put16(p, p->v6 ? ETH_P_IPV6 : ETH_P_IP);
	what->ip = p->len;
	proto = put_head(p, what, kind, ttl);
	at = p->len;
	if (kind == ERROR) {
		put_error(p, what->flow, service[service_of(what->flow)].proto);
	} else {
		put_ports(p, what->flow, !p->reply);
		if (opens && proto == IPPROTO_SCTP)
			put_init(p);
		else
			put_transport(p, proto);
		put_random(p, random_of(p, one_in(p, 16) ? 1200 : 40));
	}
	put_mark(p, number);
	end_transport(p, what->ip, at, proto);
	end_head(p, what->ip);
	return true;
}

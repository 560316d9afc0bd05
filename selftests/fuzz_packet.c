// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_packet [OPTION]... DEV MAC CLIENT4 CLIENT6 SERVER4 SERVER6 COUNT
 *
 * Puts COUNT packets on the wire to MAC, most of them nearly right: both
 * families, TCP, UDP, SCTP, ICMP and errors that quote packets, options,
 * extension headers, fragments, VLAN tags; with wrong lengths, checksums and
 * bytes, and cut short.  Packet I depends on the seed and I alone.
 *
 *	-N NS		from this network namespace
 *	-s SEED		(1)
 *	-f FIRST	begin with this packet (0)
 *	-r		answers: from the server to the client
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "random.h"

#define BATCH 64
#define FRAME 1500
#define CLIENTS 64
#define PORTS 256

/**
 * struct packet - a frame while it is made, and what it is made by
 * @state: where the sequence of random numbers stands
 * @byte: the frame
 * @len: bytes in it
 * @v6: of the layer in work
 * @reply: from the server to the client
 */
struct packet {
	unsigned long long state;
	unsigned char byte[FRAME + 512];
	unsigned int len;
	bool v6;
	bool reply;
};

static unsigned char mac[ETH_ALEN];
static struct in_addr client4, server4;
static struct in6_addr client6, server6;
static unsigned long long seed = 1;
static bool reply;

static unsigned int random_of(struct packet *p, unsigned int n)
{
	return random_next(&p->state, n);
}

static bool one_in(struct packet *p, unsigned int n)
{
	return !random_of(p, n);
}

static void put(struct packet *p, const void *data, unsigned int len)
{
	if (p->len + len > sizeof(p->byte))
		len = sizeof(p->byte) - p->len;
	memcpy(p->byte + p->len, data, len);
	p->len += len;
}

static void put_random(struct packet *p, unsigned int len)
{
	unsigned char byte;

	while (len--) {
		byte = random_of(p, 256);
		put(p, &byte, 1);
	}
}

static void put16(struct packet *p, unsigned int value)
{
	unsigned short net = htons(value);

	put(p, &net, sizeof(net));
}

static unsigned int sum16(const unsigned char *at, unsigned int len)
{
	unsigned int sum = 0;

	for (; len > 1; len -= 2, at += 2)
		sum += at[0] << 8 | at[1];
	return len ? sum + (at[0] << 8) : sum;
}

static unsigned short fold(unsigned int sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

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
	struct in_addr client = client4;

	client.s_addr = htonl(ntohl(client.s_addr) + random_of(p, CLIENTS));
	ip.ttl = lifetime(p);
	ip.id = htons(random_of(p, 8));
	ip.protocol = transport(p);
	ip.frag_off = one_in(p, 8) ? htons(random_of(p, 4) << 13 |
					   random_of(p, 4) * 3) :
				     0;
	ip.saddr = p->reply ? server4.s_addr : client.s_addr;
	ip.daddr = p->reply ? client.s_addr : server4.s_addr;
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
	struct in6_addr client = client6;
	struct ip6_hdr ip = { .ip6_vfc = 0x60 };
	unsigned int at = p->len, from;

	client.s6_addr[15] += random_of(p, CLIENTS);
	ip.ip6_hlim = lifetime(p);
	ip.ip6_src = p->reply ? server6 : client;
	ip.ip6_dst = p->reply ? client : server6;
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

	put(p, mac, ETH_ALEN);
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

static void make(struct packet *p, unsigned int i)
{
	p->state = random_begin(seed, i);
	p->len = 0;
	p->reply = reply;
	p->v6 = one_in(p, 2);
	put_link(p);
	put_ip(p, 0);
	spoil(p);
	if (p->len > FRAME)
		p->len = FRAME;
}

static void send_all(int fd, struct mmsghdr *msg, unsigned int n)
{
	int sent;

	while (n) {
		sent = sendmmsg(fd, msg, n, 0);
		if (sent < 0 && errno != ENOBUFS && errno != EINTR)
			err(3, "send");
		if (sent > 0) {
			msg += sent;
			n -= sent;
		}
	}
}

static void send_packets(int fd, unsigned int first, unsigned int count)
{
	static struct packet packet[BATCH];
	static struct mmsghdr msg[BATCH];
	static struct iovec iov[BATCH];
	unsigned int i, n = 0;

	for (i = 0; i < count; i++) {
		make(&packet[n], first + i);
		iov[n].iov_base = packet[n].byte;
		iov[n].iov_len = packet[n].len;
		msg[n].msg_hdr.msg_iov = &iov[n];
		msg[n].msg_hdr.msg_iovlen = 1;
		if (++n == BATCH || i + 1 == count) {
			send_all(fd, msg, n);
			n = 0;
		}
	}
}

static int open_wire(const char *dev)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	int one = 1;

	to.sll_ifindex = if_nametoindex(dev);
	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)))
		err(3, "%s", dev);
	setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one));
	return fd;
}

static void enter(const char *ns)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", ns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(3, "%s", path);
	close(fd);
}

int main(int argc, char **argv)
{
	unsigned int first = 0;
	int flag;

	while ((flag = getopt(argc, argv, "N:s:f:r")) != -1) {
		if (flag == 'N')
			enter(optarg);
		else if (flag == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (flag == 'f')
			first = atoi(optarg);
		else if (flag == 'r')
			reply = true;
		else
			return 2;
	}
	argv += optind;
	if (argc - optind != 7 ||
	    sscanf(argv[1], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &mac[0], &mac[1],
		   &mac[2], &mac[3], &mac[4], &mac[5]) != ETH_ALEN ||
	    inet_pton(AF_INET, argv[2], &client4) != 1 ||
	    inet_pton(AF_INET6, argv[3], &client6) != 1 ||
	    inet_pton(AF_INET, argv[4], &server4) != 1 ||
	    inet_pton(AF_INET6, argv[5], &server6) != 1)
		errx(2,
		     "usage: fuzz_packet [OPTION]... DEV MAC CLIENT4 CLIENT6 SERVER4 SERVER6 COUNT");
	send_packets(open_wire(argv[0]), first, atoi(argv[6]));
	return 0;
}

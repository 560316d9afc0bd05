// SPDX-License-Identifier: GPL-2.0-only
/*
 * flood [OPTION]... DEV MAC SRC DST COUNT
 *
 * Puts COUNT packets on the wire as fast as a packet socket takes them, each of
 * a flow of its own: flow I has the address SRC + I / 50000 and the port
 * FIRST + I % 50000, so that the same command asks for the same flows again.
 *
 *	-p PORT		destination port (80)
 *	-f FIRST	first source port (10000)
 *	-S		TCP SYN in place of UDP
 *	-A		TCP ACK in place of UDP
 *	-l		again and again, until killed
 *	-q		by the device's queue, which a packet socket else goes past,
 *			dividing by the number of queues, which is 0 of a device
 *			that goes away at this moment
 *	-b BYTES	payload (8)
 *	-r TIMES	each packet so often (1)
 *	-a		an address for each flow, and the same port
 *	-N NS		from this network namespace
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

#define BATCH 64
#define FRAME 256
#define PORTS 50000

/**
 * struct shape - the packet that all are made from
 * @frame: its bytes
 * @len: their number
 * @net: offset of the network header
 * @transport: offset of the transport header
 * @v6: whether it is IPv6
 * @from: low 32 bits of the first source address, host order
 * @first: first source port
 * @port: destination port
 * @flags: TCP flags, 0 for UDP
 * @payload: bytes of payload
 * @times: how often each packet is sent
 * @ports: ports of each address
 */
struct shape {
	unsigned char frame[FRAME];
	unsigned int len;
	unsigned int net;
	unsigned int transport;
	bool v6;
	unsigned int from;
	unsigned int first;
	unsigned int port;
	unsigned int flags;
	unsigned int payload;
	unsigned int times;
	unsigned int ports;
};

static struct shape shape = { .first = 10000,
			      .port = 80,
			      .payload = 8,
			      .times = 1,
			      .ports = PORTS };

static unsigned int sum16(const void *at, unsigned int len)
{
	const unsigned short *word = at;
	unsigned int sum = 0;

	for (; len > 1; len -= 2)
		sum += *word++;
	return sum;
}

static unsigned short fold(unsigned int sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return ~((sum & 0xffff) + (sum >> 16));
}

static unsigned int transport_len(void)
{
	return (shape.flags ? sizeof(struct tcphdr) : sizeof(struct udphdr)) +
	       shape.payload;
}

static void put_v4(const char *src, const char *dst)
{
	struct iphdr *ip = (void *)(shape.frame + shape.net);

	ip->version = 4;
	ip->ihl = 5;
	ip->ttl = 64;
	ip->protocol = shape.flags ? IPPROTO_TCP : IPPROTO_UDP;
	ip->tot_len = htons(sizeof(*ip) + transport_len());
	if (inet_pton(AF_INET, src, &ip->saddr) != 1 ||
	    inet_pton(AF_INET, dst, &ip->daddr) != 1)
		errx(2, "addresses of two families");
	shape.from = ntohl(ip->saddr);
	shape.transport = shape.net + sizeof(*ip);
}

static void put_v6(const char *src, const char *dst)
{
	struct ip6_hdr *ip = (void *)(shape.frame + shape.net);

	ip->ip6_vfc = 0x60;
	ip->ip6_hlim = 64;
	ip->ip6_nxt = shape.flags ? IPPROTO_TCP : IPPROTO_UDP;
	ip->ip6_plen = htons(transport_len());
	if (inet_pton(AF_INET6, src, &ip->ip6_src) != 1 ||
	    inet_pton(AF_INET6, dst, &ip->ip6_dst) != 1)
		errx(2, "addresses of two families");
	shape.from = ntohl(ip->ip6_src.s6_addr32[3]);
	shape.transport = shape.net + sizeof(*ip);
}

static void put_transport(void)
{
	struct udphdr *udp = (void *)(shape.frame + shape.transport);
	struct tcphdr *tcp = (void *)(shape.frame + shape.transport);

	udp->dest = htons(shape.port);
	shape.len = shape.transport + transport_len();
	if (!shape.flags) {
		udp->len = htons(transport_len());
		return;
	}
	tcp->doff = sizeof(*tcp) / 4;
	tcp->th_flags = shape.flags;
	tcp->seq = htonl(1);
	tcp->ack_seq = shape.flags & TH_ACK ? htonl(1) : 0;
	tcp->window = htons(65535);
}

/* Transport checksums stay 0: whoever is asked here does not look at them */
static void make(unsigned char *frame, unsigned int i)
{
	struct iphdr *ip = (void *)(frame + shape.net);
	struct ip6_hdr *ip6 = (void *)(frame + shape.net);
	struct udphdr *udp = (void *)(frame + shape.transport);
	unsigned int from = htonl(shape.from + i / shape.ports);

	memcpy(frame, shape.frame, shape.len);
	udp->source = htons(shape.first + i % shape.ports);
	if (shape.v6) {
		ip6->ip6_src.s6_addr32[3] = from;
		return;
	}
	ip->saddr = from;
	ip->check = fold(sum16(ip, sizeof(*ip)));
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

static void send_flows(int fd, unsigned int count)
{
	static unsigned char frames[BATCH][FRAME];
	static struct mmsghdr msg[BATCH];
	static struct iovec iov[BATCH];
	unsigned int i, n = 0;

	for (i = 0; i < count; i++) {
		make(frames[n], i / shape.times);
		iov[n].iov_base = frames[n];
		iov[n].iov_len = shape.len;
		msg[n].msg_hdr.msg_iov = &iov[n];
		msg[n].msg_hdr.msg_iovlen = 1;
		if (++n == BATCH || i + 1 == count) {
			send_all(fd, msg, n);
			n = 0;
		}
	}
}

static int open_wire(const char *dev, const char *mac, int bypass)
{
	struct ethhdr *eth = (void *)shape.frame;
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	unsigned char d[ETH_ALEN];
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	to.sll_ifindex = if_nametoindex(dev);
	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)))
		err(3, "%s", dev);
	setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &bypass,
		   sizeof(bypass));
	if (sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &d[0], &d[1], &d[2],
		   &d[3], &d[4], &d[5]) != ETH_ALEN)
		errx(2, "bad address %s", mac);
	memcpy(eth->h_dest, d, ETH_ALEN);
	memcpy(eth->h_source, "\2\0\0\0\0\1", ETH_ALEN);
	eth->h_proto = htons(shape.v6 ? ETH_P_IPV6 : ETH_P_IP);
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
	bool loop = false;
	int fd, flag, bypass = 1;

	while ((flag = getopt(argc, argv, "p:f:b:r:N:SAalq")) != -1) {
		if (flag == 'p')
			shape.port = atoi(optarg);
		else if (flag == 'f')
			shape.first = atoi(optarg);
		else if (flag == 'b')
			shape.payload = atoi(optarg);
		else if (flag == 'r')
			shape.times = atoi(optarg);
		else if (flag == 'N')
			enter(optarg);
		else if (flag == 'S')
			shape.flags = TH_SYN;
		else if (flag == 'A')
			shape.flags = TH_ACK;
		else if (flag == 'a')
			shape.ports = 1;
		else if (flag == 'l')
			loop = true;
		else if (flag == 'q')
			bypass = 0;
		else
			return 2;
	}
	if (argc - optind != 5 || shape.payload > 128 || !shape.times)
		errx(2, "usage: flood [OPTION]... DEV MAC SRC DST COUNT");
	argv += optind;
	shape.v6 = strchr(argv[2], ':');
	fd = open_wire(argv[0], argv[1], bypass);
	shape.net = sizeof(struct ethhdr);
	if (shape.v6)
		put_v6(argv[2], argv[3]);
	else
		put_v4(argv[2], argv[3]);
	put_transport();
	do {
		send_flows(fd, atoi(argv[4]) * shape.times);
	} while (loop);
	return 0;
}

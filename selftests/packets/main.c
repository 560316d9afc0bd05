// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_packet [OPTION]... DEV MAC CLIENT4 CLIENT6 SERVER4 SERVER6 COUNT
 *
 * Puts COUNT packets on the wire to MAC, most of them nearly right.  Packet I
 * depends on the seed and I alone.
 *
 *	-N NS		from this network namespace
 *	-s SEED		(1)
 *	-f FIRST	begin with this packet (0)
 *	-r		answers: from the server to the client
 *	-p ADDR4,ADDR6	one in four is in order, numbered, and of a flow that
 *			no other packet has; or comes from, or is for, these
 *			addresses of the first traffic manager
 *	-o		none but those that open such flows
 *	-b PORT		none but segments of the connection between CLIENT, PORT and
 *			SERVER, 80, by somebody who cannot see it; see blind.c
 *	-w		send nothing: judge the proper packets that arrive
 *
 * To watch, each argument after COUNT is a place, the client first, then the
 * traffic managers: NS,DEV,MAC with the MAC of the distributor's end.  "ready"
 * is said when all wires are watched; the end of the input says that all
 * packets have been sent, COUNT from each side.  See watch.c.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../ends.h"
#include "../random.h"
#include "packets.h"

#define BATCH 64

struct names names = { .seed = 1 };

static void make(struct packet *p, unsigned int i, bool reply)
{
	struct proper what;

	p->state = random_begin(names.seed, i);
	p->len = 0;
	p->reply = reply;
	if (names.blind)
		make_blind(p, i);
	else if (!names.proper || !make_proper(p, i, &what))
		make_junk(p);
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

static void send_packets(int fd, unsigned int first, unsigned int count,
			 bool reply)
{
	static struct packet packet[BATCH];
	static struct mmsghdr msg[BATCH];
	static struct iovec iov[BATCH];
	unsigned int i, n = 0;

	for (i = 0; i < count; i++) {
		make(&packet[n], first + i, reply);
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

/* A traffic manager is known by its address */
static void ask_own(int fd, const char *dev)
{
	struct ifreq ask = {};

	snprintf(ask.ifr_name, sizeof(ask.ifr_name), "%s", dev);
	if (ioctl(fd, SIOCGIFHWADDR, &ask))
		err(3, "%s", dev);
	memcpy(names.own, ask.ifr_hwaddr.sa_data, ETH_ALEN);
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
	ask_own(fd, dev);
	return fd;
}

static void wrong_usage(void)
{
	errx(2,
	     "usage: fuzz_packet [OPTION]... DEV MAC CLIENT4 CLIENT6 SERVER4 SERVER6 COUNT");
}

static void read_first(char *addr)
{
	char *v6 = strchr(addr, ',');

	if (v6)
		*v6++ = 0;
	if (!v6 || inet_pton(AF_INET, addr, &names.first4) != 1 ||
	    inet_pton(AF_INET6, v6, &names.first6) != 1)
		wrong_usage();
	names.proper = true;
}

static void read_names(char **word)
{
	unsigned char *m = names.mac;

	if (sscanf(word[0], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &m[0], &m[1],
		   &m[2], &m[3], &m[4], &m[5]) != ETH_ALEN ||
	    inet_pton(AF_INET, word[1], &names.client4) != 1 ||
	    inet_pton(AF_INET6, word[2], &names.client6) != 1 ||
	    inet_pton(AF_INET, word[3], &names.server4) != 1 ||
	    inet_pton(AF_INET6, word[4], &names.server6) != 1)
		wrong_usage();
}

int main(int argc, char **argv)
{
	bool reply = false, watches = false;
	unsigned int first = 0, count;
	int flag;

	while ((flag = getopt(argc, argv, "N:s:f:rp:ob:w")) != -1) {
		if (flag == 'N')
			end_enter(optarg);
		else if (flag == 's')
			names.seed = strtoull(optarg, NULL, 0);
		else if (flag == 'f')
			first = atoi(optarg);
		else if (flag == 'r')
			reply = true;
		else if (flag == 'p')
			read_first(optarg);
		else if (flag == 'o')
			first = OPENERS;
		else if (flag == 'b')
			names.blind = atoi(optarg);
		else if (flag == 'w')
			watches = true;
		else
			wrong_usage();
	}
	argv += optind;
	argc -= optind;
	if (watches ? argc < 8 : argc != 7)
		wrong_usage();
	read_names(argv + 1);
	count = first == OPENERS ? 2 * FLOWS : (unsigned int)atoi(argv[6]);
	if (watches)
		return watch(argv + 7, argc - 7, count);
	send_packets(open_wire(argv[0]), first, count, reply);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * wiretap: put packets on wires and see what arrives, in several network
 * namespaces from one process. Reads commands from stdin, a line each, and
 * answers each with lines and a final ".".
 *
 *	on TAP NETNS DEVICE [MAC]	open a tap; MAC: where its frames go
 *	sink TAP NETNS ADDRESS PORT	a UDP socket, to receive whole datagrams
 *	tx TAP KEY=VALUE...		send a packet: "sent len= crc= data="
 *	rx TAP[,TAP...] MS WORD...	the first packet whose description has
 *					all the words, or "none" after MS
 *	count TAP[,TAP...] WORD...	how many such packets wait
 *	clear				forget all that has arrived
 *
 * Keys: src dst ttl tos id df mf off ihl ver iplen ipopt ext vlan (IP),
 * proto = tcp udp sctp icmp or a number, sport dport seq ack flags win topt
 * doff ulen vtag type code info, data (bytes of a pattern) hex, l4cut cut
 * badsum badl4;
 * q.KEY of the packet that an ICMP error quotes, qlen of its bytes;
 * slices=OFF:LEN,... sends these parts of the datagram as fragments.
 * ext=NUMBER:HEX/... are IPv6 headers before a fragment header, without their
 * first byte; fext the same behind it.
 *
 * Digests: crc is of the packet without what a hop may change (TTL and the
 * IPv4 header's checksum), data of what follows the transport header.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

#define MAX_TAPS 16
#define MAX_SEEN 4096

struct tap {
	char name[16];
	int fd, ifindex;
	bool sink;
	u8 own[ETH_ALEN], peer[ETH_ALEN];
	char *seen[MAX_SEEN];
	int count;
};

static struct tap taps[MAX_TAPS];
static int tap_count;
char *word[MAX_WORDS];
int words;

static struct tap *tap_find(const char *name)
{
	int i;

	for (i = 0; i < tap_count; i++)
		if (!strcmp(taps[i].name, name))
			return &taps[i];
	errx(1, "no tap %s", name);
}

/* Is a name in a comma list? */
static bool listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (; list; list = strchr(list, ',') ? strchr(list, ',') + 1 : NULL)
		if (!strncmp(list, name, len) &&
		    (list[len] == ',' || !list[len]))
			return true;
	return false;
}

static void transmit(struct tap *tap, const struct packet *p)
{
	u8 frame[MAX_PACKET + 32];
	int head = 12, len = number("", "cut", p->len);
	const char *vlan = value("", "vlan");

	memcpy(frame, tap->peer, ETH_ALEN);
	memcpy(frame + 6, tap->own, ETH_ALEN);
	if (vlan) {
		put16(frame + head, ETH_P_8021Q);
		put16(frame + head + 2, strtoul(vlan, NULL, 0));
		head += 4;
	}
	put16(frame + head,
	      strchr(value("", "src"), ':') ? ETH_P_IPV6 : ETH_P_IP);
	head += 2;
	memcpy(frame + head, p->data, len);
	if (send(tap->fd, frame, head + len, 0) != head + len)
		printf("error %m\n");
}

static void command_tx(void)
{
	static struct packet whole, part;
	const char *slices = value("", "slices");
	struct tap *tap = tap_find(word[1]);
	int off, len;

	build(&whole, "");
	if (!slices)
		transmit(tap, &whole);
	while (slices && *slices) {
		len = MAX_PACKET;
		if (sscanf(slices, "%d:%d", &off, &len) < 1)
			break;
		slice(&whole, &part, off, len, number("", "id", 1));
		transmit(tap, &part);
		slices = strchr(slices, ',');
		slices += !!slices;
	}
	printf("sent len=%d crc=%08x data=%08x\n", whole.len,
	       packet_digest(whole.data, whole.len), whole.body);
}

static bool receive(struct tap *tap)
{
	static u8 frame[MAX_PACKET + 32];
	struct sockaddr_ll from;
	socklen_t size = sizeof(from);
	char text[600];
	int len;

	len = recvfrom(tap->fd, frame, sizeof(frame), MSG_DONTWAIT,
		       tap->sink ? NULL : (void *)&from,
		       tap->sink ? NULL : &size);
	if (len < 0)
		return false;
	if (tap->sink)
		snprintf(text, sizeof(text), "%s len=%d data=%08x ", tap->name,
			 len, digest(frame, len));
	else if (from.sll_pkttype == PACKET_OUTGOING ||
		 !describe(text, sizeof(text), tap->name, frame, len))
		return true;
	if (tap->count == MAX_SEEN)
		errx(1, "too much arrives at %s", tap->name);
	tap->seen[tap->count++] = strdup(text);
	return true;
}

/* Does a description have all the words from @first on? */
static bool matches(const char *text, int first)
{
	char want[128];
	int i;

	for (i = first; i < words; i++) {
		snprintf(want, sizeof(want), " %s ", word[i]);
		if (!strstr(text, want))
			return false;
	}
	return true;
}

static void tap_forget(struct tap *tap, int i)
{
	free(tap->seen[i]);
	memmove(&tap->seen[i], &tap->seen[i + 1],
		(--tap->count - i) * sizeof(tap->seen[0]));
}

static void receive_all(void)
{
	int i;

	for (i = 0; i < tap_count; i++)
		while (receive(&taps[i]))
			;
}

/* Print and forget the first match. Return: whether there was one */
static bool take_match(void)
{
	int i, j;

	for (i = 0; i < tap_count; i++) {
		struct tap *tap = &taps[i];

		for (j = 0; listed(word[1], tap->name) && j < tap->count; j++) {
			if (!matches(tap->seen[j], 3))
				continue;
			printf("%s\n", tap->seen[j]);
			tap_forget(tap, j);
			return true;
		}
	}
	return false;
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void command_rx(void)
{
	long left, deadline = now_ms() + strtol(word[2], NULL, 10);
	struct pollfd fds[MAX_TAPS];
	int i;

	for (i = 0; i < tap_count; i++)
		fds[i] = (struct pollfd){ .fd = taps[i].fd, .events = POLLIN };
	for (;;) {
		receive_all();
		if (take_match())
			return;
		left = deadline - now_ms();
		if (left <= 0)
			break;
		poll(fds, tap_count, left);
	}
	printf("none\n");
}

static void command_count(void)
{
	int i, j, found = 0;

	receive_all();
	for (i = 0; i < tap_count; i++)
		for (j = 0; listed(word[1], taps[i].name) && j < taps[i].count;
		     j++)
			found += matches(taps[i].seen[j], 2);
	printf("%d\n", found);
}

static void command_clear(void)
{
	int i;

	receive_all();
	for (i = 0; i < tap_count; i++)
		while (taps[i].count)
			tap_forget(&taps[i], taps[i].count - 1);
}

static struct tap *tap_create(const char *name, const char *netns)
{
	struct tap *tap = &taps[tap_count];
	char path[128];
	int fd;

	if (tap_count == MAX_TAPS)
		errx(1, "too many taps");
	tap_count++;
	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(1, "%s", path);
	close(fd);
	snprintf(tap->name, sizeof(tap->name), "%s", name);
	return tap;
}

static void command_on(void)
{
	struct tap *tap = tap_create(word[1], word[2]);
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ALL) };
	int room = 8 << 20;
	struct ifreq ifr = {};

	tap->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", word[3]);
	at.sll_ifindex = if_nametoindex(word[3]);
	if (tap->fd < 0 || ioctl(tap->fd, SIOCGIFHWADDR, &ifr) ||
	    bind(tap->fd, (void *)&at, sizeof(at)) ||
	    setsockopt(tap->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room,
		       sizeof(room)))
		err(1, "tap %s", word[1]);
	memcpy(tap->own, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
	memset(tap->peer, 0xff, ETH_ALEN);
	if (words > 4)
		sscanf(word[4], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &tap->peer[0],
		       &tap->peer[1], &tap->peer[2], &tap->peer[3],
		       &tap->peer[4], &tap->peer[5]);
}

static void command_sink(void)
{
	struct tap *tap = tap_create(word[1], word[2]);
	bool v6 = strchr(word[3], ':');
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
				    .sin6_port = htons(atoi(word[4])) };
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons(atoi(word[4])) };

	tap->sink = true;
	inet_pton(AF_INET6, word[3], &in6.sin6_addr);
	inet_pton(AF_INET, word[3], &in.sin_addr);
	tap->fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (tap->fd < 0 || bind(tap->fd, v6 ? (void *)&in6 : (void *)&in,
				v6 ? sizeof(in6) : sizeof(in)))
		err(1, "sink %s", word[1]);
}

static const struct {
	const char *name;
	void (*run)(void);
	int words;
} commands[] = {
	{ "on", command_on, 4 },
	{ "sink", command_sink, 5 },
	{ "tx", command_tx, 3 },
	{ "rx", command_rx, 3 },
	{ "count", command_count, 2 },
	{ "clear", command_clear, 1 },
	{},
};

static void run_line(char *line)
{
	int i;

	words = 0;
	for (line = strtok(line, "\n "); line && words < MAX_WORDS;
	     line = strtok(NULL, "\n "))
		word[words++] = line;
	for (i = 0; words && commands[i].name; i++) {
		if (strcmp(word[0], commands[i].name))
			continue;
		if (words < commands[i].words)
			errx(1, "%s: too few words", word[0]);
		commands[i].run();
		puts(".");
		fflush(stdout);
		return;
	}
	errx(1, "no such command");
}

int main(void)
{
	static char line[1 << 16];

	while (fgets(line, sizeof(line), stdin))
		run_line(line);
	return 0;
}

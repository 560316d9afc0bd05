// SPDX-License-Identifier: GPL-2.0-only
/*
 * Judges the proper packets that arrive, without asking the distributor: each
 * has to come once, at its place, as it was sent but for the hop that it has
 * taken; all packets of a flow at one traffic manager; and those that must be
 * dropped nowhere.  What it says at the end:
 *
 *	managers N	arrived at the traffic manager of their flow
 *	routed N	arrived where the routing table leads
 *	expired N	were to be dropped for their TTL, of those to be steered
 *	options N	were to be dropped for their options
 *	told N		ICMP errors of the distributor's that tell so
 *	missing N	have not come
 *	twice N		have come more than once
 *	misled N	have come to the wrong place
 *	changed N	have changed on the way
 *	strange N	have no business here
 *	unseen N	have come too fast to be looked at
 *
 * All from "missing" on must be 0; the first of each sort are described.
 */
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../ends.h"
#include "../random.h"
#include "packets.h"

#define TAPS 8
#define BATCH 64
#define SAID_MOST 3
#define PATIENCE_MS 10000

/**
 * struct tap - a place where packets arrive
 * @fd: packet socket
 * @mac: whom they come from
 */
struct tap {
	int fd;
	unsigned char mac[ETH_ALEN];
};

enum verdict {
	MANAGERS,
	ROUTED,
	EXPIRED,
	OPTIONS,
	TOLD,
	MISSING,
	TWICE,
	MISLED,
	CHANGED,
	STRANGE,
	UNSEEN,
	VERDICTS
};

static const char *const verdict_name[VERDICTS] = {
	"managers", "routed", "expired", "options", "told",   "missing",
	"twice",    "misled", "changed", "strange", "unseen",
};

static struct tap tap[TAPS];
static int taps;
static unsigned int count, said[VERDICTS], arrived, due;
/* By sender and number; the last of the client's are those that open flows */
static unsigned char *seen[2];
/* The place of each flow, 0 as long as none has been seen */
static unsigned char home[FLOWS];

static void say(enum verdict verdict, int place, const unsigned char *frame,
		unsigned int len)
{
	unsigned int i;

	if (said[verdict]++ >= SAID_MOST)
		return;
	printf("%s at %d:", verdict_name[verdict], place);
	for (i = 0; i < len && i < 100; i++)
		printf("%s%02x", i % 4 ? "" : " ", frame[i]);
	printf("%s (%u bytes)\n", i < len ? " ..." : "", len);
}

static unsigned char *seen_at(unsigned int number, bool reply)
{
	if (!(number & OPENERS))
		return number < count ? &seen[reply][number] : NULL;
	number &= ~OPENERS;
	return !reply && number < 2 * FLOWS ? &seen[0][count + number] : NULL;
}

static bool make_again(struct packet *p, unsigned int number, bool reply,
		       struct proper *what)
{
	p->state = random_begin(names.seed, number);
	p->len = 0;
	p->reply = reply;
	return make_proper(p, number, what);
}

static bool at_home(unsigned int flow, int place)
{
	if (!home[flow])
		home[flow] = place;
	return home[flow] == place;
}

static bool is_place(const struct proper *what, int place)
{
	switch (what->place) {
	case CLIENT:
		return !place;
	case FIRST:
		return place == 1;
	case MANAGER:
		return place && at_home(what->flow, place);
	case BOTH_WAYS:
		/* The first one has sent it */
		return place != 1 && at_home(what->flow, place ? place : 1);
	default:
		return false;
	}
}

/* One hop on, and for whom the device takes it */
static void take_hop(struct packet *p, const struct proper *what)
{
	unsigned char *ip = p->byte + what->ip;
	unsigned short sum;

	ip[p->v6 ? 7 : 8]--;
	if (p->v6)
		return;
	memset(ip + 10, 0, 2);
	sum = fold(sum16(ip, 4 * (ip[0] & 15)));
	memcpy(ip + 10, &sum, 2);
}

static bool is_same(const struct packet *p, const unsigned char *frame,
		    unsigned int len, const struct tap *at)
{
	return len == p->len && !memcmp(frame + ETH_ALEN, at->mac, ETH_ALEN) &&
	       !memcmp(frame + 2 * ETH_ALEN, p->byte + 2 * ETH_ALEN,
		       len - 2 * ETH_ALEN);
}

/* Whom else may the client hear from?  The distributor itself, of errors. */
static bool is_told(const unsigned char *frame, unsigned int len)
{
	const unsigned char *ip = frame + ETH_HLEN;

	if (len < ETH_HLEN + IPV6_LEN)
		return false;
	if (frame[12] == 0x08)
		return ip[9] == IPPROTO_ICMP &&
		       memcmp(ip + 12, &names.server4, 4) &&
		       memcmp(ip + 12, &names.first4, 4);
	return ip[6] == IPPROTO_ICMPV6 && memcmp(ip + 8, &names.server6, 16) &&
	       memcmp(ip + 8, &names.first6, 16);
}

static enum verdict judge(int place, const unsigned char *frame,
			  unsigned int len)
{
	unsigned int number;
	struct proper what;
	struct packet p;
	unsigned char *was;
	bool reply;

	if (!place && is_told(frame, len))
		return TOLD;
	if (!number_of(frame, len, &number, &reply))
		return STRANGE;
	was = seen_at(number, reply);
	if (!was || !make_again(&p, number, reply, &what))
		return STRANGE;
	if ((*was)++)
		return TWICE;
	arrived += is_due(&what);
	if (!is_place(&what, place))
		return MISLED;
	take_hop(&p, &what);
	if (!is_same(&p, frame, len, &tap[place]))
		return CHANGED;
	return what.place == MANAGER || (what.place == BOTH_WAYS && place) ?
		       MANAGERS :
		       ROUTED;
}

static void look(int place, const struct sockaddr_ll *from,
		 const unsigned char *frame, unsigned int len)
{
	enum verdict verdict = STRANGE;

	if (len < ETH_HLEN + sizeof(struct iphdr) || !is_ours(frame))
		return;
	if (from->sll_pkttype == PACKET_HOST)
		verdict = judge(place, frame, len);
	if (verdict < MISSING)
		said[verdict]++;
	else
		say(verdict, place, frame, len);
}

/* Return: whether there was something */
static bool read_tap(int place)
{
	static unsigned char frame[BATCH][2 * FRAME];
	static struct sockaddr_ll from[BATCH];
	static struct mmsghdr msg[BATCH];
	static struct iovec iov[BATCH];
	int i, got;

	for (i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){ frame[i], sizeof(frame[i]) };
		msg[i].msg_hdr =
			(struct msghdr){ .msg_name = &from[i],
					 .msg_namelen = sizeof(from[i]),
					 .msg_iov = &iov[i],
					 .msg_iovlen = 1 };
	}
	got = recvmmsg(tap[place].fd, msg, BATCH, MSG_DONTWAIT, NULL);
	for (i = 0; i < got; i++)
		look(place, &from[i], frame[i], msg[i].msg_len);
	return got > 0;
}

static bool read_taps(void)
{
	bool some = false;
	int i;

	for (i = 0; i < taps; i++)
		while (read_tap(i))
			some = true;
	return some;
}

/* None but what comes from or goes to the clients of proper packets */
static void filter_tap(int fd)
{
	unsigned int net4 = ntohl(names.client4.s_addr) | 0x8000;
	unsigned int net6 = ntohl(names.client6.s6_addr32[0]);
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 6),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 26),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xffff8000),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, net4, 12, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 30),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xffff8000),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, net4, 9, 10),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IPV6, 0, 9),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 22),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, net6, 0, 2),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 36),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 128, 4, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 38),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, net6, 0, 3),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 52),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 128, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 2 * FRAME),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = { sizeof(code) / sizeof(code[0]), code };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)))
		err(3, "filter");
}

static void open_tap(char *spec, struct tap *t)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ALL) };
	int one = 1, room = 64 << 20;
	char ns[64], dev[IF_NAMESIZE];
	unsigned char *m = t->mac;

	if (sscanf(spec, "%63[^,],%15[^,],%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", ns,
		   dev, &m[0], &m[1], &m[2], &m[3], &m[4], &m[5]) != 8)
		errx(2, "no place: %s", spec);
	end_enter(ns);
	t->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (t->fd < 0)
		err(3, "%s", spec);
	filter_tap(t->fd);
	at.sll_ifindex = if_nametoindex(dev);
	if (setsockopt(t->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one,
		       sizeof(one)) ||
	    setsockopt(t->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room,
		       sizeof(room)) ||
	    bind(t->fd, (struct sockaddr *)&at, sizeof(at)))
		err(3, "%s", spec);
}

/* What one of the two has sent, or should have */
static void expect(unsigned int first, unsigned int n, bool reply)
{
	unsigned int number;
	struct proper what;
	struct packet p;

	for (number = first; number < first + n; number++) {
		if (!make_again(&p, number, reply, &what))
			continue;
		due += is_due(&what);
		said[OPTIONS] += what.place == BAD_OPTIONS;
		said[EXPIRED] += what.place == TOO_OLD;
	}
}

static void miss(unsigned int first, unsigned int n, bool reply)
{
	unsigned int number;
	struct proper what;
	struct packet p;

	for (number = first; number < first + n; number++)
		if (!*seen_at(number, reply) &&
		    make_again(&p, number, reply, &what) && is_due(&what))
			say(MISSING, reply, p.byte, p.len);
}

static void each_sender(void (*call)(unsigned int first, unsigned int n,
				     bool reply))
{
	call(OPENERS, 2 * FLOWS, false);
	call(0, count, false);
	call(0, count, true);
}

/* Until the senders have ended, and then until all is there */
static void read_all(void)
{
	struct pollfd fd[TAPS + 1];
	bool sending = true;
	int i;

	for (i = 0; i < taps; i++)
		fd[i] = (struct pollfd){ tap[i].fd, POLLIN };
	fd[taps] = (struct pollfd){ 0, POLLIN };
	while (sending || arrived < due) {
		i = poll(fd, taps + sending, sending ? -1 : PATIENCE_MS);
		if (i < 0 && errno != EINTR)
			err(3, "poll");
		if (!read_taps() && !sending && !i)
			break;
		if (sending && fd[taps].revents) {
			sending = false;
			each_sender(expect);
		}
	}
	read_taps();
}

static void ask_unseen(void)
{
	struct tpacket_stats stats;
	socklen_t len = sizeof(stats);
	int i;

	for (i = 0; i < taps; i++) {
		if (getsockopt(tap[i].fd, SOL_PACKET, PACKET_STATISTICS, &stats,
			       &len))
			err(3, "statistics");
		said[UNSEEN] += stats.tp_drops;
	}
}

/**
 * watch - judge what arrives
 * @spec: places, as the command line has them
 * @n: their number
 * @sent: packets of each sender
 *
 * Return: the exit code, 1 if something is amiss.
 */
int watch(char **spec, int n, unsigned int sent)
{
	int i, bad = 0;

	if (n < 2 || n > TAPS || !names.proper)
		errx(2, "places: 2 to %d", TAPS);
	count = sent;
	seen[0] = calloc(count + 2 * FLOWS, 1);
	seen[1] = calloc(count, 1);
	if (!seen[0] || !seen[1])
		err(3, "memory");
	for (taps = 0; taps < n; taps++)
		open_tap(spec[taps], &tap[taps]);
	puts("ready");
	fflush(stdout);
	read_all();
	each_sender(miss);
	ask_unseen();
	for (i = 0; i < VERDICTS; i++) {
		printf("%s %u%s", verdict_name[i], said[i],
		       i + 1 < VERDICTS ? " " : "\n");
		bad |= i >= MISSING && said[i];
	}
	return bad;
}

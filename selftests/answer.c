// SPDX-License-Identifier: GPL-2.0-only
/*
 * answer [-N NETNS] NAME PROTO[:PORT[-PORT]]...
 *
 * The serving end: whoever connects or sends a datagram, to any address, is
 * told in one line who answers, and which endpoints it saw:
 *
 *	NAME PEER-ADDRESS PEER-PORT OWN-ADDRESS OWN-PORT
 *
 * On a connection each further line asks again. PROTO is tcp, udp, sctp, or
 * raw:NUMBER without ports. Goes to the background once all is open.
 */
#include <errno.h>
#include <poll.h>

#include "ends.h"

#define MOST 4096

/**
 * struct door - an open socket
 * @talk: what it talks
 * @family: AF_INET or AF_INET6
 * @port: own port, network byte order
 * @listens: waits for connections
 */
struct door {
	struct talk talk;
	int family;
	in_port_t port;
	bool listens;
};

static struct pollfd fds[MOST];
static struct door doors[MOST];
static int count;
static const char *name;

static void add(int fd, const struct door *door)
{
	if (count == MOST) {
		close(fd);
		return;
	}
	fds[count] = (struct pollfd){ .fd = fd, .events = POLLIN };
	doors[count++] = *door;
}

static void remove_at(int i)
{
	close(fds[i].fd);
	fds[i] = fds[--count];
	doors[i] = doors[count];
}

static void open_door(const struct talk *talk, int family, int port)
{
	struct door door = { *talk, family, htons(port), talk->stream };
	union end end;
	int one = 1;
	int fd;

	fd = end_socket(family, talk);
	setsockopt(fd, SOL_IPV6, IPV6_FREEBIND, &one, sizeof(one));
	if (!talk->stream)
		setsockopt(fd, family == AF_INET ? SOL_IP : SOL_IPV6,
			   family == AF_INET ? IP_PKTINFO : IPV6_RECVPKTINFO,
			   &one, sizeof(one));
	end_any(&end, family, talk->type == SOCK_RAW ? 0 : port);
	if (bind(fd, &end.any, end_len(&end)))
		err(3, "bind %s %d", talk->name, port);
	if (talk->stream && listen(fd, 512))
		err(3, "listen %s %d", talk->name, port);
	add(fd, &door);
}

static void open_spec(char *spec)
{
	char *ports = strncmp(spec, "raw:", 4) ? strchr(spec, ':') : NULL;
	int lo = 0, hi = 0, port;
	struct talk talk;

	if (ports) {
		*ports++ = 0;
		if (sscanf(ports, "%d-%d", &lo, &hi) < 2)
			hi = lo;
	}
	talk = talk_parse(spec);
	for (port = lo; port <= hi; port++) {
		open_door(&talk, AF_INET, port);
		open_door(&talk, AF_INET6, port);
	}
}

static int describe(char *line, size_t size, union end *peer, union end *own)
{
	char a[END_LINE / 3], b[END_LINE / 3];

	return snprintf(line, size, "%s %s %s\n", name,
			end_text(peer, a, sizeof(a)),
			end_text(own, b, sizeof(b)));
}

/* Return: false if the connection is of no more use */
static bool tell_stream(int fd)
{
	union end peer, own;
	socklen_t plen = sizeof(peer), olen = sizeof(own);
	char line[END_LINE];
	int len;

	if (getpeername(fd, &peer.any, &plen) ||
	    getsockname(fd, &own.any, &olen))
		return false;
	len = describe(line, sizeof(line), &peer, &own);
	return send(fd, line, len, MSG_NOSIGNAL) == len;
}

static bool serve_stream(int fd)
{
	char buf[END_LINE];
	ssize_t got, i;

	got = recv(fd, buf, sizeof(buf), 0);
	if (got <= 0)
		return false;
	for (i = 0; i < got; i++)
		if (buf[i] == '\n' && !tell_stream(fd))
			return false;
	return true;
}

static void serve_listener(int i)
{
	struct door door = doors[i];
	int fd = accept4(fds[i].fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	door.listens = false;
	if (tell_stream(fd))
		add(fd, &door);
	else
		close(fd);
}

/* Which address was asked; the answer takes it from the same message */
static void read_own(struct msghdr *msg, const struct door *door,
		     union end *own)
{
	struct cmsghdr *c;

	end_any(own, door->family, ntohs(door->port));
	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == SOL_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo *info = (void *)CMSG_DATA(c);

			own->v4.sin_addr = info->ipi_addr;
			info->ipi_spec_dst = info->ipi_addr;
			info->ipi_ifindex = 0;
		} else if (c->cmsg_level == SOL_IPV6 &&
			   c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo *info = (void *)CMSG_DATA(c);

			own->v6.sin6_addr = info->ipi6_addr;
			info->ipi6_ifindex = 0;
		}
	}
}

static void serve_datagram(int fd, const struct door *door)
{
	char buf[2048], control[256];
	struct iovec io = { buf, sizeof(buf) };
	union end peer, own;
	struct msghdr msg = {
		.msg_name = &peer,
		.msg_namelen = sizeof(peer),
		.msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};

	if (recvmsg(fd, &msg, 0) < 0)
		return;
	read_own(&msg, door, &own);
	if (door->talk.type == SOCK_RAW)
		*end_port(&peer) = 0;
	io.iov_len = describe(buf, sizeof(buf), &peer, &own);
	sendmsg(fd, &msg, 0);
}

static void serve(int i)
{
	if (doors[i].listens)
		serve_listener(i);
	else if (!doors[i].talk.stream)
		serve_datagram(fds[i].fd, &doors[i]);
	else if (!serve_stream(fds[i].fd))
		remove_at(i);
}

int main(int argc, char **argv)
{
	int i;

	if (argc > 2 && !strcmp(argv[1], "-N")) {
		end_enter(argv[2]);
		argv += 2;
		argc -= 2;
	}
	if (argc < 3)
		errx(2, "usage: answer [-N NETNS] NAME PROTO[:PORT]...");
	name = argv[1];
	for (i = 2; i < argc; i++)
		open_spec(argv[i]);
	if (daemon(1, 0))
		err(3, "daemon");
	for (;;) {
		if (poll(fds, count, -1) < 0 && errno != EINTR)
			err(3, "poll");
		/* Downward: whoever takes a removed one's place was served */
		for (i = count - 1; i >= 0; i--)
			if (fds[i].revents)
				serve(i);
	}
}

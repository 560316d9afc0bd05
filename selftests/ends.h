/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the two ends of the tests' conversations share: endpoints, and the
 * protocols by name.
 */
#ifndef _KSTEER_SELFTESTS_ENDS_H
#define _KSTEER_SELFTESTS_ENDS_H

#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/**
 * union end - an endpoint of either family
 * @any: as the system calls want it
 * @v4: IPv4
 * @v6: IPv6
 */
union end {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/**
 * struct talk - a protocol to talk in
 * @name: as the command line has it
 * @type: socket type
 * @proto: IP protocol
 * @stream: connections, not datagrams
 */
struct talk {
	const char *name;
	int type;
	int proto;
	bool stream;
};

/* Longest answer: two addresses, two ports, a name */
#define END_LINE 256

/* Go into a network namespace that `ip netns` has made */
static inline void end_enter(const char *netns)
{
	char path[END_LINE];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(3, "%s", path);
	close(fd);
}

static inline socklen_t end_len(const union end *end)
{
	return end->any.sa_family == AF_INET ? sizeof(end->v4) :
					       sizeof(end->v6);
}

static inline in_port_t *end_port(union end *end)
{
	return end->any.sa_family == AF_INET ? &end->v4.sin_port :
					       &end->v6.sin6_port;
}

/* The address as bytes, for counting upward */
static inline unsigned char *end_bytes(union end *end, int *len)
{
	if (end->any.sa_family == AF_INET) {
		*len = sizeof(end->v4.sin_addr);
		return (unsigned char *)&end->v4.sin_addr;
	}
	*len = sizeof(end->v6.sin6_addr);
	return (unsigned char *)&end->v6.sin6_addr;
}

static inline void end_any(union end *end, int family, int port)
{
	memset(end, 0, sizeof(*end));
	end->any.sa_family = family;
	*end_port(end) = htons(port);
}

static inline void end_parse(union end *end, const char *addr, int port)
{
	int len;

	end_any(end, strchr(addr, ':') ? AF_INET6 : AF_INET, port);
	if (inet_pton(end->any.sa_family, addr, end_bytes(end, &len)) != 1)
		errx(2, "not an address: %s", addr);
}

/* "ADDRESS PORT" */
static inline const char *end_text(union end *end, char *text, size_t size)
{
	char addr[INET6_ADDRSTRLEN];
	int len;

	inet_ntop(end->any.sa_family, end_bytes(end, &len), addr, sizeof(addr));
	snprintf(text, size, "%s %u", addr, ntohs(*end_port(end)));
	return text;
}

/* tcp, udp, sctp, or raw:NUMBER */
static inline struct talk talk_parse(const char *name)
{
	static const struct talk known[] = {
		{ "tcp", SOCK_STREAM, IPPROTO_TCP, true },
		{ "udp", SOCK_DGRAM, IPPROTO_UDP, false },
		{ "sctp", SOCK_STREAM, IPPROTO_SCTP, true },
		{ NULL }
	};
	struct talk raw = { "raw", SOCK_RAW, 0, false };
	const struct talk *talk;

	for (talk = known; talk->name; talk++)
		if (!strcmp(name, talk->name))
			return *talk;
	if (strncmp(name, "raw:", 4))
		errx(2, "no such protocol: %s", name);
	raw.proto = atoi(name + 4);
	return raw;
}

static inline int end_socket(int family, const struct talk *talk)
{
	int one = 1, fd;

	fd = socket(family, talk->type | SOCK_CLOEXEC, talk->proto);
	if (fd < 0)
		err(3, "socket %s", talk->name);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (family == AF_INET6)
		setsockopt(fd, SOL_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	return fd;
}

#endif /* _KSTEER_SELFTESTS_ENDS_H */

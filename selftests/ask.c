// SPDX-License-Identifier: GPL-2.0-only
/*
 * ask [OPTION]... PROTO ADDRESS [PORT]
 *
 * The asking end to `answer`: prints each answer, one a line, and "- REASON"
 * for a question without. The exit code is 1 if there was such a question.
 *
 *	-N NETNS	from this network namespace
 *	-n COUNT	ask COUNT times, each by a socket of its own
 *	-m COUNT	and each socket COUNT times (1)
 *	-s ADDRESS	own address; the machine need not have it
 *	-p PORT		own port
 *	-S -P -D -Q	own address, own port, address, port: one more each time
 *	-t MS		patience with an answer (5000)
 *	-R		end connections by reset
 *	-H		keep all sockets open, in the background, until killed
 *	-T		ask all sockets again for each line of input, until its end
 */
#include <errno.h>
#include <netinet/ip.h>
#include <poll.h>

#include "ends.h"

#define MOST 4096

struct options {
	int sockets;
	int times;
	int patience;
	int from_port;
	bool step_from, step_from_port, step_to, step_to_port;
	bool reset, hold, talk;
};

static struct options opt = { .sockets = 1, .times = 1, .patience = 5000 };
static struct talk talk;
static int open_fds[MOST];
static int open_count;
static bool failed;

static void no_answer(const char *why)
{
	printf("- %s\n", why);
	failed = true;
}

/* A raw IPv4 socket gives the IP header as well */
static char *skip_header(char *buf, ssize_t *len, int family)
{
	int head;

	if (talk.type != SOCK_RAW || family != AF_INET)
		return buf;
	head = (buf[0] & 15) * 4;
	*len = *len > head ? *len - head : 0;
	return buf + head;
}

static bool wait_for(int fd, short what)
{
	struct pollfd p = { .fd = fd, .events = what };

	return poll(&p, 1, opt.patience) == 1;
}

/* Return: false if there is none; then the socket is of no more use */
static bool read_answer(int fd, int family)
{
	char buf[2 * END_LINE], *line;
	ssize_t len = 0, got;

	do {
		if (!wait_for(fd, POLLIN)) {
			no_answer("timeout");
			return false;
		}
		got = recv(fd, buf + len, END_LINE, 0);
		if (got <= 0) {
			no_answer(got ? strerror(errno) : "closed");
			return false;
		}
		len += got;
	} while (talk.stream && buf[len - 1] != '\n' && len < END_LINE);
	line = skip_header(buf, &len, family);
	fwrite(line, 1, len, stdout);
	return true;
}

static bool put_question(int fd)
{
	if (send(fd, "?\n", 2, MSG_NOSIGNAL) == 2)
		return true;
	no_answer(strerror(errno));
	return false;
}

static bool bind_from(int fd, union end *from)
{
	int one = 1;

	if (from->any.sa_family == AF_INET) {
		setsockopt(fd, SOL_IP, IP_FREEBIND, &one, sizeof(one));
		if (!from->v4.sin_port)
			setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &one,
				   sizeof(one));
	} else {
		setsockopt(fd, SOL_IPV6, IPV6_FREEBIND, &one, sizeof(one));
		if (!from->v6.sin6_port)
			setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &one,
				   sizeof(one));
	}
	return !bind(fd, &from->any, end_len(from));
}

/* Connect with patience; a connection attempt would last minutes by itself */
static bool connect_to(int fd, union end *to)
{
	struct timeval tv = {
		.tv_sec = opt.patience / 1000,
		.tv_usec = opt.patience % 1000 * 1000,
	};

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	return !connect(fd, &to->any, end_len(to));
}

static void finish(int fd)
{
	struct linger linger = { .l_onoff = 1 };

	if (opt.reset)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(fd);
}

static int open_socket(union end *from, union end *to)
{
	int fd = end_socket(to->any.sa_family, &talk);

	if (bind_from(fd, from) && connect_to(fd, to))
		return fd;
	no_answer(errno == EINPROGRESS || errno == EAGAIN ? "timeout" :
							    strerror(errno));
	close(fd);
	return -1;
}

static void ask_once(union end *from, union end *to)
{
	int fd = open_socket(from, to);
	int i;

	if (fd < 0)
		return;
	for (i = 0; i < opt.times; i++) {
		/* The first answer on a connection comes unasked */
		if ((i || !talk.stream) && !put_question(fd))
			break;
		if (!read_answer(fd, to->any.sa_family))
			break;
	}
	if ((opt.hold || opt.talk) && open_count < MOST)
		open_fds[open_count++] = fd;
	else
		finish(fd);
}

static void step_address(union end *end)
{
	unsigned char *byte;
	int len;

	byte = end_bytes(end, &len);
	while (len-- && !++byte[len])
		;
}

static void step_port(union end *end)
{
	*end_port(end) = htons(ntohs(*end_port(end)) + 1);
}

static void ask_all(union end *from, union end *to)
{
	int i;

	for (i = 0; i < opt.sockets; i++) {
		ask_once(from, to);
		if (opt.step_from)
			step_address(from);
		if (opt.step_from_port)
			step_port(from);
		if (opt.step_to)
			step_address(to);
		if (opt.step_to_port)
			step_port(to);
	}
	fflush(stdout);
}

static void ask_again(int family)
{
	char line[END_LINE];
	int i;

	while (fgets(line, sizeof(line), stdin)) {
		for (i = 0; i < open_count; i++)
			if (put_question(open_fds[i]))
				read_answer(open_fds[i], family);
		fflush(stdout);
	}
	for (i = 0; i < open_count; i++)
		finish(open_fds[i]);
}

static void read_flag(int flag)
{
	switch (flag) {
	case 'S':
		opt.step_from = true;
		break;
	case 'P':
		opt.step_from_port = true;
		break;
	case 'D':
		opt.step_to = true;
		break;
	case 'Q':
		opt.step_to_port = true;
		break;
	case 'R':
		opt.reset = true;
		break;
	case 'H':
		opt.hold = true;
		break;
	case 'T':
		opt.talk = true;
		break;
	default:
		exit(2);
	}
}

static const char *read_options(int argc, char **argv)
{
	const char *from = NULL;
	int flag;

	while ((flag = getopt(argc, argv, "N:n:m:s:p:t:SPDQRHT")) != -1) {
		if (flag == 'N')
			end_enter(optarg);
		else if (flag == 'n')
			opt.sockets = atoi(optarg);
		else if (flag == 'm')
			opt.times = atoi(optarg);
		else if (flag == 's')
			from = optarg;
		else if (flag == 'p')
			opt.from_port = atoi(optarg);
		else if (flag == 't')
			opt.patience = atoi(optarg);
		else
			read_flag(flag);
	}
	return from;
}

int main(int argc, char **argv)
{
	const char *own = read_options(argc, argv);
	union end from, to;

	if (argc - optind < 2 || argc - optind > 3)
		errx(2, "usage: ask [OPTION]... PROTO ADDRESS [PORT]");
	talk = talk_parse(argv[optind]);
	end_parse(&to, argv[optind + 1],
		  argv[optind + 2] ? atoi(argv[optind + 2]) : 0);
	if (own)
		end_parse(&from, own, opt.from_port);
	else
		end_any(&from, to.any.sa_family, opt.from_port);
	ask_all(&from, &to);
	if (opt.hold && daemon(1, 0))
		err(3, "daemon");
	if (opt.hold)
		pause();
	if (opt.talk)
		ask_again(to.any.sa_family);
	return failed;
}

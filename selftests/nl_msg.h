/* SPDX-License-Identifier: GPL-2.0-only */
/* Generic netlink by hand: messages that a library would refuse to make. */
#ifndef NL_MSG_H
#define NL_MSG_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#define HEADERS (NLMSG_HDRLEN + GENL_HDRLEN)
#define ROOM (1 << 20)
#define DEEP 8

/**
 * struct msg - a request under construction
 * @buf: the message
 * @len: its length
 * @open: offsets of the nests that are not closed
 * @depth: their number
 */
struct msg {
	unsigned char buf[ROOM] __attribute__((aligned(8)));
	unsigned int len;
	unsigned int open[DEEP];
	unsigned int depth;
};

static inline __attribute__((noreturn)) void die(const char *what)
{
	printf("# %s: %s\n", what, strerror(errno));
	exit(2);
}

static inline struct nlmsghdr *msg_head(struct msg *msg)
{
	return (struct nlmsghdr *)msg->buf;
}

static inline void msg_begin(struct msg *msg, int family, __u8 cmd, __u16 flags)
{
	struct genlmsghdr *genl;

	memset(msg->buf, 0, HEADERS);
	msg->len = HEADERS;
	msg->depth = 0;
	msg_head(msg)->nlmsg_type = family;
	msg_head(msg)->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	genl = (struct genlmsghdr *)(msg->buf + NLMSG_HDRLEN);
	genl->cmd = cmd;
	genl->version = 1;
}

static inline void msg_raw(struct msg *msg, const void *data, unsigned int len)
{
	if (msg->len + len > ROOM)
		die("message too long");
	if (len)
		memcpy(msg->buf + msg->len, data, len);
	msg->len += len;
}

/* Return: offset of the attribute */
static inline unsigned int msg_put(struct msg *msg, __u16 type,
				   const void *data, unsigned int len)
{
	struct nlattr attr = { .nla_len = NLA_HDRLEN + len, .nla_type = type };
	unsigned int at = msg->len;

	msg_raw(msg, &attr, sizeof(attr));
	msg_raw(msg, data, len);
	msg_raw(msg, "\0\0\0", NLA_ALIGN(len) - len);
	return at;
}

static inline unsigned int msg_nest(struct msg *msg, __u16 type)
{
	if (msg->depth == DEEP)
		die("nested too deep");
	msg->open[msg->depth++] = msg->len;
	return msg_put(msg, type | NLA_F_NESTED, NULL, 0);
}

static inline void msg_nest_end(struct msg *msg)
{
	unsigned int at = msg->open[--msg->depth];

	((struct nlattr *)(msg->buf + at))->nla_len = msg->len - at;
}

#endif /* NL_MSG_H */

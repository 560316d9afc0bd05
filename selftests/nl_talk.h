/* SPDX-License-Identifier: GPL-2.0-only */
/* Answers of the kernel, down to the extended acknowledgment. */
#ifndef NL_TALK_H
#define NL_TALK_H

#include <stdbool.h>
#include <sys/socket.h>

#include "nl_msg.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/**
 * struct answer - what the kernel said
 * @err: 0 or a positive errno
 * @text: its sentence, or ""
 * @offs: offset of the guilty attribute, or 0
 * @miss: type of the attribute that is missing, or 0
 * @miss_nest: offset of the nest that it is missing in, or 0
 * @messages: messages with an object
 * @interrupted: whether a message of the dump said that it is inconsistent
 * @silent: whether no answer came
 * @first: attributes of the first object's message
 * @first_len: their length
 */
struct answer {
	int err;
	char text[256];
	unsigned int offs;
	unsigned int miss;
	unsigned int miss_nest;
	unsigned int messages;
	bool interrupted;
	bool silent;
	unsigned char first[8192] __attribute__((aligned(8)));
	unsigned int first_len;
};

/* Called with each message that has an object */
typedef void (*talk_fn)(const struct nlmsghdr *nlh, void *arg);

static inline int talk_open(void)
{
	struct sockaddr_nl self = { .nl_family = AF_NETLINK };
	struct timeval patience = { .tv_sec = 20 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	int one = 1, room = 4 << 20;

	if (fd < 0 || bind(fd, (struct sockaddr *)&self, sizeof(self)))
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	if (setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one)))
		die("NETLINK_EXT_ACK");
	return fd;
}

static inline void talk_take_ack(struct answer *answer, const void *at, int len)
{
	const struct nlattr *attr = at;
	const void *data;

	while (len >= NLA_HDRLEN && attr->nla_len >= NLA_HDRLEN) {
		data = (const char *)attr + NLA_HDRLEN;
		switch (attr->nla_type & NLA_TYPE_MASK) {
		case NLMSGERR_ATTR_MSG:
			snprintf(answer->text, sizeof(answer->text), "%s",
				 (const char *)data);
			break;
		case NLMSGERR_ATTR_OFFS:
			answer->offs = *(const __u32 *)data;
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			answer->miss = *(const __u32 *)data;
			break;
		case NLMSGERR_ATTR_MISS_NEST:
			answer->miss_nest = *(const __u32 *)data;
			break;
		}
		len -= NLA_ALIGN(attr->nla_len);
		attr = (const void *)((const char *)attr +
				      NLA_ALIGN(attr->nla_len));
	}
}

/* Return: whether the answer is complete */
static inline bool talk_take(struct answer *answer, const struct nlmsghdr *nlh)
{
	const char *data = NLMSG_DATA(nlh);
	int used;

	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		answer->interrupted = true;
	if (nlh->nlmsg_type != NLMSG_ERROR && nlh->nlmsg_type != NLMSG_DONE) {
		if (!answer->messages++) {
			answer->first_len = nlh->nlmsg_len - HEADERS;
			if (answer->first_len > sizeof(answer->first))
				answer->first_len = sizeof(answer->first);
			memcpy(answer->first, data + GENL_HDRLEN,
			       answer->first_len);
		}
		return false;
	}
	answer->err = -*(const int *)data;
	/* The request's header follows the error in an acknowledgment */
	used = nlh->nlmsg_type == NLMSG_ERROR ? sizeof(struct nlmsgerr) :
						sizeof(int);
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		talk_take_ack(answer, data + used,
			      nlh->nlmsg_len - NLMSG_HDRLEN - used);
	return true;
}

static inline void talk_receive(int fd, struct answer *answer, talk_fn fn,
				void *arg)
{
	static unsigned char buf[ROOM] __attribute__((aligned(8)));
	struct nlmsghdr *nlh;
	bool done = false;
	int len;

	while (!done) {
		len = recv(fd, buf, sizeof(buf), 0);
		if (len < 0) {
			answer->silent = errno == EAGAIN;
			if (!answer->silent)
				die("recv");
			return;
		}
		for (nlh = (void *)buf; NLMSG_OK(nlh, len) && !done;
		     nlh = NLMSG_NEXT(nlh, len)) {
			done = talk_take(answer, nlh);
			if (!done && fn)
				fn(nlh, arg);
		}
	}
}

/* Send a message as it is, and wait for the end of the answer */
static inline void talk(int fd, struct msg *msg, struct answer *answer,
			talk_fn fn, void *arg)
{
	memset(answer, 0, sizeof(*answer));
	if (!msg_head(msg)->nlmsg_len)
		msg_head(msg)->nlmsg_len = msg->len;
	if (send(fd, msg->buf, msg->len, 0) < 0)
		die("send");
	talk_receive(fd, answer, fn, arg);
}

static inline const void *attr_find(const void *at, int len, int type)
{
	const struct nlattr *attr = at;

	while (len >= NLA_HDRLEN && attr->nla_len >= NLA_HDRLEN) {
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
		len -= NLA_ALIGN(attr->nla_len);
		attr = (const void *)((const char *)attr +
				      NLA_ALIGN(attr->nla_len));
	}
	return NULL;
}

static inline __u32 attr_u32(const void *at, int len, int type)
{
	const struct nlattr *attr = attr_find(at, len, type);

	return attr ? *(const __u32 *)(attr + 1) : 0;
}

static inline int talk_family(int fd, const char *name)
{
	const struct nlattr *attr;
	static struct msg msg;
	struct answer answer;

	msg_begin(&msg, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	msg_put(&msg, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	talk(fd, &msg, &answer, NULL, NULL);
	attr = attr_find(answer.first, answer.first_len, CTRL_ATTR_FAMILY_ID);
	if (answer.err || !attr) {
		printf("# no netlink family %s\n", name);
		exit(2);
	}
	return *(const __u16 *)(attr + 1);
}

#endif /* NL_TALK_H */

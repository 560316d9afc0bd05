// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue [-N NETNS] NUMBER
 *
 * Lets every packet go on that a rule puts into netfilter's queue NUMBER.  It
 * goes on from here: by this process, not by the softirq that brought it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>

#include "ends.h"

#define ROOM 8192

/**
 * struct ask - a message to the queue, with one attribute
 * @nlh: netlink's header
 * @nfg: netfilter's, with the number of the queue
 * @attr: the attribute's
 * @data: what it carries
 */
struct ask {
	struct nlmsghdr nlh;
	struct nfgenmsg nfg;
	struct nlattr attr;
	unsigned char data[16];
};

static void ask(int fd, unsigned short queue, int type, int attr,
		const void *data, size_t len)
{
	struct ask msg = {
		.nlh = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(msg.nfg)) +
				     NLA_HDRLEN + NLA_ALIGN(len),
			.nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | type,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.nfg = { AF_UNSPEC, NFNETLINK_V0, htons(queue) },
		.attr = { NLA_HDRLEN + len, attr },
	};

	memcpy(msg.data, data, len);
	if (send(fd, &msg, msg.nlh.nlmsg_len, 0) < 0)
		err(3, "send");
}

static void let_go(int fd, unsigned short queue, __be32 id)
{
	struct nfqnl_msg_verdict_hdr verdict = { htonl(NF_ACCEPT), id };

	ask(fd, queue, NFQNL_MSG_VERDICT, NFQA_VERDICT_HDR, &verdict,
	    sizeof(verdict));
}

/* The number of the packet that a message tells of stands first */
static void take_packet(int fd, unsigned short queue,
			const struct nlmsghdr *nlh)
{
	const struct nlattr *attr =
		(const void *)((const char *)nlh +
			       NLMSG_LENGTH(sizeof(struct nfgenmsg)));
	const struct nfqnl_msg_packet_hdr *packet;

	if ((attr->nla_type & NLA_TYPE_MASK) != NFQA_PACKET_HDR)
		errx(3, "a packet without a number");
	packet = (const void *)(attr + 1);
	let_go(fd, queue, packet->packet_id);
}

static void take(int fd, unsigned short queue)
{
	static char buf[ROOM] __attribute__((aligned(8)));
	const struct nlmsghdr *nlh;
	const struct nlmsgerr *said;
	int len = recv(fd, buf, sizeof(buf), 0);

	if (len < 0)
		err(3, "recv");
	for (nlh = (void *)buf; NLMSG_OK(nlh, len);
	     nlh = NLMSG_NEXT(nlh, len)) {
		said = NLMSG_DATA(nlh);
		if (nlh->nlmsg_type != NLMSG_ERROR)
			take_packet(fd, queue, nlh);
		else if (said->error)
			errx(3, "refused: %s", strerror(-said->error));
	}
}

int main(int argc, char **argv)
{
	struct nfqnl_msg_config_cmd bind_to = { .command = NFQNL_CFG_CMD_BIND };
	struct nfqnl_msg_config_params params = { .copy_mode =
							  NFQNL_COPY_META };
	unsigned short queue;
	int fd;

	if (argc == 4 && !strcmp(argv[1], "-N")) {
		end_enter(argv[2]);
		argv += 2;
		argc -= 2;
	}
	if (argc != 2)
		errx(2, "usage: queue [-N NETNS] NUMBER");
	queue = atoi(argv[1]);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	if (fd < 0)
		err(3, "socket");
	ask(fd, queue, NFQNL_MSG_CONFIG, NFQA_CFG_CMD, &bind_to,
	    sizeof(bind_to));
	ask(fd, queue, NFQNL_MSG_CONFIG, NFQA_CFG_PARAMS, &params,
	    sizeof(params));
	for (;;)
		take(fd, queue);
}

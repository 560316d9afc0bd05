// SPDX-License-Identifier: GPL-2.0-only
/*
 * rawdump ksteer|conntrack
 *
 * Asks the kernel for all flows and throws away what it says, so that the cost
 * of a dump is the kernel's alone. Prints "objects N bytes N".
 */
#include <linux/ksteer.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "nl_talk.h"

struct dump {
	unsigned long objects;
	unsigned long bytes;
	bool done;
	bool flows;
};

static unsigned int flows_of(const struct nlmsghdr *nlh)
{
	int len = nlh->nlmsg_len - HEADERS;
	const char *attr = (const char *)nlh + HEADERS;
	unsigned int n = 0;

	while (len >= NLA_HDRLEN) {
		int step = NLA_ALIGN(((const struct nlattr *)attr)->nla_len);

		n++;
		attr += step;
		len -= step;
	}
	return n;
}

static void take(struct dump *dump, const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_type == NLMSG_ERROR ||
	    nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		die("the dump was refused or interrupted");
	if (nlh->nlmsg_type == NLMSG_DONE)
		dump->done = true;
	else
		dump->objects += dump->flows ? flows_of(nlh) : 1;
}

static void receive(int fd, struct dump *dump)
{
	static unsigned char buf[65536] __attribute__((aligned(8)));
	int len = recv(fd, buf, sizeof(buf), 0);
	struct nlmsghdr *nlh;

	if (len < 0)
		die("recv");
	dump->bytes += len;
	for (nlh = (void *)buf; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len))
		take(dump, nlh);
}

static int ask_ksteer(struct msg *msg)
{
	int fd = talk_open();

	msg_begin(msg, talk_family(fd, KSTEER_GENL_NAME), KSTEER_CMD_FLOW_GET,
		  NLM_F_DUMP);
	return fd;
}

static int ask_conntrack(struct msg *msg)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	struct nfgenmsg head = { .nfgen_family = AF_INET };

	if (fd < 0)
		die("socket");
	msg_begin(msg, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET, 0,
		  NLM_F_DUMP);
	/* Both heads have four bytes */
	memcpy(NLMSG_DATA(msg_head(msg)), &head, sizeof(head));
	return fd;
}

int main(int argc, char **argv)
{
	static struct msg msg;
	struct dump dump = { 0 };
	int fd;

	if (argc != 2)
		return 2;
	dump.flows = !strcmp(argv[1], "ksteer");
	fd = dump.flows ? ask_ksteer(&msg) : ask_conntrack(&msg);
	msg_head(&msg)->nlmsg_len = msg.len;
	if (send(fd, msg.buf, msg.len, 0) < 0)
		die("send");
	while (!dump.done)
		receive(fd, &dump);
	printf("objects %lu bytes %lu\n", dump.objects, dump.bytes);
	return 0;
}

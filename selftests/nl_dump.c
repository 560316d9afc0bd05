// SPDX-License-Identifier: GPL-2.0-only
/*
 * nl_dump COMMAND [change]: dump all objects, in parts as small as the kernel
 * gives them; with "change", change the configuration after the first part.
 * Prints "objects N distinct N parts N interrupted 0|1".
 */
#include <unistd.h>

#include "nl_commands.h"
#include "nl_talk.h"

#define MOST (1 << 21)

static __u32 ids[MOST];
static unsigned int objects, pieces;
static bool interrupted;

static void note_id(__u32 id)
{
	if (objects < MOST)
		ids[objects++] = id;
}

static void note_flows(const struct nlmsghdr *nlh)
{
	int len = nlh->nlmsg_len - HEADERS;
	const struct nlattr *attr = (void *)((char *)nlh + HEADERS);

	while (len >= NLA_HDRLEN) {
		if ((attr->nla_type & NLA_TYPE_MASK) == KSTEER_A_FLOWS_FLOW)
			note_id(attr_u32(attr + 1, attr->nla_len - NLA_HDRLEN,
					 KSTEER_A_FLOW_SERIAL));
		len -= NLA_ALIGN(attr->nla_len);
		attr = (void *)((char *)attr + NLA_ALIGN(attr->nla_len));
	}
}

static void note(const struct nlmsghdr *nlh, const struct command *command)
{
	const struct word *id = command->words;

	if (command->cmd == KSTEER_CMD_FLOW_GET) {
		note_flows(nlh);
		return;
	}
	while (strcmp(id->name, "id"))
		id++;
	note_id(attr_u32((char *)nlh + HEADERS, nlh->nlmsg_len - HEADERS,
			 id->type));
}

static void change(int family)
{
	static struct msg msg;
	struct answer answer;
	__u32 young = 77;
	int fd = talk_open();

	msg_begin(&msg, family, KSTEER_CMD_CONFIG_SET, 0);
	msg_put(&msg, KSTEER_A_CONFIG_YOUNG, &young, sizeof(young));
	talk(fd, &msg, &answer, NULL, NULL);
	if (answer.err)
		die("config-set");
	close(fd);
}

/* Return: whether this was the last part */
static bool take_part(int fd, const struct command *command)
{
	static unsigned char buf[32768] __attribute__((aligned(8)));
	struct nlmsghdr *nlh;
	int len = recv(fd, buf, sizeof(buf), MSG_TRUNC);

	if (len < 0 || len > (int)sizeof(buf))
		die("recv");
	pieces++;
	for (nlh = (void *)buf; NLMSG_OK(nlh, len);
	     nlh = NLMSG_NEXT(nlh, len)) {
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			interrupted = true;
		if (nlh->nlmsg_type == NLMSG_ERROR) {
			printf("# refused\n");
			exit(1);
		}
		if (nlh->nlmsg_type == NLMSG_DONE)
			return true;
		note(nlh, command);
	}
	return false;
}

static int compare(const void *a, const void *b)
{
	__u32 x = *(const __u32 *)a, y = *(const __u32 *)b;

	return x < y ? -1 : x > y;
}

static unsigned int distinct(void)
{
	unsigned int i, n = 0;

	qsort(ids, objects, sizeof(ids[0]), compare);
	for (i = 0; i < objects; i++)
		n += !i || ids[i] != ids[i - 1];
	return n;
}

int main(int argc, char **argv)
{
	static struct msg msg;
	int fd = talk_open(), family = talk_family(fd, KSTEER_GENL_NAME);
	const struct command *command = commands;
	bool done = false;

	if (argc < 2)
		return 2;
	while (command < commands + COMMANDS && strcmp(command->name, argv[1]))
		command++;
	if (command == commands + COMMANDS)
		return 2;
	msg_begin(&msg, family, command->cmd, NLM_F_DUMP);
	msg_head(&msg)->nlmsg_len = msg.len;
	if (send(fd, msg.buf, msg.len, 0) < 0)
		die("send");
	while (!done) {
		done = take_part(fd, command);
		if (pieces == 1 && argc > 2)
			change(family);
	}
	printf("objects %u distinct %u parts %u interrupted %d\n", objects,
	       distinct(), pieces, interrupted);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* A kernel that answers whatever the fuzzer says. */
#include <errno.h>

#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/genl/genl.h>
#include <netlink/handlers.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "talk.h"

#define FAMILY 42

static struct input answers;
static struct nl_msg *request;
static bool accepts, pending;
static __u32 seq;

/* What fopen() finds, NULL for the real files */
static const char *file_text;

int __wrap_nl_send_auto(struct nl_sock *sock, struct nl_msg *msg);
int __wrap_nl_recvmsgs(struct nl_sock *sock, struct nl_cb *cb);
int __real_nl_recvmsgs(struct nl_sock *sock, struct nl_cb *cb);
int __wrap_genl_connect(struct nl_sock *sock);
int __wrap_genl_ctrl_resolve(struct nl_sock *sock, const char *name);
int __wrap_genl_ctrl_resolve_grp(struct nl_sock *sock, const char *name,
				 const char *group);
int __wrap_nl_socket_add_membership(struct nl_sock *sock, int group);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__real_fopen(const char *path, const char *mode);

int __wrap_genl_connect(struct nl_sock *sock)
{
	(void)sock;
	return 0;
}

int __wrap_genl_ctrl_resolve(struct nl_sock *sock, const char *name)
{
	(void)sock;
	must(!strcmp(name, KSTEER_GENL_NAME));
	return FAMILY;
}

int __wrap_genl_ctrl_resolve_grp(struct nl_sock *sock, const char *name,
				 const char *group)
{
	(void)sock;
	must(!strcmp(name, KSTEER_GENL_NAME) && *group);
	return 1;
}

int __wrap_nl_socket_add_membership(struct nl_sock *sock, int group)
{
	(void)sock;
	must(group == 1);
	return 0;
}

int __wrap_nl_send_auto(struct nl_sock *sock, struct nl_msg *msg)
{
	nl_complete_msg(sock, msg);
	seq = nlmsg_hdr(msg)->nlmsg_seq;
	pending = true;
	talk_reset();
	request = nlmsg_convert(nlmsg_hdr(msg));
	must(request);
	return nlmsg_hdr(msg)->nlmsg_len;
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	if (!file_text)
		return __real_fopen(path, mode);
	return fmemopen((void *)file_text, strlen(file_text), mode);
}

/* Heads that are right, so that the fuzzer need not find them out */
static size_t head_size(unsigned int kind)
{
	return kind == TALK_RAW	   ? 0 :
	       kind == TALK_OBJECT ? NLMSG_HDRLEN + GENL_HDRLEN :
				     NLMSG_HDRLEN;
}

static void put_head(struct nlmsghdr *hdr, unsigned int kind, __u8 word)
{
	struct genlmsghdr *genl = (void *)(hdr + 1);

	if (kind == TALK_OBJECT) {
		hdr->nlmsg_type = FAMILY;
		hdr->nlmsg_flags = NLM_F_MULTI;
		genl->cmd = word;
		genl->version = KSTEER_GENL_VERSION;
	} else {
		hdr->nlmsg_type = kind == TALK_DONE ? NLMSG_DONE : NLMSG_ERROR;
		hdr->nlmsg_flags = (word & 1 ? NLM_F_CAPPED : 0) |
				   (word & 2 ? NLM_F_ACK_TLVS : 0) |
				   (word & 4 ? NLM_F_DUMP_INTR : 0);
	}
}

static int serve_ack(unsigned char **buf)
{
	int len = nlmsg_size(sizeof(struct nlmsgerr));
	struct nlmsghdr *hdr = calloc(1, len);

	must(hdr);
	pending = false;
	hdr->nlmsg_len = len;
	hdr->nlmsg_type = NLMSG_ERROR;
	hdr->nlmsg_flags = NLM_F_CAPPED;
	hdr->nlmsg_seq = seq;
	*buf = (unsigned char *)hdr;
	return len;
}

static int serve(struct nl_sock *sock, struct sockaddr_nl *from,
		 unsigned char **buf, struct ucred **creds)
{
	unsigned int kind = take_u8(&answers) % TALK_KINDS;
	__u8 word = take_u8(&answers);
	size_t len = take_u16(&answers), head = head_size(kind);
	struct nlmsghdr *hdr;

	(void)sock;
	(void)creds;
	memset(from, 0, sizeof(*from));
	from->nl_family = AF_NETLINK;
	if (accepts && pending)
		return serve_ack(buf);
	if (!answers.size)
		return -NLE_AGAIN;
	if (len > answers.size)
		len = answers.size;
	if (!(head + len))
		return 0;
	/* No byte more than there is, for ASan */
	hdr = calloc(1, head + len);
	must(hdr);
	take(&answers, (char *)hdr + head, len);
	len += head;
	if (head) {
		put_head(hdr, kind, word);
		hdr->nlmsg_len = len;
	}
	if (len >= NLMSG_HDRLEN)
		hdr->nlmsg_seq = seq;
	*buf = (unsigned char *)hdr;
	return len;
}

int __wrap_nl_recvmsgs(struct nl_sock *sock, struct nl_cb *cb)
{
	nl_cb_overwrite_recv(cb, serve);
	return __real_nl_recvmsgs(sock, cb);
}

void talk_answers(struct input in)
{
	answers = in;
	accepts = false;
}

void talk_accept(void)
{
	answers.size = 0;
	accepts = true;
}

struct nlattr *talk_request(int *cmd, int *len)
{
	struct genlmsghdr *head;

	if (!request)
		return NULL;
	head = nlmsg_data(nlmsg_hdr(request));
	*cmd = head->cmd;
	*len = genlmsg_attrlen(head, 0);
	return genlmsg_attrdata(head, 0);
}

void talk_reset(void)
{
	if (request)
		nlmsg_free(request);
	request = NULL;
}

static FILE *nowhere(void)
{
	static FILE *file;

	if (!file)
		file = __real_fopen("/dev/null", "w");
	must(file);
	return file;
}

int talk_run(const char *lines, const char *file, char **printed)
{
	FILE *real_in = stdin, *real_err = stderr;
	struct cli cli = { .force = true };
	size_t size;
	int rc;

	cli.out.file = printed ? open_memstream(printed, &size) : nowhere();
	stderr = nowhere();
	/* Lines come from the standard input; what they name holds @file */
	stdin = fmemopen((void *)lines, strlen(lines), "r");
	must(stdin && cli.out.file);
	file_text = file;
	rc = ksteer_cli_file(&cli, "-");
	file_text = NULL;
	fclose(stdin);
	stdin = real_in;
	stderr = real_err;
	if (printed)
		fclose(cli.out.file);
	ksteer_nl_close(cli.nl);
	must(rc >= CLI_OK && rc <= CLI_LOCAL);
	return rc;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink socket: connect, send, receive, what the kernel answers.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/ksteer.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/handlers.h>
#include <netlink/msg.h>
#include <netlink/socket.h>

#include "nl.h"

/* The kernel fills at most 32 KiB of a dump into one datagram */
#define RECEIVE_BYTES (64 * 1024)
/* What one event stream may lag behind */
#define QUEUE_BYTES (4 * 1024 * 1024)

#define SEND_BYTES (192 * 1024)

/* As of the kernel: what is greater is no error */
#define MAX_ERRNO 4095

struct ksteer_nl {
	struct nl_sock *sock;
	int family;
	struct ksteer_error error;
};

/* One exchange, from the request to its acknowledgment */
struct exchange {
	struct ksteer_error *error;
	ksteer_msg_fn fn;
	void *arg;
	int err;
	bool done;
	bool interrupted;
};

static void set_error(struct ksteer_error *error, int code, const char *format,
		      va_list args)
{
	memset(error, 0, sizeof(*error));
	error->code = code;
	vsnprintf(error->text, sizeof(error->text), format, args);
}

/**
 * ksteer_nl_fail - note a failure
 * @nl: connection
 * @code: errno value, positive
 * @format: sentence as of printf()
 *
 * Return: -1.
 */
int ksteer_nl_fail(struct ksteer_nl *nl, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_error(&nl->error, code, format, args);
	va_end(args);
	return -1;
}

/**
 * ksteer_nl_error - the last failure
 * @nl: connection
 *
 * Return: the error, which the connection owns.
 */
struct ksteer_error *ksteer_nl_error(struct ksteer_nl *nl)
{
	return &nl->error;
}

static const char not_loaded[] =
	"the kernel module is not loaded; try 'modprobe ksteer'";

static int resolve(struct ksteer_nl *nl)
{
	int family = genl_ctrl_resolve(nl->sock, KSTEER_GENL_NAME);

	if (family == -NLE_OBJ_NOTFOUND)
		return ksteer_nl_fail(nl, ENOENT, "%s", not_loaded);
	if (family < 0)
		return ksteer_nl_fail(nl, EPROTO,
				      "cannot find the netlink family '%s': %s",
				      KSTEER_GENL_NAME, nl_geterror(family));
	nl->family = family;
	return 0;
}

static int connect_socket(struct ksteer_nl *nl)
{
	int one = 1, err;

	nl->sock = nl_socket_alloc();
	if (!nl->sock)
		return ksteer_nl_fail(nl, ENOMEM, "out of memory");
	err = genl_connect(nl->sock);
	if (err)
		return ksteer_nl_fail(nl, EPROTO,
				      "cannot open a netlink socket: %s",
				      nl_geterror(err));
	nl_socket_set_buffer_size(nl->sock, QUEUE_BYTES, 0);
	nl_socket_set_msg_buf_size(nl->sock, RECEIVE_BYTES);
	/* Older kernels lack these; then messages say less, nothing breaks */
	setsockopt(nl_socket_get_fd(nl->sock), SOL_NETLINK, NETLINK_EXT_ACK,
		   &one, sizeof(one));
	setsockopt(nl_socket_get_fd(nl->sock), SOL_NETLINK, NETLINK_CAP_ACK,
		   &one, sizeof(one));
	setsockopt(nl_socket_get_fd(nl->sock), SOL_NETLINK,
		   NETLINK_GET_STRICT_CHK, &one, sizeof(one));
	/* Needs CAP_NET_ADMIN, without which nothing else would work either */
	setsockopt(nl_socket_get_fd(nl->sock), SOL_SOCKET, SO_RCVBUFFORCE,
		   &(int){ QUEUE_BYTES }, sizeof(int));
	return resolve(nl);
}

/**
 * ksteer_nl_open - connect to the kernel module
 * @error: says why not
 *
 * The connection is with the network namespace that the caller is in.
 *
 * Return: a connection to be closed by ksteer_nl_close(), or NULL.
 */
struct ksteer_nl *ksteer_nl_open(struct ksteer_error *error)
{
	struct ksteer_nl *nl = calloc(1, sizeof(*nl));

	if (!nl) {
		memset(error, 0, sizeof(*error));
		error->code = ENOMEM;
		snprintf(error->text, sizeof(error->text), "out of memory");
		return NULL;
	}
	if (connect_socket(nl)) {
		*error = nl->error;
		ksteer_nl_close(nl);
		return NULL;
	}
	return nl;
}

/**
 * ksteer_nl_close - end a connection
 * @nl: connection, or NULL
 */
void ksteer_nl_close(struct ksteer_nl *nl)
{
	if (!nl)
		return;
	nl_socket_free(nl->sock);
	free(nl);
}

/**
 * ksteer_nl_message - begin a request
 * @nl: connection
 * @cmd: command of the family
 * @flags: NLM_F_DUMP or 0
 *
 * Return: a message to be given to ksteer_nl_transact() or nlmsg_free(), or
 * NULL without memory.
 */
struct nl_msg *ksteer_nl_message(struct ksteer_nl *nl, int cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(SEND_BYTES);

	if (msg &&
	    !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0,
			 NLM_F_REQUEST | flags, cmd, KSTEER_GENL_VERSION)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	if (!msg)
		ksteer_nl_fail(nl, ENOMEM, "out of memory");
	return msg;
}

/* libnl itself does not look at lengths when it reads a number */
static struct nla_policy range_policy[NL_POLICY_TYPE_ATTR_MAX + 1] = {
	[NL_POLICY_TYPE_ATTR_MIN_VALUE_U] = { .type = NLA_U64 },
	[NL_POLICY_TYPE_ATTR_MAX_VALUE_U] = { .type = NLA_U64 },
};

static struct nla_policy tlv_policy[NLMSGERR_ATTR_MAX + 1] = {
	[NLMSGERR_ATTR_MSG] = { .type = NLA_STRING, .minlen = 1 },
	[NLMSGERR_ATTR_OFFS] = { .type = NLA_U32 },
	[NLMSGERR_ATTR_MISS_TYPE] = { .type = NLA_U32 },
	[NLMSGERR_ATTR_MISS_NEST] = { .type = NLA_U32 },
};

static void read_range(struct ksteer_error *error, struct nlattr *policy)
{
	struct nlattr *tb[NL_POLICY_TYPE_ATTR_MAX + 1];

	if (nla_parse_nested(tb, NL_POLICY_TYPE_ATTR_MAX, policy,
			     range_policy) ||
	    !tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U] ||
	    !tb[NL_POLICY_TYPE_ATTR_MIN_VALUE_U])
		return;
	error->range = true;
	error->min = nla_get_u64(tb[NL_POLICY_TYPE_ATTR_MIN_VALUE_U]);
	error->max = nla_get_u64(tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U]);
}

/**
 * ksteer_nl_read_tlvs - read what the kernel adds to a refusal
 * @error: gets sentence, place and range, as far as they are there
 * @tlvs: first attribute of the extended acknowledgment
 * @len: bytes of all attributes
 */
void ksteer_nl_read_tlvs(struct ksteer_error *error, struct nlattr *tlvs,
			 int len)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];

	if (nla_parse(tb, NLMSGERR_ATTR_MAX, tlvs, len, tlv_policy))
		return;
	if (tb[NLMSGERR_ATTR_MSG] && *(char *)nla_data(tb[NLMSGERR_ATTR_MSG]))
		nla_strlcpy(error->text, tb[NLMSGERR_ATTR_MSG],
			    sizeof(error->text));
	if (tb[NLMSGERR_ATTR_OFFS])
		error->offset = nla_get_u32(tb[NLMSGERR_ATTR_OFFS]);
	if (tb[NLMSGERR_ATTR_MISS_TYPE])
		error->missing = nla_get_u32(tb[NLMSGERR_ATTR_MISS_TYPE]);
	if (tb[NLMSGERR_ATTR_MISS_NEST])
		error->missing_nest = nla_get_u32(tb[NLMSGERR_ATTR_MISS_NEST]);
	if (tb[NLMSGERR_ATTR_POLICY])
		read_range(error, tb[NLMSGERR_ATTR_POLICY]);
}

/* @payload: bytes between the head and the attributes of the answer */
static void refuse(struct exchange *ex, int error, struct nlmsghdr *hdr,
		   size_t payload)
{
	size_t skip = NLMSG_HDRLEN + NLMSG_ALIGN(payload);
	int code = error < 0 && error >= -MAX_ERRNO ? -error : EPROTO;

	memset(ex->error, 0, sizeof(*ex->error));
	ex->error->code = code;
	ex->error->refused = true;
	snprintf(ex->error->text, sizeof(ex->error->text), "%s",
		 strerror(code));
	if (hdr->nlmsg_flags & NLM_F_ACK_TLVS && hdr->nlmsg_len > skip)
		ksteer_nl_read_tlvs(ex->error,
				    (struct nlattr *)((char *)hdr + skip),
				    hdr->nlmsg_len - skip);
	ex->err = -code;
	ex->done = true;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *answer,
		    void *arg)
{
	struct nlmsghdr *hdr =
		(struct nlmsghdr *)((char *)answer - NLMSG_HDRLEN);
	size_t payload = sizeof(*answer);

	(void)from;
	/* The answer quotes the whole request unless it is capped */
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED) &&
	    answer->msg.nlmsg_len > NLMSG_HDRLEN)
		payload += answer->msg.nlmsg_len - NLMSG_HDRLEN;
	refuse(arg, answer->error, hdr, payload);
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct exchange *ex = arg;

	(void)msg;
	ex->done = true;
	return NL_STOP;
}

/* The end of a dump carries an error code of its own */
static int on_finish(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct exchange *ex = arg;
	int code = 0;

	if (nlmsg_datalen(hdr) >= (int)sizeof(code))
		memcpy(&code, nlmsg_data(hdr), sizeof(code));
	if (code < 0)
		refuse(ex, code, hdr, sizeof(code));
	ex->done = true;
	return NL_STOP;
}

static int on_interrupted(struct nl_msg *msg, void *arg)
{
	struct exchange *ex = arg;

	(void)msg;
	ex->interrupted = true;
	return NL_OK;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct genlmsghdr *head = nlmsg_data(nlmsg_hdr(msg));
	struct exchange *ex = arg;

	if (!ex->fn || ex->err)
		return NL_OK;
	if (!genlmsg_valid_hdr(nlmsg_hdr(msg), 0)) {
		ex->err = -EPROTO;
		return NL_OK;
	}
	ex->err = ex->fn(head->cmd, genlmsg_attrdata(head, 0),
			 genlmsg_attrlen(head, 0), ex->arg);
	return NL_OK;
}

/* Events answer no request, so their sequence numbers mean nothing */
static int on_event_seq(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

static struct nl_cb *callbacks(struct exchange *ex)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);

	if (!cb)
		return NULL;
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, ex);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, ex);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, ex);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, ex);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, ex);
	return cb;
}

static int receive_failed(struct ksteer_nl *nl, int err)
{
	return ksteer_nl_fail(nl, EIO, "cannot receive from the kernel: %s",
			      nl_geterror(err));
}

static int receive_all(struct ksteer_nl *nl, struct exchange *ex,
		       struct nl_cb *cb)
{
	int err;

	while (!ex->done) {
		err = nl_recvmsgs(nl->sock, cb);
		if (err < 0 && !ex->done)
			return receive_failed(nl, err);
	}
	if (ex->err && !nl->error.code)
		return ksteer_nl_fail(nl, -ex->err,
				      "cannot use what the kernel answers: %s",
				      strerror(-ex->err));
	if (ex->err)
		return -1;
	return ex->interrupted ? KSTEER_NL_INTERRUPTED : 0;
}

/**
 * ksteer_nl_transact - send a request and take all that is answered
 * @nl: connection
 * @msg: request; stays the caller's
 * @fn: takes each answer, or NULL
 * @arg: for @fn
 *
 * Return: 0, -1 with ksteer_nl_error() set, or KSTEER_NL_INTERRUPTED if a
 * dump was complete but something changed meanwhile.
 */
int ksteer_nl_transact(struct ksteer_nl *nl, struct nl_msg *msg,
		       ksteer_msg_fn fn, void *arg)
{
	struct exchange ex = { .error = &nl->error, .fn = fn, .arg = arg };
	struct nl_cb *cb;
	int err;

	memset(&nl->error, 0, sizeof(nl->error));
	err = nl_send_auto(nl->sock, msg);
	if (err < 0)
		return ksteer_nl_fail(nl, EIO, "cannot send to the kernel: %s",
				      nl_geterror(err));
	cb = callbacks(&ex);
	if (!cb)
		return ksteer_nl_fail(nl, ENOMEM, "out of memory");
	err = receive_all(nl, &ex, cb);
	nl_cb_put(cb);
	return err;
}

/**
 * ksteer_nl_subscribe - join a group of events
 * @nl: connection, from now on of use for ksteer_nl_receive() alone
 * @group: name of the group
 *
 * Return: 0, or -1 with ksteer_nl_error() set.
 */
int ksteer_nl_subscribe(struct ksteer_nl *nl, const char *group)
{
	int id, err;

	id = genl_ctrl_resolve_grp(nl->sock, KSTEER_GENL_NAME, group);
	if (id < 0)
		return ksteer_nl_fail(nl, ENOENT,
				      "cannot find the event group '%s': %s",
				      group, nl_geterror(id));
	nl_socket_disable_seq_check(nl->sock);
	err = nl_socket_add_membership(nl->sock, id);
	if (err)
		return ksteer_nl_fail(nl, EIO,
				      "cannot join the event group '%s': %s",
				      group, nl_geterror(err));
	return 0;
}

/**
 * ksteer_nl_receive - wait for events and take them
 * @nl: connection that has joined a group
 * @fn: takes each event
 * @arg: for @fn
 *
 * Return: 0 after one or more events, -ENOBUFS if events were lost, or -1
 * with ksteer_nl_error() set.
 */
int ksteer_nl_receive(struct ksteer_nl *nl, ksteer_msg_fn fn, void *arg)
{
	struct exchange ex = { .error = &nl->error, .fn = fn, .arg = arg };
	struct nl_cb *cb = callbacks(&ex);
	int err;

	if (!cb)
		return ksteer_nl_fail(nl, ENOMEM, "out of memory");
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_event_seq, NULL);
	errno = 0;
	err = nl_recvmsgs(nl->sock, cb);
	nl_cb_put(cb);
	if (err < 0 && errno == ENOBUFS)
		return -ENOBUFS;
	if (err < 0)
		return receive_failed(nl, err);
	return ex.err ? ksteer_nl_fail(nl, -ex.err, "cannot use an event: %s",
				       strerror(-ex.err)) :
			0;
}

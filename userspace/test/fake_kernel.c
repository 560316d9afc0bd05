// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel for tests: keeps the requests and gives the answers it was told.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/genl/genl.h>
#include <netlink/handlers.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "codec.h"
#include "fake_kernel.h"
#include "out.h"
#include "unit_cmocka.h"

#define FAKE_MESSAGES 4096
#define FAKE_BYTES 65536

enum kind {
	KIND_MESSAGE,
	KIND_REFUSAL,
	KIND_OVERRUN,
};

struct script {
	enum kind kind;
	struct nl_msg *msg;
	struct fake_refusal refusal;
};

static struct script script[FAKE_MESSAGES];
static size_t script_count, script_next;
static struct nl_msg *requests[FAKE_MESSAGES];
static size_t request_count;

bool fake_absent;

int __wrap_nl_send_auto(struct nl_sock *sock, struct nl_msg *msg);
int __wrap_nl_recvmsgs(struct nl_sock *sock, struct nl_cb *cb);
int __real_nl_recvmsgs(struct nl_sock *sock, struct nl_cb *cb);
int __wrap_genl_connect(struct nl_sock *sock);
int __wrap_genl_ctrl_resolve(struct nl_sock *sock, const char *name);
int __wrap_genl_ctrl_resolve_grp(struct nl_sock *sock, const char *name,
				 const char *group);
int __wrap_nl_socket_add_membership(struct nl_sock *sock, int group);

int __wrap_genl_connect(struct nl_sock *sock)
{
	(void)sock;
	return 0;
}

int __wrap_genl_ctrl_resolve(struct nl_sock *sock, const char *name)
{
	(void)sock;
	assert_string_equal(name, KSTEER_GENL_NAME);
	return fake_absent ? -NLE_OBJ_NOTFOUND : FAKE_FAMILY;
}

int __wrap_genl_ctrl_resolve_grp(struct nl_sock *sock, const char *name,
				 const char *group)
{
	(void)sock;
	assert_string_equal(name, KSTEER_GENL_NAME);
	if (!strcmp(group, KSTEER_MCGRP_CONFIG))
		return 1;
	assert_string_equal(group, KSTEER_MCGRP_FLOW);
	return 2;
}

int __wrap_nl_socket_add_membership(struct nl_sock *sock, int group)
{
	(void)sock;
	assert_in_range(group, 1, 2);
	return 0;
}

int __wrap_nl_send_auto(struct nl_sock *sock, struct nl_msg *msg)
{
	nl_complete_msg(sock, msg);
	assert_true(request_count < FAKE_MESSAGES);
	requests[request_count] = nlmsg_convert(nlmsg_hdr(msg));
	assert_non_null(requests[request_count++]);
	return nlmsg_hdr(msg)->nlmsg_len;
}

/* Where in the last request the guilty attribute stands, or 0 */
static unsigned int guilty_offset(const struct fake_refusal *refusal)
{
	struct nlmsghdr *hdr = nlmsg_hdr(requests[request_count - 1]);
	struct genlmsghdr *head = nlmsg_data(hdr);
	unsigned int nth = refusal->nth;
	struct nlattr *nla;
	int rem;

	nla_for_each_attr(nla, genlmsg_attrdata(head, 0),
			  genlmsg_attrlen(head, 0), rem) {
		if (nla_type(nla) == (int)refusal->attr && !nth--)
			return (char *)nla - (char *)hdr;
	}
	return 0;
}

static void put_range(struct nl_msg *msg, __u64 max)
{
	struct nlattr *nest = nla_nest_start(msg, NLMSGERR_ATTR_POLICY);

	nla_put_u64(msg, NL_POLICY_TYPE_ATTR_MIN_VALUE_U, 0);
	nla_put_u64(msg, NL_POLICY_TYPE_ATTR_MAX_VALUE_U, max);
	nla_nest_end(msg, nest);
}

static void put_tlvs(struct nl_msg *msg, const struct fake_refusal *refusal)
{
	if (refusal->text)
		nla_put_string(msg, NLMSGERR_ATTR_MSG, refusal->text);
	if (refusal->attr)
		nla_put_u32(msg, NLMSGERR_ATTR_OFFS, guilty_offset(refusal));
	if (refusal->max)
		put_range(msg, refusal->max);
	if (refusal->missing)
		nla_put_u32(msg, NLMSGERR_ATTR_MISS_TYPE, refusal->missing);
}

static struct nl_msg *refusal_message(const struct fake_refusal *refusal)
{
	struct nlmsghdr *asked = nlmsg_hdr(requests[request_count - 1]);
	int flags = NLM_F_ACK_TLVS | (refusal->quote ? 0 : NLM_F_CAPPED);
	struct nl_msg *msg = nlmsg_alloc_size(2 * FAKE_BYTES);
	struct nlmsgerr error = { .error = -refusal->code, .msg = *asked };
	size_t quoted = asked->nlmsg_len - NLMSG_HDRLEN;
	void *tail;

	nlmsg_put(msg, 0, 0, NLMSG_ERROR, 0, flags);
	assert_int_equal(
		nlmsg_append(msg, &error, sizeof(error), NLMSG_ALIGNTO), 0);
	if (refusal->quote && quoted) {
		tail = nlmsg_reserve(msg, quoted, NLMSG_ALIGNTO);
		memcpy(tail, nlmsg_data(asked), quoted);
	}
	put_tlvs(msg, refusal);
	return msg;
}

static int serve(struct nl_sock *sock, struct sockaddr_nl *from,
		 unsigned char **buf, struct ucred **creds)
{
	struct script *step = &script[script_next];
	struct nl_msg *msg;
	int len;

	(void)sock;
	(void)creds;
	if (script_next == script_count)
		fail_msg("the code waits for more than the kernel says");
	script_next++;
	if (step->kind == KIND_OVERRUN) {
		errno = ENOBUFS;
		return -NLE_NOMEM;
	}
	msg = step->kind == KIND_REFUSAL ? refusal_message(&step->refusal) :
					   step->msg;
	if (request_count)
		nlmsg_hdr(msg)->nlmsg_seq =
			nlmsg_hdr(requests[request_count - 1])->nlmsg_seq;
	memset(from, 0, sizeof(*from));
	from->nl_family = AF_NETLINK;
	len = nlmsg_hdr(msg)->nlmsg_len;
	*buf = malloc(len);
	memcpy(*buf, nlmsg_hdr(msg), len);
	nlmsg_free(msg);
	return len;
}

int __wrap_nl_recvmsgs(struct nl_sock *sock, struct nl_cb *cb)
{
	nl_cb_overwrite_recv(cb, serve);
	return __real_nl_recvmsgs(sock, cb);
}

void fake_reset(void)
{
	size_t left = script_count - script_next, i;

	while (script_next < script_count)
		nlmsg_free(script[script_next++].msg);
	for (i = 0; i < request_count; i++)
		nlmsg_free(requests[i]);
	request_count = 0;
	script_count = 0;
	script_next = 0;
	fake_absent = false;
	assert_int_equal(left, 0);
}

static struct script *add_step(enum kind kind)
{
	assert_true(script_count < FAKE_MESSAGES);
	script[script_count].kind = kind;
	script[script_count].msg = NULL;
	return &script[script_count++];
}

void fake_part(int cmd, const struct ksteer_object *object, const void *model,
	       int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(FAKE_BYTES);

	assert_non_null(genlmsg_put(msg, 0, 0, FAKE_FAMILY, 0, flags, cmd,
				    KSTEER_GENL_VERSION));
	assert_int_equal(ksteer_encode(msg, object, model), 0);
	add_step(KIND_MESSAGE)->msg = msg;
}

void fake_answer(int cmd, const struct ksteer_object *object, const void *model)
{
	fake_part(cmd, object, model, 0);
	fake_ack();
}

void fake_event(int cmd, const struct ksteer_object *object, const void *model)
{
	fake_part(cmd, object, model, 0);
}

void fake_ack(void)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlmsgerr error = { 0 };

	nlmsg_put(msg, 0, 0, NLMSG_ERROR, 0, NLM_F_CAPPED);
	nlmsg_append(msg, &error, sizeof(error), NLMSG_ALIGNTO);
	add_step(KIND_MESSAGE)->msg = msg;
}

void fake_done(int code, int flags)
{
	struct nl_msg *msg = nlmsg_alloc();

	code = -code;
	nlmsg_put(msg, 0, 0, NLMSG_DONE, 0, NLM_F_MULTI | flags);
	nlmsg_append(msg, &code, sizeof(code), NLMSG_ALIGNTO);
	add_step(KIND_MESSAGE)->msg = msg;
}

void fake_refuse(const struct fake_refusal *refusal)
{
	add_step(KIND_REFUSAL)->refusal = *refusal;
}

void fake_overrun(void)
{
	add_step(KIND_OVERRUN);
}

size_t fake_requests(void)
{
	return request_count;
}

static struct genlmsghdr *request_head(size_t nth)
{
	assert_true(nth < request_count);
	return nlmsg_data(nlmsg_hdr(requests[nth]));
}

int fake_request_cmd(size_t nth)
{
	return request_head(nth)->cmd;
}

int fake_request_flags(size_t nth)
{
	assert_true(nth < request_count);
	return nlmsg_hdr(requests[nth])->nlmsg_flags;
}

void fake_request(size_t nth, const struct ksteer_object *object, void *model)
{
	struct genlmsghdr *head = request_head(nth);

	memset(model, 0, object->size);
	assert_int_equal(nlmsg_hdr(requests[nth])->nlmsg_type, FAKE_FAMILY);
	assert_int_equal(ksteer_decode(object, genlmsg_attrdata(head, 0),
				       genlmsg_attrlen(head, 0), model),
			 0);
}

static void fill_ip(struct ksteer_ip *ip, unsigned int salt)
{
	size_t i;

	ip->len = salt & 1 ? 16 : 4;
	for (i = 0; i < ip->len; i++)
		ip->bytes[i] = 1 + i + salt;
}

static void fill_list(const struct ksteer_attr *attr, struct ksteer_list *list,
		      unsigned int salt)
{
	unsigned int i;
	__u32 *flags;

	for (i = 0; i < 3; i++) {
		if (attr->nest) {
			fake_fill(attr->nest,
				  ksteer_list_add(list, attr->nest->size),
				  salt + i);
		} else {
			flags = ksteer_list_add(list, sizeof(*flags));
			*flags = 1U << i;
		}
	}
}

static void fill_attr(const struct ksteer_attr *attr, void *to,
		      unsigned int salt)
{
	switch (attr->type) {
	case KSTEER_T_U8:
	case KSTEER_T_PROTO:
		*(__u8 *)to = 100 + salt;
		break;
	case KSTEER_T_U16:
		*(__u16 *)to = 40000 + salt;
		break;
	case KSTEER_T_U64:
		*(__u64 *)to = 0x123456789abcULL + salt;
		break;
	case KSTEER_T_HEX:
		*(__u64 *)to = ~0ULL - salt;
		break;
	case KSTEER_T_NAME:
		snprintf(to, KSTEER_NAME_SIZE, "name-%u", salt);
		break;
	case KSTEER_T_DEVNAME:
		strcpy(to, "lo");
		break;
	case KSTEER_T_MACS:
		((struct ksteer_macs *)to)->count = 2;
		memset(((struct ksteer_macs *)to)->bytes, 2 + salt, 12);
		break;
	case KSTEER_T_TEXT:
		*(char **)to = strdup("a sentence, with \"quotes\"");
		break;
	case KSTEER_T_IP:
		fill_ip(to, salt);
		break;
	case KSTEER_T_NEST:
		fake_fill(attr->nest, to, salt);
		break;
	case KSTEER_T_LIST:
	case KSTEER_T_FLAGS_LIST:
		fill_list(attr, to, salt);
		break;
	case KSTEER_T_ENUM:
		*(__u32 *)to = salt % attr->names->count;
		break;
	case KSTEER_T_FLAGS:
		*(__u32 *)to = (1U << attr->names->count) - 1;
		break;
	default:
		*(__u32 *)to = 3000000000U + salt;
	}
}

void fake_fill(const struct ksteer_object *object, void *model,
	       unsigned int salt)
{
	unsigned int i;

	memset(model, 0, object->size);
	for (i = 0; i < object->count; i++) {
		fill_attr(&object->attrs[i],
			  ksteer_member_of(model, &object->attrs[i]), salt + i);
		ksteer_mark(model, object->attrs[i].id);
	}
}

void fake_assert_same(const struct ksteer_object *object, const void *a,
		      const void *b)
{
	json_t *ja = ksteer_json(object, a), *jb = ksteer_json(object, b);
	char *ta = json_dumps(ja, JSON_SORT_KEYS);
	char *tb = json_dumps(jb, JSON_SORT_KEYS);

	assert_string_equal(ta, tb);
	free(ta);
	free(tb);
	json_decref(ja);
	json_decref(jb);
}

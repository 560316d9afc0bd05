// SPDX-License-Identifier: GPL-2.0-only
/*
 * nl_random [-u|-a] SEED COUNT: requests made at random from the family's
 * specification, some in one write: commands with attributes that they take,
 * most of them right, some with wrong values, lengths, types, nests and
 * headers; dumps that are read and dumps that are not.  Each refusal must come
 * with a sentence and each command be obeyed and refused at times; with -u, for
 * one without rights, each request be refused; with -a nobody else configures
 * anything, and commands about flows need not be obeyed.
 */
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include <linux/ksteer.h>

#include "nl_talk.h"
#include "random.h"

#define ATTRS 32
#define BATCH 16
#define ENOUGH 50000

enum fuzz_kind {
	FUZZ_PAD,
	FUZZ_U8,
	FUZZ_U16,
	FUZZ_U32,
	FUZZ_U64,
	FUZZ_STRING,
	FUZZ_BINARY,
	FUZZ_NEST,
};

/**
 * struct fuzz_attr - an attribute, as the specification has it
 * @name: name
 * @type: number
 * @kind: what it carries
 * @size: bytes of a number, or exactly so many; 0 if that varies
 * @min: least value
 * @max: greatest value, 0 if all are good
 * @nest: attributes inside
 * @many: whether there may be more than one
 */
struct fuzz_attr {
	const char *name;
	__u16 type;
	enum fuzz_kind kind;
	unsigned int size;
	__u64 min;
	__u64 max;
	const struct fuzz_attr *nest;
	bool many;
};

/**
 * struct fuzz_op - a command
 * @name: name
 * @cmd: number
 * @dumps: whether it can be asked for all
 * @set: attributes of its object
 * @takes: names of those that a request has
 */
struct fuzz_op {
	const char *name;
	__u8 cmd;
	bool dumps;
	const struct fuzz_attr *set;
	const char *takes[ATTRS];
};

#include "nl_table_gen.h"

#define OPS (sizeof(fuzz_ops) / sizeof(fuzz_ops[0]))

/**
 * struct sent - a request that waits for its answer
 * @op: its command
 * @odd: whether its header is wrong, so that the netlink core may answer
 * @mute: whether it may go without an answer
 */
struct sent {
	const struct fuzz_op *op;
	bool odd;
	bool mute;
};

static struct msg msg;
static struct sent sent[BATCH];
static unsigned int obeyed[OPS], refusals[OPS];
static unsigned int done, failed;
static bool stranger;
static bool alone;
static unsigned long long state;
/* The request that is being made */
static const struct fuzz_op *asking;

static unsigned int random_of(unsigned int n)
{
	return random_next(&state, n);
}

static bool one_in(unsigned int n)
{
	return !random_of(n);
}

static __u64 number(const struct fuzz_attr *attr)
{
	__u64 top = attr->max && attr->max < 1000 ? attr->max : 1000;

	if (one_in(48))
		return (__u64)random_of(~0U) << random_of(32);
	/* The greatest table takes seconds to fill */
	if (one_in(48))
		return attr->max + (attr->max > 1000000 || one_in(2));
	if (strstr(attr->name, "ifindex"))
		return 1 + random_of(8);
	if (top < attr->min)
		top = attr->min;
	return attr->min + random_of(top - attr->min + 1);
}

/* Few of them, so that requests speak of what is there */
static const char *name_for(const struct fuzz_attr *attr,
			    const struct fuzz_attr *set)
{
	static const char *const tms[] = { "t1", "t2", "a", "b", "c" };
	static const char *const pools[] = { "web", "p", "q" };
	static const char *const servers[] = { "www4", "www6", "v", "w" };
	static const char *const counters[] = { "hit", "miss", "none" };

	if (!strcmp(attr->name, "pool") || set == set_pool)
		return pools[random_of(3)];
	if (!strcmp(attr->name, "vs") || set == set_vs)
		return servers[random_of(4)];
	if (set == set_counter)
		return counters[random_of(3)];
	return tms[random_of(5)];
}

static void put_string(const struct fuzz_attr *attr,
		       const struct fuzz_attr *set, __u16 type)
{
	const char *name = name_for(attr, set);
	char text[64] = "";

	if (one_in(48)) {
		memset(text, 'x', random_of(63));
		msg_put(&msg, type, text, strlen(text) + one_in(2));
		return;
	}
	msg_put(&msg, type, name, strlen(name) + 1);
}

/* What ends in nine is the address that is served */
static void put_binary(const struct fuzz_attr *attr, __u16 type,
		       unsigned int len, unsigned char last)
{
	unsigned char v6[64] = { 0xfd, 9 }, v4[4] = { 10, 9 };

	v6[15] = last;
	v4[3] = last;
	if (attr->size)
		len = attr->size;
	if (one_in(48))
		msg_put(&msg, type, v6, random_of(40));
	else
		msg_put(&msg, type, len == 4 ? v4 : v6, len);
}

static void put_inside(const struct fuzz_attr *set, int depth);
static void put_flow(const struct fuzz_attr *set, bool all);

static void put_nest(const struct fuzz_attr *attr, __u16 type, int depth)
{
	if (depth >= DEEP - 1)
		return;
	msg_nest(&msg, type);
	if (attr->nest == set_flow && !one_in(16))
		put_flow(attr->nest, strcmp(attr->name, "filter"));
	else if (attr->nest == set_member && !one_in(16))
		put_string(&attr->nest[0], attr->nest, attr->nest[0].type);
	else
		put_inside(attr->nest, depth + 1);
	msg_nest_end(&msg);
}

static void put_attr(const struct fuzz_attr *attr, const struct fuzz_attr *set,
		     int depth)
{
	__u16 type = one_in(128) ? random_of(0x10000) : attr->type;
	__u64 value;

	switch (attr->kind) {
	case FUZZ_STRING:
		put_string(attr, set, type);
		break;
	case FUZZ_BINARY:
		put_binary(attr, type, one_in(2) ? 4 : 16, random_of(10));
		break;
	case FUZZ_PAD:
		break;
	case FUZZ_NEST:
		put_nest(attr, type, depth);
		break;
	default:
		value = number(attr);
		msg_put(&msg, type, &value,
			one_in(128) ? random_of(9) : attr->size);
	}
}

/* Any of the attributes, in any order */
static void put_inside(const struct fuzz_attr *set, int depth)
{
	unsigned int count = 0, n;

	while (set[count].name)
		count++;
	for (n = random_of(2 * count + 1); n; n--)
		put_attr(&set[random_of(count)], set, depth);
}

static const struct fuzz_attr *attr_named(const struct fuzz_attr *set,
					  const char *name)
{
	while (set->name && strcmp(set->name, name))
		set++;
	return set->name ? set : NULL;
}

static bool asks(__u8 cmd)
{
	return asking->cmd == cmd;
}

/* What a flow is given beside its key, where that can be */
static void put_given(const struct fuzz_attr *set)
{
	static const char *const given[] = { "tm", "lifetime", "owner",
					     "pending" };
	unsigned int i;

	if (!asks(KSTEER_CMD_FLOW_NEW) && !asks(KSTEER_CMD_FLOW_SET) &&
	    !one_in(8))
		return;
	for (i = 0; i < 4; i++)
		if (i ? one_in(8) : !one_in(4))
			put_attr(attr_named(set, given[i]), set, 1);
}

/* One that many requests speak of, so that it is there at times */
static void put_known(const struct fuzz_attr *set)
{
	static const unsigned char src[] = { 10, 9, 0, 1 };
	static const unsigned char dst[] = { 10, 9, 0, 9 };
	static const __u16 sport = 7, dport = 53;
	static const __u8 proto = 17;

	msg_put(&msg, attr_named(set, "src")->type, src, sizeof(src));
	msg_put(&msg, attr_named(set, "dst")->type, dst, sizeof(dst));
	msg_put(&msg, attr_named(set, "sport")->type, &sport, sizeof(sport));
	msg_put(&msg, attr_named(set, "dport")->type, &dport, sizeof(dport));
	msg_put(&msg, attr_named(set, "proto")->type, &proto, sizeof(proto));
	if (asks(KSTEER_CMD_FLOW_NEW))
		msg_put(&msg, attr_named(set, "vs")->type, "www4", 5);
	put_given(set);
}

/*
 * A key that can be, or with not @all of it a filter.  Many are of what is
 * served, since all others are refused.
 */
static void put_flow(const struct fuzz_attr *set, bool all)
{
	static const char *const key[] = { "src",   "dst",   "sport",
					   "dport", "proto", "vs" };
	unsigned int len = one_in(2) ? 4 : 16, i;
	const char *server = len == 4 ? "www4" : "www6";
	const struct fuzz_attr *attr;
	__u8 proto = one_in(2) ? 6 : 17;

	if (all && one_in(3)) {
		put_known(set);
		return;
	}
	for (i = 0; i < 6; i++) {
		attr = attr_named(set, key[i]);
		if (!attr || one_in(64) || (!all && one_in(2)))
			continue;
		if (attr->kind == FUZZ_BINARY)
			put_binary(attr, attr->type, len,
				   i == 1 && one_in(2) ? 9 : random_of(10));
		else if (i == 4)
			msg_put(&msg, attr->type, &proto, 1);
		else if (i == 5 && all && one_in(2))
			msg_put(&msg, attr->type, server, strlen(server) + 1);
		else
			put_attr(attr, set, 1);
	}
	put_given(set);
}

static void put_request(const struct fuzz_op *op)
{
	const struct fuzz_attr *attr;
	unsigned int often = random_of(4);
	int i;

	asking = op;
	for (i = 0; op->takes[i]; i++) {
		attr = attr_named(op->set, op->takes[i]);
		/* The name comes first, and without it little happens */
		if (!attr || (random_of(4) >= often && (i || one_in(8))))
			continue;
		do {
			put_attr(attr, op->set, 0);
		} while (attr->many && one_in(2));
	}
	if (one_in(32))
		put_inside(op->set, 0);
}

/* Bytes of the attributes changed, or the end cut off */
static void spoil(void)
{
	unsigned int len = msg.len - HEADERS, n = 1 + random_of(4);

	if (!len || !one_in(12))
		return;
	while (n--)
		msg.buf[HEADERS + random_of(len)] = random_of(256);
	if (one_in(4))
		msg.len = HEADERS + random_of(len);
}

/* A header that is wrong; what has a wrong length may have no answer */
static void spoil_header(struct sent *one)
{
	struct nlmsghdr *nlh = msg_head(&msg);
	struct genlmsghdr *genl = NLMSG_DATA(nlh);

	one->odd = true;
	switch (random_of(4)) {
	case 0:
		genl->cmd = random_of(256);
		break;
	case 1:
		genl->version = random_of(256);
		genl->reserved = random_of(4);
		break;
	case 2:
		nlh->nlmsg_flags |= random_of(0x10000);
		break;
	default:
		/* Nobody would wait for the end of a dump */
		nlh->nlmsg_flags &= ~NLM_F_DUMP;
		nlh->nlmsg_len = random_of(2 * msg.len);
	}
	one->mute = nlh->nlmsg_len != msg.len;
}

/* Return: whether others may follow in the same write */
static bool make(struct sent *one, int family, unsigned int seq, __u64 seed)
{
	const struct fuzz_op *op;
	struct nlmsghdr *nlh;

	state = random_begin(seed, seq);
	op = &fuzz_ops[random_of(OPS)];
	/* Things are to live for a while */
	if (strstr(op->name, "-del") && !one_in(4))
		op = &fuzz_ops[random_of(OPS)];
	*one = (struct sent){ .op = op };
	msg_begin(&msg, family, op->cmd,
		  op->dumps && one_in(8) ? NLM_F_DUMP : 0);
	put_request(op);
	spoil();
	nlh = msg_head(&msg);
	nlh->nlmsg_len = msg.len;
	nlh->nlmsg_seq = seq;
	if (one_in(64))
		spoil_header(one);
	return !one->odd && !(nlh->nlmsg_flags & NLM_F_DUMP);
}

/* The netlink core refuses these without a sentence */
static bool silent_by_right(const struct sent *one, const struct answer *answer)
{
	return one->odd || answer->err == EOPNOTSUPP ||
	       (stranger && answer->err == EPERM);
}

static void judge(const struct sent *one, const struct answer *answer,
		  unsigned int seq)
{
	const char *wrong = NULL;

	if (stranger && !answer->err && !one->odd)
		wrong = "done for a stranger";
	else if (answer->err && !*answer->text && !silent_by_right(one, answer))
		wrong = "refused without a sentence";
	if (!one->odd) {
		done += !answer->err;
		obeyed[one->op - fuzz_ops] += !answer->err;
		refusals[one->op - fuzz_ops] += !!answer->err;
	}
	if (!wrong)
		return;
	failed++;
	printf("# request %u, %s: %s (errno %d)\n", seq, one->op->name, wrong,
	       answer->err);
}

/* Answers to @count requests from number @first on */
static void hear(int fd, unsigned int first, unsigned int count)
{
	static unsigned char buf[1 << 16] __attribute__((aligned(8)));
	static struct answer answer;
	unsigned int left = count - sent[count - 1].mute, at;
	struct nlmsghdr *nlh;
	int len;

	while (left) {
		len = recv(fd, buf, sizeof(buf), 0);
		if (len < 0) {
			printf("# requests %u to %u: no answer\n", first,
			       first + count - 1);
			die("recv");
		}
		for (nlh = (void *)buf; NLMSG_OK(nlh, len);
		     nlh = NLMSG_NEXT(nlh, len)) {
			answer.err = 0;
			answer.text[0] = 0;
			answer.messages = 1;
			at = nlh->nlmsg_seq - first;
			if (!talk_take(&answer, nlh) || at >= count ||
			    sent[at].mute)
				continue;
			judge(&sent[at], &answer, nlh->nlmsg_seq);
			left--;
		}
	}
}

/* A dump that is begun and left to itself */
static void abandon(void)
{
	int fd = talk_open();
	char byte[512];

	if (send(fd, msg.buf, msg.len, 0) < 0)
		die("send");
	if (one_in(2) && recv(fd, byte, sizeof(byte), 0) < 0)
		die("recv");
	close(fd);
}

static void send_all(int fd, int family, __u64 seed, unsigned int count)
{
	static unsigned char buf[ROOM];
	unsigned int first, seq = 1, n, len;
	bool more;

	while (seq <= count && failed < 20) {
		first = seq;
		n = 0;
		len = 0;
		do {
			more = make(&sent[n++], family, seq++, seed);
			memcpy(buf + len, msg.buf, msg.len);
			len += NLMSG_ALIGN(msg.len);
		} while (more && n < BATCH && seq <= count);
		if (send(fd, buf, len, 0) < 0)
			die("send");
		hear(fd, first, n);
		if (!more && !sent[n - 1].odd && one_in(16))
			abandon();
	}
}

/* What would be proven of a command that is always refused, or never? */
static void judge_commands(unsigned int count)
{
	unsigned int i;

	for (i = 0; i < OPS; i++) {
		printf("# %s: obeyed %u, refused %u\n", fuzz_ops[i].name,
		       obeyed[i], refusals[i]);
		if (count < ENOUGH || stranger || (obeyed[i] && refusals[i]))
			continue;
		/* A server, a manager and a flow at the same time are luck */
		if (alone && fuzz_ops[i].set == set_flows && refusals[i])
			continue;
		printf("# %s: never %s\n", fuzz_ops[i].name,
		       obeyed[i] ? "refused" : "obeyed");
		failed++;
	}
}

int main(int argc, char **argv)
{
	unsigned int count;
	int fd, room = 4 << 20;

	stranger = argc == 4 && !strcmp(argv[1], "-u");
	alone = argc == 4 && !strcmp(argv[1], "-a");
	if (argc != 3 && !stranger && !alone)
		return 2;
	count = atoi(argv[argc - 1]);
	fd = talk_open();
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	send_all(fd, talk_family(fd, KSTEER_GENL_NAME),
		 strtoull(argv[argc - 2], NULL, 0), count);
	judge_commands(count);
	printf("messages %u done %u failed %u\n", count, done, failed);
	return failed > 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * nl_fuzz policy|frame: requests that are malformed, made from the tables of
 * nl_words.h: each attribute of each command in each wrong form; then messages
 * whose frame is wrong.  Each must be refused with a sentence, the guilty
 * attribute named, and nothing changed.
 */
#include "nl_commands.h"
#include "nl_talk.h"

static struct msg msg;
static int fd, family, cases, failed;

static struct answer ask(struct msg *request)
{
	static struct answer answer;

	talk(fd, request, &answer, NULL, NULL);
	return answer;
}

/* Generation and flows: what a refused request must leave alone */
static __u64 state(void)
{
	static struct msg request;
	struct answer answer;

	msg_begin(&request, family, KSTEER_CMD_CONFIG_GET, 0);
	answer = ask(&request);
	if (answer.err)
		die("config-get");
	return (__u64)attr_u32(answer.first, answer.first_len,
			       KSTEER_A_CONFIG_GENERATION)
		       << 32 |
	       attr_u32(answer.first, answer.first_len, KSTEER_A_CONFIG_FLOWS);
}

static void fail(const char *command, const char *word, const char *form,
		 const char *wrong, const struct answer *answer)
{
	printf("# %s %s %s: %s (errno %d, at %u, '%s')\n", command, word, form,
	       wrong, answer->err, answer->offs, answer->text);
	failed++;
}

/* Send, and expect a refusal that points to @guilty unless that is 0 */
static void refused(const char *command, const char *word, const char *form,
		    unsigned int guilty)
{
	__u64 before = state();
	struct answer answer = ask(&msg);

	cases++;
	if (answer.silent)
		fail(command, word, form, "no answer", &answer);
	else if (answer.err != EINVAL && answer.err != ERANGE)
		fail(command, word, form, "not taken for malformed", &answer);
	else if (!*answer.text)
		fail(command, word, form, "no sentence", &answer);
	else if (guilty && answer.offs != guilty)
		fail(command, word, form, "points elsewhere", &answer);
	else if (state() != before)
		fail(command, word, form, "something has changed", &answer);
}

static int size_of(const struct word *word)
{
	switch (word->kind) {
	case KIND_U8:
		return 1;
	case KIND_U16:
		return 2;
	case KIND_U32:
	case KIND_V4:
		return 4;
	case KIND_U64:
		return 8;
	case KIND_V6:
		return 16;
	default:
		return 0;
	}
}

/**
 * struct spot - where an attribute stands
 * @command: request
 * @path: nest that it is in, or NULL
 * @word: the attribute
 */
struct spot {
	const struct command *command;
	const struct word *path;
	const struct word *word;
};

/* A request with one attribute.  Return: its offset */
static unsigned int make(const struct spot *spot, __u16 type, const void *data,
			 unsigned int len)
{
	unsigned int at;

	msg_begin(&msg, family, spot->command->cmd, 0);
	if (spot->path)
		msg_nest(&msg, spot->path->type);
	at = msg_put(&msg, type, data, len);
	if (spot->path)
		msg_nest_end(&msg);
	return at;
}

static void wrong(const struct spot *spot, const char *form, __u16 type,
		  const void *data, unsigned int len)
{
	refused(spot->command->name, spot->word->name, form,
		make(spot, type, data, len));
}

static void wrong_lengths(const struct spot *spot)
{
	static const unsigned char bytes[32] = { 1 };
	int size = size_of(spot->word);
	__u16 type = spot->word->type;

	if (!size)
		return;
	wrong(spot, "empty", type, bytes, 0);
	if (size > 1)
		wrong(spot, "a byte short", type, bytes, size - 1);
	wrong(spot, "a byte long", type, bytes, size + 1);
	wrong(spot, "marked as a nest", type | NLA_F_NESTED, bytes, size);
	if (size >= 4)
		wrong(spot, "half", type, bytes, size / 2);
}

static void wrong_strings(const struct spot *spot)
{
	static char text[4096];

	if (spot->word->kind != KIND_STRING)
		return;
	memset(text, 'a', sizeof(text));
	wrong(spot, "empty", spot->word->type, text, 0);
	wrong(spot, "without an end", spot->word->type, text, 5);
	wrong(spot, "without an end, full", spot->word->type, text,
	      KSTEER_NAME_MAX + 1);
	text[KSTEER_NAME_MAX + 1] = 0;
	wrong(spot, "a character long", spot->word->type, text,
	      KSTEER_NAME_MAX + 2);
	text[sizeof(text) - 1] = 0;
	wrong(spot, "very long", spot->word->type, text, sizeof(text));
	wrong(spot, "marked as a nest", spot->word->type | NLA_F_NESTED, "a",
	      2);
}

static void wrong_values(const struct spot *spot)
{
	const struct word *word = spot->word;
	int size = size_of(word);
	__u64 top = size < 8 ? (1ULL << 8 * size) - 1 : ~0ULL;
	__u64 value;

	if (word->kind > KIND_U64 || word->kind == KIND_STRING)
		return;
	value = word->min - 1;
	if (word->min)
		wrong(spot, "below the least", word->type, &value, size);
	value = word->max + 1;
	if (word->max && word->max < top)
		wrong(spot, "above the greatest", word->type, &value, size);
	if (word->max && word->max < top)
		wrong(spot, "all ones", word->type, &top, size);
	value = word->mask + 1;
	if (word->mask)
		wrong(spot, "an unknown bit", word->type, &value, size);
}

static void wrong_nests(const struct spot *spot)
{
	static const unsigned char garbage[16] = { 0xff, 0xff, 0xff, 0xff,
						   0xde, 0xad, 0xbe, 0xef };
	static const unsigned char unknown[8] = { 8, 0, 0x7f, 0 };
	__u16 type = spot->word->type;

	if (spot->word->kind != KIND_NEST)
		return;
	wrong(spot, "not marked as a nest", type, NULL, 0);
	make(spot, type | NLA_F_NESTED, garbage, sizeof(garbage));
	refused(spot->command->name, spot->word->name, "garbage inside", 0);
	make(spot, type | NLA_F_NESTED, garbage, 2);
	refused(spot->command->name, spot->word->name, "two bytes inside", 0);
	refused(spot->command->name, spot->word->name, "unknown inside",
		make(spot, type | NLA_F_NESTED, unknown, sizeof(unknown)) +
			NLA_HDRLEN);
}

static void wrong_forms(const struct spot *spot)
{
	wrong_lengths(spot);
	wrong_strings(spot);
	wrong_values(spot);
	wrong_nests(spot);
}

static void wrong_inside(const struct command *command, const struct word *nest)
{
	struct spot spot = { command, nest, nest->nest };

	for (; spot.word->name; spot.word++)
		wrong_forms(&spot);
}

static void wrong_command(const struct command *command)
{
	struct spot spot = { command, NULL, command->words };
	static const struct word unknown = { .name = "unknown" };
	static const unsigned char zero[16];

	for (; spot.word->name; spot.word++) {
		if (!(command->allowed & 1ULL << spot.word->type)) {
			wrong(&spot, "not of this command", spot.word->type,
			      zero, size_of(spot.word));
			continue;
		}
		wrong_forms(&spot);
		if (spot.word->nest)
			wrong_inside(command, spot.word);
	}
	spot.word = &unknown;
	wrong(&spot, "type 0", 0, zero, 4);
	wrong(&spot, "type 63", 63, zero, 4);
	wrong(&spot, "type 16383", 0x3fff, zero, 4);
}

static void wrong_frames(const struct command *command)
{
	struct nlattr attr = { .nla_len = 400, .nla_type = 1 };
	int i;

	for (i = 1; i < NLA_HDRLEN; i++) {
		msg_begin(&msg, family, command->cmd, 0);
		msg_raw(&msg, "\1\1\1", i);
		refused(command->name, "frame", "bytes left over", 0);
	}
	msg_begin(&msg, family, command->cmd, 0);
	msg_raw(&msg, &attr, sizeof(attr));
	refused(command->name, "frame", "attribute beyond the end", 0);
	attr.nla_len = 3;
	msg_begin(&msg, family, command->cmd, 0);
	msg_raw(&msg, &attr, sizeof(attr));
	refused(command->name, "frame", "attribute shorter than its head", 0);
	msg_begin(&msg, family, command->cmd, 0);
	((struct genlmsghdr *)(msg.buf + NLMSG_HDRLEN))->reserved = 1;
	refused(command->name, "frame", "reserved field", 0);
	msg_begin(&msg, family, command->cmd, 0x800);
	refused(command->name, "frame", "unknown flag", 0);
}

/* The netlink core answers these, if at all, without a sentence */
static void answered(const char *what, int err)
{
	__u64 before = state();
	struct answer answer = ask(&msg);

	cases++;
	if (answer.err != err)
		fail("frame", what, "", "another error", &answer);
	else if (state() != before)
		fail("frame", what, "", "something has changed", &answer);
}

static void wrong_heads(void)
{
	static const __u8 no_command[] = { 0,
					   KSTEER_CMD_TM_NTF,
					   KSTEER_CMD_FLOW_NTF,
					   KSTEER_CMD_CONFIG_NTF,
					   KSTEER_CMD_MAX + 1,
					   255 };
	size_t i;

	for (i = 0; i < sizeof(no_command); i++) {
		msg_begin(&msg, family, no_command[i], 0);
		answered("unknown command", EOPNOTSUPP);
	}
	msg_begin(&msg, family, KSTEER_CMD_TM_NEW, NLM_F_DUMP);
	answered("dump of what has none", EOPNOTSUPP);
	msg_begin(&msg, family, KSTEER_CMD_TM_NEW, 0);
	msg.len = NLMSG_HDRLEN + 2;
	answered("half a generic header", EINVAL);
	msg_begin(&msg, family, KSTEER_CMD_TM_NEW, 0);
	msg.len = NLMSG_HDRLEN;
	answered("no generic header", EINVAL);
}

/* What the netlink core drops unread: the next request must be answered */
static void unread(unsigned int says, unsigned int has)
{
	__u64 before = state();

	cases++;
	msg_begin(&msg, family, KSTEER_CMD_TM_DEL, 0);
	msg_put(&msg, KSTEER_A_TM_NAME, "a", 2);
	msg_head(&msg)->nlmsg_len = says;
	if (send(fd, msg.buf, has, 0) < 0)
		die("send");
	if (state() != before) {
		printf("# a message of %u bytes that says %u was obeyed\n", has,
		       says);
		failed++;
	}
}

int main(int argc, char **argv)
{
	size_t i;

	setlinebuf(stdout);
	fd = talk_open();
	family = talk_family(fd, KSTEER_GENL_NAME);
	if (argc != 2)
		return 2;
	if (!strcmp(argv[1], "policy")) {
		for (i = 0; i < COMMANDS; i++)
			wrong_command(&commands[i]);
	} else {
		for (i = 0; i < COMMANDS; i++)
			wrong_frames(&commands[i]);
		wrong_heads();
		unread(4000, HEADERS + 8);
		unread(3, HEADERS + 8);
		unread(HEADERS + 8, HEADERS);
	}
	printf("# %d messages, %d failed\n", cases, failed);
	return failed || !cases;
}

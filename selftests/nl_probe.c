// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests in a small language, and what the kernel must answer:
 *
 *	COMMAND [dump] {ATTRIBUTE} => ERRNO [missing=NAME] ["sentence"]
 *
 * ATTRIBUTE is NAME=VALUE, NAME{ ... } with attributes inside, NAME:HEX for a
 * payload of these bytes, #TYPE:HEX for a type that has no name, or +HEX for
 * bytes that are no attribute.  "!" before an attribute, or before the "}" that
 * ends it, says that the answer must point to it, "?" that it may; without one
 * it must point to nothing.  N attributes alike end in "}xN"; the last one is
 * meant by "!}xN".  missing=NAME is said of the request, lacking=NAME of the
 * nest that was opened last.  After a refusal the generation of the
 * configuration and the number of flows must be what they were.
 */
#include <arpa/inet.h>
#include <ctype.h>

#include "nl_commands.h"
#include "nl_talk.h"

static const struct {
	const char *name;
	int err;
} errors[] = {
	{ "OK", 0 },
	{ "EPERM", EPERM },
	{ "ENOENT", ENOENT },
	{ "E2BIG", E2BIG },
	{ "EEXIST", EEXIST },
	{ "EMLINK", EMLINK },
	{ "ENODEV", ENODEV },
	{ "EINVAL", EINVAL },
	{ "EBUSY", EBUSY },
	{ "ERANGE", ERANGE },
	{ "ENOSPC", ENOSPC },
	{ "ENOMEM", ENOMEM },
	{ "ENOTSUP", ENOTSUP },
	{ "EMSGSIZE", EMSGSIZE },
};

/**
 * struct probe - a case
 * @fd: socket
 * @family: number of the family
 * @msg: the request
 * @guilty: offset of the attribute that is to blame, or 0
 * @perhaps: whether the answer may leave it unsaid
 * @nest: offset of the nest that was opened last, or 0
 * @nest_words: names that count in it
 * @words: names that count at this place
 */
struct probe {
	int fd;
	int family;
	struct msg msg;
	unsigned int guilty;
	bool perhaps;
	unsigned int nest;
	const struct word *nest_words;
	const struct word *words[DEEP + 1];
};

static struct probe probe;

/* Generation and flows: what a refused request must leave alone */
static __u64 state(void)
{
	static struct msg msg;
	struct answer answer;

	msg_begin(&msg, probe.family, KSTEER_CMD_CONFIG_GET, 0);
	talk(probe.fd, &msg, &answer, NULL, NULL);
	if (answer.err)
		die("config-get");
	return (__u64)attr_u32(answer.first, answer.first_len,
			       KSTEER_A_CONFIG_GENERATION)
		       << 32 |
	       attr_u32(answer.first, answer.first_len, KSTEER_A_CONFIG_FLOWS);
}

static const struct word *find_word(const struct word *words, const char *name)
{
	for (; words && words->name; words++)
		if (!strcmp(words->name, name))
			return words;
	printf("# no attribute '%s' here\n", name);
	exit(2);
}

static unsigned int put_hex(__u16 type, const char *hex)
{
	unsigned char byte[4096];
	unsigned int n = 0;

	for (; isxdigit(hex[0]) && n < sizeof(byte); hex += 2)
		if (sscanf(hex, "%2hhx", &byte[n++]) != 1)
			die(hex);
	return msg_put(&probe.msg, type, byte, n);
}

static unsigned int put_ip(__u16 type, const char *text)
{
	unsigned char ip[16];

	if (inet_pton(AF_INET, text, ip) == 1)
		return msg_put(&probe.msg, type, ip, 4);
	if (inet_pton(AF_INET6, text, ip) == 1)
		return msg_put(&probe.msg, type, ip, 16);
	errno = EINVAL;
	die(text);
}

static unsigned int put_value(const struct word *word, const char *text)
{
	static const int size[] = {
		[KIND_U8] = 1, [KIND_U16] = 2, [KIND_U32] = 4, [KIND_U64] = 8
	};
	__u64 value;

	switch (word->kind) {
	case KIND_STRING:
		return msg_put(&probe.msg, word->type, text, strlen(text) + 1);
	case KIND_V4:
	case KIND_V6:
	case KIND_ADDR:
		return put_ip(word->type, text);
	default:
		/* Little endian: the low bytes come first */
		value = strtoull(text, NULL, 0);
		return msg_put(&probe.msg, word->type, &value,
			       size[word->kind]);
	}
}

/* Return: offset of the last copy */
static unsigned int close_nest(const char *token)
{
	unsigned int at = probe.msg.open[probe.msg.depth - 1];
	static unsigned char copy[4096];
	unsigned int len, n = 1;

	msg_nest_end(&probe.msg);
	if (token[1] == 'x')
		n = strtoul(token + 2, NULL, 0);
	len = probe.msg.len - at;
	if (len > sizeof(copy))
		die("too long to repeat");
	memcpy(copy, probe.msg.buf + at, len);
	while (--n)
		msg_raw(&probe.msg, copy, len);
	return probe.msg.len - len;
}

static void put_bytes(const char *hex)
{
	unsigned char byte;

	for (; sscanf(hex, "%2hhx", &byte) == 1; hex += 2)
		msg_raw(&probe.msg, &byte, 1);
}

/* Return: offset of the attribute */
static unsigned int put_token(char *token)
{
	const struct word **words = &probe.words[probe.msg.depth];
	char *end = token + strcspn(token, "={:");
	const struct word *word;
	char op = *end;

	if (*token == '}')
		return close_nest(token);
	if (*token == '+') {
		put_bytes(token + 1);
		return 0;
	}
	*end = 0;
	if (*token == '#')
		return put_hex(strtoul(token + 1, NULL, 0), end + 1);
	word = find_word(*words, token);
	if (op == '=')
		return put_value(word, end + 1);
	if (op == ':')
		return put_hex(word->type, end + 1);
	words[1] = word->nest;
	probe.nest_words = word->nest;
	probe.nest = msg_nest(&probe.msg, word->type);
	return probe.nest;
}

static char *next_token(char **at)
{
	char *token = *at + strspn(*at, " \t");
	char *end = token + strcspn(token, " \t\n");

	*at = *end ? end + 1 : end;
	*end = 0;
	return *token ? token : NULL;
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	printf("# no command '%s'\n", name);
	exit(2);
}

/* Return: the command; the rest of the line is the expectation */
static const struct command *build(char **at)
{
	const struct command *command = find_command(next_token(at));
	unsigned int offset;
	char *token, mark;

	msg_begin(&probe.msg, probe.family, command->cmd, 0);
	probe.words[0] = command->words;
	probe.guilty = 0;
	probe.perhaps = false;
	probe.nest = 0;
	probe.nest_words = NULL;
	while ((token = next_token(at)) && strcmp(token, "=>")) {
		if (!strcmp(token, "dump")) {
			msg_head(&probe.msg)->nlmsg_flags |= NLM_F_DUMP;
			continue;
		}
		mark = strchr("!?", *token) ? *token++ : 0;
		offset = put_token(token);
		if (!mark)
			continue;
		probe.guilty = offset;
		probe.perhaps = mark == '?';
	}
	return command;
}

static int find_error(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (!strcmp(errors[i].name, name))
			return errors[i].err;
	printf("# no error '%s'\n", name);
	exit(2);
}

/* Return: what is wrong with an answer, or NULL */
static const char *judge(const struct answer *answer, int err,
			 unsigned int miss, unsigned int nest,
			 const char *sentence)
{
	if (answer->silent)
		return "no answer";
	if (answer->err != err)
		return "another error";
	if (!err)
		return NULL;
	if (!*answer->text)
		return "no sentence";
	if (sentence && !strstr(answer->text, sentence))
		return "another sentence";
	if (answer->miss != miss)
		return "another attribute is said to be missing";
	if (answer->miss_nest != nest)
		return "missing in another nest";
	if (answer->offs != probe.guilty && !(probe.perhaps && !answer->offs))
		return "points to another attribute";
	return NULL;
}

static bool report(const char *name, const struct answer *answer,
		   const char *wrong)
{
	if (wrong)
		printf("# %s: %s: errno %d, at %u (guilty is %u), missing %u, '%s'\n",
		       name, wrong, answer->err, answer->offs, probe.guilty,
		       answer->miss, answer->text);
	return !wrong;
}

/* Return: whether the answer is as the line says */
static bool run_case(char *line)
{
	static struct answer answer;
	char copy[1024], *sentence = NULL, *quote, *token;
	const struct command *command;
	const char *wrong;
	unsigned int miss = 0, nest = 0;
	__u64 before;
	int err;

	snprintf(copy, sizeof(copy), "%.*s", (int)strcspn(line, "\n"), line);
	quote = strchr(line, '"');
	if (quote) {
		*quote = 0;
		sentence = quote + 1;
		sentence[strcspn(sentence, "\"")] = 0;
	}
	command = build(&line);
	token = next_token(&line);
	err = find_error(token ? token : "");
	token = next_token(&line);
	if (token && !strncmp(token, "missing=", 8)) {
		miss = find_word(command->words, token + 8)->type;
	} else if (token && !strncmp(token, "lacking=", 8)) {
		miss = find_word(probe.nest_words, token + 8)->type;
		nest = probe.nest;
	}
	before = state();
	talk(probe.fd, &probe.msg, &answer, NULL, NULL);
	wrong = judge(&answer, err, miss, nest, sentence);
	if (!wrong && err && state() != before)
		wrong = "refused, but something has changed";
	return report(copy, &answer, wrong);
}

static int run_cases(void)
{
	char line[1024];
	int failed = 0, n = 0;

	while (fgets(line, sizeof(line), stdin)) {
		if (strchr("#\n", *line))
			continue;
		n++;
		failed += !run_case(line);
	}
	printf("# %d cases, %d failed\n", n, failed);
	return failed || !n;
}

int main(void)
{
	setlinebuf(stdout);
	probe.fd = talk_open();
	probe.family = talk_family(probe.fd, KSTEER_GENL_NAME);
	return run_cases();
}

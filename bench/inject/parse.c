// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is asked for, in words.
 */
#include <linux/inet.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "inject.h"

static const char *const inject_kinds[INJECT_KINDS] = {
	[INJECT_UDP] = "udp",	    [INJECT_SYN] = "syn",
	[INJECT_SYNACK] = "synack", [INJECT_ACK] = "ack",
	[INJECT_DATA] = "data",	    [INJECT_FIN] = "fin",
	[INJECT_RST] = "rst",	    [INJECT_ICMP] = "icmp",
	[INJECT_FRAG] = "frag",
};

/* Words that are numbers, and words that are 0 or 1: where they go */
static const struct {
	const char *name;
	size_t offset;
} inject_numbers[] = {
	{ "n", offsetof(struct inject_spec, n) },
	{ "flows", offsetof(struct inject_spec, flows) },
	{ "first", offsetof(struct inject_spec, first) },
	{ "round", offsetof(struct inject_spec, round) },
	{ "ports", offsetof(struct inject_spec, ports) },
	{ "sport", offsetof(struct inject_spec, sport) },
	{ "dport", offsetof(struct inject_spec, dport) },
	{ "payload", offsetof(struct inject_spec, payload) },
	{ "seed", offsetof(struct inject_spec, seed) },
}, inject_flags[] = {
	{ "reply", offsetof(struct inject_spec, reply) },
	{ "tcp", offsetof(struct inject_spec, tcp) },
	{ "random", offsetof(struct inject_spec, random) },
	{ "other", offsetof(struct inject_spec, other) },
	{ "null", offsetof(struct inject_spec, null) },
};

static int inject_parse_number(struct inject_spec *spec, const char *name,
			       const char *value)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(inject_numbers); i++)
		if (!strcmp(name, inject_numbers[i].name))
			return kstrtou32(value, 0,
					 (void *)spec +
						 inject_numbers[i].offset);
	for (i = 0; i < ARRAY_SIZE(inject_flags); i++)
		if (!strcmp(name, inject_flags[i].name))
			return kstrtobool(
				value, (void *)spec + inject_flags[i].offset);
	return -EINVAL;
}

static int inject_parse_addr(const char *value, union inject_addr *addr,
			     bool *v6)
{
	*v6 = in6_pton(value, -1, addr->v6.s6_addr, -1, NULL);
	if (*v6 || in4_pton(value, -1, (u8 *)&addr->v4, -1, NULL))
		return 0;
	return -EINVAL;
}

static int inject_parse_word(struct inject_spec *spec, const char *name,
			     const char *value, bool *src_v6)
{
	int kind;

	if (!strcmp(name, "dev"))
		return strscpy(spec->dev, value, sizeof(spec->dev)) < 0 ?
			       -EINVAL :
			       0;
	if (!strcmp(name, "src"))
		return inject_parse_addr(value, &spec->src, src_v6);
	if (!strcmp(name, "dst"))
		return inject_parse_addr(value, &spec->dst, &spec->v6);
	if (!strcmp(name, "lladdr"))
		return mac_pton(value, spec->lladdr) ? 0 : -EINVAL;
	if (strcmp(name, "kind"))
		return inject_parse_number(spec, name, value);
	kind = match_string(inject_kinds, INJECT_KINDS, value);
	spec->kind = kind;
	return kind < 0 ? kind : 0;
}

/* Fragments are two, and of a size that passes anywhere */
static bool inject_spec_good(const struct inject_spec *spec)
{
	if (!spec->dev[0] || !spec->n || !spec->flows || !spec->ports ||
	    spec->sport + spec->ports > 65536 || spec->dport > 65535)
		return false;
	if (spec->kind == INJECT_FRAG)
		return spec->payload > 600 && spec->payload <= 1000;
	return spec->payload <= (spec->kind == INJECT_ICMP ? 500 : 1400);
}

/**
 * inject_parse - read what is asked for
 * @spec: where to leave it
 * @words: NAME=VALUE..., see main.c; written to
 *
 * Return: 0 or -EINVAL.
 */
int inject_parse(struct inject_spec *spec, char *words)
{
	bool src_v6 = false;
	char *word;
	int err;

	*spec = (struct inject_spec){
		.lladdr = { 2, 0, 0, 0, 0, 2 },
		.n = 1,
		.flows = 1,
		.ports = 50000,
		.sport = 10000,
		.dport = 80,
		.payload = 18,
		.seed = 1,
	};
	while ((word = strsep(&words, " \t\n"))) {
		char *value = strchr(word, '=');

		if (!*word)
			continue;
		if (!value)
			return -EINVAL;
		*value++ = '\0';
		err = inject_parse_word(spec, word, value, &src_v6);
		if (err)
			return -EINVAL;
	}
	/* An answer is an answer, however it was asked for */
	if (spec->kind == INJECT_SYNACK)
		spec->reply = true;
	return inject_spec_good(spec) && src_v6 == spec->v6 ? 0 : -EINVAL;
}

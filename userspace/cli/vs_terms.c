// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words of 'ksteer vs add' and 'ksteer vs set'.
 */
#include <string.h>

#include "parse.h"
#include "vs_terms.h"

static int parse_addr(struct args *args, const struct term *term, void *model)
{
	const char *word = ksteer_args_take(args, term);
	struct ksteer_vs *vs = model;

	if (!word)
		return CLI_USAGE;
	if (!strcmp(word, "any"))
		return CLI_OK;
	if (ksteer_parse_prefix(word, &vs->addr, &vs->prefixlen))
		return ksteer_args_bad(args, term, word,
				       "an address, a prefix or 'any'");
	ksteer_mark(vs, KSTEER_A_VS_ADDR);
	ksteer_mark(vs, KSTEER_A_VS_PREFIXLEN);
	return CLI_OK;
}

static void save_addr(FILE *file, const struct term *term, const void *model)
{
	const struct ksteer_vs *vs = model;
	char buf[KSTEER_IP_STRLEN];

	fprintf(file, " %s %s", term->word, ksteer_format_ip(&vs->addr, buf));
	if (ksteer_has(vs, KSTEER_A_VS_PREFIXLEN))
		fprintf(file, "/%u", vs->prefixlen);
}

static int parse_port(struct args *args, const struct term *term, void *model)
{
	const char *word = ksteer_args_take(args, term);
	struct ksteer_vs *vs = model;

	if (!word)
		return CLI_USAGE;
	if (!strcmp(word, "any"))
		return CLI_OK;
	if (ksteer_parse_ports(word, &vs->port_min, &vs->port_max))
		return ksteer_args_bad(args, term, word,
				       "a port, a range or 'any'");
	ksteer_mark(vs, KSTEER_A_VS_PORT_MIN);
	ksteer_mark(vs, KSTEER_A_VS_PORT_MAX);
	return CLI_OK;
}

static void save_port(FILE *file, const struct term *term, const void *model)
{
	const struct ksteer_vs *vs = model;

	fprintf(file, " %s ", term->word);
	if (!ksteer_has(vs, KSTEER_A_VS_PORT_MIN))
		fputs("any", file);
	else if (vs->port_min == vs->port_max)
		fprintf(file, "%u", vs->port_min);
	else
		fprintf(file, "%u-%u", vs->port_min, vs->port_max);
}

/* A value that "any" leaves out */
static int parse_or_any(struct args *args, const struct term *term, void *model)
{
	const char *word = ksteer_args_take(args, term);

	if (!word)
		return CLI_USAGE;
	if (!strcmp(word, "any"))
		return CLI_OK;
	return ksteer_args_value(args, term, term->attr, word, model);
}

static int parse_group(struct args *args, const struct term *term, void *model)
{
	const char *word = ksteer_args_take(args, term);
	struct ksteer_vs *vs = model;

	if (!word)
		return CLI_USAGE;
	if (strcmp(word, "none"))
		return ksteer_args_value(args, term, term->attr, word, model);
	vs->persist_group[0] = 0;
	ksteer_mark(vs, KSTEER_A_VS_PERSIST_GROUP);
	return CLI_OK;
}

static void save_group(FILE *file, const struct term *term, const void *model)
{
	const struct ksteer_vs *vs = model;

	fprintf(file, " %s %s", term->word,
		*vs->persist_group ? vs->persist_group : "none");
}

static int parse_flag(struct args *args, const struct term *term, void *model)
{
	struct vs_request *request = model;
	__u32 mask;

	if (ksteer_mask(&ksteer_vs_flags_names, term->word, &mask))
		return CLI_LOCAL;
	request->named_flags |= mask;
	if (ksteer_args_switch(args))
		request->vs.flags |= mask;
	ksteer_mark(&request->vs, KSTEER_A_VS_FLAGS);
	return CLI_OK;
}

static void save_flag(FILE *file, const struct term *term, const void *model)
{
	const struct ksteer_vs *vs = model;
	__u32 mask = 0;

	ksteer_mask(&ksteer_vs_flags_names, term->word, &mask);
	fprintf(file, " %s %s", term->word, vs->flags & mask ? "on" : "off");
}

static int parse_timeout(struct args *args, const struct term *term,
			 void *model)
{
	const char *word = ksteer_args_take(args, term);
	const char *value = word ? ksteer_args_take(args, term) : NULL;
	const struct ksteer_attr *attr;
	struct ksteer_vs *vs = model;
	__u32 *seconds;
	__u64 ms;

	if (!value)
		return CLI_USAGE;
	attr = ksteer_attr_by_name(&ksteer_timeouts_object, word);
	if (!attr)
		return ksteer_args_usage(args, "unknown timeout '%s'", word);
	if (ksteer_parse_time(value, &ms) || ms % 1000 || ms / 1000 > ~0U)
		return ksteer_args_bad(args, term, value,
				       "a time in whole seconds");
	seconds = ksteer_member_of(&vs->timeouts, attr);
	*seconds = ms / 1000;
	ksteer_mark(&vs->timeouts, attr->id);
	ksteer_mark(vs, KSTEER_A_VS_TIMEOUTS);
	return CLI_OK;
}

static void save_timeouts(FILE *file, const struct term *term,
			  const void *model)
{
	const struct ksteer_timeouts *timeouts =
		&((const struct ksteer_vs *)model)->timeouts;
	const struct ksteer_attr *attr;
	char buf[KSTEER_TIME_STRLEN];
	unsigned int i;
	__u32 *seconds;

	for (i = 0; i < ksteer_timeouts_object.count; i++) {
		attr = &ksteer_timeouts_object.attrs[i];
		seconds = ksteer_member_of(timeouts, attr);
		if (ksteer_has(timeouts, attr->id))
			fprintf(file, " %s %s %s", term->word, attr->name,
				ksteer_format_time(*seconds * 1000ULL, buf));
	}
}

#define FLAG_TERM(name)                                                      \
	{                                                                    \
		.word = (name), .attr = KSTEER_A_VS_FLAGS,                   \
		.flags = TERM_SWITCH, .parse = parse_flag, .save = save_flag \
	}

const struct term ksteer_vs_terms[] = {
	{ .arg = "NAME", .attr = KSTEER_A_VS_NAME, .hint = HINT_VS },
	{ .word = "addr",
	  .arg = "ADDR[/LEN]|any",
	  .attr = KSTEER_A_VS_ADDR,
	  .flags = TERM_MATCH,
	  .parse = parse_addr,
	  .save = save_addr },
	{ .word = "port",
	  .arg = "PORT|LO-HI|any",
	  .attr = KSTEER_A_VS_PORT_MIN,
	  .flags = TERM_MATCH,
	  .parse = parse_port,
	  .save = save_port },
	{ .word = "proto",
	  .values = "tcp|udp|sctp|icmp|icmpv6|N|any",
	  .attr = KSTEER_A_VS_PROTO,
	  .flags = TERM_MATCH,
	  .parse = parse_or_any },
	{ .word = "vlan",
	  .arg = "N|any",
	  .attr = KSTEER_A_VS_VLAN,
	  .flags = TERM_MATCH,
	  .parse = parse_or_any },
	{ .word = "in",
	  .arg = "DEV",
	  .attr = KSTEER_A_VS_DEV,
	  .flags = TERM_MATCH },
	{ .word = "pool",
	  .arg = "NAME",
	  .attr = KSTEER_A_VS_POOL,
	  .hint = HINT_POOL },
	{ .word = "forward", .attr = KSTEER_A_VS_FORWARD },
	FLAG_TERM("noarp"),
	FLAG_TERM("direct"),
	FLAG_TERM("symmetric"),
	FLAG_TERM("any-vlan"),
	FLAG_TERM("local"),
	{ .word = "midstream", .attr = KSTEER_A_VS_MIDSTREAM },
	{ .word = "reject", .attr = KSTEER_A_VS_REJECT },
	{ .word = "unserved", .attr = KSTEER_A_VS_UNSERVED },
	{ .word = "store", .attr = KSTEER_A_VS_STORE },
	{ .word = "template",
	  .arg = "FIELDS",
	  .attr = KSTEER_A_VS_TEMPLATE,
	  .flags = TERM_REPEAT },
	{ .word = "persist", .arg = "TIME", .attr = KSTEER_A_VS_PERSIST },
	{ .word = "persist-prefix",
	  .arg = "N",
	  .attr = KSTEER_A_VS_PERSIST_PREFIX },
	{ .word = "persist-prefix6",
	  .arg = "N",
	  .attr = KSTEER_A_VS_PERSIST_PREFIX6 },
	{ .word = "persist-group",
	  .arg = "NAME|none",
	  .attr = KSTEER_A_VS_PERSIST_GROUP,
	  .parse = parse_group,
	  .save = save_group },
	{ .word = "max-flows", .arg = "N", .attr = KSTEER_A_VS_MAX_FLOWS },
	{ .word = "timeout",
	  .values =
		  "tcp-open|tcp-established|tcp-closing|tcp-closed|udp-open|udp-established|other",
	  .more = "TIME",
	  .attr = KSTEER_A_VS_TIMEOUTS,
	  .flags = TERM_REPEAT,
	  .parse = parse_timeout,
	  .save = save_timeouts },
	{ .word = "events", .arg = "EVENTS|none", .attr = KSTEER_A_VS_EVENTS },
	TERM_END
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words that name a flow, or many.
 */
#include <string.h>

#include "flow_terms.h"
#include "parse.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* A dash is no value: a port of a protocol without, a part not in the key */
static int parse_part(struct args *args, const struct term *term, void *model)
{
	const char *word = ksteer_args_take(args, term);

	if (!word)
		return CLI_USAGE;
	if (!strcmp(word, "-"))
		return CLI_OK;
	return ksteer_args_value(args, term, term->attr, word, model);
}

static int parse_prefix(struct args *args, const struct term *term, void *model)
{
	const char *word = ksteer_args_take(args, term);
	bool src = term->attr == KSTEER_A_FLOW_SRC;
	struct ksteer_flow *flow = model;

	if (!word)
		return CLI_USAGE;
	if (ksteer_parse_prefix(word, src ? &flow->src : &flow->dst,
				src ? &flow->src_len : &flow->dst_len))
		return ksteer_args_bad(args, term, word,
				       "an address or prefix");
	ksteer_mark(flow, term->attr);
	ksteer_mark(flow, src ? KSTEER_A_FLOW_SRC_LEN : KSTEER_A_FLOW_DST_LEN);
	return CLI_OK;
}

/* What is known of a connection: one value at a time, by its name in JSON */
static int parse_tcp(struct args *args, const struct term *term, void *model)
{
	const char *word = ksteer_args_take(args, term);
	const char *value = word ? ksteer_args_take(args, term) : NULL;
	const struct ksteer_attr *attr;
	struct ksteer_flow *flow = model;
	int err;

	if (!value)
		return CLI_USAGE;
	attr = ksteer_attr_by_name(&ksteer_tcp_object, word);
	if (!attr)
		return ksteer_args_usage(args, "unknown number '%s'", word);
	err = ksteer_args_attr(args, term, attr, value, &flow->tcp);
	if (!err)
		ksteer_mark(flow, KSTEER_A_FLOW_TCP);
	return err;
}

/* A key of five words, as the flow's own */
static int parse_alias(struct args *args, const struct term *term, void *model)
{
	static const __u16 parts[] = { KSTEER_A_FLOW_SRC, KSTEER_A_FLOW_SPORT,
				       KSTEER_A_FLOW_DST, KSTEER_A_FLOW_DPORT,
				       KSTEER_A_FLOW_PROTO };
	struct ksteer_flow *flow = model;
	struct ksteer_alias *alias;
	const char *word;
	size_t i;
	int err;

	alias = ksteer_list_add(&flow->alias, sizeof(*alias));
	if (!alias)
		return CLI_LOCAL;
	ksteer_mark(flow, KSTEER_A_FLOW_ALIAS);
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		word = ksteer_args_take(args, term);
		if (!word)
			return CLI_USAGE;
		if (!strcmp(word, "-"))
			continue;
		err = ksteer_args_attr(args, term,
				       ksteer_attr_by_id(&ksteer_alias_object,
							 parts[i]),
				       word, alias);
		if (err)
			return err;
	}
	return CLI_OK;
}

static int parse_pending(struct args *args, const struct term *term,
			 void *model)
{
	struct ksteer_flow *flow = model;

	(void)args;
	flow->pending = KSTEER_SWITCH_ON;
	ksteer_mark(flow, term->attr);
	return CLI_OK;
}

static int parse_all(struct args *args, const struct term *term, void *model)
{
	(void)args;
	(void)term;
	(void)model;
	return CLI_OK;
}

const struct term ksteer_flow_key_terms[] = {
	{ .arg = "SRC", .attr = KSTEER_A_FLOW_SRC, .parse = parse_part },
	{ .arg = "SPORT", .attr = KSTEER_A_FLOW_SPORT, .parse = parse_part },
	{ .arg = "DST", .attr = KSTEER_A_FLOW_DST, .parse = parse_part },
	{ .arg = "DPORT", .attr = KSTEER_A_FLOW_DPORT, .parse = parse_part },
	{ .arg = "PROTO",
	  .attr = KSTEER_A_FLOW_PROTO,
	  .values = "tcp|udp|sctp|icmp|icmpv6",
	  .parse = parse_part },
	{ .word = "vlan", .arg = "N", .attr = KSTEER_A_FLOW_VLAN },
	{ .word = "vrf", .arg = "NAME", .attr = KSTEER_A_FLOW_VRF },
	{ .word = "fields",
	  .arg = "FIELDS",
	  .attr = KSTEER_A_FLOW_FIELDS,
	  .flags = TERM_PARTIAL },
	{ .word = "tm",
	  .arg = "NAME",
	  .attr = KSTEER_A_FLOW_TM,
	  .flags = TERM_OWNER,
	  .hint = HINT_TM },
	{ .word = "pending",
	  .attr = KSTEER_A_FLOW_PENDING,
	  .flags = TERM_BARE | TERM_OWNER,
	  .parse = parse_pending },
	{ .word = "vs",
	  .arg = "NAME",
	  .attr = KSTEER_A_FLOW_VS,
	  .flags = TERM_REQUIRED | TERM_OWNER,
	  .hint = HINT_VS },
	{ .word = "tcp",
	  .values =
		  "flags|end|ack|win|scale|reply-end|reply-ack|reply-win|reply-scale",
	  .more = "N",
	  .attr = KSTEER_A_FLOW_TCP,
	  .flags = TERM_REPEAT | TERM_OWNER,
	  .parse = parse_tcp },
	{ .word = "lifetime",
	  .arg = "TIME",
	  .attr = KSTEER_A_FLOW_LIFETIME,
	  .flags = TERM_OWNER },
	{ .word = "owner",
	  .arg = "N",
	  .attr = KSTEER_A_FLOW_OWNER,
	  .flags = TERM_OWNER },
	{ .word = "alias",
	  .arg = "SRC",
	  .more = "SPORT DST DPORT PROTO",
	  .attr = KSTEER_A_FLOW_ALIAS,
	  .flags = TERM_REPEAT | TERM_OWNER,
	  .parse = parse_alias },
	{ .word = "tm",
	  .arg = "NAME",
	  .attr = KSTEER_A_FLOW_TM,
	  .flags = TERM_CHANGE,
	  .hint = HINT_TM },
	{ .word = "lifetime",
	  .arg = "TIME",
	  .attr = KSTEER_A_FLOW_LIFETIME,
	  .flags = TERM_CHANGE },
	{ .word = "owner",
	  .arg = "N",
	  .attr = KSTEER_A_FLOW_OWNER,
	  .flags = TERM_CHANGE },
	{ .word = "dev",
	  .arg = "DEV",
	  .attr = KSTEER_A_FLOW_IFINDEX,
	  .flags = TERM_ARRIVAL },
	{ .word = "state", .attr = KSTEER_A_FLOW_STATE, .flags = TERM_ARRIVAL },
	TERM_END
};

const struct term ksteer_flow_filter_terms[] = {
	{ .word = "src",
	  .arg = "PREFIX",
	  .attr = KSTEER_A_FLOW_SRC,
	  .parse = parse_prefix },
	{ .word = "dst",
	  .arg = "PREFIX",
	  .attr = KSTEER_A_FLOW_DST,
	  .parse = parse_prefix },
	{ .word = "sport", .arg = "PORT", .attr = KSTEER_A_FLOW_SPORT },
	{ .word = "dport", .arg = "PORT", .attr = KSTEER_A_FLOW_DPORT },
	{ .word = "proto",
	  .values = "tcp|udp|sctp|icmp|icmpv6|N",
	  .attr = KSTEER_A_FLOW_PROTO },
	{ .word = "vlan", .arg = "N", .attr = KSTEER_A_FLOW_VLAN },
	{ .word = "vrf", .arg = "NAME", .attr = KSTEER_A_FLOW_VRF },
	{ .word = "tm",
	  .arg = "NAME",
	  .attr = KSTEER_A_FLOW_TM,
	  .hint = HINT_TM },
	{ .word = "vs",
	  .arg = "NAME",
	  .attr = KSTEER_A_FLOW_VS,
	  .hint = HINT_VS },
	{ .word = "state", .attr = KSTEER_A_FLOW_STATE },
	{ .word = "owner", .arg = "N", .attr = KSTEER_A_FLOW_OWNER },
	{ .word = "all", .flags = TERM_BARE | TERM_ALL, .parse = parse_all },
	TERM_END
};

/**
 * ksteer_flow_parse - parse a flow that is to be stored
 * @args: words of the verb
 * @flow: filled
 *
 * Return: CLI_OK, or CLI_USAGE with a sentence, also if nothing is said of where it
 * goes.
 */
int ksteer_flow_parse(struct args *args, struct ksteer_flow *flow)
{
	int err = ksteer_args_parse(args, flow);

	if (err || ksteer_has(flow, KSTEER_A_FLOW_TM) ||
	    ksteer_has(flow, KSTEER_A_FLOW_PENDING))
		return err;
	return ksteer_args_usage(args, "keyword 'tm' or 'pending' is missing");
}

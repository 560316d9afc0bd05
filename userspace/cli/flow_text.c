// SPDX-License-Identifier: GPL-2.0-only
/*
 * A flow in one line.
 */
#include <string.h>

#include "flow_text.h"
#include "line.h"
#include "object.h"
#include "parse.h"

/* A less specific key has not all parts: those show as a star */
static void put_endpoint(struct line *line, const struct ksteer_ip *ip, int len,
			 bool has_port, __u16 port)
{
	if (ip->len == 16)
		ksteer_line_char(line, '[');
	if (ip->len)
		ksteer_line_ip(line, ip);
	else
		ksteer_line_char(line, '*');
	if (ip->len == 16)
		ksteer_line_char(line, ']');
	if (ip->len && len >= 0 && len < ip->len * 8) {
		ksteer_line_char(line, '/');
		ksteer_line_number(line, len);
	}
	if (has_port && !port)
		return;
	ksteer_line_char(line, ':');
	if (has_port)
		ksteer_line_number(line, port);
	else
		ksteer_line_char(line, '*');
}

/* Columns are as wide as the widest so far */
static void end_column(struct line *line, size_t from, int *width)
{
	int used = line->len - from;

	if (used > *width)
		*width = used;
	ksteer_line_fill(line, from, *width);
}

static void put_key(struct line *line, const struct ksteer_flow *flow,
		    struct flow_text *text)
{
	char proto[KSTEER_PROTO_STRLEN] = "*";
	size_t from;
	bool len;

	if (ksteer_has(flow, KSTEER_A_FLOW_PROTO) && flow->proto)
		ksteer_format_proto(flow->proto, proto);
	ksteer_line_put(line, proto);
	ksteer_line_fill(line, 0, 4);
	ksteer_line_char(line, ' ');
	from = line->len;
	len = ksteer_has(flow, KSTEER_A_FLOW_SRC_LEN);
	put_endpoint(line, &flow->src, len ? flow->src_len : -1,
		     ksteer_has(flow, KSTEER_A_FLOW_SPORT), flow->sport);
	end_column(line, from, &text->src);
	ksteer_line_put(line, " -> ");
	from = line->len;
	len = ksteer_has(flow, KSTEER_A_FLOW_DST_LEN);
	put_endpoint(line, &flow->dst, len ? flow->dst_len : -1,
		     ksteer_has(flow, KSTEER_A_FLOW_DPORT), flow->dport);
	end_column(line, from, &text->dst);
	if (ksteer_has(flow, KSTEER_A_FLOW_VLAN) && flow->vlan) {
		ksteer_line_put(line, " vlan ");
		ksteer_line_number(line, flow->vlan);
	}
	if (*flow->vrf)
		ksteer_line_word(line, "vrf", flow->vrf);
}

static void put_time(struct line *line, const char *name, __u32 ms)
{
	ksteer_line_put(line, name);
	ksteer_line_number(line, ms / 1000);
	ksteer_line_char(line, '.');
	ksteer_line_number(line, ms % 1000 / 100);
	ksteer_line_char(line, 's');
}

static void put_number(struct line *line, const char *name, __u64 number)
{
	ksteer_line_put(line, name);
	ksteer_line_number(line, number);
}

static void put_stats(struct line *line, const struct ksteer_flow *flow)
{
	put_number(line, " packets ", flow->packets);
	put_number(line, " bytes ", flow->bytes);
	put_number(line, " reply-packets ", flow->reply_packets);
	put_number(line, " reply-bytes ", flow->reply_bytes);
}

static void put_aliases(struct line *line, const struct ksteer_flow *flow)
{
	const struct ksteer_alias *alias = NULL;
	char proto[KSTEER_PROTO_STRLEN];

	while ((alias = ksteer_next(&flow->alias, alias))) {
		ksteer_line_put(line, " alias ");
		ksteer_line_put(line, ksteer_format_proto(alias->proto, proto));
		ksteer_line_char(line, ' ');
		put_endpoint(line, &alias->src, -1, true, alias->sport);
		ksteer_line_put(line, " -> ");
		put_endpoint(line, &alias->dst, -1, true, alias->dport);
	}
}

static void put_name(struct line *line, const char *name)
{
	ksteer_line_char(line, ' ');
	ksteer_line_put(line, name);
}

/**
 * ksteer_flow_text - print a flow in one line
 * @file: stream
 * @model: struct ksteer_flow
 * @arg: struct flow_text
 */
void ksteer_flow_text(FILE *file, const void *model, void *arg)
{
	const struct ksteer_flow *flow = model;
	struct flow_text *text = arg;
	struct line line;

	line.len = 0;
	put_key(&line, flow, text);
	if (*flow->tm)
		ksteer_line_word(&line, "tm", flow->tm);
	if (ksteer_has(flow, KSTEER_A_FLOW_PENDING))
		ksteer_line_put(&line, " pending");
	if (*flow->vs)
		ksteer_line_word(&line, "vs", flow->vs);
	if (ksteer_has(flow, KSTEER_A_FLOW_STATE))
		put_name(&line,
			 ksteer_name(&ksteer_flow_state_names, flow->state));
	if (ksteer_has(flow, KSTEER_A_FLOW_ORIGIN) && flow->origin)
		put_name(&line,
			 ksteer_name(&ksteer_flow_origin_names, flow->origin));
	if (ksteer_has(flow, KSTEER_A_FLOW_IDLE))
		put_time(&line, " idle ", flow->idle);
	if (ksteer_has(flow, KSTEER_A_FLOW_EXPIRES))
		put_time(&line, " expires ", flow->expires);
	if (ksteer_has(flow, KSTEER_A_FLOW_LIFETIME))
		put_time(&line, " lifetime ", flow->lifetime);
	if (ksteer_has(flow, KSTEER_A_FLOW_OWNER))
		put_number(&line, " owner ", flow->owner);
	put_aliases(&line, flow);
	if (text->stats)
		put_stats(&line, flow);
	if (ksteer_has(flow, KSTEER_A_FLOW_SERIAL) &&
	    (text->stats || ksteer_has(flow, KSTEER_A_FLOW_EVENT)))
		put_number(&line, " serial ", flow->serial);
	if (ksteer_has(flow, KSTEER_A_FLOW_POSITION) && text->stats)
		put_number(&line, " position ", flow->position);
	ksteer_line_end(&line, file);
}

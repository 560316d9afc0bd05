// SPDX-License-Identifier: GPL-2.0-only
/*
 * A flow in one line.
 */
#include <string.h>

#include "flow_text.h"
#include "object.h"
#include "parse.h"

#define ENDPOINT_STRLEN (KSTEER_IP_STRLEN + 16)

/* A less specific key has not all parts: those show as a star */
static void endpoint(const struct ksteer_ip *ip, int len, bool has_port,
		     __u16 port, char *buf)
{
	char addr[KSTEER_IP_STRLEN] = "*", prefix[8] = "";

	if (ip->len)
		ksteer_format_ip(ip, addr);
	if (ip->len && len >= 0 && len < ip->len * 8)
		snprintf(prefix, sizeof(prefix), "/%d", len);
	snprintf(buf, ENDPOINT_STRLEN,
		 ip->len == 16 ? "[%s]%s:" : "%s%s:", addr, prefix);
	buf += strlen(buf);
	if (has_port && port)
		snprintf(buf, 8, "%u", port);
	else if (has_port)
		buf[-1] = 0;
	else
		snprintf(buf, 8, "*");
}

static int put_column(FILE *file, const char *text, int width)
{
	int len = strlen(text);

	width = len > width ? len : width;
	fprintf(file, " %-*s", width, text);
	return width;
}

static void put_key(FILE *file, const struct ksteer_flow *flow,
		    struct flow_text *text)
{
	char proto[KSTEER_PROTO_STRLEN] = "*", end[ENDPOINT_STRLEN];
	bool len;

	if (ksteer_has(flow, KSTEER_A_FLOW_PROTO) && flow->proto)
		ksteer_format_proto(flow->proto, proto);
	fprintf(file, "%-4s", proto);
	len = ksteer_has(flow, KSTEER_A_FLOW_SRC_LEN);
	endpoint(&flow->src, len ? flow->src_len : -1,
		 ksteer_has(flow, KSTEER_A_FLOW_SPORT), flow->sport, end);
	text->src = put_column(file, end, text->src);
	fputs(" ->", file);
	len = ksteer_has(flow, KSTEER_A_FLOW_DST_LEN);
	endpoint(&flow->dst, len ? flow->dst_len : -1,
		 ksteer_has(flow, KSTEER_A_FLOW_DPORT), flow->dport, end);
	text->dst = put_column(file, end, text->dst);
	if (ksteer_has(flow, KSTEER_A_FLOW_VLAN) && flow->vlan)
		fprintf(file, " vlan %u", flow->vlan);
}

static void put_time(FILE *file, const char *name, __u32 ms)
{
	fprintf(file, " %s %u.%us", name, ms / 1000, ms % 1000 / 100);
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

	put_key(file, flow, text);
	if (*flow->tm)
		fprintf(file, " tm %s", flow->tm);
	if (*flow->vs)
		fprintf(file, " vs %s", flow->vs);
	if (ksteer_has(flow, KSTEER_A_FLOW_STATE))
		fprintf(file, " %s",
			ksteer_name(&ksteer_flow_state_names, flow->state));
	if (ksteer_has(flow, KSTEER_A_FLOW_ORIGIN) && flow->origin)
		fprintf(file, " %s",
			ksteer_name(&ksteer_flow_origin_names, flow->origin));
	if (ksteer_has(flow, KSTEER_A_FLOW_IDLE))
		put_time(file, "idle", flow->idle);
	if (ksteer_has(flow, KSTEER_A_FLOW_EXPIRES))
		put_time(file, "expires", flow->expires);
	if (text->stats)
		fprintf(file,
			" packets %llu bytes %llu reply-packets %llu reply-bytes %llu",
			flow->packets, flow->bytes, flow->reply_packets,
			flow->reply_bytes);
	fputc('\n', file);
}

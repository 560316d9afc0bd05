// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blocks of source ports in the words of the tools that take them.
 */
#include <jansson.h>
#include <ksteer/gport.h>

#include "command.h"
#include "parse.h"
#include "ports_text.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

enum ports_format {
	FORMAT_LIST,
	FORMAT_NFT,
	FORMAT_HAPROXY,
	FORMAT_SYSCTL,
};

static const char *const format_names[] = { "list", "nft", "haproxy",
					    "sysctl" };

const struct ksteer_names ksteer_ports_format_names = {
	.what = "format",
	.names = format_names,
	.count = ARRAY_SIZE(format_names),
};

static size_t shown(const struct ports_request *request,
		    const struct ksteer_list *blocks)
{
	if (request->max && request->max < blocks->count)
		return request->max;
	return blocks->count;
}

static void print_json(struct ksteer_out *out,
		       const struct ksteer_gport_range *block, size_t count)
{
	size_t i;

	ksteer_out_begin(out);
	for (i = 0; i < count; i++)
		ksteer_out_json(out, json_pack("{s:i,s:i}", "lo", block[i].lo,
					       "hi", block[i].hi));
	ksteer_out_end(out);
}

static void print_list(FILE *file, const struct ksteer_gport_range *block,
		       size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		fprintf(file, "%u", block[i].lo);
		if (block[i].hi != block[i].lo)
			fprintf(file, "-%u", block[i].hi);
		fputc('\n', file);
	}
}

/*
 * Rules for a chain of type nat: connections go round over the blocks, each
 * rule taking its share of those that the rules before it leave.  One rule with
 * a map would do, but nft 1.0.6 makes none of it that kernels take for IPv6.
 */
static void print_nft(FILE *file, const struct ports_request *request,
		      const struct ksteer_gport_range *block, size_t count)
{
	char server[KSTEER_IP_STRLEN], source[KSTEER_IP_STRLEN];
	bool v4 = request->server.len == 4;
	const char *family = v4 ? "ip" : "ip6";
	char proto[KSTEER_PROTO_STRLEN];
	size_t i;

	ksteer_format_ip(&request->server, server);
	ksteer_format_ip(&request->source, source);
	ksteer_format_proto(request->proto, proto);
	for (i = 0; i < count; i++) {
		fprintf(file, "%s daddr %s %s dport %u ", family, server, proto,
			request->server_port);
		if (count - i > 1)
			fprintf(file, "numgen inc mod %zu 0 ", count - i);
		fprintf(file, "snat %s to %s%s%s:%u-%u\n", family,
			v4 ? "" : "[", source, v4 ? "" : "]", block[i].lo,
			block[i].hi);
	}
}

/* A server line takes one range */
static void print_haproxy(FILE *file, const struct ports_request *request,
			  const struct ksteer_gport_range *block, size_t count)
{
	char addr[KSTEER_IP_STRLEN];
	size_t i;

	ksteer_format_ip(&request->source, addr);
	for (i = 0; i < count; i++)
		fprintf(file, "source %s:%u-%u\n", addr, block[i].lo,
			block[i].hi);
}

/* A machine has one range: the longest */
static void print_sysctl(FILE *file, const struct ksteer_gport_range *block,
			 size_t count)
{
	const struct ksteer_gport_range *best = block;
	size_t i;

	for (i = 1; i < count; i++)
		if (block[i].hi - block[i].lo > best->hi - best->lo)
			best = &block[i];
	fprintf(file, "net.ipv4.ip_local_port_range = %u %u\n", best->lo,
		best->hi);
}

/**
 * ksteer_ports_print - print blocks of ports
 * @out: output
 * @request: what was asked
 * @blocks: list of struct ksteer_gport_range
 *
 * Return: exit code: CLI_REFUSED if there is no block.
 */
int ksteer_ports_print(struct ksteer_out *out,
		       const struct ports_request *request,
		       const struct ksteer_list *blocks)
{
	const struct ksteer_gport_range *block = blocks->items;
	size_t count = shown(request, blocks);

	if (!count) {
		fprintf(stderr,
			"Error: no port from %u to %u leads back to '%s'\n",
			request->lo, request->hi, request->tm);
		return CLI_REFUSED;
	}
	if (out->json)
		print_json(out, block, count);
	else if (request->format == FORMAT_NFT)
		print_nft(out->file, request, block, count);
	else if (request->format == FORMAT_HAPROXY)
		print_haproxy(out->file, request, block, count);
	else if (request->format == FORMAT_SYSCTL)
		print_sysctl(out->file, block, blocks->count);
	else
		print_list(out->file, block, count);
	return CLI_OK;
}

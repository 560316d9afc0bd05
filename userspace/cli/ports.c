// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksteer tm ports: source ports whose answers come back to a traffic manager.
 *
 * Builds the table that the pool has in the kernel and asks it.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <ksteer/gport.h>
#include <ksteer/maglev.h>

#include "parse.h"
#include "ports.h"
#include "ports_text.h"
#include "show.h"

/* Blocks of more than one port lie below KSTEER_GPORT_SINGLE */
#define FIRST_PORT 1024
#define LAST_PORT (KSTEER_GPORT_SINGLE - 1)

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

enum {
	PORTS_TM = 1,
	PORTS_POOL,
	PORTS_SERVER,
	PORTS_SERVER_PORT,
	PORTS_SOURCE,
	PORTS_PROTO,
	PORTS_LO,
	PORTS_HI,
	PORTS_MAX,
	PORTS_FORMAT,
};

#define ATTR(number, kind, member, ...)                           \
	{                                                         \
		.id = PORTS_##number, .type = KSTEER_T_##kind,    \
		.offset = offsetof(struct ports_request, member), \
		.name = #member, __VA_ARGS__                      \
	}

static const struct ksteer_attr attrs[] = {
	ATTR(TM, NAME, tm),
	ATTR(POOL, NAME, pool),
	ATTR(SERVER, IP, server),
	ATTR(SERVER_PORT, U16, server_port),
	ATTR(SOURCE, IP, source),
	ATTR(PROTO, PROTO, proto),
	ATTR(LO, U16, lo),
	ATTR(HI, U16, hi),
	ATTR(MAX, U32, max),
	ATTR(FORMAT, ENUM, format, .names = &ksteer_ports_format_names),
};

const struct ksteer_object ksteer_ports_object = {
	.name = "ports",
	.size = sizeof(struct ports_request),
	.attrs = attrs,
	.count = ARRAY_SIZE(attrs),
};

static int parse_server(struct args *args, const struct term *term, void *model)
{
	const char *addr = ksteer_args_take(args, term);
	const char *port = addr ? ksteer_args_take(args, term) : NULL;
	int err;

	if (!port)
		return CLI_USAGE;
	err = ksteer_args_value(args, term, PORTS_SERVER, addr, model);
	if (err)
		return err;
	return ksteer_args_value(args, term, PORTS_SERVER_PORT, port, model);
}

static int parse_range(struct args *args, const struct term *term, void *model)
{
	const char *word = ksteer_args_take(args, term);
	struct ports_request *request = model;

	if (!word)
		return CLI_USAGE;
	if (ksteer_parse_ports(word, &request->lo, &request->hi))
		return ksteer_args_bad(args, term, word, "a range of ports");
	return CLI_OK;
}

static int parse_proto(struct args *args, const struct term *term, void *model)
{
	const char *word = ksteer_args_take(args, term);

	if (!word)
		return CLI_USAGE;
	if (strcmp(word, "tcp") && strcmp(word, "udp"))
		return ksteer_args_bad(args, term, word, "tcp or udp");
	return ksteer_args_value(args, term, PORTS_PROTO, word, model);
}

const struct term ksteer_ports_terms[] = {
	{ .arg = "NAME", .attr = PORTS_TM, .hint = HINT_TM },
	{ .word = "pool",
	  .arg = "NAME",
	  .attr = PORTS_POOL,
	  .flags = TERM_REQUIRED,
	  .hint = HINT_POOL },
	{ .word = "server",
	  .arg = "ADDR",
	  .more = "PORT",
	  .attr = PORTS_SERVER,
	  .flags = TERM_REQUIRED,
	  .parse = parse_server },
	{ .word = "source",
	  .arg = "ADDR",
	  .attr = PORTS_SOURCE,
	  .flags = TERM_REQUIRED },
	{ .word = "proto",
	  .values = "tcp|udp",
	  .attr = PORTS_PROTO,
	  .parse = parse_proto },
	{ .word = "range", .arg = "LO-HI", .parse = parse_range },
	{ .word = "max", .arg = "N", .attr = PORTS_MAX },
	{ .word = "format", .attr = PORTS_FORMAT },
	TERM_END
};

/**
 * struct table_of - the lookup table of a pool
 * @slot: indices of @node
 * @slots: size
 * @node: members that are in the table
 * @nodes: number of them
 * @member: the traffic manager that is asked for, or -1
 */
struct table_of {
	__u16 *slot;
	__u32 slots;
	struct ksteer_maglev_node *node;
	__u32 nodes;
	int member;
};

/* Is there a way to it for packets of this length of address? */
static bool leads(const struct ksteer_tm *tm, unsigned int len)
{
	if (!tm->via.len && !tm->via6.len)
		return true;
	return len == 4 ? tm->via.len : tm->via6.len;
}

/* As the kernel chooses members; @strict leaves out those that seem to fail */
static bool fits(const struct ksteer_member *member, const struct ksteer_tm *tm,
		 unsigned int len, bool strict)
{
	return tm && tm->state == KSTEER_TM_STATE_UP && tm->weight &&
	       leads(tm, len) && (member->usable || !strict);
}

static void add_nodes(struct table_of *table,
		      const struct ports_request *request,
		      const struct ksteer_pool *pool,
		      const struct ksteer_list *tms, bool strict)
{
	const struct ksteer_member *member = NULL;
	const struct ksteer_tm *tm;

	table->member = -1;
	while ((member = ksteer_next(&pool->member, member))) {
		tm = ksteer_find_tm(tms, member->tm);
		if (!fits(member, tm, request->server.len, strict))
			continue;
		if (!strcmp(tm->name, request->tm))
			table->member = table->nodes;
		table->node[table->nodes].weight = tm->weight;
		table->node[table->nodes++].id_hash =
			ksteer_name_hash(pool->seed, tm->name);
	}
}

static int fill_table(struct table_of *table,
		      const struct ports_request *request,
		      const struct ksteer_pool *pool,
		      const struct ksteer_list *tms)
{
	size_t members = pool->member.count;
	__u32 *scratch;
	int err = -1;

	table->slots = ksteer_maglev_prime(
		pool->table_size ? pool->table_size : KSTEER_MAGLEV_SLOTS);
	table->slot = calloc(table->slots, sizeof(*table->slot));
	table->node = calloc(members + 1, sizeof(*table->node));
	scratch = calloc(KSTEER_MAGLEV_SCRATCH(members + 1), sizeof(*scratch));
	if (table->slot && table->node && scratch) {
		add_nodes(table, request, pool, tms, true);
		if (!table->nodes)
			add_nodes(table, request, pool, tms, false);
		err = table->nodes &&
		      ksteer_maglev_fill(table->slot, table->slots, table->node,
					 table->nodes, scratch);
	}
	free(scratch);
	return err;
}

static void copy_addr(union ksteer_addr *to, const struct ksteer_ip *from)
{
	memset(to, 0, sizeof(*to));
	memcpy(to, from->bytes, from->len);
}

static int find_blocks(const struct ports_request *request,
		       const struct ksteer_pool *pool,
		       const struct table_of *table, struct ksteer_list *blocks)
{
	struct ksteer_gport_reply want = {
		.seed = pool->seed,
		.slot = table->slot,
		.slots = table->slots,
		.member = table->member,
		.family = request->server.len == 4 ? KSTEER_V4 : KSTEER_V6,
		.server_port = htons(request->server_port),
	};
	struct ksteer_gport_range range, *block;
	__u32 next = request->lo;

	copy_addr(&want.server, &request->server);
	copy_addr(&want.source, &request->source);
	while (ksteer_gport_next_block(&want, &next, request->hi, &range)) {
		block = ksteer_list_add(blocks, sizeof(*block));
		if (!block)
			return -1;
		*block = range;
	}
	return 0;
}

static int refuse(const char *format, const char *name)
{
	fputs("Error: ", stderr);
	fprintf(stderr, format, name);
	fputc('\n', stderr);
	return CLI_REFUSED;
}

static int list_blocks(struct cli *cli, const struct ports_request *request,
		       const struct ksteer_pool *pool,
		       const struct ksteer_list *tms)
{
	struct ksteer_list blocks = { 0 };
	struct table_of table = { 0 };
	int err = CLI_LOCAL;

	if (fill_table(&table, request, pool, tms))
		fprintf(stderr, "Error: cannot build the table of the pool\n");
	else if (table.member < 0)
		err = refuse("'%s' gets no new flows of this family now",
			     request->tm);
	else if (!find_blocks(request, pool, &table, &blocks))
		err = ksteer_ports_print(&cli->out, request, &blocks);
	ksteer_list_free(&blocks, NULL);
	free(table.slot);
	free(table.node);
	return err;
}

static int get_pool(struct cli *cli, const char *name, struct ksteer_pool *pool)
{
	struct ksteer_pool key = { 0 };

	memcpy(key.name, name, sizeof(key.name));
	ksteer_mark(&key, KSTEER_A_POOL_NAME);
	if (ksteer_query(cli->nl, KSTEER_CMD_POOL_GET, &ksteer_pool_object,
			 &key, pool))
		return ksteer_cli_failed(cli);
	if (pool->sched != KSTEER_SCHED_GPORT)
		return refuse("pool '%s' does not have the scheduler gport",
			      name);
	return CLI_OK;
}

static int ask(struct cli *cli, const struct ports_request *request)
{
	struct ksteer_pool pool = { 0 };
	struct ksteer_list tms = { 0 };
	int err;

	err = get_pool(cli, request->pool, &pool);
	if (!err &&
	    ksteer_collect(cli->nl, KSTEER_CMD_TM_GET, &ksteer_tm_object, &tms))
		err = ksteer_cli_failed(cli);
	if (!err)
		err = list_blocks(cli, request, &pool, &tms);
	ksteer_list_free(&tms, &ksteer_tm_object);
	ksteer_object_free(&ksteer_pool_object, &pool);
	return err;
}

/**
 * ksteer_ports_run - run 'ksteer tm ports'
 * @cli: run
 * @args: words
 *
 * Return: exit code.
 */
int ksteer_ports_run(struct cli *cli, struct args *args)
{
	struct ports_request request = {
		.proto = IPPROTO_TCP,
		.lo = FIRST_PORT,
		.hi = LAST_PORT,
	};
	int err;

	err = ksteer_args_parse(args, &request);
	if (err)
		return err;
	if (request.server.len != request.source.len)
		return ksteer_args_usage(
			args, "server and source are of two families");
	if (!ksteer_cli_nl(cli))
		return CLI_LOCAL;
	return ask(cli, &request);
}

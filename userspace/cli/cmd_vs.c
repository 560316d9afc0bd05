// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksteer vs: virtual servers.
 */
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "parse.h"
#include "show.h"
#include "vs_terms.h"

/* What ksteer_show_list() collects, for printing */
struct view {
	struct ksteer_list pools;
	struct ksteer_list tms;
};

static const struct term name_terms[] = {
	{ .arg = "NAME", .attr = KSTEER_A_VS_NAME, .hint = HINT_VS },
	TERM_END
};

static const struct term show_terms[] = { { .arg = "NAME",
					    .attr = KSTEER_A_VS_NAME,
					    .flags = TERM_OPTIONAL,
					    .hint = HINT_VS },
					  TERM_END };

static int get_vs(struct cli *cli, const char *name, struct ksteer_vs *found)
{
	struct ksteer_vs key = { 0 };

	memcpy(key.name, name, strlen(name) + 1);
	ksteer_mark(&key, KSTEER_A_VS_NAME);
	if (ksteer_query(cli->nl, KSTEER_CMD_VS_GET, &ksteer_vs_object, &key,
			 found))
		return ksteer_cli_failed(cli);
	return CLI_OK;
}

/* The kernel takes all flags at once: those not named stay as they are */
static int merge_flags(struct cli *cli, struct vs_request *request)
{
	struct ksteer_vs old = { 0 };
	int err;

	if (!ksteer_has(&request->vs, KSTEER_A_VS_FLAGS) ||
	    request->named_flags == (1U << ksteer_vs_flags_names.count) - 1)
		return CLI_OK;
	err = get_vs(cli, request->vs.name, &old);
	request->vs.flags |= old.flags & ~request->named_flags;
	ksteer_object_free(&ksteer_vs_object, &old);
	return err;
}

static __u64 match_bits(void)
{
	return KSTEER_HAS(KSTEER_A_VS_ADDR) |
	       KSTEER_HAS(KSTEER_A_VS_PREFIXLEN) |
	       KSTEER_HAS(KSTEER_A_VS_PORT_MIN) |
	       KSTEER_HAS(KSTEER_A_VS_PORT_MAX) |
	       KSTEER_HAS(KSTEER_A_VS_PROTO) | KSTEER_HAS(KSTEER_A_VS_VLAN) |
	       KSTEER_HAS(KSTEER_A_VS_DEV);
}

static bool same_match(const struct ksteer_vs *a, const struct ksteer_vs *b)
{
	return (a->has & match_bits()) == (b->has & match_bits()) &&
	       !memcmp(&a->addr, &b->addr, sizeof(a->addr)) &&
	       a->prefixlen == b->prefixlen && a->port_min == b->port_min &&
	       a->port_max == b->port_max && a->proto == b->proto &&
	       a->vlan == b->vlan && !strcmp(a->dev, b->dev);
}

/* While restoring: the virtual server is there already */
static int change_existing(struct cli *cli, struct vs_request *request)
{
	struct ksteer_vs old = { 0 };
	bool same = false;
	int err;

	err = get_vs(cli, request->vs.name, &old);
	if (!err)
		same = same_match(&old, &request->vs);
	ksteer_object_free(&ksteer_vs_object, &old);
	if (err)
		return err;
	if (!same) {
		fprintf(stderr,
			"Error: virtual server '%s' exists and matches something else; delete it first\n",
			request->vs.name);
		return CLI_REFUSED;
	}
	request->vs.has &= ~match_bits();
	err = merge_flags(cli, request);
	if (!err && ksteer_request(cli->nl, KSTEER_CMD_VS_SET,
				   &ksteer_vs_object, &request->vs))
		err = ksteer_cli_failed(cli);
	return err;
}

/* While restoring: packets need not meet each before the next has come */
static void say_more(struct cli *cli, struct ksteer_vs *vs)
{
	cli->row = true;
	vs->more = KSTEER_SWITCH_ON;
	ksteer_mark(vs, KSTEER_A_VS_MORE);
}

static int run_add(struct cli *cli, struct args *args)
{
	struct vs_request request = { 0 };
	int err;

	err = ksteer_args_parse(args, &request);
	if (!err && !ksteer_cli_nl(cli))
		err = CLI_LOCAL;
	if (!err && cli->restoring)
		say_more(cli, &request.vs);
	if (!err && ksteer_request(cli->nl, KSTEER_CMD_VS_NEW,
				   &ksteer_vs_object, &request.vs)) {
		if (cli->restoring && ksteer_nl_error(cli->nl)->code == EEXIST)
			err = change_existing(cli, &request);
		else
			err = ksteer_cli_failed(cli);
	}
	ksteer_object_free(&ksteer_vs_object, &request.vs);
	return err;
}

static int run_set(struct cli *cli, struct args *args)
{
	struct vs_request request = { 0 };
	int err;

	err = ksteer_args_parse(args, &request);
	if (!err && !ksteer_cli_nl(cli))
		err = CLI_LOCAL;
	if (!err)
		err = merge_flags(cli, &request);
	if (!err && ksteer_request(cli->nl, KSTEER_CMD_VS_SET,
				   &ksteer_vs_object, &request.vs))
		err = ksteer_cli_failed(cli);
	ksteer_object_free(&ksteer_vs_object, &request.vs);
	return err;
}

static int run_del(struct cli *cli, struct args *args)
{
	struct ksteer_vs vs = { 0 };

	return ksteer_send(cli, args, KSTEER_CMD_VS_DEL, &vs);
}

static void print_match(FILE *file, const struct ksteer_vs *vs)
{
	char buf[KSTEER_IP_STRLEN];

	fprintf(file, "%s: addr %s", vs->name,
		ksteer_format_ip(&vs->addr, buf));
	if (vs->addr.len && vs->prefixlen != vs->addr.len * 8)
		fprintf(file, "/%u", vs->prefixlen);
	if (ksteer_has(vs, KSTEER_A_VS_PORT_MIN))
		fprintf(file, " port %u", vs->port_min);
	else
		fputs(" port any", file);
	if (vs->port_max != vs->port_min)
		fprintf(file, "-%u", vs->port_max);
	fprintf(file, " proto %s",
		vs->proto ? ksteer_format_proto(vs->proto, buf) : "any");
	if (ksteer_has(vs, KSTEER_A_VS_VLAN))
		fprintf(file, " vlan %u", vs->vlan);
	if (vs->dev[0])
		fprintf(file, " in %s", vs->dev);
	fprintf(file, " flows %u\n", vs->stats.flows);
}

static void print_ways(FILE *file, const struct ksteer_vs *vs)
{
	__u32 *fields = NULL;
	char buf[128];

	fprintf(file,
		"    forward %s midstream %s reject %s unserved %s store %s",
		ksteer_name(&ksteer_forward_names, vs->forward),
		ksteer_name(&ksteer_midstream_names, vs->midstream),
		ksteer_name(&ksteer_reject_names, vs->reject),
		ksteer_name(&ksteer_unserved_names, vs->unserved),
		ksteer_name(&ksteer_store_names, vs->store));
	if (vs->flags)
		fprintf(file, " flags %s",
			ksteer_mask_names(&ksteer_vs_flags_names, vs->flags,
					  buf, sizeof(buf)));
	while ((fields = ksteer_next(&vs->template, fields)))
		fprintf(file, " template %s",
			ksteer_mask_names(&ksteer_field_names, *fields, buf,
					  sizeof(buf)));
	if (vs->persist) {
		fprintf(file, " persist %s",
			ksteer_format_time(vs->persist * 1000ULL, buf));
		fprintf(file, " persist-prefix %u persist-prefix6 %u",
			vs->persist_prefix, vs->persist_prefix6);
	}
	if (*vs->persist_group)
		fprintf(file, " persist-group %s", vs->persist_group);
	if (vs->max_flows)
		fprintf(file, " max-flows %u", vs->max_flows);
	if (vs->events)
		fprintf(file, " events %s",
			ksteer_mask_names(&ksteer_event_mask_names, vs->events,
					  buf, sizeof(buf)));
	fputc('\n', file);
}

static void print_more(FILE *file, const struct ksteer_vs *vs)
{
	const struct ksteer_object *object = &ksteer_timeouts_object;
	char buf[KSTEER_TIME_STRLEN];
	unsigned int i;
	__u32 *seconds;

	fputs("    timeouts", file);
	for (i = 0; i < object->count; i++) {
		seconds = ksteer_member_of(&vs->timeouts, &object->attrs[i]);
		fprintf(file, " %s %s", object->attrs[i].name,
			ksteer_format_time(*seconds * 1000ULL, buf));
	}
	fprintf(file,
		"\n    total %llu packets %llu bytes %llu reply-packets %llu reply-bytes %llu\n",
		vs->stats.flows_total, vs->stats.packets, vs->stats.bytes,
		vs->stats.reply_packets, vs->stats.reply_bytes);
}

static const struct ksteer_pool *find_pool(const struct ksteer_list *pools,
					   const char *name)
{
	const struct ksteer_pool *pool = NULL;

	while ((pool = ksteer_next(pools, pool))) {
		if (!strcmp(pool->name, name))
			return pool;
	}
	return NULL;
}

static void member_heads(struct table *table, bool stats)
{
	ksteer_table_head(table, "TM");
	ksteer_table_head(table, "STATE");
	ksteer_table_head(table, "USABLE");
	ksteer_table_head(table, ">WEIGHT");
	ksteer_table_head(table, ">FLOWS");
	ksteer_table_head(table, ">SHARE");
	if (stats)
		ksteer_stats_heads(table);
}

static void member_cells(struct table *table,
			 const struct ksteer_member *member,
			 const struct ksteer_tm *tm, unsigned long long all,
			 bool stats)
{
	ksteer_table_cell(table, "%s", member->tm);
	ksteer_table_cell(table, "%s",
			  ksteer_name(&ksteer_tm_state_names, tm->state));
	ksteer_table_cell(table, "%s", member->usable ? "yes" : "no");
	ksteer_table_cell(table, "%u", tm->weight);
	ksteer_table_cell(table, "%u", tm->stats.flows);
	ksteer_table_cell(table, "%.1f%%",
			  all ? 100.0 * tm->stats.flows / all : 0);
	if (stats)
		ksteer_stats_cells(table, &tm->stats);
}

/* Flows are counted a traffic manager, over all virtual servers */
static void print_pool(FILE *file, const struct ksteer_vs *vs,
		       const struct view *view, bool stats)
{
	const struct ksteer_pool *pool = find_pool(&view->pools, vs->pool);
	const struct ksteer_member *member = NULL;
	const struct ksteer_tm *tm;
	unsigned long long all = 0;
	struct table table = { 0 };

	if (!pool)
		return;
	fprintf(file, "    pool %s sched %s\n", pool->name,
		ksteer_name(&ksteer_sched_names, pool->sched));
	while ((member = ksteer_next(&pool->member, member))) {
		tm = ksteer_find_tm(&view->tms, member->tm);
		all += tm ? tm->stats.flows : 0;
	}
	member_heads(&table, stats);
	while ((member = ksteer_next(&pool->member, member))) {
		tm = ksteer_find_tm(&view->tms, member->tm);
		if (tm)
			member_cells(&table, member, tm, all, stats);
	}
	ksteer_table_print(&table, file, "        ");
}

static int print_all(struct cli *cli, const struct ksteer_list *list)
{
	struct ksteer_vs *vs = NULL;
	struct view view = { 0 };
	int err = CLI_OK;

	if (ksteer_collect(cli->nl, KSTEER_CMD_POOL_GET, &ksteer_pool_object,
			   &view.pools) ||
	    ksteer_collect(cli->nl, KSTEER_CMD_TM_GET, &ksteer_tm_object,
			   &view.tms))
		err = ksteer_cli_failed(cli);
	while ((vs = ksteer_next(list, vs))) {
		if (err)
			break;
		print_match(cli->out.file, vs);
		print_ways(cli->out.file, vs);
		if (cli->stats)
			print_more(cli->out.file, vs);
		print_pool(cli->out.file, vs, &view, cli->stats);
	}
	ksteer_list_free(&view.pools, &ksteer_pool_object);
	ksteer_list_free(&view.tms, &ksteer_tm_object);
	return err;
}

static int run_show(struct cli *cli, struct args *args)
{
	struct ksteer_list list = { 0 };
	int err;

	err = ksteer_show_list(cli, args, KSTEER_CMD_VS_GET, &list);
	if (!err && cli->out.json)
		ksteer_show_json(cli, &ksteer_vs_object, &list);
	else if (!err)
		err = print_all(cli, &list);
	ksteer_list_free(&list, &ksteer_vs_object);
	return err;
}

static const struct verb verbs[] = {
	{ "add", "add a virtual server", &ksteer_vs_object, ksteer_vs_terms, 0,
	  run_add },
	{ "set", "change a virtual server; what is not named stays",
	  &ksteer_vs_object, ksteer_vs_terms, TERM_MATCH, run_set },
	{ "del", "delete a virtual server; its flows are forgotten",
	  &ksteer_vs_object, name_terms, 0, run_del },
	{ "show", "show one virtual server, or all", &ksteer_vs_object,
	  show_terms, 0, run_show },
	VERB_END
};

static const struct command vs_command = {
	.name = "vs",
	.help = "virtual servers: which packets are steered, and how",
	.verbs = verbs,
};

REGISTER_COMMAND(vs_command);

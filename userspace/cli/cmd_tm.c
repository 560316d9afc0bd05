// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksteer tm: traffic managers.
 */
#include <string.h>

#include "parse.h"
#include "ports.h"
#include "show.h"

/* One keyword for both families: the attribute follows from the address */
static int parse_via(struct args *args, const struct term *term, void *model)
{
	const char *word = ksteer_args_take(args, term);
	struct ksteer_ip ip;
	unsigned int id = term->attr;

	if (!word)
		return CLI_USAGE;
	if (!ksteer_parse_ip(word, &ip) && ip.len == 16)
		id = id == KSTEER_A_TM_VIA ? KSTEER_A_TM_VIA6 :
					     KSTEER_A_TM_REPLY_VIA6;
	if (ksteer_has(model, id))
		return ksteer_args_usage(args, "a second '%s' of one family",
					 term->word);
	return ksteer_args_value(args, term, id, word, model);
}

static void save_via(FILE *file, const struct term *term, const void *model)
{
	const struct ksteer_tm *tm = model;
	bool reply = term->attr == KSTEER_A_TM_REPLY_VIA;
	const struct ksteer_ip *v4 = reply ? &tm->reply_via : &tm->via;
	const struct ksteer_ip *v6 = reply ? &tm->reply_via6 : &tm->via6;
	char buf[KSTEER_IP_STRLEN];

	if (v4->len)
		fprintf(file, " %s %s", term->word, ksteer_format_ip(v4, buf));
	if (v6->len)
		fprintf(file, " %s %s", term->word, ksteer_format_ip(v6, buf));
}

static int parse_on_down(struct args *args, const struct term *term,
			 void *model)
{
	return ksteer_args_value(args, term, KSTEER_A_TM_ON_DOWN, term->word,
				 model);
}

#define NAME_TERM                                                        \
	{                                                                \
		.arg = "NAME", .attr = KSTEER_A_TM_NAME, .hint = HINT_TM \
	}

static const struct term set_terms[] = {
	NAME_TERM,
	{ .word = "via",
	  .arg = "ADDR",
	  .attr = KSTEER_A_TM_VIA,
	  .flags = TERM_REPEAT,
	  .parse = parse_via,
	  .save = save_via },
	{ .word = "dev", .arg = "DEV", .attr = KSTEER_A_TM_DEV },
	{ .word = "reply-via",
	  .arg = "ADDR",
	  .attr = KSTEER_A_TM_REPLY_VIA,
	  .flags = TERM_REPEAT,
	  .parse = parse_via,
	  .save = save_via },
	{ .word = "reply-dev", .arg = "DEV", .attr = KSTEER_A_TM_REPLY_DEV },
	{ .word = "weight", .arg = "N", .attr = KSTEER_A_TM_WEIGHT },
	{ .word = "state", .attr = KSTEER_A_TM_STATE },
	{ .word = "on-down", .attr = KSTEER_A_TM_ON_DOWN },
	{ .word = "drain-timeout",
	  .arg = "TIME",
	  .attr = KSTEER_A_TM_DRAIN_TIMEOUT },
	{ .word = "max-flows", .arg = "N", .attr = KSTEER_A_TM_MAX_FLOWS },
	{ .word = "on-fail", .attr = KSTEER_A_TM_ON_FAIL },
	{ .word = "fail-timeout",
	  .arg = "TIME",
	  .attr = KSTEER_A_TM_FAIL_TIMEOUT },
	{ .word = "on-drain", .attr = KSTEER_A_TM_ON_DRAIN },
	{ .word = "station",
	  .arg = "MAC,...|none",
	  .attr = KSTEER_A_TM_STATION },
	{ .word = "source", .attr = KSTEER_A_TM_SOURCE },
	TERM_END
};

static const struct term name_terms[] = { NAME_TERM, TERM_END };

static const struct term show_terms[] = { { .arg = "NAME",
					    .attr = KSTEER_A_TM_NAME,
					    .flags = TERM_OPTIONAL,
					    .hint = HINT_TM },
					  TERM_END };

static const struct term drain_terms[] = {
	NAME_TERM,
	{ .word = "timeout", .arg = "TIME", .attr = KSTEER_A_TM_DRAIN_TIMEOUT },
	TERM_END
};

static const struct term down_terms[] = {
	NAME_TERM,
	{ .word = "reselect", .flags = TERM_BARE, .parse = parse_on_down },
	{ .word = "forget", .flags = TERM_BARE, .parse = parse_on_down },
	TERM_END
};

static int run_add(struct cli *cli, struct args *args)
{
	struct ksteer_tm tm = { 0 };
	int err;

	err = ksteer_args_parse(args, &tm);
	if (err)
		return err;
	if (!ksteer_cli_nl(cli))
		return CLI_LOCAL;
	return ksteer_add(cli, KSTEER_CMD_TM_NEW, KSTEER_CMD_TM_SET,
			  &ksteer_tm_object, &tm);
}

static void print_moved(FILE *file, const void *model, void *arg)
{
	const struct ksteer_tm *tm = model;

	(void)arg;
	fprintf(file, "moved %u forgotten %u", tm->moved, tm->forgotten);
	if (ksteer_has(tm, KSTEER_A_TM_LEAVING))
		fprintf(file, " leaving %u", tm->leaving);
	fputc('\n', file);
}

/* The kernel answers with what became of the flows when the state changed */
static int send_set(struct cli *cli, const struct ksteer_tm *tm, bool tell)
{
	struct ksteer_nl *nl = ksteer_cli_nl(cli);
	struct ksteer_tm answer = { 0 };

	if (!nl)
		return CLI_LOCAL;
	if (ksteer_query(nl, KSTEER_CMD_TM_SET, &ksteer_tm_object, tm, &answer))
		return ksteer_cli_failed(cli);
	if (tell && answer.has)
		ksteer_out_one(&cli->out, &ksteer_tm_object, &answer,
			       print_moved, NULL);
	return CLI_OK;
}

static int run_set(struct cli *cli, struct args *args)
{
	struct ksteer_tm tm = { 0 };
	int err;

	err = ksteer_args_parse(args, &tm);
	if (err)
		return err;
	return send_set(cli, &tm,
			ksteer_has(&tm, KSTEER_A_TM_STATE) &&
				tm.state != KSTEER_TM_STATE_UP);
}

static int change_state(struct cli *cli, struct args *args, __u32 state)
{
	struct ksteer_tm tm = { 0 };
	int err;

	err = ksteer_args_parse(args, &tm);
	if (err)
		return err;
	tm.state = state;
	ksteer_mark(&tm, KSTEER_A_TM_STATE);
	return send_set(cli, &tm, state != KSTEER_TM_STATE_UP);
}

static int run_up(struct cli *cli, struct args *args)
{
	return change_state(cli, args, KSTEER_TM_STATE_UP);
}

static int run_drain(struct cli *cli, struct args *args)
{
	return change_state(cli, args, KSTEER_TM_STATE_DRAIN);
}

static int run_down(struct cli *cli, struct args *args)
{
	return change_state(cli, args, KSTEER_TM_STATE_DOWN);
}

static int run_del(struct cli *cli, struct args *args)
{
	struct ksteer_tm tm = { 0 };

	return ksteer_send(cli, args, KSTEER_CMD_TM_DEL, &tm);
}

static void heads(struct table *table, bool stats)
{
	ksteer_table_head(table, "NAME");
	ksteer_table_head(table, "STATE");
	ksteer_table_head(table, "OPER");
	ksteer_table_head(table, ">WEIGHT");
	ksteer_table_head(table, ">FLOWS");
	ksteer_table_head(table, "VIA");
	ksteer_table_head(table, "VIA6");
	ksteer_table_head(table, "DEV");
	ksteer_table_head(table, "REPLY-VIA");
	ksteer_table_head(table, "REPLY-VIA6");
	ksteer_table_head(table, "REPLY-DEV");
	ksteer_table_head(table, "ON-DOWN");
	ksteer_table_head(table, ">DRAIN");
	ksteer_table_head(table, ">LEFT");
	ksteer_table_head(table, ">LEAVING");
	ksteer_table_head(table, ">MAX-FLOWS");
	ksteer_table_head(table, "ON-FAIL");
	ksteer_table_head(table, ">AFTER");
	ksteer_table_head(table, "ON-DRAIN");
	ksteer_table_head(table, "STATION");
	ksteer_table_head(table, "SOURCE");
	if (!stats)
		return;
	ksteer_table_head(table, ">FAILURES");
	ksteer_stats_heads(table);
}

static void cell_ip(struct table *table, const struct ksteer_ip *ip)
{
	char buf[KSTEER_IP_STRLEN];

	ksteer_table_cell(table, "%s",
			  ip->len ? ksteer_format_ip(ip, buf) : "");
}

static void cell_limits(struct table *table, const struct ksteer_tm *tm)
{
	char buf[KSTEER_TIME_STRLEN];

	ksteer_table_cell(table, "%s",
			  ksteer_name(&ksteer_on_down_names, tm->on_down));
	ksteer_format_time(tm->drain_timeout * 1000ULL, buf);
	ksteer_table_cell(table, "%s", tm->drain_timeout ? buf : "");
	if (ksteer_has(tm, KSTEER_A_TM_DRAIN_LEFT))
		ksteer_table_cell(table, "%u.%us", tm->drain_left / 1000,
				  tm->drain_left % 1000 / 100);
	else
		ksteer_table_cell(table, "%s", "");
	ksteer_table_cell(table, tm->leaving ? "%u" : "", tm->leaving);
	ksteer_table_cell(table, tm->max_flows ? "%u" : "", tm->max_flows);
}

/* What most leave as it is, is not shown then */
static void cell_rare(struct table *table, const struct ksteer_names *names,
		      __u32 value)
{
	ksteer_table_cell(table, "%s", value ? ksteer_name(names, value) : "");
}

static void cell_source(struct table *table, const struct ksteer_tm *tm)
{
	char time[KSTEER_TIME_STRLEN], macs[KSTEER_MACS_STRLEN];

	cell_rare(table, &ksteer_on_fail_names, tm->on_fail);
	ksteer_format_time(tm->fail_timeout * 1000ULL, time);
	ksteer_table_cell(table, "%s", tm->fail_timeout ? time : "");
	cell_rare(table, &ksteer_on_drain_names, tm->on_drain);
	ksteer_table_cell(table, "%s",
			  tm->station.count ?
				  ksteer_format_macs(&tm->station, macs) :
				  "");
	cell_rare(table, &ksteer_tm_source_names, tm->source);
}

static void cells(struct table *table, const struct ksteer_tm *tm, bool stats)
{
	char oper[128];

	ksteer_table_cell(table, "%s", tm->name);
	ksteer_table_cell(table, "%s",
			  ksteer_name(&ksteer_tm_state_names, tm->state));
	ksteer_table_cell(table, "%s",
			  tm->oper ? ksteer_mask_names(&ksteer_tm_oper_names,
						       tm->oper, oper,
						       sizeof(oper)) :
				     "");
	ksteer_table_cell(table, "%u", tm->weight);
	ksteer_table_cell(table, "%u", tm->stats.flows);
	cell_ip(table, &tm->via);
	cell_ip(table, &tm->via6);
	ksteer_table_cell(table, "%s", tm->dev);
	cell_ip(table, &tm->reply_via);
	cell_ip(table, &tm->reply_via6);
	ksteer_table_cell(table, "%s", tm->reply_dev);
	cell_limits(table, tm);
	cell_source(table, tm);
	if (!stats)
		return;
	ksteer_table_cell(table, "%llu", tm->neigh_failures);
	ksteer_stats_cells(table, &tm->stats);
}

static int run_show(struct cli *cli, struct args *args)
{
	struct ksteer_list list = { 0 };
	struct ksteer_tm *tm = NULL;
	struct table table = { 0 };
	int err;

	err = ksteer_show_list(cli, args, KSTEER_CMD_TM_GET, &list);
	if (!err && cli->out.json) {
		ksteer_show_json(cli, &ksteer_tm_object, &list);
	} else if (!err) {
		heads(&table, cli->stats);
		while ((tm = ksteer_next(&list, tm)))
			cells(&table, tm, cli->stats);
		ksteer_table_print(&table, cli->out.file, "");
	}
	ksteer_list_free(&list, &ksteer_tm_object);
	return err;
}

static const struct verb verbs[] = {
	{ "add", "add a traffic manager", &ksteer_tm_object, set_terms, 0,
	  run_add },
	{ "set", "change a traffic manager; what is not named stays",
	  &ksteer_tm_object, set_terms, 0, run_set },
	{ "del", "delete a traffic manager that is in no pool",
	  &ksteer_tm_object, name_terms, 0, run_del },
	{ "show", "show one traffic manager, or all", &ksteer_tm_object,
	  show_terms, 0, run_show },
	{ "up", "give new flows to a traffic manager", &ksteer_tm_object,
	  name_terms, 0, run_up },
	{ "drain", "let a traffic manager keep its flows and get no new ones",
	  &ksteer_tm_object, drain_terms, 0, run_drain },
	{ "down", "take a traffic manager out of service now",
	  &ksteer_tm_object, down_terms, 0, run_down },
	{ "ports", "list source ports whose answers come back to it",
	  &ksteer_ports_object, ksteer_ports_terms, 0, ksteer_ports_run },
	VERB_END
};

static const struct command tm_command = {
	.name = "tm",
	.help = "traffic managers, which flows are given to",
	.verbs = verbs,
};

REGISTER_COMMAND(tm_command);

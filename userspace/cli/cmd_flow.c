// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksteer flow: entries of the connection store.
 */
#include <string.h>

#include "flow_load.h"
#include "flow_terms.h"
#include "flow_text.h"
#include "parse.h"
#include "show.h"

static const struct term load_terms[] = { { .arg = "FILE|-",
					    .flags = TERM_OPTIONAL },
					  TERM_END };

struct showing {
	struct cli *cli;
	struct flow_text text;
};

static int show_one(const struct ksteer_object *object, void *model, void *arg)
{
	struct showing *showing = arg;

	ksteer_out_put(&showing->cli->out, object, model, ksteer_flow_text,
		       &showing->text);
	return 0;
}

static int run_show(struct cli *cli, struct args *args)
{
	struct showing showing = { cli, { .stats = cli->stats } };
	struct ksteer_flow filter = { 0 };
	int err;

	err = ksteer_args_parse(args, &filter);
	if (err)
		return err;
	if (!ksteer_cli_nl(cli))
		return CLI_LOCAL;
	ksteer_out_begin(&cli->out);
	err = ksteer_dump_flows(cli->nl, &filter, show_one, &showing);
	ksteer_out_end(&cli->out);
	if (err < 0)
		return ksteer_cli_failed(cli);
	if (err == KSTEER_NL_INTERRUPTED)
		fprintf(stderr,
			"Warning: the store was resized meanwhile: flows may be shown twice\n");
	return CLI_OK;
}

static int run_get(struct cli *cli, struct args *args)
{
	struct ksteer_flows request = { 0 }, answer = { 0 };
	struct showing showing = { cli, { .stats = true } };
	struct ksteer_flow key = { 0 };
	int err;

	err = ksteer_args_parse(args, &key);
	if (err)
		return err;
	if (!ksteer_cli_nl(cli))
		return CLI_LOCAL;
	request.flow.items = &key;
	request.flow.count = 1;
	ksteer_mark(&request, KSTEER_A_FLOWS_FLOW);
	err = ksteer_query(cli->nl, KSTEER_CMD_FLOW_GET, &ksteer_flows_object,
			   &request, &answer);
	if (!err) {
		ksteer_out_begin(&cli->out);
		if (answer.flow.count)
			show_one(&ksteer_flow_object, answer.flow.items,
				 &showing);
		ksteer_out_end(&cli->out);
	}
	ksteer_object_free(&ksteer_flows_object, &answer);
	return err ? ksteer_cli_failed(cli) : CLI_OK;
}

static int change(struct cli *cli, struct args *args, int cmd)
{
	struct ksteer_flow flow = { 0 };
	int err;

	err = cmd == KSTEER_CMD_FLOW_NEW ? ksteer_flow_parse(args, &flow) :
					   ksteer_args_parse(args, &flow);
	if (!err)
		err = ksteer_flow_change(cli, cmd, &flow, NULL);
	ksteer_object_free(&ksteer_flow_object, &flow);
	return err;
}

static int run_add(struct cli *cli, struct args *args)
{
	return change(cli, args, KSTEER_CMD_FLOW_NEW);
}

static int run_set(struct cli *cli, struct args *args)
{
	return change(cli, args, KSTEER_CMD_FLOW_SET);
}

static int run_del(struct cli *cli, struct args *args)
{
	return change(cli, args, KSTEER_CMD_FLOW_DEL);
}

static void put_count(struct cli *cli, __u32 count)
{
	fprintf(cli->out.file,
		cli->out.json ? "{\"count\":%u}\n" : "deleted %u\n", count);
}

static int run_flush(struct cli *cli, struct args *args)
{
	struct ksteer_flows request = { 0 }, answer = { 0 };
	int err;

	if (!args->count)
		return ksteer_args_usage(args, "a filter or 'all' is missing");
	err = ksteer_args_parse(args, &request.filter);
	if (err)
		return err;
	if (!ksteer_cli_nl(cli))
		return CLI_LOCAL;
	ksteer_mark(&request, KSTEER_A_FLOWS_FILTER);
	err = ksteer_query(cli->nl, KSTEER_CMD_FLOW_DEL, &ksteer_flows_object,
			   &request, &answer);
	if (!err)
		put_count(cli, answer.count);
	ksteer_object_free(&ksteer_flows_object, &answer);
	return err ? ksteer_cli_failed(cli) : CLI_OK;
}

static int run_load(struct cli *cli, struct args *args);

static const struct verb verbs[] = {
	{ "show", "show the flows that agree with all that is named",
	  &ksteer_flow_object, ksteer_flow_filter_terms, TERM_ALL, run_show },
	{ "get", "show the flow of one key", &ksteer_flow_object,
	  ksteer_flow_key_terms, TERM_OWNER | TERM_ARRIVAL | TERM_CHANGE,
	  run_get },
	{ "add", "store a flow", &ksteer_flow_object, ksteer_flow_key_terms,
	  TERM_ARRIVAL | TERM_CHANGE, run_add },
	{ "load", "store the flows of a file; a line has the words of 'add'",
	  &ksteer_flow_object, load_terms, 0, run_load },
	{ "set", "change a flow that is stored", &ksteer_flow_object,
	  ksteer_flow_key_terms, TERM_OWNER | TERM_ARRIVAL | TERM_PARTIAL,
	  run_set },
	{ "del", "delete the flow of one key", &ksteer_flow_object,
	  ksteer_flow_key_terms, TERM_OWNER | TERM_ARRIVAL | TERM_CHANGE,
	  run_del },
	{ "flush", "delete the flows that agree with all that is named",
	  &ksteer_flow_object, ksteer_flow_filter_terms, 0, run_flush },
	VERB_END
};

static const struct command flow_command = {
	.name = "flow",
	.help = "flows: entries of the connection store",
	.verbs = verbs,
};

static int run_load(struct cli *cli, struct args *args)
{
	const struct verb *line;
	bool unclear;

	line = ksteer_verb_find(&flow_command, "add", &unclear);
	return ksteer_flow_load(cli, args, line);
}

REGISTER_COMMAND(flow_command);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows of a file, many a message.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow_load.h"
#include "flow_terms.h"
#include "parse.h"

#define LINE_WORDS 80

/* Flows a message: at their longest they need about 170 KiB */
#define LOAD_FLOWS 256

/**
 * struct load - a file being read
 * @cli: run
 * @args: words of 'flow load'
 * @line: verb that a line is read as
 * @path: name for messages
 * @flows: flows not yet sent
 * @lines: their line numbers
 * @number: line number
 * @stored: flows that the kernel took
 */
struct load {
	struct cli *cli;
	const struct args *args;
	const struct verb *line;
	const char *path;
	struct ksteer_flows flows;
	int lines[LOAD_FLOWS];
	int number;
	unsigned long long stored;
};

static int failed_at(const struct load *load, int line, int err)
{
	fflush(load->cli->out.file);
	fprintf(stderr, "Command failed %s:%d\n", load->path, line);
	return err;
}

static int flush_flows(struct load *load)
{
	struct ksteer_flows answer = { 0 };
	size_t index;
	int err;

	if (!load->flows.flow.count)
		return CLI_OK;
	ksteer_mark(&load->flows, KSTEER_A_FLOWS_FLOW);
	err = ksteer_query(load->cli->nl, KSTEER_CMD_FLOW_NEW,
			   &ksteer_flows_object, &load->flows, &answer);
	load->stored += answer.count;
	ksteer_object_free(&ksteer_flows_object, &answer);
	if (err) {
		err = ksteer_cli_failed(load->cli);
		index = ksteer_nl_error(load->cli->nl)->index;
		if (index < load->flows.flow.count)
			failed_at(load, load->lines[index], err);
	}
	ksteer_object_free(&ksteer_flows_object, &load->flows);
	return err;
}

static int read_line(struct load *load, char *line)
{
	char *words[LINE_WORDS];
	struct args args = {
		.words = words,
		.command = load->args->command,
		.verb = load->line,
	};
	struct ksteer_flow *flow;

	args.count = ksteer_parse_words(line, words, LINE_WORDS);
	if (args.count < 0) {
		fprintf(stderr, "Error: too many words or an open quote\n");
		return CLI_USAGE;
	}
	if (!args.count)
		return CLI_OK;
	load->lines[load->flows.flow.count] = load->number;
	flow = ksteer_list_add(&load->flows.flow, sizeof(*flow));
	return flow ? ksteer_flow_parse(&args, flow) : CLI_LOCAL;
}

static int read_flows(struct load *load, FILE *file)
{
	char *line = NULL;
	size_t size = 0;
	int err = CLI_OK;

	while (!err && getline(&line, &size, file) >= 0) {
		load->number++;
		err = read_line(load, line);
		if (err)
			failed_at(load, load->number, err);
		else if (load->flows.flow.count == LOAD_FLOWS)
			err = flush_flows(load);
	}
	free(line);
	if (!err && ferror(file)) {
		fprintf(stderr, "Error: cannot read '%s'\n", load->path);
		err = CLI_LOCAL;
	}
	if (!err)
		err = flush_flows(load);
	ksteer_object_free(&ksteer_flows_object, &load->flows);
	return err;
}

/**
 * ksteer_flow_load - store the flows of a file
 * @cli: run
 * @args: words of a verb with an optional FILE
 * @line: verb whose words a line holds
 *
 * Flows are sent in groups, each of which is stored whole or not at all.
 *
 * Return: exit code.
 */
int ksteer_flow_load(struct cli *cli, const struct args *args,
		     const struct verb *line)
{
	const char *path = ksteer_args_file(args);
	struct load load = {
		.cli = cli, .args = args, .line = line, .path = path
	};
	FILE *file;
	int err;

	if (args->count > 1)
		return ksteer_args_usage(args, "unknown keyword '%s'",
					 args->words[1]);
	if (!ksteer_cli_nl(cli))
		return CLI_LOCAL;
	file = strcmp(path, "-") ? fopen(path, "r") : stdin;
	if (!file) {
		fprintf(stderr, "Error: cannot open '%s': %s\n", path,
			strerror(errno));
		return CLI_LOCAL;
	}
	err = read_flows(&load, file);
	if (file != stdin)
		fclose(file);
	if (cli->out.json)
		fprintf(cli->out.file, "{\"count\":%llu}\n", load.stored);
	else
		fprintf(cli->out.file, "stored %llu\n", load.stored);
	return err;
}

/**
 * ksteer_flow_change - store or delete one flow
 * @cli: run
 * @cmd: command
 * @flow: flow
 * @count: gets the number of entries changed, unless it is NULL
 *
 * Return: exit code.
 */
int ksteer_flow_change(struct cli *cli, int cmd, const struct ksteer_flow *flow,
		       __u32 *count)
{
	struct ksteer_flows request = { 0 }, answer = { 0 };
	struct ksteer_nl *nl = ksteer_cli_nl(cli);
	int err;

	if (!nl)
		return CLI_LOCAL;
	request.flow.items = (void *)flow;
	request.flow.count = 1;
	ksteer_mark(&request, KSTEER_A_FLOWS_FLOW);
	err = ksteer_query(nl, cmd, &ksteer_flows_object, &request, &answer);
	if (count)
		*count = answer.count;
	ksteer_object_free(&ksteer_flows_object, &answer);
	return err ? ksteer_cli_failed(cli) : CLI_OK;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs command lines: one, or those of a file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "help.h"
#include "parse.h"

#define LINE_WORDS 512

/**
 * ksteer_cli_nl - connection to the kernel module
 * @cli: run
 *
 * Return: the connection, or NULL after a message.
 */
struct ksteer_nl *ksteer_cli_nl(struct cli *cli)
{
	struct ksteer_error error;

	if (!cli->nl) {
		cli->nl = ksteer_nl_open(&error);
		if (!cli->nl)
			fprintf(stderr, "Error: %s\n", error.text);
	}
	return cli->nl;
}

/**
 * ksteer_cli_failed - say why a request failed
 * @cli: run
 *
 * Return: exit code.
 */
int ksteer_cli_failed(struct cli *cli)
{
	const struct ksteer_error *error = ksteer_nl_error(cli->nl);

	fflush(cli->out.file);
	fprintf(stderr, "Error: %s\n", error->text);
	return error->refused ? CLI_REFUSED : CLI_LOCAL;
}

static bool asks_help(int count, char **words)
{
	return count &&
	       (!strcmp(words[0], "help") || !strcmp(words[0], "-help") ||
		!strcmp(words[0], "--help") || !strcmp(words[0], "-h"));
}

static int run_verb(struct cli *cli, const struct command *command,
		    const struct verb *verb, int count, char **words)
{
	struct args args = {
		.words = words,
		.count = count,
		.command = command,
		.verb = verb,
		.absent = cli->restoring || cli->force,
	};

	if (count == 1 && !command->hidden && asks_help(count, words)) {
		ksteer_help_verb(cli->out.file, command, verb);
		return CLI_OK;
	}
	return verb->run(cli, &args);
}

static int run_command(struct cli *cli, const struct command *command,
		       int count, char **words)
{
	const struct verb *verb;
	bool unclear;

	if (asks_help(count, words)) {
		ksteer_help_command(cli->out.file, command);
		return CLI_OK;
	}
	if (!command->verbs->name)
		return run_verb(cli, command, command->verbs, count, words);
	/* As of ip(8), what does not say what to do shows */
	verb = ksteer_verb_find(command, count ? words[0] : "show", &unclear);
	if (verb)
		return run_verb(cli, command, verb, count ? count - 1 : 0,
				words + 1);
	if (!count)
		fprintf(stderr, "Error: a verb is missing in '%s'\n",
			command->name);
	else
		fprintf(stderr, "Error: %s verb '%s' in '%s'\n",
			unclear ? "ambiguous" : "unknown", words[0],
			command->name);
	fprintf(stderr, "Try 'ksteer %s help'.\n", command->name);
	return CLI_USAGE;
}

/**
 * ksteer_cli_run - run a command line
 * @cli: run
 * @count: number of words behind the options
 * @words: the words
 *
 * Return: exit code.
 */
int ksteer_cli_run(struct cli *cli, int count, char **words)
{
	const struct command *command;
	bool unclear;

	if (!count) {
		ksteer_help(stderr);
		return CLI_USAGE;
	}
	if (asks_help(count, words)) {
		ksteer_help(cli->out.file);
		return CLI_OK;
	}
	command = ksteer_command_find(words[0], &unclear);
	if (command)
		return run_command(cli, command, count - 1, words + 1);
	fprintf(stderr, "Error: %s command '%s'\nTry 'ksteer help'.\n",
		unclear ? "ambiguous" : "unknown", words[0]);
	return CLI_USAGE;
}

static int run_line(struct cli *cli, char *line)
{
	char *words[LINE_WORDS];
	int count = ksteer_parse_words(line, words, LINE_WORDS);

	if (count < 0) {
		fprintf(stderr, "Error: too many words or an open quote\n");
		return CLI_USAGE;
	}
	return count ? ksteer_cli_run(cli, count, words) : CLI_OK;
}

static int run_lines(struct cli *cli, FILE *file, const char *path)
{
	int result = CLI_OK, err, number = 0;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, file) >= 0) {
		number++;
		err = run_line(cli, line);
		/* What follows on stderr speaks of what comes later */
		fflush(cli->out.file);
		if (!err)
			continue;
		fprintf(stderr, "Command failed %s:%d\n", path, number);
		result = result ? result : err;
		if (!cli->force)
			break;
	}
	free(line);
	if (ferror(file)) {
		fprintf(stderr, "Error: cannot read '%s'\n", path);
		return CLI_LOCAL;
	}
	return result;
}

/**
 * ksteer_cli_file - run the command lines of a file
 * @cli: run
 * @path: file, "-" for the standard input
 *
 * Return: exit code, the first one that is not CLI_OK.
 */
int ksteer_cli_file(struct cli *cli, const char *path)
{
	bool standard = !strcmp(path, "-");
	FILE *file;
	int err;

	if (cli->depth) {
		fprintf(stderr, "Error: a file of commands inside another\n");
		return CLI_USAGE;
	}
	file = standard ? stdin : fopen(path, "r");
	if (!file) {
		fprintf(stderr, "Error: cannot open '%s': %s\n", path,
			strerror(errno));
		return CLI_LOCAL;
	}
	cli->depth++;
	err = run_lines(cli, file, standard ? "-" : path);
	cli->depth--;
	if (!standard)
		fclose(file);
	return err;
}

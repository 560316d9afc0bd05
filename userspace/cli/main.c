// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksteer: options, then the command.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "help.h"

#define OUTPUT_BYTES (64 * 1024)

/**
 * struct options - what the command line says before the command
 * @netns: name or path of a network namespace, or NULL
 * @batch: file of commands, or NULL
 * @version: print the version
 * @next: first word behind the options
 */
struct options {
	const char *netns;
	const char *batch;
	bool version;
	int next;
};

/* An option may be shortened to @least letters; a second dash is forgiven */
static bool is_option(const char *word, const char *option, size_t least)
{
	size_t len;

	word += word[1] == '-' ? 2 : 1;
	len = strlen(word);
	return len >= least && !strncmp(word, option, len);
}

static bool set_switch(struct cli *cli, struct options *options,
		       const char *word)
{
	if (is_option(word, "json", 1))
		cli->out.json = true;
	else if (is_option(word, "pretty", 1))
		cli->out.pretty = true;
	else if (is_option(word, "statistics", 1) ||
		 is_option(word, "stats", 1))
		cli->stats = true;
	else if (is_option(word, "timestamp", 1))
		cli->timestamp = true;
	else if (is_option(word, "force", 1))
		cli->force = true;
	else if (is_option(word, "Version", 1))
		options->version = true;
	else
		return false;
	return true;
}

static int read_options(struct cli *cli, struct options *options, int argc,
			char **argv)
{
	const char **value;
	int i;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (is_option(argv[i], "help", 1))
			break;
		if (set_switch(cli, options, argv[i]))
			continue;
		if (is_option(argv[i], "netns", 1)) {
			value = &options->netns;
		} else if (is_option(argv[i], "batch", 1)) {
			value = &options->batch;
		} else {
			fprintf(stderr,
				"Error: unknown option '%s'\nTry 'ksteer help'.\n",
				argv[i]);
			return CLI_USAGE;
		}
		if (i + 1 >= argc) {
			fprintf(stderr, "Error: option '%s' needs a value\n",
				argv[i]);
			return CLI_USAGE;
		}
		*value = argv[++i];
	}
	options->next = i;
	return CLI_OK;
}

static int enter_netns(const char *name)
{
	char path[4096];
	int fd, err;

	snprintf(path, sizeof(path), "%s%s",
		 strchr(name, '/') ? "" : "/run/netns/", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		fprintf(stderr, "Error: no network namespace '%s': %s\n", name,
			strerror(errno));
		return CLI_LOCAL;
	}
	err = setns(fd, CLONE_NEWNET);
	if (err)
		fprintf(stderr,
			"Error: cannot enter the network namespace '%s': %s\n",
			name, strerror(errno));
	close(fd);
	return err ? CLI_LOCAL : CLI_OK;
}

static int run(struct cli *cli, const struct options *options, int argc,
	       char **argv)
{
	int err;

	if (options->version) {
		printf("ksteer %s\n", KSTEER_VERSION);
		return CLI_OK;
	}
	if (options->netns) {
		err = enter_netns(options->netns);
		if (err)
			return err;
	}
	if (!options->batch)
		return ksteer_cli_run(cli, argc - options->next,
				      argv + options->next);
	if (options->next < argc) {
		fprintf(stderr, "Error: unexpected word '%s' after -batch\n",
			argv[options->next]);
		return CLI_USAGE;
	}
	return ksteer_cli_file(cli, options->batch);
}

int main(int argc, char **argv)
{
	struct cli cli = { .out.file = stdout };
	struct options options = { 0 };
	int err;

	/* A million flows into a pipe; what must go at once is flushed */
	if (!isatty(STDOUT_FILENO))
		setvbuf(stdout, NULL, _IOFBF, OUTPUT_BYTES);
	err = read_options(&cli, &options, argc, argv);
	if (!err)
		err = run(&cli, &options, argc, argv);
	ksteer_nl_close(cli.nl);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "Error: cannot write the output: %s\n",
			strerror(errno));
		return err ? err : CLI_LOCAL;
	}
	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksteer save, ksteer restore: the configuration as command lines.
 */
#include "args.h"

/* What is saved, in the order in which it can be restored */
static const struct saved {
	const char *command;
	const char *verb;
	int get;
	const struct ksteer_object *object;
} saved[] = {
	{ "tm", "add", KSTEER_CMD_TM_GET, &ksteer_tm_object },
	{ "pool", "add", KSTEER_CMD_POOL_GET, &ksteer_pool_object },
	{ "vs", "add", KSTEER_CMD_VS_GET, &ksteer_vs_object },
	{ NULL, NULL, 0, NULL },
};

static const struct term no_terms[] = { TERM_END };

static const struct term restore_terms[] = { { .arg = "FILE|-",
					       .flags = TERM_OPTIONAL },
					     TERM_END };

/* The words of a verb are its parser's: what is printed can be read */
static void save_model(FILE *file, const char *command_name,
		       const char *verb_name,
		       const struct ksteer_object *object, const void *model)
{
	const struct command *command;
	const struct verb *verb;
	const struct term *term;
	bool unclear;

	command = ksteer_command_find(command_name, &unclear);
	verb = ksteer_verb_find(command, verb_name, &unclear);
	fprintf(file, "%s %s", command_name, verb_name);
	for (term = verb->terms; term->word || term->arg; term++)
		ksteer_term_save(file, object, term, model);
	fputc('\n', file);
}

static int save_objects(struct cli *cli, const struct saved *what)
{
	struct ksteer_list list = { 0 };
	const char *item;
	size_t i;
	int err;

	err = ksteer_collect(cli->nl, what->get, what->object, &list);
	for (i = 0; !err && i < list.count; i++) {
		item = (const char *)list.items + i * what->object->size;
		save_model(cli->out.file, what->command, what->verb,
			   what->object, item);
	}
	ksteer_list_free(&list, what->object);
	return err ? ksteer_cli_failed(cli) : CLI_OK;
}

static int run_save(struct cli *cli, struct args *args)
{
	struct ksteer_config config = { 0 };
	size_t i;
	int err;

	err = ksteer_args_parse(args, &config);
	if (err)
		return err;
	if (!ksteer_cli_nl(cli))
		return CLI_LOCAL;
	if (ksteer_query(cli->nl, KSTEER_CMD_CONFIG_GET, &ksteer_config_object,
			 NULL, &config))
		return ksteer_cli_failed(cli);
	save_model(cli->out.file, "config", "set", &ksteer_config_object,
		   &config);
	for (i = 0; !err && saved[i].object; i++)
		err = save_objects(cli, &saved[i]);
	return err;
}

/* Of a row of virtual servers, whatever is asked next is the end */
static int end_row(struct cli *cli)
{
	struct ksteer_config config = { 0 };
	bool row = cli->row;

	cli->row = false;
	if (!row || !ksteer_query(cli->nl, KSTEER_CMD_CONFIG_GET,
				  &ksteer_config_object, NULL, &config))
		return CLI_OK;
	return ksteer_cli_failed(cli);
}

static int run_restore(struct cli *cli, struct args *args)
{
	int err, end;

	if (args->count > 1)
		return ksteer_args_usage(args, "unknown keyword '%s'",
					 args->words[1]);
	cli->restoring = true;
	err = ksteer_cli_file(cli, ksteer_args_file(args));
	cli->restoring = false;
	end = end_row(cli);
	return err ? err : end;
}

static const struct verb save_verbs[] = {
	{ NULL, "print the configuration as 'ksteer restore' reads it",
	  &ksteer_config_object, no_terms, 0, run_save },
	VERB_END
};

static const struct verb restore_verbs[] = {
	{ NULL, "add what is missing and change what exists, as a file says",
	  &ksteer_config_object, restore_terms, 0, run_restore },
	VERB_END
};

static const struct command save_command = {
	.name = "save",
	.help = "print the configuration",
	.verbs = save_verbs,
};

static const struct command restore_command = {
	.name = "restore",
	.help = "configure as saved",
	.verbs = restore_verbs,
};

REGISTER_COMMAND(save_command);
REGISTER_COMMAND(restore_command);

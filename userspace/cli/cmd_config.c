// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksteer config: settings of the network namespace.
 */
#include "parse.h"
#include "show.h"

static const struct term set_terms[] = {
	{ .word = "max-flows", .arg = "N", .attr = KSTEER_A_CONFIG_MAX_FLOWS },
	{ .word = "max-open", .arg = "N", .attr = KSTEER_A_CONFIG_MAX_OPEN },
	{ .word = "young", .arg = "TIME", .attr = KSTEER_A_CONFIG_YOUNG },
	{ .word = "standby", .attr = KSTEER_A_CONFIG_STANDBY },
	TERM_END
};

static const struct term no_terms[] = { TERM_END };

static int run_set(struct cli *cli, struct args *args)
{
	struct ksteer_config config = { 0 };

	if (!args->count)
		return ksteer_args_usage(args, "a setting is missing");
	return ksteer_send(cli, args, KSTEER_CMD_CONFIG_SET, &config);
}

static void print_config(FILE *file, const void *model, void *arg)
{
	const struct ksteer_config *config = model;
	char buf[KSTEER_TIME_STRLEN];

	(void)arg;
	fprintf(file, "max-flows   %u\n", config->max_flows);
	fprintf(file, "max-open    %u\n", config->max_open);
	fprintf(file, "young       %s\n",
		ksteer_format_time(config->young * 1000ULL, buf));
	fprintf(file, "standby     %s\n",
		ksteer_name(&ksteer_switch_names, config->standby));
	fprintf(file, "flows       %u\n", config->flows);
	fprintf(file, "open        %u\n", config->open);
	fprintf(file, "generation  %u\n", config->generation);
}

static int run_show(struct cli *cli, struct args *args)
{
	struct ksteer_config config = { 0 };
	int err;

	err = ksteer_args_parse(args, &config);
	if (err)
		return err;
	if (!ksteer_cli_nl(cli))
		return CLI_LOCAL;
	if (ksteer_query(cli->nl, KSTEER_CMD_CONFIG_GET, &ksteer_config_object,
			 NULL, &config))
		return ksteer_cli_failed(cli);
	ksteer_out_one(&cli->out, &ksteer_config_object, &config, print_config,
		       NULL);
	return CLI_OK;
}

static const struct verb verbs[] = {
	{ "show", "show the settings", &ksteer_config_object, no_terms, 0,
	  run_show },
	{ "set", "change settings; what is not named stays",
	  &ksteer_config_object, set_terms, 0, run_set },
	VERB_END
};

static const struct command config_command = {
	.name = "config",
	.help = "settings of the network namespace",
	.verbs = verbs,
};

REGISTER_COMMAND(config_command);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksteer stats: event counters of the network namespace.
 */
#include "show.h"

static const struct term show_terms[] = { { .arg = "NAME",
					    .attr = KSTEER_A_COUNTER_NAME,
					    .flags = TERM_OPTIONAL },
					  TERM_END };

static int run_show(struct cli *cli, struct args *args)
{
	struct ksteer_counter *counter = NULL;
	struct ksteer_list list = { 0 };
	struct table table = { 0 };
	int err;

	err = ksteer_show_list(cli, args, KSTEER_CMD_STATS_GET, &list);
	if (!err && cli->out.json) {
		ksteer_show_json(cli, &ksteer_counter_object, &list);
	} else if (!err) {
		ksteer_table_head(&table, "COUNTER");
		ksteer_table_head(&table, ">VALUE");
		ksteer_table_head(&table, "MEANING");
		while ((counter = ksteer_next(&list, counter))) {
			ksteer_table_cell(&table, "%s", counter->name);
			ksteer_table_cell(&table, "%llu", counter->value);
			ksteer_table_cell(&table, "%s",
					  counter->doc ? counter->doc : "");
		}
		ksteer_table_print(&table, cli->out.file, "");
	}
	ksteer_list_free(&list, &ksteer_counter_object);
	return err;
}

static const struct verb verbs[] = { { "show", "show one counter, or all",
				       &ksteer_counter_object, show_terms, 0,
				       run_show },
				     VERB_END };

static const struct command stats_command = {
	.name = "stats",
	.help = "event counters of the network namespace",
	.verbs = verbs,
};

REGISTER_COMMAND(stats_command);

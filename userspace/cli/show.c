// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steps that the commands of several objects share.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "show.h"

/**
 * ksteer_show_list - get what a 'show' shows
 * @cli: run
 * @args: words of a verb whose only term is an optional NAME
 * @cmd: command that gets one object by its name, or dumps all
 * @list: empty list; to be freed, on failure too
 *
 * Return: exit code.
 */
int ksteer_show_list(struct cli *cli, struct args *args, int cmd,
		     struct ksteer_list *list)
{
	const struct ksteer_object *object = args->verb->object;
	bool one = args->count > 0;
	struct ksteer_nl *nl;
	void *model, *item;
	int err;

	model = calloc(1, object->size);
	if (!model)
		return CLI_LOCAL;
	err = ksteer_args_parse(args, model);
	nl = err ? NULL : ksteer_cli_nl(cli);
	if (!nl) {
		free(model);
		return err ? err : CLI_LOCAL;
	}
	if (one) {
		item = ksteer_list_add(list, object->size);
		err = item ? ksteer_query(nl, cmd, object, model, item) : -1;
	} else {
		err = ksteer_collect(nl, cmd, object, list);
	}
	free(model);
	return err ? ksteer_cli_failed(cli) : CLI_OK;
}

/**
 * ksteer_show_json - print objects as a JSON array
 * @cli: run
 * @object: what they are
 * @list: list of them
 */
void ksteer_show_json(struct cli *cli, const struct ksteer_object *object,
		      const struct ksteer_list *list)
{
	const char *item = list->items;
	size_t i;

	ksteer_out_begin(&cli->out);
	for (i = 0; i < list->count; i++)
		ksteer_out_put(&cli->out, object, item + i * object->size, NULL,
			       NULL);
	ksteer_out_end(&cli->out);
}

/**
 * ksteer_send - read the words and send what they say
 * @cli: run
 * @args: words
 * @cmd: command
 * @model: empty structure of the verb's object
 *
 * Return: exit code.
 */
int ksteer_send(struct cli *cli, struct args *args, int cmd, void *model)
{
	const struct ksteer_object *object = args->verb->object;
	struct ksteer_nl *nl;
	int err;

	err = ksteer_args_parse(args, model);
	if (!err) {
		nl = ksteer_cli_nl(cli);
		err = nl ? ksteer_request(nl, cmd, object, model) : CLI_LOCAL;
		if (err < 0)
			err = ksteer_cli_failed(cli);
	}
	ksteer_object_free(object, model);
	return err;
}

/**
 * ksteer_add - add an object; while restoring, change it if it exists
 * @cli: run with a connection
 * @add: command that adds
 * @set: command that changes
 * @object: what it is
 * @model: structure; stays the caller's
 *
 * Return: exit code.
 */
int ksteer_add(struct cli *cli, int add, int set,
	       const struct ksteer_object *object, void *model)
{
	int err = ksteer_request(cli->nl, add, object, model);

	if (err && cli->restoring && ksteer_nl_error(cli->nl)->code == EEXIST)
		err = ksteer_request(cli->nl, set, object, model);
	return err ? ksteer_cli_failed(cli) : CLI_OK;
}

/**
 * ksteer_find_tm - traffic manager of a name
 * @tms: list of struct ksteer_tm
 * @name: name
 *
 * Return: the element of the list, or NULL.
 */
const struct ksteer_tm *ksteer_find_tm(const struct ksteer_list *tms,
				       const char *name)
{
	const struct ksteer_tm *tm = NULL;

	while ((tm = ksteer_next(tms, tm))) {
		if (!strcmp(tm->name, name))
			return tm;
	}
	return NULL;
}

/**
 * ksteer_stats_heads - add the columns of an object's counters
 * @table: table without rows
 */
void ksteer_stats_heads(struct table *table)
{
	ksteer_table_head(table, ">TOTAL");
	ksteer_table_head(table, ">PACKETS");
	ksteer_table_head(table, ">BYTES");
	ksteer_table_head(table, ">R-PACKETS");
	ksteer_table_head(table, ">R-BYTES");
}

/**
 * ksteer_stats_cells - add the cells of an object's counters
 * @table: table
 * @stats: counters
 */
void ksteer_stats_cells(struct table *table, const struct ksteer_stats *stats)
{
	ksteer_table_cell(table, "%llu", stats->flows_total);
	ksteer_table_cell(table, "%llu", stats->packets);
	ksteer_table_cell(table, "%llu", stats->bytes);
	ksteer_table_cell(table, "%llu", stats->reply_packets);
	ksteer_table_cell(table, "%llu", stats->reply_bytes);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksteer monitor: events as they happen, one a line.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "flow_text.h"
#include "show.h"

#define STAMP_STRLEN 48

/* @position: that of the last flow event, 0 before the first */
struct watch {
	struct cli *cli;
	struct flow_text text;
	__u64 position;
};

/* The verb's object is only what carries the word: no attribute is sent */
struct choice {
	__u64 has;
	bool config;
	bool flow;
};

static int parse_group(struct args *args, const struct term *term, void *model)
{
	struct choice *choice = model;

	(void)args;
	choice->config |= !!strcmp(term->word, "flow");
	choice->flow |= !!strcmp(term->word, "config");
	return CLI_OK;
}

static const struct ksteer_object no_object = {
	.name = "groups",
	.size = sizeof(struct choice),
};

static const struct term terms[] = {
	{ .word = "config", .flags = TERM_BARE, .parse = parse_group },
	{ .word = "flow", .flags = TERM_BARE, .parse = parse_group },
	{ .word = "all", .flags = TERM_BARE, .parse = parse_group },
	TERM_END
};

static const char *stamp(char *buf)
{
	struct timespec now;
	struct tm local;
	size_t used;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &local);
	used = strftime(buf, STAMP_STRLEN, "%Y-%m-%dT%H:%M:%S", &local);
	snprintf(buf + used, STAMP_STRLEN - used, ".%06ld", now.tv_nsec / 1000);
	return buf;
}

static void print_json(struct watch *watch, const struct ksteer_object *object,
		       const void *model)
{
	json_t *event = json_object(), *body = ksteer_json(object, model);
	FILE *file = watch->cli->out.file;
	char buf[STAMP_STRLEN];

	if (watch->cli->timestamp)
		json_object_set_new(event, "timestamp",
				    json_string(stamp(buf)));
	json_object_set_new(event, "object", json_string(object->name));
	json_object_update(event, body);
	json_decref(body);
	json_dumpf(event, file, JSON_COMPACT);
	json_decref(event);
	fputc('\n', file);
}

/* Every setting that the event brings, as name and value */
static void print_settings(FILE *file, const struct ksteer_object *object,
			   const void *model)
{
	json_t *body = ksteer_json(object, model), *value;
	const char *key;
	char *text;

	json_object_foreach(body, key, value)
	{
		if (!strcmp(key, "event") || !strcmp(key, "stats") ||
		    !strcmp(key, "id") ||
		    (json_is_array(value) && !json_array_size(value)))
			continue;
		text = json_is_string(value) ?
			       strdup(json_string_value(value)) :
			       json_dumps(value,
					  JSON_COMPACT | JSON_ENCODE_ANY);
		fprintf(file, " %s %s", key, text ? text : "");
		free(text);
	}
	json_decref(body);
	fputc('\n', file);
}

static bool is_lost(const struct ksteer_flow *flow)
{
	return ksteer_has(flow, KSTEER_A_FLOW_EVENT) &&
	       flow->event == KSTEER_EVENT_LOST;
}

static void print_text(struct watch *watch, const struct ksteer_object *object,
		       const void *model)
{
	const struct ksteer_attr *attr = ksteer_attr_by_name(object, "event");
	FILE *file = watch->cli->out.file;
	const char *event = "change";
	char buf[STAMP_STRLEN];

	if (attr && ksteer_has(model, attr->id))
		event = ksteer_name(attr->names,
				    *(__u32 *)ksteer_member_of(model, attr));
	if (watch->cli->timestamp)
		fprintf(file, "%s ", stamp(buf));
	fprintf(file, "%s %s", object->name, event);
	if (object != &ksteer_flow_object || is_lost(model)) {
		print_settings(file, object, model);
		return;
	}
	fputc(' ', file);
	ksteer_flow_text(file, model, &watch->text);
}

static void print_one(struct watch *watch, const struct ksteer_object *object,
		      const void *model)
{
	if (watch->cli->out.json)
		print_json(watch, object, model);
	else
		print_text(watch, object, model);
}

/*
 * Flow events are numbered without a gap.  What this socket had no room for is
 * told in the same words as what the kernel had none for.
 */
static void print_gap(struct watch *watch, const struct ksteer_flow *flow)
{
	struct ksteer_flow lost = { .event = KSTEER_EVENT_LOST };

	if (!ksteer_has(flow, KSTEER_A_FLOW_POSITION))
		return;
	lost.position = flow->position - 1;
	lost.lost = lost.position - watch->position;
	if (watch->position && lost.lost) {
		ksteer_mark(&lost, KSTEER_A_FLOW_EVENT);
		ksteer_mark(&lost, KSTEER_A_FLOW_POSITION);
		ksteer_mark(&lost, KSTEER_A_FLOW_LOST);
		print_one(watch, &ksteer_flow_object, &lost);
	}
	watch->position = flow->position;
}

static int print_event(const struct ksteer_object *object, void *model,
		       void *arg)
{
	struct watch *watch = arg;

	if (object == &ksteer_flow_object)
		print_gap(watch, model);
	print_one(watch, object, model);
	fflush(watch->cli->out.file);
	/* The reader of the pipe is gone */
	return ferror(watch->cli->out.file) ? -EPIPE : 0;
}

static int watch_events(struct cli *cli)
{
	struct watch watch = { cli, { .stats = cli->stats }, 0 };
	int err;

	do {
		err = ksteer_receive_events(cli->nl, print_event, &watch);
		if (err == -ENOBUFS)
			fprintf(stderr,
				"Warning: events came too fast, some are lost\n");
	} while (!err || err == -ENOBUFS);
	return ksteer_cli_failed(cli);
}

static int run_monitor(struct cli *cli, struct args *args)
{
	struct choice choice = { 0 };
	int err;

	err = ksteer_args_parse(args, &choice);
	if (err)
		return err;
	if (!ksteer_cli_nl(cli))
		return CLI_LOCAL;
	if (!args->count)
		parse_group(args, &terms[2], &choice);
	if (choice.config)
		err = ksteer_nl_subscribe(cli->nl, KSTEER_MCGRP_CONFIG);
	if (!err && choice.flow)
		err = ksteer_nl_subscribe(cli->nl, KSTEER_MCGRP_FLOW);
	return err ? ksteer_cli_failed(cli) : watch_events(cli);
}

static const struct verb verbs[] = {
	{ NULL, "print events as they happen, one a line, until interrupted",
	  &no_object, terms, 0, run_monitor },
	VERB_END
};

static const struct command monitor_command = {
	.name = "monitor",
	.help = "events as they happen",
	.verbs = verbs,
};

REGISTER_COMMAND(monitor_command);

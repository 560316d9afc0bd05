// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksteer __complete: words that may come next, for the shell.
 *
 * The words of the command line so far are given, the last of them being the
 * one to complete, which may be empty.
 */
#include <net/if.h>
#include <string.h>

#include "args.h"

/**
 * struct completion - what is being completed
 * @cli: run
 * @stem: beginning of the word
 */
struct completion {
	struct cli *cli;
	const char *stem;
};

static void offer(const struct completion *comp, const char *word)
{
	if (!strncmp(word, comp->stem, strlen(comp->stem)))
		fprintf(comp->cli->out.file, "%s\n", word);
}

/* Words divided by '|'; placeholders, which are in capitals, are left out */
static void offer_values(const struct completion *comp, const char *values)
{
	char word[64];
	size_t len;

	for (;; values += len + 1) {
		len = strcspn(values, "|");
		if (len < sizeof(word) &&
		    !(values[0] >= 'A' && values[0] <= 'Z')) {
			memcpy(word, values, len);
			word[len] = 0;
			offer(comp, word);
		}
		if (!values[len])
			break;
	}
}

/* Names are worth offering when the module is there; silence if it is not */
static void offer_names(const struct completion *comp, int cmd,
			const struct ksteer_object *object)
{
	const struct ksteer_attr *name = ksteer_attr_by_name(object, "name");
	struct ksteer_list list = { 0 };
	struct ksteer_error error;
	const char *item;
	size_t i;

	if (!comp->cli->nl)
		comp->cli->nl = ksteer_nl_open(&error);
	if (!comp->cli->nl || ksteer_collect(comp->cli->nl, cmd, object, &list))
		return;
	for (i = 0; i < list.count; i++) {
		item = (const char *)list.items + i * object->size;
		offer(comp, ksteer_member_of(item, name));
	}
	ksteer_list_free(&list, object);
}

static void offer_devices(const struct completion *comp)
{
	struct if_nameindex *all = if_nameindex(), *at;

	for (at = all; at && at->if_index; at++)
		offer(comp, at->if_name);
	if (all)
		if_freenameindex(all);
}

static void offer_hinted(const struct completion *comp, const struct term *term)
{
	if (term->hint == HINT_TM)
		offer_names(comp, KSTEER_CMD_TM_GET, &ksteer_tm_object);
	else if (term->hint == HINT_POOL)
		offer_names(comp, KSTEER_CMD_POOL_GET, &ksteer_pool_object);
	else if (term->hint == HINT_VS)
		offer_names(comp, KSTEER_CMD_VS_GET, &ksteer_vs_object);
}

static void offer_value(const struct completion *comp, const struct verb *verb,
			const struct term *term)
{
	const struct ksteer_attr *attr =
		ksteer_attr_by_id(verb->object, term->attr);
	unsigned int i;

	if (term->flags & TERM_SWITCH) {
		offer_values(comp, "on|off");
	} else if (term->values) {
		offer_values(comp, term->values);
	} else if (term->hint) {
		offer_hinted(comp, term);
	} else if (attr && (attr->type == KSTEER_T_DEV ||
			    attr->type == KSTEER_T_DEVNAME)) {
		offer_devices(comp);
	} else {
		for (i = 0; attr && attr->names && i < attr->names->count; i++)
			offer(comp, attr->names->names[i]);
		if (term->arg)
			offer_values(comp, term->arg);
	}
}

static void offer_keywords(const struct completion *comp,
			   const struct verb *verb)
{
	const struct term *term;

	for (term = verb->terms; term->word || term->arg; term++)
		if (term->word && ksteer_term_of(verb, term))
			offer(comp, term->word);
}

static const struct term *keyword(const struct verb *verb, const char *word)
{
	const struct term *term;

	for (term = verb->terms; term->word || term->arg; term++)
		if (term->word && !strcmp(term->word, word) &&
		    ksteer_term_of(verb, term))
			return term;
	return NULL;
}

/* How many words the keyword takes; @words are those behind it */
static int values_of(const struct term *term, char **words)
{
	if (term->flags & TERM_SWITCH)
		return !strcmp(*words, "on") || !strcmp(*words, "off");
	if (term->flags & TERM_BARE)
		return 0;
	return term->more ? 2 : 1;
}

/* The last word is behind the keyword: is it a value of it? */
static bool complete_value(const struct completion *comp,
			   const struct verb *verb, const struct term *term,
			   int behind)
{
	if (term->flags & TERM_SWITCH && behind == 1) {
		offer_value(comp, verb, term);
		offer_keywords(comp, verb);
		return true;
	}
	if (term->flags & (TERM_SWITCH | TERM_BARE) ||
	    behind > (term->more ? 2 : 1))
		return false;
	if (behind == 1)
		offer_value(comp, verb, term);
	return true;
}

static void complete_keywords(const struct completion *comp,
			      const struct verb *verb, int count, char **words)
{
	const struct term *term;
	int values;

	while (count > 1) {
		term = keyword(verb, words[0]);
		if (term && complete_value(comp, verb, term, count - 1))
			return;
		values = term ? values_of(term, words + 1) : 0;
		count -= values + 1;
		words += values + 1;
	}
	offer_keywords(comp, verb);
}

static void complete_verb(const struct completion *comp,
			  const struct verb *verb, int count, char **words)
{
	const struct term *term;

	for (term = verb->terms; !term->word && term->arg; term++) {
		if (count == 1) {
			offer_value(comp, verb, term);
			return;
		}
		count--;
		words++;
	}
	complete_keywords(comp, verb, count, words);
}

static void complete_command(const struct completion *comp,
			     const struct command *command, int count,
			     char **words)
{
	const struct verb *verb;
	bool unclear;

	if (!command->verbs->name) {
		complete_verb(comp, command->verbs, count, words);
		return;
	}
	if (count == 1) {
		for (verb = command->verbs; verb->run; verb++)
			offer(comp, verb->name);
		offer(comp, "help");
		return;
	}
	verb = ksteer_verb_find(command, words[0], &unclear);
	if (verb)
		complete_verb(comp, verb, count - 1, words + 1);
}

static void offer_commands(const struct completion *comp)
{
	const struct command *const *at;

	for (at = ksteer_command_first(); at < ksteer_command_end(); at++)
		if (!(*at)->hidden)
			offer(comp, (*at)->name);
	offer(comp, "help");
}

static int run_complete(struct cli *cli, struct args *args)
{
	struct completion comp = { .cli = cli };
	const struct command *command;
	bool unclear;

	if (!args->count)
		return ksteer_args_usage(args, "words are missing");
	comp.stem = args->words[args->count - 1];
	if (args->count == 1) {
		offer_commands(&comp);
		return CLI_OK;
	}
	command = ksteer_command_find(args->words[0], &unclear);
	if (command)
		complete_command(&comp, command, args->count - 1,
				 args->words + 1);
	return CLI_OK;
}

static const struct term terms[] = { TERM_END };

static const struct verb verbs[] = { { NULL, "offer words that may come next",
				       &ksteer_config_object, terms, 0,
				       run_complete },
				     VERB_END };

static const struct command complete_command_line = {
	.name = "__complete",
	.help = "completion",
	.verbs = verbs,
	.hidden = true,
};

REGISTER_COMMAND(complete_command_line);

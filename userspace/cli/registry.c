// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands that registered themselves, and finding them by their words.
 */
#include <string.h>

#include "command.h"

/**
 * ksteer_command_first - the first command
 *
 * Return: where the pointer to it stands; the others follow.
 */
const struct command *const *ksteer_command_first(void)
{
	return __start_ksteer_commands;
}

/**
 * ksteer_command_end - the end of the commands
 *
 * Return: the place behind the last one.
 */
const struct command *const *ksteer_command_end(void)
{
	return __stop_ksteer_commands;
}

/* 2 for the whole name, 1 for its beginning, 0 for anything else */
static int likeness(const char *name, const char *word)
{
	if (!name || !*word || strncmp(name, word, strlen(word)))
		return 0;
	return strlen(name) == strlen(word) ? 2 : 1;
}

/**
 * ksteer_command_find - command of a word
 * @word: its name, or a beginning that no other command has
 * @unclear: is set if more than one command begins so
 *
 * Return: the command, or NULL.
 */
const struct command *ksteer_command_find(const char *word, bool *unclear)
{
	const struct command *const *at, *found = NULL;
	int same;

	*unclear = false;
	for (at = ksteer_command_first(); at < ksteer_command_end(); at++) {
		same = likeness((*at)->name, word);
		if (same == 2) {
			*unclear = false;
			return *at;
		}
		if (!same || (*at)->hidden)
			continue;
		*unclear |= !!found;
		found = *at;
	}
	return *unclear ? NULL : found;
}

/**
 * ksteer_verb_find - verb of a word
 * @command: command
 * @word: its name, or a beginning that no other verb of the command has
 * @unclear: is set if more than one verb begins so
 *
 * Return: the verb, or NULL.
 */
const struct verb *ksteer_verb_find(const struct command *command,
				    const char *word, bool *unclear)
{
	const struct verb *verb, *found = NULL;
	int same;

	*unclear = false;
	for (verb = command->verbs; verb->run; verb++) {
		same = likeness(verb->name, word);
		if (same == 2) {
			*unclear = false;
			return verb;
		}
		if (!same)
			continue;
		*unclear |= !!found;
		found = verb;
	}
	return *unclear ? NULL : found;
}

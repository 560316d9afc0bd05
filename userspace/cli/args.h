/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words of a command line to structures, as tables of terms say.
 */
#ifndef _KSTEER_ARGS_H
#define _KSTEER_ARGS_H

#include "command.h"

/**
 * struct args - the words that follow a verb
 * @words: words
 * @count: number of words
 * @next: first word not yet taken
 * @command: command
 * @verb: verb
 * @absent: devices may be named that are not there
 */
struct args {
	char **words;
	int count;
	int next;
	const struct command *command;
	const struct verb *verb;
	bool absent;
};

int ksteer_args_parse(struct args *args, void *model);
const char *ksteer_args_take(struct args *args, const struct term *term);
int ksteer_args_value(struct args *args, const struct term *term,
		      unsigned int id, const char *word, void *model);
int ksteer_args_attr(struct args *args, const struct term *term,
		     const struct ksteer_attr *attr, const char *word,
		     void *model);
int ksteer_args_usage(const struct args *args, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int ksteer_args_bad(const struct args *args, const struct term *term,
		    const char *word, const char *kind);
bool ksteer_args_switch(struct args *args);
const char *ksteer_args_file(const struct args *args);

bool ksteer_term_of(const struct verb *verb, const struct term *term);
void ksteer_term_save(FILE *file, const struct ksteer_object *object,
		      const struct term *term, const void *model);
void ksteer_save_word(FILE *file, const char *word);

#endif /* _KSTEER_ARGS_H */

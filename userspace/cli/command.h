/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a command is made of.  A command lives in a file of its own and
 * registers itself; tables of terms drive its parser, its help, its
 * completion and what 'save' prints.
 */
#ifndef _KSTEER_COMMAND_H
#define _KSTEER_COMMAND_H

#include <stdio.h>

#include "object.h"
#include "out.h"
#include "request.h"

/* Exit codes */
enum {
	CLI_OK,
	CLI_REFUSED,
	CLI_USAGE,
	CLI_LOCAL,
};

/**
 * struct cli - one run of the program
 * @out: where answers are printed
 * @nl: connection to the kernel module, made when first needed
 * @stats: -s was given
 * @timestamp: -t was given
 * @force: -force was given
 * @restoring: objects that exist are changed instead of added
 * @row: the kernel was told that more follows
 * @depth: files of commands being read
 */
struct cli {
	struct ksteer_out out;
	struct ksteer_nl *nl;
	bool stats;
	bool timestamp;
	bool force;
	bool restoring;
	bool row;
	int depth;
};

/* struct term.flags */
#define TERM_OPTIONAL 0x01 /* positional word that may be left out */
#define TERM_REQUIRED 0x02 /* keyword that may not be left out */
#define TERM_REPEAT 0x04 /* keyword that may be given many times */
#define TERM_SWITCH 0x08 /* keyword that may be followed by on or off */
#define TERM_BARE 0x10 /* keyword that nothing follows */
#define TERM_GROUP_1 \
	0x20 /* not of each verb that has the table, see @without */
#define TERM_GROUP_2 0x40
#define TERM_GROUP_3 0x80
#define TERM_GROUP_4 0x100

/* Names that completion offers */
enum term_hint {
	HINT_NONE,
	HINT_TM,
	HINT_POOL,
	HINT_VS,
};

struct args;

/**
 * struct term - a positional word or a keyword of a verb
 * @word: keyword, or NULL for a positional word; these come first
 * @arg: what stands for the value in the help, NULL if the value is one of
 *	 an enumeration or of @values, or if there is none
 * @attr: attribute that the value is for
 * @flags: TERM_*
 * @hint: names to complete with
 * @values: words to complete with, divided by '|'
 * @more: what stands for a second value in the help, or NULL
 * @parse: takes the value or values from @args, or NULL: by type of @attr
 * @save: prints keyword and value, or NULL: by type of @attr
 */
struct term {
	const char *word;
	const char *arg;
	__u16 attr;
	__u16 flags;
	__u8 hint;
	const char *values;
	const char *more;
	int (*parse)(struct args *args, const struct term *term, void *model);
	void (*save)(FILE *file, const struct term *term, const void *model);
};

#define TERM_END                          \
	{                                 \
		.word = NULL, .arg = NULL \
	}

/**
 * struct verb - one thing that a command does
 * @name: word, or NULL if the command does one thing alone
 * @help: one line
 * @object: what @terms are the attributes of
 * @terms: ended by TERM_END
 * @without: terms with one of these flags are not of this verb
 * @run: does it; returns an exit code
 */
struct verb {
	const char *name;
	const char *help;
	const struct ksteer_object *object;
	const struct term *terms;
	unsigned int without;
	int (*run)(struct cli *cli, struct args *args);
};

#define VERB_END            \
	{                   \
		.run = NULL \
	}

/**
 * struct command - the first word after the options
 * @name: word
 * @help: one line
 * @verbs: ended by VERB_END
 * @hidden: is not listed in the help
 */
struct command {
	const char *name;
	const char *help;
	const struct verb *verbs;
	bool hidden;
};

/* Puts a pointer to @what where ksteer_command_first() finds it */
#define REGISTER_COMMAND(what)                               \
	static const struct command *const what##_registered \
		__attribute__((used, section("ksteer_commands"))) = &(what)

/* The linker sets these around the section that REGISTER_COMMAND() fills */
extern const struct command *const __start_ksteer_commands[];
extern const struct command *const __stop_ksteer_commands[];

const struct command *const *ksteer_command_first(void);
const struct command *const *ksteer_command_end(void);
const struct command *ksteer_command_find(const char *word, bool *unclear);
const struct verb *ksteer_verb_find(const struct command *command,
				    const char *word, bool *unclear);

struct ksteer_nl *ksteer_cli_nl(struct cli *cli);
int ksteer_cli_failed(struct cli *cli);
int ksteer_cli_run(struct cli *cli, int count, char **words);
int ksteer_cli_file(struct cli *cli, const char *path);

#endif /* _KSTEER_COMMAND_H */

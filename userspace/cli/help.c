// SPDX-License-Identifier: GPL-2.0-only
/*
 * Help, made from the tables of the commands.
 */
#include <string.h>

#include "args.h"
#include "help.h"

#define LINE_WIDTH 78
#define INDENT "           "

static const char options[] =
	"Options: -j[son]        answers as JSON\n"
	"         -p[retty]      JSON with line breaks\n"
	"         -s[tatistics]  counters too\n"
	"         -t[imestamp]   time of each event\n"
	"         -n[etns] NAME  in the network namespace NAME\n"
	"         -b[atch] FILE  the commands that FILE holds, '-' for stdin\n"
	"         -force         a batch goes on after a failure\n"
	"         -V[ersion]     version\n";

static void join(char *buf, size_t size, const char *text)
{
	strncat(buf, text, size - strlen(buf) - 1);
}

static void values_of(const struct verb *verb, const struct term *term,
		      char *buf, size_t size)
{
	const struct ksteer_attr *attr;
	unsigned int i;

	if (term->arg || term->values) {
		join(buf, size, term->arg ? term->arg : term->values);
		return;
	}
	attr = ksteer_attr_by_id(verb->object, term->attr);
	for (i = 0; attr && attr->names && i < attr->names->count; i++) {
		join(buf, size, i ? "|" : "");
		join(buf, size, attr->names->names[i]);
	}
}

static void describe_term(const struct verb *verb, const struct term *term,
			  char *buf, size_t size)
{
	bool needed = term->word ? term->flags & TERM_REQUIRED :
				   !(term->flags & TERM_OPTIONAL);

	*buf = 0;
	join(buf, size, needed ? "" : "[");
	join(buf, size, term->word ? term->word : "");
	if (term->flags & TERM_SWITCH) {
		join(buf, size, " [on|off]");
	} else if (!(term->flags & TERM_BARE)) {
		join(buf, size, term->word ? " " : "");
		values_of(verb, term, buf, size);
	}
	if (term->more) {
		join(buf, size, " ");
		join(buf, size, term->more);
	}
	join(buf, size, needed ? "" : "]");
	if (term->flags & TERM_REPEAT)
		join(buf, size, "...");
}

static size_t put_wrapped(FILE *file, size_t column, const char *text)
{
	if (column + 1 + strlen(text) > LINE_WIDTH)
		column = fprintf(file, "\n" INDENT) - 1;
	return column + fprintf(file, " %s", text);
}

static void usage(FILE *file, const char *begin, const struct command *command,
		  const struct verb *verb)
{
	const struct term *term;
	char text[256];
	size_t column;

	column = fprintf(file, "%s ksteer %s", begin, command->name);
	if (verb->name)
		column = put_wrapped(file, column, verb->name);
	for (term = verb->terms; term->word || term->arg; term++) {
		if (!ksteer_term_of(verb, term))
			continue;
		describe_term(verb, term, text, sizeof(text));
		column = put_wrapped(file, column, text);
	}
	fputc('\n', file);
}

/**
 * ksteer_help_verb - print how a verb is used
 * @file: stream
 * @command: command
 * @verb: verb
 */
void ksteer_help_verb(FILE *file, const struct command *command,
		      const struct verb *verb)
{
	usage(file, "Usage:", command, verb);
	fprintf(file, "       %s\n", verb->help);
}

/**
 * ksteer_help_command - print how a command is used
 * @file: stream
 * @command: command
 */
void ksteer_help_command(FILE *file, const struct command *command)
{
	const struct verb *verb;

	for (verb = command->verbs; verb->run; verb++)
		usage(file, verb == command->verbs ? "Usage:" : "      ",
		      command, verb);
	fprintf(file, "\n%s\n", command->help);
	for (verb = command->verbs; verb->run && verb->name; verb++)
		fprintf(file, "  %-6s  %s\n", verb->name, verb->help);
}

/**
 * ksteer_help - print how the program is used
 * @file: stream
 */
void ksteer_help(FILE *file)
{
	const struct command *const *at;

	fputs("Usage: ksteer [OPTIONS] COMMAND [VERB] ...\n"
	      "       ksteer COMMAND help\n\n",
	      file);
	for (at = ksteer_command_first(); at < ksteer_command_end(); at++)
		if (!(*at)->hidden)
			fprintf(file, "  %-8s  %s\n", (*at)->name, (*at)->help);
	fprintf(file, "\n%s", options);
}

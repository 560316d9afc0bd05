/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Help, made from the tables of the commands.
 */
#ifndef _KSTEER_HELP_H
#define _KSTEER_HELP_H

#include "command.h"

void ksteer_help(FILE *file);
void ksteer_help_command(FILE *file, const struct command *command);
void ksteer_help_verb(FILE *file, const struct command *command,
		      const struct verb *verb);

#endif /* _KSTEER_HELP_H */

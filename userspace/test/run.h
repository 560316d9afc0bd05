/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs command lines and keeps what they print. */
#ifndef _KSTEER_TEST_RUN_H
#define _KSTEER_TEST_RUN_H

#include "command.h"

/**
 * struct run - a run of the command line program, for tests
 * @cli: set its switches before run_line()
 * @out: what the last line printed
 * @err: what it printed on stderr
 */
struct run {
	struct cli cli;
	char *out;
	char *err;
};

int run_line(struct run *run, const char *line);

/* The same with a line in parts, the last of which is NULL */
int run_parts(struct run *run, const char *const *part);

int run_setup(void **state);
int run_teardown(void **state);

/* A file of @text, to be removed by the caller; the name is static */
const char *run_file(const char *text);

#endif /* _KSTEER_TEST_RUN_H */

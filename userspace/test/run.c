// SPDX-License-Identifier: GPL-2.0-only
/* Runs command lines and keeps what they print. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake_kernel.h"
#include "parse.h"
#include "run.h"
#include "unit_cmocka.h"

#define RUN_WORDS 512

static void forget_output(struct run *run)
{
	free(run->out);
	free(run->err);
	run->out = NULL;
	run->err = NULL;
}

int run_line(struct run *run, const char *line)
{
	char *words[RUN_WORDS], *copy = strdup(line);
	size_t out_size, err_size;
	FILE *real = stderr;
	int count, rc;

	forget_output(run);
	count = ksteer_parse_words(copy, words, RUN_WORDS);
	assert_true(count >= 0);
	run->cli.out.file = open_memstream(&run->out, &out_size);
	stderr = open_memstream(&run->err, &err_size);
	rc = ksteer_cli_run(&run->cli, count, words);
	fclose(stderr);
	stderr = real;
	fclose(run->cli.out.file);
	free(copy);
	return rc;
}

int run_parts(struct run *run, const char *const *part)
{
	char line[1024] = "";
	size_t used = 0;

	for (; *part; part++)
		used += snprintf(line + used, sizeof(line) - used, "%s ",
				 *part);
	assert_true(used < sizeof(line));
	return run_line(run, line);
}

int run_setup(void **state)
{
	*state = calloc(1, sizeof(struct run));
	return *state ? 0 : -1;
}

int run_teardown(void **state)
{
	struct run *run = *state;

	forget_output(run);
	ksteer_nl_close(run->cli.nl);
	free(run);
	fake_reset();
	return 0;
}

const char *run_file(const char *text)
{
	static char name[64];
	int fd;

	snprintf(name, sizeof(name), "/tmp/ksteer-test-XXXXXX");
	fd = mkstemp(name);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return name;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines to words: words stay in the line, are no more than there is room for,
 * and written with quotes are read back.
 */
#include <ctype.h>

#include "fuzz.h"
#include "parse.h"

#define WORDS 32

/* Room for each character behind a backslash, quotes and a blank around */
static char *quote(char *const *words, int count, size_t size)
{
	char *line = malloc(2 * size + 4 * WORDS), *to = line;
	const char *from;
	int i;

	must(line);
	for (i = 0; i < count; i++) {
		*to++ = '"';
		for (from = words[i]; *from; from++) {
			if (*from == '"' || *from == '\\')
				*to++ = '\\';
			*to++ = *from;
		}
		*to++ = '"';
		*to++ = ' ';
	}
	*to = 0;
	return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *words[WORDS], *again[WORDS];
	struct input in = { data, size };
	int count, max, i;
	char *line, *second;

	max = 1 + take_u8(&in) % WORDS;
	line = take_string(&in);
	size = strlen(line) + 1;
	count = ksteer_parse_words(line, words, max);
	if (count >= 0) {
		must(count < max && !words[count]);
		for (i = 0; i < count; i++)
			must(words[i] >= line &&
			     words[i] + strlen(words[i]) < line + size);
		second = quote(words, count, size);
		must(ksteer_parse_words(second, again, max) == count);
		for (i = 0; i < count; i++)
			must(!strcmp(words[i], again[i]));
		free(second);
	}
	free(line);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line: any lines, files of any content, a kernel that answers
 * anything.  Input: lines, a zero, what files hold, a zero, the answers.
 */
#include "talk.h"

/* Up to the next zero, as a string of its own */
static char *take_text(struct input *in)
{
	const uint8_t *end = in->size ? memchr(in->data, 0, in->size) : NULL;
	size_t len = end ? (size_t)(end - in->data) : in->size;
	struct input text = { in->data, len };

	len += !!end;
	if (len)
		in->data += len;
	in->size -= len;
	return take_string(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	char *lines, *file;

	if (!size)
		return 0;
	lines = take_text(&in);
	file = take_text(&in);
	if (in.size)
		talk_answers(in);
	else
		talk_accept();
	talk_run(lines, file, NULL);
	talk_reset();
	free(lines);
	free(file);
	return 0;
}

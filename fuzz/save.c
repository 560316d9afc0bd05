// SPDX-License-Identifier: GPL-2.0-only
/*
 * What 'ksteer save' prints of an object, 'ksteer restore' asks for: the
 * object that it asks for prints the same.  Objects of which restore refuses a
 * word, because no kernel has them, prove nothing.
 */
#include <netlink/attr.h>

#include "codec.h"
#include "talk.h"

#define ROOM 8192

/* Which of the answers to 'save' has the object: config, tm, pool, vs */
static const unsigned char get[] = { KSTEER_CMD_CONFIG_GET, KSTEER_CMD_TM_GET,
				     KSTEER_CMD_POOL_GET, KSTEER_CMD_VS_GET };

static size_t put_record(unsigned char *to, __u8 kind, __u8 word,
			 const void *data, __u16 len)
{
	to[0] = kind;
	to[1] = word;
	memcpy(to + 2, &len, sizeof(len));
	memcpy(to + 4, data, len);
	return 4 + len;
}

/* The line that is printed of an object, NULL if it cannot be */
static char *saved_line(unsigned int which, const void *attrs, size_t len)
{
	static const char zero[64];
	unsigned char answers[ROOM + 256];
	char *printed = NULL, *line, *end;
	size_t used = 0;
	unsigned int i;
	int rc;

	for (i = 0; i < sizeof(get); i++) {
		if (i == which)
			used += put_record(answers + used, TALK_OBJECT, get[i],
					   attrs, len);
		used += put_record(answers + used, i ? TALK_DONE : TALK_REFUSAL,
				   1, zero, i ? 4 : 20);
	}
	/* The socket is never empty */
	answers[used++] = 0;
	talk_answers((struct input){ answers, used });
	rc = talk_run("save\n", "", &printed);
	line = printed;
	/* The configuration's line is always there */
	if (which && line)
		line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL;
	line = !rc && line && *line ? strdup(line) : NULL;
	free(printed);
	/* One object, one line; a name may hold a line break */
	end = line ? strchr(line, '\n') : NULL;
	if (end && end[1]) {
		free(line);
		line = NULL;
	}
	return line;
}

static void check(unsigned int which, const void *attrs, size_t len)
{
	char *line = saved_line(which, attrs, len), *again;
	struct nlattr *request;
	int cmd, asked;

	if (!line)
		return;
	talk_reset();
	talk_accept();
	if (!talk_run("restore f\n", line, NULL)) {
		request = talk_request(&cmd, &asked);
		if (request && asked < ROOM) {
			again = malloc(asked + 1);
			must(again);
			memcpy(again, request, asked);
			request = (struct nlattr *)again;
			again = saved_line(which, request, asked);
			free(request);
			must(again && !strcmp(line, again));
			free(again);
		}
	}
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	unsigned int which = take_u8(&in) % sizeof(get);

	if (in.size >= ROOM)
		return 0;
	check(which, in.data, in.size);
	talk_reset();
	return 0;
}

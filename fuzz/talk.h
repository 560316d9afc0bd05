/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel that answers whatever the fuzzer says.  Between it and the code
 * under test is all of libnl but the socket.
 */
#ifndef _KSTEER_FUZZ_TALK_H
#define _KSTEER_FUZZ_TALK_H

#include "command.h"
#include "fuzz.h"

/* What a record of the answers begins with: what is made of the bytes in it */
enum {
	TALK_OBJECT, /* attributes of a message of the family */
	TALK_REFUSAL, /* an nlmsgerr and what follows it */
	TALK_DONE, /* the end of a dump */
	TALK_RAW, /* a whole datagram */
	TALK_KINDS,
};

/*
 * Each answer is a record: kind, command or low byte of the flags, length in
 * two bytes, and so many bytes.  When there are no more, the socket is empty.
 */
void talk_answers(struct input in);

/* In place of that, accept every request */
void talk_accept(void);

/* Attributes of the last request, NULL if there was none */
struct nlattr *talk_request(int *cmd, int *len);

/* Forget the requests */
void talk_reset(void);

/*
 * Run command lines; @file is what files, and the standard input, hold.  What
 * is printed is at @printed, to be freed, unless that is NULL.
 */
int talk_run(const char *lines, const char *file, char **printed);

#endif /* _KSTEER_FUZZ_TALK_H */

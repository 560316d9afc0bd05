/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line of text under construction.
 */
#ifndef _KSTEER_LINE_H
#define _KSTEER_LINE_H

#include <stddef.h>
#include <stdio.h>

#include "model.h"

#define LINE_SIZE 1024

/**
 * struct line - text without its end of line yet
 * @len: bytes of @text that are used
 * @text: not terminated; what does not fit is left out
 */
struct line {
	size_t len;
	char text[LINE_SIZE];
};

void ksteer_line_char(struct line *line, char c);
void ksteer_line_put(struct line *line, const char *text);
void ksteer_line_word(struct line *line, const char *name, const char *value);
void ksteer_line_number(struct line *line, __u64 number);
void ksteer_line_ip(struct line *line, const struct ksteer_ip *ip);
void ksteer_line_fill(struct line *line, size_t from, size_t width);
void ksteer_line_end(struct line *line, FILE *file);

#endif /* _KSTEER_LINE_H */

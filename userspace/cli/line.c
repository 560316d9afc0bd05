// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line of text under construction: what is shown by the million is not put
 * together by printf(), which costs several times as much.
 */
#include <string.h>

#include "line.h"
#include "parse.h"

static void put_bytes(struct line *line, const char *text, size_t len)
{
	size_t room = LINE_SIZE - line->len;

	if (len > room)
		len = room;
	memcpy(line->text + line->len, text, len);
	line->len += len;
}

/**
 * ksteer_line_char - append a character
 * @line: line
 * @c: character
 */
void ksteer_line_char(struct line *line, char c)
{
	if (line->len < LINE_SIZE)
		line->text[line->len++] = c;
}

/**
 * ksteer_line_put - append text
 * @line: line
 * @text: NUL-terminated
 */
void ksteer_line_put(struct line *line, const char *text)
{
	put_bytes(line, text, strlen(text));
}

/**
 * ksteer_line_word - append a blank, a name, a blank and a value
 * @line: line
 * @name: NUL-terminated
 * @value: the same
 */
void ksteer_line_word(struct line *line, const char *name, const char *value)
{
	ksteer_line_char(line, ' ');
	ksteer_line_put(line, name);
	ksteer_line_char(line, ' ');
	ksteer_line_put(line, value);
}

/**
 * ksteer_line_number - append a number
 * @line: line
 * @number: number
 */
void ksteer_line_number(struct line *line, __u64 number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = '0' + number % 10;
		number /= 10;
	} while (number);
	put_bytes(line, digits + at, sizeof(digits) - at);
}

/**
 * ksteer_line_ip - append an address
 * @line: line
 * @ip: address, of 4 or 16 bytes
 */
void ksteer_line_ip(struct line *line, const struct ksteer_ip *ip)
{
	char buf[KSTEER_IP_STRLEN];
	int i;

	if (ip->len != 4) {
		ksteer_line_put(line, ksteer_format_ip(ip, buf));
		return;
	}
	for (i = 0; i < 4; i++) {
		if (i)
			ksteer_line_char(line, '.');
		ksteer_line_number(line, ip->bytes[i]);
	}
}

/**
 * ksteer_line_fill - append blanks until a column has its width
 * @line: line
 * @from: where the column begins
 * @width: its width
 */
void ksteer_line_fill(struct line *line, size_t from, size_t width)
{
	while (line->len < from + width && line->len < LINE_SIZE)
		line->text[line->len++] = ' ';
}

/**
 * ksteer_line_end - write a line, with its end
 * @line: line; is then empty
 * @file: stream
 */
void ksteer_line_end(struct line *line, FILE *file)
{
	fwrite_unlocked(line->text, 1, line->len, file);
	putc_unlocked('\n', file);
	line->len = 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* What the fuzz targets share: reading the input, and oracles. */
#ifndef _KSTEER_FUZZ_H
#define _KSTEER_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/types.h>

/* libFuzzer calls this with each input */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/**
 * struct input - bytes that the fuzzer chose
 * @data: what is left of them
 * @size: how many
 */
struct input {
	const uint8_t *data;
	size_t size;
};

/* The next bytes, zeros behind the end */
static inline void take(struct input *in, void *to, size_t size)
{
	size_t n = size < in->size ? size : in->size;

	memset(to, 0, size);
	if (!n)
		return;
	memcpy(to, in->data, n);
	in->data += n;
	in->size -= n;
}

static inline __u8 take_u8(struct input *in)
{
	__u8 value;

	take(in, &value, sizeof(value));
	return value;
}

static inline __u16 take_u16(struct input *in)
{
	__u16 value;

	take(in, &value, sizeof(value));
	return value;
}

static inline __u32 take_u32(struct input *in)
{
	__u32 value;

	take(in, &value, sizeof(value));
	return value;
}

static inline __u64 take_u64(struct input *in)
{
	__u64 value;

	take(in, &value, sizeof(value));
	return value;
}

/* All that is left as a string of its own, so that ASan sees its end */
static inline char *take_string(struct input *in)
{
	char *text = malloc(in->size + 1);

	if (!text)
		abort();
	text[in->size] = 0;
	take(in, text, in->size);
	return text;
}

/* An oracle: what does not hold is a finding */
#define must(what)                                                       \
	do {                                                             \
		if (!(what)) {                                           \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, \
				__LINE__, #what);                        \
			abort();                                         \
		}                                                        \
	} while (0)

#endif /* _KSTEER_FUZZ_H */

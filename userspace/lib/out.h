/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One call prints an object, as text or as JSON.
 */
#ifndef _KSTEER_OUT_H
#define _KSTEER_OUT_H

#include <stdio.h>

#include "object.h"

/**
 * struct ksteer_out - where and how objects are printed
 * @file: stream
 * @json: JSON instead of text
 * @pretty: with line breaks and indentation
 * @count: objects printed since ksteer_out_begin()
 */
struct ksteer_out {
	FILE *file;
	bool json;
	bool pretty;
	size_t count;
};

/**
 * typedef ksteer_text_fn - prints an object as text
 * @file: stream
 * @model: structure
 * @arg: what the caller gave
 */
typedef void (*ksteer_text_fn)(FILE *file, const void *model, void *arg);

struct json_t;

void ksteer_out_begin(struct ksteer_out *out);
void ksteer_out_put(struct ksteer_out *out, const struct ksteer_object *object,
		    const void *model, ksteer_text_fn text, void *arg);
void ksteer_out_end(struct ksteer_out *out);
void ksteer_out_one(struct ksteer_out *out, const struct ksteer_object *object,
		    const void *model, ksteer_text_fn text, void *arg);
struct json_t *ksteer_json(const struct ksteer_object *object,
			   const void *model);
void ksteer_out_json(struct ksteer_out *out, struct json_t *json);
const char *ksteer_device_name(unsigned int ifindex, char *buf);

#endif /* _KSTEER_OUT_H */

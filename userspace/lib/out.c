// SPDX-License-Identifier: GPL-2.0-only
/*
 * Printing: each object goes out at once, so that a dump of any length needs
 * the memory of one.
 */
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "out.h"
#include "parse.h"

/**
 * ksteer_device_name - name of a device
 * @ifindex: interface index in the caller's network namespace
 * @buf: IF_NAMESIZE bytes
 *
 * Return: @buf; "ifN" for a device that is gone.
 */
const char *ksteer_device_name(unsigned int ifindex, char *buf)
{
	if (!if_indextoname(ifindex, buf))
		snprintf(buf, IF_NAMESIZE, "if%u", ifindex);
	return buf;
}

static json_t *json_flags(const struct ksteer_names *names, __u32 mask)
{
	json_t *array = json_array();
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		if (!(mask & 1U << bit))
			continue;
		if (bit < names->count)
			json_array_append_new(array,
					      json_string(names->names[bit]));
		else
			json_array_append_new(array,
					      json_sprintf("bit%u", bit));
	}
	return array;
}

static json_t *json_enum(const struct ksteer_names *names, __u32 value)
{
	if (value >= names->count)
		return json_integer(value);
	return json_string(ksteer_name(names, value));
}

static json_t *json_list(const struct ksteer_attr *attr,
			 const struct ksteer_list *list)
{
	size_t size = attr->nest ? attr->nest->size : sizeof(__u32);
	const __u32 *flags = list->items;
	const char *item = list->items;
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < list->count; i++, item += size) {
		if (attr->type == KSTEER_T_FLAGS_LIST)
			json_array_append_new(array, json_flags(attr->names,
								flags[i]));
		else
			json_array_append_new(array,
					      ksteer_json(attr->nest, item));
	}
	return array;
}

static json_t *json_macs(const struct ksteer_macs *macs)
{
	json_t *array = json_array();
	char buf[KSTEER_MACS_STRLEN];
	struct ksteer_macs one = { .count = 1 };
	unsigned int i;

	for (i = 0; i < macs->count; i++) {
		memcpy(one.bytes[0], macs->bytes[i], sizeof(one.bytes[0]));
		json_array_append_new(
			array, json_string(ksteer_format_macs(&one, buf)));
	}
	return array;
}

static json_t *json_words(const struct ksteer_attr *attr, const void *from)
{
	char buf[KSTEER_IP_STRLEN];

	switch (attr->type) {
	case KSTEER_T_PROTO:
		ksteer_format_proto(*(const __u8 *)from, buf);
		return json_string(buf);
	case KSTEER_T_DEV:
		ksteer_device_name(*(const __u32 *)from, buf);
		return json_string(buf);
	case KSTEER_T_NAME:
	case KSTEER_T_DEVNAME:
		return json_string(from);
	case KSTEER_T_TEXT:
		return json_string(*(const char *const *)from);
	case KSTEER_T_HEX:
		/* JSON readers keep 53 bits of a number, this has 64 */
		return json_sprintf("0x%llx", *(const __u64 *)from);
	default:
		return json_string(ksteer_format_ip(from, buf));
	}
}

static json_t *json_value(const struct ksteer_attr *attr, const void *from)
{
	switch (attr->type) {
	case KSTEER_T_U8:
		return json_integer(*(const __u8 *)from);
	case KSTEER_T_U16:
		return json_integer(*(const __u16 *)from);
	case KSTEER_T_U64:
		return json_integer(*(const __u64 *)from);
	case KSTEER_T_U32:
	case KSTEER_T_TIME:
	case KSTEER_T_MSEC:
		return json_integer(*(const __u32 *)from);
	case KSTEER_T_ENUM:
		return json_enum(attr->names, *(const __u32 *)from);
	case KSTEER_T_FLAGS:
		return json_flags(attr->names, *(const __u32 *)from);
	case KSTEER_T_MACS:
		return json_macs(from);
	case KSTEER_T_NEST:
		return ksteer_json(attr->nest, from);
	case KSTEER_T_FLAGS_LIST:
	case KSTEER_T_LIST:
		return json_list(attr, from);
	default:
		return json_words(attr, from);
	}
}

static void set_key(json_t *json, const struct ksteer_attr *attr, json_t *value)
{
	char key[64];
	size_t i;

	if (attr->key) {
		json_object_set_new(json, attr->key, value);
		return;
	}
	for (i = 0; i < sizeof(key) - 1 && attr->name[i]; i++)
		key[i] = attr->name[i] == '-' ? '_' : attr->name[i];
	key[i] = 0;
	json_object_set_new(json, key, value);
}

/**
 * ksteer_json - an object as JSON
 * @object: what it is
 * @model: structure
 *
 * Lists are always there, if only as an empty array; other attributes are
 * there when the structure has them.
 *
 * Return: a JSON object that the caller owns.
 */
struct json_t *ksteer_json(const struct ksteer_object *object,
			   const void *model)
{
	const struct ksteer_attr *attr;
	json_t *json = json_object();
	unsigned int i;

	for (i = 0; i < object->count; i++) {
		attr = &object->attrs[i];
		if (ksteer_has(model, attr->id) ||
		    attr->type == KSTEER_T_LIST ||
		    attr->type == KSTEER_T_FLAGS_LIST)
			set_key(json, attr,
				json_value(attr,
					   ksteer_member_of(model, attr)));
	}
	return json;
}

/* Comes in small pieces: a lock for each would take as long as all the rest */
static int write_plain(const char *text, size_t size, void *arg)
{
	return fwrite_unlocked(text, 1, size, arg) == size ? 0 : -1;
}

/* Elements of the outermost array are indented like any other */
static int write_indented(const char *text, size_t size, void *arg)
{
	const char *end;
	FILE *file = arg;

	for (; (end = memchr(text, '\n', size)); text = end) {
		end++;
		size -= end - text;
		fwrite_unlocked(text, 1, end - text, file);
		fputs("    ", file);
	}
	return fwrite_unlocked(text, 1, size, file) == size ? 0 : -1;
}

/**
 * ksteer_out_json - print JSON as the next object
 * @out: output, begun
 * @json: JSON object; is taken over
 */
void ksteer_out_json(struct ksteer_out *out, struct json_t *json)
{
	fputs(out->count++ ? "," : "", out->file);
	if (out->pretty) {
		fputs("\n    ", out->file);
		json_dump_callback(json, write_indented, out->file,
				   JSON_INDENT(4));
	} else {
		json_dump_callback(json, write_plain, out->file, JSON_COMPACT);
	}
	json_decref(json);
}

/**
 * ksteer_out_begin - begin a row of objects
 * @out: output
 */
void ksteer_out_begin(struct ksteer_out *out)
{
	out->count = 0;
	if (out->json)
		fputc('[', out->file);
}

/**
 * ksteer_out_put - print the next object of a row
 * @out: output, begun
 * @object: what it is
 * @model: structure
 * @text: prints it as text
 * @arg: for @text
 */
void ksteer_out_put(struct ksteer_out *out, const struct ksteer_object *object,
		    const void *model, ksteer_text_fn text, void *arg)
{
	if (out->json) {
		ksteer_out_json(out, ksteer_json(object, model));
		return;
	}
	text(out->file, model, arg);
	out->count++;
}

/**
 * ksteer_out_end - end a row of objects
 * @out: output
 */
void ksteer_out_end(struct ksteer_out *out)
{
	if (!out->json)
		return;
	fputs(out->pretty && out->count ? "\n]\n" : "]\n", out->file);
}

/**
 * ksteer_out_one - print one object that is not in a row
 * @out: output
 * @object: what it is
 * @model: structure
 * @text: prints it as text
 * @arg: for @text
 */
void ksteer_out_one(struct ksteer_out *out, const struct ksteer_object *object,
		    const void *model, ksteer_text_fn text, void *arg)
{
	json_t *json;

	if (!out->json) {
		text(out->file, model, arg);
		return;
	}
	json = ksteer_json(object, model);
	json_dumpf(json, out->file,
		   out->pretty ? JSON_INDENT(4) : JSON_COMPACT);
	json_decref(json);
	fputc('\n', out->file);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Descriptions of the objects: which attribute is which member of which
 * structure.  The codec, the JSON writer, the messages about refused
 * attributes and the command line all read the same tables.
 */
#ifndef _KSTEER_OBJECT_H
#define _KSTEER_OBJECT_H

#include "model.h"
#include "names.h"

/**
 * enum ksteer_type - how an attribute is stored, sent and written
 * @KSTEER_T_U8: number
 * @KSTEER_T_U16: number, host byte order
 * @KSTEER_T_U32: number
 * @KSTEER_T_U64: number
 * @KSTEER_T_HEX: 64 bits without a meaning as a number
 * @KSTEER_T_TIME: seconds in 32 bits
 * @KSTEER_T_MSEC: milliseconds in 32 bits
 * @KSTEER_T_PROTO: IP protocol in 8 bits
 * @KSTEER_T_DEV: interface index in 32 bits
 * @KSTEER_T_NAME: char[KSTEER_NAME_SIZE]
 * @KSTEER_T_DEVNAME: the same, of a device
 * @KSTEER_T_MACS: struct ksteer_macs
 * @KSTEER_T_TEXT: char * that the structure owns
 * @KSTEER_T_IP: struct ksteer_ip
 * @KSTEER_T_ENUM: value of an enumeration in 32 bits
 * @KSTEER_T_FLAGS: set of an enumeration in 32 bits
 * @KSTEER_T_FLAGS_LIST: struct ksteer_list of such sets
 * @KSTEER_T_NEST: structure of another object
 * @KSTEER_T_LIST: struct ksteer_list of structures of another object
 */
enum ksteer_type {
	KSTEER_T_U8,
	KSTEER_T_U16,
	KSTEER_T_U32,
	KSTEER_T_U64,
	KSTEER_T_HEX,
	KSTEER_T_TIME,
	KSTEER_T_MSEC,
	KSTEER_T_PROTO,
	KSTEER_T_DEV,
	KSTEER_T_NAME,
	KSTEER_T_DEVNAME,
	KSTEER_T_MACS,
	KSTEER_T_TEXT,
	KSTEER_T_IP,
	KSTEER_T_ENUM,
	KSTEER_T_FLAGS,
	KSTEER_T_FLAGS_LIST,
	KSTEER_T_NEST,
	KSTEER_T_LIST,
};

struct ksteer_object;

/**
 * struct ksteer_attr - one attribute
 * @id: number in the uapi header, and flag in the first word of the structure
 * @type: enum ksteer_type
 * @offset: of the member, in bytes
 * @name: name in the specification
 * @key: name in JSON, if it is not @name with underscores
 * @names: of an enumeration or a set
 * @nest: of a nest or a list
 */
struct ksteer_attr {
	__u16 id;
	__u16 type;
	size_t offset;
	const char *name;
	const char *key;
	const struct ksteer_names *names;
	const struct ksteer_object *nest;
};

/**
 * struct ksteer_object - one attribute set and the structure that holds it
 * @name: name of the attribute set
 * @size: bytes of the structure
 * @attrs: attributes, in the order in which they are shown
 * @count: number of attributes
 */
struct ksteer_object {
	const char *name;
	size_t size;
	const struct ksteer_attr *attrs;
	unsigned int count;
};

extern const struct ksteer_object ksteer_stats_object;
extern const struct ksteer_object ksteer_tm_object;
extern const struct ksteer_object ksteer_member_object;
extern const struct ksteer_object ksteer_prefix_object;
extern const struct ksteer_object ksteer_pool_object;
extern const struct ksteer_object ksteer_timeouts_object;
extern const struct ksteer_object ksteer_vs_object;
extern const struct ksteer_object ksteer_tcp_object;
extern const struct ksteer_object ksteer_alias_object;
extern const struct ksteer_object ksteer_flow_object;
extern const struct ksteer_object ksteer_flows_object;
extern const struct ksteer_object ksteer_config_object;
extern const struct ksteer_object ksteer_counter_object;
extern const struct ksteer_object ksteer_kind_object;
extern const struct ksteer_object ksteer_explain_object;

const struct ksteer_attr *ksteer_attr_by_id(const struct ksteer_object *object,
					    unsigned int id);
const struct ksteer_attr *
ksteer_attr_by_name(const struct ksteer_object *object, const char *name);
bool ksteer_has(const void *model, unsigned int id);
void ksteer_mark(void *model, unsigned int id);
void *ksteer_member_of(const void *model, const struct ksteer_attr *attr);
void *ksteer_list_add(struct ksteer_list *list, size_t size);
void *ksteer_list_next(const struct ksteer_list *list, const void *item,
		       size_t size);
void ksteer_list_free(struct ksteer_list *list,
		      const struct ksteer_object *object);
void ksteer_object_free(const struct ksteer_object *object, void *model);

/* ksteer_list_next() for @item, a pointer to the type of the elements */
#define ksteer_next(list, item) ksteer_list_next(list, item, sizeof((item)[0]))

#endif /* _KSTEER_OBJECT_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Structures to netlink attributes and back, as the tables say.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "codec.h"

static int encode_nest(struct nl_msg *msg, const struct ksteer_attr *attr,
		       const void *model)
{
	struct nlattr *nest = nla_nest_start(msg, attr->id);

	if (!nest || ksteer_encode(msg, attr->nest, model))
		return -1;
	/* Unlike nla_nest_end() this keeps a nest with nothing in it */
	return nla_nest_end_keep_empty(msg, nest);
}

static int encode_list(struct nl_msg *msg, const struct ksteer_attr *attr,
		       const struct ksteer_list *list)
{
	const __u32 *flags = list->items;
	const char *item = list->items;
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (attr->type == KSTEER_T_FLAGS_LIST) {
			if (nla_put_u32(msg, attr->id, flags[i]))
				return -1;
		} else if (encode_nest(msg, attr,
				       item + i * attr->nest->size)) {
			return -1;
		}
	}
	return 0;
}

static int encode_attr(struct nl_msg *msg, const struct ksteer_attr *attr,
		       const void *from)
{
	const struct ksteer_macs *macs = from;
	const struct ksteer_ip *ip = from;

	switch (attr->type) {
	case KSTEER_T_U8:
	case KSTEER_T_PROTO:
		return nla_put_u8(msg, attr->id, *(const __u8 *)from);
	case KSTEER_T_U16:
		return nla_put_u16(msg, attr->id, *(const __u16 *)from);
	case KSTEER_T_U64:
	case KSTEER_T_HEX:
		return nla_put_u64(msg, attr->id, *(const __u64 *)from);
	case KSTEER_T_NAME:
	case KSTEER_T_DEVNAME:
		return nla_put_string(msg, attr->id, from);
	case KSTEER_T_MACS:
		return nla_put(msg, attr->id, macs->count * 6, macs->bytes);
	case KSTEER_T_TEXT:
		return nla_put_string(msg, attr->id,
				      *(const char *const *)from);
	case KSTEER_T_IP:
		return nla_put(msg, attr->id, ip->len, ip->bytes);
	case KSTEER_T_NEST:
		return encode_nest(msg, attr, from);
	case KSTEER_T_FLAGS_LIST:
	case KSTEER_T_LIST:
		return encode_list(msg, attr, from);
	default:
		return nla_put_u32(msg, attr->id, *(const __u32 *)from);
	}
}

/**
 * ksteer_encode - append the attributes of a structure to a message
 * @msg: message
 * @object: what the structure is
 * @model: structure; what is not there is not sent
 *
 * Return: 0, or -1 if the message has no room left.
 */
int ksteer_encode(struct nl_msg *msg, const struct ksteer_object *object,
		  const void *model)
{
	const struct ksteer_attr *attr;
	unsigned int i;

	for (i = 0; i < object->count; i++) {
		attr = &object->attrs[i];
		if (ksteer_has(model, attr->id) &&
		    encode_attr(msg, attr, ksteer_member_of(model, attr)))
			return -1;
	}
	return 0;
}

static int decode_text(struct nlattr *nla, char **text)
{
	free(*text);
	*text = strndup(nla_data(nla), nla_len(nla));
	return *text ? 0 : -ENOMEM;
}

static int decode_name(struct nlattr *nla, char *name)
{
	size_t len = strnlen(nla_data(nla), nla_len(nla));

	if (len > KSTEER_NAME_MAX)
		return -EPROTO;
	memcpy(name, nla_data(nla), len);
	name[len] = 0;
	return 0;
}

static int decode_ip(struct nlattr *nla, struct ksteer_ip *ip)
{
	if (nla_len(nla) != 4 && nla_len(nla) != 16)
		return -EPROTO;
	memset(ip, 0, sizeof(*ip));
	ip->len = nla_len(nla);
	memcpy(ip->bytes, nla_data(nla), ip->len);
	return 0;
}

static int decode_macs(struct nlattr *nla, struct ksteer_macs *macs)
{
	if (nla_len(nla) % 6 || nla_len(nla) > (int)sizeof(macs->bytes))
		return -EPROTO;
	memset(macs, 0, sizeof(*macs));
	macs->count = nla_len(nla) / 6;
	memcpy(macs->bytes, nla_data(nla), nla_len(nla));
	return 0;
}

static int decode_number(struct nlattr *nla, size_t size, void *to)
{
	if (nla_len(nla) < (int)size)
		return -EPROTO;
	memcpy(to, nla_data(nla), size);
	return 0;
}

static int decode_list(const struct ksteer_attr *attr, struct nlattr *nla,
		       struct ksteer_list *list)
{
	bool flags = attr->type == KSTEER_T_FLAGS_LIST;
	void *item;

	item = ksteer_list_add(list, flags ? sizeof(__u32) : attr->nest->size);
	if (!item)
		return -ENOMEM;
	if (flags)
		return decode_number(nla, sizeof(__u32), item);
	return ksteer_decode(attr->nest, nla_data(nla), nla_len(nla), item);
}

static int decode_attr(const struct ksteer_attr *attr, struct nlattr *nla,
		       void *to)
{
	switch (attr->type) {
	case KSTEER_T_U8:
	case KSTEER_T_PROTO:
		return decode_number(nla, sizeof(__u8), to);
	case KSTEER_T_U16:
		return decode_number(nla, sizeof(__u16), to);
	case KSTEER_T_U64:
	case KSTEER_T_HEX:
		return decode_number(nla, sizeof(__u64), to);
	case KSTEER_T_NAME:
	case KSTEER_T_DEVNAME:
		return decode_name(nla, to);
	case KSTEER_T_MACS:
		return decode_macs(nla, to);
	case KSTEER_T_TEXT:
		return decode_text(nla, to);
	case KSTEER_T_IP:
		return decode_ip(nla, to);
	case KSTEER_T_NEST:
		return ksteer_decode(attr->nest, nla_data(nla), nla_len(nla),
				     to);
	case KSTEER_T_FLAGS_LIST:
	case KSTEER_T_LIST:
		return decode_list(attr, nla, to);
	default:
		return decode_number(nla, sizeof(__u32), to);
	}
}

/**
 * ksteer_decode - read the attributes of a structure
 * @object: what the structure is
 * @attrs: first attribute
 * @len: bytes of all attributes
 * @model: structure; on failure too the caller frees what it owns
 *
 * Attributes that the table does not know are passed over: a newer kernel
 * may send more.
 *
 * Return: 0, -EPROTO if an attribute is malformed, -ENOMEM.
 */
int ksteer_decode(const struct ksteer_object *object, struct nlattr *attrs,
		  int len, void *model)
{
	const struct ksteer_attr *attr;
	struct nlattr *nla;
	int rem, err;

	nla_for_each_attr(nla, attrs, len, rem) {
		attr = ksteer_attr_by_id(object, nla_type(nla));
		if (!attr)
			continue;
		err = decode_attr(attr, nla, ksteer_member_of(model, attr));
		if (err)
			return err;
		ksteer_mark(model, attr->id);
	}
	return 0;
}

static bool within(const struct nlattr *nla, const void *place)
{
	const char *at = place, *begin = (const char *)nla;

	return at >= begin && at < begin + nla->nla_len;
}

/**
 * ksteer_attr_path - name of the attribute at a place of a message
 * @object: what the message is about
 * @attrs: first attribute
 * @len: bytes of all attributes
 * @guilty: the place: the head of the attribute
 * @buf: gets the name, of nested ones with the names around it
 * @size: bytes of @buf
 * @index: gets how many attributes of the same number come before the
 *	   outermost one
 *
 * Return: @buf, or NULL if no attribute known is at that place.
 */
char *ksteer_attr_path(const struct ksteer_object *object, struct nlattr *attrs,
		       int len, const void *guilty, char *buf, size_t size,
		       size_t *index)
{
	const struct ksteer_attr *attr;
	size_t used, inner;
	struct nlattr *nla;
	int rem;

	*index = 0;
	nla_for_each_attr(nla, attrs, len, rem) {
		attr = ksteer_attr_by_id(object, nla_type(nla));
		if (!attr)
			continue;
		if (!within(nla, guilty)) {
			*index += nla_type(nla) == nla_type(attrs);
			continue;
		}
		used = snprintf(buf, size, "%s", attr->name);
		if (guilty == nla || !attr->nest || used + 1 >= size)
			return buf;
		buf[used] = '.';
		if (!ksteer_attr_path(attr->nest, nla_data(nla), nla_len(nla),
				      guilty, buf + used + 1, size - used - 1,
				      &inner))
			buf[used] = 0;
		return buf;
	}
	return NULL;
}

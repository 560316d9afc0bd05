// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptions of the objects: look-ups, lists and ownership.
 */
#include <stdlib.h>
#include <string.h>

#include "object.h"

/**
 * ksteer_attr_by_id - description of an attribute
 * @object: attribute set
 * @id: number in the uapi header
 *
 * Return: the description, or NULL.
 */
const struct ksteer_attr *ksteer_attr_by_id(const struct ksteer_object *object,
					    unsigned int id)
{
	unsigned int i;

	if (!object->count)
		return NULL;
	/* Most tables have most attributes in the order of their numbers */
	i = id - object->attrs->id;
	if (i < object->count && object->attrs[i].id == id)
		return &object->attrs[i];
	for (i = 0; i < object->count; i++)
		if (object->attrs[i].id == id)
			return &object->attrs[i];
	return NULL;
}

/**
 * ksteer_attr_by_name - description of an attribute
 * @object: attribute set
 * @name: name in the specification
 *
 * Return: the description, or NULL.
 */
const struct ksteer_attr *
ksteer_attr_by_name(const struct ksteer_object *object, const char *name)
{
	unsigned int i;

	for (i = 0; i < object->count; i++)
		if (!strcmp(object->attrs[i].name, name))
			return &object->attrs[i];
	return NULL;
}

/**
 * ksteer_has - is the attribute there
 * @model: structure of any object
 * @id: number of the attribute
 *
 * Return: true if it is.
 */
bool ksteer_has(const void *model, unsigned int id)
{
	return *(const __u64 *)model & KSTEER_HAS(id);
}

/**
 * ksteer_mark - say that an attribute is there
 * @model: structure of any object
 * @id: number of the attribute
 */
void ksteer_mark(void *model, unsigned int id)
{
	*(__u64 *)model |= KSTEER_HAS(id);
}

/**
 * ksteer_member_of - where an attribute is stored
 * @model: structure of the object that @attr belongs to
 * @attr: attribute
 *
 * Return: the member's place in @model.
 */
void *ksteer_member_of(const void *model, const struct ksteer_attr *attr)
{
	return (char *)model + attr->offset;
}

/**
 * ksteer_list_add - make room for one more element
 * @list: list
 * @size: bytes of an element
 *
 * Return: the new element, all zero, or NULL without memory.
 */
void *ksteer_list_add(struct ksteer_list *list, size_t size)
{
	size_t n = list->count;
	char *items = list->items;

	/* The room doubles whenever the count reaches a power of two */
	if (!(n & (n - 1))) {
		items = reallocarray(items, n ? 2 * n : 1, size);
		if (!items)
			return NULL;
		list->items = items;
	}
	list->count++;
	return memset(items + n * size, 0, size);
}

/**
 * ksteer_list_next - go through a list
 * @list: list
 * @item: element, or NULL to begin
 * @size: bytes of an element
 *
 * Return: the element behind @item, or NULL at the end.
 */
void *ksteer_list_next(const struct ksteer_list *list, const void *item,
		       size_t size)
{
	char *next = item ? (char *)item + size : list->items;
	size_t used = list->count * size;

	return used && next < (char *)list->items + used ? next : NULL;
}

/**
 * ksteer_list_free - empty a list
 * @list: list
 * @object: what its elements are, or NULL if they own nothing
 */
void ksteer_list_free(struct ksteer_list *list,
		      const struct ksteer_object *object)
{
	size_t i;

	for (i = 0; object && i < list->count; i++)
		ksteer_object_free(object,
				   (char *)list->items + i * object->size);
	free(list->items);
	list->items = NULL;
	list->count = 0;
}

/**
 * ksteer_object_free - free what a structure owns and make it empty
 * @object: what it is
 * @model: structure; is itself not freed
 */
void ksteer_object_free(const struct ksteer_object *object, void *model)
{
	const struct ksteer_attr *attr;
	unsigned int i;

	for (i = 0; i < object->count; i++) {
		attr = &object->attrs[i];
		if (attr->type == KSTEER_T_TEXT)
			free(*(char **)ksteer_member_of(model, attr));
		else if (attr->type == KSTEER_T_LIST)
			ksteer_list_free(ksteer_member_of(model, attr),
					 attr->nest);
		else if (attr->type == KSTEER_T_FLAGS_LIST)
			ksteer_list_free(ksteer_member_of(model, attr), NULL);
		else if (attr->type == KSTEER_T_NEST)
			ksteer_object_free(attr->nest,
					   ksteer_member_of(model, attr));
	}
	memset(model, 0, object->size);
}

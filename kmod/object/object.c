// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects by number.
 *
 * A flow keeps two numbers of 32 bits where two pointers would take twice the
 * room, and what they stand for needs nothing made for each pair: with 10,000
 * virtual servers of 1,000 traffic managers that would be ten million.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "base/ksteer.h"
#include "object/object.h"

/* Numbers of a table that was just made */
#define KSTEER_OBJECTS_FIRST 16

/**
 * struct ksteer_objects - a table with what it is freed by
 * @rcu: for freeing
 * @size: of @at
 * @at: what readers see
 */
struct ksteer_objects {
	struct rcu_head rcu;
	u32 size;
	void __rcu *at[];
};

static struct ksteer_objects *ksteer_objects_alloc(u32 size)
{
	struct ksteer_objects *objects;

	objects = kvzalloc(struct_size(objects, at, size), GFP_KERNEL_ACCOUNT);
	if (objects)
		objects->size = size;
	return objects;
}

/* That of a table, to whoever may write there */
static struct ksteer_objects *ksteer_objects_of(struct ksteer_net *kn,
						void __rcu *__rcu *const *table)
{
	return container_of(ksteer_dereference_config(kn, *table),
			    struct ksteer_objects, at[0]);
}

static void ksteer_objects_free_rcu(struct rcu_head *rcu)
{
	kvfree(container_of(rcu, struct ksteer_objects, rcu));
}

/**
 * ksteer_objects_create - make the tables of a namespace, empty
 * @kn: ksteer of the namespace
 *
 * Return: 0 or -ENOMEM.
 */
int ksteer_objects_create(struct ksteer_net *kn)
{
	struct ksteer_objects *tms, *servers;

	tms = ksteer_objects_alloc(KSTEER_OBJECTS_FIRST);
	servers = ksteer_objects_alloc(KSTEER_OBJECTS_FIRST);
	if (!tms || !servers) {
		kvfree(tms);
		kvfree(servers);
		return -ENOMEM;
	}
	RCU_INIT_POINTER(kn->tm_at, tms->at);
	RCU_INIT_POINTER(kn->vs_at, servers->at);
	return 0;
}

/**
 * ksteer_objects_destroy - free the tables of a namespace
 * @kn: ksteer of the namespace; nobody reads them any more
 */
void ksteer_objects_destroy(struct ksteer_net *kn)
{
	mutex_lock(&kn->config);
	kvfree(ksteer_objects_of(kn, &kn->tm_at));
	kvfree(ksteer_objects_of(kn, &kn->vs_at));
	mutex_unlock(&kn->config);
}

/**
 * ksteer_objects_reserve - make room for a number
 * @kn: ksteer of the namespace
 * @table: one of its tables; replaced by a larger one where it is too small
 * @number: the number
 *
 * Context: process, under kn->config.
 * Return: 0 or -ENOMEM.
 */
int ksteer_objects_reserve(struct ksteer_net *kn, void __rcu *__rcu **table,
			   u32 number)
{
	struct ksteer_objects *old = ksteer_objects_of(kn, table), *new;
	u32 i;

	if (number < old->size)
		return 0;
	new = ksteer_objects_alloc(roundup_pow_of_two(number + 1));
	if (!new)
		return -ENOMEM;
	for (i = 0; i < old->size; i++)
		RCU_INIT_POINTER(new->at[i],
				 ksteer_dereference_config(kn, old->at[i]));
	rcu_assign_pointer(*table, new->at);
	call_rcu(&old->rcu, ksteer_objects_free_rcu);
	return 0;
}

/**
 * ksteer_objects_number - the number of a new object, and room for it
 * @kn: ksteer of the namespace
 * @table: one of its tables
 * @numbers: those that are taken of it
 * @number: filled: dense, so that tables by it are small; not 0
 *
 * Context: process, under kn->config.
 * Return: 0 or -ENOMEM.
 */
int ksteer_objects_number(struct ksteer_net *kn, void __rcu *__rcu **table,
			  struct ida *numbers, u32 *number)
{
	int next = ida_alloc_min(numbers, 1, GFP_KERNEL);

	if (next < 0)
		return -ENOMEM;
	if (ksteer_objects_reserve(kn, table, next)) {
		ida_free(numbers, next);
		return -ENOMEM;
	}
	*number = next;
	return 0;
}

/**
 * ksteer_objects_set - let a number stand for an object
 * @kn: ksteer of the namespace
 * @table: one of its tables, with room for it
 * @number: the number, not 0
 * @object: the object; NULL when nothing keeps the number any more
 *
 * Context: under kn->config.
 */
void ksteer_objects_set(struct ksteer_net *kn, void __rcu *__rcu *const *table,
			u32 number, void *object)
{
	rcu_assign_pointer(ksteer_objects_of(kn, table)->at[number], object);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects by name.  A tree and no hash: whoever is root in a namespace of his own
 * chooses names as he likes, and of ten thousand fourteen are compared, whatever they
 * are.  It needs no memory either, so what there is room for can be found, too.
 */
#include <linux/string.h>

#include "object/name.h"

static int ksteer_named_cmp(const void *name, const struct rb_node *node)
{
	return strcmp(name, rb_entry(node, struct ksteer_named, node)->name);
}

static bool ksteer_named_before(struct rb_node *x, const struct rb_node *y)
{
	return ksteer_named_cmp(rb_entry(x, struct ksteer_named, node)->name,
				y) < 0;
}

/**
 * ksteer_named_find - who has a name
 * @names: all of a kind
 * @name: the name
 *
 * Context: under the lock that covers @names.
 * Return: who has it, one of them if they are several, or NULL.
 */
struct ksteer_named *ksteer_named_find(const struct rb_root *names,
				       const char *name)
{
	struct rb_node *node = rb_find(name, names, ksteer_named_cmp);

	return rb_entry_safe(node, struct ksteer_named, node);
}

/**
 * ksteer_named_add - let somebody be found by name
 * @names: all of the kind
 * @named: who is in no tree
 * @name: the name
 *
 * Context: under the lock that covers @names.
 */
void ksteer_named_add(struct rb_root *names, struct ksteer_named *named,
		      const char *name)
{
	named->name = name;
	rb_add(&named->node, names, ksteer_named_before);
}

/**
 * ksteer_named_remove - let somebody be found no more
 * @names: all of the kind
 * @named: one of them
 *
 * Context: under the lock that covers @names.
 */
void ksteer_named_remove(struct rb_root *names, struct ksteer_named *named)
{
	rb_erase(&named->node, names);
}

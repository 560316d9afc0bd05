/* SPDX-License-Identifier: GPL-2.0-only */
/* Objects by the names that operators give them. */
#ifndef _KSTEER_NAME_H
#define _KSTEER_NAME_H

#include <linux/rbtree.h>

/**
 * struct ksteer_named - what has a name, within its object
 * @node: link among those of its kind
 * @name: the name, NUL-terminated; belongs to the object and stays
 */
struct ksteer_named {
	struct rb_node node;
	const char *name;
};

struct ksteer_named *ksteer_named_find(const struct rb_root *names,
				       const char *name);
void ksteer_named_add(struct rb_root *names, struct ksteer_named *named,
		      const char *name);
void ksteer_named_remove(struct rb_root *names, struct ksteer_named *named);

#endif /* _KSTEER_NAME_H */

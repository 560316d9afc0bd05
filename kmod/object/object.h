/* SPDX-License-Identifier: GPL-2.0-only */
/* Objects by number, for what keeps numbers instead of pointers. */
#ifndef _KSTEER_OBJECT_H
#define _KSTEER_OBJECT_H

#include <linux/rcupdate.h>

struct ida;
struct ksteer_net;

/*
 * A table is an array of pointers; NULL where there is none, as at 0.  It grows with
 * the greatest number; a number is not given to another before a grace period has
 * passed since its object was taken out.
 *
 * The object of a number that something has kept.  RCU read side.
 */
static __always_inline void *ksteer_object_rcu(void __rcu *__rcu *const *table,
					       u64 number)
{
	return rcu_dereference(rcu_dereference(*table)[number]);
}

int ksteer_objects_create(struct ksteer_net *kn);
void ksteer_objects_destroy(struct ksteer_net *kn);
int ksteer_objects_reserve(struct ksteer_net *kn, void __rcu *__rcu **table,
			   u32 number);
int ksteer_objects_number(struct ksteer_net *kn, void __rcu *__rcu **table,
			  struct ida *numbers, u32 *number);
void ksteer_objects_set(struct ksteer_net *kn, void __rcu *__rcu *const *table,
			u32 number, void *object);

#endif /* _KSTEER_OBJECT_H */

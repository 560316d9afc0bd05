/* SPDX-License-Identifier: GPL-2.0-only */
/* Memberships: in which pools a traffic manager is. */
#ifndef _KSTEER_MEMBERSHIP_H
#define _KSTEER_MEMBERSHIP_H

#include <linux/list.h>

struct ksteer_pool;
struct ksteer_pool_settings;
struct ksteer_tm;

/**
 * struct ksteer_membership - that a traffic manager is a member of a pool
 * @pool: the pool
 * @of_tm: link in ksteer_tm.memberships; kn->config
 */
struct ksteer_membership {
	struct ksteer_pool *pool;
	struct list_head of_tm;
};

struct ksteer_membership *
ksteer_memberships_create(const struct ksteer_pool_settings *s);
void ksteer_memberships_link(struct ksteer_pool *pool);
void ksteer_memberships_remove(struct ksteer_pool *pool);
void ksteer_memberships_mark(struct ksteer_tm *tm);

#endif /* _KSTEER_MEMBERSHIP_H */

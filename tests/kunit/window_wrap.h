/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions that the linker wraps: __wrap_ is called in the place of each, and
 * __real_ is the function itself.
 */
#ifndef _KSTEER_KUNIT_WINDOW_WRAP_H
#define _KSTEER_KUNIT_WINDOW_WRAP_H

#include "netlink/netlink.h"
#include "store/changelog.h"
#include "store/store.h"

struct ksteer_flow *__real_ksteer_store_insert_rcu(struct ksteer_net *kn,
						   struct ksteer_flow *flow,
						   struct ksteer_dest dest);
struct ksteer_flow *__wrap_ksteer_store_insert_rcu(struct ksteer_net *kn,
						   struct ksteer_flow *flow,
						   struct ksteer_dest dest);
bool __real_ksteer_store_remove(struct ksteer_net *kn,
				struct ksteer_flow *flow);
bool __wrap_ksteer_store_remove(struct ksteer_net *kn,
				struct ksteer_flow *flow);
bool __real_ksteer_flow_move(struct ksteer_net *kn, struct ksteer_flow *flow,
			     struct ksteer_dest from, struct ksteer_dest to);
bool __wrap_ksteer_flow_move(struct ksteer_net *kn, struct ksteer_flow *flow,
			     struct ksteer_dest from, struct ksteer_dest to);
void __real_ksteer_changelog_note_slow(struct ksteer_net *kn,
				       const struct ksteer_flow *flow,
				       struct ksteer_dest dest,
				       enum ksteer_event event);
void __wrap_ksteer_changelog_note_slow(struct ksteer_net *kn,
				       const struct ksteer_flow *flow,
				       struct ksteer_dest dest,
				       enum ksteer_event event);
bool __real_ksteer_nl_event_wanted(const struct ksteer_net *kn,
				   unsigned int group);
bool __wrap_ksteer_nl_event_wanted(const struct ksteer_net *kn,
				   unsigned int group);
void __real_ksteer_vs_sum(const struct ksteer_vs *vs, struct ksteer_sum *sum);
void __real_ksteer_tm_sum(const struct ksteer_tm *tm, struct ksteer_sum *sum);
void __wrap_ksteer_vs_sum(const struct ksteer_vs *vs, struct ksteer_sum *sum);
void __wrap_ksteer_tm_sum(const struct ksteer_tm *tm, struct ksteer_sum *sum);
void __real_synchronize_rcu(void);
void __wrap_synchronize_rcu(void);

#endif /* _KSTEER_KUNIT_WINDOW_WRAP_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What a change of a traffic manager does. */
#ifndef _KSTEER_CONTROL_TM_H
#define _KSTEER_CONTROL_TM_H

#include "object/manager.h"

struct ksteer_tm *ksteer_tm_create(struct ksteer_net *kn,
				   const struct ksteer_tm_settings *set);
void ksteer_tm_turn(struct ksteer_tm *tm, const struct ksteer_tm_settings *set);
void ksteer_tm_change(struct ksteer_tm *tm,
		      const struct ksteer_tm_settings *set,
		      struct ksteer_moved *moved);
void ksteer_tm_remove(struct ksteer_tm *tm);
void ksteer_tm_abandon_all(struct ksteer_net *kn);
void ksteer_tm_remove_all(struct ksteer_net *kn);

#endif /* _KSTEER_CONTROL_TM_H */

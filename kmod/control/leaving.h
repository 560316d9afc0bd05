/* SPDX-License-Identifier: GPL-2.0-only */
/* The flows of traffic managers that went down. */
#ifndef _KSTEER_LEAVING_H
#define _KSTEER_LEAVING_H

#include "object/manager.h"

void ksteer_leaving_init(struct ksteer_net *kn);
void ksteer_leaving_begin(struct ksteer_tm *tm, struct ksteer_moved *moved);
void ksteer_leaving_resume(struct ksteer_net *kn);
void ksteer_leaving_end(struct ksteer_tm *tm);
void ksteer_leaving_stop(struct ksteer_net *kn);

#endif /* _KSTEER_LEAVING_H */

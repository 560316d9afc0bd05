/* SPDX-License-Identifier: GPL-2.0-only */
/* What was removed, until no flow has it any more. */
#ifndef _KSTEER_REMOVAL_H
#define _KSTEER_REMOVAL_H

#include "base/ksteer.h"

struct ksteer_tm;
struct ksteer_vs;

void ksteer_removal_init(struct ksteer_net *kn);
void ksteer_removal_stop(struct ksteer_net *kn);
void ksteer_removal_finish(struct ksteer_net *kn);
void ksteer_removal_add_tm(struct ksteer_tm *tm);
void ksteer_removal_add_vs(struct ksteer_vs *vs);

#endif /* _KSTEER_REMOVAL_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What a change of a virtual server does. */
#ifndef _KSTEER_CONTROL_VS_H
#define _KSTEER_CONTROL_VS_H

#include "object/vserver.h"

struct ksteer_vs *ksteer_vs_create(struct ksteer_net *kn,
				   const struct ksteer_vs_settings *set);
int ksteer_vs_change(struct ksteer_vs *vs,
		     const struct ksteer_vs_settings *set);
int ksteer_vs_remove(struct ksteer_vs *vs);
void ksteer_vs_remove_all(struct ksteer_net *kn);

#endif /* _KSTEER_CONTROL_VS_H */

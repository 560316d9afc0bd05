/* SPDX-License-Identifier: GPL-2.0-only */
/* When packets are seen at all. */
#ifndef _KSTEER_HOOKS_H
#define _KSTEER_HOOKS_H

#include "base/ksteer.h"

int ksteer_hooks_register(struct ksteer_net *kn);
void ksteer_hooks_unregister(struct ksteer_net *kn);

#endif /* _KSTEER_HOOKS_H */

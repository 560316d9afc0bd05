/* SPDX-License-Identifier: GPL-2.0-only */
/* What changes by itself, and who looks after it. */
#ifndef _KSTEER_REFRESH_H
#define _KSTEER_REFRESH_H

#include "base/ksteer.h"

void ksteer_refresh_init(struct ksteer_net *kn);

#endif /* _KSTEER_REFRESH_H */

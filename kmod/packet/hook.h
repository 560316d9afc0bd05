/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the module stands in netfilter. */
#ifndef _KSTEER_HOOK_H
#define _KSTEER_HOOK_H

#include <linux/netfilter.h>

#define KSTEER_HOOKS 3

extern const struct nf_hook_ops ksteer_hooks[KSTEER_HOOKS];

#endif /* _KSTEER_HOOK_H */

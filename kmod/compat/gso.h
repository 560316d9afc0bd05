/* SPDX-License-Identifier: GPL-2.0-only */
/* Segmentation helpers have a header of their own since 6.5. */
#ifndef _KSTEER_COMPAT_GSO_H
#define _KSTEER_COMPAT_GSO_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#include <linux/skbuff.h>
#else
#include <net/gso.h>
#endif

#endif /* _KSTEER_COMPAT_GSO_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes every supported kernel look like the newest of them. Included before
 * all else in each file of the module, and the only place that may ask for the
 * kernel's version.
 */
#ifndef _KSTEER_COMPAT_H
#define _KSTEER_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "ksteer needs Linux 6.1 or newer"
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#error "ksteer has not been tried on Linux 6.13 and newer: 6.1 to 6.12 only"
#endif

#if !IS_ENABLED(CONFIG_64BIT)
#error "ksteer needs a 64-bit kernel"
#endif

/* nf_register_net_hook() warns and fails without it, and no symbol is missing */
#if !IS_ENABLED(CONFIG_NETFILTER_FAMILY_ARP)
#error "ksteer needs a kernel with CONFIG_NETFILTER_FAMILY_ARP"
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#include <linux/compiler_attributes.h>

#ifndef __counted_by
#define __counted_by(member)
#endif
#endif

/* A tracepoint's string is named once since 6.10 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define ksteer_assign_str(dst, src) __assign_str(dst, src)
#else
#define ksteer_assign_str(dst, src) __assign_str(dst)
#endif

/* What a route lookup heeds of the TOS: all of the DSCP since 6.12 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define KSTEER_RT_TOS_MASK IPTOS_RT_MASK
#else
#define KSTEER_RT_TOS_MASK INET_DSCP_MASK
#endif

#endif /* _KSTEER_COMPAT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink, as the newest supported kernel has it. */
#ifndef _KSTEER_COMPAT_NETLINK_H
#define _KSTEER_COMPAT_NETLINK_H

#include <linux/version.h>
#include <net/genetlink.h>

/* All that is asked of a dump's request is ->attrs, and both have that. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define genl_info_dump(cb) genl_dumpit_info(cb)
#endif

/* A range is only read, but was not declared so. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#undef NLA_POLICY_FULL_RANGE
#define NLA_POLICY_FULL_RANGE(tp, _range)                             \
	{                                                             \
		.type = NLA_ENSURE_UINT_OR_BINARY_TYPE(tp),           \
		.validation_type = NLA_VALIDATE_RANGE_PTR,            \
		.range = (struct netlink_range_validation *)(_range), \
	}
#endif

/*
 * Refuse with a sentence and the name of an object.  Without a buffer in
 * struct netlink_ext_ack a sentence must be constant, and the name is left out.
 */
#ifdef NL_SET_ERR_MSG_ATTR_FMT
#define ksteer_nl_refuse_named(extack, attr, sentence, name) \
	NL_SET_ERR_MSG_ATTR_FMT(extack, attr, sentence ": %s", name)
#else
#define ksteer_nl_refuse_named(extack, attr, sentence, name) \
	do {                                                 \
		(void)(name);                                \
		NL_SET_ERR_MSG_ATTR(extack, attr, sentence); \
	} while (0)
#endif

#endif /* _KSTEER_COMPAT_NETLINK_H */

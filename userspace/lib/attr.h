/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the tables of the objects are written; for the codec_*.c files alone.
 */
#ifndef _KSTEER_ATTR_H
#define _KSTEER_ATTR_H

#include "object.h"

/*
 * One attribute: its number in the uapi header without KSTEER_A_,
 * its name in the specification, its type, the structure and the member that
 * hold it, and what else its type needs.
 */
#define ATTR(number, text, kind, holder, member, ...)                      \
	{                                                                  \
		.id = KSTEER_A_##number, .type = KSTEER_T_##kind,          \
		.offset = offsetof(struct holder, member), .name = (text), \
		__VA_ARGS__                                                \
	}

#define OBJECT(text, holder, table)                          \
	const struct ksteer_object holder##_object = {       \
		.name = (text),                              \
		.size = sizeof(struct holder),               \
		.attrs = (table),                            \
		.count = sizeof(table) / sizeof((table)[0]), \
	}

#endif /* _KSTEER_ATTR_H */

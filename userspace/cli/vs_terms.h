/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of 'ksteer vs add' and 'ksteer vs set'.
 */
#ifndef _KSTEER_VS_TERMS_H
#define _KSTEER_VS_TERMS_H

#include "args.h"

/* Terms that say what a virtual server matches, which stays as it is */
#define TERM_MATCH TERM_GROUP_1

/**
 * struct vs_request - a virtual server as the words describe it
 * @vs: virtual server
 * @named_flags: flags that the words turn on or off; others are to stay
 */
struct vs_request {
	struct ksteer_vs vs;
	__u32 named_flags;
};

extern const struct term ksteer_vs_terms[];

#endif /* _KSTEER_VS_TERMS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words that name a flow, or many.
 */
#ifndef _KSTEER_FLOW_TERMS_H
#define _KSTEER_FLOW_TERMS_H

#include "args.h"

/*
 * Terms behind a key: what it is stored with, what its packet is, its kind, what of it
 * is to change
 */
#define TERM_OWNER TERM_GROUP_1
#define TERM_ARRIVAL TERM_GROUP_2
#define TERM_PARTIAL TERM_GROUP_3
#define TERM_CHANGE TERM_GROUP_4

/* Term of a filter: no filter at all */
#define TERM_ALL TERM_GROUP_1

extern const struct term ksteer_flow_key_terms[];
extern const struct term ksteer_flow_filter_terms[];

struct ksteer_flow;

int ksteer_flow_parse(struct args *args, struct ksteer_flow *flow);

#endif /* _KSTEER_FLOW_TERMS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flows of a file, many a message.
 */
#ifndef _KSTEER_FLOW_LOAD_H
#define _KSTEER_FLOW_LOAD_H

#include "args.h"

int ksteer_flow_load(struct cli *cli, const struct args *args,
		     const struct verb *line);
int ksteer_flow_change(struct cli *cli, int cmd, const struct ksteer_flow *flow,
		       __u32 *count);

#endif /* _KSTEER_FLOW_LOAD_H */

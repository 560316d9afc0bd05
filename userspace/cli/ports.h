/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ksteer tm ports: source ports whose answers come back to a traffic manager.
 */
#ifndef _KSTEER_PORTS_H
#define _KSTEER_PORTS_H

#include "args.h"

extern const struct ksteer_object ksteer_ports_object;
extern const struct term ksteer_ports_terms[];

int ksteer_ports_run(struct cli *cli, struct args *args);

#endif /* _KSTEER_PORTS_H */

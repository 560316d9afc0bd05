/* SPDX-License-Identifier: GPL-2.0-only */
/* What the birth of namespaces needs of base/netns.c. */
#ifndef _KSTEER_NETNS_H
#define _KSTEER_NETNS_H

#include "base/ksteer.h"

extern unsigned int ksteer_net_id;

int ksteer_queues_create(void);
void ksteer_queues_destroy(void);

#endif /* _KSTEER_NETNS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* ksteer in all network namespaces. */
#ifndef _KSTEER_NET_H
#define _KSTEER_NET_H

int ksteer_net_init(void);
void ksteer_net_exit(void);

#endif /* _KSTEER_NET_H */

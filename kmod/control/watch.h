/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel tells of devices and neighbours. */
#ifndef _KSTEER_WATCH_H
#define _KSTEER_WATCH_H

int ksteer_watch_start(void);
void ksteer_watch_stop(void);

#endif /* _KSTEER_WATCH_H */

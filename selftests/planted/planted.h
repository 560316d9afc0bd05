/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSTEER_PLANTED_H
#define KSTEER_PLANTED_H

int ksteer_race_start(void);
void ksteer_race_stop(void);

#endif

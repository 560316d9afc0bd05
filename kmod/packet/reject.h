/* SPDX-License-Identifier: GPL-2.0-only */
/* Refusals: what the sender of a packet learns that nobody takes. */
#ifndef _KSTEER_REJECT_H
#define _KSTEER_REJECT_H

#include "base/stats.h"
#include "key/packet.h"

bool ksteer_answer_echo(struct ksteer_packet *pkt);
unsigned int ksteer_reject(struct ksteer_packet *pkt, enum ksteer_reject how,
			   enum ksteer_counter count);

#endif /* _KSTEER_REJECT_H */

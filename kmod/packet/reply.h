/* SPDX-License-Identifier: GPL-2.0-only */
/* Answers that the router's own checks of sources would drop. */
#ifndef _KSTEER_REPLY_H
#define _KSTEER_REPLY_H

#include <linux/bits.h>

#include "key/packet.h"
#include "packet/account.h"

struct ksteer_vs;

bool ksteer_reply_send(struct ksteer_packet *pkt, struct ksteer_dest dest,
		       const struct ksteer_account *to);
void ksteer_reply_learn(struct ksteer_vs *vs);
void ksteer_reply_refresh(struct ksteer_net *kn);

#endif /* _KSTEER_REPLY_H */

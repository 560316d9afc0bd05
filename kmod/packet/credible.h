/* SPDX-License-Identifier: GPL-2.0-only */
/* Is a packet what it says it is? */
#ifndef _KSTEER_CREDIBLE_H
#define _KSTEER_CREDIBLE_H

#include "base/ksteer.h"
#include "key/packet.h"
#include "store/dest.h"

int ksteer_l4_offset(const struct sk_buff *skb, u8 family);
bool ksteer_checksum_is_good(const struct ksteer_packet *pkt, u8 proto);
bool ksteer_is_credible(const struct ksteer_packet *pkt,
			struct ksteer_dest dest, enum ksteer_dir dir);

#endif /* _KSTEER_CREDIBLE_H */

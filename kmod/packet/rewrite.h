/* SPDX-License-Identifier: GPL-2.0-only */
/* The next hop is rewritten and the packet leaves. */
#ifndef _KSTEER_REWRITE_H
#define _KSTEER_REWRITE_H

#include <linux/skbuff.h>

#include "base/stats.h"
#include "key/packet.h"
#include "object/route.h"
#include "packet/account.h"

unsigned int ksteer_send(struct ksteer_packet *pkt, struct ksteer_way *way,
			 bool direct, const struct ksteer_account *to);
unsigned int ksteer_drop(struct ksteer_net *kn, struct sk_buff *skb,
			 enum ksteer_counter count,
			 enum skb_drop_reason reason);
unsigned int ksteer_refuse(struct ksteer_net *kn, struct sk_buff *skb,
			   u8 family, unsigned int mtu);
bool ksteer_options_good(const u8 *opt, int len);
void ksteer_untrack_template(struct sk_buff *skb);

#endif /* _KSTEER_REWRITE_H */

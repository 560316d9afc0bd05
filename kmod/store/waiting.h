/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets that wait for their flow's traffic manager. */
#ifndef _KSTEER_WAITING_H
#define _KSTEER_WAITING_H

#include <linux/skbuff.h>

#include "base/ksteer.h"

/**
 * struct ksteer_waiting - packets that wait for one flow
 * @queue: by direction, the first to come first; the flow's lock covers them
 * @bytes: memory of all of them
 */
struct ksteer_waiting {
	struct sk_buff_head queue[KSTEER_DIRS];
	u32 bytes;
};

struct ksteer_waiting *ksteer_waiting_create(void);
void ksteer_waiting_free(struct ksteer_waiting *waiting);
bool ksteer_waiting_join(struct ksteer_net *kn, struct ksteer_waiting *waiting,
			 struct sk_buff *skb, unsigned int dir);
bool ksteer_waiting_leave(struct ksteer_waiting *waiting,
			  struct sk_buff_head *queue);
void ksteer_waiting_give_back(struct ksteer_net *kn, u32 bytes);
void ksteer_waiting_purge(struct ksteer_net *kn,
			  struct ksteer_waiting *waiting);

#endif /* _KSTEER_WAITING_H */

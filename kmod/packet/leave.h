/* SPDX-License-Identifier: GPL-2.0-only */
/* Who leaves a traffic manager, and where to. */
#ifndef _KSTEER_LEAVE_H
#define _KSTEER_LEAVE_H

#include "base/ksteer.h"
#include "store/dest.h"

/* What becomes of a flow whose traffic manager is to lose flows */
enum ksteer_leave {
	KSTEER_LEAVE_NOT, /* it stays */
	KSTEER_LEAVE_MOVE, /* it goes to another */
	KSTEER_LEAVE_FORGET, /* its next packet is as its first */
};

enum ksteer_leave ksteer_leave_ask_rcu(const struct ksteer_flow *flow,
				       struct ksteer_dest dest,
				       unsigned int how,
				       struct ksteer_dest *to);
struct ksteer_dest ksteer_leave_rcu(struct ksteer_net *kn,
				    struct ksteer_flow *flow,
				    struct ksteer_dest dest);
void ksteer_leave_all(struct ksteer_net *kn);

#endif /* _KSTEER_LEAVE_H */

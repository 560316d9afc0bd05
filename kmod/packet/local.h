/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets that the router itself sends. */
#ifndef _KSTEER_LOCAL_H
#define _KSTEER_LOCAL_H

#include "base/ksteer.h"

struct ksteer_tuple;

int ksteer_local_want(struct ksteer_net *kn, u32 flags);
void ksteer_local_leave(struct ksteer_net *kn, u32 flags);
void ksteer_local_stop(struct ksteer_net *kn);
struct ksteer_vs *ksteer_local_match_rcu(struct ksteer_net *kn,
					 const struct ksteer_tuple *t,
					 const struct net_device *vrf);

#endif /* _KSTEER_LOCAL_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Telling neighbours that an address is here now. */
#ifndef _KSTEER_ANNOUNCE_H
#define _KSTEER_ANNOUNCE_H

#include "base/ksteer.h"

struct net_device;
struct ksteer_vs;

void ksteer_announce_init(struct ksteer_net *kn);
void ksteer_announce_stop(struct ksteer_net *kn);
void ksteer_announce(struct ksteer_vs *vs);
void ksteer_announce_all(struct ksteer_net *kn);
void ksteer_announce_devices(struct ksteer_net *kn);
void ksteer_announce_device(struct ksteer_net *kn,
			    const struct net_device *dev);
void ksteer_announce_carrier(struct ksteer_net *kn,
			     const struct net_device *dev);
void ksteer_announce_meet(struct ksteer_net *kn, const struct net_device *dev);
void ksteer_announce_forget(struct ksteer_net *kn,
			    const struct net_device *dev);

#endif /* _KSTEER_ANNOUNCE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What packets tell of the state of their flow. */
#ifndef _KSTEER_TCP_H
#define _KSTEER_TCP_H

#include "flow.h"
#include "packet.h"

u32 ksteer_track_first(const struct ksteer_packet *pkt, enum ksteer_dir dir);
void ksteer_track_begin(struct ksteer_flow *flow,
			const struct ksteer_packet *pkt, enum ksteer_dir dir);
bool ksteer_track(struct ksteer_flow *flow, const struct ksteer_packet *pkt,
		  enum ksteer_dir dir, bool leaving);

#endif /* _KSTEER_TCP_H */

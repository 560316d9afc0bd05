/* SPDX-License-Identifier: GPL-2.0-only */
/* What TCP segments tell of the state of their flow. */
#ifndef _KSTEER_TCP_H
#define _KSTEER_TCP_H

#include <ksteer/tcp_step.h>

#include "key/packet.h"
#include "store/flow.h"

void ksteer_tcp_load(const struct ksteer_flow *flow, u32 track,
		     struct ksteer_tcp *tcp);
void ksteer_tcp_store(struct ksteer_flow *flow, const struct ksteer_tcp *tcp,
		      unsigned int dir);
void ksteer_tcp_segment(const struct ksteer_packet *pkt, enum ksteer_dir dir,
			bool leaving, struct ksteer_segment *seg);
void ksteer_tcp_first(struct ksteer_flow *flow, const struct ksteer_packet *pkt,
		      enum ksteer_dir dir);
bool ksteer_track_tcp(struct ksteer_flow *flow, const struct ksteer_packet *pkt,
		      struct ksteer_dest dest, enum ksteer_dir dir,
		      bool leaving);
enum ksteer_tcp_verdict ksteer_track_segment(struct ksteer_net *kn,
					     struct ksteer_flow *flow,
					     const struct ksteer_segment *seg);

#endif /* _KSTEER_TCP_H */

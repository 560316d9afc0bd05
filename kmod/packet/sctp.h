/* SPDX-License-Identifier: GPL-2.0-only */
/* What SCTP packets tell of the state of their flow. */
#ifndef _KSTEER_SCTP_H
#define _KSTEER_SCTP_H

#include "key/packet.h"
#include "store/flow.h"

bool ksteer_sctp_opens(const struct ksteer_packet *pkt);
void ksteer_sctp_first(struct ksteer_flow *flow,
		       const struct ksteer_packet *pkt, enum ksteer_dir dir);
bool ksteer_track_sctp(struct ksteer_flow *flow,
		       const struct ksteer_packet *pkt, struct ksteer_dest dest,
		       enum ksteer_dir dir);

#endif /* _KSTEER_SCTP_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What packets tell of the state of their flow. */
#ifndef _KSTEER_TCP_H
#define _KSTEER_TCP_H

#include "flow.h"
#include "packet.h"

u32 ksteer_track_first(const struct ksteer_packet *pkt, enum ksteer_dir dir);
void ksteer_track_begin(struct ksteer_flow *flow,
			const struct ksteer_packet *pkt, enum ksteer_dir dir);
/*
 * The packets that change nothing of an established flow but, with TCP, how
 * far their side has come.  Return: whether this was one.
 */
static __always_inline bool ksteer_track_fast(struct ksteer_flow *flow,
					      const struct ksteer_packet *pkt,
					      enum ksteer_dir dir)
{
	u32 track = READ_ONCE(flow->track);
	u32 end;

	if (!pkt->tcp)
		return (track &
			(KSTEER_TRACK_STATE | KSTEER_TRACK_SEEN(dir))) ==
		       (KSTEER_FLOW_STATE_ESTABLISHED | KSTEER_TRACK_SEEN(dir));
	if ((pkt->tcp_flags & (KSTEER_TCP_SYN | KSTEER_TCP_RST |
			       KSTEER_TCP_FIN | KSTEER_TCP_ACK)) !=
		    KSTEER_TCP_ACK ||
	    (track & (KSTEER_TRACK_STATE | KSTEER_TRACK_WINDOW(dir))) !=
		    (KSTEER_FLOW_STATE_ESTABLISHED | KSTEER_TRACK_WINDOW(dir)))
		return false;
	end = pkt->seq + pkt->seq_len;
	if ((s32)(end - flow->end[dir]) > 0)
		WRITE_ONCE(flow->end[dir], end);
	if ((s32)(pkt->ack_seq - flow->ack[dir]) >= 0) {
		WRITE_ONCE(flow->ack[dir], pkt->ack_seq);
		WRITE_ONCE(flow->win[dir], pkt->window);
	}
	return true;
}

void ksteer_track_other(struct ksteer_net *kn, struct ksteer_flow *flow,
			enum ksteer_dir dir);
bool ksteer_track_tcp(struct ksteer_flow *flow, const struct ksteer_packet *pkt,
		      enum ksteer_dir dir, bool leaving);

#endif /* _KSTEER_TCP_H */

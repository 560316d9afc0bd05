/* SPDX-License-Identifier: GPL-2.0-only */
/* What packets tell of the state of their flow. */
#ifndef _KSTEER_TRACK_STATE_H
#define _KSTEER_TRACK_STATE_H

#include "key/packet.h"
#include "store/flow.h"

/* Now, in the ticks in which a flow's birth is noted */
static inline u32 ksteer_track_now(void)
{
	/* A shift, as each packet of a young flow asks: ticks are a little longer */
	return READ_ONCE(jiffies) >> order_base_2(KSTEER_TICK * HZ) &
	       KSTEER_TICKS;
}

/* KSTEER_TRACK_* of a flow that a packet opens, for ksteer_flow_alloc() */
static inline u32 ksteer_track_first(const struct ksteer_packet *pkt)
{
	const u8 opens = KSTEER_TCP_SYN | KSTEER_TCP_ACK;
	u32 track = KSTEER_FLOW_STATE_OPEN | ksteer_track_now()
						     << KSTEER_TRACK_BORN_SHIFT;

	if (pkt->tcp && (pkt->tcp_flags & opens) == KSTEER_TCP_SYN)
		track |= KSTEER_TRACK_SYN;
	return track;
}

void ksteer_track_changed(struct ksteer_net *kn, struct ksteer_flow *flow,
			  u32 before, u32 after);
void ksteer_track_datagram(struct ksteer_net *kn, struct ksteer_flow *flow,
			   enum ksteer_dir dir);
bool ksteer_track_is_stray(const struct ksteer_flow *flow,
			   const struct ksteer_packet *pkt,
			   struct ksteer_dest dest, enum ksteer_dir dir,
			   bool begins);

/*
 * The packets that change nothing of an established flow but, with TCP, how far
 * their side has come.  A segment must be near the last of its own side in both
 * numbers (ksteer_tcp_goes_on()); the rest is for the long way.  Return: whether
 * this was one.
 */
static __always_inline bool ksteer_track_fast(struct ksteer_flow *flow,
					      const struct ksteer_packet *pkt,
					      enum ksteer_dir dir)
{
	u32 track = READ_ONCE(flow->track);
	u32 seq, ack, end;

	if (unlikely(!(track & KSTEER_TRACK_VOUCHED)) &&
	    ksteer_track_is_aged(track, ksteer_track_now()))
		return false;
	if (!pkt->tcp)
		return (track & (KSTEER_TRACK_STATE | KSTEER_TRACK_SYN |
				 KSTEER_TRACK_SEEN(dir))) ==
		       (KSTEER_FLOW_STATE_ESTABLISHED | KSTEER_TRACK_SEEN(dir));
	if ((pkt->tcp_flags & (KSTEER_TCP_SYN | KSTEER_TCP_RST |
			       KSTEER_TCP_FIN | KSTEER_TCP_ACK)) !=
		    KSTEER_TCP_ACK ||
	    (track & (KSTEER_TRACK_STATE | KSTEER_TRACK_WINDOW(dir))) !=
		    (KSTEER_FLOW_STATE_ESTABLISHED | KSTEER_TRACK_WINDOW(dir)))
		return false;
	seq = pkt->seq - flow->end[dir];
	ack = pkt->ack_seq - flow->ack[dir];
	if (unlikely(((seq + KSTEER_TCP_NEAR) | (ack + KSTEER_TCP_NEAR)) >=
		     2 * KSTEER_TCP_NEAR))
		return false;
	end = pkt->seq_len + seq;
	if ((s32)end > 0)
		WRITE_ONCE(flow->end[dir], pkt->seq + pkt->seq_len);
	if ((s32)ack >= 0) {
		WRITE_ONCE(flow->ack[dir], pkt->ack_seq);
		WRITE_ONCE(flow->win[dir], pkt->window);
	}
	return true;
}

#endif /* _KSTEER_TRACK_STATE_H */

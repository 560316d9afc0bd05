/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A TCP segment's step: from what is known of a connection to what is known
 * after it.  A function of nothing else, so that the kernel can take it again
 * when another CPU was faster, and a program can try millions.
 *
 * Pure C, shared by the kernel module and by userspace.
 */
#ifndef _KSTEER_TCP_STEP_H
#define _KSTEER_TCP_STEP_H

#include <ksteer/tcp_first.h>

/* Does a RST acknowledge exactly what the other side has begun with? */
static inline bool ksteer_tcp_refuses(const struct ksteer_tcp *tcp,
				      const struct ksteer_segment *seg)
{
	unsigned int other = !seg->dir;

	return (seg->flags & KSTEER_TCP_ACK) && ksteer_tcp_saw(tcp, other) &&
	       (seg->ack == tcp->end[other] ||
		(!ksteer_tcp_knows(tcp, other) && seg->ack == tcp->ack[other]));
}

/*
 * RFC 5961: only at the exact place, which is where its side has come to or
 * what the other has acknowledged.  The first word of a side must answer what
 * it refuses.  A side that is never seen is not believed beyond that, and of a
 * connection that somebody has stored not before both sides have agreed.
 */
static inline enum ksteer_tcp_verdict
ksteer_tcp_rst(struct ksteer_tcp *tcp, const struct ksteer_segment *seg)
{
	unsigned int dir = seg->dir, other = !dir;
	bool exact;

	exact = ksteer_tcp_knows(tcp, other) && seg->seq == tcp->ack[other];
	if (ksteer_tcp_saw(tcp, dir))
		exact |= seg->seq == tcp->end[dir];
	else
		exact = seg->credible &&
			(exact || ksteer_tcp_refuses(tcp, seg));
	if (!exact || ksteer_tcp_is_unproven(tcp))
		return KSTEER_TCP_BAD_RST;
	if (ksteer_tcp_state(tcp) == KSTEER_STATE_CLOSED)
		return KSTEER_TCP_VALID;
	ksteer_tcp_set_state(tcp, KSTEER_STATE_CLOSED);
	tcp->track &= ~KSTEER_TRACK_RST_REPLY;
	if (dir)
		tcp->track |= KSTEER_TRACK_RST_REPLY;
	return KSTEER_TCP_VALID;
}

/*
 * A FIN in the window that the other side has offered; if that is not known,
 * not behind what was sent.  Data that stand before it may be sent again.
 */
static inline bool ksteer_tcp_fin_fits(const struct ksteer_tcp *tcp,
				       const struct ksteer_segment *seg)
{
	__u32 end = tcp->end[seg->dir], after = seg->seq + seg->len;

	if (ksteer_tcp_knows(tcp, !seg->dir))
		return ksteer_tcp_is_offered(tcp, seg);
	if ((tcp->track & KSTEER_TRACK_FIN(seg->dir)) && after == end)
		return true;
	return ksteer_seq_after(after, end) &&
	       !ksteer_seq_after(seg->seq, end + KSTEER_TCP_NEAR);
}

/* Who has reset a connection does not go on with it: so it was not that side */
static inline bool ksteer_tcp_revives(const struct ksteer_tcp *tcp,
				      const struct ksteer_segment *seg)
{
	return (tcp->track & KSTEER_TRACK_LIVED) &&
	       (tcp->track & KSTEER_TRACK_ENDED) != KSTEER_TRACK_ENDED &&
	       seg->dir == !!(tcp->track & KSTEER_TRACK_RST_REPLY) &&
	       (ksteer_seq_after(seg->seq + seg->len, tcp->end[seg->dir]) ||
		ksteer_seq_after(seg->ack, tcp->ack[seg->dir]));
}

/* Half open, and the SYN was seen? */
static inline bool ksteer_tcp_is_opening(const struct ksteer_tcp *tcp)
{
	return ksteer_tcp_state(tcp) == KSTEER_STATE_OPEN &&
	       (tcp->track & KSTEER_TRACK_SYN);
}

/* Is a segment with an acknowledgment where it may be? */
static inline bool ksteer_tcp_is_inside(struct ksteer_tcp *tcp,
					const struct ksteer_segment *seg)
{
	if (ksteer_tcp_is_opening(tcp) && !seg->dir)
		return ksteer_tcp_is_third(tcp, seg);
	if (!ksteer_tcp_saw(tcp, seg->dir))
		return !ksteer_tcp_is_opening(tcp) &&
		       ksteer_tcp_answers(tcp, seg);
	return ksteer_tcp_knows(tcp, seg->dir) && ksteer_tcp_goes_on(tcp, seg);
}

/* What the bits of the four ends of a connection make of its state */
static inline void ksteer_tcp_settle(struct ksteer_tcp *tcp)
{
	__u32 fins = tcp->track & (KSTEER_TRACK_FIN(0) | KSTEER_TRACK_FIN(1));

	tcp->track |= KSTEER_TRACK_LIVED;
	if ((tcp->track & KSTEER_TRACK_ENDED) == KSTEER_TRACK_ENDED)
		ksteer_tcp_set_state(tcp, KSTEER_STATE_CLOSED);
	else
		ksteer_tcp_set_state(tcp, fins ? KSTEER_STATE_CLOSING :
						 KSTEER_STATE_ESTABLISHED);
}

/* A valid segment with an acknowledgment: the sides' bits, then the numbers */
static inline void ksteer_tcp_accept(struct ksteer_tcp *tcp,
				     const struct ksteer_segment *seg)
{
	unsigned int dir = seg->dir, other = !dir;
	bool first = !ksteer_tcp_saw(tcp, dir);

	/* Whoever sends beyond its FIN has not sent that FIN */
	if ((tcp->track & KSTEER_TRACK_FIN(dir)) &&
	    ksteer_seq_after(seg->seq + seg->len, tcp->end[dir]))
		tcp->track &=
			~(KSTEER_TRACK_FIN(dir) | KSTEER_TRACK_ACKED(dir));
	if (first)
		ksteer_tcp_begin(tcp, seg);
	else
		ksteer_tcp_advance(tcp, seg);
	if (seg->flags & KSTEER_TCP_FIN)
		tcp->track |= KSTEER_TRACK_FIN(dir);
	/* The server does not wait; it is the opener who establishes */
	if (ksteer_tcp_is_opening(tcp) && dir)
		return;
	if (ksteer_tcp_saw(tcp, other) ||
	    ksteer_track_is_aged(tcp->track, seg->now))
		tcp->track |= KSTEER_TRACK_VOUCHED;
	if ((tcp->track & KSTEER_TRACK_FIN(other)) &&
	    seg->ack == tcp->end[other])
		tcp->track |= KSTEER_TRACK_ACKED(other);
	ksteer_tcp_settle(tcp);
}

/**
 * ksteer_tcp_step - let a segment change what is known of its connection
 * @tcp: what is known; changed if it is believed
 * @seg: the segment
 *
 * Return: what became of it.
 */
static inline enum ksteer_tcp_verdict
ksteer_tcp_step(struct ksteer_tcp *tcp, const struct ksteer_segment *seg)
{
	struct ksteer_tcp next = *tcp;

	if (seg->flags & KSTEER_TCP_RST)
		return ksteer_tcp_rst(tcp, seg);
	if (seg->flags & KSTEER_TCP_SYN)
		return ksteer_tcp_syn(tcp, seg);
	if (!(seg->flags & KSTEER_TCP_ACK))
		return KSTEER_TCP_OUTSIDE;
	if (ksteer_tcp_is_unproven(tcp) && !ksteer_tcp_saw(tcp, !seg->dir))
		return ksteer_tcp_suppose(tcp, seg);
	if (!ksteer_tcp_is_inside(&next, seg))
		return seg->flags & KSTEER_TCP_FIN ? KSTEER_TCP_BAD_FIN :
						     KSTEER_TCP_OUTSIDE;
	if ((seg->flags & KSTEER_TCP_FIN) && ksteer_tcp_saw(&next, seg->dir) &&
	    !ksteer_tcp_fin_fits(&next, seg))
		return KSTEER_TCP_BAD_FIN;
	if (ksteer_tcp_state(&next) == KSTEER_STATE_CLOSED &&
	    !ksteer_tcp_revives(&next, seg))
		return KSTEER_TCP_VALID;
	ksteer_tcp_accept(&next, seg);
	*tcp = next;
	return KSTEER_TCP_VALID;
}

#endif /* _KSTEER_TCP_STEP_H */

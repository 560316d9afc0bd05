/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The first words of a side of a TCP connection, when it must be found out
 * whether they are that side's: after the SYN, in the middle, of a connection
 * that somebody else has stored.
 *
 * Pure C, shared by the kernel module and by userspace.
 */
#ifndef _KSTEER_TCP_FIRST_H
#define _KSTEER_TCP_FIRST_H

#include <ksteer/tcp_syn.h>

/* Note how far a side has come */
static inline void ksteer_tcp_advance(struct ksteer_tcp *tcp,
				      const struct ksteer_segment *seg)
{
	unsigned int dir = seg->dir;
	__u32 end = seg->seq + seg->len;

	if (ksteer_seq_after(end, tcp->end[dir]))
		tcp->end[dir] = end;
	if (ksteer_tcp_knows(tcp, dir) &&
	    ksteer_seq_after(tcp->ack[dir], seg->ack))
		return;
	tcp->track |= KSTEER_TRACK_WINDOW(dir);
	tcp->ack[dir] = seg->ack;
	tcp->win[dir] = seg->window;
}

/*
 * Does the opener acknowledge the answer to its SYN?  Exactly, or with data that
 * were seen behind it (RFC 7413: the server need not wait).
 */
static inline bool ksteer_tcp_takes_answer(const struct ksteer_tcp *tcp,
					   const struct ksteer_segment *seg)
{
	return seg->ack == tcp->end[1] ||
	       (ksteer_tcp_knows(tcp, 0) &&
		seg->ack - tcp->ack[0] <= tcp->end[1] - tcp->ack[0]);
}

/*
 * Does the opener go on where its SYN ended, and acknowledge the answer if that
 * was seen?  Nobody can who has not seen both.
 */
static inline bool ksteer_tcp_is_third(struct ksteer_tcp *tcp,
				       const struct ksteer_segment *seg)
{
	if (ksteer_tcp_saw(tcp, 1))
		return ksteer_tcp_takes_answer(tcp, seg) &&
		       ksteer_within(seg->seq, tcp->end[0], 0, KSTEER_TCP_NEAR);
	if (seg->seq == tcp->ack[0])
		tcp->end[0] = seg->seq;
	return seg->seq == tcp->end[0];
}

/*
 * The first of the other side must answer what this side has sent: as if it had
 * been where this one acknowledges it to be, and what is under way may be much
 * in one of the directions.
 */
static inline bool ksteer_tcp_answers(const struct ksteer_tcp *tcp,
				      const struct ksteer_segment *seg)
{
	unsigned int other = !seg->dir;
	__u32 seq = tcp->ack[other], ack = tcp->end[other];

	if (!seg->credible)
		return false;
	if (!ksteer_tcp_knows(tcp, other))
		return ksteer_within(seg->ack, ack, KSTEER_TCP_NEAR,
				     KSTEER_TCP_NEAR);
	return ksteer_tcp_is_near(seg, seq, ack) ||
	       ksteer_tcp_is_far(seg, seq, ack, KSTEER_TCP_FAR,
				 KSTEER_TCP_STILL) ||
	       (seg->seq == seq && !ksteer_seq_after(seg->ack, ack)) ||
	       (seg->ack == ack && !ksteer_seq_after(seq, seg->seq));
}

/* Stored by somebody with the right to, and no packets have shown it yet */
static inline bool ksteer_tcp_is_unproven(const struct ksteer_tcp *tcp)
{
	return (tcp->track & (KSTEER_TRACK_STATE | KSTEER_TRACK_LIVED)) ==
	       KSTEER_STATE_ESTABLISHED;
}

/*
 * A segment of a connection whose numbers nobody has told, before the other side
 * has spoken: whoever sends first may not be who he says.  Each that does not go
 * on with the last takes its place, so that the other side's answer may meet the
 * genuine one.
 */
static inline enum ksteer_tcp_verdict
ksteer_tcp_suppose(struct ksteer_tcp *tcp, const struct ksteer_segment *seg)
{
	if (seg->flags & KSTEER_TCP_FIN)
		return KSTEER_TCP_BAD_FIN;
	if (ksteer_tcp_knows(tcp, seg->dir) && ksteer_tcp_goes_on(tcp, seg))
		ksteer_tcp_advance(tcp, seg);
	else
		ksteer_tcp_begin(tcp, seg);
	return KSTEER_TCP_VALID;
}

#endif /* _KSTEER_TCP_FIRST_H */

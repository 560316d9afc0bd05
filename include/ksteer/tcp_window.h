/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The windows by which a TCP segment is judged.
 *
 * Pure C, shared by the kernel module and by userspace.
 */
#ifndef _KSTEER_TCP_WINDOW_H
#define _KSTEER_TCP_WINDOW_H

#include <ksteer/track.h>

/*
 * How far a segment may be from the last of its own direction: near in both its
 * numbers (KSTEER_TCP_NEAR); or one number all but stands, and the other may be
 * far; or one is exact.  These are 2^34, 2^33, 2^32 and 2^31 of the 2^64 pairs of
 * numbers: of a blind sender's segments one in 570 million counts.
 */
#define KSTEER_TCP_STILL 0x200u
#define KSTEER_TCP_FAR 0x400000u
#define KSTEER_TCP_SCALE_MAX 14 /* RFC 7323 */

/* The window that @dir has last offered, in bytes */
static inline __u32 ksteer_tcp_offered(const struct ksteer_tcp *tcp,
				       unsigned int dir)
{
	__u32 scale = tcp->track >> KSTEER_TRACK_SCALE_SHIFT(dir) & 0xf;

	return (tcp->win[dir] ? tcp->win[dir] : 1u) << scale;
}

/* Is a segment near in both numbers, as nearly all are? */
static inline bool ksteer_tcp_is_near(const struct ksteer_segment *seg,
				      __u32 seq, __u32 ack)
{
	return ksteer_within(seg->seq, seq, KSTEER_TCP_NEAR,
			     KSTEER_TCP_NEAR - 1) &&
	       ksteer_within(seg->ack, ack, KSTEER_TCP_NEAR,
			     KSTEER_TCP_NEAR - 1);
}

/*
 * The acknowledgments stand and the data may be far; or the data stand and the
 * acknowledgment may be, @back behind or @ahead.
 */
static inline bool ksteer_tcp_is_far(const struct ksteer_segment *seg,
				     __u32 seq, __u32 ack, __u32 back,
				     __u32 ahead)
{
	return (ksteer_within(seg->seq, seq, KSTEER_TCP_FAR, KSTEER_TCP_FAR) &&
		ksteer_within(seg->ack, ack, KSTEER_TCP_STILL,
			      KSTEER_TCP_STILL)) ||
	       (ksteer_within(seg->seq, seq, KSTEER_TCP_STILL,
			      KSTEER_TCP_STILL) &&
		ksteer_within(seg->ack, ack, back, ahead));
}

/*
 * Exactly where its side is, a segment may acknowledge whatever has been seen of
 * the other side, or anything if nothing was: a hole that is filled on a long
 * fat path.
 */
static inline bool ksteer_tcp_catches_up(const struct ksteer_tcp *tcp,
					 const struct ksteer_segment *seg)
{
	unsigned int dir = seg->dir, other = !dir;

	return seg->seq == tcp->end[dir] &&
	       ksteer_seq_after(seg->ack, tcp->ack[dir]) &&
	       (!(tcp->track & KSTEER_TRACK_SEEN(other)) ||
		!ksteer_seq_after(seg->ack, tcp->end[other]));
}

/*
 * Does a segment go on where its direction is?  Near in both numbers.  Or the
 * acknowledgments stand: data after a gap, or sent again.  Or the data stand: an
 * acknowledgment of much, within the window that this side had offered, or more
 * if the data stand exactly.
 */
static inline bool ksteer_tcp_goes_on(const struct ksteer_tcp *tcp,
				      const struct ksteer_segment *seg)
{
	__u32 seq = tcp->end[seg->dir], ack = tcp->ack[seg->dir];
	__u32 ahead = ksteer_tcp_offered(tcp, seg->dir);

	if (ahead > KSTEER_TCP_FAR)
		ahead = KSTEER_TCP_FAR;
	return ksteer_tcp_is_near(seg, seq, ack) ||
	       ksteer_tcp_is_far(seg, seq, ack, KSTEER_TCP_STILL, ahead) ||
	       ksteer_tcp_catches_up(tcp, seg);
}

/* May the other side's data be where it has been acknowledged and allowed? */
static inline bool ksteer_tcp_is_offered(const struct ksteer_tcp *tcp,
					 const struct ksteer_segment *seg)
{
	unsigned int other = !seg->dir;

	return !ksteer_seq_after(tcp->ack[other], seg->seq + seg->len) &&
	       !ksteer_seq_after(seg->seq,
				 tcp->ack[other] +
					 ksteer_tcp_offered(tcp, other));
}

#endif /* _KSTEER_TCP_WINDOW_H */

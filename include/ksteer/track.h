/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What is known of a flow's state, and the windows by which a TCP segment is
 * judged.  Documentation/tracking.rst tells the whole; <ksteer/tcp_step.h> has the
 * steps.
 *
 * Pure C, shared by the kernel module and by userspace.
 */
#ifndef _KSTEER_TRACK_H
#define _KSTEER_TRACK_H

#include <linux/types.h>

#ifndef __KERNEL__
#include <stdbool.h>
#endif

/* The states, as enum ksteer_flow_state of the UAPI has them */
#define KSTEER_STATE_OPEN 0
#define KSTEER_STATE_ESTABLISHED 1
#define KSTEER_STATE_CLOSING 2
#define KSTEER_STATE_CLOSED 3

/* Bits of a flow's track; @dir is 0 for the opening direction, 1 for answers */
#define KSTEER_TRACK_STATE 0x0007 /* KSTEER_STATE_* */
#define KSTEER_TRACK_RST_REPLY 0x0008 /* an answer has reset it */
#define KSTEER_TRACK_SEEN(dir) (0x0010 << (dir)) /* packets of @dir came by */
#define KSTEER_TRACK_FIN(dir) (0x0040 << (dir)) /* a proper FIN of @dir */
#define KSTEER_TRACK_ACKED(dir) (0x0100 << (dir)) /* and its acknowledgment */
#define KSTEER_TRACK_SYN 0x0400 /* opened by a SYN, or an INIT, that we saw */
#define KSTEER_TRACK_VOUCHED 0x0800 /* not by a blind sender alone */
#define KSTEER_TRACK_WINDOW(dir) (0x1000 << (dir)) /* @dir has acknowledged */
#define KSTEER_TRACK_COUNTED 0x4000 /* counts as established */
#define KSTEER_TRACK_DOUBTED 0x8000 /* counts among the unvouched */
#define KSTEER_TRACK_SCALE_SHIFT(dir) (16 + 4 * (dir))
#define KSTEER_TRACK_SCALE(dir) (0xfu << KSTEER_TRACK_SCALE_SHIFT(dir))
#define KSTEER_TRACK_LIVED 0x01000000u /* has been established */
#define KSTEER_TRACK_BORN_SHIFT 25 /* when it was opened, in ticks */

#define KSTEER_TRACK_ENDED                                                   \
	(KSTEER_TRACK_FIN(0) | KSTEER_TRACK_FIN(1) | KSTEER_TRACK_ACKED(0) | \
	 KSTEER_TRACK_ACKED(1))

/* What somebody with the right to has stored */
#define KSTEER_TRACK_PUSHED \
	(KSTEER_STATE_ESTABLISHED | KSTEER_TRACK_LIVED | KSTEER_TRACK_VOUCHED)

/*
 * A tick is two seconds, and the stamp of a flow's birth wraps after 256.  A
 * flow whose packets are still valid after KSTEER_VOUCH_AGE seconds is vouched
 * for by age; one that is asked within that time after a wrap waits a little
 * longer.
 */
#define KSTEER_TICK 2
#define KSTEER_TICKS 0x7fu
#define KSTEER_VOUCH_AGE 10

/* Flag byte of the TCP header */
#define KSTEER_TCP_FIN 0x01
#define KSTEER_TCP_SYN 0x02
#define KSTEER_TCP_RST 0x04
#define KSTEER_TCP_ACK 0x10

/*
 * How far a segment may be from the last of its own direction: near in both its
 * numbers; or one number all but stands, and the other may be far.  These are
 * 2^34, 2^33 and 2^32 of the 2^64 pairs of numbers: of a blind sender's
 * segments one in 600 million counts.
 */
#define KSTEER_TCP_NEAR 0x10000u
#define KSTEER_TCP_STILL 0x200u
#define KSTEER_TCP_FAR 0x400000u
#define KSTEER_TCP_SCALE_MAX 14 /* RFC 7323 */

/**
 * struct ksteer_tcp - what is known of a connection
 * @track: KSTEER_TRACK_*
 * @end: highest sequence number that each direction has sent, plus one
 * @ack: highest that each direction has acknowledged.  While half open, the
 *	 opener's: where its first segment ends if that carried data, or where
 *	 the last SYN ends if it was another than the first
 * @win: window last offered, not scaled
 */
struct ksteer_tcp {
	__u32 track;
	__u32 end[2];
	__u32 ack[2];
	__u16 win[2];
};

/**
 * struct ksteer_segment - a segment as it is judged
 * @seq: sequence number
 * @ack: acknowledgment number
 * @len: sequence space that it takes
 * @window: as it stands in the header
 * @flags: KSTEER_TCP_*
 * @scale: shift of the window scale option plus one, 0 without; of a SYN
 * @dir: 0 in the opening direction, 1 an answer
 * @credible: it comes by where its source is; asked only of the first of the
 *	      direction that did not open the flow
 * @leaving: the flow's traffic manager takes no new flows; asked of a SYN
 * @silent: none has come for as long as a closed connection is kept; likewise
 * @now: ticks
 */
struct ksteer_segment {
	__u32 seq;
	__u32 ack;
	__u32 len;
	__u16 window;
	__u8 flags;
	__u8 scale;
	__u8 dir;
	bool credible;
	bool leaving;
	bool silent;
	__u8 now;
};

/* Is @n within [@from - @back, @from + @ahead]?  Numbers wrap */
static inline bool ksteer_within(__u32 n, __u32 from, __u32 back, __u32 ahead)
{
	return n - from + back <= back + ahead;
}

static inline bool ksteer_seq_after(__u32 a, __u32 b)
{
	return (__s32)(a - b) > 0;
}

/* Is a flow, whose birth is in @track, old enough to vouch for itself? */
static inline bool ksteer_track_is_aged(__u32 track, __u32 now)
{
	return ((now - (track >> KSTEER_TRACK_BORN_SHIFT)) & KSTEER_TICKS) >
	       KSTEER_VOUCH_AGE / KSTEER_TICK;
}

/* The window that @dir has last offered, in bytes */
static inline __u32 ksteer_tcp_offered(const struct ksteer_tcp *tcp,
				       unsigned int dir)
{
	__u32 scale = tcp->track >> KSTEER_TRACK_SCALE_SHIFT(dir) & 0xf;

	return (tcp->win[dir] ? tcp->win[dir] : 1u) << scale;
}

/*
 * Does a segment go on where its direction is?  Near in both numbers, as nearly
 * all are.  Or the acknowledgments stand: data after a gap, or sent again.  Or
 * the data stand: an acknowledgment of much, within the window that this side
 * had offered.
 */
static inline bool ksteer_tcp_goes_on(const struct ksteer_tcp *tcp,
				      const struct ksteer_segment *seg)
{
	__u32 seq = tcp->end[seg->dir], ack = tcp->ack[seg->dir];
	__u32 ahead = ksteer_tcp_offered(tcp, seg->dir);

	if (ahead > KSTEER_TCP_FAR)
		ahead = KSTEER_TCP_FAR;
	return (ksteer_within(seg->seq, seq, KSTEER_TCP_NEAR,
			      KSTEER_TCP_NEAR - 1) &&
		ksteer_within(seg->ack, ack, KSTEER_TCP_NEAR,
			      KSTEER_TCP_NEAR - 1)) ||
	       (ksteer_within(seg->seq, seq, KSTEER_TCP_FAR, KSTEER_TCP_FAR) &&
		ksteer_within(seg->ack, ack, KSTEER_TCP_STILL,
			      KSTEER_TCP_STILL)) ||
	       (ksteer_within(seg->seq, seq, KSTEER_TCP_STILL,
			      KSTEER_TCP_STILL) &&
		ksteer_within(seg->ack, ack, KSTEER_TCP_STILL, ahead));
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

#endif /* _KSTEER_TRACK_H */

/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What is known of a flow's state, and of a TCP segment.
 * Documentation/tracking.rst tells the whole; <ksteer/tcp_window.h> has the
 * windows by which a segment is judged, <ksteer/tcp_step.h> the steps.
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
#define KSTEER_TRACK_LIVED 0x01000000u /* was seen to be established */
#define KSTEER_TRACK_BORN_SHIFT 25 /* when it was opened, in ticks */

#define KSTEER_TRACK_ENDED                                                   \
	(KSTEER_TRACK_FIN(0) | KSTEER_TRACK_FIN(1) | KSTEER_TRACK_ACKED(0) | \
	 KSTEER_TRACK_ACKED(1))

/*
 * What somebody with the right to has stored.  It has not LIVED: no packet has
 * shown yet what he says, nor has he told the numbers.
 */
#define KSTEER_TRACK_PUSHED (KSTEER_STATE_ESTABLISHED | KSTEER_TRACK_VOUCHED)

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

/* A segment that is so near to the last of its side needs no long look */
#define KSTEER_TCP_NEAR 0x10000u

/**
 * struct ksteer_tcp - what is known of a connection
 * @track: KSTEER_TRACK_*
 * @end: highest sequence number that each direction has sent, plus one
 * @ack: highest that each direction has acknowledged.  While half open, the
 *	 opener's: where its first segment ends if that carried data, or where
 *	 the last SYN ends if it was another than the first; once one is
 *	 answered, and KSTEER_TRACK_WINDOW(0) says so, where the answer ends
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

#endif /* _KSTEER_TRACK_H */

/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * How a TCP connection opens: SYN, SYN and ACK, ACK; and what a SYN does to a
 * connection that is there.
 *
 * Pure C, shared by the kernel module and by userspace.
 */
#ifndef _KSTEER_TCP_SYN_H
#define _KSTEER_TCP_SYN_H

#include <ksteer/tcp_window.h>

/**
 * enum ksteer_tcp_verdict - what became of a segment
 * @KSTEER_TCP_VALID: it is where it may be
 * @KSTEER_TCP_OUTSIDE: it is not; nothing has changed
 * @KSTEER_TCP_BAD_FIN: the same, of a FIN
 * @KSTEER_TCP_BAD_RST: the same, of a RST
 * @KSTEER_TCP_ANEW: it opens a new connection; nothing has changed
 */
enum ksteer_tcp_verdict {
	KSTEER_TCP_VALID,
	KSTEER_TCP_OUTSIDE,
	KSTEER_TCP_BAD_FIN,
	KSTEER_TCP_BAD_RST,
	KSTEER_TCP_ANEW,
};

static inline bool ksteer_tcp_saw(const struct ksteer_tcp *tcp,
				  unsigned int dir)
{
	return tcp->track & KSTEER_TRACK_SEEN(dir);
}

/* Are the acknowledgment and the window of @dir known? */
static inline bool ksteer_tcp_knows(const struct ksteer_tcp *tcp,
				    unsigned int dir)
{
	return tcp->track & KSTEER_TRACK_WINDOW(dir);
}

static inline __u32 ksteer_tcp_state(const struct ksteer_tcp *tcp)
{
	return tcp->track & KSTEER_TRACK_STATE;
}

static inline void ksteer_tcp_set_state(struct ksteer_tcp *tcp, __u32 state)
{
	tcp->track = (tcp->track & ~KSTEER_TRACK_STATE) | state;
}

/*
 * The first segment of a direction.  A window beside a SYN is not scaled; where
 * the SYN was not seen, the largest scale is assumed: a window that is too wide
 * only has more believed of what goes on where its own side is.
 */
static inline void ksteer_tcp_begin(struct ksteer_tcp *tcp,
				    const struct ksteer_segment *seg)
{
	unsigned int dir = seg->dir, shift = KSTEER_TRACK_SCALE_SHIFT(dir);
	bool syn = seg->flags & KSTEER_TCP_SYN;
	__u32 scale = KSTEER_TCP_SCALE_MAX;

	if (syn)
		scale = seg->scale ? seg->scale - 1 : 0;
	tcp->track = (tcp->track & ~KSTEER_TRACK_SCALE(dir)) | scale << shift |
		     KSTEER_TRACK_SEEN(dir);
	tcp->end[dir] = seg->seq + seg->len;
	tcp->ack[dir] = seg->ack;
	tcp->win[dir] = syn ? seg->window >> scale : seg->window;
	if (seg->flags & KSTEER_TCP_ACK) {
		tcp->track |= KSTEER_TRACK_WINDOW(dir);
		return;
	}
	/* Data beside a SYN may be taken, or sent again */
	tcp->ack[dir] = tcp->end[dir];
	if (syn)
		tcp->end[dir] = seg->seq + 1;
}

/*
 * An answer to the SYN: it counts if it acknowledges one that was seen, and
 * tells whether windows are scaled (RFC 7323: if both sides have offered it).
 * Each must come by where its source is, as each says anew where its side begins.
 */
static inline enum ksteer_tcp_verdict
ksteer_tcp_syn_ack(struct ksteer_tcp *tcp, const struct ksteer_segment *seg)
{
	if (ksteer_tcp_state(tcp) != KSTEER_STATE_OPEN || !seg->dir)
		return KSTEER_TCP_VALID;
	if (!(tcp->track & KSTEER_TRACK_SYN) || !seg->credible ||
	    (seg->ack != tcp->end[0] &&
	     (ksteer_tcp_knows(tcp, 0) || seg->ack != tcp->ack[0])))
		return KSTEER_TCP_OUTSIDE;
	tcp->end[0] = seg->ack;
	ksteer_tcp_begin(tcp, seg);
	/* What the server sends at once is acknowledged from here on */
	tcp->ack[0] = tcp->end[1];
	tcp->track |= KSTEER_TRACK_WINDOW(0);
	if (!seg->scale)
		tcp->track &= ~KSTEER_TRACK_SCALE(0);
	return KSTEER_TCP_VALID;
}

/*
 * Another SYN while half open.  The first stays and the last is remembered
 * beside it: what was forged in between is forgotten.
 */
static inline void ksteer_tcp_syn_again(struct ksteer_tcp *tcp,
					const struct ksteer_segment *seg)
{
	if (!(tcp->track & KSTEER_TRACK_SYN)) {
		tcp->track &= ~(KSTEER_TRACK_WINDOW(0) | KSTEER_TRACK_SEEN(1) |
				KSTEER_TRACK_WINDOW(1));
		tcp->track |= KSTEER_TRACK_SYN;
		ksteer_tcp_begin(tcp, seg);
	} else if (seg->seq + 1 != tcp->end[0]) {
		tcp->track &= ~KSTEER_TRACK_WINDOW(0);
		tcp->ack[0] = seg->seq + 1;
	}
}

/*
 * The SYN that opened a flow, once more, and nobody has answered it: whoever
 * has the flow may be dead.  Another number does not show that, as anybody can
 * send one while a handshake is under way.
 */
static inline bool ksteer_tcp_is_unanswered(const struct ksteer_tcp *tcp,
					    const struct ksteer_segment *seg)
{
	return (tcp->track & KSTEER_TRACK_SYN) && !ksteer_tcp_saw(tcp, 1) &&
	       seg->seq + 1 == tcp->end[0];
}

/*
 * Is a connection over, as far as can be seen?  If both sides have closed; or
 * if the opener has, nothing is ever seen of the other, and there has been
 * silence for as long as a closed one is kept, or its traffic manager goes.
 */
static inline bool ksteer_tcp_is_over(const struct ksteer_tcp *tcp,
				      const struct ksteer_segment *seg)
{
	const __u32 both = KSTEER_TRACK_FIN(0) | KSTEER_TRACK_FIN(1);

	if ((tcp->track & both) == both)
		return true;
	return (tcp->track & KSTEER_TRACK_FIN(0)) && !ksteer_tcp_saw(tcp, 1) &&
	       (seg->leaving || seg->silent);
}

/*
 * A SYN on a known key.  A new connection if the old one is over and the number
 * is a new one (RFC 9293, 3.10.7.4); of a half-open one whose traffic manager
 * is being left, if it was not answered.  All others follow the flow.
 */
static inline enum ksteer_tcp_verdict
ksteer_tcp_syn(struct ksteer_tcp *tcp, const struct ksteer_segment *seg)
{
	__u32 state = ksteer_tcp_state(tcp);

	if (seg->flags & KSTEER_TCP_ACK)
		return ksteer_tcp_syn_ack(tcp, seg);
	if (state == KSTEER_STATE_CLOSED)
		return KSTEER_TCP_ANEW;
	if (seg->dir)
		return KSTEER_TCP_VALID;
	if (state == KSTEER_STATE_OPEN) {
		if (seg->leaving && ksteer_tcp_is_unanswered(tcp, seg))
			return KSTEER_TCP_ANEW;
		ksteer_tcp_syn_again(tcp, seg);
		return KSTEER_TCP_VALID;
	}
	return ksteer_tcp_is_over(tcp, seg) &&
			       ksteer_seq_after(seg->seq, tcp->end[0]) ?
		       KSTEER_TCP_ANEW :
		       KSTEER_TCP_VALID;
}

#endif /* _KSTEER_TCP_SYN_H */

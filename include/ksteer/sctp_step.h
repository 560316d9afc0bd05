/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * An SCTP packet's step (RFC 9260).  Each side names a random tag of 32 bits
 * when the association begins, and every packet to it must bear that tag: so
 * the tag is what a blind sender does not know.
 *
 * Of struct ksteer_tcp, @end is the tag that packets of a direction bear, known
 * if KSTEER_TRACK_WINDOW says so; @ack is the one of the last INIT or INIT ACK, if
 * that was another than the first.
 *
 * Pure C, shared by the kernel module and by userspace.
 */
#ifndef _KSTEER_SCTP_STEP_H
#define _KSTEER_SCTP_STEP_H

#include <ksteer/tcp_first.h>

/* An INIT was seen; SCTP has no window scale, whose place this is */
#define KSTEER_TRACK_INIT 0x00010000u

/* Chunks that matter, as bits of struct ksteer_sctp.chunks */
#define KSTEER_SCTP_INIT 0x01
#define KSTEER_SCTP_INIT_ACK 0x02
#define KSTEER_SCTP_ABORT 0x04
#define KSTEER_SCTP_SHUTDOWN 0x08 /* or its acknowledgment */
#define KSTEER_SCTP_COOKIE 0x10 /* COOKIE ECHO, COOKIE ACK */
#define KSTEER_SCTP_COMPLETE 0x20 /* SHUTDOWN COMPLETE */

/**
 * struct ksteer_sctp - a packet as it is judged
 * @tag: verification tag
 * @init_tag: of INIT and INIT ACK: the tag that its sender wants to see
 * @chunks: KSTEER_SCTP_*, all others left out
 * @reflected: an ABORT or SHUTDOWN COMPLETE whose sender knows no tag but the
 *	       one that it has been sent (T bit)
 * @dir: 0 in the opening direction, 1 an answer
 * @now: ticks
 */
struct ksteer_sctp {
	__u32 tag;
	__u32 init_tag;
	__u8 chunks;
	bool reflected;
	__u8 dir;
	__u8 now;
};

static inline void ksteer_sctp_learn(struct ksteer_tcp *as, unsigned int dir,
				     __u32 tag)
{
	as->end[dir] = tag;
	as->ack[dir] = tag;
	as->track |= KSTEER_TRACK_WINDOW(dir);
}

/* The first packet of an association, or one that is half way through */
static inline void ksteer_sctp_begin(struct ksteer_tcp *as,
				     const struct ksteer_sctp *pkt)
{
	as->track |= KSTEER_TRACK_SYN | KSTEER_TRACK_SEEN(pkt->dir);
	if (pkt->chunks & KSTEER_SCTP_INIT) {
		as->track |= KSTEER_TRACK_INIT;
		ksteer_sctp_learn(as, !pkt->dir, pkt->init_tag);
	} else {
		ksteer_sctp_learn(as, pkt->dir, pkt->tag);
	}
}

/*
 * An INIT on a known key.  Over: a new association.  Half open: repeated, or
 * another, and the answer will tell which.  Else the peer may have restarted,
 * which the ends settle between them (RFC 9260, 5.2.2).
 */
static inline enum ksteer_tcp_verdict
ksteer_sctp_init(struct ksteer_tcp *as, const struct ksteer_sctp *pkt)
{
	__u32 state = ksteer_tcp_state(as);

	if (state == KSTEER_STATE_CLOSED)
		return KSTEER_TCP_ANEW;
	if (state == KSTEER_STATE_OPEN && !pkt->dir &&
	    (as->track & KSTEER_TRACK_INIT))
		as->ack[1] = pkt->init_tag;
	return KSTEER_TCP_VALID;
}

/*
 * The server keeps nothing of an INIT, so that one which is repeated is answered
 * with another tag (RFC 9260, 5.1.3), and the opener takes the first that it
 * gets: the first and the last are remembered.
 */
static inline enum ksteer_tcp_verdict
ksteer_sctp_init_ack(struct ksteer_tcp *as, const struct ksteer_sctp *pkt)
{
	if (ksteer_tcp_state(as) != KSTEER_STATE_OPEN || !pkt->dir)
		return KSTEER_TCP_VALID;
	if (!(as->track & KSTEER_TRACK_INIT) ||
	    (pkt->tag != as->end[1] && pkt->tag != as->ack[1]))
		return KSTEER_TCP_OUTSIDE;
	if (ksteer_tcp_saw(as, 1) && pkt->tag == as->end[1]) {
		as->ack[0] = pkt->init_tag;
		return KSTEER_TCP_VALID;
	}
	ksteer_sctp_learn(as, 1, pkt->tag);
	ksteer_sctp_learn(as, 0, pkt->init_tag);
	as->track |= KSTEER_TRACK_SEEN(1);
	return KSTEER_TCP_VALID;
}

/* Does a packet bear the tag that it must? */
static inline bool ksteer_sctp_fits(struct ksteer_tcp *as,
				    const struct ksteer_sctp *pkt)
{
	unsigned int dir = pkt->dir;

	if (pkt->reflected)
		return ksteer_tcp_knows(as, !dir) && pkt->tag == as->end[!dir];
	/* Of several INIT ACKs the cookie says which was taken */
	if (ksteer_tcp_knows(as, dir) && pkt->tag == as->ack[dir] && !dir &&
	    ksteer_tcp_state(as) == KSTEER_STATE_OPEN &&
	    pkt->chunks == KSTEER_SCTP_COOKIE)
		ksteer_sctp_learn(as, dir, pkt->tag);
	if (ksteer_tcp_knows(as, dir))
		return pkt->tag == as->end[dir];
	/* What ends an association does not tell its tag */
	if (pkt->chunks & (KSTEER_SCTP_ABORT | KSTEER_SCTP_COMPLETE))
		return false;
	/* The answers go past, or nobody has seen the beginning */
	if ((as->track & KSTEER_TRACK_INIT) &&
	    !(pkt->chunks & KSTEER_SCTP_COOKIE))
		return false;
	ksteer_sctp_learn(as, dir, pkt->tag);
	return true;
}

static inline __u32 ksteer_sctp_next(const struct ksteer_tcp *as,
				     const struct ksteer_sctp *pkt)
{
	__u32 state = ksteer_tcp_state(as);

	if (pkt->chunks & (KSTEER_SCTP_ABORT | KSTEER_SCTP_COMPLETE))
		return KSTEER_STATE_CLOSED;
	if (state == KSTEER_STATE_OPEN)
		return (pkt->chunks & KSTEER_SCTP_COOKIE) ||
				       !(as->track & KSTEER_TRACK_INIT) ?
			       KSTEER_STATE_ESTABLISHED :
			       state;
	if (state == KSTEER_STATE_ESTABLISHED &&
	    (pkt->chunks & KSTEER_SCTP_SHUTDOWN))
		return KSTEER_STATE_CLOSING;
	return state;
}

/**
 * ksteer_sctp_step - let a packet change what is known of its association
 * @as: what is known; changed if the packet is believed
 * @pkt: the packet; if it is the first of its direction, or an INIT ACK, it comes
 *	 by where its source is
 *
 * Return: what became of it.
 */
static inline enum ksteer_tcp_verdict
ksteer_sctp_step(struct ksteer_tcp *as, const struct ksteer_sctp *pkt)
{
	struct ksteer_tcp next = *as;
	__u32 state;

	if (pkt->chunks & KSTEER_SCTP_INIT)
		return ksteer_sctp_init(as, pkt);
	if (pkt->chunks & KSTEER_SCTP_INIT_ACK)
		return ksteer_sctp_init_ack(as, pkt);
	/* Of one that somebody has stored nobody tells the tags; time ends it */
	if (ksteer_tcp_is_unproven(as)) {
		as->track |= KSTEER_TRACK_SEEN(pkt->dir);
		return KSTEER_TCP_VALID;
	}
	if (!ksteer_sctp_fits(&next, pkt))
		return KSTEER_TCP_OUTSIDE;
	next.track |= KSTEER_TRACK_SYN | KSTEER_TRACK_SEEN(pkt->dir);
	state = ksteer_sctp_next(&next, pkt);
	ksteer_tcp_set_state(&next, state);
	if (state == KSTEER_STATE_ESTABLISHED ||
	    state == KSTEER_STATE_CLOSING) {
		next.track |= KSTEER_TRACK_LIVED;
		if (ksteer_tcp_saw(&next, !pkt->dir) ||
		    ksteer_track_is_aged(next.track, pkt->now))
			next.track |= KSTEER_TRACK_VOUCHED;
	}
	*as = next;
	return KSTEER_TCP_VALID;
}

#endif /* _KSTEER_SCTP_STEP_H */

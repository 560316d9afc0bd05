// SPDX-License-Identifier: GPL-2.0-only
/*
 * What TCP segments tell of the state of their flow: open, established,
 * closing, closed (S0 L332-336; S1 L365 for the close).
 *
 * The distributor may see both directions, or only the opening one when the
 * traffic manager answers past it.  What is believed is said in
 * Documentation/tracking.rst and computed in <ksteer/tcp_step.h>; what is not
 * believed is forwarded all the same: the ends know better.
 */
#include "base/stats.h"
#include "object/vserver.h"
#include "packet/credible.h"
#include "packet/tcp.h"
#include "packet/track.h"

/**
 * ksteer_tcp_load - what is known of a connection
 * @flow: its flow
 * @track: the flow's track, as it was read before
 * @tcp: filled
 */
void ksteer_tcp_load(const struct ksteer_flow *flow, u32 track,
		     struct ksteer_tcp *tcp)
{
	int dir;

	tcp->track = track;
	for (dir = 0; dir < KSTEER_DIRS; dir++) {
		tcp->end[dir] = READ_ONCE(flow->end[dir]);
		tcp->ack[dir] = READ_ONCE(flow->ack[dir]);
		tcp->win[dir] = READ_ONCE(flow->win[dir]);
	}
}

/**
 * ksteer_tcp_store - write the numbers of a direction down
 * @flow: the flow
 * @tcp: what is known of it
 * @dir: the direction
 */
void ksteer_tcp_store(struct ksteer_flow *flow, const struct ksteer_tcp *tcp,
		      unsigned int dir)
{
	WRITE_ONCE(flow->end[dir], tcp->end[dir]);
	WRITE_ONCE(flow->ack[dir], tcp->ack[dir]);
	WRITE_ONCE(flow->win[dir], tcp->win[dir]);
}

/*
 * The directions whose numbers a segment changes: its own.  And an answer to the
 * SYN tells which of them was taken, and from where it may be acknowledged itself.
 */
static u8 ksteer_tcp_dirs(const struct ksteer_tcp *tcp,
			  const struct ksteer_segment *seg)
{
	if (seg->dir == KSTEER_DIR_REPLY && (seg->flags & KSTEER_TCP_SYN) &&
	    (tcp->track & KSTEER_TRACK_STATE) == KSTEER_FLOW_STATE_OPEN)
		return BIT(KSTEER_DIR_OPEN) | BIT(KSTEER_DIR_REPLY);
	return BIT(seg->dir);
}

static void ksteer_tcp_store_dirs(struct ksteer_flow *flow,
				  const struct ksteer_tcp *tcp, u8 dirs)
{
	int dir;

	for (dir = 0; dir < KSTEER_DIRS; dir++)
		if (dirs & BIT(dir))
			ksteer_tcp_store(flow, tcp, dir);
}

/*
 * Read what others have written meanwhile: all but the numbers that this CPU has
 * written itself, those of @dirs.  They are that if they are those of @is, and if
 * nobody has changed what else is known of their side: a copy of the segment, or
 * one that another CPU has written over, has the same numbers.
 */
static void ksteer_tcp_reload(const struct ksteer_flow *flow, u32 track,
			      struct ksteer_tcp *was,
			      const struct ksteer_tcp *is, u8 dirs)
{
	u32 changed = was->track ^ track;
	struct ksteer_tcp now;
	int dir;

	/* Pairs with the cmpxchg() of who was faster */
	smp_rmb();
	ksteer_tcp_load(flow, track, &now);
	was->track = track;
	for (dir = 0; dir < KSTEER_DIRS; dir++) {
		if (dirs & BIT(dir) && now.end[dir] == is->end[dir] &&
		    now.ack[dir] == is->ack[dir] &&
		    now.win[dir] == is->win[dir] &&
		    !(changed &
		      (KSTEER_TRACK_SEEN(dir) | KSTEER_TRACK_WINDOW(dir) |
		       KSTEER_TRACK_FIN(dir))))
			continue;
		was->end[dir] = now.end[dir];
		was->ack[dir] = now.ack[dir];
		was->win[dir] = now.win[dir];
	}
}

/**
 * ksteer_tcp_segment - a packet as it is judged
 * @pkt: the packet
 * @dir: its direction
 * @leaving: the flow's traffic manager takes no new flows
 * @seg: filled
 */
void ksteer_tcp_segment(const struct ksteer_packet *pkt, enum ksteer_dir dir,
			bool leaving, struct ksteer_segment *seg)
{
	*seg = (struct ksteer_segment){
		.seq = pkt->seq,
		.ack = pkt->ack_seq,
		.len = pkt->seq_len,
		.window = pkt->window,
		.flags = pkt->tcp_flags,
		.scale = pkt->tcp_scale,
		.dir = dir,
		.credible = true,
		.leaving = leaving,
		.now = ksteer_track_now(),
	};
}

/* @dir is a constant, so that all of it stays in registers */
static __always_inline void ksteer_tcp_note(struct ksteer_flow *flow,
					    const struct ksteer_packet *pkt,
					    enum ksteer_dir dir)
{
	struct ksteer_tcp tcp = { .track = flow->track };
	struct ksteer_segment seg;

	ksteer_tcp_segment(pkt, dir, false, &seg);
	ksteer_tcp_begin(&tcp, &seg);
	flow->track = tcp.track;
	flow->end[dir] = tcp.end[dir];
	flow->ack[dir] = tcp.ack[dir];
	flow->win[dir] = tcp.win[dir];
}

/**
 * ksteer_tcp_first - note the first packet of a flow
 * @flow: the flow, not yet stored; nobody else sees it
 * @pkt: the packet
 * @dir: its direction
 */
void ksteer_tcp_first(struct ksteer_flow *flow, const struct ksteer_packet *pkt,
		      enum ksteer_dir dir)
{
	if (likely(dir == KSTEER_DIR_OPEN))
		ksteer_tcp_note(flow, pkt, KSTEER_DIR_OPEN);
	else
		ksteer_tcp_note(flow, pkt, KSTEER_DIR_REPLY);
}

static void ksteer_tcp_count(struct ksteer_net *kn,
			     enum ksteer_tcp_verdict verdict)
{
	if (verdict == KSTEER_TCP_OUTSIDE)
		ksteer_count(kn, KSTEER_COUNT_TCP_OUTSIDE);
	else if (verdict == KSTEER_TCP_BAD_FIN)
		ksteer_count(kn, KSTEER_COUNT_TCP_BAD_FIN);
	else if (verdict == KSTEER_TCP_BAD_RST)
		ksteer_count(kn, KSTEER_COUNT_TCP_BAD_RST);
}

/**
 * ksteer_track_segment - let a segment change its flow
 * @kn: ksteer of the namespace
 * @flow: a stored flow, not a less specific key
 * @seg: the segment
 *
 * The new state is a function of the old one, whatever other CPUs do meanwhile.
 * The numbers are stored first, so that whoever sees a FIN sees where it ends;
 * those of a direction are written by that direction's packets, and by the answer
 * to its SYN.  If another CPU was faster and what it did makes the segment a wrong
 * one, they are put back.
 *
 * Context: softirq or BH off, RCU read side.
 * Return: what became of the segment.
 */
enum ksteer_tcp_verdict ksteer_track_segment(struct ksteer_net *kn,
					     struct ksteer_flow *flow,
					     const struct ksteer_segment *seg)
{
	u32 old = READ_ONCE(flow->track);
	enum ksteer_tcp_verdict verdict;
	struct ksteer_tcp was, is;
	u8 stored = 0;

	/* Pairs with the cmpxchg() below */
	smp_rmb();
	ksteer_tcp_load(flow, old, &was);
	for (;;) {
		is = was;
		verdict = ksteer_tcp_step(&is, seg);
		if (verdict != KSTEER_TCP_VALID) {
			ksteer_tcp_store_dirs(flow, &was, stored);
			ksteer_tcp_count(kn, verdict);
			return verdict;
		}
		stored |= ksteer_tcp_dirs(&is, seg);
		ksteer_tcp_store_dirs(flow, &is, stored);
		if (is.track == was.track ||
		    try_cmpxchg(&flow->track, &old, is.track))
			break;
		ksteer_tcp_reload(flow, old, &was, &is, stored);
	}
	ksteer_track_changed(kn, flow, was.track, is.track);
	return verdict;
}

/* Has a flow been silent for as long as a closed one is kept? */
static bool ksteer_tcp_is_silent(const struct ksteer_flow *flow,
				 struct ksteer_dest dest)
{
	return ksteer_flow_idle(flow) >
	       READ_ONCE(dest.vs->timeout[KSTEER_TIMEOUT_TCP_CLOSED]);
}

/**
 * ksteer_track_tcp - let a TCP packet change the state of its flow
 * @flow: a stored flow, not a less specific key
 * @pkt: the packet
 * @dest: the flow's destination
 * @dir: the packet's direction
 * @leaving: the flow's traffic manager takes no new flows
 *
 * What opens or ends a connection must have a good checksum, and the first
 * answer, as each to a SYN, must come by where its source is.
 *
 * Context: softirq or BH off, RCU read side.
 * Return: false if the packet opens a new connection that must be selected
 *	   anew; then nothing has changed.
 */
bool ksteer_track_tcp(struct ksteer_flow *flow, const struct ksteer_packet *pkt,
		      struct ksteer_dest dest, enum ksteer_dir dir,
		      bool leaving)
{
	const u8 matters = KSTEER_TCP_SYN | KSTEER_TCP_FIN | KSTEER_TCP_RST;
	bool begins = pkt->tcp_flags & KSTEER_TCP_SYN;
	struct ksteer_segment seg;

	if ((pkt->tcp_flags & matters) &&
	    unlikely(!ksteer_checksum_is_good(pkt, IPPROTO_TCP))) {
		ksteer_count(pkt->kn, KSTEER_COUNT_TCP_BAD_CHECKSUM);
		return true;
	}
	if (ksteer_track_is_stray(flow, pkt, dest, dir, begins))
		return true;
	ksteer_tcp_segment(pkt, dir, leaving, &seg);
	if (unlikely(begins))
		seg.silent = ksteer_tcp_is_silent(flow, dest);
	return ksteer_track_segment(pkt->kn, flow, &seg) != KSTEER_TCP_ANEW;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What packets tell of the state of their flow: open, established, closing,
 * closed (S0 L332-336; S1 L338 for UDP, L365 for the close).
 *
 * The distributor may see both directions, or only the opening one when the
 * traffic manager answers past it.  A claim (FIN, RST) is believed if its
 * sequence number lies in the window that the other side has offered; where
 * the other side is never seen, if it continues what this side has sent.  What
 * is not believed is forwarded all the same: the ends know better.
 *
 * Each direction writes only its own end, ack and win, so only the state bits
 * need an atomic change, and they change a few times in a connection's life.
 */
#include <net/tcp.h>

#include "stats.h"
#include "tcp.h"
#include "trace.h"

/*
 * How far a FIN may be ahead where the other side's window is not known, and
 * an acknowledgment of the answers where some of them are not seen
 */
#define KSTEER_BLIND_WINDOW 65536

static bool ksteer_track_saw(u32 track, enum ksteer_dir dir)
{
	return track & KSTEER_TRACK_SEEN(dir);
}

/* Are the acknowledgment and the window of @dir known? */
static bool ksteer_track_knows(u32 track, enum ksteer_dir dir)
{
	return track & KSTEER_TRACK_WINDOW(dir);
}

static u32 ksteer_track_scale(u32 track, enum ksteer_dir dir)
{
	return (track >> KSTEER_TRACK_SCALE_SHIFT(dir)) & 0xf;
}

/* The window that @dir has last offered, in bytes */
static u32 ksteer_offered(const struct ksteer_flow *flow, u32 track,
			  enum ksteer_dir dir)
{
	return max_t(u32, READ_ONCE(flow->win[dir]), 1)
	       << ksteer_track_scale(track, dir);
}

/* Does a claim of @dir that ends at @end lie where its segments may? */
static bool ksteer_in_window(const struct ksteer_flow *flow, u32 track,
			     enum ksteer_dir dir, u32 seq, u32 end)
{
	enum ksteer_dir other = !dir;
	u32 acked;

	if (!ksteer_track_knows(track, other)) {
		u32 next = READ_ONCE(flow->end[dir]);

		return !before(seq, next) &&
		       !after(seq, next + KSTEER_BLIND_WINDOW);
	}
	acked = READ_ONCE(flow->ack[other]);
	return !before(end, acked) &&
	       !after(seq, acked + ksteer_offered(flow, track, other));
}

/* A RST is believed a little less easily: blind, only at the exact place */
static bool ksteer_rst_believed(const struct ksteer_flow *flow, u32 track,
				const struct ksteer_packet *pkt,
				enum ksteer_dir dir)
{
	enum ksteer_dir other = !dir;

	if (!ksteer_track_saw(track, dir))
		/* The first word of this side: it must answer what it refuses */
		return (pkt->tcp_flags & KSTEER_TCP_ACK) &&
		       pkt->ack_seq == READ_ONCE(flow->end[other]);
	if (!ksteer_track_knows(track, other) ||
	    ksteer_flow_state(flow) == KSTEER_FLOW_STATE_OPEN)
		return pkt->seq == READ_ONCE(flow->end[dir]);
	return ksteer_in_window(flow, track, dir, pkt->seq, pkt->seq);
}

/* Replace the state and set bits in one step. Return: the bits before */
static __always_inline u32 ksteer_track_change(struct ksteer_flow *flow,
					       u32 set,
					       enum ksteer_flow_state state)
{
	u32 old = READ_ONCE(flow->track);
	u32 new;

	do {
		new = (old & ~KSTEER_TRACK_STATE) | set | state;
		if (new == old)
			break;
	} while (!try_cmpxchg(&flow->track, &old, new));
	return old;
}

static __always_inline void ksteer_set_state(struct ksteer_net *kn,
					     struct ksteer_flow *flow, u32 set,
					     enum ksteer_flow_state state)
{
	u32 old = ksteer_track_change(flow, set, state) & KSTEER_TRACK_STATE;

	if (old == state)
		return;
	if (old == KSTEER_FLOW_STATE_OPEN)
		ksteer_store_opened(kn, flow,
				    state == KSTEER_FLOW_STATE_ESTABLISHED);
	if (state == KSTEER_FLOW_STATE_CLOSED)
		ksteer_count(kn,
			     set ? KSTEER_COUNT_CLOSED : KSTEER_COUNT_RESET);
}

/* Note how far this side has come */
static void ksteer_tcp_advance(struct ksteer_flow *flow, u32 track,
			       const struct ksteer_packet *pkt,
			       enum ksteer_dir dir)
{
	u32 end = pkt->seq + pkt->seq_len;

	if (!ksteer_track_saw(track, dir) || after(end, flow->end[dir]))
		WRITE_ONCE(flow->end[dir], end);
	if (!(pkt->tcp_flags & KSTEER_TCP_ACK))
		return;
	if (!ksteer_track_knows(track, dir) ||
	    !before(pkt->ack_seq, flow->ack[dir])) {
		WRITE_ONCE(flow->ack[dir], pkt->ack_seq);
		WRITE_ONCE(flow->win[dir], pkt->window);
	}
	if (unlikely(!ksteer_track_knows(track, dir)))
		ksteer_track_set(flow, KSTEER_TRACK_WINDOW(dir));
}

/*
 * The bits that a FIN, and the acknowledgment of one, add.  The other side's
 * FIN is acknowledged once @dir acknowledges all that side has sent.
 */
static u32 ksteer_tcp_close_bits(struct ksteer_net *kn,
				 const struct ksteer_flow *flow, u32 track,
				 const struct ksteer_packet *pkt,
				 enum ksteer_dir dir)
{
	enum ksteer_dir other = !dir;
	u32 bits = 0;

	if (pkt->tcp_flags & KSTEER_TCP_FIN) {
		if (ksteer_in_window(flow, track, dir, pkt->seq,
				     pkt->seq + pkt->seq_len))
			bits |= KSTEER_TRACK_FIN(dir);
		else
			ksteer_count(kn, KSTEER_COUNT_TCP_BAD_FIN);
	}
	if ((track & KSTEER_TRACK_FIN(other)) &&
	    (pkt->tcp_flags & KSTEER_TCP_ACK) &&
	    !before(pkt->ack_seq, READ_ONCE(flow->end[other])))
		bits |= KSTEER_TRACK_ACKED(other);
	return bits;
}

#define KSTEER_TRACK_CLOSED                    \
	(KSTEER_TRACK_FIN(KSTEER_DIR_OPEN) |   \
	 KSTEER_TRACK_FIN(KSTEER_DIR_REPLY) |  \
	 KSTEER_TRACK_ACKED(KSTEER_DIR_OPEN) | \
	 KSTEER_TRACK_ACKED(KSTEER_DIR_REPLY))

/*
 * L5: closed only when both FINs are proper and both are acknowledged.  What is
 * half open stays so: a FIN must not save it from making room.  What a RST has
 * closed stays closed.
 */
static void ksteer_tcp_close(struct ksteer_net *kn, struct ksteer_flow *flow,
			     u32 track, u32 bits)
{
	enum ksteer_flow_state state = ksteer_flow_state(flow);

	if (state == KSTEER_FLOW_STATE_OPEN)
		ksteer_track_set(flow, bits);
	if (state == KSTEER_FLOW_STATE_OPEN ||
	    state == KSTEER_FLOW_STATE_CLOSED)
		return;
	state = KSTEER_FLOW_STATE_CLOSING;
	if (((track | bits) & KSTEER_TRACK_CLOSED) == KSTEER_TRACK_CLOSED)
		state = KSTEER_FLOW_STATE_CLOSED;
	ksteer_set_state(kn, flow, bits, state);
}

static void ksteer_tcp_reset(struct ksteer_net *kn, struct ksteer_flow *flow,
			     u32 track, const struct ksteer_packet *pkt,
			     enum ksteer_dir dir)
{
	if (!ksteer_rst_believed(flow, track, pkt, dir)) {
		ksteer_count(kn, KSTEER_COUNT_TCP_BAD_RST);
		return;
	}
	ksteer_set_state(kn, flow, 0, KSTEER_FLOW_STATE_CLOSED);
}

/*
 * Is a half-open connection established by this packet?  Both sides must have
 * spoken and the opener must acknowledge the answer; if the answers do not
 * come this way, the opener must go on exactly where its SYN ended.
 */
static bool ksteer_tcp_established(const struct ksteer_flow *flow, u32 track,
				   const struct ksteer_packet *pkt,
				   enum ksteer_dir dir)
{
	u32 next;

	if (!(pkt->tcp_flags & KSTEER_TCP_ACK) ||
	    pkt->tcp_flags & (KSTEER_TCP_SYN | KSTEER_TCP_RST))
		return false;
	if (!(track & KSTEER_TRACK_SYN))
		return ksteer_in_window(flow, track, dir, pkt->seq,
					pkt->seq + pkt->seq_len);
	if (dir != KSTEER_DIR_OPEN)
		return false;
	if (!ksteer_track_saw(track, KSTEER_DIR_REPLY))
		return pkt->seq == READ_ONCE(flow->end[dir]);
	next = READ_ONCE(flow->end[KSTEER_DIR_REPLY]);
	return !before(pkt->ack_seq, next) &&
	       !after(pkt->ack_seq, next + KSTEER_BLIND_WINDOW);
}

/*
 * A SYN on a key that is stored.  Return: false if the flow must be selected
 * again: it is closing, or its traffic manager is being left and the SYN is no
 * old duplicate.
 */
static bool ksteer_tcp_syn(const struct ksteer_flow *flow, u32 track,
			   const struct ksteer_packet *pkt, enum ksteer_dir dir,
			   bool leaving)
{
	switch (track & KSTEER_TRACK_STATE) {
	case KSTEER_FLOW_STATE_CLOSING:
	case KSTEER_FLOW_STATE_CLOSED:
		return false;
	case KSTEER_FLOW_STATE_OPEN:
		return !leaving || dir != KSTEER_DIR_OPEN;
	default:
		return !leaving || dir != KSTEER_DIR_OPEN ||
		       !after(pkt->seq, READ_ONCE(flow->end[dir]));
	}
}

/* A SYN that opens anew, or repeats the first: its numbers begin again */
static void ksteer_tcp_restart(struct ksteer_flow *flow, u32 track,
			       const struct ksteer_packet *pkt,
			       enum ksteer_dir dir)
{
	if ((track & KSTEER_TRACK_STATE) == KSTEER_FLOW_STATE_OPEN)
		ksteer_track_begin(flow, pkt, dir);
}

/**
 * ksteer_track_first - the state bits of a flow that a packet opens
 * @pkt: the packet
 * @dir: its direction
 *
 * Return: KSTEER_TRACK_* for ksteer_flow_alloc().
 */
u32 ksteer_track_first(const struct ksteer_packet *pkt, enum ksteer_dir dir)
{
	u32 track = KSTEER_FLOW_STATE_OPEN;

	if (pkt->tcp && (pkt->tcp_flags & KSTEER_TCP_SYN))
		track |= KSTEER_TRACK_SYN;
	return track;
}

/**
 * ksteer_track_begin - note the first packet of a direction
 * @flow: the flow
 * @pkt: the packet
 * @dir: its direction
 */
void ksteer_track_begin(struct ksteer_flow *flow,
			const struct ksteer_packet *pkt, enum ksteer_dir dir)
{
	u32 set = KSTEER_TRACK_SEEN(dir);

	if (pkt->tcp) {
		WRITE_ONCE(flow->end[dir], pkt->seq + pkt->seq_len);
		if (pkt->tcp_flags & KSTEER_TCP_ACK) {
			WRITE_ONCE(flow->ack[dir], pkt->ack_seq);
			WRITE_ONCE(flow->win[dir], pkt->window);
			set |= KSTEER_TRACK_WINDOW(dir);
		}
		if (pkt->tcp_scale) {
			ksteer_track_clear(flow, KSTEER_TRACK_SCALE(dir));
			set |= (u32)(pkt->tcp_scale - 1)
			       << KSTEER_TRACK_SCALE_SHIFT(dir);
		}
	}
	ksteer_track_set(flow, set);
}

/**
 * ksteer_track_other - let a packet without TCP change the state of its flow
 * @kn: ksteer of the namespace
 * @flow: a stored flow, not a less specific key
 * @dir: the packet's direction
 *
 * H15: such a flow is established by an answer, or by a second packet where
 * answers do not come this way.
 *
 * Context: softirq or BH off, RCU read side.
 */
void ksteer_track_other(struct ksteer_net *kn, struct ksteer_flow *flow,
			enum ksteer_dir dir)
{
	ksteer_set_state(kn, flow, KSTEER_TRACK_SEEN(dir),
			 KSTEER_FLOW_STATE_ESTABLISHED);
}

/**
 * ksteer_track_tcp - let a TCP segment change the state of its flow
 * @flow: a stored flow, not a less specific key
 * @pkt: the packet
 * @dir: its direction
 * @leaving: the flow's traffic manager takes no new flows
 *
 * Context: softirq or BH off, RCU read side.
 * Return: false if the packet opens a new connection that must be selected
 *	   anew; then nothing has changed.
 */
bool ksteer_track_tcp(struct ksteer_flow *flow, const struct ksteer_packet *pkt,
		      enum ksteer_dir dir, bool leaving)
{
	u32 track = READ_ONCE(flow->track);
	u32 bits;

	if (pkt->tcp_flags & KSTEER_TCP_RST) {
		ksteer_tcp_reset(pkt->kn, flow, track, pkt, dir);
		return true;
	}
	if (pkt->tcp_flags & KSTEER_TCP_SYN) {
		if (!(pkt->tcp_flags & KSTEER_TCP_ACK) &&
		    !ksteer_tcp_syn(flow, track, pkt, dir, leaving))
			return false;
		ksteer_tcp_restart(flow, track, pkt, dir);
		return true;
	}
	if (!ksteer_track_saw(track, dir))
		ksteer_track_begin(flow, pkt, dir);
	if ((track & KSTEER_TRACK_STATE) == KSTEER_FLOW_STATE_OPEN &&
	    ksteer_tcp_established(flow, track, pkt, dir))
		ksteer_set_state(pkt->kn, flow, 0,
				 KSTEER_FLOW_STATE_ESTABLISHED);
	bits = ksteer_tcp_close_bits(pkt->kn, flow, track, pkt, dir);
	if (!(pkt->tcp_flags & KSTEER_TCP_FIN) || bits & KSTEER_TRACK_FIN(dir))
		ksteer_tcp_advance(flow, track, pkt, dir);
	if (bits)
		ksteer_tcp_close(pkt->kn, flow, track, bits);
	return true;
}

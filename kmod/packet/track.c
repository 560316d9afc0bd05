// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of a flow: how it begins, who vouches for it, and the one place
 * through which each of its changes goes.  What TCP and SCTP say of themselves
 * is read in tcp.c and sctp.c.
 */
#include "base/stats.h"
#include "packet/credible.h"
#include "packet/track.h"
#include "store/store.h"

static_assert((int)KSTEER_STATE_OPEN == KSTEER_FLOW_STATE_OPEN);
static_assert((int)KSTEER_STATE_ESTABLISHED == KSTEER_FLOW_STATE_ESTABLISHED);
static_assert((int)KSTEER_STATE_CLOSING == KSTEER_FLOW_STATE_CLOSING);
static_assert((int)KSTEER_STATE_CLOSED == KSTEER_FLOW_STATE_CLOSED);

/*
 * Does a flow count for the limits?  From when somebody vouches for it; or it is
 * answered, where answers vouch for nobody.  What its sender alone has
 * established does not, as whoever forges two packets does that.
 */
static bool ksteer_track_counts(u32 track)
{
	const u32 seen = KSTEER_TRACK_SEEN(KSTEER_DIR_OPEN) |
			 KSTEER_TRACK_SEEN(KSTEER_DIR_REPLY);

	return (track & KSTEER_TRACK_LIVED) &&
	       ((track & KSTEER_TRACK_VOUCHED) || (track & seen) == seen);
}

/**
 * ksteer_track_changed - what follows from a change of a flow's track
 * @kn: ksteer of the namespace
 * @flow: the flow
 * @before: its track before; the change itself was atomic
 * @after: its track since
 *
 * Context: softirq or BH off, RCU read side.
 */
void ksteer_track_changed(struct ksteer_net *kn, struct ksteer_flow *flow,
			  u32 before, u32 after)
{
	u32 was = before & KSTEER_TRACK_STATE, is = after & KSTEER_TRACK_STATE;

	/* A server answers any SYN: that alone vouches for nobody */
	if (is != KSTEER_FLOW_STATE_OPEN && after & KSTEER_TRACK_VOUCHED &&
	    (was == KSTEER_FLOW_STATE_OPEN || !(before & KSTEER_TRACK_VOUCHED)))
		ksteer_store_vouch(kn, flow);
	if (ksteer_track_counts(after) && !ksteer_track_counts(before))
		ksteer_store_establish(kn, flow);
	if (was == is)
		return;
	if (was == KSTEER_FLOW_STATE_OPEN)
		ksteer_store_opened(kn, flow, after & KSTEER_TRACK_LIVED);
	if (was == KSTEER_FLOW_STATE_CLOSED)
		ksteer_count(kn, KSTEER_COUNT_REVIVED);
	if (is == KSTEER_FLOW_STATE_CLOSED)
		ksteer_count(kn, (after & KSTEER_TRACK_ENDED) ==
						 KSTEER_TRACK_ENDED ?
					 KSTEER_COUNT_CLOSED :
					 KSTEER_COUNT_RESET);
}

/**
 * ksteer_track_datagram - let a packet without numbers change its flow
 * @kn: ksteer of the namespace
 * @flow: a stored flow, not a less specific key
 * @dir: the packet's direction
 *
 * H15: such a flow is established by an answer, or by a second packet where
 * answers do not come this way.
 *
 * Context: softirq or BH off, RCU read side.
 */
void ksteer_track_datagram(struct ksteer_net *kn, struct ksteer_flow *flow,
			   enum ksteer_dir dir)
{
	u32 before = READ_ONCE(flow->track);
	u32 after;

	do {
		after = (before & ~KSTEER_TRACK_STATE) |
			KSTEER_FLOW_STATE_ESTABLISHED | KSTEER_TRACK_LIVED |
			KSTEER_TRACK_SEEN(dir);
		/* A server answers any datagram, so answers do not vouch */
		if (ksteer_track_is_aged(before, ksteer_track_now()))
			after |= KSTEER_TRACK_VOUCHED;
		if (after == before)
			return;
	} while (!try_cmpxchg(&flow->track, &before, after));
	ksteer_track_changed(kn, flow, before, after);
}

/**
 * ksteer_track_is_stray - does an answer come by where its source is not?
 * @flow: its flow
 * @pkt: the packet
 * @dest: its flow's destination
 * @dir: its direction
 * @begins: it says where its side begins, as an answer to a SYN or INIT does
 *
 * Asked until one has come that is right: who stands where the clients are must
 * not answer for a server.  While the flow is half open each that begins is asked,
 * or whoever has forged the SYN would answer it once more by numbers of his own.
 * Of a flow that was pushed nothing is known at first.
 *
 * Context: softirq or BH off, RCU read side.
 * Return: whether it does; then it is counted.
 */
bool ksteer_track_is_stray(const struct ksteer_flow *flow,
			   const struct ksteer_packet *pkt,
			   struct ksteer_dest dest, enum ksteer_dir dir,
			   bool begins)
{
	u32 track = READ_ONCE(flow->track);

	if (dir == KSTEER_DIR_OPEN ||
	    (track & KSTEER_TRACK_STATE) != KSTEER_FLOW_STATE_OPEN)
		begins = false;
	if (likely(track & KSTEER_TRACK_SEEN(dir) && !begins) ||
	    !(track & KSTEER_TRACK_SEEN(!dir)) ||
	    ksteer_is_credible(pkt, dest, dir))
		return false;
	ksteer_count(pkt->kn, KSTEER_COUNT_BAD_ANSWER);
	return true;
}

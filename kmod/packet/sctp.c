// SPDX-License-Identifier: GPL-2.0-only
/*
 * What SCTP packets tell of the state of their flow, by the chunks in them and
 * by the tag that they bear.  Documentation/tracking.rst says what is believed,
 * <ksteer/sctp_step.h> computes it.
 */
#include <ksteer/sctp_step.h>
#include <linux/sctp.h>
#include <linux/skbuff.h>

#include "base/stats.h"
#include "packet/credible.h"
#include "packet/sctp.h"
#include "packet/tcp.h"
#include "packet/track.h"

/* Chunks that are looked at; what matters stands in front */
#define KSTEER_SCTP_CHUNKS 8

static u8 ksteer_sctp_chunk(u8 type)
{
	switch (type) {
	case SCTP_CID_INIT:
		return KSTEER_SCTP_INIT;
	case SCTP_CID_INIT_ACK:
		return KSTEER_SCTP_INIT_ACK;
	case SCTP_CID_ABORT:
		return KSTEER_SCTP_ABORT;
	case SCTP_CID_SHUTDOWN:
	case SCTP_CID_SHUTDOWN_ACK:
		return KSTEER_SCTP_SHUTDOWN;
	case SCTP_CID_COOKIE_ECHO:
	case SCTP_CID_COOKIE_ACK:
		return KSTEER_SCTP_COOKIE;
	case SCTP_CID_SHUTDOWN_COMPLETE:
		return KSTEER_SCTP_COMPLETE;
	}
	return 0;
}

static void ksteer_sctp_read_chunks(const struct sk_buff *skb, int off,
				    struct ksteer_sctp *p)
{
	const struct sctp_chunkhdr *ch;
	struct sctp_chunkhdr buf;
	const __be32 *tag;
	__be32 tag_buf;
	int i, len;
	u8 what;

	for (i = 0; i < KSTEER_SCTP_CHUNKS; i++) {
		ch = skb_header_pointer(skb, off, sizeof(buf), &buf);
		len = ch ? ntohs(ch->length) : 0;
		if (len < (int)sizeof(*ch))
			return;
		what = ksteer_sctp_chunk(ch->type);
		/* An INIT stands alone, or it is none (RFC 9260, 4.3) */
		if ((what & (KSTEER_SCTP_INIT | KSTEER_SCTP_INIT_ACK)) && i)
			return;
		p->chunks |= what;
		if (what & (KSTEER_SCTP_ABORT | KSTEER_SCTP_COMPLETE))
			p->reflected = ch->flags & SCTP_CHUNK_FLAG_T;
		if (what & (KSTEER_SCTP_INIT | KSTEER_SCTP_INIT_ACK)) {
			tag = skb_header_pointer(skb, off + sizeof(*ch),
						 sizeof(tag_buf), &tag_buf);
			p->init_tag = tag ? ntohl(*tag) : 0;
			return;
		}
		off += ALIGN(len, 4);
	}
}

/* Return: false if there is no header */
static bool ksteer_sctp_read(const struct ksteer_packet *pkt,
			     enum ksteer_dir dir, struct ksteer_sctp *p)
{
	int off = ksteer_l4_offset(pkt->skb, pkt->family);
	const struct sctphdr *sh;
	struct sctphdr buf;

	*p = (struct ksteer_sctp){ .dir = dir, .now = ksteer_track_now() };
	sh = off > 0 ? skb_header_pointer(pkt->skb, off, sizeof(buf), &buf) :
		       NULL;
	if (!sh)
		return false;
	p->tag = ntohl(sh->vtag);
	ksteer_sctp_read_chunks(pkt->skb, off + sizeof(*sh), p);
	return true;
}

/**
 * ksteer_sctp_opens - does a packet open an association?
 * @pkt: the packet, SCTP
 *
 * Return: whether it is an INIT.
 */
bool ksteer_sctp_opens(const struct ksteer_packet *pkt)
{
	struct ksteer_sctp p;

	return ksteer_sctp_read(pkt, KSTEER_DIR_OPEN, &p) &&
	       p.chunks == KSTEER_SCTP_INIT;
}

/**
 * ksteer_sctp_first - note the first packet of a flow
 * @flow: the flow, not yet stored
 * @pkt: the packet
 * @dir: its direction
 */
void ksteer_sctp_first(struct ksteer_flow *flow,
		       const struct ksteer_packet *pkt, enum ksteer_dir dir)
{
	struct ksteer_tcp as = { .track = flow->track };
	struct ksteer_sctp p;
	int i;

	if (ksteer_sctp_read(pkt, dir, &p))
		ksteer_sctp_begin(&as, &p);
	flow->track = as.track;
	for (i = 0; i < KSTEER_DIRS; i++) {
		flow->end[i] = as.end[i];
		flow->ack[i] = as.ack[i];
	}
}

/**
 * ksteer_track_sctp - let an SCTP packet change the state of its flow
 * @flow: a stored flow, not a less specific key
 * @pkt: the packet
 * @dest: the flow's destination
 * @dir: the packet's direction
 *
 * Tags change only while the flow is half open, and all of them are written
 * before the state is.
 *
 * Context: softirq or BH off, RCU read side.
 * Return: false if the packet opens a new association that must be selected
 *	   anew; then nothing has changed.
 */
bool ksteer_track_sctp(struct ksteer_flow *flow,
		       const struct ksteer_packet *pkt, struct ksteer_dest dest,
		       enum ksteer_dir dir)
{
	u32 old = READ_ONCE(flow->track);
	enum ksteer_tcp_verdict verdict;
	struct ksteer_tcp was, as;
	struct ksteer_sctp p;
	int i;

	if (!ksteer_sctp_read(pkt, dir, &p) ||
	    ksteer_track_is_stray(flow, pkt, dest, dir,
				  p.chunks & KSTEER_SCTP_INIT_ACK))
		return true;
	do {
		/* Pairs with the cmpxchg() below */
		smp_rmb();
		ksteer_tcp_load(flow, old, &was);
		as = was;
		verdict = ksteer_sctp_step(&as, &p);
		if (verdict == KSTEER_TCP_OUTSIDE)
			ksteer_count(pkt->kn, KSTEER_COUNT_SCTP_BAD_TAG);
		if (verdict != KSTEER_TCP_VALID)
			return verdict != KSTEER_TCP_ANEW;
		for (i = 0; i < KSTEER_DIRS; i++)
			if (as.end[i] != was.end[i] || as.ack[i] != was.ack[i])
				ksteer_tcp_store(flow, &as, i);
	} while (as.track != old && !try_cmpxchg(&flow->track, &old, as.track));
	ksteer_track_changed(pkt->kn, flow, old, as.track);
	return true;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* A packet changes the state of its flow: inlined where packets come from. */
#ifndef _KSTEER_TRACK_PACKET_H
#define _KSTEER_TRACK_PACKET_H

#include "object/vserver.h"
#include "packet/sctp.h"
#include "packet/tcp.h"
#include "packet/track.h"

/* A SYN, an INIT, or any packet of a protocol that has none such */
static inline bool ksteer_opens(const struct ksteer_packet *pkt)
{
	const u8 open = KSTEER_TCP_SYN | KSTEER_TCP_ACK | KSTEER_TCP_RST;

	if (pkt->icmp_error)
		return false;
	if (pkt->tcp)
		return (pkt->tcp_flags & open) == KSTEER_TCP_SYN;
	return pkt->look.key.proto != IPPROTO_SCTP || ksteer_sctp_opens(pkt);
}

/*
 * Only a SYN asks.  Not whether the traffic manager is full: the connection that
 * ends leaves its place to the one that begins.
 */
static inline bool ksteer_is_leaving(const struct ksteer_packet *pkt,
				     struct ksteer_dest dest)
{
	return unlikely(pkt->tcp_flags & KSTEER_TCP_SYN) && dest.tm &&
	       !(READ_ONCE(dest.tm->away[pkt->family]) & KSTEER_AWAY_PENDING) &&
	       !ksteer_vs_offers_rcu(dest.vs, dest.tm, pkt->family);
}

/* Return: false if the packet opens a connection that is to be selected anew */
static __always_inline bool ksteer_track(struct ksteer_flow *flow,
					 const struct ksteer_packet *pkt,
					 struct ksteer_dest dest,
					 enum ksteer_dir dir)
{
	if (likely(ksteer_track_fast(flow, pkt, dir)))
		return true;
	if (pkt->tcp)
		return ksteer_track_tcp(flow, pkt, dest, dir,
					ksteer_is_leaving(pkt, dest));
	if (pkt->look.key.proto == IPPROTO_SCTP)
		return ksteer_track_sctp(flow, pkt, dest, dir);
	if (!ksteer_track_is_stray(flow, pkt, dest, dir, false))
		ksteer_track_datagram(pkt->kn, flow, dir);
	return true;
}

#endif /* _KSTEER_TRACK_PACKET_H */

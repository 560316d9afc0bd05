/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of a packet once its headers are read. */
#ifndef _KSTEER_PACKET_H
#define _KSTEER_PACKET_H

#include <ksteer/key.h>
#include <ksteer/track.h>

#include "base/ksteer.h"

/**
 * struct ksteer_tuple - the endpoints of a packet as it travels
 * @src: source address
 * @dst: destination address
 * @sport: source port, 0 for protocols without ports
 * @dport: destination port
 * @vlan: VLAN id of the arriving device, 0 without
 * @link: link id of the arriving device
 * @vrf: link id of its VRF alone, 0 without
 * @proto: IP protocol
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Of an ICMP error these are the endpoints of the flow that it speaks of, in
 * the direction in which the error travels: the quoted packet's, turned round.
 */
struct ksteer_tuple {
	union ksteer_addr src;
	union ksteer_addr dst;
	__be16 sport;
	__be16 dport;
	u16 vlan;
	u16 link;
	u16 vrf;
	u8 proto;
	u8 family;
};

/**
 * struct ksteer_lookup - what a packet is looked up by
 * @key: the key, with the link that the packet came by
 * @hash: its keyed hash; filled by the store
 * @swapped: the packet's source is the second endpoint of @key
 * @loose: enum ksteer_loose; not KSTEER_LOOSE_NOT if a flow was found only so
 */
struct ksteer_lookup {
	struct ksteer_key key;
	u32 hash;
	bool swapped;
	u8 loose;
};

/* By which links a packet may come to be of a flow */
enum ksteer_loose {
	KSTEER_LOOSE_NOT, /* by that of its direction */
	KSTEER_LOOSE_UNSEEN, /* by any of the VRF, while that is not known */
	KSTEER_LOOSE_ERROR, /* by any of the VRF: errors come from anywhere */
	KSTEER_LOOSE_FOREIGN, /* from the flow's manager, if it is in another VRF */
};

/**
 * struct ksteer_packet - a packet on its way through the hook
 * @kn: ksteer of the namespace
 * @skb: the packet
 * @state: where the hook is; for those that go on with the hooks behind ours
 * @look: its full key
 * @family: KSTEER_V4 or KSTEER_V6
 * @icmp_error: an ICMP error, keyed by the packet that it quotes
 * @tcp: the five that follow are filled
 * @tcp_flags: flag byte of the TCP header, KSTEER_TCP_*
 * @tcp_scale: shift of the window scale option plus one, 0 without; of a SYN
 * @window: window as it stands in the header, host order
 * @seq: sequence number, host order
 * @ack_seq: acknowledgment number, host order
 * @seq_len: sequence space that the segment takes
 *
 * The endpoints are in the key; ksteer_key_tuple() reads them back for the few
 * packets that need them.
 */
struct ksteer_packet {
	struct ksteer_net *kn;
	struct sk_buff *skb;
	const struct nf_hook_state *state;
	struct ksteer_lookup look;
	u8 family;
	bool icmp_error;
	bool tcp;
	u8 tcp_flags;
	u8 tcp_scale;
	u16 window;
	u32 seq;
	u32 ack_seq;
	u32 seq_len;
};

#endif /* _KSTEER_PACKET_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Which flows a request speaks of. */
#ifndef _KSTEER_FILTER_H
#define _KSTEER_FILTER_H

#include "key/packet.h"
#include "object/vserver.h"

struct netlink_ext_ack;
struct nlattr;

/**
 * struct ksteer_nl_filter - flows that agree in all that is given
 * @has: attributes given, bit numbers are those of the attribute set flow
 * @src: prefix of the opener's address
 * @dst: prefix of the other address
 * @sport: the opener's port
 * @dport: the other port
 * @proto: IP protocol
 * @vlan: VLAN id
 * @vrf: routing table of the VRF
 * @fields: template
 * @tm_id: traffic manager; by number, since the object may go meanwhile
 * @vs_id: virtual server, likewise
 * @state: enum ksteer_flow_state
 * @origin: enum ksteer_flow_origin
 * @owner: number of who has stored it, 0 for nobody
 */
struct ksteer_nl_filter {
	u64 has;
	struct ksteer_prefix src;
	struct ksteer_prefix dst;
	__be16 sport;
	__be16 dport;
	u8 proto;
	u16 vlan;
	u32 vrf;
	u32 fields;
	u32 tm_id;
	u32 vs_id;
	u32 state;
	u32 origin;
	u32 owner;
};

int ksteer_nl_parse_filter(struct ksteer_net *kn, const struct nlattr *nest,
			   struct ksteer_nl_filter *filter,
			   struct netlink_ext_ack *extack);
bool ksteer_nl_filter_match(const struct ksteer_nl_filter *filter,
			    const struct ksteer_flow *flow,
			    struct ksteer_dest dest);

#endif /* _KSTEER_FILTER_H */

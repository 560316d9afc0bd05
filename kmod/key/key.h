/* SPDX-License-Identifier: GPL-2.0-only */
/* Connection keys: from a packet to what it is recognised by. */
#ifndef _KSTEER_KMOD_KEY_H
#define _KSTEER_KMOD_KEY_H

#include "base/stats.h"
#include "key/packet.h"

/* All fields: the full key, equal for both directions of a flow */
#define KSTEER_FIELDS_FULL KSTEER_KIND_FIELDS

bool ksteer_key_read_slow(struct ksteer_packet *pkt);
bool ksteer_key_read_linked(struct ksteer_packet *pkt, int link);
enum ksteer_counter ksteer_key_lacks(const struct ksteer_packet *pkt);
bool ksteer_key_quoted(const struct sk_buff *skb, u8 family,
		       union ksteer_addr *to);
u8 ksteer_read_scale(const struct sk_buff *skb, int off, int len);
void ksteer_key_full(struct ksteer_lookup *look,
		     const struct ksteer_tuple *tuple);
bool ksteer_key_partial(struct ksteer_lookup *look,
			const struct ksteer_tuple *tuple, u8 fields, u16 pool,
			bool answer);
void ksteer_key_persist(struct ksteer_lookup *look,
			const struct ksteer_tuple *tuple, u32 id, u8 prefixlen,
			bool answer);
void ksteer_key_turn(struct ksteer_tuple *tuple);
void ksteer_key_tuple(const struct ksteer_net *kn,
		      const struct ksteer_lookup *look,
		      struct ksteer_tuple *tuple);
void ksteer_addr_mask(union ksteer_addr *addr, u8 len, u8 family);
bool ksteer_addr_in(const union ksteer_addr *addr, const union ksteer_addr *net,
		    u8 len, u8 family);

static inline bool ksteer_proto_has_ports(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	       proto == IPPROTO_SCTP || proto == IPPROTO_UDPLITE;
}

static inline bool ksteer_addr_equal(const union ksteer_addr *a,
				     const union ksteer_addr *b)
{
	return !((a->w[0] ^ b->w[0]) | (a->w[1] ^ b->w[1]));
}

#endif /* _KSTEER_KMOD_KEY_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* One flow's entry in the connection store. */
#ifndef _KSTEER_FLOW_H
#define _KSTEER_FLOW_H

#include <linux/cache.h>
#include <linux/jiffies.h>
#include <ksteer/track.h>

#include "base/ksteer.h"
#include "key/packet.h"
#include "store/dest.h"

/* struct ksteer_flow.flags: fixed once the flow is stored, but for EXTENDED */
#define KSTEER_FLOW_SWAPPED 0x01 /* the opener is the key's second endpoint */
#define KSTEER_FLOW_ANY_VLAN 0x02 /* packets come by any VLAN of the VRF */
#define KSTEER_FLOW_EXTENDED 0x04 /* it has an extension; never taken away */
#define KSTEER_FLOW_ALIAS 0x08 /* it is another key of a flow, see alias.h */

/**
 * struct ksteer_flow - entry of the connection store
 * @node: link in the hash table
 * @key: its key
 * @dest: numbers of traffic manager and virtual server, see flow_dest.h; replaced
 *	  when the flow moves, 0 once it is removed.  Written under the flow's lock.
 * @serial: number of the flow, for life
 * @reply_link: link that answers come by, KSTEER_LINK_UNSEEN at first; of a flow
 *		that was met by its answer it is @key that does not know
 * @flags: KSTEER_FLOW_*; see ksteer_flow_is()
 * @origin: enum ksteer_flow_origin
 * @hash: keyed hash of @key, ksteer_key_hash(); until it is stored, 0 if not known
 * @ext: number of its extension, if it has one: ksteer_extension_rcu()
 * @retired_next: next flow that waits for its grace period; then only
 * @bytes: traffic of both directions
 * @alias_of: of an alias, the flow
 * @alias_next: of an alias, the next of that flow, or NULL
 * @packets: low 32 bits of the packets of both directions
 * @packets_high: the next 16
 * @end: TCP: highest sequence number that each direction has sent, plus one
 * @ack: TCP: highest that each direction has acknowledged
 * @win: TCP: window last offered, not scaled
 * @last_seen: jiffies of the last packet
 * @track: state of the connection, KSTEER_TRACK_*; changed by cmpxchg only
 *
 * Packets only read the first cache line and write the second.  The counters
 * may lose a packet where two CPUs work for one direction: the price of no
 * atomic operation.  Freed by RCU, in batches, since an rcu_head is as large
 * as all that TCP needs.
 */
struct ksteer_flow {
	struct rhash_head node;
	struct ksteer_key key;
	u64 dest;
	u32 serial;
	u16 reply_link;
	u8 flags;
	u8 origin;

	union {
		struct {
			u32 hash;
			u32 ext;
		};
		struct ksteer_flow *retired_next;
	};
	union {
		u64 bytes[KSTEER_DIRS];
		struct {
			struct ksteer_flow *alias_of;
			struct ksteer_flow *alias_next;
		};
	};
	u32 packets[KSTEER_DIRS];
	u16 packets_high[KSTEER_DIRS];
	u32 end[KSTEER_DIRS];
	u32 ack[KSTEER_DIRS];
	u16 win[KSTEER_DIRS];
	u32 last_seen;
	u32 track;
} ____cacheline_aligned;

/* One flag, as packets read it */
static inline bool ksteer_flow_is(const struct ksteer_flow *flow, u8 flag)
{
	/* EXTENDED may be set meanwhile, which changes no other bit */
	return data_race(flow->flags) & flag;
}

static inline enum ksteer_flow_state
ksteer_flow_state(const struct ksteer_flow *flow)
{
	return READ_ONCE(flow->track) & KSTEER_TRACK_STATE;
}

static inline bool ksteer_flow_is_partial(const struct ksteer_flow *flow)
{
	return ksteer_flow_state(flow) == KSTEER_FLOW_STATE_TEMPLATE;
}

/*
 * Has somebody else than a blind sender vouched for the flow: a credible answer,
 * or packets that went on in window for a while?  What nobody has vouched for
 * has a budget of its own and makes room first.
 */
static inline bool ksteer_flow_is_vouched(const struct ksteer_flow *flow)
{
	return READ_ONCE(flow->track) & KSTEER_TRACK_VOUCHED;
}

/* Set bits of track; the rest may change at the same time */
static inline void ksteer_track_set(struct ksteer_flow *flow, u32 bits)
{
	u32 old = READ_ONCE(flow->track);

	while (!try_cmpxchg(&flow->track, &old, old | bits))
		;
}

/* A packet of the flow came by */
static inline void ksteer_flow_touch(struct ksteer_flow *flow)
{
	WRITE_ONCE(flow->last_seen, (u32)jiffies);
}

/* A packet of the flow was sent on; of a less specific key, it was decided on */
static inline void ksteer_flow_count(struct ksteer_flow *flow, u32 bytes,
				     enum ksteer_dir dir)
{
	WRITE_ONCE(flow->bytes[dir], flow->bytes[dir] + bytes);
	WRITE_ONCE(flow->packets[dir], flow->packets[dir] + 1);
	if (unlikely(!flow->packets[dir]))
		WRITE_ONCE(flow->packets_high[dir],
			   flow->packets_high[dir] + 1);
}

/* Clear one bit.  Return: whether it was set, which one caller is told */
static inline bool ksteer_track_take(struct ksteer_flow *flow, u32 bit)
{
	u32 old = READ_ONCE(flow->track);

	do {
		if (!(old & bit))
			return false;
	} while (!try_cmpxchg(&flow->track, &old, old & ~bit));
	return true;
}

/* Jiffies since the last packet */
static inline u32 ksteer_flow_idle(const struct ksteer_flow *flow)
{
	u32 seen = READ_ONCE(flow->last_seen);

	/* Older jiffies than those of the packet would make it the most idle */
	smp_rmb();
	return (u32)READ_ONCE(jiffies) - seen;
}

/* Direction of a packet whose source is, or is not, the second endpoint */
static inline enum ksteer_dir ksteer_flow_dir(const struct ksteer_flow *flow,
					      bool swapped)
{
	return swapped != ksteer_flow_is(flow, KSTEER_FLOW_SWAPPED);
}

static inline u8 ksteer_flow_family(const struct ksteer_flow *flow)
{
	return flow->key.kind & KSTEER_KIND_V6 ? KSTEER_V6 : KSTEER_V4;
}

int ksteer_flow_init(void);
void ksteer_flow_exit(void);
u32 __percpu *ksteer_serials_create(void);
struct ksteer_flow *ksteer_flow_alloc(const struct ksteer_lookup *look,
				      struct ksteer_dest dest, u32 track,
				      gfp_t gfp);
void ksteer_flow_free(struct ksteer_flow *flow);
void ksteer_flow_retire(struct ksteer_flow *flow);
u32 ksteer_flow_timeout(const struct ksteer_flow *flow,
			struct ksteer_dest dest);
void ksteer_flow_move_locked(struct ksteer_net *kn, struct ksteer_flow *flow,
			     struct ksteer_dest from, struct ksteer_dest to);
bool ksteer_flow_move(struct ksteer_net *kn, struct ksteer_flow *flow,
		      struct ksteer_dest from, struct ksteer_dest to);
void ksteer_flow_learn_link(struct ksteer_flow *flow, u16 link,
			    enum ksteer_dir dir);
void ksteer_flow_opener(const struct ksteer_flow *flow, struct ksteer_key *key);
void ksteer_flow_tuple(const struct ksteer_net *kn,
		       const struct ksteer_flow *flow,
		       struct ksteer_tuple *tuple);

#endif /* _KSTEER_FLOW_H */

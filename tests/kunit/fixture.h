/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the suites share: a struct ksteer_net that no packet reaches, with a
 * virtual server and traffic managers, and packets made to measure.
 *
 * An assertion that fails ends the thread, so none may be made on the RCU read
 * side or with a lock held: the functions here take both for a single call.
 */
#ifndef _KSTEER_KUNIT_FIXTURE_H
#define _KSTEER_KUNIT_FIXTURE_H

#include <kunit/test.h>

#include "base/stats.h"
#include "key/key.h"
#include "key/packet.h"
#include "object/manager.h"
#include "object/vserver.h"
#include "sched/sched.h"
#include "store/flow_dest.h"
#include "store/store.h"

#define FIX_TMS 20

/**
 * struct fixture - what the cases of a suite find
 * @kn: ksteer of no namespace's packets; its net is init_net
 * @vs: virtual server
 * @tm: traffic managers, up, named tm0, tm1 ...
 * @dest: each of them as it serves @vs
 */
struct fixture {
	struct ksteer_net kn;
	struct ksteer_vs vs;
	struct ksteer_tm tm[FIX_TMS];
	struct ksteer_dest dest[FIX_TMS];
};

int fix_init(struct kunit *test);
void fix_exit(struct kunit *test);
void fix_counts(struct kunit *test, const struct ksteer_tm *tm, int flows,
		int established, int partial);
void fix_vs_counts(struct kunit *test, const struct ksteer_vs *vs, int flows,
		   int established, int partial);
u64 fix_flows_total(const struct ksteer_tm *tm);
struct ksteer_set *fix_set(struct kunit *test, enum ksteer_sched sched,
			   u8 family, const u32 *weight, u32 members);
struct ksteer_set *fix_set_of(struct kunit *test, enum ksteer_sched sched,
			      u8 family, struct ksteer_tm *tm,
			      const u32 *weight, u32 members);
int fix_select(struct ksteer_set *set, const struct ksteer_tuple *t,
	       unsigned int how);

/* Addresses are small numbers in both families */
union ksteer_addr fix_addr(u8 family, u32 n);
struct ksteer_tuple fix_tuple(u8 family, u32 src, u16 sport, u32 dst, u16 dport,
			      u8 proto);
bool fix_key_read(struct ksteer_packet *pkt, u8 family);
struct ksteer_lookup fix_look(u8 family, u32 src, u16 sport, u32 dst, u16 dport,
			      u16 vlan);

/* Each under the RCU read lock, BH off */
struct ksteer_flow *fix_store(struct fixture *fix,
			      const struct ksteer_lookup *look, u32 dest,
			      u32 track);
struct ksteer_flow *fix_find(struct fixture *fix, struct ksteer_lookup look);
struct ksteer_flow *fix_hit(struct fixture *fix, struct ksteer_lookup look);
struct ksteer_tm *fix_pool_select(struct ksteer_pool *pool);
bool fix_remove(struct fixture *fix, struct ksteer_flow *flow);
void fix_opened(struct fixture *fix, struct ksteer_flow *flow);

u64 fix_count(struct fixture *fix, enum ksteer_counter c);

/**
 * struct fix_packet - a packet to make
 * @family: KSTEER_V4 or KSTEER_V6
 * @proto: protocol of the transport header
 * @src: source, see fix_addr()
 * @dst: destination
 * @sport: source port
 * @dport: destination port
 * @flags: TCP flags, KSTEER_TCP_*
 * @seq: sequence number
 * @ack: acknowledgment number
 * @window: window
 * @payload: bytes after the transport header
 * @hops: TTL or hop limit; 0 for 64
 * @df: IPv4: don't fragment
 * @options: IPv4 options
 * @optlen: their length, a multiple of 4
 * @paged: all behind the network header lies in a page
 * @dev: arrival device, NULL for none
 */
struct fix_packet {
	u8 family;
	u8 proto;
	u32 src;
	u32 dst;
	u16 sport;
	u16 dport;
	u8 flags;
	u32 seq;
	u32 ack;
	u16 window;
	u32 payload;
	u8 hops;
	bool df;
	const u8 *options;
	u8 optlen;
	bool paged;
	struct net_device *dev;
};

/* The device of packets that name none; it is not registered */
struct net_device *fix_device(struct kunit *test, u16 vlan);
struct sk_buff *fix_skb(struct kunit *test, const struct fix_packet *p);
struct sk_buff *fix_raw(struct kunit *test, u8 family, const void *bytes,
			u32 len, u32 linear, struct net_device *dev);
u32 fix_bytes(u8 *to, const struct fix_packet *p);

#endif /* _KSTEER_KUNIT_FIXTURE_H */

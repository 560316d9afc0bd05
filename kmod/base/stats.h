/* SPDX-License-Identifier: GPL-2.0-only */
/* Event counters: every way that a packet can go has a name here. */
#ifndef _KSTEER_STATS_H
#define _KSTEER_STATS_H

#include <linux/percpu.h>
#include "base/ksteer.h"

/*
 * C(NAME, name, meaning).  The order is that of the packet's way.  The names
 * are ABI: add, never rename.
 */
/* clang-format off */
#define KSTEER_COUNTERS(C)						\
	C(FRAGMENT, fragment, "fragments kept until their packet is whole")	\
	C(BAD_FRAGMENT, bad_fragment, "fragments dropped: they do not fit together") \
	C(MALFORMED, malformed, "packets too short or too odd to have a key; left alone") \
	C(SOCKET, socket, "packets that BPF gave to a socket; left alone") \
	C(NO_LINK, no_link, "packets by too many VLANs in VRFs; left alone") \
	C(ICMP_STRAY, icmp_stray, "ICMP errors for another than whom they quote; left alone") \
	C(HIT, hit, "packets of a stored flow, opening direction")	\
	C(HIT_REPLY, hit_reply, "packets of a stored flow, answering direction") \
	C(HIT_ICMP, hit_icmp, "ICMP errors that speak of a stored flow")	\
	C(HIT_PARTIAL, hit_partial, "packets decided by a less specific key") \
	C(MISS, miss, "packets without an entry")			\
	C(NO_VS, no_vs, "of these, packets of no virtual server; left alone") \
	C(FROM_TM, from_tm, "packets that come from the traffic manager; routed on") \
	C(TO_TM, to_tm, "packets addressed to a traffic manager; routed on") \
	C(LOCAL, local, "packets addressed to this machine; left alone")	\
	C(LOCAL_SELF, local_self, "packets of this machine to their own source; left alone") \
	C(ROUTED, routed, "packets of servers that follow the routing table") \
	C(MIDSTREAM_HASH, midstream_hash, "packets that open nothing, without entry: by hash") \
	C(MIDSTREAM_PASS, midstream_pass, "packets that open nothing, without entry: left alone") \
	C(SELECT, select, "selections of a traffic manager")		\
	C(PERSIST, persist, "flows that followed their source's earlier choice") \
	C(RESELECT, reselect, "SYN on a closed or unanswered key: selected again") \
	C(MOVED, moved, "entries moved to another traffic manager") \
	C(STORED, stored, "flows stored")				\
	C(NOT_STORED, not_stored, "flows steered but not stored: by policy") \
	C(TABLE_FULL, table_full, "flows steered but not stored: store full of young flows") \
	C(VLAN_CROWD, vlan_crowd, "flows steered but not stored: too many VLANs share the key") \
	C(KEY_CROWD, key_crowd, "flows steered but not stored: too many keys share a bucket") \
	C(NO_MEMORY, no_memory, "flows steered but not stored: no memory") \
	C(EVICT_OPEN, evict_open, "half-open flows that made room")	\
	C(EVICT_IDLE, evict_idle, "idle flows that made room")		\
	C(EVICT_ONESIDED, evict_onesided, "one-sided flows, and keys of such, that made room")\
	C(EVICT_CLOSED, evict_closed, "closed flows that made room")	\
	C(PENDING, pending, "packets kept until their flow is decided")	\
	C(PENDING_DROP, pending_drop, "packets dropped: nobody decided on their flow") \
	C(EXPIRED, expired, "flows that expired")			\
	C(LIFETIME, lifetime, "flows whose lifetime was over")		\
	C(CLOSED, closed, "connections that closed properly")		\
	C(RESET, reset, "connections that a proper RST closed")		\
	C(TCP_BAD_FIN, tcp_bad_fin, "FINs outside the window; forwarded, not believed") \
	C(TCP_BAD_RST, tcp_bad_rst, "RSTs beside the exact place; forwarded, not believed") \
	C(TCP_OUTSIDE, tcp_outside, "other segments outside; forwarded, not believed") \
	C(SCTP_BAD_TAG, sctp_bad_tag, "SCTP packets with a wrong tag; forwarded, not believed") \
	C(TCP_BAD_CHECKSUM, tcp_bad_checksum, "SYN, FIN, RST with a bad checksum; not believed") \
	C(BAD_ANSWER, bad_answer, "answers from where their source is not; not believed") \
	C(REVIVED, revived, "connections that went on after a RST")	\
	C(EVENT_LOST, event_lost, "flow events lost: listeners could not keep up, or no memory") \
	C(FORWARD, forward, "packets sent through FORWARD and POSTROUTING") \
	C(DIRECT, direct, "packets sent past those hooks")		\
	C(LOCAL_SENT, local_sent, "packets of this machine sent through OUTPUT and POSTROUTING") \
	C(REPLY_SENT, reply_sent, "of these, answers that the router's source checks would drop") \
	C(TOO_BIG, too_big, "packets dropped: larger than the MTU; the sender was told") \
	C(TTL, ttl, "packets dropped: TTL or hop limit ran out; the sender was told") \
	C(NO_TM, no_tm, "packets dropped: no traffic manager may take them") \
	C(TM_DOWN, tm_down, "packets dropped: their traffic manager is down, there is no other") \
	C(NO_ROUTE, no_route, "packets dropped: no route to the next hop") \
	C(NO_NEIGH, no_neigh, "packets dropped: no neighbour entry for the next hop") \
	C(VS_LIMIT, vs_limit, "packets dropped: the virtual server has its most flows") \
	C(UNSERVED, unserved, "packets dropped: to a port or protocol that nobody serves") \
	C(NO_HEADROOM, no_headroom, "packets dropped: no memory to write the header") \
	C(BAD_OPTIONS, bad_options, "packets dropped: bad IPv4 options")	\
	C(REFUSED_RESET, refused_reset, "TCP resets to those whose packet nobody takes") \
	C(REFUSED_ICMP, refused_icmp, "ICMP errors to those whose packet nobody takes") \
	C(ECHO_ANSWERED, echo_answered, "echo requests answered for an address that is served") \
	C(ARP_ANSWERED, arp_answered, "ARP requests and neighbour solicitations answered")	\
	C(ANNOUNCED, announced, "gratuitous ARP and neighbour advertisements sent")
/* clang-format on */

enum ksteer_counter {
#define KSTEER_COUNTER_ENUM(NAME, name, doc) KSTEER_COUNT_##NAME,
	KSTEER_COUNTERS(KSTEER_COUNTER_ENUM)
#undef KSTEER_COUNTER_ENUM
		KSTEER_COUNTERS_MAX,
};

/**
 * struct ksteer_counters - one CPU's counters
 * @value: by enum ksteer_counter
 */
struct ksteer_counters {
	u64 value[KSTEER_COUNTERS_MAX];
};

/**
 * struct ksteer_counter_info - what a counter is called
 * @name: as in netlink and the tools
 * @doc: one line
 */
struct ksteer_counter_info {
	const char *name;
	const char *doc;
};

extern const struct ksteer_counter_info ksteer_counter_info[KSTEER_COUNTERS_MAX];

static inline void ksteer_count(struct ksteer_net *kn, enum ksteer_counter c)
{
	this_cpu_inc(kn->counters->value[c]);
}

u64 ksteer_counter_read(const struct ksteer_net *kn, enum ksteer_counter c);

#endif /* _KSTEER_STATS_H */

/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ksteer.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_KSTEER_H
#define _UAPI_LINUX_KSTEER_H

#define KSTEER_GENL_NAME	"ksteer"
#define KSTEER_GENL_VERSION	1

#define KSTEER_NAME_MAX		31
#define KSTEER_TEMPLATES_MAX	4
#define KSTEER_ALIASES_MAX	4

/**
 * enum ksteer_tm_state
 * @KSTEER_TM_STATE_UP: Gets new flows.
 * @KSTEER_TM_STATE_DRAIN: Keeps its flows and gets no new ones.
 * @KSTEER_TM_STATE_DOWN: Gets no packets at all.
 */
enum ksteer_tm_state {
	KSTEER_TM_STATE_UP,
	KSTEER_TM_STATE_DRAIN,
	KSTEER_TM_STATE_DOWN,
};

/**
 * enum ksteer_on_down - What becomes of the flows of a traffic manager that
 *   goes down.
 * @KSTEER_ON_DOWN_RESELECT: Each flow is given to another traffic manager of
 *   its pool.
 * @KSTEER_ON_DOWN_FORGET: Each flow is deleted; its next packet is a
 *   stranger's.
 */
enum ksteer_on_down {
	KSTEER_ON_DOWN_RESELECT,
	KSTEER_ON_DOWN_FORGET,
};

/**
 * enum ksteer_on_fail - What becomes of the flows of a traffic manager whose
 *   way has failed, while its state is up or drain.
 * @KSTEER_ON_FAIL_DATAGRAMS: Those of protocols without connections are given
 *   to another traffic manager, if one is usable; the others stay.
 * @KSTEER_ON_FAIL_KEEP: All stay.
 * @KSTEER_ON_FAIL_RESELECT: Each is given to another traffic manager, if one
 *   is usable.
 * @KSTEER_ON_FAIL_FORGET: Each flow is deleted; its next packet is a
 *   stranger's.
 */
enum ksteer_on_fail {
	KSTEER_ON_FAIL_DATAGRAMS,
	KSTEER_ON_FAIL_KEEP,
	KSTEER_ON_FAIL_RESELECT,
	KSTEER_ON_FAIL_FORGET,
};

/**
 * enum ksteer_tm_source - How a packet is known to come from a traffic
 *   manager.
 * @KSTEER_TM_SOURCE_STATION: By the device and its link-layer address.
 * @KSTEER_TM_SOURCE_DEVICE: By the device alone, on which nobody else is.
 */
enum ksteer_tm_source {
	KSTEER_TM_SOURCE_STATION,
	KSTEER_TM_SOURCE_DEVICE,
};

/**
 * enum ksteer_on_drain - What becomes of the flows of a traffic manager that
 *   drains.
 * @KSTEER_ON_DRAIN_KEEP: All stay until they end.
 * @KSTEER_ON_DRAIN_DATAGRAMS: Those of protocols without connections are given
 *   to another traffic manager, if one is usable; the others stay until they
 *   end.
 */
enum ksteer_on_drain {
	KSTEER_ON_DRAIN_KEEP,
	KSTEER_ON_DRAIN_DATAGRAMS,
};

/**
 * enum ksteer_tm_oper - What the distributor sees of the way to a traffic
 *   manager.
 * @KSTEER_TM_OPER_NO_ROUTE: No route leads to the next hop.
 * @KSTEER_TM_OPER_NEIGH_FAILED: The next hop answers no ARP request or
 *   neighbour solicitation.
 * @KSTEER_TM_OPER_DEV_DOWN: The device toward the next hop is down.
 * @KSTEER_TM_OPER_NO_DEVICE: There is no device of the name that was told.
 */
enum ksteer_tm_oper {
	KSTEER_TM_OPER_NO_ROUTE = 1,
	KSTEER_TM_OPER_NEIGH_FAILED = 2,
	KSTEER_TM_OPER_DEV_DOWN = 4,
	KSTEER_TM_OPER_NO_DEVICE = 8,
};

/**
 * enum ksteer_sched - Selection mechanism of a pool.
 * @KSTEER_SCHED_RR: Round robin.
 * @KSTEER_SCHED_WRR: Round robin in the static ratios of the weights.
 * @KSTEER_SCHED_LC: Least connections in proportion to weight.
 * @KSTEER_SCHED_HASH_SRC: Hash of the client's address.
 * @KSTEER_SCHED_HASH_DST: Hash of the server's address.
 * @KSTEER_SCHED_HASH_SET: Hash of the address that does not lie in the
 *   configured set.
 * @KSTEER_SCHED_MAGLEV: Maglev table over the fields that the pool hashes on.
 * @KSTEER_SCHED_ORDERED: The first usable member in the order given.
 * @KSTEER_SCHED_GPORT: Hash of the endpoint with the greater port, both ways
 *   alike.
 */
enum ksteer_sched {
	KSTEER_SCHED_RR,
	KSTEER_SCHED_WRR,
	KSTEER_SCHED_LC,
	KSTEER_SCHED_HASH_SRC,
	KSTEER_SCHED_HASH_DST,
	KSTEER_SCHED_HASH_SET,
	KSTEER_SCHED_MAGLEV,
	KSTEER_SCHED_ORDERED,
	KSTEER_SCHED_GPORT,
};

/**
 * enum ksteer_field - Fields of a connection key; a template is a set of them.
 */
enum ksteer_field {
	KSTEER_FIELD_SRC = 1,
	KSTEER_FIELD_DST = 2,
	KSTEER_FIELD_SPORT = 4,
	KSTEER_FIELD_DPORT = 8,
	KSTEER_FIELD_VLAN = 16,
	KSTEER_FIELD_PROTO = 32,
};

/**
 * enum ksteer_forward
 * @KSTEER_FORWARD_NEXTHOP: To the next hop of the selected traffic manager.
 * @KSTEER_FORWARD_ROUTE: By the routing table; the flow is tracked and counted
 *   only.
 */
enum ksteer_forward {
	KSTEER_FORWARD_NEXTHOP,
	KSTEER_FORWARD_ROUTE,
};

/**
 * enum ksteer_midstream - What becomes of a TCP packet that opens nothing and
 *   has no entry.
 * @KSTEER_MIDSTREAM_HASH: A traffic manager is selected by a hash of the key.
 * @KSTEER_MIDSTREAM_PASS: The packet is left alone.
 */
enum ksteer_midstream {
	KSTEER_MIDSTREAM_HASH,
	KSTEER_MIDSTREAM_PASS,
};

/**
 * enum ksteer_store
 * @KSTEER_STORE_SELECTED: The key is stored when a traffic manager is
 *   selected.
 * @KSTEER_STORE_NONE: Nothing is stored; every packet is selected afresh.
 */
enum ksteer_store {
	KSTEER_STORE_SELECTED,
	KSTEER_STORE_NONE,
};

/**
 * enum ksteer_reject - What the sender of a packet learns that no traffic
 *   manager may take.
 * @KSTEER_REJECT_RESET: TCP gets a reset, all else ICMP's port unreachable.
 * @KSTEER_REJECT_ICMP: ICMP's port unreachable, TCP too.
 * @KSTEER_REJECT_DROP: Nothing.
 */
enum ksteer_reject {
	KSTEER_REJECT_RESET,
	KSTEER_REJECT_ICMP,
	KSTEER_REJECT_DROP,
};

/**
 * enum ksteer_unserved - What becomes of packets to ports and protocols of the
 *   address that no virtual server takes, where the distributor answers ARP
 *   for it.
 * @KSTEER_UNSERVED_REJECT: Refused as by a host, if they would go back or
 *   nowhere.
 * @KSTEER_UNSERVED_ROUTE: They are left to the routing table.
 */
enum ksteer_unserved {
	KSTEER_UNSERVED_REJECT,
	KSTEER_UNSERVED_ROUTE,
};

/**
 * enum ksteer_vs_flags
 * @KSTEER_VS_FLAGS_NOARP: Do not answer ARP or neighbour solicitation for the
 *   address.
 * @KSTEER_VS_FLAGS_DIRECT: Skip the FORWARD and POSTROUTING hooks.
 * @KSTEER_VS_FLAGS_SYMMETRIC: Packets of the answering direction are steered
 *   to the traffic manager too, unless they come from it.
 * @KSTEER_VS_FLAGS_ANY_VLAN: A flow is one, by whatever VLAN its packets
 *   arrive; what is in another VRF is another flow.
 * @KSTEER_VS_FLAGS_LOCAL: Packets that the router itself sends to the address
 *   are steered too.
 */
enum ksteer_vs_flags {
	KSTEER_VS_FLAGS_NOARP = 1,
	KSTEER_VS_FLAGS_DIRECT = 2,
	KSTEER_VS_FLAGS_SYMMETRIC = 4,
	KSTEER_VS_FLAGS_ANY_VLAN = 8,
	KSTEER_VS_FLAGS_LOCAL = 16,
};

/**
 * enum ksteer_flow_state
 * @KSTEER_FLOW_STATE_OPEN: Opened by one side only.
 * @KSTEER_FLOW_STATE_ESTABLISHED: Both sides, or more than one packet, seen.
 * @KSTEER_FLOW_STATE_CLOSING: One side has sent a proper FIN.
 * @KSTEER_FLOW_STATE_CLOSED: Both sides have closed, or a proper RST was seen.
 * @KSTEER_FLOW_STATE_TEMPLATE: A less specific key, such as source
 *   persistence.
 */
enum ksteer_flow_state {
	KSTEER_FLOW_STATE_OPEN,
	KSTEER_FLOW_STATE_ESTABLISHED,
	KSTEER_FLOW_STATE_CLOSING,
	KSTEER_FLOW_STATE_CLOSED,
	KSTEER_FLOW_STATE_TEMPLATE,
};

/**
 * enum ksteer_tcp_flags - What has been seen of a TCP connection.
 * @KSTEER_TCP_FLAGS_SYN: The SYN that opened it.
 * @KSTEER_TCP_FLAGS_SEEN: Packets of the opening side.
 * @KSTEER_TCP_FLAGS_REPLY_SEEN: Packets of the answering side.
 * @KSTEER_TCP_FLAGS_FIN: A FIN of the opening side that was believed.
 * @KSTEER_TCP_FLAGS_REPLY_FIN: One of the answering side.
 * @KSTEER_TCP_FLAGS_FIN_ACKED: The acknowledgment of the opening side's FIN.
 * @KSTEER_TCP_FLAGS_REPLY_FIN_ACKED: That of the answering side's.
 * @KSTEER_TCP_FLAGS_WINDOW: The opening side's acknowledgment and window are
 *   known.
 * @KSTEER_TCP_FLAGS_REPLY_WINDOW: Those of the answering side.
 * @KSTEER_TCP_FLAGS_ESTABLISHED: It has been established, whatever became of
 *   it since.
 * @KSTEER_TCP_FLAGS_VOUCHED: Not by a blind sender alone.
 * @KSTEER_TCP_FLAGS_RESET: The opening side has reset it.
 * @KSTEER_TCP_FLAGS_REPLY_RESET: The answering side has.
 */
enum ksteer_tcp_flags {
	KSTEER_TCP_FLAGS_SYN = 1,
	KSTEER_TCP_FLAGS_SEEN = 2,
	KSTEER_TCP_FLAGS_REPLY_SEEN = 4,
	KSTEER_TCP_FLAGS_FIN = 8,
	KSTEER_TCP_FLAGS_REPLY_FIN = 16,
	KSTEER_TCP_FLAGS_FIN_ACKED = 32,
	KSTEER_TCP_FLAGS_REPLY_FIN_ACKED = 64,
	KSTEER_TCP_FLAGS_WINDOW = 128,
	KSTEER_TCP_FLAGS_REPLY_WINDOW = 256,
	KSTEER_TCP_FLAGS_ESTABLISHED = 512,
	KSTEER_TCP_FLAGS_VOUCHED = 1024,
	KSTEER_TCP_FLAGS_RESET = 2048,
	KSTEER_TCP_FLAGS_REPLY_RESET = 4096,
};

/**
 * enum ksteer_flow_origin - How the entry came to be stored.
 */
enum ksteer_flow_origin {
	KSTEER_FLOW_ORIGIN_SELECTED,
	KSTEER_FLOW_ORIGIN_PUSHED,
};

/**
 * enum ksteer_event
 * @KSTEER_EVENT_LOST: Flow events are missing here; whoever keeps a copy dumps
 *   anew.
 */
enum ksteer_event {
	KSTEER_EVENT_NEW,
	KSTEER_EVENT_CHANGE,
	KSTEER_EVENT_DELETE,
	KSTEER_EVENT_ESTABLISHED,
	KSTEER_EVENT_MOVE,
	KSTEER_EVENT_LOST,
};

/**
 * enum ksteer_event_mask - Categories of flow events that a virtual server
 *   raises.
 */
enum ksteer_event_mask {
	KSTEER_EVENT_MASK_NEW = 1,
	KSTEER_EVENT_MASK_ESTABLISHED = 2,
	KSTEER_EVENT_MASK_MOVE = 4,
	KSTEER_EVENT_MASK_DELETE = 8,
};

enum ksteer_switch {
	KSTEER_SWITCH_OFF,
	KSTEER_SWITCH_ON,
};

/**
 * enum ksteer_verdict
 * @KSTEER_VERDICT_PASS: The packet is left alone.
 * @KSTEER_VERDICT_STEER: The packet goes to a traffic manager.
 * @KSTEER_VERDICT_ROUTE: The packet is tracked and follows the routing table.
 * @KSTEER_VERDICT_DROP: The packet is dropped.
 */
enum ksteer_verdict {
	KSTEER_VERDICT_PASS,
	KSTEER_VERDICT_STEER,
	KSTEER_VERDICT_ROUTE,
	KSTEER_VERDICT_DROP,
};

/**
 * enum ksteer_decided_by
 * @KSTEER_DECIDED_BY_NOTHING: Nothing of ksteer's.
 * @KSTEER_DECIDED_BY_STORE: An entry under the full key.
 * @KSTEER_DECIDED_BY_TEMPLATE: An entry under a less specific key.
 * @KSTEER_DECIDED_BY_SCHEDULER: The selection mechanism of the pool.
 * @KSTEER_DECIDED_BY_MIDSTREAM: The policy for packets that open nothing.
 */
enum ksteer_decided_by {
	KSTEER_DECIDED_BY_NOTHING,
	KSTEER_DECIDED_BY_STORE,
	KSTEER_DECIDED_BY_TEMPLATE,
	KSTEER_DECIDED_BY_SCHEDULER,
	KSTEER_DECIDED_BY_MIDSTREAM,
};

/**
 * enum ksteer_kind_names - What virtual servers of a kind name beside address
 *   and ports.
 */
enum ksteer_kind_names {
	KSTEER_KIND_NAMES_PROTO = 1,
	KSTEER_KIND_NAMES_VLAN = 2,
	KSTEER_KIND_NAMES_DEVICE = 4,
};

/**
 * enum ksteer_kind_result
 * @KSTEER_KIND_RESULT_MISSED: No virtual server of the kind takes the packet.
 * @KSTEER_KIND_RESULT_LOST: One does, and one of another kind says more.
 * @KSTEER_KIND_RESULT_WON: The virtual server of the packet is of this kind.
 */
enum ksteer_kind_result {
	KSTEER_KIND_RESULT_MISSED,
	KSTEER_KIND_RESULT_LOST,
	KSTEER_KIND_RESULT_WON,
};

enum {
	KSTEER_A_STATS_PAD = 1,
	KSTEER_A_STATS_PACKETS,
	KSTEER_A_STATS_BYTES,
	KSTEER_A_STATS_REPLY_PACKETS,
	KSTEER_A_STATS_REPLY_BYTES,
	KSTEER_A_STATS_FLOWS_TOTAL,
	KSTEER_A_STATS_FLOWS,
	KSTEER_A_STATS_ESTABLISHED,
	KSTEER_A_STATS_ENTRIES,

	__KSTEER_A_STATS_MAX
};
#define KSTEER_A_STATS_MAX (__KSTEER_A_STATS_MAX - 1)

enum {
	KSTEER_A_TM_PAD = 1,
	KSTEER_A_TM_ID,
	KSTEER_A_TM_NAME,
	KSTEER_A_TM_VIA,
	KSTEER_A_TM_VIA6,
	KSTEER_A_TM_IFINDEX,
	KSTEER_A_TM_REPLY_VIA,
	KSTEER_A_TM_REPLY_VIA6,
	KSTEER_A_TM_REPLY_IFINDEX,
	KSTEER_A_TM_WEIGHT,
	KSTEER_A_TM_STATE,
	KSTEER_A_TM_ON_DOWN,
	KSTEER_A_TM_DRAIN_TIMEOUT,
	KSTEER_A_TM_DRAIN_LEFT,
	KSTEER_A_TM_MAX_FLOWS,
	KSTEER_A_TM_OPER,
	KSTEER_A_TM_NEIGH_FAILURES,
	KSTEER_A_TM_STATS,
	KSTEER_A_TM_EVENT,
	KSTEER_A_TM_MOVED,
	KSTEER_A_TM_FORGOTTEN,
	KSTEER_A_TM_DEV,
	KSTEER_A_TM_REPLY_DEV,
	KSTEER_A_TM_ON_FAIL,
	KSTEER_A_TM_FAIL_TIMEOUT,
	KSTEER_A_TM_ON_DRAIN,
	KSTEER_A_TM_STATION,
	KSTEER_A_TM_SOURCE,
	KSTEER_A_TM_LEAVING,

	__KSTEER_A_TM_MAX
};
#define KSTEER_A_TM_MAX (__KSTEER_A_TM_MAX - 1)

enum {
	KSTEER_A_MEMBER_TM = 1,
	KSTEER_A_MEMBER_USABLE,
	KSTEER_A_MEMBER_SHARE,

	__KSTEER_A_MEMBER_MAX
};
#define KSTEER_A_MEMBER_MAX (__KSTEER_A_MEMBER_MAX - 1)

enum {
	KSTEER_A_PREFIX_ADDR = 1,
	KSTEER_A_PREFIX_LEN,

	__KSTEER_A_PREFIX_MAX
};
#define KSTEER_A_PREFIX_MAX (__KSTEER_A_PREFIX_MAX - 1)

enum {
	KSTEER_A_POOL_ID = 1,
	KSTEER_A_POOL_NAME,
	KSTEER_A_POOL_SCHED,
	KSTEER_A_POOL_MEMBER,
	KSTEER_A_POOL_SEED,
	KSTEER_A_POOL_TABLE_SIZE,
	KSTEER_A_POOL_HASH_FIELDS,
	KSTEER_A_POOL_SET,
	KSTEER_A_POOL_EVENT,
	KSTEER_A_POOL_PAD,

	__KSTEER_A_POOL_MAX
};
#define KSTEER_A_POOL_MAX (__KSTEER_A_POOL_MAX - 1)

enum {
	KSTEER_A_TIMEOUTS_TCP_OPEN = 1,
	KSTEER_A_TIMEOUTS_TCP_ESTABLISHED,
	KSTEER_A_TIMEOUTS_TCP_CLOSING,
	KSTEER_A_TIMEOUTS_TCP_CLOSED,
	KSTEER_A_TIMEOUTS_UDP_OPEN,
	KSTEER_A_TIMEOUTS_UDP_ESTABLISHED,
	KSTEER_A_TIMEOUTS_OTHER,
	KSTEER_A_TIMEOUTS_TCP_MIDSTREAM,
	KSTEER_A_TIMEOUTS_TCP_HALF_CLOSED,
	KSTEER_A_TIMEOUTS_SCTP_OPEN,
	KSTEER_A_TIMEOUTS_SCTP_ESTABLISHED,
	KSTEER_A_TIMEOUTS_SCTP_CLOSING,
	KSTEER_A_TIMEOUTS_SCTP_CLOSED,

	__KSTEER_A_TIMEOUTS_MAX
};
#define KSTEER_A_TIMEOUTS_MAX (__KSTEER_A_TIMEOUTS_MAX - 1)

enum {
	KSTEER_A_VS_ID = 1,
	KSTEER_A_VS_NAME,
	KSTEER_A_VS_ADDR,
	KSTEER_A_VS_PREFIXLEN,
	KSTEER_A_VS_PORT_MIN,
	KSTEER_A_VS_PORT_MAX,
	KSTEER_A_VS_PROTO,
	KSTEER_A_VS_VLAN,
	KSTEER_A_VS_IFINDEX,
	KSTEER_A_VS_POOL,
	KSTEER_A_VS_FORWARD,
	KSTEER_A_VS_FLAGS,
	KSTEER_A_VS_MIDSTREAM,
	KSTEER_A_VS_STORE,
	KSTEER_A_VS_TEMPLATE,
	KSTEER_A_VS_PERSIST,
	KSTEER_A_VS_PERSIST_PREFIX,
	KSTEER_A_VS_PERSIST_PREFIX6,
	KSTEER_A_VS_MAX_FLOWS,
	KSTEER_A_VS_TIMEOUTS,
	KSTEER_A_VS_EVENTS,
	KSTEER_A_VS_STATS,
	KSTEER_A_VS_EVENT,
	KSTEER_A_VS_PERSIST_GROUP,
	KSTEER_A_VS_DEV,
	KSTEER_A_VS_REJECT,
	KSTEER_A_VS_UNSERVED,
	KSTEER_A_VS_MORE,

	__KSTEER_A_VS_MAX
};
#define KSTEER_A_VS_MAX (__KSTEER_A_VS_MAX - 1)

enum {
	KSTEER_A_TCP_FLAGS = 1,
	KSTEER_A_TCP_END,
	KSTEER_A_TCP_ACK,
	KSTEER_A_TCP_WIN,
	KSTEER_A_TCP_SCALE,
	KSTEER_A_TCP_REPLY_END,
	KSTEER_A_TCP_REPLY_ACK,
	KSTEER_A_TCP_REPLY_WIN,
	KSTEER_A_TCP_REPLY_SCALE,

	__KSTEER_A_TCP_MAX
};
#define KSTEER_A_TCP_MAX (__KSTEER_A_TCP_MAX - 1)

enum {
	KSTEER_A_FLOW_PAD = 1,
	KSTEER_A_FLOW_SRC,
	KSTEER_A_FLOW_DST,
	KSTEER_A_FLOW_SRC_LEN,
	KSTEER_A_FLOW_DST_LEN,
	KSTEER_A_FLOW_SPORT,
	KSTEER_A_FLOW_DPORT,
	KSTEER_A_FLOW_PROTO,
	KSTEER_A_FLOW_VLAN,
	KSTEER_A_FLOW_FIELDS,
	KSTEER_A_FLOW_TM,
	KSTEER_A_FLOW_VS,
	KSTEER_A_FLOW_STATE,
	KSTEER_A_FLOW_ORIGIN,
	KSTEER_A_FLOW_IDLE,
	KSTEER_A_FLOW_EXPIRES,
	KSTEER_A_FLOW_PACKETS,
	KSTEER_A_FLOW_BYTES,
	KSTEER_A_FLOW_REPLY_PACKETS,
	KSTEER_A_FLOW_REPLY_BYTES,
	KSTEER_A_FLOW_EVENT,
	KSTEER_A_FLOW_IFINDEX,
	KSTEER_A_FLOW_SERIAL,
	KSTEER_A_FLOW_POSITION,
	KSTEER_A_FLOW_LOST,
	KSTEER_A_FLOW_REPLY_VLAN,
	KSTEER_A_FLOW_TCP,
	KSTEER_A_FLOW_VRF,
	KSTEER_A_FLOW_LIFETIME,
	KSTEER_A_FLOW_OWNER,
	KSTEER_A_FLOW_ALIAS,
	KSTEER_A_FLOW_PENDING,

	__KSTEER_A_FLOW_MAX
};
#define KSTEER_A_FLOW_MAX (__KSTEER_A_FLOW_MAX - 1)

enum {
	KSTEER_A_FLOWS_FLOW = 1,
	KSTEER_A_FLOWS_FILTER,
	KSTEER_A_FLOWS_COUNT,
	KSTEER_A_FLOWS_PAD,
	KSTEER_A_FLOWS_POSITION,
	KSTEER_A_FLOWS_GENERATION,

	__KSTEER_A_FLOWS_MAX
};
#define KSTEER_A_FLOWS_MAX (__KSTEER_A_FLOWS_MAX - 1)

enum {
	KSTEER_A_CONFIG_MAX_FLOWS = 1,
	KSTEER_A_CONFIG_MAX_OPEN,
	KSTEER_A_CONFIG_YOUNG,
	KSTEER_A_CONFIG_FLOWS,
	KSTEER_A_CONFIG_OPEN,
	KSTEER_A_CONFIG_GENERATION,
	KSTEER_A_CONFIG_EVENT,
	KSTEER_A_CONFIG_PAD,
	KSTEER_A_CONFIG_STANDBY,

	__KSTEER_A_CONFIG_MAX
};
#define KSTEER_A_CONFIG_MAX (__KSTEER_A_CONFIG_MAX - 1)

enum {
	KSTEER_A_COUNTER_PAD = 1,
	KSTEER_A_COUNTER_NAME,
	KSTEER_A_COUNTER_VALUE,
	KSTEER_A_COUNTER_DOC,

	__KSTEER_A_COUNTER_MAX
};
#define KSTEER_A_COUNTER_MAX (__KSTEER_A_COUNTER_MAX - 1)

enum {
	KSTEER_A_KIND_ADDR = 1,
	KSTEER_A_KIND_PREFIXLEN,
	KSTEER_A_KIND_NAMES,
	KSTEER_A_KIND_SERVERS,
	KSTEER_A_KIND_ANSWER,
	KSTEER_A_KIND_RESULT,
	KSTEER_A_KIND_VS,

	__KSTEER_A_KIND_MAX
};
#define KSTEER_A_KIND_MAX (__KSTEER_A_KIND_MAX - 1)

enum {
	KSTEER_A_EXPLAIN_QUERY = 1,
	KSTEER_A_EXPLAIN_KEY,
	KSTEER_A_EXPLAIN_VERDICT,
	KSTEER_A_EXPLAIN_DECIDED_BY,
	KSTEER_A_EXPLAIN_VS,
	KSTEER_A_EXPLAIN_POOL,
	KSTEER_A_EXPLAIN_SCHED,
	KSTEER_A_EXPLAIN_TM,
	KSTEER_A_EXPLAIN_REASON,
	KSTEER_A_EXPLAIN_KIND,

	__KSTEER_A_EXPLAIN_MAX
};
#define KSTEER_A_EXPLAIN_MAX (__KSTEER_A_EXPLAIN_MAX - 1)

enum {
	KSTEER_CMD_TM_GET = 1,
	KSTEER_CMD_TM_NEW,
	KSTEER_CMD_TM_SET,
	KSTEER_CMD_TM_DEL,
	KSTEER_CMD_TM_NTF,
	KSTEER_CMD_POOL_GET,
	KSTEER_CMD_POOL_NEW,
	KSTEER_CMD_POOL_SET,
	KSTEER_CMD_POOL_DEL,
	KSTEER_CMD_POOL_JOIN,
	KSTEER_CMD_POOL_LEAVE,
	KSTEER_CMD_POOL_NTF,
	KSTEER_CMD_VS_GET,
	KSTEER_CMD_VS_NEW,
	KSTEER_CMD_VS_SET,
	KSTEER_CMD_VS_DEL,
	KSTEER_CMD_VS_NTF,
	KSTEER_CMD_FLOW_GET,
	KSTEER_CMD_FLOW_NEW,
	KSTEER_CMD_FLOW_DEL,
	KSTEER_CMD_FLOW_NTF,
	KSTEER_CMD_CONFIG_GET,
	KSTEER_CMD_CONFIG_SET,
	KSTEER_CMD_CONFIG_NTF,
	KSTEER_CMD_STATS_GET,
	KSTEER_CMD_EXPLAIN,
	KSTEER_CMD_FLOW_SET,

	__KSTEER_CMD_MAX
};
#define KSTEER_CMD_MAX (__KSTEER_CMD_MAX - 1)

#define KSTEER_MCGRP_CONFIG	"config"
#define KSTEER_MCGRP_FLOW	"flow"

#endif /* _UAPI_LINUX_KSTEER_H */

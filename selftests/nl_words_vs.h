/* SPDX-License-Identifier: GPL-2.0-only */
/* The attributes of a virtual server; for nl_words.h alone. */
#ifndef NL_WORDS_VS_H
#define NL_WORDS_VS_H

#define DAY 86400
#define MONTH 2592000

static const struct word timeout_words[] = {
	W(TIMEOUTS_TCP_OPEN, "tcp-open", U32, .min = 1, .max = DAY),
	W(TIMEOUTS_TCP_ESTABLISHED, "tcp-established", U32, .min = 1,
	  .max = MONTH),
	W(TIMEOUTS_TCP_CLOSING, "tcp-closing", U32, .min = 1, .max = DAY),
	W(TIMEOUTS_TCP_CLOSED, "tcp-closed", U32, .min = 1, .max = DAY),
	W(TIMEOUTS_UDP_OPEN, "udp-open", U32, .min = 1, .max = DAY),
	W(TIMEOUTS_UDP_ESTABLISHED, "udp-established", U32, .min = 1,
	  .max = MONTH),
	W(TIMEOUTS_OTHER, "other", U32, .min = 1, .max = MONTH),
	W(TIMEOUTS_TCP_MIDSTREAM, "tcp-midstream", U32, .min = 1, .max = MONTH),
	W(TIMEOUTS_TCP_HALF_CLOSED, "tcp-half-closed", U32, .min = 1,
	  .max = MONTH),
	W(TIMEOUTS_SCTP_OPEN, "sctp-open", U32, .min = 1, .max = DAY),
	W(TIMEOUTS_SCTP_ESTABLISHED, "sctp-established", U32, .min = 1,
	  .max = MONTH),
	W(TIMEOUTS_SCTP_CLOSING, "sctp-closing", U32, .min = 1, .max = DAY),
	W(TIMEOUTS_SCTP_CLOSED, "sctp-closed", U32, .min = 1, .max = DAY),
	WORDS_END
};

static const struct word vs_words[] = {
	W(VS_ID, "id", U32),
	W(VS_NAME, "name", STRING),
	W(VS_ADDR, "addr", ADDR),
	W(VS_PREFIXLEN, "prefixlen", U8, .max = 128),
	W(VS_PORT_MIN, "port-min", U16, .min = 1),
	W(VS_PORT_MAX, "port-max", U16, .min = 1),
	W(VS_PROTO, "proto", U8, .min = 1),
	W(VS_VLAN, "vlan", U16, .max = 4094),
	W(VS_IFINDEX, "ifindex", U32),
	W(VS_POOL, "pool", STRING),
	W(VS_FORWARD, "forward", U32, .max = 1),
	W(VS_FLAGS, "flags", U32, .mask = 31),
	W(VS_MIDSTREAM, "midstream", U32, .max = 1),
	W(VS_STORE, "store", U32, .max = 1),
	W(VS_TEMPLATE, "template", U32, .mask = 0x3f),
	W(VS_PERSIST, "persist", U32, .max = MONTH),
	W(VS_PERSIST_PREFIX, "persist-prefix", U8, .min = 1, .max = 32),
	W(VS_PERSIST_PREFIX6, "persist-prefix6", U8, .min = 1, .max = 128),
	W(VS_MAX_FLOWS, "max-flows", U32),
	W(VS_TIMEOUTS, "timeouts", NEST, .nest = timeout_words),
	W(VS_EVENTS, "events", U32, .mask = 0xf),
	W(VS_PERSIST_GROUP, "persist-group", STRING),
	W(VS_DEV, "dev", STRING),
	W(VS_REJECT, "reject", U32, .max = 2),
	W(VS_UNSERVED, "unserved", U32, .max = 1),
	WORDS_END
};

#endif /* NL_WORDS_VS_H */

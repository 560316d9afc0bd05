// SPDX-License-Identifier: GPL-2.0-only
/*
 * What would become of a packet.
 */
#include "attr.h"

static const struct ksteer_attr kind_attrs[] = {
	ATTR(KIND_ADDR, "addr", IP, ksteer_kind, addr),
	ATTR(KIND_PREFIXLEN, "prefixlen", U8, ksteer_kind, prefixlen),
	ATTR(KIND_NAMES, "names", FLAGS, ksteer_kind, names,
	     .names = &ksteer_kind_names_names),
	ATTR(KIND_SERVERS, "servers", U32, ksteer_kind, servers),
	ATTR(KIND_ANSWER, "answer", ENUM, ksteer_kind, answer,
	     .names = &ksteer_switch_names),
	ATTR(KIND_RESULT, "result", ENUM, ksteer_kind, result,
	     .names = &ksteer_kind_result_names),
	ATTR(KIND_VS, "vs", NAME, ksteer_kind, vs),
};

OBJECT("kind", ksteer_kind, kind_attrs);

static const struct ksteer_attr attrs[] = {
	ATTR(EXPLAIN_VERDICT, "verdict", ENUM, ksteer_explain, verdict,
	     .names = &ksteer_verdict_names),
	ATTR(EXPLAIN_DECIDED_BY, "decided-by", ENUM, ksteer_explain, decided_by,
	     .names = &ksteer_decided_by_names),
	ATTR(EXPLAIN_VS, "vs", NAME, ksteer_explain, vs),
	ATTR(EXPLAIN_POOL, "pool", NAME, ksteer_explain, pool),
	ATTR(EXPLAIN_SCHED, "sched", ENUM, ksteer_explain, sched,
	     .names = &ksteer_sched_names),
	ATTR(EXPLAIN_TM, "tm", NAME, ksteer_explain, tm),
	ATTR(EXPLAIN_KEY, "key", NEST, ksteer_explain, key,
	     .nest = &ksteer_flow_object),
	ATTR(EXPLAIN_QUERY, "query", NEST, ksteer_explain, query,
	     .nest = &ksteer_flow_object),
	ATTR(EXPLAIN_REASON, "reason", TEXT, ksteer_explain, reason),
	ATTR(EXPLAIN_KIND, "kind", LIST, ksteer_explain, kind,
	     .nest = &ksteer_kind_object),
};

OBJECT("explain", ksteer_explain, attrs);

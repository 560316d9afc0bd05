/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ksteer

#if !defined(_KSTEER_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _KSTEER_TRACE_H

#include <linux/tracepoint.h>

#include "base/stats.h"
#include "key/packet.h"
#include "object/manager.h"
#include "object/vserver.h"
#include "store/flow.h"

/* Laid out as the kernel's own tracepoints are */
/* clang-format off */

/* Addresses as %pISpc prints them, of either family */
#define KSTEER_TRACE_SOCKADDR(to, addr, port, fam) do {			\
	struct sockaddr_in6 *in6_ = (void *)(to);			\
	struct sockaddr_in *in4_ = (void *)(to);			\
									\
	memset(in6_, 0, sizeof(*in6_));					\
	if ((fam) == KSTEER_V6) {					\
		in6_->sin6_family = AF_INET6;				\
		in6_->sin6_addr = (addr)->v6;				\
		in6_->sin6_port = port;					\
	} else {							\
		in4_->sin_family = AF_INET;				\
		in4_->sin_addr.s_addr = (addr)->v4;			\
		in4_->sin_port = port;					\
	}								\
} while (0)

DECLARE_EVENT_CLASS(ksteer_packet,
	TP_PROTO(const struct ksteer_packet *pkt,
		 const struct ksteer_tm *tm, const struct ksteer_vs *vs,
		 u32 detail),
	TP_ARGS(pkt, tm, vs, detail),
	TP_STRUCT__entry(
		__array(u8, src, sizeof(struct sockaddr_in6))
		__array(u8, dst, sizeof(struct sockaddr_in6))
		__field(u8, proto)
		__field(u32, tm)
		__field(u32, vs)
		__field(u32, detail)
	),
	TP_fast_assign(
		const struct ksteer_key *key = &pkt->look.key;
		bool swapped = pkt->look.swapped;

		KSTEER_TRACE_SOCKADDR(__entry->src, &key->addr[swapped],
				      key->port[swapped], pkt->family);
		KSTEER_TRACE_SOCKADDR(__entry->dst, &key->addr[!swapped],
				      key->port[!swapped], pkt->family);
		__entry->proto = key->proto;
		__entry->tm = tm ? tm->id : 0;
		__entry->vs = vs ? vs->id : 0;
		__entry->detail = detail;
	),
	TP_printk("src=%pISpc dst=%pISpc proto=%u vs=%u tm=%u detail=%u",
		  __entry->src, __entry->dst, __entry->proto, __entry->vs,
		  __entry->tm, __entry->detail)
);

/* A packet of a stored flow; detail is its direction */
DEFINE_EVENT(ksteer_packet, ksteer_hit,
	TP_PROTO(const struct ksteer_packet *pkt,
		 const struct ksteer_tm *tm, const struct ksteer_vs *vs,
		 u32 detail),
	TP_ARGS(pkt, tm, vs, detail)
);

/* A packet without an entry; detail is the enum ksteer_verdict */
DEFINE_EVENT(ksteer_packet, ksteer_miss,
	TP_PROTO(const struct ksteer_packet *pkt,
		 const struct ksteer_tm *tm, const struct ksteer_vs *vs,
		 u32 detail),
	TP_ARGS(pkt, tm, vs, detail)
);

/* A traffic manager was chosen; detail is the enum ksteer_decided_by */
DEFINE_EVENT(ksteer_packet, ksteer_select,
	TP_PROTO(const struct ksteer_packet *pkt,
		 const struct ksteer_tm *tm, const struct ksteer_vs *vs,
		 u32 detail),
	TP_ARGS(pkt, tm, vs, detail)
);

/* A packet is dropped; the reason is the name of its counter */
TRACE_EVENT(ksteer_drop,
	TP_PROTO(const struct sk_buff *skb, enum ksteer_counter count),
	TP_ARGS(skb, count),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__field(int, ifindex)
		__string(reason, ksteer_counter_info[count].name)
	),
	TP_fast_assign(
		__entry->skbaddr = skb;
		__entry->ifindex = skb->dev ? skb->dev->ifindex : 0;
		ksteer_assign_str(reason, ksteer_counter_info[count].name);
	),
	TP_printk("skbaddr=%p ifindex=%d reason=%s", __entry->skbaddr,
		  __entry->ifindex, __get_str(reason))
);

/* clang-format on */

#endif /* _KSTEER_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH packet
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>

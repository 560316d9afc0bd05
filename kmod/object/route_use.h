/* SPDX-License-Identifier: GPL-2.0-only */
/* The short way to a route, inlined where packets leave. */
#ifndef _KSTEER_ROUTE_USE_H
#define _KSTEER_ROUTE_USE_H

#include <net/route.h>

#include "object/route.h"

/*
 * Of a route.  There always is one: who is told so need not look once more, as
 * skb_dst_set_noref() does for a flag of its own.
 */
static __always_inline struct dst_entry *
ksteer_route_dst(const struct ksteer_route *route)
{
	struct dst_entry *dst = route->dst;

	if (!dst)
		__builtin_unreachable();
	return dst;
}

/*
 * May a route be used still?  Of a plain IPv4 route this is what ipv4_dst_check()
 * asks, without two calls for each packet; who made any other is asked himself.
 */
static __always_inline bool
ksteer_route_is_fresh(const struct ksteer_net *kn,
		      const struct ksteer_route *route, u8 family)
{
	struct dst_entry *dst = route->dst;

	if (family == KSTEER_V4 && likely(READ_ONCE(route->plain)))
		return READ_ONCE(dst->obsolete) == DST_OBSOLETE_FORCE_CHK &&
		       container_of(dst, struct rtable, dst)->rt_genid ==
			       rt_genid_ipv4(kn->net);
	return dst_check(dst, route->cookie);
}

/**
 * ksteer_way_route_rcu - the route to a next hop, ready for use
 * @kn: ksteer of the namespace
 * @way: the way
 * @family: of the packet
 *
 * Context: softirq or BH off, RCU read side; the route is not counted.
 * Return: the route, or NULL if there is none.
 */
static __always_inline struct ksteer_route *
ksteer_way_route_rcu(struct ksteer_net *kn, struct ksteer_way *way, u8 family)
{
	struct ksteer_route *route = rcu_dereference(way->route[family]);

	if (likely(route && ksteer_route_is_fresh(kn, route, family)))
		return route;
	return ksteer_way_refresh(kn, way, family);
}

#endif /* _KSTEER_ROUTE_USE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* How often the kernel was asked for a route; the linker wraps what asks it. */
#ifndef _KSTEER_KUNIT_LOOKUPS_H
#define _KSTEER_KUNIT_LOOKUPS_H

#include <net/ip6_route.h>
#include <net/route.h>

struct rtable *__real_ip_route_output_flow(struct net *net, struct flowi4 *fl4,
					   const struct sock *sk);
struct rtable *__wrap_ip_route_output_flow(struct net *net, struct flowi4 *fl4,
					   const struct sock *sk);
struct dst_entry *__real_ip6_route_output_flags(struct net *net,
						const struct sock *sk,
						struct flowi6 *fl6, int flags);
struct dst_entry *__wrap_ip6_route_output_flags(struct net *net,
						const struct sock *sk,
						struct flowi6 *fl6, int flags);

u32 lookups(void);

#endif /* _KSTEER_KUNIT_LOOKUPS_H */

// SPDX-License-Identifier: GPL-2.0-only
/* How often the kernel was asked for a route. */
#include "lookups.h"

static atomic_t lookups_made;

/**
 * lookups - how often a route was looked up
 *
 * Return: the number, since the module was loaded.
 */
u32 lookups(void)
{
	return atomic_read(&lookups_made);
}

struct rtable *__wrap_ip_route_output_flow(struct net *net, struct flowi4 *fl4,
					   const struct sock *sk)
{
	atomic_inc(&lookups_made);
	return __real_ip_route_output_flow(net, fl4, sk);
}

struct dst_entry *__wrap_ip6_route_output_flags(struct net *net,
						const struct sock *sk,
						struct flowi6 *fl6, int flags)
{
	atomic_inc(&lookups_made);
	return __real_ip6_route_output_flags(net, sk, fl6, flags);
}

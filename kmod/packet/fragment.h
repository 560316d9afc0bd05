/* SPDX-License-Identifier: GPL-2.0-only */
/* Fragments are put together before they have a key. */
#ifndef _KSTEER_FRAGMENT_H
#define _KSTEER_FRAGMENT_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "base/ksteer.h"

/* What has become of a fragment */
enum ksteer_gather {
	KSTEER_GATHER_WHOLE, /* it is a whole packet, or has become one */
	KSTEER_GATHER_KEPT, /* it is gone: kept, or bad and freed */
	KSTEER_GATHER_LEFT, /* nobody steers its packet: it goes as it came */
};

enum ksteer_gather ksteer_fragment_gather(struct ksteer_net *kn,
					  struct sk_buff *skb, u8 family);

/* May the packet be a fragment?  Of IPv6, any with an extension header may. */
static __always_inline bool ksteer_is_fragment(const struct sk_buff *skb,
					       u8 family)
{
	if (family == KSTEER_V4)
		return ip_is_fragment(ip_hdr(skb));
	return ipv6_hdr(skb)->nexthdr != IPPROTO_TCP &&
	       ipv6_hdr(skb)->nexthdr != IPPROTO_UDP &&
	       ipv6_ext_hdr(ipv6_hdr(skb)->nexthdr);
}

#endif /* _KSTEER_FRAGMENT_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fragments are put together before they have a key (E1, E2), by the kernel's
 * own queues.
 *
 * The kernel's defragmentation hook would look at every packet that crosses
 * the router, and whoever is no concern of ksteer's would have his fragments
 * held up, put together and cut anew.  Where connection tracking works, that
 * hook stands before ours and leaves us nothing to do.
 */
#include <net/ip.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "fragment.h"
#include "stats.h"

/* Conntrack's queues: what times out there is not answered by ICMP */
static int ksteer_gather_v4(struct net *net, struct sk_buff *skb)
{
	int err;

	/* A packet that comes back from a queue comes with BH on */
	local_bh_disable();
	err = ip_defrag(net, skb, IP_DEFRAG_CONNTRACK_IN);
	local_bh_enable();
	/* Put together here, it may be cut up again on its way out */
	if (!err)
		skb->ignore_df = 1;
	return err;
}

static int ksteer_gather_v6(struct net *net, struct sk_buff *skb)
{
	int err = nf_ct_frag6_gather(net, skb, IP6_DEFRAG_CONNTRACK_IN);

	/* Unlike IPv4's, this queue does not free what it refuses */
	if (err && err != -EINPROGRESS)
		kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
	return err;
}

/**
 * ksteer_fragment_gather - wait for the other fragments of a packet
 * @kn: ksteer of the namespace
 * @skb: a fragment, or an IPv6 packet with extension headers
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Context: softirq or BH off, RCU read side.
 * Return: true if @skb is a whole packet now; pointers into it are stale.
 *	   Otherwise it is gone: kept until the packet is whole, or bad and
 *	   freed.
 */
bool ksteer_fragment_gather(struct ksteer_net *kn, struct sk_buff *skb,
			    u8 family)
{
	int err = family == KSTEER_V4 ? ksteer_gather_v4(kn->net, skb) :
					ksteer_gather_v6(kn->net, skb);

	if (!err)
		return true;
	ksteer_count(kn, err == -EINPROGRESS ? KSTEER_COUNT_FRAGMENT :
					       KSTEER_COUNT_BAD_FRAGMENT);
	return false;
}

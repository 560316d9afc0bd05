// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fragments are put together before they have a key (E1, E2), by the kernel's
 * own queues.
 *
 * The kernel's defragmentation hook would look at every packet that crosses
 * the router, and whoever is no concern of ksteer's would have his fragments
 * held up, put together and cut anew, or lost, where the others take another
 * way.  So a fragment is matched before it is kept.  Where connection tracking
 * works, that hook stands before ours and leaves us nothing to do.
 */
#include <linux/if_vlan.h>
#include <net/ip.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "base/stats.h"
#include "key/key.h"
#include "key/packet.h"
#include "object/match.h"
#include "object/vserver.h"
#include "packet/decide.h"
#include "packet/fragment.h"

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

/*
 * What all fragments of a packet tell alike: addresses and protocol, not ports,
 * which the first alone has.  A protocol behind further IPv6 headers counts as
 * unknown, which is 0.  Return: false if the packet is no fragment.
 */
static bool ksteer_fragment_tuple(const struct sk_buff *skb, u8 family,
				  struct ksteer_tuple *t)
{
	const struct frag_hdr *fh;
	unsigned int off = 0;
	struct frag_hdr buf;

	memset(t, 0, sizeof(*t));
	t->family = family;
	t->vlan = is_vlan_dev(skb->dev) ? vlan_dev_vlan_id(skb->dev) : 0;
	if (family == KSTEER_V4) {
		t->src.v4 = ip_hdr(skb)->saddr;
		t->dst.v4 = ip_hdr(skb)->daddr;
		t->proto = ip_hdr(skb)->protocol;
		return true;
	}
	if (ipv6_find_hdr(skb, &off, NEXTHDR_FRAGMENT, NULL, NULL) < 0)
		return false;
	fh = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!fh)
		return false;
	t->src.v6 = ipv6_hdr(skb)->saddr;
	t->dst.v6 = ipv6_hdr(skb)->daddr;
	t->proto = ipv6_ext_hdr(fh->nexthdr) ? 0 : fh->nexthdr;
	return true;
}

/*
 * May a virtual server steer the packet?  All its fragments must hear the same,
 * so its ports do not count.  Answers are steered by symmetric servers alone;
 * of TCP they are needed whole by whoever follows the connection.
 */
static bool ksteer_fragment_is_ours(struct ksteer_net *kn,
				    const struct sk_buff *skb,
				    const struct ksteer_tuple *t)
{
	const struct ksteer_vs_table *table = rcu_dereference(kn->vs_table);
	const struct ksteer_vs *vs;

	if (!table || ksteer_is_martian(t))
		return false;
	vs = ksteer_match_part_rcu(table, t, skb->dev, false);
	if (vs && vs->match.is_host)
		return true;
	return (vs || ksteer_match_part_rcu(table, t, skb->dev, true)) &&
	       !ksteer_is_own_rcu(kn, t, skb->dev);
}

/**
 * ksteer_fragment_gather - wait for the other fragments of a packet
 * @kn: ksteer of the namespace
 * @skb: a fragment, or an IPv6 packet with extension headers
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Nothing is held back but what a virtual server may steer, by address,
 * protocol, VLAN and device: whether a stranger's fragment shares a bit of the
 * bitmap with a served address must not matter to him.
 *
 * Context: softirq or BH off, RCU read side.
 * Return: with KSTEER_GATHER_WHOLE pointers into @skb are stale; with
 *	   KSTEER_GATHER_KEPT it is gone.
 */
enum ksteer_gather ksteer_fragment_gather(struct ksteer_net *kn,
					  struct sk_buff *skb, u8 family)
{
	struct ksteer_tuple tuple;
	int err;

	if (!ksteer_fragment_tuple(skb, family, &tuple))
		return KSTEER_GATHER_WHOLE;
	if (!ksteer_fragment_is_ours(kn, skb, &tuple))
		return KSTEER_GATHER_LEFT;
	err = family == KSTEER_V4 ? ksteer_gather_v4(kn->net, skb) :
				    ksteer_gather_v6(kn->net, skb);
	if (!err)
		return KSTEER_GATHER_WHOLE;
	ksteer_count(kn, err == -EINPROGRESS ? KSTEER_COUNT_FRAGMENT :
					       KSTEER_COUNT_BAD_FRAGMENT);
	return KSTEER_GATHER_KEPT;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The rarer ways out: drops, refusals, new flows. */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/icmp.h>
#include <net/netfilter/nf_conntrack.h>

#include "packet/rewrite.h"
#include "packet/rewrite_send.h"
#include "packet/trace.h"

/**
 * ksteer_options_good - may a packet with these IPv4 options go on?
 * @opt: the options
 * @len: their length
 *
 * The kernel reads options after the hook, and writes to them as it does:
 * hence a reader of our own.  A bad packet must not go on, nor one that names
 * its own route; what good ones ask for (record route, timestamp) is not done,
 * since the distributor is no hop that a route would name.
 *
 * Return: whether it may.
 */
bool ksteer_options_good(const u8 *opt, int len)
{
	while (len > 0 && *opt != IPOPT_END) {
		int size = 1;

		if (*opt != IPOPT_NOOP) {
			if (len < 2 || opt[1] < 2 || opt[1] > len ||
			    *opt == IPOPT_LSRR || *opt == IPOPT_SSRR)
				return false;
			size = opt[1];
		}
		opt += size;
		len -= size;
	}
	return true;
}

/**
 * ksteer_untrack_template - take off what a rule in raw has attached
 * @skb: the packet; something is attached to it
 *
 * A rule that names a zone, a helper or a timeout attaches a template, which
 * only conntrack's own hook in PREROUTING makes a connection of.  Nobody behind
 * that hook expects one: it would count as a new connection, and a helper would
 * be called with it.  A real connection stays.
 *
 * To put it does not take the conntrack module, where nf_ct_put() does.
 */
void ksteer_untrack_template(struct sk_buff *skb)
{
	struct nf_conntrack *nfct = skb_nfct(skb);

	if (!nf_ct_is_template((const struct nf_conn *)nfct))
		return;
	nf_conntrack_put(nfct);
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
}

/**
 * ksteer_drop - drop a packet, by one counter and one reason
 * @kn: ksteer of the namespace
 * @skb: the packet; freed
 * @count: the counter
 * @reason: the kernel's nearest word for it
 *
 * Return: NF_STOLEN.
 */
unsigned int ksteer_drop(struct ksteer_net *kn, struct sk_buff *skb,
			 enum ksteer_counter count, enum skb_drop_reason reason)
{
	ksteer_count(kn, count);
	trace_ksteer_drop(skb, count);
	kfree_skb_reason(skb, reason);
	return NF_STOLEN;
}

static void ksteer_tell_too_big(struct sk_buff *skb, u8 family,
				unsigned int mtu)
{
	if (family == KSTEER_V4)
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(mtu));
	else
		icmpv6_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
}

static void ksteer_tell_expired(struct sk_buff *skb, u8 family)
{
	if (family == KSTEER_V4)
		icmp_send(skb, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
	else
		icmpv6_send(skb, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, 0);
}

/**
 * ksteer_refuse - out of hops, or too big: the sender is told why
 * @kn: ksteer of the namespace
 * @skb: the packet; it is gone afterwards
 * @family: KSTEER_V4 or KSTEER_V6
 * @mtu: of the way that it would have gone
 *
 * Return: NF_STOLEN.
 */
unsigned int ksteer_refuse(struct ksteer_net *kn, struct sk_buff *skb,
			   u8 family, unsigned int mtu)
{
	if (ksteer_family[family].hops(skb) <= 1) {
		ksteer_tell_expired(skb, family);
		return ksteer_drop(kn, skb, KSTEER_COUNT_TTL,
				   SKB_DROP_REASON_IP_INHDR);
	}
	ksteer_tell_too_big(skb, family, mtu);
	return ksteer_drop(kn, skb, KSTEER_COUNT_TOO_BIG,
			   SKB_DROP_REASON_PKT_TOO_BIG);
}

/**
 * ksteer_send - send the first packet of a flow to its traffic manager
 * @pkt: the packet; it is gone afterwards
 * @way: where to
 * @direct: past the FORWARD and POSTROUTING hooks
 * @to: whom it is counted for if it is not dropped
 *
 * Context: softirq or BH off, RCU read side: the route is not counted.
 * Return: NF_STOLEN.
 */
unsigned int ksteer_send(struct ksteer_packet *pkt, struct ksteer_way *way,
			 bool direct, const struct ksteer_account *to)
{
	if (pkt->family == KSTEER_V4)
		return ksteer_send_family(pkt, way, direct, KSTEER_V4, *to);
	return ksteer_send_family(pkt, way, direct, KSTEER_V6, *to);
}

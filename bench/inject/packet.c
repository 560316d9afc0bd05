// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets, made from the number of a flow: the same number gives the same
 * addresses, ports and sequence numbers, so that the packets of a connection
 * fit each other whenever they are made.
 */
#include <linux/etherdevice.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "inject.h"

#define INJECT_WINDOW 65535
#define INJECT_SCALE 7
#define INJECT_FRAG_SIZE 512

/* MSS 1460, NOP, window scale */
static const u8 inject_options[] = { 2, 4, 0x05, 0xb4, 1, 3, 3, INJECT_SCALE };

/**
 * struct inject_flow - a flow, as a packet of it sees it
 * @src: where the packet comes from
 * @dst: where it goes
 * @sport: its source port
 * @dport: its destination port
 * @seq: the sender's number after its SYN
 * @ack: the receiver's
 */
struct inject_flow {
	union inject_addr src;
	union inject_addr dst;
	__be16 sport;
	__be16 dport;
	u32 seq;
	u32 ack;
};

static void inject_turn(struct inject_flow *flow)
{
	swap(flow->src, flow->dst);
	swap(flow->sport, flow->dport);
	swap(flow->seq, flow->ack);
}

static void inject_flow(const struct inject_spec *spec, u32 number, bool reply,
			struct inject_flow *flow)
{
	u32 host = number / spec->ports;

	flow->src = spec->src;
	flow->dst = spec->dst;
	if (spec->v6)
		be32_add_cpu(&flow->src.v6.s6_addr32[3], host);
	else
		be32_add_cpu(&flow->src.v4, host);
	flow->sport = htons(spec->sport + number % spec->ports);
	flow->dport = htons(spec->dport);
	flow->seq = 1000 + number * 2654435761U;
	flow->ack = 500000 + number * 2246822519U;
	if (reply)
		inject_turn(flow);
}

static __sum16 inject_csum(const struct inject_spec *spec,
			   const struct inject_flow *flow, u8 proto,
			   const void *l4, int len)
{
	int size = spec->v6 ? sizeof(flow->src.v6) : sizeof(flow->src.v4);
	__wsum sum = csum_partial(&flow->src, size, 0);

	sum = csum_partial(&flow->dst, size, sum);
	sum = csum_add(sum, (__force __wsum)htonl(len));
	sum = csum_add(sum, (__force __wsum)htonl(proto));
	return csum_fold(csum_partial(l4, len, sum));
}

/* --- layer 3 ------------------------------------------------------------- */

static int inject_ip_size(const struct inject_spec *spec)
{
	return spec->v6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
}

static void inject_put_ipv4(void *at, const struct inject_flow *flow, u8 proto,
			    int len, u32 serial, u16 frag)
{
	struct iphdr *iph = at;

	iph->version = 4;
	iph->ihl = 5;
	iph->ttl = 64;
	iph->protocol = proto;
	iph->tot_len = htons(sizeof(*iph) + len);
	iph->id = htons(serial);
	iph->frag_off = htons(frag);
	iph->saddr = flow->src.v4;
	iph->daddr = flow->dst.v4;
	ip_send_check(iph);
}

static void inject_put_ipv6(void *at, const struct inject_flow *flow, u8 proto,
			    int len)
{
	struct ipv6hdr *iph = at;

	iph->version = 6;
	iph->hop_limit = 64;
	iph->nexthdr = proto;
	iph->payload_len = htons(len);
	iph->saddr = flow->src.v6;
	iph->daddr = flow->dst.v6;
}

static void inject_put_ip(const struct inject_spec *spec, void *at,
			  const struct inject_flow *flow, u8 proto, int len,
			  u32 serial)
{
	if (spec->v6)
		inject_put_ipv6(at, flow, proto, len);
	else
		inject_put_ipv4(at, flow, proto, len, serial, 0);
}

/* --- layer 4 ------------------------------------------------------------- */

static int inject_put_udp(const struct inject_spec *spec, void *at,
			  const struct inject_flow *flow)
{
	int len = sizeof(struct udphdr) + spec->payload;
	struct udphdr *uh = at;

	uh->source = flow->sport;
	uh->dest = flow->dport;
	uh->len = htons(len);
	uh->check = inject_csum(spec, flow, IPPROTO_UDP, uh, len);
	if (!uh->check)
		uh->check = CSUM_MANGLED_0;
	return len;
}

static bool inject_opens(enum inject_kind kind)
{
	return kind == INJECT_SYN || kind == INJECT_SYNACK;
}

/* What is sent after the SYN begins at @flow->seq, and @serial counts it */
static int inject_put_tcp(const struct inject_spec *spec, void *at,
			  const struct inject_flow *flow, enum inject_kind kind,
			  u32 sent)
{
	int size = sizeof(struct tcphdr), payload = 0;
	struct tcphdr *th = at;

	if (inject_opens(kind)) {
		memcpy(th + 1, inject_options, sizeof(inject_options));
		size += sizeof(inject_options);
	}
	if (kind == INJECT_DATA)
		payload = spec->payload;
	th->source = flow->sport;
	th->dest = flow->dport;
	th->doff = size / 4;
	th->window = htons(INJECT_WINDOW);
	th->syn = inject_opens(kind);
	th->fin = kind == INJECT_FIN;
	th->rst = kind == INJECT_RST;
	th->psh = kind == INJECT_DATA;
	th->ack = kind != INJECT_SYN && kind != INJECT_RST;
	th->seq = htonl(flow->seq - th->syn + sent);
	th->ack_seq = th->ack ? htonl(flow->ack) : 0;
	th->check = inject_csum(spec, flow, IPPROTO_TCP, th, size + payload);
	return size + payload;
}

/*
 * An error that a router on the answers' way sends to the server: it quotes an
 * answer, whole.
 */
static int inject_put_icmp(const struct inject_spec *spec, void *at,
			   const struct inject_flow *flow)
{
	int size = inject_ip_size(spec), len;
	struct inject_flow quoted = *flow;
	struct icmphdr *ih = at;
	void *l4 = at + sizeof(*ih) + size;
	u8 proto = IPPROTO_UDP;

	inject_turn(&quoted);
	if (spec->tcp) {
		proto = IPPROTO_TCP;
		len = inject_put_tcp(spec, l4, &quoted, INJECT_ACK, 0);
	} else {
		len = inject_put_udp(spec, l4, &quoted);
	}
	inject_put_ip(spec, ih + 1, &quoted, proto, len, 1);
	len += sizeof(*ih) + size;
	ih->type = spec->v6 ? ICMPV6_DEST_UNREACH : ICMP_DEST_UNREACH;
	ih->code = spec->v6 ? ICMPV6_ADDR_UNREACH : ICMP_HOST_UNREACH;
	if (spec->v6)
		ih->checksum = inject_csum(spec, flow, IPPROTO_ICMPV6, ih, len);
	else
		ih->checksum = csum_fold(csum_partial(ih, len, 0));
	return len;
}

/* --- whole packets ------------------------------------------------------- */

/* An empty packet with room for the link layer and @len bytes, all zero */
static struct sk_buff *inject_alloc(int len)
{
	int head = NET_SKB_PAD + NET_IP_ALIGN + ETH_HLEN;
	struct sk_buff *skb = alloc_skb(head + len, GFP_KERNEL);

	if (!skb)
		return NULL;
	skb_reserve(skb, head);
	memset(skb->data, 0, len);
	return skb;
}

/* As a device's driver leaves it, checksum verified by the hardware */
static void inject_arrive(const struct inject_spec *spec,
			  struct net_device *dev, struct sk_buff *skb, int len)
{
	struct ethhdr *eth;

	skb_put(skb, len);
	eth = skb_push(skb, ETH_HLEN);
	ether_addr_copy(eth->h_dest, dev->dev_addr);
	if (spec->other)
		eth->h_dest[ETH_ALEN - 1] ^= 1;
	ether_addr_copy(eth->h_source, spec->lladdr);
	eth->h_proto = htons(spec->v6 ? ETH_P_IPV6 : ETH_P_IP);
	skb->protocol = eth_type_trans(skb, dev);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
}

static int inject_put_l4(const struct inject_spec *spec, void *at,
			 const struct inject_flow *flow, u32 round, u8 *proto)
{
	switch (spec->kind) {
	case INJECT_UDP:
	case INJECT_FRAG:
		*proto = IPPROTO_UDP;
		return inject_put_udp(spec, at, flow);
	case INJECT_ICMP:
		*proto = spec->v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
		return inject_put_icmp(spec, at, flow);
	default:
		*proto = IPPROTO_TCP;
		return inject_put_tcp(spec, at, flow, spec->kind,
				      round * spec->payload);
	}
}

/* Room for any header here, and what may be quoted */
#define INJECT_HEADERS 160

static struct sk_buff *inject_whole(const struct inject_spec *spec,
				    struct net_device *dev,
				    const struct inject_flow *flow, u32 serial)
{
	struct sk_buff *skb = inject_alloc(INJECT_HEADERS + spec->payload);
	int size = inject_ip_size(spec), len;
	u8 proto;

	if (!skb)
		return NULL;
	len = inject_put_l4(spec, skb->data + size, flow,
			    spec->round + serial / spec->flows, &proto);
	inject_put_ip(spec, skb->data, flow, proto, len, serial);
	inject_arrive(spec, dev, skb, size + len);
	return skb;
}

/* A piece of @l4, which ends after @len bytes */
static struct sk_buff *inject_piece(const struct inject_spec *spec,
				    struct net_device *dev,
				    const struct inject_flow *flow, u32 serial,
				    const void *l4, int from, int to, int len)
{
	struct sk_buff *skb = inject_alloc(INJECT_HEADERS + to - from);
	int size = inject_ip_size(spec);
	bool more = to < len;

	if (!skb)
		return NULL;
	if (spec->v6) {
		struct frag_hdr *fh = (void *)skb->data + size;

		fh->nexthdr = IPPROTO_UDP;
		fh->frag_off = htons(from | (more ? IP6_MF : 0));
		fh->identification = htonl(serial);
		size += sizeof(*fh);
		inject_put_ipv6(skb->data, flow, IPPROTO_FRAGMENT,
				sizeof(*fh) + to - from);
	} else {
		inject_put_ipv4(skb->data, flow, IPPROTO_UDP, to - from, serial,
				from / 8 | (more ? IP_MF : 0));
	}
	memcpy(skb->data + size, l4 + from, to - from);
	inject_arrive(spec, dev, skb, size + to - from);
	skb->ip_summed = CHECKSUM_NONE;
	return skb;
}

static int inject_cut(const struct inject_spec *spec, struct net_device *dev,
		      const struct inject_flow *flow, u32 serial,
		      struct sk_buff **part)
{
	void *l4 = kzalloc(INJECT_HEADERS + spec->payload, GFP_KERNEL);
	int len;

	if (!l4)
		return -ENOMEM;
	len = inject_put_udp(spec, l4, flow);
	part[0] = inject_piece(spec, dev, flow, serial, l4, 0, INJECT_FRAG_SIZE,
			       len);
	part[1] = inject_piece(spec, dev, flow, serial, l4, INJECT_FRAG_SIZE,
			       len, len);
	kfree(l4);
	if (part[0] && part[1])
		return 2;
	kfree_skb(part[0]);
	kfree_skb(part[1]);
	return -ENOMEM;
}

/**
 * inject_build - make a packet, or the fragments of one
 * @spec: what is asked for
 * @dev: device that it arrives by
 * @flow: number of the flow
 * @serial: how many were made before
 * @part: where to leave them
 *
 * Return: how many there are, or an error.
 */
int inject_build(const struct inject_spec *spec, struct net_device *dev,
		 u32 flow, u32 serial, struct sk_buff **part)
{
	struct inject_flow f;

	inject_flow(spec, flow, spec->reply, &f);
	if (spec->kind == INJECT_FRAG)
		return inject_cut(spec, dev, &f, serial, part);
	part[0] = inject_whole(spec, dev, &f, serial);
	return part[0] ? 1 : -ENOMEM;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connection keys: from a packet to what it is recognised by.
 *
 * Headers are only read here, never written, so a pointer from
 * skb_header_pointer() stays good until the function returns.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_vlan.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "key.h"

/* An IP header was read: where the next one is, and whether it is there */
struct ksteer_ip_header {
	int l4;
	bool fragment;	/* not the first one: no transport header */
};

static bool ksteer_read_ipv4(const struct sk_buff *skb, int off,
			     struct ksteer_tuple *t,
			     struct ksteer_ip_header *h)
{
	const struct iphdr *iph;
	struct iphdr buf;

	iph = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (unlikely(!iph || iph->ihl < 5 || iph->version != 4))
		return false;
	t->src = (union ksteer_addr){ .v4 = iph->saddr };
	t->dst = (union ksteer_addr){ .v4 = iph->daddr };
	t->proto = iph->protocol;
	h->l4 = off + iph->ihl * 4;
	h->fragment = iph->frag_off & htons(IP_OFFSET);
	return true;
}

static bool ksteer_read_ipv6(const struct sk_buff *skb, int off,
			     struct ksteer_tuple *t,
			     struct ksteer_ip_header *h)
{
	const struct ipv6hdr *iph;
	struct ipv6hdr buf;
	__be16 frag = 0;
	u8 next;

	iph = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (unlikely(!iph || iph->version != 6))
		return false;
	t->src.v6 = iph->saddr;
	t->dst.v6 = iph->daddr;
	next = iph->nexthdr;
	h->l4 = off + sizeof(*iph);
	if (unlikely(next != IPPROTO_TCP && next != IPPROTO_UDP)) {
		h->l4 = ipv6_skip_exthdr(skb, h->l4, &next, &frag);
		if (h->l4 < 0)
			return false;
	}
	t->proto = next;
	h->fragment = frag & htons(IP6_OFFSET);
	return true;
}

static bool ksteer_read_ip(const struct sk_buff *skb, int off,
			   struct ksteer_tuple *t, struct ksteer_ip_header *h)
{
	if (t->family == KSTEER_V4)
		return ksteer_read_ipv4(skb, off, t, h);
	return ksteer_read_ipv6(skb, off, t, h);
}

/* The window scale that a SYN offers, plus one; 0 without */
static u8 ksteer_read_scale(const struct sk_buff *skb, int off, int len)
{
	u8 buf[MAX_TCP_OPTION_SPACE];
	const u8 *opt;
	int i = 0;

	opt = len > 0 ? skb_header_pointer(skb, off, len, buf) : NULL;
	if (!opt)
		return 0;
	while (i < len && opt[i] != TCPOPT_EOL) {
		if (opt[i] == TCPOPT_NOP) {
			i++;
			continue;
		}
		if (i + 1 >= len || opt[i + 1] < 2 || i + opt[i + 1] > len)
			return 0;
		if (opt[i] == TCPOPT_WINDOW && opt[i + 1] == TCPOLEN_WINDOW)
			return min_t(u8, opt[i + 2], TCP_MAX_WSCALE) + 1;
		i += opt[i + 1];
	}
	return 0;
}

static bool ksteer_read_tcp(struct ksteer_packet *pkt, int off)
{
	const struct tcphdr *th;
	struct tcphdr buf;
	int len;

	th = skb_header_pointer(pkt->skb, off, sizeof(buf), &buf);
	if (unlikely(!th || th->doff < 5))
		return false;
	len = pkt->skb->len - off - th->doff * 4;
	if (unlikely(len < 0))
		return false;
	pkt->tuple.sport = th->source;
	pkt->tuple.dport = th->dest;
	pkt->tcp = true;
	pkt->tcp_flags = tcp_flag_byte(th);
	pkt->seq = ntohl(th->seq);
	pkt->ack_seq = ntohl(th->ack_seq);
	pkt->window = ntohs(th->window);
	pkt->seq_len = len + th->syn + th->fin;
	pkt->tcp_scale = 0;
	if (unlikely(th->syn))
		pkt->tcp_scale = ksteer_read_scale(pkt->skb, off + sizeof(*th),
						   th->doff * 4 - sizeof(*th));
	return true;
}

static bool ksteer_read_ports(const struct sk_buff *skb, int off,
			      struct ksteer_tuple *t)
{
	const __be16 *port;
	__be16 buf[2];

	t->sport = 0;
	t->dport = 0;
	if (!ksteer_proto_has_ports(t->proto))
		return true;
	port = skb_header_pointer(skb, off, sizeof(buf), buf);
	if (unlikely(!port))
		return false;
	t->sport = port[0];
	t->dport = port[1];
	return true;
}

/* Is there an ICMP error at @off?  It quotes a packet after eight bytes. */
static bool ksteer_is_icmp_error(const struct sk_buff *skb, int off,
				 const struct ksteer_tuple *t)
{
	const u8 *type;
	u8 buf;

	if (t->proto != (t->family == KSTEER_V4 ? IPPROTO_ICMP :
						  IPPROTO_ICMPV6))
		return false;
	type = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!type)
		return false;
	if (t->family == KSTEER_V6)
		return !(*type & ICMPV6_INFOMSG_MASK);
	return *type == ICMP_DEST_UNREACH || *type == ICMP_SOURCE_QUENCH ||
	       *type == ICMP_TIME_EXCEEDED || *type == ICMP_PARAMETERPROB ||
	       *type == ICMP_REDIRECT;
}

/*
 * Key an ICMP error by the packet that it quotes.  The error travels against
 * that packet, so the endpoints are turned round.  Of a packet that cannot be
 * read far enough (a later fragment, too few bytes) the flow is unknown.
 */
static bool ksteer_read_quoted(struct ksteer_packet *pkt, int off)
{
	struct ksteer_tuple *t = &pkt->tuple;
	struct ksteer_ip_header h;

	if (!ksteer_read_ip(pkt->skb, off + sizeof(struct icmphdr), t, &h) ||
	    h.fragment || !ksteer_read_ports(pkt->skb, h.l4, t))
		return false;
	ksteer_key_turn(t);
	pkt->icmp_error = true;
	return true;
}

static u16 ksteer_arrival_vlan(const struct net_device *dev)
{
	return is_vlan_dev(dev) ? vlan_dev_vlan_id(dev) : 0;
}

/**
 * ksteer_key_read - read a packet's headers and make its full key
 * @pkt: the packet; @kn and @skb are set, all else is filled
 * @family: of the packet
 *
 * Fragments have been put together before (A2, E2); one that still is one has
 * no key.
 *
 * Context: any; the network header is linear, the rest need not be.
 * Return: whether there is a key.
 */
bool ksteer_key_read(struct ksteer_packet *pkt, u8 family)
{
	struct ksteer_tuple *t = &pkt->tuple;
	struct ksteer_ip_header h;

	t->family = family;
	t->vlan = ksteer_arrival_vlan(pkt->skb->dev);
	pkt->icmp_error = false;
	pkt->tcp = false;
	if (unlikely(!ksteer_read_ip(pkt->skb, 0, t, &h) || h.fragment))
		return false;
	pkt->l4 = h.l4;
	if (likely(t->proto == IPPROTO_TCP)) {
		if (!ksteer_read_tcp(pkt, h.l4))
			return false;
	} else if (unlikely(ksteer_is_icmp_error(pkt->skb, h.l4, t))) {
		if (!ksteer_read_quoted(pkt, h.l4))
			return false;
	} else if (!ksteer_read_ports(pkt->skb, h.l4, t)) {
		return false;
	}
	ksteer_key_full(&pkt->look, t);
	return true;
}

/* Any total order serves, if it is the same for both directions */
static bool ksteer_source_is_greater(const struct ksteer_tuple *t)
{
	if (t->src.w[0] != t->dst.w[0])
		return t->src.w[0] > t->dst.w[0];
	if (t->src.w[1] != t->dst.w[1])
		return t->src.w[1] > t->dst.w[1];
	return (__force u16)t->sport > (__force u16)t->dport;
}

/**
 * ksteer_key_full - make the full key, the same for both directions
 * @look: filled
 * @tuple: endpoints
 */
void ksteer_key_full(struct ksteer_lookup *look, const struct ksteer_tuple *tuple)
{
	bool swapped = ksteer_source_is_greater(tuple);
	struct ksteer_key *key = &look->key;

	key->addr[swapped] = tuple->src;
	key->addr[!swapped] = tuple->dst;
	key->port[swapped] = tuple->sport;
	key->port[!swapped] = tuple->dport;
	key->proto = tuple->proto;
	key->kind = KSTEER_FIELDS_FULL |
		    (tuple->family == KSTEER_V6 ? KSTEER_KIND_V6 : 0);
	key->vlan = tuple->vlan;
	look->swapped = swapped;
	look->any_vlan = false;
}

/**
 * ksteer_key_partial - make a less specific key (S0, after block 712)
 * @look: filled
 * @tuple: endpoints
 * @fields: fields that count, enum ksteer_field
 * @answer: the packet goes toward the opener, so its source is the server's
 *
 * Return: false if @fields are all fields: that is ksteer_key_full()'s.
 */
bool ksteer_key_partial(struct ksteer_lookup *look,
			const struct ksteer_tuple *tuple, u8 fields, bool answer)
{
	struct ksteer_tuple t = *tuple;
	struct ksteer_key *key = &look->key;

	if (fields == KSTEER_FIELDS_FULL)
		return false;
	if (answer)
		ksteer_key_turn(&t);
	memset(look, 0, sizeof(*look));
	if (fields & KSTEER_FIELD_SRC)
		key->addr[0] = t.src;
	if (fields & KSTEER_FIELD_DST)
		key->addr[1] = t.dst;
	if (fields & KSTEER_FIELD_SPORT)
		key->port[0] = t.sport;
	if (fields & KSTEER_FIELD_DPORT)
		key->port[1] = t.dport;
	if (fields & KSTEER_FIELD_PROTO)
		key->proto = t.proto;
	if (fields & KSTEER_FIELD_VLAN)
		key->vlan = t.vlan;
	key->kind = fields | (t.family == KSTEER_V6 ? KSTEER_KIND_V6 : 0);
	return true;
}

/**
 * ksteer_key_persist - make the key of a source's persistence (B16)
 * @look: filled
 * @tuple: endpoints
 * @vs_id: virtual server; the key holds for this one alone
 * @prefixlen: leading bits of the source that count
 * @answer: as for ksteer_key_partial()
 */
void ksteer_key_persist(struct ksteer_lookup *look,
			const struct ksteer_tuple *tuple, u32 vs_id,
			u8 prefixlen, bool answer)
{
	struct ksteer_key *key = &look->key;

	memset(look, 0, sizeof(*look));
	key->addr[0] = answer ? tuple->dst : tuple->src;
	ksteer_addr_mask(&key->addr[0], prefixlen, tuple->family);
	key->addr[1].w[0] = vs_id;
	key->kind = KSTEER_FIELD_SRC | KSTEER_KIND_PERSIST |
		    (tuple->family == KSTEER_V6 ? KSTEER_KIND_V6 : 0);
}

/**
 * ksteer_key_turn - exchange the endpoints
 * @tuple: changed in place
 */
void ksteer_key_turn(struct ksteer_tuple *tuple)
{
	swap(tuple->src, tuple->dst);
	swap(tuple->sport, tuple->dport);
}

/**
 * ksteer_addr_mask - clear the bits of an address beyond a prefix
 * @addr: changed in place
 * @len: leading bits that stay
 * @family: KSTEER_V4 or KSTEER_V6
 */
void ksteer_addr_mask(union ksteer_addr *addr, u8 len, u8 family)
{
	union ksteer_addr masked = {};

	if (family == KSTEER_V4)
		masked.v4 = addr->v4 & inet_make_mask(min_t(u8, len, 32));
	else
		ipv6_addr_prefix(&masked.v6, &addr->v6, min_t(u8, len, 128));
	*addr = masked;
}

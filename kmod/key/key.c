// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connection keys: from a packet to what it is recognised by.
 *
 * Headers are only read here, never written, so a pointer from
 * skb_header_pointer() stays good until the function returns.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "key/key.h"
#include "key/key_read.h"
#include "key/link.h"

/**
 * struct ksteer_headers - what the headers of a packet say
 * @src: source address, in the packet or in a buffer
 * @dst: destination address
 * @port: both ports as they stand, zero without
 * @proto: IP protocol
 * @l4: offset of the transport header
 * @fragment: not the first one: there is no transport header
 */
struct ksteer_headers {
	union ksteer_addr src;
	union ksteer_addr dst;
	__be16 port[2];
	u8 proto;
	int l4;
	bool fragment;
};

static bool ksteer_read_ipv4(const struct sk_buff *skb, int off,
			     struct ksteer_headers *h)
{
	const struct iphdr *iph;
	struct iphdr buf;

	iph = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (unlikely(!iph || iph->ihl < 5 || iph->version != 4))
		return false;
	h->src = (union ksteer_addr){ .v4 = iph->saddr };
	h->dst = (union ksteer_addr){ .v4 = iph->daddr };
	h->proto = iph->protocol;
	h->l4 = off + iph->ihl * 4;
	h->fragment = iph->frag_off & htons(IP_OFFSET);
	return true;
}

static bool ksteer_read_ipv6(const struct sk_buff *skb, int off,
			     struct ksteer_headers *h)
{
	const struct ipv6hdr *iph;
	struct ipv6hdr buf;
	__be16 frag = 0;

	iph = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (unlikely(!iph || iph->version != 6))
		return false;
	h->src.v6 = iph->saddr;
	h->dst.v6 = iph->daddr;
	h->proto = iph->nexthdr;
	h->l4 = off + sizeof(*iph);
	if (unlikely(h->proto != IPPROTO_TCP && h->proto != IPPROTO_UDP)) {
		h->l4 = ipv6_skip_exthdr(skb, h->l4, &h->proto, &frag);
		if (h->l4 < 0)
			return false;
	}
	h->fragment = frag & htons(IP6_OFFSET);
	return true;
}

static bool ksteer_read_ip(const struct sk_buff *skb, int off, u8 family,
			   struct ksteer_headers *h)
{
	if (family == KSTEER_V4)
		return ksteer_read_ipv4(skb, off, h);
	return ksteer_read_ipv6(skb, off, h);
}

/**
 * ksteer_read_scale - the window scale that a SYN offers
 * @skb: the packet
 * @off: offset of the TCP options
 * @len: their length
 *
 * Return: the shift plus one, 0 without.
 */
u8 ksteer_read_scale(const struct sk_buff *skb, int off, int len)
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

static bool ksteer_read_tcp(struct ksteer_packet *pkt, struct ksteer_headers *h)
{
	const struct tcphdr *th;
	struct tcphdr buf;

	th = skb_header_pointer(pkt->skb, h->l4, sizeof(buf), &buf);
	if (unlikely(!th))
		return false;
	h->port[0] = th->source;
	h->port[1] = th->dest;
	return ksteer_take_tcp(pkt, pkt->skb, h->l4, th);
}

static bool ksteer_read_ports(const struct sk_buff *skb,
			      struct ksteer_headers *h)
{
	const __be16 *port;
	__be16 buf[2];

	h->port[0] = 0;
	h->port[1] = 0;
	if (!ksteer_proto_has_ports(h->proto))
		return true;
	port = skb_header_pointer(skb, h->l4, sizeof(buf), buf);
	if (unlikely(!port))
		return false;
	h->port[0] = port[0];
	h->port[1] = port[1];
	return true;
}

/* Is this an ICMP error?  It quotes a packet after eight bytes. */
static bool ksteer_is_icmp_error(const struct sk_buff *skb, u8 family,
				 const struct ksteer_headers *h)
{
	const u8 *type;
	u8 buf;

	if (h->proto != (family == KSTEER_V4 ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		return false;
	type = skb_header_pointer(skb, h->l4, sizeof(buf), &buf);
	if (!type)
		return false;
	if (family == KSTEER_V6)
		return !(*type & ICMPV6_INFOMSG_MASK);
	return *type == ICMP_DEST_UNREACH || *type == ICMP_SOURCE_QUENCH ||
	       *type == ICMP_TIME_EXCEEDED || *type == ICMP_PARAMETERPROB ||
	       *type == ICMP_REDIRECT;
}

/*
 * Key an ICMP error by the packet that it quotes.  The error travels against
 * that packet, so the endpoints are turned round.  Of a packet that cannot be
 * read far enough (a later fragment, too few bytes) the flow is unknown.  An
 * error for somebody who has not sent that packet is a stranger's, or forged.
 */
static bool ksteer_read_quoted(struct ksteer_packet *pkt,
			       struct ksteer_headers *h)
{
	union ksteer_addr told = h->dst;

	if (!ksteer_read_ip(pkt->skb, h->l4 + sizeof(struct icmphdr),
			    pkt->family, h) ||
	    h->fragment || !ksteer_read_ports(pkt->skb, h))
		return false;
	pkt->icmp_error = true;
	if (!ksteer_addr_equal(&h->src, &told))
		return false;
	swap(h->src, h->dst);
	swap(h->port[0], h->port[1]);
	return true;
}

/**
 * ksteer_key_quoted - where did the packet go that an ICMP error quotes?
 * @skb: a packet, its network header linear
 * @family: of the packet
 * @to: filled
 *
 * Return: false if the packet is none.
 */
bool ksteer_key_quoted(const struct sk_buff *skb, u8 family,
		       union ksteer_addr *to)
{
	struct ksteer_headers h;

	if (!ksteer_read_ip(skb, 0, family, &h) || h.fragment ||
	    !ksteer_is_icmp_error(skb, family, &h) ||
	    !ksteer_read_ip(skb, h.l4 + sizeof(struct icmphdr), family, &h))
		return false;
	*to = h.dst;
	return true;
}

/**
 * ksteer_key_read_linked - read a packet whose link is known
 * @pkt: the packet; @kn, @skb and @family are set, all else is filled
 * @link: its link id, negative without
 *
 * Return: as ksteer_key_read_slow().
 */
bool ksteer_key_read_linked(struct ksteer_packet *pkt, int link)
{
	struct ksteer_headers h;

	pkt->icmp_error = false;
	pkt->tcp = false;
	if (link < 0)
		return false;
	if (!ksteer_read_ip(pkt->skb, 0, pkt->family, &h) || h.fragment)
		return false;
	if (h.proto == IPPROTO_TCP) {
		if (!ksteer_read_tcp(pkt, &h))
			return false;
	} else if (ksteer_is_icmp_error(pkt->skb, pkt->family, &h)) {
		if (!ksteer_read_quoted(pkt, &h))
			return false;
	} else if (!ksteer_read_ports(pkt->skb, &h)) {
		return false;
	}
	ksteer_key_fill(&pkt->look, h.src, h.dst, h.port[0], h.port[1], h.proto,
			link, pkt->family);
	return true;
}

/**
 * ksteer_key_read_slow - read what is not plain TCP or UDP with linear headers
 * @pkt: the packet; @kn, @skb and @family are set, all else is filled
 *
 * Return: whether there is a key.  If there is none and @icmp_error is set, it
 *	   is an error for somebody who has not sent what it quotes.
 */
bool ksteer_key_read_slow(struct ksteer_packet *pkt)
{
	int link = 0;

	if (!ksteer_link_is_plain(pkt->skb->dev))
		link = ksteer_link_of_rcu(pkt->kn, pkt->skb->dev);
	return ksteer_key_read_linked(pkt, link);
}

/**
 * ksteer_key_lacks - why a packet has no key
 * @pkt: the packet, which ksteer_key_read_slow() has refused
 *
 * Return: the counter that says it.
 */
enum ksteer_counter ksteer_key_lacks(const struct ksteer_packet *pkt)
{
	if (pkt->icmp_error)
		return KSTEER_COUNT_ICMP_STRAY;
	if (!ksteer_link_is_plain(pkt->skb->dev) &&
	    ksteer_link_of_rcu(pkt->kn, pkt->skb->dev) < 0)
		return KSTEER_COUNT_NO_LINK;
	return KSTEER_COUNT_MALFORMED;
}

/**
 * ksteer_key_full - make the full key, the same for both directions
 * @look: filled
 * @tuple: endpoints
 */
void ksteer_key_full(struct ksteer_lookup *look,
		     const struct ksteer_tuple *tuple)
{
	ksteer_key_fill(look, tuple->src, tuple->dst, tuple->sport,
			tuple->dport, tuple->proto, tuple->link, tuple->family);
}

/**
 * ksteer_key_tuple - read the endpoints back from a full key
 * @kn: ksteer of the namespace
 * @look: the key, as the packet was looked up
 * @tuple: filled
 */
void ksteer_key_tuple(const struct ksteer_net *kn,
		      const struct ksteer_lookup *look,
		      struct ksteer_tuple *tuple)
{
	const struct ksteer_key *key = &look->key;
	bool swapped = look->swapped;
	u16 link = key->link;

	tuple->src = key->addr[swapped];
	tuple->dst = key->addr[!swapped];
	tuple->sport = key->port[swapped];
	tuple->dport = key->port[!swapped];
	tuple->proto = key->proto;
	tuple->family = key->kind & KSTEER_KIND_V6 ? KSTEER_V6 : KSTEER_V4;
	tuple->link = link;
	tuple->vlan = link;
	tuple->vrf = 0;
	if (unlikely(link >= KSTEER_LINK_VRF))
		ksteer_link_read(kn, link, tuple);
}

/*
 * Servers of one pool share what they store, those of others have keys of their
 * own: a traffic manager of one pool may be none of another's.  The number lies
 * where the key leaves a field out; of the protocol's it has the lower byte, and
 * in a key that leaves out the VLAN alone none: that is one service's.
 */
static void ksteer_key_of_pool(struct ksteer_key *key, u8 fields, u16 pool)
{
	if (!(fields & KSTEER_FIELD_SRC))
		key->addr[0].w32[0] = pool;
	else if (!(fields & KSTEER_FIELD_DST))
		key->addr[1].w32[0] = pool;
	else if (!(fields & KSTEER_FIELD_SPORT))
		key->port[0] = htons(pool);
	else if (!(fields & KSTEER_FIELD_DPORT))
		key->port[1] = htons(pool);
	else if (!(fields & KSTEER_FIELD_PROTO))
		key->proto = pool;
}

/**
 * ksteer_key_partial - make a less specific key (S0, after block 712)
 * @look: filled
 * @tuple: endpoints
 * @fields: fields that count, enum ksteer_field
 * @pool: ksteer_pool.index of the server's pool, 0 without one
 * @answer: the packet goes toward the opener, so its source is the server's;
 *	    then the opener's VLAN is not known, and must not be among @fields
 *
 * Return: false if @fields are all fields: that is ksteer_key_full()'s.
 */
bool ksteer_key_partial(struct ksteer_lookup *look,
			const struct ksteer_tuple *tuple, u8 fields, u16 pool,
			bool answer)
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
	key->link = fields & KSTEER_FIELD_VLAN ? t.link : t.vrf;
	ksteer_key_of_pool(key, fields, pool);
	key->kind = fields | (t.family == KSTEER_V6 ? KSTEER_KIND_V6 : 0);
	return true;
}

/**
 * ksteer_key_persist - make the key of a source's persistence (B16)
 * @look: filled
 * @tuple: endpoints
 * @id: virtual server, or the group that it shares this with
 * @prefixlen: leading bits of the source that count
 * @answer: as for ksteer_key_partial()
 */
void ksteer_key_persist(struct ksteer_lookup *look,
			const struct ksteer_tuple *tuple, u32 id, u8 prefixlen,
			bool answer)
{
	struct ksteer_key *key = &look->key;

	memset(look, 0, sizeof(*look));
	key->addr[0] = answer ? tuple->dst : tuple->src;
	ksteer_addr_mask(&key->addr[0], prefixlen, tuple->family);
	key->addr[1].w[0] = id;
	key->link = tuple->vrf;
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

/**
 * ksteer_addr_in - is an address within a prefix?
 * @addr: the address
 * @net: the prefix; it has no bits beyond @len
 * @len: leading bits that count
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Return: whether it is.
 */
bool ksteer_addr_in(const union ksteer_addr *addr, const union ksteer_addr *net,
		    u8 len, u8 family)
{
	union ksteer_addr masked = *addr;

	ksteer_addr_mask(&masked, len, family);
	return ksteer_addr_equal(&masked, net);
}

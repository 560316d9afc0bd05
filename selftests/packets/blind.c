// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stranger who knows the addresses and ports of a connection, and none of its
 * numbers: all that he sends is in order but for these.  Eight packets belong
 * together and try to move what is known to a number of his own, half round and
 * back, and then to use it.
 */
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <string.h>

#include "../random.h"
#include "packets.h"

#define GROUP 8
#define HALF 0x80000000U

static void put_segment(struct packet *p, unsigned int number)
{
	static const unsigned char flags[GROUP] = {
		TH_ACK,		 TH_ACK,	  TH_RST, TH_RST,
		TH_RST | TH_ACK, TH_FIN | TH_ACK, TH_SYN, TH_SYN | TH_ACK
	};
	unsigned int seq = random_of(p, ~0U), ack = random_of(p, ~0U);
	unsigned int half = number % 2 ? HALF : 0;
	struct tcphdr tcp = { .doff = 5 };

	tcp.source = htons(p->reply ? 80 : names.blind);
	tcp.dest = htons(p->reply ? names.blind : 80);
	tcp.seq = htonl(seq + half);
	tcp.ack_seq = htonl(ack + half);
	tcp.th_flags = flags[number % GROUP];
	tcp.window = 0xffff;
	put(p, &tcp, sizeof(tcp));
}

/* Return: the sum of addresses, protocol and length */
static unsigned int put_addresses(struct packet *p)
{
	struct iphdr v4 = { .version = 4,
			    .ihl = 5,
			    .ttl = 64,
			    .protocol = IPPROTO_TCP,
			    .tot_len = htons(40) };
	struct ip6_hdr v6 = { .ip6_nxt = IPPROTO_TCP,
			      .ip6_hlim = 64,
			      .ip6_plen = htons(20) };
	unsigned int at = p->len;

	if (p->v6) {
		v6.ip6_vfc = 0x60;
		v6.ip6_src = p->reply ? names.server6 : names.client6;
		v6.ip6_dst = p->reply ? names.client6 : names.server6;
		put(p, &v6, sizeof(v6));
		return sum16(p->byte + at + 8, 32);
	}
	v4.saddr = p->reply ? names.server4.s_addr : names.client4.s_addr;
	v4.daddr = p->reply ? names.client4.s_addr : names.server4.s_addr;
	v4.check = fold(sum16((void *)&v4, sizeof(v4)));
	put(p, &v4, sizeof(v4));
	return sum16(p->byte + at + 12, 8);
}

/**
 * make_blind - a packet of a stranger's
 * @p: filled
 * @number: the packet's
 */
void make_blind(struct packet *p, unsigned int number)
{
	struct ether_header eth = {};
	unsigned short check;
	unsigned int sum, at;

	p->state = random_begin(names.seed, number / GROUP);
	p->v6 = random_of(p, 2);
	memcpy(eth.ether_dhost, names.mac, ETH_ALEN);
	memcpy(eth.ether_shost, names.own, ETH_ALEN);
	eth.ether_type = htons(p->v6 ? ETHERTYPE_IPV6 : ETHERTYPE_IP);
	put(p, &eth, sizeof(eth));
	sum = put_addresses(p) + IPPROTO_TCP + sizeof(struct tcphdr);
	at = p->len;
	put_segment(p, number);
	check = fold(sum + sum16(p->byte + at, p->len - at));
	memcpy(p->byte + at + 16, &check, sizeof(check));
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The injector: what is asked for, what comes out, and who does it.
 */
#ifndef _KSTEER_INJECT_H
#define _KSTEER_INJECT_H

#include <linux/if.h>
#include <linux/if_ether.h>
#include <linux/in6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/types.h>

/* What kind of packet; the ends of the list are no kinds */
enum inject_kind {
	INJECT_UDP,
	INJECT_SYN,
	INJECT_SYNACK,
	INJECT_ACK,
	INJECT_DATA,
	INJECT_FIN,
	INJECT_RST,
	INJECT_ICMP,
	INJECT_FRAG,
	INJECT_KINDS,
};

/* Packets that one injection may consist of */
#define INJECT_PARTS 2

union inject_addr {
	__be32 v4;
	struct in6_addr v6;
};

/**
 * struct inject_spec - what is asked for
 * @dev: device that the packets arrive by
 * @lladdr: link layer address that they come from
 * @src: address of the first client
 * @dst: address of the server
 * @n: how many
 * @flows: of how many flows
 * @first: number of the first of them
 * @round: how often each flow has sent data before
 * @ports: client ports of an address, before the next address is taken
 * @sport: the first of them
 * @dport: the server's port
 * @payload: bytes after the transport header
 * @seed: of the random order
 * @kind: kind of packet
 * @v6: IPv6
 * @reply: from server to client
 * @tcp: what an ICMP error quotes is TCP, else UDP
 * @random: in random order, each flow once a round
 * @other: addressed to another machine on the link
 * @null: not handed over: the cost of measuring
 */
struct inject_spec {
	char dev[IFNAMSIZ];
	u8 lladdr[ETH_ALEN];
	union inject_addr src;
	union inject_addr dst;
	u32 n;
	u32 flows;
	u32 first;
	u32 round;
	u32 ports;
	u32 sport;
	u32 dport;
	u32 payload;
	u32 seed;
	enum inject_kind kind;
	bool v6;
	bool reply;
	bool tcp;
	bool random;
	bool other;
	bool null;
};

int inject_parse(struct inject_spec *spec, char *words);
int inject_build(const struct inject_spec *spec, struct net_device *dev,
		 u32 flow, u32 serial, struct sk_buff **part);
int inject_run(const struct inject_spec *spec, struct net *net, char *result,
	       size_t size);

#endif /* _KSTEER_INJECT_H */

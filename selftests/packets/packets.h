/* SPDX-License-Identifier: GPL-2.0-only */
/* fuzz_packet: what its files share. */
#ifndef _KSTEER_SELFTESTS_PACKETS_H
#define _KSTEER_SELFTESTS_PACKETS_H

#include <netinet/in.h>
#include <stdbool.h>

#define FRAME 1500
#define IPV6_LEN 40

/* Packets with greater numbers open the flows of the proper ones */
#define OPENERS 0x80000000U

/**
 * struct packet - a frame while it is made, and what it is made by
 * @state: where the sequence of random numbers stands
 * @byte: the frame
 * @len: bytes in it
 * @v6: of the layer in work
 * @reply: from the server to the client
 */
struct packet {
	unsigned long long state;
	unsigned char byte[FRAME + 512];
	unsigned int len;
	bool v6;
	bool reply;
};

/**
 * enum place - where a proper packet has to arrive
 * @NOWHERE: it has to be dropped
 * @TOO_OLD: it has to be dropped for its TTL, by ksteer
 * @BAD_OPTIONS: it has to be dropped for its options, by ksteer
 * @CLIENT: at the client, by the routing table
 * @FIRST: at the first traffic manager, by the routing table
 * @MANAGER: at the traffic manager of its flow
 * @BOTH_WAYS: there, or at the client if it is the one that sent it
 */
enum place { NOWHERE, TOO_OLD, BAD_OPTIONS, CLIENT, FIRST, MANAGER, BOTH_WAYS };

/**
 * struct proper - what must become of a packet that is in order
 * @flow: number of its flow, less than FLOWS
 * @place: where it has to arrive
 * @ip: offset of the network header
 */
struct proper {
	unsigned int flow;
	enum place place;
	unsigned int ip;
};

/* Kinds of virtual servers, see proper.c */
#define SERVICES 6
#define FLOWS_EACH 16
#define FLOWS (2 * SERVICES * FLOWS_EACH)

/**
 * struct names - addresses of all packets
 * @mac: whom the frames are for
 * @own: whom proper ones come from
 * @client4: the first of the clients
 * @client6: the same
 * @server4: what the virtual servers serve
 * @server6: the same
 * @first4: the first traffic manager's own address
 * @first6: the same
 * @seed: of all random numbers
 * @blind: client's port of the connection that all packets are for, or 0
 * @proper: whether packets in order are among them
 */
struct names {
	unsigned char mac[6], own[6];
	struct in_addr client4, server4, first4;
	struct in6_addr client6, server6, first6;
	unsigned long long seed;
	unsigned short blind;
	bool proper;
};

extern struct names names;

unsigned int random_of(struct packet *p, unsigned int n);
bool one_in(struct packet *p, unsigned int n);
void put(struct packet *p, const void *data, unsigned int len);
void put_random(struct packet *p, unsigned int len);
void put16(struct packet *p, unsigned int value);
unsigned int sum16(const unsigned char *at, unsigned int len);
unsigned short fold(unsigned int sum);

void make_junk(struct packet *p);
void make_blind(struct packet *p, unsigned int number);
bool make_proper(struct packet *p, unsigned int number, struct proper *what);
bool is_due(const struct proper *what);
bool is_ours(const unsigned char *frame);
bool number_of(const unsigned char *frame, unsigned int len,
	       unsigned int *number, bool *reply);
int watch(char **tap, int taps, unsigned int count);

#endif /* _KSTEER_SELFTESTS_PACKETS_H */

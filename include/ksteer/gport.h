/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The greater-port rule: one endpoint of a packet decides who owns its flow, in
 * both directions the same.  So distributors agree without any state, and a
 * traffic manager can choose source ports whose answers come back to it.
 *
 * Pure C, shared by the kernel module and by userspace.
 */
#ifndef _KSTEER_GPORT_H
#define _KSTEER_GPORT_H

#include <asm/byteorder.h>
#include <ksteer/hash.h>
#include <ksteer/key.h>

#ifndef __KERNEL__
#include <stdbool.h>
#endif

/*
 * How ports enter the hash.  Clients' ports come from the upper half of the
 * range (RFC 6056, and Linux' default ip_local_port_range), and count one by
 * one there, so that even a single client spreads evenly.  In the lower half 64
 * neighbours count as one: what a traffic manager owns there is contiguous and
 * fits a port range of the tools that take one.
 */
#define KSTEER_GPORT_SINGLE 32768
#define KSTEER_GPORT_BLOCK 64

/**
 * struct ksteer_gport_reply - whose answers a traffic manager wants
 * @seed: seed of the pool
 * @slot: lookup table of the pool, see ksteer_maglev_fill()
 * @slots: size of the table
 * @member: the traffic manager, as the table knows it
 * @family: KSTEER_V4 or KSTEER_V6
 * @server: address that the traffic manager connects to
 * @source: address that it connects from
 * @server_port: port that it connects to, network byte order
 */
struct ksteer_gport_reply {
	__u64 seed;
	const __u16 *slot;
	__u32 slots;
	__u16 member;
	int family;
	union ksteer_addr server;
	union ksteer_addr source;
	__be16 server_port;
};

/**
 * struct ksteer_gport_range - contiguous ports, host byte order
 * @lo: first
 * @hi: last
 */
struct ksteer_gport_range {
	__u16 lo;
	__u16 hi;
};

/**
 * ksteer_gport_block - what of a port is hashed
 * @port: port, host byte order
 *
 * Return: a number that a port shares with its block.
 */
static inline __u16 ksteer_gport_block(__u16 port)
{
	return port < KSTEER_GPORT_SINGLE ? port / KSTEER_GPORT_BLOCK : port;
}

/**
 * ksteer_gport_addr_greater - compare addresses as network-order bytes
 * @a: address
 * @b: another of the same family
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Return: whether @a is greater than @b.
 */
static inline bool ksteer_gport_addr_greater(const union ksteer_addr *a,
					     const union ksteer_addr *b,
					     int family)
{
	__u64 wa[KSTEER_ADDR_WORDS], wb[KSTEER_ADDR_WORDS];
	unsigned int n = ksteer_hash_addr(wa, a, family);
	unsigned int i;

	ksteer_hash_addr(wb, b, family);
	for (i = 0; i < n; i++)
		if (wa[i] != wb[i])
			return wa[i] > wb[i];
	return false;
}

/**
 * ksteer_gport_hash - hash of the endpoint with the greater port
 * @seed: seed of the pool
 * @a: address of an endpoint
 * @aport: its port, network byte order
 * @b: address of the other endpoint
 * @bport: its port, network byte order
 * @has_ports: whether the protocol has ports
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Of equal ports that of the greater address decides.  Without ports both
 * addresses do, the greater one first.
 *
 * Context: any.
 * Return: the hash; it stays the same when the endpoints change places.
 */
static inline __u64 ksteer_gport_hash(__u64 seed, const union ksteer_addr *a,
				      __be16 aport, const union ksteer_addr *b,
				      __be16 bport, bool has_ports, int family)
{
	struct ksteer_hash_key key = ksteer_hash_seeded(seed, KSTEER_HASH_FLOW);
	__u16 pa = has_ports ? __be16_to_cpu(aport) : 0;
	__u16 pb = has_ports ? __be16_to_cpu(bport) : 0;
	__u64 word[2 * KSTEER_ADDR_WORDS];
	bool first = pa > pb;
	unsigned int n;

	if (pa == pb)
		first = ksteer_gport_addr_greater(a, b, family);
	n = ksteer_hash_addr(word, first ? a : b, family);
	if (has_ports)
		word[n++] = ksteer_gport_block(first ? pa : pb);
	else
		n += ksteer_hash_addr(word + n, first ? b : a, family);
	return ksteer_siphash(&key, word, n);
}

/**
 * ksteer_gport_owner - who gets the answers to a source port
 * @want: connection; @want->member is not looked at
 * @port: source port, host byte order
 *
 * Return: member of the pool, as the table knows it.
 */
static inline __u16 ksteer_gport_owner(const struct ksteer_gport_reply *want,
				       __u16 port)
{
	__u64 hash = ksteer_gport_hash(want->seed, &want->server,
				       want->server_port, &want->source,
				       __cpu_to_be16(port), true, want->family);

	return want->slot[ksteer_hash_reduce(hash, want->slots)];
}

/* Last of the ports after this one that have its hash for sure */
static inline __u16 ksteer_gport_last_alike(const struct ksteer_gport_reply *w,
					    __u16 port)
{
	__u16 server = __be16_to_cpu(w->server_port);

	if (port < server)
		return server - 1;
	if (port == server || port >= KSTEER_GPORT_SINGLE)
		return port;
	return port | (KSTEER_GPORT_BLOCK - 1);
}

/**
 * ksteer_gport_next_block - next source ports whose answers come back
 * @want: connection and traffic manager
 * @next: first port to look at, host byte order; moved behind @range
 * @last: last port to look at, host byte order
 * @range: where to put the ports: as many as are contiguous
 *
 * Below the server's port, and at it if the server's address is the greater,
 * the server's endpoint decides: all of these ports have one owner.  The answer
 * holds while all members of the pool are in use.
 *
 * Return: whether there are any.
 */
static inline bool
ksteer_gport_next_block(const struct ksteer_gport_reply *want, __u32 *next,
			__u16 last, struct ksteer_gport_range *range)
{
	bool found = false;

	while (*next <= last) {
		__u16 hi = ksteer_gport_last_alike(want, *next);

		if (hi > last)
			hi = last;
		if (ksteer_gport_owner(want, *next) == want->member) {
			if (!found)
				range->lo = *next;
			range->hi = hi;
			found = true;
		} else if (found) {
			break;
		}
		*next = (__u32)hi + 1;
	}
	return found;
}

#endif /* _KSTEER_GPORT_H */

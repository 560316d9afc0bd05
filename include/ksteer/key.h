/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The connection key: what a packet is recognised by.
 *
 * Pure C, shared by the kernel module and by userspace.
 */
#ifndef _KSTEER_KEY_H
#define _KSTEER_KEY_H

#include <linux/types.h>
#include <linux/in6.h>

/**
 * union ksteer_addr - an address of either family, network byte order
 * @v4: IPv4 address; the other twelve bytes are zero
 * @v6: IPv6 address
 * @w: the same as two words, for comparing
 * @w32: the same as four, for hashing
 */
union ksteer_addr {
	__be32 v4;
	struct in6_addr v6;
	__u64 w[2];
	__u32 w32[4];
};

enum {
	KSTEER_V4,
	KSTEER_V6,
	KSTEER_FAMILIES,
};

/*
 * Link ids: the VLAN's id without a VRF, else a number from the first of these
 * on.  UNSEEN: nothing has come by this direction yet.
 */
#define KSTEER_LINK_VRF 4096
#define KSTEER_LINK_UNSEEN 0xffff

/* struct ksteer_key.kind: a set of enum ksteer_field and these two */
#define KSTEER_KIND_FIELDS 0x3f
#define KSTEER_KIND_V6 0x40
#define KSTEER_KIND_PERSIST 0x80

/**
 * struct ksteer_key - connection key (S0, block 704)
 * @addr: addresses; of a full key in canonical order, the lesser endpoint
 *	  first, so that both directions of a flow have one key; of a less
 *	  specific key the opener's side first
 * @port: ports, in the order of the addresses, network byte order
 * @proto: IP protocol
 * @kind: fields that count (enum ksteer_field), family, persistence
 * @link: link id of the device that the opening direction arrives by: what VLAN
 *	  it has in what VRF
 *
 * Fields that do not count are zero, but for the number of the pool, which the
 * first of them in a less specific key holds, see ksteer_key_partial(); of @link
 * the VRF always counts.  The hash of a full key leaves @link out: the answering
 * direction may arrive by another.  The five last members share one word, so that
 * keys are compared in three steps (IPv4) or five.
 */
struct ksteer_key {
	union ksteer_addr addr[2];
	__be16 port[2];
	__u8 proto;
	__u8 kind;
	__u16 link;
} __attribute__((aligned(8)));

#endif /* _KSTEER_KEY_H */

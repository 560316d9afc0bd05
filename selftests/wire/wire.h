/* SPDX-License-Identifier: GPL-2.0-only */
/* wiretap: what its files share. */
#ifndef _KSTEER_SELFTESTS_WIRE_H
#define _KSTEER_SELFTESTS_WIRE_H

#include <linux/types.h>
#include <stdbool.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;

#define MAX_WORDS 96
#define MAX_PACKET 66000
#define IPV6_LEN 40

/**
 * struct packet - a packet in the making
 * @data: from the IP header on
 * @len: bytes
 * @l4: offset of what may be cut into fragments
 * @link: IPv6: offset of the byte that says what stands at @l4
 * @proto: what stands at @l4
 * @body: digest of what follows the transport header
 */
struct packet {
	u8 data[MAX_PACKET];
	int len, l4, link;
	u8 proto;
	u32 body;
};

/* The command that is being obeyed */
extern char *word[MAX_WORDS];
extern int words;

const char *value(const char *prefix, const char *key);
u32 number(const char *prefix, const char *key, u32 otherwise);
void put16(u8 *to, u16 v);
void put32(u8 *to, u32 v);
u16 get16(const u8 *from);
u32 get32(const u8 *from);
u32 digest(const u8 *data, int len);
u32 packet_digest(const u8 *ip, int len);
bool is_v6(const u8 *ip);
u16 ip_sum(const u8 *ip, int len);
u16 l4_sum(const u8 *ip, const u8 *l4, int len, u8 proto);
void build(struct packet *p, const char *prefix);
void slice(const struct packet *whole, struct packet *p, int off, int len,
	   u32 id);
bool describe(char *to, int max, const char *tap, const u8 *frame, int len);

#endif /* _KSTEER_SELFTESTS_WIRE_H */

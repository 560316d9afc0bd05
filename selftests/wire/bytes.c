// SPDX-License-Identifier: GPL-2.0-only
/* wiretap: byte order, checksums, digests. */
#include <netinet/in.h>
#include <string.h>

#include "wire.h"

u32 digest(const u8 *data, int len)
{
	u32 h = 2166136261u;

	while (len-- > 0)
		h = (h ^ *data++) * 16777619u;
	return h;
}

static u32 add(const u8 *data, int len, u32 sum)
{
	for (; len > 1; len -= 2, data += 2)
		sum += data[0] << 8 | data[1];
	return len ? sum + (data[0] << 8) : sum;
}

static u16 fold(u32 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

bool is_v6(const u8 *ip)
{
	return ip[0] >> 4 == 6;
}

/* Checksum of the transport with its pseudo header */
u16 l4_sum(const u8 *ip, const u8 *l4, int len, u8 proto)
{
	u32 sum = 0;

	if (proto != IPPROTO_ICMP)
		sum = len + proto;
	if (is_v6(ip))
		sum = add(ip + 8, 32, sum);
	else if (proto != IPPROTO_ICMP)
		sum = add(ip + 12, 8, sum);
	return fold(add(l4, len, sum));
}

void put16(u8 *to, u16 v)
{
	to[0] = v >> 8;
	to[1] = v;
}

void put32(u8 *to, u32 v)
{
	put16(to, v >> 16);
	put16(to + 2, v);
}

u16 get16(const u8 *from)
{
	return from[0] << 8 | from[1];
}

u32 get32(const u8 *from)
{
	return (u32)get16(from) << 16 | get16(from + 2);
}

u16 ip_sum(const u8 *ip, int len)
{
	return fold(add(ip, len, 0));
}

u32 packet_digest(const u8 *ip, int len)
{
	static u8 copy[MAX_PACKET];

	memcpy(copy, ip, len);
	copy[is_v6(ip) ? 7 : 8] = 0;
	if (!is_v6(ip))
		put16(copy + 10, 0);
	return digest(copy, len);
}

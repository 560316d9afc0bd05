// SPDX-License-Identifier: GPL-2.0-only
/* wiretap: from the bytes of a frame to a line of words. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <stdio.h>
#include <string.h>

#include "wire.h"

static int describe_l4(char *to, int max, const u8 *ip, const u8 *l4, int len,
		       u8 proto)
{
	int head = proto == IPPROTO_TCP ? 20 : 8, n = 0, i;
	bool icmp = proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;

	if ((proto != IPPROTO_TCP && proto != IPPROTO_UDP && !icmp) ||
	    len < head)
		return 0;
	if (icmp)
		n = snprintf(to, max, "type=%d code=%d info=%u quoted=%d ",
			     l4[0], l4[1], get32(l4 + 4), len - 8);
	else
		n = snprintf(to, max, "sport=%d dport=%d ", get16(l4),
			     get16(l4 + 2));
	if (proto == IPPROTO_TCP) {
		head = (l4[12] >> 4) * 4;
		n += snprintf(to + n, max - n,
			      "seq=%u ack=%u win=%d flags=", get32(l4 + 4),
			      get32(l4 + 8), get16(l4 + 14));
		for (i = 0; i < 8; i++)
			if (l4[13] >> i & 1)
				to[n++] = "FSRPAUEC"[i];
		to[n++] = ' ';
	}
	return n + snprintf(to + n, max - n, "l4sum=%s data=%08x ",
			    l4_sum(ip, l4, len, proto) ? "bad" : "ok",
			    digest(l4 + head, len - head));
}

/* Skip IPv6 extension headers. Return: offset of what is behind */
static int skip_ext(const u8 *ip, int len, u8 *proto, int *off)
{
	int at = IPV6_LEN;

	*proto = ip[6];
	*off = -1;
	while (at + 8 <= len && (*proto == 0 || *proto == 43 || *proto == 60 ||
				 *proto == IPPROTO_FRAGMENT)) {
		int size = *proto == IPPROTO_FRAGMENT ? 8 :
							(ip[at + 1] + 1) * 8;

		if (*proto == IPPROTO_FRAGMENT)
			*off = get16(ip + at + 2);
		*proto = ip[at];
		at += size;
	}
	return at;
}

/* Return: false for what the kernels talk among themselves */
bool describe(char *to, int max, const char *tap, const u8 *frame, int len)
{
	const u8 *ip = frame + ETH_HLEN;
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];
	bool v6 = get16(frame + 12) == ETH_P_IPV6;
	int n, l4, frag = -1, total;
	u8 proto;

	if (!v6 && get16(frame + 12) != ETH_P_IP)
		return false;
	total = v6 ? get16(ip + 4) + IPV6_LEN : get16(ip + 2);
	if (total > len - ETH_HLEN)
		total = len - ETH_HLEN;
	l4 = v6 ? skip_ext(ip, total, &proto, &frag) : (ip[0] & 0xf) * 4;
	if (!v6)
		proto = ip[9];
	if (v6 && proto == IPPROTO_ICMPV6 && frag < 0 && ip[l4] > 129)
		return false;
	inet_ntop(v6 ? AF_INET6 : AF_INET, ip + (v6 ? 8 : 12), src, max);
	inet_ntop(v6 ? AF_INET6 : AF_INET, ip + (v6 ? 24 : 16), dst, max);
	n = snprintf(to, max,
		     "%s smac=%02x:%02x:%02x:%02x:%02x:%02x src=%s dst=%s ",
		     tap, frame[6], frame[7], frame[8], frame[9], frame[10],
		     frame[11], src, dst);
	n += snprintf(to + n, max - n, "ttl=%d len=%d proto=%d crc=%08x ",
		      ip[v6 ? 7 : 8], total, proto, packet_digest(ip, total));
	if (!v6) {
		n += snprintf(to + n, max - n, "sum=%s df=%d id=%d ",
			      ip_sum(ip, l4) ? "bad" : "ok",
			      !!(get16(ip + 6) & IP_DF), get16(ip + 4));
		frag = get16(ip + 6) & (IP_MF | IP_OFFMASK);
		frag = frag ? (frag & IP_OFFMASK) * 8 | !!(frag & IP_MF) : -1;
	}
	if (frag >= 0)
		snprintf(to + n, max - n, "off=%d mf=%d ", frag & ~7, frag & 1);
	else
		describe_l4(to + n, max - n, ip, ip + l4, total - l4, proto);
	return true;
}

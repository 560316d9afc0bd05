// SPDX-License-Identifier: GPL-2.0-only
/* wiretap: from the words of a command to the bytes of a packet. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "wire.h"

/* The last value of KEY=VALUE, "" for a bare KEY, NULL without */
const char *value(const char *prefix, const char *key)
{
	size_t p = strlen(prefix), k = strlen(key);
	int i;

	for (i = words - 1; i >= 0; i--) {
		const char *w = word[i];

		if (strncmp(w, prefix, p) || strncmp(w + p, key, k))
			continue;
		if (w[p + k] == '=')
			return w + p + k + 1;
		if (!w[p + k])
			return "";
	}
	return NULL;
}

u32 number(const char *prefix, const char *key, u32 otherwise)
{
	const char *v = value(prefix, key);

	return v && *v ? (u32)strtoul(v, NULL, 0) : otherwise;
}

static int from_hex(const char *text, u8 *to)
{
	int len = 0;
	unsigned int byte;

	while (text && sscanf(text, "%2x", &byte) == 1) {
		to[len++] = byte;
		text += 2;
	}
	return len;
}

static u8 proto_number(const char *prefix, bool v6)
{
	const char *v = value(prefix, "proto");

	if (!v || !strcmp(v, "tcp"))
		return IPPROTO_TCP;
	if (!strcmp(v, "udp"))
		return IPPROTO_UDP;
	if (!strcmp(v, "sctp"))
		return IPPROTO_SCTP;
	if (!strcmp(v, "icmp"))
		return v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	return strtoul(v, NULL, 0);
}

/* Put IPv6 extension headers in: NUMBER:HEX/NUMBER:HEX */
static void build_ext(struct packet *p, const char *list)
{
	while (list && *list) {
		u8 *ext = p->data + p->len;
		int len;

		p->data[p->link] = strtoul(list, NULL, 10);
		p->link = p->len;
		list = strchr(list, ':');
		len = list ? from_hex(list + 1, ext + 1) + 1 : 1;
		p->len += (len + 7) & ~7;
		list = list ? strchr(list, '/') : NULL;
		list += !!list;
	}
	p->data[p->link] = p->proto;
	p->l4 = p->len;
}

static void build_ip(struct packet *p, const char *prefix, bool v6)
{
	u8 *ip = p->data;

	ip[0] = v6 ? 0x60 : 0x45;
	if (v6) {
		ip[7] = number(prefix, "ttl", 64);
		inet_pton(AF_INET6, value(prefix, "src"), ip + 8);
		inet_pton(AF_INET6, value(prefix, "dst"), ip + 24);
		p->len = IPV6_LEN;
		p->link = 6;
		build_ext(p, value(prefix, "ext"));
		return;
	}
	ip[1] = number(prefix, "tos", 0);
	put16(ip + 4, number(prefix, "id", 1));
	put16(ip + 6, (value(prefix, "df") ? IP_DF : 0) |
			      (value(prefix, "mf") ? IP_MF : 0) |
			      number(prefix, "off", 0) / 8);
	ip[8] = number(prefix, "ttl", 64);
	ip[9] = p->proto;
	inet_pton(AF_INET, value(prefix, "src"), ip + 12);
	inet_pton(AF_INET, value(prefix, "dst"), ip + 16);
	p->len = 20 + ((from_hex(value(prefix, "ipopt"), ip + 20) + 3) & ~3);
	ip[0] = 0x40 | p->len / 4;
	p->l4 = p->len;
}

/* Lengths and checksum of the header, once all else is there */
static void finish_ip(struct packet *p, const char *prefix)
{
	u8 *ip = p->data;
	const char *ver = value(prefix, "ver");

	if (is_v6(ip)) {
		put16(ip + 4, number(prefix, "iplen", p->len - IPV6_LEN));
	} else {
		ip[0] = 0x40 | number(prefix, "ihl", p->l4 / 4);
		put16(ip + 2, number(prefix, "iplen", p->len));
		put16(ip + 10, 0);
		put16(ip + 10, ip_sum(ip, (ip[0] & 0xf) * 4) ^
				       !!value(prefix, "badsum"));
	}
	if (ver)
		ip[0] = (ip[0] & 0xf) | strtoul(ver, NULL, 0) << 4;
}

static u8 tcp_flags(const char *names)
{
	static const char order[] = "FSRPAUEC";
	u8 flags = 0;

	for (; names && *names; names++)
		if (strchr(order, *names))
			flags |= 1 << (strchr(order, *names) - order);
	return flags;
}

/* The transport header. Return: its length; *sum is where its checksum is */
static int build_l4(u8 *l4, const char *prefix, u8 proto, int *sum)
{
	int len = 0;

	*sum = -1;
	if (proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6) {
		l4[0] = number(prefix, "type", 8);
		l4[1] = number(prefix, "code", 0);
		put32(l4 + 4, number(prefix, "info", 0));
		*sum = 2;
		return 8;
	}
	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP &&
	    proto != IPPROTO_SCTP)
		return 0;
	put16(l4, number(prefix, "sport", 0));
	put16(l4 + 2, number(prefix, "dport", 0));
	if (proto == IPPROTO_SCTP) {
		put32(l4 + 4, number(prefix, "vtag", 0));
		return 12;
	}
	if (proto == IPPROTO_UDP) {
		*sum = 6;
		return 8;
	}
	put32(l4 + 4, number(prefix, "seq", 0));
	put32(l4 + 8, number(prefix, "ack", 0));
	len = (from_hex(value(prefix, "topt"), l4 + 20) + 3) & ~3;
	l4[12] = number(prefix, "doff", 5 + len / 4) << 4;
	l4[13] = tcp_flags(value(prefix, "flags"));
	put16(l4 + 14, number(prefix, "win", 65535));
	*sum = 16;
	return 20 + len;
}

/* What follows the transport header: a quoted packet, bytes, a pattern */
static int build_body(u8 *to, const char *prefix)
{
	char deeper[16];
	u32 i, fill = number(prefix, "data", 0);
	int len = 0;

	snprintf(deeper, sizeof(deeper), "%sq.", prefix);
	if (value(deeper, "src")) {
		struct packet *quote = calloc(1, sizeof(*quote));

		build(quote, deeper);
		len = number(prefix, "qlen", quote->len);
		memcpy(to, quote->data, len);
		free(quote);
	}
	len += from_hex(value(prefix, "hex"), to + len);
	for (i = 0; i < fill; i++)
		to[len++] = i * 7 + (i >> 8);
	return len;
}

void build(struct packet *p, const char *prefix)
{
	const char *src = value(prefix, "src");
	bool v6 = src && strchr(src, ':');
	int sum, head, body;
	u8 *l4;

	memset(p, 0, sizeof(*p));
	p->proto = proto_number(prefix, v6);
	build_ip(p, prefix, v6);
	if (v6 && !value(prefix, "slices"))
		build_ext(p, value(prefix, "fext"));
	l4 = p->data + p->len;
	head = build_l4(l4, prefix, p->proto, &sum);
	body = build_body(l4 + head, prefix);
	p->body = digest(l4 + head, body);
	if (p->proto == IPPROTO_UDP)
		put16(l4 + 4, number(prefix, "ulen", head + body));
	if (sum >= 0)
		put16(l4 + sum, l4_sum(p->data, l4, head + body, p->proto) ^
					!!value(prefix, "badl4"));
	p->len += number(prefix, "l4cut", head + body);
	finish_ip(p, prefix);
}

/* One fragment of a packet: @len bytes of its transport from @off on */
void slice(const struct packet *whole, struct packet *p, int off, int len,
	   u32 id)
{
	int total = whole->len - whole->l4;
	bool more = off + len < total;

	memcpy(p->data, whole->data, whole->l4);
	p->l4 = whole->l4;
	p->len = whole->l4;
	p->proto = whole->proto;
	if (!more)
		len = total - off;
	if (is_v6(p->data)) {
		p->data[whole->link] = IPPROTO_FRAGMENT;
		p->data[p->len] = whole->proto;
		p->data[p->len + 1] = 0;
		put16(p->data + p->len + 2, off | more);
		put32(p->data + p->len + 4, id);
		p->len += 8;
	} else {
		put16(p->data + 6, off / 8 | (more ? IP_MF : 0));
	}
	memcpy(p->data + p->len, whole->data + whole->l4 + off, len);
	p->len += len;
	finish_ip(p, "");
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text to values and back, without input or output.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

struct unit {
	const char *suffix;
	__u64 ms;
};

/* Greatest first: formatting takes the first that divides */
static const struct unit units[] = {
	{ "d", 86400000 }, { "h", 3600000 }, { "m", 60000 },
	{ "s", 1000 },	   { "ms", 1 },
};

static const struct {
	const char *name;
	__u8 proto;
} protocols[] = {
	{ "tcp", IPPROTO_TCP },	      { "udp", IPPROTO_UDP },
	{ "sctp", IPPROTO_SCTP },     { "icmp", IPPROTO_ICMP },
	{ "icmpv6", IPPROTO_ICMPV6 },
};

/* strtoull() takes signs and leading blanks; a number here begins with a digit */
static int number_head(const char *word, int base, __u64 *value, char **end)
{
	if (!isdigit((unsigned char)*word))
		return -1;
	errno = 0;
	*value = strtoull(word, end, base);
	return errno ? -1 : 0;
}

/**
 * ksteer_parse_number - a number, decimal or hexadecimal after 0x
 * @word: text
 * @min: least value allowed
 * @max: greatest value allowed
 * @value: result
 *
 * Return: 0, or -1.
 */
int ksteer_parse_number(const char *word, __u64 min, __u64 max, __u64 *value)
{
	int hex = word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
	char *end;
	__u64 n;

	if (number_head(word, hex ? 16 : 10, &n, &end) || *end)
		return -1;
	if (n < min || n > max)
		return -1;
	*value = n;
	return 0;
}

/**
 * ksteer_parse_name - the name of an object
 * @word: text of 1 to KSTEER_NAME_MAX bytes, printable and without blanks
 * @name: result
 *
 * Return: 0, or -1.
 */
int ksteer_parse_name(const char *word, char name[KSTEER_NAME_SIZE])
{
	size_t len = strlen(word), i;

	if (!len || len > KSTEER_NAME_MAX)
		return -1;
	for (i = 0; i < len; i++)
		if (!isgraph((unsigned char)word[i]))
			return -1;
	memcpy(name, word, len + 1);
	return 0;
}

/**
 * ksteer_parse_ip - an IPv4 or IPv6 address
 * @word: text
 * @ip: result
 *
 * Return: 0, or -1.
 */
int ksteer_parse_ip(const char *word, struct ksteer_ip *ip)
{
	struct ksteer_ip found = { 0 };

	if (inet_pton(AF_INET, word, found.bytes) == 1)
		found.len = 4;
	else if (inet_pton(AF_INET6, word, found.bytes) == 1)
		found.len = 16;
	else
		return -1;
	*ip = found;
	return 0;
}

static int no_host_bits(const struct ksteer_ip *ip, unsigned int len)
{
	unsigned int bit;

	for (bit = len; bit < ip->len * 8U; bit++)
		if (ip->bytes[bit / 8] & 0x80 >> bit % 8)
			return -1;
	return 0;
}

/**
 * ksteer_parse_prefix - an address, or an address and a prefix length
 * @word: text; no bit may be set behind the prefix
 * @ip: address
 * @len: prefix length; all bits if none is given
 *
 * Return: 0, or -1.
 */
int ksteer_parse_prefix(const char *word, struct ksteer_ip *ip, __u8 *len)
{
	const char *slash = strchr(word, '/');
	size_t size = slash ? (size_t)(slash - word) : strlen(word);
	char addr[INET6_ADDRSTRLEN];
	struct ksteer_ip found;
	__u64 bits;

	if (size >= sizeof(addr))
		return -1;
	memcpy(addr, word, size);
	addr[size] = 0;
	if (ksteer_parse_ip(addr, &found))
		return -1;
	bits = found.len * 8;
	if (slash && (ksteer_parse_number(slash + 1, 0, bits, &bits) ||
		      no_host_bits(&found, bits)))
		return -1;
	*ip = found;
	*len = bits;
	return 0;
}

/**
 * ksteer_parse_ports - a port, or two with a dash between
 * @word: text
 * @min: first port, 1 or greater
 * @max: last port, not less than @min
 *
 * Return: 0, or -1.
 */
int ksteer_parse_ports(const char *word, __u16 *min, __u16 *max)
{
	__u64 first, last;
	char *end;

	if (number_head(word, 10, &first, &end))
		return -1;
	last = first;
	if (*end == '-' && number_head(end + 1, 10, &last, &end))
		return -1;
	if (*end || !first || last < first || last > 65535)
		return -1;
	*min = first;
	*max = last;
	return 0;
}

/**
 * ksteer_parse_time - a duration
 * @word: number of seconds, or number and one of ms, s, m, h, d
 * @ms: milliseconds
 *
 * Return: 0, or -1.
 */
int ksteer_parse_time(const char *word, __u64 *ms)
{
	size_t i;
	__u64 n;
	char *end;

	if (number_head(word, 10, &n, &end))
		return -1;
	if (!*end)
		end = "s";
	for (i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(end, units[i].suffix))
			continue;
		if (n > ~0ULL / units[i].ms)
			return -1;
		*ms = n * units[i].ms;
		return 0;
	}
	return -1;
}

/**
 * ksteer_parse_proto - an IP protocol
 * @word: name or number from 1 to 255
 * @proto: protocol number
 *
 * Return: 0, or -1.
 */
int ksteer_parse_proto(const char *word, __u8 *proto)
{
	size_t i;
	__u64 n;

	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		if (strcmp(word, protocols[i].name))
			continue;
		*proto = protocols[i].proto;
		return 0;
	}
	if (ksteer_parse_number(word, 1, 255, &n))
		return -1;
	*proto = n;
	return 0;
}

/* Ends at the closing quote; a quote that is not closed ends with the line */
static char *unquote(char *from, char **to)
{
	for (from++; *from && *from != '"'; from++) {
		if (*from == '\\' && from[1])
			from++;
		*(*to)++ = *from;
	}
	return *from ? from + 1 : NULL;
}

static char *take_word(char *from)
{
	char *to = from;

	while (*from && !isspace((unsigned char)*from)) {
		if (*from == '"') {
			from = unquote(from, &to);
			if (!from)
				return NULL;
			continue;
		}
		*to++ = *from++;
	}
	if (*from)
		from++;
	*to = 0;
	return from;
}

/**
 * ksteer_parse_words - split a line
 * @line: text; is changed, the words stay in it
 * @words: result; the place behind the last word is set to NULL
 * @max: places in @words
 *
 * Blanks divide, double quotes hold together, a number sign at the start of
 * a word makes the rest a comment.
 *
 * Return: number of words, or -1 if they are too many or a quote is open.
 */
int ksteer_parse_words(char *line, char **words, int max)
{
	int count = 0;

	for (;;) {
		while (isspace((unsigned char)*line))
			line++;
		if (!*line || *line == '#')
			break;
		if (count >= max - 1)
			return -1;
		words[count++] = line;
		line = take_word(line);
		if (!line)
			return -1;
	}
	words[count] = NULL;
	return count;
}

/**
 * ksteer_format_ip - text of an address
 * @ip: address
 * @buf: KSTEER_IP_STRLEN bytes
 *
 * Return: @buf; "any" for no address.
 */
const char *ksteer_format_ip(const struct ksteer_ip *ip, char *buf)
{
	if (!ip->len) {
		snprintf(buf, KSTEER_IP_STRLEN, "any");
		return buf;
	}
	return inet_ntop(ip->len == 4 ? AF_INET : AF_INET6, ip->bytes, buf,
			 KSTEER_IP_STRLEN);
}

/**
 * ksteer_format_time - text of a duration that ksteer_parse_time() reads
 * @ms: milliseconds
 * @buf: KSTEER_TIME_STRLEN bytes
 *
 * Return: @buf.
 */
const char *ksteer_format_time(__u64 ms, char *buf)
{
	size_t i = 0;

	while (ms && ms % units[i].ms)
		i++;
	if (ms)
		snprintf(buf, KSTEER_TIME_STRLEN, "%llu%s", ms / units[i].ms,
			 units[i].suffix);
	else
		snprintf(buf, KSTEER_TIME_STRLEN, "0");
	return buf;
}

/**
 * ksteer_format_proto - name of an IP protocol
 * @proto: protocol number
 * @buf: KSTEER_PROTO_STRLEN bytes
 *
 * Return: @buf; the number if the protocol has no name here.
 */
const char *ksteer_format_proto(__u8 proto, char *buf)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(protocols); i++)
		if (protocols[i].proto == proto)
			return memcpy(buf, protocols[i].name,
				      strlen(protocols[i].name) + 1);
	snprintf(buf, KSTEER_PROTO_STRLEN, "%u", proto);
	return buf;
}

/**
 * ksteer_parse_macs - link-layer addresses
 * @word: addresses with commas between, or "none"
 * @macs: gets them
 *
 * Return: 0, or -1 if one is none, or if they are too many.
 */
int ksteer_parse_macs(const char *word, struct ksteer_macs *macs)
{
	struct ksteer_macs read = { 0 };
	__u8 *b;
	int used;

	if (!strcmp(word, "none")) {
		*macs = read;
		return 0;
	}
	do {
		if (read.count == KSTEER_MACS_MAX)
			return -1;
		b = read.bytes[read.count++];
		used = 0;
		if (sscanf(word, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", b,
			   b + 1, b + 2, b + 3, b + 4, b + 5, &used) != 6 ||
		    (word[used] && word[used] != ','))
			return -1;
		word += used;
	} while (*word++);
	*macs = read;
	return 0;
}

/**
 * ksteer_format_macs - text of link-layer addresses
 * @macs: addresses
 * @buf: KSTEER_MACS_STRLEN bytes
 *
 * Return: @buf.
 */
const char *ksteer_format_macs(const struct ksteer_macs *macs, char *buf)
{
	const __u8 *b;
	char *to = buf;
	int i;

	*to = 0;
	for (i = 0; i < macs->count && i < KSTEER_MACS_MAX; i++) {
		b = macs->bytes[i];
		to += sprintf(to, "%s%02x:%02x:%02x:%02x:%02x:%02x",
			      i ? "," : "", b[0], b[1], b[2], b[3], b[4], b[5]);
	}
	return i ? buf : strcpy(buf, "none");
}

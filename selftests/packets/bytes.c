// SPDX-License-Identifier: GPL-2.0-only
/* Bytes, one after the other, some of them at random. */
#include <arpa/inet.h>
#include <string.h>

#include "../random.h"
#include "packets.h"

/**
 * random_of - draw a number
 * @p: whose sequence to draw from
 * @n: more than the greatest
 *
 * Return: the number.
 */
unsigned int random_of(struct packet *p, unsigned int n)
{
	return random_next(&p->state, n);
}

/**
 * one_in - let chance decide
 * @p: whose sequence to draw from
 * @n: how seldom
 *
 * Return: true once in @n times.
 */
bool one_in(struct packet *p, unsigned int n)
{
	return !random_of(p, n);
}

/**
 * put - append bytes, as far as there is room
 * @p: the packet
 * @data: the bytes
 * @len: their number
 */
void put(struct packet *p, const void *data, unsigned int len)
{
	if (p->len + len > sizeof(p->byte))
		len = sizeof(p->byte) - p->len;
	memcpy(p->byte + p->len, data, len);
	p->len += len;
}

/**
 * put_random - append random bytes
 * @p: the packet
 * @len: their number
 */
void put_random(struct packet *p, unsigned int len)
{
	unsigned char byte;

	while (len--) {
		byte = random_of(p, 256);
		put(p, &byte, 1);
	}
}

/**
 * put16 - append a number in network order
 * @p: the packet
 * @value: the number
 */
void put16(struct packet *p, unsigned int value)
{
	unsigned short net = htons(value);

	put(p, &net, sizeof(net));
}

/**
 * sum16 - add up 16-bit numbers
 * @at: the first
 * @len: bytes; an odd one at the end counts as if a zero followed
 *
 * Return: the sum, not folded.
 */
unsigned int sum16(const unsigned char *at, unsigned int len)
{
	unsigned int sum = 0;

	for (; len > 1; len -= 2, at += 2)
		sum += at[0] << 8 | at[1];
	return len ? sum + (at[0] << 8) : sum;
}

/**
 * fold - make a checksum of a sum
 * @sum: the sum
 *
 * Return: the checksum, in network order.
 */
unsigned short fold(unsigned int sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

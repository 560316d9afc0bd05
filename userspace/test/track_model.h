/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of <ksteer/tcp_step.h> share: numbers at random, and what may be
 * believed, in words of its own.
 */
#ifndef _KSTEER_TEST_TRACK_MODEL_H
#define _KSTEER_TEST_TRACK_MODEL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <ksteer/tcp_step.h>

#include "unit.h"

#define OPEN KSTEER_STATE_OPEN
#define ESTABLISHED KSTEER_STATE_ESTABLISHED
#define CLOSING KSTEER_STATE_CLOSING
#define CLOSED KSTEER_STATE_CLOSED
#define SYN KSTEER_TCP_SYN
#define FIN KSTEER_TCP_FIN
#define RST KSTEER_TCP_RST
#define ACK KSTEER_TCP_ACK

static __u64 seed = 20260911;

static inline __u32 any(void)
{
	return test_random(&seed);
}

static inline __u32 below(__u32 n)
{
	return any() % n;
}

/* How far @a lies before (negative) or behind @b, the short way round */
static inline int64_t distance(__u32 a, __u32 b)
{
	int64_t d = (int64_t)a - b;

	if (d >= 1LL << 31)
		d -= 1LL << 32;
	if (d < -(1LL << 31))
		d += 1LL << 32;
	return d;
}

static inline bool between(int64_t d, int64_t low, int64_t high)
{
	return d >= low && d <= high;
}

static inline int64_t offered(const struct ksteer_tcp *tcp, int dir)
{
	int64_t window = tcp->win[dir] ? tcp->win[dir] : 1;
	int i;

	for (i = tcp->track >> (16 + 4 * dir) & 15; i > 0; i--)
		window *= 2;
	return window;
}

static inline __u32 state_of(const struct ksteer_tcp *tcp)
{
	return tcp->track & KSTEER_TRACK_STATE;
}

static inline bool saw(const struct ksteer_tcp *tcp, int dir)
{
	return tcp->track & KSTEER_TRACK_SEEN(dir);
}

/* May a segment of a side that is known count? By the text of tracking.rst */
static inline bool may_count(const struct ksteer_tcp *tcp,
			     const struct ksteer_segment *seg)
{
	int64_t seq = distance(seg->seq, tcp->end[seg->dir]);
	int64_t ack = distance(seg->ack, tcp->ack[seg->dir]);
	int64_t most = offered(tcp, seg->dir);

	if (most > 4194304)
		most = 4194304;
	if (between(seq, -65536, 65535) && between(ack, -65536, 65535))
		return true;
	if (between(seq, -4194304, 4194304) && between(ack, -512, 512))
		return true;
	if (seq == 0 && ack > 0 &&
	    (!saw(tcp, !seg->dir) ||
	     distance(seg->ack, tcp->end[!seg->dir]) <= 0))
		return true;
	return between(seq, -512, 512) && between(ack, -512, most);
}

/* Does the first of a side answer what the other has sent? Likewise */
static inline bool may_answer(const struct ksteer_tcp *tcp,
			      const struct ksteer_segment *seg)
{
	int64_t seq = distance(seg->seq, tcp->ack[!seg->dir]);
	int64_t ack = distance(seg->ack, tcp->end[!seg->dir]);

	if (!seg->credible)
		return false;
	if (!(tcp->track & KSTEER_TRACK_WINDOW(!seg->dir)))
		return between(ack, -65536, 65536);
	if ((seq == 0 && ack <= 0) || (ack == 0 && seq >= 0))
		return true;
	if (between(seq, -65536, 65535) && between(ack, -65536, 65535))
		return true;
	if (between(seq, -4194304, 4194304) && between(ack, -512, 512))
		return true;
	return between(seq, -512, 512) && between(ack, -4194304, 512);
}

/* Was it stored by somebody, and nothing has shown it yet? */
static inline bool is_supposed(const struct ksteer_tcp *tcp)
{
	return (tcp->track & (KSTEER_TRACK_STATE | KSTEER_TRACK_LIVED)) ==
	       ESTABLISHED;
}

/* Is a RST where it may close, by RFC 5961? */
static inline bool rst_is_exact(const struct ksteer_tcp *was,
				const struct ksteer_segment *seg)
{
	int other = !seg->dir;

	if (is_supposed(was))
		return false;
	if (saw(was, seg->dir) && seg->seq == was->end[seg->dir])
		return true;
	if (was->track & KSTEER_TRACK_WINDOW(other))
		if (seg->seq == was->ack[other])
			return true;
	return !saw(was, seg->dir) && (seg->flags & ACK) &&
	       (seg->ack == was->end[other] || seg->ack == was->ack[other]);
}

#endif /* _KSTEER_TEST_TRACK_MODEL_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of <ksteer/tcp_step.h> share: numbers at random, what may be
 * believed in words of its own, and a connection to begin with.
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
	return between(seq, -512, 512) && between(ack, -512, most);
}

static inline __u32 state_of(const struct ksteer_tcp *tcp)
{
	return tcp->track & KSTEER_TRACK_STATE;
}

static inline bool saw(const struct ksteer_tcp *tcp, int dir)
{
	return tcp->track & KSTEER_TRACK_SEEN(dir);
}

/* Is a RST where it may close, by RFC 5961? */
static inline bool rst_is_exact(const struct ksteer_tcp *was,
				const struct ksteer_segment *seg)
{
	int other = !seg->dir;

	if (saw(was, seg->dir) && seg->seq == was->end[seg->dir])
		return true;
	if (was->track & KSTEER_TRACK_WINDOW(other))
		if (seg->seq == was->ack[other])
			return true;
	return !saw(was, seg->dir) && (seg->flags & ACK) &&
	       (seg->ack == was->end[other] || seg->ack == was->ack[other]);
}

static const __u8 flag_sets[] = { ACK, ACK,	  ACK,	    ACK | FIN,
				  RST, RST | ACK, SYN,	    SYN | ACK,
				  0,   FIN,	  SYN | FIN };

/* A number that is often one which matters, or beside it */
static inline __u32 telling(const struct ksteer_tcp *tcp)
{
	static const __s32 beside[] = { 0,	  0,	   0,	    1,
					-1,	  512,	   513,	    -512,
					-513,	  65535,   65536,   65537,
					-65536,	  -65537,  4194304, 4194305,
					-4194304, -4194305 };
	__u32 from[] = { tcp->end[0], tcp->end[1], tcp->ack[0], tcp->ack[1],
			 any() };

	return from[below(ARRAY_SIZE(from))] +
	       beside[below(ARRAY_SIZE(beside))];
}

static inline struct ksteer_segment any_segment(const struct ksteer_tcp *tcp)
{
	struct ksteer_segment seg = {
		.seq = telling(tcp),
		.ack = telling(tcp),
		.window = any() >> below(17),
		.flags = flag_sets[below(ARRAY_SIZE(flag_sets))],
		.dir = below(2),
		.credible = below(4),
		.leaving = !below(8),
		.silent = !below(8),
		.now = below(3),
	};

	seg.len = (below(2) ? 0 : 1 + below(3000)) + !!(seg.flags & FIN) +
		  !!(seg.flags & SYN);
	if (seg.flags & SYN)
		seg.scale = below(16);
	return seg;
}

/* An established connection; @both: the answers come by too */
static inline struct ksteer_tcp connect_one(bool both)
{
	struct ksteer_tcp tcp = { .track = KSTEER_TRACK_SYN };
	struct ksteer_segment syn = { .seq = any(),
				      .len = 1,
				      .flags = SYN,
				      .scale = below(15),
				      .window = 64000 };
	struct ksteer_segment back = { .seq = any(),
				       .ack = syn.seq + 1,
				       .len = 1,
				       .flags = SYN | ACK,
				       .dir = 1,
				       .scale = below(15),
				       .credible = true,
				       .window = 64000 };
	struct ksteer_segment third = { .seq = syn.seq + 1,
					.ack = back.seq + 1,
					.flags = ACK,
					.window = 1 + below(65535) };

	ksteer_tcp_begin(&tcp, &syn);
	if (both)
		assert_int_equal(ksteer_tcp_step(&tcp, &back),
				 KSTEER_TCP_VALID);
	assert_int_equal(ksteer_tcp_step(&tcp, &third), KSTEER_TCP_VALID);
	assert_int_equal(state_of(&tcp), ESTABLISHED);
	return tcp;
}

static inline void pass(struct ksteer_tcp *tcp, struct ksteer_segment *seg)
{
	seg->credible = true;
	assert_int_equal(ksteer_tcp_step(tcp, seg), KSTEER_TCP_VALID);
}

#endif /* _KSTEER_TEST_TRACK_MODEL_H */

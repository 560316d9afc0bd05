// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is believed of a TCP connection: the step of <ksteer/tcp_step.h> beside
 * a second one in words of its own, and what must hold whatever is sent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <ksteer/sctp_step.h>
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

static __u32 any(void)
{
	return test_random(&seed);
}

static __u32 below(__u32 n)
{
	return any() % n;
}

/* --- the second opinion ---------------------------------------------------- */

/* How far @a lies before (negative) or behind @b, the short way round */
static int64_t distance(__u32 a, __u32 b)
{
	int64_t d = (int64_t)a - b;

	if (d >= 1LL << 31)
		d -= 1LL << 32;
	if (d < -(1LL << 31))
		d += 1LL << 32;
	return d;
}

static bool between(int64_t d, int64_t low, int64_t high)
{
	return d >= low && d <= high;
}

static int64_t offered(const struct ksteer_tcp *tcp, int dir)
{
	int64_t window = tcp->win[dir] ? tcp->win[dir] : 1;
	int i;

	for (i = tcp->track >> (16 + 4 * dir) & 15; i > 0; i--)
		window *= 2;
	return window;
}

/* May a segment of a side that is known count? By the text of tracking.rst */
static bool may_count(const struct ksteer_tcp *tcp,
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

static __u32 state_of(const struct ksteer_tcp *tcp)
{
	return tcp->track & KSTEER_TRACK_STATE;
}

static bool saw(const struct ksteer_tcp *tcp, int dir)
{
	return tcp->track & KSTEER_TRACK_SEEN(dir);
}

static bool same_numbers(const struct ksteer_tcp *a, const struct ksteer_tcp *b,
			 int dir)
{
	return a->end[dir] == b->end[dir] && a->ack[dir] == b->ack[dir] &&
	       a->win[dir] == b->win[dir];
}

/* Is a RST where it may close, by RFC 5961? */
static bool rst_is_exact(const struct ksteer_tcp *was,
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

/* --- any walk through the states ------------------------------------------- */

static const __u8 flag_sets[] = { ACK, ACK,	  ACK,	    ACK | FIN,
				  RST, RST | ACK, SYN,	    SYN | ACK,
				  0,   FIN,	  SYN | FIN };

/* A number that is often one which matters, or beside it */
static __u32 telling(const struct ksteer_tcp *tcp)
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

static struct ksteer_segment any_segment(const struct ksteer_tcp *tcp)
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

static struct ksteer_tcp any_begin(void)
{
	struct ksteer_segment seg = { .seq = any(),
				      .ack = any(),
				      .len = 1,
				      .window = any(),
				      .flags = below(3) ? SYN : ACK,
				      .scale = below(15) };
	struct ksteer_tcp tcp = { .track = seg.flags == SYN ? KSTEER_TRACK_SYN :
							      0 };

	if (!below(20)) {
		tcp.track = KSTEER_TRACK_PUSHED;
		return tcp;
	}
	ksteer_tcp_begin(&tcp, &seg);
	return tcp;
}

/* May a SYN open a new connection? By the text of tracking.rst */
static bool may_open_anew(const struct ksteer_tcp *was,
			  const struct ksteer_segment *seg)
{
	const __u32 fin = KSTEER_TRACK_FIN(0), back = KSTEER_TRACK_FIN(1);
	bool half = was->track & fin && !saw(was, 1);

	if (state_of(was) == CLOSED)
		return true;
	if (seg->dir)
		return false;
	if (state_of(was) == OPEN)
		return seg->leaving && was->track & KSTEER_TRACK_SYN &&
		       !saw(was, 1) && distance(seg->seq, was->end[0]) == -1;
	return distance(seg->seq, was->end[0]) > 0 &&
	       ((was->track & fin && was->track & back) ||
		(half && (seg->leaving || seg->silent)));
}

/* What must hold of each step */
static void check_step(const struct ksteer_tcp *was,
		       const struct ksteer_segment *seg,
		       enum ksteer_tcp_verdict verdict,
		       const struct ksteer_tcp *is)
{
	int dir = seg->dir, other = !dir;
	bool opening = state_of(was) == OPEN && (was->track & KSTEER_TRACK_SYN);

	if ((seg->flags & (SYN | ACK)) == SYN)
		assert_int_equal(verdict == KSTEER_TCP_ANEW,
				 may_open_anew(was, seg));
	else
		assert_int_not_equal(verdict, KSTEER_TCP_ANEW);
	if (verdict != KSTEER_TCP_VALID) {
		assert_memory_equal(was, is, sizeof(*is));
		return;
	}
	/* A side's numbers are its own; an answer says which SYN was taken */
	if (!(opening && dir == 1 && (seg->flags & SYN)))
		assert_true(is->end[other] == was->end[other]);
	if (state_of(was) != OPEN || (was->track & KSTEER_TRACK_SYN) ||
	    seg->flags != SYN)
		assert_true(is->ack[other] == was->ack[other] &&
			    is->win[other] == was->win[other]);
	/* They move by what is in window alone */
	if (!opening && saw(was, dir) && !(seg->flags & (SYN | RST)) &&
	    memcmp(was, is, sizeof(*is)))
		assert_true(may_count(was, seg) && (seg->flags & ACK));
	/* A RST moves none, nor a SYN once the connection is open */
	if (seg->flags & RST || (seg->flags & SYN && state_of(was) != OPEN))
		assert_true(same_numbers(was, is, 0) &&
			    same_numbers(was, is, 1));
	if (state_of(is) == CLOSED && state_of(was) != CLOSED)
		assert_true(seg->flags & RST ?
				    rst_is_exact(was, seg) :
				    (is->track & KSTEER_TRACK_ENDED) ==
					    KSTEER_TRACK_ENDED);
	/* Nothing is half open again, nor is a proper close undone */
	if (state_of(was) != OPEN)
		assert_int_not_equal(state_of(is), OPEN);
	if ((was->track & KSTEER_TRACK_ENDED) == KSTEER_TRACK_ENDED)
		assert_int_equal(state_of(is), CLOSED);
	/* Only a side that is where its packets come by is heard at all */
	if (!saw(was, dir) && saw(was, other) && !seg->credible)
		assert_memory_equal(was, is, sizeof(*is));
}

static void steps_hold(void **state)
{
	int seen[4] = { 0 }, anew[4] = { 0 }, revived = 0;
	int i, k;

	(void)state;
	for (i = 0; i < 300000; i++) {
		struct ksteer_tcp tcp = any_begin();

		for (k = 0; k < 12; k++) {
			struct ksteer_segment seg = any_segment(&tcp);
			struct ksteer_tcp was = tcp;
			enum ksteer_tcp_verdict verdict;

			verdict = ksteer_tcp_step(&tcp, &seg);
			check_step(&was, &seg, verdict, &tcp);
			anew[state_of(&was)] += verdict == KSTEER_TCP_ANEW;
			seen[state_of(&tcp)]++;
			revived += state_of(&was) == CLOSED &&
				   state_of(&tcp) != CLOSED;
		}
	}
	for (i = 0; i < 4; i++)
		assert_true(seen[i] > 10000);
	assert_true(revived > 100);
	assert_true(anew[OPEN] > 100 && anew[CLOSING] > 100);
	assert_int_equal(anew[ESTABLISHED], 0);
}

/* --- a stranger who knows the four numbers --------------------------------- */

/* An established connection; @both: the answers come by too */
static struct ksteer_tcp connect_one(bool both)
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

/* Does a blind segment happen to be right? */
static bool is_lucky(const struct ksteer_tcp *tcp,
		     const struct ksteer_segment *seg)
{
	if (seg->flags & RST)
		return rst_is_exact(tcp, seg);
	return saw(tcp, seg->dir) ? may_count(tcp, seg) : seg->credible;
}

/*
 * No number of segments moves what none of them hits.  The attacker repeats
 * himself half round and beside, as whoever wants to shift a window does.
 */
static void blind_moves_nothing(void **state)
{
	int i, k, tried = 0, lucky = 0;

	(void)state;
	for (i = 0; i < 4000; i++) {
		struct ksteer_tcp tcp = connect_one(i & 1), was;
		__u32 v = any(), w = any();

		if (i & 2)
			tcp.track = (tcp.track & ~KSTEER_TRACK_STATE) |
				    CLOSING | KSTEER_TRACK_FIN(below(2));
		was = tcp;
		for (k = 0; k < 500; k++) {
			struct ksteer_segment seg = any_segment(&tcp);

			seg.seq = v + below(2) * 0x80000000u + below(3);
			seg.ack = w + below(2) * 0x80000000u + below(3);
			seg.credible = false;
			if (is_lucky(&tcp, &seg)) {
				lucky++;
				continue;
			}
			if (ksteer_tcp_step(&tcp, &seg) == KSTEER_TCP_ANEW)
				assert_true(state_of(&tcp) == CLOSING &&
					    !saw(&tcp, 1));
			tried++;
			assert_memory_equal(&tcp, &was, sizeof(was));
		}
	}
	assert_true(tried > 1900000);
	/* A chance of one in 600 million for each, and RSTs with theirs */
	assert_true(lucky < 200);
}

/* A handshake is not moved by numbers that nobody has seen */
static void blind_opens_nothing(void **state)
{
	int i, k;

	(void)state;
	for (i = 0; i < 20000; i++) {
		struct ksteer_tcp tcp = { .track = KSTEER_TRACK_SYN };
		struct ksteer_segment syn = {
			.seq = any(), .len = 1, .flags = SYN, .leaving = true
		};

		ksteer_tcp_begin(&tcp, &syn);
		for (k = 0; k < 8; k++) {
			struct ksteer_segment blind = syn;

			blind.seq += 1 + below(0xfffffffe);
			/* Once more, as one that is sent again */
			assert_int_equal(ksteer_tcp_step(&tcp, &blind),
					 KSTEER_TCP_VALID);
			assert_int_equal(ksteer_tcp_step(&tcp, &blind),
					 KSTEER_TCP_VALID);
		}
		assert_int_equal(ksteer_tcp_step(&tcp, &syn), KSTEER_TCP_ANEW);
	}
}

/* All that is about the borders of the windows, one beside the other */
static void borders(void **state)
{
	static const int64_t at[] = { 0,      -512,	 512,	  -65536,
				      65535,  -4194304,	 4194304, 16384,
				      999999, 2147483647 };
	struct ksteer_tcp tcp, was;
	struct ksteer_segment seg;
	unsigned int i, k;
	int a, b;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(at) * 2; i++)
		for (k = 0; k < ARRAY_SIZE(at); k++)
			for (a = -2; a <= 2; a++)
				for (b = -2; b <= 2; b++) {
					tcp = connect_one(i & 1);
					was = tcp;
					seg = (struct ksteer_segment){
						.seq = tcp.end[0] + at[i / 2] +
						       a,
						.ack = tcp.ack[0] + at[k] + b,
						.flags = ACK,
						.window = 7,
					};
					assert_int_equal(
						ksteer_tcp_step(&tcp, &seg),
						may_count(&was, &seg) ?
							KSTEER_TCP_VALID :
							KSTEER_TCP_OUTSIDE);
				}
}

/* --- genuine connections --------------------------------------------------- */

/**
 * struct side - one end of a connection
 * @next: what it sends next
 * @acked: what the other has acknowledged
 * @got: what it has received
 * @left: bytes to send still
 * @closed: its FIN is sent
 */
struct side {
	__u32 next;
	__u32 acked;
	__u32 got;
	__u32 left;
	bool closed;
};

static void pass(struct ksteer_tcp *tcp, struct ksteer_segment *seg)
{
	seg->credible = true;
	assert_int_equal(ksteer_tcp_step(tcp, seg), KSTEER_TCP_VALID);
}

/*
 * One side speaks: data, once again, or just an acknowledgment; then a FIN.
 * What is lost before it comes by is sent again; what is lost behind comes by
 * twice.
 */
static void speak(struct ksteer_tcp *tcp, struct side *end, int dir, bool both)
{
	struct side *me = &end[dir], *you = &end[!dir];
	struct ksteer_segment seg = { .seq = me->next,
				      .ack = me->got,
				      .flags = ACK,
				      .window = 60000,
				      .dir = dir };
	bool here = both || dir == 0;
	__u32 len;

	if (me->left && me->next - me->acked < 50000) {
		len = 1 + below(me->left < 9000 ? me->left : 9000);
		seg.len = len;
		me->next += len;
		me->left -= len;
	} else if (!me->left && !me->closed) {
		seg.flags |= FIN;
		seg.len = 1;
		me->next++;
		me->closed = true;
	}
	if (seg.len && !below(4)) {
		/* Something later comes first, as far as there is any */
		struct ksteer_segment early = seg;

		early.seq = me->next;
		early.len = 0;
		early.flags = ACK;
		if (here && !me->closed)
			pass(tcp, &early);
	}
	if (here)
		pass(tcp, &seg);
	if (here && seg.len && !below(4))
		pass(tcp, &seg);
	you->got = me->next;
	you->acked = you->got == me->next ? me->got : you->acked;
}

static void genuine(void **state)
{
	int i, k, both;

	(void)state;
	for (i = 0; i < 6000; i++) {
		struct ksteer_tcp tcp = connect_one(i & 1);
		struct side end[2] = { { 0 } };

		both = i & 1;
		end[0].next = tcp.end[0];
		end[1].next = tcp.ack[0];
		end[0].acked = end[0].next;
		end[1].got = end[0].next;
		end[1].acked = end[1].next;
		end[0].got = end[1].next;
		end[0].left = below(3) ? below(500000) : 0;
		end[1].left = below(3) ? below(500000) : 0;
		for (k = 0; k < 100000; k++) {
			if (end[0].closed && end[1].closed)
				break;
			speak(&tcp, end, below(2), both);
		}
		/* Both acknowledge for good, the distributor sees what it sees */
		speak(&tcp, end, 0, both);
		speak(&tcp, end, 1, both);
		speak(&tcp, end, 0, both);
		assert_int_equal(state_of(&tcp), both ? CLOSED : CLOSING);
		assert_true(!both || (tcp.track & KSTEER_TRACK_VOUCHED));
	}
}

/* Two processors: whoever was second takes its step from what the first made */
static void orders(void **state)
{
	static const __u32 end[2] = { CLOSED, CLOSED };
	int order;

	(void)state;
	for (order = 0; order < 2; order++) {
		struct ksteer_tcp tcp = connect_one(true);
		struct ksteer_segment fin = { .seq = tcp.end[0],
					      .ack = tcp.ack[0],
					      .len = 1,
					      .flags = FIN | ACK,
					      .window = 9 };
		struct ksteer_segment back = { .seq = tcp.end[1],
					       .ack = tcp.end[0] + 1,
					       .len = 1,
					       .flags = FIN | ACK,
					       .dir = 1,
					       .window = 9 };
		struct ksteer_segment last = { .seq = tcp.end[0] + 1,
					       .ack = tcp.end[1] + 1,
					       .flags = ACK,
					       .window = 9 };
		struct ksteer_segment rst = { .seq = tcp.end[1],
					      .dir = 1,
					      .flags = RST };

		pass(&tcp, &fin);
		pass(&tcp, order ? &back : &rst);
		pass(&tcp, &last);
		assert_int_equal(state_of(&tcp), end[order]);
	}
}

/* --- SCTP ------------------------------------------------------------------ */

/* May a packet close an association? Its tag is the only proof */
static bool may_close(const struct ksteer_tcp *was,
		      const struct ksteer_sctp *pkt)
{
	int side = pkt->reflected ? !pkt->dir : pkt->dir;

	return (was->track & KSTEER_TRACK_WINDOW(side)) &&
	       pkt->tag == was->end[side];
}

/* Chunks of all kinds, with tags that are right, or another's, or nobody's */
static void sctp_steps_hold(void **state)
{
	int seen[4] = { 0 }, i, k;

	(void)state;
	for (i = 0; i < 200000; i++) {
		struct ksteer_tcp as = { 0 };
		struct ksteer_sctp first = { .tag = any(),
					     .init_tag = any(),
					     .chunks = below(2) };

		ksteer_sctp_begin(&as, &first);
		for (k = 0; k < 12; k++) {
			const __u32 tags[] = { as.end[0], as.end[1], as.ack[1],
					       any() };
			struct ksteer_sctp pkt = { .tag = tags[below(4)],
						   .init_tag = any(),
						   .dir = below(2) };
			struct ksteer_tcp was = as;
			enum ksteer_tcp_verdict verdict;

			if (below(4))
				pkt.chunks = 1 << below(6);
			if (pkt.chunks &
			    (KSTEER_SCTP_ABORT | KSTEER_SCTP_COMPLETE))
				pkt.reflected = below(2);
			verdict = ksteer_sctp_step(&as, &pkt);
			if (verdict != KSTEER_TCP_VALID)
				assert_memory_equal(&was, &as, sizeof(as));
			if (state_of(&as) == CLOSED && state_of(&was) != CLOSED)
				assert_true(may_close(&was, &pkt));
			if (state_of(&was) != OPEN) {
				assert_int_not_equal(state_of(&as), OPEN);
				assert_true(state_of(&as) >= state_of(&was));
			}
			/* A tag that is known stays, once it is open no longer */
			if (state_of(&was) != OPEN &&
			    (was.track & KSTEER_TRACK_WINDOW(pkt.dir)))
				assert_true(was.end[pkt.dir] ==
					    as.end[pkt.dir]);
			seen[state_of(&as)]++;
		}
	}
	for (i = 0; i < 4; i++)
		assert_true(seen[i] > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_hold),
		cmocka_unit_test(blind_moves_nothing),
		cmocka_unit_test(blind_opens_nothing),
		cmocka_unit_test(borders),
		cmocka_unit_test(genuine),
		cmocka_unit_test(orders),
		cmocka_unit_test(sctp_steps_hold),
	};

	return cmocka_run_group_tests_name("track", tests, NULL, NULL);
}

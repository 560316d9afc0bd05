// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is believed of a TCP connection: the step of <ksteer/tcp_step.h> beside
 * a second one in words of its own, and what must hold whatever is sent.
 */
#include "track_model.h"

static bool same_numbers(const struct ksteer_tcp *a, const struct ksteer_tcp *b,
			 int dir)
{
	return a->end[dir] == b->end[dir] && a->ack[dir] == b->ack[dir] &&
	       a->win[dir] == b->win[dir];
}

/* --- any walk through the states ------------------------------------------- */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_hold),
		cmocka_unit_test(borders),
		cmocka_unit_test(genuine),
		cmocka_unit_test(orders),
	};

	return cmocka_run_group_tests_name("track", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is believed of a TCP connection: the step of <ksteer/tcp_step.h> beside
 * a second one in words of its own, and what must hold whatever is sent.
 */
#include "track_make.h"

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

/* Does the opener go on where its SYN ended, and know the answer? Likewise */
static bool may_establish(const struct ksteer_tcp *was,
			  const struct ksteer_segment *seg)
{
	int64_t seq = distance(seg->seq, was->end[0]);
	int64_t ack = distance(seg->ack, was->end[1]);

	if (!saw(was, 1))
		return seq == 0 || seg->seq == was->ack[0];
	if (!between(seq, 0, 65536))
		return false;
	return ack == 0 || (was->track & KSTEER_TRACK_WINDOW(0) && ack < 0 &&
			    distance(seg->ack, was->ack[0]) >= 0);
}

/* May a segment that is neither SYN nor RST change anything? */
static bool may_change(const struct ksteer_tcp *was,
		       const struct ksteer_segment *seg)
{
	bool opening = state_of(was) == OPEN && was->track & KSTEER_TRACK_SYN;

	if (!(seg->flags & ACK))
		return false;
	if (opening && !seg->dir)
		return may_establish(was, seg);
	if (is_supposed(was) && !saw(was, !seg->dir))
		return !(seg->flags & FIN);
	if (saw(was, seg->dir))
		return may_count(was, seg);
	return !opening && may_answer(was, seg);
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
	/*
	 * A side's numbers are its own; an answer says which SYN was taken, and
	 * from where it may be acknowledged
	 */
	if (opening && dir == 1 && seg->flags == (SYN | ACK))
		assert_true(seg->credible && is->win[0] == was->win[0]);
	else if (state_of(was) != OPEN || opening || seg->flags != SYN)
		assert_true(same_numbers(was, is, other));
	else
		assert_true(is->end[other] == was->end[other]);
	/* They move by what is in window alone */
	if (!(seg->flags & (SYN | RST)) && memcmp(was, is, sizeof(*is)))
		assert_true(may_change(was, seg));
	/* The opener establishes, or the second of two where no SYN was seen */
	if (opening && dir == 1 && !(seg->flags & RST))
		assert_int_equal(state_of(is), OPEN);
	/* What was stored by somebody ends when both sides have agreed */
	if (is_supposed(is))
		assert_true(!saw(is, 0) || !saw(is, 1));
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
	for (i = 0; i < 600000; i++) {
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

/* --- long fat paths, and answers that do not wait -------------------------- */

static struct ksteer_segment plain(int dir, __u32 seq, __u32 ack, __u32 len)
{
	return (struct ksteer_segment){ .seq = seq,
					.ack = ack,
					.len = len,
					.flags = ACK,
					.window = 500,
					.dir = dir };
}

/* Both sides close, and it is believed */
static void closes(struct ksteer_tcp *tcp, __u32 next0, __u32 next1)
{
	struct ksteer_segment fin = plain(0, next0, next1, 1);
	struct ksteer_segment back = plain(1, next1, next0 + 1, 1);
	struct ksteer_segment last = plain(0, next0 + 1, next1 + 1, 0);

	fin.flags |= FIN;
	back.flags |= FIN;
	pass(tcp, &fin);
	pass(tcp, &back);
	pass(tcp, &last);
	assert_int_equal(state_of(tcp), CLOSED);
}

/* Met in the middle, so much is under way from one side or the other */
static void met_in_the_middle(void **state)
{
	static const __u32 under_way[] = { 0,	    65536,   65537,   4194304,
					   4194305, 9000000, 90000000 };
	unsigned int i, up;

	(void)state;
	for (i = 0; i < 2 * ARRAY_SIZE(under_way); i++) {
		__u32 a = any(), b = any(), much = under_way[i / 2];
		struct ksteer_segment first = plain(0, a, b, 100), answer;
		struct ksteer_tcp tcp = { 0 };

		up = i & 1;
		ksteer_tcp_begin(&tcp, &first);
		/* The server has not got them yet; or the client its answers */
		answer = up ? plain(1, b, a + 100 - much, 0) :
			      plain(1, b + much, a + 100, 50);
		answer.window = 6000;
		/* A little is under way the other side as well */
		if (up && much <= 4194304)
			answer.seq += below(512);
		else if (much < 4194304 - 512)
			answer.ack -= below(512);
		pass(&tcp, &answer);
		assert_int_equal(state_of(&tcp), ESTABLISHED);
		closes(&tcp, a + 100, tcp.end[1]);
	}
}

/* A hole is filled, and more is acknowledged at once than FAR or the window */
static void hole_is_filled(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 400; i++) {
		struct ksteer_tcp tcp = connect_one(i & 1);
		__u32 a = tcp.end[0], b = tcp.ack[0], got = 0;
		struct ksteer_segment ack = plain(0, a, b, 0);

		/* What the server sends, if it comes by, and no acknowledgments */
		for (got = 0; got < 12000000; got += 60000) {
			struct ksteer_segment data =
				plain(1, b + got, a, 60000);

			if (i & 1)
				pass(&tcp, &data);
		}
		ack.ack = b + got;
		pass(&tcp, &ack);
		assert_true(tcp.ack[0] == b + got);
		ack.ack = b + got + 1;
		if (i & 1)
			assert_int_equal(ksteer_tcp_step(&tcp, &ack),
					 KSTEER_TCP_VALID);
		if (i & 1)
			closes(&tcp, a, b + got);
	}
}

/* The server sends at once (RFC 7413), and closes; or the third is lost */
static void answer_does_not_wait(void **state)
{
	int i, k;

	(void)state;
	for (i = 0; i < 4000; i++) {
		__u32 a = any(), b = any(), sent = 0, got;
		struct ksteer_tcp tcp = { .track = KSTEER_TRACK_SYN };
		struct ksteer_segment syn = plain(0, a, 0, 101);
		struct ksteer_segment back = plain(1, b, a + 101, 1);
		struct ksteer_segment data, third;

		syn.flags = SYN;
		syn.window = 64000;
		back.flags = SYN | ACK;
		ksteer_tcp_begin(&tcp, &syn);
		pass(&tcp, &back);
		for (k = below(8); k; k--) {
			data = plain(1, b + 1 + sent, a + 101, 1400);
			pass(&tcp, &data);
			sent += 1400;
		}
		assert_int_equal(state_of(&tcp), OPEN);
		/* What lies outside of that establishes nothing */
		third = plain(0, a + 101, b, 0);
		ksteer_tcp_step(&tcp, &third);
		third.ack = b + 2 + sent;
		ksteer_tcp_step(&tcp, &third);
		assert_int_equal(state_of(&tcp), OPEN);
		got = below(sent + 1);
		third.ack = b + 1 + got;
		pass(&tcp, &third);
		assert_int_equal(state_of(&tcp), ESTABLISHED);
		assert_true(tcp.track & KSTEER_TRACK_VOUCHED);
		closes(&tcp, a + 101, b + 1 + sent);
	}
}

/* A FIN that was lost comes with data that have come by before */
static void fin_comes_again(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		struct ksteer_tcp tcp = connect_one(i & 1);
		__u32 a = tcp.end[0], b = tcp.ack[0], len = 2 + below(1400);
		struct ksteer_segment data = plain(0, a, b, len);
		struct ksteer_segment fin = plain(0, a + below(len), b, 0);

		pass(&tcp, &data);
		fin.flags |= FIN;
		fin.len = a + len + 1 - fin.seq;
		pass(&tcp, &fin);
		assert_int_equal(state_of(&tcp), CLOSING);
		pass(&tcp, &fin);
		/* One that ends before what was sent was not that side's */
		tcp = connect_one(false);
		a = tcp.end[0];
		data = plain(0, a, tcp.ack[0], len);
		pass(&tcp, &data);
		fin = plain(0, a + below(len), tcp.ack[0], 1);
		fin.flags |= FIN;
		assert_int_equal(ksteer_tcp_step(&tcp, &fin),
				 KSTEER_TCP_BAD_FIN);
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
		cmocka_unit_test(met_in_the_middle),
		cmocka_unit_test(hole_is_filled),
		cmocka_unit_test(answer_does_not_wait),
		cmocka_unit_test(fin_comes_again),
		cmocka_unit_test(orders),
	};

	return cmocka_run_group_tests_name("track", tests, NULL, NULL);
}

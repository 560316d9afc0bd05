// SPDX-License-Identifier: GPL-2.0-only
/*
 * What somebody can do to a TCP connection who knows its four numbers and sees
 * nothing of it.
 */
#include "track_make.h"

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

/*
 * Somebody has stored a connection and told no numbers: a stranger who is first
 * ends nothing, whatever he sends, and the genuine sides are believed all the
 * same once they agree.
 */
static void blind_pushed(void **state)
{
	static const __u8 flags[] = { RST, RST | ACK, FIN | ACK, FIN, SYN };
	int i, k;

	(void)state;
	for (i = 0; i < 20000; i++) {
		struct ksteer_tcp tcp = { .track = KSTEER_TRACK_PUSHED };
		struct ksteer_segment seg = { .flags = ACK, .window = 500 };
		__u32 a = any(), b = any();

		for (k = 0; k < 12; k++) {
			seg.seq = k & 1 ? tcp.end[0] : any();
			seg.ack = k & 1 ? tcp.ack[0] : any();
			seg.flags = below(2) ? ACK :
					       flags[below(ARRAY_SIZE(flags))];
			seg.now = below(128);
			ksteer_tcp_step(&tcp, &seg);
			assert_int_equal(state_of(&tcp), ESTABLISHED);
			assert_false(tcp.track & KSTEER_TRACK_ENDED);
		}
		/* A server that goes on does not agree with him */
		seg = (struct ksteer_segment){ .seq = b,
					       .ack = a,
					       .dir = 1,
					       .flags = ACK,
					       .window = 500,
					       .credible = true };
		ksteer_tcp_step(&tcp, &seg);
		seg = (struct ksteer_segment){
			.seq = a, .ack = b, .flags = ACK, .window = 500
		};
		pass(&tcp, &seg);
		seg.dir = 1;
		seg.seq = b;
		seg.ack = a;
		pass(&tcp, &seg);
		seg.flags = RST;
		pass(&tcp, &seg);
		assert_int_equal(state_of(&tcp), CLOSED);
	}
}

/*
 * He forges a SYN, the server answers it, and he forges another answer, whose
 * number he knows: from where the server is not it says nothing.
 */
static void blind_answers_nothing(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		struct ksteer_tcp tcp = { .track = KSTEER_TRACK_SYN };
		struct ksteer_segment syn = { .seq = any(),
					      .len = 1,
					      .flags = SYN };
		struct ksteer_segment back = { .seq = any(),
					       .len = 1,
					       .ack = syn.seq + 1,
					       .dir = 1,
					       .flags = SYN | ACK };
		struct ksteer_segment third = { .seq = syn.seq + 1,
						.flags = ACK };

		ksteer_tcp_begin(&tcp, &syn);
		pass(&tcp, &back);
		back.seq = any();
		back.credible = false;
		assert_int_equal(ksteer_tcp_step(&tcp, &back),
				 KSTEER_TCP_OUTSIDE);
		third.ack = back.seq + 1;
		assert_int_equal(ksteer_tcp_step(&tcp, &third),
				 KSTEER_TCP_OUTSIDE);
		/* Nor does another SYN whose number he chooses */
		syn.seq = any();
		ksteer_tcp_step(&tcp, &syn);
		third.ack = syn.seq + 1;
		assert_int_equal(ksteer_tcp_step(&tcp, &third),
				 KSTEER_TCP_OUTSIDE);
		assert_int_equal(state_of(&tcp), OPEN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blind_moves_nothing),
		cmocka_unit_test(blind_opens_nothing),
		cmocka_unit_test(blind_pushed),
		cmocka_unit_test(blind_answers_nothing),
	};

	return cmocka_run_group_tests_name("track_blind", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What somebody can do to a TCP connection who knows its four numbers and sees
 * nothing of it.
 */
#include "track_model.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blind_moves_nothing),
		cmocka_unit_test(blind_opens_nothing),
	};

	return cmocka_run_group_tests_name("track_blind", tests, NULL, NULL);
}

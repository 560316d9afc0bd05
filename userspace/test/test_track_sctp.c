// SPDX-License-Identifier: GPL-2.0-only
/* What is believed of an SCTP association. */
#include <ksteer/sctp_step.h>

#include "track_model.h"

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

static enum ksteer_tcp_verdict sctp(struct ksteer_tcp *as, int dir, __u8 chunks,
				    __u32 tag, __u32 init_tag)
{
	struct ksteer_sctp pkt = {
		.chunks = chunks, .tag = tag, .init_tag = init_tag, .dir = dir
	};

	return ksteer_sctp_step(as, &pkt);
}

/* An INIT that is repeated is answered twice, and the opener takes the first */
static void sctp_two_answers(void **state)
{
	const __u32 tags[] = { 22, 23, 24 };
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct ksteer_sctp init = { .init_tag = 11,
					    .chunks = KSTEER_SCTP_INIT };
		struct ksteer_tcp as = { 0 };

		ksteer_sctp_begin(&as, &init);
		sctp(&as, 0, KSTEER_SCTP_INIT, 0, 11);
		assert_int_equal(sctp(&as, 1, KSTEER_SCTP_INIT_ACK, 11, 22),
				 KSTEER_TCP_VALID);
		assert_int_equal(sctp(&as, 1, KSTEER_SCTP_INIT_ACK, 11, 23),
				 KSTEER_TCP_VALID);
		sctp(&as, 0, KSTEER_SCTP_COOKIE, tags[i], 0);
		assert_int_equal(state_of(&as), i < 2 ? ESTABLISHED : OPEN);
		/* From then on that one alone */
		sctp(&as, 0, KSTEER_SCTP_ABORT, i < 2 ? tags[!i] : 23, 0);
		assert_int_not_equal(state_of(&as), CLOSED);
		sctp(&as, 0, KSTEER_SCTP_ABORT, 22 + (i == 1), 0);
		assert_int_equal(state_of(&as), CLOSED);
	}
}

/* Somebody has stored it, and who comes first may name any tag */
static void sctp_pushed(void **state)
{
	struct ksteer_tcp as = { .track = KSTEER_TRACK_PUSHED };
	int dir;

	(void)state;
	for (dir = 0; dir < 2; dir++) {
		sctp(&as, dir, 0, 5, 0);
		sctp(&as, dir, KSTEER_SCTP_SHUTDOWN, 5, 0);
		sctp(&as, dir, KSTEER_SCTP_ABORT, 5, 0);
		sctp(&as, dir, KSTEER_SCTP_COMPLETE, 5, 0);
		assert_int_equal(state_of(&as), ESTABLISHED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sctp_steps_hold),
		cmocka_unit_test(sctp_two_answers),
		cmocka_unit_test(sctp_pushed),
	};

	return cmocka_run_group_tests_name("track_sctp", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Segments at random, and connections to try them on. */
#ifndef _KSTEER_TEST_TRACK_MAKE_H
#define _KSTEER_TEST_TRACK_MAKE_H

#include "track_model.h"

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

#endif /* _KSTEER_TEST_TRACK_MAKE_H */

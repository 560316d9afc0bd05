// SPDX-License-Identifier: GPL-2.0-only
/*
 * TCP tracking: scripts of segments and the state that each must lead to.
 * Each runs with several initial sequence numbers, so that they wrap, in the
 * short way and without it.
 */
#include "fixture.h"
#include "tcp.h"

#define SYN KSTEER_TCP_SYN
#define ACK KSTEER_TCP_ACK
#define FIN KSTEER_TCP_FIN
#define RST KSTEER_TCP_RST
#define SA (SYN | ACK)
#define FA (FIN | ACK)

#define O KSTEER_FLOW_STATE_OPEN
#define E KSTEER_FLOW_STATE_ESTABLISHED
#define G KSTEER_FLOW_STATE_CLOSING
#define C KSTEER_FLOW_STATE_CLOSED

/* What a segment may lead to beside a state */
#define BADFIN 1
#define BADRST 2
#define ANEW 4 /* must be selected again */
#define LEAVING 8 /* given: its traffic manager takes no new flows */
#define SCALE(n) ((n) << 8) /* given: a window scale option, plus one */

/**
 * struct segment - one segment and what it must lead to
 * @dir: 0 from the opener, 1 from the other side
 * @flags: TCP flags; without any, the script has ended
 * @seq: from its sender's initial sequence number
 * @ack: from the other's
 * @len: payload
 * @state: state of the flow afterwards
 * @more: BADFIN ... SCALE()
 */
struct segment {
	u8 dir;
	u8 flags;
	u32 seq;
	u32 ack;
	u32 len;
	u8 state;
	u32 more;
};

struct script {
	const char *name;
	u16 window;
	bool shaken;
	struct segment seg[12];
};

/* SYN, SYN and ACK, ACK */
static const struct segment shake[] = {
	{ 0, SYN, 0, 0, 0, O },
	{ 1, SYN | ACK, 0, 1, 0, O },
	{ 0, ACK, 1, 1, 0, E },
};

static const struct script scripts[] = {
	{ "handshake", 1000, true, {} },
	{ "SYN again",
	  1000,
	  false,
	  { { 0, SYN, 0, 0, 0, O },
	    { 0, SYN, 0, 0, 0, O },
	    { 1, SA, 0, 1, 0, O },
	    { 0, ACK, 1, 1, 0, E } } },
	{ "answer alone establishes nothing",
	  1000,
	  false,
	  { { 0, SYN, 0, 0, 0, O },
	    { 1, SA, 0, 1, 0, O },
	    { 1, SA, 0, 1, 0, O },
	    { 1, ACK, 1, 1, 0, O } } },
	{ "wrong acknowledgment establishes nothing",
	  1000,
	  false,
	  { { 0, SYN, 0, 0, 0, O },
	    { 1, SA, 0, 1, 0, O },
	    { 0, ACK, 1, 0, 0, O },
	    { 0, ACK, 1, 70000, 0, O },
	    { 0, ACK, 1, 1, 0, E } } },
	{ "answers unseen: the exact next number",
	  1000,
	  false,
	  { { 0, SYN, 0, 0, 0, O },
	    { 0, ACK, 0, 9, 0, O },
	    { 0, ACK, 1, 9, 0, E } } },
	{ "answers unseen: after a gap, where that ends",
	  1000,
	  false,
	  { { 0, SYN, 0, 0, 0, O },
	    { 0, ACK, 2, 9, 10, O },
	    { 0, ACK, 1, 9, 0, O },
	    { 0, ACK, 12, 9, 0, E } } },
	{ "without SYN",
	  1000,
	  false,
	  { { 0, ACK, 5, 5, 10, O }, { 0, ACK, 15, 5, 10, E } } },
	{ "without SYN, both sides",
	  1000,
	  false,
	  { { 0, ACK, 5, 5, 10, O }, { 1, ACK, 5, 15, 10, E } } },
	{ "close, opener first",
	  1000,
	  true,
	  { { 0, FA, 1, 1, 0, G },
	    { 1, ACK, 1, 2, 0, G },
	    { 1, FA, 1, 2, 0, G },
	    { 0, ACK, 2, 2, 0, C } } },
	{ "close, server first",
	  1000,
	  true,
	  { { 1, FA, 1, 1, 0, G },
	    { 0, ACK, 1, 2, 0, G },
	    { 0, FA, 1, 2, 0, G },
	    { 1, ACK, 2, 2, 0, C } } },
	{ "close at once",
	  1000,
	  true,
	  { { 0, FA, 1, 1, 0, G },
	    { 1, FA, 1, 1, 0, G },
	    { 0, ACK, 2, 2, 0, G },
	    { 1, ACK, 2, 2, 0, C } } },
	{ "close with data",
	  1000,
	  true,
	  { { 0, FA, 1, 1, 100, G },
	    { 1, FA, 1, 102, 50, G },
	    { 0, ACK, 102, 52, 0, C } } },
	{ "FIN and its acknowledgment in one",
	  1000,
	  true,
	  { { 0, FA, 1, 1, 0, G },
	    { 1, FA, 1, 2, 0, G },
	    { 0, ACK, 2, 2, 0, C } } },
	{ "half a close stays",
	  1000,
	  true,
	  { { 0, FA, 1, 1, 0, G },
	    { 1, ACK, 1, 2, 900, G },
	    { 0, ACK, 2, 901, 0, G },
	    { 1, ACK, 901, 2, 900, G } } },
	{ "both FINs, one acknowledged",
	  1000,
	  true,
	  { { 0, FA, 1, 1, 0, G },
	    { 1, FA, 1, 2, 0, G },
	    { 0, ACK, 2, 1, 0, G },
	    { 0, ACK, 2, 2, 0, C } } },
	{ "FIN of one direction twice",
	  1000,
	  true,
	  { { 0, FA, 1, 1, 0, G },
	    { 0, FA, 1, 1, 0, G },
	    { 1, ACK, 1, 2, 0, G } } },
	{ "FIN beyond the window",
	  1000,
	  true,
	  { { 0, FA, 1002, 1, 0, E, BADFIN }, { 0, FA, 1, 1, 0, G } } },
	{ "FIN at the end of the window",
	  1000,
	  true,
	  { { 0, FA, 1001, 1, 0, G } } },
	{ "FIN before the window",
	  1000,
	  true,
	  { { 0, ACK, 1, 1, 500, E },
	    { 1, ACK, 1, 501, 0, E },
	    { 0, FA, 400, 1, 0, E, BADFIN },
	    { 0, FA, 501, 1, 0, G } } },
	{ "FIN beyond the blind window",
	  1000,
	  false,
	  { { 0, SYN, 0, 0, 0, O },
	    { 0, ACK, 1, 9, 0, E },
	    { 0, FA, 65538, 9, 0, E, BADFIN },
	    { 0, FA, 65537, 9, 0, G } } },
	{ "FIN before what was sent, blind",
	  1000,
	  false,
	  { { 0, SYN, 0, 0, 0, O },
	    { 0, ACK, 1, 9, 100, E },
	    { 0, FA, 100, 9, 0, E, BADFIN },
	    { 0, FA, 101, 9, 0, G } } },
	{ "bad FIN leaves no trace",
	  1000,
	  true,
	  { { 0, FA, 5000, 1, 0, E, BADFIN },
	    { 1, FA, 1, 1, 0, G },
	    { 0, ACK, 1, 2, 0, G },
	    { 1, ACK, 2, 5001, 0, G } } },
	{ "window scale counts",
	  1000,
	  false,
	  { { 0, SYN, 0, 0, 0, O, SCALE(1) },
	    { 1, SA, 0, 1, 0, O, SCALE(5) },
	    { 0, ACK, 1, 1, 0, E },
	    { 0, FA, 16002, 1, 0, E, BADFIN },
	    { 0, FA, 16001, 1, 0, G } } },
	{ "window 0 is 1",
	  0,
	  true,
	  { { 0, FA, 3, 1, 0, E, BADFIN }, { 0, FA, 2, 1, 0, G } } },
	{ "FIN on what is half open",
	  1000,
	  false,
	  { { 0, SYN, 0, 0, 0, O },
	    { 0, FIN, 1, 0, 0, O },
	    { 1, SA, 0, 2, 0, O } } },
	{ "RST in the window, opener",
	  1000,
	  true,
	  { { 0, RST, 900, 0, 0, C } } },
	{ "RST in the window, server",
	  1000,
	  true,
	  { { 1, RST, 900, 0, 0, C } } },
	{ "RST beyond the window",
	  1000,
	  true,
	  { { 1, RST, 1002, 0, 0, E, BADRST }, { 1, RST, 1001, 0, 0, C } } },
	{ "RST before the window",
	  1000,
	  true,
	  { { 1, RST, 0, 0, 0, E, BADRST },
	    { 0, RST, 0, 0, 0, E, BADRST },
	    { 0, RST, 1, 0, 0, C } } },
	{ "RST far away",
	  1000,
	  true,
	  { { 0, RST, 0x80000000, 0, 0, E, BADRST },
	    { 1, RST, 0x7fffffff, 0, 0, E, BADRST } } },
	{ "RST blind, exact only",
	  1000,
	  false,
	  { { 0, SYN, 0, 0, 0, O },
	    { 0, ACK, 1, 9, 10, E },
	    { 0, RST, 12, 0, 0, E, BADRST },
	    { 0, RST, 10, 0, 0, E, BADRST },
	    { 0, RST, 11, 0, 0, C } } },
	{ "refused: RST that acknowledges the SYN",
	  1000,
	  false,
	  { { 0, SYN, 0, 0, 0, O }, { 1, RST | ACK, 0, 1, 0, C } } },
	{ "RST that acknowledges something else",
	  1000,
	  false,
	  { { 0, SYN, 0, 0, 0, O },
	    { 1, RST | ACK, 0, 2, 0, O, BADRST },
	    { 1, RST | ACK, 0, 0, 0, O, BADRST },
	    { 1, RST, 0, 1, 0, O, BADRST } } },
	{ "RST of a half-open opener, exact only",
	  1000,
	  false,
	  { { 0, SYN, 0, 0, 0, O },
	    { 1, SA, 0, 1, 0, O },
	    { 0, RST, 5, 0, 0, O, BADRST },
	    { 0, RST, 1, 0, 0, C } } },
	{ "RST while closing",
	  1000,
	  true,
	  { { 0, FA, 1, 1, 0, G }, { 1, RST, 1, 0, 0, C } } },
	{ "FIN after RST changes nothing",
	  1000,
	  true,
	  { { 0, RST, 1, 0, 0, C },
	    { 1, FA, 1, 1, 0, C },
	    { 0, ACK, 1, 2, 0, C } } },
	{ "data after close changes nothing",
	  1000,
	  true,
	  { { 0, FA, 1, 1, 0, G },
	    { 1, FA, 1, 2, 0, G },
	    { 0, ACK, 2, 2, 0, C },
	    { 0, ACK, 2, 2, 0, C },
	    { 1, ACK, 2, 2, 10, C } } },
	{ "SYN on closed",
	  1000,
	  true,
	  { { 0, RST, 1, 0, 0, C }, { 0, SYN, 9000, 0, 0, C, ANEW } } },
	{ "SYN on closing",
	  1000,
	  true,
	  { { 0, FA, 1, 1, 0, G }, { 0, SYN, 9000, 0, 0, G, ANEW } } },
	{ "SYN of the other side on closed",
	  1000,
	  true,
	  { { 0, RST, 1, 0, 0, C }, { 1, SYN, 9000, 0, 0, C, ANEW } } },
	{ "SYN on established",
	  1000,
	  true,
	  { { 0, SYN, 9000, 0, 0, E }, { 0, FA, 1, 1, 0, G } } },
	{ "SYN and ACK on closed opens nothing",
	  1000,
	  true,
	  { { 0, RST, 1, 0, 0, C }, { 0, SA, 9000, 0, 0, C } } },
	{ "leaving: new SYN",
	  1000,
	  true,
	  { { 0, SYN, 9000, 0, 0, E, ANEW | LEAVING } } },
	{ "leaving: old duplicate of the SYN",
	  1000,
	  true,
	  { { 0, SYN, 0, 0, 0, E, LEAVING } } },
	{ "leaving: SYN at what was sent",
	  1000,
	  true,
	  { { 0, SYN, 1, 0, 0, E, LEAVING },
	    { 0, SYN, 2, 0, 0, E, ANEW | LEAVING } } },
	{ "leaving: SYN on half open",
	  1000,
	  false,
	  { { 0, SYN, 0, 0, 0, O }, { 0, SYN, 0, 0, 0, O, ANEW | LEAVING } } },
	{ "leaving: SYN of the other side",
	  1000,
	  true,
	  { { 1, SYN, 9000, 0, 0, E, LEAVING } } },
	{ "leaving: data goes on",
	  1000,
	  true,
	  { { 0, ACK, 1, 1, 100, E, LEAVING } } },
	{ "a new SYN begins new numbers",
	  1000,
	  false,
	  { { 0, SYN, 0, 0, 0, O },
	    { 0, SYN, 70000, 0, 0, O },
	    { 0, ACK, 1, 9, 0, O },
	    { 0, ACK, 70001, 9, 0, E } } },
	{ "acknowledgments do not go back",
	  1000,
	  true,
	  { { 0, ACK, 1, 1, 600, E },
	    { 1, ACK, 1, 601, 0, E },
	    { 1, ACK, 1, 100, 0, E },
	    { 0, FA, 601, 1, 0, G },
	    { 1, RST, 5000, 0, 0, G, BADRST } } },
	{ "window of old acknowledgments does not count",
	  1000,
	  true,
	  { { 0, ACK, 1, 1, 900, E },
	    { 1, ACK, 1, 901, 0, E },
	    { 1, ACK, 1, 1, 0, E },
	    { 0, FA, 1901, 1, 0, G } } },
	{ "retransmission does not set back",
	  1000,
	  false,
	  { { 0, SYN, 0, 0, 0, O },
	    { 0, ACK, 1, 9, 500, E },
	    { 0, ACK, 1, 9, 100, E },
	    { 0, FA, 101, 9, 0, E, BADFIN },
	    { 0, FA, 501, 9, 0, G } } },
};

KUNIT_ARRAY_PARAM_DESC(script, scripts, name);

struct isn {
	u32 of[KSTEER_DIRS];
};

/* They wrap early, late, in one direction, in both */
static const struct isn isns[] = {
	{ { 1000, 5000 } },
	{ { 0xffffffff, 0 } },
	{ { 0, 0xffffffff } },
	{ { 0xfffffe00, 0xfffffff0 } },
	{ { 0x7fffffff, 0x7ffffe00 } },
	{ { 0x80000000, 0xffff0000 } },
};

static void tcp_packet(struct fixture *fix, struct ksteer_packet *pkt,
		       const struct script *s, const struct segment *seg,
		       const struct isn *isn)
{
	*pkt = (struct ksteer_packet){
		.kn = &fix->kn,
		.family = KSTEER_V4,
		.tcp = true,
		.tcp_flags = seg->flags,
		.tcp_scale = seg->more >> 8,
		.window = s->window,
		.seq = isn->of[seg->dir] + seg->seq,
		.ack_seq = seg->flags & ACK ? isn->of[!seg->dir] + seg->ack : 0,
		.seq_len =
			seg->len + !!(seg->flags & SYN) + !!(seg->flags & FIN),
	};
}

static struct ksteer_flow *tcp_open(struct fixture *fix,
				    const struct ksteer_packet *pkt, u8 dir)
{
	struct ksteer_lookup look = fix_look(KSTEER_V4, 1, 1000, 2, 80, 0);
	struct ksteer_flow *flow;

	flow = fix_store(fix, &look, 0, ksteer_track_first(pkt, dir));
	if (!IS_ERR_OR_NULL(flow))
		ksteer_track_begin(flow, pkt, dir);
	return flow;
}

/* As the hook does it, or by the long way alone */
static bool tcp_track(struct ksteer_flow *flow, const struct ksteer_packet *pkt,
		      u8 dir, bool leaving, bool fast)
{
	bool known = true;

	local_bh_disable();
	rcu_read_lock();
	if (fast && ksteer_track_fast(flow, pkt, dir))
		;
	else if (pkt->tcp)
		known = ksteer_track_tcp(flow, pkt, dir, leaving);
	else
		ksteer_track_other(pkt->kn, flow, dir);
	rcu_read_unlock();
	local_bh_enable();
	return known;
}

/**
 * struct run - a script that is being run
 * @script: the script
 * @isn: initial sequence numbers
 * @fast: the short way is tried first
 * @flow: NULL before the first segment
 * @done: segments so far
 * @fins: bad FINs that there must have been
 * @rsts: bad RSTs, likewise
 */
struct run {
	const struct script *script;
	const struct isn *isn;
	bool fast;
	struct ksteer_flow *flow;
	u32 done;
	u64 fins;
	u64 rsts;
};

static void tcp_step(struct kunit *test, struct run *run,
		     const struct segment *seg)
{
	struct fixture *fix = test->priv;
	struct ksteer_packet pkt;
	bool known = true;
	u64 fins, rsts;

	tcp_packet(fix, &pkt, run->script, seg, run->isn);
	if (run->flow) {
		known = tcp_track(run->flow, &pkt, seg->dir,
				  seg->more & LEAVING, run->fast);
	} else {
		run->flow = tcp_open(fix, &pkt, seg->dir);
		KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(run->flow));
	}
	run->done++;
	run->fins += !!(seg->more & BADFIN);
	run->rsts += !!(seg->more & BADRST);
	fins = fix_count(fix, KSTEER_COUNT_TCP_BAD_FIN);
	rsts = fix_count(fix, KSTEER_COUNT_TCP_BAD_RST);
	KUNIT_EXPECT_EQ_MSG(test, ksteer_flow_state(run->flow), seg->state,
			    "segment %u of %x", run->done, run->isn->of[0]);
	KUNIT_EXPECT_EQ_MSG(test, known, !(seg->more & ANEW),
			    "segment %u of %x", run->done, run->isn->of[0]);
	KUNIT_EXPECT_EQ_MSG(test, fins, run->fins, "segment %u of %x",
			    run->done, run->isn->of[0]);
	KUNIT_EXPECT_EQ_MSG(test, rsts, run->rsts, "segment %u of %x",
			    run->done, run->isn->of[0]);
}

static void tcp_run(struct kunit *test, const struct script *s,
		    const struct isn *isn, bool fast)
{
	struct fixture *fix = test->priv;
	struct run run = {
		.script = s,
		.isn = isn,
		.fast = fast,
		.fins = fix_count(fix, KSTEER_COUNT_TCP_BAD_FIN),
		.rsts = fix_count(fix, KSTEER_COUNT_TCP_BAD_RST),
	};
	u32 i;

	for (i = 0; s->shaken && i < ARRAY_SIZE(shake); i++)
		tcp_step(test, &run, &shake[i]);
	for (i = 0; i < ARRAY_SIZE(s->seg) && s->seg[i].flags; i++)
		tcp_step(test, &run, &s->seg[i]);
	/* Counted among those that nobody vouches for, or neither */
	KUNIT_EXPECT_EQ(test, ksteer_store_count_open(&fix->kn),
			!ksteer_flow_is_vouched(run.flow));
	fix_remove(fix, run.flow);
}

static void tcp_script(struct kunit *test)
{
	const struct script *s = test->param_value;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(isns); i++) {
		tcp_run(test, s, &isns[i], true);
		tcp_run(test, s, &isns[i], false);
	}
}

/* How a connection ended is counted once */
static void tcp_ends(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(scripts); i++)
		tcp_run(test, &scripts[i], &isns[0], true);
	KUNIT_EXPECT_GT(test, fix_count(fix, KSTEER_COUNT_CLOSED), 0);
	KUNIT_EXPECT_GT(test, fix_count(fix, KSTEER_COUNT_RESET), 0);
	for (i = 0; i < ARRAY_SIZE(scripts); i++) {
		u64 closed = fix_count(fix, KSTEER_COUNT_CLOSED);
		u64 reset = fix_count(fix, KSTEER_COUNT_RESET);
		bool is_closed = false, has_rst = false;
		u32 k;

		for (k = 0; k < ARRAY_SIZE(scripts[i].seg); k++) {
			const struct segment *seg = &scripts[i].seg[k];

			is_closed |= seg->flags && seg->state == C;
			has_rst |= seg->state == C && (seg->flags & RST);
		}
		tcp_run(test, &scripts[i], &isns[0], true);
		KUNIT_EXPECT_EQ_MSG(test, fix_count(fix, KSTEER_COUNT_CLOSED),
				    closed + (is_closed && !has_rst), "%s",
				    scripts[i].name);
		KUNIT_EXPECT_EQ_MSG(test, fix_count(fix, KSTEER_COUNT_RESET),
				    reset + has_rst, "%s", scripts[i].name);
	}
}

/* UDP: an answer, or a second packet; the short way takes only what is known */
static void tcp_other(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_packet pkt = { .kn = &fix->kn };
	struct ksteer_flow *flow;
	u8 dir;

	for (dir = 0; dir < KSTEER_DIRS; dir++) {
		flow = tcp_open(fix, &pkt, KSTEER_DIR_OPEN);
		KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(flow));
		KUNIT_EXPECT_EQ(test, ksteer_flow_state(flow), O);
		KUNIT_EXPECT_FALSE(test, ksteer_track_fast(flow, &pkt, dir));
		KUNIT_EXPECT_TRUE(test, tcp_track(flow, &pkt, dir, true, true));
		KUNIT_EXPECT_EQ(test, ksteer_flow_state(flow), E);
		KUNIT_EXPECT_TRUE(test, ksteer_track_fast(flow, &pkt, dir));
		KUNIT_EXPECT_EQ(test, ksteer_track_fast(flow, &pkt, !dir),
				dir == KSTEER_DIR_REPLY);
		fix_remove(fix, flow);
	}
}

static struct kunit_case tcp_cases[] = {
	KUNIT_CASE_PARAM(tcp_script, script_gen_params),
	KUNIT_CASE(tcp_ends),
	KUNIT_CASE(tcp_other),
	{},
};

static struct kunit_suite tcp_suite = {
	.name = "ksteer_tcp",
	.init = fix_init,
	.exit = fix_exit,
	.test_cases = tcp_cases,
};

kunit_test_suite(tcp_suite);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * TCP tracking: scripts of segments and the state that each must lead to.
 * Each runs with several initial sequence numbers, so that they wrap, in the
 * short way and without it.
 */
#include "fixture.h"
#include "packet/memorize.h"
#include "packet/tcp.h"
#include "packet/track.h"
#include "store/store.h"
#include "tcp_scripts.h"

/* SYN, SYN and ACK, ACK */
static const struct segment shake[] = {
	{ 0, SYN, 0, 0, 0, O },
	{ 1, SYN | ACK, 0, 1, 0, O },
	{ 0, ACK, 1, 1, 0, E },
};

static const void *script_gen_params(const void *prev, char *desc)
{
	const struct script *next = prev;

	next = next ? next + 1 : tcp_scripts;
	if (next == tcp_scripts + tcp_scripts_count)
		return NULL;
	strscpy(desc, next->name, KUNIT_PARAM_DESC_SIZE);
	return next;
}

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

	flow = fix_store(fix, &look, 0, ksteer_track_first(pkt));
	if (!IS_ERR_OR_NULL(flow))
		ksteer_track_begin(flow, pkt, dir);
	return flow;
}

static bool tcp_long(struct ksteer_flow *flow, const struct ksteer_packet *pkt,
		     u8 dir, u32 given)
{
	struct ksteer_segment seg;

	ksteer_tcp_segment(pkt, dir, given & LEAVING, &seg);
	seg.silent = given & SILENT;
	return ksteer_track_segment(pkt->kn, flow, &seg) != KSTEER_TCP_ANEW;
}

/* As the hook does it, or by the long way alone */
static bool tcp_track(struct ksteer_flow *flow, const struct ksteer_packet *pkt,
		      u8 dir, u32 given, bool fast)
{
	bool known = true;

	local_bh_disable();
	rcu_read_lock();
	if (fast && ksteer_track_fast(flow, pkt, dir))
		;
	else if (pkt->tcp)
		known = tcp_long(flow, pkt, dir, given);
	else
		ksteer_track_datagram(pkt->kn, flow, dir);
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
		known = tcp_track(run->flow, &pkt, seg->dir, seg->more,
				  run->fast);
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

	for (i = 0; i < tcp_scripts_count; i++)
		tcp_run(test, &tcp_scripts[i], &isns[0], true);
	KUNIT_EXPECT_GT(test, fix_count(fix, KSTEER_COUNT_CLOSED), 0);
	KUNIT_EXPECT_GT(test, fix_count(fix, KSTEER_COUNT_RESET), 0);
	for (i = 0; i < tcp_scripts_count; i++) {
		u64 closed = fix_count(fix, KSTEER_COUNT_CLOSED);
		u64 reset = fix_count(fix, KSTEER_COUNT_RESET);
		bool is_closed = false, has_rst = false;
		u32 k;

		for (k = 0; k < ARRAY_SIZE(tcp_scripts[i].seg); k++) {
			const struct segment *seg = &tcp_scripts[i].seg[k];

			is_closed |= seg->flags && seg->state == C;
			has_rst |= seg->state == C && (seg->flags & RST);
		}
		tcp_run(test, &tcp_scripts[i], &isns[0], true);
		KUNIT_EXPECT_EQ_MSG(test, fix_count(fix, KSTEER_COUNT_CLOSED),
				    closed + (is_closed && !has_rst), "%s",
				    tcp_scripts[i].name);
		KUNIT_EXPECT_EQ_MSG(test, fix_count(fix, KSTEER_COUNT_RESET),
				    reset + has_rst, "%s", tcp_scripts[i].name);
	}
}

/* UDP: an answer, or a second packet; the short way takes only what is known */
static void tcp_datagram(struct kunit *test)
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
		KUNIT_EXPECT_TRUE(test,
				  tcp_track(flow, &pkt, dir, LEAVING, true));
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
	KUNIT_CASE(tcp_datagram),
	{},
};

static struct kunit_suite tcp_suite = {
	.name = "ksteer_tcp",
	.init = fix_init,
	.exit = fix_exit,
	.test_cases = tcp_cases,
};

kunit_test_suite(tcp_suite);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two processors change the state of one flow: the second does all that it has to
 * do after the first has read the state and before it writes it.  What comes of
 * it is what one after the other would have made, in the one order or the other.
 */
#include "fixture.h"
#include "packet/memorize.h"
#include "packet/tcp.h"
#include "packet/track.h"
#include "store/store.h"
#include "window.h"

#define FIN KSTEER_TCP_FIN
#define SYN KSTEER_TCP_SYN
#define RST KSTEER_TCP_RST
#define ACK KSTEER_TCP_ACK

#define OPEN KSTEER_FLOW_STATE_OPEN
#define ESTABLISHED KSTEER_FLOW_STATE_ESTABLISHED
#define CLOSING KSTEER_FLOW_STATE_CLOSING
#define CLOSED KSTEER_FLOW_STATE_CLOSED

/* Where the opener and the server are once the connection is open */
#define C 0xfffffff1
#define S 5001

#define SEG(_dir, _flags, _seq, _ack, _len, _window)               \
	{                                                          \
		.dir = (_dir), .flags = (_flags), .seq = (_seq),   \
		.ack = (_ack), .len = (_len), .window = (_window), \
		.credible = true,                                  \
	}

#define STEPS 5

/**
 * struct pair_case - two segments at once
 * @name: of the case
 * @steps: how the flow comes to where it is; its SYN was before
 * @held: the one that is held before it writes
 * @other: the one that comes meanwhile
 * @state: what comes of it
 */
struct pair_case {
	const char *name;
	struct ksteer_segment steps[STEPS];
	struct ksteer_segment held;
	struct ksteer_segment other;
	u32 state;
};

#define SYN_ACK SEG(1, SYN | ACK, S - 1, C, 1, 1000)
#define THIRD SEG(0, ACK, C, S, 0, 1000)
#define FIN_0 SEG(0, FIN | ACK, C, S, 1, 1000)
#define FIN_1 SEG(1, FIN | ACK, S, C, 1, 1000)
#define FIN_1_AGAIN SEG(1, FIN | ACK, S, C + 1, 1, 1000)
#define LAST_0 SEG(0, ACK, C + 1, S + 1, 0, 1000)
#define LAST_1 SEG(1, ACK, S + 1, C + 1, 0, 1000)
#define RST_1 SEG(1, RST, S, 0, 0, 0)

static const struct pair_case pair_cases[] = {
	{ "an ACK and a RST", { SYN_ACK }, THIRD, RST_1, CLOSED },
	{ "a RST and an ACK", { SYN_ACK }, RST_1, THIRD, CLOSED },
	{ "a FIN and a RST", { SYN_ACK, THIRD }, FIN_0, RST_1, CLOSED },
	{ "a RST and a FIN", { SYN_ACK, THIRD }, RST_1, FIN_0, CLOSED },
	{ "both FINs", { SYN_ACK, THIRD }, FIN_0, FIN_1, CLOSING },
	{ "the last ACKs",
	  { SYN_ACK, THIRD, FIN_0, FIN_1 },
	  LAST_0,
	  LAST_1,
	  CLOSED },
	{ "the last ACKs, the other first",
	  { SYN_ACK, THIRD, FIN_0, FIN_1 },
	  LAST_1,
	  LAST_0,
	  CLOSED },
	{ "the last FIN and its ACK",
	  { SYN_ACK, THIRD, FIN_0, FIN_1 },
	  FIN_1_AGAIN,
	  LAST_0,
	  CLOSED },
	{ "the ACK of the last FIN, and that again",
	  { SYN_ACK, THIRD, FIN_0, FIN_1 },
	  LAST_0,
	  FIN_1_AGAIN,
	  CLOSED },
};

KUNIT_ARRAY_PARAM_DESC(pair, pair_cases, name);

/* A step that is taken again, since the other was faster, and refused then */
static const struct pair_case refused_cases[] = {
	/* A FIN after a gap, and the window that it was in becomes smaller */
	{ "a FIN that does not fit any more",
	  { SYN_ACK, THIRD },
	  SEG(0, FIN | ACK, C + 500, S, 1, 9),
	  SEG(1, FIN | ACK, S, C, 1, 100),
	  CLOSING },
	/* An answer by another number, and another scale, takes the first's place */
	{ "an ACK of what is answered anew",
	  { SYN_ACK },
	  THIRD,
	  { .dir = 1,
	    .flags = SYN | ACK,
	    .seq = S + 50000,
	    .ack = C,
	    .len = 1,
	    .window = 1000,
	    .scale = 3,
	    .credible = true },
	  OPEN },
};

/* What is known of the flow, but for its birth, which may be another tick's */
static struct ksteer_tcp pair_known(const struct ksteer_flow *flow)
{
	struct ksteer_tcp tcp = {};

	ksteer_tcp_load(flow, flow->track, &tcp);
	tcp.track &= ~(KSTEER_TICKS << KSTEER_TRACK_BORN_SHIFT);
	return tcp;
}

static void pair_step(struct fixture *fix, struct ksteer_flow *flow,
		      const struct ksteer_segment *seg)
{
	struct ksteer_segment now = *seg;

	now.now = ksteer_track_now();
	local_bh_disable();
	rcu_read_lock();
	ksteer_track_segment(&fix->kn, flow, &now);
	rcu_read_unlock();
	local_bh_enable();
}

static struct ksteer_flow *pair_open(struct kunit *test,
				     const struct pair_case *c)
{
	struct ksteer_lookup look = fix_look(KSTEER_V4, 1, 1000, 2, 80, 0);
	struct fixture *fix = test->priv;
	struct ksteer_packet pkt = {
		.kn = &fix->kn,
		.tcp = true,
		.tcp_flags = SYN,
		.seq = C - 1,
		.seq_len = 1,
		.window = 1000,
	};
	struct ksteer_flow *flow;
	u32 i;

	flow = fix_store(fix, &look, 0, ksteer_track_first(&pkt));
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(flow));
	ksteer_track_begin(flow, &pkt, KSTEER_DIR_OPEN);
	for (i = 0; i < STEPS && c->steps[i].flags; i++)
		pair_step(fix, flow, &c->steps[i]);
	return flow;
}

/* One after the other */
static struct ksteer_tcp pair_in_turn(struct kunit *test,
				      const struct pair_case *c,
				      const struct ksteer_segment *first,
				      const struct ksteer_segment *second)
{
	struct fixture *fix = test->priv;
	struct ksteer_flow *flow = pair_open(test, c);
	struct ksteer_tcp known;

	pair_step(fix, flow, first);
	pair_step(fix, flow, second);
	known = pair_known(flow);
	fix_remove(fix, flow);
	return known;
}

struct pair_other {
	struct fixture *fix;
	struct ksteer_flow *flow;
	const struct ksteer_segment *seg;
};

static void pair_comes(void *arg, void *what)
{
	struct pair_other *other = arg;

	pair_step(other->fix, other->flow, other->seg);
}

/* The other one comes when the first is about to write */
static struct ksteer_tcp pair_at_once(struct kunit *test,
				      const struct pair_case *c)
{
	struct fixture *fix = test->priv;
	struct pair_other other = { .fix = fix, .seg = &c->other };
	struct ksteer_tcp known;

	other.flow = pair_open(test, c);
	window_open(WINDOW_CMPXCHG, &other.flow->track, pair_comes, &other);
	pair_step(fix, other.flow, &c->held);
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_CMPXCHG));
	known = pair_known(other.flow);
	fix_remove(fix, other.flow);
	return known;
}

static bool pair_same(const struct ksteer_tcp *a, const struct ksteer_tcp *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static void pair_try(struct kunit *test, const struct pair_case *c)
{
	struct ksteer_tcp before, after, is;

	before = pair_in_turn(test, c, &c->other, &c->held);
	after = pair_in_turn(test, c, &c->held, &c->other);
	is = pair_at_once(test, c);
	KUNIT_EXPECT_EQ_MSG(test, is.track & KSTEER_TRACK_STATE, c->state, "%s",
			    c->name);
	KUNIT_EXPECT_TRUE_MSG(
		test, pair_same(&is, &before) || pair_same(&is, &after),
		"%s: %x end %x %x ack %x %x, in turn %x end %x %x ack %x %x",
		c->name, is.track, is.end[0], is.end[1], is.ack[0], is.ack[1],
		before.track, before.end[0], before.end[1], before.ack[0],
		before.ack[1]);
	fix_vs_counts(test, &((struct fixture *)test->priv)->vs, 0, 0, 0);
}

static void track_pair(struct kunit *test)
{
	pair_try(test, test->param_value);
}

/* A step that is refused when it is taken again leaves nothing */
static void track_refused(struct kunit *test)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(refused_cases); i++)
		pair_try(test, &refused_cases[i]);
}

/* Both directions of a flow without numbers at once: both have been seen */
struct datagram_other {
	struct fixture *fix;
	struct ksteer_flow *flow;
};

static void datagram_step(struct fixture *fix, struct ksteer_flow *flow,
			  enum ksteer_dir dir)
{
	local_bh_disable();
	rcu_read_lock();
	ksteer_track_datagram(&fix->kn, flow, dir);
	rcu_read_unlock();
	local_bh_enable();
}

static void datagram_comes(void *arg, void *what)
{
	struct datagram_other *other = arg;

	datagram_step(other->fix, other->flow, KSTEER_DIR_REPLY);
}

static void track_datagrams(struct kunit *test)
{
	const u32 both = KSTEER_TRACK_SEEN(0) | KSTEER_TRACK_SEEN(1);
	struct datagram_other other = { .fix = test->priv };
	struct fixture *fix = test->priv;
	struct ksteer_tuple tuple =
		fix_tuple(KSTEER_V4, 1, 1000, 2, 53, IPPROTO_UDP);
	struct ksteer_lookup look;

	ksteer_key_full(&look, &tuple);
	other.flow =
		fix_store(fix, &look, 0,
			  OPEN | ksteer_track_now() << KSTEER_TRACK_BORN_SHIFT);
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(other.flow));
	window_open(WINDOW_CMPXCHG, &other.flow->track, datagram_comes, &other);
	datagram_step(fix, other.flow, KSTEER_DIR_OPEN);
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_CMPXCHG));
	KUNIT_EXPECT_EQ(test, ksteer_flow_state(other.flow), ESTABLISHED);
	KUNIT_EXPECT_EQ(test, other.flow->track & both, both);
	/* Answered, so it counts, and once */
	fix_vs_counts(test, &fix->vs, 1, 1, 0);
}

static void vouch_comes(void *arg, void *what)
{
	const struct ksteer_segment rst = RST_1;
	struct pair_other *other = arg;

	pair_step(other->fix, other->flow, &rst);
}

/* Somebody vouches for a flow while it is reset: it is both, and counted once */
static void track_vouched(struct kunit *test)
{
	const struct pair_case c = { .steps = { SYN_ACK, THIRD } };
	struct fixture *fix = test->priv;
	struct pair_other other = { .fix = fix };

	other.flow = pair_open(test, &c);
	other.flow->track &= ~KSTEER_TRACK_VOUCHED;
	window_open(WINDOW_CMPXCHG, &other.flow->track, vouch_comes, &other);
	rcu_read_lock();
	ksteer_store_vouch(&fix->kn, other.flow);
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_CMPXCHG));
	KUNIT_EXPECT_EQ(test, ksteer_flow_state(other.flow), CLOSED);
	KUNIT_EXPECT_TRUE(test, ksteer_flow_is_vouched(other.flow));
	KUNIT_EXPECT_EQ(test, ksteer_store_count_open(&fix->kn), 0);
}

static struct kunit_case track_cases[] = {
	KUNIT_CASE_PARAM(track_pair, pair_gen_params),
	KUNIT_CASE(track_datagrams),
	KUNIT_CASE(track_vouched),
	KUNIT_CASE(track_refused),
	{},
};

static struct kunit_suite track_suite = {
	.name = "ksteer_track_race",
	.init = fix_init,
	.exit = fix_exit,
	.test_cases = track_cases,
};

kunit_test_suite(track_suite);

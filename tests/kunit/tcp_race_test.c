// SPDX-License-Identifier: GPL-2.0-only
/*
 * TCP tracking on two processors at once: whatever the order, the new state is
 * made of the old one.  A flow is closing, and each of two threads brings one
 * thing that is still missing; or one brings a RST and the other what would
 * establish.
 */
#include <linux/kthread.h>

#include "fixture.h"
#include "packet/memorize.h"
#include "packet/tcp.h"
#include "packet/track.h"

#define ROUNDS 5000

#define FIN KSTEER_TCP_FIN
#define SYN KSTEER_TCP_SYN
#define RST KSTEER_TCP_RST
#define ACK KSTEER_TCP_ACK

/**
 * struct duel - two threads and one flow
 * @fix: the fixture
 * @flow: the flow of this round
 * @seg: what each of them brings
 * @turn: rounds that may begin
 * @ready: rounds that each has ended
 * @stop: there are no more
 */
struct duel {
	struct fixture *fix;
	struct ksteer_flow *flow;
	struct ksteer_segment seg[2];
	u32 turn;
	u32 ready[2];
	bool stop;
};

struct duellist {
	struct duel *duel;
	u32 number;
};

static int race_fight(void *arg)
{
	struct duellist *me = arg;
	struct duel *duel = me->duel;
	u32 turn = 0;

	while (!READ_ONCE(duel->stop)) {
		/* Pairs with smp_store_release() of race_round() */
		if (smp_load_acquire(&duel->turn) == turn) {
			cond_resched();
			continue;
		}
		turn++;
		local_bh_disable();
		rcu_read_lock();
		ksteer_track_segment(&duel->fix->kn, duel->flow,
				     &duel->seg[me->number]);
		rcu_read_unlock();
		local_bh_enable();
		/* Pairs with smp_load_acquire() of race_round() */
		smp_store_release(&duel->ready[me->number], turn);
	}
	return 0;
}

static void race_step(struct duel *duel, u8 dir, u8 flags, u32 seq, u32 ack)
{
	struct ksteer_segment seg = {
		.dir = dir,
		.flags = flags,
		.seq = seq,
		.ack = ack,
		.len = !!(flags & (SYN | FIN)),
		.window = 1000,
		.credible = true,
	};

	local_bh_disable();
	rcu_read_lock();
	ksteer_track_segment(&duel->fix->kn, duel->flow, &seg);
	rcu_read_unlock();
	local_bh_enable();
}

static struct ksteer_flow *race_open(struct fixture *fix, bool *ok)
{
	struct ksteer_lookup look = fix_look(KSTEER_V4, 1, 1000, 2, 80, 0);
	struct ksteer_packet pkt = {
		.kn = &fix->kn,
		.tcp = true,
		.tcp_flags = SYN,
		.seq = 0xfffffff0,
		.seq_len = 1,
	};
	struct ksteer_flow *flow;

	flow = fix_store(fix, &look, 0, ksteer_track_first(&pkt));
	*ok = !IS_ERR_OR_NULL(flow);
	if (*ok)
		ksteer_track_begin(flow, &pkt, KSTEER_DIR_OPEN);
	return flow;
}

static void race_round(struct duel *duel)
{
	u32 turn = duel->turn + 1, i;

	/* Pairs with smp_load_acquire() of race_fight() */
	smp_store_release(&duel->turn, turn);
	for (i = 0; i < 2; i++)
		/* Pairs with smp_store_release() of race_fight() */
		while (smp_load_acquire(&duel->ready[i]) != turn)
			cond_resched();
}

/* Both have sent a FIN: each thread brings the acknowledgment of one */
static void race_last_acks(struct duel *duel)
{
	const u32 c = 0xfffffff1, s = 5001;

	race_step(duel, 1, SYN | ACK, s - 1, c);
	race_step(duel, 0, ACK, c, s);
	race_step(duel, 0, FIN | ACK, c, s);
	race_step(duel, 1, FIN | ACK, s, c);
	duel->seg[0] = (struct ksteer_segment){
		.flags = ACK, .seq = c + 1, .ack = s + 1, .window = 9
	};
	duel->seg[1] = (struct ksteer_segment){
		.flags = ACK, .seq = s + 1, .ack = c + 1, .window = 9, .dir = 1
	};
}

/* Half open, and answered: the opener's ACK meets the server's RST */
static void race_ack_and_rst(struct duel *duel)
{
	const u32 c = 0xfffffff1, s = 5001;

	race_step(duel, 1, SYN | ACK, s - 1, c);
	duel->seg[0] = (struct ksteer_segment){
		.flags = ACK, .seq = c, .ack = s, .window = 9
	};
	duel->seg[1] =
		(struct ksteer_segment){ .flags = RST, .seq = s, .dir = 1 };
}

static void race_rounds(struct kunit *test, struct duel *duel)
{
	u32 i, open = 0;
	bool ok = true;

	for (i = 0; i < ROUNDS && ok; i++) {
		duel->flow = race_open(duel->fix, &ok);
		if (!ok)
			break;
		if (i % 2)
			race_last_acks(duel);
		else
			race_ack_and_rst(duel);
		race_round(duel);
		open += ksteer_flow_state(duel->flow) !=
			KSTEER_FLOW_STATE_CLOSED;
		fix_remove(duel->fix, duel->flow);
	}
	KUNIT_EXPECT_TRUE(test, ok);
	KUNIT_EXPECT_EQ(test, open, 0);
}

static void tcp_race(struct kunit *test)
{
	struct duel duel = { .fix = test->priv };
	struct duellist both[2];
	struct task_struct *task[2];
	u32 i;

	for (i = 0; i < 2; i++) {
		both[i] = (struct duellist){ .duel = &duel, .number = i };
		task[i] = kthread_run(race_fight, &both[i], "duel%u", i);
		if (!IS_ERR(task[i]))
			get_task_struct(task[i]);
	}
	if (!IS_ERR(task[0]) && !IS_ERR(task[1]))
		race_rounds(test, &duel);
	else
		KUNIT_FAIL(test, "no threads");
	WRITE_ONCE(duel.stop, true);
	for (i = 0; i < 2; i++)
		if (!IS_ERR(task[i])) {
			kthread_stop(task[i]);
			put_task_struct(task[i]);
		}
}

static struct kunit_case race_cases[] = {
	KUNIT_CASE(tcp_race),
	{},
};

static struct kunit_suite tcp_race_suite = {
	.name = "ksteer_tcp_race",
	.init = fix_init,
	.exit = fix_exit,
	.test_cases = race_cases,
};

kunit_test_suite(tcp_race_suite);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * store: threads that store, establish, vouch for, move and remove the same few
 * flows at once.  Whatever they did, the accounts are even in the end.
 */
#include <linux/kthread.h>
#include <linux/prandom.h>

#include "fixture.h"
#include "store/store.h"

#define THREADS 4
#define KEYS 8
#define STEPS 30000

struct race {
	struct fixture *fix;
	struct completion done;
	atomic_t running;
	atomic_t moved;
	atomic_t established;
	atomic_t removed;
};

struct racer {
	struct race *race;
	struct rnd_state rnd;
};

static struct ksteer_lookup race_look(u32 n)
{
	return fix_look(n & 1, 1000 + n, 40000, 1, 80, 0);
}

static void race_change(struct race *race, struct ksteer_flow *flow, u32 what,
			u32 n)
{
	struct fixture *fix = race->fix;
	struct ksteer_dest from = ksteer_flow_dest_rcu(&fix->kn, flow);

	switch (what) {
	case 0:
		atomic_add(ksteer_store_remove(&fix->kn, flow), &race->removed);
		break;
	case 1:
		ksteer_track_set(flow, KSTEER_FLOW_STATE_ESTABLISHED);
		ksteer_store_opened(&fix->kn, flow, true);
		ksteer_store_establish(&fix->kn, flow);
		atomic_inc(&race->established);
		break;
	case 2:
		ksteer_store_vouch(&fix->kn, flow);
		break;
	default:
		if (from.vs)
			atomic_add(ksteer_flow_move(&fix->kn, flow, from,
						    fix->dest[n % FIX_TMS]),
				   &race->moved);
	}
}

static void race_step(struct racer *racer)
{
	struct fixture *fix = racer->race->fix;
	u32 n = prandom_u32_state(&racer->rnd);
	struct ksteer_lookup look = race_look(n % KEYS);
	struct ksteer_flow *flow;

	rcu_read_lock();
	flow = ksteer_store_lookup_rcu(&fix->kn, &look);
	if (flow)
		race_change(racer->race, flow, n / KEYS % 6, n / 64);
	rcu_read_unlock();
	if (!flow)
		fix_store(fix, &look, n / 64 % FIX_TMS,
			  n & 0x10000 ? KSTEER_FLOW_STATE_OPEN :
					KSTEER_FLOW_STATE_ESTABLISHED);
}

static int race_run(void *arg)
{
	struct racer *racer = arg;
	struct race *race = racer->race;
	u32 i;

	for (i = 0; i < STEPS; i++) {
		race_step(racer);
		if (i % 64 == 0)
			cond_resched();
	}
	if (atomic_dec_and_test(&race->running))
		complete(&race->done);
	return 0;
}

static void store_race(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct racer racer[THREADS];
	struct race race = { .fix = fix };
	struct task_struct *task;
	u32 i, established = 0, flows = 0;
	int cpu, doubted;

	init_completion(&race.done);
	atomic_set(&race.running, 1);
	for (i = 0; i < THREADS; i++) {
		racer[i].race = &race;
		prandom_seed_state(&racer[i].rnd, 20240229 + i);
		task = kthread_run(race_run, &racer[i], "race%u", i);
		if (!IS_ERR(task))
			atomic_inc(&race.running);
	}
	if (!atomic_dec_and_test(&race.running))
		wait_for_completion(&race.done);
	/* It must have come to all of this, or it has shown nothing */
	KUNIT_EXPECT_GT(test, atomic_read(&race.moved), STEPS / 8);
	KUNIT_EXPECT_GT(test, atomic_read(&race.removed), STEPS / 16);
	KUNIT_EXPECT_GT(test, atomic_read(&race.established), STEPS / 16);
	/* The managers' flows together are the server's */
	for (i = 0; i < FIX_TMS; i++) {
		flows += atomic_read(&fix->tm[i].count.flows);
		established += atomic_read(&fix->tm[i].count.established);
	}
	fix_vs_counts(test, &fix->vs, flows, established, 0);
	for (i = 0; i < KEYS; i++) {
		struct ksteer_flow *flow = fix_find(fix, race_look(i));

		if (flow)
			fix_remove(fix, flow);
	}
	KUNIT_EXPECT_EQ(test, ksteer_store_count_open(&fix->kn), 0);
	doubted = atomic_read(&fix->kn.store.doubted);
	for_each_possible_cpu(cpu)
		doubted += *per_cpu_ptr(fix->kn.store.doubted_here, cpu);
	KUNIT_EXPECT_EQ(test, doubted, 0);
	for (i = 0; i < FIX_TMS; i++)
		fix_counts(test, &fix->tm[i], 0, 0, 0);
	fix_vs_counts(test, &fix->vs, 0, 0, 0);
}

static struct kunit_case race_cases[] = {
	KUNIT_CASE(store_race),
	{},
};

static struct kunit_suite store_race_suite = {
	.name = "ksteer_store_race",
	.init = fix_init,
	.exit = fix_exit,
	.test_cases = race_cases,
};

kunit_test_suite(store_race_suite);

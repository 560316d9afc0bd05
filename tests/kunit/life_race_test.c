// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtual server or a traffic manager goes while packets are on their way: those
 * that have found it before are waited for, and those that meet what these have
 * stored leave nothing behind that leads there.
 */
#include <linux/kthread.h>

#include "control/removal.h"
#include "control/tm.h"
#include "control/vs.h"
#include "fixture.h"
#include "object/index.h"
#include "object/pool.h"
#include "packet/decide.h"
#include "packet/memorize.h"
#include "store/changelog.h"
#include "store/gc.h"
#include "store/store.h"
#include "window.h"

#define SOURCE 7
#define STAYS 0
#define GOES 1

/**
 * struct life - what the cases find beside the fixture
 * @fix: the fixture; its server and managers take no part
 * @vs: two servers, with templates full and src; of which one may go
 * @tm: two traffic managers, likewise
 * @pool: both servers', with both managers at first
 * @skb: a packet
 * @dest: destination that may go
 * @task: a packet on its way, on another processor
 * @found: it has found @dest
 * @go: it may go on
 * @done: it is through
 * @to: where it was sent
 * @up: what it found there
 * @meets: it has met a flow that another packet has stored
 * @more: it has stored something after that
 * @early: it was not through when the flows of what goes were looked for
 * @matched: the server that goes was still to be found when packets were waited for
 */
struct life {
	struct fixture *fix;
	struct ksteer_vs *vs[2];
	struct ksteer_tm *tm[2];
	struct ksteer_pool *pool;
	struct sk_buff *skb;
	struct ksteer_dest dest;
	struct task_struct *task;
	bool found;
	bool go;
	bool done;
	struct ksteer_dest to;
	bool up;
	bool meets;
	bool more;
	bool early;
	bool matched;
};

struct life_case {
	const char *name;
	bool server; /* it is the server that goes, else the manager */
};

static const struct life_case life_cases[] = {
	{ "a server", true },
	{ "a traffic manager", false },
};

KUNIT_ARRAY_PARAM_DESC(life, life_cases, name);

static struct ksteer_tm *life_tm(struct kunit *test, const char *name)
{
	struct ksteer_tm_settings set = { .weight = 1 };
	struct fixture *fix = test->priv;
	struct ksteer_tm *tm;

	strscpy(set.name, name, sizeof(set.name));
	set.state = KSTEER_TM_STATE_UP;
	mutex_lock(&fix->kn.config);
	tm = ksteer_tm_create(&fix->kn, &set);
	mutex_unlock(&fix->kn.config);
	KUNIT_ASSERT_FALSE(test, IS_ERR(tm));
	/* As if there were a way */
	tm->way[KSTEER_SIDE_OPEN].leads[KSTEER_V4] = true;
	tm->usable = BIT(KSTEER_V4);
	return tm;
}

static struct ksteer_vs *life_vs(struct kunit *test, struct life *life,
				 const char *name, u16 port)
{
	struct fixture *fix = test->priv;
	struct ksteer_vs_settings set;
	struct ksteer_vs *vs;

	ksteer_vs_defaults(&set);
	strscpy(set.name, name, sizeof(set.name));
	set.match.proto = IPPROTO_UDP;
	set.match.port_min = port;
	set.match.port_max = port;
	set.pool = life->pool;
	set.template[0] = KSTEER_FIELDS_FULL;
	set.template[1] = KSTEER_FIELD_SRC;
	set.templates = 2;
	mutex_lock(&fix->kn.config);
	vs = ksteer_vs_create(&fix->kn, &set);
	mutex_unlock(&fix->kn.config);
	KUNIT_ASSERT_FALSE(test, IS_ERR(vs));
	return vs;
}

/* A namespace with objects as they are made for an operator, and without hooks */
static struct life *life_make(struct kunit *test)
{
	struct fix_packet p = { .proto = IPPROTO_UDP, .src = SOURCE };
	struct ksteer_pool_settings set = { .sched = KSTEER_SCHED_RR };
	struct fixture *fix = test->priv;
	struct life *life;

	/* One is held while the other goes on */
	KUNIT_ASSERT_GE(test, num_online_cpus(), 2);
	life = kunit_kzalloc(test, sizeof(*life), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, life);
	life->fix = fix;
	INIT_LIST_HEAD(&fix->kn.tms);
	INIT_LIST_HEAD(&fix->kn.pools);
	INIT_LIST_HEAD(&fix->kn.servers);
	ida_init(&fix->kn.tm_indices);
	ida_init(&fix->kn.pool_indices);
	ida_init(&fix->kn.vs_indices);
	ksteer_removal_init(&fix->kn);
	fix->kn.hooked = true;
	fix->kn.closing = true;
	life->tm[STAYS] = life_tm(test, "stays");
	life->tm[GOES] = life_tm(test, "goes");
	set.member = life->tm;
	set.members = 2;
	mutex_lock(&fix->kn.config);
	life->pool = ksteer_pool_create(&fix->kn, &set);
	mutex_unlock(&fix->kn.config);
	KUNIT_ASSERT_FALSE(test, IS_ERR(life->pool));
	life->vs[STAYS] = life_vs(test, life, "stays", 53);
	life->vs[GOES] = life_vs(test, life, "goes", 54);
	life->skb = fix_skb(test, &p);
	return life;
}

static struct ksteer_dest life_dest(const struct life *life, u32 vs, u32 tm)
{
	return (struct ksteer_dest){ .tm = life->tm[tm], .vs = life->vs[vs] };
}

static void life_free(struct kunit *test, struct life *life)
{
	struct fixture *fix = test->priv;

	kfree_skb(life->skb);
	/* As the namespace does, see ksteer_net_remove() */
	ksteer_gc_stop(&fix->kn);
	ksteer_store_destroy(&fix->kn);
	mutex_lock(&fix->kn.config);
	ksteer_removal_finish(&fix->kn);
	ksteer_vs_remove_all(&fix->kn);
	ksteer_pool_remove_all(&fix->kn);
	ksteer_tm_remove_all(&fix->kn);
	mutex_unlock(&fix->kn.config);
	ksteer_index_destroy(&fix->kn);
	ksteer_match_destroy(&fix->kn);
	rcu_barrier();
	/* For fix_exit() */
	ksteer_gc_init(&fix->kn);
	KUNIT_ASSERT_EQ(test, ksteer_store_create(&fix->kn), 0);
}

/* The manager that goes is in no pool any more when it does */
static void life_leave_pool(struct kunit *test, struct life *life)
{
	struct ksteer_pool_settings set = { .sched = KSTEER_SCHED_RR };
	int err;

	set.member = &life->tm[STAYS];
	set.members = 1;
	mutex_lock(&life->fix->kn.config);
	err = ksteer_pool_change(life->pool, &set);
	mutex_unlock(&life->fix->kn.config);
	KUNIT_ASSERT_EQ(test, err, 0);
}

static void life_remove(struct kunit *test, struct life *life)
{
	const struct life_case *c = test->param_value;
	int err = 0;

	mutex_lock(&life->fix->kn.config);
	/* Or the worker would leave the flows to the namespace's end */
	life->fix->kn.closing = false;
	if (c->server)
		err = ksteer_vs_remove(life->vs[GOES]);
	else
		ksteer_tm_remove(life->tm[GOES]);
	mutex_unlock(&life->fix->kn.config);
	KUNIT_EXPECT_EQ(test, err, 0);
	flush_work(&life->fix->kn.removed.work);
	life->fix->kn.closing = true;
}

static struct ksteer_lookup life_look(struct ksteer_tuple *t)
{
	struct ksteer_lookup look;

	*t = fix_tuple(KSTEER_V4, SOURCE, 1000, 9, 54, IPPROTO_UDP);
	ksteer_key_full(&look, t);
	return look;
}

/* A packet is given to a destination: that is remembered.  RCU read side */
static struct ksteer_dest life_add(struct life *life, struct ksteer_dest dest)
{
	struct ksteer_packet pkt = { .kn = &life->fix->kn, .skb = life->skb };
	struct ksteer_decision d = {
		.vs = dest.vs,
		.dest = dest,
		.by = KSTEER_DECIDED_BY_SCHEDULER,
	};
	struct ksteer_tuple t;

	pkt.look = life_look(&t);
	pkt.look.hash = 0;
	local_bh_disable();
	ksteer_remember(&pkt, &t, &d, KSTEER_DIR_OPEN);
	local_bh_enable();
	return d.dest;
}

/* And it is counted and sent there, as the hook does */
static void life_send(struct life *life, struct ksteer_dest dest)
{
	this_cpu_inc(dest.vs->traffic->packets[KSTEER_DIR_OPEN]);
	this_cpu_inc(dest.tm->traffic->packets[KSTEER_DIR_OPEN]);
	life->up = READ_ONCE(dest.tm->way[KSTEER_SIDE_OPEN].leads[KSTEER_V4]) &&
		   dest.vs->kn == &life->fix->kn;
	life->to = dest;
}

static void life_wait(const bool *what)
{
	while (!window_told(what))
		cond_resched();
}

/* A packet that has found what goes, and then takes its time */
static int life_old_reader(void *arg)
{
	struct life *life = arg;

	rcu_read_lock();
	window_tell(&life->found);
	while (!window_told(&life->go))
		cpu_relax();
	life_send(life, life_add(life, life->dest));
	rcu_read_unlock();
	window_tell(&life->done);
	return 0;
}

/* Whoever removes it has begun to wait for packets */
static void life_waits(void *arg, void *what)
{
	struct ksteer_vs_table *table;
	struct life *life = arg;
	struct ksteer_tuple t;

	life_look(&t);
	rcu_read_lock();
	table = rcu_dereference(life->fix->kn.vs_table);
	life->matched = ksteer_match_rcu(table, &t, NULL, false) ==
			life->vs[GOES];
	rcu_read_unlock();
	window_tell(&life->go);
}

/* It has begun to look for the flows of what goes */
static void life_forgets(void *arg, void *what)
{
	struct life *life = arg;

	life->early = !window_told(&life->done);
}

/* Whatever is stored leads to what stays */
static bool life_look_at(struct ksteer_net *kn, struct ksteer_flow *flow,
			 void *arg)
{
	struct life *life = arg;

	life->early |= flow->dest !=
		       ksteer_dest_pack(life_dest(life, STAYS, STAYS));
	return false;
}

/* A packet has found it before, and stores a flow before its flows are removed */
static void life_old(struct kunit *test)
{
	const struct life_case *c = test->param_value;
	struct life *life = life_make(test);
	struct ksteer_tuple t;

	life->dest = life_dest(life, c->server ? GOES : STAYS,
			       c->server ? STAYS : GOES);
	life->task = kthread_run(life_old_reader, life, "ksteer_packet");
	KUNIT_ASSERT_FALSE(test, IS_ERR(life->task));
	life_wait(&life->found);
	if (!c->server)
		life_leave_pool(test, life);
	window_open(WINDOW_GRACE, NULL, life_waits, life);
	window_open(WINDOW_FORGET, NULL, life_forgets, life);
	life_remove(test, life);
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_GRACE));
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_FORGET));
	/* If nobody has waited for it */
	window_tell(&life->go);
	life_wait(&life->done);
	KUNIT_EXPECT_FALSE(test, life->early);
	if (c->server)
		KUNIT_EXPECT_FALSE(test, life->matched);
	KUNIT_EXPECT_TRUE(test, ksteer_dest_same(life->to, life->dest));
	/* It was stored, and is gone */
	KUNIT_EXPECT_EQ(test, fix_count(life->fix, KSTEER_COUNT_STORED), 2);
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&life->fix->kn.store), 0);
	KUNIT_EXPECT_NULL(test, fix_find(life->fix, life_look(&t)));
	life_free(test, life);
}

/* It knows where it goes, and takes its time */
static void life_holds(void *arg, void *flow)
{
	struct life *life = arg;

	window_tell(&life->found);
	while (!window_told(&life->go))
		cpu_relax();
}

/* It finds that its flow is stored; if it stores something after that, it is held */
static void life_finds(void *arg, void *flow)
{
	struct life *life = arg;

	life->meets = true;
	window_open(WINDOW_INSERT, NULL, life_holds, life);
}

/* A packet that comes when all are through that might find what goes */
static int life_new_reader(void *arg)
{
	struct ksteer_dest to;
	struct life *life = arg;

	rcu_read_lock();
	to = life_add(life, life_dest(life, STAYS, STAYS));
	life->more = window_close(WINDOW_INSERT);
	if (life->meets && !life->more)
		life_holds(life, NULL);
	life_send(life, to);
	rcu_read_unlock();
	window_tell(&life->done);
	return 0;
}

/* Somebody waits for packets once more, for that one, too: then let it go on */
static void life_waits_late(void *arg, void *what)
{
	struct life *life = arg;

	window_tell(&life->go);
}

/*
 * The flows of what goes are about to be looked for, and the last packet that had
 * found it has stored one.  Let another packet meet that first.
 */
static void life_meets(void *arg, void *what)
{
	struct life *life = arg;
	struct ksteer_lookup look;
	struct ksteer_tuple t;
	struct ksteer_flow *flow;

	look = life_look(&t);
	flow = ksteer_flow_alloc(&look, life->dest,
				 KSTEER_FLOW_STATE_ESTABLISHED, GFP_KERNEL);
	if (!flow)
		return;
	local_bh_disable();
	rcu_read_lock();
	ksteer_store_insert_rcu(&life->fix->kn, flow, life->dest);
	rcu_read_unlock();
	local_bh_enable();
	window_open(WINDOW_GRACE, NULL, life_waits_late, life);
	window_open(WINDOW_INSERTED, flow, life_finds, life);
	life->task = kthread_run(life_new_reader, life, "ksteer_packet");
	if (IS_ERR(life->task))
		return;
	/* It passes if it does not meet it */
	while (!window_told(&life->found) && !window_told(&life->done))
		cond_resched();
}

/*
 * What it meets makes way: the packet goes where it was to go, and what goes is
 * there for as long as the packet is on its way.
 */
static void life_orphan(struct kunit *test)
{
	const struct life_case *c = test->param_value;
	struct life *life = life_make(test);

	life->dest = life_dest(life, c->server ? GOES : STAYS,
			       c->server ? STAYS : GOES);
	if (!c->server)
		life_leave_pool(test, life);
	window_open(WINDOW_FORGET, NULL, life_meets, life);
	life_remove(test, life);
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_FORGET));
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_INSERTED));
	/* Who frees it has waited for the packet that might have its number */
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_GRACE));
	window_tell(&life->go);
	life_wait(&life->done);
	KUNIT_EXPECT_TRUE(test, life->more);
	KUNIT_EXPECT_TRUE(test,
			  ksteer_dest_same(life->to,
					   life_dest(life, STAYS, STAYS)));
	rcu_barrier();
	ksteer_store_walk(&life->fix->kn, life_look_at, life);
	KUNIT_EXPECT_FALSE(test, life->early);
	/* The flow, and by the template, which is the server's own */
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&life->fix->kn.store), 2);
	life_free(test, life);
}

static struct kunit_case life_race_cases[] = {
	KUNIT_CASE_PARAM(life_old, life_gen_params),
	KUNIT_CASE_PARAM(life_orphan, life_gen_params),
	{},
};

static struct kunit_suite life_suite = {
	.name = "ksteer_life_race",
	.init = fix_init,
	.exit = fix_exit,
	.test_cases = life_race_cases,
};

kunit_test_suite(life_suite);

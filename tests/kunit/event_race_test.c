// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of flows that several processors change at once: what becomes of one flow
 * stands in the log in the order in which it happened, its end last; and whoever
 * follows the log has the store.
 */
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/prandom.h>

#include "fixture.h"
#include "store/changelog.h"
#include "store/flow_lock.h"
#include "store/store.h"
#include "window.h"

#define PLACES 16384
#define NEW KSTEER_EVENT_NEW
#define ESTABLISHED KSTEER_EVENT_ESTABLISHED
#define MOVE KSTEER_EVENT_MOVE
#define DELETE KSTEER_EVENT_DELETE

static void event_no_drain(struct work_struct *work)
{
}

static int event_init(struct kunit *test)
{
	struct fixture *fix;
	int err = fix_init(test);

	if (err)
		return err;
	fix = test->priv;
	fix->vs.events = KSTEER_EVENT_MASK_NEW | KSTEER_EVENT_MASK_ESTABLISHED |
			 KSTEER_EVENT_MASK_MOVE | KSTEER_EVENT_MASK_DELETE;
	window_listen(true);
	mutex_lock(&fix->kn.config);
	err = ksteer_changelog_create(&fix->kn, PLACES, event_no_drain);
	mutex_unlock(&fix->kn.config);
	return err;
}

static void event_exit(struct kunit *test)
{
	struct fixture *fix = test->priv;

	window_listen(false);
	fix->vs.events = 0;
	ksteer_changelog_destroy(&fix->kn);
	fix_exit(test);
}

/* The first unread change, which is read by this.  Return: false without one */
static bool event_read(struct fixture *fix, struct ksteer_change *change)
{
	struct ksteer_changelog *log = fix->kn.changes;
	bool any;

	mutex_lock(&log->reader);
	any = ksteer_changelog_unread(log);
	if (any) {
		*change = *ksteer_changelog_peek(log, 0);
		ksteer_changelog_consume(log, 1);
	}
	mutex_unlock(&log->reader);
	return any;
}

/* The next event is this, of the flow that was NEW last */
static void event_expect(struct kunit *test, enum ksteer_event event, u32 dest)
{
	static u32 serial;

	struct fixture *fix = test->priv;
	struct ksteer_change change = {};

	KUNIT_ASSERT_TRUE(test, event_read(fix, &change));
	KUNIT_EXPECT_EQ(test, change.event, event);
	if (event == NEW)
		serial = change.flow.serial;
	KUNIT_EXPECT_EQ(test, change.flow.serial, serial);
	KUNIT_EXPECT_EQ(test, change.flow.dest,
			ksteer_dest_pack(fix->dest[dest]));
}

static void event_expect_no_more(struct kunit *test)
{
	struct fixture *fix = test->priv;

	KUNIT_EXPECT_EQ(test, ksteer_changelog_unread(fix->kn.changes), 0);
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_EVENT_LOST), 0);
}

/**
 * struct event_remover - another processor that removes a flow
 * @fix: the fixture
 * @flow: the flow, as soon as it may begin
 * @counted: entries that the server had when something became of the flow
 * @waits: it has taken the flow out of the table, and asks for the flow's lock
 * @done: it has come to its end
 */
struct event_remover {
	struct fixture *fix;
	struct ksteer_flow *flow;
	u32 counted;
	bool waits;
	bool done;
};

static int event_remove(void *arg)
{
	struct event_remover *r = arg;
	struct ksteer_flow *flow;

	do {
		cond_resched();
		/* Pairs with smp_store_release() of event_hold() */
		flow = smp_load_acquire(&r->flow);
	} while (!flow);
	fix_remove(r->fix, flow);
	window_tell(&r->done);
	return 0;
}

static void event_waits(void *arg, void *lock)
{
	struct event_remover *r = arg;

	window_tell(&r->waits);
}

static u32 event_entries(const struct fixture *fix)
{
	struct ksteer_sum sum;

	ksteer_vs_sum(&fix->vs, &sum);
	return ksteer_sum_entries(&sum);
}

/*
 * Something became of the flow, and that is about to be noted: let the other
 * remove it now, until it waits for whoever is held here.  If nothing makes it wait
 * it comes to its end.
 */
static void event_hold(void *arg, void *flow)
{
	struct event_remover *r = arg;
	spinlock_t *lock = ksteer_flow_spinlock(&r->fix->kn, flow);
	bool locked = !spin_trylock_bh(lock);

	if (!locked)
		spin_unlock_bh(lock);
	r->counted = event_entries(r->fix);
	window_open(WINDOW_LOCK, lock, event_waits, r);
	/* Pairs with smp_load_acquire() of event_remove() */
	smp_store_release(&r->flow, flow);
	while (!window_told(&r->done) && !(locked && window_told(&r->waits)))
		cpu_relax();
}

static void event_ends(struct event_remover *r)
{
	while (!window_told(&r->done))
		cond_resched();
}

struct order_case {
	const char *name;
	enum ksteer_event event;
	u32 dest; /* at its end */
};

static const struct order_case order_cases[] = {
	{ "new", NEW, 0 },
	{ "established", ESTABLISHED, 0 },
	{ "moved", MOVE, 1 },
};

KUNIT_ARRAY_PARAM_DESC(order, order_cases, name);

static const struct order_case late_cases[] = {
	{ "established", ESTABLISHED, 0 },
	{ "moved", MOVE, 1 },
};

KUNIT_ARRAY_PARAM_DESC(late, late_cases, name);

static void event_happens(struct fixture *fix, struct ksteer_flow *flow,
			  enum ksteer_event event)
{
	if (event == ESTABLISHED) {
		fix_opened(fix, flow);
		return;
	}
	rcu_read_lock();
	ksteer_flow_move(&fix->kn, flow, fix->dest[0], fix->dest[1]);
	rcu_read_unlock();
}

/* It is removed after something became of it and before that is noted */
static void event_before_end(struct kunit *test)
{
	const struct order_case *c = test->param_value;
	struct fixture *fix = test->priv;
	struct event_remover r = { .fix = fix };
	struct ksteer_lookup look = fix_look(KSTEER_V4, 1, 1000, 2, 80, 0);
	struct ksteer_flow *flow = NULL;
	struct task_struct *task;

	/* One is held while the other goes on */
	KUNIT_ASSERT_GE(test, num_online_cpus(), 2);
	task = kthread_run(event_remove, &r, "ksteer_remover");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	if (c->event != NEW)
		flow = fix_store(fix, &look, 0, KSTEER_FLOW_STATE_OPEN);
	window_open(WINDOW_EVENT, flow, event_hold, &r);
	if (c->event == NEW)
		fix_store(fix, &look, 0, KSTEER_FLOW_STATE_OPEN);
	else
		event_happens(fix, flow, c->event);
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_EVENT));
	event_ends(&r);
	/* Who sees it may remove it, so it must count by then */
	KUNIT_EXPECT_EQ(test, r.counted, 1);
	event_expect(test, NEW, 0);
	if (c->event != NEW)
		event_expect(test, c->event, c->dest);
	event_expect(test, DELETE, c->dest);
	event_expect_no_more(test);
	KUNIT_EXPECT_EQ(test, ksteer_store_count(&fix->kn.store), 0);
	fix_vs_counts(test, &fix->vs, 0, 0, 0);
}

static void event_remove_here(void *arg, void *flow)
{
	struct event_remover *r = arg;

	fix_remove(r->fix, r->flow);
}

/*
 * It is removed by another processor while whoever wants to establish or move it
 * waits for its lock: nothing becomes of it any more, and nothing is noted.
 */
static void event_after_end(struct kunit *test)
{
	const struct order_case *c = test->param_value;
	struct fixture *fix = test->priv;
	struct ksteer_lookup look = fix_look(KSTEER_V6, 1, 1000, 2, 80, 0);
	struct event_remover r = { .fix = fix };

	r.flow = fix_store(fix, &look, 0, KSTEER_FLOW_STATE_OPEN);
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(r.flow));
	window_open(WINDOW_LOCK, ksteer_flow_spinlock(&fix->kn, r.flow),
		    event_remove_here, &r);
	event_happens(fix, r.flow, c->event);
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_LOCK));
	event_expect(test, NEW, 0);
	event_expect(test, DELETE, 0);
	event_expect_no_more(test);
	fix_counts(test, &fix->tm[0], 0, 0, 0);
	fix_counts(test, &fix->tm[1], 0, 0, 0);
	fix_vs_counts(test, &fix->vs, 0, 0, 0);
}

static void event_move_here(void *arg, void *flow)
{
	struct event_remover *r = arg;

	event_happens(r->fix, r->flow, MOVE);
}

static const struct order_case where_cases[] = {
	{ "established", ESTABLISHED, 1 },
	{ "removed", DELETE, 1 },
};

KUNIT_ARRAY_PARAM_DESC(where, where_cases, name);

/*
 * It moves while whoever wants to establish or remove it waits for its lock: what is
 * noted, and counted, is where it is now.
 */
static void event_where(struct kunit *test)
{
	const struct order_case *c = test->param_value;
	struct fixture *fix = test->priv;
	struct ksteer_lookup look = fix_look(KSTEER_V6, 1, 1000, 2, 80, 0);
	struct event_remover r = { .fix = fix };
	bool live = c->event != DELETE;

	r.flow = fix_store(fix, &look, 0, KSTEER_FLOW_STATE_OPEN);
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(r.flow));
	window_open(WINDOW_LOCK, ksteer_flow_spinlock(&fix->kn, r.flow),
		    event_move_here, &r);
	if (live)
		fix_opened(fix, r.flow);
	else
		fix_remove(fix, r.flow);
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_LOCK));
	event_expect(test, NEW, 0);
	event_expect(test, MOVE, 1);
	event_expect(test, c->event, c->dest);
	event_expect_no_more(test);
	fix_counts(test, &fix->tm[0], 0, 0, 0);
	fix_counts(test, &fix->tm[1], live, live, 0);
}

#define THREADS 4
#define KEYS 8
#define STEPS 10000

/**
 * struct event_mob - threads that change the same few flows
 * @fix: the fixture
 * @running: threads that have not ended
 * @next: number of the next thread
 */
struct event_mob {
	struct fixture *fix;
	atomic_t running;
	atomic_t next;
};

static struct ksteer_lookup mob_look(u32 n)
{
	return fix_look(n & 1, 1000 + n, 40000, 1, 80, 0);
}

static void mob_step(struct fixture *fix, u32 n)
{
	struct ksteer_lookup look = mob_look(n % KEYS);
	struct ksteer_dest from;
	struct ksteer_flow *flow;

	rcu_read_lock();
	flow = ksteer_store_lookup_rcu(&fix->kn, &look);
	from = flow ? ksteer_flow_dest_rcu(&fix->kn, flow) : KSTEER_DEST_NONE;
	if (from.vs && n / KEYS % 4 == 0)
		ksteer_store_remove(&fix->kn, flow);
	else if (from.vs && n / KEYS % 4 == 1)
		fix_opened(fix, flow);
	else if (from.vs)
		ksteer_flow_move(&fix->kn, flow, from,
				 fix->dest[n / 64 % FIX_TMS]);
	rcu_read_unlock();
	if (!flow)
		fix_store(fix, &look, n / 64 % FIX_TMS, KSTEER_FLOW_STATE_OPEN);
}

static int mob_run(void *arg)
{
	struct event_mob *mob = arg;
	struct rnd_state rnd;
	u32 i;

	prandom_seed_state(&rnd, 20240301 + atomic_inc_return(&mob->next));
	for (i = 0; i < STEPS; i++) {
		mob_step(mob->fix, prandom_u32_state(&rnd));
		/* The expiry reads a log that is half full, and nothing is lost */
		while (ksteer_changelog_unread(mob->fix->kn.changes) >
		       PLACES / 4)
			schedule_timeout_uninterruptible(1);
		cond_resched();
	}
	atomic_dec(&mob->running);
	return 0;
}

/* What the follower of a log knows, by serial: where each flow goes */
struct event_mirror {
	u64 *dest;
	u32 most;
	u32 bad;
	u32 seen[MOVE + 1];
};

/* It was there, and is no more */
#define MIRROR_GONE U64_MAX

static bool mirror_has(u64 dest)
{
	return dest && dest != MIRROR_GONE;
}

static void mirror_follow(struct event_mirror *mirror,
			  const struct ksteer_change *change)
{
	u32 serial = change->flow.serial, event = change->event;
	u64 *dest = &mirror->dest[serial % mirror->most];

	if (event > MOVE || serial >= mirror->most) {
		mirror->bad++;
		return;
	}
	mirror->seen[event]++;
	/* The first thing of each is its beginning, the last its end */
	if (event == NEW ? !!*dest : !mirror_has(*dest))
		mirror->bad++;
	if (event == DELETE)
		*dest = MIRROR_GONE;
	else
		*dest = change->flow.dest;
}

/* Each flow that is stored, and no other, with its destination */
static void mirror_compare(struct kunit *test,
			   const struct event_mirror *mirror)
{
	struct fixture *fix = test->priv;
	u32 i, live = 0, stored = 0;

	for (i = 0; i < mirror->most; i++)
		live += mirror_has(mirror->dest[i]);
	for (i = 0; i < KEYS; i++) {
		struct ksteer_flow *flow = fix_find(fix, mob_look(i));

		if (!flow)
			continue;
		stored++;
		KUNIT_EXPECT_EQ(test, flow->dest, mirror->dest[flow->serial]);
	}
	KUNIT_EXPECT_EQ(test, live, stored);
	KUNIT_EXPECT_EQ(test, stored, ksteer_store_count(&fix->kn.store));
}

/* Whoever follows the log has the store, by the serials alone */
static void event_mirror(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct event_mob mob = { .fix = fix };
	/* Each processor gives numbers of its own */
	struct event_mirror mirror = {
		.most = (THREADS * STEPS + 2) * roundup_pow_of_two(nr_cpu_ids),
	};
	struct ksteer_change change;
	u32 i;

	mirror.dest = kvcalloc(mirror.most, sizeof(*mirror.dest), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, mirror.dest);
	for (i = 0; i < THREADS; i++) {
		atomic_inc(&mob.running);
		if (IS_ERR(kthread_run(mob_run, &mob, "ksteer_mob/%u", i)))
			atomic_dec(&mob.running);
	}
	while (event_read(fix, &change) || atomic_read(&mob.running))
		if (change.position) {
			mirror_follow(&mirror, &change);
			change.position = 0;
		} else {
			schedule_timeout_uninterruptible(1);
		}
	while (event_read(fix, &change))
		mirror_follow(&mirror, &change);
	KUNIT_EXPECT_EQ(test, mirror.bad, 0);
	/* It must have come to all of this, or it has shown nothing */
	KUNIT_EXPECT_GT(test, mirror.seen[NEW], STEPS / 16);
	KUNIT_EXPECT_GT(test, mirror.seen[ESTABLISHED], STEPS / 16);
	KUNIT_EXPECT_GT(test, mirror.seen[MOVE], STEPS / 16);
	KUNIT_EXPECT_GT(test, mirror.seen[DELETE], STEPS / 16);
	mirror_compare(test, &mirror);
	event_expect_no_more(test);
	kvfree(mirror.dest);
}

static struct kunit_case event_cases[] = {
	KUNIT_CASE_PARAM(event_before_end, order_gen_params),
	KUNIT_CASE_PARAM(event_after_end, late_gen_params),
	KUNIT_CASE_PARAM(event_where, where_gen_params),
	KUNIT_CASE(event_mirror),
	{},
};

static struct kunit_suite event_suite = {
	.name = "ksteer_event_race",
	.init = event_init,
	.exit = event_exit,
	.test_cases = event_cases,
};

kunit_test_suite(event_suite);

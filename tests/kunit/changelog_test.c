// SPDX-License-Identifier: GPL-2.0-only
/* changelog: order, positions, wrap, loss, the worker; two writers at once. */
#include <linux/completion.h>
#include <linux/kthread.h>

#include "fixture.h"
#include "store/changelog.h"

#define PLACES 16
#define NEW KSTEER_EVENT_NEW
#define MOVE KSTEER_EVENT_MOVE
#define DELETE KSTEER_EVENT_DELETE
#define LOST KSTEER_EVENT_LOST

static void log_no_drain(struct work_struct *work)
{
}

static struct ksteer_changelog *log_create(struct kunit *test, u32 places,
					   work_func_t drain)
{
	struct fixture *fix = test->priv;
	int err;

	mutex_lock(&fix->kn.config);
	err = ksteer_changelog_create(&fix->kn, places, drain);
	mutex_unlock(&fix->kn.config);
	KUNIT_ASSERT_EQ(test, err, 0);
	return fix->kn.changes;
}

static void log_exit(struct kunit *test)
{
	struct fixture *fix = test->priv;

	ksteer_changelog_destroy(&fix->kn);
	fix_exit(test);
}

static struct ksteer_flow *log_flow(struct kunit *test, u32 n)
{
	struct fixture *fix = test->priv;
	struct ksteer_lookup look = fix_look(n % 2, 1000 + n, 40000, 1, 80, 0);
	struct ksteer_flow *flow;

	flow = fix_store(fix, &look, n % FIX_TMS, KSTEER_FLOW_STATE_OPEN);
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(flow));
	return flow;
}

static void log_append(struct kunit *test, const struct ksteer_flow *flow,
		       u32 dest, enum ksteer_event event)
{
	struct fixture *fix = test->priv;

	local_bh_disable();
	ksteer_changelog_append(fix->kn.changes, flow, fix->dest[dest], event);
	local_bh_enable();
}

/* The first unread change, which is read by this */
static struct ksteer_change log_read(struct ksteer_changelog *log)
{
	struct ksteer_change change;

	mutex_lock(&log->reader);
	change = *ksteer_changelog_peek(log, 0);
	ksteer_changelog_consume(log, 1);
	mutex_unlock(&log->reader);
	return change;
}

static void log_expect(struct kunit *test, struct ksteer_changelog *log,
		       const struct ksteer_flow *flow, u32 dest,
		       enum ksteer_event event, u64 position)
{
	struct fixture *fix = test->priv;
	struct ksteer_change change = log_read(log);

	KUNIT_EXPECT_EQ(test, change.event, event);
	KUNIT_EXPECT_EQ(test, change.position, position);
	KUNIT_EXPECT_EQ(test, change.flow.serial, flow->serial);
	KUNIT_EXPECT_MEMEQ(test, &change.flow.key, &flow->key,
			   sizeof(flow->key));
	KUNIT_EXPECT_EQ(test, change.flow.dest,
			ksteer_dest_pack(fix->dest[dest]));
}

/* As they came, with what the flow was then, not what it has become */
static void log_order(struct kunit *test)
{
	struct ksteer_changelog *log = log_create(test, PLACES, log_no_drain);
	struct ksteer_flow *a = log_flow(test, 0), *b = log_flow(test, 1);
	struct fixture *fix = test->priv;
	struct ksteer_change change;

	KUNIT_EXPECT_EQ(test, ksteer_changelog_position(&fix->kn), 0);
	log_append(test, a, 0, NEW);
	a->bytes[KSTEER_DIR_REPLY] = 77;
	log_append(test, b, 1, NEW);
	log_append(test, a, 2, MOVE);
	a->bytes[KSTEER_DIR_REPLY] = 99;
	log_append(test, a, 2, DELETE);
	KUNIT_EXPECT_EQ(test, ksteer_changelog_position(&fix->kn), 4);
	KUNIT_EXPECT_EQ(test, ksteer_changelog_unread(log), 4);
	log_expect(test, log, a, 0, NEW, 1);
	log_expect(test, log, b, 1, NEW, 2);
	change = log_read(log);
	KUNIT_EXPECT_EQ(test, change.event, MOVE);
	KUNIT_EXPECT_EQ(test, change.flow.bytes[KSTEER_DIR_REPLY], 77);
	log_expect(test, log, a, 2, DELETE, 4);
	KUNIT_EXPECT_EQ(test, ksteer_changelog_unread(log), 0);
	KUNIT_EXPECT_EQ(test, ksteer_changelog_position(&fix->kn), 4);
}

/* Round the ring many times, always some unread */
static void log_wrap(struct kunit *test)
{
	struct ksteer_changelog *log = log_create(test, PLACES, log_no_drain);
	struct ksteer_flow *flow = log_flow(test, 0);
	struct fixture *fix = test->priv;
	u32 i, ahead = PLACES - 1;

	/* The counters of places wrap, positions do not */
	log->head = -5;
	log->tail = -5;
	for (i = 0; i < 20 * PLACES; i++) {
		log_append(test, flow, i % FIX_TMS, MOVE);
		if (i >= ahead)
			log_expect(test, log, flow, (i - ahead) % FIX_TMS, MOVE,
				   i - ahead + 1);
	}
	KUNIT_EXPECT_EQ(test, ksteer_changelog_unread(log), ahead);
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_EVENT_LOST), 0);
}

static void log_expect_lost(struct kunit *test, struct ksteer_changelog *log,
			    u64 lost, u64 position)
{
	struct ksteer_change change = log_read(log);

	KUNIT_EXPECT_EQ(test, change.event, LOST);
	KUNIT_EXPECT_EQ(test, change.position, position);
	KUNIT_EXPECT_EQ(test, change.lost, lost);
}

/* What finds no room is lost, until half is free, and that is told in its place */
static void log_full(struct kunit *test)
{
	struct ksteer_changelog *log = log_create(test, PLACES, log_no_drain);
	struct ksteer_flow *flow = log_flow(test, 0);
	struct fixture *fix = test->priv;
	u32 i;

	for (i = 0; i < PLACES + 3; i++)
		log_append(test, flow, 0, MOVE);
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_EVENT_LOST), 3);
	KUNIT_EXPECT_EQ(test, ksteer_changelog_unread(log), PLACES);
	for (i = 1; i < PLACES / 2; i++)
		log_expect(test, log, flow, 0, MOVE, i);
	log_append(test, flow, 0, MOVE);
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_EVENT_LOST), 4);
	KUNIT_EXPECT_EQ(test, ksteer_changelog_position(&fix->kn), PLACES);
	log_expect(test, log, flow, 0, MOVE, PLACES / 2);
	/* A dump from now on has the lost ones; its position says so */
	KUNIT_EXPECT_EQ(test, ksteer_changelog_position(&fix->kn), PLACES + 1);
	log_append(test, flow, 5, DELETE);
	for (i = PLACES / 2 + 1; i <= PLACES; i++)
		log_expect(test, log, flow, 0, MOVE, i);
	log_expect_lost(test, log, 4, PLACES + 1);
	log_expect(test, log, flow, 5, DELETE, PLACES + 2);
	KUNIT_EXPECT_EQ(test, ksteer_changelog_unread(log), 0);

	/* The next loss counts for itself */
	for (i = 0; i < PLACES + 1; i++)
		log_append(test, flow, 0, MOVE);
	for (i = 1; i <= PLACES; i++)
		log_expect(test, log, flow, 0, MOVE, PLACES + 2 + i);
	log_expect_lost(test, log, 1, 2 * PLACES + 3);
	KUNIT_EXPECT_EQ(test, fix_count(fix, KSTEER_COUNT_EVENT_LOST), 5);
}

static atomic_t log_read_by_work, log_calls;

/* Read what is there, and no more */
static void log_drain(struct work_struct *work)
{
	struct ksteer_changelog *log = container_of(
		to_delayed_work(work), struct ksteer_changelog, drain);
	u32 unread;

	atomic_inc(&log_calls);
	mutex_lock(&log->reader);
	unread = ksteer_changelog_unread(log);
	ksteer_changelog_consume(log, unread);
	atomic_add(unread, &log_read_by_work);
	mutex_unlock(&log->reader);
}

/* Few wake the worker, and it is there before the log is full */
static void log_worker(struct kunit *test)
{
	struct ksteer_changelog *log = log_create(test, 1024, log_drain);
	struct ksteer_flow *flow = log_flow(test, 0);
	unsigned long until;
	u32 i;

	atomic_set(&log_calls, 0);
	atomic_set(&log_read_by_work, 0);
	for (i = 0; i < 100; i++)
		log_append(test, flow, 0, MOVE);
	until = jiffies + 10 * HZ;
	while (atomic_read(&log_read_by_work) < 100 &&
	       time_before(jiffies, until))
		schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_EQ(test, atomic_read(&log_read_by_work), 100);
	KUNIT_EXPECT_LT(test, atomic_read(&log_calls), 50);
	KUNIT_EXPECT_EQ(test, ksteer_changelog_unread(log), 0);
}

/**
 * struct log_writer - one who appends
 * @log: where to
 * @flow: his flow; its reply_link tells how often
 * @dest: any
 * @done: completed at the end
 */
struct log_writer {
	struct ksteer_changelog *log;
	struct ksteer_flow *flow;
	struct ksteer_dest dest;
	struct completion done;
};

#define LOG_TIMES 5000

static int log_write(void *arg)
{
	struct log_writer *writer = arg;
	u32 i;

	for (i = 0; i < LOG_TIMES; i++) {
		local_bh_disable();
		writer->flow->reply_link = i;
		ksteer_changelog_append(writer->log, writer->flow, writer->dest,
					MOVE);
		local_bh_enable();
		cond_resched();
	}
	complete(&writer->done);
	return 0;
}

/* Each writer's changes come in his order, all in one, and none unaccounted */
static void log_many(struct kunit *test)
{
	struct ksteer_changelog *log = log_create(test, 256, log_no_drain);
	struct fixture *fix = test->priv;
	struct log_writer writer[4] = {};
	u64 position = 0, lost = 0, got = 0;
	u32 last[4] = {}, i, bad = 0;
	bool busy = true;

	for (i = 0; i < ARRAY_SIZE(writer); i++) {
		writer[i].log = log;
		writer[i].flow = log_flow(test, i);
		writer[i].dest = fix->dest[i];
		init_completion(&writer[i].done);
	}
	for (i = 0; i < ARRAY_SIZE(writer); i++)
		kthread_run(log_write, &writer[i], "ksteer_log/%u", i);
	while (busy || ksteer_changelog_unread(log)) {
		struct ksteer_change change;

		for (busy = false, i = 0; i < ARRAY_SIZE(writer); i++)
			busy |= !completion_done(&writer[i].done);
		if (!ksteer_changelog_unread(log)) {
			schedule_timeout_uninterruptible(1);
			continue;
		}
		change = log_read(log);
		bad += change.position != ++position;
		if (change.event == LOST) {
			lost += change.lost;
			continue;
		}
		got++;
		for (i = 0; change.flow.serial != writer[i].flow->serial; i++)
			;
		bad += change.flow.reply_link < last[i];
		last[i] = change.flow.reply_link;
	}
	KUNIT_EXPECT_EQ(test, bad, 0);
	/* Who came late may have been counted, and not told yet */
	KUNIT_EXPECT_LE(test, lost, fix_count(fix, KSTEER_COUNT_EVENT_LOST));
	KUNIT_EXPECT_EQ(test, got + fix_count(fix, KSTEER_COUNT_EVENT_LOST),
			ARRAY_SIZE(writer) * LOG_TIMES);
}

static struct kunit_case log_cases[] = {
	KUNIT_CASE(log_order),	KUNIT_CASE(log_wrap), KUNIT_CASE(log_full),
	KUNIT_CASE(log_worker), KUNIT_CASE(log_many), {},
};

static struct kunit_suite log_suite = {
	.name = "ksteer_changelog",
	.init = fix_init,
	.exit = log_exit,
	.test_cases = log_cases,
};

kunit_test_suite(log_suite);

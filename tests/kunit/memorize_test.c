// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is remembered of decisions: connections of one source that several CPUs
 * decide at once, entries that give way, and whose destination is stored.
 */
#include <linux/slab.h>

#include "fixture.h"
#include "object/membership.h"
#include "object/pool.h"
#include "packet/decide.h"
#include "packet/memorize.h"
#include "store/second.h"
#include "store/store.h"
#include "window.h"

#define TMS 3
#define SOURCE 7

/**
 * struct memory - what the cases find beside the fixture
 * @fix: the fixture
 * @pool: pool of the first traffic managers
 * @skb: a packet
 */
struct memory {
	struct fixture *fix;
	struct ksteer_pool *pool;
	struct sk_buff *skb;
};

/* A pool of some, from @first on */
static struct ksteer_pool *memory_pool(struct kunit *test, struct fixture *fix,
				       u32 first)
{
	struct ksteer_pool_settings set = { .sched = KSTEER_SCHED_RR };
	struct ksteer_tm *member[TMS];
	struct ksteer_pool *pool;
	u32 i;

	for (i = 0; i < TMS; i++) {
		member[i] = &fix->tm[first + i];
		ksteer_way_init(&member[i]->way[KSTEER_SIDE_OPEN]);
		ksteer_way_init(&member[i]->way[KSTEER_SIDE_REPLY]);
		member[i]->way[KSTEER_SIDE_OPEN].leads[KSTEER_V4] = true;
		member[i]->usable = BIT(KSTEER_V4);
	}
	set.member = member;
	set.members = TMS;
	mutex_lock(&fix->kn.config);
	pool = ksteer_pool_create(&fix->kn, &set);
	mutex_unlock(&fix->kn.config);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	return pool;
}

static void memory_vs(struct ksteer_pool *pool, struct ksteer_vs *vs)
{
	RCU_INIT_POINTER(vs->pool, pool);
	vs->template[0] = KSTEER_FIELDS_FULL;
	vs->templates = 1;
	vs->persist_prefix[KSTEER_V4] = 32;
}

/* Another server; its entries are not those of the fixture's */
static struct ksteer_vs *memory_other_vs(struct kunit *test,
					 struct fixture *fix)
{
	struct ksteer_vs *vs = kunit_kzalloc(test, sizeof(*vs), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, vs);
	vs->traffic = alloc_percpu(struct ksteer_traffic);
	KUNIT_ASSERT_NOT_NULL(test, vs->traffic);
	kunit_add_action(test, (kunit_action_t *)free_percpu,
			 (void __force *)vs->traffic);
	vs->kn = &fix->kn;
	vs->index = fix->vs.index + 1;
	mutex_lock(&fix->kn.config);
	ksteer_objects_set(&fix->kn, &fix->kn.vs_at, vs->index, vs);
	mutex_unlock(&fix->kn.config);
	return vs;
}

static struct memory *memory_make(struct kunit *test)
{
	struct memory *mem = kunit_kzalloc(test, sizeof(*mem), GFP_KERNEL);
	struct fix_packet p = { .proto = IPPROTO_UDP, .src = SOURCE };
	struct fixture *fix = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, mem);
	INIT_LIST_HEAD(&fix->kn.pools);
	INIT_LIST_HEAD(&fix->kn.servers);
	ida_init(&fix->kn.pool_indices);
	mem->fix = fix;
	mem->pool = memory_pool(test, fix, 0);
	memory_vs(mem->pool, &fix->vs);
	mem->skb = fix_skb(test, &p);
	return mem;
}

static void memory_free(struct memory *mem)
{
	kfree_skb(mem->skb);
	mutex_lock(&mem->fix->kn.config);
	ksteer_pool_remove_all(&mem->fix->kn);
	mutex_unlock(&mem->fix->kn.config);
	rcu_barrier();
}

/*
 * A datagram of the source was given to a destination, and that is remembered.
 * Return: where it goes.
 */
static struct ksteer_dest memory_add(struct memory *mem, u16 sport,
				     struct ksteer_dest dest)
{
	struct ksteer_tuple t =
		fix_tuple(KSTEER_V4, SOURCE, sport, 9, 53, IPPROTO_UDP);
	struct ksteer_decision d = {
		.vs = dest.vs,
		.dest = dest,
		.by = KSTEER_DECIDED_BY_SCHEDULER,
	};
	struct ksteer_packet pkt = { .kn = &mem->fix->kn, .skb = mem->skb };

	ksteer_key_full(&pkt.look, &t);
	local_bh_disable();
	rcu_read_lock();
	ksteer_remember(&pkt, &t, &d, KSTEER_DIR_OPEN);
	rcu_read_unlock();
	local_bh_enable();
	return d.dest;
}

static struct ksteer_flow *memory_second(struct memory *mem, bool persist)
{
	struct ksteer_tuple t =
		fix_tuple(KSTEER_V4, SOURCE, 1, 9, 53, IPPROTO_UDP);
	struct ksteer_lookup look;

	if (persist)
		ksteer_key_persist(&look, &t, mem->fix->vs.id, 32, false);
	else
		ksteer_key_partial(&look, &t, KSTEER_FIELD_SRC,
				   mem->pool->index, false);
	return fix_find(mem->fix, look);
}

struct second_case {
	const char *name;
	bool persist;
};

static const struct second_case second_cases[] = {
	{ "persistence", true },
	{ "a template", false },
};

KUNIT_ARRAY_PARAM_DESC(second, second_cases, name);

static struct memory *second_make(struct kunit *test)
{
	const struct second_case *c = test->param_value;
	struct memory *mem = memory_make(test);
	struct ksteer_vs *vs = &mem->fix->vs;

	if (!c->persist) {
		vs->persist = 0;
		vs->template[1] = KSTEER_FIELD_SRC;
		vs->templates = 2;
	}
	return mem;
}

/* Six connections of one browser, each selected before any is stored */
static void memorize_at_once(struct kunit *test)
{
	const struct second_case *c = test->param_value;
	struct memory *mem = second_make(test);
	struct ksteer_dest dest;
	struct ksteer_flow *flow;
	u32 i;

	for (i = 0; i < 6; i++) {
		dest = memory_add(mem, 1000 + i, mem->fix->dest[i % TMS]);
		KUNIT_EXPECT_TRUE(test,
				  ksteer_dest_same(dest, mem->fix->dest[0]));
	}
	flow = memory_second(mem, c->persist);
	KUNIT_ASSERT_NOT_NULL(test, flow);
	KUNIT_EXPECT_EQ(test, flow->dest, ksteer_dest_pack(mem->fix->dest[0]));
	fix_counts(test, &mem->fix->tm[0], 6, 0, 1);
	fix_counts(test, &mem->fix->tm[1], 0, 0, 0);
	memory_free(mem);
}

/* Whoever it leads to takes nothing new: it follows what was selected */
static void memorize_follows(struct kunit *test)
{
	const struct second_case *c = test->param_value;
	struct memory *mem = second_make(test);
	struct fixture *fix = mem->fix;
	struct ksteer_flow *flow;

	memory_add(mem, 1000, fix->dest[0]);
	fix->tm[0].settings.weight = 0;
	mutex_lock(&fix->kn.config);
	ksteer_memberships_mark(&fix->tm[0]);
	ksteer_pool_rebuild_stale(&fix->kn);
	mutex_unlock(&fix->kn.config);
	KUNIT_EXPECT_TRUE(test,
			  ksteer_dest_same(memory_add(mem, 1001, fix->dest[1]),
					   fix->dest[1]));
	KUNIT_EXPECT_TRUE(test,
			  ksteer_dest_same(memory_add(mem, 1002, fix->dest[2]),
					   fix->dest[1]));
	flow = memory_second(mem, c->persist);
	KUNIT_ASSERT_NOT_NULL(test, flow);
	KUNIT_EXPECT_EQ(test, flow->dest, ksteer_dest_pack(fix->dest[1]));
	/* What is known stays */
	fix_counts(test, &fix->tm[0], 1, 0, 0);
	fix_counts(test, &fix->tm[1], 2, 0, 1);
	memory_free(mem);
}

/* Another CPU decides for a connection of the source at the same moment */
static void memory_other(void *arg, void *flow)
{
	struct memory *mem = arg;

	memory_add(mem, 1001, mem->fix->dest[1]);
}

/*
 * Two CPUs find an entry that has to give way, each has selected another traffic
 * manager, and the second one gives it away while the first is about to: the
 * first follows.
 */
static void memorize_gives_way(struct kunit *test)
{
	const struct second_case *c = test->param_value;
	struct memory *mem = second_make(test);
	struct fixture *fix = mem->fix;
	struct ksteer_flow *flow;

	memory_add(mem, 1000, fix->dest[0]);
	fix->tm[0].settings.weight = 0;
	mutex_lock(&fix->kn.config);
	ksteer_memberships_mark(&fix->tm[0]);
	ksteer_pool_rebuild_stale(&fix->kn);
	mutex_unlock(&fix->kn.config);
	flow = memory_second(mem, c->persist);
	KUNIT_ASSERT_NOT_NULL(test, flow);
	window_open(WINDOW_MOVE, flow, memory_other, mem);
	KUNIT_EXPECT_TRUE(test,
			  ksteer_dest_same(memory_add(mem, 1002, fix->dest[2]),
					   fix->dest[1]));
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_MOVE));
	KUNIT_EXPECT_EQ(test, flow->dest, ksteer_dest_pack(fix->dest[1]));
	fix_counts(test, &fix->tm[0], 1, 0, 0);
	fix_counts(test, &fix->tm[1], 2, 0, 1);
	fix_counts(test, &fix->tm[2], 0, 0, 0);
	memory_free(mem);
}

static void memory_remove(void *arg, void *flow)
{
	struct memory *mem = arg;

	fix_remove(mem->fix, flow);
}

/*
 * The entry goes as soon as it is found: the packet goes where it was to go, and there
 * is one of its own.
 */
static void memorize_gone(struct kunit *test)
{
	const struct second_case *c = test->param_value;
	struct memory *mem = second_make(test);
	struct fixture *fix = mem->fix;
	struct ksteer_flow *flow;

	memory_add(mem, 1000, fix->dest[0]);
	flow = memory_second(mem, c->persist);
	KUNIT_ASSERT_NOT_NULL(test, flow);
	window_open(WINDOW_INSERTED, flow, memory_remove, mem);
	KUNIT_EXPECT_TRUE(test,
			  ksteer_dest_same(memory_add(mem, 1001, fix->dest[1]),
					   fix->dest[1]));
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_INSERTED));
	flow = memory_second(mem, c->persist);
	KUNIT_ASSERT_NOT_NULL(test, flow);
	KUNIT_EXPECT_EQ(test, flow->dest, ksteer_dest_pack(fix->dest[1]));
	fix_counts(test, &fix->tm[0], 1, 0, 0);
	fix_counts(test, &fix->tm[1], 1, 0, 1);
	memory_free(mem);
}

/*
 * Two servers, of which each has its own pool, and a template of the source: who
 * has met the one has an entry of the other's, too, as soon as he meets that.
 */
static void memorize_pools(struct kunit *test)
{
	static const struct second_case template = { .persist = false };
	struct ksteer_tuple t =
		fix_tuple(KSTEER_V4, SOURCE, 1, 9, 53, IPPROTO_UDP);
	struct ksteer_dest dest[2];
	struct ksteer_pool *pool;
	struct ksteer_lookup look;
	struct ksteer_flow *flow;
	struct ksteer_vs *vs;
	struct memory *mem;
	u32 i;

	test->param_value = &template;
	mem = second_make(test);
	vs = memory_other_vs(test, mem->fix);
	pool = memory_pool(test, mem->fix, TMS);
	memory_vs(pool, vs);
	vs->template[1] = KSTEER_FIELD_SRC;
	vs->templates = 2;
	for (i = 0; i < 2; i++)
		dest[i] = (struct ksteer_dest){ .tm = &mem->fix->tm[TMS + i],
						.vs = vs };
	KUNIT_EXPECT_TRUE(
		test, ksteer_dest_same(memory_add(mem, 1000, mem->fix->dest[1]),
				       mem->fix->dest[1]));
	KUNIT_EXPECT_TRUE(test, ksteer_dest_same(memory_add(mem, 1001, dest[0]),
						 dest[0]));
	/* From now on each is followed by its own */
	KUNIT_EXPECT_TRUE(test, ksteer_dest_same(memory_add(mem, 1002, dest[1]),
						 dest[0]));
	KUNIT_EXPECT_TRUE(
		test, ksteer_dest_same(memory_add(mem, 1003, mem->fix->dest[2]),
				       mem->fix->dest[1]));
	ksteer_key_partial(&look, &t, KSTEER_FIELD_SRC, pool->index, false);
	flow = fix_find(mem->fix, look);
	KUNIT_ASSERT_NOT_NULL(test, flow);
	KUNIT_EXPECT_EQ(test, flow->dest, ksteer_dest_pack(dest[0]));
	fix_vs_counts(test, vs, 2, 0, 1);
	fix_vs_counts(test, &mem->fix->vs, 2, 0, 1);
	memory_free(mem);
}

/*
 * The flow is stored already, for a server that was removed: that makes way, and
 * the packet goes where it was to go.
 */
static void memorize_orphan(struct kunit *test)
{
	const struct second_case *c = test->param_value;
	struct memory *mem = second_make(test);
	struct ksteer_tuple t =
		fix_tuple(KSTEER_V4, SOURCE, 1000, 9, 53, IPPROTO_UDP);
	struct ksteer_dest dest, other;
	struct ksteer_lookup look;
	struct ksteer_flow *flow;

	other = (struct ksteer_dest){
		.tm = &mem->fix->tm[2],
		.vs = memory_other_vs(test, mem->fix),
	};
	other.vs->flags = KSTEER_VS_REMOVED;
	ksteer_key_full(&look, &t);
	flow = ksteer_flow_alloc(&look, other, KSTEER_FLOW_STATE_ESTABLISHED,
				 GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, flow);
	local_bh_disable();
	rcu_read_lock();
	ksteer_store_insert_rcu(&mem->fix->kn, flow, other);
	rcu_read_unlock();
	local_bh_enable();
	dest = memory_add(mem, 1000, mem->fix->dest[0]);
	KUNIT_EXPECT_TRUE(test, ksteer_dest_same(dest, mem->fix->dest[0]));
	flow = memory_second(mem, c->persist);
	KUNIT_ASSERT_NOT_NULL(test, flow);
	KUNIT_EXPECT_EQ(test, flow->dest, ksteer_dest_pack(mem->fix->dest[0]));
	flow = fix_find(mem->fix, look);
	KUNIT_ASSERT_NOT_NULL(test, flow);
	KUNIT_EXPECT_EQ(test, flow->dest, ksteer_dest_pack(mem->fix->dest[0]));
	fix_vs_counts(test, other.vs, 0, 0, 0);
	memory_free(mem);
}

/* It lives while its flows are used, and is told so by the expiry */
static void memorize_refresh(struct kunit *test)
{
	const struct second_case *c = test->param_value;
	struct memory *mem = second_make(test);
	struct fixture *fix = mem->fix;
	struct ksteer_tuple t =
		fix_tuple(KSTEER_V4, SOURCE, 1000, 9, 53, IPPROTO_UDP);
	struct ksteer_flow *entry, *flow;
	u32 now = (u32)jiffies;
	struct ksteer_lookup look;

	memory_add(mem, 1000, fix->dest[0]);
	ksteer_key_full(&look, &t);
	flow = fix_find(fix, look);
	entry = memory_second(mem, c->persist);
	KUNIT_ASSERT_NOT_NULL(test, flow);
	KUNIT_ASSERT_NOT_NULL(test, entry);
	entry->last_seen = now - 1000;
	flow->last_seen = now - 400;
	rcu_read_lock();
	ksteer_refresh_seconds(&fix->kn, flow, fix->dest[0]);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, entry->last_seen, now - 400);
	/* Nothing older, and no flow of another traffic manager */
	flow->last_seen = now - 500;
	rcu_read_lock();
	ksteer_refresh_seconds(&fix->kn, flow, fix->dest[0]);
	flow->last_seen = now;
	ksteer_refresh_seconds(&fix->kn, flow, fix->dest[1]);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, entry->last_seen, now - 400);
	/* A round's grace, and another one after each use */
	KUNIT_EXPECT_TRUE(test, ksteer_second_waits(entry));
	KUNIT_EXPECT_FALSE(test, ksteer_second_waits(entry));
	entry->last_seen = now;
	KUNIT_EXPECT_TRUE(test, ksteer_second_waits(entry));
	KUNIT_EXPECT_FALSE(test, ksteer_second_waits(flow));
	memory_free(mem);
}

static void memory_use(void *arg, void *seen)
{
	struct ksteer_flow *entry = arg;

	ksteer_flow_touch(entry);
}

/* A new flow uses it while the expiry carries an older time there */
static void memorize_not_back(struct kunit *test)
{
	const struct second_case *c = test->param_value;
	struct memory *mem = second_make(test);
	struct fixture *fix = mem->fix;
	struct ksteer_tuple t =
		fix_tuple(KSTEER_V4, SOURCE, 1000, 9, 53, IPPROTO_UDP);
	struct ksteer_flow *entry, *flow;
	struct ksteer_lookup look;
	u32 before = (u32)jiffies;

	memory_add(mem, 1000, fix->dest[0]);
	ksteer_key_full(&look, &t);
	flow = fix_find(fix, look);
	entry = memory_second(mem, c->persist);
	KUNIT_ASSERT_NOT_NULL(test, flow);
	KUNIT_ASSERT_NOT_NULL(test, entry);
	entry->last_seen = before - 1000;
	flow->last_seen = before - 400;
	window_open(WINDOW_CMPXCHG, &entry->last_seen, memory_use, entry);
	rcu_read_lock();
	ksteer_refresh_seconds(&fix->kn, flow, fix->dest[0]);
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_CMPXCHG));
	KUNIT_EXPECT_GE(test, (s32)(entry->last_seen - before), 0);
	memory_free(mem);
}

static struct kunit_case memorize_cases[] = {
	KUNIT_CASE_PARAM(memorize_at_once, second_gen_params),
	KUNIT_CASE_PARAM(memorize_follows, second_gen_params),
	KUNIT_CASE_PARAM(memorize_gives_way, second_gen_params),
	KUNIT_CASE_PARAM(memorize_gone, second_gen_params),
	KUNIT_CASE(memorize_pools),
	KUNIT_CASE_PARAM(memorize_orphan, second_gen_params),
	KUNIT_CASE_PARAM(memorize_refresh, second_gen_params),
	KUNIT_CASE_PARAM(memorize_not_back, second_gen_params),
	{},
};

static struct kunit_suite memorize_suite = {
	.name = "ksteer_memorize",
	.init = fix_init,
	.exit = fix_exit,
	.test_cases = memorize_cases,
};

kunit_test_suite(memorize_suite);

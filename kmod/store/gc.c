// SPDX-License-Identifier: GPL-2.0-only
/*
 * Expiry without a timer a flow: workers go round the store, a stripe of buckets
 * at a time, and remove what has been silent for longer than its timeout.
 *
 * While the store is less than half full one of them does, and rests for so long
 * after each stripe that it takes no more than a twentieth of a CPU; a round of a
 * small store takes a second.  So an entry outlives its timeout by a round at
 * most, or two while the table is being resized.  As the store fills up the rests
 * become shorter; and if the last round found that much has expired, they end and
 * the other workers help.  A namespace without entries has no work at all.
 *
 * The few flows that have a lifetime have a timer, too; a worker ends them.
 */
#include <linux/cpumask.h>
#include <linux/ktime.h>

#include "base/stats.h"
#include "object/vserver.h"
#include "store/changelog.h"
#include "store/extension.h"
#include "store/flow_dest.h"
#include "store/flow_lock.h"
#include "store/gc.h"
#include "store/second.h"
#include "store/store.h"

/* Flows that end before listeners are looked after */
#define KSTEER_END_SLICE 64

/* Buckets of a stripe */
#define KSTEER_GC_STRIPE 1024

/* Time to rest, as a multiple of the time that a stripe took */
#define KSTEER_GC_REST 19
#define KSTEER_GC_REST_FULL 4
#define KSTEER_GC_ROUND HZ

/* A round pays that removes one of so many */
#define KSTEER_GC_PAYS 16

/* How full the store is, or the budget of what nobody vouches for, of 64 */
static u32 ksteer_gc_fill(struct ksteer_conn_store *store)
{
	u64 all = (u64)atomic_read(&store->table.nelems) * 64;
	u64 open = (u64)ksteer_store_doubts(store) * 64;

	return max(div_u64(all, max(READ_ONCE(store->max_flows), 1u)),
		   div_u64(open, max(READ_ONCE(store->max_open), 1u)));
}

static bool ksteer_gc_look(struct ksteer_net *kn, struct ksteer_flow *flow)
{
	struct ksteer_dest dest = ksteer_flow_dest_live_rcu(kn, flow);

	if (!dest.vs)
		return false;
	if (ksteer_flow_idle(flow) <= ksteer_flow_timeout(flow, dest)) {
		ksteer_refresh_seconds(kn, flow, dest);
		return false;
	}
	if (ksteer_second_waits(flow))
		return false;
	if (ksteer_store_remove(kn, flow))
		ksteer_count(kn, KSTEER_COUNT_EXPIRED);
	return true;
}

/* Look at the next stripe.  Return: false if there is none in this round */
static bool ksteer_gc_stripe(struct ksteer_net *kn)
{
	struct ksteer_conn_store *store = &kn->store;
	u32 first, i, seen = 0, gone = 0;
	bool more;
	struct bucket_table *tbl;
	struct ksteer_flow *flow;
	struct rhash_head *pos;

	first = (u32)atomic_fetch_inc(&store->gc.stripe) * KSTEER_GC_STRIPE;
	rcu_read_lock();
	tbl = rht_dereference_rcu(store->table.tbl, &store->table);
	for (i = first; i < tbl->size && i < first + KSTEER_GC_STRIPE; i++)
		rht_for_each_entry_rcu(flow, pos, tbl, i, node) {
			gone += ksteer_gc_look(kn, flow);
			seen++;
		}
	more = i < tbl->size;
	rcu_read_unlock();
	ksteer_changelog_pace(kn);
	atomic_add(seen, &store->gc.seen);
	atomic_add(gone, &store->gc.gone);
	return more;
}

/* Jiffies to rest after a stripe that took so long */
static unsigned long ksteer_gc_rest(const struct ksteer_gc *gc, u32 fill,
				    u64 took)
{
	u32 times = KSTEER_GC_REST;

	if (fill > 32 && READ_ONCE(gc->pays))
		times = fill < 56 ? (56 - fill) * KSTEER_GC_REST / 24 : 0;
	else if (fill > 32)
		times = KSTEER_GC_REST_FULL;
	return times ? nsecs_to_jiffies(took * times) + 1 : 0;
}

static void ksteer_gc_queue(struct ksteer_gc_worker *worker,
			    unsigned long delay)
{
	queue_delayed_work(ksteer_net_queue(worker->kn), &worker->work, delay);
}

/*
 * No more work if there are no more entries.  Return: whether to go on.  Who
 * stores one now either sees that nobody is at work, or is seen here.
 */
static bool ksteer_gc_goes_on(struct ksteer_net *kn)
{
	struct ksteer_gc *gc = &kn->store.gc;

	if (ksteer_store_count(&kn->store))
		return true;
	WRITE_ONCE(gc->running, false);
	/* Pairs with the barrier before ksteer_store_insert_rcu() looks */
	smp_mb();
	return ksteer_store_count(&kn->store) && !xchg(&gc->running, true);
}

/* The first worker, at the end of a round: begin another, with help or without */
static void ksteer_gc_next_round(struct ksteer_net *kn, u32 fill,
				 unsigned long rest)
{
	struct ksteer_gc *gc = &kn->store.gc;
	u32 gone = atomic_xchg(&gc->gone, 0);
	u32 seen = atomic_xchg(&gc->seen, 0);
	u32 i, helpers = 0;

	if (!ksteer_gc_goes_on(kn))
		return;
	WRITE_ONCE(gc->pays, gone && gone >= seen / KSTEER_GC_PAYS);
	if (fill > 32 && gc->pays)
		helpers = min(num_online_cpus(), (u32)KSTEER_GC_WORKERS) - 1;
	else
		rest = max_t(unsigned long, rest, KSTEER_GC_ROUND);
	atomic_set(&gc->stripe, 0);
	for (i = 1; i <= helpers; i++)
		ksteer_gc_queue(&gc->worker[i], 0);
	ksteer_gc_queue(&gc->worker[0], rest);
}

static void ksteer_gc_work(struct work_struct *work)
{
	struct ksteer_gc_worker *worker = container_of(
		to_delayed_work(work), struct ksteer_gc_worker, work);
	struct ksteer_net *kn = worker->kn;
	struct ksteer_gc *gc = &kn->store.gc;
	u64 start = ktime_get_ns();
	bool more = ksteer_gc_stripe(kn);
	u32 fill = ksteer_gc_fill(&kn->store);
	unsigned long rest = ksteer_gc_rest(gc, fill, ktime_get_ns() - start);

	if (more)
		ksteer_gc_queue(worker, rest);
	else if (worker == &gc->worker[0])
		ksteer_gc_next_round(kn, fill, rest);
}

/* The next flow that has lived long enough.  RCU read side */
static struct ksteer_flow *ksteer_extension_due(struct ksteer_extensions *all)
{
	struct ksteer_flow *flow = NULL;
	struct ksteer_extension *ext;

	spin_lock_bh(&all->lock);
	ext = list_first_entry_or_null(&all->due, struct ksteer_extension, due);
	if (ext) {
		list_del_init(&ext->due);
		/* It leaves the list before its flow is retired */
		flow = ext->flow;
	}
	spin_unlock_bh(&all->lock);
	return flow;
}

/* It may have got more time, or been answered, since it was listed */
static bool ksteer_extension_is_over(struct ksteer_net *kn,
				     struct ksteer_flow *flow)
{
	const struct ksteer_extension *ext;
	bool over;

	ksteer_flow_lock(kn, flow);
	ext = ksteer_extension_rcu(kn, flow);
	over = ext && ext->mortal && time_after_eq(jiffies, ext->ends);
	ksteer_flow_unlock(kn, flow);
	return over;
}

/* Return: false if there was none */
static bool ksteer_extension_end(struct ksteer_net *kn)
{
	struct ksteer_flow *flow;

	rcu_read_lock();
	flow = ksteer_extension_due(&kn->store.extensions);
	if (flow && ksteer_extension_is_over(kn, flow) &&
	    ksteer_store_remove(kn, flow))
		ksteer_count(kn, KSTEER_COUNT_LIFETIME);
	rcu_read_unlock();
	return flow;
}

/*
 * By a worker, not by the timers: a million flows that were stored together end
 * together, and softirq is not to be busy with them for a second.
 */
static void ksteer_extensions_end(struct work_struct *work)
{
	struct ksteer_net *kn =
		container_of(work, struct ksteer_net, store.extensions.end);
	u32 ended = 0;

	while (ksteer_extension_end(kn)) {
		if (++ended % KSTEER_END_SLICE)
			continue;
		ksteer_changelog_pace(kn);
		cond_resched();
	}
}

/**
 * ksteer_gc_init - prepare to expire the flows of a namespace
 * @kn: ksteer of the namespace
 */
void ksteer_gc_init(struct ksteer_net *kn)
{
	struct ksteer_gc *gc = &kn->store.gc;
	int i;

	for (i = 0; i < KSTEER_GC_WORKERS; i++) {
		gc->worker[i].kn = kn;
		INIT_DELAYED_WORK(&gc->worker[i].work, ksteer_gc_work);
	}
	INIT_WORK(&kn->store.extensions.end, ksteer_extensions_end);
	atomic_set(&gc->stripe, 0);
	atomic_set(&gc->seen, 0);
	atomic_set(&gc->gone, 0);
	gc->pays = false;
	gc->running = false;
}

/**
 * ksteer_gc_wake - begin to expire, with the first entry
 * @kn: ksteer of the namespace
 *
 * Context: any.
 */
void ksteer_gc_wake(struct ksteer_net *kn)
{
	struct ksteer_gc *gc = &kn->store.gc;

	if (!xchg(&gc->running, true))
		ksteer_gc_queue(&gc->worker[0], KSTEER_GC_ROUND);
}

/**
 * ksteer_gc_stop - end it
 * @kn: ksteer of the namespace; nobody stores any more
 *
 * Context: process, may sleep.
 */
void ksteer_gc_stop(struct ksteer_net *kn)
{
	int i;

	/* The first one last asks the others to help */
	for (i = 0; i < KSTEER_GC_WORKERS; i++)
		cancel_delayed_work_sync(&kn->store.gc.worker[i].work);
}

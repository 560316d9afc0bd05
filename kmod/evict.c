// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who makes room in a store that is full.
 *
 * No list is kept of candidates: a newcomer looks at a sample of the table, each
 * CPU going round from a place of its own, and takes the worst that it meets.
 * That needs no lock and bounds the work: KSTEER_EVICT_BUCKETS buckets and
 * KSTEER_EVICT_ENTRIES entries a victim, and two victims a newcomer at most.
 *
 * What nobody vouches for has a budget, so that a stranger who forges packets
 * pushes out what strangers have forged: among those the longest silent goes,
 * and a flow that goes on, or is about to be answered, is not that.
 */
#include "evict.h"
#include "stats.h"
#include "vserver.h"

/* Bounds of a search; the smallest table is gone through as a whole */
#define KSTEER_EVICT_BUCKETS 1024
#define KSTEER_EVICT_ENTRIES 64

/* Candidates among which the worst is taken */
#define KSTEER_EVICT_CANDIDATES 8

/* A victim taken meanwhile by another CPU is replaced so often */
#define KSTEER_EVICT_TRIES 2

/* In the order of their going, the first last */
enum ksteer_evict_rank {
	KSTEER_EVICT_NEVER,
	KSTEER_EVICT_IDLE, /* vouched for, and silent for long */
	KSTEER_EVICT_DOUBTED, /* half open or one-sided */
	KSTEER_EVICT_CLOSED,
	KSTEER_EVICT_EXPIRED,
};

/**
 * struct ksteer_victim - the worst entry that was met
 * @flow: the entry, NULL for none
 * @rank: its rank
 * @silence: jiffies; what counts within the rank
 * @count: where its end is counted
 */
struct ksteer_victim {
	struct ksteer_flow *flow;
	enum ksteer_evict_rank rank;
	u32 silence;
	enum ksteer_counter count;
};

static DEFINE_PER_CPU(u32, ksteer_evict_place);

static void ksteer_evict_rank(const struct ksteer_conn_store *store,
			      struct ksteer_flow *flow,
			      const struct ksteer_dest *dest,
			      struct ksteer_victim *v)
{
	enum ksteer_flow_state state = ksteer_flow_state(flow);

	v->flow = flow;
	v->silence = ksteer_flow_idle(flow);
	/* Less specific keys live while their flows do: expiry knows of those */
	if (state != KSTEER_FLOW_STATE_TEMPLATE &&
	    v->silence > ksteer_flow_timeout(flow, dest)) {
		v->count = KSTEER_COUNT_EXPIRED;
		v->rank = KSTEER_EVICT_EXPIRED;
	} else if (state == KSTEER_FLOW_STATE_CLOSED) {
		v->count = KSTEER_COUNT_EVICT_CLOSED;
		v->rank = KSTEER_EVICT_CLOSED;
	} else if (state == KSTEER_FLOW_STATE_OPEN) {
		/* Also one that was answered: whoever forges a SYN is, too */
		v->count = KSTEER_COUNT_EVICT_OPEN;
		v->rank = KSTEER_EVICT_DOUBTED;
	} else if (ksteer_flow_is_vouched(flow)) {
		v->count = KSTEER_COUNT_EVICT_IDLE;
		v->rank = v->silence >= READ_ONCE(store->young) ?
				  KSTEER_EVICT_IDLE :
				  KSTEER_EVICT_NEVER;
	} else if (state == KSTEER_FLOW_STATE_TEMPLATE) {
		v->count = KSTEER_COUNT_EVICT_ONESIDED;
		v->rank = KSTEER_EVICT_DOUBTED;
	} else {
		/*
		 * Before what is half open, but not whatever their ages: of two
		 * that are equally silent.  Else a flood of SYNs would push out
		 * all whose answers do not come this way.
		 */
		v->count = KSTEER_COUNT_EVICT_ONESIDED;
		v->rank = KSTEER_EVICT_DOUBTED;
		v->silence = 2 * v->silence + 1;
	}
}

static bool ksteer_evict_worse(const struct ksteer_victim *a,
			       const struct ksteer_victim *b)
{
	if (a->rank != b->rank)
		return a->rank > b->rank;
	return a->silence > b->silence;
}

/**
 * struct ksteer_search - a search for a victim
 * @worst: the worst so far
 * @doubted: only what nobody vouches for is looked at
 * @entries: entries that may still be looked at
 * @candidates: candidates that are still to be met
 */
struct ksteer_search {
	struct ksteer_victim worst;
	bool doubted;
	int entries;
	int candidates;
};

static void ksteer_evict_bucket(const struct ksteer_conn_store *store,
				struct bucket_table *tbl, u32 bucket,
				struct ksteer_search *search)
{
	struct ksteer_victim v;
	struct ksteer_dest *dest;
	struct ksteer_flow *flow;
	struct rhash_head *pos;

	rht_for_each_entry_rcu(flow, pos, tbl, bucket, node) {
		if (search->entries-- <= 0)
			break;
		dest = rcu_dereference(flow->dest);
		if (!dest || (search->doubted &&
			      !(READ_ONCE(flow->track) & KSTEER_TRACK_DOUBTED)))
			continue;
		ksteer_evict_rank(store, flow, dest, &v);
		if (v.rank == KSTEER_EVICT_NEVER)
			continue;
		search->candidates--;
		if (ksteer_evict_worse(&v, &search->worst))
			search->worst = v;
	}
}

/* The worst of a sample.  Return: whether there is one */
static bool ksteer_evict_search(struct ksteer_conn_store *store, bool doubted,
				struct ksteer_victim *worst)
{
	struct ksteer_search search = {
		.doubted = doubted,
		.entries = KSTEER_EVICT_ENTRIES,
		.candidates = KSTEER_EVICT_CANDIDATES,
	};
	u32 place = this_cpu_read(ksteer_evict_place);
	struct bucket_table *tbl, *next;
	int i;

	/* Of a table that is being replaced, the new one: newcomers go there */
	tbl = rht_dereference_rcu(store->table.tbl, &store->table);
	next = rht_dereference_rcu(tbl->future_tbl, &store->table);
	if (unlikely(next))
		tbl = next;
	for (i = 0;
	     i < KSTEER_EVICT_BUCKETS && search.entries > 0 &&
	     search.candidates > 0 && search.worst.rank != KSTEER_EVICT_EXPIRED;
	     i++)
		ksteer_evict_bucket(store, tbl, place++ & (tbl->size - 1),
				    &search);
	this_cpu_write(ksteer_evict_place, place);
	*worst = search.worst;
	return search.worst.flow;
}

/* One that nobody vouches for, or any.  Return: whether it has gone */
static bool ksteer_evict_one(struct ksteer_net *kn, bool doubted)
{
	struct ksteer_victim victim;
	int tries;

	for (tries = 0; tries < KSTEER_EVICT_TRIES; tries++) {
		if (!ksteer_evict_search(&kn->store, doubted, &victim))
			return false;
		if (ksteer_store_remove(kn, victim.flow)) {
			ksteer_count(kn, victim.count);
			return true;
		}
	}
	return false;
}

/**
 * ksteer_evict_over - remove an entry that is met, if it is over
 * @kn: ksteer of the namespace
 * @flow: the entry
 *
 * Context: RCU read side.
 * Return: whether it was closed or its time was over.
 */
bool ksteer_evict_over(struct ksteer_net *kn, struct ksteer_flow *flow)
{
	const struct ksteer_dest *dest = rcu_dereference(flow->dest);
	struct ksteer_victim v;

	if (!dest)
		return false;
	ksteer_evict_rank(&kn->store, flow, dest, &v);
	if (v.rank < KSTEER_EVICT_CLOSED)
		return false;
	if (ksteer_store_remove(kn, flow))
		ksteer_count(kn, v.count);
	return true;
}

/**
 * ksteer_evict_slow - make room for an entry
 * @kn: ksteer of the namespace
 * @track: the state that it begins with
 *
 * A bound that was cut is come down to by two entries that go for one that
 * comes.  The budget of what nobody vouches for is kept as far as the sample
 * shows any: where these are few among many, some more of them find room.
 *
 * Context: softirq or BH off, RCU read side.
 * Return: 0 or -ENOSPC.
 */
int ksteer_evict_slow(struct ksteer_net *kn, u32 track)
{
	struct ksteer_conn_store *store = &kn->store;
	s64 over;

	if (track & KSTEER_TRACK_DOUBTED) {
		over = (s64)ksteer_store_doubts(store) -
		       READ_ONCE(store->max_open);
		if (over > 0)
			ksteer_evict_one(kn, true);
		if (over >= 0)
			ksteer_evict_one(kn, true);
	}
	over = (s64)ksteer_store_count(kn) - READ_ONCE(store->max_flows);
	if (over < 0)
		return 0;
	if (over > 0)
		ksteer_evict_one(kn, false);
	return ksteer_evict_one(kn, false) ? 0 : -ENOSPC;
}

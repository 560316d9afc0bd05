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
#include "base/stats.h"
#include "object/vserver.h"
#include "store/alias.h"
#include "store/evict.h"
#include "store/flow_dest.h"
#include "store/store.h"

/* Bounds of a search; the smallest table is gone through as a whole */
#define KSTEER_EVICT_BUCKETS 1024
#define KSTEER_EVICT_ENTRIES 64

/* Candidates among which the worst is taken */
#define KSTEER_EVICT_CANDIDATES 8

/* A victim taken meanwhile by another CPU is replaced so often */
#define KSTEER_EVICT_TRIES 2

/* The share of the store in which newcomers find room in any case */
#define KSTEER_EVICT_SHARE 16

/* In the order of their going, the first last */
enum ksteer_evict_rank {
	KSTEER_EVICT_NEVER,
	KSTEER_EVICT_IDLE, /* answered, and silent for long */
	KSTEER_EVICT_AGED, /* the same, but vouched for by its age alone */
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

/*
 * Is a flow that is vouched for more than old?  Nobody can forge a TCP or SCTP
 * connection of which both sides have shown what only they know.  Datagrams, and
 * connections whose answers go past, anybody keeps alive for as long as he likes.
 * Of one that was pushed nothing is known but who pushed it.
 */
static bool ksteer_evict_is_answered(const struct ksteer_flow *flow)
{
	const u32 both = KSTEER_TRACK_SEEN(0) | KSTEER_TRACK_SEEN(1);
	u32 track = READ_ONCE(flow->track);

	if (ksteer_flow_is_partial(flow))
		return false;
	return !(track & both) ||
	       ((track & both) == both && (flow->key.proto == IPPROTO_TCP ||
					   flow->key.proto == IPPROTO_SCTP));
}

static enum ksteer_evict_rank
ksteer_evict_rank_vouched(const struct ksteer_conn_store *store,
			  const struct ksteer_flow *flow, u32 silence)
{
	if (silence < READ_ONCE(store->young))
		return KSTEER_EVICT_NEVER;
	return ksteer_evict_is_answered(flow) ? KSTEER_EVICT_IDLE :
						KSTEER_EVICT_AGED;
}

static void ksteer_evict_rank(const struct ksteer_conn_store *store,
			      struct ksteer_flow *flow, struct ksteer_dest dest,
			      struct ksteer_victim *v)
{
	enum ksteer_flow_state state = ksteer_flow_state(flow);

	v->flow = flow;
	v->silence = ksteer_flow_idle(flow);
	/* Less specific keys live while their flows do: expiry knows of those */
	if (unlikely(ksteer_dest_is_removed(dest)) ||
	    (state != KSTEER_FLOW_STATE_TEMPLATE &&
	     v->silence > ksteer_flow_timeout(flow, dest))) {
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
		v->rank = ksteer_evict_rank_vouched(store, flow, v->silence);
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

/* Whom a newcomer may push out */
enum ksteer_evict_whom {
	KSTEER_EVICT_THE_DOUBTED,
	KSTEER_EVICT_NOT_VOUCHED,
	KSTEER_EVICT_NOT_ANSWERED, /* while others are kept alive by their age */
	KSTEER_EVICT_ANY,
};

/**
 * struct ksteer_search - a search for a victim
 * @worst: the worst so far
 * @whom: who may go
 * @aged: there are those that stay, and that only their age vouches for
 * @entries: entries that may still be looked at
 * @candidates: candidates that are still to be met, of those that go before
 *		any who is vouched for
 */
struct ksteer_search {
	struct ksteer_victim worst;
	enum ksteer_evict_whom whom;
	bool aged;
	int entries;
	int candidates;
};

static void ksteer_evict_bucket(const struct ksteer_net *kn,
				struct bucket_table *tbl, u32 bucket,
				struct ksteer_search *search)
{
	struct ksteer_victim v;
	struct ksteer_dest dest;
	struct ksteer_flow *flow;
	struct rhash_head *pos;

	rht_for_each_entry_rcu(flow, pos, tbl, bucket, node) {
		/* It goes with its flow, of which there are a fifth at least */
		if (ksteer_is_alias(flow))
			continue;
		if (search->entries-- <= 0)
			break;
		dest = ksteer_flow_dest_any_rcu(kn, flow);
		if (!dest.vs ||
		    (search->whom == KSTEER_EVICT_THE_DOUBTED &&
		     !(READ_ONCE(flow->track) & KSTEER_TRACK_DOUBTED)))
			continue;
		ksteer_evict_rank(&kn->store, flow, dest, &v);
		if (v.rank == KSTEER_EVICT_NEVER) {
			search->aged |= !ksteer_evict_is_answered(flow);
			continue;
		}
		if (v.rank > KSTEER_EVICT_AGED)
			search->candidates--;
		else if (search->whom == KSTEER_EVICT_NOT_VOUCHED)
			continue;
		if (ksteer_evict_worse(&v, &search->worst))
			search->worst = v;
	}
}

/* The worst of a sample.  Return: whether there is one */
static bool ksteer_evict_search(struct ksteer_net *kn,
				enum ksteer_evict_whom whom,
				struct ksteer_victim *worst)
{
	struct ksteer_search search = {
		.whom = whom,
		.entries = KSTEER_EVICT_ENTRIES,
		.candidates = KSTEER_EVICT_CANDIDATES,
	};
	struct ksteer_conn_store *store = &kn->store;
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
		ksteer_evict_bucket(kn, tbl, place++ & (tbl->size - 1),
				    &search);
	this_cpu_write(ksteer_evict_place, place);
	*worst = search.worst;
	/* Somebody may have kept those alive to fill the store */
	if (whom == KSTEER_EVICT_NOT_ANSWERED && search.aged &&
	    search.worst.rank == KSTEER_EVICT_IDLE)
		return false;
	return search.worst.flow;
}

/* Return: whether one has gone */
static bool ksteer_evict_one(struct ksteer_net *kn, enum ksteer_evict_whom whom)
{
	struct ksteer_victim victim;
	int tries;

	for (tries = 0; tries < KSTEER_EVICT_TRIES; tries++) {
		if (!ksteer_evict_search(kn, whom, &victim))
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
	struct ksteer_dest dest = ksteer_flow_dest_any_rcu(kn, flow);
	struct ksteer_victim v;

	if (!dest.vs)
		return false;
	ksteer_evict_rank(&kn->store, flow, dest, &v);
	if (v.rank < KSTEER_EVICT_CLOSED)
		return false;
	if (ksteer_store_remove(kn, flow))
		ksteer_count(kn, v.count);
	return true;
}

/*
 * Entries that nobody vouches for.  A CPU that counts no more keeps what it has not
 * told, in batches of the size that a greater budget once had: where that would
 * matter, all are asked.
 */
static s64 ksteer_evict_doubts(struct ksteer_net *kn)
{
	const struct ksteer_conn_store *store = &kn->store;

	if (READ_ONCE(store->max_open) >
	    KSTEER_BATCH_MOST * num_possible_cpus())
		return ksteer_store_doubts(store);
	return ksteer_store_count_open(kn);
}

/*
 * Whom may an entry push out that nobody vouches for?  Not those that somebody does,
 * but for a share of the store: a sample that happens to show none of its like must
 * not cost a connection.
 */
static enum ksteer_evict_whom
ksteer_evict_whom(const struct ksteer_conn_store *store, s64 doubted)
{
	return doubted * KSTEER_EVICT_SHARE >= READ_ONCE(store->max_flows) ?
		       KSTEER_EVICT_NOT_VOUCHED :
		       KSTEER_EVICT_NOT_ANSWERED;
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
	/* One that is pushed, anybody who rests */
	enum ksteer_evict_whom whom = KSTEER_EVICT_ANY;
	s64 doubted, over;

	if (track & KSTEER_TRACK_DOUBTED) {
		doubted = ksteer_evict_doubts(kn);
		whom = ksteer_evict_whom(store, doubted);
		over = doubted - READ_ONCE(store->max_open);
		if (over > 0)
			ksteer_evict_one(kn, KSTEER_EVICT_THE_DOUBTED);
		if (over >= 0)
			ksteer_evict_one(kn, KSTEER_EVICT_THE_DOUBTED);
	}
	over = (s64)ksteer_store_count(store) - READ_ONCE(store->max_flows);
	if (over < 0)
		return 0;
	if (over > 0)
		ksteer_evict_one(kn, whom);
	return ksteer_evict_one(kn, whom) ? 0 : -ENOSPC;
}

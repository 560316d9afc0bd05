// SPDX-License-Identifier: GPL-2.0-only
/*
 * One flow's entry: memory, timeouts, moves from one traffic manager to
 * another.
 */
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "base/stats.h"
#include "key/link.h"
#include "key/packet.h"
#include "object/manager.h"
#include "object/vserver.h"
#include "store/changelog.h"
#include "store/flow.h"
#include "store/flow_lock.h"

static struct kmem_cache *ksteer_flow_cache;

/* A power of 2: what one CPU gives is not another's, after the numbers wrap too */
static u32 ksteer_serial_step __read_mostly;

/**
 * struct ksteer_bin - flows of one CPU on their way to the allocator
 * @lock: covers all of this; BH-safe, innermost
 * @work: frees @leaving after a grace period
 * @waiting: flows that wait for the next grace period
 * @leaving: flows whose grace period runs
 * @busy: whether one runs
 *
 * One rcu_head serves a batch, so that a flow needs none of its own.  A batch may
 * be large: a worker frees it, in pieces.
 */
struct ksteer_bin {
	spinlock_t lock; /* see above */
	struct rcu_work work;
	struct ksteer_flow *waiting;
	struct ksteer_flow *leaving;
	bool busy;
};

static DEFINE_PER_CPU(struct ksteer_bin, ksteer_bin);

/* Flows that are given back at a time */
#define KSTEER_BIN_PIECE 64

static void ksteer_bin_free(struct ksteer_flow *flow)
{
	void *piece[KSTEER_BIN_PIECE];
	unsigned int n;

	while (flow) {
		for (n = 0; flow && n < KSTEER_BIN_PIECE; n++) {
			piece[n] = flow;
			flow = flow->retired_next;
		}
		kmem_cache_free_bulk(ksteer_flow_cache, n, piece);
		cond_resched();
	}
}

static void ksteer_bin_empty(struct work_struct *work)
{
	struct ksteer_bin *bin =
		container_of(to_rcu_work(work), struct ksteer_bin, work);
	struct ksteer_flow *flow;

	spin_lock_bh(&bin->lock);
	flow = bin->leaving;
	bin->leaving = bin->waiting;
	bin->waiting = NULL;
	WRITE_ONCE(bin->busy, bin->leaving);
	if (bin->leaving)
		queue_rcu_work(system_unbound_wq, &bin->work);
	spin_unlock_bh(&bin->lock);
	ksteer_bin_free(flow);
}

static void ksteer_bin_init(struct ksteer_bin *bin)
{
	spin_lock_init(&bin->lock);
	INIT_RCU_WORK(&bin->work, ksteer_bin_empty);
}

/**
 * ksteer_flow_init - prepare the memory of flows
 *
 * Return: 0 or -ENOMEM.
 */
int ksteer_flow_init(void)
{
	int cpu;

	BUILD_BUG_ON(sizeof(struct ksteer_flow) != 128);
	ksteer_serial_step = roundup_pow_of_two(nr_cpu_ids);
	BUILD_BUG_ON(offsetof(struct ksteer_flow, bytes) < 64);
	for_each_possible_cpu(cpu)
		ksteer_bin_init(&per_cpu(ksteer_bin, cpu));
	ksteer_flow_cache = KMEM_CACHE(ksteer_flow, SLAB_HWCACHE_ALIGN);
	return ksteer_flow_cache ? 0 : -ENOMEM;
}

/* Let the batches that are on their way go.  Return: whether others follow */
static bool ksteer_flow_flush_bins(void)
{
	bool busy = false;
	int cpu;

	for_each_possible_cpu(cpu)
		flush_rcu_work(&per_cpu(ksteer_bin, cpu).work);
	for_each_possible_cpu(cpu)
		busy |= READ_ONCE(per_cpu(ksteer_bin, cpu).busy);
	return busy;
}

/**
 * ksteer_flow_exit - give the memory back; no flow may be in use
 */
void ksteer_flow_exit(void)
{
	while (ksteer_flow_flush_bins())
		;
	/* What was the last batch a moment ago may still be being freed */
	ksteer_flow_flush_bins();
	kmem_cache_destroy(ksteer_flow_cache);
}

/**
 * ksteer_serials_create - serial numbers of flows, for each CPU its own
 *
 * A CPU adds to its last as much as there may be CPUs, so two never give the same,
 * and no line is shared.
 *
 * Return: the last number of each, by which it is parted from those of others; NULL
 *	   without memory.
 */
u32 __percpu *ksteer_serials_create(void)
{
	u32 __percpu *last = alloc_percpu(u32);
	int cpu;

	for_each_possible_cpu(cpu)
		if (last)
			*per_cpu_ptr(last, cpu) = cpu;
	return last;
}

/* What packets write; a handful of stores, where memset() is a call */
static void ksteer_flow_clear(struct ksteer_flow *flow)
{
	int dir;

	flow->hash = 0;
	flow->ext = 0;
	for (dir = 0; dir < KSTEER_DIRS; dir++) {
		flow->bytes[dir] = 0;
		flow->packets[dir] = 0;
		flow->packets_high[dir] = 0;
		flow->end[dir] = 0;
		flow->ack[dir] = 0;
		flow->win[dir] = 0;
	}
}

/**
 * ksteer_flow_alloc - a new flow, not yet stored
 * @look: its key, as the packet that opens it is looked up
 * @dest: where it goes
 * @track: its first state, KSTEER_TRACK_*
 * @gfp: how to allocate
 *
 * Context: any, as @gfp says.
 * Return: the flow, owned by the caller until it is stored, or NULL.
 */
struct ksteer_flow *ksteer_flow_alloc(const struct ksteer_lookup *look,
				      struct ksteer_dest dest, u32 track,
				      gfp_t gfp)
{
	struct ksteer_flow *flow;

	flow = kmem_cache_alloc(ksteer_flow_cache, gfp);
	if (!flow)
		return NULL;
	flow->key = look->key;
	flow->dest = ksteer_dest_pack(dest);
	/* Each CPU has numbers of its own, so their order is not that of flows */
	flow->serial = this_cpu_add_return(*dest.vs->kn->serial_here,
					   ksteer_serial_step);
	flow->reply_link = KSTEER_LINK_UNSEEN;
	flow->flags = look->swapped ? KSTEER_FLOW_SWAPPED : 0;
	if (unlikely(READ_ONCE(dest.vs->flags) & KSTEER_VS_FLAGS_ANY_VLAN) &&
	    (look->key.kind & KSTEER_KIND_FIELDS) == KSTEER_KIND_FIELDS)
		flow->flags |= KSTEER_FLOW_ANY_VLAN;
	flow->origin = KSTEER_FLOW_ORIGIN_SELECTED;
	ksteer_flow_clear(flow);
	flow->last_seen = (u32)jiffies;
	flow->track = track;
	return flow;
}

/**
 * ksteer_flow_free - free a flow that no reader can have seen
 * @flow: the flow
 */
void ksteer_flow_free(struct ksteer_flow *flow)
{
	kmem_cache_free(ksteer_flow_cache, flow);
}

/**
 * ksteer_flow_retire - free a flow after a grace period
 * @flow: unlinked from the store
 *
 * Context: any.
 */
void ksteer_flow_retire(struct ksteer_flow *flow)
{
	struct ksteer_bin *bin = raw_cpu_ptr(&ksteer_bin);

	spin_lock_bh(&bin->lock);
	flow->retired_next = bin->waiting;
	bin->waiting = flow;
	if (!bin->busy) {
		bin->leaving = bin->waiting;
		bin->waiting = NULL;
		WRITE_ONCE(bin->busy, true);
		queue_rcu_work(system_unbound_wq, &bin->work);
	}
	spin_unlock_bh(&bin->lock);
}

static u32 ksteer_flow_partial_timeout(const struct ksteer_flow *flow,
				       const struct ksteer_vs *vs)
{
	if (flow->key.kind & KSTEER_KIND_PERSIST)
		return READ_ONCE(vs->persist);
	return READ_ONCE(vs->timeout[KSTEER_TIMEOUT_TCP_ESTABLISHED]);
}

/*
 * A half close lasts as long as the other side goes on.  Where that is never
 * seen, nobody can tell whether it has ended.
 */
static enum ksteer_timeout ksteer_tcp_timeout(u32 track)
{
	const u32 fins = KSTEER_TRACK_FIN(KSTEER_DIR_OPEN) |
			 KSTEER_TRACK_FIN(KSTEER_DIR_REPLY);
	const u32 seen = KSTEER_TRACK_SEEN(KSTEER_DIR_OPEN) |
			 KSTEER_TRACK_SEEN(KSTEER_DIR_REPLY);

	switch (track & KSTEER_TRACK_STATE) {
	case KSTEER_FLOW_STATE_OPEN:
		return KSTEER_TIMEOUT_TCP_OPEN;
	case KSTEER_FLOW_STATE_CLOSED:
		return KSTEER_TIMEOUT_TCP_CLOSED;
	case KSTEER_FLOW_STATE_CLOSING:
		if ((track & fins) == fins)
			return KSTEER_TIMEOUT_TCP_CLOSING;
		if ((track & seen) != seen)
			return KSTEER_TIMEOUT_TCP_HALF_CLOSED;
		break;
	}
	return track & (KSTEER_TRACK_SYN | KSTEER_TRACK_VOUCHED) ?
		       KSTEER_TIMEOUT_TCP_ESTABLISHED :
		       KSTEER_TIMEOUT_TCP_MIDSTREAM;
}

/**
 * ksteer_flow_timeout - jiffies of silence after which a flow expires
 * @flow: the flow
 * @dest: its destination
 *
 * Return: the timeout of its virtual server for its protocol and state.
 */
u32 ksteer_flow_timeout(const struct ksteer_flow *flow, struct ksteer_dest dest)
{
	enum ksteer_flow_state state = ksteer_flow_state(flow);
	const struct ksteer_vs *vs = dest.vs;
	enum ksteer_timeout t = KSTEER_TIMEOUT_OTHER;

	if (state == KSTEER_FLOW_STATE_TEMPLATE)
		return ksteer_flow_partial_timeout(flow, vs);
	if (flow->key.proto == IPPROTO_TCP)
		t = ksteer_tcp_timeout(READ_ONCE(flow->track));
	else if (flow->key.proto == IPPROTO_SCTP)
		t = KSTEER_TIMEOUT_SCTP_OPEN + (state - KSTEER_FLOW_STATE_OPEN);
	else if (flow->key.proto == IPPROTO_UDP)
		t = state == KSTEER_FLOW_STATE_OPEN ?
			    KSTEER_TIMEOUT_UDP_OPEN :
			    KSTEER_TIMEOUT_UDP_ESTABLISHED;
	return READ_ONCE(vs->timeout[t]);
}

/**
 * ksteer_flow_move_locked - give a flow to another destination
 * @kn: ksteer of the namespace
 * @flow: a stored flow, under its lock
 * @from: its destination
 * @to: the new one
 *
 * Context: RCU read side.
 */
void ksteer_flow_move_locked(struct ksteer_net *kn, struct ksteer_flow *flow,
			     struct ksteer_dest from, struct ksteer_dest to)
{
	/* COUNTED changes under this lock alone */
	u32 track = READ_ONCE(flow->track);

	lockdep_assert_held(ksteer_flow_spinlock(kn, flow));
	/* Counted first: while the flow shows @to, @to counts it */
	ksteer_dest_hold(to, track);
	ksteer_flow_dest_set(flow, ksteer_dest_pack(to));
	ksteer_dest_release(from, track);
	ksteer_count(kn, KSTEER_COUNT_MOVED);
	ksteer_changelog_note(kn, flow, to, KSTEER_EVENT_MOVE);
}

/**
 * ksteer_flow_move - give a flow to another destination
 * @kn: ksteer of the namespace
 * @flow: a stored flow
 * @from: its destination as the caller saw it
 * @to: the new one
 *
 * Context: RCU read side.
 * Return: false if someone else has moved or removed it meanwhile.
 */
bool ksteer_flow_move(struct ksteer_net *kn, struct ksteer_flow *flow,
		      struct ksteer_dest from, struct ksteer_dest to)
{
	bool moved;

	ksteer_flow_lock(kn, flow);
	moved = flow->dest == ksteer_dest_pack(from);
	if (moved)
		ksteer_flow_move_locked(kn, flow, from, to);
	ksteer_flow_unlock(kn, flow);
	return moved;
}

/**
 * ksteer_flow_learn_link - note by what link a direction comes
 * @flow: the flow
 * @link: link id
 * @dir: the direction; whoever is first has the word
 */
void ksteer_flow_learn_link(struct ksteer_flow *flow, u16 link,
			    enum ksteer_dir dir)
{
	cmpxchg(dir == KSTEER_DIR_OPEN ? &flow->key.link : &flow->reply_link,
		KSTEER_LINK_UNSEEN, link);
}

/**
 * ksteer_flow_opener - a flow's endpoints as its opener sees them
 * @flow: the flow
 * @key: filled: the opener's address and port first, all else copied; while the
 *	 opener's link is not known, that of the answers
 */
void ksteer_flow_opener(const struct ksteer_flow *flow, struct ksteer_key *key)
{
	*key = flow->key;
	if (key->link == KSTEER_LINK_UNSEEN)
		key->link = READ_ONCE(flow->reply_link);
	if (ksteer_flow_is(flow, KSTEER_FLOW_SWAPPED)) {
		swap(key->addr[0], key->addr[1]);
		swap(key->port[0], key->port[1]);
	}
}

/**
 * ksteer_flow_tuple - a flow's endpoints as a packet of its opener has them
 * @kn: ksteer of the namespace
 * @flow: the flow
 * @tuple: filled
 */
void ksteer_flow_tuple(const struct ksteer_net *kn,
		       const struct ksteer_flow *flow,
		       struct ksteer_tuple *tuple)
{
	struct ksteer_key key;

	ksteer_flow_opener(flow, &key);
	*tuple = (struct ksteer_tuple){
		.src = key.addr[0],
		.dst = key.addr[1],
		.sport = key.port[0],
		.dport = key.port[1],
		.proto = key.proto,
		.family = ksteer_flow_family(flow),
	};
	ksteer_link_read(kn, key.link, tuple);
}

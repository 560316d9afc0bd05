// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of a packet that the store does not know: which virtual server,
 * which less specific key, which traffic manager.  Nothing is stored here and
 * nothing sent, so that a question may be asked without consequences.
 */
#include <linux/inetdevice.h>
#include <net/ipv6.h>

#include "key/key.h"
#include "key/packet.h"
#include "object/arrange.h"
#include "object/manager.h"
#include "object/pool.h"
#include "object/sender.h"
#include "object/vserver.h"
#include "packet/decide.h"
#include "store/evict.h"
#include "store/flow_dest.h"
#include "store/store.h"

static void ksteer_settle(struct ksteer_decision *d,
			  enum ksteer_verdict verdict,
			  enum ksteer_counter count, const char *reason)
{
	d->verdict = verdict;
	d->count = count;
	d->reason = reason;
}

/* Sources that routing would call martian: it shall have them */
static __always_inline bool
ksteer_tuple_is_martian(const struct ksteer_tuple *t)
{
	u32 net;

	if (t->family == KSTEER_V6)
		return ipv6_addr_any(&t->src.v6) ||
		       ipv6_addr_type(&t->src.v6) &
			       (IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK |
				IPV6_ADDR_LINKLOCAL);
	net = ntohl(t->src.v4) >> 24;
	return !net || net == IN_LOOPBACKNET || net >= 224;
}

/**
 * ksteer_is_martian - sources that routing would call martian: it shall have
 * them
 * @t: the packet's endpoints
 *
 * Return: whether no virtual server may have it.
 */
bool ksteer_is_martian(const struct ksteer_tuple *t)
{
	return ksteer_tuple_is_martian(t);
}

/* Destinations that are not one host's, whatever a wildcard says */
static bool ksteer_is_group(const struct ksteer_tuple *t)
{
	if (t->family == KSTEER_V6)
		return ipv6_addr_type(&t->dst.v6) &
		       (IPV6_ADDR_MULTICAST | IPV6_ADDR_LINKLOCAL);
	return ipv4_is_multicast(t->dst.v4) || ipv4_is_lbcast(t->dst.v4);
}

/* Is it this machine's, or that of all on a link, where the packet arrives? */
static bool ksteer_is_local(struct ksteer_net *kn, const struct net_device *dev,
			    const union ksteer_addr *addr, u8 family)
{
	switch (ksteer_address_type(kn->net, dev, addr, family)) {
	case RTN_LOCAL:
	case RTN_BROADCAST:
	case RTN_ANYCAST:
	case RTN_MULTICAST:
		return true;
	default:
		return false;
	}
}

/**
 * ksteer_is_own_rcu - is a packet's destination no server of a prefix's?
 * @kn: ksteer of the namespace
 * @t: the packet's endpoints
 * @dev: device that it arrives by
 *
 * Context: RCU read side.
 * Return: whether it is a group, this machine or a traffic manager.
 */
bool ksteer_is_own_rcu(struct ksteer_net *kn, const struct ksteer_tuple *t,
		       const struct net_device *dev)
{
	return ksteer_is_group(t) ||
	       ksteer_is_local(kn, dev, &t->dst, t->family) ||
	       ksteer_tm_has_address_rcu(kn, &t->dst, t->family);
}

/*
 * A16: whoever serves a prefix or all addresses does not mean the distributor
 * itself, nor the traffic managers; nor do answers to them take part.
 * Return: whether that settles it.
 */
static bool ksteer_settle_own(struct ksteer_net *kn,
			      const struct ksteer_question *q,
			      struct ksteer_decision *d)
{
	const struct ksteer_match *m = &d->vs->match;
	u8 family = q->tuple->family;

	/* An answer goes to whoever has asked, this machine for one */
	if (likely(m->is_host && !d->answer))
		return false;
	if (ksteer_is_group(q->tuple) ||
	    ksteer_is_local(kn, q->dev, &q->tuple->dst, family)) {
		ksteer_settle(d, KSTEER_VERDICT_PASS, KSTEER_COUNT_LOCAL,
			      "the destination is this machine");
		return true;
	}
	if (ksteer_tm_has_address_rcu(kn, &q->tuple->dst, family)) {
		ksteer_settle(d, KSTEER_VERDICT_PASS, KSTEER_COUNT_TO_TM,
			      "the destination is a traffic manager");
		return true;
	}
	return false;
}

/* A15: what comes from a server's own traffic manager is routed on */
static bool ksteer_settle_source(struct ksteer_net *kn,
				 const struct ksteer_question *q,
				 struct ksteer_decision *d)
{
	if (!q->skb ||
	    likely(!atomic_read(
		    ksteer_station_devices(kn, q->skb->dev->ifindex))) ||
	    !ksteer_sender_is_own_rcu(kn, d->vs, q->skb, q->tuple->family))
		return false;
	ksteer_settle(d, KSTEER_VERDICT_PASS, KSTEER_COUNT_FROM_TM,
		      "the packet comes from a traffic manager of this server");
	return true;
}

static void ksteer_match_server(struct ksteer_net *kn,
				const struct ksteer_question *q,
				struct ksteer_decision *d)
{
	const struct ksteer_vs_table *table = rcu_dereference(kn->vs_table);

	if (!table || ksteer_tuple_is_martian(q->tuple))
		return;
	d->vs = ksteer_match_rcu(table, q->tuple, q->dev, false);
	if (d->vs || !table->symmetric)
		return;
	d->vs = ksteer_match_rcu(table, q->tuple, q->dev, true);
	d->answer = d->vs;
}

/**
 * ksteer_follow_rcu - may a packet follow an entry under a less specific key?
 * @vs: the packet's virtual server
 * @dest: destination of the entry, which another server may have stored; or none
 * @family: KSTEER_V4 or KSTEER_V6
 * @opens: the packet may open a flow
 *
 * A new flow goes there if the server's own pool might select the traffic
 * manager at this moment.  A packet that opens nothing belongs to a connection
 * that is there already, so it follows as those do that are stored: whatever
 * becomes of new flows.
 *
 * Context: softirq or BH off, RCU read side.
 * Return: the destination of @vs, none if it must be selected.
 */
struct ksteer_dest ksteer_follow_rcu(struct ksteer_vs *vs,
				     struct ksteer_dest dest, u8 family,
				     bool opens)
{
	struct ksteer_tm *tm = dest.tm;

	if (!dest.vs || !tm)
		return KSTEER_DEST_NONE;
	if (opens) {
		if (!ksteer_vs_offers_rcu(vs, tm, family) ||
		    !ksteer_tm_accepts(tm))
			return KSTEER_DEST_NONE;
	} else if (READ_ONCE(tm->candidate.state) == KSTEER_TM_STATE_DOWN ||
		   !READ_ONCE(tm->way[KSTEER_SIDE_OPEN].leads[family])) {
		return KSTEER_DEST_NONE;
	}
	/* The flow that follows counts for its own server */
	return (struct ksteer_dest){ .tm = tm, .vs = vs };
}

static bool ksteer_decide_by_key(struct ksteer_net *kn,
				 const struct ksteer_question *q,
				 struct ksteer_lookup *look,
				 struct ksteer_decision *d)
{
	struct ksteer_flow *flow = ksteer_store_lookup_rcu(kn, look);
	struct ksteer_dest own;

	if (!flow)
		return false;
	own = ksteer_follow_rcu(d->vs, ksteer_flow_dest_rcu(kn, flow),
				q->tuple->family, q->opens);
	if (!own.vs) {
		d->gives_way = true;
		return false;
	}
	d->partial = flow;
	d->dest = own;
	d->by = KSTEER_DECIDED_BY_TEMPLATE;
	d->template = look->key.kind & KSTEER_KIND_FIELDS;
	return true;
}

/* Out of line, as the next is: most servers have neither */
static noinline bool ksteer_settle_template(struct ksteer_net *kn,
					    const struct ksteer_question *q,
					    u8 fields,
					    struct ksteer_decision *d)
{
	struct ksteer_lookup look __uninitialized;

	/* An answer does not tell by what VLAN its opener comes */
	if (d->answer && fields & KSTEER_FIELD_VLAN)
		return false;
	ksteer_key_partial(&look, q->tuple, fields,
			   ksteer_vs_pool_index_rcu(d->vs), d->answer);
	if (!ksteer_decide_by_key(kn, q, &look, d))
		return false;
	ksteer_settle(d, KSTEER_VERDICT_STEER, KSTEER_COUNT_HIT_PARTIAL,
		      "an entry under a less specific key");
	return true;
}

static noinline bool ksteer_settle_persist(struct ksteer_net *kn,
					   const struct ksteer_question *q,
					   struct ksteer_decision *d)
{
	struct ksteer_lookup look __uninitialized;
	u8 family = q->tuple->family;

	ksteer_key_persist(&look, q->tuple, READ_ONCE(d->vs->persist_id),
			   READ_ONCE(d->vs->persist_prefix[family]), d->answer);
	if (!ksteer_decide_by_key(kn, q, &look, d))
		return false;
	ksteer_settle(d, KSTEER_VERDICT_STEER, KSTEER_COUNT_PERSIST,
		      "the source keeps to its traffic manager");
	return true;
}

/* A5, B16: less specific keys, one after the other, then persistence */
static bool ksteer_settle_partial(struct ksteer_net *kn,
				  const struct ksteer_question *q,
				  struct ksteer_decision *d)
{
	/* Pairs with smp_store_release() of ksteer_vs_apply_templates() */
	u8 i, n = smp_load_acquire(&d->vs->templates);

	for (i = 0; i < n; i++) {
		u8 fields = READ_ONCE(d->vs->template[i]);

		if (unlikely(fields != KSTEER_FIELDS_FULL) &&
		    ksteer_settle_template(kn, q, fields, d))
			return true;
	}
	return unlikely(READ_ONCE(d->vs->persist)) &&
	       ksteer_settle_persist(kn, q, d);
}

/* How the mechanism is to be asked; -1 if it is not asked at all */
static int ksteer_decide_how(const struct ksteer_question *q,
			     struct ksteer_decision *d)
{
	int how = q->peek ? KSTEER_SELECT_PEEK : 0;

	d->by = KSTEER_DECIDED_BY_SCHEDULER;
	/* Nothing remembers what was chosen, so every packet must find it */
	if (READ_ONCE(d->vs->store) == KSTEER_STORE_NONE)
		return how | KSTEER_SELECT_HASH;
	/* Whose entry makes room before it is answered must be found again, too */
	if (q->opens)
		return ksteer_evict_is_near(d->vs->kn) ?
			       how | KSTEER_SELECT_HASH :
			       how;
	if (READ_ONCE(d->vs->midstream) == KSTEER_MIDSTREAM_PASS)
		return -1;
	d->by = KSTEER_DECIDED_BY_MIDSTREAM;
	return how | KSTEER_SELECT_HASH;
}

/* An answer came first: as if its opener had asked */
static noinline struct ksteer_tm *
ksteer_select_turned(struct ksteer_pool *pool, struct ksteer_tuple tuple,
		     unsigned int how)
{
	ksteer_key_turn(&tuple);
	return ksteer_pool_select_rcu(pool, &tuple, how);
}

static __always_inline struct ksteer_tm *
ksteer_select_tm(const struct ksteer_question *q,
		 const struct ksteer_decision *d, unsigned int how)
{
	struct ksteer_pool *pool = rcu_dereference(d->vs->pool);

	if (!pool)
		return NULL;
	if (likely(!d->answer))
		return ksteer_pool_select_rcu(pool, q->tuple, how);
	return ksteer_select_turned(pool, *q->tuple, how);
}

static bool ksteer_server_is_full(const struct ksteer_vs *vs)
{
	u32 max = READ_ONCE(vs->max_flows);

	return max && atomic_read(&vs->established) >= max;
}

static void ksteer_settle_full(struct ksteer_decision *d)
{
	d->dest = KSTEER_DEST_NONE;
	d->partial = NULL;
	ksteer_settle(d, KSTEER_VERDICT_DROP, KSTEER_COUNT_VS_LIMIT,
		      "the virtual server has its most flows");
}

/* B1-B14: the selection mechanism has the word */
static void ksteer_settle_select(const struct ksteer_question *q,
				 struct ksteer_decision *d)
{
	int how = ksteer_decide_how(q, d);
	struct ksteer_tm *tm;

	d->template = KSTEER_FIELDS_FULL;
	if (how < 0) {
		d->by = KSTEER_DECIDED_BY_NOTHING;
		ksteer_settle(d, KSTEER_VERDICT_PASS,
			      KSTEER_COUNT_MIDSTREAM_PASS,
			      "the packet opens nothing and has no entry");
		return;
	}
	if (ksteer_server_is_full(d->vs)) {
		ksteer_settle_full(d);
		return;
	}
	tm = ksteer_select_tm(q, d, how);
	if (!tm) {
		ksteer_settle(d, KSTEER_VERDICT_DROP, KSTEER_COUNT_NO_TM,
			      "no traffic manager of the pool may take it");
		return;
	}
	d->dest = (struct ksteer_dest){ .tm = tm, .vs = d->vs };
	if (d->by == KSTEER_DECIDED_BY_MIDSTREAM)
		ksteer_settle(d, KSTEER_VERDICT_STEER,
			      KSTEER_COUNT_MIDSTREAM_HASH,
			      "the packet opens nothing: a hash of its key");
	else if (d->gives_way)
		ksteer_settle(
			d, KSTEER_VERDICT_STEER, KSTEER_COUNT_SELECT,
			"the one that its key leads to takes no new flow");
	else
		ksteer_settle(d, KSTEER_VERDICT_STEER, KSTEER_COUNT_SELECT,
			      "the pool's selection mechanism");
}

/**
 * ksteer_decide_unstored_rcu - decide anew on a flow that cannot be stored
 * @tuple: endpoints of the packet that opens it
 * @d: the decision; its @dest and @by change if a mechanism has chosen that the
 *     next packets would not ask
 *
 * Context: softirq or BH off, RCU read side.
 */
void ksteer_decide_unstored_rcu(const struct ksteer_tuple *tuple,
				struct ksteer_decision *d)
{
	const struct ksteer_question q = { .tuple = tuple };
	struct ksteer_tm *tm;

	if (d->by != KSTEER_DECIDED_BY_SCHEDULER)
		return;
	tm = ksteer_select_tm(&q, d, KSTEER_SELECT_HASH);
	if (!tm)
		return;
	d->dest.tm = tm;
	d->by = KSTEER_DECIDED_BY_MIDSTREAM;
}

/**
 * ksteer_decide_rcu - decide on a packet without an entry
 * @kn: ksteer of the namespace
 * @q: the packet, or an imagined one
 * @d: filled
 *
 * Context: softirq or BH off, RCU read side; @d holds for as long.
 */
void ksteer_decide_rcu(struct ksteer_net *kn, const struct ksteer_question *q,
		       struct ksteer_decision *d)
{
	/* Member by member: memset() would be a call, and a dear one */
	d->by = KSTEER_DECIDED_BY_NOTHING;
	d->vs = NULL;
	d->dest = KSTEER_DEST_NONE;
	d->partial = NULL;
	d->gives_way = false;
	d->answer = false;
	d->template = 0;
	ksteer_match_server(kn, q, d);
	if (!d->vs) {
		ksteer_settle(d, KSTEER_VERDICT_PASS, KSTEER_COUNT_NO_VS,
			      "no virtual server takes it");
		return;
	}
	if (ksteer_settle_own(kn, q, d) || ksteer_settle_source(kn, q, d))
		return;
	if (READ_ONCE(d->vs->forward) == KSTEER_FORWARD_ROUTE) {
		d->dest = (struct ksteer_dest){ .vs = d->vs };
		ksteer_settle(d, KSTEER_VERDICT_ROUTE, KSTEER_COUNT_ROUTED,
			      "the virtual server follows the routing table");
		return;
	}
	if (!ksteer_settle_partial(kn, q, d))
		ksteer_settle_select(q, d);
	else if (!q->error && ksteer_server_is_full(d->vs))
		ksteer_settle_full(d);
}

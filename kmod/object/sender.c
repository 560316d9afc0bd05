// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who sent a packet: a traffic manager of the server that it is for?
 *
 * A sender is a device and a link-layer address on it, or a device alone.  Most are
 * one traffic manager, or none.  But one machine, or one device, may be a thousand
 * of them, of different pools, and no packet can look at all.  So a pool keeps
 * notes: is this sender one of mine?  A note holds until anything changes that it
 * rests on, in the whole namespace, which is seldom; the next packet looks again.
 */
#include <linux/hash.h>
#include <linux/rhashtable.h>

#include "object/index.h"
#include "object/manager.h"
#include "object/pool.h"
#include "object/roster.h"
#include "object/sender.h"
#include "object/vserver.h"

/* What is asked: whose packet, and by whom */
struct ksteer_sender_question {
	struct ksteer_pool *pool;
	const struct sk_buff *skb;
	u8 family;
};

/* One that is in no pool is an ordinary host */
static bool ksteer_sender_look(const struct ksteer_sender_question *q,
			       struct rhlist_head *list)
{
	const struct ksteer_roster *roster = rcu_dereference(q->pool->roster);
	const struct ksteer_index_entry *entry;
	const struct ksteer_tm *tm;
	struct rhlist_head *pos;

	rhl_for_each_entry_rcu(entry, pos, list, link) {
		if (!ksteer_roster_has_rcu(roster, entry->index))
			continue;
		tm = entry->way->tm;
		if (READ_ONCE(tm->pools) &&
		    ksteer_tm_is_source(tm, q->skb, q->family, false))
			return true;
	}
	return false;
}

/*
 * How much had changed, of which sender, the answer.  The serial number loses its
 * highest bit: to be mixed up two senders would have to be 2^31 changes apart.
 */
static u64 ksteer_sender_note(u32 changes, u32 serial, bool own)
{
	return (u64)changes << 32 | (u32)(serial << 1) | own;
}

/* There are several: has a packet been here since the last change? */
static bool ksteer_sender_recall(const struct ksteer_sender_question *q,
				 struct rhlist_head *list, u32 changes)
{
	u32 serial =
		container_of(list, struct ksteer_index_entry, link)->serial;
	u64 note, no = ksteer_sender_note(changes, serial, false);
	u32 i, place = hash_32(serial, KSTEER_POOL_SENDER_BITS);
	u32 worn = place;
	bool own;

	/* It is in one of two places: two busy senders do not push each other out */
	for (i = 0; i < 2; i++) {
		note = atomic64_read(&q->pool->sender[place ^ i]);
		if (likely((note & ~1ULL) == no))
			return note & 1;
		if (note >> 32 != changes)
			worn = place ^ i;
	}
	own = ksteer_sender_look(q, list);
	atomic64_set(&q->pool->sender[worn], no | own);
	return own;
}

static bool ksteer_sender_is_own(const struct ksteer_net *kn,
				 const struct ksteer_sender_question *q,
				 const u8 *station, u32 changes)
{
	struct ksteer_index_key key;
	struct rhlist_head *list;

	ksteer_index_station(&key, q->family, q->skb->dev->ifindex, station);
	list = ksteer_index_lookup_rcu(kn, &key);
	if (!list)
		return false;
	if (!rcu_access_pointer(list->next))
		return ksteer_sender_look(q, list);
	return ksteer_sender_recall(q, list, changes);
}

/**
 * ksteer_sender_is_own_rcu - does a traffic manager of a server send a packet?
 * @kn: ksteer of the namespace
 * @vs: the virtual server that the packet is for
 * @skb: the packet, at the network layer
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * By its station, or by a device that leads to traffic managers alone.  One
 * machine may be more than one traffic manager, of different servers.
 *
 * Context: RCU read side.
 * Return: whether one does that the server's pool has, or had.
 */
bool ksteer_sender_is_own_rcu(const struct ksteer_net *kn,
			      const struct ksteer_vs *vs,
			      const struct sk_buff *skb, u8 family)
{
	const u8 *station = ksteer_sender_station(skb);
	struct ksteer_sender_question q = {
		.pool = rcu_dereference(vs->pool),
		.skb = skb,
		.family = family,
	};
	u32 changes;

	if (!q.pool)
		return false;
	/* Nothing that is seen from here on is older than this */
	changes = atomic_read_acquire(&kn->senders);
	return (station && ksteer_sender_is_own(kn, &q, station, changes)) ||
	       ksteer_sender_is_own(kn, &q, NULL, changes);
}

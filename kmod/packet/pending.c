// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows that are being decided.  Their traffic manager is one that leads nowhere, so
 * their packets take the branch of those that leave theirs; here they wait, in order
 * and within bounds, until the flow is given to another.
 *
 * What waits holds no device: a packet remembers by what it came, and is dropped if
 * that has gone when it goes on.
 */
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "base/stats.h"
#include "key/packet.h"
#include "object/vserver.h"
#include "packet/account.h"
#include "packet/pending.h"
#include "packet/rewrite.h"
#include "store/extension.h"
#include "store/flow_lock.h"
#include "store/waiting.h"

/* Rounds in which packets that come while others are sent still come behind them */
#define KSTEER_ANSWER_ROUNDS 16

/**
 * ksteer_pending_create - be ready for flows that are being decided
 * @kn: ksteer of the namespace
 *
 * Context: process, under kn->config.
 * Return: 0, also if it was before, or -ENOMEM.
 */
int ksteer_pending_create(struct ksteer_net *kn)
{
	lockdep_assert_held(&kn->config);
	if (!kn->pending.nobody)
		kn->pending.nobody = ksteer_tm_create_nobody(kn);
	return kn->pending.nobody ? 0 : -ENOMEM;
}

/**
 * ksteer_pending_destroy - end it with the namespace
 * @kn: ksteer of the namespace; no packet and no flow is left
 */
void ksteer_pending_destroy(struct ksteer_net *kn)
{
	WARN_ON_ONCE(atomic_read(&kn->pending.packets));
	if (kn->pending.nobody)
		ksteer_tm_free(kn->pending.nobody);
}

/* Under the flow's lock */
static enum ksteer_wait ksteer_wait_join(struct ksteer_packet *pkt,
					 struct ksteer_flow *flow,
					 unsigned int dir)
{
	struct ksteer_dest dest = ksteer_flow_dest_locked(pkt->kn, flow);
	struct ksteer_extension *ext = ksteer_extension_rcu(pkt->kn, flow);

	if (!dest.vs || !ksteer_is_pending(dest))
		return KSTEER_WAIT_OVER;
	if (!ext || !ext->waiting ||
	    !ksteer_waiting_join(pkt->kn, ext->waiting, pkt->skb, dir))
		return KSTEER_WAIT_FULL;
	return KSTEER_WAIT_KEPT;
}

/**
 * ksteer_pending_keep - let a packet wait until its flow is decided
 * @pkt: the packet
 * @flow: its flow
 * @dir: its direction
 *
 * Context: softirq or BH off, RCU read side.
 * Return: what became of the packet.
 */
enum ksteer_wait ksteer_pending_keep(struct ksteer_packet *pkt,
				     struct ksteer_flow *flow, unsigned int dir)
{
	enum ksteer_wait wait;

	ksteer_flow_lock(pkt->kn, flow);
	wait = ksteer_wait_join(pkt, flow, dir);
	ksteer_flow_unlock(pkt->kn, flow);
	if (wait == KSTEER_WAIT_KEPT)
		ksteer_count(pkt->kn, KSTEER_COUNT_PENDING);
	return wait;
}

/* It goes on as it would have gone.  BH off, RCU read side */
static void ksteer_wait_send(struct ksteer_net *kn, struct sk_buff *skb,
			     const struct ksteer_account *to)
{
	struct net_device *dev = dev_get_by_index_rcu(kn->net, skb->skb_iif);
	struct ksteer_packet pkt = { .kn = kn, .skb = skb };

	ksteer_waiting_give_back(kn, skb->truesize);
	if (!dev || !netif_running(dev)) {
		ksteer_drop(kn, skb, KSTEER_COUNT_PENDING_DROP,
			    SKB_DROP_REASON_NETFILTER_DROP);
		return;
	}
	skb->dev = dev;
	pkt.family = skb->protocol == htons(ETH_P_IP) ? KSTEER_V4 : KSTEER_V6;
	ksteer_send(&pkt, ksteer_tm_way(to->dest.tm, to->dir, pkt.family),
		    ksteer_is_direct(to->dest), to);
}

static void ksteer_wait_send_all(struct ksteer_net *kn,
				 struct ksteer_flow *flow,
				 struct ksteer_dest dest,
				 struct sk_buff_head *queue)
{
	struct ksteer_account to = { .flow = flow, .dest = dest };
	struct sk_buff *skb;

	for (to.dir = 0; to.dir < KSTEER_DIRS; to.dir++)
		while ((skb = __skb_dequeue(&queue[to.dir])))
			ksteer_wait_send(kn, skb, &to);
}

/**
 * ksteer_pending_answer - give a flow that is being decided to a traffic manager
 * @kn: ksteer of the namespace
 * @flow: the flow
 * @tm: the traffic manager
 *
 * What waits is sent before the flow moves, and what comes meanwhile joins it: so all
 * of it leaves in the order in which it came, but for packets that do not cease to come
 * for some rounds.
 *
 * Context: BH off, RCU read side.
 * Return: false if the flow is not being decided.
 */
bool ksteer_pending_answer(struct ksteer_net *kn, struct ksteer_flow *flow,
			   struct ksteer_tm *tm)
{
	struct sk_buff_head queue[KSTEER_DIRS];
	int rounds = KSTEER_ANSWER_ROUNDS;
	struct ksteer_extension *ext;
	struct ksteer_dest from, to;
	bool more;

	do {
		ksteer_flow_lock(kn, flow);
		from = ksteer_flow_dest_locked(kn, flow);
		ext = ksteer_extension_rcu(kn, flow);
		if (!from.vs || !ksteer_is_pending(from) || !ext ||
		    !ext->waiting) {
			ksteer_flow_unlock(kn, flow);
			return false;
		}
		/* What bounded its being decided is over */
		ksteer_extension_bound(ext, 0);
		to = (struct ksteer_dest){ .tm = tm, .vs = from.vs };
		more = ksteer_waiting_leave(ext->waiting, queue) && --rounds;
		if (!more)
			ksteer_flow_move_locked(kn, flow, from, to);
		ksteer_flow_unlock(kn, flow);
		ksteer_wait_send_all(kn, flow, to, queue);
	} while (more);
	return true;
}

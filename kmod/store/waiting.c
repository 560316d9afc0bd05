// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that wait for their flow's traffic manager: bounded for the flow and for the
 * namespace, and dropped with the flow.
 */
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/xfrm.h>

#include "base/stats.h"
#include "store/waiting.h"

/* What may wait for one flow, and in one namespace: packets and their memory */
#define KSTEER_WAIT_PACKETS 16
#define KSTEER_WAIT_BYTES (256 * 1024)
#define KSTEER_WAIT_PACKETS_ALL 1024
#define KSTEER_WAIT_BYTES_ALL (4 * 1024 * 1024)
/* Of a namespace that anybody may have made, a part of that */
#define KSTEER_WAIT_PART 8

/**
 * ksteer_waiting_create - a place to wait
 *
 * Return: the place, a flow's extension's; NULL without memory.
 */
struct ksteer_waiting *ksteer_waiting_create(void)
{
	struct ksteer_waiting *waiting;
	int dir;

	waiting = kzalloc(sizeof(*waiting), GFP_KERNEL_ACCOUNT);
	for (dir = 0; waiting && dir < KSTEER_DIRS; dir++)
		__skb_queue_head_init(&waiting->queue[dir]);
	return waiting;
}

/**
 * ksteer_waiting_free - free a place where nobody waits
 * @waiting: the place; NULL is none
 */
void ksteer_waiting_free(struct ksteer_waiting *waiting)
{
	kfree(waiting);
}

static u32 ksteer_waiting_part(const struct ksteer_net *kn, u32 bound)
{
	return kn->net->user_ns == &init_user_ns ? bound :
						   bound / KSTEER_WAIT_PART;
}

/* Room in the namespace.  Return: whether there was */
static bool ksteer_waiting_take(struct ksteer_net *kn, u32 bytes)
{
	u32 packets = atomic_inc_return(&kn->pending.packets);
	u32 all = atomic_add_return(bytes, &kn->pending.bytes);

	if (packets <= ksteer_waiting_part(kn, KSTEER_WAIT_PACKETS_ALL) &&
	    all <= ksteer_waiting_part(kn, KSTEER_WAIT_BYTES_ALL))
		return true;
	atomic_dec(&kn->pending.packets);
	atomic_sub(bytes, &kn->pending.bytes);
	return false;
}

/**
 * ksteer_waiting_give_back - a packet waits no more
 * @kn: ksteer of the namespace
 * @bytes: its memory
 *
 * Context: any.
 */
void ksteer_waiting_give_back(struct ksteer_net *kn, u32 bytes)
{
	atomic_dec(&kn->pending.packets);
	atomic_sub(bytes, &kn->pending.bytes);
}

static bool ksteer_waiting_has_room(const struct ksteer_waiting *waiting,
				    u32 bytes)
{
	return waiting->queue[KSTEER_DIR_OPEN].qlen +
			       waiting->queue[KSTEER_DIR_REPLY].qlen <
		       KSTEER_WAIT_PACKETS &&
	       waiting->bytes + bytes <= KSTEER_WAIT_BYTES;
}

/**
 * ksteer_waiting_join - let a packet wait, if there is room
 * @kn: ksteer of the namespace
 * @waiting: the place, under the flow's lock
 * @skb: the packet; not the caller's any more, if it waits
 * @dir: its direction
 *
 * It holds neither a device there nor a connection of conntrack, which its namespace
 * would wait for as it closes.  It remembers by what it came.
 *
 * Context: BH off.
 * Return: whether it waits.
 */
bool ksteer_waiting_join(struct ksteer_net *kn, struct ksteer_waiting *waiting,
			 struct sk_buff *skb, unsigned int dir)
{
	if (!ksteer_waiting_has_room(waiting, skb->truesize) ||
	    !ksteer_waiting_take(kn, skb->truesize))
		return false;
	/* Whatever may hold a device, or somebody else's namespace */
	skb_dst_drop(skb);
	nf_reset_ct(skb);
	secpath_reset(skb);
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	skb_ext_del(skb, SKB_EXT_BRIDGE_NF);
#endif
	skb->skb_iif = skb->dev->ifindex;
	skb->dev = NULL;
	waiting->bytes += skb->truesize;
	__skb_queue_tail(&waiting->queue[dir], skb);
	return true;
}

/**
 * ksteer_waiting_leave - take all that wait out of their place
 * @waiting: the place, under the flow's lock
 * @queue: filled, by direction; the caller gives their memory back
 *
 * Return: whether any waited.
 */
bool ksteer_waiting_leave(struct ksteer_waiting *waiting,
			  struct sk_buff_head *queue)
{
	int dir;

	waiting->bytes = 0;
	for (dir = 0; dir < KSTEER_DIRS; dir++) {
		__skb_queue_head_init(&queue[dir]);
		skb_queue_splice_init(&waiting->queue[dir], &queue[dir]);
	}
	return !skb_queue_empty(&queue[KSTEER_DIR_OPEN]) ||
	       !skb_queue_empty(&queue[KSTEER_DIR_REPLY]);
}

/**
 * ksteer_waiting_purge - drop what waits for a flow that goes
 * @kn: ksteer of the namespace
 * @waiting: the place, under the flow's lock
 */
void ksteer_waiting_purge(struct ksteer_net *kn, struct ksteer_waiting *waiting)
{
	struct sk_buff_head queue[KSTEER_DIRS];
	struct sk_buff *skb;
	int dir;

	if (!ksteer_waiting_leave(waiting, queue))
		return;
	for (dir = 0; dir < KSTEER_DIRS; dir++)
		while ((skb = __skb_dequeue(&queue[dir]))) {
			ksteer_waiting_give_back(kn, skb->truesize);
			ksteer_count(kn, KSTEER_COUNT_PENDING_DROP);
			kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
		}
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who leaves a traffic manager that is down, or does without some of its flows:
 * chosen again, forgotten, or left where nobody else can take it.
 */
#include <linux/bottom_half.h>

#include "object/manager.h"
#include "object/pool.h"
#include "object/vserver.h"
#include "packet/leave.h"
#include "store/flow_dest.h"
#include "store/store.h"

/* Is a flow of this protocol among those that are to go elsewhere? */
static bool ksteer_away_concerns(u8 away, u8 proto)
{
	if (away & ~KSTEER_AWAY_DATAGRAMS)
		return true;
	return away && proto != IPPROTO_TCP && proto != IPPROTO_SCTP;
}

/* Another destination of the same virtual server, or none */
static struct ksteer_dest ksteer_leave_select(const struct ksteer_flow *flow,
					      struct ksteer_dest dest,
					      unsigned int how)
{
	struct ksteer_pool *pool = rcu_dereference(dest.vs->pool);
	struct ksteer_tuple tuple;
	struct ksteer_tm *tm;

	if (!pool || ksteer_flow_is_partial(flow))
		return KSTEER_DEST_NONE;
	ksteer_flow_tuple(dest.vs->kn, flow, &tuple);
	tm = ksteer_pool_select_rcu(pool, &tuple, how);
	if (!tm || tm == dest.tm)
		return KSTEER_DEST_NONE;
	return (struct ksteer_dest){ .tm = tm, .vs = dest.vs };
}

/**
 * ksteer_leave_ask_rcu - is a flow to leave its traffic manager?
 * @flow: a stored flow
 * @dest: its destination as the caller saw it; has a traffic manager
 * @how: how to select another, KSTEER_SELECT_*
 * @to: filled: where it goes, if it moves
 *
 * Context: softirq or BH off, RCU read side.
 * Return: what is to become of it; nothing has yet.
 */
enum ksteer_leave ksteer_leave_ask_rcu(const struct ksteer_flow *flow,
				       struct ksteer_dest dest,
				       unsigned int how, struct ksteer_dest *to)
{
	u8 family = ksteer_flow_family(flow);
	u8 away = READ_ONCE(dest.tm->away[family]);
	bool down = away & KSTEER_AWAY_DOWN;

	*to = KSTEER_DEST_NONE;
	/* Who is being decided waits, see pending.h */
	if (away & KSTEER_AWAY_PENDING ||
	    !ksteer_away_concerns(away, flow->key.proto))
		return KSTEER_LEAVE_NOT;
	if (down ? READ_ONCE(dest.tm->on_down) != KSTEER_ON_DOWN_RESELECT :
		   away & KSTEER_AWAY_FORGET)
		return KSTEER_LEAVE_FORGET;
	*to = ksteer_leave_select(flow, dest, how);
	/* None may stay where it is down; else none goes where it is no better */
	if (down)
		return to->vs ? KSTEER_LEAVE_MOVE : KSTEER_LEAVE_FORGET;
	return to->vs && ksteer_tm_usable(to->tm, family) ? KSTEER_LEAVE_MOVE :
							    KSTEER_LEAVE_NOT;
}

/**
 * ksteer_leave_rcu - let a flow leave its traffic manager, if it is to
 * @kn: ksteer of the namespace
 * @flow: a stored flow of which a packet has come
 * @dest: its destination as the caller saw it; has a traffic manager
 *
 * Context: softirq or BH off, RCU read side.
 * Return: its destination now, none if it is forgotten.
 */
struct ksteer_dest ksteer_leave_rcu(struct ksteer_net *kn,
				    struct ksteer_flow *flow,
				    struct ksteer_dest dest)
{
	struct ksteer_dest to;

	switch (ksteer_leave_ask_rcu(flow, dest, 0, &to)) {
	case KSTEER_LEAVE_NOT:
		return dest;
	case KSTEER_LEAVE_MOVE:
		ksteer_flow_move(kn, flow, dest, to);
		/* Another CPU may have been first */
		return ksteer_flow_dest_rcu(kn, flow);
	case KSTEER_LEAVE_FORGET:
		break;
	}
	ksteer_store_remove(kn, flow);
	return KSTEER_DEST_NONE;
}

/* Return: whether the flow was removed */
static bool ksteer_leave_one(struct ksteer_net *kn, struct ksteer_flow *flow,
			     void *arg)
{
	struct ksteer_dest dest = ksteer_flow_dest_rcu(kn, flow);
	struct ksteer_dest to = KSTEER_DEST_NONE;

	if (!dest.vs || !dest.tm ||
	    READ_ONCE(dest.tm->leaving) < KSTEER_LEAVING_WAITS ||
	    READ_ONCE(kn->closing))
		return false;
	if (READ_ONCE(dest.tm->on_down) == KSTEER_ON_DOWN_RESELECT) {
		local_bh_disable();
		to = ksteer_leave_select(flow, dest, 0);
		local_bh_enable();
	}
	if (to.vs) {
		if (ksteer_flow_move(kn, flow, dest, to))
			atomic_inc(&dest.tm->moved);
		return false;
	}
	if (!ksteer_store_remove(kn, flow))
		return false;
	atomic_inc(&dest.tm->forgotten);
	return true;
}

/**
 * ksteer_leave_all - let all flows leave the traffic managers that are marked so
 * @kn: ksteer of the namespace
 *
 * Those whose @leaving says so; however many they are, that is one walk.  A packet that
 * comes meanwhile does the same for its own flow.
 *
 * Context: process, may sleep.
 */
void ksteer_leave_all(struct ksteer_net *kn)
{
	ksteer_store_walk(kn, ksteer_leave_one, NULL);
}

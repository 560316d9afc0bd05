/* SPDX-License-Identifier: GPL-2.0-only */
/* What becomes of a packet that the store does not know. */
#ifndef _KSTEER_DECIDE_H
#define _KSTEER_DECIDE_H

#include "base/ksteer.h"
#include "base/stats.h"
#include "store/dest.h"

struct ksteer_tuple;

/**
 * struct ksteer_question - a packet without an entry
 * @tuple: its endpoints
 * @dev: arriving device; NULL if not told (explain)
 * @skb: the packet; NULL for an imagined one (explain)
 * @opens: it may open a flow: not TCP, or a SYN
 * @error: an ICMP error; it opens nothing
 * @peek: change nothing, not even the turn of a round robin
 */
struct ksteer_question {
	const struct ksteer_tuple *tuple;
	const struct net_device *dev;
	const struct sk_buff *skb;
	bool opens;
	bool error;
	bool peek;
};

/**
 * struct ksteer_decision - the answer
 * @verdict: pass, steer, route, drop
 * @by: what decided
 * @count: the counter that speaks of the outcome
 * @vs: virtual server, if one matched
 * @dest: where to, unless the verdict is pass or drop
 * @partial: entry under a less specific key that decided, or NULL
 * @gives_way: there is such an entry, but the packet may not follow it
 * @answer: the virtual server matched the packet's source: it is an answer
 * @template: fields of the key that decided, enum ksteer_field
 * @reason: one sentence
 */
struct ksteer_decision {
	enum ksteer_verdict verdict;
	enum ksteer_decided_by by;
	enum ksteer_counter count;
	struct ksteer_vs *vs;
	struct ksteer_dest dest;
	struct ksteer_flow *partial;
	bool gives_way;
	bool answer;
	u8 template;
	const char *reason;
};

bool ksteer_is_martian(const struct ksteer_tuple *t);
bool ksteer_is_own_rcu(struct ksteer_net *kn, const struct ksteer_tuple *t,
		       const struct net_device *dev);
struct ksteer_dest ksteer_follow_rcu(struct ksteer_vs *vs,
				     struct ksteer_dest dest, u8 family,
				     bool opens);
void ksteer_decide_rcu(struct ksteer_net *kn, const struct ksteer_question *q,
		       struct ksteer_decision *d);
void ksteer_decide_unstored_rcu(const struct ksteer_tuple *tuple,
				struct ksteer_decision *d);

#endif /* _KSTEER_DECIDE_H */

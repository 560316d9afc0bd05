/* SPDX-License-Identifier: GPL-2.0-only */
/* Another key that leads to a flow. */
#ifndef _KSTEER_ALIAS_H
#define _KSTEER_ALIAS_H

#include "store/extension.h"
#include "store/store_find.h"

/*
 * An alias is an entry of the store that has no destination, as one that is being
 * removed has none.  So nobody takes it for a flow: neither expiry, nor eviction, nor
 * who shows or removes flows; and packets of known flows pay nothing for it, since
 * they ask whether there is a destination anyway.
 */
static inline bool ksteer_is_alias(const struct ksteer_flow *entry)
{
	return unlikely(ksteer_flow_is(entry, KSTEER_FLOW_ALIAS));
}

/* An entry's flow: itself, but for an alias.  RCU read side */
static inline struct ksteer_flow *
ksteer_alias_flow_rcu(struct ksteer_flow *entry)
{
	/*
	 * Whoever found the alias in the store began to read before it was taken out,
	 * and so before the flow was retired.
	 */
	return ksteer_is_alias(entry) ? entry->alias_of : entry;
}

struct ksteer_flow *ksteer_alias_create(const struct ksteer_lookup *look,
					struct ksteer_dest dest);
void ksteer_aliases_free(struct ksteer_flow *alias);
struct ksteer_flow *ksteer_alias_follow_rcu(struct ksteer_flow *alias,
					    struct ksteer_lookup *look);
void ksteer_alias_list(struct ksteer_extension *ext, struct ksteer_flow *alias);

#endif /* _KSTEER_ALIAS_H */

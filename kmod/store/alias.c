// SPDX-License-Identifier: GPL-2.0-only
/*
 * Another key that leads to a flow: as that of a connection's other half, which a
 * traffic manager has translated.
 *
 * It is an entry of the same table, so whoever looks for a key finds it as he finds a
 * flow.  It is no flow: it counts for nobody, and goes with its own.
 */
#include "store/alias.h"
#include "store/extension.h"
#include "store/flow_lock.h"
#include "store/store.h"

/**
 * ksteer_alias_create - an alias that is no flow's yet
 * @look: its key
 * @dest: destination of the flow
 *
 * Context: process, may sleep.
 * Return: the alias, the caller's until it is stored; NULL without memory.
 */
struct ksteer_flow *ksteer_alias_create(const struct ksteer_lookup *look,
					struct ksteer_dest dest)
{
	struct ksteer_flow *alias;

	alias = ksteer_flow_alloc(look, dest,
				  KSTEER_FLOW_STATE_ESTABLISHED |
					  KSTEER_TRACK_VOUCHED,
				  GFP_KERNEL_ACCOUNT);
	if (!alias)
		return NULL;
	alias->flags |= KSTEER_FLOW_ALIAS;
	ksteer_flow_dest_set(alias, 0);
	alias->alias_of = NULL;
	alias->alias_next = NULL;
	return alias;
}

/**
 * ksteer_aliases_free - free aliases that were not stored
 * @alias: the first, or NULL
 */
void ksteer_aliases_free(struct ksteer_flow *alias)
{
	struct ksteer_flow *next;

	for (; alias; alias = next) {
		next = alias->alias_next;
		ksteer_flow_free(alias);
	}
}

/**
 * ksteer_alias_follow_rcu - from an alias to its flow
 * @alias: an entry that was found by @look
 * @look: told as if the flow's own key had been looked up, as for the direction
 *
 * Context: RCU read side.
 * Return: the flow.  It may be one that is being removed.
 */
struct ksteer_flow *ksteer_alias_follow_rcu(struct ksteer_flow *alias,
					    struct ksteer_lookup *look)
{
	struct ksteer_flow *flow = ksteer_alias_flow_rcu(alias);

	look->swapped =
		ksteer_flow_dir(flow, ksteer_flow_dir(alias, look->swapped));
	/* By what link the alias' packets come is nothing to the flow's key */
	look->loose = KSTEER_LOOSE_NOT;
	return flow;
}

/**
 * ksteer_alias_list - note that a flow has an alias
 * @ext: the flow's extension, under the flow's lock
 * @alias: the alias; stored
 */
void ksteer_alias_list(struct ksteer_extension *ext, struct ksteer_flow *alias)
{
	struct ksteer_flow **end = &ext->alias;

	lockdep_assert_held(ksteer_flow_spinlock(ext->kn, ext->flow));
	while (*end)
		end = &(*end)->alias_next;
	/* Whole, to whoever goes along them */
	smp_store_release(end, alias);
	ext->aliases++;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ways to traffic managers by what packets and events know of their ends.  A
 * packet asks whether its sender is a traffic manager, and a neighbour that has
 * changed whom that concerns, under a lock of the whole machine: neither may
 * have to look at all managers of a namespace.
 */
#include <linux/slab.h>

#include "object/index.h"
#include "object/sender.h"

static const struct rhashtable_params ksteer_index_params = {
	.head_offset = offsetof(struct ksteer_index_entry, link),
	.key_offset = offsetof(struct ksteer_index_entry, key),
	.key_len = sizeof(struct ksteer_index_key),
	.automatic_shrinking = true,
};

static_assert(sizeof(struct ksteer_index_key) ==
	      sizeof(union ksteer_addr) + sizeof(int) + 2 * sizeof(u16));

/**
 * ksteer_index_create - make room for the ways of a namespace
 * @kn: ksteer of the namespace
 *
 * A namespace without traffic managers has none.
 *
 * Context: process, under kn->config.
 * Return: 0, also if that was done before, or -ENOMEM.
 */
int ksteer_index_create(struct ksteer_net *kn)
{
	struct rhltable *index;

	lockdep_assert_held(&kn->config);
	if (rcu_access_pointer(kn->index))
		return 0;
	index = kzalloc(sizeof(*index), GFP_KERNEL_ACCOUNT);
	if (!index || rhltable_init(index, &ksteer_index_params)) {
		kfree(index);
		return -ENOMEM;
	}
	rcu_assign_pointer(kn->index, index);
	return 0;
}

/**
 * ksteer_index_destroy - free it with its namespace
 * @kn: ksteer of the namespace; no way is left, and nobody who looks for one
 */
void ksteer_index_destroy(struct ksteer_net *kn)
{
	struct rhltable *index = rcu_dereference_protected(kn->index, 1);

	RCU_INIT_POINTER(kn->index, NULL);
	if (index)
		rhltable_destroy(index);
	kfree(index);
}

/* It lives as long as the namespace does */
static struct rhltable *ksteer_index(const struct ksteer_net *kn)
{
	return rcu_dereference_raw(kn->index);
}

/**
 * ksteer_index_insert - let a way be found
 * @kn: ksteer of the namespace
 * @entry: the way under a key
 *
 * Context: any, under the way's lock.
 * Return: whether it can be found now; without memory it cannot.
 */
bool ksteer_index_insert(struct ksteer_net *kn,
			 struct ksteer_index_entry *entry)
{
	bool sender = entry->key.kind == KSTEER_INDEX_STATION;
	struct rhltable *index = ksteer_index(kn);

	if (entry->listed || !index)
		return entry->listed;
	if (sender)
		entry->serial = atomic_inc_return(&kn->senders);
	entry->listed =
		!rhltable_insert(index, &entry->link, ksteer_index_params);
	if (sender)
		ksteer_senders_changed(kn);
	return entry->listed;
}

/**
 * ksteer_index_remove - let a way be found no more
 * @kn: ksteer of the namespace
 * @entry: the way under a key; it may be freed after a grace period
 *
 * Context: any, under the way's lock.
 */
void ksteer_index_remove(struct ksteer_net *kn,
			 struct ksteer_index_entry *entry)
{
	if (!entry->listed)
		return;
	rhltable_remove(ksteer_index(kn), &entry->link, ksteer_index_params);
	entry->listed = false;
	if (entry->key.kind == KSTEER_INDEX_STATION)
		ksteer_senders_changed(kn);
}

/**
 * ksteer_index_lookup_rcu - ways of which something is known
 * @kn: ksteer of the namespace
 * @key: what is known
 *
 * Context: RCU read side.
 * Return: their entries, linked by their @link, or NULL.
 */
struct rhlist_head *ksteer_index_lookup_rcu(const struct ksteer_net *kn,
					    const struct ksteer_index_key *key)
{
	struct rhltable *index = ksteer_index(kn);

	return index ? rhltable_lookup(index, key, ksteer_index_params) : NULL;
}

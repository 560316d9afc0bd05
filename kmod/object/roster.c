// SPDX-License-Identifier: GPL-2.0-only
/* Who is, or was, a member of a pool. */
#include <linux/mm.h>
#include <linux/slab.h>

#include "base/ksteer.h"
#include "object/manager.h"
#include "object/roster.h"
#include "object/sender.h"

static void ksteer_roster_free_rcu(struct rcu_head *rcu)
{
	kvfree(container_of(rcu, struct ksteer_roster, rcu));
}

/* Room for the greatest index.  Return: 0 or -ENOMEM */
static int ksteer_roster_grow(struct ksteer_net *kn,
			      struct ksteer_roster __rcu **roster, u32 index)
{
	struct ksteer_roster *old = ksteer_dereference_config(kn, *roster);
	u32 bits = roundup(index + 1, BITS_PER_LONG);
	struct ksteer_roster *new;

	if (old && index < old->bits)
		return 0;
	new = kvzalloc(sizeof(*new) + bits / BITS_PER_BYTE, GFP_KERNEL_ACCOUNT);
	if (!new)
		return -ENOMEM;
	new->bits = bits;
	if (old)
		memcpy(new->has, old->has, old->bits / BITS_PER_BYTE);
	rcu_assign_pointer(*roster, new);
	if (old)
		call_rcu(&old->rcu, ksteer_roster_free_rcu);
	return 0;
}

/**
 * ksteer_roster_add - note members
 * @kn: ksteer of the namespace
 * @roster: a pool's; may be NULL yet
 * @member: the traffic managers
 * @members: how many
 *
 * Context: process, under kn->config.
 * Return: 0 or -ENOMEM; those noted so far stay and do no harm.
 */
int ksteer_roster_add(struct ksteer_net *kn,
		      struct ksteer_roster __rcu **roster,
		      struct ksteer_tm *const *member, u32 members)
{
	u32 i, most = 0;

	for (i = 0; i < members; i++)
		most = max(most, member[i]->index);
	if (ksteer_roster_grow(kn, roster, most))
		return -ENOMEM;
	for (i = 0; i < members; i++)
		set_bit(member[i]->index,
			ksteer_dereference_config(kn, *roster)->has);
	ksteer_senders_changed(kn);
	return 0;
}

/**
 * ksteer_roster_remove - forget a traffic manager that is gone
 * @kn: ksteer of the namespace
 * @roster: a pool's
 * @index: of the traffic manager, which is no sender any more
 *
 * Context: under kn->config.
 */
void ksteer_roster_remove(struct ksteer_net *kn,
			  struct ksteer_roster __rcu *const *roster, u32 index)
{
	struct ksteer_roster *r = ksteer_dereference_config(kn, *roster);

	if (r && index < r->bits)
		clear_bit(index, r->has);
}

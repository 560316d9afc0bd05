// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maglev: a table over the fields that the pool hashes on.
 *
 * Distributors agree without talking to each other, and a member that comes or
 * goes hardly moves anything but its own share.  Source and destination are
 * those of the opening direction.
 */

#include "sched/sched.h"

#define KSTEER_MAGLEV_FIELDS                                        \
	(KSTEER_FIELD_SRC | KSTEER_FIELD_DST | KSTEER_FIELD_SPORT | \
	 KSTEER_FIELD_DPORT | KSTEER_FIELD_PROTO)

static int ksteer_maglev_select(struct ksteer_set *set,
				const struct ksteer_tuple *tuple,
				unsigned int how)
{
	u32 fields = set->hash_fields ?: KSTEER_MAGLEV_FIELDS;
	u64 hash = ksteer_sched_hash_fields(set, tuple, fields);

	return ksteer_sched_table_pick(set, hash, how);
}

const struct ksteer_sched_ops ksteer_sched_maglev = {
	.name = "maglev",
	.table = true,
	.select = ksteer_maglev_select,
};

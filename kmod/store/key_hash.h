/* SPDX-License-Identifier: GPL-2.0-only */
/* The keyed hash of a key, and its bucket. */
#ifndef _KSTEER_KEY_HASH_H
#define _KSTEER_KEY_HASH_H

#include <linux/rhashtable.h>
#include <ksteer/mix.h>

#include "key/packet.h"

/*
 * Multilinear hashing: the high half of a sum of products with secret 64-bit
 * factors is strongly universal for 32-bit words (Lemire and Kaser 2014).  Two
 * keys that are chosen without knowledge of the factors share a hash with a
 * chance of one in 2^32, which is what siphash is asked for, in a tenth of its
 * instructions.  Each namespace has factors of its own, so that whoever may
 * store and list flows in his learns nothing of another's.
 *
 * @link: 0 of a full key: its packets come by more than one link, see
 *	  ksteer_link_fits().
 */
static __always_inline u32 ksteer_key_sum(const u64 *secret,
					  const struct ksteer_key *key,
					  u16 link, bool v6)
{
	u64 h = secret[0];

	h += secret[1] * key->addr[0].w32[0];
	h += secret[2] * key->addr[1].w32[0];
	h += secret[3] *
	     ((__force u32)key->port[0] << 16 | (__force u32)key->port[1]);
	h += secret[4] * ((u32)link << 16 | key->proto << 8 | key->kind);
	if (v6) {
		h += secret[5] * key->addr[0].w32[1];
		h += secret[6] * key->addr[0].w32[2];
		h += secret[7] * key->addr[0].w32[3];
		h += secret[8] * key->addr[1].w32[1];
		h += secret[9] * key->addr[1].w32[2];
		h += secret[10] * key->addr[1].w32[3];
	}
	return h >> 32;
}

/*
 * Of any key.  A less specific one is looked up by its own link alone: sources of
 * many VRFs must not crowd in one bucket.
 */
static __always_inline u32 ksteer_key_hash(const u64 *secret,
					   const struct ksteer_key *key)
{
	bool full = (key->kind & KSTEER_KIND_FIELDS) == KSTEER_KIND_FIELDS;

	return ksteer_key_sum(secret, key, full ? 0 : key->link,
			      key->kind & KSTEER_KIND_V6);
}

/*
 * The bucket: with the table's own seed, drawn when it is made, so that what
 * crowds in one table is parted by the next.
 */
static __always_inline u32 ksteer_look_hash(const void *data, u32 len, u32 seed)
{
	const struct ksteer_lookup *look = data;

	return ksteer_mix(look->hash ^ seed);
}

static __always_inline u32 ksteer_look_bucket(const struct bucket_table *tbl,
					      const struct ksteer_lookup *look)
{
	return rht_bucket_index(tbl, ksteer_look_hash(look, 0, tbl->hash_rnd));
}

#endif /* _KSTEER_KEY_HASH_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools, their members and their address sets.
 */
#include "attr.h"

static const struct ksteer_attr member_attrs[] = {
	ATTR(MEMBER_TM, "tm", NAME, ksteer_member, tm),
	ATTR(MEMBER_USABLE, "usable", U32, ksteer_member, usable),
	ATTR(MEMBER_SHARE, "share", U32, ksteer_member, share),
};

OBJECT("member", ksteer_member, member_attrs);

static const struct ksteer_attr prefix_attrs[] = {
	ATTR(PREFIX_ADDR, "addr", IP, ksteer_prefix, addr),
	ATTR(PREFIX_LEN, "len", U8, ksteer_prefix, len),
};

OBJECT("prefix", ksteer_prefix, prefix_attrs);

static const struct ksteer_attr pool_attrs[] = {
	ATTR(POOL_ID, "id", U32, ksteer_pool, id),
	ATTR(POOL_NAME, "name", NAME, ksteer_pool, name),
	ATTR(POOL_SCHED, "sched", ENUM, ksteer_pool, sched,
	     .names = &ksteer_sched_names),
	ATTR(POOL_MEMBER, "member", LIST, ksteer_pool, member,
	     .nest = &ksteer_member_object),
	ATTR(POOL_SEED, "seed", HEX, ksteer_pool, seed),
	ATTR(POOL_TABLE_SIZE, "table-size", U32, ksteer_pool, table_size),
	ATTR(POOL_HASH_FIELDS, "hash-fields", FLAGS, ksteer_pool, hash_fields,
	     .names = &ksteer_field_names),
	ATTR(POOL_SET, "set", LIST, ksteer_pool, set,
	     .nest = &ksteer_prefix_object),
	ATTR(POOL_EVENT, "event", ENUM, ksteer_pool, event,
	     .names = &ksteer_event_names),
};

OBJECT("pool", ksteer_pool, pool_attrs);

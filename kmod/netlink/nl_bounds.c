// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much the namespace of a user namespace may hold.  Its root is nobody's
 * administrator but his own: the memory is charged to his group, but the kernel
 * works for each object, under locks that others wait for.  Only who may
 * administer the machine may have more made there.
 */
#include "netlink/netlink.h"
#include "netlink/nl_pool_codec.h"

/* Numbers that counters.rst names, and the sentences below */
#define KSTEER_STRANGER_TMS 1024
#define KSTEER_STRANGER_POOLS 256
#define KSTEER_STRANGER_SERVERS 1024
#define KSTEER_STRANGER_SLOTS 8388608

static bool ksteer_nl_is_bounded(const struct ksteer_net *kn)
{
	return kn->net->user_ns != &init_user_ns && !capable(CAP_NET_ADMIN);
}

static bool ksteer_nl_is_full(const struct ksteer_net *kn,
			      const struct list_head *objects, size_t most)
{
	const struct list_head *pos;
	size_t count = 0;

	if (!ksteer_nl_is_bounded(kn))
		return false;
	list_for_each(pos, objects)
		count++;
	return count >= most;
}

/**
 * ksteer_nl_bound_tms - is there room for one more traffic manager?
 * @kn: ksteer of the namespace
 * @info: the request
 *
 * Context: process, under kn->config.
 * Return: 0 or -ENOSPC, with a sentence.
 */
int ksteer_nl_bound_tms(const struct ksteer_net *kn, struct genl_info *info)
{
	if (!ksteer_nl_is_full(kn, &kn->tms, KSTEER_STRANGER_TMS))
		return 0;
	GENL_SET_ERR_MSG(info, "This namespace may have 1024 traffic managers");
	return -ENOSPC;
}

/**
 * ksteer_nl_bound_servers - is there room for one more virtual server?
 * @kn: ksteer of the namespace
 * @info: the request
 *
 * Context: process, under kn->config.
 * Return: 0 or -ENOSPC, with a sentence.
 */
int ksteer_nl_bound_servers(const struct ksteer_net *kn, struct genl_info *info)
{
	if (!ksteer_nl_is_full(kn, &kn->servers, KSTEER_STRANGER_SERVERS))
		return 0;
	GENL_SET_ERR_MSG(info, "This namespace may have 1024 virtual servers");
	return -ENOSPC;
}

/* Slots of the lookup tables that a pool has, of both families */
static u64 ksteer_pool_slots(const struct ksteer_pool_settings *set)
{
	return ksteer_sched_ops(set->sched)->table ? 2ULL * set->table_size : 0;
}

/**
 * ksteer_nl_bound_pools - is there room for a pool as a request asks for it?
 * @kn: ksteer of the namespace
 * @pool: the pool, NULL if it is to be made
 * @set: its settings to be
 * @info: the request
 *
 * Context: process, under kn->config.
 * Return: 0 or -ENOSPC, with a sentence.
 */
int ksteer_nl_bound_pools(const struct ksteer_net *kn,
			  const struct ksteer_pool *pool,
			  const struct ksteer_pool_settings *set,
			  struct genl_info *info)
{
	u64 slots = ksteer_pool_slots(set);
	const struct ksteer_pool *other;
	const char *said = NULL;

	if (!ksteer_nl_is_bounded(kn))
		return 0;
	list_for_each_entry(other, &kn->pools, list) {
		if (other != pool)
			slots += ksteer_pool_slots(&other->settings);
	}
	if (!pool && ksteer_nl_is_full(kn, &kn->pools, KSTEER_STRANGER_POOLS))
		said = "This namespace may have 256 pools";
	else if (slots > KSTEER_STRANGER_SLOTS)
		said = "The tables of this namespace may have 8388608 slots";
	if (!said)
		return 0;
	info->extack->_msg = said;
	return -ENOSPC;
}

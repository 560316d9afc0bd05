// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family: what is asked, and who is told what happens.
 */
#include "base/listener.h"
#include "netlink/netlink.h"

/* The generated table, and the ends of dumps, of which it knows nothing */
static struct genl_ops ksteer_nl_ops_full[ARRAY_SIZE(ksteer_nl_ops)];

static void __init ksteer_nl_complete_ops(void)
{
	struct genl_ops *op;

	memcpy(ksteer_nl_ops_full, ksteer_nl_ops, sizeof(ksteer_nl_ops_full));
	for (op = ksteer_nl_ops_full;
	     op < ksteer_nl_ops_full + ARRAY_SIZE(ksteer_nl_ops_full); op++) {
		if (op->cmd == KSTEER_CMD_FLOW_GET) {
			op->start = ksteer_nl_flow_get_start;
			op->done = ksteer_nl_flow_get_done;
		} else if (op->cmd == KSTEER_CMD_POOL_GET) {
			op->start = ksteer_nl_pool_get_start;
		}
	}
}

/**
 * ksteer_netlink_init - register the family
 *
 * Context: module init, when namespaces are ready for requests.
 * Return: 0 or a negative error.
 */
int __init ksteer_netlink_init(void)
{
	int err;

	ksteer_nl_complete_ops();
	ksteer_nl_family.ops = ksteer_nl_ops_full;
	ksteer_nl_family.n_ops = ARRAY_SIZE(ksteer_nl_ops_full);
	err = genl_register_family(&ksteer_nl_family);
	if (!err)
		ksteer_nl_events_start();
	return err;
}

/**
 * ksteer_netlink_exit - unregister the family; waits for requests under way
 */
void ksteer_netlink_exit(void)
{
	ksteer_nl_events_stop();
	genl_unregister_family(&ksteer_nl_family);
}

static bool ksteer_nl_wants_flows(const struct ksteer_net *kn)
{
	return ksteer_nl_event_wanted(kn, KSTEER_NLGRP_FLOW);
}

static void ksteer_nl_tell_tm(struct ksteer_tm *tm, enum ksteer_event event,
			      const struct ksteer_moved *moved)
{
	ksteer_nl_event_send(tm->kn, ksteer_nl_tm_event(tm, event, moved));
}

const struct ksteer_listener ksteer_listener = {
	.wants_flows = ksteer_nl_wants_flows,
	.flows = ksteer_nl_changes_send,
	.tm = ksteer_nl_tell_tm,
};

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every part of the module sees: the state of one network namespace.
 */
#ifndef _KSTEER_H
#define _KSTEER_H

#include <linux/idr.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/rbtree_types.h>
#include <net/net_namespace.h>
#include <uapi/linux/ksteer.h>
#include <ksteer/key.h>

#include "base/state.h"

struct ksteer_changelog;
struct ksteer_flow;
struct ksteer_pool;
struct ksteer_tm;
struct ksteer_vs;
struct ksteer_vs_table;
struct rhltable;
struct ksteer_counters;

/* Direction of a packet within its flow */
enum ksteer_dir {
	KSTEER_DIR_OPEN, /* as the packet that opened the flow */
	KSTEER_DIR_REPLY,
	KSTEER_DIRS,
};

/* Counts of struct ksteer_net.station_devices */
#define KSTEER_STATION_DEVICES 64

/**
 * struct ksteer_net - ksteer in one network namespace
 * @net: the namespace; it outlives this
 * @store: connection store
 * @links: VRFs and VLANs in them
 * @tm_at: traffic managers by ksteer_tm.index
 * @vs_at: virtual servers by ksteer_vs.index
 * @serial_here: the serial number that each CPU has given a flow last; those of
 *		 one are apart by as many as there may be CPUs
 * @pending: flows that are being decided
 * @vs_table: virtual servers, arranged for matching; replaced as a whole
 * @counters: event counters, per CPU
 * @ops: the namespace's own copy of the hook table, registered when @hooked
 * @changes: what became of its flows, for listeners; NULL until a virtual server
 *	     raises events
 * @hooked: whether the hooks stand: while there are virtual servers
 * @closing: the namespace goes; no refresh may be queued any more, and one that
 *	     was looks at nothing
 * @standby: others answer for the addresses; written under @config
 * @devices_changed: a device has come up or gone since the last refresh
 * @station_devices: ways that lead out of devices, by a hash of the device; a
 *		     packet from another device comes from none of their ends
 * @senders: how often it may have changed who is the sender of what
 * @index: ways by what is known of their ends; there is one from the first
 *	   traffic manager on
 * @config: covers all that follows, and all members of managers, pools and
 *	    virtual servers that do not say otherwise; outermost lock
 * @tms: traffic managers, in order of creation; RCU walk allowed
 * @tm_names: the same by name
 * @pools: pools, likewise
 * @pool_names: the same by name
 * @stale_pools: those of them that have to be rebuilt
 * @servers: virtual servers, likewise
 * @server_names: the same by name
 * @matches: the same by what they match
 * @persist_groups: those that name a group of persistence, by its name
 * @locals: of these, those that want what this machine sends: while there are any,
 *	    there are hooks in OUTPUT
 * @order: the same in the order in which they are arranged
 * @tables_waiting: bytes of arrangements that may not have been freed yet
 * @table_stale: @vs_table does not know all servers, or all devices that have
 *		 changed
 * @table_waits: the request that is being served is one of a row, and more come:
 *		 @vs_table may become stale
 * @tm_indices: numbers of the traffic managers
 * @vs_indices: numbers of the virtual servers
 * @removed: what was removed, and is to be freed when no flow has it any more
 * @leaving: lets flows leave traffic managers that went down
 * @pool_indices: indices of the pools; under @config
 * @next_id: source of object ids
 * @generation: configuration changes so far, stamped on dumps
 * @reply_genid: state of the IPv4 routes that servers' answers were looked at by
 * @reply_filter: likewise the strictest rp_filter of a device
 * @refresh: re-reads the ways to the traffic managers after a device, route
 *	     or neighbour change, and probes next hops that have failed
 * @announce: tells neighbours of addresses that are here now
 * @announced: id of the last virtual server that it was the turn of
 * @announced_last: what that one matched: many may have the same address
 * @announce_by: times that all addresses are to be announced yet by a device, by
 *		 its index; has a lock of its own
 * @carriers: how often the carrier of a device had come when it was last looked
 *	      at, by its index; written under RTNL
 */
struct ksteer_net {
	struct net *net;
	struct ksteer_conn_store store;
	struct ksteer_links links;
	void __rcu *__rcu *tm_at;
	void __rcu *__rcu *vs_at;
	u32 __percpu *serial_here;
	struct ksteer_pending pending;
	struct ksteer_vs_table __rcu *vs_table;
	struct ksteer_counters __percpu *counters;
	struct nf_hook_ops *ops;
	struct ksteer_changelog *changes;
	bool hooked;
	bool closing;
	bool standby;
	bool devices_changed;
	atomic_t station_devices[KSTEER_STATION_DEVICES];
	atomic_t senders;
	struct rhltable __rcu *index;

	struct mutex config; /* see above */
	struct list_head tms;
	struct rb_root tm_names;
	struct list_head pools;
	struct rb_root pool_names;
	struct list_head stale_pools;
	struct list_head servers;
	struct rb_root server_names;
	struct rb_root matches;
	struct rb_root persist_groups;
	u32 locals;
	struct rb_root order;
	size_t tables_waiting;
	bool table_stale;
	bool table_waits;
	struct ida tm_indices;
	struct ida vs_indices;
	struct ksteer_removal removed;
	struct work_struct leaving;
	struct ida pool_indices;
	u32 next_id;
	u32 generation;
	int reply_genid;
	u8 reply_filter;
	struct delayed_work refresh;
	struct delayed_work announce;
	u32 announced;
	union ksteer_addr announced_last;
	struct xarray announce_by;
	struct xarray carriers;
};

struct ksteer_net *ksteer_net(const struct net *net);
struct workqueue_struct *ksteer_net_queue(const struct ksteer_net *kn);
struct workqueue_struct *ksteer_net_removals(const struct ksteer_net *kn);
void ksteer_refresh_soon(struct ksteer_net *kn);
void ksteer_refresh_later(struct ksteer_net *kn);

#define ksteer_dereference_config(kn, p) \
	rcu_dereference_protected(p, lockdep_is_held(&(kn)->config))

#endif /* _KSTEER_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What the wings keep of a namespace, each for itself: the parts of struct ksteer_net. */
#ifndef _KSTEER_STATE_H
#define _KSTEER_STATE_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

struct ksteer_net;
struct ksteer_tm;

/**
 * struct ksteer_links - the VRFs of a namespace, and the links in them
 * @vrf: struct ksteer_vrf by routing table
 * @link: struct ksteer_link by link id
 * @lock: covers additions; BH-safe
 *
 * Packets read without a lock.  Nothing is taken away but with the namespace:
 * a VRF that is deleted and made again has its table and its links again.
 */
struct ksteer_links {
	struct xarray vrf;
	struct xarray link;
	spinlock_t lock; /* see above */
};

/* The first goes round always, the others help under pressure */
#define KSTEER_GC_WORKERS 4

/**
 * struct ksteer_gc - expiry of a namespace
 * @worker: those that go round, each with
 * @worker.work: its work item
 * @worker.kn: its namespace
 * @stripe: the next stripe of the table that nobody has taken in this round
 * @seen: entries looked at in this round
 * @gone: of these, entries that expired
 * @pays: the last round found much to remove
 * @running: the first worker is at work or will be: there are entries
 */
struct ksteer_gc {
	struct ksteer_gc_worker {
		struct delayed_work work;
		struct ksteer_net *kn;
	} worker[KSTEER_GC_WORKERS];
	atomic_t stripe;
	atomic_t seen;
	atomic_t gone;
	bool pays;
	bool running;
};

/**
 * struct ksteer_extensions - the extensions of a namespace
 * @at: by number; whoever reads is on the RCU read side
 * @lock: covers @due, @closed, and who is in @due; BH-safe, taken inside a flow's
 * @due: those whose flows have lived long enough
 * @end: removes the flows of these; see gc.c
 * @closed: the namespace goes: nothing becomes due any more
 * @used: there has been one
 */
struct ksteer_extensions {
	struct xarray at;
	spinlock_t lock; /* see above */
	struct list_head due;
	struct work_struct end;
	bool closed;
	bool used;
};

/* Against chosen collisions: one factor a word and one to start with */
#define KSTEER_SECRETS 11

/**
 * struct ksteer_conn_store - the flows of one namespace
 * @secret: of the hash
 * @max_flows: most entries
 * @max_open: most that nobody has vouched for
 * @young: jiffies of silence before an established flow may be evicted
 * @lock_mask: number of @locks, a power of two, less one
 * @locks: see ksteer_flow_lock()
 * @vlans: some entry has a VLAN or VRF, so others need the second, loose look
 * @table: the hash table; grows and shrinks by itself
 * @doubted: entries that nobody has vouched for, but for what CPUs have not told
 * @doubted_here: what each CPU has not told yet, which may be less than nothing
 * @doubted_batch: what one CPU may count for itself
 * @gc: expiry
 * @extensions: what some entries have beyond their 128 bytes
 *
 * What packets read stands first, and they do not write there.
 */
struct ksteer_conn_store {
	u64 secret[KSTEER_SECRETS];
	u32 max_flows;
	u32 max_open;
	u32 young;
	u32 lock_mask;
	spinlock_t *locks; /* see above */
	bool vlans;
	struct rhashtable table;
	atomic_t doubted;
	s32 doubted_batch;
	s32 __percpu *doubted_here;
	struct ksteer_gc gc;
	struct ksteer_extensions extensions;
};

/**
 * struct ksteer_removal - what was removed and is still to be freed
 * @work: removes its flows, then frees it
 * @tms: traffic managers, by ksteer_tm.gone; kn->config
 * @servers: virtual servers, by ksteer_vs.gone; kn->config
 */
struct ksteer_removal {
	struct work_struct work;
	struct list_head tms;
	struct list_head servers;
};

/**
 * struct ksteer_pending - flows that are being decided, of a namespace
 * @nobody: their traffic manager, which leads nowhere; NULL before the first of them.
 *	    Written under kn->config, once.
 * @packets: packets that wait
 * @bytes: memory of these
 */
struct ksteer_pending {
	struct ksteer_tm *nobody;
	atomic_t packets;
	atomic_t bytes;
};

#endif /* _KSTEER_STATE_H */

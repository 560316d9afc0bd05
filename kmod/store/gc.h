/* SPDX-License-Identifier: GPL-2.0-only */
/* Expiry without a timer a flow. */
#ifndef _KSTEER_GC_H
#define _KSTEER_GC_H

#include <linux/atomic.h>
#include <linux/workqueue.h>

struct ksteer_net;

/* Flows that a walk looks at between two chances to schedule */
#define KSTEER_WALK_SLICE 4096

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

void ksteer_gc_init(struct ksteer_net *kn);
void ksteer_gc_wake(struct ksteer_net *kn);
void ksteer_gc_stop(struct ksteer_net *kn);

#endif /* _KSTEER_GC_H */

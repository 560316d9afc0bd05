// SPDX-License-Identifier: GPL-2.0-only
/* What destinations count: packets, and entries in the store. */
#include "object/manager.h"
#include "object/vserver.h"
#include "store/dest.h"
#include "store/flow.h"

static bool ksteer_track_is_partial(u32 track)
{
	return (track & KSTEER_TRACK_STATE) == KSTEER_FLOW_STATE_TEMPLATE;
}

static void ksteer_dest_hold_partial(struct ksteer_dest dest, int step)
{
	this_cpu_add(dest.vs->traffic->partial, step);
	if (dest.tm)
		atomic_add(step, &dest.tm->count.partial);
}

/**
 * ksteer_dest_hold - count an entry in its destination
 * @dest: the destination
 * @track: state of the entry
 *
 * Of what all CPUs write, that is the traffic manager's count and no more: some
 * of the mechanisms select by it.
 *
 * Context: any.
 */
void ksteer_dest_hold(struct ksteer_dest dest, u32 track)
{
	if (unlikely(ksteer_track_is_partial(track))) {
		ksteer_dest_hold_partial(dest, 1);
		return;
	}
	this_cpu_inc(dest.vs->traffic->flows);
	this_cpu_inc(dest.vs->traffic->flows_total);
	if (dest.tm) {
		this_cpu_inc(dest.tm->traffic->flows_total);
		atomic_inc(&dest.tm->count.flows);
	}
	if (unlikely(track & KSTEER_TRACK_COUNTED))
		ksteer_dest_establish(dest);
}

/**
 * ksteer_dest_establish - an entry that is counted is established now
 * @dest: its destination
 */
void ksteer_dest_establish(struct ksteer_dest dest)
{
	atomic_inc(&dest.vs->established);
	if (dest.tm)
		atomic_inc(&dest.tm->count.established);
}

/**
 * ksteer_dest_release - an entry leaves its destination
 * @dest: the destination; what was removed may be freed as soon as this is done
 *	  and a grace period has passed
 * @track: state of the entry
 *
 * Context: any.
 */
void ksteer_dest_release(struct ksteer_dest dest, u32 track)
{
	if (unlikely(ksteer_track_is_partial(track))) {
		ksteer_dest_hold_partial(dest, -1);
		return;
	}
	if (track & KSTEER_TRACK_COUNTED) {
		atomic_dec(&dest.vs->established);
		if (dest.tm)
			atomic_dec(&dest.tm->count.established);
	}
	if (dest.tm)
		atomic_dec(&dest.tm->count.flows);
	this_cpu_dec(dest.vs->traffic->flows);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* What was removed, until no flow has it any more. */
#ifndef _KSTEER_REMOVAL_H
#define _KSTEER_REMOVAL_H

#include <linux/list.h>
#include <linux/workqueue.h>

struct ksteer_net;
struct ksteer_tm;
struct ksteer_vs;

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

void ksteer_removal_init(struct ksteer_net *kn);
void ksteer_removal_stop(struct ksteer_net *kn);
void ksteer_removal_finish(struct ksteer_net *kn);
void ksteer_removal_add_tm(struct ksteer_tm *tm);
void ksteer_removal_add_vs(struct ksteer_vs *vs);

#endif /* _KSTEER_REMOVAL_H */

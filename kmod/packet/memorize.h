/* SPDX-License-Identifier: GPL-2.0-only */
/* What is remembered of a decision. */
#ifndef _KSTEER_MEMORIZE_H
#define _KSTEER_MEMORIZE_H

#include "base/ksteer.h"
#include "store/dest.h"

struct ksteer_decision;
struct ksteer_flow;
struct ksteer_packet;
struct ksteer_tuple;

void ksteer_track_begin(struct ksteer_flow *flow,
			const struct ksteer_packet *pkt, enum ksteer_dir dir);
struct ksteer_flow *ksteer_remember(struct ksteer_packet *pkt,
				    const struct ksteer_tuple *tuple,
				    struct ksteer_decision *d,
				    enum ksteer_dir dir);

#endif /* _KSTEER_MEMORIZE_H */

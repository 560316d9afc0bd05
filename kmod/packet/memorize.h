/* SPDX-License-Identifier: GPL-2.0-only */
/* What is remembered of a decision. */
#ifndef _KSTEER_MEMORIZE_H
#define _KSTEER_MEMORIZE_H

#include "base/ksteer.h"
#include "object/dest.h"

struct ksteer_decision;
struct ksteer_flow;
struct ksteer_packet;
struct ksteer_tuple;

struct ksteer_flow *ksteer_remember(struct ksteer_packet *pkt,
				    const struct ksteer_tuple *tuple,
				    struct ksteer_decision *d,
				    enum ksteer_dir dir);
void ksteer_refresh_seconds(struct ksteer_net *kn,
			    const struct ksteer_flow *flow,
			    struct ksteer_dest dest);
bool ksteer_second_waits(struct ksteer_flow *flow);

#endif /* _KSTEER_MEMORIZE_H */

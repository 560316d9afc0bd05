/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A flow in one line.
 */
#ifndef _KSTEER_FLOW_TEXT_H
#define _KSTEER_FLOW_TEXT_H

#include <stdio.h>

#include "model.h"

/**
 * struct flow_text - how flows are printed
 * @stats: with counters
 * @src: width of the column of sources so far
 * @dst: width of the column of destinations so far
 */
struct flow_text {
	bool stats;
	int src;
	int dst;
};

void ksteer_flow_text(FILE *file, const void *model, void *arg);

#endif /* _KSTEER_FLOW_TEXT_H */

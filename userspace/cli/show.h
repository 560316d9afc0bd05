/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Steps that the commands of several objects share.
 */
#ifndef _KSTEER_SHOW_H
#define _KSTEER_SHOW_H

#include "args.h"
#include "table.h"

int ksteer_show_list(struct cli *cli, struct args *args, int cmd,
		     struct ksteer_list *list);
void ksteer_show_json(struct cli *cli, const struct ksteer_object *object,
		      const struct ksteer_list *list);
int ksteer_send(struct cli *cli, struct args *args, int cmd, void *model);
int ksteer_add(struct cli *cli, int add, int set,
	       const struct ksteer_object *object, void *model);
const struct ksteer_tm *ksteer_find_tm(const struct ksteer_list *tms,
				       const char *name);
void ksteer_stats_heads(struct table *table);
void ksteer_stats_cells(struct table *table, const struct ksteer_stats *stats);

#endif /* _KSTEER_SHOW_H */

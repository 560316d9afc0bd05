/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who is told what happens: one table, which netlink fills in.  It is the only thing
 * that lower wings use of a higher one.
 */
#ifndef _KSTEER_LISTENER_H
#define _KSTEER_LISTENER_H

#include "base/ksteer.h"

struct ksteer_moved;

/**
 * struct ksteer_listener - what is told
 * @wants_flows: does anybody want to know what becomes of flows?  Context: any.
 * @flows: told of changes of flows, oldest first.  Context: process, the log's
 *	   reader mutex held.  Return: how many of the given number are dealt with,
 *	   at least one.
 * @tm: told that a traffic manager changed by itself; @moved is what became of its
 *	flows, or NULL.  Context: process, under kn->config.
 *
 * What a request changes is told by who serves it.
 */
struct ksteer_listener {
	bool (*wants_flows)(const struct ksteer_net *kn);
	u32 (*flows)(struct ksteer_changelog *log, u32 most);
	void (*tm)(struct ksteer_tm *tm, enum ksteer_event event,
		   const struct ksteer_moved *moved);
};

/* In netlink/nl_event.c */
extern const struct ksteer_listener ksteer_listener;

#endif /* _KSTEER_LISTENER_H */

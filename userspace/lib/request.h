/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests to the kernel module in terms of objects.
 */
#ifndef _KSTEER_REQUEST_H
#define _KSTEER_REQUEST_H

#include "nl.h"
#include "object.h"

/**
 * typedef ksteer_model_fn - takes one structure
 * @object: what it is
 * @model: structure; what it owns is freed after the call
 * @arg: what the caller gave
 *
 * Return: 0, or a negative errno value that ends the exchange.
 */
typedef int (*ksteer_model_fn)(const struct ksteer_object *object, void *model,
			       void *arg);

int ksteer_request(struct ksteer_nl *nl, int cmd,
		   const struct ksteer_object *object, const void *model);
int ksteer_query(struct ksteer_nl *nl, int cmd,
		 const struct ksteer_object *object, const void *model,
		 void *answer);
int ksteer_dump(struct ksteer_nl *nl, int cmd,
		const struct ksteer_object *object, const void *model,
		ksteer_model_fn fn, void *arg);
int ksteer_collect(struct ksteer_nl *nl, int cmd,
		   const struct ksteer_object *object,
		   struct ksteer_list *list);
int ksteer_dump_flows(struct ksteer_nl *nl, const struct ksteer_flow *filter,
		      ksteer_model_fn fn, void *arg);
const struct ksteer_object *ksteer_event_object(unsigned int cmd);
int ksteer_receive_events(struct ksteer_nl *nl, ksteer_model_fn fn, void *arg);

#endif /* _KSTEER_REQUEST_H */

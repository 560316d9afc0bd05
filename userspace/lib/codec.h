/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Structures to netlink attributes and back.
 */
#ifndef _KSTEER_CODEC_H
#define _KSTEER_CODEC_H

#include "object.h"

struct nl_msg;
struct nlattr;

int ksteer_encode(struct nl_msg *msg, const struct ksteer_object *object,
		  const void *model);
int ksteer_decode(const struct ksteer_object *object, struct nlattr *attrs,
		  int len, void *model);
char *ksteer_attr_path(const struct ksteer_object *object, struct nlattr *attrs,
		       int len, const void *guilty, char *buf, size_t size,
		       size_t *index);

#endif /* _KSTEER_CODEC_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Traffic managers as attributes. */
#ifndef _KSTEER_TM_CODEC_H
#define _KSTEER_TM_CODEC_H

#include "netlink/netlink.h"

int ksteer_nl_put_leaving(struct sk_buff *skb, const struct ksteer_tm *tm);
int ksteer_nl_tm_parse(struct net *net, struct ksteer_tm_settings *set,
		       struct genl_info *info);
int ksteer_nl_tm_precheck(struct ksteer_net *kn,
			  const struct ksteer_tm_settings *set,
			  struct genl_info *info);

#endif /* _KSTEER_TM_CODEC_H */

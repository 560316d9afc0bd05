/* SPDX-License-Identifier: GPL-2.0-only */
/* Virtual servers as attributes. */
#ifndef _KSTEER_VS_CODEC_H
#define _KSTEER_VS_CODEC_H

#include "netlink/netlink.h"

int ksteer_nl_parse_match(struct ksteer_net *kn, struct ksteer_match *match,
			  struct genl_info *info);
int ksteer_nl_vs_parse(struct ksteer_net *kn, struct ksteer_vs_settings *set,
		       struct genl_info *info);
int ksteer_nl_vs_precheck(const struct ksteer_vs_settings *set,
			  struct genl_info *info);

#endif /* _KSTEER_VS_CODEC_H */

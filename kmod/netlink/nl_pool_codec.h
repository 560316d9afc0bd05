/* SPDX-License-Identifier: GPL-2.0-only */
/* Pools as attributes. */
#ifndef _KSTEER_POOL_CODEC_H
#define _KSTEER_POOL_CODEC_H

#include "netlink/netlink.h"

/* What Maglev hashes on if not told: all that tells flows apart */
#define KSTEER_NL_HASH_DEFAULT                                      \
	(KSTEER_FIELD_SRC | KSTEER_FIELD_DST | KSTEER_FIELD_SPORT | \
	 KSTEER_FIELD_DPORT | KSTEER_FIELD_PROTO)

/**
 * struct ksteer_nl_pool_parse - settings that a request asks for
 * @set: the settings; its arrays are the pool's or those below
 * @member: array of this request, freed with it
 * @prefix: likewise
 */
struct ksteer_nl_pool_parse {
	struct ksteer_pool_settings set;
	struct ksteer_tm **member;
	struct ksteer_prefix *prefix;
};

int ksteer_nl_pool_parse(struct ksteer_net *kn,
			 struct ksteer_nl_pool_parse *parse,
			 struct genl_info *info);
int ksteer_nl_pool_parse_join(struct ksteer_net *kn,
			      const struct ksteer_pool *pool,
			      struct ksteer_nl_pool_parse *parse,
			      struct genl_info *info);
int ksteer_nl_pool_parse_leave(struct ksteer_net *kn,
			       const struct ksteer_pool *pool,
			       struct ksteer_nl_pool_parse *parse,
			       struct genl_info *info);
void ksteer_nl_pool_parse_free(struct ksteer_nl_pool_parse *parse);
int ksteer_nl_pool_precheck(struct ksteer_net *kn,
			    const struct ksteer_pool *pool,
			    const struct ksteer_pool_settings *set,
			    struct genl_info *info);

#endif /* _KSTEER_POOL_CODEC_H */

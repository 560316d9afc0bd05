/* SPDX-License-Identifier: GPL-2.0-only */
/* Link ids: by which VLAN a packet comes, and in which VRF. */
#ifndef _KSTEER_LINK_H
#define _KSTEER_LINK_H

#include <linux/netdevice.h>
#include <ksteer/key.h>

#include "base/ksteer.h"

struct ksteer_tuple;

/* Link ids that a namespace may have in its VRFs */
#define KSTEER_LINKS_MAX 8192

void ksteer_links_init(struct ksteer_links *links);
void ksteer_links_destroy(struct ksteer_links *links);
bool ksteer_link_get(struct ksteer_net *kn, u32 table, u16 vlan, u16 *link);
int ksteer_link_of_rcu(struct ksteer_net *kn, const struct net_device *dev);
u32 ksteer_link_table(const struct ksteer_net *kn, u16 link);
bool ksteer_link_same_vrf(const struct ksteer_net *kn, u16 a, u16 b);
void ksteer_link_read(const struct ksteer_net *kn, u16 link,
		      struct ksteer_tuple *tuple);
bool ksteer_link_vrf_name(struct ksteer_net *kn, u16 link, char *name,
			  size_t size);
u32 ksteer_link_vrf_table(struct ksteer_net *kn, const char *name);

/* Does a packet come by a plain device?  Then its link id is 0 */
static __always_inline bool ksteer_link_is_plain(const struct net_device *dev)
{
	return likely(
		!(dev->priv_flags & (IFF_802_1Q_VLAN | IFF_L3MDEV_SLAVE)));
}

#endif /* _KSTEER_LINK_H */

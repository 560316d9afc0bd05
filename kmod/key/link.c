// SPDX-License-Identifier: GPL-2.0-only
/*
 * Link ids.  Equal addresses in two VLANs, or in two VRFs, are not the same
 * addresses, so what tells them apart belongs to the key, in 16 bits: without a
 * VRF the VLAN's id; in a VRF a number that stands for VRF and VLAN, given when
 * the first packet comes by them.
 *
 * A VRF is known by its routing table, which it has again when it is deleted and
 * made anew; its index it has not.
 */
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/l3mdev.h>

#include "base/ksteer.h"
#include "key/link.h"
#include "key/packet.h"

/**
 * struct ksteer_vrf - a VRF that packets have come by
 * @table: its routing table
 * @ifindex: its device, when it was last asked for
 * @vlan: its links by VLAN id; that of 0 is always there
 */
struct ksteer_vrf {
	u32 table;
	int ifindex;
	struct xarray vlan;
};

/**
 * struct ksteer_link - a VLAN in a VRF
 * @vrf: the VRF
 * @vlan: VLAN id, 0 for none
 * @id: number that stands for both
 */
struct ksteer_link {
	struct ksteer_vrf *vrf;
	u16 vlan;
	u16 id;
};

/**
 * ksteer_links_init - begin without a VRF
 * @links: of the namespace
 */
void ksteer_links_init(struct ksteer_links *links)
{
	xa_init(&links->vrf);
	xa_init_flags(&links->link, XA_FLAGS_ALLOC);
	spin_lock_init(&links->lock);
}

/**
 * ksteer_links_destroy - free all
 * @links: of the namespace; no packet and no flow is left
 */
void ksteer_links_destroy(struct ksteer_links *links)
{
	struct ksteer_link *link;
	struct ksteer_vrf *vrf;
	unsigned long i;

	xa_for_each(&links->link, i, link)
		kfree(link);
	xa_destroy(&links->link);
	xa_for_each(&links->vrf, i, vrf) {
		xa_destroy(&vrf->vlan);
		kfree(vrf);
	}
	xa_destroy(&links->vrf);
}

static struct ksteer_link *ksteer_link_lookup(const struct ksteer_net *kn,
					      u16 id)
{
	return xa_load((struct xarray *)&kn->links.link, id);
}

static struct ksteer_link *ksteer_link_find(struct ksteer_net *kn, u32 table,
					    u16 vlan)
{
	struct ksteer_vrf *vrf = xa_load(&kn->links.vrf, table);

	return vrf ? xa_load(&vrf->vlan, vlan) : NULL;
}

static bool ksteer_link_add(struct ksteer_links *links, struct ksteer_vrf *vrf,
			    u16 vlan)
{
	struct ksteer_link *link = kzalloc(sizeof(*link), GFP_ATOMIC);
	u32 id;

	if (!link)
		return false;
	link->vrf = vrf;
	link->vlan = vlan;
	if (xa_alloc(&links->link, &id, link,
		     XA_LIMIT(KSTEER_LINK_VRF,
			      KSTEER_LINK_VRF + KSTEER_LINKS_MAX - 1),
		     GFP_ATOMIC)) {
		kfree(link);
		return false;
	}
	link->id = id;
	/* Last: whoever finds it there finds it whole */
	if (!xa_is_err(xa_store(&vrf->vlan, vlan, link, GFP_ATOMIC)))
		return true;
	xa_erase(&links->link, id);
	kfree(link);
	return false;
}

static struct ksteer_vrf *ksteer_vrf_add(struct ksteer_links *links, u32 table)
{
	struct ksteer_vrf *vrf = kzalloc(sizeof(*vrf), GFP_ATOMIC);
	void *link;

	if (!vrf)
		return NULL;
	vrf->table = table;
	xa_init(&vrf->vlan);
	if (!ksteer_link_add(links, vrf, 0)) {
		kfree(vrf);
		return NULL;
	}
	if (!xa_is_err(xa_store(&links->vrf, table, vrf, GFP_ATOMIC)))
		return vrf;
	link = xa_erase(&vrf->vlan, 0);
	xa_erase(&links->link, ((struct ksteer_link *)link)->id);
	kfree(link);
	kfree(vrf);
	return NULL;
}

/**
 * ksteer_link_get - the link id of a VRF and a VLAN; made if there is none
 * @kn: ksteer of the namespace
 * @table: the VRF's routing table, 0 for none
 * @vlan: VLAN id, 0 for none
 * @link: filled
 *
 * Context: any.
 * Return: false if there are too many, or no memory.
 */
bool ksteer_link_get(struct ksteer_net *kn, u32 table, u16 vlan, u16 *link)
{
	struct ksteer_links *links;
	struct ksteer_link *there;
	struct ksteer_vrf *vrf;

	*link = vlan;
	if (!table)
		return true;
	links = &kn->links;
	there = ksteer_link_find(kn, table, vlan);
	if (unlikely(!there)) {
		spin_lock_bh(&links->lock);
		vrf = xa_load(&links->vrf, table) ?:
						    ksteer_vrf_add(links, table);
		if (vrf && !xa_load(&vrf->vlan, vlan))
			ksteer_link_add(links, vrf, vlan);
		spin_unlock_bh(&links->lock);
		there = ksteer_link_find(kn, table, vlan);
	}
	if (!there)
		return false;
	*link = there->id;
	return true;
}

/**
 * ksteer_link_of_rcu - the link id of what comes by a device
 * @kn: ksteer of the namespace
 * @dev: a device of a VLAN or in a VRF
 *
 * Context: RCU read side.
 * Return: the link id; -ENOSPC if there are too many, or no memory.
 */
int ksteer_link_of_rcu(struct ksteer_net *kn, const struct net_device *dev)
{
	u16 vlan = is_vlan_dev(dev) ? vlan_dev_vlan_id(dev) : 0;
	u32 table = 0;
	u16 link;

	if (netif_is_l3_slave(dev))
		table = l3mdev_fib_table_rcu(dev);
	return ksteer_link_get(kn, table, vlan, &link) ? link : -ENOSPC;
}

/**
 * ksteer_link_table - the VRF of a link
 * @kn: ksteer of the namespace
 * @link: link id
 *
 * Return: its routing table, 0 without a VRF.
 */
u32 ksteer_link_table(const struct ksteer_net *kn, u16 link)
{
	const struct ksteer_link *l;

	if (likely(link < KSTEER_LINK_VRF))
		return 0;
	l = ksteer_link_lookup(kn, link);
	return l ? l->vrf->table : 0;
}

/**
 * ksteer_link_same_vrf - are two links in the same VRF, or in none?
 * @kn: ksteer of the namespace
 * @a: link id
 * @b: link id
 *
 * Return: whether they are.
 */
bool ksteer_link_same_vrf(const struct ksteer_net *kn, u16 a, u16 b)
{
	return ksteer_link_table(kn, a) == ksteer_link_table(kn, b);
}

/**
 * ksteer_link_read - what a link id stands for
 * @kn: ksteer of the namespace
 * @link: link id
 * @tuple: its @link, @vlan and @vrf are filled
 */
void ksteer_link_read(const struct ksteer_net *kn, u16 link,
		      struct ksteer_tuple *tuple)
{
	const struct ksteer_link *l, *bare;

	tuple->link = link;
	tuple->vlan = link;
	tuple->vrf = 0;
	if (likely(link < KSTEER_LINK_VRF))
		return;
	l = ksteer_link_lookup(kn, link);
	bare = l ? xa_load(&l->vrf->vlan, 0) : NULL;
	tuple->vlan = l ? l->vlan : 0;
	tuple->vrf = bare ? bare->id : 0;
}

static bool ksteer_is_vrf(const struct net_device *dev, u32 table)
{
	return netif_is_l3_master(dev) && l3mdev_fib_table_rcu(dev) == table;
}

/* A VRF that was made again has another index */
static const struct net_device *ksteer_vrf_device_rcu(struct ksteer_net *kn,
						      struct ksteer_vrf *vrf)
{
	const struct net_device *dev;

	dev = dev_get_by_index_rcu(kn->net, READ_ONCE(vrf->ifindex));
	if (dev && ksteer_is_vrf(dev, vrf->table))
		return dev;
	for_each_netdev_rcu(kn->net, dev) {
		if (!ksteer_is_vrf(dev, vrf->table))
			continue;
		WRITE_ONCE(vrf->ifindex, dev->ifindex);
		return dev;
	}
	return NULL;
}

/**
 * ksteer_link_vrf_name - what the VRF of a link is called
 * @kn: ksteer of the namespace
 * @link: link id
 * @name: filled: its device's name, or "table:NUMBER" if it has none
 * @size: of @name
 *
 * Context: RCU read side.
 * Return: false without a VRF.
 */
bool ksteer_link_vrf_name(struct ksteer_net *kn, u16 link, char *name,
			  size_t size)
{
	const struct ksteer_link *l = NULL;
	const struct net_device *dev;

	if (link >= KSTEER_LINK_VRF)
		l = ksteer_link_lookup(kn, link);
	if (!l)
		return false;
	dev = ksteer_vrf_device_rcu(kn, l->vrf);
	if (dev)
		strscpy(name, dev->name, size);
	else
		snprintf(name, size, "table:%u", l->vrf->table);
	return true;
}

/**
 * ksteer_link_vrf_table - find a VRF by its name
 * @kn: ksteer of the namespace
 * @name: as ksteer_link_vrf_name() says it
 *
 * Context: process.
 * Return: its routing table, 0 if there is none.
 */
u32 ksteer_link_vrf_table(struct ksteer_net *kn, const char *name)
{
	const struct net_device *dev;
	u32 table = 0;

	if (strstarts(name, "table:"))
		return kstrtou32(name + strlen("table:"), 10, &table) ? 0 :
									table;
	rcu_read_lock();
	dev = dev_get_by_name_rcu(kn->net, name);
	if (dev && netif_is_l3_master(dev))
		table = l3mdev_fib_table_rcu(dev);
	rcu_read_unlock();
	return table;
}

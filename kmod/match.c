// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual servers arranged for matching: those of one address in a hash, the
 * rest in a list, the most specific first in both.  A change makes a new
 * arrangement; packets see the old one or the new one, never half of one.
 */
#include <linux/hash.h>
#include <linux/if_vlan.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/l3mdev.h>

#include "key.h"
#include "match.h"
#include "packet.h"
#include "reply.h"
#include "vserver.h"

static u32 ksteer_match_ports(const struct ksteer_match *m)
{
	return m->port_min ? m->port_max - m->port_min : U16_MAX + 1;
}

/* J15, J16: whoever says more goes first */
static int ksteer_match_cmp(const struct ksteer_match *a,
			    const struct ksteer_match *b)
{
	if (a->is_host != b->is_host)
		return a->is_host ? -1 : 1;
	if (a->any_addr != b->any_addr)
		return a->any_addr ? 1 : -1;
	if (a->prefixlen != b->prefixlen)
		return (int)b->prefixlen - a->prefixlen;
	if (ksteer_match_ports(a) != ksteer_match_ports(b))
		return ksteer_match_ports(a) < ksteer_match_ports(b) ? -1 : 1;
	if (!a->proto != !b->proto)
		return a->proto ? -1 : 1;
	if (a->has_vlan != b->has_vlan)
		return a->has_vlan ? -1 : 1;
	if (!a->ifindex != !b->ifindex)
		return a->ifindex ? -1 : 1;
	return 0;
}

static int ksteer_entry_cmp(const void *x, const void *y)
{
	const struct ksteer_vs *a = ((const struct ksteer_vs_entry *)x)->vs;
	const struct ksteer_vs *b = ((const struct ksteer_vs_entry *)y)->vs;
	int cmp = ksteer_match_cmp(&a->match, &b->match);

	return cmp ?: (a->id < b->id ? -1 : 1);
}

static void ksteer_interest_add(struct ksteer_vs_table *table,
				const struct ksteer_match *m)
{
	if (m->is_host)
		__set_bit(ksteer_interest(&m->addr, m->family),
			  table->interest[m->family]);
	else if (!m->any_addr)
		bitmap_fill(table->interest[m->family],
			    1 << KSTEER_INTEREST_BITS);
	else
		memset(table->interest, 0xff, sizeof(table->interest));
}

static u32 *ksteer_match_bucket(const struct ksteer_vs_table *table,
				const union ksteer_addr *addr)
{
	return &table->bucket[hash_64(addr->w[0] ^ addr->w[1], 32) &
			      table->mask];
}

/* From the least specific to the most, so that chains end up sorted */
static void ksteer_match_link(struct ksteer_vs_table *table)
{
	u32 i = table->count;

	table->others = 0;
	while (i--) {
		struct ksteer_vs_entry *e = &table->entry[i];
		u32 *bucket;

		ksteer_interest_add(table, &e->vs->match);
		if (e->vs->flags & KSTEER_VS_FLAGS_SYMMETRIC)
			table->symmetric = true;
		if (!e->vs->match.is_host)
			continue;
		table->others = max(table->others, i + 1);
		bucket = ksteer_match_bucket(table, &e->vs->match.addr);
		e->next = *bucket;
		*bucket = i + 1;
	}
}

static void ksteer_table_free(struct ksteer_vs_table *table)
{
	if (!table)
		return;
	kvfree(table->bucket);
	kvfree(table);
}

static void ksteer_table_free_rcu(struct rcu_head *rcu)
{
	ksteer_table_free(container_of(rcu, struct ksteer_vs_table, rcu));
}

static struct ksteer_vs_table *ksteer_table_alloc(u32 count)
{
	struct ksteer_vs_table *table;

	table = kvzalloc(struct_size(table, entry, count), GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;
	table->count = count;
	table->mask = roundup_pow_of_two(max(count, 8u)) - 1;
	table->bucket = kvcalloc(table->mask + 1, sizeof(*table->bucket),
				 GFP_KERNEL_ACCOUNT);
	if (!table->bucket) {
		kvfree(table);
		return NULL;
	}
	return table;
}

/**
 * ksteer_match_rebuild - arrange the virtual servers anew
 * @kn: ksteer of the namespace
 * @with: a virtual server that is not yet in kn->servers, or NULL
 * @without: one in kn->servers to leave out, or NULL
 *
 * Context: process, under kn->config.
 * Return: 0 or -ENOMEM; then the old arrangement stays.
 */
int ksteer_match_rebuild(struct ksteer_net *kn, struct ksteer_vs *with,
			 const struct ksteer_vs *without)
{
	struct ksteer_vs_table *table, *old;
	struct ksteer_vs *vs;
	u32 count = !!with;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(vs, &kn->servers, list)
		count += vs != without;
	table = ksteer_table_alloc(count);
	if (!table)
		return -ENOMEM;
	count = 0;
	list_for_each_entry(vs, &kn->servers, list)
		if (vs != without)
			table->entry[count++].vs = vs;
	if (with)
		table->entry[count].vs = with;
	sort(table->entry, table->count, sizeof(*table->entry),
	     ksteer_entry_cmp, NULL);
	ksteer_match_link(table);
	old = ksteer_dereference_config(kn, kn->vs_table);
	rcu_assign_pointer(kn->vs_table, table);
	if (old)
		call_rcu(&old->rcu, ksteer_table_free_rcu);
	return 0;
}

/**
 * ksteer_match_find_device - the device that has the name of a match now
 * @net: the namespace
 * @match: with a name; its index is filled, packets may be reading it
 *
 * Context: any.
 */
void ksteer_match_find_device(struct net *net, struct ksteer_match *match)
{
	struct net_device *dev;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(net, match->dev);
	WRITE_ONCE(match->ifindex, dev ? dev->ifindex : KSTEER_NO_DEVICE);
	rcu_read_unlock();
}

/**
 * ksteer_vs_follow_devices - match by the devices that have their names now
 * @kn: ksteer of the namespace
 *
 * Context: process, under kn->config.
 */
void ksteer_vs_follow_devices(struct ksteer_net *kn)
{
	struct ksteer_vs *vs;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(vs, &kn->servers, list)
		if (vs->match.dev[0])
			ksteer_match_find_device(kn->net, &vs->match);
}

/**
 * ksteer_match_destroy - free the arrangement
 * @kn: ksteer of the namespace; no packet can reach it
 */
void ksteer_match_destroy(struct ksteer_net *kn)
{
	ksteer_table_free(rcu_dereference_protected(kn->vs_table, 1));
	RCU_INIT_POINTER(kn->vs_table, NULL);
}

static bool ksteer_match_device(int ifindex, const struct net_device *dev)
{
	return dev && (dev->ifindex == ifindex ||
		       l3mdev_master_ifindex_rcu(dev) == ifindex);
}

static bool ksteer_match_address(const struct ksteer_match *m,
				 const union ksteer_addr *addr, u8 family)
{
	if (m->any_addr)
		return true;
	if (m->family != family)
		return false;
	return ksteer_addr_equal(addr, &m->addr) ||
	       (!m->is_host &&
		ksteer_addr_in(addr, &m->addr, m->prefixlen, family));
}

static __always_inline bool ksteer_match_link_fits(const struct ksteer_match *m,
						   u16 vlan,
						   const struct net_device *dev)
{
	if (m->has_vlan && m->vlan != vlan)
		return false;
	return !m->ifindex || ksteer_match_device(READ_ONCE(m->ifindex), dev);
}

/* Does a virtual server take packets to @addr, @port? */
static __always_inline bool ksteer_match_fits(const struct ksteer_match *m,
					      const struct ksteer_tuple *t,
					      const union ksteer_addr *addr,
					      u16 port,
					      const struct net_device *dev)
{
	if (!ksteer_match_address(m, addr, t->family))
		return false;
	if (m->proto && m->proto != t->proto)
		return false;
	if (m->port_min && (port < m->port_min || port > m->port_max))
		return false;
	return ksteer_match_link_fits(m, t->vlan, dev);
}

/*
 * An answer arrives elsewhere: its VLAN and device do not count.  Out of line,
 * so that the opening direction does not pay for the copy's place.
 */
static noinline bool ksteer_match_fits_answer(const struct ksteer_vs *vs,
					      const struct ksteer_tuple *t)
{
	struct ksteer_match m = vs->match;

	if (!(READ_ONCE(vs->flags) & KSTEER_VS_FLAGS_SYMMETRIC))
		return false;
	m.has_vlan = false;
	m.ifindex = 0;
	return ksteer_match_fits(&m, t, &t->src, ntohs(t->sport), NULL);
}

static __always_inline bool ksteer_match_entry(const struct ksteer_vs *vs,
					       const struct ksteer_tuple *t,
					       const struct net_device *dev,
					       bool answer)
{
	if (answer)
		return ksteer_match_fits_answer(vs, t);
	return ksteer_match_fits(&vs->match, t, &t->dst, ntohs(t->dport), dev);
}

/**
 * ksteer_match_rcu - the most specific virtual server of a packet
 * @table: arrangement
 * @tuple: the packet's endpoints
 * @dev: device that it arrives by, NULL if unknown
 * @answer: match the source instead: the packet is a server's answer
 *
 * Context: RCU read side.
 * Return: the virtual server or NULL.
 */
struct ksteer_vs *ksteer_match_rcu(const struct ksteer_vs_table *table,
				   const struct ksteer_tuple *tuple,
				   const struct net_device *dev, bool answer)
{
	const union ksteer_addr *addr = answer ? &tuple->src : &tuple->dst;
	u32 i;

	for (i = *ksteer_match_bucket(table, addr); i;
	     i = table->entry[i - 1].next)
		if (ksteer_match_entry(table->entry[i - 1].vs, tuple, dev,
				       answer))
			return table->entry[i - 1].vs;
	for (i = table->others; i < table->count; i++)
		if (ksteer_match_entry(table->entry[i].vs, tuple, dev, answer))
			return table->entry[i].vs;
	return NULL;
}

/* May a virtual server take it?  Ports are not known, nor is protocol 0. */
static bool ksteer_match_fits_part(const struct ksteer_vs *vs,
				   const struct ksteer_tuple *t,
				   const struct net_device *dev, bool answer)
{
	const struct ksteer_match *m = &vs->match;

	if (!ksteer_match_address(m, answer ? &t->src : &t->dst, t->family))
		return false;
	if (m->proto && t->proto && m->proto != t->proto)
		return false;
	if (!answer)
		return ksteer_match_link_fits(m, t->vlan, dev);
	/* Only IPv4 has source checks that an answer may have to be sent past */
	return t->proto == IPPROTO_TCP ||
	       READ_ONCE(vs->flags) &
		       (KSTEER_VS_FLAGS_SYMMETRIC |
			(t->family == KSTEER_V4 ? KSTEER_VS_CHECKED : 0));
}

/**
 * ksteer_match_missed - what of a key a virtual server does not take
 * @m: what the server takes
 * @t: endpoints, as the opener sees them
 * @fields: fields of @t that count, enum ksteer_field
 *
 * The device is not asked: a key does not tell it.
 *
 * Return: the field that does not fit, 0 if all do.
 */
u8 ksteer_match_missed(const struct ksteer_match *m,
		       const struct ksteer_tuple *t, u8 fields)
{
	u16 port = ntohs(t->dport);

	if (fields & KSTEER_FIELD_DST ?
		    !ksteer_match_address(m, &t->dst, t->family) :
		    !m->any_addr && m->family != t->family)
		return KSTEER_FIELD_DST;
	if (fields & KSTEER_FIELD_PROTO && m->proto && m->proto != t->proto)
		return KSTEER_FIELD_PROTO;
	if (fields & KSTEER_FIELD_DPORT && m->port_min &&
	    (port < m->port_min || port > m->port_max))
		return KSTEER_FIELD_DPORT;
	if (fields & KSTEER_FIELD_VLAN && m->has_vlan && m->vlan != t->vlan)
		return KSTEER_FIELD_VLAN;
	return 0;
}

/**
 * ksteer_match_part_rcu - a virtual server that may take a fragment's packet
 * @table: arrangement
 * @t: the packet's addresses, VLAN, and protocol, 0 if not known
 * @dev: device that it arrives by
 * @answer: match the source instead, for who needs answers whole: symmetric
 *	    servers, those whose answers we may have to send, and all of TCP
 *
 * Context: RCU read side.
 * Return: one with a host address if there is one; any; or NULL.
 */
struct ksteer_vs *ksteer_match_part_rcu(const struct ksteer_vs_table *table,
					const struct ksteer_tuple *t,
					const struct net_device *dev,
					bool answer)
{
	u32 i;

	for (i = *ksteer_match_bucket(table, answer ? &t->src : &t->dst); i;
	     i = table->entry[i - 1].next)
		if (ksteer_match_fits_part(table->entry[i - 1].vs, t, dev,
					   answer))
			return table->entry[i - 1].vs;
	for (i = table->others; i < table->count; i++)
		if (ksteer_match_fits_part(table->entry[i].vs, t, dev, answer))
			return table->entry[i].vs;
	return NULL;
}

static bool ksteer_match_answers(const struct ksteer_vs *vs,
				 const union ksteer_addr *addr, u8 family,
				 const struct net_device *dev)
{
	const struct ksteer_match *m = &vs->match;

	return !(READ_ONCE(vs->flags) & KSTEER_VS_FLAGS_NOARP) &&
	       m->family == family && ksteer_addr_equal(&m->addr, addr) &&
	       ksteer_match_link_fits(
		       m, is_vlan_dev(dev) ? vlan_dev_vlan_id(dev) : 0, dev);
}

/**
 * ksteer_match_answers_rcu - does the distributor answer for an address? (J17)
 * @table: arrangement
 * @addr: address that someone looks for
 * @family: KSTEER_V4 or KSTEER_V6
 * @dev: device on which
 *
 * Only for the address of one host: a prefix or all addresses have owners.
 *
 * Context: RCU read side.
 * Return: whether some virtual server of that address is not NOARP.
 */
bool ksteer_match_answers_rcu(const struct ksteer_vs_table *table,
			      const union ksteer_addr *addr, u8 family,
			      const struct net_device *dev)
{
	u32 i;

	for (i = *ksteer_match_bucket(table, addr); i;
	     i = table->entry[i - 1].next)
		if (ksteer_match_answers(table->entry[i - 1].vs, addr, family,
					 dev))
			return true;
	return false;
}

/**
 * ksteer_match_owner_rcu - who refuses what is not served at an address
 * @table: arrangement
 * @addr: the address
 * @family: KSTEER_V4 or KSTEER_V6
 * @dev: device that a packet for it arrives by
 *
 * Only where the distributor is the host that has the address: it answers for
 * it, so nobody else does.
 *
 * Context: RCU read side.
 * Return: a virtual server of the address, or NULL if there is none, or if one
 *	   of them leaves such packets to the routing table.
 */
struct ksteer_vs *ksteer_match_owner_rcu(const struct ksteer_vs_table *table,
					 const union ksteer_addr *addr,
					 u8 family,
					 const struct net_device *dev)
{
	struct ksteer_vs *vs, *owner = NULL;
	u32 i;

	for (i = *ksteer_match_bucket(table, addr); i;
	     i = table->entry[i - 1].next) {
		vs = table->entry[i - 1].vs;
		if (!ksteer_match_answers(vs, addr, family, dev))
			continue;
		if (READ_ONCE(vs->unserved) == KSTEER_UNSERVED_ROUTE)
			return NULL;
		owner = owner ?: vs;
	}
	return owner;
}

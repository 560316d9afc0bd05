// SPDX-License-Identifier: GPL-2.0-only
/*
 * The most specific virtual server of a packet, by what arrange.c has arranged:
 * its address, then the prefixes around it from the longest, then any address.
 */
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <net/l3mdev.h>

#include "key/key.h"
#include "key/packet.h"
#include "object/arrange.h"
#include "object/vserver.h"

static bool ksteer_match_device(int ifindex, const struct net_device *dev)
{
	return dev && (dev->ifindex == ifindex ||
		       l3mdev_master_ifindex_rcu(dev) == ifindex);
}

static __always_inline bool ksteer_match_link_fits(const struct ksteer_match *m,
						   u16 vlan,
						   const struct net_device *dev)
{
	if (m->has_vlan && m->vlan != vlan)
		return false;
	return !m->ifindex || ksteer_match_device(READ_ONCE(m->ifindex), dev);
}

/* Does a virtual server of the address take packets to @port? */
static __always_inline bool ksteer_match_fits(const struct ksteer_match *m,
					      const struct ksteer_tuple *t,
					      u16 port,
					      const struct net_device *dev)
{
	if (m->proto && m->proto != t->proto)
		return false;
	if (m->port_min && (port < m->port_min || port > m->port_max))
		return false;
	return ksteer_match_link_fits(m, t->vlan, dev);
}

/* An answer arrives elsewhere: its VLAN and device do not count */
static bool ksteer_match_fits_answer(const struct ksteer_vs *vs,
				     const struct ksteer_tuple *t)
{
	const struct ksteer_match *m = &vs->match;
	u16 port = ntohs(t->sport);

	return READ_ONCE(vs->flags) & KSTEER_VS_FLAGS_SYMMETRIC &&
	       (!m->proto || m->proto == t->proto) &&
	       (!m->port_min || (port >= m->port_min && port <= m->port_max));
}

static __always_inline u32 ksteer_site_host(const struct ksteer_vs_table *table,
					    const union ksteer_addr *addr,
					    u8 family)
{
	u32 i;

	for (i = *ksteer_match_bucket(table, addr); i;
	     i = table->site[i - 1].next)
		if (ksteer_addr_equal(&table->site[i - 1].addr, addr) &&
		    table->site[i - 1].family == family)
			break;
	return i;
}

static noinline u32 ksteer_site_prefix(const struct ksteer_vs_table *table,
				       const union ksteer_addr *addr, u8 family)
{
	return ksteer_span_owner(table->span[family], table->spans[family],
				 ksteer_point(addr, family));
}

/* The site that says most of an address: index + 1, 0 for none */
static __always_inline u32 ksteer_site_begin(const struct ksteer_vs_table *table,
					     const union ksteer_addr *addr,
					     u8 family)
{
	u32 i = ksteer_site_host(table, addr, family);

	if (i || likely(!table->wide))
		return i;
	return ksteer_site_prefix(table, addr, family) ?: table->any;
}

/* The one that says less than that of @i */
static noinline u32 ksteer_site_next(const struct ksteer_vs_table *table, u32 i,
				     const union ksteer_addr *addr, u8 family)
{
	const struct ksteer_site *site = &table->site[i - 1];

	if (!table->wide || i == table->any)
		return 0;
	if (site->is_host)
		return ksteer_site_prefix(table, addr, family) ?: table->any;
	return site->around ?: table->any;
}

/**
 * struct ksteer_groups - a walk of the groups that a packet may belong to
 * @table: arrangement
 * @key: what the last one has in common
 * @kinds: kinds that are left, less their first
 * @first: that
 * @proto: of the packet
 * @vlan: likewise
 * @ifindex: its device, 0 if unknown
 * @master: the VRF of that, 0 if there is none
 * @again: the last kind, with the VRF
 */
struct ksteer_groups {
	const struct ksteer_vs_table *table;
	struct ksteer_group_key key;
	u32 kinds;
	u8 first;
	u8 proto;
	u16 vlan;
	int ifindex;
	int master;
	bool again;
};

static void ksteer_groups_begin(struct ksteer_groups *g,
				const struct ksteer_vs_table *table, u32 site,
				enum ksteer_group_kind first, u8 proto,
				u16 vlan, const struct net_device *dev)
{
	bool devices;

	g->table = table;
	g->key.site = site;
	g->kinds = table->site[site].kinds >> first & 0xff;
	g->first = first;
	g->proto = proto;
	g->vlan = vlan;
	devices = dev && g->kinds & KSTEER_GROUPS_DEV;
	g->ifindex = devices ? dev->ifindex : 0;
	g->master = devices ? l3mdev_master_ifindex_rcu(dev) : 0;
	g->again = false;
}

static const struct ksteer_group *
ksteer_group_find(const struct ksteer_vs_table *table,
		  const struct ksteer_group_key *key)
{
	u32 i;

	for (i = *ksteer_group_bucket(table, key); i;
	     i = table->group[i - 1].next)
		if (ksteer_group_is(&table->group[i - 1], key))
			return &table->group[i - 1];
	return NULL;
}

/* On to the next group that there may be.  Return: whether there was one */
static __always_inline bool ksteer_groups_step(struct ksteer_groups *g)
{
	u8 kind;

	if (g->again) {
		g->again = false;
		g->key.ifindex = g->master;
		return true;
	}
	if (!g->kinds)
		return false;
	kind = __ffs(g->kinds);
	g->kinds &= g->kinds - 1;
	g->key.kind = g->first + kind;
	g->key.proto = kind & KSTEER_GROUP_PROTO ? g->proto : 0;
	g->key.vlan = kind & KSTEER_GROUP_VLAN ? g->vlan : 0;
	g->key.ifindex = kind & KSTEER_GROUP_DEV ? g->ifindex : 0;
	g->again = kind & KSTEER_GROUP_DEV && g->master;
	return true;
}

static const struct ksteer_group *ksteer_groups_next(struct ksteer_groups *g)
{
	const struct ksteer_group *group = NULL;

	while (!group && ksteer_groups_step(g))
		group = ksteer_group_find(g->table, &g->key);
	return group;
}

static struct ksteer_vs *
ksteer_group_member(const struct ksteer_vs_table *table,
		    const struct ksteer_group *group, u32 i)
{
	return table->server[table->member[group->first + i]];
}

/* The narrowest range of a group that holds a port */
static struct ksteer_vs *ksteer_group_pick(const struct ksteer_vs_table *table,
					   const struct ksteer_group *group,
					   u16 port)
{
	const struct ksteer_port_span *span = &table->port[group->port];
	bool answers = ksteer_group_is_answer(group);
	struct ksteer_vs *vs;
	u32 i;

	if (group->ports) {
		i = span[ksteer_port_find(span, group->ports, port)].owner;
		return i ? ksteer_group_member(table, group, i - 1) : NULL;
	}
	for (i = 0; i < group->count; i++) {
		vs = ksteer_group_member(table, group, i);
		if (answers &&
		    !(READ_ONCE(vs->flags) & KSTEER_VS_FLAGS_SYMMETRIC))
			continue;
		if (port >= vs->match.port_min &&
		    port <= ksteer_match_last(&vs->match))
			return vs;
	}
	return NULL;
}

/* The most specific of many servers of an address */
static noinline struct ksteer_vs *
ksteer_site_match_many(const struct ksteer_vs_table *table, u32 site,
		       const struct ksteer_tuple *t,
		       const struct net_device *dev, bool answer)
{
	u16 port = ntohs(answer ? t->sport : t->dport);
	const struct ksteer_group *group;
	struct ksteer_vs *best = NULL;
	struct ksteer_groups g;

	ksteer_groups_begin(&g, table, site,
			    answer ? KSTEER_GROUP_ANSWER : KSTEER_GROUP_SERVE,
			    t->proto, t->vlan, dev);
	while ((group = ksteer_groups_next(&g)))
		best = ksteer_vs_better(best,
					ksteer_group_pick(table, group, port));
	return best;
}

static __always_inline struct ksteer_vs *
ksteer_site_match(const struct ksteer_vs_table *table, u32 i,
		  const struct ksteer_tuple *t, const struct net_device *dev,
		  bool answer)
{
	const struct ksteer_site *site = &table->site[i];
	struct ksteer_vs *const *server = &table->server[site->first];
	u16 port = ntohs(t->dport);
	u32 j;

	if (unlikely(site->kinds))
		return ksteer_site_match_many(table, i, t, dev, answer);
	for (j = 0; j < site->count; j++)
		if (answer ? ksteer_match_fits_answer(server[j], t) :
			     ksteer_match_fits(&server[j]->match, t, port, dev))
			return server[j];
	return NULL;
}

/* By a server's answer */
static noinline struct ksteer_vs *
ksteer_match_answer_rcu(const struct ksteer_vs_table *table,
			const struct ksteer_tuple *tuple)
{
	struct ksteer_vs *vs;
	u32 i;

	for (i = ksteer_site_begin(table, &tuple->src, tuple->family); i;
	     i = ksteer_site_next(table, i, &tuple->src, tuple->family)) {
		vs = ksteer_site_match(table, i - 1, tuple, NULL, true);
		if (vs)
			return vs;
	}
	return NULL;
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
	struct ksteer_vs *vs;
	u32 i;

	if (unlikely(answer))
		return ksteer_match_answer_rcu(table, tuple);
	for (i = ksteer_site_begin(table, &tuple->dst, tuple->family); i;
	     i = ksteer_site_next(table, i, &tuple->dst, tuple->family)) {
		vs = ksteer_site_match(table, i - 1, tuple, dev, false);
		if (likely(vs))
			return vs;
	}
	return NULL;
}

/* What ksteer_site_match() looks at, where somebody wants to see it */
static struct ksteer_vs *ksteer_site_look(const struct ksteer_vs_table *table,
					  u32 i, const struct ksteer_tuple *t,
					  const struct net_device *dev,
					  bool answer, ksteer_look_fn *see,
					  void *arg)
{
	u8 first = answer ? KSTEER_GROUP_ANSWER : KSTEER_GROUP_SERVE;
	const struct ksteer_site *site = &table->site[i];
	struct ksteer_look look = {
		.match = &table->server[site->first]->match,
		.answer = answer,
		.each = !site->kinds,
		.servers = site->count,
	};
	u16 port = ntohs(answer ? t->sport : t->dport);
	const struct ksteer_group *group;
	struct ksteer_vs *best = NULL;
	struct ksteer_groups g;

	if (look.each) {
		look.vs = ksteer_site_match(table, i, t, dev, answer);
		see(&look, arg);
		return look.vs;
	}
	ksteer_groups_begin(&g, table, i, first, t->proto, t->vlan, dev);
	while (ksteer_groups_step(&g)) {
		group = ksteer_group_find(table, &g.key);
		look.names = g.key.kind - first;
		look.servers = group ? group->count : 0;
		look.vs = group ? ksteer_group_pick(table, group, port) : NULL;
		see(&look, arg);
		best = ksteer_vs_better(best, look.vs);
	}
	return best;
}

/**
 * ksteer_match_look_rcu - the way to ksteer_match_rcu()'s virtual server
 * @table: arrangement
 * @t: the packet's endpoints
 * @dev: device that it arrives by, NULL if unknown
 * @answer: match the source instead
 * @see: is shown the kinds of servers that are looked at, in order
 * @arg: for @see
 *
 * Context: RCU read side.
 */
void ksteer_match_look_rcu(const struct ksteer_vs_table *table,
			   const struct ksteer_tuple *t,
			   const struct net_device *dev, bool answer,
			   ksteer_look_fn *see, void *arg)
{
	const union ksteer_addr *addr = answer ? &t->src : &t->dst;
	u32 i;

	for (i = ksteer_site_begin(table, addr, t->family); i;
	     i = ksteer_site_next(table, i, addr, t->family))
		if (ksteer_site_look(table, i - 1, t, dev, answer, see, arg))
			return;
}

/**
 * ksteer_match_wide_rcu - may a server of more than a host want an address?
 * @table: arrangement, with such servers
 * @addr: the address
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Context: RCU read side.
 * Return: whether one may.
 */
bool ksteer_match_wide_rcu(const struct ksteer_vs_table *table,
			   const union ksteer_addr *addr, u8 family)
{
	struct ksteer_point p = ksteer_point(addr, family);

	if (table->any)
		return true;
	/* Of no bits all are the same, and a shift by 64 is none */
	if (table->short_shift[family] < 64 &&
	    !test_bit(ksteer_interest_short(table, p, family), table->interest))
		return false;
	return ksteer_span_owner(table->span[family], table->spans[family], p);
}

/**
 * ksteer_match_interests_rcu - may any server want an address?
 * @table: arrangement
 * @addr: the address
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Context: RCU read side.
 * Return: whether one may; few are said to that no server wants.
 */
bool ksteer_match_interests_rcu(const struct ksteer_vs_table *table,
				const union ksteer_addr *addr, u8 family)
{
	return ksteer_is_of_interest(table, ksteer_interest(addr, family)) ||
	       (table->wide && ksteer_match_wide_rcu(table, addr, family));
}

/*
 * May a virtual server of the address take it?  Ports are not known, nor is
 * protocol 0.
 */
static bool ksteer_match_fits_part(const struct ksteer_vs *vs,
				   const struct ksteer_tuple *t,
				   const struct net_device *dev, bool answer)
{
	const struct ksteer_match *m = &vs->match;

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

/* The same where an address has many, by groups; the protocol is known */
static struct ksteer_vs *
ksteer_site_part_many(const struct ksteer_vs_table *table, u32 site,
		      const struct ksteer_tuple *t,
		      const struct net_device *dev, bool answer)
{
	const struct ksteer_group *group;
	struct ksteer_groups g;

	ksteer_groups_begin(&g, table, site,
			    answer ? KSTEER_GROUP_ANSWER : KSTEER_GROUP_SERVE,
			    t->proto, t->vlan, dev);
	while ((group = ksteer_groups_next(&g)))
		/* Which are checked changes without a new arrangement */
		if (!answer || t->proto == IPPROTO_TCP || group->symmetric ||
		    t->family == KSTEER_V4)
			return ksteer_group_member(table, group, 0);
	return NULL;
}

static struct ksteer_vs *ksteer_site_part(const struct ksteer_vs_table *table,
					  u32 i, const struct ksteer_tuple *t,
					  const struct net_device *dev,
					  bool answer)
{
	const struct ksteer_site *site = &table->site[i];
	struct ksteer_vs *const *server = &table->server[site->first];
	u32 j;

	if (site->kinds && t->proto)
		return ksteer_site_part_many(table, i, t, dev, answer);
	for (j = 0; j < site->count; j++)
		if (ksteer_match_fits_part(server[j], t, dev, answer))
			return server[j];
	return NULL;
}

/**
 * ksteer_match_part_rcu - a virtual server that may take a fragment's packet
 * @table: arrangement
 * @t: the packet's addresses, VLAN, and protocol, 0 if not known
 * @dev: device that it arrives by
 * @answer: match the source instead, for who needs answers whole: symmetric
 *	    servers, those whose answers we may have to send, and all of TCP; where
 *	    an address has many servers, all of IPv4
 *
 * Context: RCU read side.
 * Return: one with a host address if there is one; any; or NULL.
 */
struct ksteer_vs *ksteer_match_part_rcu(const struct ksteer_vs_table *table,
					const struct ksteer_tuple *t,
					const struct net_device *dev,
					bool answer)
{
	const union ksteer_addr *addr = answer ? &t->src : &t->dst;
	struct ksteer_vs *vs;
	u32 i;

	for (i = ksteer_site_begin(table, addr, t->family); i;
	     i = ksteer_site_next(table, i, addr, t->family)) {
		vs = ksteer_site_part(table, i - 1, t, dev, answer);
		if (vs)
			return vs;
	}
	return NULL;
}

static u16 ksteer_match_vlan(const struct net_device *dev)
{
	return is_vlan_dev(dev) ? vlan_dev_vlan_id(dev) : 0;
}

static bool ksteer_match_answers(const struct ksteer_vs *vs,
				 const struct net_device *dev)
{
	return !(READ_ONCE(vs->flags) & KSTEER_VS_FLAGS_NOARP) &&
	       ksteer_match_link_fits(&vs->match, ksteer_match_vlan(dev), dev);
}

static struct ksteer_vs *
ksteer_site_owner_many(const struct ksteer_vs_table *table, u32 site,
		       const struct net_device *dev, bool *routes)
{
	const struct ksteer_group *group;
	struct ksteer_vs *best = NULL;
	struct ksteer_groups g;

	ksteer_groups_begin(&g, table, site, KSTEER_GROUP_OWNER, 0,
			    ksteer_match_vlan(dev), dev);
	while ((group = ksteer_groups_next(&g))) {
		*routes |= group->routes;
		best = ksteer_vs_better(best,
					ksteer_group_member(table, group, 0));
	}
	return best;
}

/*
 * The first server of a host's address that answers for it.  @routes: one of them
 * leaves what is not served to the routing table.
 */
static struct ksteer_vs *ksteer_host_owner(const struct ksteer_vs_table *table,
					   const union ksteer_addr *addr,
					   u8 family,
					   const struct net_device *dev,
					   bool *routes)
{
	u32 j, i = ksteer_site_host(table, addr, family);
	struct ksteer_vs *vs, *owner = NULL;
	const struct ksteer_site *site;

	*routes = false;
	if (!i)
		return NULL;
	site = &table->site[i - 1];
	if (site->kinds)
		return ksteer_site_owner_many(table, i - 1, dev, routes);
	for (j = 0; j < site->count; j++) {
		vs = table->server[site->first + j];
		if (!ksteer_match_answers(vs, dev))
			continue;
		*routes |= READ_ONCE(vs->unserved) == KSTEER_UNSERVED_ROUTE;
		owner = owner ?: vs;
	}
	return owner;
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
	bool routes;

	return ksteer_host_owner(table, addr, family, dev, &routes);
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
	struct ksteer_vs *owner;
	bool routes;

	owner = ksteer_host_owner(table, addr, family, dev, &routes);
	return routes ? NULL : owner;
}

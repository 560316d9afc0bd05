// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual servers arranged for matching: by address, the addresses of hosts in a
 * hash and prefixes in a line of spans; where an address has many servers, by
 * what else they name, and there by their ports.  A change makes a new
 * arrangement; packets see the old one or the new one, never half of one.
 *
 * The servers are kept in order, so that nothing is sorted: an arrangement is
 * made in one walk.
 */
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/rbtree.h>
#include <linux/slab.h>

#include "key/key.h"
#include "object/arrange.h"
#include "object/vserver.h"

/* Bits of the filter for each address */
#define KSTEER_INTEREST_ROOM 16
#define KSTEER_INTEREST_BITS_MIN 1024u

/* Memory of old arrangements that may wait for its grace period, about; bytes */
#define KSTEER_MATCH_WAITING SZ_64M

/* A server's place in a group */
struct ksteer_pair {
	u32 group;
	u32 server;
};

/**
 * struct ksteer_arranger - an arrangement while it is being made
 * @table: the arrangement
 * @sites: addresses
 * @hosts: of these, hosts
 * @prefixes: of these, prefixes, by family
 * @shortest: length of the shortest of these, by family; 64 if that is longer
 * @many: servers of addresses that have more than few
 * @groups: groups that were made
 * @pairs: places in groups that were given
 * @pair: the group and the server of each, in order
 * @next: for @ports
 * @sweep: the prefixes of a family
 * @ports: the ranges of a group
 */
struct ksteer_arranger {
	struct ksteer_vs_table *table;
	u32 sites;
	u32 hosts;
	u32 prefixes[KSTEER_FAMILIES];
	u8 shortest[KSTEER_FAMILIES];
	u32 many;
	u32 groups;
	u32 pairs;
	struct ksteer_pair *pair;
	u32 *next;
	struct ksteer_sweep sweep;
	struct ksteer_ports ports;
};

/**
 * ksteer_match_cmp - which of two matches says more?
 * @a: one
 * @b: the other; both take some packet
 *
 * Return: negative if @a does, positive if @b, 0 if neither.
 */
int ksteer_match_cmp(const struct ksteer_match *a, const struct ksteer_match *b)
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
	/* Never from nothing to something, nor back */
	if (!READ_ONCE(a->ifindex) != !READ_ONCE(b->ifindex))
		return READ_ONCE(a->ifindex) ? -1 : 1;
	return 0;
}

/* By address, any address last; within one the most specific, then the older */
static int ksteer_match_order(const struct ksteer_match *a,
			      const struct ksteer_match *b)
{
	int cmp;

	if (a->any_addr != b->any_addr)
		return a->any_addr ? 1 : -1;
	if (!a->any_addr) {
		if (a->family != b->family)
			return (int)a->family - b->family;
		cmp = memcmp(&a->addr, &b->addr, sizeof(a->addr)) ?:
			      (int)a->prefixlen - b->prefixlen;
		if (cmp)
			return cmp;
	}
	return ksteer_match_cmp(a, b);
}

static bool ksteer_vs_before(struct rb_node *x, const struct rb_node *y)
{
	const struct ksteer_vs *a = rb_entry(x, struct ksteer_vs, order);
	const struct ksteer_vs *b = rb_entry(y, struct ksteer_vs, order);
	int cmp = ksteer_match_order(&a->match, &b->match);

	return cmp ? cmp < 0 : a->id < b->id;
}

static bool ksteer_site_has(const struct ksteer_vs_table *table,
			    const struct ksteer_site *site,
			    const struct ksteer_match *m)
{
	const struct ksteer_match *own = &table->server[site->first]->match;

	if (own->any_addr || m->any_addr)
		return own->any_addr && m->any_addr;
	return own->family == m->family && own->prefixlen == m->prefixlen &&
	       ksteer_addr_equal(&own->addr, &m->addr);
}

static void ksteer_table_free(struct ksteer_vs_table *table)
{
	int family;

	if (!table)
		return;
	for (family = 0; family < KSTEER_FAMILIES; family++)
		kvfree(table->span[family]);
	kvfree(table->bucket);
	kvfree(table->group_bucket);
	kvfree(table->server);
	kvfree(table->site);
	kvfree(table->group);
	kvfree(table->member);
	kvfree(table->port);
	kvfree(table);
}

static void ksteer_table_free_rcu(struct rcu_head *rcu)
{
	ksteer_table_free(container_of(rcu, struct ksteer_vs_table, rcu));
}

/* Return: zeroed memory, also for nothing; NULL if there is none */
static void *ksteer_table_array(struct ksteer_vs_table *table, size_t n,
				size_t size)
{
	table->size += n * size;
	return kvcalloc(max_t(size_t, n, 1), size, GFP_KERNEL_ACCOUNT);
}

static struct ksteer_site *ksteer_arrange_site(struct ksteer_arranger *a,
					       const struct ksteer_match *m)
{
	struct ksteer_site *site = &a->table->site[a->sites++];

	site->addr = m->addr;
	site->family = m->family;
	site->is_host = m->is_host;
	if (m->is_host) {
		a->hosts++;
	} else if (!m->any_addr) {
		a->prefixes[m->family]++;
		a->shortest[m->family] =
			min(a->shortest[m->family], m->prefixlen);
	}
	return site;
}

/* The servers in order, and where the addresses begin */
static bool ksteer_arrange_sites(struct ksteer_arranger *a,
				 struct ksteer_net *kn, u32 servers)
{
	struct ksteer_vs_table *table = a->table;
	struct ksteer_site *site = NULL;
	struct rb_node *node;
	struct ksteer_vs *vs;
	u32 n = 0;

	table->server =
		ksteer_table_array(table, servers, sizeof(*table->server));
	table->site = ksteer_table_array(table, servers, sizeof(*table->site));
	if (!table->server || !table->site)
		return false;
	for (node = rb_first(&kn->order); node; node = rb_next(node), n++) {
		vs = rb_entry(node, struct ksteer_vs, order);
		table->server[n] = vs;
		table->symmetric |= vs->flags & KSTEER_VS_FLAGS_SYMMETRIC;
		if (!site || !ksteer_site_has(table, site, &vs->match)) {
			site = ksteer_arrange_site(a, &vs->match);
			site->first = n;
		}
		site->count++;
	}
	return true;
}

/* Hosts into their buckets and into the filter */
static bool ksteer_arrange_hosts(struct ksteer_arranger *a)
{
	struct ksteer_vs_table *table = a->table;
	u32 i, *bucket;

	table->mask = roundup_pow_of_two(max(a->hosts, 8u)) - 1;
	table->bucket = ksteer_table_array(table, table->mask + 1,
					   sizeof(*table->bucket));
	if (!table->bucket)
		return false;
	for (i = 0; i < a->sites; i++) {
		struct ksteer_site *site = &table->site[i];

		if (!site->is_host)
			continue;
		__set_bit(ksteer_interest_place(table,
						ksteer_interest(&site->addr,
								site->family)),
			  table->interest);
		bucket = ksteer_match_bucket(table, &site->addr);
		site->next = *bucket;
		*bucket = i + 1;
	}
	return true;
}

static void ksteer_arrange_prefix(struct ksteer_arranger *a, u32 i, u8 len)
{
	struct ksteer_site *site = &a->table->site[i];
	struct ksteer_point p = ksteer_point(&site->addr, site->family);

	if (a->shortest[site->family])
		__set_bit(ksteer_interest_short(a->table, p, site->family),
			  a->table->interest);
	site->around = ksteer_sweep_add(&a->sweep, p, len, i + 1);
}

/* The prefixes of a family in a line */
static bool ksteer_arrange_spans(struct ksteer_arranger *a, u8 family)
{
	struct ksteer_vs_table *table = a->table;
	const struct ksteer_match *m;
	struct ksteer_site *site;
	u32 i;

	table->span[family] = ksteer_table_array(
		table, 2 * a->prefixes[family] + 1, sizeof(**table->span));
	if (!table->span[family])
		return false;
	table->short_shift[family] = 64 - a->shortest[family];
	ksteer_sweep_begin(&a->sweep, table->span[family]);
	for (i = 0; i < a->sites; i++) {
		site = &table->site[i];
		m = &table->server[site->first]->match;
		if (site->is_host)
			continue;
		table->wide = true;
		if (m->any_addr)
			table->any = i + 1;
		else if (m->family == family)
			ksteer_arrange_prefix(a, i, m->prefixlen);
	}
	table->spans[family] = ksteer_sweep_end(&a->sweep);
	return true;
}

/* A server's place in the group of a key, which is made if there is none */
static struct ksteer_group *
ksteer_group_join(struct ksteer_arranger *a, const struct ksteer_group_key *key,
		  u32 server)
{
	struct ksteer_vs_table *table = a->table;
	u32 *bucket = ksteer_group_bucket(table, key), i;

	for (i = *bucket; i; i = table->group[i - 1].next)
		if (ksteer_group_is(&table->group[i - 1], key))
			break;
	if (!i) {
		i = ++a->groups;
		table->group[i - 1].key = *key;
		table->group[i - 1].next = *bucket;
		*bucket = i;
		table->site[key->site].kinds |= BIT(key->kind);
	}
	a->pair[a->pairs].group = i - 1;
	a->pair[a->pairs++].server = server;
	table->group[i - 1].count++;
	return &table->group[i - 1];
}

static void ksteer_arrange_server(struct ksteer_arranger *a, u32 site,
				  u32 server)
{
	const struct ksteer_vs *vs = a->table->server[server];
	const struct ksteer_match *m = &vs->match;
	struct ksteer_group_key key = {
		.site = site,
		.ifindex = m->ifindex,
		.vlan = m->has_vlan ? m->vlan : 0,
		.proto = m->proto,
		.kind = KSTEER_GROUP_SERVE,
	};

	if (m->proto)
		key.kind |= KSTEER_GROUP_PROTO;
	if (m->has_vlan)
		key.kind |= KSTEER_GROUP_VLAN;
	if (m->ifindex)
		key.kind |= KSTEER_GROUP_DEV;
	ksteer_group_join(a, &key, server);
	if (m->is_host && !(vs->flags & KSTEER_VS_FLAGS_NOARP)) {
		key.kind = KSTEER_GROUP_OWNER |
			   (key.kind & ~KSTEER_GROUP_PROTO);
		key.proto = 0;
		ksteer_group_join(a, &key, server)->routes |=
			vs->unserved == KSTEER_UNSERVED_ROUTE;
	}
	/* An answer arrives elsewhere: its VLAN and device do not count */
	key = (struct ksteer_group_key){
		.site = site,
		.proto = m->proto,
		.kind = KSTEER_GROUP_ANSWER |
			(m->proto ? KSTEER_GROUP_PROTO : 0),
	};
	ksteer_group_join(a, &key, server)->symmetric |=
		!!(vs->flags & KSTEER_VS_FLAGS_SYMMETRIC);
}

/* Each group's members stand together, in the order of the servers */
static u32 ksteer_arrange_members(struct ksteer_arranger *a)
{
	struct ksteer_group *group = a->table->group;
	u32 i, first = 0, spans = 0;

	for (i = 0; i < a->groups; i++) {
		group[i].first = first;
		first += group[i].count;
		if (group[i].count > KSTEER_SITE_FEW)
			spans += 2 * group[i].count + 1;
	}
	/* How many have their places, for the while of it */
	for (i = 0; i < a->pairs; i++) {
		struct ksteer_group *g = &group[a->pair[i].group];

		a->table->member[g->first + g->port++] = a->pair[i].server;
	}
	for (i = 0; i < a->groups; i++)
		group[i].port = 0;
	return spans;
}

/* The ports of a large group.  Return: how many spans it took */
static u32 ksteer_arrange_ports(struct ksteer_arranger *a,
				struct ksteer_group *group, u32 port)
{
	struct ksteer_vs_table *table = a->table;
	bool answers = ksteer_group_is_answer(group);
	const struct ksteer_vs *vs;
	u32 i, round;

	ksteer_ports_begin(&a->ports, table->port + port, a->next);
	for (round = 0; round < 2; round++) {
		for (i = 0; i < group->count; i++) {
			vs = table->server[table->member[group->first + i]];
			if (answers && !(vs->flags & KSTEER_VS_FLAGS_SYMMETRIC))
				continue;
			if (!round)
				ksteer_ports_show(
					&a->ports, vs->match.port_min,
					ksteer_match_last(&vs->match));
			else
				ksteer_ports_lay(&a->ports, vs->match.port_min,
						 ksteer_match_last(&vs->match),
						 i + 1);
		}
		if (!round)
			ksteer_ports_cut(&a->ports);
	}
	group->port = port;
	group->ports = a->ports.spans;
	return group->ports;
}

static bool ksteer_arrange_groups(struct ksteer_arranger *a)
{
	struct ksteer_vs_table *table = a->table;
	u32 i, j, spans, port = 0, room = 3 * a->many;

	table->group_bits = ilog2(roundup_pow_of_two(max(room, 2u)));
	table->group_bucket = ksteer_table_array(table, 1 << table->group_bits,
						 sizeof(*table->group_bucket));
	table->group = ksteer_table_array(table, room, sizeof(*table->group));
	table->member = ksteer_table_array(table, room, sizeof(*table->member));
	a->pair = kvcalloc(max(room, 1u), sizeof(*a->pair), GFP_KERNEL);
	if (!table->group_bucket || !table->group || !table->member || !a->pair)
		return false;
	for (i = 0; i < a->sites; i++) {
		struct ksteer_site *site = &table->site[i];

		for (j = 0; site->count > KSTEER_SITE_FEW && j < site->count;
		     j++)
			ksteer_arrange_server(a, i, site->first + j);
		cond_resched();
	}
	spans = ksteer_arrange_members(a);
	table->port = ksteer_table_array(table, spans, sizeof(*table->port));
	a->next = kvcalloc(max(spans, 1u), sizeof(*a->next), GFP_KERNEL);
	if (!table->port || !a->next)
		return false;
	for (i = 0; i < a->groups; i++) {
		if (table->group[i].count > KSTEER_SITE_FEW &&
		    table->group[i].key.kind < KSTEER_GROUP_OWNER)
			port += ksteer_arrange_ports(a, &table->group[i], port);
		cond_resched();
	}
	return true;
}

static bool ksteer_arrange(struct ksteer_arranger *a, struct ksteer_net *kn,
			   u32 servers)
{
	u32 i;

	if (!ksteer_arrange_sites(a, kn, servers))
		return false;
	for (i = 0; i < a->sites; i++)
		if (a->table->site[i].count > KSTEER_SITE_FEW)
			a->many += a->table->site[i].count;
	return ksteer_arrange_hosts(a) && ksteer_arrange_spans(a, KSTEER_V4) &&
	       ksteer_arrange_spans(a, KSTEER_V6) && ksteer_arrange_groups(a);
}

static struct ksteer_vs_table *ksteer_table_alloc(u32 servers)
{
	u32 bits = round_up(max(servers * KSTEER_INTEREST_ROOM,
				KSTEER_INTEREST_BITS_MIN),
			    BITS_PER_LONG);
	struct ksteer_vs_table *table;
	size_t size;

	size = struct_size(table, interest, BITS_TO_LONGS(bits));
	table = kvzalloc(size, GFP_KERNEL_ACCOUNT);
	if (table) {
		table->interest_bits = bits;
		table->size = size;
	}
	return table;
}

static struct ksteer_vs_table *ksteer_table_create(struct ksteer_net *kn)
{
	struct ksteer_arranger *a = kvzalloc(sizeof(*a), GFP_KERNEL);
	struct ksteer_vs_table *table = NULL;
	struct rb_node *node;
	u32 servers = 0;

	if (!a)
		return NULL;
	for (node = rb_first(&kn->order); node; node = rb_next(node))
		servers++;
	memset(a->shortest, 64, sizeof(a->shortest));
	a->table = ksteer_table_alloc(servers);
	if (a->table && ksteer_arrange(a, kn, servers))
		table = a->table;
	else
		ksteer_table_free(a->table);
	kvfree(a->pair);
	kvfree(a->next);
	kvfree(a);
	return table;
}

/**
 * ksteer_match_rebuild - arrange the virtual servers anew
 * @kn: ksteer of the namespace
 *
 * Of a row of changes, once: see ksteer_match_settle().
 *
 * Context: process, under kn->config.
 * Return: 0 or -ENOMEM; then the old arrangement stays.
 */
int ksteer_match_rebuild(struct ksteer_net *kn)
{
	struct ksteer_vs_table *table, *old;

	lockdep_assert_held(&kn->config);
	if (kn->table_waits) {
		kn->table_stale = true;
		return 0;
	}
	table = ksteer_table_create(kn);
	if (!table)
		return -ENOMEM;
	kn->table_stale = false;
	old = ksteer_dereference_config(kn, kn->vs_table);
	rcu_assign_pointer(kn->vs_table, table);
	if (!old)
		return 0;
	kn->tables_waiting += old->size;
	call_rcu(&old->rcu, ksteer_table_free_rcu);
	if (kn->tables_waiting > KSTEER_MATCH_WAITING) {
		rcu_barrier();
		kn->tables_waiting = 0;
	}
	return 0;
}

/**
 * ksteer_match_settle - arrange what waits for that
 * @kn: ksteer of the namespace
 *
 * Context: process, under kn->config.
 * Return: 0 or -ENOMEM; then it waits on.
 */
int ksteer_match_settle(struct ksteer_net *kn)
{
	lockdep_assert_held(&kn->config);
	return kn->table_stale ? ksteer_match_rebuild(kn) : 0;
}

/**
 * ksteer_match_add - let packets meet a virtual server
 * @kn: ksteer of the namespace
 * @vs: the virtual server
 *
 * Context: process, under kn->config.
 * Return: 0 or -ENOMEM; then nothing has changed.
 */
int ksteer_match_add(struct ksteer_net *kn, struct ksteer_vs *vs)
{
	int err;

	lockdep_assert_held(&kn->config);
	rb_add(&vs->order, &kn->order, ksteer_vs_before);
	err = ksteer_match_rebuild(kn);
	if (err)
		rb_erase(&vs->order, &kn->order);
	return err;
}

/**
 * ksteer_match_remove - let no packet meet a virtual server any more
 * @kn: ksteer of the namespace
 * @vs: the virtual server
 *
 * Context: process, under kn->config.
 * Return: 0, or -ENOMEM or -EBUSY; then nothing has changed.
 */
int ksteer_match_remove(struct ksteer_net *kn, struct ksteer_vs *vs)
{
	int err;

	lockdep_assert_held(&kn->config);
	/* Put off, it would be freed while packets meet it */
	if (WARN_ON_ONCE(kn->table_waits))
		return -EBUSY;
	rb_erase(&vs->order, &kn->order);
	err = ksteer_match_rebuild(kn);
	if (err)
		rb_add(&vs->order, &kn->order, ksteer_vs_before);
	return err;
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
 * ksteer_match_destroy - free the arrangement
 * @kn: ksteer of the namespace; no packet can reach it
 */
void ksteer_match_destroy(struct ksteer_net *kn)
{
	ksteer_table_free(rcu_dereference_protected(kn->vs_table, 1));
	RCU_INIT_POINTER(kn->vs_table, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Virtual servers: what they match, and what they are told. */
#include <linux/slab.h>

#include "key/key.h"
#include "object/match.h"
#include "object/object.h"
#include "object/vserver.h"

static const u32 ksteer_timeout_defaults[KSTEER_TIMEOUTS] = {
	[KSTEER_TIMEOUT_TCP_OPEN] = 30,
	[KSTEER_TIMEOUT_TCP_ESTABLISHED] = 8100,
	[KSTEER_TIMEOUT_TCP_CLOSING] = 120,
	[KSTEER_TIMEOUT_TCP_CLOSED] = 10,
	[KSTEER_TIMEOUT_UDP_OPEN] = 30,
	[KSTEER_TIMEOUT_UDP_ESTABLISHED] = 300,
	[KSTEER_TIMEOUT_OTHER] = 60,
	[KSTEER_TIMEOUT_TCP_MIDSTREAM] = 300,
	[KSTEER_TIMEOUT_TCP_HALF_CLOSED] = 600,
	[KSTEER_TIMEOUT_SCTP_OPEN] = 30,
	[KSTEER_TIMEOUT_SCTP_ESTABLISHED] = 900,
	[KSTEER_TIMEOUT_SCTP_CLOSING] = 30,
	[KSTEER_TIMEOUT_SCTP_CLOSED] = 10,
};

/**
 * ksteer_vs_defaults - settings of which the operator has said nothing
 * @set: filled
 */
void ksteer_vs_defaults(struct ksteer_vs_settings *set)
{
	memset(set, 0, sizeof(*set));
	set->match.any_addr = true;
	set->persist_prefix[KSTEER_V4] = 32;
	set->persist_prefix[KSTEER_V6] = 128;
	memcpy(set->timeout, ksteer_timeout_defaults, sizeof(set->timeout));
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
 * ksteer_vs_lookup - find a virtual server by name
 * @kn: ksteer of the namespace
 * @name: its name
 *
 * Context: under kn->config.
 * Return: the virtual server or NULL.
 */
struct ksteer_vs *ksteer_vs_lookup(struct ksteer_net *kn, const char *name)
{
	struct ksteer_named *named;

	lockdep_assert_held(&kn->config);
	named = ksteer_named_find(&kn->server_names, name);
	return named ? container_of(named, struct ksteer_vs, named) : NULL;
}

/* What a match says beside addresses and devices, in a word */
static u64 ksteer_match_word(const struct ksteer_match *m)
{
	return (u64)m->port_min << 48 | (u64)m->port_max << 32 |
	       (u64)m->proto << 24 | (u64)m->has_vlan << 16 | m->vlan;
}

/* An order in which no two matches are equal that differ in anything */
static int ksteer_match_differ(const struct ksteer_match *a,
			       const struct ksteer_match *b)
{
	u64 x = ksteer_match_word(a), y = ksteer_match_word(b);

	if (x != y)
		return x < y ? -1 : 1;
	if (a->any_addr != b->any_addr)
		return a->any_addr ? 1 : -1;
	if (!a->any_addr && a->family != b->family)
		return (int)a->family - b->family;
	if (!a->any_addr && a->prefixlen != b->prefixlen)
		return (int)a->prefixlen - b->prefixlen;
	return (a->any_addr ? 0 : memcmp(&a->addr, &b->addr, sizeof(a->addr))) ?:
		       strcmp(a->dev, b->dev);
}

static int ksteer_vs_match_differs(const void *match,
				   const struct rb_node *node)
{
	return ksteer_match_differ(
		match, &rb_entry(node, struct ksteer_vs, matched)->match);
}

static bool ksteer_vs_match_before(struct rb_node *x, const struct rb_node *y)
{
	return ksteer_vs_match_differs(
		       &rb_entry(x, struct ksteer_vs, matched)->match, y) < 0;
}

/**
 * ksteer_vs_same_match - find the virtual server that takes the same packets
 * @kn: ksteer of the namespace
 * @match: which packets
 *
 * Context: under kn->config.
 * Return: the virtual server or NULL.
 */
struct ksteer_vs *ksteer_vs_same_match(struct ksteer_net *kn,
				       const struct ksteer_match *match)
{
	struct rb_node *node;

	lockdep_assert_held(&kn->config);
	node = rb_find(match, &kn->matches, ksteer_vs_match_differs);
	return rb_entry_safe(node, struct ksteer_vs, matched);
}

static void ksteer_vs_apply_templates(struct ksteer_vs *vs,
				      const struct ksteer_vs_settings *set)
{
	const u8 *from = set->template;
	u8 i;

	for (i = 0; i < set->templates; i++)
		WRITE_ONCE(vs->template[i], from[i]);
	if (!set->templates)
		WRITE_ONCE(vs->template[0], KSTEER_FIELDS_FULL);
	/* Pairs with smp_load_acquire() of the reader */
	smp_store_release(&vs->templates, max_t(u8, set->templates, 1));
}

/*
 * A group has no object of its own: it is as many servers as name it, and keeps
 * its number while there is one.
 */
static u32 ksteer_vs_persist_id(const struct ksteer_vs *vs,
				const struct ksteer_vs_settings *set)
{
	const struct ksteer_named *peer;

	lockdep_assert_held(&vs->kn->config);
	if (!set->persist_group[0])
		return vs->id;
	if (!strcmp(vs->settings.persist_group, set->persist_group))
		return vs->persist_id;
	peer = ksteer_named_find(&vs->kn->persist_groups, set->persist_group);
	return peer ? container_of(peer, struct ksteer_vs, grouped)->persist_id :
		      ++vs->kn->next_id;
}

/**
 * ksteer_vs_list - make a virtual server one that requests find
 * @vs: virtual server; found by its name, its match, its group from now on
 *
 * Context: process, under kn->config.
 */
void ksteer_vs_list(struct ksteer_vs *vs)
{
	struct ksteer_net *kn = vs->kn;

	lockdep_assert_held(&kn->config);
	list_add_tail(&vs->list, &kn->servers);
	ksteer_named_add(&kn->server_names, &vs->named, vs->settings.name);
	rb_add(&vs->matched, &kn->matches, ksteer_vs_match_before);
	if (vs->settings.persist_group[0])
		ksteer_named_add(&kn->persist_groups, &vs->grouped,
				 vs->settings.persist_group);
}

/**
 * ksteer_vs_unlist - undo that
 * @vs: virtual server
 *
 * Context: process, under kn->config.
 */
void ksteer_vs_unlist(struct ksteer_vs *vs)
{
	struct ksteer_net *kn = vs->kn;

	lockdep_assert_held(&kn->config);
	list_del(&vs->list);
	ksteer_named_remove(&kn->server_names, &vs->named);
	rb_erase(&vs->matched, &kn->matches);
	if (vs->settings.persist_group[0])
		ksteer_named_remove(&kn->persist_groups, &vs->grouped);
}

/* Put settings where packets read them, each by itself */
static void ksteer_vs_apply(struct ksteer_vs *vs,
			    const struct ksteer_vs_settings *set)
{
	int i;

	for (i = 0; i < KSTEER_TIMEOUTS; i++)
		WRITE_ONCE(vs->timeout[i], set->timeout[i] * HZ);
	for (i = 0; i < KSTEER_FAMILIES; i++)
		WRITE_ONCE(vs->persist_prefix[i], set->persist_prefix[i]);
	WRITE_ONCE(vs->flags, set->flags | (vs->flags & KSTEER_VS_CHECKED));
	WRITE_ONCE(vs->persist, set->persist * HZ);
	WRITE_ONCE(vs->persist_id, ksteer_vs_persist_id(vs, set));
	WRITE_ONCE(vs->max_flows, set->max_flows);
	WRITE_ONCE(vs->events, set->events);
	WRITE_ONCE(vs->midstream, set->midstream);
	WRITE_ONCE(vs->reject, set->reject);
	WRITE_ONCE(vs->unserved, set->unserved);
	WRITE_ONCE(vs->store, set->store);
	WRITE_ONCE(vs->forward, set->forward);
	ksteer_vs_apply_templates(vs, set);
	rcu_assign_pointer(vs->pool, set->pool);
	vs->settings = *set;
}

/**
 * ksteer_vs_free - free a virtual server that nothing refers to
 * @vs: virtual server
 *
 * Its number is free for another after this: a grace period has passed since a
 * flow had it.
 */
void ksteer_vs_free(struct ksteer_vs *vs)
{
	ida_free(&vs->kn->vs_indices, vs->index);
	free_percpu(vs->traffic);
	kfree(vs);
}

/**
 * ksteer_vs_alloc - make a virtual server that nobody finds yet
 * @kn: ksteer of the namespace
 * @set: settings that have been checked
 *
 * Context: process, under kn->config.
 * Return: the virtual server, with a number of its own, for ksteer_vs_free(); or
 *	   NULL.
 */
struct ksteer_vs *ksteer_vs_alloc(struct ksteer_net *kn,
				  const struct ksteer_vs_settings *set)
{
	struct ksteer_vs *vs = kzalloc(sizeof(*vs), GFP_KERNEL_ACCOUNT);

	if (!vs)
		return NULL;
	vs->traffic =
		alloc_percpu_gfp(struct ksteer_traffic, GFP_KERNEL_ACCOUNT);
	if (!vs->traffic ||
	    ksteer_objects_number(kn, &kn->vs_at, &kn->vs_indices,
				  &vs->index)) {
		free_percpu(vs->traffic);
		kfree(vs);
		return NULL;
	}
	xa_init_flags(&vs->groups, XA_FLAGS_ACCOUNT);
	vs->kn = kn;
	vs->id = ++kn->next_id;
	vs->match = set->match;
	vs->match.is_host = !set->match.any_addr &&
			    set->match.prefixlen ==
				    (set->match.family == KSTEER_V4 ? 32 : 128);
	ksteer_vs_apply(vs, set);
	return vs;
}

/**
 * ksteer_vs_reapply - give a virtual server other settings
 * @vs: virtual server
 * @set: settings that have been checked; perhaps another group's number goes with
 *	 them, or its old one again
 *
 * Context: process, under kn->config.
 */
void ksteer_vs_reapply(struct ksteer_vs *vs,
		       const struct ksteer_vs_settings *set)
{
	struct rb_root *groups = &vs->kn->persist_groups;

	lockdep_assert_held(&vs->kn->config);
	if (vs->settings.persist_group[0])
		ksteer_named_remove(groups, &vs->grouped);
	ksteer_vs_apply(vs, set);
	if (vs->settings.persist_group[0])
		ksteer_named_add(groups, &vs->grouped,
				 vs->settings.persist_group);
}

/**
 * ksteer_vs_follow_devices - match by the devices that have their names now
 * @kn: ksteer of the namespace
 *
 * Where an address has many servers, the arrangement knows the devices, and waits to
 * be settled.
 *
 * Context: process, under kn->config.
 */
void ksteer_vs_follow_devices(struct ksteer_net *kn)
{
	bool changed = false;
	struct ksteer_vs *vs;
	int before;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(vs, &kn->servers, list) {
		before = vs->match.ifindex;
		if (vs->match.dev[0])
			ksteer_match_find_device(kn->net, &vs->match);
		changed |= vs->match.ifindex != before;
	}
	kn->table_stale |= changed;
}

/**
 * ksteer_vs_sum - what a virtual server has carried, and its entries now
 * @vs: virtual server
 * @sum: filled
 *
 * Context: process; the virtual server is kept.
 */
void ksteer_vs_sum(const struct ksteer_vs *vs, struct ksteer_sum *sum)
{
	ksteer_traffic_sum(vs->traffic, &sum->traffic);
	sum->established = atomic_read(&vs->established);
}

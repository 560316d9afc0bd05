// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite: the most specific virtual server, by the arrangement, and by asking
 * all of them.
 */
#include <kunit/test.h>
#include <linux/netdevice.h>
#include <linux/prandom.h>

#include "fixture.h"
#include "object/arrange.h"

#define SERVERS 160
#define PACKETS 400
#define ROUNDS 3
#define DEVICES 3

/* Where servers and devices come from; all go with the test */
struct match_fixture {
	struct ksteer_net kn;
	struct rnd_state rnd;
	u32 servers;
	struct ksteer_vs vs[SERVERS];
	struct net_device *dev[DEVICES];
};

static u32 match_random(struct match_fixture *fix, u32 n)
{
	return prandom_u32_state(&fix->rnd) % n;
}

static int match_init(struct kunit *test)
{
	struct match_fixture *fix = kvzalloc(sizeof(*fix), GFP_KERNEL);
	u32 i;

	if (!fix)
		return -ENOMEM;
	test->priv = fix;
	fix->kn.net = &init_net;
	mutex_init(&fix->kn.config);
	prandom_seed_state(&fix->rnd, 7);
	for (i = 0; i < DEVICES; i++) {
		fix->dev[i] = kunit_kzalloc(test, sizeof(struct net_device),
					    GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, fix->dev[i]);
		fix->dev[i]->ifindex = i + 1;
	}
	return 0;
}

static void match_exit(struct kunit *test)
{
	struct match_fixture *fix = test->priv;

	if (!fix)
		return;
	ksteer_match_destroy(&fix->kn);
	rcu_barrier();
	mutex_destroy(&fix->kn.config);
	kvfree(fix);
}

/* A few addresses near each other, so that prefixes hold one another */
static union ksteer_addr match_addr(struct match_fixture *fix, u8 family)
{
	union ksteer_addr addr = { .w = { 0, 0 } };

	if (family == KSTEER_V4) {
		addr.v4 = htonl(0x0a000000 + match_random(fix, 4) * 0x1000000 +
				match_random(fix, 3) * 0x100 +
				match_random(fix, 4));
		return addr;
	}
	addr.v6.s6_addr32[0] = htonl(0x20010db8 + match_random(fix, 2));
	addr.v6.s6_addr32[2] = htonl(match_random(fix, 2));
	addr.v6.s6_addr32[3] = htonl(match_random(fix, 4));
	return addr;
}

static void match_cut(union ksteer_addr *addr, u8 len, u8 family)
{
	u32 i, bits = family == KSTEER_V4 ? 32 : 128;
	u8 *byte = (u8 *)addr;

	for (i = len; i < bits; i++)
		byte[i / 8] &= ~(0x80 >> i % 8);
}

static u8 match_proto(struct match_fixture *fix)
{
	static const u8 proto[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP };

	return proto[match_random(fix, ARRAY_SIZE(proto))];
}

static void match_ports(struct match_fixture *fix, struct ksteer_match *m)
{
	u16 a = 1 + match_random(fix, 40), b = 1 + match_random(fix, 40);

	switch (match_random(fix, 4)) {
	case 0:
		return;
	case 1:
		m->port_min = a;
		m->port_max =
			min_t(u32, a + 65495u * match_random(fix, 2), U16_MAX);
		return;
	}
	m->port_min = min(a, b);
	m->port_max = max(a, b);
}

static void match_make(struct match_fixture *fix, struct ksteer_vs *vs)
{
	struct ksteer_match *m = &vs->match;
	u8 bits;

	memset(vs, 0, sizeof(*vs));
	vs->id = ++fix->kn.next_id;
	m->family = match_random(fix, 2);
	bits = m->family == KSTEER_V4 ? 32 : 128;
	m->prefixlen = bits;
	if (!match_random(fix, 3))
		m->prefixlen = 1 + match_random(fix, bits);
	m->addr = match_addr(fix, m->family);
	match_cut(&m->addr, m->prefixlen, m->family);
	m->is_host = m->prefixlen == bits;
	if (!match_random(fix, 12)) {
		memset(&m->addr, 0, sizeof(m->addr));
		m->any_addr = true;
		m->is_host = false;
		m->prefixlen = 0;
	}
	match_ports(fix, m);
	if (match_random(fix, 2))
		m->proto = match_proto(fix);
	m->has_vlan = !match_random(fix, 4);
	if (m->has_vlan)
		m->vlan = match_random(fix, 3);
	if (!match_random(fix, 4))
		m->ifindex = match_random(fix, DEVICES + 1) ?: KSTEER_NO_DEVICE;
	vs->flags = match_random(fix, 2) * KSTEER_VS_FLAGS_SYMMETRIC |
		    match_random(fix, 2) * KSTEER_VS_FLAGS_NOARP;
	vs->unserved = match_random(fix, 8) ? KSTEER_UNSERVED_REJECT :
					      KSTEER_UNSERVED_ROUTE;
}

static bool match_twin(const struct ksteer_match *a,
		       const struct ksteer_match *b)
{
	return a->any_addr == b->any_addr &&
	       (a->any_addr ||
		(a->family == b->family && a->prefixlen == b->prefixlen &&
		 ksteer_addr_equal(&a->addr, &b->addr))) &&
	       a->port_min == b->port_min && a->port_max == b->port_max &&
	       a->proto == b->proto && a->has_vlan == b->has_vlan &&
	       a->vlan == b->vlan && a->ifindex == b->ifindex;
}

/* Add one that is like no other.  Return: whether it was */
static bool match_add(struct kunit *test, struct match_fixture *fix)
{
	struct ksteer_vs *vs = &fix->vs[fix->servers];
	u32 i;
	int err;

	match_make(fix, vs);
	for (i = 0; i < fix->servers; i++)
		if (match_twin(&fix->vs[i].match, &vs->match))
			return false;
	mutex_lock(&fix->kn.config);
	err = ksteer_match_add(&fix->kn, vs);
	mutex_unlock(&fix->kn.config);
	KUNIT_ASSERT_EQ(test, err, 0);
	fix->servers++;
	return true;
}

/* The place of one that goes is taken by the last: both are added anew */
static void match_take(struct kunit *test, struct match_fixture *fix, u32 i)
{
	struct ksteer_vs *last = &fix->vs[--fix->servers];
	int err;

	mutex_lock(&fix->kn.config);
	err = ksteer_match_remove(&fix->kn, &fix->vs[i]);
	if (!err && last != &fix->vs[i]) {
		err = ksteer_match_remove(&fix->kn, last);
		fix->vs[i] = *last;
		if (!err)
			err = ksteer_match_add(&fix->kn, &fix->vs[i]);
	}
	mutex_unlock(&fix->kn.config);
	KUNIT_ASSERT_EQ(test, err, 0);
}

static bool match_holds(const struct ksteer_match *m,
			const union ksteer_addr *addr, u8 family)
{
	union ksteer_addr net = *addr;

	if (m->any_addr)
		return true;
	if (m->family != family)
		return false;
	match_cut(&net, m->prefixlen, family);
	return ksteer_addr_equal(&net, &m->addr);
}

static bool match_link(const struct ksteer_match *m, u16 vlan,
		       const struct net_device *dev)
{
	return (!m->has_vlan || m->vlan == vlan) &&
	       (!m->ifindex || (dev && dev->ifindex == m->ifindex));
}

static bool match_takes(const struct ksteer_vs *vs,
			const struct ksteer_tuple *t,
			const struct net_device *dev, bool answer, bool ports)
{
	u16 port = ntohs(answer ? t->sport : t->dport);
	const struct ksteer_match *m = &vs->match;

	if (!match_holds(m, answer ? &t->src : &t->dst, t->family) ||
	    (m->proto && m->proto != t->proto))
		return false;
	if (ports && m->port_min && (port < m->port_min || port > m->port_max))
		return false;
	if (answer)
		return vs->flags & KSTEER_VS_FLAGS_SYMMETRIC;
	return match_link(m, t->vlan, dev);
}

/* How much a match says, as a number: longer prefixes above all */
static u64 match_says(const struct ksteer_vs *vs)
{
	const struct ksteer_match *m = &vs->match;
	u32 ports = m->port_min ? m->port_max - m->port_min : 65536;
	u64 says = m->is_host ? 255 : m->any_addr ? 0 : 1 + m->prefixlen;

	says = says << 17 | (65536 - ports);
	says = says << 1 | !!m->proto;
	says = says << 1 | m->has_vlan;
	says = says << 1 | !!m->ifindex;
	return says << 32 | (U32_MAX - vs->id);
}

static struct ksteer_vs *match_naive(struct match_fixture *fix,
				     const struct ksteer_tuple *t,
				     const struct net_device *dev, bool answer,
				     bool ports)
{
	struct ksteer_vs *best = NULL;
	u32 i;

	for (i = 0; i < fix->servers; i++)
		if (match_takes(&fix->vs[i], t, dev, answer, ports) &&
		    (!best || match_says(&fix->vs[i]) > match_says(best)))
			best = &fix->vs[i];
	return best;
}

/* Who answers for an address, and whether one of them lets packets go on */
static bool match_naive_owner(struct match_fixture *fix,
			      const union ksteer_addr *addr, u8 family,
			      const struct net_device *dev, bool *routes)
{
	bool answers = false;
	u32 i;

	*routes = false;
	for (i = 0; i < fix->servers; i++) {
		const struct ksteer_vs *vs = &fix->vs[i];

		if (!vs->match.is_host ||
		    !match_holds(&vs->match, addr, family) ||
		    vs->flags & KSTEER_VS_FLAGS_NOARP ||
		    !match_link(&vs->match, 0, dev))
			continue;
		answers = true;
		*routes |= vs->unserved == KSTEER_UNSERVED_ROUTE;
	}
	return answers;
}

static struct ksteer_tuple match_packet(struct match_fixture *fix)
{
	struct ksteer_tuple t = { .family = match_random(fix, 2) };

	t.src = match_addr(fix, t.family);
	t.dst = match_addr(fix, t.family);
	t.proto = match_proto(fix);
	t.sport = htons(match_random(fix, 45));
	t.dport = htons(match_random(fix, 20) ? match_random(fix, 45) : 65535);
	t.vlan = match_random(fix, 3);
	return t;
}

static void match_check(struct kunit *test, struct match_fixture *fix)
{
	struct ksteer_tuple t = match_packet(fix);
	struct net_device *dev = fix->dev[match_random(fix, DEVICES)];
	struct ksteer_vs *is, *was, *part, *answer, *owner;
	const struct ksteer_vs_table *table;
	bool answers, routes, interests;

	rcu_read_lock();
	table = rcu_dereference(fix->kn.vs_table);
	is = ksteer_match_rcu(table, &t, dev, false);
	answer = ksteer_match_rcu(table, &t, NULL, true);
	part = ksteer_match_part_rcu(table, &t, dev, false);
	answers = ksteer_match_answers_rcu(table, &t.dst, t.family, dev);
	owner = ksteer_match_owner_rcu(table, &t.dst, t.family, dev);
	interests = ksteer_match_interests_rcu(table, &t.dst, t.family);
	rcu_read_unlock();
	KUNIT_ASSERT_PTR_EQ(test, is, match_naive(fix, &t, dev, false, true));
	KUNIT_ASSERT_PTR_EQ(test, answer,
			    match_naive(fix, &t, NULL, true, true));
	was = match_naive(fix, &t, dev, false, false);
	KUNIT_ASSERT_EQ(test, !part, !was);
	if (was)
		KUNIT_ASSERT_EQ(test, part->match.is_host, was->match.is_host);
	KUNIT_ASSERT_EQ(test, answers,
			match_naive_owner(fix, &t.dst, t.family, dev, &routes));
	KUNIT_ASSERT_EQ(test, !!owner, answers && !routes);
	if (is)
		KUNIT_ASSERT_TRUE(test, interests);
}

static void match_random_servers(struct kunit *test)
{
	struct match_fixture *fix = test->priv;
	u32 round, i;

	for (round = 0; round < ROUNDS; round++) {
		while (fix->servers < SERVERS)
			if (match_add(test, fix) && is_power_of_2(fix->servers))
				for (i = 0; i < PACKETS / 4; i++)
					match_check(test, fix);
		for (i = 0; i < PACKETS; i++)
			match_check(test, fix);
		while (fix->servers > SERVERS / 3) {
			match_take(test, fix, match_random(fix, fix->servers));
			match_check(test, fix);
		}
		cond_resched();
	}
}

/* A change of what a server answers counts at once, also where there are many */
static void match_changed(struct kunit *test)
{
	struct match_fixture *fix = test->priv;
	u32 i;

	while (fix->servers < SERVERS / 2)
		match_add(test, fix);
	for (i = 0; i < PACKETS; i++) {
		struct ksteer_vs *vs =
			&fix->vs[match_random(fix, fix->servers)];
		int err;

		vs->flags ^= match_random(fix, 2) ? KSTEER_VS_FLAGS_SYMMETRIC :
						    KSTEER_VS_FLAGS_NOARP;
		mutex_lock(&fix->kn.config);
		err = ksteer_match_rebuild(&fix->kn);
		mutex_unlock(&fix->kn.config);
		KUNIT_ASSERT_EQ(test, err, 0);
		match_check(test, fix);
	}
}

static struct kunit_case match_cases[] = {
	KUNIT_CASE(match_random_servers),
	KUNIT_CASE(match_changed),
	{},
};

static struct kunit_suite match_suite = {
	.name = "ksteer_match",
	.init = match_init,
	.exit = match_exit,
	.test_cases = match_cases,
};

kunit_test_suite(match_suite);

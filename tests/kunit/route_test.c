// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite: ways that lead nowhere.  They do so by a device of this suite's,
 * which is down until a case opens it; the routes are the kernel's.
 */
#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "fixture.h"
#include "lookups.h"
#include "object/route_use.h"

/* Long enough for a lookup in each jiffy to be told from one in a while */
#define ROUTE_JIFFIES 20
#define ROUTE_WHILE (HZ / 50)

static struct net_device *route_dev;

static netdev_tx_t route_xmit(struct sk_buff *skb, struct net_device *dev)
{
	consume_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops route_netdev_ops = {
	.ndo_start_xmit = route_xmit,
};

static void route_netdev_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &route_netdev_ops;
	dev->needs_free_netdev = true;
	eth_hw_addr_random(dev);
}

static void route_open(struct kunit *test, bool open)
{
	int err = 0;

	rtnl_lock();
	if (open)
		err = dev_open(route_dev, NULL);
	else
		dev_close(route_dev);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
}

/* A way by the device; it leads nowhere while that is down */
static struct ksteer_way *route_begin(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_way *way = &fix->tm[0].way[KSTEER_SIDE_OPEN];
	struct ksteer_way_settings set = {
		.has = { true, true },
		.ifindex = route_dev->ifindex,
	};

	set.via[KSTEER_V4].v4 = htonl(0xc0000207);
	set.via[KSTEER_V6].v6.s6_addr32[0] = htonl(0xfe800000);
	set.via[KSTEER_V6].v6.s6_addr32[3] = htonl(7);
	strscpy(set.dev, route_dev->name, sizeof(set.dev));
	ksteer_way_init(way);
	way->tm = &fix->tm[0];
	ksteer_way_set(&fix->kn, way, &set);
	return way;
}

static void route_end(struct kunit *test, struct ksteer_way *way)
{
	struct fixture *fix = test->priv;

	ksteer_way_clear(&fix->kn, way);
	route_open(test, false);
	rcu_barrier();
}

/* As a packet asks.  Return: whether there is one */
static bool route_ask(struct kunit *test, struct ksteer_way *way, u8 family)
{
	struct fixture *fix = test->priv;
	bool found;

	rcu_read_lock();
	local_bh_disable();
	found = ksteer_way_route_rcu(&fix->kn, way, family);
	local_bh_enable();
	rcu_read_unlock();
	return found;
}

/* However many packets ask, the kernel is asked once in a while */
static void route_lost(struct kunit *test)
{
	struct ksteer_way *way = route_begin(test);
	unsigned long begin, spent;
	u32 looked, found;
	u8 f;

	for (f = 0; f < KSTEER_FAMILIES; f++) {
		found = 0;
		looked = lookups();
		begin = jiffies;
		while (time_is_after_jiffies(begin + ROUTE_JIFFIES))
			found += route_ask(test, way, f);
		looked = lookups() - looked;
		spent = jiffies - begin;
		KUNIT_EXPECT_EQ(test, found, 0);
		KUNIT_EXPECT_GE(test, looked, 1);
		KUNIT_EXPECT_LE(test, looked, spent / ROUTE_WHILE + 1);
	}
	route_end(test, way);
}

/* It was looked for a moment ago */
static void route_looked_now(struct ksteer_way *way)
{
	u8 f;

	for (f = 0; f < KSTEER_FAMILIES; f++)
		WRITE_ONCE(way->looked[f], jiffies);
}

/* The next packet has the route that has come, however lately one was missed */
static void route_back(struct kunit *test)
{
	struct ksteer_way *way = route_begin(test);
	u32 looked;
	u8 f;

	for (f = 0; f < KSTEER_FAMILIES; f++)
		KUNIT_EXPECT_FALSE(test, route_ask(test, way, f));
	route_open(test, true);
	route_looked_now(way);
	for (f = 0; f < KSTEER_FAMILIES; f++) {
		looked = lookups();
		KUNIT_EXPECT_TRUE(test, route_ask(test, way, f));
		KUNIT_EXPECT_TRUE(test, route_ask(test, way, f));
		KUNIT_EXPECT_EQ(test, lookups() - looked, 1);
		KUNIT_EXPECT_TRUE(test, ksteer_way_usable(way, f));
	}
	route_open(test, false);
	for (f = 0; f < KSTEER_FAMILIES; f++)
		KUNIT_EXPECT_FALSE(test, route_ask(test, way, f));
	route_end(test, way);
}

/* Of some changes nothing tells: a failure is not believed for long */
static void route_in_a_while(struct kunit *test)
{
	struct ksteer_way *way = route_begin(test);
	u32 looked;
	u8 f;

	for (f = 0; f < KSTEER_FAMILIES; f++) {
		KUNIT_EXPECT_FALSE(test, route_ask(test, way, f));
		WRITE_ONCE(way->looked[f], jiffies - ROUTE_WHILE);
		looked = lookups();
		KUNIT_EXPECT_FALSE(test, route_ask(test, way, f));
		KUNIT_EXPECT_EQ(test, lookups() - looked, 1);
	}
	route_end(test, way);
}

static int route_suite_init(struct kunit_suite *suite)
{
	int err;

	route_dev =
		alloc_netdev(0, "ksr%d", NET_NAME_UNKNOWN, route_netdev_setup);
	if (!route_dev)
		return -ENOMEM;
	err = register_netdev(route_dev);
	if (err) {
		free_netdev(route_dev);
		route_dev = NULL;
	}
	return err;
}

static void route_suite_exit(struct kunit_suite *suite)
{
	if (route_dev)
		unregister_netdev(route_dev);
}

static struct kunit_case route_cases[] = {
	KUNIT_CASE(route_lost),
	KUNIT_CASE(route_back),
	KUNIT_CASE(route_in_a_while),
	{},
};

static struct kunit_suite route_suite = {
	.name = "ksteer_route",
	.suite_init = route_suite_init,
	.suite_exit = route_suite_exit,
	.init = fix_init,
	.exit = fix_exit,
	.test_cases = route_cases,
};

kunit_test_suite(route_suite);

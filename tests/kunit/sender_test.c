// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite: who sent a packet, beside one who looks at all traffic managers.
 * Managers share devices and stations, pools share managers, and whatever may
 * change changes between two packets.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/prandom.h>
#include <linux/skbuff.h>

#include "control/tm.h"
#include "fixture.h"
#include "object/index.h"
#include "object/pool.h"
#include "object/sender.h"

#define SENDER_POOLS 3
#define SENDER_DEVS 2
#define SENDER_STATIONS 2
#define SENDER_CHANGES 3000

/*
 * @dev: they are registered nowhere
 * @was: whom each pool has, or had
 */
struct sender_env {
	struct rnd_state random;
	struct net_device *dev[SENDER_DEVS];
	struct sk_buff *skb;
	struct ksteer_pool *pool[SENDER_POOLS];
	struct ksteer_vs vs[SENDER_POOLS];
	bool was[SENDER_POOLS][FIX_TMS];
};

static struct sender_env *env;

/* 0 is nobody's */
static void sender_station(u8 *station, u8 n)
{
	eth_zero_addr(station);
	station[0] = 2;
	station[5] = n;
}

static u32 sender_below(u32 n)
{
	return prandom_u32_state(&env->random) % n;
}

/* A manager's way: most by none, else by a device, and a station or that alone */
static void sender_move(struct fixture *fix, struct ksteer_tm *tm)
{
	struct ksteer_way *way = &tm->way[sender_below(KSTEER_SIDES)];
	u32 where = sender_below(8 * SENDER_DEVS);
	u8 family = sender_below(KSTEER_FAMILIES);

	spin_lock_bh(&way->lock);
	write_seqcount_begin(&way->station_seq);
	way->set.by_device = !sender_below(4);
	way->set.stations = sender_below(2);
	sender_station(way->set.station[0], 1 + sender_below(SENDER_STATIONS));
	write_seqcount_end(&way->station_seq);
	ksteer_way_learn(&fix->kn, way, family,
			 where < SENDER_DEVS ? env->dev[where] : NULL, NULL);
	spin_unlock_bh(&way->lock);
	/* What was learnt of the other family rests on the same settings */
	spin_lock_bh(&way->lock);
	ksteer_way_list_all(&fix->kn, way, !family);
	spin_unlock_bh(&way->lock);
}

/* Who the members of a pool are */
static void sender_join(struct kunit *test, u32 at)
{
	struct ksteer_pool_settings set = env->pool[at]->settings;
	struct fixture *fix = test->priv;
	struct ksteer_tm *member[FIX_TMS];
	u32 i, odds = 1 + sender_below(4);
	int err;

	set.member = member;
	set.members = 0;
	for (i = 0; i < FIX_TMS; i++) {
		if (sender_below(odds))
			continue;
		member[set.members++] = &fix->tm[i];
		env->was[at][i] = true;
	}
	mutex_lock(&fix->kn.config);
	err = ksteer_pool_change(env->pool[at], &set);
	mutex_unlock(&fix->kn.config);
	KUNIT_ASSERT_EQ(test, err, 0);
}

static void sender_turn(struct fixture *fix, struct ksteer_tm *tm)
{
	struct ksteer_tm_settings set = tm->settings;
	struct ksteer_moved moved;

	set.state = sender_below(2) ? KSTEER_TM_STATE_UP : KSTEER_TM_STATE_DOWN;
	mutex_lock(&fix->kn.config);
	ksteer_tm_change(tm, &set, &moved);
	mutex_unlock(&fix->kn.config);
}

static bool sender_is_way(const struct ksteer_way *way, u8 family,
			  const struct net_device *dev, const u8 *station)
{
	if (way->ifindex[family] != dev->ifindex)
		return false;
	return way->set.by_device ||
	       (way->set.stations &&
		ether_addr_equal_unaligned(way->set.station[0], station));
}

static bool sender_in_pool(const struct ksteer_tm *tm)
{
	u32 i, k;

	for (i = 0; i < SENDER_POOLS; i++)
		for (k = 0; k < env->pool[i]->settings.members; k++)
			if (env->pool[i]->settings.member[k] == tm)
				return true;
	return false;
}

/* As the words have it, one by one */
static bool sender_naive(struct fixture *fix, u32 at, u8 family,
			 const struct net_device *dev, const u8 *station)
{
	const struct ksteer_tm *tm;
	u32 i, side;

	for (i = 0; i < FIX_TMS; i++) {
		tm = &fix->tm[i];
		if (!env->was[at][i] || !sender_in_pool(tm) ||
		    tm->settings.state == KSTEER_TM_STATE_DOWN)
			continue;
		for (side = 0; side < KSTEER_SIDES; side++)
			if (sender_is_way(&tm->way[side], family, dev, station))
				return true;
	}
	return false;
}

static bool sender_ask(struct fixture *fix, u32 at, u8 family,
		       struct net_device *dev, const u8 *station)
{
	bool own;

	ether_addr_copy(eth_hdr(env->skb)->h_source, station);
	env->skb->dev = dev;
	rcu_read_lock();
	own = ksteer_sender_is_own_rcu(&fix->kn, &env->vs[at], env->skb,
				       family);
	rcu_read_unlock();
	return own;
}

/* From every sender, to every pool.  Return: how often the two do not agree */
static u32 sender_compare(struct fixture *fix, u32 *own)
{
	u8 station[ETH_ALEN] __aligned(2);
	u32 at, dev, n, wrong = 0;
	bool naive;
	u8 f;

	for (at = 0; at < SENDER_POOLS; at++)
		for (dev = 0; dev < SENDER_DEVS; dev++)
			for (n = 0; n <= SENDER_STATIONS; n++)
				for (f = 0; f < KSTEER_FAMILIES; f++) {
					sender_station(station, n);
					naive = sender_naive(fix, at, f,
							     env->dev[dev],
							     station);
					wrong += naive !=
						 sender_ask(fix, at, f,
							    env->dev[dev],
							    station);
					*own += naive;
				}
	return wrong;
}

static void sender_change(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct ksteer_tm *tm = &fix->tm[sender_below(FIX_TMS)];

	switch (sender_below(8)) {
	case 0:
		sender_join(test, sender_below(SENDER_POOLS));
		break;
	case 1:
	case 2:
		sender_turn(fix, tm);
		break;
	default:
		sender_move(fix, tm);
	}
}

static void sender_random(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u32 i, wrong = 0, own = 0;
	u32 asked = SENDER_CHANGES * SENDER_POOLS * SENDER_DEVS *
		    (SENDER_STATIONS + 1) * KSTEER_FAMILIES;

	for (i = 0; i < SENDER_CHANGES; i++) {
		sender_change(test);
		wrong += sender_compare(fix, &own);
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	/* Either answer is given often enough to tell */
	KUNIT_EXPECT_GT(test, own, asked / 10);
	KUNIT_EXPECT_LT(test, own, asked - asked / 10);
}

/* A server whose pool has gone has no traffic managers */
static void sender_no_pool(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u8 station[ETH_ALEN] __aligned(2);
	u32 own = 0;

	while (!own)
		sender_change(test), sender_compare(fix, &own);
	RCU_INIT_POINTER(env->vs[0].pool, NULL);
	sender_station(station, 1);
	KUNIT_EXPECT_FALSE(test,
			   sender_ask(fix, 0, KSTEER_V4, env->dev[0], station));
}

static void sender_netdev_setup(struct net_device *dev)
{
	ether_setup(dev);
}

static struct ksteer_pool *sender_pool(struct fixture *fix, u32 n)
{
	struct ksteer_pool_settings set = { .sched = KSTEER_SCHED_RR };
	struct ksteer_pool *pool;

	snprintf(set.name, sizeof(set.name), "p%u", n);
	mutex_lock(&fix->kn.config);
	pool = ksteer_pool_create(&fix->kn, &set);
	mutex_unlock(&fix->kn.config);
	return pool;
}

static void sender_tms(struct fixture *fix)
{
	struct ksteer_way *way;
	u32 i, side;

	for (i = 0; i < FIX_TMS; i++)
		for (side = 0; side < KSTEER_SIDES; side++) {
			way = &fix->tm[i].way[side];
			ksteer_way_init(way);
			way->tm = &fix->tm[i];
			way->index = fix->tm[i].index;
		}
}

static int sender_init(struct kunit *test)
{
	int err = fix_init(test);
	struct fixture *fix = test->priv;
	u32 i;

	if (err)
		return err;
	env = kunit_kzalloc(test, sizeof(*env), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, env);
	prandom_seed_state(&env->random, 1);
	INIT_LIST_HEAD(&fix->kn.pools);
	ida_init(&fix->kn.pool_indices);
	mutex_lock(&fix->kn.config);
	err = ksteer_index_create(&fix->kn);
	mutex_unlock(&fix->kn.config);
	KUNIT_ASSERT_EQ(test, err, 0);
	sender_tms(fix);
	env->skb = alloc_skb(ETH_HLEN + 64, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, env->skb);
	skb_reset_mac_header(env->skb);
	skb_put_zero(env->skb, ETH_HLEN);
	skb_pull(env->skb, ETH_HLEN);
	skb_reset_network_header(env->skb);
	for (i = 0; i < SENDER_DEVS; i++) {
		env->dev[i] = alloc_netdev(0, "kss%d", NET_NAME_UNKNOWN,
					   sender_netdev_setup);
		KUNIT_ASSERT_NOT_NULL(test, env->dev[i]);
		env->dev[i]->ifindex = 1000 + i;
	}
	for (i = 0; i < SENDER_POOLS; i++) {
		env->pool[i] = sender_pool(fix, i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(env->pool[i]));
		RCU_INIT_POINTER(env->vs[i].pool, env->pool[i]);
	}
	return 0;
}

static void sender_exit(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u32 i, side;

	for (i = 0; i < FIX_TMS; i++)
		for (side = 0; side < KSTEER_SIDES; side++)
			ksteer_way_clear(&fix->kn, &fix->tm[i].way[side]);
	mutex_lock(&fix->kn.config);
	ksteer_pool_remove_all(&fix->kn);
	mutex_unlock(&fix->kn.config);
	for (i = 0; i < SENDER_DEVS; i++)
		free_netdev(env->dev[i]);
	kfree_skb(env->skb);
	rcu_barrier();
	ksteer_index_destroy(&fix->kn);
	fix_exit(test);
}

static struct kunit_case sender_cases[] = {
	KUNIT_CASE(sender_random),
	KUNIT_CASE(sender_no_pool),
	{},
};

static struct kunit_suite sender_suite = {
	.name = "ksteer_sender",
	.init = sender_init,
	.exit = sender_exit,
	.test_cases = sender_cases,
};

kunit_test_suite(sender_suite);

// SPDX-License-Identifier: GPL-2.0-only
/* KUnit suite: ways to traffic managers by what is known of their ends. */
#include <kunit/test.h>

#include "fixture.h"
#include "object/index.h"

#define MANY 1000

/* Where entries and what they belong to come from; all go with the test */
struct index_fixture {
	struct ksteer_net kn;
	struct ksteer_way way[MANY];
	struct ksteer_index_entry entry[MANY];
};

static int index_init(struct kunit *test)
{
	struct index_fixture *fix = kvzalloc(sizeof(*fix), GFP_KERNEL);
	int err;

	if (!fix)
		return -ENOMEM;
	test->priv = fix;
	fix->kn.net = &init_net;
	mutex_init(&fix->kn.config);
	mutex_lock(&fix->kn.config);
	err = ksteer_index_create(&fix->kn);
	mutex_unlock(&fix->kn.config);
	return err;
}

static void index_exit(struct kunit *test)
{
	struct index_fixture *fix = test->priv;
	int i;

	if (!fix)
		return;
	for (i = 0; i < MANY; i++)
		ksteer_index_remove(&fix->kn, &fix->entry[i]);
	ksteer_index_destroy(&fix->kn);
	/* Who was at an entry is through */
	synchronize_rcu();
	mutex_destroy(&fix->kn.config);
	kvfree(fix);
}

/* Entry @i under a key */
static bool index_add(struct index_fixture *fix, int i,
		      const struct ksteer_index_key *key)
{
	struct ksteer_index_entry *entry = &fix->entry[i];

	entry->key = *key;
	entry->way = &fix->way[i];
	entry->index = i;
	entry->family = key->family;
	return ksteer_index_insert(&fix->kn, entry);
}

static void index_del(struct index_fixture *fix, int i)
{
	ksteer_index_remove(&fix->kn, &fix->entry[i]);
}

/* How many are found, and the sum of their indices */
static int index_find(struct index_fixture *fix,
		      const struct ksteer_index_key *key, int *sum)
{
	const struct ksteer_index_entry *entry;
	struct rhlist_head *list, *pos;
	int n = 0;

	*sum = 0;
	rcu_read_lock();
	list = ksteer_index_lookup_rcu(&fix->kn, key);
	rhl_for_each_entry_rcu(entry, pos, list, link) {
		*sum += entry->index;
		n++;
	}
	rcu_read_unlock();
	return n;
}

static void index_expect(struct kunit *test, const struct ksteer_index_key *key,
			 int n, int sum)
{
	int found;

	KUNIT_EXPECT_EQ(test, index_find(test->priv, key, &found), n);
	KUNIT_EXPECT_EQ(test, found, sum);
}

static struct ksteer_index_key index_hop(enum ksteer_index_kind kind, u8 family,
					 u32 addr, int ifindex)
{
	return (struct ksteer_index_key){
		.addr = fix_addr(family, addr),
		.ifindex = ifindex,
		.kind = kind,
		.family = family,
	};
}

/* By the neighbour that it leads to, and by the next hop as configured */
static void index_by_hop(struct kunit *test)
{
	struct ksteer_index_key a =
		index_hop(KSTEER_INDEX_HOP, KSTEER_V4, 7, 3);
	struct ksteer_index_key b =
		index_hop(KSTEER_INDEX_HOP, KSTEER_V4, 7, 4);
	struct ksteer_index_key c =
		index_hop(KSTEER_INDEX_HOP, KSTEER_V6, 7, 3);
	struct ksteer_index_key v =
		index_hop(KSTEER_INDEX_VIA, KSTEER_V4, 7, 0);
	struct index_fixture *fix = test->priv;

	index_expect(test, &a, 0, 0);
	KUNIT_EXPECT_TRUE(test, index_add(fix, 1, &a));
	KUNIT_EXPECT_TRUE(test, index_add(fix, 2, &a));
	KUNIT_EXPECT_TRUE(test, index_add(fix, 4, &b));
	KUNIT_EXPECT_TRUE(test, index_add(fix, 8, &c));
	KUNIT_EXPECT_TRUE(test, index_add(fix, 16, &v));
	index_expect(test, &a, 2, 3);
	index_expect(test, &b, 1, 4);
	index_expect(test, &c, 1, 8);
	index_expect(test, &v, 1, 16);
	index_del(fix, 1);
	index_expect(test, &a, 1, 2);
	index_del(fix, 2);
	index_expect(test, &a, 0, 0);
	index_expect(test, &b, 1, 4);
}

/* By the device and a station there, and by the device alone: families apart */
static void index_by_station(struct kunit *test)
{
	const u8 mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };
	struct ksteer_index_key there, other, alone, six;
	struct index_fixture *fix = test->priv;

	ksteer_index_station(&there, KSTEER_V4, 3, mac);
	ksteer_index_station(&other, KSTEER_V4, 4, mac);
	ksteer_index_station(&alone, KSTEER_V4, 3, NULL);
	ksteer_index_station(&six, KSTEER_V6, 3, NULL);
	KUNIT_EXPECT_TRUE(test, index_add(fix, 1, &there));
	KUNIT_EXPECT_TRUE(test, index_add(fix, 2, &alone));
	KUNIT_EXPECT_TRUE(test, index_add(fix, 4, &six));
	index_expect(test, &there, 1, 1);
	index_expect(test, &other, 0, 0);
	index_expect(test, &alone, 1, 2);
	index_expect(test, &six, 1, 4);
}

/* A second time changes nothing, nor does it to remove what is not there */
static void index_twice(struct kunit *test)
{
	struct ksteer_index_key key =
		index_hop(KSTEER_INDEX_HOP, KSTEER_V6, 1, 1);
	struct index_fixture *fix = test->priv;

	index_del(fix, 3);
	KUNIT_EXPECT_TRUE(test, index_add(fix, 3, &key));
	KUNIT_EXPECT_TRUE(test, ksteer_index_insert(&fix->kn, &fix->entry[3]));
	index_expect(test, &key, 1, 3);
	index_del(fix, 3);
	index_del(fix, 3);
	index_expect(test, &key, 0, 0);
	KUNIT_EXPECT_TRUE(test, index_add(fix, 3, &key));
	index_expect(test, &key, 1, 3);
}

/* A device leads to a thousand, and any may go; others are not among them */
static void index_many(struct kunit *test)
{
	struct ksteer_index_key alone, six;
	struct index_fixture *fix = test->priv;
	int i, failed = 0, all = MANY * (MANY - 1) / 2, even = 0;

	ksteer_index_station(&alone, KSTEER_V4, 3, NULL);
	ksteer_index_station(&six, KSTEER_V6, 3, NULL);
	for (i = 0; i < MANY; i++)
		failed += !index_add(fix, i, &alone);
	KUNIT_EXPECT_EQ(test, failed, 0);
	index_expect(test, &alone, MANY, all);
	index_expect(test, &six, 0, 0);
	for (i = 0; i < MANY; i += 2) {
		index_del(fix, i);
		even += i;
	}
	index_expect(test, &alone, MANY / 2, all - even);
	for (i = 1; i < MANY; i += 2)
		index_del(fix, i);
	index_expect(test, &alone, 0, 0);
}

/* Keys of a thousand ends are told apart while the table grows and shrinks */
static void index_apart(struct kunit *test)
{
	struct index_fixture *fix = test->priv;
	struct ksteer_index_key key;
	int i, sum, wrong = 0;

	for (i = 0; i < MANY; i++) {
		key = index_hop(KSTEER_INDEX_HOP, KSTEER_V4, i, 1 + i % 7);
		wrong += !index_add(fix, i, &key);
	}
	for (i = 0; i < MANY; i++)
		wrong += index_find(fix, &fix->entry[i].key, &sum) != 1 ||
			 sum != i;
	for (i = 0; i < MANY - 1; i++)
		index_del(fix, i);
	wrong += index_find(fix, &fix->entry[MANY - 1].key, &sum) != 1;
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

/* Before the first manager there is none, nor once its namespace is gone */
static void index_namespace(struct kunit *test)
{
	struct ksteer_index_key key =
		index_hop(KSTEER_INDEX_HOP, KSTEER_V4, 1, 1);
	struct index_fixture *fix = test->priv;
	void *first = rcu_access_pointer(fix->kn.index);

	mutex_lock(&fix->kn.config);
	KUNIT_EXPECT_EQ(test, ksteer_index_create(&fix->kn), 0);
	mutex_unlock(&fix->kn.config);
	KUNIT_EXPECT_PTR_EQ(test, (void *)rcu_access_pointer(fix->kn.index),
			    first);
	KUNIT_EXPECT_TRUE(test, index_add(fix, 1, &key));
	index_del(fix, 1);
	ksteer_index_destroy(&fix->kn);
	index_expect(test, &key, 0, 0);
	KUNIT_EXPECT_FALSE(test, index_add(fix, 1, &key));
	index_del(fix, 1);
	ksteer_index_destroy(&fix->kn);
	mutex_lock(&fix->kn.config);
	KUNIT_EXPECT_EQ(test, ksteer_index_create(&fix->kn), 0);
	mutex_unlock(&fix->kn.config);
	index_expect(test, &key, 0, 0);
}

static struct kunit_case index_cases[] = {
	KUNIT_CASE(index_by_hop),
	KUNIT_CASE(index_by_station),
	KUNIT_CASE(index_twice),
	KUNIT_CASE(index_many),
	KUNIT_CASE(index_apart),
	KUNIT_CASE(index_namespace),
	{},
};

static struct kunit_suite index_suite = {
	.name = "ksteer_index",
	.init = index_init,
	.exit = index_exit,
	.test_cases = index_cases,
};

kunit_test_suite(index_suite);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Link ids: what VLAN in what VRF; the rest of that, which devices have which,
 * is for the selftests.
 */
#include "fixture.h"
#include "key/link.h"
#include "key/packet.h"
#include "window.h"

static int link_init(struct kunit *test)
{
	struct ksteer_net *kn = kunit_kzalloc(test, sizeof(*kn), GFP_KERNEL);

	if (!kn)
		return -ENOMEM;
	ksteer_links_init(&kn->links);
	test->priv = kn;
	return 0;
}

static void link_exit(struct kunit *test)
{
	struct ksteer_net *kn = test->priv;

	if (kn)
		ksteer_links_destroy(&kn->links);
}

static u16 link_get(struct kunit *test, u32 table, u16 vlan)
{
	u16 link = 0;

	KUNIT_EXPECT_TRUE(test,
			  ksteer_link_get(test->priv, table, vlan, &link));
	return link;
}

/* Without a VRF the VLAN is the link, and nothing is remembered */
static void link_vlan(struct kunit *test)
{
	struct ksteer_net *kn = test->priv;
	struct ksteer_tuple t;

	KUNIT_EXPECT_EQ(test, link_get(test, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, link_get(test, 0, 4094), 4094);
	KUNIT_EXPECT_TRUE(test, xa_empty(&kn->links.link));
	ksteer_link_read(kn, 4094, &t);
	KUNIT_EXPECT_EQ(test, t.link, 4094);
	KUNIT_EXPECT_EQ(test, t.vlan, 4094);
	KUNIT_EXPECT_EQ(test, t.vrf, 0);
	KUNIT_EXPECT_EQ(test, ksteer_link_table(kn, 4094), 0);
	KUNIT_EXPECT_TRUE(test, ksteer_link_same_vrf(kn, 0, 4094));
}

static void link_vrf(struct kunit *test)
{
	struct ksteer_net *kn = test->priv;
	u16 vlan = link_get(test, 71, 5), red = link_get(test, 71, 0);
	u16 blue = link_get(test, 72, 5);
	struct ksteer_tuple t;

	KUNIT_EXPECT_GE(test, red, KSTEER_LINK_VRF);
	KUNIT_EXPECT_GE(test, vlan, KSTEER_LINK_VRF);
	KUNIT_EXPECT_NE(test, vlan, red);
	KUNIT_EXPECT_NE(test, vlan, blue);
	KUNIT_EXPECT_EQ(test, link_get(test, 71, 5), vlan);
	KUNIT_EXPECT_EQ(test, link_get(test, 71, 0), red);
	ksteer_link_read(kn, vlan, &t);
	KUNIT_EXPECT_EQ(test, t.link, vlan);
	KUNIT_EXPECT_EQ(test, t.vlan, 5);
	KUNIT_EXPECT_EQ(test, t.vrf, red);
	ksteer_link_read(kn, red, &t);
	KUNIT_EXPECT_EQ(test, t.vlan, 0);
	KUNIT_EXPECT_EQ(test, t.vrf, red);
	KUNIT_EXPECT_EQ(test, ksteer_link_table(kn, blue), 72);
	KUNIT_EXPECT_TRUE(test, ksteer_link_same_vrf(kn, vlan, red));
	KUNIT_EXPECT_FALSE(test, ksteer_link_same_vrf(kn, vlan, blue));
	KUNIT_EXPECT_FALSE(test, ksteer_link_same_vrf(kn, vlan, 5));
	KUNIT_EXPECT_FALSE(test,
			   ksteer_link_same_vrf(kn, KSTEER_LINK_UNSEEN, red));
}

/* There is an end of them, and those that are there stay */
static void link_most(struct kunit *test)
{
	struct ksteer_net *kn = test->priv;
	u16 first = link_get(test, 1, 0), link;
	u32 n;

	for (n = 1; n < KSTEER_LINKS_MAX; n++)
		if (!ksteer_link_get(kn, 1 + n / 4000, n % 4000, &link))
			break;
	/* The second VRF and the third have one without a VLAN, too */
	KUNIT_EXPECT_GE(test, n, KSTEER_LINKS_MAX - 3);
	KUNIT_EXPECT_FALSE(test, ksteer_link_get(kn, 9, 0, &link));
	KUNIT_EXPECT_FALSE(test, ksteer_link_get(kn, 1, 4094, &link));
	KUNIT_EXPECT_EQ(test, link_get(test, 1, 0), first);
	KUNIT_EXPECT_EQ(test, link_get(test, 0, 4094), 4094);
	KUNIT_EXPECT_LT(test, link_get(test, 1, 3999),
			KSTEER_LINK_VRF + KSTEER_LINKS_MAX);
}

static void link_other(void *arg, void *what)
{
	struct kunit *test = arg;

	link_get(test, 71, 5);
}

/* Two processors make the first link of a VRF at once: it is one */
static void link_at_once(struct kunit *test)
{
	struct ksteer_net *kn = test->priv;
	unsigned long i, links = 0;
	u16 link;
	void *l;

	window_open(WINDOW_LOCK, &kn->links.lock, link_other, test);
	link = link_get(test, 71, 5);
	KUNIT_EXPECT_TRUE(test, window_close(WINDOW_LOCK));
	KUNIT_EXPECT_EQ(test, link_get(test, 71, 5), link);
	/* Of the VRF itself and of its VLAN */
	xa_for_each(&kn->links.link, i, l)
		links++;
	KUNIT_EXPECT_EQ(test, links, 2);
}

static struct kunit_case link_cases[] = {
	KUNIT_CASE(link_vlan),
	KUNIT_CASE(link_vrf),
	KUNIT_CASE(link_most),
	KUNIT_CASE(link_at_once),
	{},
};

static struct kunit_suite link_suite = {
	.name = "ksteer_link",
	.init = link_init,
	.exit = link_exit,
	.test_cases = link_cases,
};

kunit_test_suite(link_suite);

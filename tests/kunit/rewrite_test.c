// SPDX-License-Identifier: GPL-2.0-only
/*
 * rewrite: TTL, MTU, options, large segments and the way out.  Packets leave by
 * a route made up here, whose output keeps a note of them, or past the hooks by
 * a device that does.  That the sender is told is the selftests' to see.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>

#include "fixture.h"
#include "packet/rewrite.h"

#define MARK 0x6b73
#define MTU 1400

/* What came out */
struct out {
	u32 routed; /* by dst_output() */
	u32 sent; /* by the device */
	u8 hops;
	bool good_sum;
	u32 headroom;
	struct net_device *dev;
	unsigned long nfct;
};

static struct out out;

struct rewrite_env {
	struct net_device *dev;
	union {
		struct rtable v4;
		struct rt6_info v6;
		struct dst_entry dst;
	} rt[KSTEER_FAMILIES];
	struct ksteer_route route[KSTEER_FAMILIES];
	struct ksteer_way way;
};

static struct rewrite_env env;

static void rewrite_note(const struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);

	out.dev = skb->dev;
	out.nfct = skb_get_nfct(skb);
	out.headroom = skb_headroom(skb);
	if (skb->protocol == htons(ETH_P_IPV6)) {
		out.hops = ipv6_hdr(skb)->hop_limit;
		out.good_sum = true;
		return;
	}
	out.hops = iph->ttl;
	out.good_sum = !ip_fast_csum(iph, iph->ihl);
}

static int rewrite_output(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	out.routed++;
	rewrite_note(skb);
	kfree_skb(skb);
	return 0;
}

static netdev_tx_t rewrite_xmit(struct sk_buff *skb, struct net_device *dev)
{
	/* The network stack has its own to say on a device that comes up */
	if (skb->mark == MARK) {
		out.sent++;
		rewrite_note(skb);
	}
	consume_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops rewrite_netdev_ops = {
	.ndo_start_xmit = rewrite_xmit,
};

static void rewrite_netdev_setup(struct net_device *dev)
{
	dev->netdev_ops = &rewrite_netdev_ops;
	dev->type = ARPHRD_VOID;
	dev->flags = IFF_NOARP;
	dev->mtu = MTU;
	dev->needed_headroom = 100;
	dev->needs_free_netdev = true;
}

static unsigned int rewrite_dst_mtu(const struct dst_entry *dst)
{
	return MTU;
}

static struct dst_entry *rewrite_dst_check(struct dst_entry *dst, u32 cookie)
{
	return dst;
}

static struct dst_ops rewrite_dst_ops = {
	.family = AF_UNSPEC,
	.check = rewrite_dst_check,
	.mtu = rewrite_dst_mtu,
};

static int rewrite_suite_init(struct kunit_suite *suite)
{
	struct net_device *dev;
	int err;
	u8 f;

	memset(&env, 0, sizeof(env));
	dev = alloc_netdev(0, "ksk%d", NET_NAME_UNKNOWN, rewrite_netdev_setup);
	if (!dev)
		return -ENOMEM;
	err = register_netdev(dev);
	if (err) {
		free_netdev(dev);
		return err;
	}
	rtnl_lock();
	err = dev_open(dev, NULL);
	rtnl_unlock();
	if (err) {
		unregister_netdev(dev);
		return err;
	}
	env.dev = dev;
	for (f = 0; f < KSTEER_FAMILIES; f++) {
		struct dst_entry *dst = &env.rt[f].dst;

		dst_init(dst, &rewrite_dst_ops, dev, DST_OBSOLETE_NONE,
			 DST_NOCOUNT);
		dst->output = rewrite_output;
		env.route[f].dst = dst;
		env.route[f].mtu = MTU;
		env.route[f].hop = fix_addr(f, 7);
	}
	return 0;
}

static void rewrite_suite_exit(struct kunit_suite *suite)
{
	u8 f;

	if (!env.dev)
		return;
	for (f = 0; f < KSTEER_FAMILIES; f++)
		netdev_put(env.dev, &env.rt[f].dst.dev_tracker);
	unregister_netdev(env.dev);
}

static int rewrite_init(struct kunit *test)
{
	u8 f;

	memset(&out, 0, sizeof(out));
	ksteer_way_init(&env.way);
	/* Fresh, as packets ask a plain route of IPv4; that of IPv6 needs no check */
	env.rt[KSTEER_V4].dst.obsolete = DST_OBSOLETE_FORCE_CHK;
	env.rt[KSTEER_V4].v4.rt_genid = rt_genid_ipv4(&init_net);
	for (f = 0; f < KSTEER_FAMILIES; f++) {
		env.route[f].room = 64;
		env.route[f].plain = true;
		RCU_INIT_POINTER(env.way.route[f], &env.route[f]);
	}
	return fix_init(test);
}

static void rewrite_send(struct kunit *test, struct sk_buff *skb, u8 family,
			 bool direct)
{
	const struct ksteer_account nobody = {};
	struct fixture *fix = test->priv;
	struct ksteer_packet pkt = {
		.kn = &fix->kn,
		.skb = skb,
		.family = family,
	};
	unsigned int verdict;

	skb->mark = MARK;
	skb->pkt_type = PACKET_HOST;
	local_bh_disable();
	rcu_read_lock();
	verdict = ksteer_send(&pkt, &env.way, direct, &nobody);
	rcu_read_unlock();
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, verdict, NF_STOLEN);
}

/* Where a packet may end */
enum end {
	END_FORWARD = KSTEER_COUNT_FORWARD,
	END_DIRECT = KSTEER_COUNT_DIRECT,
	END_TOO_BIG = KSTEER_COUNT_TOO_BIG,
	END_TTL = KSTEER_COUNT_TTL,
	END_OPTIONS = KSTEER_COUNT_BAD_OPTIONS,
};

static void rewrite_ended(struct kunit *test, enum end end)
{
	static const enum ksteer_counter all[] = {
		KSTEER_COUNT_FORWARD,	  KSTEER_COUNT_DIRECT,
		KSTEER_COUNT_TOO_BIG,	  KSTEER_COUNT_TTL,
		KSTEER_COUNT_NO_ROUTE,	  KSTEER_COUNT_NO_NEIGH,
		KSTEER_COUNT_NO_HEADROOM, KSTEER_COUNT_BAD_OPTIONS,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		KUNIT_EXPECT_EQ_MSG(test, fix_count(test->priv, all[i]),
				    (u32)all[i] == (u32)end, "%s",
				    ksteer_counter_info[all[i]].name);
	KUNIT_EXPECT_EQ(test, out.routed, end == END_FORWARD);
	/* A large segment is cut up for the device */
	KUNIT_EXPECT_EQ(test, !!out.sent, end == END_DIRECT);
}

struct send_case {
	const char *name;
	u8 family;
	bool direct;
	u8 hops;
	u32 len; /* of the whole packet; 0 for a small one */
	bool df;
	u16 frag_max; /* it was put together from fragments so long */
	bool ignore_df;
	u16 gso; /* segments so long, without headers */
	enum end end;
};

/* Named so that the table below stays readable */
#define V4 .family = KSTEER_V4
#define V6 .family = KSTEER_V6

static const struct send_case send_cases[] = {
	{ "v4", V4, .end = END_FORWARD },
	{ "v4 direct", V4, .direct = true, .end = END_DIRECT },
	{ "v4 TTL 2", V4, .hops = 2, .end = END_FORWARD },
	{ "v4 TTL 1", V4, .hops = 1, .end = END_TTL },
	{ "v4 TTL 1, direct", V4, .direct = true, .hops = 1, .end = END_TTL },
	{ "v4 TTL 255", V4, .hops = 255, .end = END_FORWARD },
	{ "v4 at the MTU", V4, .len = MTU, .df = true, .end = END_FORWARD },
	{ "v4 at the MTU, direct", V4, .direct = true, .len = MTU, .df = true,
	  .end = END_DIRECT },
	{ "v4 beyond", V4, .len = MTU + 1, .df = true, .end = END_TOO_BIG },
	{ "v4 beyond, without DF", V4, .len = MTU + 1, .end = END_FORWARD },
	{ "v4 beyond, without DF, direct", V4, .direct = true, .len = MTU + 1,
	  .end = END_FORWARD },
	{ "v4 beyond, DF to be ignored", V4, .len = MTU + 1, .df = true,
	  .ignore_df = true, .end = END_FORWARD },
	{ "v4 from small fragments with DF", V4, .len = 3000, .df = true,
	  .ignore_df = true, .frag_max = MTU, .end = END_FORWARD },
	{ "v4 from large fragments with DF", V4, .len = 3000, .df = true,
	  .ignore_df = true, .frag_max = MTU + 1, .end = END_TOO_BIG },
	{ "v4 from fragments, direct", V4, .direct = true, .len = 1000,
	  .frag_max = 500, .end = END_FORWARD },
	{ "v4 segments that fit", V4, .len = 3000, .df = true, .gso = MTU - 40,
	  .end = END_FORWARD },
	{ "v4 segments that fit, direct", V4, .direct = true, .len = 3000,
	  .df = true, .gso = MTU - 40, .end = END_DIRECT },
	{ "v4 segments beyond", V4, .len = 3000, .df = true, .gso = MTU - 39,
	  .end = END_TOO_BIG },
	{ "v4 segments beyond, without DF", V4, .direct = true, .len = 3000,
	  .gso = MTU - 39, .end = END_FORWARD },
	{ "v4 beyond and TTL 1", V4, .hops = 1, .len = MTU + 1, .df = true,
	  .end = END_TTL },
	{ "v6", V6, .end = END_FORWARD },
	{ "v6 direct", V6, .direct = true, .end = END_DIRECT },
	{ "v6 hop limit 2", V6, .hops = 2, .end = END_FORWARD },
	{ "v6 hop limit 1", V6, .hops = 1, .end = END_TTL },
	{ "v6 at the MTU", V6, .len = MTU, .end = END_FORWARD },
	{ "v6 beyond", V6, .len = MTU + 1, .end = END_TOO_BIG },
	{ "v6 beyond, direct", V6, .direct = true, .len = MTU + 1,
	  .end = END_TOO_BIG },
	{ "v6 from small fragments", V6, .len = 3000, .frag_max = MTU,
	  .end = END_FORWARD },
	{ "v6 from small fragments, direct", V6, .direct = true, .len = 3000,
	  .frag_max = MTU, .end = END_FORWARD },
	{ "v6 from large fragments", V6, .len = 3000, .frag_max = MTU + 1,
	  .end = END_TOO_BIG },
	{ "v6 segments that fit", V6, .direct = true, .len = 3000,
	  .gso = MTU - 60, .end = END_DIRECT },
	{ "v6 segments beyond", V6, .len = 3000, .gso = MTU - 59,
	  .end = END_TOO_BIG },
};

KUNIT_ARRAY_PARAM_DESC(send, send_cases, name);

static struct sk_buff *rewrite_skb(struct kunit *test,
				   const struct send_case *c)
{
	u32 header = (c->family == KSTEER_V4 ? 20 : 40) + 20;
	struct fix_packet p = {
		.family = c->family,
		.proto = IPPROTO_TCP,
		.src = 1,
		.dst = 2,
		.flags = KSTEER_TCP_ACK,
		.hops = c->hops,
		.df = c->df,
		.payload = c->len ? c->len - header : 10,
		.dev = env.dev,
	};
	struct sk_buff *skb = fix_skb(test, &p);

	skb_set_transport_header(skb, header - 20);
	skb->ignore_df = c->ignore_df;
	memset(skb->cb, 0, sizeof(skb->cb));
	if (c->family == KSTEER_V4)
		IPCB(skb)->frag_max_size = c->frag_max;
	else
		IP6CB(skb)->frag_max_size = c->frag_max;
	if (c->gso) {
		skb_shinfo(skb)->gso_size = c->gso;
		skb_shinfo(skb)->gso_segs = 3;
		skb_shinfo(skb)->gso_type =
			c->family == KSTEER_V4 ? SKB_GSO_TCPV4 : SKB_GSO_TCPV6;
	}
	return skb;
}

static void rewrite_sends(struct kunit *test)
{
	const struct send_case *c = test->param_value;

	rewrite_send(test, rewrite_skb(test, c), c->family, c->direct);
	rewrite_ended(test, c->end);
	if (c->end != END_FORWARD && c->end != END_DIRECT)
		return;
	KUNIT_EXPECT_EQ(test, out.hops, (c->hops ?: 64) - 1);
	KUNIT_EXPECT_TRUE(test, out.good_sum);
}

struct option_case {
	const char *name;
	u8 opt[12];
	u8 len;
	bool good;
};

static const struct option_case option_cases[] = {
	{ "NOPs", { 1, 1, 1, 1 }, 4, true },
	{ "end", { 0, 0, 0, 0 }, 4, true },
	{ "record route", { 7, 7, 4, 0, 0, 0, 0, 0 }, 8, true },
	{ "timestamp", { 68, 8, 5, 0, 0, 0, 0, 0 }, 8, true },
	{ "router alert", { 148, 4, 0, 0 }, 4, true },
	{ "fits exactly", { 1, 130, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 12, true },
	{ "rubbish after the end", { 0, 131, 1, 9 }, 4, true },
	{ "loose source route", { 131, 7, 4, 0, 0, 0, 0, 0 }, 8, false },
	{ "strict source route", { 137, 7, 4, 0, 0, 0, 0, 0 }, 8, false },
	{ "source route after NOPs", { 1, 1, 1, 1, 137, 4, 4, 0 }, 8, false },
	{ "length 0", { 7, 0, 0, 0 }, 4, false },
	{ "length 1", { 7, 1, 0, 0 }, 4, false },
	{ "beyond the end", { 7, 5, 4, 0 }, 4, false },
	{ "no room for a length", { 1, 1, 1, 7 }, 4, false },
	{ "second one bad", { 148, 4, 0, 0, 7, 9, 4, 0 }, 8, false },
};

KUNIT_ARRAY_PARAM_DESC(option, option_cases, name);

static void rewrite_options(struct kunit *test)
{
	const struct option_case *c = test->param_value;
	struct fix_packet p = {
		.proto = IPPROTO_UDP,
		.src = 1,
		.dst = 2,
		.payload = 20,
		.options = c->opt,
		.optlen = c->len,
		.dev = env.dev,
	};

	rewrite_send(test, fix_skb(test, &p), KSTEER_V4, false);
	rewrite_ended(test, c->good ? END_FORWARD : END_OPTIONS);
	if (c->good)
		KUNIT_EXPECT_TRUE(test, out.good_sum);
}

static void rewrite_no_route(struct kunit *test)
{
	struct send_case c = {};

	for (c.family = 0; c.family < KSTEER_FAMILIES; c.family++) {
		RCU_INIT_POINTER(env.way.route[c.family], NULL);
		rewrite_send(test, rewrite_skb(test, &c), c.family, false);
		KUNIT_EXPECT_EQ(test,
				fix_count(test->priv, KSTEER_COUNT_NO_ROUTE),
				c.family + 1);
	}
	KUNIT_EXPECT_EQ(test, out.routed + out.sent, 0);
}

/* What a tunnel or a transformation wraps up first cannot go straight */
static void rewrite_not_plain(struct kunit *test)
{
	struct send_case c = {};

	env.route[KSTEER_V4].plain = false;
	rewrite_send(test, rewrite_skb(test, &c), KSTEER_V4, true);
	rewrite_ended(test, END_FORWARD);
}

/* A device that wants more room than the packet has gets it */
static void rewrite_headroom(struct kunit *test)
{
	struct send_case c = {};
	struct sk_buff *skb = rewrite_skb(test, &c);
	u32 room = skb_headroom(skb);

	KUNIT_ASSERT_LT(test, room, 300);
	env.route[KSTEER_V4].room = 300;
	rewrite_send(test, skb, KSTEER_V4, false);
	rewrite_ended(test, END_FORWARD);
	KUNIT_EXPECT_GE(test, out.headroom, 300);
}

/* Another owner of the same bytes must not see them change */
static void rewrite_clone(struct kunit *test)
{
	struct send_case c = {};
	struct sk_buff *skb = rewrite_skb(test, &c);
	struct sk_buff *clone = skb_clone(skb, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, clone);
	rewrite_send(test, skb, KSTEER_V4, false);
	rewrite_ended(test, END_FORWARD);
	KUNIT_EXPECT_EQ(test, ip_hdr(clone)->ttl, 64);
	KUNIT_EXPECT_EQ(test, out.hops, 63);
	kfree_skb(clone);
}

/* What conntrack has to make a connection of first does not go on */
static void rewrite_template(struct kunit *test)
{
	struct nf_conn *ct = kunit_kzalloc(test, sizeof(*ct), GFP_KERNEL);
	struct send_case c = {};
	struct sk_buff *skb;
	int direct;

	KUNIT_ASSERT_NOT_NULL(test, ct);
	refcount_set(&ct->ct_general.use, 1);
	for (direct = 0; direct < 4; direct++) {
		ct->status = direct & 2 ? 0 : IPS_TEMPLATE;
		skb = rewrite_skb(test, &c);
		nf_conntrack_get(&ct->ct_general);
		nf_ct_set(skb, ct, IP_CT_NEW);
		rewrite_send(test, skb, KSTEER_V4, direct & 1);
		KUNIT_EXPECT_EQ(test, out.nfct,
				direct & 2 ? (unsigned long)ct | IP_CT_NEW :
					     IP_CT_UNTRACKED);
		KUNIT_EXPECT_EQ(test, refcount_read(&ct->ct_general.use), 1);
	}
}

static struct kunit_case rewrite_cases[] = {
	KUNIT_CASE_PARAM(rewrite_sends, send_gen_params),
	KUNIT_CASE_PARAM(rewrite_options, option_gen_params),
	KUNIT_CASE(rewrite_no_route),
	KUNIT_CASE(rewrite_not_plain),
	KUNIT_CASE(rewrite_headroom),
	KUNIT_CASE(rewrite_clone),
	KUNIT_CASE(rewrite_template),
	{},
};

static struct kunit_suite rewrite_suite = {
	.name = "ksteer_rewrite",
	.suite_init = rewrite_suite_init,
	.suite_exit = rewrite_suite_exit,
	.init = rewrite_init,
	.exit = fix_exit,
	.test_cases = rewrite_cases,
};

kunit_test_suite(rewrite_suite);

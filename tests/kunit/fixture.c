// SPDX-License-Identifier: GPL-2.0-only
/* What the suites share. */
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/net_namespace.h>

#include "fixture.h"
#include "key/key_read.h"
#include "store/gc.h"
#include "store/store_find.h"

static void fix_tms_init(struct kunit *test, struct fixture *fix)
{
	u32 i;

	for (i = 0; i < FIX_TMS; i++) {
		struct ksteer_tm *tm = &fix->tm[i];

		snprintf(tm->settings.name, sizeof(tm->settings.name), "tm%u",
			 i);
		tm->settings.state = KSTEER_TM_STATE_UP;
		tm->settings.weight = 1;
		tm->candidate.state = KSTEER_TM_STATE_UP;
		tm->candidate.name = tm->settings.name;
		tm->candidate.count = &tm->count;
		tm->index = i + 1;
		tm->kn = &fix->kn;
		tm->traffic = alloc_percpu(struct ksteer_traffic);
		KUNIT_ASSERT_NOT_NULL(test, tm->traffic);
		INIT_LIST_HEAD(&tm->memberships);
		fix->dest[i].tm = tm;
		fix->dest[i].vs = &fix->vs;
	}
}

/* Where flows find them.  Return: 0 or -ENOMEM */
static int fix_number(struct fixture *fix)
{
	struct ksteer_net *kn = &fix->kn;
	int err;
	u32 i;

	err = ksteer_objects_create(kn);
	if (err)
		return err;
	fix->vs.index = 1;
	mutex_lock(&kn->config);
	err = ksteer_objects_reserve(kn, &kn->tm_at, FIX_TMS);
	for (i = 0; !err && i < FIX_TMS; i++)
		ksteer_objects_set(kn, &kn->tm_at, fix->tm[i].index,
				   &fix->tm[i]);
	ksteer_objects_set(kn, &kn->vs_at, fix->vs.index, &fix->vs);
	mutex_unlock(&kn->config);
	return err;
}

/**
 * fix_init - what each case of a suite starts from
 * @test: gets the fixture as its @priv
 *
 * Nothing expires by itself: timeouts are a day.
 *
 * Return: 0 or a negative errno.
 */
int fix_init(struct kunit *test)
{
	struct fixture *fix = kunit_kzalloc(test, sizeof(*fix), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, fix);
	test->priv = fix;
	fix->kn.net = &init_net;
	mutex_init(&fix->kn.config);
	INIT_LIST_HEAD(&fix->kn.stale_pools);
	fix->vs.kn = &fix->kn;
	for (i = 0; i < KSTEER_TIMEOUTS; i++)
		fix->vs.timeout[i] = 86400 * HZ;
	fix->vs.persist = 86400 * HZ;
	fix_tms_init(test, fix);
	fix->vs.traffic = alloc_percpu(struct ksteer_traffic);
	fix->kn.counters = alloc_percpu(struct ksteer_counters);
	fix->kn.serial_here = ksteer_serials_create();
	KUNIT_ASSERT_NOT_NULL(test, fix->vs.traffic);
	KUNIT_ASSERT_NOT_NULL(test, fix->kn.counters);
	KUNIT_ASSERT_NOT_NULL(test, fix->kn.serial_here);
	KUNIT_ASSERT_EQ(test, fix_number(fix), 0);
	ksteer_gc_init(&fix->kn);
	return ksteer_store_create(&fix->kn);
}

/**
 * fix_exit - what each case of a suite ends with
 * @test: the case
 *
 * Whatever was stored must have been counted, and nothing twice.
 */
void fix_exit(struct kunit *test)
{
	struct fixture *fix = test->priv;
	u32 i;

	ksteer_gc_stop(&fix->kn);
	ksteer_store_destroy(&fix->kn);
	for (i = 0; i < FIX_TMS; i++)
		fix_counts(test, &fix->tm[i], 0, 0, 0);
	fix_vs_counts(test, &fix->vs, 0, 0, 0);
	for (i = 0; i < FIX_TMS; i++)
		free_percpu(fix->tm[i].traffic);
	free_percpu(fix->vs.traffic);
	ksteer_objects_destroy(&fix->kn);
	free_percpu(fix->kn.serial_here);
	free_percpu(fix->kn.counters);
}

static void fix_set_free(void *arg)
{
	struct ksteer_set *set = arg;

	ksteer_open_free(set);
	kvfree(set->slot);
	kvfree(set->standing);
	kvfree(set->span);
	kvfree(set->turns);
	kvfree(set);
}

static int fix_set_build(struct fixture *fix, struct ksteer_set *set)
{
	int err = ksteer_open_create(set);

	if (!err && set->ops->build)
		err = set->ops->build(set);
	if (!err && set->ops->table) {
		mutex_lock(&fix->kn.config);
		err = ksteer_sched_table_build(set, 0);
		mutex_unlock(&fix->kn.config);
	}
	return err;
}

/**
 * fix_set_of - a set of traffic managers of one's own to select from
 * @test: the case; frees the set at its end
 * @sched: mechanism
 * @family: KSTEER_V4 or KSTEER_V6
 * @tm: the traffic managers
 * @weight: their weights
 * @members: how many
 *
 * Return: the set.
 */
struct ksteer_set *fix_set_of(struct kunit *test, enum ksteer_sched sched,
			      u8 family, struct ksteer_tm *tm,
			      const u32 *weight, u32 members)
{
	struct ksteer_set *set;
	u32 i;

	set = kvzalloc(struct_size(set, member, members), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, set);
	kunit_add_action(test, fix_set_free, set);
	set->members = members;
	set->ops = ksteer_sched_ops(sched);
	set->seed = 0x1234567890abcdefULL;
	set->family = family;
	set->turns = kvzalloc(sizeof(*set->turns), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, set->turns);
	ksteer_turns_init(set->turns);
	for (i = 0; i < members; i++) {
		set->total_weight += weight[i];
		set->member[i].candidate = &tm[i].candidate;
		set->member[i].weight = weight[i];
		set->member[i].sum = set->total_weight;
		set->member[i].place = i;
	}
	KUNIT_ASSERT_EQ(test, fix_set_build(test->priv, set), 0);
	return set;
}

/**
 * fix_set - a set of the fixture's traffic managers to select from
 * @test: the case; frees the set at its end
 * @sched: mechanism
 * @family: KSTEER_V4 or KSTEER_V6
 * @weight: weights of the members, tm0 first
 * @members: how many
 *
 * Return: the set.
 */
struct ksteer_set *fix_set(struct kunit *test, enum ksteer_sched sched,
			   u8 family, const u32 *weight, u32 members)
{
	struct fixture *fix = test->priv;

	return fix_set_of(test, sched, family, fix->tm, weight, members);
}

/**
 * fix_select - choose a member as a packet does
 * @set: the set
 * @t: endpoints of the packet
 * @how: KSTEER_SELECT_*
 *
 * Return: its index, or less than 0.
 */
int fix_select(struct ksteer_set *set, const struct ksteer_tuple *t,
	       unsigned int how)
{
	int at;

	local_bh_disable();
	rcu_read_lock();
	at = set->ops->select(set, t, how);
	rcu_read_unlock();
	local_bh_enable();
	return at;
}

/**
 * fix_addr - an address
 * @family: KSTEER_V4 or KSTEER_V6
 * @n: its number: 10.0.0.0 and so many, or 2001:db8:: and so many
 *
 * Return: the address.
 */
union ksteer_addr fix_addr(u8 family, u32 n)
{
	union ksteer_addr addr = {};

	if (family == KSTEER_V4) {
		addr.v4 = htonl(0x0a000000 + n);
	} else {
		addr.v6.s6_addr32[0] = htonl(0x20010db8);
		addr.v6.s6_addr32[3] = htonl(n);
	}
	return addr;
}

/**
 * fix_tuple - the endpoints of a packet
 * @family: KSTEER_V4 or KSTEER_V6
 * @src: source, see fix_addr()
 * @sport: its port
 * @dst: destination
 * @dport: its port
 * @proto: IP protocol
 *
 * Return: the endpoints, without a VLAN.
 */
struct ksteer_tuple fix_tuple(u8 family, u32 src, u16 sport, u32 dst, u16 dport,
			      u8 proto)
{
	return (struct ksteer_tuple){
		.src = fix_addr(family, src),
		.dst = fix_addr(family, dst),
		.sport = htons(sport),
		.dport = htons(dport),
		.proto = proto,
		.family = family,
	};
}

/**
 * fix_key_read - read a packet's key, as the hook does
 * @pkt: the packet; its @skb is set
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Return: whether there is one.
 */
bool fix_key_read(struct ksteer_packet *pkt, u8 family)
{
	if (family == KSTEER_V4 ? ksteer_key_read(pkt, KSTEER_V4) :
				  ksteer_key_read(pkt, KSTEER_V6))
		return true;
	pkt->family = family;
	return ksteer_key_read_slow(pkt);
}

/**
 * fix_look - the full key of a TCP packet
 * @family: KSTEER_V4 or KSTEER_V6
 * @src: source, see fix_addr()
 * @sport: its port
 * @dst: destination
 * @dport: its port
 * @vlan: VLAN that it comes by
 *
 * Return: the key.
 */
struct ksteer_lookup fix_look(u8 family, u32 src, u16 sport, u32 dst, u16 dport,
			      u16 vlan)
{
	struct ksteer_tuple tuple =
		fix_tuple(family, src, sport, dst, dport, IPPROTO_TCP);
	struct ksteer_lookup look;

	tuple.link = vlan;
	ksteer_key_full(&look, &tuple);
	return look;
}

/**
 * fix_store - store a flow
 * @fix: the fixture
 * @look: its key
 * @dest: number of its destination
 * @track: its state, KSTEER_TRACK_*
 *
 * Return: as ksteer_store_insert_rcu(), NULL without memory.
 */
struct ksteer_flow *fix_store(struct fixture *fix,
			      const struct ksteer_lookup *look, u32 dest,
			      u32 track)
{
	struct ksteer_flow *flow;

	flow = ksteer_flow_alloc(look, fix->dest[dest], track, GFP_KERNEL);
	if (!flow)
		return NULL;
	local_bh_disable();
	rcu_read_lock();
	flow = ksteer_store_insert_rcu(&fix->kn, flow, fix->dest[dest]);
	rcu_read_unlock();
	local_bh_enable();
	return flow;
}

/**
 * fix_find - look a packet's flow up
 * @fix: the fixture
 * @look: the packet's key
 *
 * Return: the flow or NULL; nobody else removes it.  The kernel's own lookup agrees.
 */
struct ksteer_flow *fix_find(struct fixture *fix, struct ksteer_lookup look)
{
	struct ksteer_flow *flow, *its;

	rcu_read_lock();
	flow = ksteer_store_lookup_rcu(&fix->kn, &look);
	its = ksteer_store_find_by_kernel(&fix->kn, &look);
	rcu_read_unlock();
	return look.loose || its == flow ? flow : ERR_PTR(-EXDEV);
}

/**
 * fix_hit - look a packet's flow up and learn, as the hook does
 * @fix: the fixture
 * @look: the packet's key
 *
 * Return: as fix_find().
 */
struct ksteer_flow *fix_hit(struct fixture *fix, struct ksteer_lookup look)
{
	struct ksteer_flow *flow;

	rcu_read_lock();
	flow = ksteer_store_lookup_rcu(&fix->kn, &look);
	if (flow && look.loose)
		ksteer_flow_learn_link(flow, look.key.link,
				       ksteer_flow_dir(flow, look.swapped));
	rcu_read_unlock();
	return flow;
}

/**
 * fix_pool_select - give a new flow to a member of a pool
 * @pool: the pool
 *
 * Return: the traffic manager, NULL if none accepts.
 */
struct ksteer_tm *fix_pool_select(struct ksteer_pool *pool)
{
	struct ksteer_tuple t =
		fix_tuple(KSTEER_V4, 1, 1024, 2, 80, IPPROTO_TCP);
	struct ksteer_tm *tm;

	local_bh_disable();
	rcu_read_lock();
	tm = ksteer_pool_select_rcu(pool, &t, 0);
	rcu_read_unlock();
	local_bh_enable();
	return tm;
}

/**
 * fix_remove - take a flow out of the store
 * @fix: the fixture
 * @flow: the flow
 *
 * Return: as ksteer_store_remove().
 */
bool fix_remove(struct fixture *fix, struct ksteer_flow *flow)
{
	bool removed;

	rcu_read_lock();
	removed = ksteer_store_remove(&fix->kn, flow);
	rcu_read_unlock();
	return removed;
}

/**
 * fix_opened - a flow is half open no longer, and counts
 * @fix: the fixture
 * @flow: the flow
 */
void fix_opened(struct fixture *fix, struct ksteer_flow *flow)
{
	ksteer_track_set(flow, KSTEER_FLOW_STATE_ESTABLISHED);
	local_bh_disable();
	rcu_read_lock();
	ksteer_store_opened(&fix->kn, flow, true);
	ksteer_store_establish(&fix->kn, flow);
	rcu_read_unlock();
	local_bh_enable();
}

/**
 * fix_count - an event counter
 * @fix: the fixture
 * @c: the counter
 *
 * Return: its value.
 */
u64 fix_count(struct fixture *fix, enum ksteer_counter c)
{
	return ksteer_counter_read(&fix->kn, c);
}

static void fix_device_free(void *dev)
{
	/* Else the core would look for a real device below */
	((struct net_device *)dev)->priv_flags &= ~IFF_802_1Q_VLAN;
	free_netdev(dev);
}

static void fix_device_setup(struct net_device *dev)
{
	dev->type = ARPHRD_ETHER;
	dev->mtu = ETH_DATA_LEN;
}

/**
 * fix_device - a device that packets may be said to come by
 * @test: the case; frees the device at its end
 * @vlan: VLAN id, 0 for a device without
 *
 * Return: the device, not registered.
 */
struct net_device *fix_device(struct kunit *test, u16 vlan)
{
	struct net_device *dev;

	dev = alloc_netdev(256, "ksk%d", NET_NAME_UNKNOWN, fix_device_setup);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_ASSERT_EQ(
		test, kunit_add_action_or_reset(test, fix_device_free, dev), 0);
#if IS_ENABLED(CONFIG_VLAN_8021Q)
	if (vlan) {
		BUILD_BUG_ON(sizeof(struct vlan_dev_priv) > 256);
		dev->priv_flags |= IFF_802_1Q_VLAN;
		vlan_dev_priv(dev)->vlan_id = vlan;
	}
#endif
	return dev;
}

static u32 fix_transport(u8 *to, const struct fix_packet *p)
{
	struct tcphdr *th = (void *)to;
	struct udphdr *uh = (void *)to;

	if (p->proto == IPPROTO_TCP) {
		memset(th, 0, sizeof(*th));
		th->source = htons(p->sport);
		th->dest = htons(p->dport);
		th->seq = htonl(p->seq);
		th->ack_seq = htonl(p->ack);
		th->window = htons(p->window);
		to[13] = p->flags;
		th->doff = 5;
		return sizeof(*th);
	}
	uh->source = htons(p->sport);
	uh->dest = htons(p->dport);
	uh->len = htons(sizeof(*uh) + p->payload);
	uh->check = 0;
	return sizeof(*uh);
}

/**
 * fix_bytes - write a packet
 * @to: where to; room for it
 * @p: what it is like; protocols other than TCP look like UDP
 *
 * Return: bytes written.
 */
u32 fix_bytes(u8 *to, const struct fix_packet *p)
{
	u32 ihl = p->family == KSTEER_V4 ? sizeof(struct iphdr) + p->optlen :
					   sizeof(struct ipv6hdr);
	u32 len = fix_transport(to + ihl, p);
	union ksteer_addr src = fix_addr(p->family, p->src);
	union ksteer_addr dst = fix_addr(p->family, p->dst);
	struct ipv6hdr *ip6 = (void *)to;
	struct iphdr *ip4 = (void *)to;

	memset(to + ihl + len, 0xa5, p->payload);
	len += p->payload;
	memset(to, 0, ihl);
	if (p->family == KSTEER_V6) {
		ip6->version = 6;
		ip6->payload_len = htons(len);
		ip6->nexthdr = p->proto;
		ip6->hop_limit = p->hops ?: 64;
		ip6->saddr = src.v6;
		ip6->daddr = dst.v6;
		return ihl + len;
	}
	ip4->version = 4;
	ip4->ihl = ihl / 4;
	ip4->tot_len = htons(ihl + len);
	ip4->frag_off = p->df ? htons(IP_DF) : 0;
	ip4->ttl = p->hops ?: 64;
	ip4->protocol = p->proto;
	ip4->saddr = src.v4;
	ip4->daddr = dst.v4;
	if (p->optlen)
		memcpy(ip4 + 1, p->options, p->optlen);
	ip_send_check(ip4);
	return ihl + len;
}

static void fix_skb_page(struct kunit *test, struct sk_buff *skb,
			 const u8 *bytes, u32 len)
{
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	memcpy(page_address(page), bytes, len);
	skb_add_rx_frag(skb, 0, page, 0, len, PAGE_SIZE);
}

/**
 * fix_raw - a packet of given bytes
 * @test: the case
 * @family: KSTEER_V4 or KSTEER_V6
 * @bytes: the packet, from its network header on
 * @len: how many
 * @linear: of these in the head; the others in a page
 * @dev: arrival device
 *
 * Return: the packet; the caller frees it.
 */
struct sk_buff *fix_raw(struct kunit *test, u8 family, const void *bytes,
			u32 len, u32 linear, struct net_device *dev)
{
	struct sk_buff *skb = alloc_skb(len + 64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_ASSERT_LE(test, linear, len);
	skb_reserve(skb, 64);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb_put_data(skb, bytes, linear);
	if (linear < len)
		fix_skb_page(test, skb, bytes + linear, len - linear);
	skb->protocol = htons(family == KSTEER_V4 ? ETH_P_IP : ETH_P_IPV6);
	skb->dev = dev;
	return skb;
}

/**
 * fix_skb - a packet
 * @test: the case
 * @p: what it is like
 *
 * Return: the packet; the caller frees it.
 */
struct sk_buff *fix_skb(struct kunit *test, const struct fix_packet *p)
{
	u32 ihl = p->family == KSTEER_V4 ? sizeof(struct iphdr) + p->optlen :
					   sizeof(struct ipv6hdr);
	u8 *bytes = kunit_kzalloc(test, 128 + p->payload, GFP_KERNEL);
	u32 len;

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	len = fix_bytes(bytes, p);
	return fix_raw(test, p->family, bytes, len, p->paged ? ihl : len,
		       p->dev);
}

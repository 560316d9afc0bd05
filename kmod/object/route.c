// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cached and revalidated way to a next hop.
 *
 * The route is looked up once, with the next hop as its destination, and used
 * until the kernel says that it is obsolete.  FLOWI_FLAG_KNOWN_NH makes the
 * route carry the next hop itself, since the packets' own destination is
 * another.  The neighbour is not held, only its address is copied: a reference
 * would keep the device from going.
 */
#include <linux/etherdevice.h>
#include <linux/inetdevice.h>
#include <linux/ipv6.h>
#include <net/addrconf.h>
#include <net/arp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <net/route.h>

#include "key/key.h"
#include "object/route_use.h"

/*
 * How long it is believed that there is no route, where nothing tells of a change:
 * it may have been for want of memory, a rule of IPv6 or a setting may lead
 * elsewhere now, or the state of the routes was seen before the route was
 */
#define KSTEER_LOST_FOR (HZ / 50)

/**
 * ksteer_address_type - whose an address is, seen from a device
 * @net: the namespace
 * @dev: device that asks for it; in a VRF the addresses of that VRF count, and
 *	 no others; NULL for none
 * @addr: the address
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Context: RCU read side.
 * Return: RTN_LOCAL if it is this machine's; of IPv4 addresses, what else the
 *	   routes call them; RTN_UNICAST.
 */
unsigned int ksteer_address_type(struct net *net, const struct net_device *dev,
				 const union ksteer_addr *addr, u8 family)
{
	if (family == KSTEER_V4)
		return inet_addr_type_dev_table(net, dev, addr->v4);
	return ipv6_chk_addr_and_flags(net, &addr->v6, dev, true, 0,
				       IFA_F_TENTATIVE) ?
		       RTN_LOCAL :
		       RTN_UNICAST;
}

/**
 * ksteer_way_device - the device that a way is to lead out of
 * @net: the namespace
 * @set: its name
 *
 * Context: any.
 * Return: its index, 0 if none is named or there is none of that name.
 */
int ksteer_way_device(struct net *net, const struct ksteer_way_settings *set)
{
	struct net_device *dev;
	int ifindex = 0;

	if (!set->dev[0])
		return 0;
	rcu_read_lock();
	dev = dev_get_by_name_rcu(net, set->dev);
	if (dev)
		ifindex = dev->ifindex;
	rcu_read_unlock();
	return ifindex;
}

/**
 * ksteer_way_init - a way that leads nowhere yet
 * @way: to be filled; zeroed memory
 */
void ksteer_way_init(struct ksteer_way *way)
{
	spin_lock_init(&way->lock);
	seqcount_spinlock_init(&way->station_seq, &way->lock);
}

static void ksteer_route_free_rcu(struct rcu_head *rcu)
{
	struct ksteer_route *route =
		container_of(rcu, struct ksteer_route, rcu);

	dst_release(route->dst);
	kfree(route);
}

static void ksteer_way_put_route(struct ksteer_net *kn, struct ksteer_way *way,
				 u8 family, struct ksteer_route *route)
{
	struct ksteer_route *old;

	old = rcu_dereference_protected(way->route[family],
					lockdep_is_held(&way->lock));
	rcu_assign_pointer(way->route[family], route);
	if (old) {
		ksteer_index_remove(kn, &old->by_hop);
		call_rcu(&old->rcu, ksteer_route_free_rcu);
	}
}

/* Any address serves on a device without neighbours; these are reserved */
static void ksteer_way_pointless(union ksteer_addr *via, u8 family)
{
	*via = (union ksteer_addr){};
	if (family == KSTEER_V4)
		via->v4 = htonl(0xc0000008); /* 192.0.0.8, RFC 7600 */
	else
		via->v6.s6_addr32[0] = htonl(0xfe800000),
		via->v6.s6_addr32[3] = htonl(1);
}

/*
 * Does a route lead to its destination without a gateway?  A host route by way
 * of a neighbour of the other family does (RFC 5549): nobody but the next hop
 * itself can be meant.
 */
static bool ksteer_route_is_direct_v4(struct net *net, struct flowi4 fl4,
				      const struct rtable *rt)
{
	struct fib_result res;

	if (!rt->rt_uses_gateway)
		return true;
	return rt->rt_gw_family == AF_INET6 &&
	       !fib_lookup(net, &fl4, &res, 0) && res.prefixlen == 32;
}

static bool ksteer_route_look_v4(struct net *net, const union ksteer_addr *via,
				 int oif, struct ksteer_route *route,
				 bool *direct)
{
	const struct flowi4 asked = {
		.daddr = via->v4,
		.flowi4_oif = oif,
		.flowi4_flags = FLOWI_FLAG_KNOWN_NH,
	};
	struct flowi4 fl4 = asked;
	struct rtable *rt = ip_route_output_key(net, &fl4);

	if (IS_ERR(rt))
		return false;
	*direct = ksteer_route_is_direct_v4(net, asked, rt);
	route->dst = &rt->dst;
	if (rt->rt_gw_family == AF_INET6) {
		route->hop_family = KSTEER_V6;
		route->hop.v6 = rt->rt_gw6;
	} else {
		route->hop_family = KSTEER_V4;
		route->hop.v4 = rt_nexthop(rt, via->v4);
	}
	return rt->rt_type == RTN_UNICAST && !(rt->rt_flags & RTCF_LOCAL);
}

static bool ksteer_route_look_v6(struct net *net, const union ksteer_addr *via,
				 int oif, struct ksteer_route *route,
				 bool *direct)
{
	struct flowi6 fl6 = {
		.daddr = via->v6,
		.flowi6_oif = oif,
		.flowi6_flags = FLOWI_FLAG_KNOWN_NH,
	};
	struct dst_entry *dst = ip6_route_output(net, NULL, &fl6);
	struct rt6_info *rt = container_of(dst, struct rt6_info, dst);

	route->dst = dst;
	route->cookie = rt6_get_cookie(rt);
	route->hop_family = KSTEER_V6;
	route->hop.v6 = *rt6_nexthop(rt, &((union ksteer_addr *)via)->v6);
	*direct = !(rt->rt6i_flags & RTF_GATEWAY);
	return !dst->error && !(rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST));
}

/*
 * The kernel's IPv6 forwarding asks the device alone and leaves a route's own
 * MTU to the output that follows; past the hooks there is none.
 */
static u32 ksteer_route_mtu_v6(const struct dst_entry *dst)
{
	u32 mtu = ip6_dst_mtu_maybe_forward(dst, true);
	u32 own = dst_metric_raw(dst, RTAX_MTU);

	return own ? min(mtu, own) : mtu;
}

/* What every packet asks of a route; a change is followed within a second */
static void ksteer_route_measure(struct ksteer_route *route, u8 family)
{
	const struct dst_entry *dst = route->dst;
	u32 mtu = family == KSTEER_V4 ? ip_dst_mtu_maybe_forward(dst, true) :
					ksteer_route_mtu_v6(dst);
	bool plain = route->hop_family == family && !dst->lwtstate &&
		     !dst_xfrm(dst);

	WRITE_ONCE(route->mtu, mtu);
	WRITE_ONCE(route->room, LL_RESERVED_SPACE(dst->dev) + dst->header_len);
	WRITE_ONCE(route->plain, plain);
}

/*
 * A next hop is on link or there is no route to it: what a gateway leads to may
 * be anywhere, and all that comes from the gateway would be taken for what the
 * traffic manager gives back.
 */
static struct ksteer_route *
ksteer_route_create(struct ksteer_net *kn, struct ksteer_way *way, u8 family)
{
	union ksteer_addr via = way->set.via[family];
	int oif = way->set.ifindex;
	struct ksteer_route *route;
	bool leads, direct = false;

	route = kzalloc(sizeof(*route), GFP_ATOMIC | __GFP_NOWARN);
	if (!route)
		return NULL;
	if (!way->set.has[family])
		ksteer_way_pointless(&via, family);
	leads = family == KSTEER_V4 ? ksteer_route_look_v4(kn->net, &via, oif,
							   route, &direct) :
				      ksteer_route_look_v6(kn->net, &via, oif,
							   route, &direct);
	if (!leads || (way->set.has[family] && !direct)) {
		dst_release(route->dst);
		kfree(route);
		return NULL;
	}
	ksteer_route_measure(route, family);
	route->by_hop.way = way;
	route->by_hop.family = family;
	route->by_hop.key = (struct ksteer_index_key){
		.addr = route->hop,
		.ifindex = route->dst->dev->ifindex,
		.kind = KSTEER_INDEX_HOP,
		.family = route->hop_family,
	};
	return route;
}

static struct neighbour *ksteer_neigh_find(const struct ksteer_route *route)
{
	struct net_device *dev = route->dst->dev;

	if (route->hop_family == KSTEER_V4)
		return __ipv4_neigh_lookup(dev, (__force u32)route->hop.v4);
	return __ipv6_neigh_lookup(dev, &route->hop.v6);
}

/* The next hop is one that does answer, or that nobody needs to ask for */
static void ksteer_way_recover(struct ksteer_way *way, u8 family)
{
	WRITE_ONCE(way->oper[family],
		   way->oper[family] & ~KSTEER_TM_OPER_NEIGH_FAILED);
}

/*
 * Hear of the next hop's changes from now on, and copy its link-layer address if
 * it is known already: then no event will tell of it.
 */
static void ksteer_way_meet(struct ksteer_net *kn, struct ksteer_way *way,
			    u8 family, struct ksteer_route *route)
{
	const struct net_device *dev = route->dst->dev;
	bool point = ksteer_device_is_point(dev);
	struct neighbour *neigh = NULL;
	bool known;

	ksteer_index_insert(kn, &route->by_hop);
	if (!point)
		neigh = ksteer_neigh_find(route);
	known = neigh && READ_ONCE(neigh->nud_state) & NUD_VALID;
	ksteer_way_learn(kn, way, family, dev, known ? neigh : NULL);
	if (point || known)
		ksteer_way_recover(way, family);
	if (neigh)
		neigh_release(neigh);
}

/*
 * As packets ask.  A route whose device went leads to one of the initial namespace
 * that swallows all, and dst_check() asks the state of that namespace's routes then.
 */
static struct ksteer_route *ksteer_way_valid(const struct ksteer_net *kn,
					     struct ksteer_way *way, u8 family)
{
	struct ksteer_route *route;

	route = rcu_dereference_protected(way->route[family],
					  lockdep_is_held(&way->lock));
	if (route && net_eq(dev_net(route->dst->dev), kn->net) &&
	    ksteer_route_is_fresh(kn, route, family))
		return route;
	return NULL;
}

/*
 * State of the kernel's routes: another one after each that comes, whether it was
 * added or a device or an address has brought it
 */
static int ksteer_routes_genid(const struct net *net, u8 family)
{
	return family == KSTEER_V4 ? rt_genid_ipv4(net) : rt_genid_ipv6(net);
}

/* No route was found; nobody need look until there is another state of them */
static void ksteer_way_note_lost(struct ksteer_way *way, u8 family, int genid,
				 u32 why)
{
	lockdep_assert_held(&way->lock);
	WRITE_ONCE(way->missed[family], genid);
	WRITE_ONCE(way->looked[family], jiffies);
	WRITE_ONCE(way->oper[family],
		   (way->oper[family] & ~KSTEER_WAY_LOST) | why);
}

/* Is it known that there is no route now? */
static bool ksteer_way_is_lost(const struct ksteer_net *kn,
			       const struct ksteer_way *way, u8 family)
{
	return READ_ONCE(way->oper[family]) & KSTEER_WAY_LOST &&
	       READ_ONCE(way->missed[family]) ==
		       ksteer_routes_genid(kn->net, family) &&
	       time_is_after_jiffies(READ_ONCE(way->looked[family]) +
				     KSTEER_LOST_FOR);
}

/* The cached route, or a new one in its place */
static struct ksteer_route *ksteer_way_renew(struct ksteer_net *kn,
					     struct ksteer_way *way, u8 family)
{
	struct ksteer_route *route = ksteer_way_valid(kn, way, family);
	bool absent;
	int genid;

	lockdep_assert_held(&way->lock);
	if (route)
		return route;
	genid = ksteer_routes_genid(kn->net, family);
	/* What comes while it is looked for is another state */
	smp_rmb();
	absent = way->set.dev[0] && !way->set.ifindex;
	if (way->leads[family] && !absent)
		route = ksteer_route_create(kn, way, family);
	ksteer_way_put_route(kn, way, family, route);
	if (!route) {
		/* What still comes from there does not come from its end */
		ksteer_way_learn(kn, way, family, NULL, NULL);
		ksteer_way_note_lost(way, family, genid,
				     absent ? KSTEER_TM_OPER_NO_DEVICE :
					      KSTEER_TM_OPER_NO_ROUTE);
		return NULL;
	}
	WRITE_ONCE(way->oper[family], way->oper[family] & ~KSTEER_WAY_LOST);
	ksteer_way_meet(kn, way, family, route);
	return route;
}

/**
 * ksteer_way_refresh - look up a route that is obsolete
 * @kn: ksteer of the namespace
 * @way: the way
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Where there is no route, packets ask for it again once the kernel's routes have
 * changed, and for what these do not tell, once in KSTEER_LOST_FOR.
 *
 * Context: RCU read side, BH off.
 * Return: the route, uncounted, or NULL if there is none.
 */
struct ksteer_route *ksteer_way_refresh(struct ksteer_net *kn,
					struct ksteer_way *way, u8 family)
{
	struct ksteer_route *route;

	if (ksteer_way_is_lost(kn, way, family))
		return NULL;
	spin_lock_bh(&way->lock);
	route = ksteer_way_renew(kn, way, family);
	spin_unlock_bh(&way->lock);
	return route;
}

/**
 * ksteer_way_set - say where a way leads
 * @kn: ksteer of the namespace
 * @way: the way
 * @set: settings that have been checked; all zero for nowhere
 *
 * The route is looked up at once: what comes from where the way led before comes
 * from there no more.
 *
 * Context: process, under kn->config.
 */
void ksteer_way_set(struct ksteer_net *kn, struct ksteer_way *way,
		    const struct ksteer_way_settings *set)
{
	bool device_only = set->dev[0] && !set->has[KSTEER_V4] &&
			   !set->has[KSTEER_V6];
	u8 f;

	spin_lock_bh(&way->lock);
	write_seqcount_begin(&way->station_seq);
	way->set = *set;
	write_seqcount_end(&way->station_seq);
	for (f = 0; f < KSTEER_FAMILIES; f++) {
		WRITE_ONCE(way->leads[f],
			   (set->has[f] || device_only) &&
				   (f == KSTEER_V4 || ipv6_mod_enabled()));
		WRITE_ONCE(way->oper[f], 0);
		ksteer_way_put_route(kn, way, f, NULL);
		if (!way->leads[f] || !ksteer_way_renew(kn, way, f))
			ksteer_way_learn(kn, way, f, NULL, NULL);
	}
	spin_unlock_bh(&way->lock);
}

/**
 * ksteer_way_clear - let go of the routes
 * @kn: ksteer of the namespace
 * @way: the way; no packet may use it once this returns and a grace period
 *	 has passed
 */
void ksteer_way_clear(struct ksteer_net *kn, struct ksteer_way *way)
{
	u8 f;

	spin_lock_bh(&way->lock);
	for (f = 0; f < KSTEER_FAMILIES; f++) {
		WRITE_ONCE(way->leads[f], false);
		way->set.has[f] = false;
		way->set.stations = 0;
		ksteer_way_put_route(kn, way, f, NULL);
		ksteer_way_learn(kn, way, f, NULL, NULL);
	}
	spin_unlock_bh(&way->lock);
}

/**
 * ksteer_way_usable - does a way lead to its end, as far as is known?
 * @way: the way
 * @family: KSTEER_V4 or KSTEER_V6
 * Return: whether it does.
 */
bool ksteer_way_usable(const struct ksteer_way *way, u8 family)
{
	return READ_ONCE(way->leads[family]) && !READ_ONCE(way->oper[family]);
}

/* A next hop that has failed is asked again; its answer comes as an event */
static void ksteer_way_probe(const struct ksteer_way *way, u8 family,
			     const struct ksteer_route *route)
{
	struct net_device *dev = route->dst->dev;
	struct neighbour *neigh;

	if (way->point[family])
		return;
	if (route->hop_family == KSTEER_V4)
		neigh = ip_neigh_gw4(dev, route->hop.v4);
	else
		neigh = ip_neigh_gw6(dev, &route->hop.v6);
	if (!IS_ERR_OR_NULL(neigh) &&
	    !(READ_ONCE(neigh->nud_state) & NUD_VALID))
		neigh_event_send(neigh, NULL);
}

/**
 * ksteer_way_check - look after a way that may carry no packet now
 * @kn: ksteer of the namespace
 * @way: the way
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Context: process.
 */
void ksteer_way_check(struct ksteer_net *kn, struct ksteer_way *way, u8 family)
{
	struct net_device *dev = NULL;
	struct ksteer_route *route;
	u32 down = 0;

	if (!way->leads[family])
		return;
	rcu_read_lock();
	spin_lock_bh(&way->lock);
	route = ksteer_way_renew(kn, way, family);
	if (route) {
		dev = route->dst->dev;
		ksteer_route_measure(route, family);
		/* Make up for what found no memory */
		if (!route->by_hop.listed)
			ksteer_way_meet(kn, way, family, route);
		ksteer_way_list_all(kn, way, family);
	} else if (way->set.ifindex) {
		dev = dev_get_by_index_rcu(kn->net, way->set.ifindex);
	}
	if ((way->set.ifindex && !dev) ||
	    (dev && !(dev->flags & IFF_UP && netif_carrier_ok(dev))))
		down = KSTEER_TM_OPER_DEV_DOWN;
	WRITE_ONCE(way->oper[family],
		   (way->oper[family] & ~KSTEER_TM_OPER_DEV_DOWN) | down);
	spin_unlock_bh(&way->lock);
	local_bh_disable();
	if (route && !down)
		ksteer_way_probe(way, family, route);
	local_bh_enable();
	rcu_read_unlock();
}

/* Is the neighbour the next hop of a way? */
static bool ksteer_way_is_via(const struct ksteer_way *way, u8 family,
			      const struct neighbour *neigh, u8 hop_family)
{
	size_t len = hop_family == KSTEER_V4 ? 4 : 16;
	const struct ksteer_route *route;

	route = rcu_dereference_protected(way->route[family],
					  lockdep_is_held(&way->lock));
	return route && route->dst->dev == neigh->dev && !way->point[family] &&
	       route->hop_family == hop_family &&
	       !memcmp(neigh->primary_key, &route->hop, len);
}

/**
 * ksteer_way_neighbour - a neighbour has changed
 * @kn: ksteer of the namespace
 * @way: a way that it may be the next hop of
 * @family: of the packets that go this way
 * @neigh: the neighbour
 * @hop_family: of the neighbour's address
 * @failed: set if it is the next hop and has failed just now
 *
 * Context: any, RCU read side.
 * Return: whether the way has become usable, or ceased to be.
 */
bool ksteer_way_neighbour(struct ksteer_net *kn, struct ksteer_way *way,
			  u8 family, struct neighbour *neigh, u8 hop_family,
			  bool *failed)
{
	u32 was, is;

	spin_lock_bh(&way->lock);
	was = way->oper[family];
	is = was;
	if (ksteer_way_is_via(way, family, neigh, hop_family)) {
		u8 state = READ_ONCE(neigh->nud_state);

		if (state & NUD_VALID) {
			is &= ~KSTEER_TM_OPER_NEIGH_FAILED;
			ksteer_way_learn(kn, way, family, neigh->dev, neigh);
		} else if (state & NUD_FAILED) {
			is |= KSTEER_TM_OPER_NEIGH_FAILED;
		}
		WRITE_ONCE(way->oper[family], is);
	}
	spin_unlock_bh(&way->lock);
	*failed |= is & ~was;
	return !was != !is;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The run: packet after packet is made, then handed to the receive path with
 * the clock read around it. Making is never measured.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "inject.h"
#include "marker.h"

/*
 * Costs are counted tick by tick, so exactly, up to INJECT_FINE; as many buckets
 * of INJECT_COARSE ticks follow, for a hash table with long chains.
 */
#define INJECT_FINE 65536
#define INJECT_COARSE 256
#define INJECT_BUCKETS (2 * INJECT_FINE)

/**
 * struct inject_tally - costs of the packets so far, in ticks
 * @n: packets
 * @sum: of their costs
 * @min: the least
 * @max: the most
 * @drops: how many the receive path says it has dropped
 * @count: packets by cost
 */
struct inject_tally {
	u64 n;
	u64 sum;
	u64 min;
	u64 max;
	u64 drops;
	u32 count[INJECT_BUCKETS];
};

/* The processor's own clock, after all that stands before it is done */
static __always_inline u64 inject_tick(void)
{
	u32 low, high;

	asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high)::"memory");
	return (u64)high << 32 | low;
}

static u64 inject_receive(struct sk_buff *skb, struct inject_tally *tally)
{
	u64 begin, end;
	int rc;

	local_bh_disable();
	ksteer_mark(KSTEER_MARK_BEGIN);
	begin = inject_tick();
	rc = netif_receive_skb(skb);
	end = inject_tick();
	ksteer_mark(KSTEER_MARK_END);
	local_bh_enable();
	if (rc == NET_RX_DROP)
		tally->drops++;
	return end - begin;
}

static u64 inject_nothing(struct sk_buff *skb)
{
	u64 begin, end;

	local_bh_disable();
	begin = inject_tick();
	end = inject_tick();
	local_bh_enable();
	kfree_skb(skb);
	return end - begin;
}

static u32 inject_bucket(u64 cost)
{
	if (cost < INJECT_FINE)
		return cost;
	cost = INJECT_FINE + div_u64(cost - INJECT_FINE, INJECT_COARSE);
	return min_t(u64, cost, INJECT_BUCKETS - 1);
}

static u32 inject_bucket_cost(u32 bucket)
{
	if (bucket < INJECT_FINE)
		return bucket;
	return INJECT_FINE + (bucket - INJECT_FINE) * INJECT_COARSE;
}

static void inject_note(struct inject_tally *tally, u64 cost)
{
	tally->n++;
	tally->sum += cost;
	tally->min = min(tally->min, cost);
	tally->max = max(tally->max, cost);
	tally->count[inject_bucket(cost)]++;
}

/* The least cost that @percent of the packets do not exceed */
static u32 inject_percentile(const struct inject_tally *tally, u32 percent)
{
	u64 wanted = max_t(u64, 1, div_u64(tally->n * percent + 99, 100));
	u64 seen = 0;
	u32 bucket;

	for (bucket = 0; bucket < INJECT_BUCKETS - 1; bucket++) {
		seen += tally->count[bucket];
		if (seen >= wanted)
			break;
	}
	return inject_bucket_cost(bucket);
}

static u32 inject_random(u32 *state, u32 below)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return ((u64)*state * below) >> 32;
}

/* All numbers below @spec->flows in an order that only the seed knows */
static u32 *inject_order(const struct inject_spec *spec)
{
	u32 *order = kvmalloc_array(spec->flows, sizeof(*order), GFP_KERNEL);
	u32 state = spec->seed ? spec->seed : 1;
	u32 i;

	if (!order)
		return NULL;
	for (i = 0; i < spec->flows; i++) {
		u32 j = inject_random(&state, i + 1);

		order[i] = order[j];
		order[j] = i;
		if (!(i & 0xffff))
			cond_resched();
	}
	return order;
}

static int inject_one(const struct inject_spec *spec, struct net_device *dev,
		      u32 flow, u32 serial, struct inject_tally *tally)
{
	struct sk_buff *part[INJECT_PARTS] = {};
	int i, parts;
	u64 cost = 0;

	parts = inject_build(spec, dev, flow, serial, part);
	if (parts < 0)
		return parts;
	for (i = 0; i < parts; i++)
		cost += spec->null ? inject_nothing(part[i]) :
				     inject_receive(part[i], tally);
	inject_note(tally, cost);
	return 0;
}

static int inject_all(const struct inject_spec *spec, struct net_device *dev,
		      const u32 *order, struct inject_tally *tally)
{
	u32 i, flow = 0;
	int err;

	for (i = 0; i < spec->n; i++) {
		err = inject_one(spec, dev,
				 spec->first + (order ? order[flow] : flow), i,
				 tally);
		if (err)
			return err;
		if (++flow == spec->flows)
			flow = 0;
		if (!(i & 63)) {
			cond_resched();
			if (signal_pending(current))
				return -EINTR;
		}
	}
	return 0;
}

static void inject_report(const struct inject_tally *tally, u64 wall,
			  char *result, size_t size)
{
	u64 hundredths = div64_u64(tally->sum * 100, tally->n);
	u32 rest;
	u64 mean = div_u64_rem(hundredths, 100, &rest);

	scnprintf(
		result, size,
		"n=%llu min=%llu p50=%u p90=%u p99=%u max=%llu mean=%llu.%02u drops=%llu sum=%llu wall=%llu\n",
		tally->n, tally->min, inject_percentile(tally, 50),
		inject_percentile(tally, 90), inject_percentile(tally, 99),
		tally->max, mean, rest, tally->drops, tally->sum, wall);
}

static int inject_measure(const struct inject_spec *spec,
			  struct net_device *dev, struct inject_tally *tally,
			  char *result, size_t size)
{
	u32 *order = spec->random ? inject_order(spec) : NULL;
	u64 begin;
	int err;

	if (spec->random && !order)
		return -ENOMEM;
	begin = inject_tick();
	err = inject_all(spec, dev, order, tally);
	if (!err)
		inject_report(tally, inject_tick() - begin, result, size);
	ksteer_mark(KSTEER_MARK_RUN);
	kvfree(order);
	return err;
}

/**
 * inject_run - do what is asked for
 * @spec: what that is
 * @net: namespace of the device
 * @result: where to leave a line of figures
 * @size: room for it
 *
 * Return: 0 or an error.
 */
int inject_run(const struct inject_spec *spec, struct net *net, char *result,
	       size_t size)
{
	struct net_device *dev = dev_get_by_name(net, spec->dev);
	struct inject_tally *tally;
	int err = -ENOMEM;

	if (!dev)
		return -ENODEV;
	tally = kvzalloc(sizeof(*tally), GFP_KERNEL);
	if (tally) {
		tally->min = U64_MAX;
		err = inject_measure(spec, dev, tally, result, size);
	}
	kvfree(tally);
	dev_put(dev);
	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The greater-port rule: both directions have one owner, and the blocks of
 * source ports that a traffic manager is told are exactly those whose answers
 * come back to it.
 */
#include <ksteer/gport.h>
#include <ksteer/maglev.h>

#include "fuzz.h"

#define NODES 8
#define SLOTS 251

static __u16 slot[SLOTS];

static void take_pool(struct input *in, struct ksteer_gport_reply *want)
{
	__u32 scratch[KSTEER_MAGLEV_SCRATCH(NODES)], i;
	struct ksteer_maglev_node node[NODES];
	__u32 nodes = 1 + take_u8(in) % NODES;

	want->seed = take_u64(in);
	for (i = 0; i < nodes; i++) {
		node[i].id_hash = want->seed * (2 * i + 1) + i;
		node[i].weight = 1 + take_u8(in);
	}
	must(!ksteer_maglev_fill(slot, SLOTS, node, nodes, scratch));
	want->slot = slot;
	want->slots = SLOTS;
	want->member = take_u8(in) % nodes;
	want->family = take_u8(in) & 1 ? KSTEER_V6 : KSTEER_V4;
	want->server_port = take_u16(in);
	take(in, &want->server, want->family == KSTEER_V4 ? 4 : 16);
	take(in, &want->source, want->family == KSTEER_V4 ? 4 : 16);
}

static void check_directions(const struct ksteer_gport_reply *want, __be16 port,
			     bool has_ports)
{
	must(ksteer_gport_hash(want->seed, &want->server, want->server_port,
			       &want->source, port, has_ports, want->family) ==
	     ksteer_gport_hash(want->seed, &want->source, port, &want->server,
			       want->server_port, has_ports, want->family));
	must(!ksteer_gport_addr_greater(&want->server, &want->source,
					want->family) ||
	     !ksteer_gport_addr_greater(&want->source, &want->server,
					want->family));
}

/* Ports from *next up to @end belong, or do not belong, to the member */
static void check_ports(const struct ksteer_gport_reply *want, __u32 *next,
			__u32 end, bool mine)
{
	for (; *next < end; ++*next)
		must((ksteer_gport_owner(want, *next) == want->member) == mine);
}

static void check_blocks(const struct ksteer_gport_reply *want, __u16 lo,
			 __u16 hi)
{
	struct ksteer_gport_range range;
	__u32 next = lo, seen = lo;

	while (ksteer_gport_next_block(want, &next, hi, &range)) {
		must(range.lo >= seen && range.lo <= range.hi);
		must(range.hi <= hi && next > range.hi);
		check_ports(want, &seen, range.lo, false);
		check_ports(want, &seen, (__u32)range.hi + 1, true);
	}
	check_ports(want, &seen, (__u32)hi + 1, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ksteer_gport_reply want = { .seed = 0 };
	struct input in = { data, size };
	__u16 lo, hi;

	take_pool(&in, &want);
	check_directions(&want, take_u16(&in), true);
	check_directions(&want, take_u16(&in), false);
	lo = take_u16(&in);
	hi = take_u16(&in);
	/* Most ranges short, so that many are tried */
	if (take_u8(&in))
		hi = lo > 65535 - hi % 1024 ? 65535 : lo + hi % 1024;
	check_blocks(&want, lo, hi);
	return 0;
}

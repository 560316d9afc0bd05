// SPDX-License-Identifier: GPL-2.0-only
/* What the selection mechanisms share: lookup tables and hashes. */
#include <linux/sched.h>
#include <linux/slab.h>
#include <ksteer/gport.h>
#include <ksteer/maglev.h>
#include <ksteer/mix.h>

#include "sched/sched.h"

/* Slots to try before it is shared among those that accept */
#define KSTEER_SCHED_PROBES 8

/* Turns between two offers to give the CPU away */
#define KSTEER_SCHED_TURNS 4096

static void ksteer_sched_name_nodes(const struct ksteer_set *set,
				    struct ksteer_maglev_node *node)
{
	u32 i;

	for (i = 0; i < set->members; i++) {
		node[i].id_hash = ksteer_name_hash(
			set->seed, set->member[i].candidate->name);
		node[i].weight = set->member[i].weight;
	}
}

static int ksteer_sched_fill(struct ksteer_set *set,
			     struct ksteer_maglev_node *node, u32 *scratch)
{
	struct ksteer_maglev m;
	int err;

	ksteer_sched_name_nodes(set, node);
	err = ksteer_maglev_begin(&m, set->slot, set->slots, node, set->members,
				  scratch);
	if (err)
		return err;
	while (ksteer_maglev_step(&m, KSTEER_SCHED_TURNS))
		cond_resched();
	return 0;
}

/* What distributors share is the seed; each factor is a hash of its number */
static void ksteer_sched_make_factors(struct ksteer_set *set)
{
	struct ksteer_hash_key key =
		ksteer_hash_seeded(set->seed, KSTEER_HASH_FLOW);
	u64 i;

	for (i = 0; i < KSTEER_FACTORS; i++)
		set->factor[i] = ksteer_siphash(&key, &i, 1);
}

/**
 * ksteer_sched_table_build - make the lookup table of a set
 * @set: set, not yet published; gets @slot, @slots and @factor, and owns the
 *	 table
 * @slots: size wished for, 0 for the default; made a prime
 *
 * Distributors whose pools have the same seed, size, names and weights come to
 * tables with the same names in the same slots.
 *
 * Context: process, under kn->config.
 * Return: 0, -ENOMEM, or -EINVAL if there is no member.
 */
int ksteer_sched_table_build(struct ksteer_set *set, u32 slots)
{
	struct ksteer_maglev_node *node;
	int err = -ENOMEM;
	u32 *scratch;

	ksteer_sched_make_factors(set);
	set->slots = ksteer_maglev_prime(slots ?: KSTEER_MAGLEV_SLOTS);
	set->slot = kvmalloc_array(set->slots, sizeof(*set->slot),
				   GFP_KERNEL_ACCOUNT);
	node = kvmalloc_array(set->members, sizeof(*node), GFP_KERNEL);
	scratch = kvmalloc_array(KSTEER_MAGLEV_SCRATCH(set->members),
				 sizeof(*scratch), GFP_KERNEL);
	if (set->slot && node && scratch)
		err = ksteer_sched_fill(set, node, scratch);
	if (err) {
		kvfree(set->slot);
		set->slot = NULL;
	}
	kvfree(scratch);
	kvfree(node);
	return err;
}

/**
 * ksteer_sched_table_pick - choose by the lookup table
 * @set: set with a table
 * @hash: what to look for
 * @how: KSTEER_SELECT_*
 *
 * What belongs to a member that does not accept is spread over the others by
 * weight; what belongs to those stays where it is.
 *
 * Context: softirq or BH off, RCU read side.
 * Return: index of the member, or -1 if none accepts.
 */
int ksteer_sched_table_pick(const struct ksteer_set *set, u64 hash,
			    unsigned int how)
{
	u32 at = 0;
	u32 i;

	for (i = 0; i < KSTEER_SCHED_PROBES; i++) {
		at = set->slot[ksteer_hash_reduce(hash, set->slots)];
		if (likely(ksteer_candidate_accepts(set->member[at].candidate)))
			return at;
		hash = ksteer_open_rehash(hash);
	}
	return ksteer_open_share(set, hash, at + 1, how);
}

/**
 * ksteer_sched_hash_gport - hash the endpoint with the greater port
 * @set: set; its seed is the key
 * @tuple: endpoints of the packet, in either direction
 *
 * Context: any.
 * Return: the hash, the same for both directions.
 */
u64 ksteer_sched_hash_gport(const struct ksteer_set *set,
			    const struct ksteer_tuple *tuple)
{
	bool has_ports = tuple->sport || tuple->dport;

	return ksteer_gport_hash(set->seed, &tuple->src, tuple->sport,
				 &tuple->dst, tuple->dport, has_ports,
				 tuple->family);
}

/**
 * ksteer_sched_hash_pick - choose by hash where the mechanism has no table
 * @set: set
 * @tuple: endpoints of the packet, in either direction
 * @how: KSTEER_SELECT_*
 *
 * For packets that open nothing.  The members share by weight, and both
 * directions have the same answer while the members stay the same; what belongs
 * to one that does not accept is spread over the others.
 *
 * Context: softirq or BH off, RCU read side.
 * Return: index of the member, or -1 if none accepts.
 */
int ksteer_sched_hash_pick(const struct ksteer_set *set,
			   const struct ksteer_tuple *tuple, unsigned int how)
{
	u64 hash = ksteer_sched_hash_gport(set, tuple);
	u32 i, point, at = 0;

	for (i = 0; i < KSTEER_SCHED_PROBES; i++) {
		point = ksteer_hash_reduce(hash, set->total_weight);
		at = ksteer_point_at(set, point);
		if (likely(ksteer_candidate_accepts(set->member[at].candidate)))
			return at;
		hash = ksteer_open_rehash(hash);
	}
	return ksteer_open_share(set, hash, at + 1, how);
}

static u64 ksteer_sched_sum_addr(const u64 *factor,
				 const union ksteer_addr *addr, u8 family)
{
	u64 h = factor[0] * be32_to_cpu(addr->v6.s6_addr32[0]);

	if (family == KSTEER_V6) {
		h += factor[1] * be32_to_cpu(addr->v6.s6_addr32[1]);
		h += factor[2] * be32_to_cpu(addr->v6.s6_addr32[2]);
		h += factor[3] * be32_to_cpu(addr->v6.s6_addr32[3]);
	}
	return h;
}

/* Only the upper half of a sum is worth anything */
static u64 ksteer_sched_sum_end(u64 h)
{
	return (u64)ksteer_mix(h >> 32) << 32;
}

/**
 * ksteer_sched_hash_addr - hash one address of a packet
 * @set: set with a table
 * @addr: source or destination: the same address has the same hash as either
 * @family: KSTEER_V4 or KSTEER_V6
 *
 * Context: any.
 * Return: the hash; its upper half counts.
 */
u64 ksteer_sched_hash_addr(const struct ksteer_set *set,
			   const union ksteer_addr *addr, u8 family)
{
	u64 h = set->factor[KSTEER_FACTOR_BASE];

	h += ksteer_sched_sum_addr(set->factor + KSTEER_FACTOR_SRC, addr,
				   family);
	return ksteer_sched_sum_end(h);
}

/**
 * ksteer_sched_hash_fields - hash chosen fields of a packet
 * @set: set with a table
 * @tuple: endpoints of the packet
 * @fields: what to hash, enum ksteer_field
 *
 * Multilinear, as the store's hash (ksteer_key_hash()): the upper half of the
 * sum is strongly universal, and that is what the table is read by.  The
 * factors come from the seed, so distributors with the same seed agree.
 *
 * Context: any.
 * Return: the hash; its upper half counts.
 */
u64 ksteer_sched_hash_fields(const struct ksteer_set *set,
			     const struct ksteer_tuple *tuple, u32 fields)
{
	const u64 *factor = set->factor;
	u64 h = factor[KSTEER_FACTOR_BASE];
	u32 ports = 0;

	if (fields & KSTEER_FIELD_SRC)
		h += ksteer_sched_sum_addr(factor + KSTEER_FACTOR_SRC,
					   &tuple->src, tuple->family);
	if (fields & KSTEER_FIELD_DST)
		h += ksteer_sched_sum_addr(factor + KSTEER_FACTOR_DST,
					   &tuple->dst, tuple->family);
	if (fields & KSTEER_FIELD_SPORT)
		ports |= be16_to_cpu(tuple->sport) << 16;
	if (fields & KSTEER_FIELD_DPORT)
		ports |= be16_to_cpu(tuple->dport);
	h += factor[KSTEER_FACTOR_PORTS] * ports;
	if (fields & KSTEER_FIELD_VLAN)
		h += factor[KSTEER_FACTOR_VLAN] * tuple->vlan;
	if (fields & KSTEER_FIELD_PROTO)
		h += factor[KSTEER_FACTOR_PROTO] * tuple->proto;
	return ksteer_sched_sum_end(h);
}

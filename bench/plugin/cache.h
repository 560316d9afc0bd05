/* SPDX-License-Identifier: GPL-2.0-only */
/* A cache of one level, and the set of lines that a packet has touched. */
#ifndef _KSTEER_BENCH_CACHE_H
#define _KSTEER_BENCH_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#define LINE_SHIFT 6

/**
 * struct cache - a set-associative cache that gives up the line unused longest
 * @sets: a power of two
 * @ways: lines a set
 * @now: counts accesses
 * @line: lines in place, @ways for each set
 * @used: when each was accessed last; 0 means there is none
 */
struct cache {
	uint32_t sets;
	uint32_t ways;
	uint64_t now;
	uint64_t *line;
	uint64_t *used;
};

/**
 * struct touched - the distinct lines of one packet
 * @packet: number of the packet, from 1
 * @count: lines so far
 * @slot: open addressing; an entry of another packet is free
 */
struct touched {
	uint64_t packet;
	uint32_t count;
	struct {
		uint64_t line;
		uint64_t packet;
	} slot[1 << 15];
};

void cache_init(struct cache *cache, uint32_t bytes, uint32_t ways);
bool cache_access(struct cache *cache, uint64_t line);
void touched_begin(struct touched *touched);
void touched_add(struct touched *touched, uint64_t line);

#endif /* _KSTEER_BENCH_CACHE_H */

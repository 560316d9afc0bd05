// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <stdlib.h>

#include "cache.h"

#define TOUCHED_SLOTS                          \
	(sizeof(((struct touched *)0)->slot) / \
	 sizeof(((struct touched *)0)->slot[0]))

/**
 * cache_init - an empty cache
 * @cache: to fill
 * @bytes: its size
 * @ways: its associativity
 */
void cache_init(struct cache *cache, uint32_t bytes, uint32_t ways)
{
	cache->sets = (bytes >> LINE_SHIFT) / ways;
	cache->ways = ways;
	cache->now = 0;
	cache->line = calloc((size_t)cache->sets * ways, sizeof(uint64_t));
	cache->used = calloc((size_t)cache->sets * ways, sizeof(uint64_t));
	if (!cache->line || !cache->used)
		errx(1, "no memory for a cache of %u bytes", bytes);
}

/**
 * cache_access - read or write a line; it is there afterwards
 * @cache: the cache
 * @line: the address without its lowest bits
 *
 * Return: whether it was there before.
 */
bool cache_access(struct cache *cache, uint64_t line)
{
	size_t set = (line & (cache->sets - 1)) * cache->ways;
	uint64_t *there = cache->line + set, *used = cache->used + set;
	uint32_t way, oldest = 0;

	cache->now++;
	for (way = 0; way < cache->ways; way++) {
		if (there[way] == line && used[way]) {
			used[way] = cache->now;
			return true;
		}
		if (used[way] < used[oldest])
			oldest = way;
	}
	there[oldest] = line;
	used[oldest] = cache->now;
	return false;
}

/**
 * touched_begin - forget what the packet before has touched
 * @touched: the set
 */
void touched_begin(struct touched *touched)
{
	touched->packet++;
	touched->count = 0;
}

/**
 * touched_add - a line is touched
 * @touched: the set
 * @line: the address without its lowest bits
 */
void touched_add(struct touched *touched, uint64_t line)
{
	uint64_t i = (line * 0x9e3779b97f4a7c15ULL) >> 32;

	for (;; i++) {
		i &= TOUCHED_SLOTS - 1;
		if (touched->slot[i].packet != touched->packet)
			break;
		if (touched->slot[i].line == line)
			return;
	}
	/* A search must find an end */
	if (++touched->count == TOUCHED_SLOTS)
		errx(1, "a packet that touches %u lines", touched->count);
	touched->slot[i].packet = touched->packet;
	touched->slot[i].line = line;
}

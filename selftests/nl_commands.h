/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of ksteer's netlink family and what they take. */
#ifndef NL_COMMANDS_H
#define NL_COMMANDS_H

#include "nl_words.h"

#define BIT(type) (1ULL << KSTEER_A_##type)
#define BITS(first, last) \
	((2ULL << KSTEER_A_##last) - (1ULL << KSTEER_A_##first))

#define TM_SETTINGS                                            \
	(BITS(TM_NAME, TM_DRAIN_TIMEOUT) | BIT(TM_MAX_FLOWS) | \
	 BITS(TM_DEV, TM_SOURCE))
#define VS_LATE (BIT(VS_PERSIST_GROUP) | BITS(VS_REJECT, VS_UNSERVED))
#define VS_SETTINGS (BIT(VS_NAME) | BITS(VS_POOL, VS_EVENTS) | VS_LATE)
#define POOL_MEMBERS (BIT(POOL_NAME) | BIT(POOL_MEMBER))

/**
 * struct command - a command of the family
 * @name: as in the family's specification
 * @cmd: its number
 * @words: attributes of the object
 * @allowed: those that a request may have
 */
static const struct command {
	const char *name;
	__u8 cmd;
	const struct word *words;
	__u64 allowed;
} commands[] = {
	{ "tm-get", KSTEER_CMD_TM_GET, tm_words, BIT(TM_NAME) },
	{ "tm-new", KSTEER_CMD_TM_NEW, tm_words, TM_SETTINGS },
	{ "tm-set", KSTEER_CMD_TM_SET, tm_words, TM_SETTINGS },
	{ "tm-del", KSTEER_CMD_TM_DEL, tm_words, BIT(TM_NAME) },
	{ "pool-get", KSTEER_CMD_POOL_GET, pool_words, BIT(POOL_NAME) },
	{ "pool-new", KSTEER_CMD_POOL_NEW, pool_words,
	  BITS(POOL_NAME, POOL_SET) },
	{ "pool-set", KSTEER_CMD_POOL_SET, pool_words,
	  BITS(POOL_NAME, POOL_SET) },
	{ "pool-del", KSTEER_CMD_POOL_DEL, pool_words, BIT(POOL_NAME) },
	{ "pool-join", KSTEER_CMD_POOL_JOIN, pool_words, POOL_MEMBERS },
	{ "pool-leave", KSTEER_CMD_POOL_LEAVE, pool_words, POOL_MEMBERS },
	{ "vs-get", KSTEER_CMD_VS_GET, vs_words, BIT(VS_NAME) },
	{ "vs-new", KSTEER_CMD_VS_NEW, vs_words,
	  BITS(VS_NAME, VS_EVENTS) | BIT(VS_DEV) | VS_LATE },
	{ "vs-set", KSTEER_CMD_VS_SET, vs_words, VS_SETTINGS },
	{ "vs-del", KSTEER_CMD_VS_DEL, vs_words, BIT(VS_NAME) },
	{ "flow-get", KSTEER_CMD_FLOW_GET, flows_words,
	  BITS(FLOWS_FLOW, FLOWS_FILTER) },
	{ "flow-new", KSTEER_CMD_FLOW_NEW, flows_words, BIT(FLOWS_FLOW) },
	{ "flow-set", KSTEER_CMD_FLOW_SET, flows_words, BIT(FLOWS_FLOW) },
	{ "flow-del", KSTEER_CMD_FLOW_DEL, flows_words,
	  BITS(FLOWS_FLOW, FLOWS_FILTER) },
	{ "config-get", KSTEER_CMD_CONFIG_GET, config_words, 0 },
	{ "config-set", KSTEER_CMD_CONFIG_SET, config_words,
	  BITS(CONFIG_MAX_FLOWS, CONFIG_YOUNG) | BIT(CONFIG_STANDBY) },
	{ "stats-get", KSTEER_CMD_STATS_GET, counter_words, BIT(COUNTER_NAME) },
	{ "explain", KSTEER_CMD_EXPLAIN, explain_words, BIT(EXPLAIN_QUERY) },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

#endif /* NL_COMMANDS_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksteer pool: ordered sets of traffic managers.
 */
#include <string.h>

#include "parse.h"
#include "show.h"

static int parse_member(struct args *args, const struct term *term, void *model)
{
	const char *word = ksteer_args_take(args, term);
	struct ksteer_pool *pool = model;
	struct ksteer_member *member;

	if (!word)
		return CLI_USAGE;
	member = ksteer_list_add(&pool->member, sizeof(*member));
	if (!member)
		return CLI_LOCAL;
	if (ksteer_parse_name(word, member->tm))
		return ksteer_args_bad(args, term, word, "a name");
	ksteer_mark(member, KSTEER_A_MEMBER_TM);
	ksteer_mark(pool, KSTEER_A_POOL_MEMBER);
	return CLI_OK;
}

static void save_members(FILE *file, const struct term *term, const void *model)
{
	const struct ksteer_pool *pool = model;
	const struct ksteer_member *member = NULL;

	while ((member = ksteer_next(&pool->member, member))) {
		fprintf(file, " %s ", term->word);
		ksteer_save_word(file, member->tm);
	}
}

static int parse_set(struct args *args, const struct term *term, void *model)
{
	const char *word = ksteer_args_take(args, term);
	struct ksteer_pool *pool = model;
	struct ksteer_prefix *prefix;

	if (!word)
		return CLI_USAGE;
	prefix = ksteer_list_add(&pool->set, sizeof(*prefix));
	if (!prefix)
		return CLI_LOCAL;
	if (ksteer_parse_prefix(word, &prefix->addr, &prefix->len))
		return ksteer_args_bad(args, term, word,
				       "an address or prefix");
	ksteer_mark(prefix, KSTEER_A_PREFIX_ADDR);
	ksteer_mark(prefix, KSTEER_A_PREFIX_LEN);
	ksteer_mark(pool, KSTEER_A_POOL_SET);
	return CLI_OK;
}

static void save_set(FILE *file, const struct term *term, const void *model)
{
	const struct ksteer_pool *pool = model;
	const struct ksteer_prefix *prefix = NULL;
	char buf[KSTEER_IP_STRLEN];

	while ((prefix = ksteer_next(&pool->set, prefix)))
		fprintf(file, " %s %s/%u", term->word,
			ksteer_format_ip(&prefix->addr, buf), prefix->len);
}

#define NAME_TERM                                                             \
	{                                                                     \
		.arg = "NAME", .attr = KSTEER_A_POOL_NAME, .hint = HINT_POOL, \
	}

#define TM_TERM(needed)                                                    \
	{                                                                  \
		.word = "tm", .arg = "NAME", .attr = KSTEER_A_POOL_MEMBER, \
		.flags = TERM_REPEAT | (needed), .hint = HINT_TM,          \
		.parse = parse_member, .save = save_members,               \
	}

static const struct term set_terms[] = {
	NAME_TERM,
	{ .word = "sched", .attr = KSTEER_A_POOL_SCHED },
	TM_TERM(0),
	{ .word = "seed", .arg = "N", .attr = KSTEER_A_POOL_SEED },
	{ .word = "table-size", .arg = "N", .attr = KSTEER_A_POOL_TABLE_SIZE },
	{ .word = "hash", .arg = "FIELDS", .attr = KSTEER_A_POOL_HASH_FIELDS },
	{ .word = "set",
	  .arg = "PREFIX",
	  .attr = KSTEER_A_POOL_SET,
	  .flags = TERM_REPEAT,
	  .parse = parse_set,
	  .save = save_set },
	TERM_END
};

static const struct term name_terms[] = { NAME_TERM, TERM_END };

static const struct term member_terms[] = { NAME_TERM, TM_TERM(TERM_REQUIRED),
					    TERM_END };

static const struct term show_terms[] = { { .arg = "NAME",
					    .attr = KSTEER_A_POOL_NAME,
					    .flags = TERM_OPTIONAL,
					    .hint = HINT_POOL },
					  TERM_END };

static int run_add(struct cli *cli, struct args *args)
{
	struct ksteer_pool pool = { 0 };
	int err;

	err = ksteer_args_parse(args, &pool);
	if (!err && !ksteer_cli_nl(cli))
		err = CLI_LOCAL;
	if (!err)
		err = ksteer_add(cli, KSTEER_CMD_POOL_NEW, KSTEER_CMD_POOL_SET,
				 &ksteer_pool_object, &pool);
	ksteer_object_free(&ksteer_pool_object, &pool);
	return err;
}

static int run_set(struct cli *cli, struct args *args)
{
	struct ksteer_pool pool = { 0 };

	return ksteer_send(cli, args, KSTEER_CMD_POOL_SET, &pool);
}

static int run_del(struct cli *cli, struct args *args)
{
	struct ksteer_pool pool = { 0 };

	return ksteer_send(cli, args, KSTEER_CMD_POOL_DEL, &pool);
}

static int run_join(struct cli *cli, struct args *args)
{
	struct ksteer_pool pool = { 0 };

	return ksteer_send(cli, args, KSTEER_CMD_POOL_JOIN, &pool);
}

static int run_leave(struct cli *cli, struct args *args)
{
	struct ksteer_pool pool = { 0 };

	return ksteer_send(cli, args, KSTEER_CMD_POOL_LEAVE, &pool);
}

static void print_head(FILE *file, const struct ksteer_pool *pool)
{
	const struct ksteer_prefix *prefix = NULL;
	char buf[128];

	fprintf(file, "%s: sched %s", pool->name,
		ksteer_name(&ksteer_sched_names, pool->sched));
	if (pool->hash_fields)
		fprintf(file, " hash %s",
			ksteer_mask_names(&ksteer_field_names,
					  pool->hash_fields, buf, sizeof(buf)));
	if (pool->table_size)
		fprintf(file, " table-size %u", pool->table_size);
	fprintf(file, " seed 0x%llx", pool->seed);
	while ((prefix = ksteer_next(&pool->set, prefix)))
		fprintf(file, " set %s/%u",
			ksteer_format_ip(&prefix->addr, buf), prefix->len);
	fputc('\n', file);
}

static void print_members(FILE *file, const struct ksteer_pool *pool)
{
	const struct ksteer_member *member = NULL;
	struct table table = { 0 };
	unsigned long long slots = 0;

	ksteer_table_head(&table, "TM");
	ksteer_table_head(&table, "USABLE");
	ksteer_table_head(&table, ">SLOTS");
	ksteer_table_head(&table, ">SHARE");
	while ((member = ksteer_next(&pool->member, member)))
		slots += member->share;
	while ((member = ksteer_next(&pool->member, member))) {
		ksteer_table_cell(&table, "%s", member->tm);
		ksteer_table_cell(&table, "%s", member->usable ? "yes" : "no");
		ksteer_table_cell(&table, slots ? "%u" : "", member->share);
		ksteer_table_cell(&table, slots ? "%.1f%%" : "",
				  slots ? 100.0 * member->share / slots : 0);
	}
	ksteer_table_print(&table, file, "    ");
}

static int run_show(struct cli *cli, struct args *args)
{
	struct ksteer_list list = { 0 };
	struct ksteer_pool *pool = NULL;
	int err;

	err = ksteer_show_list(cli, args, KSTEER_CMD_POOL_GET, &list);
	if (!err && cli->out.json) {
		ksteer_show_json(cli, &ksteer_pool_object, &list);
	} else if (!err) {
		while ((pool = ksteer_next(&list, pool))) {
			print_head(cli->out.file, pool);
			print_members(cli->out.file, pool);
		}
	}
	ksteer_list_free(&list, &ksteer_pool_object);
	return err;
}

static const struct verb verbs[] = {
	{ "add", "add a pool", &ksteer_pool_object, set_terms, 0, run_add },
	{ "set", "change a pool; members and address set are replaced whole",
	  &ksteer_pool_object, set_terms, 0, run_set },
	{ "del", "delete a pool that no virtual server names",
	  &ksteer_pool_object, name_terms, 0, run_del },
	{ "show", "show one pool, or all", &ksteer_pool_object, show_terms, 0,
	  run_show },
	{ "join", "add members at the end", &ksteer_pool_object, member_terms,
	  0, run_join },
	{ "leave", "take members out; they keep the flows that they have",
	  &ksteer_pool_object, member_terms, 0, run_leave },
	VERB_END
};

static const struct command pool_command = {
	.name = "pool",
	.help = "pools of traffic managers, with their selection mechanism",
	.verbs = verbs,
};

REGISTER_COMMAND(pool_command);

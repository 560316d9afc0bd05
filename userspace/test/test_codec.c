// SPDX-License-Identifier: GPL-2.0-only
/* Structures to attributes and back. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "codec.h"
#include "unit.h"
#include "unit_cmocka.h"

/* Attribute sets with the numbers of their last attributes and of their pads */
static const struct {
	const struct ksteer_object *object;
	unsigned int max;
	unsigned int pads;
} sets[] = {
	{ &ksteer_stats_object, KSTEER_A_STATS_MAX, 1 },
	{ &ksteer_tm_object, KSTEER_A_TM_MAX, 1 },
	{ &ksteer_member_object, KSTEER_A_MEMBER_MAX, 0 },
	{ &ksteer_prefix_object, KSTEER_A_PREFIX_MAX, 0 },
	{ &ksteer_pool_object, KSTEER_A_POOL_MAX, 1 },
	{ &ksteer_timeouts_object, KSTEER_A_TIMEOUTS_MAX, 0 },
	{ &ksteer_vs_object, KSTEER_A_VS_MAX, 0 },
	{ &ksteer_tcp_object, KSTEER_A_TCP_MAX, 0 },
	{ &ksteer_flow_object, KSTEER_A_FLOW_MAX, 1 },
	{ &ksteer_flows_object, KSTEER_A_FLOWS_MAX, 1 },
	{ &ksteer_config_object, KSTEER_A_CONFIG_MAX, 1 },
	{ &ksteer_counter_object, KSTEER_A_COUNTER_MAX, 1 },
	{ &ksteer_explain_object, KSTEER_A_EXPLAIN_MAX, 0 },
};

static void tables_are_complete(void **state)
{
	const struct ksteer_attr *attr;
	unsigned int i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		assert_int_equal(sets[i].object->count,
				 sets[i].max - sets[i].pads);
		for (j = 0; j < sets[i].object->count; j++) {
			attr = &sets[i].object->attrs[j];
			assert_in_range(attr->id, 1, sets[i].max);
			assert_ptr_equal(ksteer_attr_by_id(sets[i].object,
							   attr->id),
					 attr);
			assert_ptr_equal(ksteer_attr_by_name(sets[i].object,
							     attr->name),
					 attr);
			assert_true(attr->offset < sets[i].object->size);
		}
	}
}

static void decode_message(struct nl_msg *msg,
			   const struct ksteer_object *object, void *model,
			   int expect)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);

	memset(model, 0, object->size);
	assert_int_equal(ksteer_decode(object, nlmsg_attrdata(hdr, 0),
				       nlmsg_attrlen(hdr, 0), model),
			 expect);
}

union any {
	struct ksteer_tm tm;
	struct ksteer_pool pool;
	struct ksteer_vs vs;
	struct ksteer_flow flow;
	struct ksteer_flows flows;
	struct ksteer_explain explain;
	struct ksteer_counter counter;
	struct ksteer_config config;
};

static struct nl_msg *new_message(size_t size)
{
	struct nl_msg *msg = nlmsg_alloc_size(size);

	assert_non_null(msg);
	assert_non_null(nlmsg_put(msg, 0, 0, 42, 0, 0));
	return msg;
}

static struct ksteer_member *add_member(struct ksteer_pool *pool,
					const char *name)
{
	struct ksteer_member *member;

	member = ksteer_list_add(&pool->member, sizeof(*member));
	assert_non_null(member);
	snprintf(member->tm, sizeof(member->tm), "%s", name);
	ksteer_mark(member, KSTEER_A_MEMBER_TM);
	ksteer_mark(pool, KSTEER_A_POOL_MEMBER);
	return member;
}

static void round_trip_of_a_pool(void **state)
{
	struct ksteer_pool pool = { 0 }, again;
	struct nl_msg *msg = new_message(4096);
	struct ksteer_member *member;
	struct nlattr *first;

	(void)state;
	pool.seed = 0xfedcba9876543210ULL;
	ksteer_mark(&pool, KSTEER_A_POOL_SEED);
	add_member(&pool, "one");
	add_member(&pool, "two");
	assert_int_equal(ksteer_encode(msg, &ksteer_pool_object, &pool), 0);
	decode_message(msg, &ksteer_pool_object, &again, 0);
	assert_true(again.has == pool.has);
	assert_true(again.seed == pool.seed);
	assert_int_equal(again.member.count, 2);
	member = again.member.items;
	assert_string_equal(member[0].tm, "one");
	assert_string_equal(member[1].tm, "two");
	/* Strict kernels want nests marked as such */
	first = nlmsg_find_attr(nlmsg_hdr(msg), 0, KSTEER_A_POOL_MEMBER);
	assert_non_null(first);
	assert_true(first->nla_type & NLA_F_NESTED);
	nlmsg_free(msg);
	ksteer_object_free(&ksteer_pool_object, &pool);
	ksteer_object_free(&ksteer_pool_object, &again);
}

static void absent_is_not_sent(void **state)
{
	struct ksteer_vs vs = { .vlan = 7, .max_flows = 9 }, again;
	struct nl_msg *msg = new_message(4096);

	(void)state;
	ksteer_mark(&vs, KSTEER_A_VS_VLAN);
	assert_int_equal(ksteer_encode(msg, &ksteer_vs_object, &vs), 0);
	assert_int_equal(nlmsg_attrlen(nlmsg_hdr(msg), 0), 8);
	decode_message(msg, &ksteer_vs_object, &again, 0);
	assert_true(again.has == KSTEER_HAS(KSTEER_A_VS_VLAN));
	assert_int_equal(again.vlan, 7);
	assert_int_equal(again.max_flows, 0);
	nlmsg_free(msg);
}

static void empty_nests_are_kept(void **state)
{
	struct ksteer_flows flows = { 0 }, again;
	struct nl_msg *msg = new_message(4096);

	(void)state;
	ksteer_mark(&flows, KSTEER_A_FLOWS_FILTER);
	assert_int_equal(ksteer_encode(msg, &ksteer_flows_object, &flows), 0);
	decode_message(msg, &ksteer_flows_object, &again, 0);
	assert_true(ksteer_has(&again, KSTEER_A_FLOWS_FILTER));
	assert_true(again.filter.has == 0);
	nlmsg_free(msg);
}

static void malformed_is_refused(void **state)
{
	static const struct {
		const struct ksteer_object *object;
		int type;
		int len;
	} bad[] = {
		{ &ksteer_tm_object, KSTEER_A_TM_WEIGHT, 3 },
		{ &ksteer_tm_object, KSTEER_A_TM_VIA, 5 },
		{ &ksteer_tm_object, KSTEER_A_TM_VIA6, 0 },
		{ &ksteer_tm_object, KSTEER_A_TM_NAME, KSTEER_NAME_SIZE },
		{ &ksteer_tm_object, KSTEER_A_TM_NEIGH_FAILURES, 7 },
		{ &ksteer_vs_object, KSTEER_A_VS_VLAN, 1 },
		{ &ksteer_vs_object, KSTEER_A_VS_PROTO, 0 },
		{ &ksteer_vs_object, KSTEER_A_VS_TEMPLATE, 2 },
	};
	char bytes[64];
	struct nl_msg *msg;
	union any model;
	size_t i;

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		msg = new_message(4096);
		nla_put(msg, bad[i].type, bad[i].len, bytes);
		decode_message(msg, bad[i].object, &model, -EPROTO);
		ksteer_object_free(bad[i].object, &model);
		nlmsg_free(msg);
	}
}

static void unknown_is_passed_over(void **state)
{
	struct nl_msg *msg = new_message(4096);
	struct ksteer_tm tm;

	(void)state;
	nla_put_u32(msg, KSTEER_A_TM_MAX + 1, 1);
	nla_put(msg, KSTEER_A_TM_PAD, 0, NULL);
	nla_put_u32(msg, KSTEER_A_TM_WEIGHT, 5);
	decode_message(msg, &ksteer_tm_object, &tm, 0);
	assert_true(tm.has == KSTEER_HAS(KSTEER_A_TM_WEIGHT));
	assert_int_equal(tm.weight, 5);
	nlmsg_free(msg);
}

static void full_message_is_an_error(void **state)
{
	struct ksteer_pool pool = { 0 };
	struct nl_msg *msg = new_message(256);
	int i;

	(void)state;
	for (i = 0; i < 64; i++)
		add_member(&pool, "a-name-of-some-length");
	assert_int_not_equal(ksteer_encode(msg, &ksteer_pool_object, &pool), 0);
	nlmsg_free(msg);
	ksteer_object_free(&ksteer_pool_object, &pool);
}

static void guilty_attributes_are_named(void **state)
{
	struct nl_msg *msg = new_message(4096);
	struct ksteer_pool pool = { .seed = 1 };
	struct nlattr *nla, *second = NULL;
	struct nlmsghdr *hdr;
	char path[64];
	size_t index;
	int rem;

	(void)state;
	ksteer_mark(&pool, KSTEER_A_POOL_SEED);
	add_member(&pool, "one");
	add_member(&pool, "two");
	assert_int_equal(ksteer_encode(msg, &ksteer_pool_object, &pool), 0);
	hdr = nlmsg_hdr(msg);
	nla_for_each_attr(nla, nlmsg_attrdata(hdr, 0), nlmsg_attrlen(hdr, 0),
			  rem)
		if (nla_type(nla) == KSTEER_A_POOL_MEMBER)
			second = nla;
	nla = nlmsg_find_attr(hdr, 0, KSTEER_A_POOL_SEED);
	assert_string_equal(ksteer_attr_path(&ksteer_pool_object,
					     nlmsg_attrdata(hdr, 0),
					     nlmsg_attrlen(hdr, 0), nla, path,
					     sizeof(path), &index),
			    "seed");
	assert_string_equal(ksteer_attr_path(&ksteer_pool_object,
					     nlmsg_attrdata(hdr, 0),
					     nlmsg_attrlen(hdr, 0), second,
					     path, sizeof(path), &index),
			    "member");
	assert_int_equal(index, 1);
	assert_string_equal(
		ksteer_attr_path(&ksteer_pool_object, nlmsg_attrdata(hdr, 0),
				 nlmsg_attrlen(hdr, 0), nla_data(second), path,
				 sizeof(path), &index),
		"member.tm");
	assert_null(ksteer_attr_path(
		&ksteer_pool_object, nlmsg_attrdata(hdr, 0),
		nlmsg_attrlen(hdr, 0), hdr, path, sizeof(path), &index));
	nlmsg_free(msg);
	ksteer_object_free(&ksteer_pool_object, &pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_complete),
		cmocka_unit_test(round_trip_of_a_pool),
		cmocka_unit_test(absent_is_not_sent),
		cmocka_unit_test(empty_nests_are_kept),
		cmocka_unit_test(malformed_is_refused),
		cmocka_unit_test(unknown_is_passed_over),
		cmocka_unit_test(full_message_is_an_error),
		cmocka_unit_test(guilty_attributes_are_named),
	};

	return cmocka_run_group_tests_name("codec", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Exchanges with the kernel: answers, refusals, dumps, events. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/netlink.h>

#include "fake_kernel.h"
#include "request.h"
#include "unit.h"
#include "unit_cmocka.h"

static int connect_fake(void **state)
{
	struct ksteer_error error;

	*state = ksteer_nl_open(&error);
	return *state ? 0 : -1;
}

static int disconnect(void **state)
{
	ksteer_nl_close(*state);
	fake_reset();
	return 0;
}

static void module_is_absent(void **state)
{
	struct ksteer_error error;

	(void)state;
	fake_absent = true;
	assert_null(ksteer_nl_open(&error));
	assert_false(error.refused);
	assert_int_equal(error.code, ENOENT);
	assert_non_null(strstr(error.text, "module is not loaded"));
	fake_reset();
}

static const struct {
	int cmd;
	const struct ksteer_object *object;
} objects[] = {
	{ KSTEER_CMD_TM_GET, &ksteer_tm_object },
	{ KSTEER_CMD_POOL_GET, &ksteer_pool_object },
	{ KSTEER_CMD_VS_GET, &ksteer_vs_object },
	{ KSTEER_CMD_FLOW_GET, &ksteer_flows_object },
	{ KSTEER_CMD_CONFIG_GET, &ksteer_config_object },
	{ KSTEER_CMD_STATS_GET, &ksteer_counter_object },
	{ KSTEER_CMD_EXPLAIN, &ksteer_explain_object },
};

/* All that an object can have goes out and comes back */
static void every_object_round_trip(void **state)
{
	struct ksteer_nl *nl = *state;
	void *sent, *got, *asked;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(objects); i++) {
		sent = calloc(1, objects[i].object->size);
		got = calloc(1, objects[i].object->size);
		asked = calloc(1, objects[i].object->size);
		fake_fill(objects[i].object, sent, i);
		fake_answer(objects[i].cmd, objects[i].object, sent);
		assert_int_equal(ksteer_query(nl, objects[i].cmd,
					      objects[i].object, sent, got),
				 0);
		fake_assert_same(objects[i].object, sent, got);
		fake_request(i, objects[i].object, asked);
		fake_assert_same(objects[i].object, sent, asked);
		assert_int_equal(fake_request_cmd(i), objects[i].cmd);
		assert_int_equal(fake_request_flags(i),
				 NLM_F_REQUEST | NLM_F_ACK);
		ksteer_object_free(objects[i].object, sent);
		ksteer_object_free(objects[i].object, got);
		ksteer_object_free(objects[i].object, asked);
		free(sent);
		free(got);
		free(asked);
	}
}

static struct ksteer_tm example(void)
{
	struct ksteer_tm tm = { .name = "a", .weight = 70000 };

	ksteer_mark(&tm, KSTEER_A_TM_NAME);
	ksteer_mark(&tm, KSTEER_A_TM_WEIGHT);
	return tm;
}

static void refuse_example(struct ksteer_nl *nl,
			   const struct fake_refusal *refusal)
{
	struct ksteer_tm tm = example();

	fake_refuse(refusal);
	assert_int_equal(ksteer_request(nl, KSTEER_CMD_TM_SET,
					&ksteer_tm_object, &tm),
			 -1);
	assert_true(ksteer_nl_error(nl)->refused);
	assert_int_equal(ksteer_nl_error(nl)->code, refusal->code);
}

static void refusals_are_told(void **state)
{
	struct fake_refusal refusal = {
		.code = ERANGE,
		.text = "out of range",
		.attr = KSTEER_A_TM_WEIGHT,
		.max = 65535,
	};
	struct ksteer_nl *nl = *state;

	refuse_example(nl, &refusal);
	assert_string_equal(ksteer_nl_error(nl)->text,
			    "out of range (attribute 'weight': 0 to 65535)");
	refusal.quote = true;
	refuse_example(nl, &refusal);
	assert_string_equal(ksteer_nl_error(nl)->text,
			    "out of range (attribute 'weight': 0 to 65535)");
	refusal = (struct fake_refusal){ .code = EBUSY };
	refuse_example(nl, &refusal);
	assert_string_equal(ksteer_nl_error(nl)->text, strerror(EBUSY));
	refusal = (struct fake_refusal){ .code = EINVAL,
					 .text = "needs a way",
					 .missing = KSTEER_A_TM_VIA };
	refuse_example(nl, &refusal);
	assert_string_equal(ksteer_nl_error(nl)->text,
			    "needs a way (attribute 'via' is missing)");
}

static void a_failure_is_forgotten(void **state)
{
	struct fake_refusal refusal = { .code = EBUSY };
	struct ksteer_tm tm = example();
	struct ksteer_nl *nl = *state;

	refuse_example(nl, &refusal);
	fake_ack();
	assert_int_equal(ksteer_request(nl, KSTEER_CMD_TM_SET,
					&ksteer_tm_object, &tm),
			 0);
	assert_int_equal(ksteer_nl_error(nl)->code, 0);
}

static void dump_tms(unsigned int count, int flags)
{
	struct ksteer_tm tm;
	unsigned int i;

	for (i = 0; i < count; i++) {
		fake_fill(&ksteer_tm_object, &tm, i);
		fake_part(KSTEER_CMD_TM_GET, &ksteer_tm_object, &tm,
			  NLM_F_MULTI | flags);
	}
}

static void dumps_are_collected(void **state)
{
	struct ksteer_list list = { 0 };
	struct ksteer_nl *nl = *state;
	const struct ksteer_tm *tm;
	char name[KSTEER_NAME_SIZE];
	size_t i;

	dump_tms(300, 0);
	fake_done(0, 0);
	assert_int_equal(ksteer_collect(nl, KSTEER_CMD_TM_GET,
					&ksteer_tm_object, &list),
			 0);
	assert_int_equal(list.count, 300);
	tm = list.items;
	for (i = 0; i < list.count; i++) {
		snprintf(name, sizeof(name), "name-%zu", i + 1);
		assert_string_equal(tm[i].name, name);
	}
	assert_int_equal(fake_request_flags(0),
			 NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP);
	ksteer_list_free(&list, &ksteer_tm_object);
}

static void interrupted_dumps_are_repeated(void **state)
{
	struct ksteer_list list = { 0 };
	struct ksteer_nl *nl = *state;

	dump_tms(2, NLM_F_DUMP_INTR);
	fake_done(0, 0);
	dump_tms(2, 0);
	fake_done(0, NLM_F_DUMP_INTR);
	dump_tms(3, 0);
	fake_done(0, 0);
	assert_int_equal(ksteer_collect(nl, KSTEER_CMD_TM_GET,
					&ksteer_tm_object, &list),
			 0);
	assert_int_equal(list.count, 3);
	assert_int_equal(fake_requests(), 3);
	ksteer_list_free(&list, &ksteer_tm_object);
}

static void endless_interruption_is_an_error(void **state)
{
	struct ksteer_list list = { 0 };
	struct ksteer_nl *nl = *state;
	int i;

	for (i = 0; i < 16; i++)
		fake_done(0, NLM_F_DUMP_INTR);
	assert_int_equal(ksteer_collect(nl, KSTEER_CMD_TM_GET,
					&ksteer_tm_object, &list),
			 -1);
	assert_int_equal(ksteer_nl_error(nl)->code, EAGAIN);
	ksteer_list_free(&list, &ksteer_tm_object);
}

static void failed_dumps_are_told(void **state)
{
	struct ksteer_list list = { 0 };
	struct ksteer_nl *nl = *state;

	dump_tms(2, 0);
	fake_done(ENOMEM, 0);
	assert_int_equal(ksteer_collect(nl, KSTEER_CMD_TM_GET,
					&ksteer_tm_object, &list),
			 -1);
	assert_int_equal(ksteer_nl_error(nl)->code, ENOMEM);
	assert_true(ksteer_nl_error(nl)->refused);
	ksteer_list_free(&list, &ksteer_tm_object);
}

static int count_one(const struct ksteer_object *object, void *model, void *arg)
{
	(void)model;
	assert_ptr_equal(object, &ksteer_flow_object);
	++*(int *)arg;
	return 0;
}

static void flows_come_one_at_a_time(void **state)
{
	struct ksteer_flow filter = { 0 };
	struct ksteer_nl *nl = *state;
	struct ksteer_flows flows;
	int count = 0;

	fake_fill(&ksteer_flows_object, &flows, 1);
	fake_part(KSTEER_CMD_FLOW_GET, &ksteer_flows_object, &flows,
		  NLM_F_MULTI);
	fake_part(KSTEER_CMD_FLOW_GET, &ksteer_flows_object, &flows,
		  NLM_F_MULTI);
	fake_done(0, NLM_F_DUMP_INTR);
	assert_int_equal(ksteer_dump_flows(nl, &filter, count_one, &count),
			 KSTEER_NL_INTERRUPTED);
	assert_int_equal(count, 2 * flows.flow.count);
	ksteer_object_free(&ksteer_flows_object, &flows);
	fake_request(0, &ksteer_flows_object, &flows);
	assert_true(flows.has == 0);
}

static void events_and_overruns(void **state)
{
	struct ksteer_nl *nl = *state;
	struct ksteer_flows flows;
	int count = 0;

	assert_int_equal(ksteer_nl_subscribe(nl, KSTEER_MCGRP_FLOW), 0);
	fake_fill(&ksteer_flows_object, &flows, 1);
	fake_event(KSTEER_CMD_FLOW_NTF, &ksteer_flows_object, &flows);
	fake_overrun();
	/* A command that this library does not know */
	fake_event(KSTEER_CMD_MAX + 1, &ksteer_flows_object, &flows);
	assert_int_equal(ksteer_receive_events(nl, count_one, &count), 0);
	assert_int_equal(count, flows.flow.count);
	assert_int_equal(ksteer_receive_events(nl, count_one, &count),
			 -ENOBUFS);
	assert_int_equal(ksteer_receive_events(nl, count_one, &count), 0);
	assert_int_equal(count, flows.flow.count);
	ksteer_object_free(&ksteer_flows_object, &flows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(module_is_absent),
		cmocka_unit_test_setup_teardown(every_object_round_trip,
						connect_fake, disconnect),
		cmocka_unit_test_setup_teardown(refusals_are_told, connect_fake,
						disconnect),
		cmocka_unit_test_setup_teardown(a_failure_is_forgotten,
						connect_fake, disconnect),
		cmocka_unit_test_setup_teardown(dumps_are_collected,
						connect_fake, disconnect),
		cmocka_unit_test_setup_teardown(interrupted_dumps_are_repeated,
						connect_fake, disconnect),
		cmocka_unit_test_setup_teardown(endless_interruption_is_an_error,
						connect_fake, disconnect),
		cmocka_unit_test_setup_teardown(failed_dumps_are_told,
						connect_fake, disconnect),
		cmocka_unit_test_setup_teardown(flows_come_one_at_a_time,
						connect_fake, disconnect),
		cmocka_unit_test_setup_teardown(events_and_overruns,
						connect_fake, disconnect),
	};

	return cmocka_run_group_tests_name("nl", tests, NULL, NULL);
}

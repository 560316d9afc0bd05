// SPDX-License-Identifier: GPL-2.0-only
/* Values by name. */
#include <string.h>

#include <linux/ksteer.h>

#include "names.h"
#include "unit.h"
#include "unit_cmocka.h"

/* The last value of each enumeration, of a set its last bit */
static const struct {
	const struct ksteer_names *names;
	unsigned int last;
	const char *name;
} tables[] = {
	{ &ksteer_tm_state_names, KSTEER_TM_STATE_DOWN, "down" },
	{ &ksteer_on_down_names, KSTEER_ON_DOWN_FORGET, "forget" },
	{ &ksteer_tm_oper_names, 3, "no-device" },
	{ &ksteer_on_fail_names, KSTEER_ON_FAIL_FORGET, "forget" },
	{ &ksteer_on_drain_names, KSTEER_ON_DRAIN_DATAGRAMS, "datagrams" },
	{ &ksteer_tm_source_names, KSTEER_TM_SOURCE_DEVICE, "device" },
	{ &ksteer_sched_names, KSTEER_SCHED_GPORT, "gport" },
	{ &ksteer_field_names, 5, "proto" },
	{ &ksteer_forward_names, KSTEER_FORWARD_ROUTE, "route" },
	{ &ksteer_midstream_names, KSTEER_MIDSTREAM_PASS, "pass" },
	{ &ksteer_reject_names, KSTEER_REJECT_DROP, "drop" },
	{ &ksteer_unserved_names, KSTEER_UNSERVED_ROUTE, "route" },
	{ &ksteer_store_names, KSTEER_STORE_NONE, "none" },
	{ &ksteer_vs_flags_names, 4, "local" },
	{ &ksteer_flow_state_names, KSTEER_FLOW_STATE_TEMPLATE, "template" },
	{ &ksteer_flow_origin_names, KSTEER_FLOW_ORIGIN_PUSHED, "pushed" },
	{ &ksteer_tcp_flags_names, 12, "reply-reset" },
	{ &ksteer_event_names, KSTEER_EVENT_LOST, "lost" },
	{ &ksteer_event_mask_names, 3, "delete" },
	{ &ksteer_verdict_names, KSTEER_VERDICT_DROP, "drop" },
	{ &ksteer_decided_by_names, KSTEER_DECIDED_BY_MIDSTREAM, "midstream" },
	{ &ksteer_kind_names_names, 2, "device" },
	{ &ksteer_kind_result_names, KSTEER_KIND_RESULT_WON, "won" },
	{ &ksteer_switch_names, KSTEER_SWITCH_ON, "on" },
};

static void tables_are_complete(void **state)
{
	unsigned int i, v;
	__u32 value;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		assert_int_equal(tables[i].names->count, tables[i].last + 1);
		assert_string_equal(ksteer_name(tables[i].names,
						tables[i].last),
				    tables[i].name);
		for (v = 0; v < tables[i].names->count; v++) {
			assert_int_equal(
				ksteer_value(tables[i].names,
					     ksteer_name(tables[i].names, v),
					     &value),
				0);
			assert_int_equal(value, v);
		}
	}
}

static void unknown_values(void **state)
{
	__u32 value = 7;

	(void)state;
	assert_string_equal(ksteer_name(&ksteer_sched_names, 99), "unknown");
	assert_int_equal(ksteer_value(&ksteer_sched_names, "r", &value), -1);
	assert_int_equal(ksteer_value(&ksteer_sched_names, "rrr", &value), -1);
	assert_int_equal(ksteer_value(&ksteer_sched_names, "", &value), -1);
	assert_int_equal(value, 7);
}

static void masks(void **state)
{
	static const char *const bad[] = { "",	   ",",	       "src,",
					   ",src", "src,,dst", "src dst",
					   "srcx", "all" };
	char buf[128];
	__u32 mask = 7, again;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(
			ksteer_mask(&ksteer_field_names, bad[i], &mask), -1);
	assert_int_equal(mask, 7);
	assert_int_equal(ksteer_mask(&ksteer_field_names, "none", &mask), 0);
	assert_int_equal(mask, 0);
	assert_string_equal(ksteer_mask_names(&ksteer_field_names, 0, buf,
					      sizeof(buf)),
			    "none");
	for (mask = 1; mask < 64; mask++) {
		ksteer_mask_names(&ksteer_field_names, mask, buf, sizeof(buf));
		assert_int_equal(ksteer_mask(&ksteer_field_names, buf, &again),
				 0);
		assert_int_equal(again, mask);
	}
	assert_string_equal(ksteer_mask_names(&ksteer_field_names, 0x41, buf,
					      sizeof(buf)),
			    "src,0x40");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_complete),
		cmocka_unit_test(unknown_values),
		cmocka_unit_test(masks),
	};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* save, restore, batch, flow load, show: what is read and written at length. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>
#include <linux/netlink.h>

#include "args.h"
#include "fake_kernel.h"
#include "run.h"
#include "unit.h"
#include "unit_cmocka.h"

static void name_of(const struct ksteer_object *object, void *model,
		    const char *name)
{
	const struct ksteer_attr *attr = ksteer_attr_by_name(object, "name");

	snprintf(ksteer_member_of(model, attr), KSTEER_NAME_SIZE, "%s", name);
}

/* A configuration that uses every setting */
struct example {
	struct ksteer_config config;
	struct ksteer_tm tm;
	struct ksteer_pool pool;
	struct ksteer_vs vs;
};

static void fill_vs(struct ksteer_vs *vs)
{
	fake_fill(&ksteer_vs_object, vs, 1);
	name_of(&ksteer_vs_object, vs, "#v\"1");
	vs->addr.len = 4;
	memset(vs->addr.bytes, 0, sizeof(vs->addr.bytes));
	vs->addr.bytes[0] = 10;
	vs->prefixlen = 8;
	vs->flags = KSTEER_VS_FLAGS_DIRECT;
}

static void fill_example(struct example *example)
{
	struct ksteer_prefix *prefix;

	fake_fill(&ksteer_config_object, &example->config, 1);
	fake_fill(&ksteer_tm_object, &example->tm, 1);
	example->tm.via.len = 4;
	example->tm.reply_via.len = 4;
	memset(example->tm.via.bytes + 4, 0, 12);
	memset(example->tm.reply_via.bytes + 4, 0, 12);
	example->tm.via6.len = 16;
	example->tm.reply_via6.len = 16;
	fake_fill(&ksteer_pool_object, &example->pool, 1);
	prefix = NULL;
	while ((prefix = ksteer_next(&example->pool.set, prefix)))
		prefix->len = prefix->addr.len * 8;
	fill_vs(&example->vs);
}

static void free_example(struct example *example)
{
	ksteer_object_free(&ksteer_tm_object, &example->tm);
	ksteer_object_free(&ksteer_pool_object, &example->pool);
	ksteer_object_free(&ksteer_vs_object, &example->vs);
}

static void answer_example(const struct example *example)
{
	fake_answer(KSTEER_CMD_CONFIG_GET, &ksteer_config_object,
		    &example->config);
	fake_part(KSTEER_CMD_TM_GET, &ksteer_tm_object, &example->tm,
		  NLM_F_MULTI);
	fake_done(0, 0);
	fake_part(KSTEER_CMD_POOL_GET, &ksteer_pool_object, &example->pool,
		  NLM_F_MULTI);
	fake_done(0, 0);
	fake_part(KSTEER_CMD_VS_GET, &ksteer_vs_object, &example->vs,
		  NLM_F_MULTI);
	fake_done(0, 0);
}

/* The last request, less what no request has, is what was shown */
static void assert_restored(const struct ksteer_object *object,
			    const void *shown, __u64 settings)
{
	void *sent = calloc(1, object->size), *want = calloc(1, object->size);

	fake_request(fake_requests() - 1, object, sent);
	memcpy(want, shown, object->size);
	*(__u64 *)want &= settings;
	assert_true(*(__u64 *)sent == *(__u64 *)want);
	fake_assert_same(object, want, sent);
	ksteer_object_free(object, sent);
	free(sent);
	free(want);
}

static void only_names(struct ksteer_pool *pool)
{
	struct ksteer_member *member = NULL;

	while ((member = ksteer_next(&pool->member, member)))
		member->has = KSTEER_HAS(KSTEER_A_MEMBER_TM);
}

static void restore_line(struct run *run, char *line)
{
	fake_ack();
	run->cli.restoring = true;
	assert_int_equal(run_line(run, line), CLI_OK);
}

static __u64 up_to(unsigned int last)
{
	return KSTEER_HAS(last + 1) - 1;
}

/* Every setting that is shown is saved, and read back as it was */
static void save_and_restore(void **state)
{
	struct example example;
	struct run *run = *state;
	char *text, *line[5];
	int i;

	fill_example(&example);
	answer_example(&example);
	assert_int_equal(run_line(run, "save"), CLI_OK);
	text = strdup(run->out);
	line[0] = strtok(text, "\n");
	for (i = 1; i < 5; i++)
		line[i] = strtok(NULL, "\n");
	assert_non_null(line[3]);
	assert_null(line[4]);
	restore_line(run, line[0]);
	assert_restored(&ksteer_config_object, &example.config,
			up_to(KSTEER_A_CONFIG_YOUNG) |
				KSTEER_HAS(KSTEER_A_CONFIG_STANDBY));
	restore_line(run, line[1]);
	assert_restored(&ksteer_tm_object, &example.tm,
			(up_to(KSTEER_A_TM_MAX_FLOWS) &
			 ~KSTEER_HAS(KSTEER_A_TM_ID) &
			 ~KSTEER_HAS(KSTEER_A_TM_IFINDEX) &
			 ~KSTEER_HAS(KSTEER_A_TM_REPLY_IFINDEX) &
			 ~KSTEER_HAS(KSTEER_A_TM_DRAIN_LEFT)) |
				(up_to(KSTEER_A_TM_SOURCE) &
				 ~up_to(KSTEER_A_TM_FORGOTTEN)));
	restore_line(run, line[2]);
	only_names(&example.pool);
	assert_restored(&ksteer_pool_object, &example.pool,
			up_to(KSTEER_A_POOL_SET) &
				~KSTEER_HAS(KSTEER_A_POOL_ID));
	restore_line(run, line[3]);
	example.vs.more = KSTEER_SWITCH_ON;
	ksteer_mark(&example.vs, KSTEER_A_VS_MORE);
	assert_restored(&ksteer_vs_object, &example.vs,
			((up_to(KSTEER_A_VS_EVENTS) |
			  KSTEER_HAS(KSTEER_A_VS_PERSIST_GROUP)) &
			 ~KSTEER_HAS(KSTEER_A_VS_ID) &
			 ~KSTEER_HAS(KSTEER_A_VS_IFINDEX)) |
				KSTEER_HAS(KSTEER_A_VS_DEV) |
				KSTEER_HAS(KSTEER_A_VS_REJECT) |
				KSTEER_HAS(KSTEER_A_VS_UNSERVED) |
				KSTEER_HAS(KSTEER_A_VS_MORE));
	free(text);
	free_example(&example);
}

static const struct fake_refusal exists = { .code = EEXIST, .text = "exists" };

static void restore_changes_what_exists(void **state)
{
	const char *name =
		run_file("# saved\n\ntm add a weight 2\npool add p sched rr\n");
	struct run *run = *state;
	char line[128];

	fake_refuse(&exists);
	fake_ack();
	fake_refuse(&exists);
	fake_ack();
	snprintf(line, sizeof(line), "restore %s", name);
	assert_int_equal(run_line(run, line), CLI_OK);
	assert_int_equal(fake_request_cmd(0), KSTEER_CMD_TM_NEW);
	assert_int_equal(fake_request_cmd(1), KSTEER_CMD_TM_SET);
	assert_int_equal(fake_request_cmd(2), KSTEER_CMD_POOL_NEW);
	assert_int_equal(fake_request_cmd(3), KSTEER_CMD_POOL_SET);
	assert_false(run->cli.restoring);
	unlink(name);
	/* Without restore it stays an error */
	fake_refuse(&exists);
	assert_int_equal(run_line(run, "tm add a weight 2"), CLI_REFUSED);
}

static void restore_of_a_virtual_server(void **state)
{
	const char *name = run_file(
		"vs add v port 80 proto tcp pool p noarp on direct off symmetric off any-vlan off local off\n");
	struct ksteer_vs old = { .name = "v", .proto = 6 };
	struct ksteer_config config = { 0 };
	struct run *run = *state;
	struct ksteer_vs vs;
	char line[128];

	old.port_min = 80;
	old.port_max = 80;
	old.has = KSTEER_HAS(KSTEER_A_VS_NAME) | KSTEER_HAS(KSTEER_A_VS_PROTO) |
		  KSTEER_HAS(KSTEER_A_VS_PORT_MIN) |
		  KSTEER_HAS(KSTEER_A_VS_PORT_MAX);
	snprintf(line, sizeof(line), "restore %s", name);
	fake_refuse(&exists);
	fake_answer(KSTEER_CMD_VS_GET, &ksteer_vs_object, &old);
	fake_ack();
	fake_answer(KSTEER_CMD_CONFIG_GET, &ksteer_config_object, &config);
	assert_int_equal(run_line(run, line), CLI_OK);
	fake_request(2, &ksteer_vs_object, &vs);
	assert_int_equal(fake_request_cmd(2), KSTEER_CMD_VS_SET);
	assert_true(vs.has == (KSTEER_HAS(KSTEER_A_VS_NAME) |
			       KSTEER_HAS(KSTEER_A_VS_POOL) |
			       KSTEER_HAS(KSTEER_A_VS_FLAGS) |
			       KSTEER_HAS(KSTEER_A_VS_MORE)));
	assert_int_equal(vs.more, KSTEER_SWITCH_ON);
	/* Which is the end of the row */
	assert_int_equal(fake_requests(), 4);
	assert_int_equal(fake_request_cmd(3), KSTEER_CMD_CONFIG_GET);
	old.port_max = 81;
	fake_refuse(&exists);
	fake_answer(KSTEER_CMD_VS_GET, &ksteer_vs_object, &old);
	fake_answer(KSTEER_CMD_CONFIG_GET, &ksteer_config_object, &config);
	assert_int_equal(run_line(run, line), CLI_REFUSED);
	assert_non_null(strstr(run->err, "matches something else"));
	unlink(name);
}

static void batches_stop_or_go_on(void **state)
{
	const char *name =
		run_file("tm add a\n\n  # comment\ntm foo\ntm add b\n");
	struct run *run = *state;
	char want[128], line[128];

	snprintf(line, sizeof(line), "restore %s", name);
	snprintf(want, sizeof(want), "Command failed %s:4\n", name);
	fake_ack();
	assert_int_equal(run_line(run, line), CLI_USAGE);
	assert_non_null(strstr(run->err, want));
	assert_int_equal(fake_requests(), 1);
	run->cli.force = true;
	fake_ack();
	fake_ack();
	assert_int_equal(run_line(run, line), CLI_USAGE);
	assert_int_equal(fake_requests(), 3);
	unlink(name);
	assert_int_equal(run_line(run, "restore /nonexistent"), CLI_LOCAL);
	assert_non_null(strstr(run->err, "cannot open '/nonexistent'"));
}

static const char *flow_file(unsigned int count)
{
	static char text[64 * 400];
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < count; i++)
		used += snprintf(text + used, sizeof(text) - used,
				 "10.0.0.1 %u 10.0.0.2 80 tcp tm a vs v\n",
				 1000 + i);
	return run_file(text);
}

static void flows_are_loaded_in_bulk(void **state)
{
	struct ksteer_flows answer = { .count = 256 }, flows;
	const char *name = flow_file(300);
	struct fake_refusal refusal = { .code = ENOENT,
					.text = "no such traffic manager",
					.attr = KSTEER_A_FLOWS_FLOW,
					.nth = 30 };
	struct run *run = *state;
	char line[128], want[128];

	ksteer_mark(&answer, KSTEER_A_FLOWS_COUNT);
	fake_answer(KSTEER_CMD_FLOW_NEW, &ksteer_flows_object, &answer);
	fake_refuse(&refusal);
	snprintf(line, sizeof(line), "flow load %s", name);
	assert_int_equal(run_line(run, line), CLI_REFUSED);
	assert_string_equal(run->out, "stored 256\n");
	snprintf(want, sizeof(want), "Command failed %s:287\n", name);
	assert_non_null(strstr(run->err, want));
	fake_request(0, &ksteer_flows_object, &flows);
	assert_int_equal(flows.flow.count, 256);
	ksteer_object_free(&ksteer_flows_object, &flows);
	fake_request(1, &ksteer_flows_object, &flows);
	assert_int_equal(flows.flow.count, 44);
	ksteer_object_free(&ksteer_flows_object, &flows);
	unlink(name);
}

static void json_of_flows(void **state)
{
	struct run *run = *state;
	struct ksteer_flows flows;
	json_t *json, *first;
	int pretty;

	fake_fill(&ksteer_flows_object, &flows, 1);
	run->cli.out.json = true;
	for (pretty = 0; pretty < 2; pretty++) {
		run->cli.out.pretty = pretty;
		fake_part(KSTEER_CMD_FLOW_GET, &ksteer_flows_object, &flows,
			  NLM_F_MULTI);
		fake_part(KSTEER_CMD_FLOW_GET, &ksteer_flows_object, &flows,
			  NLM_F_MULTI);
		fake_done(0, 0);
		assert_int_equal(run_line(run, "flow show"), CLI_OK);
		json = json_loads(run->out, 0, NULL);
		assert_int_equal(json_array_size(json), 6);
		first = json_array_get(json, 0);
		assert_true(json_is_string(json_object_get(first, "src")));
		assert_true(
			json_is_integer(json_object_get(first, "reply_bytes")));
		assert_true(json_is_array(json_object_get(first, "fields")));
		json_decref(json);
	}
	fake_done(0, 0);
	assert_int_equal(run_line(run, "flow show"), CLI_OK);
	assert_string_equal(run->out, "[]\n");
	ksteer_object_free(&ksteer_flows_object, &flows);
}

static void tables_are_aligned(void **state)
{
	struct ksteer_tm tm = { .name = "long-name", .weight = 10 };
	struct run *run = *state;

	tm.has = KSTEER_HAS(KSTEER_A_TM_NAME) | KSTEER_HAS(KSTEER_A_TM_WEIGHT);
	fake_part(KSTEER_CMD_TM_GET, &ksteer_tm_object, &tm, NLM_F_MULTI);
	snprintf(tm.name, sizeof(tm.name), "b");
	tm.weight = 9;
	fake_part(KSTEER_CMD_TM_GET, &ksteer_tm_object, &tm, NLM_F_MULTI);
	fake_done(0, 0);
	assert_int_equal(run_line(run, "tm"), CLI_OK);
	assert_string_equal(run->out,
			    "NAME       STATE  WEIGHT  FLOWS  ON-DOWN\n"
			    "long-name  up         10      0  reselect\n"
			    "b          up          9      0  reselect\n");
}

static void interrupted_flows_are_told(void **state)
{
	struct run *run = *state;

	fake_done(0, NLM_F_DUMP_INTR);
	assert_int_equal(run_line(run, "flow show"), CLI_OK);
	assert_non_null(strstr(run->err, "Warning: "));
}

/* By their positions, whoever has lost them */
static void missing_events_are_told(void **state)
{
	struct ksteer_flow flow = { .event = KSTEER_EVENT_NEW, .serial = 7 };
	struct ksteer_flows flows = { .flow = { &flow, 1 } };
	static const __u64 position[] = { 5, 6, 10 };
	struct run *run = *state;
	unsigned int i;

	flow.has = KSTEER_HAS(KSTEER_A_FLOW_EVENT) |
		   KSTEER_HAS(KSTEER_A_FLOW_SERIAL) |
		   KSTEER_HAS(KSTEER_A_FLOW_POSITION);
	ksteer_mark(&flows, KSTEER_A_FLOWS_FLOW);
	/* Only a request can be refused, which is what ends it */
	fake_done(0, 0);
	run_line(run, "flow show");
	for (i = 0; i < 3; i++) {
		flow.position = position[i];
		fake_event(KSTEER_CMD_FLOW_NTF, &ksteer_flows_object, &flows);
	}
	fake_refuse(&(struct fake_refusal){ .code = EIO });
	run_line(run, "monitor flow");
	assert_non_null(strstr(run->out,
			       "serial 7\nflow lost position 9 lost 3\n"
			       "flow new "));
	assert_ptr_equal(strstr(run->out, "lost position"),
			 strstr(run->out, "lost position 9"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(save_and_restore, run_setup,
						run_teardown),
		cmocka_unit_test_setup_teardown(restore_changes_what_exists,
						run_setup, run_teardown),
		cmocka_unit_test_setup_teardown(restore_of_a_virtual_server,
						run_setup, run_teardown),
		cmocka_unit_test_setup_teardown(batches_stop_or_go_on,
						run_setup, run_teardown),
		cmocka_unit_test_setup_teardown(flows_are_loaded_in_bulk,
						run_setup, run_teardown),
		cmocka_unit_test_setup_teardown(json_of_flows, run_setup,
						run_teardown),
		cmocka_unit_test_setup_teardown(tables_are_aligned, run_setup,
						run_teardown),
		cmocka_unit_test_setup_teardown(interrupted_flows_are_told,
						run_setup, run_teardown),
		cmocka_unit_test_setup_teardown(missing_events_are_told,
						run_setup, run_teardown),
	};

	return cmocka_run_group_tests_name("cli files", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Command lines: what they ask of the kernel, and what is wrong with them. */
#include <errno.h>
#include <string.h>

#include "args.h"
#include "fake_kernel.h"
#include "run.h"
#include "unit.h"
#include "unit_cmocka.h"

static void tm_add(void **state)
{
	struct run *run = *state;
	struct ksteer_tm tm;

	fake_ack();
	assert_int_equal(
		run_parts(
			run,
			(const char *[]){
				"tm add a via fd00::2 via 10.0.0.2 dev lo",
				"reply-via 10.0.1.2 weight 7 state drain",
				"on-down forget drain-timeout 2m max-flows 9",
				"on-fail reselect fail-timeout 5s source device",
				"station 02:00:00:00:00:01,00:00:5e:00:01:07",
				"on-drain datagrams", NULL }),
		CLI_OK);
	assert_string_equal(run->out, "");
	assert_string_equal(run->err, "");
	assert_int_equal(fake_request_cmd(0), KSTEER_CMD_TM_NEW);
	fake_request(0, &ksteer_tm_object, &tm);
	assert_string_equal(tm.name, "a");
	assert_int_equal(tm.via.len, 4);
	assert_int_equal(tm.via6.len, 16);
	assert_string_equal(tm.dev, "lo");
	assert_int_equal(tm.reply_via.bytes[2], 1);
	assert_false(ksteer_has(&tm, KSTEER_A_TM_REPLY_VIA6));
	assert_int_equal(tm.weight, 7);
	assert_int_equal(tm.state, KSTEER_TM_STATE_DRAIN);
	assert_int_equal(tm.on_down, KSTEER_ON_DOWN_FORGET);
	assert_int_equal(tm.drain_timeout, 120);
	assert_int_equal(tm.max_flows, 9);
	assert_int_equal(tm.on_fail, KSTEER_ON_FAIL_RESELECT);
	assert_int_equal(tm.fail_timeout, 5);
	assert_int_equal(tm.on_drain, KSTEER_ON_DRAIN_DATAGRAMS);
	assert_int_equal(tm.source, KSTEER_TM_SOURCE_DEVICE);
	assert_int_equal(tm.station.count, 2);
	assert_int_equal(tm.station.bytes[1][2], 0x5e);
}

static void tm_states(void **state)
{
	struct ksteer_tm answer = { .moved = 3, .forgotten = 4 }, tm;
	struct run *run = *state;

	ksteer_mark(&answer, KSTEER_A_TM_MOVED);
	ksteer_mark(&answer, KSTEER_A_TM_FORGOTTEN);
	fake_answer(KSTEER_CMD_TM_SET, &ksteer_tm_object, &answer);
	assert_int_equal(run_line(run, "tm down a forget"), CLI_OK);
	assert_string_equal(run->out, "moved 3 forgotten 4\n");
	fake_request(0, &ksteer_tm_object, &tm);
	assert_int_equal(tm.state, KSTEER_TM_STATE_DOWN);
	assert_int_equal(tm.on_down, KSTEER_ON_DOWN_FORGET);
	fake_answer(KSTEER_CMD_TM_SET, &ksteer_tm_object, &answer);
	run->cli.out.json = true;
	assert_int_equal(run_line(run, "tm drain a timeout 1h"), CLI_OK);
	assert_string_equal(run->out, "{\"moved\":3,\"forgotten\":4}\n");
	fake_request(1, &ksteer_tm_object, &tm);
	assert_int_equal(tm.state, KSTEER_TM_STATE_DRAIN);
	assert_int_equal(tm.drain_timeout, 3600);
	assert_false(ksteer_has(&tm, KSTEER_A_TM_ON_DOWN));
	run->cli.out.json = false;
	answer.leaving = 5;
	ksteer_mark(&answer, KSTEER_A_TM_LEAVING);
	fake_answer(KSTEER_CMD_TM_SET, &ksteer_tm_object, &answer);
	assert_int_equal(run_line(run, "tm down a"), CLI_OK);
	assert_string_equal(run->out, "moved 3 forgotten 4 leaving 5\n");
	fake_ack();
	assert_int_equal(run_line(run, "tm up a"), CLI_OK);
	assert_string_equal(run->out, "");
}

static void pool_add(void **state)
{
	struct ksteer_prefix *prefix;
	struct ksteer_member *member;
	struct run *run = *state;
	struct ksteer_pool pool;

	fake_ack();
	assert_int_equal(
		run_parts(run,
			  (const char *[]){
				  "pool add p sched hash-set tm b tm a seed",
				  "0xffffffffffffffff table-size 101 hash",
				  "src,dport set 10.0.0.0/8 set fd00::1",
				  NULL }),
		CLI_OK);
	assert_int_equal(fake_request_cmd(0), KSTEER_CMD_POOL_NEW);
	fake_request(0, &ksteer_pool_object, &pool);
	assert_int_equal(pool.sched, KSTEER_SCHED_HASH_SET);
	assert_true(pool.seed == ~0ULL);
	assert_int_equal(pool.table_size, 101);
	assert_int_equal(pool.hash_fields,
			 KSTEER_FIELD_SRC | KSTEER_FIELD_DPORT);
	member = pool.member.items;
	assert_int_equal(pool.member.count, 2);
	assert_string_equal(member[0].tm, "b");
	assert_string_equal(member[1].tm, "a");
	prefix = pool.set.items;
	assert_int_equal(pool.set.count, 2);
	assert_int_equal(prefix[0].len, 8);
	assert_int_equal(prefix[1].len, 128);
	ksteer_object_free(&ksteer_pool_object, &pool);
}

static void vs_add(void **state)
{
	struct run *run = *state;
	struct ksteer_vs vs;
	__u32 *template;

	fake_ack();
	assert_int_equal(
		run_parts(run,
			  (const char *[]){
				  "vs add v addr 10.9.0.0/16 port 80-90 proto",
				  "tcp vlan 0 in lo pool p forward route noarp",
				  "direct off symmetric on midstream pass store",
				  "none template src,dst template src persist",
				  "5m persist-prefix 24 persist-group shop",
				  "max-flows 3 timeout",
				  "tcp-open 5 timeout other 2d events new,move",
				  "reject icmp unserved route", NULL }),
		CLI_OK);
	fake_request(0, &ksteer_vs_object, &vs);
	assert_int_equal(vs.reject, KSTEER_REJECT_ICMP);
	assert_int_equal(vs.unserved, KSTEER_UNSERVED_ROUTE);
	assert_int_equal(vs.addr.len, 4);
	assert_int_equal(vs.prefixlen, 16);
	assert_int_equal(vs.port_min, 80);
	assert_int_equal(vs.port_max, 90);
	assert_int_equal(vs.proto, 6);
	assert_true(ksteer_has(&vs, KSTEER_A_VS_VLAN));
	assert_int_equal(vs.flags,
			 KSTEER_VS_FLAGS_NOARP | KSTEER_VS_FLAGS_SYMMETRIC);
	template = vs.template.items;
	assert_int_equal(vs.template.count, 2);
	assert_int_equal(template[0], KSTEER_FIELD_SRC | KSTEER_FIELD_DST);
	assert_int_equal(template[1], KSTEER_FIELD_SRC);
	assert_int_equal(vs.persist, 300);
	assert_string_equal(vs.persist_group, "shop");
	assert_int_equal(vs.timeouts.tcp_open, 5);
	assert_int_equal(vs.timeouts.other, 172800);
	assert_true(vs.timeouts.has == (KSTEER_HAS(KSTEER_A_TIMEOUTS_TCP_OPEN) |
					KSTEER_HAS(KSTEER_A_TIMEOUTS_OTHER)));
	assert_int_equal(vs.events,
			 KSTEER_EVENT_MASK_NEW | KSTEER_EVENT_MASK_MOVE);
	ksteer_object_free(&ksteer_vs_object, &vs);
}

static void any_is_absent(void **state)
{
	struct run *run = *state;
	struct ksteer_vs vs;

	fake_ack();
	assert_int_equal(
		run_line(run,
			 "vs add v addr any port any proto any vlan any pool p"),
		CLI_OK);
	fake_request(0, &ksteer_vs_object, &vs);
	assert_true(vs.has == (KSTEER_HAS(KSTEER_A_VS_NAME) |
			       KSTEER_HAS(KSTEER_A_VS_POOL)));
}

static void flags_not_named_stay(void **state)
{
	struct ksteer_vs old = { .name = "v" }, vs;
	struct run *run = *state;

	old.flags = KSTEER_VS_FLAGS_NOARP | KSTEER_VS_FLAGS_DIRECT;
	ksteer_mark(&old, KSTEER_A_VS_NAME);
	ksteer_mark(&old, KSTEER_A_VS_FLAGS);
	fake_answer(KSTEER_CMD_VS_GET, &ksteer_vs_object, &old);
	fake_ack();
	assert_int_equal(
		run_line(run, "vs set v direct off symmetric any-vlan local"),
		CLI_OK);
	assert_int_equal(fake_request_cmd(0), KSTEER_CMD_VS_GET);
	assert_int_equal(fake_request_cmd(1), KSTEER_CMD_VS_SET);
	fake_request(1, &ksteer_vs_object, &vs);
	assert_int_equal(vs.flags, KSTEER_VS_FLAGS_NOARP |
					   KSTEER_VS_FLAGS_SYMMETRIC |
					   KSTEER_VS_FLAGS_ANY_VLAN |
					   KSTEER_VS_FLAGS_LOCAL);
}

static void flow_words(void **state)
{
	static const char told[] =
		"flow add ::1 1 ::2 2 tcp tm a vs v tcp flags seen,window tcp end 4294967295";
	struct ksteer_flows answer = { .count = 1 }, flows;
	struct ksteer_flow *flow;
	struct run *run = *state;

	ksteer_mark(&answer, KSTEER_A_FLOWS_COUNT);
	fake_answer(KSTEER_CMD_FLOW_NEW, &ksteer_flows_object, &answer);
	assert_int_equal(
		run_line(
			run,
			"flow add 10.0.0.1 - 10.0.0.2 - icmp vlan 5 vrf red tm a vs v"),
		CLI_OK);
	fake_request(0, &ksteer_flows_object, &flows);
	assert_int_equal(flows.flow.count, 1);
	flow = flows.flow.items;
	assert_false(ksteer_has(flow, KSTEER_A_FLOW_SPORT));
	assert_int_equal(flow->proto, 1);
	assert_int_equal(flow->vlan, 5);
	assert_string_equal(flow->vrf, "red");
	ksteer_object_free(&ksteer_flows_object, &flows);
	fake_answer(KSTEER_CMD_FLOW_NEW, &ksteer_flows_object, &answer);
	assert_int_equal(run_line(run, told), CLI_OK);
	fake_request(1, &ksteer_flows_object, &flows);
	flow = flows.flow.items;
	assert_true(ksteer_has(flow, KSTEER_A_FLOW_TCP));
	assert_int_equal(flow->tcp.flags,
			 KSTEER_TCP_FLAGS_SEEN | KSTEER_TCP_FLAGS_WINDOW);
	assert_true(flow->tcp.end == 4294967295);
	assert_false(ksteer_has(&flow->tcp, KSTEER_A_TCP_WIN));
	assert_false(ksteer_has(&flow->tcp, KSTEER_A_TCP_REPLY_END));
	ksteer_object_free(&ksteer_flows_object, &flows);
	fake_answer(KSTEER_CMD_FLOW_DEL, &ksteer_flows_object, &answer);
	assert_int_equal(run_line(run, "flow flush dst 10.0.0.0/8 state open"),
			 CLI_OK);
	assert_string_equal(run->out, "deleted 1\n");
	fake_request(2, &ksteer_flows_object, &flows);
	assert_int_equal(flows.filter.dst_len, 8);
	assert_true(ksteer_has(&flows.filter, KSTEER_A_FLOW_STATE));
	fake_answer(KSTEER_CMD_FLOW_DEL, &ksteer_flows_object, &answer);
	assert_int_equal(run_line(run, "flow flush all"), CLI_OK);
	fake_request(3, &ksteer_flows_object, &flows);
	assert_true(ksteer_has(&flows, KSTEER_A_FLOWS_FILTER));
	assert_true(flows.filter.has == 0);
}

/* What some flows have beyond others */
static void flow_extra_words(void **state)
{
	static const char stored[] =
		"flow add ::1 1 ::2 2 17 vs v pending lifetime 9ms owner 7 alias ::3 - ::4 4 17";
	struct ksteer_flows answer = { .count = 1 }, flows;
	struct ksteer_alias *alias;
	struct ksteer_flow *flow;
	struct run *run = *state;

	ksteer_mark(&answer, KSTEER_A_FLOWS_COUNT);
	fake_answer(KSTEER_CMD_FLOW_NEW, &ksteer_flows_object, &answer);
	assert_int_equal(run_line(run, stored), CLI_OK);
	fake_request(0, &ksteer_flows_object, &flows);
	flow = flows.flow.items;
	assert_false(ksteer_has(flow, KSTEER_A_FLOW_TM));
	assert_int_equal(flow->pending, KSTEER_SWITCH_ON);
	assert_int_equal(flow->lifetime, 9);
	assert_int_equal(flow->owner, 7);
	assert_int_equal(flow->alias.count, 1);
	alias = flow->alias.items;
	assert_int_equal(alias->dport, 4);
	assert_false(ksteer_has(alias, KSTEER_A_FLOW_SPORT));
	assert_int_equal(alias->proto, 17);
	ksteer_object_free(&ksteer_flows_object, &flows);
	fake_answer(KSTEER_CMD_FLOW_SET, &ksteer_flows_object, &answer);
	assert_int_equal(run_line(run, "flow set ::1 1 ::2 2 udp lifetime 0"),
			 CLI_OK);
	fake_request(1, &ksteer_flows_object, &flows);
	flow = flows.flow.items;
	assert_true(ksteer_has(flow, KSTEER_A_FLOW_LIFETIME));
	assert_false(ksteer_has(flow, KSTEER_A_FLOW_TM));
	ksteer_object_free(&ksteer_flows_object, &flows);
}

static const struct {
	const char *line;
	const char *error;
} bad_lines[] = {
	{ "nonsense", "unknown command 'nonsense'" },
	{ "s", "ambiguous command 's'" },
	{ "tm nonsense", "unknown verb 'nonsense' in 'tm'" },
	{ "tm d", "ambiguous verb 'd' in 'tm'" },
	{ "monitor nonsense", "unknown keyword 'nonsense' in 'monitor'" },
	{ "tm add", "NAME is missing in 'tm add'" },
	{ "tm add a foo", "unknown keyword 'foo' in 'tm add'" },
	{ "tm add a weight", "keyword 'weight' needs a value in 'tm add'" },
	{ "tm add a weight x", "'x' after 'weight' is not a number" },
	{ "tm add a weight 1 weight 2", "a second 'weight' in 'tm add'" },
	{ "tm add a via 1.2.3.4 via 1.2.3.5", "a second 'via' of one family" },
	{ "tm add a via 1.2.3", "'1.2.3' after 'via' is not an IPv4 or IPv6" },
	{ "tm add a dev no-such-dev",
	  "'no-such-dev' after 'dev' is not a dev" },
	{ "tm add a drain-timeout 10ms", "is not a time in whole seconds" },
	{ "tm add a state sideways", "is not a state (up,drain,down)" },
	{ "tm add 0123456789012345678901234567890x", "is not a name" },
	{ "tm show a b", "unknown keyword 'b' in 'tm show'" },
	{ "pool add p set 10.0.0.1/8", "is not an address or prefix" },
	{ "pool add p hash src,foo", "is not a field" },
	{ "pool join p", "keyword 'tm' is missing in 'pool join'" },
	{ "vs set v addr 1.2.3.4", "unknown keyword 'addr' in 'vs set'" },
	{ "vs add v port 0", "is not a port, a range or 'any'" },
	{ "vs add v timeout foo 3", "unknown timeout 'foo'" },
	{ "vs add v timeout tcp-open", "keyword 'timeout' needs a value" },
	{ "flow add 1.1.1.1 1 2.2.2.2 2 tcp tm a", "keyword 'vs' is missing" },
	{ "flow add 1.1.1.1 1 2.2.2.2 2 tcp vs v",
	  "keyword 'tm' or 'pending' is missing" },
	{ "flow add 1.1.1.1 1 2.2.2.2 2 udp tcp start 1",
	  "unknown number 'start'" },
	{ "flow add 1.1.1.1 1 2.2.2.2 2 udp tcp win 65536",
	  "'65536' after 'tcp' is not a number from 0 to 65535" },
	{ "flow add 1.1.1.1 1 2.2.2.2 2 udp tcp win",
	  "keyword 'tcp' needs a value" },
	{ "flow get 1.1.1.1 1 2.2.2.2 2 tcp dev lo", "unknown keyword 'dev'" },
	{ "flow get 1.1.1.1 1 2.2.2.2 2 tcp owner 1",
	  "unknown keyword 'owner'" },
	{ "flow add 1.1.1.1 1 2.2.2.2 2 udp alias 1.1.1.1 1 2.2.2.2 2",
	  "keyword 'alias' needs a value" },
	{ "flow set 1.1.1.1 1 2.2.2.2 2 udp lifetime 50d",
	  "is not a time of at most 49 days" },
	{ "flow set 1.1.1.1 1 2.2.2.2 2 udp vs v", "unknown keyword 'vs'" },
	{ "flow get 1.1.1.1 1 2.2.2.2 99999 tcp", "DPORT '99999' is not" },
	{ "flow flush", "a filter or 'all' is missing" },
	{ "flow show all", "unknown keyword 'all' in 'flow show'" },
	{ "config set", "a setting is missing" },
	{ "explain 1.1.1.1 1 2.2.2.2 2 tpc", "PROTO 'tpc' is not a protocol" },
	{ "explain 1.1.1.1 1 2.2.2.2 2 tcp tm a", "unknown keyword 'tm'" },
	{ "tm ports a pool p server 1.1.1.1",
	  "keyword 'server' needs a value" },
	{ "tm ports a pool p server 1.1.1.1 80 source ::1", "two families" },
};

static void wrong_words(void **state)
{
	struct run *run = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad_lines); i++) {
		assert_int_equal(run_line(run, bad_lines[i].line), CLI_USAGE);
		if (!strstr(run->err, bad_lines[i].error))
			fail_msg("'%s': %s", bad_lines[i].line, run->err);
		assert_memory_equal(run->err, "Error: ", 7);
		assert_string_equal(run->out, "");
	}
	assert_int_equal(fake_requests(), 0);
}

static void refusals_and_failures(void **state)
{
	struct fake_refusal refusal = {
		.code = EINVAL,
		.text = "integer out of range",
		.attr = KSTEER_A_TM_WEIGHT,
		.max = 65535,
	};
	struct run *run = *state;

	fake_absent = true;
	assert_int_equal(run_line(run, "tm add a weight 70000"), CLI_LOCAL);
	assert_non_null(strstr(run->err, "Error: the kernel module is not"));
	fake_absent = false;
	fake_refuse(&refusal);
	assert_int_equal(run_line(run, "tm add a weight 70000"), CLI_REFUSED);
	assert_string_equal(
		run->err,
		"Error: integer out of range (attribute 'weight': 0 to 65535)\n");
}

static void check_terms(const struct verb *verb)
{
	const struct ksteer_attr *attr;
	const struct term *term;
	bool keywords = false;

	for (term = verb->terms; term->word || term->arg || term->values;
	     term++) {
		attr = ksteer_attr_by_id(verb->object, term->attr);
		assert_true(attr || term->parse || !term->attr);
		assert_false(keywords && !term->word);
		keywords |= !!term->word;
	}
	assert_true(term - verb->terms < 64);
}

/* Every command and verb has help, and a table that the parser can use */
static void help_everywhere(void **state)
{
	const struct command *const *at;
	struct run *run = *state;
	const struct verb *verb;
	char line[64];

	assert_int_equal(run_line(run, "help"), CLI_OK);
	for (at = ksteer_command_first(); at < ksteer_command_end(); at++) {
		for (verb = (*at)->verbs; verb->run; verb++)
			check_terms(verb);
		if ((*at)->hidden)
			continue;
		snprintf(line, sizeof(line), "%s help", (*at)->name);
		assert_int_equal(run_line(run, line), CLI_OK);
		assert_non_null(strstr(run->out, "Usage: ksteer "));
		for (verb = (*at)->verbs; verb->run && verb->name; verb++) {
			snprintf(line, sizeof(line), "%s %s help", (*at)->name,
				 verb->name);
			assert_int_equal(run_line(run, line), CLI_OK);
			assert_non_null(strstr(run->out, verb->help));
		}
	}
}

static void assert_offered(struct run *run, const char *words,
			   const char *offer)
{
	char line[128];

	snprintf(line, sizeof(line), "__complete %s", words);
	assert_int_equal(run_line(run, line), CLI_OK);
	assert_string_equal(run->out, offer);
}

static void completion(void **state)
{
	struct run *run = *state;

	fake_absent = true;
	assert_offered(run, "e", "explain\n");
	assert_offered(run, "tm de", "del\n");
	assert_offered(run, "tm add x w", "weight\n");
	assert_offered(run, "tm add x state \"\"", "up\ndrain\ndown\n");
	assert_offered(run, "tm add x weight 5 st", "state\nstation\n");
	assert_offered(run, "tm down x \"\"", "reselect\nforget\n");
	assert_offered(run, "tm down x reselect f", "forget\n");
	assert_offered(run, "vs add x direct o", "on\noff\n");
	assert_offered(run, "vs add x direct on no", "noarp\n");
	assert_offered(run, "vs add x direct no", "noarp\n");
	assert_offered(run, "vs add x timeout tcp-c",
		       "tcp-closing\ntcp-closed\n");
	assert_offered(run, "vs add x timeout tcp-open \"\"", "");
	assert_offered(run, "vs add x timeout tcp-open 5 persist-prefix6",
		       "persist-prefix6\n");
	assert_offered(run, "vs set x ad", "");
	assert_offered(run, "tm show \"\"", "");
	assert_offered(run, "tm ports x format n", "nft\n");
	assert_offered(run, "nonsense \"\"", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tm_add, run_setup,
						run_teardown),
		cmocka_unit_test_setup_teardown(tm_states, run_setup,
						run_teardown),
		cmocka_unit_test_setup_teardown(pool_add, run_setup,
						run_teardown),
		cmocka_unit_test_setup_teardown(vs_add, run_setup,
						run_teardown),
		cmocka_unit_test_setup_teardown(any_is_absent, run_setup,
						run_teardown),
		cmocka_unit_test_setup_teardown(flags_not_named_stay, run_setup,
						run_teardown),
		cmocka_unit_test_setup_teardown(flow_words, run_setup,
						run_teardown),
		cmocka_unit_test_setup_teardown(flow_extra_words, run_setup,
						run_teardown),
		cmocka_unit_test_setup_teardown(wrong_words, run_setup,
						run_teardown),
		cmocka_unit_test_setup_teardown(refusals_and_failures,
						run_setup, run_teardown),
		cmocka_unit_test_setup_teardown(help_everywhere, run_setup,
						run_teardown),
		cmocka_unit_test_setup_teardown(completion, run_setup,
						run_teardown),
	};

	return cmocka_run_group_tests_name("cli words", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* ksteer tm ports: the ports listed are those that the pool sends back. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include <ksteer/gport.h>
#include <ksteer/maglev.h>
#include <linux/netlink.h>

#include "args.h"
#include "fake_kernel.h"
#include "run.h"
#include "unit.h"
#include "unit_cmocka.h"

#define SEED 0x1122334455667788ULL
#define SLOTS 1009

/* "down" is down, "spare" has no weight: the table holds the others alone */
static const struct {
	const char *name;
	__u32 weight;
	__u32 state;
	__u32 usable;
} members[] = {
	{ "a", 1, KSTEER_TM_STATE_UP, 1 },
	{ "down", 5, KSTEER_TM_STATE_DOWN, 0 },
	{ "b", 3, KSTEER_TM_STATE_UP, 1 },
	{ "spare", 0, KSTEER_TM_STATE_UP, 1 },
	{ "lost", 2, KSTEER_TM_STATE_UP, 0 },
};

static void answer_pool(__u32 sched)
{
	struct ksteer_pool pool = { .name = "p", .seed = SEED };
	struct ksteer_member *member;
	size_t i;

	pool.sched = sched;
	pool.table_size = SLOTS - 5;
	pool.has = KSTEER_HAS(KSTEER_A_POOL_NAME) |
		   KSTEER_HAS(KSTEER_A_POOL_SCHED) |
		   KSTEER_HAS(KSTEER_A_POOL_MEMBER) |
		   KSTEER_HAS(KSTEER_A_POOL_SEED) |
		   KSTEER_HAS(KSTEER_A_POOL_TABLE_SIZE);
	for (i = 0; i < ARRAY_SIZE(members); i++) {
		member = ksteer_list_add(&pool.member, sizeof(*member));
		snprintf(member->tm, sizeof(member->tm), "%s", members[i].name);
		member->usable = members[i].usable;
		member->has = KSTEER_HAS(KSTEER_A_MEMBER_TM) |
			      KSTEER_HAS(KSTEER_A_MEMBER_USABLE);
	}
	fake_answer(KSTEER_CMD_POOL_GET, &ksteer_pool_object, &pool);
	ksteer_object_free(&ksteer_pool_object, &pool);
}

static void answer_tms(void)
{
	struct ksteer_tm tm = { 0 };
	size_t i;

	tm.has = KSTEER_HAS(KSTEER_A_TM_NAME) | KSTEER_HAS(KSTEER_A_TM_VIA) |
		 KSTEER_HAS(KSTEER_A_TM_WEIGHT) | KSTEER_HAS(KSTEER_A_TM_STATE);
	tm.via.len = 4;
	for (i = 0; i < ARRAY_SIZE(members); i++) {
		snprintf(tm.name, sizeof(tm.name), "%s", members[i].name);
		tm.weight = members[i].weight;
		tm.state = members[i].state;
		fake_part(KSTEER_CMD_TM_GET, &ksteer_tm_object, &tm,
			  NLM_F_MULTI);
	}
	fake_done(0, 0);
}

/* "LO" or "LO-HI"; returns what follows */
static char *read_block(char *at, unsigned int *lo, unsigned int *hi)
{
	*lo = strtoul(at, &at, 10);
	*hi = *at == '-' ? strtoul(at + 1, &at, 10) : *lo;
	assert_int_equal(*at, '\n');
	return at + 1;
}

/* The table as the kernel makes it: 0 is "a", 1 is "b" */
static void fill(__u16 *slot)
{
	struct ksteer_maglev_node node[] = {
		{ ksteer_name_hash(SEED, "a"), 1 },
		{ ksteer_name_hash(SEED, "b"), 3 },
	};
	__u32 scratch[KSTEER_MAGLEV_SCRATCH(2)];

	assert_int_equal(ksteer_maglev_fill(slot, SLOTS, node, 2, scratch), 0);
}

static bool owned_by_b(const __u16 *slot, __u16 port)
{
	union ksteer_addr server = { .v4 = htonl(0x0a090909) };
	union ksteer_addr source = { .v4 = htonl(0x0a010003) };
	__u64 hash;

	hash = ksteer_gport_hash(SEED, &server, htons(443), &source,
				 htons(port), true, KSTEER_V4);
	return slot[ksteer_hash_reduce(hash, SLOTS)] == 1;
}

static int ask_ports(struct run *run, const char *more)
{
	char line[256];

	answer_pool(KSTEER_SCHED_GPORT);
	answer_tms();
	snprintf(line, sizeof(line),
		 "tm ports b pool p server 10.9.9.9 443 source 10.1.0.3 %s",
		 more);
	return run_line(run, line);
}

static void listed_ports_lead_back(void **state)
{
	static bool listed[65536];
	static __u16 slot[SLOTS];
	struct run *run = *state;
	unsigned int lo, hi, port, n;
	char *at;

	assert_int_equal(ask_ports(run, "range 1-65535"), CLI_OK);
	fill(slot);
	for (at = run->out; *at;) {
		at = read_block(at, &lo, &hi);
		for (port = lo; port <= hi; port++)
			listed[port] = true;
	}
	for (n = 0, port = 1; port < 65536; port++) {
		assert_int_equal(listed[port], owned_by_b(slot, port));
		n += listed[port];
	}
	assert_in_range(n, 40000, 58000);
}

static const char match[] = "ip daddr 10.9.9.9 udp dport 443";

static void formats(void **state)
{
	struct run *run = *state;
	unsigned int lo, hi;
	char want[256];

	assert_int_equal(ask_ports(run, "max 1"), CLI_OK);
	read_block(run->out, &lo, &hi);
	snprintf(want, sizeof(want), "source 10.1.0.3:%u-%u\n", lo, hi);
	assert_int_equal(ask_ports(run, "max 1 format haproxy"), CLI_OK);
	assert_string_equal(run->out, want);
	assert_int_equal(ask_ports(run, "max 1 proto udp format nft"), CLI_OK);
	snprintf(want, sizeof(want), "%s snat ip to 10.1.0.3:%u-%u\n", match,
		 lo, hi);
	assert_string_equal(run->out, want);
	/* Of two rules the first takes every other connection */
	assert_int_equal(ask_ports(run, "max 2 proto udp format nft"), CLI_OK);
	snprintf(want, sizeof(want),
		 "%s numgen inc mod 2 0 snat ip to 10.1.0.3:%u-%u\n%s snat ip",
		 match, lo, hi, match);
	assert_memory_equal(run->out, want, strlen(want));
	run->cli.out.json = true;
	assert_int_equal(ask_ports(run, "max 1"), CLI_OK);
	snprintf(want, sizeof(want), "[{\"lo\":%u,\"hi\":%u}]\n", lo, hi);
	assert_string_equal(run->out, want);
}

static void sysctl_takes_the_longest(void **state)
{
	static const char name[] = "net.ipv4.ip_local_port_range = ";
	unsigned int lo, hi, most = 0;
	struct run *run = *state;
	char *at;

	assert_int_equal(ask_ports(run, ""), CLI_OK);
	for (at = run->out; *at;) {
		at = read_block(at, &lo, &hi);
		most = hi - lo > most ? hi - lo : most;
	}
	assert_int_equal(ask_ports(run, "format sysctl"), CLI_OK);
	assert_memory_equal(run->out, name, strlen(name));
	lo = strtoul(run->out + strlen(name), &at, 10);
	assert_int_equal(strtoul(at, NULL, 10), lo + most);
}

static void refusals(void **state)
{
	struct run *run = *state;

	answer_pool(KSTEER_SCHED_MAGLEV);
	assert_int_equal(
		run_line(run,
			 "tm ports b pool p server 1.1.1.1 80 source 1.1.1.2"),
		CLI_REFUSED);
	assert_non_null(strstr(run->err, "does not have the scheduler gport"));
	answer_pool(KSTEER_SCHED_GPORT);
	answer_tms();
	assert_int_equal(
		run_line(
			run,
			"tm ports down pool p server 1.1.1.1 80 source 1.1.1.2"),
		CLI_REFUSED);
	assert_non_null(strstr(run->err, "'down' gets no new flows"));
	answer_pool(KSTEER_SCHED_GPORT);
	answer_tms();
	assert_int_equal(run_line(run,
				  "tm ports b pool p server ::1 80 source ::2"),
			 CLI_REFUSED);
	assert_non_null(strstr(run->err, "'b' gets no new flows"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(listed_ports_lead_back,
						run_setup, run_teardown),
		cmocka_unit_test_setup_teardown(formats, run_setup,
						run_teardown),
		cmocka_unit_test_setup_teardown(sysctl_takes_the_longest,
						run_setup, run_teardown),
		cmocka_unit_test_setup_teardown(refusals, run_setup,
						run_teardown),
	};

	return cmocka_run_group_tests_name("cli ports", tests, NULL, NULL);
}

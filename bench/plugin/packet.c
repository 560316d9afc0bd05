// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of QEMU's translator: what a packet costs in instructions and in
 * memory, between the marks that the injector sets (marker.h).
 *
 *	-plugin packet.so,out=FILE[,mode=cache|profile]
 *
 * cache	simulates an L1 of 32 KiB, 8 ways, for data and another one for
 *		instructions, and a common L2 of 1 MiB, 16 ways
 * profile	counts instructions only, which is faster
 *
 * Each run of packets appends to FILE
 *
 *	run PACKETS INSNS LOADS STORES DATA_LINES CODE_LINES L1_DATA L1_CODE
 *	    L2_DATA L2_CODE
 *	at ADDRESS INSNS L2_DATA L2_CODE	for each instruction that ran
 *	end
 *
 * with the sums over all packets of the run (lines: distinct ones of each
 * packet) and addresses of 16 hexadecimal digits.
 *
 * Only the kernel's instructions are seen. The caches go on working between
 * two packets, while the injector makes the next one, and stand still between
 * two runs. They go by virtual addresses and know neither prefetching nor the
 * walks through page tables. One processor only.
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache.h"
#include "marker.h"
#include "qemu.h"

#define KERNEL_SPACE 0xffff800000000000ULL

#define L1_BYTES (32 << 10)
#define L1_WAYS 8
#define L2_BYTES (1 << 20)
#define L2_WAYS 16

/* One instruction of the guest; translated again, it is found again */
struct site {
	struct site *next;
	uint64_t address;
	uint64_t insns;
	uint64_t data_misses;
	uint64_t code_misses;
};

#define SITE_CHAINS (1 << 16)

static struct site *sites[SITE_CHAINS];

static struct {
	uint64_t packets;
	uint64_t insns;
	uint64_t loads;
	uint64_t stores;
	uint64_t data_lines;
	uint64_t code_lines;
	uint64_t l1_data;
	uint64_t l1_code;
	uint64_t l2_data;
	uint64_t l2_code;
} sum;

static struct cache l1_data, l1_code, l2;
static struct touched data_lines, code_lines;
static FILE *out;
static bool profile; /* without the caches */
static bool in_run, in_packet;

int QEMU_PLUGIN_EXPORT qemu_plugin_version = QEMU_PLUGIN_API;

static struct site *site_at(uint64_t address)
{
	struct site **chain = &sites[(address ^ address >> 16) % SITE_CHAINS];
	struct site *site;

	for (site = *chain; site; site = site->next)
		if (site->address == address)
			return site;
	site = calloc(1, sizeof(*site));
	if (!site)
		errx(1, "no memory for another instruction");
	site->address = address;
	site->next = *chain;
	*chain = site;
	return site;
}

static void on_memory(unsigned int cpu, qemu_plugin_meminfo_t info,
		      uint64_t address, void *arg)
{
	uint64_t line = address >> LINE_SHIFT;
	struct site *site = arg;
	bool in_l1, in_l2;

	if (!in_run)
		return;
	in_l1 = cache_access(&l1_data, line);
	in_l2 = in_l1 || cache_access(&l2, line);
	if (!in_packet)
		return;
	if (qemu_plugin_mem_is_store(info))
		sum.stores++;
	else
		sum.loads++;
	sum.l1_data += !in_l1;
	sum.l2_data += !in_l2;
	site->data_misses += !in_l2;
	touched_add(&data_lines, line);
}

static void on_insn(unsigned int cpu, void *arg)
{
	struct site *site = arg;
	uint64_t line = site->address >> LINE_SHIFT;
	bool in_l1, in_l2;

	if (!in_run)
		return;
	in_l1 = cache_access(&l1_code, line);
	in_l2 = in_l1 || cache_access(&l2, line);
	if (!in_packet)
		return;
	sum.insns++;
	site->insns++;
	sum.l1_code += !in_l1;
	sum.l2_code += !in_l2;
	site->code_misses += !in_l2;
	touched_add(&code_lines, line);
}

static void on_insn_profile(unsigned int cpu, void *arg)
{
	struct site *site = arg;

	if (!in_packet)
		return;
	sum.insns++;
	site->insns++;
}

static void on_begin(unsigned int cpu, void *arg)
{
	in_run = true;
	in_packet = true;
	sum.packets++;
	touched_begin(&data_lines);
	touched_begin(&code_lines);
}

static void on_end(unsigned int cpu, void *arg)
{
	if (!in_packet)
		return;
	in_packet = false;
	sum.data_lines += data_lines.count;
	sum.code_lines += code_lines.count;
}

static void print_sites(void)
{
	struct site *site;
	size_t i;

	for (i = 0; i < SITE_CHAINS; i++) {
		for (site = sites[i]; site; site = site->next) {
			if (!site->insns)
				continue;
			fprintf(out,
				"at %016" PRIx64 " %" PRIu64 " %" PRIu64
				" %" PRIu64 "\n",
				site->address, site->insns, site->data_misses,
				site->code_misses);
			site->insns = 0;
			site->data_misses = 0;
			site->code_misses = 0;
		}
	}
}

static void on_run(unsigned int cpu, void *arg)
{
	on_end(cpu, arg);
	fprintf(out, "run %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64,
		sum.packets, sum.insns, sum.loads, sum.stores);
	fprintf(out, " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64,
		sum.data_lines, sum.code_lines, sum.l1_data, sum.l1_code);
	fprintf(out, " %" PRIu64 " %" PRIu64 "\n", sum.l2_data, sum.l2_code);
	print_sites();
	fprintf(out, "end\n");
	if (fflush(out))
		err(1, "the output");
	memset(&sum, 0, sizeof(sum));
	in_run = false;
}

/* The mark that an instruction is, or 0: nopl DISPLACEMENT(%rax) */
static uint32_t mark_of(const struct qemu_plugin_insn *insn)
{
	const uint8_t *code = qemu_plugin_insn_data(insn);
	uint32_t operand;

	if (qemu_plugin_insn_size(insn) != 7 || code[0] != 0x0f ||
	    code[1] != 0x1f || code[2] != 0x80)
		return 0;
	memcpy(&operand, code + 3, sizeof(operand));
	if ((operand & ~0xffu) != KSTEER_MARK_BASE)
		return 0;
	return operand & 0xff;
}

static void watch(struct qemu_plugin_insn *insn)
{
	struct site *site = site_at(qemu_plugin_insn_vaddr(insn));

	if (profile) {
		qemu_plugin_register_vcpu_insn_exec_cb(
			insn, on_insn_profile, QEMU_PLUGIN_CB_NO_REGS, site);
		return;
	}
	qemu_plugin_register_vcpu_insn_exec_cb(insn, on_insn,
					       QEMU_PLUGIN_CB_NO_REGS, site);
	qemu_plugin_register_vcpu_mem_cb(insn, on_memory,
					 QEMU_PLUGIN_CB_NO_REGS,
					 QEMU_PLUGIN_MEM_RW, site);
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	static const qemu_exec_t marks[] = {
		[KSTEER_MARK_BEGIN] = on_begin,
		[KSTEER_MARK_END] = on_end,
		[KSTEER_MARK_RUN] = on_run,
	};
	size_t i, n = qemu_plugin_tb_n_insns(tb);

	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint32_t mark;

		if (qemu_plugin_insn_vaddr(insn) < KERNEL_SPACE)
			continue;
		mark = mark_of(insn);
		if (mark && mark < sizeof(marks) / sizeof(marks[0]))
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, marks[mark], QEMU_PLUGIN_CB_NO_REGS,
				NULL);
		else
			watch(insn);
	}
}

static bool option(const char *word)
{
	if (!strncmp(word, "out=", 4))
		out = fopen(word + 4, "w");
	else if (!strcmp(word, "mode=profile"))
		profile = true;
	else if (strcmp(word, "mode=cache"))
		return false;
	return true;
}

int QEMU_PLUGIN_EXPORT qemu_plugin_install(qemu_plugin_id_t id,
					   const struct qemu_info *info,
					   int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (!option(argv[i])) {
			warnx("packet.so: no option %s", argv[i]);
			return -1;
		}
	}
	if (!out) {
		warnx("packet.so: out=FILE must name a file to write");
		return -1;
	}
	cache_init(&l1_data, L1_BYTES, L1_WAYS);
	cache_init(&l1_code, L1_BYTES, L1_WAYS);
	cache_init(&l2, L2_BYTES, L2_WAYS);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	return 0;
}

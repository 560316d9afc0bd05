// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of QEMU's translator: which cache lines several processors write
 * while they work for packets, between the marks that the injector sets
 * (marker.h).
 *
 *	-plugin shared.so,out=FILE
 *
 * A run lasts from the first packet until no processor injects any more. It
 * appends to FILE
 *
 *	run PROCESSORS PACKETS
 *	line ADDRESS STORES-OF-ALL-BUT-THE-FIRST-OF-THEM INSTRUCTION
 *	end
 *
 * with a line for each cache line that two or more have written; of the stores
 * those of the processor that has most are left out, so that it is the times
 * that the line had to move. INSTRUCTION is the last store's. Addresses have 16
 * hexadecimal digits.
 */
#include <err.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "marker.h"
#include "qemu.h"

#define KERNEL_SPACE 0xffff800000000000ULL
#define LINE_SHIFT 6
#define PROCESSORS 8
#define PLACES (1 << 20)

/* One cache line as one processor has written it; @line 0 is a free place */
struct place {
	uint64_t line;
	uint64_t stores;
	uint64_t insn;
};

/**
 * struct processor - what one has done in this run
 * @in_packet: between the marks
 * @in_run: it has begun and not yet ended
 * @packets: packets
 * @place: lines that it has written, hashed
 */
struct processor {
	bool in_packet;
	bool in_run;
	uint64_t packets;
	struct place *place;
};

int QEMU_PLUGIN_EXPORT qemu_plugin_version = QEMU_PLUGIN_API;

static struct processor processors[PROCESSORS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned int running;
static FILE *out;

static struct place *place_of(const struct processor *p, uint64_t line)
{
	uint64_t at = line * 0x9e3779b97f4a7c15ULL >> 44;
	size_t tries;

	for (tries = 0; tries < PLACES; tries++, at++) {
		struct place *place = &p->place[at % PLACES];

		if (!place->line || place->line == line)
			return place;
	}
	errx(1, "shared.so: more lines than there is room for");
}

static void on_memory(unsigned int cpu, qemu_plugin_meminfo_t info,
		      uint64_t address, void *insn)
{
	struct processor *p = &processors[cpu];
	struct place *place;

	if (!p->in_packet || !qemu_plugin_mem_is_store(info))
		return;
	place = place_of(p, address >> LINE_SHIFT);
	place->line = address >> LINE_SHIFT;
	place->stores++;
	place->insn = (uintptr_t)insn;
}

static void on_begin(unsigned int cpu, void *arg)
{
	struct processor *p = &processors[cpu];

	if (!p->in_run) {
		pthread_mutex_lock(&lock);
		p->in_run = true;
		running++;
		pthread_mutex_unlock(&lock);
	}
	p->packets++;
	p->in_packet = true;
}

static void on_end(unsigned int cpu, void *arg)
{
	processors[cpu].in_packet = false;
}

/* A line belongs to the first processor that has it, so it is seen once */
static void print_line(unsigned int first, const struct place *place)
{
	uint64_t all = place->stores, most = place->stores;
	uint64_t insn = place->insn;
	const struct place *other;
	unsigned int cpu;

	for (cpu = 0; cpu < PROCESSORS; cpu++) {
		if (cpu == first)
			continue;
		other = place_of(&processors[cpu], place->line);
		if (!other->line)
			continue;
		if (cpu < first)
			return;
		all += other->stores;
		insn = other->insn;
		if (other->stores > most)
			most = other->stores;
	}
	if (all > most)
		fprintf(out, "line %016" PRIx64 " %" PRIu64 " %016" PRIx64 "\n",
			place->line << LINE_SHIFT, all - most, insn);
}

static void print_run(void)
{
	unsigned int cpu, busy = 0;
	uint64_t packets = 0;
	size_t i;

	for (cpu = 0; cpu < PROCESSORS; cpu++) {
		busy += !!processors[cpu].packets;
		packets += processors[cpu].packets;
	}
	fprintf(out, "run %u %" PRIu64 "\n", busy, packets);
	for (cpu = 0; cpu < PROCESSORS; cpu++)
		for (i = 0; i < PLACES; i++)
			if (processors[cpu].place[i].line)
				print_line(cpu, &processors[cpu].place[i]);
	fprintf(out, "end\n");
	if (fflush(out))
		err(1, "the output");
}

static void on_run(unsigned int cpu, void *arg)
{
	struct processor *p = &processors[cpu];

	pthread_mutex_lock(&lock);
	p->in_packet = false;
	if (p->in_run && !--running) {
		print_run();
		for (cpu = 0; cpu < PROCESSORS; cpu++) {
			processors[cpu].packets = 0;
			memset(processors[cpu].place, 0,
			       PLACES * sizeof(struct place));
		}
	}
	p->in_run = false;
	pthread_mutex_unlock(&lock);
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
		uint64_t at = qemu_plugin_insn_vaddr(insn);
		uint32_t mark;

		if (at < KERNEL_SPACE)
			continue;
		mark = mark_of(insn);
		if (mark && mark < sizeof(marks) / sizeof(marks[0]))
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, marks[mark], QEMU_PLUGIN_CB_NO_REGS,
				NULL);
		else
			qemu_plugin_register_vcpu_mem_cb(insn, on_memory,
							 QEMU_PLUGIN_CB_NO_REGS,
							 QEMU_PLUGIN_MEM_RW,
							 (void *)(uintptr_t)at);
	}
}

int QEMU_PLUGIN_EXPORT qemu_plugin_install(qemu_plugin_id_t id,
					   const struct qemu_info *info,
					   int argc, char **argv)
{
	unsigned int i;

	if (argc == 1 && !strncmp(argv[0], "out=", 4))
		out = fopen(argv[0] + 4, "w");
	if (!out) {
		warnx("shared.so: out=FILE must name a file to write");
		return -1;
	}
	for (i = 0; i < PROCESSORS; i++) {
		processors[i].place = calloc(PLACES, sizeof(struct place));
		if (!processors[i].place)
			return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	return 0;
}

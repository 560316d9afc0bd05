// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of QEMU's translator: which cache lines several processors share
 * while they work for packets, between the marks that the injector sets
 * (marker.h), and what a packet takes meanwhile.
 *
 *	-plugin shared.so,out=FILE[,insns=0|1]
 *
 * A run lasts from the first packet until no processor injects any more. It
 * appends to FILE
 *
 *	run PROCESSORS PACKETS
 *	line ADDRESS STORES-OF-ALL-BUT-THE-FIRST-OF-THEM INSTRUCTION...
 *	read ADDRESS MOVES READER INSTRUCTION...
 *	work PROCESSOR PACKETS MEDIAN MEAN BEYOND
 *	end
 *
 * with "line" for each cache line that two or more have written; of the stores
 * those of the processor that has most are left out, so that it is the times
 * that the line had to move. "read" is one that a single processor has written and
 * others have read: as often as the fewer of its stores and their loads. INSTRUCTION
 * is one that stores there, up to four of them; READER one that loads. Addresses
 * have 16 hexadecimal digits.
 *
 * "work" comes with insns=1, a line for each processor: instructions a packet, and
 * their mean over those packets that took no more than twice the median. The others,
 * BEYOND, have been interrupted, most of them.
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
#define WRITERS 4 /* instructions that are told of a line */
#define MOST 32768 /* instructions of a packet that are told apart */

/* One cache line as one processor has used it; @line 0 is a free place */
struct place {
	uint64_t line;
	uint64_t stores;
	uint64_t loads;
	uint64_t reader;
	uint64_t writer[WRITERS];
};

/**
 * struct processor - what one has done in this run
 * @in_packet: between the marks
 * @in_run: it has begun and not yet ended
 * @packets: packets
 * @place: lines that it has used, hashed
 * @insns: instructions of this packet so far
 * @took: packets by their instructions
 */
struct processor {
	bool in_packet;
	bool in_run;
	uint64_t packets;
	struct place *place;
	uint64_t insns;
	uint32_t took[MOST];
};

int QEMU_PLUGIN_EXPORT qemu_plugin_version = QEMU_PLUGIN_API;

static struct processor processors[PROCESSORS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned int running;
static bool count_insns;
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

static void note_writer(struct place *place, uint64_t insn)
{
	int i;

	for (i = 0; i < WRITERS && place->writer[i] != insn; i++) {
		if (!place->writer[i]) {
			place->writer[i] = insn;
			return;
		}
	}
}

static void on_memory(unsigned int cpu, qemu_plugin_meminfo_t info,
		      uint64_t address, void *insn)
{
	struct processor *p = &processors[cpu];
	struct place *place;

	if (!p->in_packet)
		return;
	place = place_of(p, address >> LINE_SHIFT);
	place->line = address >> LINE_SHIFT;
	if (qemu_plugin_mem_is_store(info)) {
		place->stores++;
		note_writer(place, (uintptr_t)insn);
	} else {
		place->loads++;
		place->reader = (uintptr_t)insn;
	}
}

static void on_insn(unsigned int cpu, void *arg)
{
	processors[cpu].insns++;
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
	p->insns = 0;
	p->in_packet = true;
}

static void on_end(unsigned int cpu, void *arg)
{
	struct processor *p = &processors[cpu];

	if (p->in_packet)
		p->took[p->insns < MOST ? p->insns : MOST - 1]++;
	p->in_packet = false;
}

/**
 * struct use - a cache line as all processors have used it
 * @all: of all of them
 * @most: stores of the processor that has most
 * @writers: processors that have written it
 * @read: loads of those that have not
 */
struct use {
	struct place all;
	uint64_t most;
	unsigned int writers;
	uint64_t read;
};

static void use_add(struct use *use, const struct place *place)
{
	int i;

	if (!place->stores) {
		use->read += place->loads;
		use->all.reader = place->reader;
		return;
	}
	use->writers++;
	use->all.stores += place->stores;
	if (place->stores > use->most)
		use->most = place->stores;
	for (i = 0; i < WRITERS && place->writer[i]; i++)
		note_writer(&use->all, place->writer[i]);
}

static void print_writers(const struct place *place)
{
	int i;

	for (i = 0; i < WRITERS && place->writer[i]; i++)
		fprintf(out, " %016" PRIx64, place->writer[i]);
	fprintf(out, "\n");
}

/* A line belongs to the first processor that has it, so it is seen once */
static void print_line(unsigned int first, uint64_t line)
{
	const struct place *place;
	struct use use = {};
	unsigned int cpu;

	for (cpu = 0; cpu < PROCESSORS; cpu++) {
		place = place_of(&processors[cpu], line);
		if (!place->line)
			continue;
		if (cpu < first)
			return;
		use_add(&use, place);
	}
	if (use.writers > 1) {
		fprintf(out, "line %016" PRIx64 " %" PRIu64, line << LINE_SHIFT,
			use.all.stores - use.most);
		print_writers(&use.all);
	} else if (use.writers && use.read) {
		fprintf(out, "read %016" PRIx64 " %" PRIu64 " %016" PRIx64,
			line << LINE_SHIFT,
			use.read < use.all.stores ? use.read : use.all.stores,
			use.all.reader);
		print_writers(&use.all);
	}
}

static void print_work(unsigned int cpu)
{
	const struct processor *p = &processors[cpu];
	uint64_t n = 0, sum = 0, seen = 0;
	uint32_t i, median;

	for (i = 0; i < MOST; i++)
		n += p->took[i];
	for (median = 0; median < MOST - 1; median++) {
		seen += p->took[median];
		if (2 * seen >= n)
			break;
	}
	seen = 0;
	for (i = 0; i <= 2 * median && i < MOST - 1; i++) {
		seen += p->took[i];
		sum += (uint64_t)i * p->took[i];
	}
	fprintf(out, "work %u %" PRIu64 " %u %.2f %" PRIu64 "\n", cpu, n,
		median, seen ? (double)sum / seen : 0, n - seen);
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
	for (cpu = 0; cpu < PROCESSORS; cpu++) {
		if (!processors[cpu].packets)
			continue;
		if (count_insns)
			print_work(cpu);
		for (i = 0; i < PLACES; i++)
			if (processors[cpu].place[i].line)
				print_line(cpu, processors[cpu].place[i].line);
	}
	fprintf(out, "end\n");
	if (fflush(out))
		err(1, "the output");
}

static void forget(struct processor *p)
{
	if (!p->packets)
		return;
	p->packets = 0;
	memset(p->place, 0, PLACES * sizeof(struct place));
	memset(p->took, 0, sizeof(p->took));
}

static void on_run(unsigned int cpu, void *arg)
{
	struct processor *p = &processors[cpu];

	pthread_mutex_lock(&lock);
	p->in_packet = false;
	if (p->in_run && !--running) {
		print_run();
		for (cpu = 0; cpu < PROCESSORS; cpu++)
			forget(&processors[cpu]);
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

/* Either instructions or memory: both at once would take too long */
static void watch(struct qemu_plugin_insn *insn, uint64_t at)
{
	if (count_insns)
		qemu_plugin_register_vcpu_insn_exec_cb(
			insn, on_insn, QEMU_PLUGIN_CB_NO_REGS, NULL);
	else
		qemu_plugin_register_vcpu_mem_cb(insn, on_memory,
						 QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_RW,
						 (void *)(uintptr_t)at);
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
			watch(insn, at);
	}
}

static bool option(const char *word)
{
	if (!strncmp(word, "out=", 4))
		out = fopen(word + 4, "w");
	else if (!strcmp(word, "insns=0") || !strcmp(word, "insns=1"))
		count_insns = word[6] == '1';
	else
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
			warnx("shared.so: no option %s", argv[i]);
			return -1;
		}
	}
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

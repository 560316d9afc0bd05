/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the injector tells the emulator: instructions that do nothing, which
 * the plugin knows when it sees them.
 */
#ifndef _KSTEER_BENCH_MARKER_H
#define _KSTEER_BENCH_MARKER_H

/* The operand of a long nop; its lowest byte says which mark it is */
#define KSTEER_MARK_BASE 0x4b535400

#define KSTEER_MARK_BEGIN 1 /* right before a packet is handed over */
#define KSTEER_MARK_END 2 /* right after */
#define KSTEER_MARK_RUN 3 /* the end of a run of packets */

/* With a constant: it becomes part of the instruction */
static __always_inline void ksteer_mark(const unsigned int mark)
{
	asm volatile("nopl %c0(%%rax)"
		     :
		     : "i"(KSTEER_MARK_BASE + mark)
		     : "memory");
}

#endif /* _KSTEER_BENCH_MARKER_H */

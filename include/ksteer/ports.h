/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Which of many port ranges is the narrowest that holds a port: the line of all
 * ports, cut where a range begins or ends.  Ranges overlap as they like, so they
 * are laid down from the narrowest to the widest, each where nothing lies yet.
 *
 * Pure C, shared by the kernel module and by userspace.
 */
#ifndef _KSTEER_PORTS_H
#define _KSTEER_PORTS_H

#include <linux/types.h>

#define KSTEER_PORTS 65536
#define KSTEER_PORT_WORDS (KSTEER_PORTS / 64)

/**
 * struct ksteer_port_span - ports from one to before the next span's first
 * @owner: whose they are, 0 if nobody's
 * @first: the first of them, host order
 */
struct ksteer_port_span {
	__u32 owner;
	__u16 first;
};

/**
 * struct ksteer_ports - spans while they are being made
 * @cut: a bit for each port at which a span begins
 * @span: filled; two for each range and one more
 * @next: as many words: where to look on from each span
 * @spans: how many there are
 */
struct ksteer_ports {
	__u64 cut[KSTEER_PORT_WORDS];
	struct ksteer_port_span *span;
	__u32 *next;
	__u32 spans;
};

/*
 * The index of the span that holds a port; the first begins at 0.  Of the greatest power
 * of two that there is, the first or the last so many: from there on halves are even.
 */
static inline __u32 ksteer_port_find(const struct ksteer_port_span *span,
				     __u32 spans, __u16 port)
{
	__u32 half = 1U << (31 - __builtin_clz(spans)), at = spans - half;

	if (span[at].first > port)
		at = 0;
	while (half >>= 1)
		if (span[at + half].first <= port)
			at += half;
	return at;
}

/**
 * ksteer_ports_begin - begin with no range
 * @ports: filled
 * @span: room for the spans
 * @next: room for as many words
 */
static inline void ksteer_ports_begin(struct ksteer_ports *ports,
				      struct ksteer_port_span *span,
				      __u32 *next)
{
	__u32 i;

	for (i = 0; i < KSTEER_PORT_WORDS; i++)
		ports->cut[i] = 0;
	ports->cut[0] = 1;
	ports->span = span;
	ports->next = next;
}

/* First each range is shown */
static inline void ksteer_ports_show(struct ksteer_ports *ports, __u16 min,
				     __u16 max)
{
	ports->cut[min / 64] |= 1ULL << min % 64;
	max++;
	if (max)
		ports->cut[max / 64] |= 1ULL << max % 64;
}

/* Then the line is cut */
static inline void ksteer_ports_cut(struct ksteer_ports *ports)
{
	__u32 i, bit, n = 0;
	__u64 word;

	for (i = 0; i < KSTEER_PORT_WORDS; i++) {
		for (word = ports->cut[i]; word; word &= word - 1) {
			bit = __builtin_ctzll(word);
			ports->span[n].first = 64 * i + bit;
			ports->span[n].owner = 0;
			ports->next[n] = n;
			n++;
		}
	}
	ports->spans = n;
}

/* The first span from @i on that nobody has */
static inline __u32 ksteer_ports_free(struct ksteer_ports *ports, __u32 i)
{
	while (i < ports->spans && ports->next[i] != i) {
		if (ports->next[i] < ports->spans)
			ports->next[i] = ports->next[ports->next[i]];
		i = ports->next[i];
	}
	return i;
}

/**
 * ksteer_ports_lay - give a range what nobody has of it
 * @ports: the spans, cut
 * @min: first port of the range, which was shown
 * @max: last
 * @owner: its owner, not 0
 */
static inline void ksteer_ports_lay(struct ksteer_ports *ports, __u16 min,
				    __u16 max, __u32 owner)
{
	__u32 i = ksteer_port_find(ports->span, ports->spans, min);

	for (i = ksteer_ports_free(ports, i);
	     i < ports->spans && ports->span[i].first <= max;
	     i = ksteer_ports_free(ports, i)) {
		ports->span[i].owner = owner;
		ports->next[i] = i + 1;
	}
}

#endif /* _KSTEER_PORTS_H */

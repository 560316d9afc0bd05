/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values of the family by name.
 */
#ifndef _KSTEER_NAMES_H
#define _KSTEER_NAMES_H

#include <stddef.h>
#include <linux/types.h>

/**
 * struct ksteer_names - names of the values of an enumeration
 * @what: what a value is, for messages: "state"
 * @names: by value, or of a set of flags by bit
 * @count: number of names
 */
struct ksteer_names {
	const char *what;
	const char *const *names;
	unsigned int count;
};

extern const struct ksteer_names ksteer_tm_state_names;
extern const struct ksteer_names ksteer_on_down_names;
extern const struct ksteer_names ksteer_tm_oper_names;
extern const struct ksteer_names ksteer_on_fail_names;
extern const struct ksteer_names ksteer_on_drain_names;
extern const struct ksteer_names ksteer_tm_source_names;
extern const struct ksteer_names ksteer_sched_names;
extern const struct ksteer_names ksteer_field_names;
extern const struct ksteer_names ksteer_forward_names;
extern const struct ksteer_names ksteer_midstream_names;
extern const struct ksteer_names ksteer_reject_names;
extern const struct ksteer_names ksteer_unserved_names;
extern const struct ksteer_names ksteer_store_names;
extern const struct ksteer_names ksteer_vs_flags_names;
extern const struct ksteer_names ksteer_flow_state_names;
extern const struct ksteer_names ksteer_flow_origin_names;
extern const struct ksteer_names ksteer_tcp_flags_names;
extern const struct ksteer_names ksteer_event_names;
extern const struct ksteer_names ksteer_event_mask_names;
extern const struct ksteer_names ksteer_verdict_names;
extern const struct ksteer_names ksteer_decided_by_names;
extern const struct ksteer_names ksteer_kind_names_names;
extern const struct ksteer_names ksteer_kind_result_names;
extern const struct ksteer_names ksteer_switch_names;

const char *ksteer_name(const struct ksteer_names *names, unsigned int value);
int ksteer_value(const struct ksteer_names *names, const char *name,
		 __u32 *value);
int ksteer_mask(const struct ksteer_names *names, const char *list,
		__u32 *mask);
char *ksteer_mask_names(const struct ksteer_names *names, __u32 mask, char *buf,
			size_t size);

#endif /* _KSTEER_NAMES_H */

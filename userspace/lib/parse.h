/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text to values and back, without input or output.
 *
 * All ksteer_parse_*() functions return 0, or -1 and leave the result
 * untouched.
 */
#ifndef _KSTEER_PARSE_H
#define _KSTEER_PARSE_H

#include "model.h"

/* Sizes that are enough for the ksteer_format_*() functions */
#define KSTEER_IP_STRLEN 64
#define KSTEER_TIME_STRLEN 32
#define KSTEER_PROTO_STRLEN 16
#define KSTEER_MACS_STRLEN 160

int ksteer_parse_number(const char *word, __u64 min, __u64 max, __u64 *value);
int ksteer_parse_name(const char *word, char name[KSTEER_NAME_SIZE]);
int ksteer_parse_ip(const char *word, struct ksteer_ip *ip);
int ksteer_parse_prefix(const char *word, struct ksteer_ip *ip, __u8 *len);
int ksteer_parse_ports(const char *word, __u16 *min, __u16 *max);
int ksteer_parse_time(const char *word, __u64 *ms);
int ksteer_parse_proto(const char *word, __u8 *proto);
int ksteer_parse_macs(const char *word, struct ksteer_macs *macs);
int ksteer_parse_words(char *line, char **words, int max);

const char *ksteer_format_ip(const struct ksteer_ip *ip, char *buf);
const char *ksteer_format_time(__u64 ms, char *buf);
const char *ksteer_format_macs(const struct ksteer_macs *macs, char *buf);
const char *ksteer_format_proto(__u8 proto, char *buf);

#endif /* _KSTEER_PARSE_H */

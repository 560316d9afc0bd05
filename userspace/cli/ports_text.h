/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Blocks of source ports in the words of the tools that take them.
 */
#ifndef _KSTEER_PORTS_TEXT_H
#define _KSTEER_PORTS_TEXT_H

#include "out.h"

/**
 * struct ports_request - what 'ksteer tm ports' is asked
 * @has: attributes that are there
 * @tm: traffic manager that the answers are to reach
 * @pool: pool that it belongs to
 * @server: address that it connects to
 * @server_port: port that it connects to
 * @source: address that it connects from
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @lo: first source port
 * @hi: last source port
 * @max: most blocks, 0 for all
 * @format: enum ports_format
 */
struct ports_request {
	__u64 has;
	char tm[KSTEER_NAME_SIZE];
	char pool[KSTEER_NAME_SIZE];
	struct ksteer_ip server;
	__u16 server_port;
	struct ksteer_ip source;
	__u8 proto;
	__u16 lo;
	__u16 hi;
	__u32 max;
	__u32 format;
};

extern const struct ksteer_names ksteer_ports_format_names;

int ksteer_ports_print(struct ksteer_out *out,
		       const struct ports_request *request,
		       const struct ksteer_list *blocks);

#endif /* _KSTEER_PORTS_TEXT_H */

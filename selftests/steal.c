// SPDX-License-Identifier: GPL-2.0-only
/*
 * steal [-N NETNS] PIN ADDRESS
 *
 * Pins at PIN a program for tc's ingress that gives every packet of ADDRESS'
 * family to a UDP socket at ADDRESS, and keeps the socket open.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "ends.h"

#define PORT 7777

#define INSN(c, d, s, o, i)                                              \
	{                                                                \
		.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), \
		.imm = (i)                                               \
	}
#define MOV(d, s) INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define SET(d, i) INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define ADD(d, i) INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, i)
#define LOAD(d, s, o) INSN(BPF_LDX | BPF_MEM | BPF_W, d, s, o, 0)
#define STORE(o, i) INSN(BPF_ST | BPF_MEM | BPF_W, BPF_REG_10, 0, o, i)
#define UNLESS(d, i, o) INSN(BPF_JMP | BPF_JNE | BPF_K, d, 0, o, i)
#define IF(d, i, o) INSN(BPF_JMP | BPF_JEQ | BPF_K, d, 0, o, i)
#define CALL(f) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define EXIT INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

#define ROOM 36

/* The tuple as its words: of IPv4 the first three, of IPv6 all nine */
static void lay_out(const union end *at, int *word, int *size)
{
	bool v6 = at->any.sa_family == AF_INET6;
	in_port_t port[2] = { htons(9), htons(PORT) };

	memset(word, 0, ROOM);
	*size = v6 ? 36 : 12;
	if (v6) {
		memcpy(word, &at->v6.sin6_addr, 16);
		memcpy(word + 4, &at->v6.sin6_addr, 16);
	} else {
		memcpy(word, &at->v4.sin_addr, 4);
		memcpy(word + 1, &at->v4.sin_addr, 4);
	}
	memcpy((char *)word + *size - 4, port, 4);
}

static int load(const union end *at)
{
	static const char *license = "GPL";
	static char log[65536];
	int w[ROOM / 4];
	int size;

	lay_out(at, w, &size);
	struct bpf_insn program[] = {
		MOV(BPF_REG_6, BPF_REG_1),
		LOAD(BPF_REG_2, BPF_REG_1,
		     offsetof(struct __sk_buff, protocol)),
		UNLESS(BPF_REG_2, htons(size == 12 ? ETH_P_IP : ETH_P_IPV6),
		       24),
		STORE(-36, w[0]),
		STORE(-32, w[1]),
		STORE(-28, w[2]),
		STORE(-24, w[3]),
		STORE(-20, w[4]),
		STORE(-16, w[5]),
		STORE(-12, w[6]),
		STORE(-8, w[7]),
		STORE(-4, w[8]),
		MOV(BPF_REG_2, BPF_REG_10),
		ADD(BPF_REG_2, -ROOM),
		SET(BPF_REG_3, size),
		SET(BPF_REG_4, BPF_F_CURRENT_NETNS),
		SET(BPF_REG_5, 0),
		CALL(BPF_FUNC_sk_lookup_udp),
		IF(BPF_REG_0, 0, 8),
		MOV(BPF_REG_7, BPF_REG_0),
		MOV(BPF_REG_1, BPF_REG_6),
		MOV(BPF_REG_2, BPF_REG_7),
		SET(BPF_REG_3, 0),
		CALL(BPF_FUNC_sk_assign),
		MOV(BPF_REG_1, BPF_REG_7),
		CALL(BPF_FUNC_sk_release),
		SET(BPF_REG_0, 0),
		SET(BPF_REG_0, 0),
		EXIT,
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SCHED_CLS,
		.insns = (uintptr_t)program,
		.insn_cnt = sizeof(program) / sizeof(*program),
		.license = (uintptr_t)license,
		.log_level = 1,
		.log_buf = (uintptr_t)log,
		.log_size = sizeof(log),
	};
	int fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));

	if (fd < 0)
		errx(3, "not loaded: %s\n%s", strerror(errno), log);
	return fd;
}

static void pin(int fd, const char *path)
{
	union bpf_attr attr = {
		.pathname = (uintptr_t)path,
		.bpf_fd = fd,
	};

	if (syscall(SYS_bpf, BPF_OBJ_PIN, &attr, sizeof(attr)))
		err(3, "%s", path);
}

int main(int argc, char **argv)
{
	union end at = {};
	int fd;

	if (argc == 5 && !strcmp(argv[1], "-N")) {
		end_enter(argv[2]);
		argv += 2;
		argc -= 2;
	}
	if (argc != 3)
		errx(2, "usage: steal [-N NETNS] PIN ADDRESS");
	at.any.sa_family = strchr(argv[2], ':') ? AF_INET6 : AF_INET;
	if (inet_pton(at.any.sa_family, argv[2],
		      at.any.sa_family == AF_INET ?
			      (void *)&at.v4.sin_addr :
			      (void *)&at.v6.sin6_addr) != 1)
		errx(2, "no address: %s", argv[2]);
	*end_port(&at) = htons(PORT);
	fd = socket(at.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, &at.any, end_len(&at)))
		err(3, "%s", argv[2]);
	pin(load(&at), argv[1]);
	pause();
	return 0;
}

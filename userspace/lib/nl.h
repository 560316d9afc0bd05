/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic netlink socket.  Knows messages, not what is in them.
 */
#ifndef _KSTEER_NL_H
#define _KSTEER_NL_H

#include <stdbool.h>
#include <stddef.h>

struct nl_msg;
struct nlattr;
struct nlmsghdr;

#define KSTEER_ERROR_SIZE 512

/**
 * struct ksteer_error - why something failed
 * @code: errno value, positive; 0 for none
 * @refused: true if the kernel module said no, false if it was not reached
 * @offset: bytes from the head of the request to the guilty attribute, or 0
 * @missing: number of an attribute that is not there but must be, or 0
 * @missing_nest: offset of the nest that it is missing from, or 0
 * @range: true if @min and @max tell what is allowed
 * @min: least value allowed
 * @max: greatest value allowed
 * @index: which of equal attributes is guilty, from 0: which flow of many
 * @text: one sentence
 */
struct ksteer_error {
	int code;
	bool refused;
	unsigned int offset;
	unsigned int missing;
	unsigned int missing_nest;
	bool range;
	unsigned long long min;
	unsigned long long max;
	size_t index;
	char text[KSTEER_ERROR_SIZE];
};

/**
 * typedef ksteer_msg_fn - takes one message
 * @cmd: command of the message
 * @attrs: first attribute
 * @len: bytes of all attributes
 * @arg: what the caller gave
 *
 * Return: 0, or a negative errno value that ends the exchange.
 */
typedef int (*ksteer_msg_fn)(unsigned int cmd, struct nlattr *attrs, int len,
			     void *arg);

struct ksteer_nl;

/* ksteer_nl_transact(): the dump does not show one state of things */
#define KSTEER_NL_INTERRUPTED 1

struct ksteer_nl *ksteer_nl_open(struct ksteer_error *error);
void ksteer_nl_close(struct ksteer_nl *nl);
struct ksteer_error *ksteer_nl_error(struct ksteer_nl *nl);
struct nl_msg *ksteer_nl_message(struct ksteer_nl *nl, int cmd, int flags);
int ksteer_nl_transact(struct ksteer_nl *nl, struct nl_msg *msg,
		       ksteer_msg_fn fn, void *arg);
int ksteer_nl_subscribe(struct ksteer_nl *nl, const char *group);
int ksteer_nl_receive(struct ksteer_nl *nl, ksteer_msg_fn fn, void *arg);
int ksteer_nl_fail(struct ksteer_nl *nl, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void ksteer_nl_read_tlvs(struct ksteer_error *error, struct nlattr *tlvs,
			 int len);

#endif /* _KSTEER_NL_H */

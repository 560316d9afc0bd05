/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel for tests: keeps the requests and gives the answers it was told.
 * Between it and the code under test is all of libnl but the socket.
 */
#ifndef _KSTEER_TEST_FAKE_KERNEL_H
#define _KSTEER_TEST_FAKE_KERNEL_H

#include "object.h"

#define FAKE_FAMILY 42

/**
 * struct fake_refusal - an error as the kernel reports it
 * @code: errno value, positive
 * @text: sentence, or NULL
 * @attr: guilty attribute: the first of this number in the request, or 0
 * @nth: that many of the same number come before it
 * @max: greatest value allowed, or 0 to say nothing of a range
 * @missing: attribute that is missing, or 0
 * @quote: quote the request, as without NETLINK_CAP_ACK
 */
struct fake_refusal {
	int code;
	const char *text;
	unsigned int attr;
	unsigned int nth;
	unsigned int max;
	unsigned int missing;
	bool quote;
};

/* The module is not loaded while this is set */
extern bool fake_absent;

void fake_reset(void);

/* What the next messages from the kernel are, in this order */
void fake_answer(int cmd, const struct ksteer_object *object,
		 const void *model);
void fake_part(int cmd, const struct ksteer_object *object, const void *model,
	       int flags);
void fake_event(int cmd, const struct ksteer_object *object, const void *model);
void fake_ack(void);
void fake_done(int code, int flags);
void fake_refuse(const struct fake_refusal *refusal);
void fake_overrun(void);

/* What was asked */
size_t fake_requests(void);
int fake_request_cmd(size_t nth);
int fake_request_flags(size_t nth);
void fake_request(size_t nth, const struct ksteer_object *object, void *model);

/* Fills every attribute of @model with values that depend on @salt */
void fake_fill(const struct ksteer_object *object, void *model,
	       unsigned int salt);

/* Asserts that two structures are the same in all that they have */
void fake_assert_same(const struct ksteer_object *object, const void *a,
		      const void *b);

#endif /* _KSTEER_TEST_FAKE_KERNEL_H */

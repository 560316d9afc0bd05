// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers of the kernel, right or wrong, to a request, a dump and a listener:
 * each exchange ends, with success or with a sentence.
 */
#include <errno.h>

#include "talk.h"

static int count_model(const struct ksteer_object *object, void *model,
		       void *arg)
{
	size_t *count = arg;

	must(object && model);
	return ++*count > 1000 ? -E2BIG : 0;
}

static void check_error(struct ksteer_nl *nl, int err)
{
	const struct ksteer_error *error = ksteer_nl_error(nl);

	must(memchr(error->text, 0, sizeof(error->text)));
	if (err == -1)
		must(*error->text && error->code > 0);
}

/* A request with all that name_guilty() looks for */
static void check_flows(struct ksteer_nl *nl)
{
	struct ksteer_flow flow[3] = { { .proto = 6 } };
	struct ksteer_flows flows = { .flow = { flow, 3 } }, answer;
	int i;

	for (i = 0; i < 3; i++) {
		flow[i].src.len = 4;
		ksteer_mark(&flow[i], KSTEER_A_FLOW_SRC);
		ksteer_mark(&flow[i], KSTEER_A_FLOW_SPORT);
	}
	ksteer_mark(&flows, KSTEER_A_FLOWS_FLOW);
	check_error(nl, ksteer_query(nl, KSTEER_CMD_FLOW_NEW,
				     &ksteer_flows_object, &flows, &answer));
	ksteer_object_free(&ksteer_flows_object, &answer);
}

static void check_dumps(struct ksteer_nl *nl, unsigned int which)
{
	struct ksteer_flow all = { .has = 0 };
	struct ksteer_list list = { 0 };
	size_t count = 0;
	int err;

	if (which & 1) {
		err = ksteer_collect(nl, KSTEER_CMD_TM_GET, &ksteer_tm_object,
				     &list);
		ksteer_list_free(&list, &ksteer_tm_object);
	} else {
		err = ksteer_dump_flows(nl, &all, count_model, &count);
	}
	check_error(nl, err);
}

static void check_events(struct ksteer_nl *nl)
{
	size_t count = 0;
	int err, patience = 100;

	must(!ksteer_nl_subscribe(nl, KSTEER_MCGRP_FLOW));
	do {
		err = ksteer_receive_events(nl, count_model, &count);
	} while (!err && --patience);
	check_error(nl, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	unsigned int which = take_u8(&in);
	struct ksteer_error error;
	struct ksteer_explain explain;
	struct ksteer_nl *nl;

	talk_answers(in);
	nl = ksteer_nl_open(&error);
	must(nl);
	switch (which % 5) {
	case 0:
		check_flows(nl);
		break;
	case 1:
	case 2:
		check_dumps(nl, which);
		break;
	case 3:
		check_events(nl);
		break;
	default:
		check_error(nl, ksteer_query(nl, KSTEER_CMD_EXPLAIN,
					     &ksteer_explain_object, NULL,
					     &explain));
		ksteer_object_free(&ksteer_explain_object, &explain);
	}
	ksteer_nl_close(nl);
	talk_reset();
	return 0;
}

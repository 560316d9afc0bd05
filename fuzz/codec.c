// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes to structures: any bytes are taken or refused; what is taken can
 * be printed, sent, and read again the same.
 */
#include <jansson.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "codec.h"
#include "fuzz.h"
#include "out.h"

static const struct ksteer_object *const objects[] = {
	&ksteer_tm_object,	&ksteer_pool_object,   &ksteer_vs_object,
	&ksteer_flows_object,	&ksteer_config_object, &ksteer_counter_object,
	&ksteer_explain_object, &ksteer_flow_object,
};

union model {
	struct ksteer_tm tm;
	struct ksteer_pool pool;
	struct ksteer_vs vs;
	struct ksteer_flows flows;
	struct ksteer_config config;
	struct ksteer_counter counter;
	struct ksteer_explain explain;
	struct ksteer_flow flow;
};

static char *text_of(const struct ksteer_object *object, const void *model)
{
	json_t *json = ksteer_json(object, model);
	char *text = json_dumps(json, JSON_SORT_KEYS);

	json_decref(json);
	return text;
}

/* Padding makes no more of the bytes than four times as many */
static void check_again(const struct ksteer_object *object, const void *model,
			size_t size)
{
	struct nl_msg *msg = nlmsg_alloc_size(4 * size + 64), *second;
	union model again = { .tm.has = 0 };
	char *one, *two;

	must(msg);
	must(nlmsg_put(msg, 0, 0, 0, 0, 0));
	if (!ksteer_encode(msg, object, model)) {
		must(!ksteer_decode(object, nlmsg_data(nlmsg_hdr(msg)),
				    nlmsg_datalen(nlmsg_hdr(msg)), &again));
		one = text_of(object, model);
		two = text_of(object, &again);
		must(one && two && !strcmp(one, two));
		free(one);
		free(two);
		/* What is read of what was sent is sent the same */
		second = nlmsg_alloc_size(4 * size + 64);
		must(second && nlmsg_put(second, 0, 0, 0, 0, 0));
		must(!ksteer_encode(second, object, &again));
		must(nlmsg_datalen(nlmsg_hdr(msg)) ==
		     nlmsg_datalen(nlmsg_hdr(second)));
		must(!memcmp(nlmsg_data(nlmsg_hdr(msg)),
			     nlmsg_data(nlmsg_hdr(second)),
			     nlmsg_datalen(nlmsg_hdr(msg))));
		nlmsg_free(second);
	}
	nlmsg_free(msg);
	ksteer_object_free(object, &again);
}

/* The name of whatever the kernel might point at */
static void check_path(const struct ksteer_object *object, char *attrs,
		       size_t len, size_t at)
{
	char buf[24];
	size_t index;
	char *path;

	path = ksteer_attr_path(object, (struct nlattr *)attrs, len, attrs + at,
				buf, sizeof(buf), &index);
	must(!path || (path == buf && strlen(buf) < sizeof(buf)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	const struct ksteer_object *object;
	union model model = { .tm.has = 0 };
	size_t at, len;
	char *attrs;

	object = objects[take_u8(&in) % (sizeof(objects) / sizeof(objects[0]))];
	at = take_u16(&in);
	len = in.size;
	attrs = malloc(len ? len : 1);
	must(attrs);
	take(&in, attrs, len);
	check_path(object, attrs, len, at % (len + 1));
	if (!ksteer_decode(object, (struct nlattr *)attrs, len, &model))
		check_again(object, &model, len);
	ksteer_object_free(object, &model);
	free(attrs);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to the kernel module in terms of objects.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "codec.h"
#include "request.h"

/* Times that an interrupted dump is repeated before it is an error */
#define DUMP_TRIES 16

/* Longest structure of any object; answers are decoded into such room */
union any_model {
	struct ksteer_tm tm;
	struct ksteer_pool pool;
	struct ksteer_vs vs;
	struct ksteer_flows flows;
	struct ksteer_config config;
	struct ksteer_counter counter;
	struct ksteer_explain explain;
};

struct answer {
	const struct ksteer_object *object;
	void *model;
};

struct stream {
	const struct ksteer_object *object;
	ksteer_model_fn fn;
	void *arg;
};

/* What the error says about the request, in words of the specification */
static void name_guilty(struct ksteer_error *error,
			const struct ksteer_object *object, struct nl_msg *msg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct genlmsghdr *head = nlmsg_data(hdr);
	const struct ksteer_attr *attr;
	char path[128], range[64] = "";
	size_t used = strlen(error->text), index;

	if (error->range)
		snprintf(range, sizeof(range), ": %llu to %llu", error->min,
			 error->max);
	if (error->offset && ksteer_attr_path(object, genlmsg_attrdata(head, 0),
					      genlmsg_attrlen(head, 0),
					      (char *)hdr + error->offset, path,
					      sizeof(path), &index)) {
		snprintf(error->text + used, sizeof(error->text) - used,
			 " (attribute '%s'%s)", path, range);
		error->index = index;
		return;
	}
	attr = error->missing_nest ? NULL :
				     ksteer_attr_by_id(object, error->missing);
	if (error->missing && attr)
		snprintf(error->text + used, sizeof(error->text) - used,
			 " (attribute '%s' is missing)", attr->name);
}

static int exchange(struct ksteer_nl *nl, int cmd, int flags,
		    const struct ksteer_object *object, const void *model,
		    ksteer_msg_fn fn, void *arg)
{
	struct nl_msg *msg = ksteer_nl_message(nl, cmd, flags);
	int err;

	if (!msg)
		return -1;
	if (model && ksteer_encode(msg, object, model))
		err = ksteer_nl_fail(nl, EMSGSIZE,
				     "the request does not fit a message");
	else
		err = ksteer_nl_transact(nl, msg, fn, arg);
	if (err < 0 && ksteer_nl_error(nl)->refused)
		name_guilty(ksteer_nl_error(nl), object, msg);
	nlmsg_free(msg);
	return err;
}

/**
 * ksteer_request - have something done
 * @nl: connection
 * @cmd: command
 * @object: what @model is
 * @model: request
 *
 * Return: 0, or -1 with ksteer_nl_error() set.
 */
int ksteer_request(struct ksteer_nl *nl, int cmd,
		   const struct ksteer_object *object, const void *model)
{
	return exchange(nl, cmd, 0, object, model, NULL, NULL);
}

static int take_answer(unsigned int cmd, struct nlattr *attrs, int len,
		       void *arg)
{
	struct answer *answer = arg;

	(void)cmd;
	return ksteer_decode(answer->object, attrs, len, answer->model);
}

/**
 * ksteer_query - have something done that has an answer
 * @nl: connection
 * @cmd: command
 * @object: what @model and @answer are
 * @model: request, or NULL
 * @answer: gets the answer; the caller frees what it owns, on failure too.
 *	    Is all zero if the kernel sends none.
 *
 * Return: 0, or -1 with ksteer_nl_error() set.
 */
int ksteer_query(struct ksteer_nl *nl, int cmd,
		 const struct ksteer_object *object, const void *model,
		 void *answer)
{
	struct answer to = { object, answer };

	memset(answer, 0, object->size);
	return exchange(nl, cmd, 0, object, model, take_answer, &to);
}

static int take_one(unsigned int cmd, struct nlattr *attrs, int len, void *arg)
{
	struct stream *stream = arg;
	union any_model model;
	int err;

	(void)cmd;
	memset(&model, 0, sizeof(model));
	err = ksteer_decode(stream->object, attrs, len, &model);
	if (!err)
		err = stream->fn(stream->object, &model, stream->arg);
	ksteer_object_free(stream->object, &model);
	return err;
}

/**
 * ksteer_dump - take all objects as they come
 * @nl: connection
 * @cmd: command
 * @object: what @model and the answers are
 * @model: filter, or NULL
 * @fn: takes each one
 * @arg: for @fn
 *
 * Return: 0, -1 with ksteer_nl_error() set, or KSTEER_NL_INTERRUPTED if all
 * came but something changed meanwhile.
 */
int ksteer_dump(struct ksteer_nl *nl, int cmd,
		const struct ksteer_object *object, const void *model,
		ksteer_model_fn fn, void *arg)
{
	struct stream stream = { object, fn, arg };

	return exchange(nl, cmd, NLM_F_DUMP, object, model, take_one, &stream);
}

/* Takes the contents over: the original is left empty, not freed */
static int keep(const struct ksteer_object *object, void *model, void *arg)
{
	void *item = ksteer_list_add(arg, object->size);

	if (!item)
		return -ENOMEM;
	memcpy(item, model, object->size);
	memset(model, 0, object->size);
	return 0;
}

/**
 * ksteer_collect - get all objects of one moment
 * @nl: connection
 * @cmd: command
 * @object: what the answers are
 * @list: empty list; to be freed by ksteer_list_free(), on failure too
 *
 * Return: 0, or -1 with ksteer_nl_error() set.
 */
int ksteer_collect(struct ksteer_nl *nl, int cmd,
		   const struct ksteer_object *object, struct ksteer_list *list)
{
	int tries, err;

	for (tries = 0; tries < DUMP_TRIES; tries++) {
		ksteer_list_free(list, object);
		err = ksteer_dump(nl, cmd, object, NULL, keep, list);
		if (err <= 0)
			return err;
	}
	return ksteer_nl_fail(nl, EAGAIN,
			      "the configuration does not stand still");
}

static int unpack_flows(const struct ksteer_object *object, void *model,
			void *arg)
{
	struct ksteer_flows *flows = model;
	struct stream *stream = arg;
	struct ksteer_flow *flow = NULL;
	int err = 0;

	(void)object;
	while ((flow = ksteer_next(&flows->flow, flow))) {
		err = stream->fn(&ksteer_flow_object, flow, stream->arg);
		if (err)
			break;
	}
	return err;
}

/**
 * ksteer_dump_flows - take flows as they come
 * @nl: connection
 * @filter: what they must agree with; empty for all
 * @fn: takes each one
 * @arg: for @fn
 *
 * Return: as ksteer_dump().
 */
int ksteer_dump_flows(struct ksteer_nl *nl, const struct ksteer_flow *filter,
		      ksteer_model_fn fn, void *arg)
{
	struct stream stream = { &ksteer_flow_object, fn, arg };
	struct ksteer_flows request = { 0 };

	request.filter = *filter;
	if (filter->has)
		ksteer_mark(&request, KSTEER_A_FLOWS_FILTER);
	return ksteer_dump(nl, KSTEER_CMD_FLOW_GET, &ksteer_flows_object,
			   &request, unpack_flows, &stream);
}

/**
 * ksteer_event_object - what an event is about
 * @cmd: command of its message
 *
 * Return: the object of the message's attributes, or NULL.
 */
const struct ksteer_object *ksteer_event_object(unsigned int cmd)
{
	switch (cmd) {
	case KSTEER_CMD_TM_NTF:
		return &ksteer_tm_object;
	case KSTEER_CMD_POOL_NTF:
		return &ksteer_pool_object;
	case KSTEER_CMD_VS_NTF:
		return &ksteer_vs_object;
	case KSTEER_CMD_FLOW_NTF:
		return &ksteer_flows_object;
	case KSTEER_CMD_CONFIG_NTF:
		return &ksteer_config_object;
	default:
		return NULL;
	}
}

static int take_event(unsigned int cmd, struct nlattr *attrs, int len,
		      void *arg)
{
	struct stream stream = *(struct stream *)arg;
	struct stream flows = { &ksteer_flow_object, stream.fn, stream.arg };

	stream.object = ksteer_event_object(cmd);
	if (!stream.object)
		return 0;
	if (stream.object == &ksteer_flows_object) {
		stream.fn = unpack_flows;
		stream.arg = &flows;
	}
	return take_one(cmd, attrs, len, &stream);
}

/**
 * ksteer_receive_events - wait for events and take them
 * @nl: connection that ksteer_nl_subscribe() was used on
 * @fn: takes the object of each event; flows come one at a time
 * @arg: for @fn
 *
 * Return: as ksteer_nl_receive().
 */
int ksteer_receive_events(struct ksteer_nl *nl, ksteer_model_fn fn, void *arg)
{
	struct stream stream = { NULL, fn, arg };

	return ksteer_nl_receive(nl, take_event, &stream);
}

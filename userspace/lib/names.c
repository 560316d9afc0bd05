// SPDX-License-Identifier: GPL-2.0-only
/*
 * Values of the family by name.
 */
#include <stdio.h>
#include <string.h>

#include <linux/ksteer.h>

#include "names.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define NAMES(id, text)                                   \
	const struct ksteer_names ksteer_##id##_names = { \
		.what = (text),                           \
		.names = id##_strings,                    \
		.count = ARRAY_SIZE(id##_strings),        \
	}

static const char *const tm_state_strings[] = {
	"up",
	"drain",
	"down",
};

NAMES(tm_state, "state");

static const char *const on_down_strings[] = {
	"reselect",
	"forget",
};

NAMES(on_down, "on-down policy");

static const char *const tm_oper_strings[] = {
	"no-route",
	"neigh-failed",
	"dev-down",
	"no-device",
};

NAMES(tm_oper, "operational state");

static const char *const on_fail_strings[] = {
	"datagrams",
	"keep",
	"reselect",
	"forget",
};

NAMES(on_fail, "on-fail policy");

static const char *const on_drain_strings[] = {
	"keep",
	"datagrams",
};

NAMES(on_drain, "on-drain policy");

static const char *const tm_source_strings[] = {
	"station",
	"device",
};

NAMES(tm_source, "source");

static const char *const sched_strings[] = {
	"rr",	    "wrr",    "lc",	 "hash-src", "hash-dst",
	"hash-set", "maglev", "ordered", "gport",
};

NAMES(sched, "scheduler");

static const char *const field_strings[] = {
	"src", "dst", "sport", "dport", "vlan", "proto",
};

NAMES(field, "field");

static const char *const forward_strings[] = {
	"nexthop",
	"route",
};

NAMES(forward, "forward mode");

static const char *const midstream_strings[] = {
	"hash",
	"pass",
};

NAMES(midstream, "midstream policy");

static const char *const reject_strings[] = {
	"reset",
	"icmp",
	"drop",
};

NAMES(reject, "reject policy");

static const char *const unserved_strings[] = {
	"reject",
	"route",
};

NAMES(unserved, "policy for what is not served");

static const char *const store_strings[] = {
	"selected",
	"none",
};

NAMES(store, "store policy");

static const char *const vs_flags_strings[] = {
	"noarp", "direct", "symmetric", "any-vlan", "local",
};

NAMES(vs_flags, "flag");

static const char *const flow_state_strings[] = {
	"open", "established", "closing", "closed", "template",
};

NAMES(flow_state, "flow state");

static const char *const flow_origin_strings[] = {
	"selected",
	"pushed",
};

NAMES(flow_origin, "origin");

static const char *const tcp_flags_strings[] = {
	"syn",		"seen",	       "reply-seen",	  "fin",
	"reply-fin",	"fin-acked",   "reply-fin-acked", "window",
	"reply-window", "established", "vouched",	  "reset",
	"reply-reset",
};

NAMES(tcp_flags, "TCP flag");

static const char *const event_strings[] = {
	"new", "change", "delete", "established", "move", "lost",
};

NAMES(event, "event");

static const char *const event_mask_strings[] = {
	"new",
	"established",
	"move",
	"delete",
};

NAMES(event_mask, "event");

static const char *const verdict_strings[] = {
	"pass",
	"steer",
	"route",
	"drop",
};

NAMES(verdict, "verdict");

static const char *const decided_by_strings[] = {
	"nothing", "store", "template", "scheduler", "midstream",
};

NAMES(decided_by, "reason");

static const char *const kind_names_strings[] = {
	"proto",
	"vlan",
	"device",
};

NAMES(kind_names, "name");

static const char *const kind_result_strings[] = {
	"missed",
	"lost",
	"won",
};

NAMES(kind_result, "result");

static const char *const switch_strings[] = {
	"off",
	"on",
};

NAMES(switch, "switch");

/**
 * ksteer_name - name of a value
 * @names: table
 * @value: value of the enumeration
 *
 * Return: the name; "unknown" for what the table does not know.
 */
const char *ksteer_name(const struct ksteer_names *names, unsigned int value)
{
	return value < names->count ? names->names[value] : "unknown";
}

static int value_of(const struct ksteer_names *names, const char *word,
		    size_t len, __u32 *value)
{
	unsigned int i;

	for (i = 0; i < names->count; i++) {
		if (strlen(names->names[i]) != len ||
		    strncmp(names->names[i], word, len))
			continue;
		*value = i;
		return 0;
	}
	return -1;
}

/**
 * ksteer_value - value of a name
 * @names: table
 * @name: name in full
 * @value: is set when the name is known
 *
 * Return: 0, or -1 if the table does not know the name.
 */
int ksteer_value(const struct ksteer_names *names, const char *name,
		 __u32 *value)
{
	return value_of(names, name, strlen(name), value);
}

/**
 * ksteer_mask - flags of a list of names
 * @names: table
 * @list: names with commas between, or "none"
 * @mask: is set when all names are known
 *
 * Return: 0, or -1 if the table does not know one of the names.
 */
int ksteer_mask(const struct ksteer_names *names, const char *list, __u32 *mask)
{
	__u32 sum = 0, bit;
	size_t len;

	if (!strcmp(list, "none")) {
		*mask = 0;
		return 0;
	}
	for (;; list += len + 1) {
		len = strcspn(list, ",");
		if (value_of(names, list, len, &bit))
			return -1;
		sum |= 1U << bit;
		if (!list[len])
			break;
	}
	*mask = sum;
	return 0;
}

/**
 * ksteer_mask_names - list of the names of flags
 * @names: table
 * @mask: flags; unknown ones are printed as one number at the end
 * @buf: gets the names with commas between, or "none"
 * @size: bytes of @buf; 128 are enough for each table
 *
 * Return: @buf.
 */
char *ksteer_mask_names(const struct ksteer_names *names, __u32 mask, char *buf,
			size_t size)
{
	size_t used = 0;
	unsigned int i;

	snprintf(buf, size, "none");
	for (i = 0; i < names->count && used < size; i++) {
		if (!(mask & 1U << i))
			continue;
		used += snprintf(buf + used, size - used, "%s%s",
				 used ? "," : "", names->names[i]);
		mask &= ~(1U << i);
	}
	if (mask && used < size)
		snprintf(buf + used, size - used, "%s0x%x", used ? "," : "",
			 mask);
	return buf;
}

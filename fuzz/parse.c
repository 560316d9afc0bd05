// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words to values: numbers, names, addresses, prefixes, ports, durations,
 * protocols.  What is taken is in its range and, written and read again, the
 * same; what is refused leaves the result alone.
 */
#include "fuzz.h"
#include "names.h"
#include "parse.h"

static void check_number(const char *word, struct input *in)
{
	__u64 min = take_u64(in), max = take_u64(in), value = 77;

	if (ksteer_parse_number(word, min, max, &value)) {
		must(value == 77);
		return;
	}
	must(value >= min && value <= max);
	must(word[0] >= '0' && word[0] <= '9');
}

static void check_name(const char *word)
{
	char name[KSTEER_NAME_SIZE] = "kept";
	size_t i;

	if (ksteer_parse_name(word, name)) {
		must(!strcmp(name, "kept"));
		return;
	}
	must(!strcmp(name, word) && *name);
	for (i = 0; name[i]; i++)
		must(name[i] > ' ' && name[i] < 0x7f);
}

static void check_ip(const char *word)
{
	struct ksteer_ip ip = { .len = 99 }, again = { 0 };
	char buf[KSTEER_IP_STRLEN];

	if (ksteer_parse_ip(word, &ip)) {
		must(ip.len == 99);
		return;
	}
	must(ip.len == 4 || ip.len == 16);
	must(ksteer_format_ip(&ip, buf) == buf);
	must(!ksteer_parse_ip(buf, &again));
	must(!memcmp(&ip, &again, sizeof(ip)));
}

static void check_prefix(const char *word)
{
	struct ksteer_ip ip = { .len = 99 }, again = { 0 };
	char buf[KSTEER_IP_STRLEN], text[KSTEER_IP_STRLEN + 8];
	__u8 len = 200, len_again;
	unsigned int bit;

	if (ksteer_parse_prefix(word, &ip, &len)) {
		must(ip.len == 99 && len == 200);
		return;
	}
	must(len <= 8 * ip.len);
	for (bit = len; bit < 8U * ip.len; bit++)
		must(!(ip.bytes[bit / 8] >> (7 - bit % 8) & 1));
	snprintf(text, sizeof(text), "%s/%u", ksteer_format_ip(&ip, buf), len);
	must(!ksteer_parse_prefix(text, &again, &len_again));
	must(!memcmp(&ip, &again, sizeof(ip)) && len == len_again);
}

static void check_ports(const char *word)
{
	__u16 min = 1234, max = 4321, min_again, max_again;
	char text[16];

	if (ksteer_parse_ports(word, &min, &max)) {
		must(min == 1234 && max == 4321);
		return;
	}
	must(min && min <= max);
	snprintf(text, sizeof(text), "%u-%u", min, max);
	must(!ksteer_parse_ports(text, &min_again, &max_again));
	must(min == min_again && max == max_again);
}

static void check_time(const char *word)
{
	char buf[KSTEER_TIME_STRLEN];
	__u64 ms = 4711, again;

	if (ksteer_parse_time(word, &ms)) {
		must(ms == 4711);
		return;
	}
	must(ksteer_format_time(ms, buf) == buf);
	must(!ksteer_parse_time(buf, &again) && ms == again);
}

static void check_proto(const char *word)
{
	char buf[KSTEER_PROTO_STRLEN];
	__u8 proto = 0, again;

	if (ksteer_parse_proto(word, &proto)) {
		must(!proto);
		return;
	}
	must(proto);
	must(!ksteer_parse_proto(ksteer_format_proto(proto, buf), &again));
	must(proto == again);
}

/* Every duration can be written and read, not just those that words say */
static void check_format(struct input *in)
{
	char buf[KSTEER_TIME_STRLEN];
	__u64 ms = take_u64(in) >> take_u8(in) % 64, again;

	must(!ksteer_parse_time(ksteer_format_time(ms, buf), &again));
	must(ms == again);
}

static void check_names(const char *word)
{
	static const struct ksteer_names *const all[] = {
		&ksteer_tm_state_names,	  &ksteer_sched_names,
		&ksteer_field_names,	  &ksteer_vs_flags_names,
		&ksteer_flow_state_names, &ksteer_event_mask_names,
	};
	__u32 value, again;
	char buf[128];
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (!ksteer_value(all[i], word, &value))
			must(value < all[i]->count);
		if (ksteer_mask(all[i], word, &value))
			continue;
		must(value < 1U << all[i]->count);
		ksteer_mask_names(all[i], value, buf, sizeof(buf));
		must(!value ||
		     (!ksteer_mask(all[i], buf, &again) && value == again));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct input numbers;
	char *word = take_string(&in);

	numbers = (struct input){ data, size };
	check_number(word, &numbers);
	check_format(&numbers);
	check_name(word);
	check_ip(word);
	check_prefix(word);
	check_ports(word);
	check_time(word);
	check_proto(word);
	check_names(word);
	free(word);
	return 0;
}

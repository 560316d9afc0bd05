// SPDX-License-Identifier: GPL-2.0-only
/* Text to values and back. */
#include <string.h>

#include "parse.h"
#include "unit.h"
#include "unit_cmocka.h"

static void numbers(void **state)
{
	static const char *const bad[] = {
		"",   "-1", "+1",  " 1", "1 ",
		"0x", "1a", "256", "4",	 "99999999999999999999"
	};
	__u64 n = 77;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(ksteer_parse_number(bad[i], 5, 255, &n), -1);
	assert_int_equal(n, 77);
	assert_int_equal(ksteer_parse_number("5", 5, 255, &n), 0);
	assert_int_equal(n, 5);
	assert_int_equal(ksteer_parse_number("0xff", 5, 255, &n), 0);
	assert_int_equal(n, 255);
	assert_int_equal(ksteer_parse_number("010", 5, 255, &n), 0);
	assert_int_equal(n, 10);
	assert_int_equal(
		ksteer_parse_number("0xffffffffffffffff", 0, ~0ULL, &n), 0);
	assert_true(n == ~0ULL);
}

static void names(void **state)
{
	char name[KSTEER_NAME_SIZE] = "kept";

	(void)state;
	assert_int_equal(ksteer_parse_name("", name), -1);
	assert_int_equal(ksteer_parse_name("a b", name), -1);
	assert_int_equal(ksteer_parse_name("a\tb", name), -1);
	assert_int_equal(ksteer_parse_name("0123456789012345678901234567890x",
					   name),
			 -1);
	assert_string_equal(name, "kept");
	assert_int_equal(
		ksteer_parse_name("0123456789012345678901234567890", name), 0);
	assert_int_equal(strlen(name), KSTEER_NAME_MAX);
}

static void addresses(void **state)
{
	static const char *const bad[] = { "",	     "1.2.3",	 "1.2.3.256",
					   "g::1",   "1.2.3.4x", "::1%lo",
					   "1::2::3" };
	char buf[KSTEER_IP_STRLEN];
	struct ksteer_ip ip = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(ksteer_parse_ip(bad[i], &ip), -1);
	assert_string_equal(ksteer_format_ip(&ip, buf), "any");
	assert_int_equal(ksteer_parse_ip("10.1.2.3", &ip), 0);
	assert_int_equal(ip.len, 4);
	assert_memory_equal(ip.bytes, "\x0a\x01\x02\x03", 4);
	assert_string_equal(ksteer_format_ip(&ip, buf), "10.1.2.3");
	assert_int_equal(ksteer_parse_ip("FD00:0::1", &ip), 0);
	assert_int_equal(ip.len, 16);
	assert_string_equal(ksteer_format_ip(&ip, buf), "fd00::1");
}

static void prefixes(void **state)
{
	static const char *const bad[] = { "10.0.0.0/",	  "10.0.0.0/33",
					   "10.0.0.0/-1", "10.0.0.1/24",
					   "fd00::/129",  "fd00::1/127",
					   "/8",	  "10.0.0.0/8/8" };
	static const struct {
		const char *word;
		int len;
	} good[] = { { "10.0.0.0/8", 8 },    { "10.0.0.1", 32 },
		     { "10.0.0.1/32", 32 },  { "0.0.0.0/0", 0 },
		     { "10.128.0.0/9", 9 },  { "::/0", 0 },
		     { "fd00::2/127", 127 }, { "fd00::1", 128 } };
	struct ksteer_ip ip;
	__u8 len;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(ksteer_parse_prefix(bad[i], &ip, &len), -1);
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(ksteer_parse_prefix(good[i].word, &ip, &len),
				 0);
		assert_int_equal(len, good[i].len);
	}
}

static void ports(void **state)
{
	static const char *const bad[] = { "",	  "0",	   "65536",    "80-",
					   "-80", "90-80", "80-65536", "0-80",
					   "a",	  "80,90" };
	__u16 min = 1, max = 2;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(ksteer_parse_ports(bad[i], &min, &max), -1);
	assert_int_equal(min, 1);
	assert_int_equal(ksteer_parse_ports("80", &min, &max), 0);
	assert_int_equal(min, 80);
	assert_int_equal(max, 80);
	assert_int_equal(ksteer_parse_ports("1-65535", &min, &max), 0);
	assert_int_equal(min, 1);
	assert_int_equal(max, 65535);
}

static void times(void **state)
{
	static const char *const bad[] = { "",
					   "s",
					   "5x",
					   "5sm",
					   "-5",
					   "1.5s",
					   "5 s",
					   "99999999999999999999",
					   "18446744073709551615d" };
	static const struct {
		const char *word;
		__u64 ms;
		const char *text;
	} good[] = { { "0", 0, "0" },
		     { "5", 5000, "5s" },
		     { "90s", 90000, "90s" },
		     { "120", 120000, "2m" },
		     { "1500ms", 1500, "1500ms" },
		     { "36h", 129600000, "36h" },
		     { "2d", 172800000, "2d" } };
	char buf[KSTEER_TIME_STRLEN];
	__u64 ms, again;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(ksteer_parse_time(bad[i], &ms), -1);
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(ksteer_parse_time(good[i].word, &ms), 0);
		assert_true(ms == good[i].ms);
		assert_string_equal(ksteer_format_time(ms, buf), good[i].text);
		assert_int_equal(ksteer_parse_time(buf, &again), 0);
		assert_true(again == ms);
	}
}

static void protocols(void **state)
{
	char buf[KSTEER_PROTO_STRLEN];
	unsigned int n;
	__u8 proto;

	(void)state;
	assert_int_equal(ksteer_parse_proto("tcp", &proto), 0);
	assert_int_equal(proto, 6);
	assert_int_equal(ksteer_parse_proto("0", &proto), -1);
	assert_int_equal(ksteer_parse_proto("256", &proto), -1);
	assert_int_equal(ksteer_parse_proto("tcpx", &proto), -1);
	for (n = 1; n < 256; n++) {
		ksteer_format_proto(n, buf);
		assert_int_equal(ksteer_parse_proto(buf, &proto), 0);
		assert_int_equal(proto, n);
	}
}

static void words(void **state)
{
	char line[] = "  one \"two three\"x \t \"a\\\"b\" # rest";
	char empty[] = " \t\n", open[] = "a \"b", many[] = "a b c d";
	char hash[] = "a#b #c", nothing[] = "\"\"";
	char *word[4];

	(void)state;
	assert_int_equal(ksteer_parse_words(line, word, 4), 3);
	assert_string_equal(word[0], "one");
	assert_string_equal(word[1], "two threex");
	assert_string_equal(word[2], "a\"b");
	assert_null(word[3]);
	assert_int_equal(ksteer_parse_words(empty, word, 4), 0);
	assert_int_equal(ksteer_parse_words(open, word, 4), -1);
	assert_int_equal(ksteer_parse_words(many, word, 4), -1);
	assert_int_equal(ksteer_parse_words(hash, word, 4), 1);
	assert_string_equal(word[0], "a#b");
	assert_int_equal(ksteer_parse_words(nothing, word, 4), 1);
	assert_string_equal(word[0], "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),   cmocka_unit_test(names),
		cmocka_unit_test(addresses), cmocka_unit_test(prefixes),
		cmocka_unit_test(ports),     cmocka_unit_test(times),
		cmocka_unit_test(protocols), cmocka_unit_test(words),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the suites use of KUnit, for kernels that have none, as those of most
 * distributions: so they run on the kernels that the module is made for.  Included
 * before all else, in the place of <kunit/test.h>.
 */
#ifndef _KSTEER_KUNIT_STOCK_H
#define _KSTEER_KUNIT_STOCK_H

#define _KUNIT_TEST_H

#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#define KUNIT_PARAM_DESC_SIZE 128

/**
 * struct kunit - one run of a case
 * @priv: the suite's
 * @param_value: row of the table of cases that it is run for, or NULL
 * @name: of the case
 * @failed: an expectation was not met
 * @skipped: the case has said that it cannot be run
 * @actions: what is to be done at its end, the last first
 */
struct kunit {
	void *priv;
	const void *param_value;
	const char *name;
	bool failed;
	bool skipped;
	struct list_head actions;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *prev, char *desc);
};

struct kunit_suite {
	const char *name;
	int (*suite_init)(struct kunit_suite *suite);
	void (*suite_exit)(struct kunit_suite *suite);
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
};

typedef void(kunit_action_t)(void *arg);

#define KUNIT_CASE(run)                       \
	{                                     \
		.run_case = run, .name = #run \
	}
#define KUNIT_CASE_SLOW(run) KUNIT_CASE(run)
#define KUNIT_CASE_PARAM(run, gen)                                    \
	{                                                             \
		.run_case = run, .name = #run, .generate_params = gen \
	}

const void *stock_next_row(const void *prev, char *desc, const void *table,
			   size_t size, size_t rows, size_t name_at);

/* The name is a pointer */
#define KUNIT_ARRAY_PARAM_DESC(table, array, member)                         \
	static const void *table##_gen_params(const void *prev, char *desc)  \
	{                                                                    \
		return stock_next_row(prev, desc, array, sizeof((array)[0]), \
				      ARRAY_SIZE(array),                     \
				      offsetof(typeof((array)[0]), member)); \
	}

/* kunit.sh makes a list of them for stock.c */
#define kunit_test_suite(suite) struct kunit_suite *stock_##suite = &(suite)

int ksteer_stock_run(void);
__printf(5, 6) void stock_failed(struct kunit *test, const char *file, int line,
				 bool fatal, const char *fmt, ...);
void stock_skip(struct kunit *test, const char *why);
int kunit_add_action(struct kunit *test, kunit_action_t *action, void *arg);
void *stock_alloc(struct kunit *test, size_t n, size_t size, gfp_t gfp);

#define kunit_add_action_or_reset(test, action, arg) \
	kunit_add_action(test, action, arg)
#define kunit_kzalloc(test, size, gfp) stock_alloc(test, 1, size, gfp)
#define kunit_kcalloc(test, n, size, gfp) stock_alloc(test, n, size, gfp)
#define kunit_kmalloc_array(test, n, size, gfp) stock_alloc(test, n, size, gfp)
#define kunit_skip(test, why) stock_skip(test, why)
#define kunit_info(test, fmt, ...) \
	pr_info("    # %s: " fmt, (test)->name, ##__VA_ARGS__)

#define STOCK_FAILED(test, fatal, fmt, ...) \
	stock_failed(test, __FILE__, __LINE__, fatal, fmt, ##__VA_ARGS__)

#define STOCK_BINARY(test, fatal, left, op, right)                             \
	do {                                                                   \
		typeof(left) __left = (left);                                  \
		typeof(right) __right = (right);                               \
		if (unlikely(!(__left op __right)))                            \
			STOCK_FAILED(test, fatal,                              \
				     "%s " #op " %s, but they are %lld, %lld", \
				     #left, #right, (long long)__left,         \
				     (long long)__right);                      \
	} while (0)

#define STOCK_BINARY_MSG(test, left, op, right, fmt, ...)                \
	do {                                                             \
		if (unlikely(!((left)op(right))))                        \
			STOCK_FAILED(test, false, "%s " #op " %s: " fmt, \
				     #left, #right, ##__VA_ARGS__);      \
	} while (0)

#define STOCK_POINTER(test, fatal, left, op, right)                        \
	do {                                                               \
		const void *__left = (left);                               \
		const void *__right = (right);                             \
		if (unlikely(!(__left op __right)))                        \
			STOCK_FAILED(test, fatal,                          \
				     "%s " #op " %s, but they are %p, %p", \
				     #left, #right, __left, __right);      \
	} while (0)

#define KUNIT_FAIL(test, fmt, ...) STOCK_FAILED(test, false, fmt, ##__VA_ARGS__)

#define KUNIT_EXPECT_EQ(t, l, r) STOCK_BINARY(t, false, l, ==, r)
#define KUNIT_EXPECT_NE(t, l, r) STOCK_BINARY(t, false, l, !=, r)
#define KUNIT_EXPECT_GE(t, l, r) STOCK_BINARY(t, false, l, >=, r)
#define KUNIT_EXPECT_GT(t, l, r) STOCK_BINARY(t, false, l, >, r)
#define KUNIT_EXPECT_LE(t, l, r) STOCK_BINARY(t, false, l, <=, r)
#define KUNIT_EXPECT_LT(t, l, r) STOCK_BINARY(t, false, l, <, r)
#define KUNIT_EXPECT_TRUE(t, c) STOCK_BINARY(t, false, !!(c), ==, true)
#define KUNIT_EXPECT_FALSE(t, c) STOCK_BINARY(t, false, !!(c), ==, false)
#define KUNIT_EXPECT_PTR_EQ(t, l, r) STOCK_POINTER(t, false, l, ==, r)
#define KUNIT_EXPECT_PTR_NE(t, l, r) STOCK_POINTER(t, false, l, !=, r)
#define KUNIT_EXPECT_NULL(t, p) STOCK_POINTER(t, false, p, ==, NULL)
#define KUNIT_EXPECT_NOT_NULL(t, p) STOCK_POINTER(t, false, p, !=, NULL)
#define KUNIT_EXPECT_MEMEQ(t, l, r, n) \
	STOCK_BINARY(t, false, memcmp(l, r, n), ==, 0)
#define KUNIT_EXPECT_MEMNEQ(t, l, r, n) \
	STOCK_BINARY(t, false, memcmp(l, r, n), !=, 0)
#define KUNIT_EXPECT_EQ_MSG(t, l, r, fmt, ...) \
	STOCK_BINARY_MSG(t, l, ==, r, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_TRUE_MSG(t, c, fmt, ...) \
	STOCK_BINARY_MSG(t, !!(c), ==, true, fmt, ##__VA_ARGS__)

#define KUNIT_ASSERT_EQ(t, l, r) STOCK_BINARY(t, true, l, ==, r)
#define KUNIT_ASSERT_NE(t, l, r) STOCK_BINARY(t, true, l, !=, r)
#define KUNIT_ASSERT_GE(t, l, r) STOCK_BINARY(t, true, l, >=, r)
#define KUNIT_ASSERT_LE(t, l, r) STOCK_BINARY(t, true, l, <=, r)
#define KUNIT_ASSERT_LT(t, l, r) STOCK_BINARY(t, true, l, <, r)
#define KUNIT_ASSERT_TRUE(t, c) STOCK_BINARY(t, true, !!(c), ==, true)
#define KUNIT_ASSERT_FALSE(t, c) STOCK_BINARY(t, true, !!(c), ==, false)
#define KUNIT_ASSERT_PTR_EQ(t, l, r) STOCK_POINTER(t, true, l, ==, r)
#define KUNIT_ASSERT_PTR_NE(t, l, r) STOCK_POINTER(t, true, l, !=, r)
#define KUNIT_ASSERT_NOT_NULL(t, p) STOCK_POINTER(t, true, p, !=, NULL)

#endif /* _KSTEER_KUNIT_STOCK_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the suites on a kernel without KUnit, as KUnit would: each case in a thread
 * of its own, which an assertion ends.  Results go to the kernel's log, in the form
 * that KUnit leaves in debugfs, behind "ksteer_kunit: ".
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/kthread.h>

#include "stock.h"

/* All of them, as stock_suites[] */
#include "stock_suites.h"

/* Only this one, or all */
static char *suite;
module_param(suite, charp, 0444);
MODULE_PARM_DESC(suite, "name of the suite that is run, instead of all");

/**
 * struct stock_action - what is done at the end of a case
 * @list: link in kunit.actions
 * @action: this
 * @arg: with this
 */
struct stock_action {
	struct list_head list;
	kunit_action_t *action;
	void *arg;
};

/**
 * struct stock_run - a case that is run
 * @test: what it sees
 * @of: its suite
 * @which: the case
 * @begun: its init has passed
 * @done: its thread has ended
 */
struct stock_run {
	struct kunit test;
	const struct kunit_suite *of;
	const struct kunit_case *which;
	bool begun;
	struct completion done;
};

static struct stock_run *stock_running;

/* An assertion that fails comes here, too: nothing after it is run */
static void __noreturn stock_end(void)
{
	kthread_complete_and_exit(&stock_running->done, 0);
}

/**
 * stock_failed - an expectation was not met
 * @test: the case
 * @file: where it stands
 * @line: where in it
 * @fatal: it was an assertion: the case ends, unless another thread has met it
 * @fmt: what was expected
 *
 * Context: any, but process if @fatal.
 */
void stock_failed(struct kunit *test, const char *file, int line, bool fatal,
		  const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	vaf.va = &args;
	pr_info("    # %s: EXPECTATION FAILED at %s:%d: Expected %pV\n",
		test->name, kbasename(file), line, &vaf);
	va_end(args);
	WRITE_ONCE(test->failed, true);
	if (fatal)
		stock_end();
}

/**
 * stock_skip - a case cannot be run here
 * @test: the case
 * @why: what is missing
 */
void stock_skip(struct kunit *test, const char *why)
{
	pr_info("    # %s: skipped: %s\n", test->name, why);
	test->skipped = true;
	stock_end();
}

/**
 * kunit_add_action - have something done at the end of a case
 * @test: the case
 * @action: what
 * @arg: its argument
 *
 * Return: 0, or -ENOMEM after it was done.
 */
int kunit_add_action(struct kunit *test, kunit_action_t *action, void *arg)
{
	struct stock_action *new = kmalloc(sizeof(*new), GFP_KERNEL);

	if (!new) {
		action(arg);
		return -ENOMEM;
	}
	new->action = action;
	new->arg = arg;
	list_add(&new->list, &test->actions);
	return 0;
}

static void stock_free(void *memory)
{
	kfree(memory);
}

/**
 * stock_alloc - memory, cleared, until the end of a case
 * @test: the case
 * @n: so many
 * @size: of this size
 * @gfp: how
 *
 * Return: the memory or NULL.
 */
void *stock_alloc(struct kunit *test, size_t n, size_t size, gfp_t gfp)
{
	void *memory = kcalloc(n, size, gfp);

	if (memory && kunit_add_action(test, stock_free, memory))
		return NULL;
	return memory;
}

/**
 * stock_next_row - go through a table of cases
 * @prev: the row before, or NULL
 * @desc: its name goes there
 * @table: the table
 * @size: of a row
 * @rows: how many there are
 * @name_at: where in a row the name is, a pointer
 *
 * Return: the row, NULL behind the last.
 */
const void *stock_next_row(const void *prev, char *desc, const void *table,
			   size_t size, size_t rows, size_t name_at)
{
	const void *next = prev ? prev + size : table;

	if (next == table + rows * size)
		return NULL;
	strscpy(desc, *(const char *const *)(next + name_at),
		KUNIT_PARAM_DESC_SIZE);
	return next;
}

static int stock_thread(void *arg)
{
	struct stock_run *run = arg;
	int err = run->of->init ? run->of->init(&run->test) : 0;

	if (err)
		stock_failed(&run->test, __FILE__, __LINE__, true,
			     "init to pass: %d", err);
	run->begun = true;
	run->which->run_case(&run->test);
	stock_end();
}

static void stock_clean_up(struct stock_run *run)
{
	struct stock_action *action, *next;

	if (run->begun && run->of->exit)
		run->of->exit(&run->test);
	list_for_each_entry_safe(action, next, &run->test.actions, list) {
		list_del(&action->list);
		action->action(action->arg);
		kfree(action);
	}
}

/* A case may take longer than a task may sleep without being called hung */
static void stock_wait(struct completion *done)
{
	while (!wait_for_completion_timeout(done, 30 * HZ))
		;
}

/* Return: whether it has passed */
static bool stock_case(const struct kunit_suite *of,
		       const struct kunit_case *which, const void *param,
		       const char *indent, int number, const char *name)
{
	struct stock_run run = {
		.of = of,
		.which = which,
		.test.param_value = param,
		.test.name = which->name,
	};
	struct task_struct *task;

	INIT_LIST_HEAD(&run.test.actions);
	init_completion(&run.done);
	stock_running = &run;
	task = kthread_run(stock_thread, &run, "kunit_case");
	if (IS_ERR(task)) {
		pr_info("%snot ok %d %s\n", indent, number, name);
		return false;
	}
	stock_wait(&run.done);
	stock_clean_up(&run);
	pr_info("%s%sok %d %s%s\n", indent, run.test.failed ? "not " : "",
		number, name, run.test.skipped ? " # SKIP" : "");
	return !run.test.failed;
}

/* A row of a table of cases is a result each */
static bool stock_rows(const struct kunit_suite *of,
		       const struct kunit_case *which, int number)
{
	char desc[KUNIT_PARAM_DESC_SIZE];
	const void *param = NULL;
	bool good = true;
	int row = 0;

	while ((param = which->generate_params(param, desc)))
		good &= stock_case(of, which, param, "        ", ++row, desc);
	pr_info("    %sok %d %s\n", good ? "" : "not ", number, which->name);
	return good;
}

static void stock_suite(struct kunit_suite *of, int number)
{
	const struct kunit_case *which = of->test_cases;
	bool good = !of->suite_init || !of->suite_init(of);
	int n = 0;

	for (; good && which->run_case; which++)
		good = (which->generate_params ?
				stock_rows(of, which, ++n) :
				stock_case(of, which, NULL, "    ", ++n,
					   which->name)) &&
		       good;
	if (of->suite_exit)
		of->suite_exit(of);
	pr_info("%sok %d %s\n", good ? "" : "not ", number, of->name);
}

/**
 * ksteer_stock_run - run the suites
 *
 * Context: process; it takes minutes.
 * Return: 0.
 */
int ksteer_stock_run(void)
{
	int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(stock_suites); i++)
		if (!suite || !strcmp(suite, (*stock_suites[i])->name))
			stock_suite(*stock_suites[i], ++n);
	return 0;
}

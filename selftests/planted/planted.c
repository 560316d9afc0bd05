// SPDX-License-Identifier: GPL-2.0-only
/*
 * One bug for each detector of a debug kernel. "bug=NAME" says which; it
 * happens while the module loads. Nobody loads this on a machine that counts.
 */

#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>

#include "planted.h"

static char *bug = "";
module_param(bug, charp, 0444);
MODULE_PARM_DESC(bug, "the one to plant");

/* A number that no compiler may know, and a place for what must be computed */
static unsigned int forty = 40;
module_param(forty, uint, 0444);
static unsigned int sink;

static void plant_use_after_free(void)
{
	char *p = kmalloc(64, GFP_KERNEL);

	if (!p)
		return;
	OPTIMIZER_HIDE_VAR(p);
	kfree(p);
	WRITE_ONCE(sink, p[3]);
}

static void plant_out_of_bounds(void)
{
	char *p = kmalloc(33, GFP_KERNEL);

	if (!p)
		return;
	OPTIMIZER_HIDE_VAR(p);
	WRITE_ONCE(sink, p[forty]);
	kfree(p);
}

static void plant_shift(void)
{
	WRITE_ONCE(sink, 1U << forty);
}

/* Several, since a stale register may still point to one of them */
static noinline void plant_leak(void)
{
	void *p;
	int i;

	for (i = 0; i < 16; i++) {
		p = kmalloc(96, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(p);
	}
}

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

static void plant_inversion(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void __rcu *guarded;

static void plant_rcu(void)
{
	WRITE_ONCE(sink, !!rcu_dereference(guarded));
}

static DEFINE_SPINLOCK(lock);

static void plant_atomic(void)
{
	spin_lock(&lock);
	kfree(kmalloc(64, GFP_KERNEL));
	spin_unlock(&lock);
}

static void plant_processor(void)
{
	WRITE_ONCE(sink, smp_processor_id());
}

static void plant_refcount(void)
{
	refcount_t count = REFCOUNT_INIT(0);

	refcount_inc(&count);
}

static void plant_list(void)
{
	LIST_HEAD(list);
	struct list_head entry;

	list_add(&entry, &list);
	list_del(&entry);
	list_del(&entry);
}

static void plant_expire(struct timer_list *unused)
{
}

static void plant_timer(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, plant_expire, 0);
	mod_timer(timer, jiffies + 3600 * HZ);
	kfree(timer);
}

static void plant_warning(void)
{
	WARN_ON(forty == 40);
}

/* Nobody wakes it */
static void plant_hang(void)
{
	schedule_timeout_uninterruptible(MAX_SCHEDULE_TIMEOUT);
}

static const struct {
	const char *name;
	void (*plant)(void);
} bugs[] = {
	{ "use-after-free", plant_use_after_free },
	{ "out-of-bounds", plant_out_of_bounds },
	{ "shift", plant_shift },
	{ "leak", plant_leak },
	{ "inversion", plant_inversion },
	{ "rcu", plant_rcu },
	{ "atomic", plant_atomic },
	{ "processor", plant_processor },
	{ "refcount", plant_refcount },
	{ "list", plant_list },
	{ "timer", plant_timer },
	{ "warning", plant_warning },
	{ "hang", plant_hang },
};

static int __init planted_init(void)
{
	int i;

	if (!strcmp(bug, "race"))
		return ksteer_race_start();
	for (i = 0; i < ARRAY_SIZE(bugs); i++) {
		if (!strcmp(bug, bugs[i].name)) {
			bugs[i].plant();
			return 0;
		}
	}
	return -EINVAL;
}

static void __exit planted_exit(void)
{
	ksteer_race_stop();
}

module_init(planted_init);
module_exit(planted_exit);

MODULE_DESCRIPTION("Bugs on purpose, to prove that they are found");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of ksteer_kunit.ko: what the objects under test need to stand, and
 * no more.  No namespace is served and no request heard: the suites make a
 * struct ksteer_net of their own.  KUnit runs them once this has returned; where
 * there is none, stock.c does it meanwhile.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "store/flow.h"

static int __init ksteer_kunit_init(void)
{
	int err = ksteer_flow_init();

#ifdef _KSTEER_KUNIT_STOCK_H
	if (!err)
		err = ksteer_stock_run();
#endif
	return err;
}

static void __exit ksteer_kunit_exit(void)
{
	ksteer_flow_exit();
	rcu_barrier();
}

module_init(ksteer_kunit_init);
module_exit(ksteer_kunit_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The ksteer developers");
MODULE_DESCRIPTION("KUnit suites of ksteer");

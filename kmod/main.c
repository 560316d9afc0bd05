// SPDX-License-Identifier: GPL-2.0-only
/* The module's life. */
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "control/watch.h"
#include "net.h"
#include "netlink/netlink.h"
#include "store/flow.h"

static int __init ksteer_init(void)
{
	int err;

	err = ksteer_flow_init();
	if (err)
		return err;
	err = ksteer_net_init();
	if (err)
		goto err_flow;
	err = ksteer_watch_start();
	if (err)
		goto err_net;
	err = ksteer_netlink_init();
	if (err)
		goto err_watch;
	return 0;

err_watch:
	ksteer_watch_stop();
err_net:
	ksteer_net_exit();
err_flow:
	ksteer_flow_exit();
	return err;
}

static void __exit ksteer_exit(void)
{
	/* Nobody may ask, then nobody may tell, then no packet may come */
	ksteer_netlink_exit();
	ksteer_watch_stop();
	ksteer_net_exit();
	ksteer_flow_exit();
	/* Callbacks are module text: all must have run before it goes */
	rcu_barrier();
}

module_init(ksteer_init);
module_exit(ksteer_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The ksteer developers");
MODULE_DESCRIPTION("Flow distributor: steers flows to traffic managers");
MODULE_VERSION("0.1.0");
MODULE_ALIAS_GENL_FAMILY("ksteer");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * When packets are seen at all: the hooks of a namespace stand while it has virtual
 * servers.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "control/announce.h"
#include "control/hooks.h"
#include "packet/hook.h"

/*
 * What a device merged as it received (LRO) cannot be parted again, so it must
 * not leave by another: the kernel forbids it where it forwards, and steering
 * asks nobody whether it does.  Whether a carrier comes back is told by how often it
 * has come before.  Devices that come later: watch.c.
 */
static void ksteer_hooks_meet_devices(struct ksteer_net *kn)
{
	struct net_device *dev;

	rtnl_lock();
	for_each_netdev(kn->net, dev) {
		dev_disable_lro(dev);
		ksteer_announce_meet(kn, dev);
	}
	rtnl_unlock();
}

/**
 * ksteer_hooks_register - begin to see packets, with the first virtual server
 * @kn: ksteer of the namespace
 *
 * A namespace without virtual servers pays nothing, not even a hook.
 *
 * Context: process, under kn->config.
 * Return: 0, also if that was done before, or a negative errno.
 */
int ksteer_hooks_register(struct ksteer_net *kn)
{
	int err, i;

	lockdep_assert_held(&kn->config);
	if (kn->hooked)
		return 0;
	kn->ops = kmemdup(ksteer_hooks, sizeof(ksteer_hooks), GFP_KERNEL);
	if (!kn->ops)
		return -ENOMEM;
	for (i = 0; i < KSTEER_HOOKS; i++)
		kn->ops[i].priv = kn;
	err = nf_register_net_hooks(kn->net, kn->ops, KSTEER_HOOKS);
	if (err) {
		kfree(kn->ops);
		return err;
	}
	/* Before the devices are gone through: whoever comes now sees it */
	WRITE_ONCE(kn->hooked, true);
	ksteer_hooks_meet_devices(kn);
	return 0;
}

/**
 * ksteer_hooks_unregister - cease to see packets, with the last virtual server
 * @kn: ksteer of the namespace
 *
 * Context: process, under kn->config.
 */
void ksteer_hooks_unregister(struct ksteer_net *kn)
{
	lockdep_assert_held(&kn->config);
	if (!kn->hooked)
		return;
	nf_unregister_net_hooks(kn->net, kn->ops, KSTEER_HOOKS - 1);
	/*
	 * A packet on its way may still run with the table's priv, and may end
	 * up in a queue with a function of ours to go on with.  To unregister
	 * a hook empties the queues, so ARP's waits until none is on its way.
	 */
	synchronize_net();
	nf_unregister_net_hook(kn->net, &kn->ops[KSTEER_HOOKS - 1]);
	synchronize_net();
	kfree(kn->ops);
	WRITE_ONCE(kn->hooked, false);
}

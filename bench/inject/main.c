// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksteer_inject: hands packets to the receive path and measures each.
 *
 * Every packet is a fresh skb, as from a driver, given to netif_receive_skb()
 * with the processor's clock read right before and after. Where the clock
 * ticks once an instruction (QEMU, -icount shift=0) the figures are
 * instructions.
 *
 * The interface is the file ksteer_inject/run in debugfs. Who opens it, writes
 * one line of words, and reads the answer from the same descriptor:
 *
 *	exec 3<>/sys/kernel/debug/ksteer_inject/run
 *	echo "dev=c0 src=10.1.0.1 dst=10.9.9.9 kind=udp n=1000" >&3
 *	cat <&3
 *
 *	n=1000 min=2634 p50=2634 p90=2636 p99=2640 max=5100 mean=2637.12
 *	drops=0 sum=2637120 wall=4012345				(one line)
 *
 * All but n and drops are ticks of the clock; sum and max of the measured
 * spans, wall of the whole run with the making of the packets. Each descriptor
 * is a run of its own: on several processors several may run at once.
 *
 *	dev=NAME	arrive by this device, in the writer's namespace
 *	src=ADDR	the first client's address, IPv4 or IPv6
 *	dst=ADDR	the server's
 *	kind=KIND	udp, syn, synack, ack, data, fin, rst, icmp, frag (udp)
 *	n=N		packets; with kind=frag pairs of fragments (1)
 *	flows=N		of so many flows in turn (1)
 *	first=N		number of the first flow (0)
 *	random=1	not in turn but in random order, each once a round
 *	seed=N		of that order (1)
 *	ports=N		flow I has the address src + I / N and the port
 *			sport + I % N (50000)
 *	sport=PORT	(10000)
 *	dport=PORT	(80)
 *	payload=N	bytes after the header, udp, data, icmp, frag (18; frag
 *			601 to 1000)
 *	round=N		data has been sent so often on each flow before (0)
 *	reply=1		from server to client; synack always is. dev and lladdr
 *			are for you to say
 *	tcp=1		an ICMP error quotes TCP, not UDP
 *	lladdr=MAC	the sender's (02:00:00:00:00:02)
 *	other=1		addressed to another machine: what the receive path
 *			costs to drop
 *	null=1		handed to nobody: what reading the clock costs
 *
 * A connection is syn, synack, ack, then data: numbers fit. data goes on after
 * what has been sent in this run, and before it by round. An ICMP error goes
 * to the server and quotes a packet of it to the client.
 *
 * Another file, ksteer_inject/object, takes an address, hexadecimal, and lets the
 * kernel say in its log what it belongs to:
 *
 *	ksteer_inject: object ffff9a0004a3c140 slab kmalloc-1k start ...
 *
 * Those who watch the processor find the marks of bench/plugin/marker.h around
 * each measured span and at the end of a run.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "inject.h"

#define INJECT_RESULT 256
#define INJECT_WORDS 1024

static struct dentry *inject_dir;

static int inject_open(struct inode *inode, struct file *file)
{
	file->private_data = kzalloc(INJECT_RESULT, GFP_KERNEL);
	return file->private_data ? 0 : -ENOMEM;
}

static int inject_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static ssize_t inject_write(struct file *file, const char __user *data,
			    size_t len, loff_t *pos)
{
	struct inject_spec spec;
	char *words;
	int err;

	if (len >= INJECT_WORDS)
		return -EINVAL;
	words = memdup_user_nul(data, len);
	if (IS_ERR(words))
		return PTR_ERR(words);
	err = inject_parse(&spec, words);
	kfree(words);
	if (!err)
		err = inject_run(&spec, current->nsproxy->net_ns,
				 file->private_data, INJECT_RESULT);
	if (err)
		return err;
	/* The answer is read from its beginning */
	*pos = 0;
	return len;
}

static ssize_t inject_read(struct file *file, char __user *to, size_t len,
			   loff_t *pos)
{
	const char *result = file->private_data;

	return simple_read_from_buffer(to, len, pos, result, strlen(result));
}

static const struct file_operations inject_fops = {
	.owner = THIS_MODULE,
	.open = inject_open,
	.release = inject_release,
	.write = inject_write,
	.read = inject_read,
	.llseek = noop_llseek,
};

static ssize_t inject_object(struct file *file, const char __user *data,
			     size_t len, loff_t *pos)
{
	u64 at;
	int err = kstrtou64_from_user(data, len, 16, &at);

	if (err)
		return err;
	pr_info("object %016llx", at);
	mem_dump_obj((void *)(uintptr_t)at);
	return len;
}

static const struct file_operations inject_object_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = inject_object,
	.llseek = noop_llseek,
};

static int __init inject_init(void)
{
	inject_dir = debugfs_create_dir("ksteer_inject", NULL);
	debugfs_create_file("run", 0600, inject_dir, NULL, &inject_fops);
	debugfs_create_file("object", 0200, inject_dir, NULL,
			    &inject_object_fops);
	return PTR_ERR_OR_ZERO(inject_dir);
}

static void __exit inject_exit(void)
{
	debugfs_remove(inject_dir);
}

module_init(inject_init);
module_exit(inject_exit);
MODULE_DESCRIPTION("Injects packets for ksteer's benchmarks");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two threads that add to the same number without a lock, until the module
 * goes: the canary of a search for data races. Each rests after every few
 * hundred rounds, so that the test beside it gets on.
 */

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/sched.h>

#include "planted.h"

static struct task_struct *racers[2];
static unsigned long ksteer_race_count;

static noinline void ksteer_race_step(void)
{
	ksteer_race_count++;
}

static int ksteer_race_run(void *unused)
{
	int i;

	while (!kthread_should_stop()) {
		for (i = 0; i < 500; i++)
			ksteer_race_step();
		usleep_range(1000, 2000);
	}
	return 0;
}

/**
 * ksteer_race_stop() - end what ksteer_race_start() began
 */
void ksteer_race_stop(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(racers); i++) {
		if (!IS_ERR_OR_NULL(racers[i]))
			kthread_stop(racers[i]);
	}
}

/**
 * ksteer_race_start() - let two processors race
 *
 * Return: 0, or why a thread does not start.
 */
int ksteer_race_start(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(racers); i++) {
		racers[i] = kthread_run_on_cpu(ksteer_race_run, NULL, i,
					       "ksteer_race/%u");
		if (IS_ERR(racers[i])) {
			ksteer_race_stop();
			return PTR_ERR(racers[i]);
		}
	}
	return 0;
}

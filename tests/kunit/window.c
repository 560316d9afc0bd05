// SPDX-License-Identifier: GPL-2.0-only
/* Windows: who is held at which place, and the functions that are wrapped. */
#include "window.h"
#include "window_wrap.h"

/**
 * struct window - a place at which the next one is held
 * @fn: what happens then; NULL while it is closed, and once somebody was held
 * @arg: for @fn
 * @what: who is meant, NULL for all
 */
struct window {
	window_fn fn;
	void *arg;
	const void *what;
};

static struct window windows[WINDOW_PLACES];
static bool window_listens;

/**
 * window_open - hold the next one who passes
 * @place: where
 * @what: by what he is known, NULL for all
 * @fn: what happens then, once
 * @arg: for @fn
 */
void window_open(enum window_place place, const void *what, window_fn fn,
		 void *arg)
{
	struct window *w = &windows[place];

	w->arg = arg;
	w->what = what;
	/* Pairs with smp_load_acquire() of window_pass() */
	smp_store_release(&w->fn, fn);
}

/**
 * window_close - hold nobody any more
 * @place: where
 *
 * Return: whether somebody was held since it was opened.
 */
bool window_close(enum window_place place)
{
	return !xchg(&windows[place].fn, NULL);
}

/**
 * window_listen - say that somebody listens to flow events, or nobody
 * @on: whether
 */
void window_listen(bool on)
{
	WRITE_ONCE(window_listens, on);
}

/**
 * window_pass - somebody comes by
 * @place: where
 * @what: by what he is known
 */
void window_pass(enum window_place place, const void *what)
{
	struct window *w = &windows[place];
	/* Pairs with smp_store_release() of window_open() */
	window_fn fn = smp_load_acquire(&w->fn);
	void *arg = w->arg;

	if (likely(!fn) || (w->what && w->what != what))
		return;
	if (xchg(&w->fn, NULL) == fn)
		fn(arg, (void *)what);
}

/**
 * window_tell - tell another thread that something has come to pass
 * @what: what it waits for, or looks at
 */
void window_tell(bool *what)
{
	/* Pairs with smp_load_acquire() of window_told() */
	smp_store_release(what, true);
}

/**
 * window_told - has something come to pass?
 * @what: what another thread tells
 *
 * Return: whether it has, and all that was done before.
 */
bool window_told(const bool *what)
{
	/* Pairs with smp_store_release() of window_tell() */
	return smp_load_acquire(what);
}

struct ksteer_flow *__wrap_ksteer_store_insert_rcu(struct ksteer_net *kn,
						   struct ksteer_flow *flow,
						   struct ksteer_dest dest)
{
	struct ksteer_flow *there;

	window_pass(WINDOW_INSERT, flow);
	there = __real_ksteer_store_insert_rcu(kn, flow, dest);
	window_pass(WINDOW_INSERTED, there);
	return there;
}

bool __wrap_ksteer_store_remove(struct ksteer_net *kn, struct ksteer_flow *flow)
{
	window_pass(WINDOW_REMOVE, flow);
	return __real_ksteer_store_remove(kn, flow);
}

bool __wrap_ksteer_flow_move(struct ksteer_net *kn, struct ksteer_flow *flow,
			     struct ksteer_dest from, struct ksteer_dest to)
{
	window_pass(WINDOW_MOVE, flow);
	return __real_ksteer_flow_move(kn, flow, from, to);
}

void __wrap_ksteer_changelog_note_slow(struct ksteer_net *kn,
				       const struct ksteer_flow *flow,
				       struct ksteer_dest dest,
				       enum ksteer_event event)
{
	window_pass(WINDOW_EVENT, flow);
	__real_ksteer_changelog_note_slow(kn, flow, dest, event);
}

bool __wrap_ksteer_nl_event_wanted(const struct ksteer_net *kn,
				   unsigned int group)
{
	return READ_ONCE(window_listens) ||
	       __real_ksteer_nl_event_wanted(kn, group);
}

/* Its flows are about to be looked for */
void __wrap_ksteer_vs_sum(const struct ksteer_vs *vs, struct ksteer_sum *sum)
{
	window_pass(WINDOW_FORGET, vs);
	__real_ksteer_vs_sum(vs, sum);
}

void __wrap_ksteer_tm_sum(const struct ksteer_tm *tm, struct ksteer_sum *sum)
{
	window_pass(WINDOW_FORGET, tm);
	__real_ksteer_tm_sum(tm, sum);
}

void __wrap_synchronize_rcu(void)
{
	window_pass(WINDOW_GRACE, NULL);
	__real_synchronize_rcu();
}

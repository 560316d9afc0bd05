/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Windows: places at which a case holds whoever passes, and does there what another
 * CPU might do meanwhile.  A race that takes a nanosecond by chance is so lost, or
 * won, each time.
 *
 * The module's sources know nothing of it.  Functions of other objects are wrapped
 * by the linker (WINDOW_WRAP in Kbuild); what is inlined is wrapped here, by macros
 * in place of the kernel's.  This is included before all else.
 */
#ifndef _KSTEER_KUNIT_WINDOW_H
#define _KSTEER_KUNIT_WINDOW_H

#include <linux/atomic.h>
#include <linux/instrumented.h>
#include <linux/spinlock.h>

/**
 * enum window_place - where one may be held, and by what it is known
 * @WINDOW_CMPXCHG: before cmpxchg() or try_cmpxchg(); what is exchanged
 * @WINDOW_LOCK: before spin_lock_bh(); the lock
 * @WINDOW_READ: at smp_rmb(); nothing
 * @WINDOW_INSERT: before ksteer_store_insert_rcu(); the flow
 * @WINDOW_INSERTED: after it; what it returned
 * @WINDOW_REMOVE: before ksteer_store_remove(); the flow
 * @WINDOW_MOVE: before ksteer_flow_move(); the flow
 * @WINDOW_EVENT: before a flow's event is noted; the flow
 * @WINDOW_GRACE: before synchronize_rcu(); nothing
 * @WINDOW_FORGET: before what was removed is asked for its flows; the object
 * @WINDOW_PLACES: their number
 *
 * Calls within one object are held by what is wrapped by macros alone.
 */
enum window_place {
	WINDOW_CMPXCHG,
	WINDOW_LOCK,
	WINDOW_READ,
	WINDOW_INSERT,
	WINDOW_INSERTED,
	WINDOW_REMOVE,
	WINDOW_MOVE,
	WINDOW_EVENT,
	WINDOW_GRACE,
	WINDOW_FORGET,
	WINDOW_PLACES,
};

/* What happens in a window, in the context of whoever is held, once */
typedef void (*window_fn)(void *arg, void *what);

void window_open(enum window_place place, const void *what, window_fn fn,
		 void *arg);
bool window_close(enum window_place place);
void window_listen(bool on);
void window_pass(enum window_place place, const void *what);

/* Between the threads of a case */
void window_tell(bool *what);
bool window_told(const bool *what);

#undef cmpxchg
#define cmpxchg(ptr, ...)                                                \
	({                                                               \
		typeof(ptr) __w_ptr = (ptr);                             \
		window_pass(WINDOW_CMPXCHG, (const void *)__w_ptr);      \
		instrument_atomic_read_write(__w_ptr, sizeof(*__w_ptr)); \
		raw_cmpxchg(__w_ptr, __VA_ARGS__);                       \
	})

#undef try_cmpxchg
#define try_cmpxchg(ptr, oldp, ...)                                      \
	({                                                               \
		typeof(ptr) __w_ptr = (ptr);                             \
		typeof(oldp) __w_oldp = (oldp);                          \
		window_pass(WINDOW_CMPXCHG, (const void *)__w_ptr);      \
		instrument_atomic_read_write(__w_ptr, sizeof(*__w_ptr)); \
		raw_try_cmpxchg(__w_ptr, __w_oldp, __VA_ARGS__);         \
	})

static __always_inline void window_read(void)
{
	window_pass(WINDOW_READ, NULL);
	/* Whose it is says what it pairs with */
	smp_rmb();
}

#undef smp_rmb
/* See there */
#define smp_rmb() window_read()

#define spin_lock_bh(lock)                      \
	do {                                    \
		window_pass(WINDOW_LOCK, lock); \
		(spin_lock_bh)(lock);           \
	} while (0)

#endif /* _KSTEER_KUNIT_WINDOW_H */

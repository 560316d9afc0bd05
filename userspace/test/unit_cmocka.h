/* SPDX-License-Identifier: GPL-2.0-only */
/* cmocka with the headers that it wants before it. */
#ifndef _KSTEER_TEST_UNIT_CMOCKA_H
#define _KSTEER_TEST_UNIT_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif /* _KSTEER_TEST_UNIT_CMOCKA_H */

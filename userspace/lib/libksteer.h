/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libksteer: programs that speak with the kernel module include this alone.
 *
 * Open a connection with ksteer_nl_open().  Fill a structure of model.h, mark
 * what it has with ksteer_mark(), and send it with ksteer_request() or, where
 * there is an answer, ksteer_query(); ksteer_collect() and ksteer_dump() get
 * all objects of a kind.  A connection is for one thread at a time.
 */
#ifndef _LIBKSTEER_H
#define _LIBKSTEER_H

#include "model.h"
#include "names.h"
#include "nl.h"
#include "object.h"
#include "out.h"
#include "parse.h"
#include "request.h"

#endif /* _LIBKSTEER_H */

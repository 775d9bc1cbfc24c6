// SPDX-License-Identifier: GPL-3.0-or-later
/* postbag - puts what is to be told into the outbox, and keeps a flood out of it.
 *
 * More than (flood …) a minute to one address become a sum: {"items":[…]}, which grows
 * until it is due, a minute after it began. What comes within as long again is a sum
 * too, which is due four times later, and an hour at the most. The log gets each.
 *
 * Comes from: incidents.c, within a transaction.  Goes to: store/incidents.h. Within
 * incidents.h's sources. */
#ifndef ALERT_POSTBAG_H
#define ALERT_POSTBAG_H

#include <stdbool.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "store/incidents.h"

struct postbag;

struct postbag *postbag_new(struct store *store, int64_t flood, int64_t now);
void postbag_free(
    struct postbag *post); /* NULL is fine; what was put is lost without send */
AUTO_DEFINE(postbag)

/* At once, or as an item of a sum. item: what stands there of it, a JSON object. */
int postbag_put(struct postbag *post, const struct telling *telling, const char *item,
                struct error *err) MUST_USE;

/* Puts the sums. *ret_any: something was put at all. */
int postbag_send(struct postbag *post, bool *ret_any, struct error *err) MUST_USE;

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/* postbag - puts what is to be told into the outbox, and keeps a flood out of it.
 *
 * Of more than (flood …) a minute to one address each severity becomes a sum, which
 * grows until it is due, a minute after it began. What comes within as long again is a
 * sum too, which is due four times later; and so on, an hour apart at the most, until
 * nothing comes: an end that is told once the flood had lasted for minutes. What is of
 * a severity that is not in flood is told at once. The log gets each.
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

/* store: lent. flood: tellings a minute; now: ms. */
struct postbag *postbag_new(struct store *store, int64_t flood, int64_t now);

/* NULL is fine. Sums are lost where they were not sent. */
void postbag_free(struct postbag *post);
AUTO_DEFINE(postbag)

/* What stands of it in a sum. */
struct postbag_item {
    const char *json; /* an object, which ends with "incident" */
    const char *severity;
    int64_t incident;
    bool is_over; /* it stands where its beginning does, if that still waits */
};

/* At once, or as an item of a sum. */
int postbag_put(struct postbag *post, const struct telling *telling,
                const struct postbag_item *item, struct error *err) MUST_USE;

/* Puts the sums. *ret_any: something was put at all. */
int postbag_send(struct postbag *post, bool *ret_any, struct error *err) MUST_USE;

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/* order - what a request says is to be changed: the object in its body, read strictly,
 * and who wants it.
 *
 * Comes from: request.h.  Goes to: incidents.c, silences.c. On the writer's worker. */
#ifndef DOOR_ORDER_H
#define DOOR_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "door/request.h"
#include "store/store.h"

struct json_t; /* jansson's */

#define ORDER_TEXT_MAX 1000 /* bytes of a text */

enum order_type {
    ORDER_TEXT,     /* const char *, lent by the order; not empty */
    ORDER_TIME,     /* int64_t, ms since 1970 UTC: "2026-11-22T09:48:08Z" */
    ORDER_DURATION, /* int64_t, ms: "2h" */
    ORDER_FLAG,     /* bool */
    ORDER_TYPES
};

struct order_field {
    const char *name;
    enum order_type type;
    size_t offset; /* in what is filled */
};

struct order {
    struct json_t *json;
};

void order_clear(struct order *order);
AUTO_DEFINE_CLEAR(order)

/* Fills into along the fields, which end with a NULL name; what is not said, or null,
 * stays as it is. -EINVAL names the field, what was found and what was expected. */
int order_read(const struct request *request, const struct order_field *fields,
               void *into, struct order *ret, struct error *err) MUST_USE;

/* When something is to end: at until, or so long after from; one of the two is said,
 * the other 0. -EINVAL; so too where that is in more than ten years. */
int order_read_end(int64_t from, int64_t until, int64_t length, int64_t *ret,
                   struct error *err) MUST_USE;

/* Who wants it, to be freed: what he says of himself (NULL: nothing), and the token
 * that he bears, which he cannot choose: "wrk@desk (token 3 of desk)". "": nobody said,
 * and no token was needed. */
char *order_who(const struct request *request, const char *said) MUST_USE;

/* Ends what store_begin began, as it went: commits, or rolls back and gives rc. */
int order_end(struct store *store, int rc, struct error *err) MUST_USE;

/* Why it was not done: 400 where rc is -EINVAL, else 503. */
void order_refuse(struct request *request, int rc, const struct error *why);

#endif

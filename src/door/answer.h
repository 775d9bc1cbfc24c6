// SPDX-License-Identifier: GPL-3.0-or-later
/* answer - what the routes that ask the store have in common: a row as a JSON object, a
 * value, a time; and the refusals.
 *
 * Comes from: store/.  Goes to: get.c, hosts.c, facts.c, readings.c. */
#ifndef DOOR_ANSWER_H
#define DOOR_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "config/config.h"
#include "door/request.h"
#include "store/store.h"

#define ANSWER_SIZE_MAX ((size_t)128 << 20) /* bytes; 100 messages always fit */

/* Fields of an object, and elements of an array. */
void answer_time(struct strbuf *json, const char *name, int64_t time);
void answer_time_if_any(struct strbuf *json, const char *name,
                        int64_t time); /* 0: null */
void answer_columns(struct strbuf *json, const struct relation *relation);
void answer_values(struct strbuf *json, const struct relation *relation,
                   const char *const *values);
void answer_real(struct strbuf *json, const char *name, double value);

/* A row as an element of an array; context is the struct strbuf. -EMSGSIZE: the array
 * has become larger than an answer may be. */
int answer_message(const struct message_row *row, void *context);
int answer_state(const struct state_row *row, void *context);
int answer_series(const struct series_row *row, void *context);

/* What the store found, or why it did not: 400 where rc is -EMSGSIZE, else 503. */
void answer_found(struct request *request, int rc, struct strbuf *json,
                  const struct error *why);

void answer_wrong(struct request *request, const struct error *why); /* 400 */

/* 404: "no WHAT is called NAME", and which of the known ones is near. */
void answer_unknown(struct request *request, const char *what, const char *name,
                    const struct texts *known);

/* The number that stands at the route's *; 0, with a reply that it is none. */
int64_t answer_read_number(struct request *request, const char *what);

/* Whether the store knows the host; false, and it has its reply. */
bool answer_knows_host(struct request *request, struct store *store, const char *host);

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/* alert - what rules say is wrong, as the server gives it, for a person: in lists by
 * how bad it is, and all of one.
 *
 * Comes from: GET /v1/incidents, and /v1/tellings.  Goes to: alerts.c, show.c, told.c,
 * ask/why.c. */
#ifndef LOOK_ALERT_H
#define LOOK_ALERT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/strbuf.h"
#include "look/screen.h"

struct json_t; /* jansson's */
struct table;

/* 0 is the worst. Of severities that are not known: fail comes before, warning behind.
 */
int alert_rank(const char *severity);
enum paint alert_paint(const char *severity);

/* Whether a word is the number of an alert: digits, at most 7 of them. What is longer
 * is a part of the id of a message. */
bool alert_is_number(const char *word);

/* "/v1/incidents/12", to be freed. */
char *alert_path(const char *number) MUST_USE;

/* Appends what stands above all else of one: what, where, since when, in which words,
 * who knows of it. answer: of /v1/incidents/N. */
void alert_format(const struct json_t *answer, const struct screen *screen,
                  struct strbuf *buf);

/* Appends a table of tellings, the oldest first, or nothing where there are none.
 * with_tag: with host, tag and alert, where they are not all of one. */
void alert_format_tellings(const struct json_t *tellings, bool with_tag,
                           const struct screen *screen, struct strbuf *buf);

#endif

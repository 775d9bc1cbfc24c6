// SPDX-License-Identifier: GPL-3.0-or-later
/* weight - how much a message counts when not all can be kept, or not all at once. It
 * stands in the name of the spool's file, so that nobody has to open it:
 *
 *     0192e4c8-0000-7000-8000-000000000001.failure.json
 */
#ifndef BARK_WEIGHT_H
#define BARK_WEIGHT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/strbuf.h"
#include "message/message.h"

enum weight {
    WEIGHT_SUCCESS,
    WEIGHT_START,
    WEIGHT_READING, /* a beat too */
    WEIGHT_FACTS,   /* the server asks again for those that it lacks */
    WEIGHT_NOTE,    /* that says nothing of how it is */
    WEIGHT_FAILURE, /* whatever is not well */
    WEIGHT_OTHER,   /* the name does not say it: ID.json */
};
#define WEIGHTS (WEIGHT_OTHER + 1)

enum weight weight_of(enum message_kind kind, enum message_err err);

const char *weight_name(enum weight weight); /* "success" */

/* Those are given up first, and delivered last: success, start, reading,
 * facts. */
bool weight_is_light(enum weight weight);

char *weight_file(const char *id, enum weight weight) MUST_USE; /* to be freed */

bool weight_is_file(const char *name); /* whether such a file is a message */
enum weight weight_of_file(const char *name);

/* Appends "1204 successes, 1 failure", in the order of the enum; "nothing". */
void weight_put_counts(struct strbuf *buf, const size_t counts[WEIGHTS]);

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/* kept - programs of a connection that were run, and rest until they are asked for
 * again: so they are read, checked, planned and prepared once.
 *
 * Each is kept under a key: all that it depends on but the time and the rows. What was
 * used longest ago makes place for the next.
 *
 * Comes from: evaluate.h.  Goes to: rules/question.h, alert/judge.h. */
#ifndef DATALOG_KEPT_H
#define DATALOG_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "datalog/evaluate.h"
#include "datalog/tree.h"

struct kept;
struct sqlite3;

/* A program, its evaluation, and the now() that it was checked with. */
struct keeping {
    struct program *program;
    struct evaluation *evaluation; /* NULL: it did not come to that */
    int64_t now;                   /* ms */
    const void *more; /* whoever made it knows what; in the program's arena */
};

void keeping_clear(struct keeping *keeping);
AUTO_DEFINE_CLEAR(keeping)

/* room: programs. Guards the connection: evaluation_guard. */
struct kept *kept_new(struct sqlite3 *db, size_t room);

/* NULL is fine. Before the connection is closed. */
void kept_free(struct kept *kept);
AUTO_DEFINE(kept)

/* Takes out what is kept under the key, size bytes; false: nothing is. Then
 * evaluation_again is due. kept NULL: nothing ever is. */
bool kept_take(struct kept *kept, const char *key, size_t size, struct keeping *ret)
    MUST_USE;

/* Takes over what has run, under a key that nothing is kept under; what cannot run
 * again is freed, and with kept NULL all is. */
void kept_put(struct kept *kept, const char *key, size_t size, struct keeping *keeping);

#endif

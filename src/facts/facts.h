// SPDX-License-Identifier: GPL-3.0-or-later
/* facts - what is true of this machine, and what of it changed since it was last sent.
 *
 *     source (dpkg's database, /proc, …) ──rows──> compared with what was sent
 *                                                     └── a message, into the spool
 *
 * Comes from: the sources in this folder, and what plugins print. Goes to: bark/room.h,
 * as messages of the kind facts (message/message.h says how they are counted).
 * Used by: daemon/, in a child of its own, so that a thousand packages take none of the
 * daemon's memory.
 *
 * What was sent is remembered in files: FOLDER/RELATION.rows, and FOLDER/mark, which
 * has the epoch and the counter. They are written before the message is put into the
 * spool; a crash between costs a counter, and the server asks for the whole. A file
 * that is damaged or gone means that its relation, or all of them in a new epoch, are
 * sent whole. One counts at a time: the others wait for some seconds, then get
 * -EAGAIN. */
#ifndef FACTS_FACTS_H
#define FACTS_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "message/relation.h"

/* A relation that is built in. To add one: write facts/NAME.c, name it in sources.c. */
struct fact_source {
    const char *name;
    const char *help;
    const char *const
        *columns; /* "name text key", "version version", …; ends with NULL */
    const char *const *watched; /* files below the root: when one of them changes, it is
                                   collected at once; ends with NULL; NULL: none */

    /* Adds the rows, in any order, values as a person may write them; of those with one
     * key the last one counts. Nothing of the kind on this machine is no error, and no
     * rows. 1: some of it could not be read, as err says, and the rows are the rest.
     * Negative: what was sent stays as it is. */
    int (*collect)(const char *root, struct rows *ret, struct error *err);
};

extern const struct fact_source *const fact_sources[]; /* ends with NULL */
struct relation *fact_source_relation(const struct fact_source *source);

struct redaction; /* bark/redact.h */

struct facts_place {
    const char *folder; /* of what was sent; made where it is missing (0700) */
    const char *spool;
    int64_t spool_limit;
    const char *host, *zone;
    const char *root; /* "" but in tests */
    int64_t now;      /* ms since 1970 UTC */

    /* Of texts, before they are compared or written; NULL: nothing is hidden. */
    const struct redaction *redaction;
};

/* A value, as it was written, with its secrets hidden; a number, a size, … has none.
 * To be freed. */
char *facts_hide(const struct redaction *redaction, enum column_type type,
                 const char *text) MUST_USE;

/* How far the facts are sent, for the beat; 0, 0: nothing was. */
int facts_mark(const struct facts_place *place, int64_t *ret_epoch,
               int64_t *ret_counter, struct error *err) MUST_USE;

/* Whether a source is due: it was not collected for every ms, or a file that it watches
 * changed since. Reads two small files, and looks at the times of others. */
bool facts_are_due(const struct facts_place *place, int64_t every);

/* Collects the sources that are due (every 0: all), compares, and puts what changed
 * into the spool. *ret_sent: how many messages. A source that fails is said by say,
 * once until it fails otherwise, and the others go on. */
int facts_collect(const struct facts_place *place, int64_t every,
                  void (*say)(void *context, const char *sentence), void *context,
                  int *ret_sent, struct error *err) MUST_USE;

/* What a plugin said of a relation that it declared: is_whole: rows are all that are
 * true now; else each takes the place of the row of its key. Values as written.
 * -EINVAL: one is none of its column's type, and nothing is sent. */
int facts_update(const struct facts_place *place, const struct relation *relation,
                 const struct rows *rows, bool is_whole, int *ret_sent,
                 struct error *err) MUST_USE;

/* The server lacks something: a new epoch begins, and all of what was sent last is sent
 * whole. */
int facts_send_whole(const struct facts_place *place, int *ret_sent, struct error *err)
    MUST_USE;

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/* tally - what the spool had to give up, and the words that say so.
 *
 * Comes from: room.h.  Goes to: a file of the spool, then a note to the server. */
#ifndef BARK_TALLY_H
#define BARK_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "bark/weight.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "base/uuid.h"

#define TALLY_TAG "sheepdog:spool" /* of what is told of the spool itself */

struct tally {
    size_t counts[WEIGHTS]; /* messages of each weight */
    int64_t since;          /* ms since 1970 UTC: the first of them; 0: there is none */
    int64_t limit;          /* of the spool, in bytes */
    char id[UUID_SIZE];     /* of the note that tells just this, whenever it is sent */
};

/* One more, or several: the counts grow, and the id is a new one. now: ms since 1970
 * UTC. */
void tally_add(struct tally *tally, const size_t counts[WEIGHTS], int64_t now);

/* What was told is taken away; what is left is since now. */
void tally_subtract(struct tally *tally, const struct tally *told, int64_t now);

/* The file's text, and back; -EINVAL where it is none. */
void tally_format(const struct tally *tally, struct strbuf *buf);
int tally_parse(const char *text, struct tally *ret, struct error *err) MUST_USE;

/* Appends "1204 successes, 3 failures, since 2026-11-20T…". */
void tally_put_words(const struct tally *tally, struct strbuf *buf);

/* The note for the server, as JSON: a warning with TALLY_TAG. now: its time. */
void tally_put_note(const struct tally *tally, int64_t now, struct strbuf *json);

/* The note that all is well with the spool again. */
void tally_put_end(int64_t now, struct strbuf *json);

#endif

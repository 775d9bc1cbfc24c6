// SPDX-License-Identifier: GPL-3.0-or-later
/* outgoing - rows become messages of the kind facts, in the spool, and are counted.
 *
 * Comes from: facts.c.  Goes to: remembered.h first, then bark/room.h. */
#ifndef FACTS_OUTGOING_H
#define FACTS_OUTGOING_H

#include <stddef.h>

#include "base/compiler.h"
#include "base/error.h"
#include "facts/facts.h"
#include "facts/remembered.h"

#define OUTGOING_SIZE_MAX 900000 /* bytes of a message */
#define OUTGOING_ROW_MAX  500000 /* bytes of a row's JSON */

struct outgoing {
    const struct facts_place *place;
    struct mark mark;
    int sent; /* messages */
};

/* Bytes of the row's JSON, or some more. */
size_t outgoing_row_size(const struct row *row, size_t width);

/* The rows, canonical and sorted, are all that are true now. before: what was sent
 * last; NULL: nothing is known of that. What changed is sent, or the whole where that
 * is smaller, or nothing. Where the spool takes none of it, it is as if it had not been
 * tried, but for the counter. */
int outgoing_send(struct outgoing *outgoing, const struct relation *relation,
                  const struct rows *rows, const struct remembered *before,
                  struct error *err) MUST_USE;

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/* replayed - what rules would have told, beside what was told.
 *
 * Comes from: the outbox of a trial, and that of a store.  Goes to: replay.c. */
#ifndef ASK_REPLAYED_H
#define ASK_REPLAYED_H

#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/strbuf.h"
#include "look/screen.h"
#include "store/incidents.h"

enum replayed_side {
    REPLAYED_RULES, /* these rules would have told it */
    REPLAYED_THEN,  /* it was told then */
    REPLAYED_SIDES
};

struct replayed_row;

struct replayed {
    struct replayed_row *items;
    size_t count;
};

void replayed_clear(struct replayed *replayed);
AUTO_DEFINE_CLEAR(replayed)

/* Those of an alert, and sums; of others, digests and notes, rules do not speak. What
 * several notifiers tell at once is one. */
void replayed_add(struct replayed *replayed, enum replayed_side side,
                  const struct telling *telling);

/* Once all are added: puts what both sides told, of the same and within so many ms,
 * into one row, and all in the order of time. */
void replayed_match(struct replayed *replayed, int64_t within);

/* Appends a table, and how many there are of each kind below it; times in the reader's
 * zone. Or an object: {"rows":[…],"sums":{…}}. */
void replayed_format(const struct replayed *replayed, const struct screen *screen,
                     struct strbuf *text);
void replayed_put_json(const struct replayed *replayed, struct strbuf *json);

#endif

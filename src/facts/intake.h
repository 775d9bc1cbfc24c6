// SPDX-License-Identifier: GPL-3.0-or-later
/* intake - makes rows, as a source or a plugin wrote them, such as travel: canonical,
 * with their secrets hidden, one of each key, sorted.
 *
 * Used by: facts.c. */
#ifndef FACTS_INTAKE_H
#define FACTS_INTAKE_H

#include "facts/machine.h"
#include "message/relation.h"

struct redaction;

struct intake {
    const struct relation *relation;
    const struct redaction *redaction; /* NULL: nothing is hidden */
    struct rows *rows;                 /* to be put there */
};

/* A row that cannot be read is left out, and is damage. */
void intake_add(const struct intake *intake, const struct rows *rows,
                struct damage *damage);

/* All are there: of those with one key the last one counts. */
void intake_end(const struct intake *intake);

#endif

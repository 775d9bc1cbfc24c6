// SPDX-License-Identifier: GPL-3.0-or-later
/* statement - one line of a plugin, taken apart, before it is known to make sense.
 *
 *     word, JSON, S-expression ──> struct statement ──> struct finding
 *
 * Used by lines.c alone; statement_words.c, statement_json.c and statement_sexp.c read
 * the three forms. What can be said is one table: statement_kinds. */
#ifndef MONITOR_STATEMENT_H
#define MONITOR_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "message/relation.h"
#include "message/state.h"
#include "monitor/findings.h"
#include "monitor/lines.h"

enum statement_field {
    FIELD_NAME, /* of a reading; of a relation */
    FIELD_VALUE,
    FIELD_UNIT,
    FIELD_TEXT,
    FIELD_SUBJECT,
    FIELD_TO,
    FIELD_PART,
    FIELD_HOST,
    FIELD_COUNT
};

/* What the fields but FIELD_NAME are called in JSON and S-expressions; ends with
 * NULL. */
extern const char *const statement_field_names[];

/* A field that is not in the table; FIELD_COUNT. */
enum statement_field statement_field_find(const char *name);

struct statement_kind {
    const char *word; /* "warning", "reading" */
    enum finding_type type;
    enum state state;
    enum statement_field
        order[3]; /* of what stands behind the word; FIELD_COUNT: no more */
    unsigned required, allowed; /* bits of fields, 1U << FIELD_… */
    const char *rows; /* what its rows are called in JSON; NULL: it has none */
};

extern const struct statement_kind statement_kinds[]; /* ends with a NULL word */

const struct statement_kind *statement_kind_find(const char *word); /* NULL */

struct statement {
    const struct statement_kind *kind;
    char *texts[FIELD_COUNT]; /* NULL: not said */
    int columns[FIELD_COUNT]; /* where each stands, in characters from 1 */
    int column;               /* of the kind */
    struct rows rows;
};

void statement_clear(struct statement *statement);
AUTO_DEFINE_CLEAR(statement)

/* "column N: found the word okay, expected ok, warning, …; did you mean ok?" */
int statement_fail_kind(int column, const char *word, struct error *err);

/* text: size bytes, made readable; it may stand there once only, and only where the
 * kind has such a field. */
int statement_set(struct statement *statement, enum statement_field field, int column,
                  const char *text, size_t size, struct error *err) MUST_USE;

/* values: width texts, copied; all rows have the same width. */
int statement_add_row(struct statement *statement, int column, size_t width,
                      const char *const *values, struct error *err) MUST_USE;

/* text: one line, readable, a NUL behind it, no blanks around it. */
int statement_read_words(const char *text, struct statement *ret, struct error *err)
    MUST_USE;
int statement_read_json(const char *text, size_t size,
                        const struct relations *relations, struct statement *ret,
                        struct error *err) MUST_USE;
int statement_read_sexp(const char *text, size_t size, struct statement *ret,
                        struct error *err) MUST_USE;

/* Moves it into a finding; -EINVAL: something is missing, or is wrong. */
int statement_finish(struct statement *statement, const struct relations *relations,
                     struct finding *ret, struct error *err) MUST_USE;

/* The column of a byte of text: characters before it, and one. */
int statement_column(const char *text, size_t at);

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/* relation - a named set of rows that were true of a host, and what its columns hold.
 *
 *     user(host, name text key, uid number, shell text)
 *
 * The host is the first column of every relation, and never named here. Comes from:
 * facts/ (those built in), plugin/ (what a plugin declares), a message. Goes to:
 * store/, which has a table of each. */
#ifndef MESSAGE_RELATION_H
#define MESSAGE_RELATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"

#define RELATION_COLUMNS_MAX 32
#define RELATION_NAME_MAX    63     /* bytes of a relation's, a column's name */
#define RELATION_ROWS_MAX    100000 /* that are true of one host */

/* What stands in a column, and its canonical text, in which a value travels and is
 * compared; a person or a plugin may write it otherwise. */
enum column_type {
    COLUMN_TEXT,
    COLUMN_NUMBER,   /* "12", "-0.5": shortest that reads back the same */
    COLUMN_SIZE,     /* bytes, "4294967296"; may be written "4G" */
    COLUMN_DURATION, /* ms, "5400000"; may be written "1h30m"; a bare number: seconds */
    COLUMN_TIME,     /* ms since 1970 UTC; may be written in RFC 3339 */
    COLUMN_VERSION,  /* text that compares as Debian's versions do */
    COLUMN_FLAG,     /* "1" or "0"; may be written true, false, #t, #f, yes, no */
};

struct column {
    char *name; /* [a-z][a-z0-9_]*; never host, since, until, seen */
    enum column_type type;
    bool is_key; /* what names a row among its host's; no key: all columns do */
};

struct relation {
    char *name; /* as a column's */
    char *help; /* one line; NULL */
    struct column *columns;
    size_t count;
};

/* One row: as many values as there are columns, canonical; NULL: not known. */
struct row {
    char **values;
};

struct rows {
    struct row *items;
    size_t count;
    size_t width; /* columns; that of all rows */
};

const char *column_type_name(enum column_type type);
int column_type_parse(const char *name, enum column_type *ret); /* -EINVAL */
bool column_type_is_number(enum column_type type); /* so in JSON, and in the store */

/* Of a relation or a column: [a-z][a-z0-9_]*, at most RELATION_NAME_MAX. */
bool relation_name_is_valid(const char *name);

/* Names and count are such as may be stored; the relation is none of the server's own.
 * -EINVAL with words. */
int relation_check(const struct relation *relation, struct error *err) MUST_USE;

struct relation *relation_new(const char *name, const char *help);
void relation_add_column(struct relation *relation, const char *name,
                         enum column_type type, bool is_key);
struct relation *relation_copy(const struct relation *relation);
bool relation_is_same(const struct relation *one, const struct relation *other);
void relation_free(struct relation *relation); /* NULL is fine */
AUTO_DEFINE(relation)

/* The canonical text of a value, to be freed. -EINVAL: it is none of that type. What is
 * not UTF-8 becomes U+FFFD, each byte. */
int column_value(enum column_type type, const char *text, char **ret, struct error *err)
    MUST_USE;
char *number_value(double value) MUST_USE; /* of a number; finite */

/* values: width texts, copied; NULL among them is kept. Each value is memory of its
 * own, so that one may be exchanged. */
void rows_add(struct rows *rows, size_t width, const char *const *values);

/* By the values in their order, NULL first; and of equal ones but one is left. */
void rows_sort(struct rows *rows);
int row_compare(const struct row *one, const struct row *other, size_t width);
void rows_clear(struct rows *rows);
AUTO_DEFINE_CLEAR(rows)

#endif

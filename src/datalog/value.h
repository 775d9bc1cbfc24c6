// SPDX-License-Identifier: GPL-3.0-or-later
/* value - what stands in a column, and the types that it may have.
 *
 *     type       written                        in SQL, and in a struct value
 *     text       "sheep"                        text
 *     version    "1.22.1-9+deb12u1"             text; < and > by Debian's order, = by
 *                                               letter
 *     number     42, 0x2a, 0b101010             integer of 64 bits
 *     float      0.5, 1e3                       real
 *     size       4G, 512K, 1T                   integer, bytes
 *     duration   30d, 90m, 1h30m, 250ms         integer, ms
 *     time       2026-11-01, 2026-11-01T10:00   integer, ms since 1970 UTC; without a
 *                2026-11-01T10:00:00Z           zone: see find_time in check.h
 *     flag       1, 0                           integer
 *
 * A column of the store that is a number may hold reals too; so number and float meet.
 * There is no null: a column of the store whose value is not known matches _, and binds
 * no variable. */
#ifndef DATALOG_VALUE_H
#define DATALOG_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

enum type {
    TYPE_NONE, /* not known yet */
    TYPE_TEXT,
    TYPE_VERSION,
    TYPE_NUMBER,
    TYPE_FLOAT,
    TYPE_SIZE,
    TYPE_DURATION,
    TYPE_TIME,
    TYPE_FLAG,
    TYPES
};

struct value {
    enum type type;
    bool is_real;   /* of a type of numbers: real, not number, holds it */
    bool is_moving; /* number was reckoned from now(): see VALUE_SHIFT */
    int64_t number;
    double real;
    const char *text; /* of text and version; lent */
};

const char *type_name(enum type type); /* "text"; "" for TYPE_NONE */

/* Soufflé's names too: symbol is text, unsigned a number. TYPE_NONE: there is none. */
enum type type_find(const char *name);

bool type_is_text(enum type type); /* text, version */

/* Appends a column as JSON, an element of an array: ["host","text"]. */
void type_put_json(enum type type, const char *column, struct strbuf *json);

/* In SQL: by how many ms now() is later than what moves was reckoned from. */
#define VALUE_SHIFT "?1"

/* Appends it as an SQL literal: quoted, and a negative number in parentheses. Whatever
 * is in a text, it stays one literal. What moves is a sum with VALUE_SHIFT. */
void value_put_sql(const struct value *value, struct strbuf *sql);

/* Appends it as it stands in a tab-separated file: texts as they are, a real so that it
 * reads back the same. */
void value_put_plain(const struct value *value, struct strbuf *buf);

/* Appends it as it stands in a program: texts quoted, "30d", "4G", a time in UTC. */
void value_put_source(const struct value *value, struct strbuf *buf);

#endif

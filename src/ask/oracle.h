// SPDX-License-Identifier: GPL-3.0-or-later
/* oracle - who answers a question: the server, or this program alone.
 *
 * Comes from: ask.c, prompt.c.  Goes to: answer.h. Both give the answers of the door's
 * POST /v1/ask as they are described there, so all that shows them knows one shape. */
#ifndef ASK_ORACLE_H
#define ASK_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ask/pieces.h"
#include "base/compiler.h"
#include "base/error.h"
#include "datalog/complaint.h"

struct json_t; /* jansson's */

/* What is wanted of a question. */
enum wanted {
    WANTED_ROWS,
    WANTED_PROOFS,
    WANTED_COUNT,
    WANTED_WHY_NOT,
    WANTED_SQL,
    WANTED_PLAN,
};

struct question {
    const char *text;  /* NULL: what the pieces ask */
    const char *saved; /* the name of a saved question, instead of a text; NULL */
    char *const *args; /* its arguments */
    size_t arg_count;
    enum wanted wanted;
    int64_t limit;   /* rows; -1: as many as is usual */
    int64_t since;   /* ms since 1970 UTC; 0: all */
    int64_t now;     /* likewise, what now() is; 0: it is */
    int64_t timeout; /* ms; 0: as long as is usual */
};

struct oracle {
    const char *name;
    void *state;

    /* *ret, to be given back by json_decref, has "columns", "rows" and "more" (and
     * "proofs"), "count", or "text"; NULL: nothing was asked. -EINVAL: the question, or
     * a piece, is wrong; -EINTR: ^C; others: it could not be answered. */
    int (*ask)(void *state, const struct pieces *pieces,
               const struct question *question, struct json_t **ret,
               struct complaint *complaint);

    /* {"relations":[…]} as GET /v1/relations gives it. */
    int (*relations)(void *state, struct json_t **ret, struct complaint *complaint);

    /* {"rules":[…],"questions":[…],"trouble":[…]} as GET /v1/rules gives it; the pieces
     * may have some too. */
    int (*rules)(void *state, const struct pieces *pieces, struct json_t **ret,
                 struct complaint *complaint);

    void (*close)(void *state);
};

/* The server that a configuration names; conf: the file of -c, or NULL. */
int oracle_open_server(const char *conf, struct oracle *ret, struct error *err)
    MUST_USE;

struct alone_settings {
    const char *facts;  /* the folder of .input; lent */
    const char *output; /* of .output, likewise; "-": stdout */
    int64_t memory;     /* bytes of its tables, and of what it sorts; 0: no limit */
    int64_t rows;       /* of its tables; 0: no limit */
};

/* This program, without server and store. */
void oracle_open_alone(const struct alone_settings *settings, struct oracle *ret);

#endif

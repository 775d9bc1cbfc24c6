// SPDX-License-Identifier: GPL-3.0-or-later
/* question - one question to a store, from JSON to JSON.
 *
 *     {"question":"low_ram(host)"}, or {"saved":"low_nginx", "args":["1.22.1"]};
 *     and perhaps one of "count":true, "why":true, "why_not":true, "sql":true and
 *     "plan":true; "limit":rows, "since":ms, "now":ms, "timeout":ms, which only lowers
 *     the server's own,
 *     "times":{"2026-11-01":ms, …}, what times without a zone mean to who asks
 *
 *     {"columns":[["host","text"],["from","time"]],
 *      "rows":[["penguin2",1795000000000]], "count":1, "more":false, "elapsed":ms,
 *      "work":ms, "proofs":[…]}, or {"text":…} of sql, plan and why_not; work is the
 *     time for which it had a processor; both to the microsecond
 *
 *     {"error":"question:1:17: …", "name":"question", "line":1, "column":17, "what":…,
 *      "excerpt":…}
 *
 * Comes from: POST /v1/ask.  Goes to: datalog/. */
#ifndef RULES_QUESTION_H
#define RULES_QUESTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/strbuf.h"
#include "datalog/evaluate.h"
#include "datalog/kept.h"
#include "rules/library.h"
#include "rules/relations.h"
#include "store/store.h"

#define QUESTION_SIZE_MAX    ((size_t)1 << 20) /* bytes of its JSON */
#define QUESTION_ROWS        1000              /* where no limit is asked for */
#define QUESTION_ROWS_MAX    100000
#define QUESTION_TIMEOUT_MAX 86400000 /* ms */

struct question;

/* json is taken over: size bytes on the heap. */
struct question *question_new(char *json, size_t size);
void question_free(struct question *question); /* NULL is fine; answered, or never */
AUTO_DEFINE(question)

/* Ends its answering soon, from any thread, also before that begins. */
void question_stop(struct question *question);

/* What it is answered with; all lent. */
struct question_means {
    struct store *store;         /* of store_open_asker; one question at a time */
    struct relations *relations; /* of that store */
    const struct library *library;
    struct kept *kept; /* of questions to that store; NULL: none is */
    struct evaluation_limits limits;
};

/* Appends what is to be said to whoever asked, an error too. 0; -EINVAL, -ENOENT or
 * -EDOM: the question is wrong; -ETIME, -E2BIG, -ENOSPC: past a limit; -EINTR: stopped;
 * others: the store's trouble. */
int question_answer(struct question *question, const struct question_means *means,
                    struct strbuf *json) MUST_USE;

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/* running - a program that a test runs on a database in memory, and its answer as text:
 * a line a row, with blanks between the values. */
#ifndef TESTS_DATALOG_RUNNING_H
#define TESTS_DATALOG_RUNNING_H

#include <sqlite3.h>
#include <string.h>

#include "datalog/check.h"
#include "datalog/evaluate.h"
#include "datalog/parse.h"

struct running {
    sqlite3 *db;
    struct program *program;
    struct evaluation *evaluation; /* NULL where something failed before */
    struct complaint complaint;
    int rc; /* of the first call that failed; 0 */
    struct strbuf rows;
};

/* Reads and checks the text. setup: SQL. */
static inline struct running running_open_so(const char *text, const char *setup,
                                             const struct check_settings *check)
{
    struct running running = {.program = program_new()};
    sqlite3_open(":memory:", &running.db);
    sqlite3_exec(running.db, setup, NULL, NULL, NULL);
    running.rc = parse_text(running.program, "question", text, strlen(text),
                            PARSE_ASKED, &running.complaint);
    if (running.rc == 0)
        running.rc = check_program(running.program, check, &running.complaint);
    return running;
}

/* catalogue: may be NULL. */
static inline struct running running_open(const char *text, const char *setup,
                                          const struct catalogue *catalogue)
{
    const struct check_settings check = {.catalogue = catalogue};
    return running_open_so(text, setup, &check);
}

static inline int running_take_row(const struct value *values, void *context)
{
    struct running *running = context;
    for (size_t i = 0; i < running->program->question->count; i++) {
        strbuf_puts(&running->rows, i > 0 ? " " : "");
        value_put_plain(&values[i], &running->rows);
    }
    strbuf_puts(&running->rows, "\n");
    return 0;
}

static inline void running_run(struct running *running)
{
    if (running->rc == 0)
        running->rc = evaluation_run(running->evaluation, &running->complaint);
    if (running->rc == 0 && running->program->question)
        running->rc = evaluation_each(running->evaluation, running->program->question,
                                      running_take_row, running, &running->complaint);
}

static inline void running_evaluate(struct running *running,
                                    const struct evaluation_settings *settings)
{
    if (running->rc == 0)
        running->rc = evaluation_new(running->program, running->db, settings,
                                     &running->evaluation, &running->complaint);
    running_run(running);
}

/* Of one that is kept. */
static inline void running_again(struct running *running, int64_t later)
{
    strbuf_shorten(&running->rows, 0);
    if (running->rc == 0)
        running->rc = evaluation_again(running->evaluation, later, &running->complaint);
    running_run(running);
}

static inline void running_close(struct running *running)
{
    evaluation_free(running->evaluation);
    program_free(running->program);
    complaint_clear(&running->complaint);
    strbuf_clear(&running->rows);
    sqlite3_close(running->db);
}

#endif

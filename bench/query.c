// SPDX-License-Identifier: GPL-3.0-or-later
/* query - how long questions and SELECTs on a store take, side by side: as the server
 * answers them, on one of its connections, without the server around it.
 *
 *     query STORE ROUNDS [anew] <LINES
 *
 * A line of stdin is a question, the JSON object of POST /v1/ask; or a SELECT, which is
 * prepared, run, and its rows written into memory, each time anew. It becomes a line of
 * microseconds for which it had a processor, of the quickest round and of the median
 * one, without the first; and of how many lines follow: the answer, or a row each, with
 * tabs between its columns. A question that was asked before is kept as the server
 * keeps it; anew: it is not. The collation "version" compares by Debian's order. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/version.h"
#include "rules/question.h"

#define ROUNDS_MAX 100

static int compare_versions(void *context, int one_size, const void *one,
                            int other_size, const void *other)
{
    (void)context;
    return version_compare(one, (size_t)one_size, other, (size_t)other_size);
}

static int compare_times(const void *one, const void *other)
{
    int64_t first = *(const int64_t *)one, second = *(const int64_t *)other;
    return (first > second) - (first < second);
}

static void put_row(sqlite3_stmt *statement, struct strbuf *rows)
{
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
        const char *text = (const char *)sqlite3_column_text(statement, i);
        strbuf_puts(rows, i > 0 ? "\t" : "");
        strbuf_puts(rows, text ? text : "");
    }
    strbuf_puts(rows, "\n");
}

/* How many rows; negative: SQLite's trouble was said. */
static int64_t run_select(sqlite3 *db, const char *sql, struct strbuf *rows)
{
    sqlite3_stmt *statement = NULL;
    int64_t count = 0;
    int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
        rc = sqlite3_step(statement);
        if (rc != SQLITE_ROW)
            break;
        put_row(statement, rows);
        count++;
    }
    sqlite3_finalize(statement);
    if (rc == SQLITE_DONE)
        return count;
    fprintf(stderr, "query: %s: %s\n", sqlite3_errmsg(db), sql);
    return -1;
}

/* One line: the answer, or what is wrong with the question. */
static int64_t run_question(const struct question_means *means, const char *json,
                            struct strbuf *answer)
{
    AUTO(question)
    struct question *question = question_new(text_copy(json), strlen(json));
    (void)!question_answer(question, means, answer);
    strbuf_puts(answer, "\n");
    return 1;
}

static int run(const struct question_means *means, const char *line, int rounds)
{
    int64_t times[ROUNDS_MAX], count = 0;
    AUTO(strbuf) struct strbuf rows = {0};
    for (int i = -1; i < rounds; i++) {
        strbuf_shorten(&rows, 0);
        int64_t start = clock_work();
        count = *line == '{' ? run_question(means, line, &rows)
                             : run_select(store_database(means->store), line, &rows);
        times[i < 0 ? 0 : i] = clock_work() - start;
        if (count < 0)
            return 1;
    }
    qsort(times, (size_t)rounds, sizeof *times, compare_times);
    printf("%lld %lld %lld\n%s", (long long)times[0], (long long)times[rounds / 2],
           (long long)count, strbuf_text(&rows));
    fflush(stdout);
    return 0;
}

static int run_lines(const char *path, int rounds, bool is_anew)
{
    AUTO(store) struct store *store = NULL;
    struct error why = {0};
    if (store_open_asker(path, &store, &why) < 0) {
        fprintf(stderr, "query: %s\n", why.text);
        return 1;
    }
    sqlite3_create_collation(store_database(store), "version", SQLITE_UTF8, NULL,
                             compare_versions);
    AUTO(relations) struct relations *relations = relations_new(store);
    AUTO(kept) struct kept *kept = kept_new(store_database(store), 1);
    AUTO(library) struct library *library = library_load(&(struct texts){0});
    const struct question_means means = {
        .store = store,
        .relations = relations,
        .library = library,
        .kept = is_anew ? NULL : kept,
        .limits = {.work = 10000, .rows = 5000000, .bytes = 256 << 20},
    };
    AUTO(str) char *line = NULL;
    size_t size = 0;
    int status = 0;
    while (status == 0 && getline(&line, &size, stdin) > 0)
        status = run(&means, line, rounds);
    return status;
}

int main(int argc, char **argv)
{
    bool is_anew = argc == 4 && strcmp(argv[3], "anew") == 0;
    long rounds = argc == 3 || is_anew ? strtol(argv[2], NULL, 10) : 0;
    if (rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: query STORE ROUNDS [anew] <LINES; at most %d rounds\n",
                ROUNDS_MAX);
        return 2;
    }
    return run_lines(argv[1], (int)rounds, is_anew);
}

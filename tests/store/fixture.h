// SPDX-License-Identifier: GPL-3.0-or-later
/* fixture - a store in a folder of its own, and messages to put into it. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/store.h"

#define NOON 1795000000000 /* some time in 2026; ms */

struct fixture {
    char folder[64], path[96];
    struct store *store;
    struct error err;
};

/* The call succeeds, or the test shows why not. */
#define assert_done(fixture, call)                                                     \
    do {                                                                               \
        if ((call) < 0)                                                                \
            fail_msg("%s: %s", #call, (fixture)->err.text);                            \
    } while (0)

static UNUSED int fixture_setup(void **state)
{
    struct fixture *fixture = memory_new(sizeof *fixture);
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/sheepdog-store.XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->path, sizeof fixture->path, "%s/store.db", fixture->folder);
    assert_done(fixture, store_open(fixture->path, &fixture->store, &fixture->err));
    *state = fixture;
    return 0;
}

static UNUSED int fixture_teardown(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    struct fixture *fixture = *state;
    store_close(fixture->store);
    for (int i = 0; i < 3; i++) {
        AUTO(str) char *path = text_format("%s%s", fixture->path, endings[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(fixture->folder), 0);
    free(fixture);
    return 0;
}

static UNUSED void fixture_reopen(struct fixture *fixture)
{
    store_close(TAKE(fixture->store));
    assert_done(fixture, store_open(fixture->path, &fixture->store, &fixture->err));
}

static struct message *message_read(const char *json)
{
    struct message_defaults defaults = {.now = NOON, .host = "penguin2"};
    struct message *message;
    struct error err = {0};
    if (message_parse(json, strlen(json), &defaults, &message, &err) < 0)
        fail_msg("%s", err.text);
    return message;
}

/* "00000007-0000-7000-8000-000000000007" */
static const char *id_of(unsigned n, char ret[UUID_SIZE])
{
    snprintf(ret, UUID_SIZE, "%08x-0000-7000-8000-%012x", n, n);
    return ret;
}

/* Message n of penguin2; err "null" says nothing of the state. */
static UNUSED struct message *message_make(unsigned n, const char *tag, int64_t time,
                                           const char *err)
{
    char id[UUID_SIZE], when[CLOCK_TEXT_SIZE], word[32];
    clock_format_utc(time, when);
    snprintf(word, sizeof word, strcmp(err, "null") ? "\"%s\"" : "%s", err);
    AUTO(str)
    char *json = text_format("{\"id\":\"%s\",\"kind\":\"note\",\"tag\":\"%s\","
                             "\"time\":\"%s\",\"err\":%s,\"text\":\"word %u\"}",
                             id_of(n, id), tag, when, word, n);
    return message_read(json);
}

/* Within a transaction: stores the message and lets it speak. It is freed. */
static UNUSED int64_t fixture_put(struct fixture *fixture, struct message *owned,
                                  struct change *ret)
{
    AUTO(message) struct message *message = owned;
    struct change change;
    int64_t number = 0;
    assert_done(fixture, store_put_message(fixture->store, message, INT64_MAX, &number,
                                           &fixture->err));
    assert_done(fixture, store_put_state(fixture->store, message, ret ? ret : &change,
                                         &fixture->err));
    return number;
}

static UNUSED void fixture_begin(struct fixture *fixture)
{
    assert_done(fixture, store_begin(fixture->store, &fixture->err));
}

static UNUSED void fixture_commit(struct fixture *fixture)
{
    assert_done(fixture, store_commit(fixture->store, &fixture->err));
}

/* What sqlite3 answers to a query for one text, from a connection of its own. */
static UNUSED char *fixture_ask(struct fixture *fixture, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    int code = sqlite3_step(statement);
    char *answer = NULL;
    if (code == SQLITE_ROW)
        answer = text_copy((const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return answer;
}

/* The ids' first 8 characters as numbers, as a list gives them: "3 2 1". */
struct seen {
    char ids[512];
    char *body; /* of the last */
    int count;
};

static UNUSED int see(const struct message_row *row, void *context)
{
    struct seen *seen = context;
    size_t length = strlen(seen->ids);
    if (length < sizeof seen->ids - 16)
        snprintf(seen->ids + length, sizeof seen->ids - length, "%s%lx",
                 length ? " " : "", strtoul(row->id, NULL, 16));
    free(seen->body);
    seen->body = text_copy(row->body);
    seen->count++;
    return 0;
}

static UNUSED void seen_clear(struct seen *seen)
{
    free(seen->body);
    *seen = (struct seen){0};
}

#endif

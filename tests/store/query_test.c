// SPDX-License-Identifier: GPL-3.0-or-later
/* The connection as the store sets it. Every statement that it runs is overheard by
 * SQLite's own trace and planned again: none may walk through all messages,
 * tellings or interruptions. */
#include "fixture.h"

#include "store/incidents.h"

#define TEXTS_MAX 128

static char *texts[TEXTS_MAX];
static int text_count;
static sqlite3 *opened; /* the store's own connection */

static int on_statement(unsigned event UNUSED, void *context UNUSED, void *statement,
                        void *expanded UNUSED)
{
    const char *text = sqlite3_sql(statement);
    for (int i = 0; i < text_count; i++)
        if (strcmp(texts[i], text) == 0)
            return 0;
    assert_true(text_count < TEXTS_MAX);
    texts[text_count++] = text_copy(text);
    return 0;
}

static int overhear(sqlite3 *db, char **err UNUSED, const void *api UNUSED)
{
    opened = db;
    return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, on_statement, NULL);
}

static int ignore_message(const struct message_row *row UNUSED, void *context UNUSED)
{
    return 0;
}

static int ignore_state(const struct state_row *row UNUSED, void *context UNUSED)
{
    return 0;
}

static int ignore_dead(const struct dead_letter *letter UNUSED, void *context UNUSED)
{
    return 0;
}

static int ignore_token(const struct token_row *token UNUSED, void *context UNUSED)
{
    return 0;
}

static void list_in_each_way(struct fixture *fixture)
{
    AUTO(str) char *position = NULL;
    char id[UUID_SIZE];
    for (int way = 0; way < 8; way++) {
        struct message_filter filter = {
            .host = way & 1 ? "penguin2" : NULL,
            .tag = way & 2 ? "t" : NULL,
            .failed = way & 4,
            .before = id_of(1, id),
        };
        assert_done(fixture, store_each_message(fixture->store, &filter, ignore_message,
                                                NULL, &fixture->err));
    }
    assert_done(fixture, store_each_state(fixture->store, true, ignore_state, NULL,
                                          &fixture->err));
    assert_done(fixture, store_find_message(fixture->store, "00000001", ignore_message,
                                            NULL, &fixture->err));
    assert_done(fixture, store_each_stored(fixture->store, 0, NOON, 9, ignore_message,
                                           NULL, &fixture->err));
    assert_done(fixture, store_each_dead(fixture->store, 0, 9, ignore_dead, NULL,
                                         &fixture->err));
    assert_done(fixture,
                store_find_dead(fixture->store, 1, ignore_dead, NULL, &fixture->err));
    assert_done(fixture,
                store_each_token(fixture->store, ignore_token, NULL, &fixture->err));
    assert_done(fixture,
                store_get_position(fixture->store, "s", &position, &fixture->err));
}

static int ignore_telling(const struct telling *telling UNUSED, void *context UNUSED)
{
    return 0;
}

static void ignore_sum(void *context UNUSED, const struct telling_sum *sum UNUSED)
{
}

static void tell(struct fixture *fixture)
{
    struct telling telling = {.kind = TELLING_NOTE,
                              .host = "penguin2",
                              .tag = "t",
                              .notifier = "log",
                              .address = "",
                              .body = "{}"};
    struct store *store = fixture->store;
    struct error *err = &fixture->err;
    int64_t next = 0;
    assert_done(fixture, store_put_telling(store, &telling, err));
    assert_done(fixture, store_due_telling(store, "log", 9, ignore_telling, NULL, err));
    assert_done(fixture, store_next_telling(store, "log", &next, err));
    assert_done(fixture, store_each_sum(store, "log", "", 0, ignore_sum, NULL, err));
    assert_done(fixture, store_count_tellings(store, "log", "", 0, &next, err));
    assert_done(fixture, store_telling_failed(store, 1, 1, 2, "", err));
    assert_done(fixture, store_telling_told(store, 1, 1, err));
}

static void put_the_rest(struct fixture *fixture)
{
    struct dead_letter letter = {.source = "s", .reason = "no", .bytes = ""};
    struct token_row token = {.host = "*", .role = ROLE_READ};
    int64_t number;
    fixture_begin(fixture);
    assert_done(fixture, store_put_dead(fixture->store, &letter, &fixture->err));
    assert_done(fixture, store_put_dead(fixture->store, &letter, &fixture->err));
    assert_done(fixture,
                store_put_token(fixture->store, &token, &number, &fixture->err));
    assert_done(fixture, store_put_position(fixture->store, "s", "1", &fixture->err));
    fixture_commit(fixture);
}

static void drop_the_rest(struct fixture *fixture)
{
    fixture_begin(fixture);
    assert_done(fixture, store_drop_dead(fixture->store, 1, &fixture->err));
    assert_done(fixture, store_revoke_token(fixture->store, 1, &fixture->err));
    fixture_commit(fixture);
}

static void put_of_every_sort(struct fixture *fixture)
{
    static const char *const errs[] = {"FAIL", "SUCCESS", "FAIL", "SUCCESS"};
    static const int times[] = {10, 30, 20, 15}; /* two come late */
    int changed;
    fixture_begin(fixture);
    for (unsigned n = 0; n < 4; n++)
        fixture_put(fixture, message_make(n + 1, "t", NOON + times[n], errs[n]), NULL);
    tell(fixture);
    assert_done(fixture, store_prune(fixture->store, NOON, NOON, 9, NULL, &changed,
                                     &fixture->err));
    fixture_commit(fixture);
}

static void assert_is_found_by_index(sqlite3 *db, const char *text)
{
    static const char *const long_tables[] = {
        "SCAN message", "SCAN m",   "SCAN telling", "SCAN interruption",
        "SCAN n",       "SCAN one", "SCAN older",   "SCAN dead"};
    AUTO(str) char *sql = text_format("EXPLAIN QUERY PLAN %s", text);
    sqlite3_stmt *plan;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &plan, NULL), SQLITE_OK);
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(plan, 3);
        for (int i = 0; i < 8; i++) {
            size_t length = strlen(long_tables[i]);
            if (strncmp(step, long_tables[i], length) == 0 &&
                (step[length] == '\0' || step[length] == ' '))
                fail_msg("%s\nin %s", step, text);
        }
    }
    sqlite3_finalize(plan);
}

/* What brings the schema up to date may take its time. */
static void forget_opening(void)
{
    while (text_count > 0)
        free(texts[--text_count]);
}

static void no_statement_walks_through_a_long_table(void **state)
{
    struct fixture *fixture = *state;
    forget_opening();
    put_of_every_sort(fixture);
    put_the_rest(fixture);
    list_in_each_way(fixture);
    drop_the_rest(fixture);
    store_close(TAKE(fixture->store));

    sqlite3 *db;
    int planned = 0;
    sqlite3_reset_auto_extension();
    assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
    for (int i = 0; i < text_count; i++) {
        AUTO(str) char *text = TAKE(texts[i]);
        if (strncmp(text, "SELECT", 6) && strncmp(text, "INSERT", 6) &&
            strncmp(text, "UPDATE", 6) && strncmp(text, "DELETE", 6))
            continue;
        assert_is_found_by_index(db, text);
        planned++;
    }
    sqlite3_close(db);
    assert_true(planned >= 40);
}

static int64_t setting(const char *sql)
{
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(opened, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static void a_commit_is_synced_and_references_are_kept(void **state UNUSED)
{
    sqlite3_reset_auto_extension();
    assert_int_equal(setting("PRAGMA synchronous"), 2); /* FULL */
    assert_int_equal(setting("PRAGMA foreign_keys"), 1);
}

static int setup(void **state)
{
    sqlite3_auto_extension((void (*)(void))overhear);
    return fixture_setup(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_commit_is_synced_and_references_are_kept,
                                        setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(no_statement_walks_through_a_long_table, setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

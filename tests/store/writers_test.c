// SPDX-License-Identifier: GPL-3.0-or-later
/* Several programs write one store: sheepdog-handler beside the queue daemon. */
#include "fixture.h"

#include <errno.h>
#include <sys/wait.h>

#define WRITERS_MAX 4
#define MESSAGES    2000 /* of each writer */
#define GROUP       20   /* messages a commit */
#define BEYOND      (MESSAGES / 2)

/* What a writer does in a process of its own; its return is the exit status. */
typedef int work_fn(const struct fixture *fixture, int writer);

/* All begin at the same moment, with a store that none has opened. */
static void run_writers(struct fixture *fixture, int count, work_fn *work)
{
    pid_t pids[WRITERS_MAX];
    int start[2];
    char byte;
    assert_int_equal(pipe(start), 0);
    for (int i = 0; i < count; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] > 0)
            continue;
        alarm(60);
        close(start[1]);
        _exit(read(start[0], &byte, 1) == 0 ? work(fixture, i) : 99);
    }
    close(start[0]);
    close(start[1]);
    for (int i = 0; i < count; i++) {
        int status;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        if (status != 0)
            fail_msg("writer %d ended with %#x", i, (unsigned)status);
    }
}

static int complain(const struct fixture *fixture, int rc)
{
    fprintf(stderr, "%d: %s: %s\n", rc, strerror(-rc), fixture->err.text);
    return 1;
}

static void remove_store(struct fixture *fixture)
{
    store_close(TAKE(fixture->store));
    assert_int_equal(unlink(fixture->path), 0);
}

/* ---- opening ---- */

static int open_and_close(const struct fixture *fixture, int writer UNUSED)
{
    struct fixture own = *fixture;
    AUTO(store) struct store *store = NULL;
    int rc = store_open(own.path, &store, &own.err);
    return rc < 0 ? complain(&own, rc) : 0;
}

static void many_may_open_a_store_that_none_has_made(void **state)
{
    struct fixture *fixture = *state;
    for (int round = 0; round < 8; round++) {
        remove_store(fixture);
        run_writers(fixture, WRITERS_MAX, open_and_close);
        assert_done(fixture, store_open(fixture->path, &fixture->store, &fixture->err));
    }
}

static const char version_1[] =
#include "store/schema.inc"
    "PRAGMA user_version = 1;";

static void many_may_bring_an_old_store_up_to_date(void **state)
{
    struct fixture *fixture = *state;
    for (int round = 0; round < 8; round++) {
        sqlite3 *db;
        remove_store(fixture);
        assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, version_1, NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
        run_writers(fixture, WRITERS_MAX, open_and_close);
        assert_done(fixture, store_open(fixture->path, &fixture->store, &fixture->err));
        AUTO(str) char *version = fixture_ask(fixture, "PRAGMA user_version");
        assert_string_equal(version, "5");
    }
}

/* ---- writing ---- */

/* Message n, every third a failure, stored and its state kept unless it was before. */
static int put_one(struct fixture *fixture, unsigned n)
{
    AUTO(message)
    struct message *message = message_make(n, n % 2 ? "odd" : "even", NOON + n * 1000,
                                           n % 3 == 0 ? "FAIL" : "SUCCESS");
    struct change change;
    int64_t number;
    int rc = store_put_message(fixture->store, message, NOON + n * 1000, &number,
                               &fixture->err);
    if (rc < 0)
        return rc == -EEXIST ? 0 : rc;
    return store_put_state(fixture->store, message, &change, &fixture->err);
}

static int put_group(struct fixture *fixture, unsigned first)
{
    int rc = store_begin(fixture->store, &fixture->err);
    for (unsigned n = first; rc == 0 && n < first + GROUP; n++)
        rc = put_one(fixture, n);
    if (rc == 0)
        return store_commit(fixture->store, &fixture->err);
    store_rollback(fixture->store);
    return rc;
}

static int write_all(const struct fixture *fixture, int writer)
{
    struct fixture own = *fixture;
    unsigned first = 1 + (unsigned)writer * BEYOND;
    int rc = store_open(own.path, &own.store, &own.err);
    for (unsigned n = first; rc == 0 && n < first + MESSAGES; n += GROUP)
        rc = put_group(&own, n);
    store_close(own.store);
    return rc < 0 ? complain(&own, rc) : 0;
}

/* One alone, all in their order. */
static int write_in_order(const struct fixture *fixture, int writer UNUSED)
{
    int rc = write_all(fixture, 0);
    return rc != 0 ? rc : write_all(fixture, 1);
}

static char *ask_summary(struct fixture *fixture)
{
    return fixture_ask(
        fixture,
        "SELECT (SELECT group_concat(state || ' ' || since || ' ' || id)"
        " FROM (SELECT * FROM tag ORDER BY tag)) || (SELECT group_concat("
        "tag || ' ' || began || ' ' || ifnull(ended, '-')) FROM (SELECT t.tag, began,"
        " ended FROM interruption i JOIN tag t ON t.number = i.tag"
        " ORDER BY t.tag, began))");
}

static void two_store_each_message_once_and_conclude_the_same_as_one(void **state)
{
    struct fixture *fixture = *state;
    remove_store(fixture);
    run_writers(fixture, 2, write_all);
    AUTO(str) char *count = fixture_ask(fixture, "SELECT count(*) FROM message");
    AUTO(str) char *check = fixture_ask(fixture, "PRAGMA integrity_check");
    AUTO(str) char *found = ask_summary(fixture);
    assert_string_equal(count, "3000");
    assert_string_equal(check, "ok");

    assert_int_equal(unlink(fixture->path), 0);
    run_writers(fixture, 1, write_in_order);
    AUTO(str) char *wanted = ask_summary(fixture);
    assert_string_equal(found, wanted);
    assert_done(fixture, store_open(fixture->path, &fixture->store, &fixture->err));
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(many_may_open_a_store_that_none_has_made),
        TEST(many_may_bring_an_old_store_up_to_date),
        TEST(two_store_each_message_once_and_conclude_the_same_as_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

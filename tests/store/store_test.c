// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

#include "store/incidents.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void execute(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static int count_messages(struct fixture *fixture)
{
    struct message_filter filter = {.limit = 1000000};
    struct seen seen = {0};
    assert_done(fixture,
                store_each_message(fixture->store, &filter, see, &seen, &fixture->err));
    int count = seen.count;
    seen_clear(&seen);
    return count;
}

static void a_new_store_is_of_version_5_and_ours_alone(void **state)
{
    struct fixture *fixture = *state;
    AUTO(str) char *version = fixture_ask(fixture, "PRAGMA user_version");
    AUTO(str) char *mode = fixture_ask(fixture, "PRAGMA journal_mode");
    struct stat status;
    assert_string_equal(version, "5");
    assert_string_equal(mode, "wal");
    assert_int_equal(stat(fixture->path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static const char version_1[] =
#include "store/schema.inc"
    "PRAGMA user_version = 1;"
    "INSERT INTO tag VALUES (1, 'penguin2', 'backup', 4, 5000,"
    " '00000001-0000-7000-8000-000000000001', 5000,"
    " '00000001-0000-7000-8000-000000000001', 1);"
    "INSERT INTO message VALUES (1, '00000001-0000-7000-8000-000000000001', 1, 'note',"
    " 5000, 5001, 4, 'FAIL', NULL, NULL, 'no', '{\"id\":"
    "\"00000001-0000-7000-8000-000000000001\",\"host\":\"penguin2\","
    "\"tag\":\"backup\",\"err\":\"FAIL\"}', NULL);"
    "INSERT INTO interruption VALUES (1, 5000,"
    " '00000001-0000-7000-8000-000000000001', NULL, NULL);"
    "INSERT INTO notification VALUES (1, 1, 1, 'email', 'a@x', 1, 4, 5000, 5001, 5001,"
    " 0, NULL, NULL);";

static const char version_2[] =
#include "store/version-2.inc"
    "PRAGMA user_version = 2;";

static int note_host(const struct host_row *row, void *context)
{
    char *text = context;
    snprintf(text, 64, "%s %lld %lld %s", row->host, (long long)row->since,
             (long long)row->seen, state_name(row->state));
    return 0;
}

/* Its tags have no first message written down, and its outputs another index. */
static void brings_a_store_of_version_2_up_to_date(void **state)
{
    struct fixture *fixture = *state;
    store_close(TAKE(fixture->store));
    unlink(fixture->path);
    execute(fixture->path, version_1);
    execute(fixture->path, version_2);
    execute(fixture->path, "INSERT INTO tag (host, tag) VALUES ('empty', 'gone')");
    fixture_reopen(fixture);
    AUTO(str) char *version = fixture_ask(fixture, "PRAGMA user_version");
    assert_string_equal(version, "5");
    char text[64] = "";
    assert_done(fixture,
                store_each_host(fixture->store, NULL, note_host, text, &fixture->err));
    assert_string_equal(text, "penguin2 0 5000 fail");
    AUTO(str)
    char *index = fixture_ask(fixture, "SELECT sql FROM sqlite_schema"
                                       " WHERE name = 'message_output'");
    assert_non_null(strstr(index, "kind <> 'facts'"));
}

static const char version_3[] =
#include "store/version-3.inc"
    ;

static const char relations_3[] =
    "PRAGMA user_version = 3;"
    "INSERT INTO relation VALUES (1, 'package', 'penguin2'), (2, 'user', 'penguin2');"
    "INSERT INTO relation_column VALUES (1, 0, 'name', 'text', 0),"
    " (1, 1, 'version', 'version', 0), (2, 0, 'shell', 'text', 0),"
    " (2, 1, 'name', 'text', 1);"
    "CREATE TABLE fact_package (number INTEGER PRIMARY KEY, host INTEGER NOT NULL,"
    " ended INTEGER, v_name TEXT, v_version TEXT) STRICT;"
    "CREATE TABLE fact_user (number INTEGER PRIMARY KEY, host INTEGER NOT NULL,"
    " ended INTEGER, v_shell TEXT, v_name TEXT) STRICT;";

static void tables_of_a_store_of_version_3_get_their_index(void **state)
{
    struct fixture *fixture = *state;
    store_close(TAKE(fixture->store));
    unlink(fixture->path);
    execute(fixture->path, version_1);
    execute(fixture->path, version_2);
    execute(fixture->path, version_3);
    execute(fixture->path, relations_3);
    fixture_reopen(fixture);
    AUTO(str) char *version = fixture_ask(fixture, "PRAGMA user_version");
    AUTO(str)
    char *columns = fixture_ask(
        fixture,
        "SELECT group_concat(m.name || '.' || i.name, ' ') FROM sqlite_schema m"
        " JOIN pragma_index_info(m.name) i WHERE m.name LIKE 'named%' AND i.seqno = 0"
        " ORDER BY 1");
    assert_string_equal(version, "5");
    assert_string_equal(columns, "named_package.v_name named_user.v_name");
}

static int put_telling(const struct telling *telling, void *context)
{
    strbuf_printf(context, "%s %s %s %s %s", telling_kind_name(telling->kind),
                  telling->host, telling->tag, telling->address, telling->body);
    return 0;
}

static void brings_a_store_of_version_1_up_to_date(void **state)
{
    struct fixture *fixture = *state;
    store_close(TAKE(fixture->store));
    unlink(fixture->path);
    execute(fixture->path, version_1);
    assert_done(fixture, store_open(fixture->path, &fixture->store, &fixture->err));
    AUTO(str) char *version = fixture_ask(fixture, "PRAGMA user_version");
    assert_string_equal(version, "5");
    struct message_filter filter = {.host = "penguin2", .tag = "backup"};
    struct seen seen = {0};
    assert_done(fixture,
                store_each_message(fixture->store, &filter, see, &seen, &fixture->err));
    assert_string_equal(seen.ids, "1");
    seen_clear(&seen);

    AUTO(strbuf) struct strbuf due = {0};
    assert_int_equal(
        store_due_telling(fixture->store, "mailto", 6000, put_telling, &due, NULL), 1);
    assert_string_equal(due.data,
                        "new penguin2 backup a@x {\"severity\":\"fail\","
                        "\"before\":null,\"text\":\"no\",\"since\":5000,"
                        "\"message\":\"00000001-0000-7000-8000-000000000001\"}");
    AUTO(str)
    char *known = fixture_ask(
        fixture, "SELECT i.tag || matter || i.severity || began || notifier || recent"
                 " FROM incident i JOIN informed ON incident = i.number, tag");
    assert_string_equal(known, "backupstatefail5000*[[5000,4,null,null]]");

    struct change change = {0};
    fixture_begin(fixture);
    fixture_put(fixture, message_make(2, "backup", NOON, "SUCCESS"), &change);
    assert_done(
        fixture,
        store_put_dead(fixture->store,
                       &(struct dead_letter){
                           .source = "door", .reason = "no", .bytes = "x", .size = 1},
                       &fixture->err));
    fixture_commit(fixture);
    assert_int_equal(change.before, STATE_FAIL);
    assert_true(change.since == 5000);
    fixture_reopen(fixture);
    assert_int_equal(count_messages(fixture), 2);
}

/* What was said before becomes recent, and how often it changed is counted. */
static void what_flapped_before_version_5_may_flap(void **state)
{
    struct fixture *fixture = *state;
    store_close(TAKE(fixture->store));
    unlink(fixture->path);
    execute(fixture->path, version_1);
    execute(fixture->path,
            "WITH RECURSIVE n (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n LIMIT 29)"
            " INSERT INTO message SELECT n, format('%08d', n), 1, 'note', 5000 + n,"
            " 5000 + n, iif(n < 20 AND n % 2, 4, 1), NULL, NULL, NULL, 'no', '{}', NULL"
            " FROM n");
    fixture_reopen(fixture);
    AUTO(str)
    char *found = fixture_ask(
        fixture, "SELECT json_array_length(recent) || ' ' || flips FROM tag");
    assert_string_equal(found, "21 10");
}

static void keeps_what_it_holds_when_opened_again(void **state)
{
    struct fixture *fixture = *state;
    fixture_begin(fixture);
    fixture_put(fixture, message_make(1, "backup", NOON, "FAIL"), NULL);
    fixture_commit(fixture);
    fixture_reopen(fixture);
    assert_int_equal(count_messages(fixture), 1);
}

static void a_rollback_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    fixture_begin(fixture);
    fixture_put(fixture, message_make(1, "backup", NOON, "FAIL"), NULL);
    store_rollback(fixture->store);
    store_rollback(fixture->store); /* harmless where nothing has begun */
    assert_int_equal(count_messages(fixture), 0);
    AUTO(str) char *tags = fixture_ask(fixture, "SELECT count(*) FROM tag");
    assert_string_equal(tags, "0");
}

static void refuses_what_a_newer_sheepdog_made(void **state)
{
    struct fixture *fixture = *state;
    store_close(TAKE(fixture->store));
    execute(fixture->path, "PRAGMA user_version = 99");
    assert_int_equal(store_open(fixture->path, &fixture->store, &fixture->err),
                     -EPROTO);
    assert_non_null(strstr(fixture->err.text, "newer"));
    assert_int_equal(store_open_reader(fixture->path, &fixture->store, &fixture->err),
                     -EPROTO);
    assert_null(fixture->store);
}

static void refuses_a_file_that_is_no_database(void **state)
{
    struct fixture *fixture = *state;
    store_close(TAKE(fixture->store));
    FILE *file = fopen(fixture->path, "w");
    for (int i = 0; i < 1000; i++)
        fputs("not a database\n", file);
    fclose(file);
    assert_int_equal(store_open(fixture->path, &fixture->store, &fixture->err),
                     -EBADMSG);
    assert_non_null(strstr(fixture->err.text, fixture->path));
    assert_non_null(strstr(fixture->err.text, "not a database"));
}

static void refuses_another_programs_database_and_leaves_it_as_it_is(void **state)
{
    struct fixture *fixture = *state;
    store_close(TAKE(fixture->store));
    unlink(fixture->path);
    execute(fixture->path, "CREATE TABLE theirs (a)");
    assert_int_equal(store_open(fixture->path, &fixture->store, &fixture->err),
                     -EBADMSG);
    assert_non_null(strstr(fixture->err.text, "another program's"));
    AUTO(str) char *mode = fixture_ask(fixture, "PRAGMA journal_mode");
    assert_string_equal(mode, "delete");
}

static void names_the_folder_that_is_missing(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = NULL;
    assert_int_equal(store_open("/nonexistent/store.db", &store, &fixture->err),
                     -ENOENT);
    assert_non_null(strstr(fixture->err.text, "/nonexistent/store.db"));
    assert_true(store_open_reader("/nonexistent/store.db", &store, &fixture->err) < 0);
    assert_null(store);
}

static void a_reader_sees_what_is_committed_and_cannot_write(void **state)
{
    struct fixture *fixture = *state;
    AUTO(store) struct store *reader = NULL;
    assert_done(fixture, store_open_reader(fixture->path, &reader, &fixture->err));
    struct message_filter filter = {0};
    struct seen seen = {0};
    fixture_begin(fixture);
    fixture_put(fixture, message_make(1, "backup", NOON, "FAIL"), NULL);
    assert_done(fixture, store_each_message(reader, &filter, see, &seen, NULL));
    assert_int_equal(seen.count, 0);
    fixture_commit(fixture);
    assert_done(fixture, store_each_message(reader, &filter, see, &seen, NULL));
    assert_int_equal(seen.count, 1);
    seen_clear(&seen);
    assert_int_equal(store_begin(reader, &fixture->err), -EROFS);
}

/* ---- faults ---- */

/* Puts messages, five a commit, until one fails; returns that error. *next goes on. */
static int fill_up(struct fixture *fixture, unsigned *next)
{
    for (int rc;;) {
        rc = store_begin(fixture->store, &fixture->err);
        for (int i = 0; rc == 0 && i < 5; i++) {
            AUTO(message)
            struct message *message = message_make((*next)++, "backup", NOON, "FAIL");
            int64_t number;
            rc = store_put_message(fixture->store, message, NOON, &number,
                                   &fixture->err);
        }
        if (rc == 0)
            rc = store_commit(fixture->store, &fixture->err);
        if (rc == 0)
            continue;
        store_rollback(fixture->store);
        return rc;
    }
}

/* After relief: nothing half is there, and writing goes on without opening again. */
static void assert_recovers(struct fixture *fixture, unsigned next)
{
    int before = count_messages(fixture);
    assert_int_equal(before % 5, 0);
    fixture_begin(fixture);
    fixture_put(fixture, message_make(next, "backup", NOON, "FAIL"), NULL);
    fixture_commit(fixture);
    fixture_reopen(fixture);
    assert_int_equal(count_messages(fixture), before + 1);
    AUTO(str) char *check = fixture_ask(fixture, "PRAGMA integrity_check");
    assert_string_equal(check, "ok");
}

static void goes_on_after_writes_failed(void **state)
{
    struct fixture *fixture = *state;
    struct rlimit before, tight;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = before;
    tight.rlim_cur = 300000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    unsigned next = 1;
    int rc = fill_up(fixture, &next);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(rc, -EIO);
    assert_non_null(strstr(fixture->err.text, fixture->path));
    assert_recovers(fixture, next);
}

static void goes_on_after_a_full_disk(void **state)
{
    struct fixture *fixture = *state;
    store_close(TAKE(fixture->store));
    unlink(fixture->path);
    if (mount("tmpfs", fixture->folder, "tmpfs", 0, "size=1m") < 0)
        skip(); /* only root may */
    assert_done(fixture, store_open(fixture->path, &fixture->store, &fixture->err));
    unsigned next = 1;
    int rc = fill_up(fixture, &next);
    bool is_mounted = mount(NULL, fixture->folder, NULL, MS_REMOUNT, "size=4m") == 0;
    if (is_mounted && rc == -ENOSPC)
        assert_recovers(fixture, next);
    store_close(TAKE(fixture->store));
    umount(fixture->folder);
    assert_true(is_mounted);
    assert_int_equal(rc, -ENOSPC);
}

#define GROUP 7 /* messages a commit */

/* Tells the pipe, a byte a commit, what is on disk; until it is killed. */
static void write_forever(struct fixture *fixture, unsigned next, int pipe)
{
    for (;;) {
        if (store_begin(fixture->store, NULL) < 0)
            _exit(1);
        for (int i = 0; i < GROUP; i++, next++)
            fixture_put(fixture, message_make(next, "backup", NOON + next, "FAIL"),
                        NULL);
        if (store_commit(fixture->store, NULL) < 0 || write(pipe, "x", 1) != 1)
            _exit(1);
    }
}

/* Kills a writer after `commits` commits; returns how many it had told of. */
static int kill_writer(struct fixture *fixture, unsigned next, int commits)
{
    int ends[2], told = 0;
    char byte;
    store_close(TAKE(fixture->store));
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        if (store_open(fixture->path, &fixture->store, NULL) == 0)
            write_forever(fixture, next, ends[1]);
        _exit(1);
    }
    close(ends[1]);
    while (told < commits && read(ends[0], &byte, 1) == 1)
        told++;
    kill(pid, SIGKILL);
    while (read(ends[0], &byte, 1) == 1)
        told++;
    close(ends[0]);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    return told;
}

static void a_killed_writer_keeps_what_it_committed_and_nothing_half(void **state)
{
    struct fixture *fixture = *state;
    int stored = 0;
    for (int round = 0; round < 12; round++) {
        int told = kill_writer(fixture, (unsigned)stored + 1, 1 + round * 5 % 13);
        assert_done(fixture, store_open(fixture->path, &fixture->store, NULL));
        int now = count_messages(fixture);
        assert_int_equal(now % GROUP, 0);
        assert_in_range(now - stored, told * GROUP, (told + 1) * GROUP);
        stored = now;
    }
    AUTO(str) char *check = fixture_ask(fixture, "PRAGMA integrity_check");
    assert_string_equal(check, "ok");
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

static void what_any_message_would_meet_is_the_stores_trouble(void **state UNUSED)
{
    static const int troubles[] = {-ENOSPC, -EIO,    -EBUSY,  -EROFS,
                                   -EACCES, -ENOMEM, -EBADMSG};
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++)
        assert_true(store_is_trouble(troubles[i]));
    assert_false(store_is_trouble(0));
    assert_false(store_is_trouble(-EINVAL));
    assert_false(store_is_trouble(-EEXIST));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_store_is_of_version_5_and_ours_alone),
        TEST(brings_a_store_of_version_1_up_to_date),
        TEST(brings_a_store_of_version_2_up_to_date),
        TEST(tables_of_a_store_of_version_3_get_their_index),
        TEST(what_flapped_before_version_5_may_flap),
        TEST(keeps_what_it_holds_when_opened_again),
        TEST(a_rollback_leaves_nothing),
        TEST(refuses_what_a_newer_sheepdog_made),
        TEST(refuses_a_file_that_is_no_database),
        TEST(refuses_another_programs_database_and_leaves_it_as_it_is),
        TEST(names_the_folder_that_is_missing),
        TEST(a_reader_sees_what_is_committed_and_cannot_write),
        TEST(goes_on_after_writes_failed),
        TEST(goes_on_after_a_full_disk),
        TEST(a_killed_writer_keeps_what_it_committed_and_nothing_half),
        cmocka_unit_test(what_any_message_would_meet_is_the_stores_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "datalog/kept.h"
#include "running.h"

/* Keeps "x = NUMBER" under the key, all on one connection. */
static void put(struct kept *kept, sqlite3 *db, const char *key, int number)
{
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_printf(&text, "x = %d", number);
    struct keeping keeping = {.program = program_new(), .now = number};
    const struct check_settings check = {.is_now_moving = true};
    const struct evaluation_settings settings = {.is_guarded = true, .is_kept = true};
    assert_int_equal(parse_text(keeping.program, "question", text.data, text.size,
                                PARSE_ASKED, NULL),
                     0);
    assert_int_equal(check_program(keeping.program, &check, NULL), 0);
    assert_int_equal(
        evaluation_new(keeping.program, db, &settings, &keeping.evaluation, NULL), 0);
    assert_int_equal(evaluation_run(keeping.evaluation, NULL), 0);
    kept_put(kept, key, strlen(key), &keeping);
    assert_null(keeping.program);
    assert_null(keeping.evaluation);
}

/* And puts it back. 0: it is not there. */
static int64_t look(struct kept *kept, const char *key)
{
    struct keeping keeping;
    if (!kept_take(kept, key, strlen(key), &keeping))
        return 0;
    int64_t now = keeping.now;
    assert_int_equal(evaluation_again(keeping.evaluation, 0, NULL), 0);
    kept_put(kept, key, strlen(key), &keeping);
    return now;
}

static void what_was_not_used_for_longest_goes(void **state UNUSED)
{
    sqlite3 *db;
    sqlite3_open(":memory:", &db);
    struct kept *kept = kept_new(db, 2);
    put(kept, db, "one", 1);
    put(kept, db, "two", 2);
    assert_int_equal(look(kept, "one"), 1);
    put(kept, db, "three", 3);
    assert_int_equal(look(kept, "two"), 0);
    assert_int_equal(look(kept, "one"), 1);
    assert_int_equal(look(kept, "three"), 3);
    assert_int_equal(look(kept, "thre"), 0);
    kept_free(kept);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void what_is_taken_is_no_longer_there(void **state UNUSED)
{
    sqlite3 *db;
    sqlite3_open(":memory:", &db);
    AUTO(kept) struct kept *kept = kept_new(db, 2);
    put(kept, db, "one", 1);
    struct keeping keeping, other;
    assert_true(kept_take(kept, "one", 3, &keeping));
    assert_false(kept_take(kept, "one", 3, &other));
    keeping_clear(&keeping);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void without_room_nothing_is_kept(void **state UNUSED)
{
    sqlite3 *db;
    sqlite3_open(":memory:", &db);
    struct keeping keeping;
    put(NULL, db, "one", 1);
    assert_false(kept_take(NULL, "one", 3, &keeping));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_used_for_longest_goes),
        cmocka_unit_test(what_is_taken_is_no_longer_there),
        cmocka_unit_test(without_room_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

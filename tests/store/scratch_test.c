// SPDX-License-Identifier: GPL-3.0-or-later
/* scratch - what an asker's SQLite puts into files without a name has an end. */
#include "fixture.h"

#define LIMIT ((int64_t)8 << 20) /* bytes */

/* So many different rows of 1000 bytes, of which SQLite must remember each. */
static int run(struct store *asker, int rows)
{
    AUTO(str)
    char *sql = text_format("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1"
                            " FROM n WHERE i < %d)"
                            " SELECT count(*) FROM (SELECT DISTINCT"
                            " printf('%%01000d', i) FROM n LIMIT -1)",
                            rows);
    return sqlite3_exec(store_database(asker), sql, NULL, NULL, NULL);
}

static void what_is_too_much_fails_and_is_forgotten(void **state)
{
    struct fixture *fixture = *state;
    AUTO(store) struct store *asker = NULL;
    assert_done(fixture, store_open_asker(fixture->path, &asker, &fixture->err));
    store_limit_scratch(asker, LIMIT);
    assert_int_equal(run(asker, 2000), SQLITE_OK);
    assert_int_equal(run(asker, 30000), SQLITE_FULL);
    assert_int_equal(run(asker, 2000), SQLITE_OK);
    store_limit_scratch(asker, 0);
    assert_int_equal(run(asker, 30000), SQLITE_OK);
}

static void each_asker_has_its_own(void **state)
{
    struct fixture *fixture = *state;
    AUTO(store) struct store *one = NULL;
    AUTO(store) struct store *other = NULL;
    assert_done(fixture, store_open_asker(fixture->path, &one, &fixture->err));
    assert_done(fixture, store_open_asker(fixture->path, &other, &fixture->err));
    store_limit_scratch(one, LIMIT);
    assert_int_equal(run(other, 30000), SQLITE_OK);
    assert_int_equal(run(one, 30000), SQLITE_FULL);
}

static void no_text_grows_for_ever(void **state)
{
    struct fixture *fixture = *state;
    AUTO(store) struct store *asker = NULL;
    assert_done(fixture, store_open_asker(fixture->path, &asker, &fixture->err));
    AUTO(str) char *fits = text_format("SELECT length(zeroblob(%d))", STORE_TEXT_MAX);
    AUTO(str)
    char *more = text_format("SELECT length(zeroblob(%d))", STORE_TEXT_MAX + 1);
    sqlite3 *db = store_database(asker);
    assert_int_equal(sqlite3_exec(db, fits, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, more, NULL, NULL, NULL), SQLITE_TOOBIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_too_much_fails_and_is_forgotten,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(each_asker_has_its_own, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(no_text_grows_for_ever, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

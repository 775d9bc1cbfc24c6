// SPDX-License-Identifier: GPL-3.0-or-later
/* relation - a value has one text, however it was written; names that could not stand
 * in a store are refused; rows are a set. */
#include "message/relation.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"

/* ---- values ---- */

static void assert_value(enum column_type type, const char *text, const char *wanted)
{
    AUTO(str) char *value = NULL;
    struct error err = {0};
    if (column_value(type, text, &value, &err) < 0)
        fail_msg("%s: %s", text, err.text);
    assert_string_equal(value, wanted);
}

static void assert_no_value(enum column_type type, const char *text)
{
    char *value = NULL;
    struct error err = {0};
    if (column_value(type, text, &value, &err) != -EINVAL)
        fail_msg("\"%s\" is a %s", text, column_type_name(type));
    assert_null(value);
    assert_true(err.text[0]);
}

static void a_number_has_one_text(void **state UNUSED)
{
    static const char *const cases[][2] = {
        {"12", "12"},
        {"012", "12"},
        {"-0", "0"},
        {"-0.0", "0"},
        {"1.50", "1.5"},
        {".5", "0.5"},
        {"1e3", "1000"},
        {"1e15", "1000000000000000"},
        {"1000000000000000", "1000000000000000"},
        {"9007199254740993", "9007199254740993"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"-9223372036854775808.0", "-9223372036854775808"},
        {"0.1", "0.1"},
        {"0.30000000000000004", "0.30000000000000004"},
        {"1e300", "1e+300"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_value(COLUMN_NUMBER, cases[i][0], cases[i][1]);
        assert_value(COLUMN_NUMBER, cases[i][1], cases[i][1]);
    }
    static const char *const wrong[] = {"",     "x",     "1x",  "inf",  "nan",
                                        "0x10", " 1",    "1 ",  "--1",  ".",
                                        "e5",   "1e999", "1,5", "1e5-", "-"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_no_value(COLUMN_NUMBER, wrong[i]);
}

static void a_size_is_bytes(void **state UNUSED)
{
    assert_value(COLUMN_SIZE, "4G", "4294967296");
    assert_value(COLUMN_SIZE, "4294967296", "4294967296");
    assert_value(COLUMN_SIZE, "9007199254740993", "9007199254740993");
    assert_no_value(COLUMN_SIZE, "-1");
    assert_no_value(COLUMN_SIZE, "4X");
    assert_no_value(COLUMN_SIZE, "");
}

static void a_duration_is_milliseconds_and_a_bare_one_seconds(void **state UNUSED)
{
    assert_value(COLUMN_DURATION, "1h30m", "5400000");
    assert_value(COLUMN_DURATION, "90", "90000");
    assert_no_value(COLUMN_DURATION, "-1s");
    assert_no_value(COLUMN_DURATION, "soon");
}

static void a_time_is_milliseconds_since_1970(void **state UNUSED)
{
    assert_value(COLUMN_TIME, "2026-11-22T09:48:08.123Z", "1795340888123");
    assert_value(COLUMN_TIME, "1795340888123", "1795340888123");
    assert_value(COLUMN_TIME, "-1", "-1");
    assert_no_value(COLUMN_TIME, "yesterday");
    assert_no_value(COLUMN_TIME, "99999999999999999999");
}

static void a_flag_is_1_or_0(void **state UNUSED)
{
    static const char *const yes[] = {"1", "true", "#t", "yes"};
    static const char *const no[] = {"0", "false", "#f", "no"};
    for (int i = 0; i < 4; i++) {
        assert_value(COLUMN_FLAG, yes[i], "1");
        assert_value(COLUMN_FLAG, no[i], "0");
    }
    assert_no_value(COLUMN_FLAG, "2");
    assert_no_value(COLUMN_FLAG, "");
}

static void a_text_is_utf_8(void **state UNUSED)
{
    assert_value(COLUMN_TEXT, "", "");
    assert_value(COLUMN_TEXT, "caf\xC3\xA9\n", "caf\xC3\xA9\n");
    assert_value(COLUMN_TEXT, "caf\xE9!", "caf\xEF\xBF\xBD!");
    assert_value(COLUMN_VERSION, "2:1.22.1-9~bpo", "2:1.22.1-9~bpo");
}

static void types_have_names(void **state UNUSED)
{
    for (enum column_type type = COLUMN_TEXT; type <= COLUMN_FLAG; type++) {
        enum column_type found;
        assert_int_equal(column_type_parse(column_type_name(type), &found), 0);
        assert_int_equal(found, type);
    }
    enum column_type found;
    assert_int_equal(column_type_parse("integer", &found), -EINVAL);
    assert_true(column_type_is_number(COLUMN_FLAG));
    assert_false(column_type_is_number(COLUMN_VERSION));
}

/* ---- relations ---- */

static void assert_check(const char *name, const char *column, const char *wanted)
{
    AUTO(relation) struct relation *relation = relation_new(name, NULL);
    relation_add_column(relation, "first", COLUMN_TEXT, true);
    relation_add_column(relation, column, COLUMN_NUMBER, false);
    struct error err = {0};
    int rc = relation_check(relation, &err);
    assert_int_equal(rc, wanted ? -EINVAL : 0);
    if (wanted && !strstr(err.text, wanted))
        fail_msg("%s", err.text);
}

static void names_are_small_words(void **state UNUSED)
{
    AUTO(str) char *longest = text_format("a%062d", 1);
    AUTO(str) char *longer = text_format("a%063d", 1);
    assert_check("package", "version_2", NULL);
    assert_check(longest, longest, NULL);
    assert_check("package", longer, "no name of a column");
    assert_check(longer, "version", "no name of a relation");
    static const char *const wrong[] = {"",     "1a",   "_a",  "A",     "a-b",
                                        "a b",  "a\"b", "a;b", "a'b",   "\xC3\xA9",
                                        "a\nb", "a.b",  "(",   "sélect"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_check(wrong[i], "version", "no name of a relation");
        assert_check("package", wrong[i], "no name of a column");
    }
}

static void names_that_are_ours_are_refused(void **state UNUSED)
{
    static const char *const ours[] = {"host", "since", "until", "seen"};
    for (int i = 0; i < 4; i++)
        assert_check("package", ours[i], "every relation has that one already");
    assert_check("host", "name", "the server has one of its own");
    assert_check("package", "first", "two columns are called first");
}

static void columns_are_counted(void **state UNUSED)
{
    AUTO(relation) struct relation *relation = relation_new("wide", "many columns");
    assert_int_equal(relation_check(relation, NULL), -EINVAL);
    for (int i = 0; i < RELATION_COLUMNS_MAX; i++) {
        AUTO(str) char *name = text_format("c%d", i);
        relation_add_column(relation, name, COLUMN_TEXT, false);
        assert_int_equal(relation_check(relation, NULL), 0);
    }
    relation_add_column(relation, "one_more", COLUMN_TEXT, false);
    assert_int_equal(relation_check(relation, NULL), -EINVAL);
}

static void a_copy_is_the_same_and_another_is_not(void **state UNUSED)
{
    AUTO(relation) struct relation *relation = relation_new("package", "what is there");
    relation_add_column(relation, "name", COLUMN_TEXT, true);
    relation_add_column(relation, "version", COLUMN_VERSION, false);
    AUTO(relation) struct relation *copy = relation_copy(relation);
    assert_true(relation_is_same(relation, copy));
    assert_string_equal(copy->help, "what is there");

    copy->columns[1].type = COLUMN_TEXT;
    assert_false(relation_is_same(relation, copy));
    copy->columns[1].type = COLUMN_VERSION;
    copy->columns[1].is_key = true;
    assert_false(relation_is_same(relation, copy));
    copy->columns[1].is_key = false;
    relation_add_column(copy, "size", COLUMN_SIZE, false);
    assert_false(relation_is_same(relation, copy));
}

/* ---- rows ---- */

static void add(struct rows *rows, const char *first, const char *second)
{
    rows_add(rows, 2, (const char *const[]){first, second});
}

static void rows_are_a_set_in_order(void **state UNUSED)
{
    AUTO(rows) struct rows rows = {0};
    rows_sort(&rows);
    add(&rows, "b", "2");
    add(&rows, "a", "2");
    add(&rows, "b", "2");
    add(&rows, "b", NULL);
    add(&rows, NULL, "9");
    add(&rows, "a", "1");
    add(&rows, "b", NULL);
    rows_sort(&rows);
    static const char *const wanted[][2] = {
        {NULL, "9"}, {"a", "1"}, {"a", "2"}, {"b", NULL}, {"b", "2"}};
    assert_int_equal(rows.count, 5);
    for (size_t i = 0; i < 5; i++) {
        struct row row = {.values =
                              (char *[]){(char *)wanted[i][0], (char *)wanted[i][1]}};
        assert_int_equal(row_compare(&rows.items[i], &row, 2), 0);
    }
    for (int i = 0; i < 20; i++)
        add(&rows, "c", "3");
    rows_sort(&rows);
    assert_int_equal(rows.count, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_has_one_text),
        cmocka_unit_test(a_size_is_bytes),
        cmocka_unit_test(a_duration_is_milliseconds_and_a_bare_one_seconds),
        cmocka_unit_test(a_time_is_milliseconds_since_1970),
        cmocka_unit_test(a_flag_is_1_or_0),
        cmocka_unit_test(a_text_is_utf_8),
        cmocka_unit_test(types_have_names),
        cmocka_unit_test(names_are_small_words),
        cmocka_unit_test(names_that_are_ours_are_refused),
        cmocka_unit_test(columns_are_counted),
        cmocka_unit_test(a_copy_is_the_same_and_another_is_not),
        cmocka_unit_test(rows_are_a_set_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

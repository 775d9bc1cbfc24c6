// SPDX-License-Identifier: GPL-3.0-or-later
/* Rows that are grouped by a number that stands for columns: the answers are those of
 * the columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "datalog/catalogue.h"
#include "running.h"

/* The same tag on two hosts, and one that never ran. */
#define HERD                                                                           \
    "CREATE TABLE tag (number INTEGER PRIMARY KEY, host, tag);"                        \
    "INSERT INTO tag VALUES (1, 'ant', 'a'), (2, 'ant', 'b'), (3, 'bee', 'a');"        \
    "CREATE TABLE ran (tag, took);"                                                    \
    "INSERT INTO ran VALUES (1, 10), (1, 20), (2, 5)"

static const struct stored_column state_columns[] = {
    {.name = "host", .type = TYPE_TEXT}, {.name = "tag", .type = TYPE_TEXT}};
static const struct stored_column run_columns[] = {
    {.name = "took", .type = TYPE_NUMBER},
    {.name = "tag", .type = TYPE_TEXT},
    {.name = "host", .type = TYPE_TEXT}};
static const struct stored state = {
    .name = "state",
    .columns = state_columns,
    .count = 2,
    .sql = "(SELECT host, tag, number AS _tag FROM main.tag)",
    .numbering = {"_tag", "12"},
};
static const struct stored run = {
    .name = "run",
    .columns = run_columns,
    .count = 3,
    .sql = "(SELECT r.took, t.tag, t.host, r.tag AS _tag FROM main.ran r"
           " LEFT JOIN main.tag t ON t.number = r.tag)",
    .numbering = {"_tag", "-21"},
};
static const struct stored other = {
    .name = "other",
    .columns = state_columns,
    .count = 2,
    .sql = "(SELECT host, tag, -number AS _other FROM main.tag)",
    .numbering = {"_other", "12"},
};
static const struct stored *const stored[] = {&other, &run, &state, NULL};
static const struct catalogue catalogue = {.items = stored};

/* What is asked gives these rows; appends the SQL that does. */
static void assert_rows(const char *text, const char *rows, struct strbuf *sql)
{
    struct running running = running_open(text, HERD, &catalogue);
    running_evaluate(&running, &(struct evaluation_settings){0});
    if (running.rc < 0)
        fail_msg("%s: %s", text, running.complaint.what);
    assert_string_equal(strbuf_text(&running.rows), rows);
    assert_int_equal(evaluation_put_sql(running.evaluation, sql, NULL), 0);
    running_close(&running);
}

/* What is asked gives these rows; keys: by how many values they are grouped. */
static void assert_groups(const char *text, size_t keys, const char *rows)
{
    AUTO(strbuf) struct strbuf sql = {0};
    assert_rows(text, rows, &sql);
    static const char *const groups[] = {NULL, "GROUP BY k0)", "GROUP BY k0, k1)"};
    for (size_t i = 1; i < sizeof groups / sizeof *groups; i++)
        if ((strstr(strbuf_text(&sql), groups[i]) != NULL) != (i == keys))
            fail_msg("%s\n  %s", text, strbuf_text(&sql));
}

static void groups_by_a_number_of_both_sides(void **context UNUSED)
{
    assert_groups("?- state(h, t), n = count : { run(_, t, h) }", 1,
                  "ant a 2\nant b 1\nbee a 0\n");
    assert_groups("?- state(h, t), n = sum x : { run(x, t, h), x > 5 }", 1,
                  "ant a 30\nant b 0\nbee a 0\n");
    assert_groups("?- state(h, t), n = max x : { run(x, t, h) }", 1,
                  "ant a 20\nant b 5\n");
    assert_groups("?- state(h, t), n = count : { run(_, t, h), state(h, t) }", 1,
                  "ant a 2\nant b 1\nbee a 0\n");
}

static void groups_by_values_where_numbers_stand_for_others(void **context UNUSED)
{
    assert_groups("?- other(h, t), n = count : { run(_, t, h) }", 2,
                  "ant a 2\nant b 1\nbee a 0\n");
    assert_groups("?- state(h, t), n = count : { run(_, h, t) }", 2,
                  "ant a 0\nant b 0\nbee a 0\n");
    assert_groups("?- state(h, _), n = count : { run(_, _, h) }", 1, "ant 3\nbee 0\n");
    assert_groups("?- state(h, t), n = count : { run(_, _, h) }", 1,
                  "ant a 3\nant b 3\nbee a 0\n");
    assert_groups("?- state(h, \"a\"), n = count : { run(_, \"a\", h) }", 1,
                  "ant 2\nbee 0\n");
}

/* Where rows went through a stage, their numbers are no longer at hand. */
static void groups_by_values_behind_a_stage(void **context UNUSED)
{
    assert_groups(
        "?- state(h, t), m = count : { state(h, _) }, n = count : { run(m, t, h)"
        " }, m > 0",
        0, "ant a 2 0\nant b 2 0\nbee a 1 0\n");
}

static void a_part_has_the_number_of_the_whole(void **context UNUSED)
{
    assert_groups(
        "late(t, h, x) :- run(x, t, h), x > 9."
        "?- state(h, t), n = count : { late(t, h, _) }, 1 < sum x : { late(_, _, x) }",
        1, "ant a 2\nant b 0\nbee a 0\n");
    assert_groups("late(x, t, h) :- run(x, t, h), x > 9."
                  "?- state(h, t), n = count : { late(_, t, h) }",
                  1, "ant a 2\nant b 0\nbee a 0\n");
    assert_groups("late(x, t, h) :- run(x, t, h), x > 9."
                  "?- state(h, t), !late(20, t, h), n = count : { late(_, t, h) }",
                  1, "ant b 0\nbee a 0\n");
    assert_groups("late(x, t) :- run(x, t, _), x > 9."
                  "?- state(_, t), n = count : { late(_, t) }",
                  1, "a 2\nb 0\n");
    assert_groups("late(x, h, t) :- run(x, t, h), x > 9. late(7, h, t) :- state(h, t)."
                  "?- state(h, t), n = count : { late(_, h, t) }",
                  2, "ant a 3\nant b 1\nbee a 1\n");
}

/* What is joined gives these rows; is_numbered: by a number, not by values. */
static void assert_joined(const char *text, bool is_numbered, const char *rows)
{
    AUTO(strbuf) struct strbuf sql = {0};
    assert_rows(text, rows, &sql);
    if ((strstr(strbuf_text(&sql), "t2._tag = t1._tag") != NULL) != is_numbered)
        fail_msg("%s\n  %s", text, strbuf_text(&sql));
}

static void joins_by_a_number_of_both_sides(void **context UNUSED)
{
    assert_joined("?- state(h, t), run(x, t, h), x > 5", true, "ant a 10\nant a 20\n");
    assert_joined("?- run(x, t, h), state(h, t), h != \"bee\"", true,
                  "5 b ant\n10 a ant\n20 a ant\n");
    assert_joined("?- state(h, t), !run(_, t, h)", false, "bee a\n");
}

static void joins_by_values_where_numbers_stand_for_others(void **context UNUSED)
{
    assert_joined("?- other(h, t), run(5, t, h)", false, "ant b\n");
    assert_joined("?- state(h, t), run(x, t, _), x > 5", false,
                  "ant a 10\nant a 20\nbee a 10\nbee a 20\n");
    assert_joined("?- state(h, t), run(x, h, t)", false, "");
    assert_joined("?- state(h, \"a\"), run(x, \"a\", h)", false, "ant 10\nant 20\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_by_a_number_of_both_sides),
        cmocka_unit_test(groups_by_values_where_numbers_stand_for_others),
        cmocka_unit_test(groups_by_values_behind_a_stage),
        cmocka_unit_test(a_part_has_the_number_of_the_whole),
        cmocka_unit_test(joins_by_a_number_of_both_sides),
        cmocka_unit_test(joins_by_values_where_numbers_stand_for_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* table - how rows come out, without a terminal and with one. */
#include "look/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct table_column columns[] = {
    {"TAG", false}, {"N", true}, {"WORD", false}, {NULL, false}};
static const struct screen no_terminal;

static int use_utf8(void **state UNUSED)
{
    setenv("LC_ALL", "C.UTF-8", 1);
    screen_use_locale();
    return 0;
}

static void add_row(struct table *table, const char *tag, const char *number,
                    const char *word)
{
    table_add(table, PAINT_RED, tag);
    table_add(table, PAINT_NONE, number);
    table_add(table, PAINT_NONE, word);
}

static void expect(const struct table *table, const struct screen *screen,
                   const char *wanted)
{
    AUTO(strbuf) struct strbuf buf = {0};
    table_format(table, screen, &buf);
    assert_string_equal(strbuf_text(&buf), wanted);
}

static void aligns_columns_and_leaves_no_blank_at_the_end(void **state UNUSED)
{
    AUTO(table) struct table *table = table_new(columns);
    add_row(table, "backup", "1", "done");
    add_row(table, "x", "100", "");
    expect(table, &no_terminal,
           "TAG       N  WORD\n"
           "backup    1  done\n"
           "x       100\n");
}

static void aligns_by_what_the_terminal_shows(void **state UNUSED)
{
    AUTO(table) struct table *table = table_new(columns);
    add_row(table, "\xE6\x97\xA5\xE6\x9C\xAC", "1", "wide");
    add_row(table, "e\xCC\x81", "2", "combining");
    add_row(table, "abcd", "3", "plain");
    expect(table, &no_terminal,
           "TAG   N  WORD\n"
           "\xE6\x97\xA5\xE6\x9C\xAC  1  wide\n"
           "e\xCC\x81     2  combining\n"
           "abcd  3  plain\n");
}

static void cuts_the_last_column_at_the_edge_of_a_terminal(void **state UNUSED)
{
    const struct screen narrow = {.width = 18};
    AUTO(table) struct table *table = table_new(columns);
    add_row(table, "tag", "1", "a long last word");
    add_row(table, "tag", "1", "ten wide..");
    expect(table, &narrow,
           "TAG  N  WORD\n"
           "tag  1  a long la…\n"
           "tag  1  ten wide..\n");
}

static void shrinks_the_widest_first_where_it_may(void **state UNUSED)
{
    static const struct table_column shrinking[] = {
        {"A", false}, {"N", true}, {"B", false}, {"SINCE", false}, {NULL, false}};
    static const char *const cells[] = {"twelve chars", "1", "more than twelve chars",
                                        "2026-11-22"};
    const struct screen narrow = {.width = 41}, narrower = {.width = 20};
    AUTO(table) struct table *table = table_new(shrinking);
    table_let_shrink(table, 0);
    table_let_shrink(table, 2);
    for (size_t i = 0; i < 4; i++)
        table_add(table, PAINT_NONE, cells[i]);
    expect(table, &narrow,
           "A             N  B             SINCE\n"
           "twelve chars  1  more than t…  2026-11-22\n");
    expect(table, &narrower,
           "A         N  B         SINCE\n"
           "twelve …  1  more th…  2026-11…\n");
    expect(table, &no_terminal,
           "A             N  B                       SINCE\n"
           "twelve chars  1  more than twelve chars  2026-11-22\n");
}

static void cuts_no_wide_character_in_two(void **state UNUSED)
{
    const struct screen narrow = {.width = 16};
    AUTO(table) struct table *table = table_new(columns);
    add_row(table, "tag", "1", "123456\xE6\x97\xA5\xE6\x97\xA5");
    expect(table, &narrow,
           "TAG  N  WORD\n"
           "tag  1  123456…\n");
}

static void leaves_some_of_the_last_column_however_narrow_it_gets(void **state UNUSED)
{
    const struct screen narrow = {.width = 5};
    AUTO(table) struct table *table = table_new(columns);
    add_row(table, "tag", "1", "a long last word");
    expect(table, &narrow,
           "TAG  N  WORD\n"
           "tag  1  a long …\n");
}

static void sends_no_control_characters_of_a_cell(void **state UNUSED)
{
    AUTO(table) struct table *table = table_new(columns);
    add_row(table, "\x1B[2J", "1", "a\nb");
    expect(table, &no_terminal,
           "TAG    N  WORD\n"
           "^[[2J  1  a b\n");
}

static void colour_takes_no_columns(void **state UNUSED)
{
    const struct screen coloured = {.width = 80, .has_colour = true};
    AUTO(table) struct table *table = table_new(columns);
    add_row(table, "a", "1", "b");
    expect(table, &coloured,
           "\x1B[1mTAG\x1B[0m  \x1B[1mN\x1B[0m  \x1B[1mWORD\x1B[0m\n"
           "\x1B[31ma\x1B[0m    1  b\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aligns_columns_and_leaves_no_blank_at_the_end),
        cmocka_unit_test(aligns_by_what_the_terminal_shows),
        cmocka_unit_test(cuts_the_last_column_at_the_edge_of_a_terminal),
        cmocka_unit_test(shrinks_the_widest_first_where_it_may),
        cmocka_unit_test(cuts_no_wide_character_in_two),
        cmocka_unit_test(leaves_some_of_the_last_column_however_narrow_it_gets),
        cmocka_unit_test(sends_no_control_characters_of_a_cell),
        cmocka_unit_test(colour_takes_no_columns),
    };
    return cmocka_run_group_tests(tests, use_utf8, NULL);
}

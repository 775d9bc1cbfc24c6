// SPDX-License-Identifier: GPL-3.0-or-later
/* canvas - which characters dots become. */
#include "look/canvas.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"

static void expect_row(const struct canvas *canvas, size_t row, const char *wanted)
{
    AUTO(strbuf) struct strbuf buf = {0};
    canvas_format(canvas, row, &buf);
    assert_string_equal(strbuf_text(&buf), wanted);
}

static void a_cell_of_braille_has_two_by_four_dots(void **state UNUSED)
{
    AUTO(canvas) struct canvas *canvas = canvas_new(3, 1, true);
    assert_int_equal(canvas_width(canvas), 6);
    assert_int_equal(canvas_height(canvas), 4);
    canvas_line(canvas, 0, 0, 0, 0);
    canvas_line(canvas, 3, 3, 3, 3);
    canvas_line(canvas, 4, 0, 4, 3);
    expect_row(canvas, 0, "⡀⠈⡇");
}

static void a_cell_of_ascii_has_two_dots(void **state UNUSED)
{
    AUTO(canvas) struct canvas *canvas = canvas_new(4, 2, false);
    assert_int_equal(canvas_width(canvas), 4);
    assert_int_equal(canvas_height(canvas), 4);
    canvas_line(canvas, 0, 0, 3, 3);
    canvas_line(canvas, 3, 0, 3, 1);
    expect_row(canvas, 0, "  .'");
    expect_row(canvas, 1, ".' :");
}

static void a_line_goes_any_way(void **state UNUSED)
{
    AUTO(canvas) struct canvas *canvas = canvas_new(4, 2, false);
    canvas_line(canvas, 3, 0, 0, 3);
    expect_row(canvas, 0, "'.");
    expect_row(canvas, 1, "  '.");
}

static void an_empty_row_is_nothing_and_a_gap_is_blank(void **state UNUSED)
{
    AUTO(canvas) struct canvas *canvas = canvas_new(5, 2, true);
    canvas_line(canvas, 6, 0, 6, 0);
    expect_row(canvas, 0, "");
    expect_row(canvas, 1, "   ⡀");
}

static void rows_are_counted_from_the_top(void **state UNUSED)
{
    AUTO(canvas) struct canvas *canvas = canvas_new(1, 3, true);
    assert_int_equal(canvas_row(canvas, 0), 2);
    assert_int_equal(canvas_row(canvas, 4), 1);
    assert_int_equal(canvas_row(canvas, 11), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_of_braille_has_two_by_four_dots),
        cmocka_unit_test(a_cell_of_ascii_has_two_dots),
        cmocka_unit_test(a_line_goes_any_way),
        cmocka_unit_test(an_empty_row_is_nothing_and_a_gap_is_blank),
        cmocka_unit_test(rows_are_counted_from_the_top),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* series - a row each, with its unit, and how old it is. */
#include "look/series.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NOW INT64_C(1795340888000) /* 2026-11-22T09:48:08Z */

static void expect(json_t *owned, const char *wanted)
{
    static const struct screen no_terminal;
    json_auto_t *list = owned;
    AUTO(table) struct table *rows = series_table(list, NOW);
    AUTO(strbuf) struct strbuf text = {0};
    table_format(rows, &no_terminal, &text);
    assert_string_equal(strbuf_text(&text), wanted);
}

static void says_how_much_and_how_long_ago(void **state UNUSED)
{
    expect(json_pack("[{ss, sf, ss, ss}, {ss, sf, sn, ss}]", "name", "disk", "value",
                     41.5, "unit", "%", "time", "2026-11-22T09:46:38.000Z", "name",
                     "load.1m", "value", 2.0, "unit", "time",
                     "2026-11-22T09:48:08.000Z"),
           "NAME      VALUE  WHEN\n"
           "disk     41.5 %  1 min 30 s ago\n"
           "load.1m       2  0 ms ago\n");
}

static void of_none_there_is_a_head_alone(void **state UNUSED)
{
    expect(json_array(), "NAME  VALUE  WHEN\n");
    expect(NULL, "NAME  VALUE  WHEN\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_how_much_and_how_long_ago),
        cmocka_unit_test(of_none_there_is_a_head_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

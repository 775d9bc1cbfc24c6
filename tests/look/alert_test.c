// SPDX-License-Identifier: GPL-3.0-or-later
#include "look/alert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/compiler.h"
#include "base/memory.h"

static void fail_is_the_worst_and_a_check_the_least(void **state UNUSED)
{
    static const char *const order[] = {"fail", "silent", "warning", "unknown",
                                        "check"};
    for (size_t i = 1; i < sizeof order / sizeof *order; i++)
        assert_true(alert_rank(order[i - 1]) < alert_rank(order[i]));
    assert_int_equal(alert_rank("silent"), alert_rank("flapping"));
    assert_int_equal(alert_paint("fail"), PAINT_RED);
    assert_int_equal(alert_paint("check"), PAINT_NONE);
}

static void a_number_has_digits_alone_and_not_too_many(void **state UNUSED)
{
    assert_true(alert_is_number("1"));
    assert_true(alert_is_number("1234567"));
    assert_false(alert_is_number("12345678"));
    assert_false(alert_is_number(""));
    assert_false(alert_is_number("12a"));
    assert_false(alert_is_number("-1"));
}

static void what_a_stranger_says_becomes_harmless(void **state UNUSED)
{
    const struct screen screen = {0};
    AUTO(strbuf) struct strbuf text = {0};
    json_auto_t *answer =
        json_pack("{ss, si, ss, ss, ss, ss, ss, s[s], sn}", "now",
                  "2026-11-22T10:00:00.000Z", "number", 12, "host", "e\x1bwe", "tag",
                  "a\nb", "severity", "fail", "text", "two\nlines", "since",
                  "2026-11-22T09:00:00.000Z", "held", "a silence", "acknowledged");
    assert_non_null(answer);
    alert_format(answer, &screen, &text);
    assert_non_null(strstr(text.data, "alert 12: fail e^[we a b\n"));
    assert_non_null(strstr(text.data, "  text      two lines\n"));
    assert_non_null(strstr(text.data, "(1 h 0 min ago)"));
    assert_non_null(strstr(text.data, "  held      a silence\n"));
    assert_null(strstr(text.data, "known to"));
}

static void what_waits_says_until_when_and_why(void **state UNUSED)
{
    const struct screen screen = {0};
    AUTO(strbuf) struct strbuf text = {0};
    json_auto_t *tellings = json_pack(
        "[{ss, ss, sn, ss, ss, si, ss, sn}]", "what", "new", "notifier", "mailto",
        "incident", "made", "2026-11-22T10:00:00.000Z", "due",
        "2026-11-22T10:15:00.000Z", "tries", 2, "why", "no route to host", "told");
    assert_non_null(tellings);
    alert_format_tellings(tellings, true, &screen, &text);
    assert_non_null(strstr(text.data, "; 2 failed: no route to host"));
    strbuf_clear(&text);
    json_auto_t *none = json_array();
    alert_format_tellings(none, false, &screen, &text);
    assert_int_equal(text.size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fail_is_the_worst_and_a_check_the_least),
        cmocka_unit_test(a_number_has_digits_alone_and_not_too_many),
        cmocka_unit_test(what_a_stranger_says_becomes_harmless),
        cmocka_unit_test(what_waits_says_until_when_and_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* verdict - how values and thresholds are put into words. */
#include "monitor/verdict.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void assert_says(const struct threshold *threshold, enum state state,
                        const char *text)
{
    AUTO(verdict) struct verdict verdict = {0};
    verdict_add(&verdict, threshold);
    assert_int_equal(verdict.state, state);
    assert_string_equal(strbuf_text(&verdict.text), text);
}

static void shows_value_and_threshold_in_one_form(void **state UNUSED)
{
    static const struct {
        struct threshold threshold;
        enum state state;
        const char *text;
    } cases[] = {
        {{"load", 3.2, "per core", NULL, 2, 4, false},
         STATE_WARNING,
         "load 3.20 per core, warning from 2.00"},
        {{"errors", 12, "per minute", NULL, 10, 100, false},
         STATE_WARNING,
         "errors 12 per minute, warning from 10"},
        {{"used", 97.25, "%", "9 GiB", 90, 97, false},
         STATE_FAIL,
         "used 97.2 % (9 GiB), fail from 97.0 %"},
        {{"free", 200 << 20, "B", NULL, 256 << 20, NAN, true},
         STATE_WARNING,
         "free 200 MiB, warning from 256 MiB down"},
        {{"free", 300 << 20, "B", NULL, 256 << 20, NAN, true},
         STATE_OK,
         "free 300 MiB, above 256 MiB"},
        {{"read", 2048, "B/s", NULL, NAN, 4096, false},
         STATE_OK,
         "read 2 KiB/s, below 4 KiB/s"},
        {{"took", 0.75, "s", NULL, 0.5, 90, false},
         STATE_WARNING,
         "took 750 ms, warning from 500 ms"},
        {{"off by", -90, "s", NULL, 100, NAN, false},
         STATE_OK,
         "off by -1 min 30 s, below 1 min 40 s"},
        {{"", 71, "C", NULL, 70, 80, false},
         STATE_WARNING,
         "71.0 °C, warning from 70.0 °C"},
        {{"kills", 0, "", NULL, NAN, 3, false}, STATE_OK, "kills 0, below 3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_says(&cases[i].threshold, cases[i].state, cases[i].text);
}

static void the_threshold_itself_is_beyond(void **state UNUSED)
{
    assert_says(&(struct threshold){"x", 90, "%", NULL, 90, 97, false}, STATE_WARNING,
                "x 90.0 %, warning from 90.0 %");
    assert_says(&(struct threshold){"x", 5, "%", NULL, 10, 5, true}, STATE_FAIL,
                "x 5.0 %, fail from 5.0 % down");
}

static void what_is_not_known_or_not_asked_for_is_not_judged(void **state UNUSED)
{
    assert_says(&(struct threshold){"x", 90, "%", NULL, NAN, NAN, false}, STATE_NONE,
                "");
    assert_says(&(struct threshold){"x", NAN, "%", NULL, 1, 2, false}, STATE_NONE, "");
    assert_says(&(struct threshold){"x", INFINITY, "%", NULL, 1, 2, false}, STATE_NONE,
                "");
    AUTO(verdict) struct verdict verdict = {0};
    AUTO(findings) struct findings findings = {0};
    verdict_say(&verdict, &findings, NULL);
    assert_int_equal(findings.count, 0);
}

static void a_huge_value_is_still_shown(void **state UNUSED)
{
    assert_says(&(struct threshold){"x", 1e300, "B", NULL, NAN, 1, false}, STATE_FAIL,
                "x 4194304 TiB, fail from 1 B");
    assert_says(&(struct threshold){"x", 1e20, "", NULL, NAN, 1, false}, STATE_FAIL,
                "x 100000000000000000000.00, fail from 1.00");
}

static void of_several_values_the_wrong_ones_are_told(void **state UNUSED)
{
    AUTO(verdict) struct verdict verdict = {0};
    verdict_add_state(&verdict, STATE_OK, "up");
    verdict_add(&verdict, &(struct threshold){"a", 1, "", NULL, 5, NAN, false});
    assert_string_equal(strbuf_text(&verdict.text), "up; a 1, below 5");
    verdict_add(&verdict, &(struct threshold){"b", 6, "", NULL, 5, NAN, false});
    verdict_add(&verdict, &(struct threshold){"c", 1, "", NULL, 5, NAN, false});
    verdict_add(&verdict, &(struct threshold){"d", 9, "", NULL, 5, 9, false});
    assert_int_equal(verdict.state, STATE_FAIL);

    AUTO(findings) struct findings findings = {0};
    verdict_say(&verdict, &findings, "part");
    assert_string_equal(findings.items[0].text,
                        "b 6, warning from 5; d 9, fail from 9");
    assert_string_equal(findings.items[0].part, "part");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_value_and_threshold_in_one_form),
        cmocka_unit_test(the_threshold_itself_is_beyond),
        cmocka_unit_test(what_is_not_known_or_not_asked_for_is_not_judged),
        cmocka_unit_test(a_huge_value_is_still_shown),
        cmocka_unit_test(of_several_values_the_wrong_ones_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* units - durations and sizes as people write them. */
#include "base/units.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void reads_durations(void **state UNUSED)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"90", 90000},
        {"90s", 90000},
        {"0", 0},
        {"0s", 0},
        {"250ms", 250},
        {"1m", 60000},
        {"1min", 60000},
        {"1ms", 1},
        {"1h30m", 5400000},
        {"1h30min", 5400000},
        {"1.5h", 5400000},
        {".5s", 500},
        {"1d", 86400000},
        {"2w", 1209600000},
        {"1y", 31536000000},
        {"0.5", 500},
        {"1m1s1ms", 61001},
        {"1.0005s", 1001},
        {"100y", 3153600000000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t ms = -1;
        struct error err = {0};
        if (duration_parse(cases[i].text, &ms, &err) < 0)
            fail_msg("%s", err.text);
        assert_int_equal(ms, cases[i].ms);
    }
}

static void reads_sizes(void **state UNUSED)
{
    static const struct {
        const char *text;
        int64_t bytes;
    } cases[] = {
        {"0", 0},           {"512", 512},
        {"512B", 512},      {"64K", 65536},
        {"64KiB", 65536},   {"1.5M", 1572864},
        {"4G", 4294967296}, {"1T", 1099511627776},
        {"1MiB", 1048576},  {"1GiB512MiB", 1610612736},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t bytes = -1;
        struct error err = {0};
        if (size_parse(cases[i].text, &bytes, &err) < 0)
            fail_msg("%s", err.text);
        assert_int_equal(bytes, cases[i].bytes);
    }
}

static void refuses_what_is_no_duration(void **state UNUSED)
{
    static const char *const wrong[] = {
        "",    " ",   "s",      "-1s",  "+1s",    "1x",  "1h30", "0h30",  "1h 30m",
        " 5s", "5s ", "1month", "1hh",  "1e3s",   "inf", "nan",  "0x10s", "1.s",
        "1.",  ".",   "1..5s",  "1,5h", "1.5.5s", "5S",  "5K",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t ms = 7;
        struct error err = {0};
        if (duration_parse(wrong[i], &ms, &err) != -EINVAL)
            fail_msg("\"%s\" was read", wrong[i]);
        assert_int_equal(ms, 7);
        assert_non_null(strstr(err.text, "is no duration; expected one such as"));
    }
}

static void refuses_what_is_no_size(void **state UNUSED)
{
    static const char *const wrong[] = {"",     "K",  "-1",  "64KK",
                                        "64K1", "5s", "1 K", "1Kb"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t bytes = 7;
        struct error err = {0};
        if (size_parse(wrong[i], &bytes, &err) != -EINVAL)
            fail_msg("\"%s\" was read", wrong[i]);
        assert_int_equal(bytes, 7);
        assert_non_null(strstr(err.text, "is no size; expected one such as"));
    }
}

static void says_that_a_number_is_too_large(void **state UNUSED)
{
    int64_t value = 7;
    struct error err = {0};
    assert_int_equal(duration_parse("150000y", &value, &err), -ERANGE);
    assert_string_equal(err.text, "\"150000y\" is too long a duration");
    assert_int_equal(size_parse("99999999999T", &value, &err), -ERANGE);
    assert_string_equal(err.text, "\"99999999999T\" is too large a size");
    assert_int_equal(size_parse("99999999999999999999", &value, &err), -ERANGE);
    assert_int_equal(value, 7);
    assert_int_equal(size_parse("4194303T", &value, &err), 0);
    assert_int_equal(value, 4194303LL << 40);
}

static void quotes_only_the_beginning_of_a_long_text(void **state UNUSED)
{
    char text[2000];
    memset(text, '9', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    int64_t value;
    struct error err = {0};
    assert_true(duration_parse(text, &value, &err) < 0);
    assert_true(strlen(err.text) < 140);
}

static void formats_durations_for_people(void **state UNUSED)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {0, "0 ms"},
        {250, "250 ms"},
        {999, "999 ms"},
        {1000, "1.0 s"},
        {12345, "12.3 s"},
        {59999, "59.9 s"},
        {60000, "1 min 0 s"},
        {3599999, "59 min 59 s"},
        {5400000, "1 h 30 min"},
        {86399999, "23 h 59 min"},
        {273600000, "3 d 4 h"},
        {INT64_MAX, NULL},
    };
    for (size_t i = 0; cases[i].text; i++) {
        char text[UNITS_TEXT_SIZE];
        assert_string_equal(duration_format(cases[i].ms, text), cases[i].text);
    }
    char text[UNITS_TEXT_SIZE];
    assert_true(strlen(duration_format(INT64_MAX, text)) < sizeof text);
    assert_true(strlen(duration_format(INT64_MIN, text)) < sizeof text);
}

static void formats_sizes_for_people(void **state UNUSED)
{
    static const struct {
        int64_t bytes;
        const char *text;
    } cases[] = {
        {0, "0 B"},           {512, "512 B"},
        {1023, "1023 B"},     {65536, "64 KiB"},
        {1572864, "1.5 MiB"}, {157286400, "150 MiB"},
        {1LL << 40, "1 TiB"}, {1LL << 60, "1048576 TiB"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[UNITS_TEXT_SIZE];
        assert_string_equal(size_format(cases[i].bytes, text), cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_durations),
        cmocka_unit_test(reads_sizes),
        cmocka_unit_test(refuses_what_is_no_duration),
        cmocka_unit_test(refuses_what_is_no_size),
        cmocka_unit_test(says_that_a_number_is_too_large),
        cmocka_unit_test(quotes_only_the_beginning_of_a_long_text),
        cmocka_unit_test(formats_durations_for_people),
        cmocka_unit_test(formats_sizes_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* times - times in UTC, and what they are in the zone of who reads. */
#include "ask/times.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/compiler.h"

static void expect(const char *zone, const char *text, const char *wanted)
{
    AUTO(strbuf) struct strbuf found = {0};
    setenv("TZ", zone, 1);
    tzset();
    times_put_local(text, &found);
    assert_string_equal(strbuf_text(&found), wanted);
}

static void are_told_in_the_readers_zone(void **state UNUSED)
{
    expect("America/Chicago", "run(2026-11-22T21:36:18.563Z, 2026-07-01T04:00:00Z)",
           "run(2026-11-22T15:36:18.563-06:00, 2026-06-30T23:00:00-05:00)");
    expect("Asia/Kolkata", "2026-11-22T21:36:18.563Z", "2026-11-23T03:06:18.563+05:30");
    expect("UTC", "t = 2026-11-22T21:36:18.5Z", "t = 2026-11-22T21:36:18.5Z");
}

static void what_is_in_quotes_stays(void **state UNUSED)
{
    const char *texts[] = {
        "note(\"2026-11-22T21:36:18Z\")",
        "note(\"a \\\" 2026-11-22T21:36:18Z\", \"\")",
        "note(\"2026-11-22T21:36:18Z",
        "note(\"\\",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect("America/Chicago", texts[i], texts[i]);
}

static void what_is_no_time_stays(void **state UNUSED)
{
    const char *texts[] = {
        "",
        "x = 17 - 3.5, y = 12T",
        "2026-11-22T21:36:18",
        "2026-13-22T21:36:18Z",
        "2026-11-22T21:36:18.563-06:00",
        "2026-11-22 21:36",
        "4G < 2013248K",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect("America/Chicago", texts[i], texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(are_told_in_the_readers_zone),
        cmocka_unit_test(what_is_in_quotes_stays),
        cmocka_unit_test(what_is_no_time_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

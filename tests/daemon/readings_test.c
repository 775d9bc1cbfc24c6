// SPDX-License-Identifier: GPL-3.0-or-later
/* readings - from beat to beat. */
#include "daemon/readings.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"

#define MINUTE 60000000 /* us */

static void take(struct readings *readings, const char *part, double value,
                 const char *unit)
{
    AUTO(findings) struct findings findings = {0};
    struct finding finding = {.type = FINDING_READING,
                              .part = text_copy(part),
                              .name = text_copy("used"),
                              .value = value,
                              .unit = text_copy(unit)};
    findings_add(&findings, &finding);
    readings_take(readings, "disk", &findings);
}

/* What a beat at that time bears: "NAME=VALUE UNIT " each. */
static void assert_beat(struct readings *readings, int64_t now, const char *wanted)
{
    AUTO(message) struct message *message = message_new();
    AUTO(strbuf) struct strbuf found = {0};
    readings_give(readings, now, message);
    for (size_t i = 0; i < message->reading_count; i++) {
        const struct message_reading *reading = &message->readings[i];
        strbuf_printf(&found, "%s=%.17g %s ", reading->name, reading->value,
                      reading->unit ? reading->unit : "-");
    }
    readings_given(readings, now);
    assert_string_equal(strbuf_text(&found), wanted);
}

static void gives_the_newest_of_each_name_once(void **state)
{
    (void)state;
    AUTO(readings) struct readings *readings = readings_new();
    take(readings, NULL, 1, "");
    take(readings, "/", 2, "");
    take(readings, NULL, 3, "");
    assert_beat(readings, 0, "disk.used=3 - disk:/.used=2 - ");
    assert_beat(readings, MINUTE, "");
    take(readings, "/", 4, "");
    assert_beat(readings, 2 * MINUTE, "disk:/.used=4 - ");
}

static void tells_a_unit_when_it_is_new_and_hourly(void **state)
{
    (void)state;
    AUTO(readings) struct readings *readings = readings_new();
    take(readings, NULL, 1, "%");
    assert_beat(readings, 5 * MINUTE, "disk.used=1 % ");
    for (int i = 6; i < 65; i++) {
        take(readings, NULL, 1, "%");
        assert_beat(readings, i * (int64_t)MINUTE, "disk.used=1 - ");
    }
    take(readings, NULL, 1, "%");
    assert_beat(readings, 65 * (int64_t)MINUTE, "disk.used=1 % ");
    take(readings, NULL, 1, "B");
    assert_beat(readings, 66 * (int64_t)MINUTE, "disk.used=1 B ");
}

static void keeps_six_digits(void **state)
{
    (void)state;
    AUTO(readings) struct readings *readings = readings_new();
    take(readings, NULL, 1.0 / 3, "");
    take(readings, "/", 12345678901.0, "");
    assert_beat(readings, 0,
                "disk.used=0.33333299999999999 - disk:/.used=12345700000 - ");
}

static void makes_a_name_of_any_part(void **state)
{
    (void)state;
    AUTO(readings) struct readings *readings = readings_new();
    take(readings, "/my disk%\xc3\xa9", 1, "");
    assert_beat(readings, 0, "disk:/my%20disk%25%C3%A9.used=1 - ");
}

static void leaves_out_what_no_message_can_hold(void **state)
{
    (void)state;
    AUTO(readings) struct readings *readings = readings_new();
    char part[300];
    memset(part, 'x', sizeof part - 1);
    part[sizeof part - 1] = '\0';
    take(readings, part, 1, "");
    take(readings, "/", NAN, "");
    assert_beat(readings, 0, "");
}

static void bounds_how_many_there_are(void **state)
{
    (void)state;
    AUTO(readings) struct readings *readings = readings_new();
    AUTO(message) struct message *message = message_new();
    for (int i = 0; i < READINGS_MAX + 10; i++) {
        char part[16];
        snprintf(part, sizeof part, "%d", i);
        take(readings, part, 1, "");
    }
    readings_give(readings, 0, message);
    assert_int_equal(message->reading_count, READINGS_MAX);
}

static void forgets_what_was_not_read_for_a_day(void **state)
{
    (void)state;
    AUTO(readings) struct readings *readings = readings_new();
    take(readings, NULL, 1, "%");
    assert_beat(readings, 0, "disk.used=1 % ");
    readings_given(readings, 25 * 60 * (int64_t)MINUTE);
    take(readings, NULL, 1, "%");
    assert_beat(readings, 25 * 60 * (int64_t)MINUTE + 1, "disk.used=1 % ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_newest_of_each_name_once),
        cmocka_unit_test(tells_a_unit_when_it_is_new_and_hourly),
        cmocka_unit_test(keeps_six_digits),
        cmocka_unit_test(makes_a_name_of_any_part),
        cmocka_unit_test(leaves_out_what_no_message_can_hold),
        cmocka_unit_test(bounds_how_many_there_are),
        cmocka_unit_test(forgets_what_was_not_read_for_a_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* describe - a message as a person reads it. */
#include "look/describe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define CAME INT64_C(1795340888123) /* 2026-11-22T09:48:08.123Z */

static int use_utc(void **state UNUSED)
{
    setenv("TZ", "UTC", 1);
    tzset();
    return 0;
}

/* How the message in json, stored a minute after it happened, stands on a screen. */
static char *describe_json(const char *json, bool has_colour)
{
    const struct screen screen = {.width = has_colour ? 80 : 0,
                                  .has_colour = has_colour};
    struct message_defaults defaults = {.now = CAME};
    struct error err;
    AUTO(strbuf) struct strbuf buf = {0};
    AUTO(fetched) struct fetched fetched = {.came = CAME, .time = CAME - 60000};
    if (message_parse(json, strlen(json), &defaults, &fetched.message, &err) < 0)
        fail_msg("%s", err.text);
    fetched.state = message_state(fetched.message);
    describe(&fetched, CAME + 3600000, &screen, &buf);
    return strbuf_take(&buf);
}

#define HEAD                                                                           \
    "{\"id\":\"0192e4c8-0000-7000-8000-000000000001\",\"host\":\"h\",\"tag\":\"t\","

static void a_run_has_all_its_fields(void **state UNUSED)
{
    AUTO(str)
    char *text = describe_json(
        HEAD "\"user\":\"wrk\",\"zone\":\"Europe/Berlin\",\"command\":\"one\\ntwo\","
             "\"status\":2,\"elapsed\":1.5,\"printed\":2048,\"max_rss\":1048576,\"user_"
             "time\":0.25,"
             "\"system_time\":0.125,\"mailto\":\"a@b\",\"stderr\":\"oh\\n\"}",
        false);
    assert_string_equal(text, "FAIL h t\n"
                              "  when      2026-11-22 09:47:08 (1 h 1 min ago)\n"
                              "  came      2026-11-22 09:48:08 (1 min 0 s later)\n"
                              "  zone      Europe/Berlin\n"
                              "  user      wrk\n"
                              "  command   one\n"
                              "            two\n"
                              "  status    2\n"
                              "  took      1.5 s\n"
                              "  printed   2 KiB\n"
                              "  used      1 MiB memory, 0.250 s user, 0.125 s system\n"
                              "  mailto    a@b\n"
                              "  id        0192e4c8-0000-7000-8000-000000000001\n"
                              "\n"
                              "stderr:\n"
                              "  oh\n");
}

static void each_attempt_has_a_line(void **state UNUSED)
{
    AUTO(str)
    char *text = describe_json(
        HEAD "\"status\":null,\"signal\":9,\"attempts\":["
             "{\"status\":1,\"signal\":null,\"err\":\"FAIL\",\"elapsed\":0.1},"
             "{\"status\":null,\"signal\":9,\"err\":\"TIMEOUT\",\"elapsed\":60}]}",
        false);
    assert_non_null(strstr(text, "  status    signal 9 (Killed)\n"));
    assert_non_null(strstr(text, "  attempts  1: FAIL, status 1, after 100 ms\n"
                                 "            2: TIMEOUT, status signal 9 (Killed), "
                                 "after 1 min 0 s\n"));
}

static void a_note_has_its_text_and_no_status(void **state UNUSED)
{
    AUTO(str)
    char *text =
        describe_json(HEAD "\"err\":\"WARNING\",\"text\":\"92 % full\"}", false);
    assert_non_null(strstr(text, "WARNING h t\n"));
    assert_non_null(strstr(text, "  text      92 % full\n"));
    assert_null(strstr(text, "status"));
    assert_null(strstr(text, "stdout"));
}

static void what_was_left_out_is_told_where_it_was(void **state UNUSED)
{
    AUTO(str)
    char *text = describe_json(HEAD "\"status\":1,\"stdout\":\"headtail\","
                                    "\"cut\":{\"stdout\":5},\"cut_at\":{\"stdout\":4}}",
                               false);
    assert_non_null(strstr(text, "stdout:\n"
                                 "  head\n"
                                 "[… 5 bytes left out …]\n"
                                 "  tail\n"));
}

static void what_was_printed_cannot_pass_for_a_field(void **state UNUSED)
{
    AUTO(str)
    char *text = describe_json(
        HEAD "\"status\":1,\"stdout\":\"\\n\\nstderr:\\n  status    0\\n\"}", false);
    assert_non_null(strstr(text, "stdout:\n  \n  \n  stderr:\n    status    0\n"));
    assert_null(strstr(text, "\nstderr:"));
}

static void nothing_steers_the_terminal(void **state UNUSED)
{
    AUTO(str)
    char *text = describe_json(
        "{\"host\":\"h\\u009b2J\",\"tag\":\"\\u202et\",\"status\":1,"
        "\"command\":\"\\u001b[2J\",\"stderr\":\"\\u001b]0;x\\u0007\\u0000\"}",
        false);
    assert_null(strchr(text, '\x1B'));
    assert_null(strchr(text, '\a'));
    assert_non_null(strstr(text, "FAIL h<U+009B>2J <U+202E>t\n"));
    assert_non_null(strstr(text, "  command   ^[[2J\n"));
    assert_non_null(strstr(text, "  ^[]0;x^G^@\n"));
}

static void the_state_is_coloured(void **state UNUSED)
{
    AUTO(str) char *text = describe_json(HEAD "\"status\":0}", true);
    assert_int_equal(strncmp(text, "\x1B[32mSUCCESS\x1B[0m h t\n", 19), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_has_all_its_fields),
        cmocka_unit_test(each_attempt_has_a_line),
        cmocka_unit_test(a_note_has_its_text_and_no_status),
        cmocka_unit_test(what_was_left_out_is_told_where_it_was),
        cmocka_unit_test(what_was_printed_cannot_pass_for_a_field),
        cmocka_unit_test(nothing_steers_the_terminal),
        cmocka_unit_test(the_state_is_coloured),
    };
    return cmocka_run_group_tests(tests, use_utc, NULL);
}

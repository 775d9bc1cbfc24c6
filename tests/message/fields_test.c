// SPDX-License-Identifier: GPL-3.0-or-later
/* fields - a value of the wrong type is refused, and the error names its field, what
 * was found and what was expected. */
#include "message/fields.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"

#define ID "0192e4c8-1111-7222-8333-444455556666"

#define KINDS "\"outcome\", \"start\", \"note\", \"beat\", \"reading\" or \"facts\""

static const struct message_defaults defaults = {.now = 1795340888123, .host = "here"};

/* A message with that field, which is the text of a JSON member. */
static struct message *with(const char *member)
{
    AUTO(str) char *json = text_format("{\"tag\":\"x\",%s}", member);
    struct message *message = NULL;
    struct error err = {0};
    if (message_parse(json, strlen(json), &defaults, &message, &err) < 0)
        fail_msg("%s: %s", json, err.text);
    return message;
}

static void assert_fails(const char *member, int rc, const char *wanted)
{
    AUTO(str) char *json = text_format("{%s}", member);
    struct message *message = NULL;
    struct error err = {0};
    assert_int_equal(message_parse(json, strlen(json), &defaults, &message, &err), rc);
    assert_null(message);
    assert_string_equal(err.text, wanted);
}

static void assert_refuses(const char *member, const char *wanted)
{
    assert_fails(member, -EINVAL, wanted);
}

/* A newer version may know it. */
static void assert_knows_not(const char *member, const char *wanted)
{
    assert_fails(member, -EPROTO, wanted);
}

static void every_field_refuses_the_wrong_type(void **state UNUSED)
{
    static const struct {
        const char *name, *expected;
    } fields[] = {
        {"v", "1, the one version that is known here"},
        {"id", "a UUID in lower case"},
        {"kind", KINDS},
        {"host", "1 to 255 bytes on one line"},
        {"tag", "1 to 255 bytes on one line"},
        {"user", "at most 255 bytes on one line, or null"},
        {"zone", "at most 255 bytes on one line, or null"},
        {"mailto", "at most 255 bytes on one line, or null"},
        {"run", "at most 255 bytes on one line, or null"},
        {"plugin", "at most 255 bytes on one line, or null"},
        {"subject", "at most 255 bytes on one line, or null"},
        {"receiver", "at most 255 bytes on one line, or null"},
        {"time", "a time such as \"2026-11-22T09:48:08.123Z\""},
        {"command", "a string or null"},
        {"stdout", "a string or null"},
        {"stderr", "a string or null"},
        {"text", "a string without NUL, or null"},
        {"status", "an integer from 0 on, or null"},
        {"signal", "an integer from 0 on, or null"},
        {"printed", "an integer from 0 on, or null"},
        {"max_rss", "an integer from 0 on, or null"},
        {"elapsed", "a number of seconds from 0 to 1e12, or null"},
        {"user_time", "a number of seconds from 0 to 1e12, or null"},
        {"system_time", "a number of seconds from 0 to 1e12, or null"},
        {"err", "SUCCESS, FAIL, WARNING, CHECK, LOCKED, TIMEOUT, UNKNOWN or null"},
        {"cut", "an object with stdout and stderr"},
        {"cut_at", "an object with stdout and stderr"},
        {"attempts", "an array of at most 10000 attempts"},
        {"every", "a duration or a calendar on one line, or null"},
        {"grace", "a duration such as \"1m\", or null"},
        {"bytes", "an object of base64 texts"},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        AUTO(str) char *member = text_format("\"%s\":true", fields[i].name);
        AUTO(str)
        char *wanted = text_format("field \"%s\": found true, expected %s",
                                   fields[i].name, fields[i].expected);
        assert_refuses(member, wanted);
    }
}

static void what_is_expected_may_be_said_to_end(void **state UNUSED)
{
    AUTO(message) struct message *message = with("\"every\":null,\"grace\":null");
    assert_string_equal(message->expect, EXPECT_END);
    assert_int_equal(message->grace, -1);
    AUTO(message) struct message *silent = with("\"text\":\"x\"");
    assert_null(silent->expect);
    assert_int_equal(silent->grace, -1);
    assert_refuses(
        "\"tag\":\"x\",\"every\":\"\"",
        "field \"every\": found \"\", expected a duration or a calendar on one "
        "line, or null");
    assert_refuses("\"tag\":\"x\",\"grace\":\"soon\"",
                   "field \"grace\": \"soon\" is no duration; expected one such as "
                   "\"90s\", \"1h30m\" or \"7d\"");
}

static void shows_what_was_found_as_it_stands(void **state UNUSED)
{
    assert_refuses(
        "\"status\":\"2\"",
        "field \"status\": found \"2\", expected an integer from 0 on, or null");
    assert_refuses("\"status\":1234567.5",
                   "field \"status\": found 1234567.5, expected an "
                   "integer from 0 on, or null");
    assert_refuses("\"status\":[1]",
                   "field \"status\": found an array, expected an integer "
                   "from 0 on, or null");
    assert_refuses("\"id\":null",
                   "field \"id\": found null, expected a UUID in lower case");
    assert_refuses("\"cut\":[]",
                   "field \"cut\": found an array, expected an object with "
                   "stdout and stderr");
    assert_refuses("\"tag\":\"a\\nb\\u0000\"", "field \"tag\": found \"a\\nb\\u0000\", "
                                               "expected 1 to 255 bytes on one line");
}

static void quotes_only_the_beginning_of_a_long_value(void **state UNUSED)
{
    AUTO(str) char *member = text_format("\"status\":\"%05000d\"", 7);
    AUTO(str) char *json = text_format("{%s}", member);
    struct message *message = NULL;
    struct error err = {0};
    assert_int_equal(message_parse(json, strlen(json), &defaults, &message, &err),
                     -EINVAL);
    assert_true(strlen(err.text) < 200);
    assert_non_null(strstr(err.text, ", expected an integer from 0 on, or null"));
}

static void version_1_is_the_one_known(void **state UNUSED)
{
    AUTO(message) struct message *message = with("\"v\":1");
    assert_non_null(message);
    assert_knows_not(
        "\"v\":2",
        "field \"v\": found 2, expected 1, the one version that is known here");
    assert_refuses("\"v\":\"1\"",
                   "field \"v\": found \"1\", expected 1, the one version "
                   "that is known here");
}

static void an_id_is_a_uuid_in_lower_case(void **state UNUSED)
{
    AUTO(message) struct message *message = with("\"id\":\"" ID "\"");
    assert_string_equal(message->id, ID);
    assert_refuses(
        "\"id\":\"0192E4C8-1111-7222-8333-444455556666\"",
        "field \"id\": found \"0192E4C8-1111-7222-8333-444455556666\", expected "
        "a UUID in lower case");
}

static void words_are_exact(void **state UNUSED)
{
    assert_knows_not("\"kind\":\"result\"",
                     "field \"kind\": found \"result\", expected " KINDS);
    assert_knows_not("\"kind\":\"note\\u0000\"",
                     "field \"kind\": found \"note\\u0000\", expected " KINDS);
    assert_refuses("\"err\":\"fail\"",
                   "field \"err\": found \"fail\", expected SUCCESS, "
                   "FAIL, WARNING, CHECK, LOCKED, TIMEOUT, UNKNOWN or null");
}

static void names_are_bounded_lines(void **state UNUSED)
{
    AUTO(str) char *longest = text_format("\"user\":\"%0255d\"", 1);
    AUTO(message) struct message *message = with(longest);
    assert_int_equal(strlen(message->user), 255);

    static const char *const wrong[] = {"a\\nb", "a\\tb", "a\\u0000b", "a\\u007fb",
                                        "\\u001b"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        AUTO(str) char *member = text_format("\"mailto\":\"%s\"", wrong[i]);
        AUTO(str) char *json = text_format("{%s}", member);
        struct message *none = NULL;
        assert_int_equal(message_parse(json, strlen(json), &defaults, &none, NULL),
                         -EINVAL);
    }
    AUTO(str) char *member = text_format("{\"tag\":\"%0256d\"}", 1);
    struct message *none = NULL;
    assert_int_equal(message_parse(member, strlen(member), &defaults, &none, NULL),
                     -EINVAL);
    assert_refuses("\"tag\":\"\"",
                   "field \"tag\": found \"\", expected 1 to 255 bytes on one line");
}

static void an_empty_name_that_may_be_null_is_null(void **state UNUSED)
{
    AUTO(message) struct message *message = with("\"user\":\"\",\"zone\":null");
    assert_null(message->user);
    assert_null(message->zone);
}

static void a_time_is_rfc_3339(void **state UNUSED)
{
    AUTO(message)
    struct message *message = with("\"time\":\"2026-11-22T10:48:08.123+01:00\"");
    assert_int_equal(message->time, 1795340888123);
    assert_refuses("\"time\":\"yesterday\"",
                   "field \"time\": \"yesterday\" is no time; expected one such as "
                   "\"2026-11-22T09:48:08.123Z\"");
    assert_refuses(
        "\"time\":\"2026-11-22T10:48:08Z\\u0000\"",
        "field \"time\": found \"2026-11-22T10:48:08Z\\u0000\", expected a time "
        "such as \"2026-11-22T09:48:08.123Z\"");
    assert_refuses("\"time\":1795340888",
                   "field \"time\": found 1795340888, expected a time such as "
                   "\"2026-11-22T09:48:08.123Z\"");
}

static void numbers_have_their_range(void **state UNUSED)
{
    AUTO(message)
    struct message *message = with("\"status\":2147483647,\"signal\":0,\"elapsed\":7,"
                                   "\"max_rss\":9223372036854775807");
    assert_int_equal(message->status, 2147483647);
    assert_int_equal(message->signal, 0);
    assert_float_equal(message->elapsed, 7, 0);
    assert_true(message->max_rss == INT64_MAX);
    assert_refuses("\"status\":2147483648",
                   "field \"status\": found 2147483648, expected an "
                   "integer from 0 on, or null");
    assert_refuses(
        "\"signal\":-1",
        "field \"signal\": found -1, expected an integer from 0 on, or null");
    assert_refuses(
        "\"max_rss\":-1",
        "field \"max_rss\": found -1, expected an integer from 0 on, or null");
    assert_refuses("\"elapsed\":-0.5",
                   "field \"elapsed\": found -0.5, expected a number of "
                   "seconds from 0 to 1e12, or null");
    assert_refuses("\"user_time\":2000000000000",
                   "field \"user_time\": found 2000000000000, expected a number of "
                   "seconds from 0 to 1e12, or null");
}

static void a_cut_lies_within_what_is_kept(void **state UNUSED)
{
    AUTO(message)
    struct message *message = with("\"stdout\":\"abc\",\"stderr\":\"abc\","
                                   "\"cut\":{\"stdout\":5,\"other\":1},"
                                   "\"cut_at\":{\"stdout\":9,\"stderr\":2}");
    assert_int_equal(message->out.cut, 5);
    assert_int_equal(message->out.cut_at, 3);
    assert_int_equal(message->errors.cut, 0);
    assert_int_equal(message->errors.cut_at, 0);
    assert_refuses("\"cut\":{\"stdout\":\"5\"}",
                   "field \"cut\": found \"5\", expected a number of bytes from 0 on");
    assert_refuses("\"cut_at\":{\"stderr\":-5}",
                   "field \"cut_at\": found -5, expected a number of bytes from 0 on");
}

static void attempts_are_checked_within(void **state UNUSED)
{
    AUTO(message)
    struct message *message = with("\"attempts\":[{},{\"status\":3,\"signal\":null,"
                                   "\"err\":\"CHECK\",\"elapsed\":1.5}]");
    assert_int_equal(message->attempt_count, 2);
    assert_int_equal(message->attempts[0].status, -1);
    assert_int_equal(message->attempts[1].status, 3);
    assert_int_equal(message->attempts[1].err, ERR_CHECK);
    assert_float_equal(message->attempts[1].elapsed, 1.5, 0);
    assert_refuses("\"attempts\":[7]",
                   "field \"attempts\": found 7, expected an array of objects");
    assert_refuses("\"attempts\":[{\"status\":\"1\"}]",
                   "field \"attempts\": found \"1\", "
                   "expected an integer from 0 on, or "
                   "null");
    assert_refuses(
        "\"attempts\":[{\"elapsed\":\"1\"}]",
        "field \"attempts\": found \"1\", expected a number of seconds from 0 to 1e12, "
        "or null");
    assert_refuses(
        "\"attempts\":[{\"err\":1}]",
        "field \"attempts\": found 1, expected SUCCESS, FAIL, WARNING, CHECK, "
        "LOCKED, TIMEOUT, UNKNOWN or null");
}

static void refuses_more_than_10000_attempts(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf json = {0};
    strbuf_puts(&json, "{\"tag\":\"x\",\"attempts\":[{}");
    for (int i = 1; i < 10001; i++)
        strbuf_puts(&json, ",{}");
    strbuf_puts(&json, "]}");
    struct message *message = NULL;
    struct error err = {0};
    assert_int_equal(message_parse(json.data, json.size, &defaults, &message, &err),
                     -EINVAL);
    assert_string_equal(err.text,
                        "field \"attempts\": found an array, expected an array of "
                        "at most 10000 attempts");
}

static void exact_bytes_win_over_readable_text(void **state UNUSED)
{
    AUTO(message)
    struct message *message =
        with("\"bytes\":{\"stderr\":\"Y2Fm6Q==\",\"stdout\":\"\"},"
             "\"stderr\":\"caf?\"");
    assert_int_equal(message->errors.kept.size, 4);
    assert_memory_equal(message->errors.kept.data, "caf\xE9", 5);
    assert_int_equal(message->out.kept.size, 0);
    assert_string_equal(message->out.kept.data, "");
    assert_null(message->command.data);
    assert_refuses("\"bytes\":{\"stderr\":\"Y2Fm6Q=\"}",
                   "field \"bytes\": found \"Y2Fm6Q=\", expected base64");
    assert_refuses("\"bytes\":{\"command\":null}",
                   "field \"bytes\": found null, expected base64");
}

static void nul_stands_in_output_and_not_in_text(void **state UNUSED)
{
    AUTO(message) struct message *message = with("\"stdout\":\"a\\u0000b\"");
    assert_int_equal(message->out.kept.size, 3);
    assert_memory_equal(message->out.kept.data, "a\0b", 4);
    assert_refuses("\"text\":\"a\\u0000b\"",
                   "field \"text\": found \"a\\u0000b\", expected "
                   "a string without NUL, or null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_refuses_the_wrong_type),
        cmocka_unit_test(what_is_expected_may_be_said_to_end),
        cmocka_unit_test(shows_what_was_found_as_it_stands),
        cmocka_unit_test(quotes_only_the_beginning_of_a_long_value),
        cmocka_unit_test(version_1_is_the_one_known),
        cmocka_unit_test(an_id_is_a_uuid_in_lower_case),
        cmocka_unit_test(words_are_exact),
        cmocka_unit_test(names_are_bounded_lines),
        cmocka_unit_test(an_empty_name_that_may_be_null_is_null),
        cmocka_unit_test(a_time_is_rfc_3339),
        cmocka_unit_test(numbers_have_their_range),
        cmocka_unit_test(a_cut_lies_within_what_is_kept),
        cmocka_unit_test(attempts_are_checked_within),
        cmocka_unit_test(refuses_more_than_10000_attempts),
        cmocka_unit_test(exact_bytes_win_over_readable_text),
        cmocka_unit_test(nul_stands_in_output_and_not_in_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

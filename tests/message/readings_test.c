// SPDX-License-Identifier: GPL-3.0-or-later
/* readings - what a beat may hold, and where it is wrong. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "message/message.h"

static const struct message_defaults defaults = {.now = 1795340888123, .host = "here"};

static int read_beat(const char *members, struct message **ret, struct error *err)
{
    AUTO(str)
    char *json = text_format("{\"kind\":\"beat\",\"tag\":\"daemon\"%s%s}",
                             *members ? "," : "", members);
    return message_parse(json, strlen(json), &defaults, ret, err);
}

static struct message *beat(const char *members)
{
    struct message *message = NULL;
    struct error err = {0};
    if (read_beat(members, &message, &err) < 0)
        fail_msg("%s: %s", members, err.text);
    return message;
}

static void assert_refuses(const char *members, const char *wanted)
{
    struct message *message = NULL;
    struct error err = {0};
    if (read_beat(members, &message, &err) != -EINVAL)
        fail_msg("%s was read", members);
    assert_null(message);
    assert_string_equal(err.text, wanted);
}

static void a_beat_may_hold_nothing(void **state UNUSED)
{
    AUTO(message) struct message *message = beat("");
    assert_int_equal(message->kind, MESSAGE_BEAT);
    assert_int_equal(message->reading_count, 0);
    assert_int_equal(message->every, 0);
    AUTO(message)
    struct message *nulls =
        beat("\"every\":null,\"readings\":null,\"units\":null,\"facts\":null");
    assert_int_equal(nulls->reading_count, 0);
}

static void readings_are_numbers_with_units(void **state UNUSED)
{
    AUTO(message)
    struct message *message =
        beat("\"every\":\"1m\",\"readings\":{\"load.1m\":0.25,\"disk:/.used\":41},"
             "\"units\":{\"disk:/.used\":\"%\",\"other\":\"B\"},\"facts\":[5,3]");
    assert_int_equal(message->every, 60000);
    assert_int_equal(message->facts_epoch, 5);
    assert_int_equal(message->facts_counter, 3);
    assert_int_equal(message->reading_count, 2);
    assert_string_equal(message->readings[0].name, "load.1m");
    assert_true(message->readings[0].value == 0.25);
    assert_null(message->readings[0].unit);
    assert_string_equal(message->readings[1].unit, "%");
}

static void what_is_wrong_is_named(void **state UNUSED)
{
    assert_refuses("\"every\":60",
                   "field \"every\": found 60, expected a duration such as \"1m\", or "
                   "null");
    assert_refuses("\"every\":\"soon\"",
                   "field \"every\": \"soon\" is no duration; expected one such as "
                   "\"90s\", \"1h30m\" or \"7d\"");
    assert_refuses("\"readings\":[]", "field \"readings\": found an array, expected an "
                                      "object of at most 10000 names and numbers");
    assert_refuses("\"readings\":{\"a\":\"1\"}",
                   "field \"readings\": found \"1\", expected a number");
    assert_refuses(
        "\"units\":{\"a\":\"x\\ny\"}",
        "field \"units\": found \"x\\ny\", expected at most 255 bytes on one "
        "line");
    static const char *const marks[] = {"7",     "[]",      "[1]",      "[0,1]",
                                        "[1,0]", "[1,2,3]", "[1,\"2\"]"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        AUTO(str) char *member = text_format("\"facts\":%s", marks[i]);
        struct message *message = NULL;
        assert_int_equal(read_beat(member, &message, NULL), -EINVAL);
    }
}

static void names_are_printable_and_bounded(void **state UNUSED)
{
    AUTO(str) char *longest = text_format("\"readings\":{\"a%0254d\":1}", 1);
    AUTO(message) struct message *message = beat(longest);
    assert_int_equal(strlen(message->readings[0].name), 255);

    AUTO(str) char *longer = text_format("\"readings\":{\"a%0255d\":1}", 1);
    struct message *none = NULL;
    assert_int_equal(read_beat(longer, &none, NULL), -EINVAL);
    assert_refuses("\"readings\":{\"a b\":1}",
                   "field \"readings\": found the name \"a b\", expected 1 to 255 "
                   "printable characters of ASCII without blanks");
    static const char *const wrong[] = {"", "\\t", "\xC3\xA9", "\\u007f", "a\\u0000b"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        AUTO(str) char *member = text_format("\"readings\":{\"%s\":1}", wrong[i]);
        if (read_beat(member, &none, NULL) != -EINVAL)
            fail_msg("\"%s\" is a name", wrong[i]);
    }
}

static void ten_thousand_are_read_and_one_more_is_not(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf members = {0};
    strbuf_puts(&members, "\"readings\":{");
    for (int i = 0; i < 10000; i++)
        strbuf_printf(&members, "%s\"r%d\":%d", i ? "," : "", i, i);
    AUTO(str) char *most = text_format("%s}", members.data);
    AUTO(message) struct message *message = beat(most);
    assert_int_equal(message->reading_count, 10000);
    assert_string_equal(message->readings[9999].name, "r9999");

    AUTO(str) char *more = text_format("%s,\"x\":1}", members.data);
    struct message *none = NULL;
    assert_int_equal(read_beat(more, &none, NULL), -EINVAL);
}

static void a_beat_says_nothing_of_a_state(void **state UNUSED)
{
    AUTO(message) struct message *message = beat("\"err\":\"FAIL\",\"status\":1");
    assert_int_equal(message_state(message), STATE_NONE);
}

static void other_kinds_may_say_what_they_want(void **state UNUSED)
{
    static const char json[] = "{\"tag\":\"x\",\"units\":5,\"readings\":[],\"add\":1}";
    AUTO(message) struct message *message = NULL;
    assert_int_equal(message_parse(json, strlen(json), &defaults, &message, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_beat_may_hold_nothing),
        cmocka_unit_test(readings_are_numbers_with_units),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(names_are_printable_and_bounded),
        cmocka_unit_test(ten_thousand_are_read_and_one_more_is_not),
        cmocka_unit_test(a_beat_says_nothing_of_a_state),
        cmocka_unit_test(other_kinds_may_say_what_they_want),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

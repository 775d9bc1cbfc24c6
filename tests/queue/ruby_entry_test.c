// SPDX-License-Identifier: GPL-3.0-or-later
#include "queue/ruby_entry.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/auto.h"
#include "base/clock.h"
#include "message/message.h"

/* The message that an event becomes. */
static struct message *message_of(const char *event, unsigned occurrence)
{
    AUTO(strbuf) struct strbuf json = {0};
    struct message_defaults defaults = {0};
    struct message *message = NULL;
    struct error err = {0};
    assert_int_equal(ruby_entry_read(event, strlen(event), occurrence, &json), 0);
    if (message_parse(json.data, json.size, &defaults, &message, &err) < 0)
        fail_msg("%s: %s", err.text, json.data);
    return message;
}

/* The event that a message becomes. */
static json_t *event_of(const char *json)
{
    AUTO(strbuf) struct strbuf event = {0};
    struct error err = {0};
    assert_int_equal(ruby_entry_write(json, strlen(json), &event, &err), 0);
    assert_int_equal(strncmp(event.data, "{\"time\":\"", 9), 0);
    json_t *value = json_loads(event.data, 0, NULL);
    assert_non_null(value);
    return value;
}

static const char *text_at(const json_t *event, const char *name)
{
    return json_string_value(json_object_get(event, name));
}

#define EVENT(time, tag, status, err)                                                  \
    "{\"time\":\"" time "\",\"elapsed\":4,\"user\":null,\"host\":\"vm\","              \
    "\"command\":\"echo  a b\",\"tag\":" tag ",\"stdout\":null,\"stderr\":\"x\\n\","   \
    "\"status\":" status ",\"err\":\"" err "\"}"

static void each_field_is_read(void **state UNUSED)
{
    AUTO(message)
    struct message *message =
        message_of(EVENT("2021-01-10 00:33:41 -0600", "\"T\"", "3", "FAIL"), 0);
    char time[CLOCK_TEXT_SIZE];
    clock_format_utc(message->time, time);
    assert_string_equal(time, "2021-01-10T06:33:41.000Z");
    assert_string_equal(message->zone, "-0600");
    assert_int_equal(message->kind, MESSAGE_OUTCOME);
    assert_int_equal(message->elapsed, 4);
    assert_null(message->user);
    assert_string_equal(message->host, "vm");
    assert_string_equal(message->command.data, "echo  a b");
    assert_string_equal(message->tag, "T");
    assert_null(message->out.kept.data);
    assert_string_equal(message->errors.kept.data, "x\n");
    assert_int_equal(message->status, 3);
    assert_int_equal(message->err, ERR_FAIL);
}

static void each_state_is_right(void **state UNUSED)
{
    static const struct {
        const char *event;
        enum message_err err;
        int status;
    } cases[] = {
        {EVENT("2021-01-10 00:33:41 -0600", "\"T\"", "0", "SUCCESS"), ERR_SUCCESS, 0},
        {EVENT("2021-01-10 00:33:41 -0600", "\"T\"", "1", "FAIL"), ERR_FAIL, 1},
        {EVENT("2021-01-10 00:33:41 -0600", "\"T\"", "null", "FAIL"), ERR_FAIL, -1},
        {EVENT("2021-01-10 00:33:41 -0600", "\"T\"", "1", "WARNING"), ERR_WARNING, 1},
        {EVENT("2021-01-10 00:33:41 -0600", "\"T\"", "0", "CHECK"), ERR_CHECK, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(message) struct message *message = message_of(cases[i].event, 0);
        assert_int_equal(message->err, cases[i].err);
        assert_int_equal(message->status, cases[i].status);
    }
}

static void each_form_of_time_is_read(void **state UNUSED)
{
    static const struct {
        const char *event, *time, *zone;
    } cases[] = {
        {EVENT("2021-01-10 00:33:41 UTC", "\"T\"", "0", "SUCCESS"),
         "2021-01-10T00:33:41.000Z", "UTC"},
        {EVENT("2021-06-30 23:59:59 +0530", "\"T\"", "0", "SUCCESS"),
         "2021-06-30T18:29:59.000Z", "+0530"},
        {EVENT("2021-01-10T00:33:41.5Z", "\"T\"", "0", "SUCCESS"),
         "2021-01-10T00:33:41.500Z", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(message) struct message *message = message_of(cases[i].event, 0);
        char time[CLOCK_TEXT_SIZE];
        clock_format_utc(message->time, time);
        assert_string_equal(time, cases[i].time);
        if (cases[i].zone)
            assert_string_equal(message->zone, cases[i].zone);
        else
            assert_null(message->zone);
    }
}

static void a_tag_is_made_of_the_command(void **state UNUSED)
{
    const char *const events[] = {
        EVENT("2021-01-10 00:33:41 -0600", "null", "0", "SUCCESS"),
        EVENT("2021-01-10 00:33:41 -0600", "\"\"", "0", "SUCCESS"),
        EVENT("2021-01-10 00:33:41 -0600", "\" \\n\"", "0", "SUCCESS")};
    for (size_t i = 0; i < 3; i++) {
        AUTO(message) struct message *message = message_of(events[i], 0);
        assert_string_equal(message->tag, "echo a b");
    }
}

static void the_same_entry_has_the_same_id_and_another_one_another(void **state UNUSED)
{
    const char *event = EVENT("2021-01-10 00:33:41 -0600", "\"T\"", "0", "SUCCESS");
    const char *other = EVENT("2021-01-10 00:33:41 -0600", "\"T\"", "1", "FAIL");
    AUTO(message) struct message *first = message_of(event, 0);
    AUTO(message) struct message *again = message_of(event, 0);
    AUTO(message) struct message *second = message_of(event, 1);
    AUTO(message) struct message *different = message_of(other, 0);
    assert_string_equal(first->id, again->id);
    assert_string_not_equal(first->id, second->id);
    assert_string_not_equal(first->id, different->id);
    assert_int_equal(strncmp(first->id, "0176eb00-1988", 13), 0); /* in order of time */
}

static void what_is_no_event_is_left(void **state UNUSED)
{
    static const char *const texts[] = {"",
                                        "text",
                                        "[]",
                                        "{",
                                        "{\"host\":\"a\"}",
                                        "{\"time\":5}",
                                        "{\"time\":\"yesterday\"}",
                                        "{:time=>\"2020-01-10 00:33:41 -0600\"}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        AUTO(strbuf) struct strbuf json = {0};
        assert_true(ruby_entry_read(texts[i], strlen(texts[i]), 0, &json) < 0);
        assert_int_equal(json.size, 0);
    }
}

static void an_event_has_the_types_that_its_tools_expect(void **state UNUSED)
{
    json_t *event = event_of("{\"v\":1,\"id\":\"0192e4c8-0000-7000-8000-000000000001\","
                             "\"kind\":\"outcome\",\"host\":\"vm\",\"user\":\"wrk\","
                             "\"tag\":\"T\",\"time\":\"2021-01-10T06:33:41.500Z\","
                             "\"command\":\"borg\",\"status\":2,\"signal\":null,"
                             "\"err\":\"FAIL\",\"elapsed\":12.6,\"stdout\":null,"
                             "\"stderr\":\"no\\n\"}");
    assert_string_equal(text_at(event, "time"), "2021-01-10 00:33:41 -0600");
    assert_int_equal(json_integer_value(json_object_get(event, "elapsed")), 13);
    assert_true(json_is_integer(json_object_get(event, "elapsed")));
    assert_string_equal(text_at(event, "user"), "wrk");
    assert_string_equal(text_at(event, "host"), "vm");
    assert_string_equal(text_at(event, "command"), "borg");
    assert_string_equal(text_at(event, "tag"), "T");
    assert_true(json_is_null(json_object_get(event, "stdout")));
    assert_string_equal(text_at(event, "stderr"), "no\n");
    assert_int_equal(json_integer_value(json_object_get(event, "status")), 2);
    assert_string_equal(text_at(event, "err"), "FAIL");
    json_decref(event);
}

static void what_a_message_leaves_out_has_the_right_type_too(void **state UNUSED)
{
    json_t *event = event_of("{\"kind\":\"note\",\"host\":\"vm\",\"tag\":\"T\","
                             "\"err\":\"WARNING\",\"text\":\"hot\"}");
    assert_int_equal(strlen(text_at(event, "time")), 25);
    assert_true(json_is_integer(json_object_get(event, "elapsed")));
    assert_true(json_is_null(json_object_get(event, "user")));
    assert_string_equal(text_at(event, "command"), "");
    assert_string_equal(text_at(event, "stderr"), "hot");
    assert_int_equal(json_integer_value(json_object_get(event, "status")), 1);
    json_decref(event);
}

static void each_word_is_one_of_theirs(void **state UNUSED)
{
    static const char *const cases[][2] = {{"SUCCESS", "SUCCESS"}, {"FAIL", "FAIL"},
                                           {"WARNING", "WARNING"}, {"CHECK", "CHECK"},
                                           {"LOCKED", "WARNING"},  {"TIMEOUT", "FAIL"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char json[80];
        snprintf(json, sizeof json, "{\"tag\":\"T\",\"err\":\"%s\"}", cases[i][0]);
        json_t *event = event_of(json);
        assert_string_equal(text_at(event, "err"), cases[i][1]);
        json_decref(event);
    }
}

static void a_signal_has_no_status(void **state UNUSED)
{
    json_t *event = event_of("{\"tag\":\"T\",\"err\":\"FAIL\",\"status\":null,"
                             "\"signal\":9}");
    assert_true(json_is_null(json_object_get(event, "status")));
    assert_string_equal(text_at(event, "err"), "FAIL");
    json_decref(event);
}

static void our_message_comes_back_as_it_was(void **state UNUSED)
{
    static const char *const messages[] = {
        "{\"v\":1,\"id\":\"0192e4c8-0000-7000-8000-000000000001\",\"kind\":\"outcome\","
        "\"host\":\"vm\",\"tag\":\"T\",\"time\":\"2021-01-10T06:33:41.123Z\","
        "\"zone\":\"America/Chicago\",\"command\":\"a\\u0000b\",\"status\":null,"
        "\"signal\":15,\"err\":\"TIMEOUT\",\"elapsed\":12.345,\"stdout\":\"\xC3\xA9\","
        "\"cut\":{\"stdout\":7},\"stderr\":null,\"mailto\":\"a@example.org\"}",
        "{\"id\":\"0192e4c8-0000-7000-8000-000000000002\",\"kind\":\"note\","
        "\"host\":\"vm\",\"tag\":\"T\",\"time\":\"2021-01-10T06:33:41.123Z\","
        "\"text\":\"hello\"}"};
    for (size_t i = 0; i < 2; i++) {
        AUTO(strbuf) struct strbuf event = {0};
        AUTO(strbuf) struct strbuf again = {0};
        assert_int_equal(
            ruby_entry_write(messages[i], strlen(messages[i]), &event, NULL), 0);
        assert_int_equal(ruby_entry_read(event.data, event.size, 0, &again), 0);
        json_t *sent = json_loads(messages[i], JSON_ALLOW_NUL, NULL);
        json_t *read = json_loads(again.data, JSON_ALLOW_NUL, NULL);
        const char *name;
        json_t *value;
        json_object_foreach(sent, name,
                            value) if (!json_equal(value, json_object_get(read, name)))
            fail_msg("%s is not as it was: %s", name, again.data);
        json_decref(sent);
        json_decref(read);
    }
}

static void what_its_tools_have_no_word_for_is_said(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf event = {0};
    struct error err = {0};
    assert_int_equal(ruby_entry_write("{\"kind\":\"start\"}", 16, &event, &err),
                     -ENOMSG);
    assert_int_equal(ruby_entry_write("[1]", 3, &event, &err), -EINVAL);
    assert_int_equal(event.size, 0);
}

int main(void)
{
    setenv("TZ", "CST6", 1);
    tzset();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_field_is_read),
        cmocka_unit_test(each_state_is_right),
        cmocka_unit_test(each_form_of_time_is_read),
        cmocka_unit_test(a_tag_is_made_of_the_command),
        cmocka_unit_test(the_same_entry_has_the_same_id_and_another_one_another),
        cmocka_unit_test(what_is_no_event_is_left),
        cmocka_unit_test(an_event_has_the_types_that_its_tools_expect),
        cmocka_unit_test(what_a_message_leaves_out_has_the_right_type_too),
        cmocka_unit_test(each_word_is_one_of_theirs),
        cmocka_unit_test(a_signal_has_no_status),
        cmocka_unit_test(our_message_comes_back_as_it_was),
        cmocka_unit_test(what_its_tools_have_no_word_for_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* facts - rows become canonical when they are read; what is wrong is named, by its
 * field and row. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "message/message.h"

static const struct message_defaults defaults = {.now = 1795340888123, .host = "here"};

#define COLUMNS "\"columns\":[[\"name\",\"text\",\"key\"],[\"bytes\",\"size\"]]"
#define MARK    "\"epoch\":5,\"counter\":3,\"after\":2,\"is\":\"change\""
#define HEAD    "\"relation\":\"disk\"," COLUMNS "," MARK

static int read_facts(const char *members, struct message **ret, struct error *err)
{
    AUTO(str)
    char *json = text_format("{\"kind\":\"facts\",\"tag\":\"t\",%s}", members);
    return message_parse(json, strlen(json), &defaults, ret, err);
}

static struct message *facts(const char *members)
{
    struct message *message = NULL;
    struct error err = {0};
    if (read_facts(members, &message, &err) < 0)
        fail_msg("%s: %s", members, err.text);
    return message;
}

static void assert_refuses(const char *members, const char *wanted)
{
    struct message *message = NULL;
    struct error err = {0};
    if (read_facts(members, &message, &err) != -EINVAL)
        fail_msg("%s was read", members);
    assert_null(message);
    assert_string_equal(err.text, wanted);
}

static void a_change_is_read(void **state UNUSED)
{
    AUTO(message)
    struct message *message =
        facts(HEAD ",\"add\":[[\"/\",\"4G\"],[null,5]],\"remove\":[[\"/old\",null]]");
    const struct facts *read = message->facts;
    assert_string_equal(read->relation->name, "disk");
    assert_int_equal(read->relation->count, 2);
    assert_true(read->relation->columns[0].is_key);
    assert_int_equal(read->epoch, 5);
    assert_int_equal(read->counter, 3);
    assert_int_equal(read->after, 2);
    assert_int_equal(read->extent, FACTS_CHANGE);
    assert_int_equal(read->added.count, 2);
    assert_string_equal(read->added.items[0].values[1], "4294967296");
    assert_null(read->added.items[1].values[0]);
    assert_string_equal(read->removed.items[0].values[0], "/old");
}

static void assert_value(const char *type, const char *json, const char *wanted)
{
    AUTO(str)
    char *members = text_format("\"relation\":\"r\",\"columns\":[[\"c\",\"%s\"]]," MARK
                                ",\"add\":[[%s]],\"remove\":[]",
                                type, json);
    struct message *none = NULL;
    if (!wanted) {
        if (read_facts(members, &none, NULL) != -EINVAL)
            fail_msg("%s is a %s", json, type);
        return;
    }
    AUTO(message) struct message *message = facts(members);
    assert_string_equal(message->facts->added.items[0].values[0], wanted);
}

static void a_value_is_a_number_or_a_text(void **state UNUSED)
{
    static const char *const cases[][3] = {
        {"text", "\"a\"", "a"},
        {"text", "7", "7"},
        {"text", "true", NULL},
        {"text", "[]", NULL},
        {"text", "\"a\\u0000b\"", NULL},
        {"version", "\"1.22\"", "1.22"},
        {"number", "0.50", "0.5"},
        {"number", "\"0.50\"", "0.5"},
        {"number", "1e3", "1000"},
        {"number", "\"x\"", NULL},
        {"size", "4096", "4096"},
        {"size", "4096.5", NULL},
        {"size", "-1", NULL},
        {"duration", "5400000", "5400000"},
        {"duration", "\"5400000\"", "5400000"},
        {"duration", "\"1h30m\"", "5400000"},
        {"time", "1795340888123", "1795340888123"},
        {"time", "\"2026-11-22T09:48:08.123Z\"", "1795340888123"},
        {"flag", "true", "1"},
        {"flag", "0", "0"},
        {"flag", "\"yes\"", "1"},
        {"flag", "2", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_value(cases[i][0], cases[i][1], cases[i][2]);
}

static void each_field_is_required(void **state UNUSED)
{
    static const char *const members[] = {"\"relation\":\"disk\"",
                                          COLUMNS,
                                          "\"epoch\":5",
                                          "\"counter\":3",
                                          "\"after\":2",
                                          "\"is\":\"change\"",
                                          "\"add\":[]",
                                          "\"remove\":[]"};
    static const char *const names[] = {"relation", "columns", "epoch", "counter",
                                        "after",    "is",      "add",   "remove"};
    for (size_t left_out = 0; left_out < 8; left_out++) {
        AUTO(strbuf) struct strbuf text = {0};
        for (size_t i = 0; i < 8; i++)
            if (i != left_out)
                strbuf_printf(&text, "%s%s", text.size ? "," : "", members[i]);
        AUTO(str)
        char *wanted = text_format("field \"%s\" is missing", names[left_out]);
        assert_refuses(text.data, wanted);
    }
}

static void a_whole_removes_nothing(void **state UNUSED)
{
#define WHOLE                                                                          \
    "\"relation\":\"disk\"," COLUMNS ",\"epoch\":5,\"counter\":1,\"after\":0,"         \
    "\"is\":\"whole\",\"add\":[]"
    AUTO(message) struct message *message = facts(WHOLE);
    assert_int_equal(message->facts->extent, FACTS_WHOLE);
    assert_refuses(WHOLE ",\"remove\":[]",
                   "field \"remove\": found an array, expected it in a change alone");
}

static void what_is_wrong_is_named(void **state UNUSED)
{
    assert_refuses("\"relation\":\"Disk\"," COLUMNS,
                   "field \"relation\": \"Disk\" is no name of a relation: expected "
                   "small letters, digits and _, a letter first, at most 63");
    assert_refuses("\"relation\":7," COLUMNS,
                   "field \"relation\": found 7, expected the name of a relation");
    assert_refuses("\"relation\":\"disk\",\"columns\":[[\"a\",\"integer\"]]",
                   "field \"columns\": found \"integer\", expected text, number, size, "
                   "duration, time, version or flag");
    assert_refuses("\"relation\":\"disk\",\"columns\":[[\"a\"]]",
                   "field \"columns\": found an array, expected arrays such as "
                   "[\"name\",\"text\",\"key\"]");
    assert_refuses("\"relation\":\"disk\"," COLUMNS ",\"epoch\":0",
                   "field \"epoch\": found 0, expected an integer from 1 on");
    assert_refuses("\"relation\":\"disk\"," COLUMNS
                   ",\"epoch\":1,\"counter\":3,\"after\":3",
                   "field \"after\": found 3, expected less than the counter");
    assert_refuses("\"relation\":\"disk\"," COLUMNS
                   ",\"epoch\":1,\"counter\":3,\"after\":2,\"is\":\"all\"",
                   "field \"is\": found \"all\", expected \"change\", \"part\" or "
                   "\"whole\"");
    assert_refuses(HEAD ",\"add\":[[\"/\",1],[\"/\"]]",
                   "field \"add\": row 1: expected an array of 2 values");
    assert_refuses(HEAD ",\"add\":[],\"remove\":[[\"/\",true]]",
                   "field \"remove\": row 0: column bytes: expected a size");
    assert_refuses(HEAD ",\"add\":{}",
                   "field \"add\": found an object, expected an array of rows");
}

static void a_whole_has_a_hundred_messages_at_most(void **state UNUSED)
{
#define PARTS(after)                                                                   \
    "\"relation\":\"disk\"," COLUMNS ",\"epoch\":5,\"counter\":300,\"after\":" after   \
    ",\"is\":\"whole\",\"add\":[]"
    AUTO(message) struct message *message = facts(PARTS("200"));
    assert_int_equal(message->facts->after, 200);
    assert_refuses(PARTS("199"),
                   "field \"after\": found 199, expected at most 100 less "
                   "than the counter of a whole");
#undef PARTS
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_read),
        cmocka_unit_test(a_value_is_a_number_or_a_text),
        cmocka_unit_test(each_field_is_required),
        cmocka_unit_test(a_whole_removes_nothing),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(a_whole_has_a_hundred_messages_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

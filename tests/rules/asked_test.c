// SPDX-License-Identifier: GPL-3.0-or-later
/* asked - which JSON is a question, and what is said of all other. */
#include "rules/asked.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/strbuf.h"

static struct asked read_good(const char *json)
{
    struct asked asked = {0};
    AUTO(complaint) struct complaint complaint = {0};
    assert_int_equal(asked_read(json, strlen(json), &asked, &complaint), 0);
    return asked;
}

static void assert_refused(const char *json, size_t size, const char *what)
{
    struct asked asked = {.limit = 77};
    AUTO(complaint) struct complaint complaint = {0};
    int rc = asked_read(json, size, &asked, &complaint);
    if (rc != -EINVAL || !strstr(complaint.what ? complaint.what : "", what))
        fail_msg("%.60s: %d, \"%s\", wanted \"%s\"", json, rc, complaint.what, what);
    assert_null(complaint.name);
    assert_int_equal(asked.limit, 77);
    assert_null(asked.json);
}

static void reads_each_field(void **state UNUSED)
{
    struct asked asked = read_good("{\"saved\":\"low\",\"args\":[\"a\",\"\"],\"times\":"
                                   "{\"2026-11-01\":5},\"limit\":7,\"since\":-8,"
                                   "\"now\":9,\"timeout\":86400000,\"why\":true}");
    assert_string_equal(asked.saved, "low");
    assert_null(asked.question);
    assert_int_equal(json_array_size(asked.args), 2);
    assert_int_equal(json_integer_value(json_object_get(asked.times, "2026-11-01")), 5);
    assert_int_equal(asked.limit, 7);
    assert_int_equal(asked.since, -8);
    assert_int_equal(asked.now, 9);
    assert_int_equal(asked.timeout, 86400000);
    assert_true(asked.why);
    assert_false(asked.count || asked.why_not || asked.sql || asked.plan);
    asked_clear(&asked);
    assert_null(asked.saved);
}

static void what_is_null_or_false_was_not_said(void **state UNUSED)
{
    struct asked asked =
        read_good("\n {\"question\":\"h\\u00e9(x)\",\"saved\":null,\"args\":null,"
                  "\"limit\":null,\"times\":{},\"plan\":true,\"sql\":false}\t");
    assert_string_equal(asked.question, "h\xC3\xA9(x)");
    assert_null(asked.saved);
    assert_null(asked.args);
    assert_int_equal(asked.limit, 0);
    assert_true(asked.plan);
    asked_clear(&asked);
}

static void refuses_each_field_that_is_wrong(void **state UNUSED)
{
    static const struct {
        const char *fields, *what;
    } rows[] = {
        {"\"question\":1", "question: expected a text"},
        {"\"question\":[\"h(x)\"]", "question: expected a text"},
        {"\"question\":true", "question: expected a text"},
        {"\"saved\":{}", "saved: expected the name of a saved question"},
        {"\"saved\":\"a\",\"args\":\"b\"", "args: expected an array of texts"},
        {"\"saved\":\"a\",\"args\":{\"b\":\"c\"}", "args: expected an array of texts"},
        {"\"saved\":\"a\",\"args\":[\"b\",1]", "args: expected an array of texts"},
        {"\"saved\":\"a\",\"args\":[null]", "args: expected an array of texts"},
        {"\"saved\":\"a\",\"args\":[[\"b\"]]", "args: expected an array of texts"},
        {"\"question\":\"a\",\"args\":[]", "args: a question has none"},
        {"\"times\":[1]", "times: expected an object of times in ms"},
        {"\"times\":{\"2026-11-01\":\"1\"}", "times: expected an object of times"},
        {"\"times\":{\"2026-11-01\":1.5}", "times: expected an object of times"},
        {"\"times\":{\"2026-11-01\":null}", "times: expected an object of times"},
        {"\"times\":{\"2026-11-01\":253402300800000}", "times: expected an object"},
        {"\"limit\":0", "limit: expected a number from 1 to 100000"},
        {"\"limit\":-1", "limit: expected a number from 1 to 100000"},
        {"\"limit\":100001", "limit: expected a number from 1 to 100000"},
        {"\"limit\":1.0", "limit: expected a number from 1 to 100000"},
        {"\"limit\":\"10\"", "limit: expected a number from 1 to 100000"},
        {"\"since\":\"2026-11-01\"", "since: expected a time in ms"},
        {"\"since\":true", "since: expected a time in ms"},
        {"\"since\":-62167219200001", "since: expected a time in ms"},
        {"\"now\":1e3", "now: expected a time in ms"},
        {"\"now\":9223372036854775807", "now: expected a time in ms"},
        {"\"timeout\":0", "timeout: expected a duration in ms, of at most a day"},
        {"\"timeout\":-5", "timeout: expected a duration in ms"},
        {"\"timeout\":86400001", "timeout: expected a duration in ms"},
        {"\"timeout\":9223372036854775807", "timeout: expected a duration in ms"},
        {"\"timeout\":\"1s\"", "timeout: expected a duration in ms"},
        {"\"count\":1", "count: expected true or false"},
        {"\"why\":\"true\"", "why: expected true or false"},
        {"\"why_not\":0", "why_not: expected true or false"},
        {"\"sql\":[]", "sql: expected true or false"},
        {"\"plan\":{}", "plan: expected true or false"},
        {"\"question\":\"a\",\"sql\":true,\"plan\":true", "which one?"},
        {"\"question\":\"a\",\"count\":true,\"why\":true", "which one?"},
        {"\"question\":\"a\",\"saved\":\"b\"", "one of the fields \"question\" and"},
        {"\"limit\":5", "expected one of the fields \"question\" and \"saved\""},
        {"", "expected one of the fields \"question\" and \"saved\""},
        {"\"timout\":5", "no field is called \"timout\"; did you mean timeout?"},
        {"\"Question\":\"a\"", "no field is called \"Question\""},
        {"\"\":1", "no field is called \"\""},
        {"\"question\":\"a\",\"question\":\"a\"", "duplicate object key"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        AUTO(str) char *json = text_format("{%s}", rows[i].fields);
        assert_refused(json, strlen(json), rows[i].what);
    }
}

static void refuses_what_is_no_object(void **state UNUSED)
{
    static const struct {
        const char *json, *what;
    } rows[] = {
        {"", "no JSON: "},
        {" ", "no JSON: "},
        {"[]", "expected an object such as {\"question\":"},
        {"[{\"question\":\"a\"}]", "expected an object such as"},
        {"\"question\"", "no JSON: "},
        {"null", "no JSON: "},
        {"{\"question\":\"a\"", "no JSON: '}' expected near end of file"},
        {"{\"question\":\"a", "no JSON: premature end of input"},
        {"{\"question\":\"a\"}{}", "no JSON: end of file expected"},
        {"{\"question\":\"a\",}", "no JSON: string or '}' expected"},
        {"{'question':'a'}", "no JSON: string or '}' expected"},
        {"{\"limit\":NaN}", "no JSON: invalid token near 'NaN'"},
        {"{\"limit\":-Infinity}", "no JSON: invalid token"},
        {"{\"now\":99999999999999999999}", "no JSON: too big integer"},
        {"{\"now\":1e999}", "no JSON: real number overflow"},
        {"{\"limit\":0x10}", "no JSON: "},
        {"{\"question\":\"\\ud800\"}", "no JSON: invalid Unicode"},
        {"{\"question\":\"a\nb\"}", "no JSON: unexpected newline"},
        {"{\"question\":\"\xFF\"}", "no JSON: unable to decode byte 0xff"},
        {"\xEF\xBB\xBF{}", "no JSON: "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_refused(rows[i].json, strlen(rows[i].json), rows[i].what);
}

static void refuses_a_nul_however_it_is_written(void **state UNUSED)
{
#define REFUSE(json) assert_refused(json, sizeof json - 1, "no JSON: ")
    REFUSE("{\"question\":\"a\\u0000b\"}");
    REFUSE("{\"question\":\"a\0b\"}");
    REFUSE("{\"saved\":\"a\",\"args\":[\"\\u0000\"]}");
    REFUSE("{\"a\\u0000\":1}");
    REFUSE("{\"question\":\"a\"}\0");
    REFUSE("\0");
#undef REFUSE
}

static void refuses_what_is_too_deep(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf json = {0};
    strbuf_puts(&json, "{\"args\":");
    for (int i = 0; i < 500000; i++)
        strbuf_putc(&json, '[');
    assert_refused(strbuf_text(&json), json.size, "maximum parsing depth reached");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_field),
        cmocka_unit_test(what_is_null_or_false_was_not_said),
        cmocka_unit_test(refuses_each_field_that_is_wrong),
        cmocka_unit_test(refuses_what_is_no_object),
        cmocka_unit_test(refuses_a_nul_however_it_is_written),
        cmocka_unit_test(refuses_what_is_too_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

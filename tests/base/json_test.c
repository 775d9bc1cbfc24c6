// SPDX-License-Identifier: GPL-3.0-or-later
/* json - what is written is JSON, whatever bytes go in. */
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

static void writes_an_object_with_commas_where_they_are_due(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    json_open(&buf, '{');
    json_field_text(&buf, "host", "penguin2");
    json_field_number(&buf, "status", -2);
    json_field_real(&buf, "elapsed", 12.3456, 3);
    json_field_null(&buf, "signal");
    json_field_text(&buf, "mailto", NULL);
    json_name(&buf, "list");
    json_open(&buf, '[');
    json_comma(&buf);
    json_open(&buf, '{');
    json_close(&buf, '}');
    json_comma(&buf);
    json_open(&buf, '[');
    json_close(&buf, ']');
    json_close(&buf, ']');
    json_close(&buf, '}');
    assert_string_equal(strbuf_text(&buf),
                        "{\"host\":\"penguin2\",\"status\":-2,\"elapsed\":12.346,"
                        "\"signal\":null,\"mailto\":null,\"list\":[{},[]]}");
}

static void writes_numbers_of_every_size(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    json_open(&buf, '{');
    json_field_number(&buf, "a", INT64_MIN);
    json_field_number(&buf, "b", INT64_MAX);
    json_close(&buf, '}');
    assert_string_equal(strbuf_text(&buf),
                        "{\"a\":-9223372036854775808,\"b\":9223372036854775807}");
}

static void escapes_what_json_demands(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    assert_true(json_text(&buf, "\"\\\b\f\n\r\t\0\x01\x1F\x7F/", 12));
    assert_string_equal(strbuf_text(&buf),
                        "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u0001\\u001f\\u007f/\"");
}

static void leaves_utf8_as_it_is(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    static const char text[] = "Schäfer \xF0\x9F\x90\x91";
    assert_true(json_text(&buf, text, strlen(text)));
    assert_string_equal(strbuf_text(&buf), "\"Schäfer \xF0\x9F\x90\x91\"");
}

static void replaces_each_byte_that_is_not_utf8_and_says_so(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    assert_false(json_text(&buf, "a\xFF\xC3z\xE2\x82", 6));
    assert_string_equal(strbuf_text(&buf),
                        "\"a\xEF\xBF\xBD\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

static void any_byte_gives_utf8_without_control_characters(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    char all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    assert_false(json_text(&buf, all, sizeof all));
    assert_true(utf8_is_valid(buf.data, buf.size));
    for (size_t i = 0; i < buf.size; i++)
        assert_true((unsigned char)buf.data[i] >= 0x20);
}

static void writes_empty_text(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    assert_true(json_text(&buf, "", 0));
    assert_string_equal(strbuf_text(&buf), "\"\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_an_object_with_commas_where_they_are_due),
        cmocka_unit_test(writes_numbers_of_every_size),
        cmocka_unit_test(escapes_what_json_demands),
        cmocka_unit_test(leaves_utf8_as_it_is),
        cmocka_unit_test(replaces_each_byte_that_is_not_utf8_and_says_so),
        cmocka_unit_test(any_byte_gives_utf8_without_control_characters),
        cmocka_unit_test(writes_empty_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

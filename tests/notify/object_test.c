// SPDX-License-Identifier: GPL-3.0-or-later
/* object - JSON of every kind of notice, and templates that nothing breaks out of. */
#include "notify/object.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "sample.h"

static json_t *read_object(const struct notice *notice)
{
    AUTO(strbuf) struct strbuf text = {0};
    json_error_t why;
    object_put(&text, notice, notice->made);
    assert_null(strchr(text.data, '\n'));
    json_t *object = json_loads(text.data, 0, &why);
    if (!object)
        fail_msg("%s: %s", why.text, text.data);
    return object;
}

static void expect_text(const json_t *object, const char *name, const char *wanted)
{
    const char *found = json_string_value(json_object_get(object, name));
    assert_non_null(found);
    assert_string_equal(found, wanted);
}

static void says_what_is_wrong(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    json_t *object = read_object(&notice);
    expect_text(object, "what", "new");
    expect_text(object, "host", "penguin2");
    expect_text(object, "severity", "fail");
    expect_text(object, "since", "2026-11-22T15:48:08.123Z");
    expect_text(object, "headline", "FAIL penguin2 P2-ETC (2)");
    assert_true(json_is_null(json_object_get(object, "until")));
    assert_true(json_is_null(json_object_get(object, "before")));
    assert_true(json_is_null(json_object_get(object, "news")));
    assert_int_equal(json_integer_value(json_object_get(object, "incident")), 12);
    const json_t *message = json_object_get(object, "message");
    expect_text(message, "stderr", "Repository /backup/borg does not exist.\n");
    assert_true(json_is_null(json_object_get(message, "stdout")));
    assert_int_equal(json_integer_value(json_object_get(message, "status")), 2);
    json_decref(object);
}

static void says_what_is_new_and_of_several_things_each(void **state UNUSED)
{
    struct notice_item item = {"new",         "h",         "t", "silent",
                               "no \"word\"", SAMPLE_TIME, 3};
    struct notice notice = sample_new();
    notice.news.good = message_new();
    notice.news.good->time = SAMPLE_TIME;
    texts_add(&notice.news.packages, "borg 2, was 1");
    json_t *object = read_object(&notice);
    const json_t *packages =
        json_object_get(json_object_get(object, "news"), "packages");
    assert_string_equal(json_string_value(json_array_get(packages, 0)),
                        "borg 2, was 1");
    json_decref(object);
    notice_clear(&notice);

    struct notice sum = {.kind = TELLING_SUM,
                         .host = (char *)"",
                         .tag = (char *)"",
                         .severity = "",
                         .text = "",
                         .items = &item,
                         .item_count = 1,
                         .made = SAMPLE_TIME};
    object = read_object(&sum);
    expect_text(json_array_get(json_object_get(object, "items"), 0), "text",
                "no \"word\"");
    expect_text(json_array_get(json_object_get(object, "items"), 0), "time",
                "2026-11-22T15:48:08.123Z");
    assert_true(json_is_null(json_object_get(object, "severity")));
    assert_true(json_is_null(json_object_get(object, "incident")));
    json_decref(object);
}

/* Whatever a host is called, the JSON stays that which the template makes. */
static void what_is_filled_in_is_data(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    AUTO(strbuf) struct strbuf text = {0};
    sample_tag(&notice, "\",\"admin\":\"{{host}} \\ \xFF\n{{tag}}");
    object_fill(&text, "{\"t\":\"{{tag}}\",\"n\":{{incident}},\"u\":\"{{until}}\"}",
                &notice, SAMPLE_TIME);
    json_t *object = json_loads(text.data, 0, NULL);
    assert_int_equal(json_object_size(object), 3);
    expect_text(object, "t", "\",\"admin\":\"{{host}} \\ \xEF\xBF\xBD\n{{tag}}");
    expect_text(object, "u", "");
    assert_int_equal(json_integer_value(json_object_get(object, "n")), 12);
    json_decref(object);
}

static void each_name_of_a_template_is_filled(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    AUTO(strbuf) struct strbuf text = {0};
    notice.kind = TELLING_CHANGE;
    notice.before = "warning";
    notice.text = "said";
    notice.until = SAMPLE_TIME;
    object_fill(
        &text,
        "{{address}} {{before}} {{host}} {{incident}} {{notifier}} "
        "{{severity}} {{since}} {{tag}} {{telling}} {{text}} {{until}} {{what}} "
        "{{headline}}",
        &notice, SAMPLE_TIME);
    assert_string_equal(text.data,
                        "admin@example.org warning penguin2 12 mailto fail "
                        "2026-11-22T15:48:08.123Z P2-ETC 7 said "
                        "2026-11-22T15:48:08.123Z change FAIL penguin2 P2-ETC (2)");
    strbuf_shorten(&text, 0);
    object_fill(&text, "{{story}}", &notice, SAMPLE_TIME);
    assert_non_null(strstr(text.data, "failed with status 2.\\nIt was warning"));
}

int main(void)
{
    sample_zone();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(says_what_is_new_and_of_several_things_each),
        cmocka_unit_test(what_is_filled_in_is_data),
        cmocka_unit_test(each_name_of_a_template_is_filled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

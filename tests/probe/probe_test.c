// SPDX-License-Identifier: GPL-3.0-or-later
/* probe - settings as the daemon writes them are read as it has them. */
#include "probe/probe.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/lines.h"

static const struct setting settings[] = {
    {"text", SETTING_TEXT, "a b", NULL, ""},
    {"texts", SETTING_TEXTS, NULL, NULL, ""},
    {"number", SETTING_NUMBER, NULL, NULL, ""},
    {"share", SETTING_PERCENT, "90%", NULL, ""},
    {"size", SETTING_SIZE, "4G", NULL, ""},
    {"time", SETTING_DURATION, "1h", NULL, ""},
    {"flag", SETTING_FLAG, "#f", NULL, ""},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

static const struct monitor monitor_echo = {.name = "echo", .settings = settings};

/* Says its settings, as they are written. */
static int echo_look(struct look *look, struct error *err)
{
    AUTO(strbuf) struct strbuf json = {0};
    if (settings_flag(look->settings, "flag"))
        return error_set(err, -EIO, "it cannot look");
    settings_format(look->settings, &json);
    findings_note(look->findings, NULL, "%s", json.data);
    return 0;
}

static const struct probe probe_echo = {.monitor = &monitor_echo, .look = echo_look};

/* What the note of its one line says, after the settings were written and read. */
static void comes_back_the_same(const char *json)
{
    AUTO(strbuf) struct strbuf first = {0};
    AUTO(strbuf) struct strbuf lines = {0};
    struct relations none = {0};
    AUTO(findings) struct findings findings = {0};
    assert_int_equal(probe_run(&probe_echo, json, strlen(json), &first, NULL), 0);
    assert_int_equal(lines_parse_all(first.data, first.size, &none, &findings, NULL),
                     0);
    const char *said = findings.items[0].text;
    assert_int_equal(probe_run(&probe_echo, said, strlen(said), &lines, NULL), 0);
    assert_string_equal(first.data, lines.data);
}

static void settings_survive_the_way(void **state UNUSED)
{
    comes_back_the_same("");
    comes_back_the_same("{}");
    comes_back_the_same("{\"text\":\"c \\\"d\\\"\",\"texts\":[\"x\",\"y z\",\"\"],"
                        "\"number\":-0.5,\"share\":12.5,\"size\":123456789012,"
                        "\"time\":0.25,\"flag\":false}");
}

static void a_look_that_fails_is_unknown(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf lines = {0};
    assert_int_equal(probe_run(&probe_echo, "{\"flag\":true}", 13, &lines, NULL), 0);
    assert_string_equal(lines.data,
                        "{\"state\":\"unknown\",\"text\":\"it cannot look\"}\n");
}

static void what_is_no_setting_is_refused(void **state UNUSED)
{
    static const char *const wrong[] = {
        "{",
        "[]",
        "{\"txt\":\"x\"}",
        "{\"text\":{}}",
        "{\"text\":[[]]}",
        "{\"time\":\"soon\"}",
        "7",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        AUTO(strbuf) struct strbuf lines = {0};
        struct error err = {0};
        assert_int_equal(
            probe_run(&probe_echo, wrong[i], strlen(wrong[i]), &lines, &err), -EINVAL);
        assert_string_not_equal(err.text, "");
        assert_int_equal(lines.size, 0);
    }
}

static void finds_those_that_there_are(void **state UNUSED)
{
    assert_string_equal(probe_find("http")->monitor->name, "http");
    assert_non_null(probe_find("certificate"));
    assert_null(probe_find("disk"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_survive_the_way),
        cmocka_unit_test(a_look_that_fails_is_unknown),
        cmocka_unit_test(what_is_no_setting_is_refused),
        cmocka_unit_test(finds_those_that_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

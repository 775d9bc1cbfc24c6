// SPDX-License-Identifier: GPL-3.0-or-later
/* settings - words of the configuration become what the tables say, or are refused in
 * their place. */
#include "monitor/settings.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"

static const struct setting table[] = {
    {"warn", SETTING_PERCENT, "90%", NULL, "a percentage"},
    {"fail", SETTING_PERCENT, NULL, NULL, "another"},
    {"only", SETTING_TEXTS, NULL, NULL, "texts"},
    {"except", SETTING_TEXTS, "lo  veth*", NULL, "texts with a default"},
    {"factor", SETTING_NUMBER, "-1.5e1", "per core", "a number"},
    {"max-size", SETTING_SIZE, "1.5K", NULL, "a size"},
    {"age", SETTING_DURATION, NULL, NULL, "a duration"},
    {"path", SETTING_TEXT, NULL, NULL, "a text"},
    {"strict", SETTING_FLAG, "#f", NULL, "a flag"},
    {"every", SETTING_DURATION, "5m", NULL, "anew"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

static const struct setting demanding[] = {
    {"path", SETTING_TEXT, setting_required, NULL, "it must be given"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

static int read_form(const struct setting *own, const char *text, struct settings **ret,
                     struct error *err)
{
    AUTO(config) struct config *config = NULL;
    if (config_parse("conf", text, strlen(text), &config, err) < 0)
        fail_msg("%s", err->text);
    struct settings_tables tables = {.own = own, .path = "conf"};
    return settings_read(&tables, &config->monitors.items[0], ret, err);
}

static struct settings *read_good(const char *text)
{
    struct settings *settings = NULL;
    struct error err = {0};
    if (read_form(table, text, &settings, &err) < 0)
        fail_msg("%s", err.text);
    return settings;
}

static void assert_refuses(const char *text, const char *wanted)
{
    struct settings *settings = NULL;
    struct error err = {0};
    assert_int_equal(read_form(table, text, &settings, &err), -EINVAL);
    assert_null(settings);
    assert_string_equal(err.text, wanted);
}

static void gives_the_defaults(void **state UNUSED)
{
    AUTO(settings) struct settings *settings = NULL;
    struct settings_tables tables = {.own = table, .path = "conf"};
    assert_int_equal(settings_read(&tables, NULL, &settings, NULL), 0);
    assert_float_equal(settings_number(settings, "warn"), 90, 0);
    assert_false(settings_has(settings, "fail"));
    assert_int_equal(settings_texts(settings, "only")->count, 0);
    assert_int_equal(settings_texts(settings, "except")->count, 2);
    assert_string_equal(settings_texts(settings, "except")->items[1], "veth*");
    assert_float_equal(settings_number(settings, "factor"), -15, 0);
    assert_int_equal(settings_size(settings, "max-size"), 1536);
    assert_null(settings_text(settings, "path"));
    assert_false(settings_flag(settings, "strict"));
    assert_true(settings_has(settings, "strict"));
}

static void has_what_every_monitor_has(void **state UNUSED)
{
    AUTO(settings) struct settings *settings = NULL;
    struct settings_tables tables = {.path = "conf"};
    assert_int_equal(settings_read(&tables, NULL, &settings, NULL), 0);
    assert_int_equal(settings_duration(settings, "every"), 60000);
    assert_int_equal(settings_duration(settings, "timeout"), 10000);
    assert_float_equal(settings_number(settings, "times"), 1, 0);
    assert_null(settings_text(settings, "tag"));

    AUTO(settings) struct settings *own = read_good("(monitor x)");
    assert_int_equal(settings_duration(own, "every"), 300000);
}

static void reads_every_type(void **state UNUSED)
{
    AUTO(settings)
    struct settings *settings =
        read_good("(monitor x (warn 12.5) (fail \"97%\") (only \"/\" \"/home\" word)"
                  " (factor .5) (max-size \"4G\") (age 90) (path \"a b\") (strict #t)"
                  " (every \"250ms\") (times 3) (tag \"y\"))");
    assert_float_equal(settings_number(settings, "warn"), 12.5, 0);
    assert_float_equal(settings_number(settings, "fail"), 97, 0);
    assert_int_equal(settings_texts(settings, "only")->count, 3);
    assert_string_equal(settings_texts(settings, "only")->items[2], "word");
    assert_float_equal(settings_number(settings, "factor"), 0.5, 0);
    assert_int_equal(settings_size(settings, "max-size"), INT64_C(4) << 30);
    assert_int_equal(settings_duration(settings, "age"), 90000);
    assert_string_equal(settings_text(settings, "path"), "a b");
    assert_true(settings_flag(settings, "strict"));
    assert_int_equal(settings_duration(settings, "every"), 250);
    assert_float_equal(settings_number(settings, "times"), 3, 0);
    assert_string_equal(settings_text(settings, "tag"), "y");
    assert_float_equal(settings_value(settings, "age"), 90, 0);
    assert_float_equal(settings_value(settings, "fail"), 97, 0);
}

static void
of_a_setting_given_twice_the_last_holds_and_texts_add_up(void **state UNUSED)
{
    AUTO(settings)
    struct settings *settings =
        read_good("(monitor x (path \"a\") (only \"a\") (path \"b\") (only \"b\")"
                  " (except \"c\"))");
    assert_string_equal(settings_text(settings, "path"), "b");
    assert_int_equal(settings_texts(settings, "only")->count, 2);
    assert_int_equal(settings_texts(settings, "except")->count, 1);
}

static void a_number_can_be_switched_off(void **state UNUSED)
{
    AUTO(settings)
    struct settings *settings =
        read_good("(monitor x (warn off) (fail off) (max-size \"off\") (path off)"
                  " (factor off) (factor 2))");
    assert_false(settings_has(settings, "warn"));
    assert_false(settings_has(settings, "fail"));
    assert_false(settings_has(settings, "max-size"));
    assert_string_equal(settings_text(settings, "path"), "off");
    assert_float_equal(settings_number(settings, "factor"), 2, 0);
    AUTO(settings) struct settings *defaults = read_good("(monitor x)");
    assert_false(settings_are_same(settings, defaults));

    assert_refuses("(monitor x (every off))",
                   "conf:1:12: x: every: \"off\" is no duration; expected one such as "
                   "\"90s\", \"1h30m\" or \"7d\"");
    assert_refuses("(monitor x (times off))",
                   "conf:1:12: x: times: \"off\" is no number");
    assert_refuses("(monitor x (strict off))",
                   "conf:1:12: x: strict: found \"off\", expected #t or #f");
    assert_refuses("(monitor x (warn off off))",
                   "conf:1:12: x: warn: found 2 values, expected one percent");
}

static void says_where_what_is_wrong(void **state UNUSED)
{
    assert_refuses("(monitor x (wran 1))",
                   "conf:1:12: x has no setting \"wran\"; did you mean warn?");
    assert_refuses("(monitor x (giraffe 1))",
                   "conf:1:12: x has no setting \"giraffe\"");
    assert_refuses("(monitor x\n (warn \"101%\"))",
                   "conf:2:2: x: warn: \"101%\" is no percentage; expected one such as "
                   "\"90%\"");
    assert_refuses("(monitor x (warn \"%\"))",
                   "conf:1:12: x: warn: \"%\" is no percentage; expected one such as "
                   "\"90%\"");
    assert_refuses("(monitor x (factor 1x))",
                   "conf:1:12: x: factor: \"1x\" is no number");
    assert_refuses("(monitor x (factor nan))",
                   "conf:1:12: x: factor: \"nan\" is no number");
    assert_refuses("(monitor x (max-size big))",
                   "conf:1:12: x: max-size: \"big\" is no size; expected one such as "
                   "\"512\", \"64K\" or \"4G\"");
    assert_refuses("(monitor x (age \"soon\"))",
                   "conf:1:12: x: age: \"soon\" is no duration; expected one such as "
                   "\"90s\", \"1h30m\" or \"7d\"");
    assert_refuses("(monitor x (strict yes))",
                   "conf:1:12: x: strict: found \"yes\", expected #t or #f");
    assert_refuses("(monitor x (path \"a\" \"b\"))",
                   "conf:1:12: x: path: found 2 values, expected one text");
    assert_refuses("(monitor x (every 0))",
                   "conf:1:12: x: every: \"0\": expected more than nothing");
    assert_refuses("(monitor x (timeout \"0s\"))",
                   "conf:1:12: x: timeout: \"0s\": expected more than nothing");
    assert_refuses("(monitor x (times 0))",
                   "conf:1:12: x: times: \"0\": expected a whole number from 1 on");
    assert_refuses("(monitor x (times 1.5))",
                   "conf:1:12: x: times: \"1.5\": expected a whole number from 1 on");
}

static void what_is_required_must_be_given(void **state UNUSED)
{
    AUTO(settings) struct settings *settings = NULL;
    struct error err = {0};
    assert_int_equal(read_form(demanding, "\n (monitor file)", &settings, &err),
                     -EINVAL);
    assert_string_equal(err.text, "conf:2:2: file: the setting path is required");
    struct settings_tables tables = {.own = demanding, .path = "conf"};
    assert_int_equal(settings_read(&tables, NULL, &settings, &err), -EINVAL);
    assert_string_equal(err.text, "the setting path is required");
    assert_int_equal(
        read_form(demanding, "(monitor file (path \"/x\"))", &settings, &err), 0);
    assert_string_equal(settings_text(settings, "path"), "/x");
}

static void a_default_that_is_wrong_is_said(void **state UNUSED)
{
    static const struct setting wrong[] = {
        {"age", SETTING_DURATION, "soon", NULL, "of a plugin, say"},
        {NULL, SETTING_TEXT, NULL, NULL, NULL},
    };
    struct settings_tables tables = {.own = wrong, .path = "conf"};
    struct settings *settings = NULL;
    struct error err = {0};
    assert_int_equal(settings_read(&tables, NULL, &settings, &err), -EINVAL);
    assert_ptr_equal(strstr(err.text, "the default of age: \"soon\""), err.text);
}

static void knows_whether_two_are_the_same(void **state UNUSED)
{
    static const char *const texts[] = {
        "(monitor x)",
        "(monitor x (warn 80))",
        "(monitor x (only \"a\"))",
        "(monitor x (only \"a\" \"b\"))",
        "(monitor x (every \"1m\"))",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t j = 0; j < sizeof texts / sizeof *texts; j++) {
            AUTO(settings) struct settings *one = read_good(texts[i]);
            AUTO(settings) struct settings *other = read_good(texts[j]);
            assert_int_equal(settings_are_same(one, other), i == j);
        }
    AUTO(settings) struct settings *one = read_good("(monitor x)");
    AUTO(settings) struct settings *other = NULL;
    struct settings_tables tables = {.path = "conf"};
    assert_int_equal(settings_read(&tables, NULL, &other, NULL), 0);
    assert_false(settings_are_same(one, other));
}

static void writes_them_for_plugins(void **state UNUSED)
{
    AUTO(settings)
    struct settings *settings =
        read_good("(monitor x (only \"/\" \"a\\nb\") (age \"1500ms\") (strict #t)"
                  " (path \"say \\\"a\\\"\"))");
    AUTO(strbuf) struct strbuf json = {0};
    settings_format(settings, &json);
    assert_string_equal(strbuf_text(&json),
                        "{\"every\":300,\"timeout\":10,\"times\":1,\"warn\":90,"
                        "\"only\":[\"/\",\"a\\nb\"],\"except\":[\"lo\",\"veth*\"],"
                        "\"factor\":-15,\"max-size\":1536,\"age\":1.5,"
                        "\"path\":\"say \\\"a\\\"\",\"strict\":true}");

    AUTO(texts) struct texts environment = {0};
    settings_environment(settings, &environment);
    static const char *const wanted[] = {
        "SHEEPDOG_EVERY=300",    "SHEEPDOG_TIMEOUT=10",
        "SHEEPDOG_TIMES=1",      "SHEEPDOG_WARN=90",
        "SHEEPDOG_ONLY=/\na\nb", "SHEEPDOG_EXCEPT=lo\nveth*",
        "SHEEPDOG_FACTOR=-15",   "SHEEPDOG_MAX_SIZE=1536",
        "SHEEPDOG_AGE=1.5",      "SHEEPDOG_PATH=say \"a\"",
        "SHEEPDOG_STRICT=1",
    };
    assert_int_equal(environment.count, sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < environment.count; i++)
        assert_string_equal(environment.items[i], wanted[i]);
}

static void knows_whether_they_hold_a_secret(void **state UNUSED)
{
    static const struct setting rows[] = {
        {"password", SETTING_SECRET, NULL, NULL, ""},
        {"header", SETTING_SECRETS, NULL, NULL, ""},
        {"url", SETTING_TEXTS, NULL, NULL, ""},
        {NULL, SETTING_TEXT, NULL, NULL, NULL},
    };
    static const struct {
        const char *form;
        bool is_secret;
    } forms[] = {
        {"(monitor m)", false},
        {"(monitor m (tag \"hush\"))", false},
        {"(monitor m (password \"x\"))", true},
        {"(monitor m (header \"A: b\" \"C: d\"))", true},
        {"(monitor m (url \"http://a/\" \"https://me:hush@b/\"))", true},
        {"(monitor m (url \"http://a/@b\" \"me@example.org\"))", false},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        AUTO(config) struct config *config = NULL;
        AUTO(settings) struct settings *settings = NULL;
        struct settings_tables tables = {.own = rows, .path = "conf"};
        assert_int_equal(
            config_parse("conf", forms[i].form, strlen(forms[i].form), &config, NULL),
            0);
        assert_int_equal(
            settings_read(&tables, &config->monitors.items[0], &settings, NULL), 0);
        assert_int_equal(settings_hold_secret(settings), forms[i].is_secret);
    }
}

static void what_is_wrong_is_said_without_the_secret(void **state UNUSED)
{
    static const struct setting rows[] = {
        {"password", SETTING_SECRET, NULL, NULL, ""},
        {NULL, SETTING_TEXT, NULL, NULL, NULL},
    };
    static const char form[] = "(monitor m (password \"hush\" \"hush\"))";
    AUTO(config) struct config *config = NULL;
    AUTO(settings) struct settings *settings = NULL;
    struct settings_tables tables = {.own = rows, .path = "conf"};
    struct error why;
    assert_int_equal(config_parse("conf", form, strlen(form), &config, NULL), 0);
    assert_int_equal(
        settings_read(&tables, &config->monitors.items[0], &settings, &why), -EINVAL);
    assert_string_equal(why.text,
                        "conf:1:12: m: password: found 2 values, expected one secret");
}

static void types_have_names(void **state UNUSED)
{
    for (int type = SETTING_TEXT; type <= SETTING_SECRETS; type++) {
        enum setting_type found;
        assert_int_equal(setting_type_parse(setting_type_name(type), &found), 0);
        assert_int_equal(found, type);
    }
    enum setting_type found;
    assert_int_equal(setting_type_parse("colour", &found), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_defaults),
        cmocka_unit_test(has_what_every_monitor_has),
        cmocka_unit_test(reads_every_type),
        cmocka_unit_test(of_a_setting_given_twice_the_last_holds_and_texts_add_up),
        cmocka_unit_test(a_number_can_be_switched_off),
        cmocka_unit_test(says_where_what_is_wrong),
        cmocka_unit_test(what_is_required_must_be_given),
        cmocka_unit_test(a_default_that_is_wrong_is_said),
        cmocka_unit_test(knows_whether_two_are_the_same),
        cmocka_unit_test(writes_them_for_plugins),
        cmocka_unit_test(knows_whether_they_hold_a_secret),
        cmocka_unit_test(what_is_wrong_is_said_without_the_secret),
        cmocka_unit_test(types_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* expects - what is expected is read, and what is wrong is said where it stands. */
#include "config/config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "parsed.h"

static void expects_any_number(void **state UNUSED)
{
    AUTO(config)
    struct config *config = parsed(
        "(expect penguin2 backup (every \"1d\") (grace \"2h\"))"
        "(config (expect \"router 1\" disk:/ (zone \"Europe/Zurich\")"
        "  (every \"Mon..Fri 03:00\")) (expect penguin2 \"*\" (every \"@daily\")))");
    const struct expect_form *forms = config->expects.items;
    assert_int_equal(config->expects.count, 3);
    assert_string_equal(forms[0].host, "penguin2");
    assert_string_equal(forms[0].tag, "backup");
    assert_string_equal(forms[0].every, "1d");
    assert_null(forms[0].zone);
    assert_int_equal(forms[0].grace, 7200000);
    assert_string_equal(forms[1].host, "router 1");
    assert_string_equal(forms[1].tag, "disk:/");
    assert_string_equal(forms[1].zone, "Europe/Zurich");
    assert_true(forms[1].grace < 0);
    assert_string_equal(forms[2].tag, "*"); /* a name, and no pattern */
}

static void nothing_is_expected_by_itself(void **state UNUSED)
{
    AUTO(config) struct config *config = parsed("");
    assert_int_equal(config->expects.count, 0);
}

static void a_calendar_of_the_past_is_still_read(void **state UNUSED)
{
    AUTO(config)
    struct config *config = parsed("(expect a b (every \"2020-01-01 03:00\"))");
    assert_int_equal(config->expects.count, 1);
}

static void two_names_stand_first(void **state UNUSED)
{
    static const char wanted[] =
        "expected (expect HOST TAG (every …)), the names on one line";
    static const struct {
        const char *text, *found;
    } cases[] = {
        {"(expect)", "conf:1:1: expect: found a list, "},
        {"(expect a)", "conf:1:1: expect: found a list, "},
        {"(expect a (every \"1d\"))", "conf:1:11: expect: found a list, "},
        {"(expect a \"\" (every \"1d\"))",
         "conf:1:11: expect: found the string \"\", "},
        {"(expect #t b (every \"1d\"))", "conf:1:9: expect: found #t, "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(str) char *text = text_format("%s%s", cases[i].found, wanted);
        assert_refuses(cases[i].text, text);
    }
}

static void a_name_is_one_that_a_message_may_bear(void **state UNUSED)
{
    char name[257] = {0};
    struct error err = {0};
    memset(name, 'n', 255);
    AUTO(str) char *longest = text_format("(expect %s b (every \"1d\"))", name);
    AUTO(config) struct config *config = parsed(longest);
    assert_int_equal(config->expects.count, 1);

    memset(name, 'n', 256);
    AUTO(str) char *longer = text_format("(expect %s b (every \"1d\"))", name);
    struct config *none = NULL;
    assert_int_equal(config_parse("conf", longer, strlen(longer), &none, &err),
                     -EINVAL);
    assert_int_equal(
        config_parse("conf", "(expect a \"b\nc\" (every \"1d\"))", 29, &none, &err),
        -EINVAL);
}

static void every_stands_there_and_each_once(void **state UNUSED)
{
    assert_refuses("(expect a b)", "conf:1:1: expect: (every …) is missing");
    assert_refuses("(expect a b (grace \"1h\"))",
                   "conf:1:1: expect: (every …) is missing");
    assert_refuses("(expect a b (every \"1d\")\n  (every \"2d\"))",
                   "conf:2:3: every stands here twice");
    assert_refuses("(expect a b (every \"1d\") (grace \"1h\") (grace \"1h\"))",
                   "conf:1:39: grace stands here twice");
    assert_refuses("(expect a b (every \"1d\"))\n(expect a b (every \"2d\"))",
                   "conf:2:1: expect: a b stands here twice");
}

static void asks_what_was_meant(void **state UNUSED)
{
    assert_refuses("(expect a b (evry \"1d\"))",
                   "conf:1:14: no setting is called \"evry\" within expect; did you "
                   "mean every?");
    assert_refuses("(expect a b (colour \"red\"))",
                   "conf:1:14: no setting is called \"colour\" within expect; expected "
                   "every, grace or zone");
    assert_refuses(
        "(expect a b \"1d\")",
        "conf:1:13: expect: found the string \"1d\", expected a setting such as (every "
        "\"1d\")");
    assert_refuses("(expect a b (every \"1d\" \"2d\"))",
                   "conf:1:13: every: expected one \"string\"");
}

static void each_value_is_checked_where_it_stands(void **state UNUSED)
{
    static const struct {
        const char *text, *begin;
    } cases[] = {
        {"(expect a b (every \"now and then\"))", "conf:1:20: every: "},
        {"(expect a b (every \"\"))", "conf:1:20: every: "},
        {"(expect a b\n  (every \"1d\") (grace \"soon\"))", "conf:2:23: grace: "},
        {"(expect a b (every \"1d\") (zone \"Europe/Zurch\"))", "conf:1:32: zone: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config *config = NULL;
        struct error err = {0};
        const char *text = cases[i].text;
        assert_int_equal(config_parse("conf", text, strlen(text), &config, &err),
                         -EINVAL);
        assert_memory_equal(err.text, cases[i].begin, strlen(cases[i].begin));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expects_any_number),
        cmocka_unit_test(nothing_is_expected_by_itself),
        cmocka_unit_test(a_calendar_of_the_past_is_still_read),
        cmocka_unit_test(two_names_stand_first),
        cmocka_unit_test(a_name_is_one_that_a_message_may_bear),
        cmocka_unit_test(every_stands_there_and_each_once),
        cmocka_unit_test(asks_what_was_meant),
        cmocka_unit_test(each_value_is_checked_where_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

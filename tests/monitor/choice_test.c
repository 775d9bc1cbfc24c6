// SPDX-License-Identifier: GPL-3.0-or-later
/* choice - only and except. */
#include "monitor/choice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct setting table[] = {
    {"only", SETTING_TEXTS, NULL, NULL, "those"},
    {"except", SETTING_TEXTS, "lo veth*", NULL, "not those"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

static struct settings *given(const char *text)
{
    AUTO(config) struct config *config = NULL;
    assert_int_equal(config_parse("conf", text, strlen(text), &config, NULL), 0);
    struct settings_tables tables = {.own = table, .path = "conf"};
    struct settings *settings = NULL;
    assert_int_equal(
        settings_read(&tables, &config->monitors.items[0], &settings, NULL), 0);
    return settings;
}

static void leaves_out_what_except_matches(void **state UNUSED)
{
    AUTO(settings) struct settings *settings = given("(monitor x)");
    assert_true(choice_has(settings, "eth0"));
    assert_false(choice_has(settings, "lo"));
    assert_true(choice_has(settings, "lower"));
    assert_false(choice_has(settings, "veth12"));
    assert_false(choice_names(settings, "eth0"));
    size_t at = 0;
    assert_null(choice_next_name(settings, &at));
}

static void has_only_what_only_matches(void **state UNUSED)
{
    AUTO(settings)
    struct settings *settings = given("(monitor x (only \"lo\" \"e?h*\" \"wan\"))");
    assert_true(choice_has(settings, "lo"));
    assert_true(choice_has(settings, "eth0"));
    assert_false(choice_has(settings, "wlan0"));
    assert_true(choice_names(settings, "lo"));
    assert_false(choice_names(settings, "e?h*"));
    size_t at = 0;
    assert_string_equal(choice_next_name(settings, &at), "lo");
    assert_string_equal(choice_next_name(settings, &at), "wan");
    assert_null(choice_next_name(settings, &at));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_out_what_except_matches),
        cmocka_unit_test(has_only_what_only_matches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* monitors - the list is whole, and what of it looks inline works on any machine. */
#include "monitor/verdict.h"
#include "watch.h"

static void each_is_found_by_its_name_and_has_what_it_needs(void **state UNUSED)
{
    for (const struct monitor *const *at = monitors; *at; at++) {
        const struct monitor *monitor = *at;
        assert_ptr_equal(monitor_find(monitor->name), monitor);
        assert_true(strlen(monitor->help) > 10);
        assert_non_null(monitor->settings);
        bool is_program = monitor->place == MONITOR_PROGRAM;
        assert_true(is_program ? monitor->command != NULL : monitor->look != NULL);
        for (const struct setting *setting = monitor->settings; setting->name;
             setting++)
            assert_true(strlen(setting->help) > 3);
    }
    assert_null(monitor_find("giraffe"));
}

static void the_list_is_in_the_order_of_names(void **state UNUSED)
{
    for (const struct monitor *const *at = monitors; at[0] && at[1]; at++)
        assert_true(strcmp(at[0]->name, at[1]->name) < 0);
}

static void the_defaults_of_each_are_good(void **state UNUSED)
{
    for (const struct monitor *const *at = monitors; *at; at++) {
        AUTO(settings) struct settings *settings = NULL;
        struct settings_tables tables = {.own = (*at)->settings, .path = "conf"};
        struct error err = {0};
        int rc = settings_read(&tables, NULL, &settings, &err);
        if (rc < 0 && ((*at)->is_default || !strstr(err.text, "is required")))
            fail_msg("%s: %s", (*at)->name, err.text);
    }
}

static void look_twice(const struct monitor *monitor, const char *root)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, monitor->name, "");
    watch_recorded(&watch, root);
    for (int i = 0; i < 2; i++) {
        int rc = watch_look(&watch, 60 * i);
        if (rc < 0 && rc != -EAGAIN)
            fail_msg("%s of %s: %s", monitor->name, root ? root : "this machine",
                     watch.err.text);
    }
}

static void
all_that_look_inline_work_on_recorded_machines_and_on_this(void **state UNUSED)
{
    for (const struct monitor *const *at = monitors; *at; at++)
        if ((*at)->is_default && (*at)->place == MONITOR_INLINE) {
            look_twice(*at, "guest");
            look_twice(*at, "server");
            look_twice(*at, "router");
            look_twice(*at, NULL);
        }
}

static void readings_are_as_precise_as_their_unit_is_read(void **state UNUSED)
{
    static const struct {
        double value, wanted;
        const char *unit;
    } cases[] = {
        {1234.567, 1235, "B/s"},     {12.3456, 12.3, "%"}, {-3.04, -3, "C"},
        {1.23456789, 1.234568, "s"}, {2.71828, 2.718, ""}, {-0.0001, 0, "%"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(findings) struct findings findings = {0};
        struct look look = {.root = "", .findings = &findings};
        look_reading(&look, NULL, "x", cases[i].value, cases[i].unit);
        assert_float_equal(findings.items[0].value, cases[i].wanted, 1e-12);
        assert_false(findings.items[0].value == 0 && signbit(findings.items[0].value));
        look_reading(&look, NULL, "x", NAN, cases[i].unit);
        assert_int_equal(findings.count, 1);
    }
}

static void a_threshold_is_that_of_the_settings(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "swap", "(warn \"50%\")");
    struct look look = {.settings = watch.settings, .findings = &watch.findings};
    look_judge(&look, "a",
               &(struct threshold){.what = "used", .value = 60, .unit = "%"});
    look_judge(&look, "b",
               &(struct threshold){.what = "used", .value = 20, .unit = "%"});
    look_judge(&look, "c",
               &(struct threshold){
                   .what = "free", .value = 50, .unit = "%", .is_low_bad = true});
    assert_state(&watch, "a", STATE_WARNING, "used 60.0 %, warning from 50.0 %");
    assert_state(&watch, "b", STATE_OK, "used 20.0 %, below 50.0 %");
    assert_state(&watch, "c", STATE_FAIL, "free 50.0 %, fail from 95.0 % down");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_found_by_its_name_and_has_what_it_needs),
        cmocka_unit_test(the_list_is_in_the_order_of_names),
        cmocka_unit_test(the_defaults_of_each_are_good),
        cmocka_unit_test(all_that_look_inline_work_on_recorded_machines_and_on_this),
        cmocka_unit_test(readings_are_as_precise_as_their_unit_is_read),
        cmocka_unit_test(a_threshold_is_that_of_the_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

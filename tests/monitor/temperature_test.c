// SPDX-License-Identifier: GPL-3.0-or-later
/* temperature - sensors, against the settings or against what they say themselves. */
#include "watch.h"

static void judges_by_what_the_sensor_says(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "temperature", "");
    watch_recorded(&watch, "hot");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, "coretemp-Package-id-0", STATE_WARNING,
                 "88.0 °C, warning from 84.0 °C");
    assert_state(&watch, "nvme-Composite", STATE_FAIL, "86.8 °C, fail from 84.8 °C");
    assert_reading(&watch, "coretemp-Package-id-0", "celsius", 88, "C");
}

static void judges_by_the_settings_where_they_say_something(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "temperature", "(warn 90)");
    watch_recorded(&watch, "hot");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, "coretemp-Package-id-0", STATE_OK, "88.0 °C, below 90.0 °C");
    assert_state(&watch, "nvme-Composite", STATE_OK, "86.8 °C, below 90.0 °C");
}

static void tells_sensors_apart_and_leaves_out_what_says_nothing(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "temperature", "");
    watch_recorded(&watch, "server");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, "coretemp-Package-id-0", STATE_OK, "51.0 °C, below 84.0 °C");
    assert_state(&watch, "nvme0-Composite", STATE_OK, "41.9 °C, below 81.8 °C");
    assert_state(&watch, "nvme1-Composite", STATE_OK, "39.9 °C, below 81.8 °C");
    assert_reading(&watch, "nvme0-Sensor-1", "celsius", 41.9, "C");
    assert_no_state(&watch, "nvme0-Sensor-1"); /* its maximum is none */
    assert_true(isnan(watch_reading(&watch, "acpitz-1", "celsius")));
    assert_true(isnan(watch_reading(&watch, "nct6775-AUXTIN0", "celsius")));
    assert_true(isnan(watch_reading(&watch, "coretemp-Core-0", "celsius")));
}

static void watches_those_that_are_chosen(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "temperature", "(only \"coretemp-Core-*\")");
    watch_recorded(&watch, "server");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, "coretemp-Core-0", STATE_OK, "49.0 °C, below 84.0 °C");
    assert_state(&watch, "coretemp-Core-1", STATE_OK, "50.0 °C, below 84.0 °C");
    assert_int_equal(watch.findings.count, 4);
}

static void a_processor_without_a_package_sensor_has_cores(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "temperature", "");
    watch_put(&watch, "/sys/class/hwmon/hwmon0/name", "coretemp\n");
    watch_put(&watch, "/sys/class/hwmon/hwmon0/temp1_label", "Core 0\n");
    watch_put(&watch, "/sys/class/hwmon/hwmon0/temp1_input", "40000\n");
    watch_put(&watch, "/sys/class/hwmon/hwmon0/temp2_label", "Core 1\n");
    watch_put(&watch, "/sys/class/hwmon/hwmon0/temp2_input", "41000\n");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_reading(&watch, "coretemp-Core-0", "celsius", 40, "C");
    assert_reading(&watch, "coretemp-Core-1", "celsius", 41, "C");
}

static void a_sensor_that_cannot_be_read_is_left_out(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "temperature", "");
    watch_put(&watch, "/sys/class/hwmon/hwmon7/name", "odd name\n");
    watch_put(&watch, "/sys/class/hwmon/hwmon7/temp1_input", "nonsense\n");
    watch_put(&watch, "/sys/class/hwmon/hwmon7/temp2_input", "20000\n");
    watch_put(&watch, "/sys/class/hwmon/hwmon7/temp3_input_x", "20000\n");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_reading(&watch, "odd-name-2", "celsius", 20, "C");
    assert_int_equal(watch.findings.count, 1);
}

static void a_machine_without_sensors_has_nothing_to_watch(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "temperature", "");
    watch_recorded(&watch, "guest");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_int_equal(watch.findings.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_by_what_the_sensor_says),
        cmocka_unit_test(judges_by_the_settings_where_they_say_something),
        cmocka_unit_test(tells_sensors_apart_and_leaves_out_what_says_nothing),
        cmocka_unit_test(watches_those_that_are_chosen),
        cmocka_unit_test(a_processor_without_a_package_sensor_has_cores),
        cmocka_unit_test(a_sensor_that_cannot_be_read_is_left_out),
        cmocka_unit_test(a_machine_without_sensors_has_nothing_to_watch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

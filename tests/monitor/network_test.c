// SPDX-License-Identifier: GPL-3.0-or-later
/* network - links, errors and drops, and which interfaces are anybody's concern. */
#include "watch.h"

#define HEAD                                                                           \
    "Inter-|   Receive                  |  Transmit\n"                                 \
    " face |bytes    packets errs drop  |bytes    packets errs drop\n"

static void put(struct watch *watch, const char *name, const char *in, const char *out)
{
    AUTO(str)
    char *text = text_format(HEAD "    lo: 1 1 1 1 0 0 0 0 1 1 1 1 0 0 0 0\n"
                                  "%6s:%s 0 0 0 0 %s 0 0 0 0\n",
                             name, in, out);
    watch_put(watch, "/proc/net/dev", text);
}

static void put_link(struct watch *watch, const char *name, const char *operation,
                     const char *flags)
{
    AUTO(str) char *path = text_format("/sys/class/net/%s/operstate", name);
    AUTO(str) char *flags_path = text_format("/sys/class/net/%s/flags", name);
    watch_put(watch, path, operation);
    watch_put(watch, flags_path, flags);
}

static void measures_what_goes_in_and_out(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "network", "");
    put_link(&watch, "eth0", "up\n", "0x1003\n");
    put(&watch, "eth0", "1000 10 0 0", "2000 20 0 0");
    assert_int_equal(watch_look(&watch, 0), -EAGAIN);
    assert_state(&watch, "eth0", STATE_OK, "up");
    put(&watch, "eth0", "7000 10 0 0", "14000 20 0 0");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_reading(&watch, "eth0", "in", 100, "B/s");
    assert_reading(&watch, "eth0", "out", 200, "B/s");
    assert_state(&watch, "eth0", STATE_OK,
                 "up; errors 0 per minute, below 100; drops 0 per minute, "
                 "below 10000");
    assert_no_state(&watch, "lo");
}

static void judges_errors_and_drops(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "network", "(warn 10) (fail 100) (drops-warn 20)");
    put_link(&watch, "eth0", "up\n", "0x1003\n");
    put(&watch, "eth0", "0 0 0 0", "0 0 0 0");
    assert_int_equal(watch_look(&watch, 0), -EAGAIN);
    put(&watch, "eth0", "0 0 4 30", "0 0 8 10");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, "eth0", STATE_WARNING,
                 "errors 12 per minute, warning from 10; drops 40 per minute, warning "
                 "from 20");
    put(&watch, "eth0", "0 0 54 30", "0 0 8 10");
    assert_int_equal(watch_look(&watch, 30), 0);
    assert_state(&watch, "eth0", STATE_FAIL, "errors 100 per minute, fail from 100");
}

static void one_that_was_up_and_goes_down_warns(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "network", "");
    put_link(&watch, "eth0", "down\n", "0x1003\n");
    put(&watch, "eth0", "0 0 0 0", "0 0 0 0");
    watch_look(&watch, 0);
    assert_no_state(&watch, "eth0");

    put_link(&watch, "eth0", "up\n", "0x1003\n");
    assert_int_equal(watch_look(&watch, 60), 0);
    put_link(&watch, "eth0", "down\n", "0x1003\n");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(watch_look(&watch, 60), 0);
        assert_state(&watch, "eth0", STATE_WARNING, "the interface is down: no link");
    }
    put_link(&watch, "eth0", "down\n", "0x1002\n");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, "eth0", STATE_WARNING, "the interface is down: switched off");
}

static void one_that_is_named_must_be_there_and_up(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "network", "(only \"eth0\" \"lo\" \"wlan9\" \"ppp*\")");
    put_link(&watch, "eth0", "down\n", "0x1003\n");
    put_link(&watch, "lo", "unknown\n", "0x9\n");
    put(&watch, "eth0", "0 0 0 0", "0 0 0 0");
    watch_look(&watch, 0);
    assert_state(&watch, "eth0", STATE_FAIL, "the interface is down: no link");
    assert_state(&watch, "wlan9", STATE_FAIL, "there is no such interface");
    assert_state(&watch, "lo", STATE_OK, "up");
    assert_no_state(&watch, "ppp*");
}

static void counters_that_began_anew_give_no_odd_numbers(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "network", "");
    put_link(&watch, "eth0", "up\n", "0x1003\n");
    put(&watch, "eth0", "4294967000 10 500 0", "2000 20 0 0");
    assert_int_equal(watch_look(&watch, 0), -EAGAIN);
    put(&watch, "eth0", "200 10 0 0", "2600 20 0 0");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_true(isnan(watch_reading(&watch, "eth0", "in")));
    assert_reading(&watch, "eth0", "out", 10, "B/s");
    assert_state(&watch, "eth0", STATE_OK, "up; drops 0 per minute, below 10000");
}

static void one_that_was_taken_out_is_forgotten(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "network", "");
    put_link(&watch, "usb0", "up\n", "0x1003\n");
    put(&watch, "usb0", "0 0 0 0", "0 0 0 0");
    assert_int_equal(watch_look(&watch, 0), -EAGAIN);
    watch_put(&watch, "/proc/net/dev", HEAD);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_int_equal(watch.findings.count, 0);
    put(&watch, "usb0", "0 0 0 0", "0 0 0 0");
    assert_int_equal(watch_look(&watch, 60), -EAGAIN);
}

static void of_a_recorded_machine_those_that_matter_are_watched(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "network", "");
    watch_recorded(&watch, "server");
    assert_int_equal(watch_look(&watch, 0), -EAGAIN);
    assert_state(&watch, "enp1s0f0", STATE_OK, "up");
    assert_state(&watch, "wg0", STATE_OK, "up");
    assert_int_equal(watch.findings.count, 2);
}

static void says_that_it_cannot_look(void **state UNUSED)
{
    assert_needs("network", "/proc/net/dev");
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "network", "");
    watch_put(&watch, "/proc/net/dev", HEAD "eth0: 1 2\n");
    assert_int_equal(watch_look(&watch, 0), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_what_goes_in_and_out),
        cmocka_unit_test(judges_errors_and_drops),
        cmocka_unit_test(one_that_was_up_and_goes_down_warns),
        cmocka_unit_test(one_that_is_named_must_be_there_and_up),
        cmocka_unit_test(counters_that_began_anew_give_no_odd_numbers),
        cmocka_unit_test(one_that_was_taken_out_is_forgotten),
        cmocka_unit_test(of_a_recorded_machine_those_that_matter_are_watched),
        cmocka_unit_test(says_that_it_cannot_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

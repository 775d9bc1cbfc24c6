// SPDX-License-Identifier: GPL-3.0-or-later
/* ledger - what is told at one time is one event; each side stands for itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "replay/ledger.h"

#define BODY "{\"severity\":\"fail\",\"text\":\"x\"}"

static void add(struct ledger *ledger, enum side side, enum telling_kind kind,
                int64_t made, const char *notifier)
{
    const struct telling telling = {.kind = kind,
                                    .host = "ram",
                                    .tag = "tree",
                                    .notifier = notifier,
                                    .address = "",
                                    .body = BODY,
                                    .made = made};
    assert_int_equal(ledger_add(ledger, side, &telling, NULL), 0);
}

static void what_both_tell_within_the_slack_is_one_event(void **state UNUSED)
{
    AUTO(ledger) struct ledger ledger;
    ledger_init(&ledger);
    add(&ledger, SIDE_THESE, TELLING_NEW, 1050, "log");
    add(&ledger, SIDE_THEN, TELLING_NEW, 1000, "log");
    add(&ledger, SIDE_THEN, TELLING_NEW, 1000, "mailto");
    ledger_make(&ledger, 50);
    assert_int_equal(ledger.count, 1);
    assert_int_equal(ledger.both, 1);
    assert_int_equal(ledger.events[0]->time, 1050);
    assert_string_equal(ledger.events[0]->whom[SIDE_THESE], "log");
    assert_string_equal(ledger.events[0]->whom[SIDE_THEN], "log, mailto");
}

static void what_lies_further_apart_is_two(void **state UNUSED)
{
    AUTO(ledger) struct ledger ledger;
    ledger_init(&ledger);
    add(&ledger, SIDE_THESE, TELLING_NEW, 1051, "log");
    add(&ledger, SIDE_THEN, TELLING_NEW, 1000, "log");
    add(&ledger, SIDE_THESE, TELLING_OVER, 1000, "log");
    ledger_make(&ledger, 50);
    assert_int_equal(ledger.count, 3);
    assert_int_equal(ledger.only[SIDE_THESE], 2);
    assert_int_equal(ledger.only[SIDE_THEN], 1);
}

static void who_is_told_twice_is_told_at_two_times(void **state UNUSED)
{
    AUTO(ledger) struct ledger ledger;
    ledger_init(&ledger);
    add(&ledger, SIDE_THESE, TELLING_NEW, 1000, "log");
    add(&ledger, SIDE_THESE, TELLING_NEW, 1010, "log");
    ledger_make(&ledger, 50);
    assert_int_equal(ledger.count, 2);
}

static void a_sum_counts_as_what_stands_in_it(void **state UNUSED)
{
    AUTO(ledger) struct ledger ledger;
    ledger_init(&ledger);
    const struct telling sum = {
        .kind = TELLING_SUM,
        .host = "",
        .tag = "",
        .notifier = "mailto",
        .address = "a@b",
        .body = "{\"items\":[{\"what\":\"new\",\"host\":\"ram\",\"tag\":\"tree\","
                "\"severity\":\"fail\",\"text\":\"x\",\"time\":4880},"
                "{\"what\":\"over\",\"time\":4890}]}",
        .made = 1000,
        .due = 5000};
    assert_int_equal(ledger_add(&ledger, SIDE_THEN, &sum, NULL), 0);
    add(&ledger, SIDE_THESE, TELLING_NEW, 4900, "mailto");
    ledger_make(&ledger, 50);
    assert_int_equal(ledger.both, 1);
    assert_int_equal(ledger.only[SIDE_THEN], 1);
}

static void notes_and_what_is_no_object_are_none(void **state UNUSED)
{
    AUTO(ledger) struct ledger ledger;
    ledger_init(&ledger);
    struct error err;
    const struct telling broken = {.kind = TELLING_NEW,
                                   .number = 7,
                                   .notifier = "log",
                                   .address = "",
                                   .body = "["};
    add(&ledger, SIDE_THESE, TELLING_NOTE, 1000, "log");
    assert_int_equal(ledger_add(&ledger, SIDE_THEN, &broken, &err), -EPROTO);
    ledger_make(&ledger, 50);
    assert_int_equal(ledger.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_both_tell_within_the_slack_is_one_event),
        cmocka_unit_test(what_lies_further_apart_is_two),
        cmocka_unit_test(who_is_told_twice_is_told_at_two_times),
        cmocka_unit_test(a_sum_counts_as_what_stands_in_it),
        cmocka_unit_test(notes_and_what_is_no_object_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

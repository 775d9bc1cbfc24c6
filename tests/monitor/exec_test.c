// SPDX-License-Identifier: GPL-3.0-or-later
/* exec - a state that is printed holds; else the exit status is the state. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "said.h"

extern const struct monitor monitor_exec;

static struct settings *settings;

static int set_up(void **state UNUSED)
{
    static const char *const command[] = {"prog", "two words", NULL};
    settings = said_settings(&monitor_exec, command);
    return 0;
}

static int tear_down(void **state UNUSED)
{
    settings_free(settings);
    return 0;
}

static void assert_says(struct ended ended, const char *wanted)
{
    AUTO(strbuf) struct strbuf found = {0};
    ended.out = ended.out ? ended.out : "";
    ended.errors = ended.errors ? ended.errors : "";
    ended.out_size = strlen(ended.out);
    ended.errors_size = strlen(ended.errors);
    said(&monitor_exec, settings, &ended, &found);
    assert_string_equal(strbuf_text(&found), wanted);
}

static void a_state_that_is_printed_holds(void **state UNUSED)
{
    assert_says((struct ended){.status = 1, .out = "ok fine\nreading a 1 s\n"},
                "ok fine\na 1 s\n");
    assert_says((struct ended){.out = "(warning \"3 updates wait\")\n"},
                "warning 3 updates wait\n");
    assert_says(
        (struct ended){.status = 3, .out = "{\"state\":\"fail\",\"text\":\"x\"}"},
        "fail x\n");
}

static void without_one_the_status_is_the_state(void **state UNUSED)
{
    assert_says((struct ended){.status = 0}, "ok it ended with status 0\n");
    assert_says((struct ended){.status = 0, .out = "reading a 1\n", .errors = "x"},
                "a 1 \nok it ended with status 0\n");
    assert_says((struct ended){.status = 2, .errors = "one\ntwo\n"},
                "fail it ended with status 2; it said: two\n");
}

static void what_did_not_run_or_end_is_unknown(void **state UNUSED)
{
    assert_says((struct ended){.status = 127, .errors = "prog: not found"},
                "unknown it ended with status 127; it said: prog: not found\n");
    assert_says((struct ended){.status = -1, .signal = SIGABRT},
                "unknown it crashed: signal 6 (Aborted)\n");
    assert_says((struct ended){.status = -1, .signal = SIGTERM, .is_too_slow = true},
                "unknown it took longer than 10.0 s and was ended\n");
}

static void a_line_that_is_none_is_unknown(void **state UNUSED)
{
    assert_says(
        (struct ended){.status = 0, .out = "reading a 1\nhello\n"},
        "unknown line 2: column 1: found \"hello\", expected ok, warning, fail, "
        "unknown, reading, fact, facts, note, mail or log\na 1 \n");
}

static void the_command_is_run_as_it_stands(void **state UNUSED)
{
    AUTO(texts) struct texts argv = {0};
    assert_int_equal(monitor_exec.command(settings, &argv, NULL), 0);
    assert_int_equal(argv.count, 2);
    assert_string_equal(argv.items[0], "prog");
    assert_string_equal(argv.items[1], "two words");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_that_is_printed_holds),
        cmocka_unit_test(without_one_the_status_is_the_state),
        cmocka_unit_test(what_did_not_run_or_end_is_unknown),
        cmocka_unit_test(a_line_that_is_none_is_unknown),
        cmocka_unit_test(the_command_is_run_as_it_stands),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

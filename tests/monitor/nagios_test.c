// SPDX-License-Identifier: GPL-3.0-or-later
/* nagios - what recorded outputs of plugins mean, and how other endings are worded.
 * tests/data/nagios/NAME has "status N" and the output, NAME.wanted what said.h gives.
 */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/memory.h"
#include "monitor/lines.h"
#include "said.h"

#define FOLDER "tests/data/nagios"

extern const struct monitor monitor_nagios;

static const char *const command[] = {"check_it", "-w", "1", NULL};

static struct settings *settings;

static int set_up(void **state UNUSED)
{
    settings = said_settings(&monitor_nagios, command);
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
    ended.out_size = ended.out_size ? ended.out_size : strlen(ended.out);
    ended.errors_size = strlen(ended.errors);
    said(&monitor_nagios, settings, &ended, &found);
    assert_string_equal(strbuf_text(&found), wanted);
}

static void check_recorded(const char *name)
{
    AUTO(strbuf) struct strbuf text = {0}, wanted = {0}, found = {0};
    AUTO(str) char *path = text_format(FOLDER "/%s", name);
    AUTO(str) char *wanted_path = text_format(FOLDER "/%s.wanted", name);
    assert_int_equal(files_read(path, 1 << 20, &text, NULL), 0);
    assert_int_equal(files_read(wanted_path, 1 << 20, &wanted, NULL), 0);
    const char *out = strchr(text.data, '\n') + 1;
    struct ended ended = {.status =
                              (int)strtol(text.data + strlen("status "), NULL, 10),
                          .out = out,
                          .out_size = text.size - (size_t)(out - text.data),
                          .errors = ""};
    said(&monitor_nagios, settings, &ended, &found);
    said_drop_log(&found);
    if (strcmp(found.data, wanted.data) != 0)
        fail_msg("%s:\nwanted:\n%s\nfound:\n%s", name, wanted.data, found.data);
}

static void recorded_outputs_mean_what_their_plugins_say(void **state UNUSED)
{
    DIR *folder = opendir(FOLDER);
    assert_non_null(folder);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.' || strchr(entry->d_name, '.'))
            continue;
        check_recorded(entry->d_name);
        count++;
    }
    closedir(folder);
    assert_true(count >= 15);
}

static void the_status_is_the_state(void **state UNUSED)
{
    assert_says((struct ended){.status = 0, .out = "fine\n"}, "ok fine\n");
    assert_says((struct ended){.status = 1, .out = "OK - no\n"}, "warning OK - no\n");
    assert_says((struct ended){.status = 2, .out = "x"}, "fail x\n");
    assert_says((struct ended){.status = 3, .out = "x\n\n"}, "unknown x\n");
}

static void every_other_status_is_critical(void **state UNUSED)
{
    assert_says((struct ended){.status = 4, .out = "x|a=1"},
                "fail (Return code of 4 is out of bounds)\n");
    assert_says((struct ended){.status = 126},
                "fail (Return code of 126 is out of bounds - plugin may not be "
                "executable)\n");
    assert_says((struct ended){.status = 127, .errors = "check_it: not found\n"},
                "fail (Return code of 127 is out of bounds - plugin may be missing) "
                "check_it: not found\n");
    assert_says((struct ended){.status = 255},
                "fail (Return code of 255 is out of bounds)\n");
}

static void an_end_that_is_no_answer_is_critical(void **state UNUSED)
{
    assert_says((struct ended){.status = -1, .signal = SIGTERM, .is_too_slow = true},
                "fail (Service check timed out after 60.00 seconds)\n");
    assert_says((struct ended){.status = 0, .is_too_slow = true},
                "fail (Service check timed out after 60.00 seconds)\n");
    assert_says((struct ended){.status = -1, .signal = SIGSEGV, .out = "OK"},
                "fail (Service check did not exit properly) signal 11 (Segmentation "
                "fault)\n");
}

static void too_much_output_is_unknown(void **state UNUSED)
{
    assert_says((struct ended){.status = -1, .signal = SIGKILL, .is_cut = true},
                "unknown it printed too much and was ended\n");
}

static void what_stands_on_stderr_alone_is_said(void **state UNUSED)
{
    assert_says((struct ended){.status = 3, .errors = "usage: check_it\n"},
                "unknown (No output on stdout) stderr: usage: check_it\n");
    assert_says((struct ended){.status = 0, .out = " \n\n", .errors = " \n"},
                "ok (No output returned from plugin)\n");
    assert_says((struct ended){.status = 0, .out = "out", .errors = "err"}, "ok out\n");
}

static void perfdata_may_have_several_lines(void **state UNUSED)
{
    assert_says((struct ended){.out = "first | a=1\nlong\nlast | b=2\nc=3\n\nd=4"},
                "ok first long last\na 1 \nb 2 \nc 3 \nd 4 \n");
    assert_says((struct ended){.out = "first\nlong | b=2 | c=3"},
                "ok first long\nb 2 \nc 3 \nlog perfdata: \"|\": there is no = behind "
                "the label\n");
}

static void a_wrong_item_costs_neither_the_state_nor_the_others(void **state UNUSED)
{
    assert_says(
        (struct ended){.status = 1, .out = "x | a=1 b=? 'c=3\nd=4 e=5"},
        "warning x d=4 e=5\na 1 \nlog perfdata: \"b=?\": the value is no number with a "
        "unit\n");
    assert_says((struct ended){.status = 1, .out = "x | a=1 b= c=3"},
                "warning x\na 1 \nc 3 \nlog perfdata: \"b=\": the value is no number "
                "with a unit\n");
}

static size_t count_logs(void **memory, const char *out)
{
    AUTO(findings) struct findings findings = {0};
    struct ended ended = {.out = out, .out_size = strlen(out), .errors = ""};
    struct look look = {
        .settings = settings, .root = "", .memory = memory, .findings = &findings};
    assert_int_equal(monitor_nagios.read(&look, &ended, NULL), 0);
    size_t count = 0;
    for (size_t i = 0; i < findings.count; i++)
        count += findings.items[i].type == FINDING_LOG;
    return count;
}

static void a_wrong_item_is_logged_once(void **state UNUSED)
{
    void *memory = NULL;
    assert_int_equal(count_logs(&memory, "x | a=1"), 0);
    assert_int_equal(count_logs(&memory, "x | a= b= c="), 1);
    assert_int_equal(count_logs(&memory, "x | a= b= c="), 0);
    assert_int_equal(count_logs(&memory, "x | b="), 1);
    monitor_nagios.forget(memory);
}

static void names_and_texts_become_readable(void **state UNUSED)
{
    assert_says(
        (struct ended){.out = "a\0b \x1B[1m\xFF | 'x\0y \x7F'=1", .out_size = 22},
        "ok a b  [1m?\nx_y__ 1 \n");
}

static void a_long_label_is_cut(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf out = {0}, wanted = {0};
    strbuf_puts(&out, "x | ");
    strbuf_puts(&wanted, "ok x\n");
    for (int i = 0; i < 300; i++)
        strbuf_putc(&out, 'l');
    for (int i = 0; i < 200; i++)
        strbuf_putc(&wanted, 'l');
    strbuf_puts(&out, "=1");
    strbuf_puts(&wanted, " 1 \n");
    assert_says((struct ended){.out = out.data}, wanted.data);
}

static void the_command_is_run_as_it_stands(void **state UNUSED)
{
    AUTO(texts) struct texts argv = {0};
    assert_int_equal(monitor_nagios.command(settings, &argv, NULL), 0);
    assert_int_equal(argv.count, 3);
    assert_string_equal(argv.items[0], "check_it");
    assert_string_equal(argv.items[2], "1");
}

static void an_empty_command_is_refused(void **state UNUSED)
{
    static const char *const empty[] = {"", NULL};
    AUTO(settings) struct settings *told = said_settings(&monitor_nagios, empty);
    AUTO(texts) struct texts argv = {0};
    assert_int_equal(monitor_nagios.command(told, &argv, NULL), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_outputs_mean_what_their_plugins_say),
        cmocka_unit_test(the_status_is_the_state),
        cmocka_unit_test(every_other_status_is_critical),
        cmocka_unit_test(an_end_that_is_no_answer_is_critical),
        cmocka_unit_test(too_much_output_is_unknown),
        cmocka_unit_test(what_stands_on_stderr_alone_is_said),
        cmocka_unit_test(perfdata_may_have_several_lines),
        cmocka_unit_test(a_wrong_item_costs_neither_the_state_nor_the_others),
        cmocka_unit_test(a_wrong_item_is_logged_once),
        cmocka_unit_test(names_and_texts_become_readable),
        cmocka_unit_test(a_long_label_is_cut),
        cmocka_unit_test(the_command_is_run_as_it_stands),
        cmocka_unit_test(an_empty_command_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

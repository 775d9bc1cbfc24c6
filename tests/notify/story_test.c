// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "notify/story.h"
#include "sample.h"

static void expect(const struct notification *notification, const char *wanted)
{
    AUTO(strbuf) struct strbuf story = {0};
    story_put(&story, notification, notification->made + 1000);
    assert_string_equal(story.data, wanted);
}

static void expect_part(const struct notification *notification, const char *wanted)
{
    AUTO(strbuf) struct strbuf story = {0};
    story_put(&story, notification, notification->made + 1000);
    if (!strstr(story.data, wanted))
        fail_msg("\"%s\" is not in:\n%s", wanted, story.data);
}

static void tells_a_failure(void **state)
{
    (void)state;
    struct notification notification = sample_new();
    expect(&notification, "P2-ETC on penguin2 failed with status 2.\n"
                          "\n"
                          "where     penguin2, as wrk\n"
                          "when      2026-11-22 09:48 CST\n"
                          "ran       12.3 s\n"
                          "wrong     since 2026-11-22 09:48 CST\n"
                          "command   borg create --stats /backup/borg::stamp /home\n"
                          "\n"
                          "stderr:\n"
                          "\n"
                          "  Repository /backup/borg does not exist.\n"
                          "\n"
                          "All of it: sheepdog show 0192e4c8-6c1b-7abc\n");
    notification_clear(&notification);
}

static void tells_a_recovery(void **state)
{
    (void)state;
    struct notification notification = sample_new();
    sample_recover(&notification);
    expect(&notification,
           "P2-ETC on penguin2 is ok again after 3 h 12 min.\n"
           "\n"
           "where     penguin2, as wrk\n"
           "when      2026-11-22 09:48 CST\n"
           "ran       12.3 s\n"
           "wrong     from 2026-11-22 06:36 CST to 2026-11-22 09:48 CST\n"
           "command   borg create --stats /backup/borg::stamp /home\n"
           "\n"
           "All of it: sheepdog show 0192e4c8-6c1b-7abc\n");
    notification_clear(&notification);
}

static void tells_a_note(void **state)
{
    (void)state;
    struct notification notification = sample_new();
    struct message *message = notification.message;
    message->kind = MESSAGE_NOTE;
    message->err = ERR_WARNING;
    notification.now = STATE_WARNING;
    message->elapsed = -1;
    message->status = -1;
    message->command.size = 0;
    sample_output(&message->errors, NULL);
    sample_text(&message->user, NULL);
    sample_text(&message->tag, "disk");
    sample_text(&message->text, "/home is 93 % full\n\ntwo days are left");
    expect(&notification, "disk on penguin2 gives a warning.\n"
                          "\n"
                          "where     penguin2\n"
                          "when      2026-11-22 09:48 CST\n"
                          "wrong     since 2026-11-22 09:48 CST\n"
                          "\n"
                          "  /home is 93 % full\n"
                          "\n"
                          "  two days are left\n"
                          "\n"
                          "All of it: sheepdog show 0192e4c8-6c1b-7abc\n");
    message->err = ERR_FAIL;
    expect_part(&notification, "disk on penguin2 fails.\n");
    notification_clear(&notification);
}

static void says_how_each_kind_of_run_went_wrong(void **state)
{
    (void)state;
    static const struct {
        enum message_err err;
        int status, signal;
        const char *wanted;
    } rows[] = {
        {ERR_FAIL, -1, 9, "P2-ETC on penguin2 was ended by signal 9 (KILL).\n"},
        {ERR_FAIL, -1, 63, "was ended by signal 63.\n"},
        {ERR_FAIL, 126, 0, "failed with status 126 (the command cannot be run).\n"},
        {ERR_FAIL, 127, 0, "failed with status 127 (command not found).\n"},
        {ERR_FAIL, -1, 0, "P2-ETC on penguin2 failed.\n"},
        {ERR_TIMEOUT, -1, 15, "P2-ETC on penguin2 timed out after 12.3 s.\n"},
        {ERR_CHECK, 0, 0, "P2-ETC on penguin2 printed the wrong thing.\n"},
        {ERR_LOCKED, 75, 0, "did not run: the run before it has not ended.\n"},
    };
    struct notification notification = sample_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        notification.message->err = rows[i].err;
        notification.message->status = rows[i].status;
        notification.message->signal = rows[i].signal;
        expect_part(&notification, rows[i].wanted);
    }
    notification_clear(&notification);
}

static void says_that_a_warning_became_a_failure(void **state)
{
    (void)state;
    struct notification notification = sample_new();
    notification.before = STATE_WARNING;
    notification.since = SAMPLE_TIME - SAMPLE_HOUR;
    expect_part(&notification, "status 2.\nIts state was warning, and is fail now.\n");
    expect_part(&notification, "wrong     since 2026-11-22 08:48 CST, for 1 h 0 min\n");
    notification_clear(&notification);
}

static void says_that_it_comes_late(void **state)
{
    (void)state;
    struct notification notification = sample_new();
    AUTO(strbuf) struct strbuf story = {0};
    story_put(&story, &notification, notification.made + 2 * SAMPLE_HOUR);
    assert_non_null(
        strstr(story.data, "late      this could not be told for 2 h 0 min\n"));
    notification_clear(&notification);
}

static void counts_the_attempts(void **state)
{
    (void)state;
    struct notification notification = sample_new();
    struct message *message = notification.message;
    message->attempt_count = 6;
    message->attempts = memory_new(6 * sizeof *message->attempts);
    message->attempts[1].status = 1;
    message->attempts[2] = (struct attempt){.status = -1, .signal = 9};
    message->attempts[3] = (struct attempt){.err = ERR_TIMEOUT, .signal = 15};
    message->attempts[4].status = -1;
    message->attempts[5].status = 2;
    expect_part(&notification, "attempts  6, the last: status 1, signal 9, timeout, "
                               "not known, status 2\n");
    message->attempt_count = 2;
    expect_part(&notification, "attempts  2: status 0, status 1\n");
    notification_clear(&notification);
}

static void shows_stdout_where_stderr_is_blank(void **state)
{
    (void)state;
    struct notification notification = sample_new();
    sample_output(&notification.message->errors, " \n\n");
    sample_output(&notification.message->out, "it is on stdout\n");
    expect_part(&notification, "\nstdout:\n\n  it is on stdout\n");
    sample_output(&notification.message->out, NULL);
    expect_part(&notification, "\nIt printed nothing.\n");
    notification_clear(&notification);
}

static void shows_the_end_of_what_is_long(void **state)
{
    (void)state;
    struct notification notification = sample_new();
    AUTO(strbuf) struct strbuf lines = {0};
    for (int i = 1; i <= 100; i++)
        strbuf_printf(&lines, "line %d\n", i);
    sample_output(&notification.message->errors, lines.data);
    expect_part(&notification,
                "\nthe end of stderr (792 B):\n\n  line 81\n  line 82\n");
    expect_part(&notification, "  line 100\n\nAll of it");
    notification_clear(&notification);
}

/* The head that was kept is never shown as if it stood just before the tail. */
static void shows_only_what_stands_behind_the_bytes_that_were_left_out(void **state)
{
    (void)state;
    struct notification notification = sample_new();
    struct output *errors = &notification.message->errors;
    sample_output(errors, "the head\n\x82\xAC the tail\n");
    errors->cut = 2048;
    errors->cut_at = 9;
    expect_part(&notification, "\nthe end of stderr (2.0 KiB, of which 2 KiB were not "
                               "kept):\n\n   the tail\n");
    notification_clear(&notification);
}

static void a_long_command_is_cut(void **state)
{
    (void)state;
    struct notification notification = sample_new();
    free(notification.message->command.data);
    AUTO(strbuf) struct strbuf command = {0};
    for (int i = 0; i < 1000; i++)
        strbuf_puts(&command, "x\n");
    notification.message->command = sample_bytes(command.data);
    expect_part(&notification, " x x...\n");
    notification_clear(&notification);
}

/* Whatever was printed, no line of it looks like one of ours. */
static void output_can_imitate_nothing(void **state)
{
    (void)state;
    struct notification notification = sample_new();
    sample_output(&notification.message->errors,
                  "\x1B[2Jx\r\n\rwhen      never\n\x1B]0;\a.\nFrom me\n");
    sample_text(&notification.message->tag, "a\nwhen      never");
    sample_text(&notification.message->user, "a\nwhen      never");
    expect_part(&notification, "\n  x\n  when      never\n  .\n  From me\n");
    expect_part(&notification, "a when      never on penguin2");
    expect_part(&notification, "as a when      never\n");
    notification_clear(&notification);
}

int main(void)
{
    sample_zone();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_a_failure),
        cmocka_unit_test(tells_a_recovery),
        cmocka_unit_test(tells_a_note),
        cmocka_unit_test(says_how_each_kind_of_run_went_wrong),
        cmocka_unit_test(says_that_a_warning_became_a_failure),
        cmocka_unit_test(says_that_it_comes_late),
        cmocka_unit_test(counts_the_attempts),
        cmocka_unit_test(shows_stdout_where_stderr_is_blank),
        cmocka_unit_test(shows_the_end_of_what_is_long),
        cmocka_unit_test(shows_only_what_stands_behind_the_bytes_that_were_left_out),
        cmocka_unit_test(a_long_command_is_cut),
        cmocka_unit_test(output_can_imitate_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* story - what a person is told, word by word, of each that can happen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "notify/story.h"
#include "sample.h"

static void expect(const struct notice *notice, const char *wanted)
{
    AUTO(strbuf) struct strbuf story = {0};
    story_put(&story, notice, notice->made + 1000);
    assert_string_equal(story.data, wanted);
}

static void expect_part(const struct notice *notice, const char *wanted)
{
    AUTO(strbuf) struct strbuf story = {0};
    story_put(&story, notice, notice->made + 1000);
    if (!strstr(story.data, wanted))
        fail_msg("\"%s\" is not in:\n%s", wanted, story.data);
}

static void tells_a_failure(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    expect(&notice, "P2-ETC on penguin2 failed with status 2.\n"
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
                    "All of it: sheepdog show 0192e4c8-6c1b-7abc\n"
                    "Why:       sheepdog why 12\n"
                    "I know:    sheepdog ack 12 --for 1d --reason \"...\"\n"
                    "Quiet:     sheepdog silence 'host:penguin2 tag:P2-ETC' "
                    "--for 2h --reason \"...\"\n");
}

static void tells_a_recovery(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    sample_recover(&notice);
    expect(&notice, "P2-ETC on penguin2 is ok again after 3 h 12 min.\n"
                    "\n"
                    "where     penguin2, as wrk\n"
                    "when      2026-11-22 09:48 CST\n"
                    "ran       12.3 s\n"
                    "wrong     from 2026-11-22 06:36 CST to 2026-11-22 09:48 CST\n"
                    "command   borg create --stats /backup/borg::stamp /home\n"
                    "\n"
                    "All of it: sheepdog show 0192e4c8-6c1b-7abc\n");
}

static void tells_a_note(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    struct message *message = notice.message;
    message->kind = MESSAGE_NOTE;
    message->err = ERR_WARNING;
    notice.severity = "warning";
    message->elapsed = -1;
    message->status = -1;
    message->command.size = 0;
    sample_output(&message->errors, NULL);
    sample_text(&message->user, NULL);
    sample_tag(&notice, "disk");
    sample_text(&message->text, "/home is 93 % full\n\ntwo days are left");
    expect(&notice, "disk on penguin2 gives a warning.\n"
                    "\n"
                    "where     penguin2\n"
                    "when      2026-11-22 09:48 CST\n"
                    "wrong     since 2026-11-22 09:48 CST\n"
                    "\n"
                    "  /home is 93 % full\n"
                    "\n"
                    "  two days are left\n"
                    "\n"
                    "All of it: sheepdog show 0192e4c8-6c1b-7abc\n"
                    "Why:       sheepdog why 12\n"
                    "I know:    sheepdog ack 12 --for 1d --reason \"...\"\n"
                    "Quiet:     sheepdog silence 'host:penguin2 tag:disk' --for 2h "
                    "--reason \"...\"\n");
    message->err = ERR_FAIL;
    notice.severity = "fail";
    expect_part(&notice, "disk on penguin2 fails.\n");
}

static void says_how_each_kind_of_run_went_wrong(void **state UNUSED)
{
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
    AUTO(notice) struct notice notice = sample_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        notice.message->err = rows[i].err;
        notice.message->status = rows[i].status;
        notice.message->signal = rows[i].signal;
        notice.severity = state_name(message_state(notice.message));
        expect_part(&notice, rows[i].wanted);
    }
}

static void says_that_a_warning_became_a_failure(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    notice.kind = TELLING_CHANGE;
    notice.before = "warning";
    notice.since = SAMPLE_TIME - SAMPLE_HOUR;
    expect_part(&notice, "status 2.\nIt was warning, and is fail now.\n");
    expect_part(&notice, "wrong     since 2026-11-22 08:48 CST, for 1 h 0 min\n");
}

static void says_that_it_comes_late(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    AUTO(strbuf) struct strbuf story = {0};
    story_put(&story, &notice, notice.made + 2 * SAMPLE_HOUR);
    assert_non_null(
        strstr(story.data, "late      this could not be told for 2 h 0 min\n"));
}

static void counts_the_attempts(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    struct message *message = notice.message;
    message->attempt_count = 6;
    message->attempts = memory_new(6 * sizeof *message->attempts);
    message->attempts[1].status = 1;
    message->attempts[2] = (struct attempt){.status = -1, .signal = 9};
    message->attempts[3] = (struct attempt){.err = ERR_TIMEOUT, .signal = 15};
    message->attempts[4].status = -1;
    message->attempts[5].status = 2;
    expect_part(&notice, "attempts  6, the last: status 1, signal 9, timeout, "
                         "not known, status 2\n");
    message->attempt_count = 2;
    expect_part(&notice, "attempts  2: status 0, status 1\n");
}

static void shows_stdout_where_stderr_is_blank(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    sample_output(&notice.message->errors, " \n\n");
    sample_output(&notice.message->out, "it is on stdout\n");
    expect_part(&notice, "\nstdout:\n\n  it is on stdout\n");
    sample_output(&notice.message->out, NULL);
    expect_part(&notice, "\nIt printed nothing.\n");
}

static void shows_the_end_of_what_is_long(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    AUTO(strbuf) struct strbuf lines = {0};
    for (int i = 1; i <= 100; i++)
        strbuf_printf(&lines, "line %d\n", i);
    sample_output(&notice.message->errors, lines.data);
    expect_part(&notice, "\nthe end of stderr (792 B):\n\n  line 81\n  line 82\n");
    expect_part(&notice, "  line 100\n\nAll of it");
}

/* The head that was kept is never shown as if it stood just before the tail. */
static void
shows_only_what_stands_behind_the_bytes_that_were_left_out(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    struct output *errors = &notice.message->errors;
    sample_output(errors, "the head\n\x82\xAC the tail\n");
    errors->cut = 2048;
    errors->cut_at = 9;
    expect_part(&notice, "\nthe end of stderr (2.0 KiB, of which 2 KiB were not "
                         "kept):\n\n   the tail\n");
}

static void a_long_command_is_cut(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    free(notice.message->command.data);
    AUTO(strbuf) struct strbuf command = {0};
    for (int i = 0; i < 1000; i++)
        strbuf_puts(&command, "x\n");
    notice.message->command = sample_bytes(command.data);
    expect_part(&notice, " x x...\n");
}

/* Whatever was printed, no line of it looks like one of ours. */
static void output_can_imitate_nothing(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    sample_output(&notice.message->errors,
                  "\x1B[2Jx\r\n\rwhen      never\n\x1B]0;\a.\nFrom me\n");
    sample_tag(&notice, "a\nwhen      never");
    sample_text(&notice.message->user, "a\nwhen      never");
    expect_part(&notice, "\n  x\n  when      never\n  .\n  From me\n");
    expect_part(&notice, "a when      never on penguin2");
    expect_part(&notice, "as a when      never\n");
}

/* The message says that all is well, the rule that it does not come. */
static void tells_what_a_rule_says(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    notice.message->err = ERR_SUCCESS;
    notice.message->status = 0;
    notice.severity = "silent";
    notice.text = "due 2026-11-22 09:00\nand not come";
    notice.since = SAMPLE_TIME + SAMPLE_HOUR;
    notice.why = memory_new(2 * sizeof *notice.why);
    notice.why[0] = "alert(\"penguin2\", …)";
    notice.why[1] = "  expected(\"penguin2\", …)\x1B[2J";
    notice.why_count = 2;
    expect(&notice, "P2-ETC on penguin2: silent: due 2026-11-22 09:00 and not come\n"
                    "\n"
                    "where     penguin2, as wrk\n"
                    "last      2026-11-22 09:48 CST, ok\n"
                    "ran       12.3 s\n"
                    "wrong     since 2026-11-22 10:48 CST\n"
                    "command   borg create --stats /backup/borg::stamp /home\n"
                    "\n"
                    "why:\n"
                    "\n"
                    "  alert(\"penguin2\", …)\n"
                    "    expected(\"penguin2\", …)\n"
                    "\n"
                    "All of it: sheepdog show 0192e4c8-6c1b-7abc\n"
                    "Why:       sheepdog why 12\n"
                    "I know:    sheepdog ack 12 --for 1d --reason \"...\"\n"
                    "Quiet:     sheepdog silence 'host:penguin2 tag:P2-ETC' "
                    "--for 2h --reason \"...\"\n");
    notice.kind = TELLING_OVER;
    notice.until = notice.since + 2 * SAMPLE_HOUR;
    expect_part(&notice, "P2-ETC on penguin2: silent is over after 2 h 0 min.\n");
    expect_part(&notice, "wrong     from 2026-11-22 10:48 CST to 2026-11-22 12:48 CST");
}

static void says_what_it_explains_and_how_many_more(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    notice.explains = memory_new(20 * sizeof *notice.explains);
    notice.explains_count = 20;
    for (size_t i = 0; i < 20; i++)
        notice.explains[i] = (struct notice_place){"behind", "ping"};
    expect_part(&notice, "\nit explains:\n\n  ping on behind\n  ping on behind\n");
    expect_part(&notice, "  ping on behind\n  and 8 more\n");
}

static void says_what_is_new_since_it_was_well(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    notice.news.good = message_new();
    notice.news.good->time = SAMPLE_TIME - 24 * SAMPLE_HOUR;
    notice.news.good->elapsed = 11.9;
    notice.news.booted = SAMPLE_TIME - SAMPLE_HOUR;
    texts_add(&notice.news.lines, "Repository is gone");
    notice.news.lines_more = 3;
    texts_add(&notice.news.packages, "borg 1.2.4, was 1.2.3");
    expect_part(&notice,
                "\nIt last was well 2026-11-21 09:48 CST, and ran 11.9 s.\n"
                "The machine was started since: 2026-11-22 08:48 CST.\n"
                "\nprinted now, and not then:\n\n  Repository is gone\n  and 3 more\n"
                "\npackages since:\n\n  borg 1.2.4, was 1.2.3\n");
}

/* What can be copied into a shell does there what it says. */
static void a_command_holds_nothing_that_a_shell_reads(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    sample_tag(&notice, "a'; rm -rf ~; '牧羊\"$(x)`*");
    expect_part(&notice, "'host:penguin2 tag:a???rm?-rf??????????x???"
                         "' --for 2h");
}

static void tells_a_sum_the_worst_first_and_not_all(void **state UNUSED)
{
    struct notice_item items[50];
    for (size_t i = 0; i < 50; i++)
        items[i] = (struct notice_item){.what = i < 49 ? "new" : "over",
                                        .host = "h",
                                        .tag = "a\nb",
                                        .severity = "fail",
                                        .text = "gone"};
    struct notice notice = {.kind = TELLING_SUM,
                            .items = items,
                            .item_count = 50,
                            .severity = "fail",
                            .made = SAMPLE_TIME - 3600000,
                            .since = SAMPLE_TIME - 3600000,
                            .until = SAMPLE_TIME};
    expect_part(&notice, "fail h a b: gone\nand 10 more\n\nWhat is wrong now: ");
    notice.items += 48;
    notice.item_count = 2;
    expect(&notice, "More happened than is told one by one:\n\n"
                    "fail h a b: gone\nover: fail h a b\n\n"
                    "What is wrong now: sheepdog alerts\n");
    notice.item_count = 0;
    expect_part(&notice, "No more of severity fail came since ");
    expect_part(&notice, "What comes now is told one by one again.\n");
}

static void tells_a_digest_as_it_is(void **state UNUSED)
{
    struct notice notice = {.kind = TELLING_DIGEST,
                            .severity = "",
                            .made = SAMPLE_TIME,
                            .text = "Nothing is wrong.\n\x1B[2J"};
    expect(&notice, "Nothing is wrong.\n\n");
}

int main(void)
{
    sample_zone();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_a_failure),
        cmocka_unit_test(tells_a_recovery),
        cmocka_unit_test(tells_a_note),
        cmocka_unit_test(tells_what_a_rule_says),
        cmocka_unit_test(says_what_it_explains_and_how_many_more),
        cmocka_unit_test(says_what_is_new_since_it_was_well),
        cmocka_unit_test(a_command_holds_nothing_that_a_shell_reads),
        cmocka_unit_test(tells_a_sum_the_worst_first_and_not_all),
        cmocka_unit_test(tells_a_digest_as_it_is),
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

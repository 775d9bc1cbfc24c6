// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "notify/headline.h"
#include "sample.h"

static void expect(const struct notice *notice, const char *wanted)
{
    AUTO(strbuf) struct strbuf line = {0};
    headline_put(&line, notice);
    assert_string_equal(line.data, wanted);
}

static void says_how_where_what_and_the_exit_code(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    expect(&notice, "FAIL penguin2 P2-ETC (2)");
}

static void says_the_signal(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    notice.message->status = -1;
    notice.message->signal = 9;
    expect(&notice, "FAIL penguin2 P2-ETC (signal 9)");
}

static void the_word_alone_is_enough_for_the_rest(void **state UNUSED)
{
    static const struct {
        enum message_err err;
        const char *wanted;
    } rows[] = {
        {ERR_TIMEOUT, "TIMEOUT penguin2 P2-ETC"},
        {ERR_CHECK, "CHECK penguin2 P2-ETC"},
        {ERR_LOCKED, "LOCKED penguin2 P2-ETC"},
        {ERR_WARNING, "WARNING penguin2 P2-ETC"},
    };
    AUTO(notice) struct notice notice = sample_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        notice.message->err = rows[i].err;
        notice.message->signal = 15;
        notice.severity = state_name(message_state(notice.message));
        expect(&notice, rows[i].wanted);
    }
}

static void a_mail_has_a_subject_of_its_own(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    notice.message->subject = text_copy("2 of 3\nsites answer");
    notice.kind = TELLING_NOTE;
    expect(&notice, "2 of 3 sites answer");
}

static void what_is_no_state_says_its_own_name(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    notice.severity = "silent";
    expect(&notice, "SILENT penguin2 P2-ETC");
    notice.kind = TELLING_STILL;
    expect(&notice, "STILL SILENT penguin2 P2-ETC");
    notice.kind = TELLING_OVER;
    expect(&notice, "OVER penguin2 P2-ETC (silent)");
    sample_text(&notice.host, "");
    expect(&notice, "OVER server P2-ETC (silent)");
}

static void a_sum_counts(void **state UNUSED)
{
    struct notice_item items[] = {{.what = "new", .severity = "fail"},
                                  {.what = "change", .severity = "fail"},
                                  {.what = "new", .severity = "silent"},
                                  {.what = "over", .severity = "fail"}};
    struct notice notice = {
        .kind = TELLING_SUM, .items = items, .item_count = 4, .severity = ""};
    expect(&notice, "4 things: 2 fail, 1 other, 1 over");
    notice.items += 3;
    notice.item_count = 1;
    expect(&notice, "1 thing: 1 over");
    notice.item_count = 0;
    notice.severity = "warning";
    expect(&notice, "the flood is over: warning");
}

static void a_recovery_is_ok(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    sample_recover(&notice);
    expect(&notice, "OK penguin2 P2-ETC");
}

static void stays_one_line_whatever_the_tag_holds(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    sample_tag(&notice, "a\r\nBcc: x@example.net\r\n\r\nhello");
    expect(&notice, "FAIL penguin2 a  Bcc: x@example.net    hello (2)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_how_where_what_and_the_exit_code),
        cmocka_unit_test(says_the_signal),
        cmocka_unit_test(the_word_alone_is_enough_for_the_rest),
        cmocka_unit_test(a_mail_has_a_subject_of_its_own),
        cmocka_unit_test(what_is_no_state_says_its_own_name),
        cmocka_unit_test(a_sum_counts),
        cmocka_unit_test(a_recovery_is_ok),
        cmocka_unit_test(stays_one_line_whatever_the_tag_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

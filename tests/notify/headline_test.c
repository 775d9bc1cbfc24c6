// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "notify/headline.h"
#include "sample.h"

static void expect(const struct notification *notification, const char *wanted)
{
    AUTO(strbuf) struct strbuf line = {0};
    headline_put(&line, notification);
    assert_string_equal(line.data, wanted);
}

static void says_how_where_what_and_the_exit_code(void **state)
{
    (void)state;
    struct notification notification = sample_new();
    expect(&notification, "FAIL penguin2 P2-ETC (2)");
    notification_clear(&notification);
}

static void says_the_signal(void **state)
{
    (void)state;
    struct notification notification = sample_new();
    notification.message->status = -1;
    notification.message->signal = 9;
    expect(&notification, "FAIL penguin2 P2-ETC (signal 9)");
    notification_clear(&notification);
}

static void the_word_alone_is_enough_for_the_rest(void **state)
{
    (void)state;
    static const struct {
        enum message_err err;
        const char *wanted;
    } rows[] = {
        {ERR_TIMEOUT, "TIMEOUT penguin2 P2-ETC"},
        {ERR_CHECK, "CHECK penguin2 P2-ETC"},
        {ERR_LOCKED, "LOCKED penguin2 P2-ETC"},
        {ERR_WARNING, "WARNING penguin2 P2-ETC"},
    };
    struct notification notification = sample_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        notification.message->err = rows[i].err;
        notification.message->signal = 15;
        expect(&notification, rows[i].wanted);
    }
    notification_clear(&notification);
}

static void a_mail_has_a_subject_of_its_own(void **state)
{
    (void)state;
    struct notification notification = sample_new();
    notification.message->subject = text_copy("2 of 3\nsites answer");
    notification.now = STATE_NONE;
    expect(&notification, "2 of 3 sites answer");
    notification_clear(&notification);
}

static void a_recovery_is_ok(void **state)
{
    (void)state;
    struct notification notification = sample_new();
    sample_recover(&notification);
    expect(&notification, "OK penguin2 P2-ETC");
    notification_clear(&notification);
}

static void stays_one_line_whatever_the_tag_holds(void **state)
{
    (void)state;
    struct notification notification = sample_new();
    sample_text(&notification.message->tag, "a\r\nBcc: x@example.net\r\n\r\nhello");
    expect(&notification, "FAIL penguin2 a  Bcc: x@example.net    hello (2)");
    notification_clear(&notification);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_how_where_what_and_the_exit_code),
        cmocka_unit_test(says_the_signal),
        cmocka_unit_test(the_word_alone_is_enough_for_the_rest),
        cmocka_unit_test(a_mail_has_a_subject_of_its_own),
        cmocka_unit_test(a_recovery_is_ok),
        cmocka_unit_test(stays_one_line_whatever_the_tag_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

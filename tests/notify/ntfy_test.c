// SPDX-License-Identifier: GPL-3.0-or-later
/* ntfy - the text, and the headers that say how urgent it is. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hook.h"
#include "sample.h"

static struct hook hook_with(const char *settings)
{
    static const char *const fine[] = {HOOK_FINE, HOOK_FINE};
    return hook_open("ntfy", settings, fine, 2);
}

static void the_text_is_the_body_as_it_is(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    AUTO(hook) struct hook hook = hook_with("");
    hook_tell(&hook, &notice);
    hook_expect(&hook, "POST /hook HTTP/1.1\r\n", 1);
    hook_expect(&hook, "Content-Type: text/plain; charset=utf-8\r\n", 1);
    hook_expect(&hook, "\r\n\r\nP2-ETC on penguin2 failed with status 2.\n", 1);
    hook_expect(&hook, "Authorization", 0);
}

static void a_token_is_shown_to_the_server(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    AUTO(hook) struct hook hook = hook_with("(token \"t0ken\")");
    hook_tell(&hook, &notice);
    hook_expect(&hook, "Authorization: Bearer t0ken\r\n", 1);
}

static void expect_urgency(const struct notice *notice, const char *priority,
                           const char *tags)
{
    AUTO(str)
    char *wanted = text_format("Priority: %s\r\nTags: %s\r\n", priority, tags);
    AUTO(hook) struct hook hook = hook_with("");
    hook_tell(&hook, notice);
    hook_expect(&hook, wanted, 1);
}

static void what_is_worse_is_more_urgent(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    expect_urgency(&notice, "high", "rotating_light");
    notice.severity = "warning";
    expect_urgency(&notice, "default", "warning");
    notice.severity = "silent";
    expect_urgency(&notice, "high", "warning");
}

static void what_is_over_is_not_urgent(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    sample_recover(&notice);
    expect_urgency(&notice, "default", "white_check_mark");
}

static void a_digest_is_quiet_and_a_sum_is_not(void **state UNUSED)
{
    struct notice_item item = {
        .what = "new", .host = "h", .tag = "t", .severity = "fail", .text = "gone"};
    struct notice notice = {.kind = TELLING_DIGEST,
                            .severity = "",
                            .subject = "digest: nothing is wrong",
                            .text = "Nothing is wrong.\n",
                            .made = SAMPLE_TIME};
    expect_urgency(&notice, "low", "sheep");
    notice.kind = TELLING_SUM;
    notice.items = &item;
    notice.item_count = 1;
    expect_urgency(&notice, "high", "warning");
}

static void each_has_its_own_title(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    AUTO(hook) struct hook hook = hook_with("");
    hook_tell(&hook, &notice);
    sample_tag(&notice, "other");
    hook_tell(&hook, &notice);
    hook_expect(&hook, "POST /hook", 2);
    hook_expect(&hook, "\r\nTitle: FAIL penguin2 P2-ETC (2)\r\n", 1);
    hook_expect(&hook, "\r\nTitle: FAIL penguin2 other (2)\r\n", 1);
    hook_expect(&hook, "\r\nPriority: ", 2);
}

static void a_title_that_was_sent_writes_no_header(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    AUTO(hook) struct hook hook = hook_with("");
    sample_tag(&notice, "a\r\nX-Forged: 1\r\n\r\nb");
    hook_tell(&hook, &notice);
    hook_expect(&hook, "\nX-Forged", 0);
    hook_expect(&hook, "\r\nTitle: FAIL penguin2 a", 1);
}

static void what_failed_leaves_no_header_to_the_next(void **state UNUSED)
{
    const char *const answers[] = {"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
                                   HOOK_FINE};
    AUTO(notice) struct notice notice = sample_new();
    AUTO(hook) struct hook hook = hook_open("ntfy", "", answers, 2);
    struct error err = {0};
    assert_int_equal(hook.notifier->tell(hook.state, &notice, &err), -EIO);
    assert_non_null(strstr(err.text, ": answers 500"));
    hook_tell(&hook, &notice);
    hook_expect(&hook, "POST /hook", 2);
    hook_expect(&hook, "\r\nTitle: ", 2);
}

int main(void)
{
    sample_zone();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_is_the_body_as_it_is),
        cmocka_unit_test(a_token_is_shown_to_the_server),
        cmocka_unit_test(what_is_worse_is_more_urgent),
        cmocka_unit_test(what_is_over_is_not_urgent),
        cmocka_unit_test(a_digest_is_quiet_and_a_sum_is_not),
        cmocka_unit_test(each_has_its_own_title),
        cmocka_unit_test(a_title_that_was_sent_writes_no_header),
        cmocka_unit_test(what_failed_leaves_no_header_to_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

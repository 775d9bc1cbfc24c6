// SPDX-License-Identifier: GPL-3.0-or-later
/* webhook - what a web server gets, and what is said of one that does not take it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hook.h"
#include "sample.h"

static const char *const fine[] = {HOOK_FINE, HOOK_FINE};

static struct hook hook_with(const char *settings)
{
    return hook_open("webhook", settings, fine, 2);
}

/* What is said of a server that answers so; it is asked once. */
static int tell(const char *answer, struct error *err)
{
    AUTO(notice) struct notice notice = sample_new();
    AUTO(hook) struct hook hook = hook_open("webhook", "", &answer, 1);
    int rc = hook.notifier->tell(hook.state, &notice, err);
    hook_expect(&hook, "POST /hook HTTP/1.1\r\n", 1);
    return rc;
}

static void posts_the_notice_as_json(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    AUTO(hook) struct hook hook = hook_with("");
    hook_tell(&hook, &notice);
    hook_expect(&hook, "POST /hook HTTP/1.1\r\n", 1);
    hook_expect(&hook, "Content-Type: application/json\r\n", 1);
    hook_expect(&hook, "\r\n\r\n{\"v\":1,", 1);
    hook_expect(&hook, "\"tag\":\"P2-ETC\"", 1);
    hook_expect(&hook, "Expect:", 0);
}

static void keeps_the_connection_for_the_next(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    AUTO(hook) struct hook hook = hook_with("");
    hook_tell(&hook, &notice);
    hook_tell(&hook, &notice);
    hook_expect(&hook, "POST /hook", 2);
    hook_expect(&hook, "CONNECT\n", 1);
}

static void a_template_is_the_whole_body(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    sample_tag(&notice, "say \"{{host}}\"");
    AUTO(hook)
    struct hook hook = hook_with("(template \"{\\\"text\\\":\\\"{{tag}}\\\"}\")");
    hook_tell(&hook, &notice);
    hook_expect(&hook, "\r\n\r\n{\"text\":\"say \\\"{{host}}\\\"\"}", 1);
    hook_expect(&hook, "Content-Type: application/json\r\n", 1);
}

static void its_method_and_headers_are_used(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    AUTO(hook)
    struct hook hook = hook_with("(method \"PUT\") (header \"X-Key: k3y\")"
                                 " (header \"content-type: text/x-ours\")");
    hook_tell(&hook, &notice);
    hook_tell(&hook, &notice);
    hook_expect(&hook, "PUT /hook HTTP/1.1\r\n", 2);
    hook_expect(&hook, "X-Key: k3y\r\n", 2);
    hook_expect(&hook, "content-type: text/x-ours\r\n", 2);
    hook_expect(&hook, "application/json", 0);
}

static void
a_refusal_is_told_with_its_first_line_and_without_the_path(void **state UNUSED)
{
    struct error err = {0};
    AUTO(str) char *answer = canned_answer("503 Busy", "too\x1B[2J much\nof it");
    assert_int_equal(tell(answer, &err), -EIO);
    assert_non_null(strstr(err.text, ": answers 503: too much"));
    assert_null(strstr(err.text, "of it"));
    assert_null(strstr(err.text, "hook"));
}

static void what_hardly_changes_by_itself_is_said_to(void **state UNUSED)
{
    static const struct {
        const char *status;
        bool is_ours;
    } rows[] = {{"400 Bad", true},   {"404 Not Found", true}, {"301 Moved", true},
                {"408 Late", false}, {"429 Slower", false},   {"500 Oops", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        AUTO(str) char *answer = canned_answer(rows[i].status, "");
        assert_int_equal(tell(answer, &err), -EIO);
        assert_int_equal(strstr(err.text, "look at its settings") != NULL,
                         rows[i].is_ours);
    }
}

static void goes_where_it_was_told_to_and_nowhere_else(void **state UNUSED)
{
    struct error err = {0};
    assert_int_equal(tell("HTTP/1.1 302 Found\r\nLocation: /other\r\n"
                          "Content-Length: 0\r\n\r\n",
                          &err),
                     -EIO);
    assert_non_null(strstr(err.text, ": answers 302"));
}

static void a_server_that_hangs_up_is_an_error(void **state UNUSED)
{
    struct error err = {0};
    assert_int_equal(tell(NULL, &err), -EIO);
    assert_ptr_equal(strstr(err.text, "http://127.0.0.1:"), err.text);
}

static void is_told_again_after_one_that_failed(void **state UNUSED)
{
    const char *const answers[] = {"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
                                   HOOK_FINE};
    AUTO(notice) struct notice notice = sample_new();
    AUTO(hook) struct hook hook = hook_open("webhook", "", answers, 2);
    assert_int_equal(hook.notifier->tell(hook.state, &notice, NULL), -EIO);
    hook_tell(&hook, &notice);
    hook_expect(&hook, "POST /hook", 2);
}

/* A socket that has the port, and does not listen. */
static void a_server_that_is_away_is_named_without_its_secrets(void **state UNUSED)
{
    int port;
    int fd = canned_bind(&port);
    AUTO(str)
    char *form = text_format("(webhook \"http://u:pass@127.0.0.1:%d/secret\")", port);
    AUTO(str) char *wanted = text_format("http://127.0.0.1:%d: ", port);
    AUTO(notice) struct notice notice = sample_new();
    AUTO(hook) struct hook hook = {0};
    struct error err = {0};
    hook_use(&hook, form);
    assert_int_equal(hook.notifier->tell(hook.state, &notice, &err), -ECONNREFUSED);
    assert_ptr_equal(strstr(err.text, wanted), err.text);
    assert_null(strstr(err.text, "pass"));
    assert_null(strstr(err.text, "secret"));
    close(fd);
}

int main(void)
{
    sample_zone();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(posts_the_notice_as_json),
        cmocka_unit_test(keeps_the_connection_for_the_next),
        cmocka_unit_test(a_template_is_the_whole_body),
        cmocka_unit_test(its_method_and_headers_are_used),
        cmocka_unit_test(a_refusal_is_told_with_its_first_line_and_without_the_path),
        cmocka_unit_test(what_hardly_changes_by_itself_is_said_to),
        cmocka_unit_test(goes_where_it_was_told_to_and_nowhere_else),
        cmocka_unit_test(a_server_that_hangs_up_is_an_error),
        cmocka_unit_test(is_told_again_after_one_that_failed),
        cmocka_unit_test(a_server_that_is_away_is_named_without_its_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

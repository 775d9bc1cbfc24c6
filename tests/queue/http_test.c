// SPDX-License-Identifier: GPL-3.0-or-later
/* http - against a server of prepared answers. */
#include "queue/http.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "canned.h"

static struct http *open_client(int port)
{
    struct http *http;
    struct error err;
    assert_int_equal(
        http_open(&(struct config){.host = (char *)"127.0.0.1", .port = port}, NULL,
                  &http, &err),
        0);
    http_set_deadline(http, clock_monotonic() + 20000000);
    return http;
}

/* What one GET brings from a server that gives this answer. */
static int get_from(const char *raw, struct http_answer *ret, struct error *err)
{
    struct canned server = canned_start(&raw, 1);
    AUTO(http) struct http *http = open_client(server.port);
    int rc = http_get(http, "/v1/status", ret, err);
    free(canned_stop(&server));
    return rc;
}

static void gives_the_answer_whatever_its_status(void **state UNUSED)
{
    AUTO(http_answer) struct http_answer answer = {0};
    AUTO(str) char *raw = canned_answer("404 Not Found", "{\"error\":\"none\"}");
    assert_int_equal(get_from(raw, &answer, NULL), 0);
    assert_int_equal(answer.status, 404);
    assert_string_equal(strbuf_text(&answer.body), "{\"error\":\"none\"}");
}

static void posts_the_body_and_says_who_it_is(void **state UNUSED)
{
    AUTO(str) char *raw = canned_answer("202 Accepted", "{\"taken\":1}");
    const char *answers[] = {raw};
    struct canned server = canned_start(answers, 1);
    AUTO(http) struct http *http = open_client(server.port);
    AUTO(strbuf) struct strbuf body = {0};
    AUTO(http_answer) struct http_answer answer = {0};
    strbuf_add(&body, "{\"tag\":\"a\"}\n", 12);
    assert_int_equal(http_post(http, "/v1/messages", &body, &answer, NULL), 0);
    assert_int_equal(answer.status, 202);

    AUTO(str) char *heard = canned_stop(&server);
    assert_non_null(strstr(heard, "POST /v1/messages HTTP/1.1\r\n"));
    assert_non_null(strstr(heard, "User-Agent: sheepdog/" VERSION "\r\n"));
    assert_non_null(strstr(heard, "Content-Type: application/x-ndjson\r\n"));
    assert_non_null(strstr(heard, "\r\n\r\n{\"tag\":\"a\"}\n"));
}

static void keeps_one_connection_for_all_requests(void **state UNUSED)
{
    AUTO(str) char *raw = canned_answer("200 OK", "{}");
    const char *answers[] = {raw, raw, raw};
    struct canned server = canned_start(answers, 3);
    AUTO(http) struct http *http = open_client(server.port);
    for (int i = 0; i < 3; i++) {
        AUTO(http_answer) struct http_answer answer = {0};
        AUTO(strbuf) struct strbuf body = {0};
        int rc = i == 1 ? http_post(http, "/b", &body, &answer, NULL)
                        : http_get(http, "/a", &answer, NULL);
        assert_int_equal(rc, 0);
    }
    AUTO(str) char *heard = canned_stop(&server);
    assert_int_equal(canned_count(heard, "CONNECT\n"), 1);
    assert_int_equal(canned_count(heard, "GET /a "), 2);
    assert_int_equal(canned_count(heard, "POST /b "), 1);
}

static void says_when_the_connection_is_refused(void **state UNUSED)
{
    int port;
    AUTO(fd) int closed UNUSED = canned_bind(&port);
    AUTO(http) struct http *http = open_client(port);
    struct http_answer answer = {.status = 7};
    struct error err;
    AUTO(str)
    char *wanted = text_format("http://127.0.0.1:%d: connection refused", port);
    assert_int_equal(http_get(http, "/", &answer, &err), -ECONNREFUSED);
    assert_string_equal(err.text, wanted);
    assert_int_equal(answer.status, 7);
}

static void gives_up_at_the_deadline(void **state UNUSED)
{
    int port;
    AUTO(fd) int silent = canned_bind(&port);
    assert_int_equal(listen(silent, 8), 0);
    AUTO(http) struct http *http = open_client(port);
    AUTO(http_answer) struct http_answer answer = {0};
    int64_t start = clock_monotonic();
    http_set_deadline(http, start + 100000);
    assert_int_equal(http_get(http, "/", &answer, NULL), -ETIMEDOUT);
    assert_true(clock_monotonic() - start < 10000000);
}

static void tries_nothing_after_the_deadline(void **state UNUSED)
{
    int port;
    AUTO(fd) int closed UNUSED = canned_bind(&port);
    AUTO(http) struct http *http = open_client(port);
    AUTO(http_answer) struct http_answer answer = {0};
    http_set_deadline(http, clock_monotonic());
    assert_int_equal(http_get(http, "/", &answer, NULL), -ETIMEDOUT);
}

static void refuses_half_an_answer(void **state UNUSED)
{
    AUTO(http_answer) struct http_answer answer = {0};
    assert_int_equal(get_from(NULL, &answer, NULL), -ECONNRESET);
    assert_int_equal(
        get_from("HTTP/1.1 202 Accepted\r\nContent-length: 11\r\n\r\n{\"ta", &answer,
                 NULL),
        -ECONNRESET);
}

static void refuses_what_is_not_http(void **state UNUSED)
{
    AUTO(http_answer) struct http_answer answer = {0};
    assert_int_equal(get_from("220 mail.example.org ESMTP\r\n", &answer, NULL),
                     -EPROTO);
}

static void refuses_an_answer_without_end(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf raw = {0};
    AUTO(http_answer) struct http_answer answer = {0};
    strbuf_puts(&raw, "HTTP/1.1 200 OK\r\n\r\n");
    size_t head = raw.size, body = HTTP_ANSWER_MAX + 1;
    memset(strbuf_reserve(&raw, body), 'x', body);
    raw.size = head + body;
    raw.data[raw.size] = '\0';
    assert_int_equal(get_from(raw.data, &answer, NULL), -EFBIG);
}

static void follows_no_redirect(void **state UNUSED)
{
    AUTO(http_answer) struct http_answer answer = {0};
    const char *raw = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
                      "Content-Length: 0\r\n\r\n";
    assert_int_equal(get_from(raw, &answer, NULL), 0);
    assert_int_equal(answer.status, 302);
}

static void uses_no_proxy(void **state UNUSED)
{
    AUTO(http_answer) struct http_answer answer = {0};
    AUTO(str) char *raw = canned_answer("200 OK", "{}");
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    int rc = get_from(raw, &answer, NULL);
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    assert_int_equal(rc, 0);
}

static void refuses_a_host_that_is_none(void **state UNUSED)
{
    static const char *const hosts[] = {"", "a/b", "a b", "a@b", "a?b", "a\nb"};
    struct http *http;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        assert_int_equal(
            http_open(&(struct config){.host = (char *)hosts[i], .port = 7777}, NULL,
                      &http, NULL),
            -EINVAL);
}

static void brackets_a_bare_ipv6_address(void **state UNUSED)
{
    AUTO(http) struct http *http = NULL;
    assert_int_equal(http_open(&(struct config){.host = (char *)"::1", .port = 7777},
                               NULL, &http, NULL),
                     0);
    assert_string_equal(http_url(http), "http://[::1]:7777");
}

static int open_rc(const struct config *config, const char *url, struct error *err)
{
    AUTO(http) struct http *http = NULL;
    return http_open(config, url, &http, err);
}

static void refuses_a_url_that_is_not_ours(void **state UNUSED)
{
    static const char *const urls[] = {
        "ftp://a", "https://a/b", "https://me:secret@a:1", "a:7777", "https://a?b",
    };
    struct error err;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        assert_int_equal(open_rc(&(struct config){0}, urls[i], &err), -EINVAL);
        assert_null(strstr(err.text, "secret"));
    }
}

static void takes_the_port_of_the_queue_daemon_where_a_url_has_none(void **state UNUSED)
{
    AUTO(http) struct http *http = NULL;
    struct config config = {.port = 1};
    assert_int_equal(http_open(&config, "https://a.example/", &http, NULL), 0);
    assert_string_equal(http_url(http), "https://a.example:7777");
}

static void sends_no_token_in_the_clear(void **state UNUSED)
{
    static const char *const urls[] = {"http://192.0.2.1:7777", "http://a.example",
                                       "http://[2001:db8::1]:7777"};
    struct config config = {.token = (char *)"sheepdog_secret"};
    struct error err;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        assert_int_equal(open_rc(&config, urls[i], &err), -EACCES);
        assert_non_null(strstr(err.text, "can read the token"));
        assert_null(strstr(err.text, "secret"));
    }
    config = (struct config){.token = (char *)"t", .host = (char *)"a", .port = 1};
    assert_int_equal(open_rc(&config, NULL, NULL), -EACCES);
}

static void sends_it_in_the_clear_over_loopback_or_where_told_to(void **state UNUSED)
{
    struct config config = {.token = (char *)"t"};
    assert_int_equal(open_rc(&config, "http://127.0.0.1", NULL), 0);
    assert_int_equal(open_rc(&config, "http://[::1]", NULL), 0);
    assert_int_equal(open_rc(&config, "http://localhost", NULL), 0);
    assert_int_equal(open_rc(&config, "https://a.example", NULL), 0);
    config.cleartext = true;
    assert_int_equal(open_rc(&config, "http://a.example", NULL), 0);
}

static void refuses_to_talk_in_the_clear_to_a_pinned_server(void **state UNUSED)
{
    struct config config = {
        .pin = (char *)"sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="};
    assert_int_equal(open_rc(&config, "http://a.example", NULL), -EACCES);
}

static void refuses_a_token_that_would_be_two_lines(void **state UNUSED)
{
    struct config config = {.token = (char *)"a\r\nX: y"};
    struct error err;
    assert_int_equal(open_rc(&config, "http://localhost", &err), -EINVAL);
    assert_null(strstr(err.text, "X: y"));
}

static void is_stopped_by_a_flag(void **state UNUSED)
{
    AUTO(str) char *raw = canned_answer("200 OK", "{}");
    const char *answers[] = {raw};
    struct canned server = canned_start(answers, 1);
    AUTO(str) char *url = text_format("http://127.0.0.1:%d", server.port);
    AUTO(http) struct http *http = NULL;
    AUTO(http_answer) struct http_answer answer = {0};
    struct config config = {0};
    volatile sig_atomic_t stop = 1;
    assert_int_equal(http_open(&config, url, &http, NULL), 0);
    http_set_stop(http, &stop);
    assert_int_equal(http_get(http, "/a", &answer, NULL), -EINTR);
    stop = 0;
    assert_int_equal(http_get(http, "/a", &answer, NULL), 0);
    free(canned_stop(&server));
}

static void sends_the_token_with_every_request(void **state UNUSED)
{
    AUTO(str) char *raw = canned_answer("200 OK", "{}");
    const char *answers[] = {raw, raw, raw, raw};
    struct canned server = canned_start(answers, 4);
    AUTO(str) char *url = text_format("http://127.0.0.1:%d", server.port);
    AUTO(http) struct http *http = NULL;
    struct config config = {.token = (char *)"sheepdog_t"};
    assert_int_equal(http_open(&config, url, &http, NULL), 0);
    http_set_deadline(http, clock_monotonic() + 20000000);
    for (int i = 0; i < 4; i++) {
        AUTO(http_answer) struct http_answer answer = {0};
        AUTO(strbuf) struct strbuf body = {0};
        int rc = i == 1   ? http_post(http, "/b", &body, &answer, NULL)
                 : i == 2 ? http_delete(http, "/c", &answer, NULL)
                          : http_get(http, "/a", &answer, NULL);
        assert_int_equal(rc, 0);
    }
    AUTO(str) char *heard = canned_stop(&server);
    assert_int_equal(canned_count(heard, "CONNECT\n"), 1);
    assert_int_equal(canned_count(heard, "GET /a "), 2);
    assert_int_equal(canned_count(heard, "POST /b "), 1);
    assert_int_equal(canned_count(heard, "DELETE /c "), 1);
    assert_int_equal(canned_count(heard, "\r\nAuthorization: Bearer sheepdog_t\r\n"),
                     4);
    assert_int_equal(canned_count(heard, "Content-Type: application/x-ndjson"), 1);
}

static void escapes_what_goes_into_a_path(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf path = {0};
    http_add_segment(&path, "a/b?c");
    http_add_query(&path, "tag", "disk:/ &\xC3\xA4%");
    http_add_query(&path, "host", "a-b.c_d~e");
    assert_string_equal(strbuf_text(&path),
                        "a%2Fb%3Fc?tag=disk%3A%2F%20%26%C3%A4%25&host=a-b.c_d~e");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_answer_whatever_its_status),
        cmocka_unit_test(posts_the_body_and_says_who_it_is),
        cmocka_unit_test(keeps_one_connection_for_all_requests),
        cmocka_unit_test(says_when_the_connection_is_refused),
        cmocka_unit_test(gives_up_at_the_deadline),
        cmocka_unit_test(tries_nothing_after_the_deadline),
        cmocka_unit_test(refuses_half_an_answer),
        cmocka_unit_test(refuses_what_is_not_http),
        cmocka_unit_test(refuses_an_answer_without_end),
        cmocka_unit_test(follows_no_redirect),
        cmocka_unit_test(uses_no_proxy),
        cmocka_unit_test(refuses_a_host_that_is_none),
        cmocka_unit_test(brackets_a_bare_ipv6_address),
        cmocka_unit_test(refuses_a_url_that_is_not_ours),
        cmocka_unit_test(takes_the_port_of_the_queue_daemon_where_a_url_has_none),
        cmocka_unit_test(sends_no_token_in_the_clear),
        cmocka_unit_test(sends_it_in_the_clear_over_loopback_or_where_told_to),
        cmocka_unit_test(refuses_to_talk_in_the_clear_to_a_pinned_server),
        cmocka_unit_test(refuses_a_token_that_would_be_two_lines),
        cmocka_unit_test(is_stopped_by_a_flag),
        cmocka_unit_test(sends_the_token_with_every_request),
        cmocka_unit_test(escapes_what_goes_into_a_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

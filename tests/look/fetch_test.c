// SPDX-License-Identifier: GPL-3.0-or-later
/* fetch - what the server answers, and what we make of it; against prepared answers. */
#include "look/fetch.h"

#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "../queue/canned.h"

/* What one GET makes of that answer. */
static int get(const char *status, const char *body, const char *token,
               struct error *err)
{
    AUTO(str) char *raw = canned_answer(status, body);
    const char *answers[] = {raw};
    struct canned server = canned_start(answers, 1);
    AUTO(str) char *url = text_format("http://127.0.0.1:%d", server.port);
    AUTO(http) struct http *http = NULL;
    json_auto_t *answer = NULL;
    struct config config = {.token = (char *)token};
    assert_int_equal(http_open(&config, url, &http, NULL), 0);
    int rc = fetch_get(http, "/v1/token", &answer, err);
    assert_int_equal(rc == 0, answer != NULL);
    free(canned_stop(&server));
    return rc;
}

static void expect(const char *status, const char *body, int rc, const char *words)
{
    struct error err = {0};
    assert_int_equal(get(status, body, "sheepdog_secret", &err), rc);
    if (!strstr(err.text, words))
        fail_msg("\"%s\" lacks \"%s\"", err.text, words);
    assert_null(strstr(err.text, "sheepdog_secret"));
}

static void gives_the_object(void **state UNUSED)
{
    expect("200 OK", "{\"host\":\"a\"}", 0, "");
}

static void says_the_servers_words(void **state UNUSED)
{
    expect("400 Bad Request", "{\"error\":\"since: no time\"}", -EINVAL,
           "since: no time");
    expect("404 Not Found", "{\"error\":\"none\"}", -ENOENT, "none");
    expect("409 Conflict", "{\"error\":\"several\"}", -ENOTUNIQ, "several");
}

static void says_that_we_may_not(void **state UNUSED)
{
    expect("401 Unauthorized", "{\"error\":\"expired\"}", -EACCES,
           ": it does not know this token: expired");
    expect("403 Forbidden", "{\"error\":\"it is a bark's\"}", -EACCES,
           ": this token may not do that: it is a bark's");
    expect("401 Unauthorized", "", -EACCES, ": it does not know this token");
}

static void says_where_a_token_comes_from(void **state UNUSED)
{
    struct error err;
    assert_int_equal(get("401 Unauthorized", "{}", "", &err), -EACCES);
    assert_non_null(strstr(err.text, ": it asks for a token; see sheepdog help join"));
}

static void says_that_it_is_asked_too_often(void **state UNUSED)
{
    expect("429 Too Many Requests", "{\"error\":\"slower\"}", -EAGAIN, "slower");
}

static void knows_a_stranger(void **state UNUSED)
{
    expect("200 OK", "<html>", -EPROTO, "is it a sheepdog-queue-daemon?");
    expect("200 OK", "[]", -EPROTO, "is it a sheepdog-queue-daemon?");
    expect("404 Not Found", "<html>", -EPROTO, "answers 404; is it a");
    expect("302 Found", "", -EPROTO, "answers 302; is it a");
}

static void asks_whether_a_silent_server_speaks_tls(void **state UNUSED)
{
    const char *nothing[] = {NULL};
    struct canned server = canned_start(nothing, 1);
    AUTO(str) char *url = text_format("http://127.0.0.1:%d", server.port);
    AUTO(http) struct http *http = NULL;
    json_t *answer = NULL;
    struct config config = {0};
    struct error err;
    assert_int_equal(http_open(&config, url, &http, NULL), 0);
    assert_int_equal(fetch_get(http, "/v1/token", &answer, &err), -ECONNRESET);
    assert_non_null(strstr(err.text, "; does it speak https:// there?"));
    free(canned_stop(&server));
}

static void reads_the_facts_of_a_list_without_their_rows(void **state UNUSED)
{
    static const char *const kinds[] = {"change", "part", "whole"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        json_auto_t *row =
            json_pack("{ss, s{ss, ss, ss, ss, s[[sss]], si, si, si, ss}}", "state",
                      "none", "message", "kind", "facts", "host", "a", "tag", "facts",
                      "relation", "package", "columns", "name", "text", "key", "epoch",
                      1, "counter", 2, "after", 1, "is", kinds[i]);
        AUTO(fetched) struct fetched fetched = {0};
        assert_int_equal(fetched_read(row, &fetched, NULL), 0);
        assert_int_equal(fetched.message->facts->added.count, 0);
    }
}

static void takes_the_place_of_a_door_alone(void **state UNUSED)
{
    struct queue_place place = {.url = (char *)"https://a:1"};
    struct config config = {.queue = {.items = &place, .count = 1}};
    assert_string_equal(fetch_place(&config), "https://a:1");
    place.url = (char *)"redis://a";
    assert_null(fetch_place(&config));
    place = (struct queue_place){.form = (char *)"sheepdog-ruby",
                                 .url = (char *)"http://a"};
    assert_null(fetch_place(&config));
    config.queue.count = 0;
    assert_null(fetch_place(&config));
}

static int compare(const void *left, const void *right)
{
    const json_t *a = *(json_t *const *)left, *b = *(json_t *const *)right;
    return (int)(json_integer_value(a) - json_integer_value(b));
}

static void sorts_into_another_array(void **state UNUSED)
{
    json_auto_t *list = json_pack("[i, i, i]", 3, 1, 2);
    json_auto_t *wanted = json_pack("[i, i, i]", 1, 2, 3);
    json_auto_t *sorted = fetched_sort(list, compare);
    json_auto_t *none = fetched_sort(NULL, compare);
    assert_true(json_equal(sorted, wanted));
    assert_int_equal(json_integer_value(json_array_get(list, 0)), 3);
    assert_int_equal(json_array_size(none), 0);
}

static void asks_for_a_time_only_where_there_is_one(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf path = {0};
    strbuf_puts(&path, "/v1/messages");
    fetch_add_time(&path, "since", 0);
    assert_string_equal(strbuf_text(&path), "/v1/messages");
    fetch_add_time(&path, "until", 1795340888000);
    assert_string_equal(strbuf_text(&path),
                        "/v1/messages?until=2026-11-22T09%3A48%3A08.000Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_object),
        cmocka_unit_test(says_the_servers_words),
        cmocka_unit_test(says_that_we_may_not),
        cmocka_unit_test(says_where_a_token_comes_from),
        cmocka_unit_test(says_that_it_is_asked_too_often),
        cmocka_unit_test(knows_a_stranger),
        cmocka_unit_test(asks_whether_a_silent_server_speaks_tls),
        cmocka_unit_test(reads_the_facts_of_a_list_without_their_rows),
        cmocka_unit_test(takes_the_place_of_a_door_alone),
        cmocka_unit_test(sorts_into_another_array),
        cmocka_unit_test(asks_for_a_time_only_where_there_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

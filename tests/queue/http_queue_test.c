// SPDX-License-Identifier: GPL-3.0-or-later
/* http_queue - against a server of prepared answers. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "canned.h"
#include "queue/queue.h"

#define MESSAGES_MAX 501

static struct sending items[MESSAGES_MAX];

static int clear_items(void **state UNUSED)
{
    for (int i = 0; i < MESSAGES_MAX; i++)
        sending_clear(&items[i]);
    return 0;
}

static void fill_items(size_t count)
{
    static const char *const texts[] = {"{\"tag\":\"one\"}", "{\"tag\":\"two\"}",
                                        "{\"tag\":\"three\"}"};
    for (size_t i = 0; i < count; i++)
        items[i] = (struct sending){.json = texts[i % 3], .size = strlen(texts[i % 3])};
}

static struct queue *open_queue(int port)
{
    struct config config = {.host = (char *)"127.0.0.1",
                            .port = port,
                            .token = (char *)"",
                            .ca = (char *)"",
                            .pin = (char *)""};
    struct queue_place place = {0};
    struct queue_options options = {.place = &place, .config = &config};
    struct queue *queue = NULL;
    struct error err;
    if (queue_open(&options, &queue, &err) < 0)
        fail_msg("%s", err.text);
    queue_set_deadline(queue, clock_monotonic() + 20000000);
    return queue;
}

/* "STATUS WORDS|BODY" each. Sends so many; what the server heard, to be freed. */
static char *send_items(size_t sent, const char *const *lines, size_t count,
                        int *ret_rc, struct error *err)
{
    char *answers[8] = {0};
    for (size_t i = 0; i < count; i++) {
        const char *bar = strchr(lines[i], '|');
        AUTO(str) char *status = memory_copy(lines[i], (size_t)(bar - lines[i]));
        answers[i] = canned_answer(status, bar + 1);
    }
    struct canned server = canned_start((const char *const *)answers, count);
    AUTO(queue) struct queue *queue = open_queue(server.port);
    fill_items(sent);
    *ret_rc = queue_send(queue, items, sent, err);
    for (size_t i = 0; i < count; i++)
        free(answers[i]);
    return canned_stop(&server);
}

#define ANSWERS(...) ((const char *const[]){__VA_ARGS__})

static size_t count_verdicts(enum sending_verdict verdict, size_t sent)
{
    size_t count = 0;
    for (size_t i = 0; i < sent; i++)
        count += items[i].verdict == verdict;
    return count;
}

static void sends_a_line_a_message(void **state UNUSED)
{
    int rc;
    AUTO(str)
    char *heard = send_items(3, ANSWERS("202 Accepted|{\"taken\":3}"), 1, &rc, NULL);
    assert_int_equal(rc, 0);
    assert_int_equal(count_verdicts(SENDING_TAKEN, 3), 3);
    assert_non_null(strstr(heard, "POST /v1/messages "));
    assert_non_null(strstr(
        heard, "\r\n\r\n{\"tag\":\"one\"}\n{\"tag\":\"two\"}\n{\"tag\":\"three\"}\n"));
}

static void the_one_that_is_wrong_is_refused_and_the_rest_taken(void **state UNUSED)
{
    int rc;
    AUTO(str)
    char *heard = send_items(3,
                             ANSWERS("400 Bad Request|{\"error\":\"message 1: field "
                                     "\\\"tag\\\" is bad\",\"index\":1}",
                                     "202 Accepted|{\"taken\":2}"),
                             2, &rc, NULL);
    assert_int_equal(rc, 0);
    assert_int_equal(items[0].verdict, SENDING_TAKEN);
    assert_int_equal(items[1].verdict, SENDING_REFUSED);
    assert_int_equal(items[2].verdict, SENDING_TAKEN);
    assert_string_equal(items[1].why, "message 1: field \"tag\" is bad");
    assert_non_null(strstr(heard, "\r\n\r\n{\"tag\":\"one\"}\n{\"tag\":\"three\"}\n"));
}

static void one_for_a_host_that_is_not_ours_is_refused(void **state UNUSED)
{
    int rc;
    AUTO(str)
    char *heard UNUSED = send_items(
        2,
        ANSWERS("403 Forbidden|{\"error\":\"this token speaks for a\",\"index\":0}",
                "202 Accepted|{\"taken\":1}"),
        2, &rc, NULL);
    assert_int_equal(rc, 0);
    assert_int_equal(items[0].verdict, SENDING_REFUSED);
    assert_string_equal(items[0].why, "this token speaks for a");
    assert_int_equal(items[1].verdict, SENDING_TAKEN);
}

static void halves_what_is_too_much(void **state UNUSED)
{
    int rc;
    AUTO(str)
    char *heard =
        send_items(3,
                   ANSWERS("413 Content Too Large|", "202 Accepted|{\"taken\":1}",
                           "202 Accepted|{\"taken\":2}"),
                   3, &rc, NULL);
    assert_int_equal(rc, 0);
    assert_int_equal(count_verdicts(SENDING_TAKEN, 3), 3);
    assert_int_equal(canned_count(heard, "CONNECT\n"), 1);
}

static void one_that_is_too_much_alone_is_refused(void **state UNUSED)
{
    int rc;
    AUTO(str)
    char *heard UNUSED = send_items(1, ANSWERS("413 Content Too Large|"), 1, &rc, NULL);
    assert_int_equal(rc, 0);
    assert_int_equal(items[0].verdict, SENDING_REFUSED);
    assert_string_equal(items[0].why, "too large");
}

static void who_is_not_known_keeps_his_messages(void **state UNUSED)
{
    static const char *const answers[] = {
        "401 Unauthorized|{\"error\":\"this token is not known\"}",
        "403 Forbidden|{\"error\":\"this token is not known\"}",
        "401 Unauthorized|{\"error\":\"this token is not known\",\"index\":0}",
    };
    static const char *const words[] = {
        ": it asks for a token; see sheepdog help join",
        ": this token may not do that",
        ": it asks for a token; see sheepdog help join",
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        int rc;
        struct error err;
        AUTO(str) char *heard UNUSED = send_items(3, &answers[i], 1, &rc, &err);
        assert_int_equal(rc, -EACCES);
        assert_int_equal(count_verdicts(SENDING_LEFT, 3), 3);
        assert_non_null(strstr(err.text, words[i]));
    }
}

static void a_server_that_is_busy_gets_them_later(void **state UNUSED)
{
    int rc;
    struct error err;
    AUTO(str)
    char *heard UNUSED = send_items(
        3, ANSWERS("503 Service Unavailable|{\"error\":\"the queue is full\"}"), 1, &rc,
        &err);
    assert_int_equal(rc, -EAGAIN);
    assert_int_equal(count_verdicts(SENDING_LEFT, 3), 3);
    assert_non_null(strstr(err.text, ": answers 503: the queue is full"));
}

static void waits_as_it_is_asked_to(void **state UNUSED)
{
    int rc;
    int64_t start = clock_monotonic();
    AUTO(str)
    char *heard UNUSED = send_items(
        3,
        ANSWERS("429 Too Many Requests\r\nRetry-After: 1|{\"error\":\"slower\"}",
                "202 Accepted|{\"taken\":3}"),
        2, &rc, NULL);
    assert_int_equal(rc, 0);
    assert_int_equal(count_verdicts(SENDING_TAKEN, 3), 3);
    assert_true(clock_monotonic() - start >= 1000000);
}

static void waits_no_longer_than_its_time_allows(void **state UNUSED)
{
    int rc;
    struct error err;
    AUTO(str)
    char *heard UNUSED = send_items(
        3, ANSWERS("429 Too Many Requests\r\nRetry-After: 60|{\"error\":\"slower\"}"),
        1, &rc, &err);
    assert_int_equal(rc, -EAGAIN);
    assert_int_equal(count_verdicts(SENDING_LEFT, 3), 3);
    assert_non_null(strstr(err.text, "answers 429: slower; it asks to wait 60 s"));
}

static void leaves_all_when_something_else_answers(void **state UNUSED)
{
    static const char *const others[] = {
        "200 OK|<html>It works!</html>",      "400 Bad Request|<html>",
        "404 Not Found|{\"error\":\"none\"}", "202 Accepted|{}",
        "202 Accepted|{\"taken\":2}",         "302 Found|",
        "403 Forbidden|{\"index\":0}",        "429 Too Many Requests|",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        int rc;
        AUTO(str) char *heard UNUSED = send_items(3, &others[i], 1, &rc, NULL);
        assert_true(rc == -EAGAIN || rc == -EACCES);
        assert_int_equal(count_verdicts(SENDING_LEFT, 3), 3);
    }
}

static void leaves_all_when_the_answer_is_cut(void **state UNUSED)
{
    const char *answers[] = {
        "HTTP/1.1 202 Accepted\r\nContent-length: 11\r\n\r\n{\"ta"};
    struct canned server = canned_start(answers, 1);
    AUTO(queue) struct queue *queue = open_queue(server.port);
    fill_items(3);
    int rc = queue_send(queue, items, 3, NULL);
    free(canned_stop(&server));
    assert_int_equal(rc, -ECONNRESET);
    assert_int_equal(count_verdicts(SENDING_LEFT, 3), 3);
}

static void what_was_taken_stays_taken_when_the_rest_is_not(void **state UNUSED)
{
    int rc;
    AUTO(str)
    char *heard = send_items(501, ANSWERS("202 Accepted|{\"taken\":500}", "503 Busy|"),
                             2, &rc, NULL);
    assert_int_equal(rc, -EAGAIN);
    assert_int_equal(canned_count(heard, "POST "), 2);
    assert_int_equal(count_verdicts(SENDING_TAKEN, 501), 500);
    assert_int_equal(items[500].verdict, SENDING_LEFT);
}

static void those_with_a_verdict_are_not_sent_again(void **state UNUSED)
{
    char *answers[] = {canned_answer("202 Accepted", "{\"taken\":1}")};
    struct canned server = canned_start((const char *const *)answers, 1);
    AUTO(queue) struct queue *queue = open_queue(server.port);
    fill_items(3);
    items[0].verdict = SENDING_TAKEN;
    items[1].verdict = SENDING_REFUSED;
    assert_int_equal(queue_send(queue, items, 3, NULL), 0);
    AUTO(str) char *heard = canned_stop(&server);
    free(answers[0]);
    assert_non_null(strstr(heard, "\r\n\r\n{\"tag\":\"three\"}\n"));
}

static void is_named_by_its_place(void **state UNUSED)
{
    AUTO(queue) struct queue *queue = open_queue(7777);
    assert_string_equal(queue_name(queue), "http://127.0.0.1:7777");
}

static void is_not_received_from(void **state UNUSED)
{
    AUTO(queue) struct queue *queue = open_queue(7777);
    AUTO(received) struct received received = {0};
    assert_int_equal(queue_receive(queue, 0, &received, NULL), -EOPNOTSUPP);
}

/* Whether the server's answer to one message makes the queue want facts. */
static bool wants_after(const char *line)
{
    AUTO(str) char *body = text_copy(strchr(line, '|') + 1);
    AUTO(str) char *status = memory_copy(line, strcspn(line, "|"));
    AUTO(str) char *answer = canned_answer(status, body);
    const char *answers[] = {answer};
    struct canned server = canned_start(answers, 1);
    AUTO(queue) struct queue *queue = open_queue(server.port);
    fill_items(1);
    int rc UNUSED = queue_send(queue, items, 1, NULL);
    AUTO(str) char *heard UNUSED = canned_stop(&server);
    bool is_wanted = queue_take_want(queue);
    assert_false(queue_take_want(queue));
    return is_wanted;
}

static void hears_that_the_server_wants_facts(void **state UNUSED)
{
    assert_true(wants_after("202 Accepted|{\"taken\":1,\"wants\":[\"facts\"]}"));
    assert_true(
        wants_after("202 Accepted|{\"taken\":1,\"wants\":[7,\"peace\",\"facts\"]}"));
}

static void a_want_that_is_none_is_passed_over(void **state UNUSED)
{
    assert_false(wants_after("202 Accepted|{\"taken\":1}"));
    assert_false(wants_after("202 Accepted|{\"taken\":1,\"wants\":[]}"));
    assert_false(wants_after("202 Accepted|{\"taken\":1,\"wants\":\"facts\"}"));
    assert_false(wants_after("202 Accepted|{\"taken\":1,\"wants\":[\"peace\"]}"));
    assert_false(wants_after("503 Busy|{\"error\":\"no\",\"wants\":[\"facts\"]}"));
}

#define TEST(name) cmocka_unit_test_teardown(name, clear_items)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sends_a_line_a_message),
        TEST(the_one_that_is_wrong_is_refused_and_the_rest_taken),
        TEST(one_for_a_host_that_is_not_ours_is_refused),
        TEST(halves_what_is_too_much),
        TEST(one_that_is_too_much_alone_is_refused),
        TEST(who_is_not_known_keeps_his_messages),
        TEST(a_server_that_is_busy_gets_them_later),
        TEST(waits_as_it_is_asked_to),
        TEST(waits_no_longer_than_its_time_allows),
        TEST(leaves_all_when_something_else_answers),
        TEST(leaves_all_when_the_answer_is_cut),
        TEST(what_was_taken_stays_taken_when_the_rest_is_not),
        TEST(those_with_a_verdict_are_not_sent_again),
        TEST(hears_that_the_server_wants_facts),
        TEST(a_want_that_is_none_is_passed_over),
        TEST(is_named_by_its_place),
        TEST(is_not_received_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

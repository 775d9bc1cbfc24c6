// SPDX-License-Identifier: GPL-3.0-or-later
/* deliver - a real folder, and a server of prepared answers. */
#include "queue/deliver.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "bark/spool.h"
#include "base/clock.h"
#include "canned.h"

static char folder[64];
static char said[2048];

static int make_folder(void **state UNUSED)
{
    snprintf(folder, sizeof folder, "/tmp/sheepdog-deliver.XXXXXX");
    said[0] = '\0';
    return mkdtemp(folder) ? 0 : -1;
}

static void empty_folder(const char *path)
{
    AUTO(texts) struct texts names = {0};
    assert_int_equal(spool_list(path, &names, NULL), 0);
    for (size_t i = 0; i < names.count; i++)
        assert_int_equal(spool_remove(path, names.items[i], NULL), 0);
}

static int remove_folder(void **state UNUSED)
{
    AUTO(str) char *rejected = text_format("%s/rejected", folder);
    empty_folder(folder);
    empty_folder(rejected);
    rmdir(rejected);
    return rmdir(folder);
}

static void hear(const char *sentence)
{
    size_t used = strlen(said);
    snprintf(said + used, sizeof said - used, "%s\n", sentence);
}

static void put(const char *name, const char *text)
{
    assert_int_equal(files_put(folder, name, text, strlen(text), NULL), 0);
}

static void put_three(void)
{
    put("2.json", "{\"tag\":\"two\"}");
    put("1.json", "{\"tag\":\"one\"}");
    put("3.json", "{\"tag\":\"three\"}");
}

static size_t count_in(const char *path)
{
    AUTO(texts) struct texts names = {0};
    assert_int_equal(spool_list(path, &names, NULL), 0);
    return names.count;
}

static size_t count_rejected(void)
{
    AUTO(str) char *rejected = text_format("%s/rejected", folder);
    return count_in(rejected);
}

/* "STATUS WORDS|BODY" each; what the server heard, to be freed. */
static char *deliver(const char *const *lines, size_t count, int *ret_rc,
                     struct error *err)
{
    char *answers[8] = {0};
    for (size_t i = 0; i < count; i++) {
        const char *bar = strchr(lines[i], '|');
        AUTO(str) char *status = memory_copy(lines[i], (size_t)(bar - lines[i]));
        answers[i] = canned_answer(status, bar + 1);
    }
    struct canned server = canned_start((const char *const *)answers, count);
    AUTO(http) struct http *http = NULL;
    assert_int_equal(
        http_open(&(struct config){.host = (char *)"127.0.0.1", .port = server.port},
                  NULL, &http, err),
        0);
    http_set_deadline(http, clock_monotonic() + 20000000);
    struct delivery delivery = {.http = http, .folder = folder, .say = hear};
    *ret_rc = deliver_spool(&delivery, err);
    for (size_t i = 0; i < count; i++)
        free(answers[i]);
    return canned_stop(&server);
}

static void sends_all_that_waits_oldest_first(void **state UNUSED)
{
    int rc;
    put_three();
    AUTO(str)
    char *heard = deliver((const char *[]){"202 Accepted|{\"taken\":3}"}, 1, &rc, NULL);
    assert_int_equal(rc, 0);
    assert_int_equal(count_in(folder), 0);
    assert_non_null(strstr(
        heard, "\r\n\r\n{\"tag\":\"one\"}\n{\"tag\":\"two\"}\n{\"tag\":\"three\"}\n"));
    assert_string_equal(said, "");
}

static void asks_nothing_when_nothing_waits(void **state UNUSED)
{
    int rc;
    AUTO(str) char *heard = deliver(NULL, 0, &rc, NULL);
    assert_int_equal(rc, 0);
    assert_string_equal(heard, "");
}

static void puts_the_wrong_one_aside_and_sends_the_rest(void **state UNUSED)
{
    int rc;
    put_three();
    const char *answers[] = {"400 Bad Request|{\"error\":\"message 1: field "
                             "\\\"tag\\\" is bad\",\"index\":1}",
                             "202 Accepted|{\"taken\":2}"};
    AUTO(str) char *heard = deliver(answers, 2, &rc, NULL);
    assert_int_equal(rc, 0);
    assert_int_equal(count_in(folder), 0);
    assert_int_equal(count_rejected(), 1);
    assert_non_null(strstr(heard, "\r\n\r\n{\"tag\":\"one\"}\n{\"tag\":\"three\"}\n"));
    assert_non_null(strstr(said, "2.json: message 1: field \"tag\" is bad; "));
}

static void halves_what_is_too_much(void **state UNUSED)
{
    int rc;
    put_three();
    const char *answers[] = {"413 Content Too Large|", "202 Accepted|{\"taken\":1}",
                             "202 Accepted|{\"taken\":2}"};
    AUTO(str) char *heard = deliver(answers, 3, &rc, NULL);
    assert_int_equal(rc, 0);
    assert_int_equal(count_in(folder), 0);
    assert_int_equal(count_rejected(), 0);
    assert_int_equal(canned_count(heard, "CONNECT\n"), 1);
}

static void puts_one_that_is_too_much_alone_aside(void **state UNUSED)
{
    int rc;
    put("1.json", "{\"tag\":\"one\"}");
    AUTO(str)
    char *heard UNUSED =
        deliver((const char *[]){"413 Content Too Large|"}, 1, &rc, NULL);
    assert_int_equal(rc, 0);
    assert_int_equal(count_in(folder), 0);
    assert_int_equal(count_rejected(), 1);
    assert_non_null(strstr(said, "1.json: too large; "));
}

static void leaves_all_when_the_server_is_busy(void **state UNUSED)
{
    int rc;
    struct error err;
    put_three();
    const char *answers[] = {
        "503 Service Unavailable|{\"error\":\"the queue is full\"}"};
    AUTO(str) char *heard UNUSED = deliver(answers, 1, &rc, &err);
    assert_int_equal(rc, -EAGAIN);
    assert_int_equal(count_in(folder), 3);
    assert_non_null(strstr(err.text, ": answers 503: the queue is full"));
}

static void leaves_all_when_something_else_answers(void **state UNUSED)
{
    static const char *const others[] = {
        "200 OK|<html>It works!</html>",      "400 Bad Request|<html>",
        "404 Not Found|{\"error\":\"none\"}", "202 Accepted|{}",
        "202 Accepted|{\"taken\":2}",         "302 Found|",
    };
    put_three();
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        int rc;
        AUTO(str) char *heard UNUSED = deliver(&others[i], 1, &rc, NULL);
        assert_int_equal(rc, -EAGAIN);
        assert_int_equal(count_in(folder), 3);
    }
    assert_int_equal(count_rejected(), 0);
    assert_string_equal(said, "");
}

static void leaves_all_when_the_answer_is_cut(void **state UNUSED)
{
    put_three();
    const char *answers[] = {
        "HTTP/1.1 202 Accepted\r\nContent-length: 11\r\n\r\n{\"ta"};
    struct canned server = canned_start(answers, 1);
    AUTO(http) struct http *http = NULL;
    assert_int_equal(
        http_open(&(struct config){.host = (char *)"127.0.0.1", .port = server.port},
                  NULL, &http, NULL),
        0);
    struct delivery delivery = {.http = http, .folder = folder, .say = hear};
    int rc = deliver_spool(&delivery, NULL);
    free(canned_stop(&server));
    assert_int_equal(rc, -ECONNRESET);
    assert_int_equal(count_in(folder), 3);
}

static void puts_broken_files_aside_before_they_are_sent(void **state UNUSED)
{
    int rc;
    put("1.json", "{\"tag\":\"o");
    put("2.json", "");
    put("3.json", "{\"tag\":\"three\"}");
    put("4.json", "{\"tag\":\"four\"}{\"tag\":\"five\"}");
    put("5.json", "[]");
    AUTO(str)
    char *heard = deliver((const char *[]){"202 Accepted|{\"taken\":1}"}, 1, &rc, NULL);
    assert_int_equal(rc, 0);
    assert_int_equal(count_in(folder), 0);
    assert_int_equal(count_rejected(), 4);
    assert_non_null(strstr(heard, "\r\n\r\n{\"tag\":\"three\"}\n"));
    assert_non_null(strstr(said, "2.json: the file is empty; "));
}

static void ends_when_a_file_cannot_be_put_aside(void **state UNUSED)
{
    int rc;
    put("1.json", "");
    put("rejected", "a file where the folder should be");
    AUTO(str) char *heard UNUSED = deliver(NULL, 0, &rc, NULL);
    AUTO(str) char *in_the_way = text_format("%s/rejected", folder);
    assert_int_equal(unlink(in_the_way), 0);
    assert_int_equal(rc, -EIO);
    assert_int_equal(count_in(folder), 1);
}

static void sends_more_than_a_batch_holds(void **state UNUSED)
{
    int rc;
    for (int i = 0; i < 501; i++) {
        AUTO(str) char *name = text_format("%s/%03d.json", folder, i);
        AUTO(file) FILE *file = fopen(name, "w");
        assert_non_null(file);
        fputs("{\"tag\":\"a\"}", file);
    }
    const char *answers[] = {"202 Accepted|{\"taken\":500}",
                             "202 Accepted|{\"taken\":1}"};
    AUTO(str) char *heard = deliver(answers, 2, &rc, NULL);
    assert_int_equal(rc, 0);
    assert_int_equal(count_in(folder), 0);
    assert_int_equal(canned_count(heard, "POST "), 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        TEST(sends_all_that_waits_oldest_first),
        TEST(asks_nothing_when_nothing_waits),
        TEST(puts_the_wrong_one_aside_and_sends_the_rest),
        TEST(halves_what_is_too_much),
        TEST(puts_one_that_is_too_much_alone_aside),
        TEST(leaves_all_when_the_server_is_busy),
        TEST(leaves_all_when_something_else_answers),
        TEST(leaves_all_when_the_answer_is_cut),
        TEST(puts_broken_files_aside_before_they_are_sent),
        TEST(ends_when_a_file_cannot_be_put_aside),
        TEST(sends_more_than_a_batch_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "queue/queue.h"

#include "canned.h"
#include "redis_fixture.h"

#include <jansson.h>
#include <stdbool.h>

#include "base/files.h"
#include "message/message.h"

#define KEY "sheepdog_run"

static struct config *config;

static int set_up(void **state)
{
    config = config_new();
    return start_shared_server(state);
}

static int tear_down(void **state)
{
    config_free(TAKE(config));
    return end_shared_server(state);
}

static struct queue *open_key(const char *key, const char *position)
{
    struct queue_place place = {
        .form = (char *)"sheepdog-ruby", .url = server.url, .key = (char *)key};
    struct queue_options options = {
        .place = &place, .config = config, .reader = "one", .position = position};
    return queue_at(&options);
}

static struct queue *open_list(void)
{
    return open_key(KEY, NULL);
}

/* An event that says its number, in the same second as all others. */
static char *event(int number)
{
    return text_format("{\"time\":\"2026-11-22 09:48:10 +0000\",\"elapsed\":0,"
                       "\"user\":\"tester\",\"host\":\"vm\",\"command\":\"echo %d\","
                       "\"tag\":\"T%d\",\"stdout\":null,\"stderr\":\"\",\"status\":0,"
                       "\"err\":\"SUCCESS\"}",
                       number, number);
}

static void push(int number)
{
    AUTO(str) char *text = event(number);
    freeReplyObject(redis_server_ask(&server, "LPUSH %s %s", KEY, text));
}

static void push_range(int first, int last)
{
    for (int i = first; i <= last; i++)
        push(i);
}

static long long length(void)
{
    return redis_server_count(&server, "LLEN %s", KEY);
}

static size_t receive(struct queue *queue, struct received *ret)
{
    assert_done(queue_receive(queue, 0, ret, &failure));
    return ret->count;
}

/* The number that the event says. */
static int number_of(const struct received_item *item)
{
    const char *tag = strstr(item->bytes, "\"tag\":\"T");
    assert_non_null(tag);
    return (int)strtol(tag + 8, NULL, 10);
}

static struct message *message_of(const struct received_item *item)
{
    struct message_defaults defaults = {.now = clock_now(), .host = "elsewhere"};
    struct message *message = NULL;
    assert_done(message_parse(item->bytes, item->size, &defaults, &message, &failure));
    return message;
}

/* Exactly those, in their order, and all of them acknowledged. */
static void expect_range(struct queue *queue, int first, int last)
{
    AUTO(received) struct received received = {0};
    for (int next = first; next <= last;) {
        assert_true(receive(queue, &received) > 0);
        for (size_t i = 0; i < received.count; i++, next++)
            assert_int_equal(number_of(&received.items[i]), next);
        assert_done(queue_ack(queue, &received, &failure));
    }
    assert_int_equal(receive(queue, &received), 0);
}

static void load_what_the_real_tool_wrote(struct strbuf *lines)
{
    assert_done(files_read("tests/data/ruby-sheepdog.jsonl", 1 << 20, lines, &failure));
    for (char *line = lines->data, *end; *line; line = end + 1) { /* newest first */
        end = strchr(line, '\n');
        *end = '\0';
        freeReplyObject(redis_server_ask(&server, "RPUSH %s %s", KEY, line));
    }
}

static void all_that_the_real_tool_wrote_is_read_and_right(void **state UNUSED)
{
    static const struct {
        const char *tag, *errors;
        enum message_err err;
        int status;
    } wanted[] = {
        {"FAIL3", "err\n", ERR_FAIL, 3},
        {"OKA", "", ERR_SUCCESS, 0},
        {"OUT", "", ERR_SUCCESS, 0},
        {"SIG9", "", ERR_FAIL, -1},
        {"NF", "Command not found", ERR_FAIL, 1},
        {"NFSH", "sh: 1: nosuchcmd: not found\n", ERR_SUCCESS, 0},
        {"NUL", "a", ERR_FAIL, 1},
        {"echoquotex>&2;false", "q\"uote x\n", ERR_FAIL, 1},
        {"PING", "", ERR_SUCCESS, 0},
        {"LK", "", ERR_SUCCESS, 0},
    };
    AUTO(strbuf) struct strbuf lines = {0};
    AUTO(received) struct received received = {0};
    load_what_the_real_tool_wrote(&lines);
    AUTO(queue) struct queue *from = open_list();
    assert_int_equal(receive(from, &received), 10);
    for (size_t i = 0; i < 10; i++) {
        AUTO(message) struct message *message = message_of(&received.items[i]);
        assert_string_equal(message->tag, wanted[i].tag);
        assert_string_equal(message->errors.kept.data, wanted[i].errors);
        assert_int_equal(message->err, wanted[i].err);
        assert_int_equal(message->status, wanted[i].status);
        assert_string_equal(message->host, "vm");
        assert_string_equal(message->user, "tester");
        assert_string_equal(message->zone, "+0000");
        assert_int_equal(message->elapsed, i == 9 ? 4 : 0);
        assert_int_equal(message_state(message),
                         wanted[i].err == ERR_SUCCESS ? STATE_OK : STATE_FAIL);
    }
    assert_int_equal(length(), 10); /* its own tools go on reading it */
}

static void only_what_is_new_is_given(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_list();
    push_range(1, 3);
    expect_range(from, 1, 3);
    push_range(4, 4);
    expect_range(from, 4, 4);
    assert_int_equal(length(), 4);
}

static void a_long_list_comes_in_batches(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_list();
    AUTO(received) struct received received = {0};
    push_range(1, 1203);
    assert_int_equal(receive(from, &received), RECEIVED_COUNT_MAX);
    assert_done(queue_ack(from, &received, &failure));
    expect_range(from, RECEIVED_COUNT_MAX + 1, 1203);
}

static void what_was_not_acknowledged_is_given_again(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_list();
    AUTO(received) struct received first = {0}, second = {0};
    push_range(1, 2);
    assert_int_equal(receive(from, &first), 2);
    push_range(3, 3);
    assert_int_equal(receive(from, &second), 3);
    assert_string_equal(first.items[0].bytes, second.items[0].bytes);
    assert_string_equal(first.items[0].name, second.items[0].name);
}

static void goes_on_after_a_restart(void **state UNUSED)
{
    AUTO(queue) struct queue *before = open_list();
    AUTO(received) struct received received = {0};
    push_range(1, 70);
    assert_int_equal(receive(before, &received), 70);
    queue_close(TAKE(before));
    push_range(71, 72);
    AUTO(queue) struct queue *after = open_key(KEY, received.position);
    expect_range(after, 71, 72);
}

static void goes_on_where_the_list_was_trimmed(void **state UNUSED)
{
    static const char *const trims[] = {
        "LTRIM sheepdog_run 0 59", /* in what was read */
        "LTRIM sheepdog_run 0 9",  /* less is left than is remembered of it */
        "LTRIM sheepdog_run 0 5",  /* one is left of it */
    };
    for (int i = 0; i < 3; i++) {
        AUTO(queue) struct queue *from = open_list();
        push_range(1, 100);
        expect_range(from, 1, 100);
        push_range(101, 105);
        tell(trims[i]);
        expect_range(from, 101, 105);
        push_range(106, 106);
        expect_range(from, 106, 106);
        tell("FLUSHALL");
    }
}

static void an_event_like_the_last_one_is_not_taken_for_it(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_list();
    AUTO(received) struct received received = {0};
    push_range(1, 10);
    expect_range(from, 1, 10);
    push_range(11, 12);
    push(10);
    push_range(13, 211); /* so that the other one is the last of 200 */
    tell("LTRIM sheepdog_run 0 -2");
    assert_int_equal(receive(from, &received), 202);
    assert_int_equal(number_of(&received.items[0]), 11);
}

static void goes_on_where_each_event_pushes_one_out(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_list();
    push_range(1, 40);
    expect_range(from, 1, 40);
    for (int i = 41; i < 60; i++) {
        push(i);
        tell("LTRIM sheepdog_run 0 39");
        expect_range(from, i, i);
    }
}

static void
what_is_left_of_the_unread_is_given_when_the_rest_was_trimmed(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_list();
    push_range(1, 10);
    expect_range(from, 1, 10);
    push_range(11, 40);
    tell("LTRIM sheepdog_run 0 19");
    expect_range(from, 21, 40);
}

static void a_list_begun_anew_is_new(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_list();
    AUTO(received) struct received received = {0};
    push_range(1, 10);
    expect_range(from, 1, 10);
    tell("DEL sheepdog_run");
    assert_int_equal(receive(from, &received), 0);
    push_range(101, 103);
    expect_range(from, 101, 103);
    tell("DEL sheepdog_run");
    push_range(201, 220); /* longer than before */
    expect_range(from, 201, 220);
}

static void a_list_that_was_put_back_is_recognised(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_list();
    push_range(1, 10);
    expect_range(from, 1, 10);
    tell("DEL sheepdog_run");
    push_range(0, 12); /* and one was found that came before the others */
    expect_range(from, 11, 12);
}

static void a_repeat_has_the_same_id(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_list(), *anew = open_list();
    AUTO(received) struct received first = {0}, second = {0};
    push_range(1, 3);
    push_range(1, 3);
    assert_int_equal(receive(from, &first), 6);
    assert_done(queue_ack(from, &first, &failure));
    tell("LREM sheepdog_run 1 nothing");
    push(4);
    assert_int_equal(receive(anew, &second), 7);
    for (int i = 0; i < 6; i++)
        assert_string_equal(first.items[i].bytes, second.items[i].bytes);
}

static void the_same_text_twice_is_two_events(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_list();
    AUTO(received) struct received received = {0};
    for (int i = 0; i < 3; i++)
        push(7);
    assert_int_equal(receive(from, &received), 3);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < i; j++) {
            AUTO(message) struct message *one = message_of(&received.items[i]);
            AUTO(message) struct message *other = message_of(&received.items[j]);
            assert_string_not_equal(one->id, other->id);
            assert_string_not_equal(received.items[i].name, received.items[j].name);
        }
    AUTO(message) struct message *last = message_of(&received.items[2]);
    assert_done(queue_ack(from, &received, &failure));
    AUTO(queue) struct queue *after = open_key(KEY, received.position);
    push(7);
    assert_int_equal(receive(after, &received), 1);
    AUTO(message) struct message *next = message_of(&received.items[0]);
    assert_string_not_equal(last->id, next->id);
}

static void what_is_no_event_goes_on_as_it_is(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_list();
    AUTO(received) struct received received = {0};
    push(1);
    tell("LPUSH sheepdog_run garbage");
    push(2);
    assert_int_equal(receive(from, &received), 3);
    assert_string_equal(received.items[1].bytes, "garbage");
    assert_int_equal(number_of(&received.items[2]), 2);
}

static void the_set_of_old_versions_is_read_once(void **state UNUSED)
{
    enum { COUNT = 1000 };
    bool has_come[COUNT] = {0};
    AUTO(queue) struct queue *from = open_key("sheepdog:run", NULL);
    AUTO(received) struct received received = {0};
    for (int i = 0; i < COUNT; i++) {
        AUTO(str) char *text = event(i);
        freeReplyObject(redis_server_ask(&server, "SADD sheepdog:run %s", text));
    }
    while (receive(from, &received) > 0) {
        for (size_t i = 0; i < received.count; i++)
            has_come[number_of(&received.items[i])] = true;
        assert_done(queue_ack(from, &received, &failure));
    }
    for (int i = 0; i < COUNT; i++)
        assert_true(has_come[i]);
    AUTO(str) char *text = event(COUNT);
    freeReplyObject(redis_server_ask(&server, "SADD sheepdog:run %s", text));
    assert_int_equal(receive(from, &received), 1);
    assert_int_equal(number_of(&received.items[0]), COUNT);
    assert_int_equal(redis_server_count(&server, "SCARD sheepdog:run"), COUNT + 1);
}

static void answer_as_endless_set(int fd)
{
    static const struct {
        const char *command, *answer;
    } rows[] = {{"TYPE", "+set\r\n"},
                {"SCARD", ":1000000000\r\n"},
                {"SSCAN", "*2\r\n$1\r\n7\r\n*0\r\n"}};
    char heard[1024];
    for (ssize_t size; (size = read(fd, heard, sizeof heard - 1)) > 0;) {
        heard[size] = '\0';
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            if (strstr(heard, rows[i].command) &&
                files_write_all(fd, rows[i].answer, strlen(rows[i].answer)) < 0)
                return;
    }
}

/* To go round it takes longer than any call may. */
static void a_large_set_is_looked_through_bit_by_bit(void **state UNUSED)
{
    int port, listener = canned_bind(&port);
    assert_int_equal(listen(listener, 1), 0);
    pid_t pid = fork();
    if (pid == 0) {
        answer_as_endless_set(accept(listener, NULL, NULL));
        _exit(0);
    }
    close(listener);
    AUTO(str) char *url = text_format("redis://127.0.0.1:%d", port);
    AUTO(received) struct received received = {0};
    struct queue_place place = {
        .form = (char *)"sheepdog-ruby", .url = url, .key = (char *)KEY};
    AUTO(queue)
    struct queue *from =
        queue_at(&(struct queue_options){.place = &place, .config = config});
    queue_set_deadline(from, clock_monotonic() + 4 * SECOND);
    assert_int_equal(receive(from, &received), 0);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void a_member_that_was_not_acknowledged_is_given_again(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_key("sheepdog:run", NULL);
    AUTO(received) struct received first = {0}, second = {0};
    AUTO(str) char *text = event(1);
    freeReplyObject(redis_server_ask(&server, "SADD sheepdog:run %s", text));
    assert_int_equal(receive(from, &first), 1);
    assert_int_equal(receive(from, &second), 1);
    assert_string_equal(first.items[0].bytes, second.items[0].bytes);
    assert_done(queue_ack(from, &second, &failure));
    assert_int_equal(receive(from, &second), 0);
}

static void an_error_says_which_key(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_list();
    AUTO(received) struct received received = {0};
    queue_set_deadline(from, 0);
    assert_int_equal(queue_receive(from, 0, &received, &failure), -ETIMEDOUT);
    AUTO(str) char *words = text_format("%s: no answer in time", queue_name(from));
    assert_string_equal(failure.text, words);
}

static void a_key_that_is_neither_is_an_error(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_list();
    AUTO(received) struct received received = {0};
    tell("SET sheepdog_run x");
    assert_int_equal(queue_receive(from, 0, &received, &failure), -EBADF);
    assert_non_null(strstr(failure.text, "neither a list nor a set"));
}

static void waits_for_what_comes_no_longer_than_it_is_told(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_list();
    AUTO(received) struct received received = {0};
    int64_t start = clock_monotonic();
    assert_done(queue_receive(from, 100, &received, &failure));
    assert_int_equal(received.count, 0);
    assert_in_range(clock_monotonic() - start, SECOND / 20, 5 * SECOND);
}

static void a_stopped_server_holds_nobody_past_the_deadline(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_list();
    AUTO(received) struct received received = {0};
    push(1);
    kill(server.pid, SIGSTOP);
    int64_t start = clock_monotonic();
    queue_set_deadline(from, start + SECOND / 5);
    int rc = queue_receive(from, 1000, &received, &failure);
    int64_t took = clock_monotonic() - start;
    kill(server.pid, SIGCONT);
    assert_int_equal(rc, -ETIMEDOUT);
    assert_true(took < 5 * SECOND);
    queue_set_deadline(from, INT64_MAX);
    expect_range(from, 1, 1);
}

static void our_message_is_pushed_as_an_event(void **state UNUSED)
{
    AUTO(queue) struct queue *to = open_list();
    send_one(to, "{\"v\":1,\"id\":\"0192e4c8-0000-7000-8000-000000000001\","
                 "\"kind\":\"outcome\",\"host\":\"vm\",\"tag\":\"T5\",\"status\":2,"
                 "\"time\":\"2026-11-22T09:48:10.000Z\",\"command\":\"borg\","
                 "\"err\":\"FAIL\",\"elapsed\":1.2}");
    push(6);
    AUTO(redis_reply)
    redisReply *reply = redis_server_ask(&server, "LRANGE %s 1 1", KEY);
    json_t *pushed = json_loads(reply->element[0]->str, 0, NULL);
    assert_true(json_is_integer(json_object_get(pushed, "elapsed")));
    assert_true(json_is_integer(json_object_get(pushed, "status")));
    assert_string_equal(json_string_value(json_object_get(pushed, "err")), "FAIL");
    json_decref(pushed);
    AUTO(queue) struct queue *from = open_list();
    expect_range(from, 5, 6);
}

static void each_item_gets_its_verdict(void **state UNUSED)
{
    AUTO(queue) struct queue *to = open_list();
    struct sending items[] = {sending_of("{\"tag\":\"a\"}"), sending_of("no JSON"),
                              sending_of("{\"tag\":\"a\",\"kind\":\"start\"}"),
                              sending_of("{\"tag\":\"b\"}")};
    assert_done(queue_send(to, items, 4, &failure));
    assert_int_equal(items[0].verdict, SENDING_TAKEN);
    assert_int_equal(items[1].verdict, SENDING_REFUSED);
    assert_non_null(strstr(items[1].why, "no object"));
    assert_int_equal(items[2].verdict, SENDING_TAKEN); /* its tools know no starts */
    assert_int_equal(items[3].verdict, SENDING_TAKEN);
    assert_int_equal(length(), 2);
    for (int i = 0; i < 4; i++)
        sending_clear(&items[i]);
}

static void what_is_not_taken_is_left(void **state UNUSED)
{
    AUTO(queue) struct queue *to = open_list();
    struct sending item = sending_of("{\"tag\":\"a\"}");
    tell("CONFIG SET maxmemory 1");
    int rc = queue_send(to, &item, 1, &failure);
    tell("CONFIG SET maxmemory 0");
    assert_int_equal(rc, -ENOSPC);
    assert_int_equal(item.verdict, SENDING_LEFT);
}

static void is_named_by_its_key_too(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_list();
    AUTO(str) char *name = text_format("sheepdog-ruby %s %s", server.url, KEY);
    assert_string_equal(queue_name(from), name);
}

#define test(claim) cmocka_unit_test_setup(claim, empty_shared_server)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(all_that_the_real_tool_wrote_is_read_and_right),
        test(only_what_is_new_is_given),
        test(a_long_list_comes_in_batches),
        test(what_was_not_acknowledged_is_given_again),
        test(goes_on_after_a_restart),
        test(goes_on_where_the_list_was_trimmed),
        test(an_event_like_the_last_one_is_not_taken_for_it),
        test(goes_on_where_each_event_pushes_one_out),
        test(what_is_left_of_the_unread_is_given_when_the_rest_was_trimmed),
        test(a_list_begun_anew_is_new),
        test(a_list_that_was_put_back_is_recognised),
        test(a_repeat_has_the_same_id),
        test(the_same_text_twice_is_two_events),
        test(what_is_no_event_goes_on_as_it_is),
        test(the_set_of_old_versions_is_read_once),
        test(a_large_set_is_looked_through_bit_by_bit),
        test(a_member_that_was_not_acknowledged_is_given_again),
        test(an_error_says_which_key),
        test(a_key_that_is_neither_is_an_error),
        test(waits_for_what_comes_no_longer_than_it_is_told),
        test(a_stopped_server_holds_nobody_past_the_deadline),
        test(our_message_is_pushed_as_an_event),
        test(each_item_gets_its_verdict),
        test(what_is_not_taken_is_left),
        test(is_named_by_its_key_too),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

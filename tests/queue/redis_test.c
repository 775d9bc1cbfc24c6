// SPDX-License-Identifier: GPL-3.0-or-later
#include "queue/queue.h"

#include "redis_fixture.h"

#include "message/message.h"

#define STREAM "sheepdog:messages"

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

static struct queue *open_at(const char *url, const char *reader)
{
    struct queue_place place = {.url = (char *)url};
    struct queue_options options = {
        .place = &place, .config = config, .reader = reader};
    return queue_at(&options);
}

static struct queue *sender(void)
{
    return open_at(server.url, NULL);
}

static struct queue *reader(const char *name)
{
    return open_at(server.url, name);
}

/* A reader that takes over what others left after so many ms. */
static struct queue *claimer(const char *name, int64_t claim_after)
{
    int64_t before = config->claim_after;
    config->claim_after = claim_after;
    struct queue *queue = reader(name);
    config->claim_after = before;
    return queue;
}

/* What is there now; *ret is to be cleared. */
static size_t receive(struct queue *queue, struct received *ret)
{
    assert_done(queue_receive(queue, 0, ret, &failure));
    return ret->count;
}

/* Until something comes, for ten seconds at most. */
static size_t await_some(struct queue *queue, struct received *ret)
{
    int64_t end = clock_monotonic() + 10 * SECOND;
    do {
        assert_done(queue_receive(queue, 20, ret, &failure));
    } while (ret->count == 0 && clock_monotonic() < end);
    return ret->count;
}

static size_t consumers(void)
{
    AUTO(redis_reply)
    redisReply *reply =
        redis_server_ask(&server, "XINFO CONSUMERS %s handlers", STREAM);
    return reply->elements;
}

static long long waiting(void)
{
    return redis_server_count(&server, "XLEN %s", STREAM);
}

static void gives_what_was_sent_in_its_order(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received received = {0};
    struct sending items[] = {sending_of("{\"tag\":\"a\"}"),
                              sending_of("{\"tag\":\"b\"}"),
                              sending_of("{\"tag\":\n\"\xF0\x9F\x90\x91\"}")};
    assert_done(queue_send(from, items, 3, &failure));
    assert_int_equal(receive(to, &received), 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(items[i].verdict, SENDING_TAKEN);
        assert_string_equal(received.items[i].bytes, items[i].json);
        assert_int_equal(received.items[i].size, items[i].size);
        assert_in_range(received.items[i].time, clock_now() - 60000,
                        clock_now() + 1000);
        assert_non_null(received.items[i].name);
    }
    assert_string_not_equal(received.items[0].name, received.items[1].name);
    assert_null(received.position);
}

static void sends_only_what_is_left(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender();
    struct sending items[] = {sending_of("{}"), sending_of("{}"), sending_of("{}")};
    items[0].verdict = SENDING_TAKEN;
    items[1].verdict = SENDING_REFUSED;
    assert_done(queue_send(from, items, 3, &failure));
    assert_int_equal(waiting(), 1);
    assert_int_equal(items[1].verdict, SENDING_REFUSED);
}

static void any_bytes_survive(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received received = {0};
    struct sending item = {.json = "a\0b\r\n\xFF", .size = 6};
    assert_done(queue_send(from, &item, 1, &failure));
    assert_int_equal(receive(to, &received), 1);
    assert_int_equal(received.items[0].size, 6);
    assert_memory_equal(received.items[0].bytes, item.json, 6);
}

static void a_bark_from_the_shell_is_received(void **state UNUSED)
{
    freeReplyObject(redis_server_ask(
        &server, "XADD %s 1700000000123-4 message {\"tag\":\"x\",\"status\":1}",
        STREAM));
    AUTO(queue) struct queue *to = reader("one");
    AUTO(received) struct received received = {0};
    assert_int_equal(receive(to, &received), 1);
    assert_string_equal(received.items[0].bytes, "{\"tag\":\"x\",\"status\":1}");
    assert_string_equal(received.items[0].name, "1700000000123-4");
    assert_int_equal(received.items[0].time, INT64_C(1700000000123));
}

static void what_was_acknowledged_is_gone(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received received = {0};
    send_one(from, "{}");
    assert_int_equal(receive(to, &received), 1);
    assert_int_equal(waiting(), 1);
    assert_done(queue_ack(to, &received, &failure));
    assert_int_equal(waiting(), 0);
    assert_int_equal(receive(to, &received), 0);
}

static void what_was_not_acknowledged_is_given_again(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received first = {0}, second = {0};
    send_one(from, "{\"tag\":\"a\"}");
    assert_int_equal(receive(to, &first), 1);
    send_one(from, "{\"tag\":\"b\"}");
    assert_int_equal(receive(to, &second), 1);
    assert_string_equal(first.items[0].name, second.items[0].name);
    assert_done(queue_ack(to, &second, &failure));
    assert_int_equal(receive(to, &second), 1);
    assert_string_equal(second.items[0].bytes, "{\"tag\":\"b\"}");
}

static void a_reader_that_starts_again_gets_its_own_at_once(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *before = reader("one");
    AUTO(received) struct received first = {0}, second = {0};
    send_one(from, "{}");
    assert_int_equal(receive(before, &first), 1);
    queue_close(TAKE(before));
    AUTO(queue) struct queue *after = reader("one");
    assert_int_equal(receive(after, &second), 1);
    assert_string_equal(first.items[0].name, second.items[0].name);
    assert_done(queue_ack(after, &second, &failure));
    assert_int_equal(receive(after, &second), 0);
}

static void a_dead_readers_entries_are_taken_over(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *dead = reader("dead");
    AUTO(received) struct received lost = {0}, found = {0};
    send_one(from, "{}");
    assert_int_equal(receive(dead, &lost), 1);
    AUTO(queue) struct queue *to = claimer("one", 100);
    assert_int_equal(await_some(to, &found), 1);
    assert_string_equal(found.items[0].name, lost.items[0].name);
    assert_done(queue_ack(to, &found, &failure));
    assert_int_equal(waiting(), 0);
}

static void a_live_readers_entries_are_left_to_it(void **state UNUSED)
{
    AUTO(queue)
    struct queue *from = sender(), *one = reader("one"), *two = reader("two");
    AUTO(received) struct received first = {0}, second = {0};
    send_one(from, "{}");
    assert_int_equal(receive(one, &first), 1);
    assert_int_equal(receive(two, &second), 0);
}

static void two_readers_share_the_work(void **state UNUSED)
{
    enum { COUNT = 700 };
    AUTO(queue)
    struct queue *from = sender(), *one = reader("one"), *two = reader("two");
    AUTO(received) struct received first = {0}, second = {0};
    struct sending items[COUNT];
    for (int i = 0; i < COUNT; i++)
        items[i] = sending_of("{}");
    assert_done(queue_send(from, items, COUNT, &failure));
    assert_int_equal(waiting(), COUNT);
    assert_int_equal(receive(one, &first), RECEIVED_COUNT_MAX);
    assert_int_equal(receive(two, &second), COUNT - RECEIVED_COUNT_MAX);
    assert_done(queue_ack(one, &first, &failure));
    assert_done(queue_ack(two, &second, &failure));
    assert_int_equal(waiting(), 0);
}

static void a_batch_of_large_ones_is_short(void **state UNUSED)
{
    enum { COUNT = 120, SIZE = 200 << 10 };
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received received = {0};
    AUTO(str) char *large = memory_new(SIZE);
    memset(large, ' ', SIZE);
    struct sending items[COUNT];
    for (int i = 0; i < COUNT; i++)
        items[i] = (struct sending){.json = large, .size = SIZE};
    assert_done(queue_send(from, items, COUNT, &failure));
    for (int left = COUNT; left > 0; left -= (int)received.count) {
        assert_in_range(receive(to, &received), 1, 50);
        assert_done(queue_ack(to, &received, &failure));
    }
    assert_int_equal(waiting(), 0);
}

static void what_is_too_long_is_cut_where_that_shows(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received received = {0};
    size_t size = 3 * MESSAGE_SIZE_MAX;
    AUTO(str) char *large = memory_new(size);
    memset(large, 'x', size);
    struct sending items[] = {{.json = large, .size = size}, sending_of("{}")};
    assert_done(queue_send(from, items, 2, &failure));
    assert_int_equal(receive(to, &received), 2);
    assert_int_equal(received.items[0].size, MESSAGE_SIZE_MAX + 1);
    assert_string_equal(received.items[1].bytes, "{}");
}

static void an_entry_that_is_no_message_blocks_nothing(void **state UNUSED)
{
    freeReplyObject(redis_server_ask(&server, "XADD %s * msg {} n 1", STREAM));
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received received = {0};
    send_one(from, "{\"tag\":\"a\"}");
    assert_int_equal(receive(to, &received), 2);
    assert_string_equal(received.items[0].bytes, "msg {}\nn 1\n");
    assert_string_equal(received.items[1].bytes, "{\"tag\":\"a\"}");
    assert_done(queue_ack(to, &received, &failure));
    assert_int_equal(waiting(), 0);
}

static void an_entry_deleted_meanwhile_is_passed_over(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received received = {0};
    send_one(from, "{\"tag\":\"a\"}");
    assert_int_equal(receive(to, &received), 1);
    tell("XTRIM sheepdog:messages MAXLEN 0");
    send_one(from, "{\"tag\":\"b\"}");
    assert_int_equal(receive(to, &received), 1);
    assert_string_equal(received.items[0].bytes, "{\"tag\":\"b\"}");
    assert_done(queue_ack(to, &received, &failure));
    AUTO(redis_reply)
    redisReply *pending = redis_server_ask(&server, "XPENDING %s handlers", STREAM);
    assert_int_equal(pending->element[0]->integer, 0);
}

static void goes_on_when_the_stream_was_deleted(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received received = {0};
    assert_int_equal(receive(to, &received), 0);
    tell("DEL sheepdog:messages");
    send_one(from, "{}");
    assert_int_equal(await_some(to, &received), 1);
}

static void waits_no_longer_than_it_is_told(void **state UNUSED)
{
    AUTO(queue) struct queue *to = reader("one");
    AUTO(received) struct received received = {0};
    int64_t start = clock_monotonic();
    assert_done(queue_receive(to, 100, &received, &failure));
    assert_int_equal(received.count, 0);
    assert_in_range(clock_monotonic() - start, SECOND / 20, 5 * SECOND);
}

static void a_reader_that_closes_leaves_no_name(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received received = {0};
    send_one(from, "{}");
    assert_int_equal(receive(to, &received), 1);
    assert_done(queue_ack(to, &received, &failure));
    assert_int_equal(consumers(), 1);
    queue_close(TAKE(to));
    assert_int_equal(consumers(), 0);
}

static void
readers_that_are_gone_are_removed_unless_something_is_theirs(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *holder = reader("holder");
    AUTO(queue) struct queue *to = claimer("one", 20);
    AUTO(received) struct received held = {0}, received = {0};
    send_one(from, "{}");
    assert_int_equal(receive(holder, &held), 1);
    tell("XGROUP CREATECONSUMER sheepdog:messages handlers gone");
    assert_int_equal(await_some(to, &received), 1); /* claimed from the holder */
    assert_int_equal(consumers(), 3);
    assert_done(queue_ack(to, &received, &failure));
    for (int i = 0; i < 200 && consumers() > 1; i++)
        assert_done(queue_receive(to, 20, &received, &failure));
    assert_int_equal(consumers(), 1);
}

static void the_password_alone_opens(void **state UNUSED)
{
    tell("CONFIG SET requirepass s3cret");
    AUTO(str) char *url = text_format("redis://:s3cret@127.0.0.1:%d", server.port);
    AUTO(queue) struct queue *from = open_at(url, NULL);
    AUTO(queue) struct queue *nobody = sender();
    struct sending item = sending_of("{}"), other = sending_of("{}");
    int rc = queue_send(from, &item, 1, &failure);
    int rc_nobody = queue_send(nobody, &other, 1, &failure);
    redisContext *context = redisConnect("127.0.0.1", server.port);
    freeReplyObject(redisCommand(context, "AUTH s3cret"));
    freeReplyObject(redisCommand(context, "CONFIG SET requirepass %s", ""));
    redisFree(context);
    assert_int_equal(rc, 0);
    assert_int_equal(rc_nobody, -EACCES);
    assert_int_equal(other.verdict, SENDING_LEFT);
    assert_non_null(strstr(failure.text, "NOAUTH"));
    assert_true(failure.text[strlen(failure.text) - 1] != '.'); /* it goes on */
}

static void a_user_may_be_allowed_to_send_alone(void **state UNUSED)
{
    tell("ACL SETUSER barker on >w0of ~sheepdog:messages +xadd");
    AUTO(str) char *url = text_format("redis://barker:w0of@127.0.0.1:%d", server.port);
    AUTO(queue) struct queue *from = open_at(url, NULL), *to = open_at(url, "one");
    AUTO(received) struct received received = {0};
    send_one(from, "{}");
    assert_int_equal(queue_receive(to, 0, &received, &failure), -EACCES);
    assert_non_null(strstr(failure.text, "NOPERM"));
    tell("ACL DELUSER barker");
}

static void a_reader_needs_no_more_than_its_stream(void **state UNUSED)
{
    tell("ACL SETUSER handler on >w0of ~sheepdog:messages +@stream +multi +exec");
    AUTO(str) char *url = text_format("redis://handler:w0of@127.0.0.1:%d", server.port);
    AUTO(queue) struct queue *from = sender(), *to = open_at(url, "one");
    AUTO(received) struct received received = {0};
    send_one(from, "{}");
    assert_int_equal(receive(to, &received), 1);
    assert_done(queue_ack(to, &received, &failure));
    assert_int_equal(waiting(), 0);
    queue_close(TAKE(to));
    tell("ACL DELUSER handler");
}

static void a_wrong_password_is_refused_and_not_shown(void **state UNUSED)
{
    for (int i = 0; i < 2; i++) {
        AUTO(str)
        char *url = text_format("redis://%s:hunter2@127.0.0.1:%d", i ? "nobody" : "",
                                server.port);
        AUTO(queue) struct queue *from = open_at(url, NULL);
        struct sending item = sending_of("{}");
        assert_int_equal(queue_send(from, &item, 1, &failure), -EACCES);
        assert_non_null(strstr(failure.text, server.url));
        assert_null(strstr(failure.text, "hunter2"));
        assert_null(strstr(queue_name(from), "hunter2"));
    }
}

static void the_path_is_the_number_of_the_database(void **state UNUSED)
{
    AUTO(str) char *url = text_format("%s/3", server.url);
    AUTO(queue) struct queue *from = open_at(url, NULL);
    send_one(from, "{}");
    assert_string_equal(queue_name(from), url);
    assert_int_equal(waiting(), 0);
    redisContext *context = redisConnect("127.0.0.1", server.port);
    freeReplyObject(redisCommand(context, "SELECT 3"));
    redisReply *reply = redisCommand(context, "XLEN %s", STREAM);
    assert_int_equal(reply->integer, 1);
    freeReplyObject(reply);
    redisFree(context);
}

static void a_place_that_is_none_is_said_at_once(void **state UNUSED)
{
    static const struct {
        const char *url, *words;
    } cases[] = {{"redis://localhost/first", "number of a database"},
                 {"redis://localhost/1/2", "number of a database"},
                 {"redis://", "no URL"},
#ifndef HAS_REDIS_TLS
                 {"rediss://localhost", "no TLS"}
#endif
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct queue_place place = {.url = (char *)cases[i].url};
        struct queue_options options = {.place = &place, .config = config};
        struct queue *queue = NULL;
        assert_int_equal(queue_open(&options, &queue, &failure), -EINVAL);
        assert_non_null(strstr(failure.text, cases[i].words));
        assert_null(queue);
    }
}

static void a_full_server_is_an_error_that_passes(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender();
    struct sending item = sending_of("{}");
    tell("CONFIG SET maxmemory 1");
    int rc = queue_send(from, &item, 1, &failure);
    tell("CONFIG SET maxmemory 0");
    assert_int_equal(rc, -ENOSPC);
    assert_int_equal(item.verdict, SENDING_LEFT);
    assert_non_null(strstr(failure.text, "OOM"));
    assert_done(queue_send(from, &item, 1, &failure));
    assert_int_equal(item.verdict, SENDING_TAKEN);
}

static void a_key_of_another_type_is_an_error(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received received = {0};
    struct sending item = sending_of("{}");
    tell("SET sheepdog:messages x");
    assert_true(queue_send(from, &item, 1, &failure) < 0);
    assert_int_equal(item.verdict, SENDING_LEFT);
    assert_non_null(strstr(failure.text, "WRONGTYPE"));
    assert_true(queue_receive(to, 0, &received, &failure) < 0);
}

static void a_replica_takes_nothing_and_loses_nothing(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received received = {0};
    struct sending item = sending_of("{}");
    send_one(from, "{\"tag\":\"a\"}");
    assert_int_equal(receive(to, &received), 1);
    tell("REPLICAOF 127.0.0.1 1");
    int sent = queue_send(from, &item, 1, &failure);
    int acknowledged = queue_ack(to, &received, &failure);
    tell("REPLICAOF NO ONE");
    assert_int_equal(sent, -EROFS);
    assert_true(acknowledged < 0);
    assert_int_equal(receive(to, &received), 1);
    assert_string_equal(received.items[0].bytes, "{\"tag\":\"a\"}");
}

/* Whether stderr, while the call runs, says the word so often. */
static int warnings(struct queue *queue, const char *word)
{
    AUTO(received) struct received received = {0};
    FILE *log = tmpfile();
    int before = dup(STDERR_FILENO), count = 0;
    char line[512];
    fflush(stderr);
    dup2(fileno(log), STDERR_FILENO);
    for (int i = 0; i < 3; i++) {
        assert_done(queue_receive(queue, 0, &received, &failure));
        tell("CLIENT KILL TYPE normal SKIPME yes");
        assert_int_equal(queue_receive(queue, 0, &received, NULL), -ECONNRESET);
    }
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(log);
    while (fgets(line, sizeof line, log))
        count += strstr(line, word) != NULL;
    fclose(log);
    return count;
}

static void a_server_that_keeps_nothing_on_disk_is_named_once(void **state UNUSED)
{
    AUTO(queue) struct queue *safe = reader("one"), *unsafe = reader("two");
    assert_int_equal(warnings(safe, "appendonly"), 0);
    tell("CONFIG SET appendonly no");
    int count = warnings(unsafe, "appendonly");
    tell("CONFIG SET appendonly yes");
    assert_int_equal(count, 1);
}

static void a_killed_server_loses_nothing_that_was_taken(void **state UNUSED)
{
    static const char *const options[] = {"--appendfsync", "always", NULL};
    struct redis_server mortal;
    redis_server_init(&mortal, options);
    AUTO(queue)
    struct queue *from = open_at(mortal.url, NULL), *to = open_at(mortal.url, "one");
    AUTO(received) struct received received = {0};
    struct sending item = sending_of("{\"tag\":\"b\"}");
    send_one(from, "{\"tag\":\"a\"}");
    assert_int_equal(receive(to, &received), 1);
    redis_server_end(&mortal, SIGKILL);
    int broken = queue_send(from, &item, 1, &failure);
    int refused = queue_send(from, &item, 1, &failure);
    int unacknowledged = queue_ack(to, &received, &failure);
    redis_server_start(&mortal, options);
    assert_done(queue_send(from, &item, 1, &failure));
    assert_int_equal(receive(to, &received), 1);
    assert_string_equal(received.items[0].bytes, "{\"tag\":\"a\"}");
    assert_done(queue_ack(to, &received, &failure));
    assert_int_equal(receive(to, &received), 1);
    assert_string_equal(received.items[0].bytes, item.json);
    redis_server_clear(&mortal);
    assert_int_equal(broken, -ECONNRESET);
    assert_int_equal(refused, -ECONNREFUSED);
    assert_true(unacknowledged < 0);
}

static void a_stopped_server_holds_nobody_past_the_deadline(void **state UNUSED)
{
    AUTO(queue) struct queue *old = sender(), *fresh = sender(), *to = reader("one");
    AUTO(received) struct received received = {0};
    struct sending item = sending_of("{}");
    send_one(old, "{}");
    assert_int_equal(receive(to, &received), 1);
    kill(server.pid, SIGSTOP);
    int64_t start = clock_monotonic();
    struct queue *queues[] = {old, fresh, to};
    int rcs[3];
    for (int i = 0; i < 3; i++) {
        queue_set_deadline(queues[i], clock_monotonic() + SECOND / 5);
        rcs[i] = i < 2 ? queue_send(queues[i], &item, 1, &failure)
                       : queue_ack(to, &received, &failure);
    }
    int64_t took = clock_monotonic() - start;
    kill(server.pid, SIGCONT);
    for (int i = 0; i < 3; i++)
        assert_int_equal(rcs[i], -ETIMEDOUT);
    assert_int_equal(item.verdict, SENDING_LEFT);
    assert_in_range(took, SECOND / 2, 5 * SECOND);
    queue_set_deadline(to, INT64_MAX);
    assert_true(receive(to, &received) >= 1);
}

/* A server that says so much to whatever comes, and the last byte of it again every
 * 10 ms if it drips; else it closes when it has heard so many XADD. */
static pid_t play_server(const char *answer, int adds, int *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 1), 0);
    getsockname(listener, (struct sockaddr *)&address, &size);
    *ret_port = ntohs(address.sin_port);
    pid_t pid = fork();
    if (pid > 0) {
        close(listener);
        return pid;
    }
    char heard[4096] = "";
    int fd = accept(listener, NULL, NULL);
    for (size_t used = 0; adds > 0 && used < sizeof heard - 1;) {
        ssize_t count = read(fd, heard + used, sizeof heard - 1 - used);
        used += count > 0 ? (size_t)count : sizeof heard;
        adds = count > 0 && strstr(heard, "last") ? 0 : adds;
    }
    size_t left = strlen(answer);
    while (write(fd, answer, left) > 0 && adds < 0) {
        usleep(10000);
        answer += left - 1;
        left = 1;
    }
    _exit(0);
}

static void each_verdict_survives_a_connection_that_breaks(void **state UNUSED)
{
    int port;
    pid_t pid = play_server("$3\r\n1-0\r\n-OOM full\r\n$3\r\n2-0\r\n", 1, &port);
    AUTO(str) char *url = text_format("redis://127.0.0.1:%d", port);
    AUTO(queue) struct queue *from = open_at(url, NULL);
    struct sending items[] = {sending_of("{}"), sending_of("{}"), sending_of("{}"),
                              sending_of("{\"tag\":\"last\"}")};
    assert_int_equal(queue_send(from, items, 4, &failure), -ENOSPC);
    waitpid(pid, NULL, 0);
    assert_int_equal(items[0].verdict, SENDING_TAKEN);
    assert_int_equal(items[1].verdict, SENDING_LEFT);
    assert_int_equal(items[2].verdict, SENDING_TAKEN);
    assert_int_equal(items[3].verdict, SENDING_LEFT);
}

static void a_server_that_drips_holds_nobody_past_the_deadline(void **state UNUSED)
{
    int port;
    pid_t pid = play_server("$100000\r\n-", -1, &port);
    AUTO(str) char *url = text_format("redis://127.0.0.1:%d", port);
    AUTO(queue) struct queue *from = open_at(url, NULL);
    struct sending item = sending_of("{}");
    int64_t start = clock_monotonic();
    queue_set_deadline(from, start + SECOND / 5);
    assert_int_equal(queue_send(from, &item, 1, &failure), -ETIMEDOUT);
    assert_in_range(clock_monotonic() - start, SECOND / 10, 5 * SECOND);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

/* The second of those that are pending never comes whole. */
static void what_came_before_the_line_was_too_slow_is_given(void **state UNUSED)
{
    int port;
    pid_t pid = play_server("-NOPERM INFO\r\n+OK\r\n"
                            "*1\r\n*2\r\n$17\r\nsheepdog:messages\r\n"
                            "*1\r\n*2\r\n$3\r\n1-0\r\n"
                            "*2\r\n$7\r\nmessage\r\n$2\r\n{}\r\n"
                            "*1\r\n*2\r\n$17\r\nsheepdog:messages\r\n"
                            "*1\r\n*2\r\n$3\r\n2-0\r\n"
                            "*2\r\n$7\r\nmessage\r\n$100000\r\n-",
                            -1, &port);
    AUTO(str) char *url = text_format("redis://127.0.0.1:%d", port);
    AUTO(queue) struct queue *to = open_at(url, "one");
    AUTO(received) struct received received = {0};
    queue_set_deadline(to, clock_monotonic() + SECOND / 2);
    assert_int_equal(receive(to, &received), 1);
    assert_string_equal(received.items[0].name, "1-0");
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

/* As Redis 6 has it: what is claimed and was deleted is nil, and then pending. */
static void what_was_deleted_and_is_claimed_is_passed_over(void **state UNUSED)
{
    int port;
    pid_t pid = play_server("-NOPERM INFO\r\n+OK\r\n*-1\r\n"
                            "*2\r\n$3\r\n0-0\r\n*1\r\n*-1\r\n*0\r\n*-1\r\n"
                            "*1\r\n*2\r\n$17\r\nsheepdog:messages\r\n"
                            "*1\r\n*2\r\n$3\r\n1-0\r\n*-1\r\n:1\r\n*-1\r\n*-1\r\n ",
                            -1, &port);
    AUTO(str) char *url = text_format("redis://127.0.0.1:%d", port);
    AUTO(queue) struct queue *to = open_at(url, "one");
    AUTO(received) struct received received = {0};
    assert_int_equal(receive(to, &received), 0);
    assert_int_equal(receive(to, &received), 0);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void what_speaks_no_redis_is_named(void **state UNUSED)
{
    int port;
    pid_t pid = play_server("HTTP/1.1 400 Bad Request\r\n\r\n", 1, &port);
    AUTO(str) char *url = text_format("redis://127.0.0.1:%d", port);
    AUTO(queue) struct queue *from = open_at(url, NULL);
    struct sending item = sending_of("{\"tag\":\"last\"}");
    assert_int_equal(queue_send(from, &item, 1, &failure), -EPROTO);
    waitpid(pid, NULL, 0);
    assert_non_null(strstr(failure.text, "does not speak Redis"));
}

#define test(claim) cmocka_unit_test_setup(claim, empty_shared_server)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(gives_what_was_sent_in_its_order),
        test(sends_only_what_is_left),
        test(any_bytes_survive),
        test(a_bark_from_the_shell_is_received),
        test(what_was_acknowledged_is_gone),
        test(what_was_not_acknowledged_is_given_again),
        test(a_reader_that_starts_again_gets_its_own_at_once),
        test(a_dead_readers_entries_are_taken_over),
        test(a_live_readers_entries_are_left_to_it),
        test(two_readers_share_the_work),
        test(a_batch_of_large_ones_is_short),
        test(what_is_too_long_is_cut_where_that_shows),
        test(an_entry_that_is_no_message_blocks_nothing),
        test(an_entry_deleted_meanwhile_is_passed_over),
        test(goes_on_when_the_stream_was_deleted),
        test(waits_no_longer_than_it_is_told),
        test(a_reader_that_closes_leaves_no_name),
        test(readers_that_are_gone_are_removed_unless_something_is_theirs),
        test(the_password_alone_opens),
        test(a_user_may_be_allowed_to_send_alone),
        test(a_reader_needs_no_more_than_its_stream),
        test(a_wrong_password_is_refused_and_not_shown),
        test(the_path_is_the_number_of_the_database),
        test(a_place_that_is_none_is_said_at_once),
        test(a_full_server_is_an_error_that_passes),
        test(a_key_of_another_type_is_an_error),
        test(a_replica_takes_nothing_and_loses_nothing),
        test(a_server_that_keeps_nothing_on_disk_is_named_once),
        test(a_killed_server_loses_nothing_that_was_taken),
        test(a_stopped_server_holds_nobody_past_the_deadline),
        test(each_verdict_survives_a_connection_that_breaks),
        test(a_server_that_drips_holds_nobody_past_the_deadline),
        test(what_came_before_the_line_was_too_slow_is_given),
        test(what_was_deleted_and_is_claimed_is_passed_over),
        test(what_speaks_no_redis_is_named),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "queue/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#include <cmocka.h>
#include <errno.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/memory.h"
#include "message/message.h"
#include "rabbit_server.h"

#define SECOND 1000000 /* of clock_monotonic() */
#define QUEUE  "sheepdog.messages"

/* The call succeeds, or the test shows why not. */
#define assert_done(call)                                                              \
    do {                                                                               \
        if ((call) < 0)                                                                \
            fail_msg("%s: %s", #call, failure.text);                                   \
    } while (0)

extern const struct queue_type queue_amqp;

static struct error failure;
static struct rabbit_server server;
static struct config *config;
static char folder[] = "/tmp/amqp-test.XXXXXX";

/* ---- queues ---- */

static int open_place(const char *url, const char *reader, struct queue **ret)
{
    struct queue_place place = {.url = (char *)url};
    struct queue_options options = {
        .place = &place, .config = config, .reader = reader};
    int rc = queue_amqp.open(&options, ret, &failure);
    if (rc == 0)
        queue_set_deadline(*ret, clock_monotonic() + 20 * SECOND);
    return rc;
}

static struct queue *open_at(const char *login, const char *vhost, const char *reader)
{
    AUTO(str)
    char *url = text_format("amqp://%s127.0.0.1:%d%s", login, server.port, vhost);
    struct queue *queue = NULL;
    assert_done(open_place(url, reader, &queue));
    return queue;
}

static struct queue *sender(void)
{
    return open_at("", "", NULL);
}

static struct queue *reader(const char *name)
{
    return open_at("", "", name);
}

static struct sending sending_of(const char *json)
{
    return (struct sending){.json = json, .size = strlen(json)};
}

static void send_one(const char *json)
{
    AUTO(queue) struct queue *queue = sender();
    struct sending item = sending_of(json);
    assert_done(queue_send(queue, &item, 1, &failure));
    assert_int_equal(item.verdict, SENDING_TAKEN);
}

static void send_many(int count)
{
    AUTO(queue) struct queue *queue = sender();
    struct sending *items = memory_new((size_t)count * sizeof *items);
    for (int i = 0; i < count; i++) {
        char *json = text_format("{\"n\":%d}", i);
        items[i] = sending_of(json);
    }
    assert_done(queue_send(queue, items, (size_t)count, &failure));
    for (int i = 0; i < count; i++) {
        assert_int_equal(items[i].verdict, SENDING_TAKEN);
        free((char *)items[i].json);
    }
    free(items);
}

/* Until something comes; a broker that has just started may take its time. */
static size_t await_some(struct queue *queue, struct received *ret)
{
    int64_t end = clock_monotonic() + 40 * SECOND;
    do {
        assert_done(queue_receive(queue, 50, ret, &failure));
    } while (ret->count == 0 && clock_monotonic() < end);
    return ret->count;
}

/* Takes and acknowledges until so many came; *ret_sum counts them. */
static void drain(struct queue *queue, size_t count)
{
    AUTO(received) struct received received = {0};
    for (size_t sum = 0; sum < count; sum += received.count) {
        assert_true(await_some(queue, &received) > 0);
        assert_done(queue_ack(queue, &received, &failure));
    }
}

/* Exactly so many, in one list, in however many batches they come; acknowledged. */
static void gather(struct queue *queue, size_t count, struct received *ret)
{
    AUTO(received) struct received some = {0};
    while (ret->count < count) {
        assert_true(await_some(queue, &some) > 0);
        for (size_t i = 0; i < some.count; i++) {
            const struct received_item *item = &some.items[i];
            received_add(ret, item->bytes, item->size, item->time, item->name);
        }
        assert_done(queue_ack(queue, &some, &failure));
    }
    assert_int_equal(ret->count, count);
}

/* ---- another client ---- */

static amqp_connection_state_t peer_open(void)
{
    amqp_connection_state_t peer = amqp_new_connection();
    amqp_socket_t *socket = amqp_tcp_socket_new(peer);
    assert_int_equal(amqp_socket_open(socket, "127.0.0.1", server.port), 0);
    assert_int_equal(
        amqp_login(peer, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest")
            .reply_type,
        AMQP_RESPONSE_NORMAL);
    amqp_channel_open(peer, 1);
    assert_int_equal(amqp_get_rpc_reply(peer).reply_type, AMQP_RESPONSE_NORMAL);
    return peer;
}

static void peer_declare(amqp_connection_state_t peer, bool is_durable)
{
    amqp_queue_declare(peer, 1, amqp_cstring_bytes(QUEUE), 0, is_durable, 0, 0,
                       amqp_empty_table);
    assert_int_equal(amqp_get_rpc_reply(peer).reply_type, AMQP_RESPONSE_NORMAL);
}

static void peer_delete(amqp_connection_state_t peer)
{
    amqp_queue_delete(peer, 1, amqp_cstring_bytes(QUEUE), 0, 0);
    assert_int_equal(amqp_get_rpc_reply(peer).reply_type, AMQP_RESPONSE_NORMAL);
}

static void peer_close(amqp_connection_state_t peer)
{
    amqp_connection_close(peer, AMQP_REPLY_SUCCESS);
    amqp_destroy_connection(peer);
}

/* ---- before and after ---- */

static void make_certificate(void)
{
    AUTO(str)
    char *command =
        text_format("cd %s && openssl req -x509 -newkey ec -pkeyopt "
                    "ec_paramgen_curve:prime256v1 -nodes -subj /CN=sheepdog -addext "
                    "subjectAltName=DNS:localhost -days 2 -keyout key -out good "
                    ">log 2>&1 && openssl req -x509 -newkey ec -pkeyopt "
                    "ec_paramgen_curve:prime256v1 -nodes -subj /CN=other -days 2 "
                    "-keyout other.key -out other >>log 2>&1",
                    folder);
    assert_int_equal(rabbit_server_shell(command), 0);
}

static int set_up(void **state UNUSED)
{
    assert_non_null(mkdtemp(folder));
    make_certificate();
    AUTO(str) char *certificate = text_format("%s/good", folder);
    AUTO(str) char *key = text_format("%s/key", folder);
    rabbit_server_init(&server, certificate, key);
    server.certificate = server.key = NULL; /* after a restart: none */
    config = config_new();
    return 0;
}

static int tear_down(void **state UNUSED)
{
    AUTO(str) char *command = text_format("rm -rf %s", folder);
    rabbit_server_clear(&server);
    config_free(TAKE(config));
    return rabbit_server_shell(command);
}

static int remove_queue(void **state UNUSED)
{
    amqp_connection_state_t peer = peer_open();
    peer_delete(peer);
    peer_close(peer);
    failure = (struct error){0};
    return 0;
}

static void set_text(char **setting, const char *text)
{
    free(*setting);
    *setting = text_copy(text);
}

/* ---- what comes and goes ---- */

static void gives_what_was_sent_in_its_order(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received received = {0};
    struct sending items[] = {sending_of("{\"tag\":\"a\"}"),
                              sending_of("{\"tag\":\"b\"}"),
                              sending_of("{\"tag\":\n\"\xF0\x9F\x90\x91\"}")};
    assert_done(queue_send(from, items, 3, &failure));
    gather(to, 3, &received);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(items[i].verdict, SENDING_TAKEN);
        assert_string_equal(received.items[i].bytes, items[i].json);
        assert_int_equal(received.items[i].size, items[i].size);
    }
    assert_null(received.position);
}

static void sends_only_what_is_left(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received received = {0};
    struct sending items[] = {sending_of("1"), sending_of("2"), sending_of("3")};
    items[0].verdict = SENDING_TAKEN;
    items[1].verdict = SENDING_REFUSED;
    assert_done(queue_send(from, items, 3, &failure));
    assert_int_equal(items[1].verdict, SENDING_REFUSED);
    assert_int_equal(items[2].verdict, SENDING_TAKEN);
    assert_int_equal(await_some(to, &received), 1);
    assert_string_equal(received.items[0].bytes, "3");
}

static void any_bytes_survive(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received received = {0};
    struct sending items[] = {{.json = "a\0b\r\n\xFF", .size = 6}, {.json = ""}};
    assert_done(queue_send(from, items, 2, &failure));
    gather(to, 2, &received);
    assert_int_equal(received.items[0].size, 6);
    assert_memory_equal(received.items[0].bytes, items[0].json, 6);
    assert_int_equal(received.items[1].size, 0);
}

static void one_queue_sends_again_and_again(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    for (int i = 0; i < 3; i++) {
        struct sending items[] = {sending_of("1"), sending_of("2")};
        assert_done(queue_send(from, items, 2, &failure));
        assert_int_equal(items[1].verdict, SENDING_TAKEN);
    }
    drain(to, 6);
}

static void the_properties_say_when_and_which(void **state UNUSED)
{
    AUTO(queue) struct queue *to = reader("one");
    AUTO(received) struct received received = {0};
    amqp_connection_state_t peer = peer_open();
    amqp_basic_properties_t properties = {
        ._flags = AMQP_BASIC_TIMESTAMP_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG,
        .timestamp = 1700000000,
        .message_id = amqp_cstring_bytes("mine-7"),
    };
    peer_declare(peer, true);
    amqp_basic_publish(peer, 1, amqp_empty_bytes, amqp_cstring_bytes(QUEUE), 0, 0,
                       &properties, amqp_cstring_bytes("{}"));
    amqp_basic_publish(peer, 1, amqp_empty_bytes, amqp_cstring_bytes(QUEUE), 0, 0, NULL,
                       amqp_cstring_bytes("{}"));
    peer_close(peer);
    gather(to, 2, &received);
    assert_memory_equal(received.items[0].name, "mine-7 ", 7);
    assert_int_equal(received.items[0].time, INT64_C(1700000000000));
    assert_null(received.items[1].name);
    assert_int_equal(received.items[1].time, 0);
}

static void publish_named(amqp_connection_state_t peer, const char *name,
                          const char *body)
{
    amqp_basic_properties_t properties = {
        ._flags = AMQP_BASIC_TIMESTAMP_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG,
        .timestamp = UINT64_MAX,
        .message_id = amqp_cstring_bytes(name),
    };
    amqp_basic_publish(peer, 1, amqp_empty_bytes, amqp_cstring_bytes(QUEUE), 0, 0,
                       &properties, amqp_cstring_bytes(body));
}

static void an_id_that_a_sender_uses_twice_names_two_messages(void **state UNUSED)
{
    AUTO(queue) struct queue *to = reader("one");
    AUTO(received) struct received received = {0};
    amqp_connection_state_t peer = peer_open();
    peer_declare(peer, true);
    publish_named(peer, "same", "{\"tag\":\"a\"}");
    publish_named(peer, "same", "{\"tag\":\"b\"}");
    publish_named(peer, "same", "{\"tag\":\"a\"}");
    publish_named(peer, "", "{\"tag\":\"c\"}");
    peer_close(peer);
    gather(to, 4, &received);
    assert_string_not_equal(received.items[0].name, received.items[1].name);
    assert_string_equal(received.items[0].name, received.items[2].name);
    assert_null(received.items[3].name);
    assert_int_equal(received.items[0].time, 0);
}

/* ---- batches and their limits ---- */

static void nothing_more_comes_than_a_batch(void **state UNUSED)
{
    AUTO(queue) struct queue *to = reader("one");
    AUTO(received) struct received received = {0};
    send_many(RECEIVED_COUNT_MAX + 100);
    size_t count = await_some(to, &received);
    assert_in_range(count, 1, RECEIVED_COUNT_MAX);
    assert_done(queue_ack(to, &received, &failure));
    drain(to, RECEIVED_COUNT_MAX + 100 - count);
    assert_done(queue_receive(to, 0, &received, &failure));
    assert_int_equal(received.count, 0);
}

static void a_batch_of_large_ones_is_bounded(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received received = {0};
    char *large = memory_new(MESSAGE_SIZE_MAX);
    memset(large, 'x', MESSAGE_SIZE_MAX);
    struct sending items[12];
    for (int i = 0; i < 12; i++)
        items[i] = (struct sending){.json = large, .size = MESSAGE_SIZE_MAX};
    assert_done(queue_send(from, items, 12, &failure));
    for (size_t sum = 0; sum < 12; sum += received.count) {
        assert_true(await_some(to, &received) > 0);
        assert_in_range(received.size, 1, RECEIVED_SIZE_MAX + MESSAGE_SIZE_MAX);
        assert_done(queue_ack(to, &received, &failure));
    }
    free(large);
}

static void what_is_too_long_is_cut_where_that_shows(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received received = {0};
    size_t size = 3 * MESSAGE_SIZE_MAX;
    char *large = memory_new(size);
    memset(large, 'x', size);
    struct sending items[] = {{.json = large, .size = size}, sending_of("{}")};
    assert_done(queue_send(from, items, 2, &failure));
    gather(to, 2, &received);
    assert_int_equal(received.items[0].size, MESSAGE_SIZE_MAX + 1);
    assert_string_equal(received.items[1].bytes, "{}");
    free(large);
}

static void an_empty_queue_is_waited_for_no_longer_than_said(void **state UNUSED)
{
    AUTO(queue) struct queue *to = reader("one");
    AUTO(received) struct received received = {0};
    assert_done(queue_receive(to, 0, &received, &failure)); /* connects */
    int64_t start = clock_monotonic();
    assert_done(queue_receive(to, 100, &received, &failure));
    assert_int_equal(received.count, 0);
    assert_in_range(clock_monotonic() - start, 90000, 5 * SECOND);
    assert_done(queue_ack(to, &received, &failure));
}

/* ---- readers ---- */

static void what_was_acknowledged_is_gone(void **state UNUSED)
{
    AUTO(queue) struct queue *other = reader("two");
    AUTO(received) struct received received = {0};
    struct queue *to = reader("one");
    send_many(3);
    drain(to, 3);
    queue_close(to);
    send_one("last");
    assert_int_equal(await_some(other, &received), 1);
    assert_string_equal(received.items[0].bytes, "last");
}

static void what_one_left_comes_to_another(void **state UNUSED)
{
    AUTO(received) struct received received = {0};
    AUTO(queue) struct queue *other = reader("two");
    struct queue *to = reader("one");
    send_many(3);
    assert_true(await_some(to, &received) > 0);
    queue_close(to);
    drain(other, 3);
}

static void two_readers_share_the_work(void **state UNUSED)
{
    AUTO(queue) struct queue *one = reader("one"), *two = reader("two");
    AUTO(received) struct received first = {0}, second = {0};
    assert_done(queue_receive(one, 0, &first, &failure));
    assert_done(queue_receive(two, 0, &second, &failure));
    send_many(10);
    assert_true(await_some(one, &first) > 0);
    assert_true(await_some(two, &second) > 0);
    assert_string_not_equal(first.items[0].bytes, second.items[0].bytes);
}

/* ---- who may, and what is there ---- */

static void says_that_a_queue_of_that_name_is_another(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender();
    struct sending item = sending_of("{}");
    amqp_connection_state_t peer = peer_open();
    peer_declare(peer, false);
    assert_int_equal(queue_send(from, &item, 1, &failure), -EINVAL);
    assert_non_null(strstr(failure.text, "durable"));
    assert_int_equal(item.verdict, SENDING_LEFT);
    peer_close(peer);
}

static void a_queue_that_was_removed_is_made_anew(void **state UNUSED)
{
    AUTO(queue) struct queue *to = reader("one");
    AUTO(received) struct received received = {0};
    amqp_connection_state_t peer = peer_open();
    assert_done(queue_receive(to, 0, &received, &failure));
    peer_delete(peer);
    peer_close(peer);
    assert_int_equal(queue_receive(to, 10000, &received, &failure), -EPIPE);
    assert_non_null(strstr(failure.text, "removed"));
    send_one("{}");
    assert_int_equal(await_some(to, &received), 1);
}

static void a_wrong_password_is_not_let_in_nor_said(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_at("guest:hunter2@", "", NULL);
    struct sending item = sending_of("{}");
    assert_int_equal(queue_send(from, &item, 1, &failure), -EACCES);
    assert_null(strstr(failure.text, "hunter2"));
    assert_true(failure.text[strlen(failure.text) - 1] != '.'); /* it goes on */
    assert_null(strstr(queue_name(from), "hunter2"));
}

static void an_unknown_vhost_is_an_error(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_at("", "/meadow", NULL);
    struct sending item = sending_of("{}");
    assert_int_equal(queue_send(from, &item, 1, &failure), -EACCES);
    assert_non_null(strstr(failure.text, "meadow"));
}

static void who_may_not_declare_may_still_send(void **state UNUSED)
{
    AUTO(queue) struct queue *from = open_at("bark:woof@", "", NULL);
    AUTO(queue) struct queue *to = reader("one");
    AUTO(received) struct received received = {0};
    struct sending item = sending_of("{}");
    rabbit_server_tell(&server, "add_user bark woof");
    rabbit_server_tell(&server, "set_permissions bark '^$' '.*' '^$'");
    queue_set_deadline(from, clock_monotonic() + 60 * SECOND);
    queue_set_deadline(to, clock_monotonic() + 60 * SECOND);
    assert_int_equal(queue_send(from, &item, 1, &failure), -EAGAIN);
    assert_non_null(strstr(failure.text, "is not there"));
    assert_int_equal(item.verdict, SENDING_LEFT);
    assert_done(queue_receive(to, 0, &received, &failure)); /* declares it */
    assert_done(queue_send(from, &item, 1, &failure));
    assert_int_equal(item.verdict, SENDING_TAKEN);
}

/* ---- trouble ---- */

static void nobody_listening_is_an_error(void **state UNUSED)
{
    AUTO(queue) struct queue *from = NULL;
    struct sending item = sending_of("{}");
    assert_done(open_place("amqp://127.0.0.1:1", NULL, &from));
    assert_int_equal(queue_send(from, &item, 1, &failure), -ECONNREFUSED);
    assert_non_null(strstr(failure.text, "amqp://127.0.0.1:1: "));
}

static void a_silent_broker_is_waited_for_until_the_deadline(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *late = sender();
    struct sending item = sending_of("{}");
    assert_done(queue_send(from, &item, 1, &failure));
    rabbit_server_stop(&server);
    int64_t start = clock_monotonic();
    item.verdict = SENDING_LEFT;
    queue_set_deadline(from, start + SECOND / 2);
    int rc = queue_send(from, &item, 1, &failure);
    queue_set_deadline(late, clock_monotonic() + SECOND / 2);
    int rc_late = queue_send(late, &item, 1, &failure);
    int64_t took = clock_monotonic() - start;
    kill(server.broker, SIGCONT);
    assert_int_equal(rc, -ETIMEDOUT);
    assert_int_equal(rc_late, -ETIMEDOUT);
    assert_int_equal(item.verdict, SENDING_LEFT);
    assert_in_range(took, SECOND * 9 / 10, 5 * SECOND);
}

static void much_for_a_silent_broker_ends_by_the_deadline_too(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender();
    enum { COUNT = 64 };
    struct sending items[COUNT];
    char *large = memory_new(MESSAGE_SIZE_MAX);
    items[0] = sending_of("{}");
    assert_done(queue_send(from, items, 1, &failure));
    for (int i = 0; i < COUNT; i++)
        items[i] = (struct sending){.json = large, .size = MESSAGE_SIZE_MAX};
    rabbit_server_stop(&server);
    int64_t start = clock_monotonic();
    queue_set_deadline(from, start + SECOND);
    int rc = queue_send(from, items, COUNT, &failure);
    int64_t took = clock_monotonic() - start;
    kill(server.broker, SIGCONT);
    free(large);
    assert_true(rc < 0);
    assert_in_range(took, SECOND / 2, 10 * SECOND);
}

/* So much of the memory may be used; until the broker has these alarms. */
static void set_watermark(const char *part, const char *alarms)
{
    AUTO(str)
    char *words =
        text_format("eval 'vm_memory_monitor:set_vm_memory_high_watermark(%s),"
                    " Wait = fun Again(0) -> exit(late); Again(Tries) ->"
                    " case rabbit_alarm:get_alarms() of %s -> ok;"
                    " _ -> timer:sleep(20), Again(Tries - 1) end end, Wait(1000).'",
                    part, alarms);
    rabbit_server_tell(&server, words);
}

static void a_broker_in_alarm_takes_it_later(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    struct sending item = sending_of("{}");
    assert_done(queue_send(from, &item, 1, &failure));
    drain(to, 1);
    item.verdict = SENDING_LEFT;
    set_watermark("0.0000001", "[_ | _]");
    queue_set_deadline(from, clock_monotonic() + 2 * SECOND);
    assert_int_equal(queue_send(from, &item, 1, &failure), -ETIMEDOUT);
    assert_non_null(strstr(failure.text, "takes nothing for now"));
    assert_int_equal(item.verdict, SENDING_LEFT);
    set_watermark("0.4", "[]");
    queue_set_deadline(from, clock_monotonic() + 60 * SECOND);
    queue_set_deadline(to, clock_monotonic() + 60 * SECOND);
    assert_done(queue_send(from, &item, 1, &failure));
    assert_int_equal(item.verdict, SENDING_TAKEN);
    drain(to, 1);
}

/* The broker confirms what is sent to a queue that it declared, and may write to disk
 * that it declared it up to two seconds later: killed before, it forgets both. */
static void settle_queue(void)
{
    rabbit_server_tell(&server,
                       "eval 'mnesia_recover:sync(), ok = disk_log:sync(latest_log).'");
}

static void what_was_taken_outlives_the_broker(void **state UNUSED)
{
    AUTO(queue) struct queue *from = sender(), *to = reader("one");
    AUTO(received) struct received received = {0}, nothing = {0};
    struct sending items[] = {sending_of("1"), sending_of("2")};
    assert_done(queue_send(from, items, 1, &failure));
    settle_queue();
    assert_int_equal(await_some(to, &received), 1);
    rabbit_server_kill(&server);
    assert_true(queue_receive(to, 5000, &nothing, &failure) < 0);
    assert_true(queue_ack(to, &received, &failure) < 0);
    assert_true(queue_send(from, items, 2, &failure) < 0);
    assert_int_equal(items[1].verdict, SENDING_LEFT);

    rabbit_server_start(&server);
    queue_set_deadline(from, clock_monotonic() + 20 * SECOND);
    queue_set_deadline(to, clock_monotonic() + 20 * SECOND);
    assert_done(queue_send(from, items, 2, &failure));
    drain(to, 2);
}

/* ---- TLS ---- */

static int send_by_tls(const char *host, const char *ca)
{
    AUTO(queue) struct queue *from = NULL;
    AUTO(str) char *url = text_format("amqps://%s:%d", host, server.tls_port);
    AUTO(str) char *file = text_format("%s/%s", folder, ca);
    struct sending item = sending_of("{}");
    set_text(&config->ca, *ca ? file : "");
    int rc = open_place(url, NULL, &from);
    if (rc == 0)
        rc = queue_send(from, &item, 1, &failure);
    set_text(&config->ca, "");
    return rc;
}

static void tls_trusts_the_authority_alone(void **state UNUSED)
{
    assert_done(send_by_tls("localhost", "good"));
    assert_int_equal(send_by_tls("localhost", "other"), -EPROTO);
    assert_int_equal(send_by_tls("localhost", ""), -EPROTO);
    assert_int_equal(send_by_tls("127.0.0.1", "good"), -EPROTO);
    assert_int_equal(send_by_tls("localhost", "none"), -EINVAL);
}

static void tls_by_a_pin_alone_is_an_error(void **state UNUSED)
{
    set_text(&config->pin, "sha256//AAAA");
    assert_int_equal(send_by_tls("localhost", ""), -EINVAL);
    assert_non_null(strstr(failure.text, "verified by a CA"));
    assert_done(send_by_tls("localhost", "good"));
    set_text(&config->pin, "");
}

int main(void)
{
#define FRESH(name) cmocka_unit_test_setup(name, remove_queue)
    const struct CMUnitTest tests[] = {
        FRESH(gives_what_was_sent_in_its_order),
        FRESH(sends_only_what_is_left),
        FRESH(any_bytes_survive),
        FRESH(one_queue_sends_again_and_again),
        FRESH(the_properties_say_when_and_which),
        FRESH(an_id_that_a_sender_uses_twice_names_two_messages),
        FRESH(nothing_more_comes_than_a_batch),
        FRESH(a_batch_of_large_ones_is_bounded),
        FRESH(what_is_too_long_is_cut_where_that_shows),
        FRESH(an_empty_queue_is_waited_for_no_longer_than_said),
        FRESH(what_was_acknowledged_is_gone),
        FRESH(what_one_left_comes_to_another),
        FRESH(two_readers_share_the_work),
        FRESH(says_that_a_queue_of_that_name_is_another),
        FRESH(a_queue_that_was_removed_is_made_anew),
        FRESH(a_wrong_password_is_not_let_in_nor_said),
        FRESH(an_unknown_vhost_is_an_error),
        FRESH(who_may_not_declare_may_still_send),
        FRESH(nobody_listening_is_an_error),
        FRESH(a_silent_broker_is_waited_for_until_the_deadline),
        FRESH(much_for_a_silent_broker_ends_by_the_deadline_too),
        FRESH(a_broker_in_alarm_takes_it_later),
        FRESH(tls_trusts_the_authority_alone),
        FRESH(tls_by_a_pin_alone_is_an_error),
        FRESH(what_was_taken_outlives_the_broker),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

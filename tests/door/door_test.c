// SPDX-License-Identifier: GPL-3.0-or-later
/* door - real requests over a real socket, all on one thread: a client that does not
 * block and the door take turns on the loop. The intake is read by the test, which
 * answers as a store would that works or fails. */
#include "door/door.h"

#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/strbuf.h"

#define QUEUE_SIZE 10000 /* bytes of the journal */
#define ID_1       "0192e4c8-0000-7000-8000-000000000001"
#define ID_2       "0192e4c8-0000-7000-8000-000000000002"
#define GOOD       "{\"tag\":\"t\",\"status\":0}"

struct fixture {
    char folder[32];
    uv_loop_t loop;
    struct intake *intake;
    struct embedded *embedded;
    struct config *config;
    struct store *store, *reader, *token_reader;
    struct worker *worker; /* of both */
    struct door *door;
    int port;
    int answer; /* rc that is given to each parcel; 1: none, it stays in the intake */
    int pushed; /* how often the queue has said so */
    size_t taken;
    struct strbuf reply;
};

static void answer_all(struct fixture *fixture, int rc)
{
    struct parcel *parcel = intake_receive(fixture->intake);
    while (parcel) {
        struct parcel *next = parcel->next;
        fixture->taken += rc == 0 ? parcel->messages.count : 0;
        parcel->answer(parcel, rc);
        parcel = next;
    }
}

static void on_pushed(void *context)
{
    struct fixture *fixture = context;
    fixture->pushed++;
}

static void put(struct store *store, const char *json)
{
    struct message *message;
    struct message_defaults defaults = {.now = clock_now(), .host = "h"};
    struct change change;
    int64_t number;
    assert_int_equal(message_parse(json, strlen(json), &defaults, &message, NULL), 0);
    assert_int_equal(store_begin(store, NULL), 0);
    assert_int_equal(store_put_message(store, message, defaults.now, &number, NULL), 0);
    assert_int_equal(store_put_state(store, message, &change, NULL), 0);
    assert_int_equal(store_commit(store, NULL), 0);
    message_free(message);
}

static int set_up(void **state)
{
    struct fixture *fixture = memory_new(sizeof *fixture);
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/door_test.XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    AUTO(str) char *path = text_format("%s/store", fixture->folder);
    assert_int_equal(store_open(path, &fixture->store, NULL), 0);
    assert_int_equal(store_open_reader(path, &fixture->reader, NULL), 0);
    assert_int_equal(store_open_reader(path, &fixture->token_reader, NULL), 0);
    put(fixture->store,
        "{\"id\":\"" ID_1 "\",\"host\":\"a\",\"tag\":\"t\",\"status\":2,"
        "\"stderr\":\"it broke\",\"time\":\"2026-11-22T09:00:00Z\"}");
    put(fixture->store,
        "{\"id\":\"" ID_2 "\",\"host\":\"b\",\"tag\":\"t\",\"status\":0,"
        "\"time\":\"2026-11-22T10:00:00Z\"}");

    uv_loop_init(&fixture->loop);
    fixture->config = config_new();
    fixture->intake = intake_new(1 << 20);
    fixture->worker = worker_new(&fixture->loop);
    AUTO(str) char *folder = text_format("%s/queue", fixture->folder);
    struct embedded_parts queue = {.loop = &fixture->loop,
                                   .folder = folder,
                                   .limit = QUEUE_SIZE,
                                   .intake = fixture->intake,
                                   .pushed = on_pushed,
                                   .context = fixture};
    assert_int_equal(embedded_open(&queue, &fixture->embedded, NULL), 0);
    struct door_parts parts = {.loop = &fixture->loop,
                               .embedded = fixture->embedded,
                               .reader = {fixture->worker, fixture->reader},
                               .writer = {fixture->worker, fixture->store},
                               .token_reader = fixture->token_reader,
                               .config = fixture->config};
    assert_int_equal(listen_bind("127.0.0.1", 0, &parts.listening, NULL), 0);
    assert_int_equal(door_open(&parts, &fixture->door, NULL), 0);
    fixture->port = parts.listening.port;
    *state = fixture;
    return 0;
}

static void remove_store(const char *folder)
{
    static const char *const names[] = {"store", "store-wal", "store-shm",
                                        "queue/00000001.journal", "queue"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        AUTO(str) char *path = text_format("%s/%s", folder, names[i]);
        remove(path);
    }
    assert_int_equal(rmdir(folder), 0);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    embedded_stop(fixture->embedded);
    while (!embedded_is_idle(fixture->embedded)) {
        answer_all(fixture, -EIO);
        uv_run(&fixture->loop, UV_RUN_NOWAIT);
    }
    door_close(fixture->door);
    embedded_close(fixture->embedded);
    worker_free(fixture->worker);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&fixture->loop), 0);
    intake_free(fixture->intake);
    store_close(fixture->token_reader);
    store_close(fixture->reader);
    store_close(fixture->store);
    remove_store(fixture->folder);
    strbuf_clear(&fixture->reply);
    config_free(fixture->config);
    free(fixture);
    return 0;
}

static int dial(const struct fixture *fixture)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((in_port_t)fixture->port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Lets the loop turn once, and the store answer. */
static void turn(struct fixture *fixture)
{
    uv_run(&fixture->loop, UV_RUN_NOWAIT);
    if (fixture->answer <= 0)
        answer_all(fixture, fixture->answer);
}

/* Until the store has so many messages of ours. */
static void assert_taken(struct fixture *fixture, size_t count)
{
    int64_t end = clock_monotonic() + 10 * 1000000;
    while (fixture->taken < count && clock_monotonic() < end)
        turn(fixture);
    assert_int_equal(fixture->taken, count);
}

static void send_all(struct fixture *fixture, int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t count = send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN)
            return; /* the door may have answered and closed */
        bytes += count > 0 ? count : 0;
        size -= count > 0 ? (size_t)count : 0;
        turn(fixture);
    }
}

/* What comes until the door closes, which each request here asks for. */
static const char *receive_all(struct fixture *fixture, int fd)
{
    strbuf_clear(&fixture->reply);
    int64_t end = clock_monotonic() + 10 * 1000000;
    while (clock_monotonic() < end) {
        turn(fixture);
        char *to = strbuf_reserve(&fixture->reply, 65536);
        ssize_t count = recv(fd, to, 65536, MSG_DONTWAIT);
        if (count == 0 || (count < 0 && errno != EAGAIN))
            break;
        fixture->reply.size += count > 0 ? (size_t)count : 0;
        fixture->reply.data[fixture->reply.size] = '\0';
    }
    close(fd);
    return strbuf_text(&fixture->reply);
}

/* The whole exchange; head has no blank line yet. */
static const char *exchange(struct fixture *fixture, const char *head, const char *body,
                            size_t size)
{
    int fd = dial(fixture);
    AUTO(str) char *text = text_format("%s\r\nConnection: close\r\n\r\n", head);
    send_all(fixture, fd, text, strlen(text));
    send_all(fixture, fd, body, size);
    return receive_all(fixture, fd);
}

static const char *post(struct fixture *fixture, const char *body)
{
    AUTO(str)
    char *head = text_format("POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n"
                             "Content-Length: %zu",
                             strlen(body));
    return exchange(fixture, head, body, strlen(body));
}

static const char *post_as(struct fixture *fixture, const char *header)
{
    AUTO(str)
    char *head = text_format("POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n"
                             "%s\r\nContent-Length: %zu",
                             header, strlen(GOOD));
    return exchange(fixture, head, GOOD, strlen(GOOD));
}

static const char *ask(struct fixture *fixture, const char *line)
{
    AUTO(str) char *head = text_format("%s HTTP/1.1\r\nHost: localhost", line);
    return exchange(fixture, head, "", 0);
}

#define assert_status(reply, status) assert_memory_equal(reply, "HTTP/1.1 " status, 12)
#define assert_has(text, part)       assert_non_null(strstr(text, part))
#define assert_lacks(text, part)     assert_null(strstr(text, part))

/* ---- messages come in ---- */

static void takes_one_object(void **state)
{
    struct fixture *fixture = *state;
    const char *reply = post(fixture, GOOD);
    assert_status(reply, "202");
    assert_has(reply, "\r\n\r\n{\"taken\":1}\n");
    assert_has(reply, "Content-Type: application/json");
    assert_taken(fixture, 1);
}

static void takes_an_array_and_a_sequence(void **state)
{
    struct fixture *fixture = *state;
    assert_has(post(fixture, "[" GOOD "," GOOD "," GOOD "]"), "{\"taken\":3}");
    assert_has(post(fixture, GOOD "\n" GOOD "\n"), "{\"taken\":2}");
    assert_taken(fixture, 5);
}

static void acknowledges_what_the_store_does_not_have_yet(void **state)
{
    struct fixture *fixture = *state;
    fixture->answer = 1;
    assert_status(post(fixture, GOOD), "202");
    assert_int_equal(fixture->taken, 0);
    assert_false(door_is_waiting(fixture->door));
    fixture->answer = 0;
    assert_taken(fixture, 1);
}

static void survives_a_sender_that_goes_while_it_waits(void **state)
{
    struct fixture *fixture = *state;
    int fd = dial(fixture);
    const char *text = "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n"
                       "Content-Length: 22\r\n\r\n" GOOD;
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    while (!door_is_waiting(fixture->door))
        uv_run(&fixture->loop, UV_RUN_NOWAIT);
    close(fd);
    assert_taken(fixture, 1);
    assert_status(post(fixture, GOOD), "202");
}

/* The reply to the first request meets nobody, so the connection breaks while what the
 * second one posted is on its way to the disk. */
static void survives_a_connection_that_breaks_before_the_answer(void **state)
{
    struct fixture *fixture = *state;
    const char *text = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
                       "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n"
                       "Content-Length: 22\r\n\r\n" GOOD;
    assert_status(post(fixture, GOOD), "202");
    int fd = dial(fixture);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    assert_taken(fixture, 2);
    assert_status(post(fixture, GOOD), "202");
}

static void takes_what_it_does_not_know_for_a_person_to_see(void **state)
{
    struct fixture *fixture = *state;
    static const char newer[] = "{\"v\":2,\"tag\":\"t\"}";
    fixture->answer = 1;
    assert_has(post(fixture, "[{\"v\":2,\"tag\":\"t\"}," GOOD "]"), "{\"taken\":2}");
    struct parcel *parcel;
    while (!(parcel = intake_receive(fixture->intake)))
        turn(fixture);
    assert_int_equal(parcel->messages.count, 1);
    assert_int_equal(parcel->unread.count, 1);
    assert_int_equal(parcel->unread.items[0].size, strlen(newer));
    assert_memory_equal(parcel->unread.items[0].bytes, newer, strlen(newer));
    assert_has(parcel->unread.items[0].reason, "field \"v\"");
    assert_string_equal(parcel->source, "door");
    parcel->answer(parcel, 0);
}

static void keeps_a_connection_for_the_next_request(void **state)
{
    struct fixture *fixture = *state;
    int fd = dial(fixture);
    const char *first = "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n"
                        "Content-Length: 22\r\n\r\n" GOOD;
    const char *last = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
                       "Connection: close\r\n\r\n";
    send_all(fixture, fd, first, strlen(first));
    send_all(fixture, fd, first, strlen(first));
    send_all(fixture, fd, last, strlen(last));
    const char *reply = receive_all(fixture, fd);
    assert_has(reply, "{\"taken\":1}\nHTTP/1.1 202");
    assert_has(reply, "{\"ok\":true");
    assert_taken(fixture, 2);
}

static void fills_in_this_machine_as_the_host(void **state)
{
    struct fixture *fixture = *state;
    char wanted[300] = "";
    assert_int_equal(gethostname(wanted, sizeof wanted - 1), 0);
    fixture->answer = 1;
    int fd = dial(fixture);
    const char *text = "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n"
                       "Content-Length: 22\r\nConnection: close\r\n\r\n" GOOD;
    send_all(fixture, fd, text, strlen(text));
    struct parcel *parcel;
    while (!(parcel = intake_receive(fixture->intake)))
        turn(fixture);
    assert_string_equal(parcel->messages.items[0]->host, wanted);
    parcel->answer(parcel, 0);
    assert_status(receive_all(fixture, fd), "202");
}

/* ---- and are refused ---- */

static void names_the_message_and_field_that_is_wrong(void **state)
{
    struct fixture *fixture = *state;
    const char *reply = post(fixture, "[" GOOD ",{\"tag\":\"t\",\"status\":\"x\"}]");
    assert_status(reply, "400");
    assert_has(reply, "{\"error\":\"message 1: field \\\"status\\\": found \\\"x\\\"");
    assert_has(reply, ",\"index\":1}\n");
    assert_int_equal(fixture->pushed, 0);
}

static void refuses_a_body_without_messages(void **state)
{
    struct fixture *fixture = *state;
    static const char *const bodies[] = {"", "\n", "[]", "tag=t", "[{\"tag\":\"t\"}]]"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        assert_status(post(fixture, bodies[i]), "400");
    assert_int_equal(fixture->pushed, 0);
}

static void names_no_index_where_the_body_as_a_whole_is_wrong(void **state)
{
    struct fixture *fixture = *state;
    assert_status(post(fixture, ""), "400");
    assert_lacks(strbuf_text(&fixture->reply), "index");
}

static void refuses_a_message_over_1_mib(void **state)
{
    struct fixture *fixture = *state;
    AUTO(strbuf) struct strbuf body = {0};
    strbuf_puts(&body, "{\"tag\":\"t\",\"text\":\"");
    memset(strbuf_reserve(&body, MESSAGE_SIZE_MAX), 'x', MESSAGE_SIZE_MAX);
    body.size += MESSAGE_SIZE_MAX;
    strbuf_puts(&body, "\"}");
    const char *reply = post(fixture, body.data);
    assert_status(reply, "413");
    assert_has(reply, "\"index\":0");
}

static void refuses_an_announced_body_over_16_mib_unread(void **state)
{
    struct fixture *fixture = *state;
    assert_status(exchange(fixture,
                           "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n"
                           "Content-Length: 16777217",
                           "", 0),
                  "413");
    assert_status(exchange(fixture,
                           "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
                           "Content-Length: 99999999999999999999",
                           "", 0),
                  "413");
}

static void refuses_a_chunked_body_over_16_mib(void **state)
{
    struct fixture *fixture = *state;
    AUTO(strbuf) struct strbuf body = {0};
    size_t size = ((size_t)16 << 20) + 1;
    strbuf_printf(&body, "%zx\r\n", size);
    memset(strbuf_reserve(&body, size), ' ', size);
    body.size += size;
    strbuf_puts(&body, "\r\n0\r\n\r\n");
    assert_status(exchange(fixture,
                           "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n"
                           "Transfer-Encoding: chunked",
                           body.data, body.size),
                  "413");
}

/* What follows the body, wherever that ends, is answered by nobody. */
static void refuses_a_head_that_contradicts_itself(void **state)
{
    struct fixture *fixture = *state;
    static const char *const heads[] = {
        "Content-Length: 22\r\nContent-Length: 70",
        "Content-Length: 70\r\nContent-Length: 22",
        "Content-Length: 22\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 22",
        "Transfer-Encoding : chunked\r\nContent-Length: 22",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Content-Length: 22\r\nHost: evil.example",
        "Content-Length: 22\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b",
    };
    const char *body = "{\"tag\":\"t\",\"status\":0}"
                       "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        AUTO(str)
        char *head = text_format("POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n%s",
                                 heads[i]);
        const char *reply = exchange(fixture, head, body, strlen(body));
        assert_status(reply, "400");
        assert_null(strstr(reply + 1, "HTTP/1.1 "));
    }
}

static void takes_a_chunked_body(void **state)
{
    struct fixture *fixture = *state;
    const char *body = "c\r\n{\"tag\":\"t\",\"\r\na\r\nstatus\":0}\r\n0\r\n\r\n";
    assert_status(exchange(fixture,
                           "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n"
                           "Transfer-Encoding: chunked",
                           body, strlen(body)),
                  "202");
}

static void knows_the_types_that_hold_json(void **state)
{
    struct fixture *fixture = *state;
    assert_status(post_as(fixture, "Content-Type: application/json"), "202");
    assert_status(post_as(fixture, "Content-Type: Application/X-NDJSON"), "202");
    assert_status(post_as(fixture, "Content-Type: text/plain; charset=utf-8"), "202");
    assert_status(post_as(fixture, "Content-Type: application/x-www-form-urlencoded"),
                  "202");
    const char *reply = post_as(fixture, "Content-Type: application/xml");
    assert_status(reply, "415");
    assert_has(reply, "found \\\"application/xml\\\", expected application/json");
}

static void refuses_web_pages(void **state)
{
    struct fixture *fixture = *state;
    assert_status(post_as(fixture, "Origin: http://evil.example"), "403");
    assert_status(
        exchange(fixture, "GET /v1/status HTTP/1.1\r\nHost: evil.example", "", 0),
        "403");
    assert_status(exchange(fixture,
                           "GET /v1/status HTTP/1.1\r\nHost: localhost.evil.example",
                           "", 0),
                  "403");
    assert_int_equal(fixture->pushed, 0);
}

static void answers_to_every_name_of_loopback(void **state)
{
    struct fixture *fixture = *state;
    static const char *const hosts[] = {"localhost",    "LOCALHOST:7777", "127.0.0.1",
                                        "127.1.2.3:80", "[::1]",          "[::1]:7777"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        AUTO(str)
        char *head = text_format("GET /healthz HTTP/1.1\r\nHost: %s", hosts[i]);
        assert_status(exchange(fixture, head, "", 0), "200");
    }
}

static void says_when_the_queue_is_full(void **state)
{
    struct fixture *fixture = *state;
    AUTO(strbuf) struct strbuf body = {0};
    for (int i = 0; i < QUEUE_SIZE / 100; i++)
        strbuf_puts(&body, GOOD "\n");
    const char *reply = post(fixture, body.data);
    assert_status(reply, "503");
    assert_has(reply, "Retry-After: ");
    assert_status(post(fixture, GOOD), "202");
}

static void says_when_the_store_cannot_be_written_and_when_it_can_again(void **state)
{
    struct fixture *fixture = *state;
    fixture->answer = -ENOSPC;
    assert_status(post(fixture, GOOD), "202");
    while (embedded_store_rc(fixture->embedded) == 0)
        turn(fixture);
    const char *reply = ask(fixture, "GET /healthz");
    assert_status(reply, "503");
    assert_has(reply, "Retry-After: ");
    assert_has(reply, "{\"ok\":false");
    assert_has(reply, "the store cannot be written: No space left");
    assert_status(ask(fixture, "GET /v1/status"), "200");

    fixture->answer = 0;
    assert_taken(fixture, 1);
    reply = ask(fixture, "GET /healthz");
    assert_status(reply, "200");
    assert_has(reply, "{\"ok\":true,\"version\":\"" VERSION "\"}\n");
}

static void knows_its_paths_and_their_methods(void **state)
{
    struct fixture *fixture = *state;
    const char *reply = ask(fixture, "GET /v1/mesages");
    assert_status(reply, "404");
    assert_has(reply, "did you mean /v1/messages?");
    reply = ask(fixture, "DELETE /v1/messages");
    assert_status(reply, "405");
    assert_has(reply, "Allow: POST, GET, HEAD\r\n");
    assert_status(exchange(fixture,
                           "PUT /v1/status HTTP/1.1\r\nHost: localhost\r\n"
                           "Content-Length: 22",
                           GOOD, 22),
                  "405");
    assert_has(strbuf_text(&fixture->reply), "Allow: GET, HEAD\r\n");
}

/* ---- what is asked ---- */

static void lists_messages_newest_first(void **state)
{
    struct fixture *fixture = *state;
    const char *reply = ask(fixture, "GET /v1/messages");
    assert_status(reply, "200");
    const char *newer = strstr(reply, ID_2), *older = strstr(reply, ID_1);
    assert_non_null(newer);
    assert_non_null(older);
    assert_true(newer < older);
    assert_has(reply, "{\"messages\":[{\"number\":2,\"came\":\"");
    assert_has(reply, "\"time\":\"2026-11-22T10:00:00.000Z\",\"state\":\"ok\","
                      "\"last_word\":\"\",\"message\":{");
}

static void refuses_a_list_that_is_larger_than_its_memory(void **state)
{
    struct fixture *fixture = *state;
    AUTO(strbuf) struct strbuf json = {0};
    strbuf_puts(&json, "{\"tag\":\"t\",\"text\":\"");
    size_t text = json.size, size = MESSAGE_SIZE_MAX - 1000;
    memset(strbuf_reserve(&json, size), 'x', size);
    json.size = text + size;
    strbuf_puts(&json, "\"}");
    for (int i = 0; i < 130; i++)
        put(fixture->store, json.data);
    assert_status(ask(fixture, "GET /v1/messages?limit=129"), "400");
    assert_has(strbuf_text(&fixture->reply), "ask for less");
    assert_status(ask(fixture, "GET /v1/messages?limit=10"), "200");
}

static void filters_messages(void **state)
{
    struct fixture *fixture = *state;
    const char *reply = ask(fixture, "GET /v1/messages?host=a&tag=t");
    assert_has(reply, ID_1);
    assert_lacks(reply, ID_2);
    reply = ask(fixture, "GET /v1/messages?failed=1");
    assert_has(reply, ID_1);
    assert_lacks(reply, ID_2);
    reply = ask(fixture, "GET /v1/messages?since=2026-11-22T09:30:00Z");
    assert_has(reply, ID_2);
    assert_lacks(reply, ID_1);
    reply = ask(fixture, "GET /v1/messages?until=2026-11-22T09:30:00Z");
    assert_has(reply, ID_1);
    assert_lacks(reply, ID_2);
    reply = ask(fixture, "GET /v1/messages?limit=1");
    assert_has(reply, ID_2);
    assert_lacks(reply, ID_1);
    reply = ask(fixture, "GET /v1/messages?before=" ID_2);
    assert_has(reply, ID_1);
    assert_lacks(reply, ID_2);
    assert_has(ask(fixture, "GET /v1/messages?host=nobody"), "{\"messages\":[]}\n");
}

static void refuses_parameters_that_are_wrong(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *line, *error;
    } rows[] = {
        {"GET /v1/messages?hots=a", "no parameter is called \\\"hots\\\"; did you mean "
                                    "host?"},
        {"GET /v1/messages?limit=0", "parameter \\\"limit\\\": found \\\"0\\\", "
                                     "expected a number from 1 to 10000"},
        {"GET /v1/messages?limit=10001", "\\\"10001\\\""},
        {"GET /v1/messages?limit=+1", "\\\"limit\\\""},
        {"GET /v1/messages?limit=9999999999999999999", "\\\"limit\\\""},
        {"GET /v1/messages?since=yesterday", "\\\"since\\\": found \\\"yesterday\\\""},
        {"GET /v1/messages?until=", "\\\"until\\\""},
        {"GET /v1/messages?failed=yes", "expected 0 or 1"},
        {"GET /v1/messages?failed", "\\\"failed\\\""},
        {"GET /v1/messages?before=7", "the id of a message"},
        {"GET /v1/messages?host=", "\\\"host\\\""},
        {"GET /v1/messages?host=a%00b", "no NUL"},
        {"GET /v1/messages?host=a&host=b", "found it twice"},
        {"GET /v1/status?host=a", "no parameter is called \\\"host\\\""},
        {"GET /v1/messages/0192?failed=1", "no parameter is called \\\"failed\\\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *reply = ask(fixture, rows[i].line);
        assert_status(reply, "400");
        assert_has(reply, rows[i].error);
    }
}

static void shows_one_message_whole_by_a_part_of_its_id(void **state)
{
    struct fixture *fixture = *state;
    const char *reply = ask(fixture, "GET /v1/messages/" ID_1);
    assert_status(reply, "200");
    assert_has(reply, "\r\n\r\n{\"number\":1,");
    assert_has(reply, "it broke");
    assert_has(ask(fixture, "GET /v1/messages/0001"), ID_1);
    assert_status(ask(fixture, "GET /v1/messages/0192"), "409");
    assert_status(ask(fixture, "GET /v1/messages/ffff"), "404");
    assert_status(ask(fixture, "GET /v1/messages/000"), "400");
    assert_status(ask(fixture, "GET /v1/messages/%27%20OR%201=1"), "400");
    assert_status(ask(fixture, "GET /v1/messages/"), "400");
}

static void shows_how_the_herd_is(void **state)
{
    struct fixture *fixture = *state;
    const char *reply = ask(fixture, "GET /v1/status");
    assert_status(reply, "200");
    assert_has(reply, "{\"now\":\"20");
    assert_has(reply, "\"states\":[{\"host\":\"a\",\"tag\":\"t\",\"state\":\"fail\","
                      "\"since\":\"2026-11-22T09:00:00.000Z\","
                      "\"time\":\"2026-11-22T09:00:00.000Z\",\"id\":\"" ID_1 "\","
                      "\"last_word\":\"it broke\"}");
    assert_has(reply, "{\"host\":\"b\"");
    assert_lacks(ask(fixture, "GET /v1/status?failed=1"), "{\"host\":\"b\"");
}

static void heads_have_no_body(void **state)
{
    struct fixture *fixture = *state;
    const char *reply = ask(fixture, "HEAD /v1/status");
    assert_status(reply, "200");
    assert_string_equal(strstr(reply, "\r\n\r\n"), "\r\n\r\n");
    assert_lacks(reply, "Content-Length: 0\r\n");
}

/* ---- where it listens, and how it ends ---- */

static void answers_who_waits_when_it_closes_and_takes_no_more(void **state)
{
    struct fixture *fixture = *state;
    const char *text = "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n"
                       "Content-Length: 22\r\nConnection: close\r\n\r\n" GOOD;
    int late = dial(fixture);
    turn(fixture);
    int fd = dial(fixture);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    while (!door_is_waiting(fixture->door))
        uv_run(&fixture->loop, UV_RUN_NOWAIT);

    door_quiesce(fixture->door);
    send_all(fixture, late, text, strlen(text));
    assert_status(receive_all(fixture, late), "503");
    while (door_is_waiting(fixture->door))
        turn(fixture);
    door_close(TAKE(fixture->door));
    assert_status(receive_all(fixture, fd), "202");
}

/* A question whose answer is still to be read from the store. */
static int begin_question(struct fixture *fixture)
{
    int fd = dial(fixture);
    const char *text = "GET /v1/status HTTP/1.1\r\nHost: localhost\r\n"
                       "Connection: close\r\n\r\n";
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    while (!door_is_waiting(fixture->door))
        uv_run(&fixture->loop, UV_RUN_NOWAIT);
    return fd;
}

static void a_question_waits_for_what_was_acknowledged_before(void **state)
{
    struct fixture *fixture = *state;
    fixture->answer = 1;
    assert_status(post(fixture, GOOD), "202");
    int fd = begin_question(fixture);
    for (int i = 0; i < 100; i++)
        turn(fixture);
    assert_true(door_is_waiting(fixture->door));
    assert_true(worker_is_idle(fixture->worker));
    fixture->answer = 0;
    assert_status(receive_all(fixture, fd), "200");
    assert_int_equal(fixture->taken, 1);
}

static void answers_a_question_that_began_before_it_closes(void **state)
{
    struct fixture *fixture = *state;
    int late = dial(fixture);
    turn(fixture);
    int fd = begin_question(fixture);
    door_quiesce(fixture->door);
    const char *text = "GET /v1/status HTTP/1.1\r\nHost: localhost\r\n"
                       "Connection: close\r\n\r\n";
    send_all(fixture, late, text, strlen(text));
    assert_status(receive_all(fixture, late), "503");
    assert_status(receive_all(fixture, fd), "200");
    assert_false(door_is_waiting(fixture->door));
}

static void survives_an_asker_that_goes_while_the_store_is_read(void **state)
{
    struct fixture *fixture = *state;
    close(begin_question(fixture));
    while (door_is_waiting(fixture->door))
        turn(fixture);
    assert_status(ask(fixture, "GET /v1/status"), "200");
}

static void a_body_that_ends_while_it_closes_is_not_taken(void **state)
{
    struct fixture *fixture = *state;
    int fd = dial(fixture);
    const char *text = "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n"
                       "Content-Length: 22\r\nConnection: close\r\n\r\n" GOOD;
    size_t part = strlen(text) - 5;
    send_all(fixture, fd, text, part);
    for (int i = 0; i < 10; i++)
        turn(fixture);
    door_quiesce(fixture->door);
    send_all(fixture, fd, text + part, 5);
    assert_status(receive_all(fixture, fd), "503");
    assert_int_equal(fixture->pushed, 0);
}

static void a_door_that_is_closing_refuses_connections(void **state)
{
    struct fixture *fixture = *state;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((in_port_t)fixture->port)};
    door_quiesce(fixture->door);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), -1);
    close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(takes_one_object),
        TEST(takes_an_array_and_a_sequence),
        TEST(acknowledges_what_the_store_does_not_have_yet),
        TEST(survives_a_sender_that_goes_while_it_waits),
        TEST(survives_a_connection_that_breaks_before_the_answer),
        TEST(takes_what_it_does_not_know_for_a_person_to_see),
        TEST(keeps_a_connection_for_the_next_request),
        TEST(fills_in_this_machine_as_the_host),
        TEST(names_the_message_and_field_that_is_wrong),
        TEST(refuses_a_body_without_messages),
        TEST(names_no_index_where_the_body_as_a_whole_is_wrong),
        TEST(refuses_a_message_over_1_mib),
        TEST(refuses_an_announced_body_over_16_mib_unread),
        TEST(refuses_a_chunked_body_over_16_mib),
        TEST(refuses_a_head_that_contradicts_itself),
        TEST(takes_a_chunked_body),
        TEST(knows_the_types_that_hold_json),
        TEST(refuses_web_pages),
        TEST(answers_to_every_name_of_loopback),
        TEST(says_when_the_queue_is_full),
        TEST(says_when_the_store_cannot_be_written_and_when_it_can_again),
        TEST(knows_its_paths_and_their_methods),
        TEST(lists_messages_newest_first),
        TEST(refuses_a_list_that_is_larger_than_its_memory),
        TEST(filters_messages),
        TEST(refuses_parameters_that_are_wrong),
        TEST(shows_one_message_whole_by_a_part_of_its_id),
        TEST(shows_how_the_herd_is),
        TEST(heads_have_no_body),
        TEST(answers_who_waits_when_it_closes_and_takes_no_more),
        TEST(a_question_waits_for_what_was_acknowledged_before),
        TEST(answers_a_question_that_began_before_it_closes),
        TEST(survives_an_asker_that_goes_while_the_store_is_read),
        TEST(a_body_that_ends_while_it_closes_is_not_taken),
        TEST(a_door_that_is_closing_refuses_connections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

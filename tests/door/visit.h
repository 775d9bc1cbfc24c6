// SPDX-License-Identifier: GPL-3.0-or-later
/* visit - a door with tokens in its store, and one request at a time over a real
 * socket: a client that does not block and the door take turns on the loop. */
#ifndef TESTS_DOOR_VISIT_H
#define TESTS_DOOR_VISIT_H

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
#include "door/door.h"
#include "door/tokens.h"
#include "store/touched.h"

#define VISIT_INTAKE ((size_t)1 << 20)

struct visit {
    char folder[32], store_path[64];
    uv_loop_t loop;
    struct config *config;
    struct store *store, *reader, *token_reader;
    struct worker *worker; /* of the first two */
    struct intake *intake;
    struct embedded *embedded;
    struct wants *wants; /* NULL: nobody is asked for facts */
    struct door *door;
    int port;
    struct touched *touched; /* what was said to have changed */
    int news;                /* how often the outbox was said to have something */
    struct strbuf hosts;     /* of the messages that were taken, a blank behind each */
    struct strbuf unread;    /* the same of what could not be read: its bytes */
    struct strbuf reply;
};

static inline char *visit_token(struct visit *visit, const char *host, enum role role,
                                int64_t expires)
{
    char text[TOKEN_TEXT_SIZE];
    struct token_row row = {
        .host = host, .role = role, .made = clock_now(), .expires = expires};
    int64_t number;
    token_make(text, row.hash);
    assert_int_equal(store_begin(visit->store, NULL), 0);
    assert_int_equal(store_put_token(visit->store, &row, &number, NULL), 0);
    assert_int_equal(store_commit(visit->store, NULL), 0);
    return text_copy(text);
}

static inline void visit_ignore(void *context)
{
    (void)context;
}

static inline void visit_note_news(void *context)
{
    ((struct visit *)context)->news++;
}

static inline void visit_note_change(void *context, struct touched *touched)
{
    touched_move(touched, ((struct visit *)context)->touched);
}

static inline void visit_open(struct visit *visit)
{
    struct door_parts parts = {.loop = &visit->loop,
                               .embedded = visit->embedded,
                               .reader = {visit->worker, visit->reader},
                               .writer = {visit->worker, visit->store},
                               .token_reader = visit->token_reader,
                               .store_path = visit->store_path,
                               .wants = visit->wants,
                               .has_news = visit_note_news,
                               .has_changed = visit_note_change,
                               .context = visit,
                               .config = visit->config};
    assert_int_equal(listen_bind("127.0.0.1", 0, &parts.listening, NULL), 0);
    assert_int_equal(door_open(&parts, &visit->door, NULL), 0);
    visit->port = parts.listening.port;
}

/* The door is opened by visit_open(), or the first request. */
static inline int visit_set_up(void **state)
{
    struct visit *visit = memory_new(sizeof *visit);
    snprintf(visit->folder, sizeof visit->folder, "/tmp/visit.XXXXXX");
    assert_non_null(mkdtemp(visit->folder));
    const char *path = visit->store_path;
    snprintf(visit->store_path, sizeof visit->store_path, "%s/store", visit->folder);
    assert_int_equal(store_open(path, &visit->store, NULL), 0);
    assert_int_equal(store_open_reader(path, &visit->reader, NULL), 0);
    assert_int_equal(store_open_reader(path, &visit->token_reader, NULL), 0);
    uv_loop_init(&visit->loop);
    visit->config = config_new();
    visit->touched = touched_new();
    visit->worker = worker_new(&visit->loop);
    visit->intake = intake_new(VISIT_INTAKE);
    AUTO(str) char *folder = text_format("%s/queue", visit->folder);
    struct embedded_parts queue = {.loop = &visit->loop,
                                   .folder = folder,
                                   .intake = visit->intake,
                                   .pushed = visit_ignore};
    assert_int_equal(embedded_open(&queue, &visit->embedded, NULL), 0);
    *state = visit;
    return 0;
}

static inline void visit_answer(struct visit *visit)
{
    struct parcel *parcel = intake_receive(visit->intake);
    while (parcel) {
        struct parcel *next = parcel->next;
        for (size_t i = 0; i < parcel->messages.count; i++)
            strbuf_printf(&visit->hosts, "%s ", parcel->messages.items[i]->host);
        for (size_t i = 0; i < parcel->unread.count; i++)
            strbuf_printf(&visit->unread, "%.*s ", (int)parcel->unread.items[i].size,
                          parcel->unread.items[i].bytes);
        parcel->answer(parcel, 0);
        parcel = next;
    }
}

static inline int visit_tear_down(void **state)
{
    struct visit *visit = *state;
    static const char *const names[] = {"store", "store-wal", "store-shm",
                                        "queue/00000001.journal", "queue"};
    embedded_stop(visit->embedded);
    while (!embedded_is_idle(visit->embedded)) {
        visit_answer(visit);
        uv_run(&visit->loop, UV_RUN_NOWAIT);
    }
    door_close(visit->door);
    embedded_close(visit->embedded);
    worker_free(visit->worker);
    uv_run(&visit->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&visit->loop), 0);
    intake_free(visit->intake);
    store_close(visit->token_reader);
    store_close(visit->reader);
    store_close(visit->store);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        AUTO(str) char *path = text_format("%s/%s", visit->folder, names[i]);
        remove(path);
    }
    assert_int_equal(rmdir(visit->folder), 0);
    strbuf_clear(&visit->hosts);
    strbuf_clear(&visit->unread);
    strbuf_clear(&visit->reply);
    config_free(visit->config);
    touched_free(visit->touched);
    free(visit);
    return 0;
}

static inline int visit_dial(struct visit *visit)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((in_port_t)visit->port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* What comes until the door closes the connection. */
static inline const char *visit_receive(struct visit *visit, int fd)
{
    int64_t end = clock_monotonic() + 60 * 1000000;
    strbuf_clear(&visit->reply);
    while (clock_monotonic() < end) {
        uv_run(&visit->loop, UV_RUN_NOWAIT);
        visit_answer(visit);
        char *to = strbuf_reserve(&visit->reply, 65536);
        ssize_t count = recv(fd, to, 65536, MSG_DONTWAIT);
        if (count == 0 || (count < 0 && errno != EAGAIN))
            break;
        visit->reply.size += count > 0 ? (size_t)count : 0;
        visit->reply.data[visit->reply.size] = '\0';
    }
    close(fd);
    return strbuf_text(&visit->reply);
}

/* A request that is sent, for visit_receive. line: "GET /v1/status"; token: NULL: none;
 * body: NULL: none. */
static inline int visit_begin(struct visit *visit, const char *line, const char *token,
                              const char *body)
{
    if (!visit->door)
        visit_open(visit);
    int fd = visit_dial(visit);
    AUTO(str)
    char *text =
        text_format("%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    "%s%s%sContent-Length: %zu\r\n\r\n%s",
                    line, token ? "Authorization: Bearer " : "", token ? token : "",
                    token ? "\r\n" : "", body ? strlen(body) : 0, body ? body : "");
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
    return fd;
}

static inline const char *visit_ask(struct visit *visit, const char *line,
                                    const char *token, const char *body)
{
    return visit_receive(visit, visit_begin(visit, line, token, body));
}

/* Of the messages that were taken, once there are as many bytes of them, and of what
 * could not be read. */
static inline const char *visit_hosts(struct visit *visit, size_t size)
{
    int64_t end = clock_monotonic() + 10 * 1000000;
    while (visit->hosts.size + visit->unread.size < size && clock_monotonic() < end) {
        uv_run(&visit->loop, UV_RUN_NOWAIT);
        visit_answer(visit);
    }
    return strbuf_text(&visit->hosts);
}

static inline int visit_status(const char *reply)
{
    return strlen(reply) > 12 ? (int)strtol(reply + 9, NULL, 10) : 0;
}

#define assert_has(text, part)   assert_non_null(strstr(text, part))
#define assert_lacks(text, part) assert_null(strstr(text, part))
#define VISIT_TEST(name)                                                               \
    cmocka_unit_test_setup_teardown(name, visit_set_up, visit_tear_down)

#endif

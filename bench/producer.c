// SPDX-License-Identifier: GPL-3.0-or-later
/* producer - sends messages of 400 bytes, for bench/queues, which starts the servers.
 *
 *     producer stored CONF STORE COUNT    through the queue that CONF names, the next
 *                                         when the one before is stored; a line each:
 *                                         microseconds until sent, until stored
 *     producer raw URL COUNT WINDOW       by the broker's own library and nothing of
 *                                         ours, WINDOW of them under way at a time; one
 *                                         line: messages a second
 *
 * What is sent raw is as durable as what a queue sends: it is the limit that the broker
 * sets. */
#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <errno.h>
#include <hiredis/hiredis.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/uuid.h"
#include "config/config.h"
#include "queue/queue.h"
#include "queue/url.h"

#define MESSAGE_SIZE 400
#define HOSTS        50
#define STORED_MS    20000 /* for one message to be stored */
#define LOOK_US      50    /* between two looks at the store */
#define RAW_KEY      "bench:raw"

/* The next message: 400 bytes. */
static void write_message(char ret[MESSAGE_SIZE + 1], char ret_id[UUID_SIZE])
{
    static long number;
    char time[CLOCK_TEXT_SIZE];
    int64_t now = clock_now();
    uuid_make(now, ret_id);
    clock_format_utc(now, time);
    int head =
        snprintf(ret, MESSAGE_SIZE + 1,
                 "{\"v\":1,\"id\":\"%s\",\"kind\":\"outcome\",\"host\":\"penguin%"
                 "ld\",\"tag\":\"job\",\"time\":\"%s\",\"command\":\"copy\","
                 "\"status\":0,\"err\":\"SUCCESS\",\"stderr\":\"",
                 ret_id, number++ % HOSTS, time);
    memset(ret + head, '.', (size_t)(MESSAGE_SIZE - head - 2));
    memcpy(ret + MESSAGE_SIZE - 2, "\"}", 3);
}

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "producer: %s: %s\n", what, why);
    return EXIT_FAILURE;
}

/* ---- through the queue, until stored ---- */

/* -ETIMEDOUT: it is not stored in time. */
static int await_stored(sqlite3_stmt *look, const char *id)
{
    int64_t end = clock_monotonic() + (int64_t)STORED_MS * 1000;
    int step = SQLITE_DONE;
    while (step != SQLITE_ROW && clock_monotonic() < end) {
        sqlite3_reset(look);
        sqlite3_bind_text(look, 1, id, -1, SQLITE_STATIC);
        step = sqlite3_step(look);
        if (step != SQLITE_ROW)
            usleep(LOOK_US);
    }
    sqlite3_reset(look);
    return step == SQLITE_ROW ? 0 : -ETIMEDOUT;
}

static int send_until_stored(struct queue *queue, sqlite3_stmt *look, struct error *err)
{
    char json[MESSAGE_SIZE + 1], id[UUID_SIZE];
    write_message(json, id);
    struct sending item = {.json = json, .size = MESSAGE_SIZE};
    int64_t start = clock_monotonic();
    queue_set_deadline(queue, start + (int64_t)STORED_MS * 1000);
    int rc = queue_send(queue, &item, 1, err);
    int64_t sent = clock_monotonic();
    if (rc == 0 && item.verdict != SENDING_TAKEN)
        rc = error_set(err, -EBADMSG, "refused: %s", item.why);
    sending_clear(&item);
    if (rc == 0 && await_stored(look, id) < 0)
        rc = error_set(err, -ETIMEDOUT, "%s is sent, and not stored", id);
    if (rc == 0)
        printf("%lld %lld\n", (long long)(sent - start),
               (long long)(clock_monotonic() - start));
    return rc;
}

static int produce_stored(char **words)
{
    AUTO(config) struct config *config = NULL;
    AUTO(queue) struct queue *queue = NULL;
    struct error err = {0};
    if (config_load(words[0], &config, &err) < 0)
        return fail("configuration", err.text);
    struct queue_options options = {.config = config, .place = config->queue.items};
    if (queue_open(&options, &queue, &err) < 0)
        return fail("queue", err.text);

    sqlite3 *store = NULL;
    sqlite3_stmt *look = NULL;
    int rc = 0;
    if (sqlite3_open_v2(words[1], &store, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_busy_timeout(store, STORED_MS) != SQLITE_OK ||
        sqlite3_prepare_v2(store, "SELECT 1 FROM message WHERE id = ?", -1, &look,
                           NULL) != SQLITE_OK)
        rc = error_set(&err, -EIO, "%s: %s", words[1], sqlite3_errmsg(store));
    long count = strtol(words[2], NULL, 10);
    for (long i = 0; rc == 0 && i < count; i++)
        rc = send_until_stored(queue, look, &err);
    sqlite3_finalize(look);
    sqlite3_close(store);
    return rc == 0 ? EXIT_SUCCESS : fail("sending", err.text);
}

/* ---- raw ---- */

struct raw {
    const char *scheme;

    /* Required, all three. 0, or negative. */
    int (*open)(const struct url *url, void **ret);
    int (*send)(void *state, int count); /* returns when all of them are durable */
    void (*close)(void *state);
};

/* http: the door itself, by a socket; several messages are one request. */
static int raw_http_open(const struct url *url, void **ret)
{
    AUTO(str) char *port = text_format("%d", url->port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(url->host, port, &hints, &found) != 0)
        return -EHOSTUNREACH;
    static const int yes = 1;
    int *fd = memory_new(sizeof *fd);
    *fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int rc = connect(*fd, found->ai_addr, found->ai_addrlen) < 0 ? -errno : 0;
    setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    freeaddrinfo(found);
    *ret = fd;
    return rc;
}

static int read_accepted(int fd)
{
    char reply[4096];
    size_t size = 0;
    for (;;) {
        ssize_t count = read(fd, reply + size, sizeof reply - 1 - size);
        if (count <= 0)
            return -ECONNRESET;
        size += (size_t)count;
        reply[size] = '\0';
        const char *body = strstr(reply, "\r\n\r\n");
        if (body && strchr(body + 4, '\n'))
            return strncmp(reply, "HTTP/1.1 202 ", 13) == 0 ? 0 : -EPROTO;
    }
}

static int raw_http_send(void *state, int count)
{
    AUTO(strbuf) struct strbuf request = {0};
    char json[MESSAGE_SIZE + 1], id[UUID_SIZE];
    strbuf_printf(&request,
                  "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n"
                  "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n",
                  count * (MESSAGE_SIZE + 1));
    for (int i = 0; i < count; i++) {
        write_message(json, id);
        strbuf_printf(&request, "%s\n", json);
    }
    int fd = *(const int *)state;
    int rc = files_write_all(fd, request.data, request.size);
    return rc < 0 ? rc : read_accepted(fd);
}

static void raw_http_close(void *state)
{
    close(*(const int *)state);
    free(state);
}

/* redis: XADD, pipelined */
static int raw_redis_open(const struct url *url, void **ret)
{
    redisContext *redis = redisConnect(url->host, url->port);
    *ret = redis;
    if (!redis || redis->err)
        return -ECONNREFUSED;
    redisReply *reply =
        redisCommand(redis, "AUTH %s %s", url->user ? url->user : "default",
                     url->password ? url->password : "");
    freeReplyObject(reply);
    return redis->err ? -EIO : 0;
}

static int raw_redis_send(void *state, int count)
{
    char json[MESSAGE_SIZE + 1], id[UUID_SIZE];
    int rc = 0;
    for (int i = 0; i < count; i++) {
        write_message(json, id);
        redisAppendCommand(state, "XADD " RAW_KEY " * message %b", json,
                           (size_t)MESSAGE_SIZE);
    }
    for (int i = 0; rc == 0 && i < count; i++) {
        redisReply *reply = NULL;
        if (redisGetReply(state, (void **)&reply) != REDIS_OK)
            return -EIO;
        rc = reply->type == REDIS_REPLY_STRING ? 0 : -EPROTO;
        freeReplyObject(reply);
    }
    return rc;
}

static void raw_redis_close(void *state)
{
    redisFree(state);
}

/* amqp: persistent messages into a durable queue, with confirms */
static int raw_amqp_open(const struct url *url, void **ret)
{
    amqp_connection_state_t connection = amqp_new_connection();
    *ret = connection;
    if (amqp_socket_open(amqp_tcp_socket_new(connection), url->host, url->port) != 0)
        return -ECONNREFUSED;
    amqp_rpc_reply_t reply =
        amqp_login(connection, "/", 0, AMQP_DEFAULT_FRAME_SIZE, 0,
                   AMQP_SASL_METHOD_PLAIN, url->user, url->password);
    if (reply.reply_type != AMQP_RESPONSE_NORMAL)
        return -EACCES;
    bool is_good = amqp_channel_open(connection, 1) &&
                   amqp_confirm_select(connection, 1) &&
                   amqp_queue_declare(connection, 1, amqp_cstring_bytes(RAW_KEY), 0, 1,
                                      0, 0, amqp_empty_table);
    return is_good ? 0 : -EPROTO;
}

/* How many a frame confirms, of those that left are not yet; negative: it refuses. */
static int read_confirm(amqp_connection_state_t connection, uint64_t *confirmed)
{
    amqp_frame_t frame;
    struct timeval patience = {.tv_sec = STORED_MS / 1000};
    if (amqp_simple_wait_frame_noblock(connection, &frame, &patience) != AMQP_STATUS_OK)
        return -EIO;
    if (frame.frame_type != AMQP_FRAME_METHOD ||
        frame.payload.method.id != AMQP_BASIC_ACK_METHOD)
        return -EPROTO;
    const amqp_basic_ack_t *ack = frame.payload.method.decoded;
    int count = ack->multiple ? (int)(ack->delivery_tag - *confirmed) : 1;
    *confirmed += (uint64_t)count;
    amqp_maybe_release_buffers(connection);
    return count;
}

static int raw_amqp_send(void *state, int count)
{
    static uint64_t confirmed; /* of the one channel there is */
    static const amqp_basic_properties_t persistent = {
        ._flags = AMQP_BASIC_DELIVERY_MODE_FLAG,
        .delivery_mode = 2,
    };
    char json[MESSAGE_SIZE + 1], id[UUID_SIZE];
    for (int i = 0; i < count; i++) {
        write_message(json, id);
        if (amqp_basic_publish(state, 1, amqp_empty_bytes, amqp_cstring_bytes(RAW_KEY),
                               0, 0, &persistent, amqp_cstring_bytes(json)) != 0)
            return -EIO;
    }
    while (count > 0) {
        int rc = read_confirm(state, &confirmed);
        if (rc < 0)
            return rc;
        count -= rc;
    }
    return 0;
}

static void raw_amqp_close(void *state)
{
    amqp_destroy_connection(state);
}

static const struct raw raws[] = {
    {"http", raw_http_open, raw_http_send, raw_http_close},
    {"redis", raw_redis_open, raw_redis_send, raw_redis_close},
    {"amqp", raw_amqp_open, raw_amqp_send, raw_amqp_close},
};

static int drive(const struct raw *raw, void *state, long count, int window)
{
    int64_t start = clock_monotonic();
    int rc = 0;
    for (long sent = 0; rc == 0 && sent < count; sent += window)
        rc = raw->send(state, window);
    if (rc == 0)
        printf("%.0f\n", (double)count * 1e6 / (double)(clock_monotonic() - start));
    return rc;
}

static int produce_raw(char **words)
{
    AUTO(url) struct url url = {0};
    struct error err = {0};
    long count = strtol(words[1], NULL, 10);
    int window = (int)strtol(words[2], NULL, 10);
    if (url_parse(words[0], 0, &url, &err) < 0)
        return fail("url", err.text);
    for (size_t i = 0; i < sizeof raws / sizeof *raws; i++) {
        if (strcmp(raws[i].scheme, url.scheme) != 0)
            continue;
        void *state = NULL;
        int rc = raws[i].open(&url, &state);
        if (rc == 0)
            rc = drive(&raws[i], state, count, window);
        raws[i].close(state);
        return rc == 0 ? EXIT_SUCCESS : fail(url.name, strerror(-rc));
    }
    return fail(url.scheme, "nothing of that name is known");
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "stored") == 0)
        return produce_stored(argv + 2);
    if (argc == 5 && strcmp(argv[1], "raw") == 0)
        return produce_raw(argv + 2);
    fputs("usage: producer stored CONF STORE COUNT\n"
          "       producer raw URL COUNT WINDOW\n",
          stderr);
    return 2;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* door - libmicrohttpd with no thread of its own: its epoll descriptor is watched by
 * our loop, its next timeout is a timer of the loop, and both let it work. */
#include "door/door.h"

#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/log.h"
#include "base/memory.h"
#include "door/askers.h"
#include "door/guests.h"
#include "door/request.h"
#include "door/routes.h"

#define CONNECTIONS_MAX 800 /* below the 1024 descriptors that a process usually has */
#define HEAD_SIZE_MAX   (8 << 10) /* bytes of a connection's buffer */
#define FAILURES_MAX    10        /* wrong tokens of one address in a minute */
#define CLOSE_WAIT_MS   1000 /* at the end, for replies that are still on their way */
#define CLOSE_STEP_MS   10
#define PAUSE_MS        1
#define IDLE_TURNS_MAX  4

struct door {
    struct lobby lobby; /* first: a lobby is within its door */
    char host[MESSAGE_NAME_MAX + 1];
    struct guests *guests;
    struct tls *tls; /* for new connections; NULL: none */
    struct MHD_Daemon *daemon;
    uv_poll_t poll;
    uv_timer_t timer;
    uv_idle_t again; /* while the library has work for the loop's next turn */
    size_t calls;    /* of ours, by the library */
    int idle_turns;  /* of the loop, in a row, in which there was none */
    int handles;     /* of the loop, that are not closed yet */
};

static void on_again(uv_idle_t *again);
static void on_timer(uv_timer_t *timer);

/* The more postings share a write, the better: what comes in while others are read is
 * read too. A connection has one posting at a time, so there is an end to it. */
static void gather(struct door *door)
{
    size_t before;
    do {
        before = door->lobby.posted;
        MHD_run(door->daemon);
    } while (door->lobby.posted > before);
}

/* As long as half a TLS handshake is there the library says 0, however often it is let
 * work: after some turns that brought nothing there is a pause. */
static void plan(struct door *door)
{
    MHD_UNSIGNED_LONG_LONG ms;
    uv_idle_stop(&door->again);
    uv_timer_stop(&door->timer);
    if (MHD_get_timeout(door->daemon, &ms) != MHD_YES)
        return;
    if (ms == 0 && door->idle_turns < IDLE_TURNS_MAX)
        uv_idle_start(&door->again, on_again);
    else
        uv_timer_start(&door->timer, on_timer, ms > PAUSE_MS ? ms : PAUSE_MS, 0);
}

/* Those that were written get their reply the next time. */
static void work(struct door *door)
{
    size_t before = door->calls;
    gather(door);
    embedded_flush(door->lobby.parts.embedded);
    if (door->calls > before)
        door->idle_turns = 0;
    else if (door->idle_turns < IDLE_TURNS_MAX)
        door->idle_turns++;
    plan(door);
}

static void on_again(uv_idle_t *again)
{
    work(again->data);
}

static void on_timer(uv_timer_t *timer)
{
    work(timer->data);
}

static void on_poll(uv_poll_t *poll, int status UNUSED, int events UNUSED)
{
    struct door *door = poll->data;
    if (!uv_is_active((uv_handle_t *)&door->again))
        work(door);
}

static int64_t now_of(const struct lobby *lobby)
{
    return (int64_t)uv_now(lobby->parts.loop);
}

/* Once for all requests that are woken in one turn of the loop. */
static void work_soon(struct lobby *lobby)
{
    struct door *door = (struct door *)lobby;
    uv_idle_start(&door->again, on_again);
}

static enum MHD_Result begin(struct request *request, const char *method,
                             const char *path)
{
    request_admit(request, method, path);
    return request->is_unread ? request_send(request) : MHD_YES;
}

static enum MHD_Result receive(struct request *request, const char *bytes, size_t *size)
{
    request_receive(request, bytes, *size);
    *size = 0;
    return request->came <= BODY_SKIP_MAX ? MHD_YES : MHD_NO;
}

static enum MHD_Result finish(struct request *request, const char *path)
{
    if (!request->status && !request->has_begun) {
        request->has_begun = true;
        request->rest = path + strcspn(request->route->path, "*");
        request_run(request);
        if (request->is_resting) /* perhaps a worker has it already */
            return MHD_YES;
    }
    return request->status ? request_send(request) : MHD_YES;
}

/* The library calls it when the head is there, for each part of the body, and when all
 * is there; and once more when a request that rested is woken. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
                                  const char *path, const char *method,
                                  const char *version UNUSED, const char *bytes,
                                  size_t *size, void **slot)
{
    struct door *door = context;
    door->calls++;
    if (!*slot) {
        *slot = request_new(&door->lobby, connection);
        return begin(*slot, method, path);
    }
    if (*size > 0)
        return receive(*slot, bytes, size);
    return finish(*slot, path);
}

static void on_completed(void *context UNUSED, struct MHD_Connection *connection UNUSED,
                         void **slot, enum MHD_RequestTerminationCode how UNUSED)
{
    struct request *request = TAKE(*slot);
    if (!request)
        return;
    guest_allow(request->guest, GUEST_IDLE_SECONDS, 0);
    request->guest->is_idle = true;
    request_end(request);
}

static enum MHD_Result on_accept(void *context, const struct sockaddr *address,
                                 socklen_t size UNUSED)
{
    struct door *door = context;
    struct peer peer = peer_of(address);
    return guests_have_room(door->guests, &peer) ? MHD_YES : MHD_NO;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **slot,
                          enum MHD_ConnectionNotificationCode what)
{
    struct door *door = context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        *slot = guest_new(door->guests, connection, door->tls);
    else
        guest_free(TAKE(*slot));
}

static int start_library(struct door *door, struct error *err)
{
    struct tls *tls = door->tls;
    struct MHD_OptionItem secrets[] = {
        {MHD_OPTION_HTTPS_PRIORITIES, 0, TLS_PRIORITIES},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, tls ? (void *)tls_certificate(tls) : NULL},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, tls ? (void *)tls_key(tls) : NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    if (tls && MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES)
        return error_set(err, -EOPNOTSUPP, "this libmicrohttpd has no TLS");
    door->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (tls ? MHD_USE_TLS : 0), 0,
        on_accept, door, on_request, door, MHD_OPTION_LISTEN_SOCKET,
        door->lobby.parts.listening.fd, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
        door, MHD_OPTION_NOTIFY_COMPLETED, on_completed, door,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_SIZE_MAX,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)GUEST_IDLE_SECONDS, MHD_OPTION_ARRAY,
        tls ? secrets : &secrets[3], MHD_OPTION_END);
    return door->daemon ? 0 : error_set(err, -EIO, "libmicrohttpd does not start");
}

static void watch(struct door *door)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(door->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    uv_poll_init(door->lobby.parts.loop, &door->poll, info->epoll_fd);
    uv_timer_init(door->lobby.parts.loop, &door->timer);
    uv_idle_init(door->lobby.parts.loop, &door->again);
    door->poll.data = door->timer.data = door->again.data = door;
    door->handles = 3;
    uv_poll_start(&door->poll, UV_READABLE, on_poll);
}

static struct MHD_Response *make_taken_one(void)
{
    static char json[] = "{\"taken\":1}\n";
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(json), json, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
    return response;
}

/* What is beyond this machine comes in by a token and TLS. */
static int check_reach(const struct door *door, const struct config *config,
                       struct error *err)
{
    bool has_tokens = !tokens_is_empty(door->lobby.tokens);
    if (door->lobby.is_loopback || config->cleartext || (has_tokens && door->tls))
        return 0;
    const char *missing = has_tokens ? "TLS: sheepdog-queue-daemon init makes it"
                          : door->tls
                              ? "a token: sheepdog-queue-daemon token add makes "
                                "one"
                              : "tokens and TLS: sheepdog-queue-daemon init "
                                "makes both";
    return error_set(err, -EACCES,
                     "%s: beyond loopback it needs %s; or say (cleartext #t)",
                     config->listen, missing);
}

static int open_lobby(struct door *door, struct error *err)
{
    struct lobby *lobby = &door->lobby;
    const struct config *config = lobby->parts.config;
    lobby->tokens = tokens_new(lobby->parts.token_reader);
    lobby->failures =
        peer_limits_new((struct rate){.count = FAILURES_MAX, .period = 60000});
    lobby->is_loopback = lobby->parts.listening.is_loopback;
    lobby->is_open = lobby->is_loopback || config->cleartext;
    lobby->work_soon = work_soon;
    lobby->now = now_of;
    if (gethostname(door->host, sizeof door->host - 1) == 0 && *door->host)
        lobby->host = door->host;
    int rc = tokens_refresh(lobby->tokens, now_of(lobby), 0, err);
    return rc < 0 ? rc : check_reach(door, config, err);
}

/* All but what the loop has yet to close. */
static void clear(struct door *door)
{
    guests_free(door->guests);
    library_free(door->lobby.library);
    tls_free(door->tls);
    tokens_free(door->lobby.tokens);
    peer_limits_free(door->lobby.failures);
}

int door_open(const struct door_parts *parts, struct door **ret, struct error *err)
{
    struct door *door = memory_new(sizeof *door);
    door->lobby.parts = *parts;
    door->guests = guests_new(parts->loop);
    door_use(door, parts->config, parts->tls);
    int rc = open_lobby(door, err);
    if (rc == 0)
        rc = listen_start(&parts->listening, err);
    if (rc == 0)
        rc = start_library(door, err);
    if (rc < 0) {
        clear(door);
        free(door);
        return rc;
    }
    door->lobby.taken_one = make_taken_one();
    door->lobby.askers = askers_new(parts->loop, parts->store_path);
    watch(door);
    *ret = door;
    return 0;
}

static void say_trouble(void *context UNUSED, const char *file UNUSED, const char *why)
{
    log_warning("rules: %s; it is left out", why);
}

/* Those who ask now go on with the one before. */
static void use_library(struct door *door, const struct config *config)
{
    library_free(door->lobby.library);
    door->lobby.library = library_load(&config->rules);
    library_each_trouble(door->lobby.library, say_trouble, NULL);
}

void door_use(struct door *door, const struct config *config, struct tls *tls)
{
    door->lobby.parts.config = config;
    use_library(door, config);
    guests_limit(door->guests, config->limit_connections);
    door->lobby.rate = (struct rate){.count = config->limit_requests, .period = 1000};
    if (!tls)
        return;
    tls_free(door->tls);
    door->tls = tls_share(tls);
}

bool door_is_open(const struct door *door)
{
    return door->lobby.is_open && tokens_is_new(door->lobby.tokens);
}

bool door_is_waiting(const struct door *door)
{
    return door->lobby.waiting > 0;
}

void door_quiesce(struct door *door)
{
    if (door->lobby.is_closing)
        return;
    door->lobby.is_closing = true;
    askers_stop(door->lobby.askers);
    int fd = MHD_quiesce_daemon(door->daemon);
    if (fd >= 0)
        close(fd);
}

static void on_closed(uv_handle_t *handle)
{
    struct door *door = handle->data;
    if (--door->handles == 0)
        free(door);
}

void door_close(struct door *door)
{
    if (!door)
        return;
    assert(!door_is_waiting(door));
    door_quiesce(door);
    for (int ms = 0; ms < CLOSE_WAIT_MS && door->lobby.open > 0; ms += CLOSE_STEP_MS)
        MHD_run_wait(door->daemon, CLOSE_STEP_MS);
    uv_close((uv_handle_t *)&door->poll, on_closed);
    uv_close((uv_handle_t *)&door->timer, on_closed);
    uv_close((uv_handle_t *)&door->again, on_closed);
    MHD_stop_daemon(door->daemon);
    MHD_destroy_response(door->lobby.taken_one);
    askers_free(door->lobby.askers);
    clear(door);
}

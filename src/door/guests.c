// SPDX-License-Identifier: GPL-3.0-or-later
/* guests - a list that is gone through once in a second, while it is not empty. */
#include "door/guests.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <uv.h>

#include "base/compiler.h"
#include "base/log.h"
#include "base/memory.h"

#define ROUND_MS 1000

struct guests {
    uv_timer_t timer;
    struct guest *first;
    int64_t limit;
    struct log_limit refusals, cuts;
};

static int64_t now_of(const struct guests *guests)
{
    return (int64_t)uv_now(guests->timer.loop);
}

struct guests *guests_new(struct uv_loop_s *loop)
{
    struct guests *guests = memory_new(sizeof *guests);
    guests->limit = INT64_MAX;
    uv_timer_init(loop, &guests->timer);
    uv_unref((uv_handle_t *)&guests->timer);
    guests->timer.data = guests;
    return guests;
}

static void on_closed(uv_handle_t *timer)
{
    free(timer->data);
}

void guests_free(struct guests *guests)
{
    if (!guests)
        return;
    assert(!guests->first);
    uv_close((uv_handle_t *)&guests->timer, on_closed);
}

void guests_limit(struct guests *guests, int64_t count)
{
    guests->limit = count;
}

/* ---- who comes in ---- */

bool guests_have_room(struct guests *guests, const struct peer *peer)
{
    char text[PEER_TEXT_SIZE];
    int64_t count = 0, left_out;
    for (const struct guest *guest = guests->first; guest; guest = guest->next)
        count += peer_is_same(&guest->peer, peer);
    if (count < guests->limit)
        return true;
    if (log_limit_take(&guests->refusals, now_of(guests), &left_out))
        log_warning("door: %s has %lld connections, as many as one address may; "
                    "another is refused (%lld more were, and not logged)",
                    peer_format(peer, text), (long long)count, (long long)left_out);
    return false;
}

static void on_round(uv_timer_t *timer);

static struct peer find_peer(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return peer_of(info ? info->client_addr : NULL);
}

static void use_tls(struct guest *guest, struct tls *tls)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(guest->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    guest->tls = tls_share(tls);
    if (info)
        tls_use(tls, info->tls_session);
}

struct guest *guest_new(struct guests *guests, struct MHD_Connection *connection,
                        struct tls *tls)
{
    struct guest *guest = memory_new(sizeof *guest);
    guest->guests = guests;
    guest->connection = connection;
    guest->peer = find_peer(connection);
    guest_allow(guest, GUEST_REQUEST_SECONDS, 0);
    if (tls)
        use_tls(guest, tls);
    if (!guests->first)
        uv_timer_start(&guests->timer, on_round, ROUND_MS, ROUND_MS);
    guest->next = guests->first;
    if (guest->next)
        guest->next->previous = guest;
    guests->first = guest;
    return guest;
}

void guest_free(struct guest *guest)
{
    if (!guest)
        return;
    if (guest->previous)
        guest->previous->next = guest->next;
    else
        guest->guests->first = guest->next;
    if (guest->next)
        guest->next->previous = guest->previous;
    if (!guest->guests->first)
        uv_timer_stop(&guest->guests->timer);
    tls_free(guest->tls);
    free(guest);
}

/* ---- how long it may take ---- */

static int64_t time_for(size_t bytes)
{
    return (int64_t)bytes * 1000 / GUEST_RATE_MIN;
}

void guest_allow(struct guest *guest, int seconds, size_t bytes)
{
    guest->deadline = now_of(guest->guests) + (int64_t)seconds * 1000 + time_for(bytes);
}

void guest_extend(struct guest *guest, size_t bytes)
{
    if (guest->deadline != INT64_MAX)
        guest->deadline += time_for(bytes);
}

void guest_let_wait(struct guest *guest)
{
    guest->deadline = INT64_MAX;
}

/* The library sees the end of the connection, and closes it. */
static void cut(struct guest *guest)
{
    struct guests *guests = guest->guests;
    char text[PEER_TEXT_SIZE];
    int64_t left_out;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(guest->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    shutdown(info->connect_fd, SHUT_RDWR);
    guest_let_wait(guest);
    if (!guest->is_idle && log_limit_take(&guests->cuts, now_of(guests), &left_out))
        log_info("door: %s was too slow; we closed its connection (%lld more were, and "
                 "not logged)",
                 peer_format(&guest->peer, text), (long long)left_out);
}

static void on_round(uv_timer_t *timer)
{
    struct guests *guests = timer->data;
    int64_t now = now_of(guests);
    for (struct guest *guest = guests->first; guest; guest = guest->next)
        if (guest->deadline <= now)
            cut(guest);
}

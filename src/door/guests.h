// SPDX-License-Identifier: GPL-3.0-or-later
/* guests - the connections that are open: whose each is, and until when it may take.
 *
 * Comes from: door.c, as the library opens and closes them.  A guest that does not come
 * to an end in time is shown out, however busy it keeps the line; an idle one is the
 * library's to close. All on the loop's thread. */
#ifndef DOOR_GUESTS_H
#define DOOR_GUESTS_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "door/limits.h"
#include "door/peer.h"
#include "door/tls.h"

/* Seconds that a guest may take, and what it must send or take in each further one. */
#define GUEST_REQUEST_SECONDS 30         /* for a request's head and body */
#define GUEST_REPLY_SECONDS   30         /* to take a reply */
#define GUEST_IDLE_SECONDS    60         /* from a reply to the next request's head */
#define GUEST_RATE_MIN        (32 << 10) /* bytes */

struct uv_loop_s;
struct guests;

struct guest {
    struct guests *guests;
    struct MHD_Connection *connection;
    struct peer peer;
    struct tls *tls;  /* NULL: in the clear */
    bool is_idle;     /* it had its reply, and has asked for nothing since */
    int64_t deadline; /* ms by the loop's clock; INT64_MAX: none */
    struct guest *next, *previous;
};

struct guests *guests_new(struct uv_loop_s *loop);
void guests_free(struct guests *guests); /* NULL is fine; there must be none */
AUTO_DEFINE(guests)

/* How many connections one peer may have. */
void guests_limit(struct guests *guests, int64_t count);

/* Whether one more of that peer may come in; where it may not, that is logged. */
bool guests_have_room(struct guests *guests, const struct peer *peer);

/* Who has connected; it has GUEST_REQUEST_SECONDS. A share of tls is taken; it may be
 * NULL. */
struct guest *guest_new(struct guests *guests, struct MHD_Connection *connection,
                        struct tls *tls);
void guest_free(struct guest *guest); /* NULL is fine */

/* From now on it has so many seconds, and what so many bytes take. */
void guest_allow(struct guest *guest, int seconds, size_t bytes);
void guest_extend(struct guest *guest, size_t bytes); /* it sent them: so much longer */
void guest_let_wait(struct guest *guest);             /* it is our turn */

#endif

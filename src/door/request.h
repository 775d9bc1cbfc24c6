// SPDX-License-Identifier: GPL-3.0-or-later
/* request - one HTTP request within the door: it is admitted or refused, its body comes
 * in, it waits perhaps for its commit, and it gets one reply.
 *
 * Comes from: door.c.  Goes to: the function of its route (routes.h), which replies, or
 * lets it wait and replies later. All on the loop's thread, but a function that runs on
 * a worker. */
#ifndef DOOR_REQUEST_H
#define DOOR_REQUEST_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/strbuf.h"
#include "door/door.h"
#include "door/guests.h"
#include "door/limits.h"
#include "door/tokens.h"
#include "queue/embedded.h"
#include "rules/question.h"
#include "store/touched.h"

#define ORDER_SIZE_MAX  ((size_t)64 << 10)  /* of a body that says what to change */
#define BODY_SIZE_MAX   ((size_t)16 << 20)  /* bytes of one request */
#define BODY_SKIP_MAX   ((size_t)64 << 20)  /* past it the connection is closed */
#define BODIES_SIZE_MAX ((size_t)256 << 20) /* of all that are being received */

struct askers;
struct route;

/* What all requests of a door share. */
struct lobby {
    struct door_parts parts;
    const char *host;        /* this machine's name, for messages that bear none */
    size_t receiving;        /* bytes of bodies that are being received */
    int open;                /* requests that have not had their reply */
    int waiting;             /* those that rest: their reply is made elsewhere */
    bool is_closing;         /* nothing new is begun */
    size_t posted;           /* postings that were put, ever */
    struct askers *askers;   /* NULL: nobody can ask */
    struct library *library; /* of rules, in use */

    struct tokens *tokens; /* who may come in; as long as there was none … */
    bool is_open;          /* … everybody may, if this is set */
    bool is_loopback;      /* only this machine reaches the door */
    struct rate rate;      /* of one token's requests */
    struct peer_limits *failures;
    struct log_limit refusals, strangers; /* who is known, and who is not */

    struct MHD_Response *taken_one; /* {"taken":1}, the reply of most requests */

    /* The door's: the library shall look at what has changed, soon. */
    void (*work_soon)(struct lobby *lobby);
    int64_t (*now)(const struct lobby *lobby); /* ms, by the loop's clock */
};

/* Who asks. */
struct caller {
    int64_t number; /* of the token; 0: none was needed */
    enum role role;
    char host[MESSAGE_NAME_MAX + 1]; /* for which it speaks; "": any */
};

struct request {
    struct lobby *lobby;
    struct MHD_Connection *connection;
    struct guest *guest;
    struct caller caller;
    const struct route *route;
    const char *rest;   /* of the path behind the route's; lent while it runs */
    struct strbuf body; /* as far as it came */
    size_t came;        /* bytes of body, those thrown away too */
    size_t reserved;    /* of lobby->receiving */
    const struct config *config; /* in use when its function began on a worker */
    char *order;                 /* the body, of ROUTE_WRITER; else NULL */
    bool has_news;               /* its function put something into the outbox */
    struct touched *touched;     /* what its function changed, of ROUTE_WRITER */
    int64_t changed;             /* rows, by its function's earlier calls */
    bool is_unread;  /* none of the body is read: too large, or without a clear end */
    bool has_begun;  /* its route's function was called */
    bool is_resting; /* see request_wait */
    bool has_ended;  /* its connection is not there any more */
    struct posting posting;
    size_t count;     /* of its messages */
    bool wants_facts; /* of the host that sends them */

    struct question *question;   /* of ROUTE_ASKER */
    struct relations *relations; /* of the asker that answers it, while it does; lent */
    struct kept *kept;           /* likewise */
    struct evaluation_limits limits;
    struct library *library; /* its share, while it is on a worker */
    struct request *next;    /* in the line of askers.c, as is … */
    void (*asked_done)(struct request *request);

    unsigned status; /* of the reply; 0: none yet */
    struct MHD_Response *response;
    size_t reply_size; /* bytes of its body */
};

struct request *request_new(struct lobby *lobby, struct MHD_Connection *connection);

/* The library is done with it: it is freed, or, while its posting is in the queue's
 * hands, when that is answered. */
void request_end(struct request *request);

const char *request_header(const struct request *request, const char *name);

/* The body will have that many bytes; refuses it where that is past the limits, else
 * makes room for them. */
void request_expect(struct request *request, size_t size);

/* A part of the body. What is past the limits, or of a request that has its reply
 * already, is thrown away; past the limits it gets a reply that says so. */
void request_receive(struct request *request, const char *bytes, size_t size);

/* The connection rests until the request has its reply and is woken; its body goes. */
void request_wait(struct request *request);
void request_wake(struct request *request); /* it has its reply, rested it or not */

/* Replies: one each request. JSON goes out with a newline behind it. */
void request_reply(struct request *request, unsigned status, struct strbuf *json);
void request_reply_taken(struct request *request); /* its posting */
void request_refuse(struct request *request, unsigned status, const char *format, ...)
    PRINTF(3, 4);
void request_add_header(struct request *request, const char *name, const char *value);

/* Hands the reply to the library. */
enum MHD_Result request_send(struct request *request);

/* Finds out who asks, and refuses who may not: 401, 403, 429. In who.c. */
void request_identify(struct request *request);

/* A line in the log, but not too many of them, of a request that was refused. */
void request_log_refusal(struct request *request, const char *what);

/* By its head alone: finds its route, or refuses it. In admit.c. */
void request_admit(struct request *request, const char *method, const char *path);

/* Its route's function runs, in its place; a door that is closing refuses. In run.c. */
void request_run(struct request *request);

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/* routes - what the door answers to. To add a route: write its function, then add a row
 * to the table in routes.c, which says where it runs. */
#ifndef DOOR_ROUTES_H
#define DOOR_ROUTES_H

#include "door/request.h"

enum route_place {
    ROUTE_LOOP,   /* on the loop: it is quick, and uses no store */
    ROUTE_READER, /* on the reader's worker, when all that was acknowledged before is
                     stored: it reads the store, for long perhaps */
    ROUTE_ASKER,  /* on the thread of an asker, likewise, with its question: it may take
                     as long as a question may */
    ROUTE_WRITER, /* on the writer's worker, between two batches of the pump: it changes
                     the store, within store_begin and store_commit, as its body, order,
                     says; and says what in touched, so that rules are judged */
};

/* What a token must allow, see who.c. */
enum route_right {
    ROUTE_OPEN,    /* nothing: no token is needed */
    ROUTE_KNOWN,   /* any token will do */
    ROUTE_BARKS,   /* it sends messages */
    ROUTE_SEES,    /* it sees those of all hosts */
    ROUTE_CHANGES, /* it changes what the server holds */
    ROUTE_RIGHTS
};

struct route {
    const char *method; /* GET answers HEAD too */
    const char *path;   /* one that ends with / takes what follows as request->rest; a *
                           stands for one segment, with which rest begins */
    enum route_place place;
    enum route_right right;

    /* Called once, when the whole request is there.
     *
     * On the loop store is NULL, and it replies to the request or lets it wait. On a
     * worker store is that worker's, the request rests and has no body any more; the
     * function touches these two alone (of what request->lobby leads to, the host and
     * the wants), and has replied when it returns. One that changes much leaves the
     * reply to a later call: it is called again, behind whoever waits for its worker.
     */
    void (*run)(struct request *request, struct store *store);
};

extern const struct route routes[]; /* ends with a NULL method */

void post_messages(struct request *request, struct store *store);
void get_messages(struct request *request, struct store *store);
void get_message(struct request *request, struct store *store);
void get_status(struct request *request, struct store *store);
void get_health(struct request *request, struct store *store);
void get_dead_letters(struct request *request, struct store *store);
void get_dead_letter(struct request *request, struct store *store);
void post_dead_retry(struct request *request, struct store *store);
void delete_dead_letter(struct request *request, struct store *store);
void get_export(struct request *request, struct store *store);
void get_hosts(struct request *request, struct store *store);
void get_host_page(struct request *request, struct store *store);
void delete_host(struct request *request, struct store *store);
void get_relations(struct request *request, struct store *store);
void get_facts(struct request *request, struct store *store);
void get_readings(struct request *request, struct store *store);
void get_series(struct request *request, struct store *store);
void post_ask(struct request *request, struct store *store);
void get_catalogue(struct request *request, struct store *store);
void get_rules(struct request *request, struct store *store);
void get_incidents(struct request *request, struct store *store);
void get_incident(struct request *request, struct store *store);
void post_acknowledgement(struct request *request, struct store *store);
void get_silences(struct request *request, struct store *store);
void post_silence(struct request *request, struct store *store);
void delete_silence(struct request *request, struct store *store);
void get_tellings(struct request *request, struct store *store);
void get_digest(struct request *request, struct store *store);
void get_token(struct request *request, struct store *store);

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/* routes - what the door answers to. To add a route: write its function, which replies
 * to the request or lets it wait, then add a row to the table in routes.c. */
#ifndef DOOR_ROUTES_H
#define DOOR_ROUTES_H

#include "door/request.h"

struct route {
    const char *method; /* GET answers HEAD too */
    const char *path;   /* one that ends with / takes what follows as request->rest */

    /* Called once, when the whole request is there. */
    void (*run)(struct request *request);
};

extern const struct route routes[]; /* ends with a NULL method */

void post_messages(struct request *request);
void get_messages(struct request *request);
void get_message(struct request *request);
void get_status(struct request *request);
void get_health(struct request *request);

#endif

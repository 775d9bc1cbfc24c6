// SPDX-License-Identifier: GPL-3.0-or-later
/* routes - the whole of the door's interface, one row each. */
#include "door/routes.h"

const struct route routes[] = {
    {"POST", "/v1/messages", ROUTE_LOOP, post_messages},
    {"GET", "/v1/messages", ROUTE_READER, get_messages},
    {"GET", "/v1/messages/", ROUTE_READER, get_message},
    {"GET", "/v1/status", ROUTE_READER, get_status},
    {"GET", "/healthz", ROUTE_LOOP, get_health},
    {NULL, NULL, ROUTE_LOOP, NULL},
};

// SPDX-License-Identifier: GPL-3.0-or-later
/* routes - the whole of the door's interface, one row each. */
#include "door/routes.h"

const struct route routes[] = {
    {"POST", "/v1/messages", post_messages}, {"GET", "/v1/messages", get_messages},
    {"GET", "/v1/messages/", get_message},   {"GET", "/v1/status", get_status},
    {"GET", "/healthz", get_health},         {NULL, NULL, NULL},
};

// SPDX-License-Identifier: GPL-3.0-or-later
/* routes - the whole of the door's interface, one row each. */
#include "door/routes.h"

const struct route routes[] = {
    {"POST", "/v1/messages", ROUTE_LOOP, ROUTE_BARKS, post_messages},
    {"GET", "/v1/messages", ROUTE_READER, ROUTE_SEES, get_messages},
    {"GET", "/v1/messages/", ROUTE_READER, ROUTE_SEES, get_message},
    {"GET", "/v1/status", ROUTE_READER, ROUTE_SEES, get_status},
    {"GET", "/v1/dead", ROUTE_READER, ROUTE_SEES, get_dead_letters},
    {"GET", "/v1/dead/*", ROUTE_READER, ROUTE_SEES, get_dead_letter},
    {"POST", "/v1/dead/*/retry", ROUTE_WRITER, ROUTE_CHANGES, post_dead_retry},
    {"DELETE", "/v1/dead/*", ROUTE_WRITER, ROUTE_CHANGES, delete_dead_letter},
    {"GET", "/v1/export", ROUTE_READER, ROUTE_SEES, get_export},
    {"GET", "/v1/hosts", ROUTE_READER, ROUTE_SEES, get_hosts},
    {"GET", "/v1/hosts/", ROUTE_READER, ROUTE_SEES, get_host_page},
    {"DELETE", "/v1/hosts/", ROUTE_WRITER, ROUTE_CHANGES, delete_host},
    {"GET", "/v1/facts", ROUTE_READER, ROUTE_SEES, get_relations},
    {"GET", "/v1/facts/", ROUTE_READER, ROUTE_SEES, get_facts},
    {"GET", "/v1/readings", ROUTE_READER, ROUTE_SEES, get_readings},
    {"GET", "/v1/series", ROUTE_READER, ROUTE_SEES, get_series},
    {"POST", "/v1/ask", ROUTE_ASKER, ROUTE_SEES, post_ask},
    {"GET", "/v1/relations", ROUTE_READER, ROUTE_SEES, get_catalogue},
    {"GET", "/v1/relations/", ROUTE_READER, ROUTE_SEES, get_catalogue},
    {"GET", "/v1/rules", ROUTE_READER, ROUTE_SEES, get_rules},
    {"GET", "/v1/token", ROUTE_LOOP, ROUTE_KNOWN, get_token},
    {"GET", "/healthz", ROUTE_LOOP, ROUTE_OPEN, get_health},
    {NULL, NULL, ROUTE_LOOP, ROUTE_OPEN, NULL},
};

// SPDX-License-Identifier: GPL-3.0-or-later
/* admit - who may come in, by the head of the request alone: the first check that fails
 * refuses it. Browsers reach loopback too, on behalf of any page: hence Host and
 * Origin. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/suggest.h"
#include "door/listen.h"
#include "door/request.h"
#include "door/routes.h"

#define ROUTES_MAX 16

/* "localhost:7777" is ours, and so is what we listen on; another name led here by a
 * trick in its DNS. HTTP/1.0 bears none. */
static void check_host(struct request *request)
{
    const char *host = request_header(request, MHD_HTTP_HEADER_HOST);
    if (!host)
        return;
    bool is_bracketed = *host == '[';
    const char *start = is_bracketed ? host + 1 : host;
    if (!listen_is_loopback(start, strcspn(start, is_bracketed ? "]" : ":")))
        request_refuse(request, MHD_HTTP_FORBIDDEN,
                       "header Host: found \"%.80s\", expected localhost or an address "
                       "of loopback",
                       host);
}

static bool path_fits(const struct route *route, const char *path)
{
    size_t length = strlen(route->path);
    if (route->path[length - 1] == '/')
        return strncmp(path, route->path, length) == 0;
    return strcmp(path, route->path) == 0;
}

static void refuse_path(struct request *request, const char *path)
{
    const char *known[ROUTES_MAX + 1] = {0};
    for (size_t i = 0; i < ROUTES_MAX && routes[i].method; i++)
        known[i] = routes[i].path;
    char hint[80];
    request_refuse(request, MHD_HTTP_NOT_FOUND, "no page is called \"%.80s\"%s", path,
                   suggest_text(path, known, hint, sizeof hint));
}

static void refuse_method(struct request *request, const char *method, const char *path)
{
    AUTO(strbuf) struct strbuf allow = {0};
    for (const struct route *route = routes; route->method; route++)
        if (path_fits(route, path)) {
            bool is_get = strcmp(route->method, MHD_HTTP_METHOD_GET) == 0;
            strbuf_printf(&allow, "%s%s", allow.size ? ", " : "", route->method);
            strbuf_puts(&allow, is_get ? ", HEAD" : "");
        }
    request_refuse(request, MHD_HTTP_METHOD_NOT_ALLOWED,
                   "method: found %.20s, expected one of %s", method, allow.data);
    request_add_header(request, MHD_HTTP_HEADER_ALLOW, allow.data);
}

static void find_route(struct request *request, const char *method, const char *path)
{
    const char *wanted =
        strcmp(method, MHD_HTTP_METHOD_HEAD) == 0 ? MHD_HTTP_METHOD_GET : method;
    bool is_known = false;
    for (const struct route *route = routes; route->method; route++) {
        if (!path_fits(route, path))
            continue;
        is_known = true;
        if (strcmp(route->method, wanted) == 0) {
            request->route = route;
            return;
        }
    }
    if (is_known)
        refuse_method(request, method, path);
    else
        refuse_path(request, path);
}

static void check_origin(struct request *request)
{
    const char *origin = request_header(request, MHD_HTTP_HEADER_ORIGIN);
    if (origin)
        request_refuse(request, MHD_HTTP_FORBIDDEN,
                       "header Origin: found \"%.80s\", expected none: no web page may "
                       "send messages",
                       origin);
}

/* The form's type is there because curl -d says it where no other is said. */
static void check_type(struct request *request)
{
    static const char *const types[] = {"application/json", "application/x-ndjson",
                                        "text/plain",
                                        "application/x-www-form-urlencoded"};
    const char *type = request_header(request, MHD_HTTP_HEADER_CONTENT_TYPE);
    if (!type)
        return;
    size_t length = strcspn(type, "; \t");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strlen(types[i]) == length && strncasecmp(types[i], type, length) == 0)
            return;
    request_refuse(request, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE,
                   "header Content-Type: found \"%.80s\", expected application/json or "
                   "application/x-ndjson",
                   type);
}

static void check_length(struct request *request)
{
    const char *length = request_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
    request_expect(request, length ? strtoull(length, NULL, 10) : 0);
}

void request_admit(struct request *request, const char *method, const char *path)
{
    check_length(request);
    if (!request->status)
        check_host(request);
    if (!request->status)
        find_route(request, method, path);
    if (request->status || request->route->run != post_messages)
        return;
    check_origin(request);
    if (!request->status)
        check_type(request);
}

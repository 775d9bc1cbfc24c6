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

#define ROUTES_MAX 32

/* "localhost:7777" is ours, and so is what we listen on; another name led here by a
 * trick in its DNS. HTTP/1.0 bears none. Asked of those alone who bear no token, for no
 * web page has one; and on loopback alone, for elsewhere we have names that we do not
 * know. */
static void check_host(struct request *request)
{
    const char *host = request_header(request, MHD_HTTP_HEADER_HOST);
    if (!host || !request->lobby->is_loopback || request->caller.number > 0 ||
        request->route->right == ROUTE_OPEN)
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
    size_t length = strcspn(route->path, "*");
    if (strncmp(path, route->path, length) != 0)
        return false;
    if (route->path[length] == '*')
        return strcmp(path + length + strcspn(path + length, "/"),
                      route->path + length + 1) == 0;
    return route->path[length - 1] == '/' || path[length] == '\0';
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
                       "send or change anything",
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

/* Of a head whose lines contradict each other a proxy before us may believe another one
 * than the library does: then the end of a body is, to one of us, a request of its own,
 * with the token of somebody else. */
struct doubles {
    int hosts, tokens, lengths;
    const char *coding; /* NULL: none */
};

static bool is_name(const char *found, const char *name)
{
    size_t length = strlen(name);
    return strncasecmp(found, name, length) == 0 &&
           found[length + strspn(found + length, " \t")] == '\0';
}

static enum MHD_Result note_header(void *context, enum MHD_ValueKind kind UNUSED,
                                   const char *name, const char *value)
{
    struct doubles *doubles = context;
    doubles->hosts += is_name(name, MHD_HTTP_HEADER_HOST);
    doubles->tokens += is_name(name, MHD_HTTP_HEADER_AUTHORIZATION);
    doubles->lengths += is_name(name, MHD_HTTP_HEADER_CONTENT_LENGTH);
    if (is_name(name, MHD_HTTP_HEADER_TRANSFER_ENCODING)) {
        doubles->lengths++;
        doubles->coding = value ? value : "";
    }
    return MHD_YES;
}

static void check_doubles(struct request *request)
{
    struct doubles doubles = {0};
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, note_header,
                              &doubles);
    const char *twice = doubles.hosts > 1     ? MHD_HTTP_HEADER_HOST
                        : doubles.tokens > 1  ? MHD_HTTP_HEADER_AUTHORIZATION
                        : doubles.lengths > 1 ? "the body's length"
                                              : NULL;
    if (twice)
        request_refuse(request, MHD_HTTP_BAD_REQUEST, "%s: said twice", twice);
    else if (doubles.coding && strcasecmp(doubles.coding, "chunked") != 0)
        request_refuse(request, MHD_HTTP_BAD_REQUEST,
                       "header Transfer-Encoding: found \"%.40s\", expected chunked",
                       doubles.coding);
    request->is_unread = request->status != 0;
}

static void check_length(struct request *request)
{
    const char *length = request_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
    request_expect(request, length ? strtoull(length, NULL, 10) : 0);
}

static bool is_seeing(const struct route *route)
{
    return strcmp(route->method, MHD_HTTP_METHOD_GET) == 0;
}

static bool has_body(const struct route *route)
{
    return route->run == post_messages || route->place == ROUTE_ASKER ||
           route->place == ROUTE_WRITER;
}

/* Room for a body is made for those alone who may send it. */
void request_admit(struct request *request, const char *method, const char *path)
{
    if (request->guest->is_idle)
        guest_allow(request->guest, GUEST_REQUEST_SECONDS, 0);
    request->guest->is_idle = false;
    check_doubles(request);
    if (!request->status)
        find_route(request, method, path);
    if (!request->status)
        request_identify(request);
    if (!request->status)
        check_host(request);
    if (!request->status && !is_seeing(request->route))
        check_origin(request);
    if (!request->status && has_body(request->route))
        check_type(request);
    check_length(request);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* request - its body is kept within bounds, and its reply is built once. */
#include "door/request.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"

struct request *request_new(struct lobby *lobby, struct MHD_Connection *connection)
{
    struct request *request = memory_new(sizeof *request);
    request->lobby = lobby;
    request->connection = connection;
    request->guest =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
            ->socket_context;
    lobby->open++;
    return request;
}

static void drop_body(struct request *request)
{
    strbuf_clear(&request->body);
    if (request->reserved > 0) /* not so on a worker, to whom the lobby is closed */
        request->lobby->receiving -= request->reserved;
    request->reserved = 0;
}

static void drop_response(struct request *request)
{
    if (request->response && request->response != request->lobby->taken_one)
        MHD_destroy_response(request->response);
    request->response = NULL;
}

static void request_free(struct request *request)
{
    drop_body(request);
    drop_response(request);
    question_free(request->question);
    touched_free(request->touched);
    free(request->order);
    request->lobby->open--;
    free(request);
}

void request_end(struct request *request)
{
    bool is_answered = request->status || !request->has_begun;
    request->has_ended = true;
    if (is_answered)
        request_free(request);
}

const char *request_header(const struct request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

/* Takes its share of what all bodies together may have; false, with a reply, where it
 * is too large. */
static bool reserve(struct request *request, size_t size)
{
    struct lobby *lobby = request->lobby;
    if (size > BODY_SIZE_MAX) {
        request_refuse(request, MHD_HTTP_CONTENT_TOO_LARGE,
                       "a body of more than %zu bytes; send several", BODY_SIZE_MAX);
        return false;
    }
    size_t more = size > request->reserved ? size - request->reserved : 0;
    if (lobby->receiving + more > BODIES_SIZE_MAX) {
        request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                       "too much is being received at once; try again");
        return false;
    }
    lobby->receiving += more;
    request->reserved += more;
    return true;
}

void request_expect(struct request *request, size_t size)
{
    request->is_unread |= size > BODY_SIZE_MAX;
    if (!request->status && reserve(request, size) && size > 0)
        *strbuf_reserve(&request->body, size) = '\0';
}

void request_receive(struct request *request, const char *bytes, size_t size)
{
    request->came += size;
    guest_extend(request->guest, size);
    if (!request->status && reserve(request, request->came))
        strbuf_add(&request->body, bytes, size);
}

void request_wait(struct request *request)
{
    drop_body(request);
    guest_let_wait(request->guest);
    request->is_resting = true;
    request->lobby->waiting++;
    MHD_suspend_connection(request->connection);
}

void request_wake(struct request *request)
{
    struct lobby *lobby = request->lobby;
    if (request->has_ended) {
        request_free(request);
    } else if (request->is_resting) {
        lobby->waiting--;
        MHD_resume_connection(request->connection);
        lobby->work_soon(lobby);
    }
}

static void set_reply(struct request *request, unsigned status,
                      struct MHD_Response *response)
{
    drop_body(request);
    request->status = status;
    request->response = response;
    if (status == MHD_HTTP_SERVICE_UNAVAILABLE)
        MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, "5");
}

void request_reply(struct request *request, unsigned status, struct strbuf *json)
{
    strbuf_putc(json, '\n');
    size_t size = json->size;
    request->reply_size = size;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(size, strbuf_take(json), MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
    set_reply(request, status, response);
}

void request_reply_taken(struct request *request)
{
    if (request->count == 1 && !request->wants_facts) {
        set_reply(request, MHD_HTTP_ACCEPTED, request->lobby->taken_one);
        return;
    }
    AUTO(strbuf) struct strbuf json = {0};
    strbuf_printf(&json, "{\"taken\":%zu%s}", request->count,
                  request->wants_facts ? ",\"wants\":[\"facts\"]" : "");
    request_reply(request, MHD_HTTP_ACCEPTED, &json);
}

void request_refuse(struct request *request, unsigned status, const char *format, ...)
{
    AUTO(str) char *why = NULL;
    va_list values;
    va_start(values, format);
    int length = vasprintf(&why, format, values);
    va_end(values);

    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    json_field_text(&json, "error", length < 0 ? NULL : why);
    json_close(&json, '}');
    request_reply(request, status, &json);
}

void request_add_header(struct request *request, const char *name, const char *value)
{
    MHD_add_response_header(request->response, name, value);
}

enum MHD_Result request_send(struct request *request)
{
    guest_allow(request->guest, GUEST_REPLY_SECONDS, request->reply_size);
    enum MHD_Result result =
        MHD_queue_response(request->connection, request->status, request->response);
    drop_response(request);
    return result;
}

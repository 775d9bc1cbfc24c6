// SPDX-License-Identifier: GPL-3.0-or-later
/* amqp_link - librabbitmq, with a limit to each of its waits, and words for what it
 * returns. */
#include "queue/amqp_link.h"

#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

#define HEARTBEAT_S 30
#define FRAME_MAX   131072
#define CALL_US     (30 * INT64_C(1000000)) /* where there is no deadline */

/* The bundles of the usual systems; the first that is there. */
static const char *const ca_files[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
};

/* ---- time ---- */

static int64_t left_until(int64_t deadline)
{
    int64_t now = clock_monotonic();
    int64_t left = deadline > now ? deadline - now : 0;
    return left < CALL_US ? left : CALL_US;
}

static struct timeval as_timeval(int64_t us)
{
    return (struct timeval){.tv_sec = us / 1000000, .tv_usec = us % 1000000};
}

/* The library writes without a limit of its own: so the kernel has one, for bytes that
 * the other side does not take. */
void amqp_link_limit(struct amqp_link *link, int64_t deadline)
{
    int64_t left = left_until(deadline);
    struct timeval limit = as_timeval(left);
    unsigned ms = left < 1000 ? 1 : (unsigned)(left / 1000);
    amqp_set_rpc_timeout(link->connection, &limit);
    int fd = amqp_get_sockfd(link->connection);
    if (fd >= 0)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
}

/* ---- errors ---- */

static const struct {
    int status, rc;
    const char *text; /* NULL: the library's */
} statuses[] = {
    {AMQP_STATUS_TIMEOUT, -ETIMEDOUT, "the broker does not answer in time"},
    {AMQP_STATUS_HEARTBEAT_TIMEOUT, -ETIMEDOUT, "the broker is silent"},
    {AMQP_STATUS_HOSTNAME_RESOLUTION_FAILED, -EHOSTUNREACH, "no such host is known"},
    {AMQP_STATUS_SOCKET_ERROR, -ECONNREFUSED,
     "nobody listens there, or no way leads there"},
    {AMQP_STATUS_CONNECTION_CLOSED, -ECONNRESET, "the connection broke"},
    {AMQP_STATUS_SOCKET_CLOSED, -ECONNRESET, "the connection broke"},
    {AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED, -EPROTO,
     "TLS: the certificate is another host's"},
    {AMQP_STATUS_SSL_PEER_VERIFY_FAILED, -EPROTO,
     "TLS: the certificate is none that is trusted"},
    {AMQP_STATUS_SSL_CONNECTION_FAILED, -EPROTO,
     "TLS: no connection: the certificate is none that is trusted, or it is no TLS"},
};

int amqp_link_check(struct amqp_link *link, int status, const char *what,
                    struct error *err)
{
    if (status >= 0)
        return 0;
    link->is_broken = true;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i].status == status)
            return error_set(err, statuses[i].rc, "%s: %s: %s", link->name, what,
                             statuses[i].text);
    return error_set(err, -EIO, "%s: %s: %s", link->name, what,
                     amqp_error_string2(status));
}

static int rc_of_code(int code)
{
    switch (code) {
    case AMQP_ACCESS_REFUSED:
    case AMQP_NOT_ALLOWED: /* no such vhost, or not for this user */
        return -EACCES;
    case AMQP_PRECONDITION_FAILED:
        return -EINVAL;
    default:
        return -EIO;
    }
}

static int fail_closed(struct amqp_link *link, const char *what, int code,
                       amqp_bytes_t text, struct error *err)
{
    const char *words = text.bytes;
    bool has_stop =
        text.len > 0 && words[text.len - 1] == '.'; /* our sentence goes on */
    link->is_broken = true;
    return error_set(err, rc_of_code(code), "%s: %s: %.*s", link->name, what,
                     (int)(text.len - has_stop), words);
}

/* 0: the method closes nothing. */
static int check_method(struct amqp_link *link, const amqp_method_t *method,
                        const char *what, struct error *err)
{
    if (method->id == AMQP_CONNECTION_CLOSE_METHOD) {
        const amqp_connection_close_t *close = method->decoded;
        return fail_closed(link, what, close->reply_code, close->reply_text, err);
    }
    if (method->id == AMQP_CHANNEL_CLOSE_METHOD) {
        const amqp_channel_close_t *close = method->decoded;
        return fail_closed(link, what, close->reply_code, close->reply_text, err);
    }
    return 0;
}

static int check_answer(struct amqp_link *link, amqp_rpc_reply_t reply,
                        const char *what, struct error *err)
{
    if (reply.reply_type == AMQP_RESPONSE_NORMAL)
        return 0;
    if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION)
        return amqp_link_check(link, reply.library_error, what, err);
    int rc = check_method(link, &reply.reply, what, err);
    return rc < 0 ? rc
                  : amqp_link_check(link, AMQP_STATUS_CONNECTION_CLOSED, what, err);
}

int amqp_link_check_reply(struct amqp_link *link, const char *what, struct error *err)
{
    return check_answer(link, amqp_get_rpc_reply(link->connection), what, err);
}

/* ---- connecting ---- */

static int find_ca(const char *ca, const char **ret, struct error *err)
{
    if (*ca) {
        *ret = ca;
        return 0;
    }
    for (size_t i = 0; i < sizeof ca_files / sizeof *ca_files; i++)
        if (access(ca_files[i], R_OK) == 0) {
            *ret = ca_files[i];
            return 0;
        }
    return error_set(err, -EINVAL, "the system trusts no certificates: set (ca FILE)");
}

static int make_tls(struct amqp_link *link, const char *ca, amqp_socket_t **ret,
                    struct error *err)
{
    const char *file = NULL;
    int rc = find_ca(ca, &file, err);
    if (rc < 0)
        return error_prefix(err, rc, "%s", link->name);
    amqp_socket_t *socket = amqp_ssl_socket_new(link->connection);
    if (!socket)
        return error_set(err, -EIO, "%s: TLS cannot be begun", link->name);
    amqp_ssl_socket_set_verify_peer(socket, 1);
    amqp_ssl_socket_set_verify_hostname(socket, 1);
    amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST);
    if (amqp_ssl_socket_set_cacert(socket, file) != AMQP_STATUS_OK)
        return error_set(err, -EINVAL, "%s: ca: %s holds no certificates", link->name,
                         file);
    *ret = socket;
    return 0;
}

static int connect_socket(struct amqp_link *link,
                          const struct amqp_link_options *options, int64_t deadline,
                          struct error *err)
{
    const struct url *url = options->url;
    amqp_socket_t *socket = NULL;
    if (strcmp(url->scheme, "amqps") == 0) {
        int rc = make_tls(link, options->ca, &socket, err);
        if (rc < 0)
            return rc;
    } else {
        socket = amqp_tcp_socket_new(link->connection);
    }
    struct timeval limit = as_timeval(left_until(deadline));
    int status = amqp_socket_open_noblock(socket, url->host, url->port, &limit);
    return amqp_link_check(link, status, "it cannot be reached", err);
}

static amqp_table_entry_t flag_entry(const char *name)
{
    return (amqp_table_entry_t){
        .key = amqp_cstring_bytes(name),
        .value = {.kind = AMQP_FIELD_KIND_BOOLEAN, .value.boolean = 1}};
}

static int log_in(struct amqp_link *link, const struct amqp_link_options *options,
                  int64_t deadline, struct error *err)
{
    const struct url *url = options->url;
    amqp_table_entry_t abilities[] = {
        flag_entry("consumer_cancel_notify"), flag_entry("connection.blocked"),
        flag_entry("publisher_confirms"), flag_entry("basic.nack")};
    const char *reader = options->reader ? options->reader : "sheepdog";
    amqp_table_entry_t entries[] = {
        {.key = amqp_cstring_bytes("capabilities"),
         .value = {.kind = AMQP_FIELD_KIND_TABLE,
                   .value.table = {.num_entries = sizeof abilities / sizeof *abilities,
                                   .entries = abilities}}},
        {.key = amqp_cstring_bytes("connection_name"),
         .value = {.kind = AMQP_FIELD_KIND_UTF8,
                   .value.bytes = amqp_cstring_bytes(reader)}},
    };
    amqp_table_t properties = {.num_entries = sizeof entries / sizeof *entries,
                               .entries = entries};
    struct timeval limit = as_timeval(left_until(deadline));
    amqp_set_handshake_timeout(link->connection, &limit);
    amqp_rpc_reply_t reply = amqp_login_with_properties(
        link->connection, *url->path ? url->path : "/", 0, FRAME_MAX, HEARTBEAT_S,
        &properties, AMQP_SASL_METHOD_PLAIN, url->user ? url->user : "guest",
        url->password ? url->password : "guest");
    return check_answer(link, reply, "login", err);
}

static int open_channel(struct amqp_link *link, struct error *err)
{
    amqp_channel_open(link->connection, AMQP_LINK_CHANNEL);
    return amqp_link_check_reply(link, "channel", err);
}

/* One who may only send, or only read, may not declare: the queue is then there, or is
 * found missing by what comes next. */
static int declare(struct amqp_link *link, struct error *err)
{
    const char what[] = "queue " AMQP_LINK_QUEUE;
    amqp_queue_declare(link->connection, AMQP_LINK_CHANNEL,
                       amqp_cstring_bytes(AMQP_LINK_QUEUE), 0, 1, 0, 0,
                       amqp_empty_table);
    amqp_rpc_reply_t reply = amqp_get_rpc_reply(link->connection);
    bool is_refused = reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION &&
                      reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD;
    int rc = amqp_link_check_reply(link, what, err);
    if (rc != -EACCES || !is_refused)
        return rc;
    link->is_broken = false;
    amqp_channel_close_ok_t ok = {0};
    int status = amqp_send_method(link->connection, AMQP_LINK_CHANNEL,
                                  AMQP_CHANNEL_CLOSE_OK_METHOD, &ok);
    rc = amqp_link_check(link, status, what, err);
    return rc < 0 ? rc : open_channel(link, err);
}

int amqp_link_open(const struct amqp_link_options *options, int64_t deadline,
                   struct amqp_link **ret, struct error *err)
{
    AUTO(amqp_link) struct amqp_link *link = memory_new(sizeof *link);
    link->name = options->name;
    link->is_broken = true;
    link->connection = amqp_new_connection();
    int rc = connect_socket(link, options, deadline, err);
    if (rc < 0)
        return rc;
    amqp_link_limit(link, deadline);
    rc = log_in(link, options, deadline, err);
    if (rc == 0)
        rc = open_channel(link, err);
    if (rc == 0)
        rc = declare(link, err);
    if (rc < 0)
        return rc;
    link->is_broken = false;
    *ret = TAKE(link);
    return 0;
}

/* The answer would come behind all that was delivered and not read. */
static void say_goodbye(struct amqp_link *link)
{
    amqp_connection_close_t goodbye = {.reply_code = AMQP_REPLY_SUCCESS,
                                       .reply_text = amqp_cstring_bytes("goodbye")};
    amqp_link_limit(link, clock_monotonic() + 1000000);
    (void)amqp_send_method(link->connection, 0, AMQP_CONNECTION_CLOSE_METHOD, &goodbye);
}

void amqp_link_close(struct amqp_link *link)
{
    if (!link)
        return;
    if (!link->is_broken)
        say_goodbye(link);
    amqp_destroy_connection(link->connection);
    free(link);
}

/* ---- frames ---- */

static void note_blocking(struct amqp_link *link, const amqp_method_t *method)
{
    const amqp_connection_blocked_t *blocked = method->decoded;
    link->is_blocked = method->id == AMQP_CONNECTION_BLOCKED_METHOD;
    if (link->is_blocked)
        error_set(&link->blocking, 0, "%.*s", (int)blocked->reason.len,
                  (const char *)blocked->reason.bytes);
}

static bool is_about_blocking(const amqp_frame_t *frame)
{
    return frame->frame_type == AMQP_FRAME_METHOD &&
           (frame->payload.method.id == AMQP_CONNECTION_BLOCKED_METHOD ||
            frame->payload.method.id == AMQP_CONNECTION_UNBLOCKED_METHOD);
}

int amqp_link_next(struct amqp_link *link, int64_t deadline, amqp_frame_t *ret,
                   struct error *err)
{
    for (;;) {
        struct timeval limit = as_timeval(left_until(deadline));
        int status = amqp_simple_wait_frame_noblock(link->connection, ret, &limit);
        if (status == AMQP_STATUS_TIMEOUT)
            return 0;
        int rc = amqp_link_check(link, status, "reading", err);
        if (rc == 0 && ret->frame_type == AMQP_FRAME_METHOD)
            rc = check_method(link, &ret->payload.method, "the broker ended it", err);
        if (rc < 0)
            return rc;
        if (is_about_blocking(ret))
            note_blocking(link, &ret->payload.method);
        else if (ret->channel == AMQP_LINK_CHANNEL)
            return 1;
    }
}

void amqp_link_release(struct amqp_link *link)
{
    amqp_maybe_release_buffers(link->connection);
}

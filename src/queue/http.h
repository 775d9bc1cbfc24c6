// SPDX-License-Identifier: GPL-3.0-or-later
/* http - the client's side of the door: one request after the other over one kept
 * connection, by libcurl.
 *
 * Comes from: http_queue.c, look/.  Goes to: door/ on the server.
 * No redirect is followed and no proxy is used, whatever the environment says: a
 * message goes to the host that the configuration names, or nowhere. */
#ifndef QUEUE_HTTP_H
#define QUEUE_HTTP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "config/config.h"

#define HTTP_ANSWER_MAX (64 << 20) /* bytes of an answer; a longer one is an error */

struct http;

/* url: http://HOST[:7777] or https://…; NULL: (host) and (port) of the configuration.
 * Of the configuration come the token that goes along, and the CA or the pin that an
 * https server is verified by, see trust.h. Connects to nothing yet; config is not
 * kept. -EINVAL: the URL, or host and port, or the pin, or the token is none; -EACCES:
 * a token or a pin, but http:// beyond loopback, and not (cleartext #t). No error holds
 * the token. */
int http_open(const struct config *config, const char *url, struct http **ret,
              struct error *err) MUST_USE;
void http_close(struct http *http); /* NULL is fine */

static inline void http_auto(struct http **owned)
{
    http_close(*owned);
}

const char *http_url(const struct http *http); /* "http://localhost:7777"; lent */
bool http_has_token(const struct http *http);

/* Every request from now on ends by that time of clock_monotonic(). */
void http_set_deadline(struct http *http, int64_t deadline);

/* Once *stop is not 0, every request ends within a second: -EINTR. */
void http_set_stop(struct http *http, const volatile sig_atomic_t *stop);

struct http_answer {
    long status;         /* 200, 404, … */
    int64_t retry_after; /* seconds that the server asks us to wait; 0: it does not */
    struct strbuf body;
};

void http_answer_clear(struct http_answer *answer);
AUTO_DEFINE_CLEAR(http_answer)

/* 0 whenever a whole answer came, whatever its status. Else the error begins with the
 * URL: -ECONNREFUSED, -ETIMEDOUT, -EHOSTUNREACH (no such name), -ECONNRESET (closed
 * before the answer was whole), -EFBIG (the answer is too long), -EPROTO (it is not
 * HTTP, or not TLS), -EINTR (see http_set_stop), -EACCES (its certificate is
 * not trusted, or its key is not the pinned one), -EINVAL (the file of CAs is none),
 * -EIO. */
int http_get(struct http *http, const char *path, struct http_answer *ret,
             struct error *err) MUST_USE;

int http_delete(struct http *http, const char *path, struct http_answer *ret,
                struct error *err) MUST_USE;

/* The body is NDJSON, of which a single object is the simplest case. */
int http_post(struct http *http, const char *path, const struct strbuf *body,
              struct http_answer *ret, struct error *err) MUST_USE;

/* What 401 and 403 mean, for "URL: …": NULL for any other status. */
const char *http_refusal(const struct http *http, long status);

/* Appends "?name=value", or "&name=value" behind an earlier one, escaped. */
void http_add_query(struct strbuf *path, const char *name, const char *value);

/* Appends text as one segment of a path, escaped. */
void http_add_segment(struct strbuf *path, const char *text);

#endif

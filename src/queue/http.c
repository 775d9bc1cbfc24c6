// SPDX-License-Identifier: GPL-3.0-or-later
/* http - a curl handle that is told once how we speak, whom we trust and who we are;
 * what curl says put in words. */
#include "queue/http.h"

#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "queue/trust.h"
#include "queue/url.h"

#define PORT       7777 /* where a URL names none */
#define TOKEN_SIZE 4096 /* bytes; ours have 53 */

struct http {
    CURL *curl;
    char *url;                        /* without a path */
    struct curl_slist *headers;       /* of every request; may hold the token */
    bool has_token;                   /* among them */
    struct curl_slist *ndjson_header; /* of a request with a body, before those */
    int64_t deadline;                 /* of clock_monotonic() */
};

static size_t take_body(char *bytes, size_t size, size_t count, void *body)
{
    struct strbuf *buf = body;
    if (buf->size + size * count > HTTP_ANSWER_MAX)
        return CURL_WRITEFUNC_ERROR;
    strbuf_add(buf, bytes, size * count);
    return size * count;
}

/* QUICK_EXIT: a name server that is silent does not hold us when our time is over. */
static void set_manners(CURL *curl)
{
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "sheepdog/" VERSION);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
}

/* A host that is none, such as "a/b", makes no URL; a bare IPv6 address wants [ ]. */
static char *make_url(const char *host, int64_t port)
{
    bool is_bare_ipv6 = strchr(host, ':') && host[0] != '[';
    AUTO(str) char *name = text_format(is_bare_ipv6 ? "[%s]" : "%s", host);
    AUTO(str) char *number = text_format("%lld", (long long)port);
    CURLU *parts = curl_url();
    bool is_good = curl_url_set(parts, CURLUPART_SCHEME, "http", 0) == CURLUE_OK &&
                   curl_url_set(parts, CURLUPART_HOST, name, 0) == CURLUE_OK &&
                   curl_url_set(parts, CURLUPART_PORT, number, 0) == CURLUE_OK;
    curl_url_cleanup(parts);
    return is_good ? text_format("http://%s:%s", name, number) : NULL;
}

/* What the URL must not have, we have no use for: nobody shall believe that we had. */
static int read_url(const char *text, struct url *ret, struct error *err)
{
    int rc = url_parse(text, PORT, ret, err);
    if (rc < 0)
        return rc;
    if (strcmp(ret->scheme, "http") != 0 && strcmp(ret->scheme, "https") != 0)
        return error_set(err, -EINVAL, "%s: expected http:// or https://", ret->name);
    if (ret->user || ret->password)
        return error_set(err, -EINVAL,
                         "%s: a name or password in its URL; here (token …) says who "
                         "we are",
                         ret->name);
    if (ret->path[0])
        return error_set(err, -EINVAL, "%s: its URL ends with the port", ret->name);
    return 0;
}

static int find_url(const struct config *config, const char *given, struct url *ret,
                    struct error *err)
{
    if (given)
        return read_url(given, ret, err);
    AUTO(str) char *made = make_url(config->host, config->port);
    if (!made)
        return error_set(err, -EINVAL, "(host \"%s\") (port %lld) is no place to go to",
                         config->host, (long long)config->port);
    return read_url(made, ret, err);
}

/* The header is a line: nothing of a token may end it. */
static int check_token(const char *token, struct error *err)
{
    size_t length = strlen(token);
    bool is_good = length <= TOKEN_SIZE;
    for (size_t i = 0; is_good && i < length; i++)
        is_good = token[i] > ' ' && token[i] <= '~';
    if (!is_good)
        return error_set(err, -EINVAL, "the token is none that a server gave");
    return 0;
}

/* Where TLS is asked for, or a secret goes along, nothing goes out in the clear. */
static int check_secrets(const struct config *config, const struct url *url,
                         struct error *err)
{
    const char *token = config->token ? config->token : "";
    const char *pin = config->pin ? config->pin : "";
    int rc = *pin ? trust_check_pin(pin, err) : 0;
    if (rc == 0)
        rc = check_token(token, err);
    if (rc < 0)
        return rc;
    bool is_clear = strcmp(url->scheme, "http") == 0 && !trust_is_loopback(url->host);
    if (!is_clear || config->cleartext || (!*token && !*pin))
        return 0;
    return error_set(err, -EACCES,
                     "%s: without TLS all between here and there can read %s; set "
                     "(queue \"https://…\"), or (cleartext #t)",
                     url->name, *token ? "the token" : "the messages");
}

/* curl_slist_append copies, so our copy of the token is wiped. A header without a value
 * is one that curl leaves out. The header of a body stands before the others, which
 * hang on it: one list, with two places to begin. */
static void set_headers(struct http *http, const char *token)
{
    http->headers = curl_slist_append(NULL, "Accept:");
    http->has_token = token && *token;
    if (http->has_token) {
        AUTO(str) char *line = text_format("Authorization: Bearer %s", token);
        http->headers = curl_slist_append(http->headers, line);
        explicit_bzero(line, strlen(line));
    }
    http->ndjson_header = curl_slist_append(NULL, "Content-Type: application/x-ndjson");
    http->ndjson_header->next = http->headers;
}

int http_open(const struct config *config, const char *given, struct http **ret,
              struct error *err)
{
    AUTO(url) struct url url = {0};
    int rc = find_url(config, given, &url, err);
    if (rc == 0)
        rc = check_secrets(config, &url, err);
    if (rc < 0)
        return rc;
    AUTO(http) struct http *http = memory_new(sizeof *http);
    http->curl = curl_easy_init();
    if (!http->curl)
        return error_set(err, -EIO, "libcurl does not start");
    http->url = TAKE(url.name);
    http->deadline = INT64_MAX;
    set_headers(http, config->token);
    set_manners(http->curl);
    trust_set(http->curl, config);
    *ret = TAKE(http);
    return 0;
}

static void free_headers(struct curl_slist *headers)
{
    for (struct curl_slist *header = headers; header; header = header->next)
        explicit_bzero(header->data, strlen(header->data));
    curl_slist_free_all(headers);
}

void http_close(struct http *http)
{
    if (!http)
        return;
    curl_easy_cleanup(http->curl);
    free_headers(http->ndjson_header);
    free(http->url);
    free(http);
}

const char *http_url(const struct http *http)
{
    return http->url;
}

bool http_has_token(const struct http *http)
{
    return http->has_token;
}

void http_set_deadline(struct http *http, int64_t deadline)
{
    http->deadline = deadline;
}

static int look_at_stop(void *stop, curl_off_t size UNUSED, curl_off_t came UNUSED,
                        curl_off_t body UNUSED, curl_off_t went UNUSED)
{
    return *(const volatile sig_atomic_t *)stop != 0;
}

void http_set_stop(struct http *http, const volatile sig_atomic_t *stop)
{
    curl_easy_setopt(http->curl, CURLOPT_XFERINFOFUNCTION, look_at_stop);
    curl_easy_setopt(http->curl, CURLOPT_XFERINFODATA, stop);
    curl_easy_setopt(http->curl, CURLOPT_NOPROGRESS, 0L);
}

void http_answer_clear(struct http_answer *answer)
{
    strbuf_clear(&answer->body);
    *answer = (struct http_answer){0};
}

/* What the system said of a connection that was not made: "connection refused". */
static int fail_connect(const struct http *http, struct error *err)
{
    long number = 0;
    curl_easy_getinfo(http->curl, CURLINFO_OS_ERRNO, &number);
    if (number <= 0)
        return error_set(err, -EIO, "%s: no connection", http->url);
    AUTO(str) char *words = text_copy(strerror((int)number));
    words[0] = (char)tolower((unsigned char)words[0]);
    return error_set(err, -(int)number, "%s: %s", http->url, words);
}

static int fail(const struct http *http, CURLcode code, struct error *err)
{
    static const struct {
        CURLcode code;
        int rc;
        const char *words;
    } failures[] = {
        {CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT, "no answer in time"},
        {CURLE_ABORTED_BY_CALLBACK, -EINTR, "stopped"},
        {CURLE_COULDNT_RESOLVE_HOST, -EHOSTUNREACH, "no address is known of that name"},
        {CURLE_GOT_NOTHING, -ECONNRESET, "the connection ended before the answer"},
        {CURLE_SEND_ERROR, -ECONNRESET, "the connection ended before the answer"},
        {CURLE_RECV_ERROR, -ECONNRESET, "the connection ended before the answer"},
        {CURLE_PARTIAL_FILE, -ECONNRESET, "the connection ended within the answer"},
        {CURLE_WRITE_ERROR, -EFBIG, "the answer is larger than 64 MiB"},
        {CURLE_UNSUPPORTED_PROTOCOL, -EPROTO, "what answers there does not speak HTTP"},
        {CURLE_WEIRD_SERVER_REPLY, -EPROTO, "what answers there does not speak HTTP"},
    };
    int rc;
    if (code == CURLE_COULDNT_CONNECT)
        return fail_connect(http, err);
    if (trust_explain(http->curl, code, http->url, &rc, err))
        return rc;
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (failures[i].code == code)
            return error_set(err, failures[i].rc, "%s: %s", http->url,
                             failures[i].words);
    return error_set(err, -EIO, "%s: %s", http->url, curl_easy_strerror(code));
}

/* curl takes 0 ms for no limit at all. */
static long time_left(const struct http *http)
{
    int64_t left = (http->deadline - clock_monotonic()) / 1000;
    return left > 86400000 ? 86400000 : (long)left;
}

static int perform(struct http *http, const char *path, struct http_answer *ret,
                   struct error *err)
{
    long left = time_left(http);
    if (left <= 0)
        return fail(http, CURLE_OPERATION_TIMEDOUT, err);

    AUTO(str) char *url = text_format("%s%s", http->url, path);
    AUTO(http_answer) struct http_answer answer = {0};
    curl_easy_setopt(http->curl, CURLOPT_URL, url);
    curl_easy_setopt(http->curl, CURLOPT_TIMEOUT_MS, left);
    curl_easy_setopt(http->curl, CURLOPT_CONNECTTIMEOUT_MS, left);
    curl_easy_setopt(http->curl, CURLOPT_WRITEDATA, &answer.body);
    CURLcode code = curl_easy_perform(http->curl);
    if (code != CURLE_OK)
        return fail(http, code, err);

    curl_off_t wait = 0;
    curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_easy_getinfo(http->curl, CURLINFO_RETRY_AFTER, &wait);
    answer.retry_after = wait;
    *ret = answer;
    answer = (struct http_answer){0};
    return 0;
}

int http_get(struct http *http, const char *path, struct http_answer *ret,
             struct error *err)
{
    curl_easy_setopt(http->curl, CURLOPT_CUSTOMREQUEST, NULL);
    curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, http->headers);
    curl_easy_setopt(http->curl, CURLOPT_HTTPGET, 1L);
    return perform(http, path, ret, err);
}

int http_delete(struct http *http, const char *path, struct http_answer *ret,
                struct error *err)
{
    curl_easy_setopt(http->curl, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(http->curl, CURLOPT_CUSTOMREQUEST, "DELETE");
    curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, http->headers);
    return perform(http, path, ret, err);
}

int http_post(struct http *http, const char *path, const struct strbuf *body,
              struct http_answer *ret, struct error *err)
{
    curl_easy_setopt(http->curl, CURLOPT_CUSTOMREQUEST, NULL);
    curl_easy_setopt(http->curl, CURLOPT_POST, 1L);
    curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, strbuf_text(body));
    curl_easy_setopt(http->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->size);
    curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, http->ndjson_header);
    return perform(http, path, ret, err);
}

const char *http_refusal(const struct http *http, long status)
{
    if (status == 403)
        return "this token may not do that";
    if (status != 401)
        return NULL;
    return http_has_token(http) ? "it does not know this token"
                                : "it asks for a token; see sheepdog help join";
}

/* All but the unreserved characters of RFC 3986 stand as %XX. */
static void add_escaped(struct strbuf *path, const char *text)
{
    static const char unreserved[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        "0123456789-._~";
    for (; *text; text++)
        if (strchr(unreserved, *text))
            strbuf_putc(path, *text);
        else
            strbuf_printf(path, "%%%02X", (unsigned)(unsigned char)*text);
}

void http_add_query(struct strbuf *path, const char *name, const char *value)
{
    strbuf_putc(path, strchr(strbuf_text(path), '?') ? '&' : '?');
    add_escaped(path, name);
    strbuf_putc(path, '=');
    add_escaped(path, value);
}

void http_add_segment(struct strbuf *path, const char *text)
{
    add_escaped(path, text);
}

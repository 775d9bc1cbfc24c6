// SPDX-License-Identifier: GPL-3.0-or-later
/* redis_link - hiredis in its blocking manner, with the time that is left put on the
 * socket before each step: so a server that drips is no way around the deadline. */
#include "queue/redis_link.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "queue/redis_tls.h"
#include "queue/url.h"

#define REDIS_PORT 6379

/* Of what goes out before the first answer is read. */
#define PIPELINE_COUNT    500
#define PIPELINE_SIZE     (8 << 20)
#define SENDING_WORDS_MAX 4

#define WORDS_MAX 300 /* bytes of an error of the server's */

struct redis_link {
    struct url url;
    char *name, *ca;
    redisContext *context; /* NULL: not connected */
    int64_t deadline;      /* of clock_monotonic() */
    int64_t silence;       /* microseconds that one step may take */
};

static bool has_tls(const struct redis_link *link)
{
    return strcmp(link->url.scheme, "rediss") == 0;
}

/* "": none */
static bool is_number(const char *text)
{
    return strspn(text, "0123456789") == strlen(text) && strlen(text) < 6;
}

int redis_link_new(const char *text, const char *name, const struct config *config,
                   struct redis_link **ret, struct error *err)
{
    AUTO(redis_link) struct redis_link *link = memory_new(sizeof *link);
    int rc = url_parse(text, REDIS_PORT, &link->url, err);
    if (rc < 0)
        return rc;
    if (has_tls(link) && !redis_tls_is_there())
        return error_set(err, -EINVAL,
                         "%s: this build's hiredis has no TLS; use redis:// within a "
                         "tunnel, or https:// or amqps://",
                         name);
    if (has_tls(link) && *config->pin && !*config->ca)
        return error_set(err, -EINVAL,
                         "%s: rediss is verified by a CA: found (pin …), expected "
                         "(ca FILE)",
                         name);
    if (!is_number(link->url.path))
        return error_set(err, -EINVAL,
                         "%s: the path of a Redis URL is the number of a database",
                         name);
    link->name = text_copy(name);
    link->ca = text_copy(config->ca);
    redis_link_begin(link, INT64_MAX, 0);
    *ret = TAKE(link);
    return 0;
}

static void disconnect(struct redis_link *link)
{
    if (link->context)
        redisFree(TAKE(link->context));
}

void redis_link_free(struct redis_link *link)
{
    if (!link)
        return;
    disconnect(link);
    url_clear(&link->url);
    free(link->name);
    free(link->ca);
    free(link);
}

bool redis_link_is_connected(const struct redis_link *link)
{
    return link->context;
}

void redis_link_begin(struct redis_link *link, int64_t deadline, int server_wait_ms)
{
    link->deadline = deadline;
    link->silence = (REDIS_SILENCE_MS + (int64_t)server_wait_ms) * 1000;
}

static int fail_late(const struct redis_link *link, struct error *err)
{
    return error_set(err, -ETIMEDOUT, "%s: no answer in time", link->name);
}

/* How long the next step may take. */
static int time_left(const struct redis_link *link, struct timeval *ret,
                     struct error *err)
{
    int64_t left = link->deadline - clock_monotonic();
    if (left <= 0)
        return fail_late(link, err);
    if (left > link->silence)
        left = link->silence;
    *ret = (struct timeval){.tv_sec = left / 1000000, .tv_usec = left % 1000000};
    return 0;
}

/* number: errno, as the step that failed left it. Closes the connection. */
static int fail(struct redis_link *link, int number, struct error *err)
{
    int kind = link->context->err;
    AUTO(str) char *words = text_copy(strerror(number));
    words[0] = (char)tolower((unsigned char)words[0]);
    disconnect(link);
    switch (kind) {
    case REDIS_ERR_EOF:
        return error_set(err, -ECONNRESET, "%s: the connection ended before the answer",
                         link->name);
    case REDIS_ERR_PROTOCOL:
        return error_set(err, -EPROTO, "%s: what answers there does not speak Redis",
                         link->name);
    case REDIS_ERR_OTHER:
        return error_set(err, -EHOSTUNREACH, "%s: no address is known of that name",
                         link->name);
    }
    if (number == EAGAIN || number == ETIMEDOUT || number == EINPROGRESS)
        return fail_late(link, err);
    return error_set(err, number > 0 ? -number : -EIO, "%s: %s", link->name, words);
}

/* Where the server has gone, the write says so; it does not end the program. */
static int write_unharmed(redisContext *context, int *ret_done)
{
    sigset_t pipe_signal, before;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    int rc = redisBufferWrite(context, ret_done);
    int number = errno;
    if (rc != REDIS_OK && number == EPIPE)
        sigtimedwait(&pipe_signal, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = number;
    return rc;
}

/* Sends all that was appended. */
static int flush(struct redis_link *link, struct error *err)
{
    struct timeval left;
    for (int done = 0; !done;) {
        if (time_left(link, &left, err) < 0) {
            disconnect(link);
            return -ETIMEDOUT;
        }
        redisSetTimeout(link->context, left);
        if (write_unharmed(link->context, &done) != REDIS_OK)
            return fail(link, errno, err);
    }
    return 0;
}

int redis_link_answer(struct redis_link *link, redisReply **ret, struct error *err)
{
    struct timeval left;
    void *reply = NULL;
    int rc = flush(link, err);
    while (rc == 0) {
        if (redisGetReplyFromReader(link->context, &reply) != REDIS_OK)
            return fail(link, EIO, err);
        if (reply)
            break;
        rc = time_left(link, &left, err);
        if (rc < 0) {
            disconnect(link);
            break;
        }
        redisSetTimeout(link->context, left);
        if (redisBufferRead(link->context) != REDIS_OK)
            rc = fail(link, errno, err);
    }
    if (rc == 0)
        *ret = reply;
    return rc;
}

bool redis_reply_is_array(const redisReply *reply, size_t elements)
{
    return reply && reply->type == REDIS_REPLY_ARRAY && reply->elements >= elements;
}

const char *redis_reply_text(const redisReply *reply)
{
    return reply->str ? reply->str : "";
}

bool redis_reply_is_error(const redisReply *reply, const char *code)
{
    size_t length = strlen(code);
    return reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, code, length) == 0 &&
           (reply->str[length] == ' ' || reply->str[length] == '\0');
}

/* Of an error, for a sentence of ours that goes on: without its full stop, and without
 * what a command that the server does not know was to carry, which it quotes. */
static int words_length(const char *error)
{
    const char *quoted = strstr(error, ", with args");
    size_t length = quoted ? (size_t)(quoted - error) : strlen(error);
    if (length > 0 && error[length - 1] == '.')
        length--;
    return length < WORDS_MAX ? (int)length : WORDS_MAX;
}

int redis_link_check(const struct redis_link *link, const redisReply *reply,
                     struct error *err)
{
    static const struct {
        const char *code;
        int rc;
    } refusals[] = {
        {"NOAUTH", -EACCES},     {"WRONGPASS", -EACCES}, {"NOPERM", -EACCES},
        {"OOM", -ENOSPC},        {"MISCONF", -EIO},      {"READONLY", -EROFS},
        {"LOADING", -EAGAIN},    {"BUSY", -EAGAIN},      {"MASTERDOWN", -EAGAIN},
        {"NOREPLICAS", -EAGAIN}, {"WRONGTYPE", -EBADF},  {"NOGROUP", -ENOENT},
    };
    if (reply->type != REDIS_REPLY_ERROR)
        return 0;
    int rc = -EREMOTEIO;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (redis_reply_is_error(reply, refusals[i].code))
            rc = refusals[i].rc;

    return error_set(err, rc, "%s: %.*s", link->name, words_length(reply->str),
                     reply->str);
}

/* hiredis cannot fail here but for want of memory. */
void redis_link_append(struct redis_link *link, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    redisvAppendCommand(link->context, format, values);
    va_end(values);
}

void redis_link_append_words(struct redis_link *link, int count, const char **words)
{
    redisAppendCommandArgv(link->context, count, words, NULL);
}

static int ask(struct redis_link *link, redisReply **ret, struct error *err)
{
    AUTO(redis_reply) redisReply *reply = NULL;
    int rc = redis_link_answer(link, &reply, err);
    if (rc == 0)
        rc = redis_link_check(link, reply, err);
    if (rc == 0 && ret)
        *ret = TAKE(reply);
    return rc;
}

int redis_link_ask(struct redis_link *link, redisReply **ret, struct error *err,
                   const char *format, ...)
{
    va_list values;
    va_start(values, format);
    redisvAppendCommand(link->context, format, values);
    va_end(values);
    return ask(link, ret, err);
}

static int check_all(const struct redis_link *link, const redisReply *reply,
                     struct error *err)
{
    int rc = redis_link_check(link, reply, err);
    for (size_t i = 0; rc == 0 && i < reply->elements; i++)
        rc = redis_link_check(link, reply->element[i], err);
    return rc;
}

/* Whatever is wrong first, all answers are heard: MULTI's, one a command, EXEC's. */
int redis_link_exec(struct redis_link *link, size_t count, redisReply **ret,
                    struct error *err)
{
    int first = 0;
    AUTO(redis_reply) redisReply *last = NULL;
    redis_link_append(link, "EXEC");
    for (size_t i = 0; i < count + 2; i++) {
        AUTO(redis_reply) redisReply *reply = NULL;
        int rc = redis_link_answer(link, &reply, first < 0 ? NULL : err);
        if (rc < 0)
            return first < 0 ? first : rc;
        if (first == 0)
            first = check_all(link, reply, err);
        if (i == count + 1)
            last = TAKE(reply);
    }
    if (first == 0 && last->elements != count)
        first = error_set(err, -EPROTO, "%s: what it did is not known", link->name);
    if (first == 0 && ret)
        *ret = TAKE(last);
    return first;
}

/* As many as go out at once; *ret is how far. */
static void append_some(struct redis_link *link, const char *const *words,
                        int word_count, const struct sending *items, size_t count,
                        size_t *ret)
{
    const char *all[SENDING_WORDS_MAX + 1];
    size_t sizes[SENDING_WORDS_MAX + 1], size = 0, i = 0;
    assert(word_count <= SENDING_WORDS_MAX);
    for (int j = 0; j < word_count; j++) {
        all[j] = words[j];
        sizes[j] = strlen(words[j]);
    }
    for (; i < count && i < PIPELINE_COUNT && size < PIPELINE_SIZE; i++) {
        if (items[i].verdict != SENDING_LEFT)
            continue;
        all[word_count] = items[i].json;
        sizes[word_count] = items[i].size;
        size += items[i].size;
        redisAppendCommandArgv(link->context, word_count + 1, all, sizes);
    }
    *ret = i;
}

static int hear_verdicts(struct redis_link *link, struct sending *items, size_t count,
                         struct error *err)
{
    int first = 0;
    for (size_t i = 0; i < count; i++) {
        AUTO(redis_reply) redisReply *reply = NULL;
        if (items[i].verdict != SENDING_LEFT)
            continue;
        int rc = redis_link_answer(link, &reply, first < 0 ? NULL : err);
        if (rc < 0)
            return first < 0 ? first : rc;
        rc = redis_link_check(link, reply, first < 0 ? NULL : err);
        if (rc == 0)
            items[i].verdict = SENDING_TAKEN;
        else if (first == 0)
            first = rc;
    }
    return first;
}

int redis_link_send(struct redis_link *link, const char *const *words, int word_count,
                    struct sending *items, size_t count, struct error *err)
{
    int rc = 0;
    for (size_t at = 0, some = 0; rc == 0 && at < count; at += some) {
        append_some(link, words, word_count, items + at, count - at, &some);
        rc = hear_verdicts(link, items + at, some, err);
    }
    return rc;
}

static int start_tls(struct redis_link *link, struct error *err)
{
    struct timeval left;
    if (!has_tls(link))
        return 0;
    int rc = time_left(link, &left, err);
    if (rc < 0)
        return rc;
    redisSetTimeout(link->context, left);
    rc = redis_tls_start(link->context, link->url.host, link->ca, err);
    return rc < 0 ? error_prefix(err, rc, "%s", link->name) : 0;
}

/* A server that does not know AUTH quotes what came with it: the password. */
static int log_in(struct redis_link *link, struct error *err)
{
    const char *user = link->url.user, *password = link->url.password;
    bool has_user = user && *user;
    AUTO(redis_reply) redisReply *reply = NULL;
    if (!has_user && !(password && *password))
        return 0;
    if (has_user)
        redis_link_append(link, "AUTH %s %s", user, password ? password : "");
    else
        redis_link_append(link, "AUTH %s", password);
    int rc = redis_link_answer(link, &reply, err);
    if (rc < 0 || reply->type != REDIS_REPLY_ERROR)
        return rc;
    bool is_secret = password && *password && strstr(reply->str, password);
    const char *words = is_secret ? "AUTH is not known there" : reply->str;
    return error_set(err, -EACCES, "%s: the login fails: %.*s", link->name,
                     words_length(words), words);
}

static int introduce(struct redis_link *link, struct error *err)
{
    int rc = start_tls(link, err);
    if (rc == 0)
        rc = log_in(link, err);
    if (rc == 0 && *link->url.path)
        rc = redis_link_ask(link, NULL, err, "SELECT %s", link->url.path);
    return rc;
}

int redis_link_connect(struct redis_link *link, bool *ret_is_new, struct error *err)
{
    struct timeval left;
    bool is_new = !link->context;
    if (is_new) {
        int rc = time_left(link, &left, err);
        if (rc < 0)
            return rc;
        errno = 0;
        link->context = redisConnectWithTimeout(link->url.host, link->url.port, left);
        if (!link->context)
            return error_set(err, -ENOMEM, "%s: hiredis has no memory", link->name);
        if (link->context->err)
            return fail(link, errno, err);
        rc = introduce(link, err);
        if (rc < 0) {
            disconnect(link);
            return rc;
        }
    }
    if (ret_is_new)
        *ret_is_new = is_new;
    return 0;
}

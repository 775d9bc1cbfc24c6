// SPDX-License-Identifier: GPL-3.0-or-later
/* post - the log hears of a delivery that fails once, and once when it works again: how
 * long nothing was taken is known to sheepdog-deliver, which has the machine mail. */
#include "daemon/post.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "bark/redact.h"
#include "bark/room.h"
#include "bark/self.h"
#include "bark/spool.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/utf8.h"

#define PAUSE_MIN 1000  /* ms behind a delivery that failed */
#define PAUSE_MAX 60000 /* behind several in a row */
#define GRACE     4000  /* ms that it may take over its patience */
#define TEXT_MAX  65536 /* bytes of a message's text */

struct post {
    struct post_parts parts;
    const struct config *config;
    struct redaction *redaction;
    char *folder;
    uv_timer_t *timer;
    struct running *delivery; /* NULL: none runs */
    bool is_wanted;           /* something came since it began */
    int64_t pause;            /* ms; 0: the last one went well */
    bool is_full;             /* the spool took nothing, and that was logged */
    int64_t patience;         /* once it ends; -1: it goes on */
    void (*done)(void *context);
    void *context;
};

int post_open(const struct post_parts *parts, const struct config *config,
              struct post **ret, struct error *err)
{
    AUTO(post) struct post *post = memory_new(sizeof *post);
    post->parts = *parts;
    post->patience = -1;
    post->timer = memory_new(sizeof *post->timer);
    uv_timer_init(parts->loop, post->timer);
    post->timer->data = post;
    int rc = post_use(post, config, err);
    if (rc == 0)
        rc = spool_folder(config, &post->folder, err);
    if (rc == 0)
        *ret = TAKE(post);
    return rc;
}

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

void post_close(struct post *post)
{
    if (!post)
        return;
    helpers_stop(post->delivery);
    uv_close((uv_handle_t *)post->timer, free_handle);
    redaction_free(post->redaction);
    free(post->folder);
    free(post);
}

int post_use(struct post *post, const struct config *config, struct error *err)
{
    struct redaction *redaction = NULL;
    int rc = redaction_new(&config->redact, &redaction, err);
    if (rc < 0)
        return rc;
    redaction_free(post->redaction);
    post->redaction = redaction;
    post->config = config;
    return 0;
}

const char *post_folder(const struct post *post)
{
    return post->folder;
}

/* ---- into the spool ---- */

char *post_hide(const struct post *post, const char *text)
{
    return redact_text(post->redaction, text);
}

static void tidy_text(const struct post *post, struct message *message)
{
    if (!message->text)
        return;
    char *text = post_hide(post, message->text);
    size_t size = strnlen(text, TEXT_MAX);
    text[size - utf8_torn_tail(text, size)] = '\0';
    free(message->text);
    message->text = text;
}

static void log_full(struct post *post, int rc, const struct error *why)
{
    if (rc < 0 && !post->is_full)
        log_error("post: %s; what is found now is told when the spool can be written",
                  why->text);
    else if (rc == 0 && post->is_full)
        log_info("post: %s: can be written again", post->folder);
    post->is_full = rc < 0;
}

/* A beat comes every minute: it says no more than it must. */
static void sign(const struct post *post, struct message *message)
{
    self_sign(post->config, message);
    if (message->kind != MESSAGE_BEAT)
        return;
    free(TAKE(message->user));
    free(TAKE(message->zone));
    free(TAKE(message->mailto));
}

int post_put(struct post *post, struct message *message)
{
    AUTO(strbuf) struct strbuf json = {0};
    struct error why;
    tidy_text(post, message);
    sign(post, message);
    message_format(message, &json);
    struct room_message spooled = {.id = message->id,
                                   .weight = weight_of(message->kind, message->err),
                                   .json = &json};
    int rc = room_put(post->folder, post->config->spool_limit, &spooled, &why);
    log_full(post, rc, &why);
    if (rc == 0)
        post_deliver(post);
    return rc;
}

/* ---- out of it ---- */

static void start(struct post *post);

static void on_timer(uv_timer_t *timer)
{
    start(timer->data);
}

static void finish(struct post *post)
{
    if (post->done)
        post->done(post->context);
    post->done = NULL;
}

static void go_on(struct post *post, const char *why)
{
    if (why && post->pause == 0)
        log_warning("post: %s", why);
    if (!why && post->pause > 0)
        log_info("post: what waited is delivered");
    if (!why)
        post->pause = 0;
    else
        post->pause = post->pause ? post->pause * 2 : PAUSE_MIN;
    if (post->pause > PAUSE_MAX)
        post->pause = PAUSE_MAX;
    if (post->patience >= 0)
        finish(post);
    else if (why || post->is_wanted)
        uv_timer_start(post->timer, on_timer, (uint64_t)post->pause, 0);
}

static void on_delivered(void *context, const struct ended *ended)
{
    struct post *post = context;
    struct error why;
    post->delivery = NULL;
    int rc = ended_check(ended, post->config->patience + GRACE, &why);
    if (rc < 0)
        error_prefix(&why, rc, "sheepdog-deliver");
    go_on(post, rc < 0 ? why.text : NULL);
}

static void start(struct post *post)
{
    char patience[32];
    int64_t limit = post->patience >= 0 ? post->patience : post->config->patience;
    const char *conf = post->config->path;
    snprintf(patience, sizeof patience, "%lldms", (long long)limit);
    const char *argv[] = {
        post->parts.program, "--folder", post->folder, "--patience", patience,
        conf ? "-c" : NULL,  conf,       NULL};
    struct helper_plan plan = {.argv = (char *const *)argv,
                               .timeout = limit + (post->patience >= 0 ? 500 : GRACE),
                               .is_ours = true};
    struct helper_end end = {.over = on_delivered, .context = post};
    struct error why;
    post->is_wanted = false;
    if (helpers_start(post->parts.helpers, &plan, &end, &post->delivery, &why) < 0)
        go_on(post, why.text);
}

/* Those that come in one turn of the loop go together; behind a failure, when it is
 * tried again. */
void post_deliver(struct post *post)
{
    post->is_wanted = true;
    if (!post->delivery && !uv_is_active((uv_handle_t *)post->timer))
        uv_timer_start(post->timer, on_timer, 0, 0);
}

void post_finish(struct post *post, int64_t patience, void (*done)(void *context),
                 void *context)
{
    post->patience = patience;
    post->done = done;
    post->context = context;
    uv_timer_stop(post->timer);
    helpers_stop(post->delivery);
    post->delivery = NULL;
    if (spool_is_empty(post->folder))
        finish(post);
    else
        start(post);
}

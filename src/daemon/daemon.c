// SPDX-License-Identifier: GPL-3.0-or-later
/* daemon - makes the parts, and gives each what it needs of the others. */
#include "daemon/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bark/self.h"
#include "bark/spool.h"
#include "base/files.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/program.h"
#include "base/ready.h"
#include "daemon/parts.h"
#include "daemon/schedule.h"

#define MINUTE   60000 /* ms */
#define PATIENCE 3000  /* ms of the last delivery */

static void on_facts_sent(void *context)
{
    struct daemon *daemon = context;
    post_deliver(daemon->post);
}

/* Who lacks the facts of this host may lack its states too. */
static void on_minute(uv_timer_t *timer)
{
    struct daemon *daemon = timer->data;
    if (gather_turn(daemon->gather))
        standing_repeat(daemon->standing);
    change_turn(daemon);
}

/* ---- the parts ---- */

static int lock_folder(struct daemon *daemon, struct error *err)
{
    int rc = self_folder("daemon", "/var/lib/sheepdog-daemon", &daemon->folder, err);
    if (rc == 0)
        rc = files_make_folder(daemon->folder, 0700, err);
    if (rc < 0)
        return rc;
    daemon->facts_folder = text_format("%s/facts", daemon->folder);
    AUTO(str) char *path = text_format("%s/lock", daemon->folder);
    rc = files_lock(path, &daemon->lock, err);
    return rc == -EAGAIN ? error_set(err, rc, "another " NAME " has %s", daemon->folder)
                         : rc;
}

static int open_standing(struct daemon *daemon)
{
    struct error why;
    struct standing_parts parts = {.folder = daemon->folder,
                                   .hide = telling_hide,
                                   .say = telling_say,
                                   .context = daemon};
    daemon->standing = standing_new(&parts);
    int rc = standing_load(daemon->standing, &why);
    if (rc < 0)
        log_warning(NAME ": %s; what was said before is said again", why.text);
    return rc;
}

static int open_post(struct daemon *daemon, struct error *err)
{
    int rc = program_find("sheepdog-deliver", &daemon->deliver, err);
    if (rc < 0)
        return rc;
    struct post_parts parts = {
        .loop = &daemon->loop, .helpers = daemon->helpers, .program = daemon->deliver};
    return post_open(&parts, daemon->now.config, &daemon->post, err);
}

static void make_parts(struct daemon *daemon)
{
    struct gather_parts gather = {.helpers = daemon->helpers,
                                  .folder = daemon->facts_folder,
                                  .spool = post_folder(daemon->post),
                                  .host = daemon->host,
                                  .sent = on_facts_sent,
                                  .say = telling_facts_said,
                                  .context = daemon};
    struct watches_parts watches = {.loop = &daemon->loop,
                                    .helpers = daemon->helpers,
                                    .host = daemon->host,
                                    .root = daemon->root,
                                    .looked = telling_looked,
                                    .context = daemon};
    daemon->readings = readings_new();
    daemon->gather = gather_new(&gather, daemon->now.config);
    daemon->watches = watches_new(&watches);
    daemon->inquiry = inquiry_new(daemon->helpers, change_asked, daemon);
    for (int i = 0; i < TIMERS; i++) {
        uv_timer_init(&daemon->loop, &daemon->timers[i]);
        daemon->timers[i].data = daemon;
    }
}

int daemon_open(const char *conf, struct configuration *configuration,
                struct daemon **ret, struct error *err)
{
    AUTO(daemon) struct daemon *daemon = memory_new(sizeof *daemon);
    daemon->conf = conf;
    daemon->now = *configuration;
    *configuration = (struct configuration){0};
    daemon->lock = -1;
    daemon->host = self_host();
    daemon->root = text_copy(daemon->now.config->root);
    uv_loop_init(&daemon->loop);
    int rc = lock_folder(daemon, err);
    if (rc < 0)
        return rc;
    daemon->helpers = helpers_new(&daemon->loop);
    rc = open_post(daemon, err);
    if (rc < 0)
        return rc;
    open_standing(daemon);
    make_parts(daemon);
    *ret = TAKE(daemon);
    return 0;
}

static void close_handle(uv_handle_t *handle, void *context UNUSED)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void daemon_close(struct daemon *daemon)
{
    if (!daemon)
        return;
    inquiry_free(daemon->inquiry);
    watches_free(daemon->watches);
    gather_free(daemon->gather);
    readings_free(daemon->readings);
    standing_free(daemon->standing);
    post_close(daemon->post);
    helpers_free(daemon->helpers);
    uv_walk(&daemon->loop, close_handle, NULL);
    uv_run(&daemon->loop, UV_RUN_DEFAULT);
    uv_loop_close(&daemon->loop);
    configuration_clear(&daemon->now);
    configuration_clear(&daemon->next);
    fd_auto(&daemon->lock);
    free(daemon->host);
    free(daemon->root);
    free(daemon->folder);
    free(daemon->facts_folder);
    free(daemon->deliver);
    free(daemon->fault);
    free(daemon);
}

/* ---- its end ---- */

static void on_delivered(void *context)
{
    struct daemon *daemon = context;
    uv_stop(&daemon->loop);
}

static void on_end(uv_signal_t *handle, int number)
{
    struct daemon *daemon = handle->data;
    struct error why;
    if (daemon->is_ending)
        return;
    daemon->is_ending = true;
    log_info(NAME ": %s: we end", strsignal(number));
    telling_ready(ready_stopping(&why), &why);
    inquiry_free(TAKE(daemon->inquiry));
    watches_free(TAKE(daemon->watches));
    uv_timer_stop(&daemon->timers[TIMER_BEAT]);
    uv_timer_stop(&daemon->timers[TIMER_MINUTE]);
    telling_beat(daemon);
    gather_free(TAKE(daemon->gather));
    post_finish(daemon->post, PATIENCE, on_delivered, daemon);
}

/* ---- its life ---- */

static void on_watchdog(uv_timer_t *timer UNUSED)
{
    struct error why;
    telling_ready(ready_watchdog(&why), &why);
}

static void on_hangup(uv_signal_t *handle, int number UNUSED)
{
    struct daemon *daemon = handle->data;
    if (!daemon->is_ending)
        change_reload(daemon);
}

static void watch_signals(struct daemon *daemon)
{
    static const struct {
        int number;
        uv_signal_cb act;
    } rows[] = {{SIGTERM, on_end}, {SIGINT, on_end}, {SIGHUP, on_hangup}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uv_signal_init(&daemon->loop, &daemon->signals[i]);
        daemon->signals[i].data = daemon;
        uv_signal_start(&daemon->signals[i], rows[i].act, rows[i].number);
    }
}

static void start_timers(struct daemon *daemon)
{
    int64_t phase = schedule_phase(daemon->host, ROSTER_FACTS_TAG, MINUTE);
    int64_t watchdog = ready_watchdog_limit() / 2;
    uv_timer_start(&daemon->timers[TIMER_MINUTE], on_minute,
                   (uint64_t)schedule_first(MINUTE, phase), MINUTE);
    if (watchdog > 0)
        uv_timer_start(&daemon->timers[TIMER_WATCHDOG], on_watchdog, 0,
                       (uint64_t)watchdog);
}

void daemon_run(struct daemon *daemon)
{
    const struct config *config = daemon->now.config;
    struct error why;
    watch_signals(daemon);
    change_begin(daemon);
    start_timers(daemon);
    if (!spool_is_empty(post_folder(daemon->post)))
        post_deliver(daemon->post);
    log_info(NAME ": version " VERSION ", host %s, configuration %s: watching %zu",
             daemon->host, config->path ? config->path : "(defaults)",
             daemon->now.roster->count);
    telling_ready(ready_started(&why), &why);
    uv_run(&daemon->loop, UV_RUN_DEFAULT);
    log_info(NAME ": ended");
}

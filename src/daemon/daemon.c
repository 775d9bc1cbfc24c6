// SPDX-License-Identifier: GPL-3.0-or-later
/* daemon - makes the parts, and gives each what it needs of the others. */
#include "daemon/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "bark/self.h"
#include "bark/spool.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/program.h"
#include "base/ready.h"
#include "daemon/gather.h"
#include "daemon/helpers.h"
#include "daemon/post.h"
#include "daemon/readings.h"
#include "daemon/schedule.h"
#include "daemon/standing.h"
#include "daemon/watches.h"

#define NAME     "sheepdog-daemon"
#define FACTS    "facts"
#define MINUTE   60000 /* ms */
#define PATIENCE 3000  /* ms of the last delivery */

enum timer { TIMER_BEAT, TIMER_MINUTE, TIMER_WATCHDOG };
#define TIMERS 3

struct daemon {
    const char *conf; /* as it was named; NULL: looked for */
    struct configuration now;
    uv_loop_t loop;
    int lock; /* -1: none */
    char *host, *root, *folder, *facts_folder, *deliver;
    struct helpers *helpers;
    struct post *post;
    struct standing *standing;
    struct readings *readings;
    struct gather *gather;
    struct watches *watches;
    uv_timer_t timers[TIMERS];
    uv_signal_t signals[3];
    bool has_beaten, is_ending;
};

/* ---- what is said ---- */

static enum message_err err_of(enum state state)
{
    static const enum message_err errs[] = {
        [STATE_NONE] = ERR_NONE,       [STATE_OK] = ERR_SUCCESS,
        [STATE_UNKNOWN] = ERR_UNKNOWN, [STATE_WARNING] = ERR_WARNING,
        [STATE_FAIL] = ERR_FAIL,
    };
    return errs[state];
}

static int say(void *context, const struct saying *saying)
{
    struct daemon *daemon = context;
    AUTO(message) struct message *message = message_new();
    message->kind = MESSAGE_NOTE;
    message->err = err_of(saying->state);
    message->tag = text_copy(saying->tag);
    message->text = saying->text[0] ? text_copy(saying->text) : NULL;
    message->plugin = text_copy(saying->plugin);
    return post_put(daemon->post, message);
}

static void take_look(struct daemon *daemon, const struct standing_look *look)
{
    struct error why;
    if (standing_take(daemon->standing, look, &why) < 0)
        log_error(NAME ": %s; a restart would say again what was said", why.text);
}

/* How something of the daemon itself is; NULL: well. */
static void take_own(struct daemon *daemon, const char *tag, const char *fault)
{
    take_look(daemon, &(struct standing_look){
                          .tag = tag, .times = 1, .fault = fault, .is_crash = true});
    if (fault)
        log_warning("%s: %s", tag, fault);
}

static void say_notes(struct daemon *daemon, const struct instance *instance,
                      const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        if (finding->type == FINDING_LOG)
            log_info("%s: %s", instance->tag, finding->text);
        if (finding->type != FINDING_NOTE)
            continue;
        AUTO(str)
        char *tag = finding->part ? text_format("%s:%s", instance->tag, finding->part)
                                  : text_copy(instance->tag);
        struct saying saying = {.tag = tag,
                                .text = finding->text ? finding->text : "",
                                .plugin =
                                    instance->plugin ? instance->plugin->name : NULL};
        if (say(daemon, &saying) < 0)
            return; /* that the spool takes nothing was logged */
    }
}

/* ---- the beat ---- */

static void beat(struct daemon *daemon)
{
    int64_t now = clock_monotonic();
    AUTO(message) struct message *message = message_new();
    message->kind = MESSAGE_BEAT;
    message->tag = text_copy(ROSTER_OWN_TAG);
    message->every = daemon->now.config->beat;
    gather_mark(daemon->gather, &message->facts_epoch, &message->facts_counter);
    readings_give(daemon->readings, now, message);
    if (post_put(daemon->post, message) == 0)
        readings_given(daemon->readings, now);
    daemon->has_beaten = true;
}

static void on_beat(uv_timer_t *timer);

static void plan_beat(struct daemon *daemon)
{
    int64_t every = daemon->now.config->beat;
    int64_t phase = schedule_phase(daemon->host, ROSTER_OWN_TAG, every);
    int64_t wait = schedule_next(clock_monotonic() / 1000, every, phase);
    uv_timer_start(&daemon->timers[TIMER_BEAT], on_beat, (uint64_t)wait, 0);
}

static void on_beat(uv_timer_t *timer)
{
    struct daemon *daemon = timer->data;
    plan_beat(daemon);
    beat(daemon);
}

/* ---- looks ---- */

static void take_facts(struct daemon *daemon, const struct looked *looked,
                       struct error *why)
{
    static const struct relations none = {0};
    const struct plugin *plugin = looked->instance->plugin;
    if (gather_take(daemon->gather, plugin ? &plugin->relations : &none,
                    looked->findings, why) == 0)
        why->text[0] = '\0';
}

static void on_looked(void *context, const struct looked *looked)
{
    struct daemon *daemon = context;
    const struct instance *instance = looked->instance;
    struct error why;
    readings_take(daemon->readings, instance->tag, looked->findings);
    say_notes(daemon, instance, looked->findings);
    take_facts(daemon, looked, &why);
    const char *fault = looked->fault ? looked->fault : why.text[0] ? why.text : NULL;
    take_look(daemon, &(struct standing_look){
                          .tag = instance->tag,
                          .plugin = instance->plugin ? instance->plugin->name : NULL,
                          .times = instance->times,
                          .findings = looked->findings,
                          .fault = fault,
                          .is_crash = looked->is_crash,
                          .is_partial = looked->is_partial});
    if (!daemon->has_beaten && watches_new_count(daemon->watches) == 0)
        beat(daemon);
}

/* ---- facts ---- */

static void on_facts_sent(void *context)
{
    struct daemon *daemon = context;
    post_deliver(daemon->post);
}

static void on_facts_said(void *context, const char *sentence, bool is_fault)
{
    struct daemon *daemon = context;
    if (is_fault) {
        take_own(daemon, FACTS, sentence);
    } else if (sentence) {
        log_warning("facts: %s", sentence);
        if (say(daemon, &(struct saying){.tag = FACTS, .text = sentence}) < 0)
            return;
    }
}

/* Who lacks the facts of this host may lack its states too. */
static void on_minute(uv_timer_t *timer)
{
    struct daemon *daemon = timer->data;
    if (gather_turn(daemon->gather))
        standing_repeat(daemon->standing);
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
    struct standing_parts parts = {
        .folder = daemon->folder, .say = say, .context = daemon};
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
                                  .say = on_facts_said,
                                  .context = daemon};
    struct watches_parts watches = {.loop = &daemon->loop,
                                    .helpers = daemon->helpers,
                                    .host = daemon->host,
                                    .root = daemon->root,
                                    .looked = on_looked,
                                    .context = daemon};
    daemon->readings = readings_new();
    daemon->gather = gather_new(&gather, daemon->now.config);
    daemon->watches = watches_new(&watches);
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
    fd_auto(&daemon->lock);
    free(daemon->host);
    free(daemon->root);
    free(daemon->folder);
    free(daemon->facts_folder);
    free(daemon->deliver);
    free(daemon);
}

/* ---- the configuration ---- */

static void say_ready(int rc, const struct error *err)
{
    if (rc < 0)
        log_warning(NAME ": the service manager is not told: %s", err->text);
}

/* Says of what is watched no more that it is not. */
static void keep_tags(struct daemon *daemon)
{
    const struct roster *roster = daemon->now.roster;
    AUTO(texts) struct texts tags = {0};
    struct error why;
    texts_add(&tags, ROSTER_OWN_TAG);
    texts_add(&tags, FACTS);
    for (size_t i = 0; i < roster->count; i++)
        texts_add(&tags, roster->items[i].tag);
    if (standing_keep(daemon->standing, &tags, &why) < 0)
        log_error(NAME ": %s", why.text);
}

/* A plugin that cannot be used is not watched: that is said, of the daemon. */
static void say_troubles(struct daemon *daemon)
{
    const struct texts *troubles = &daemon->now.roster->troubles;
    AUTO(strbuf) struct strbuf text = {0};
    for (size_t i = 0; i < troubles->count; i++)
        strbuf_printf(&text, "%s%s", i ? "; " : "", troubles->items[i]);
    take_own(daemon, ROSTER_OWN_TAG, text.size > 0 ? strbuf_text(&text) : NULL);
}

static void use(struct daemon *daemon)
{
    watches_use(daemon->watches, daemon->now.roster);
    keep_tags(daemon);
    say_troubles(daemon);
    plan_beat(daemon);
}

static void say_fault(const char *sentence)
{
    log_error(NAME ": %s", sentence);
}

static void exchange(struct daemon *daemon, struct configuration *read)
{
    struct configuration old = daemon->now;
    struct error why;
    AUTO(str) char *folder = NULL;
    daemon->now = *read;
    *read = old;
    if (post_use(daemon->post, daemon->now.config, &why) < 0)
        log_error(NAME ": %s", why.text); /* it was checked */
    if (spool_folder(daemon->now.config, &folder, NULL) == 0 &&
        strcmp(folder, post_folder(daemon->post)) != 0)
        log_warning(NAME ": the setting spool has changed: it takes a restart");
    if (strcmp(daemon->root, daemon->now.config->root) != 0)
        log_warning(NAME ": the setting root has changed: it takes a restart");
    gather_use(daemon->gather, daemon->now.config);
    use(daemon);
}

static void on_hangup(uv_signal_t *handle, int number UNUSED)
{
    struct daemon *daemon = handle->data;
    AUTO(configuration) struct configuration read = {0};
    struct error why;
    if (daemon->is_ending)
        return;
    say_ready(ready_reloading(&why), &why);
    if (configuration_read(daemon->conf, say_fault, &read, &why) < 0) {
        error_prefix(&why, -EINVAL, "the configuration stays as it was");
        take_own(daemon, ROSTER_OWN_TAG, why.text);
    } else {
        exchange(daemon, &read);
        log_info(NAME ": the configuration is read again: watching %zu",
                 daemon->now.roster->count);
    }
    say_ready(ready_started(&why), &why);
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
    say_ready(ready_stopping(&why), &why);
    watches_free(TAKE(daemon->watches));
    uv_timer_stop(&daemon->timers[TIMER_BEAT]);
    uv_timer_stop(&daemon->timers[TIMER_MINUTE]);
    beat(daemon);
    gather_free(TAKE(daemon->gather));
    post_finish(daemon->post, PATIENCE, on_delivered, daemon);
}

/* ---- its life ---- */

static void on_watchdog(uv_timer_t *timer UNUSED)
{
    struct error why;
    say_ready(ready_watchdog(&why), &why);
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
    int64_t phase = schedule_phase(daemon->host, FACTS, MINUTE);
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
    use(daemon);
    start_timers(daemon);
    if (!spool_is_empty(post_folder(daemon->post)))
        post_deliver(daemon->post);
    log_info(NAME ": version " VERSION ", host %s, configuration %s: watching %zu",
             daemon->host, config->path ? config->path : "(defaults)",
             daemon->now.roster->count);
    say_ready(ready_started(&why), &why);
    uv_run(&daemon->loop, UV_RUN_DEFAULT);
    log_info(NAME ": ended");
}

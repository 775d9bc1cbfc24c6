// SPDX-License-Identifier: GPL-3.0-or-later
/* change - a configuration is used at once at the start, without its plugins; a later
 * one when its plugins have answered. Until then all goes on as it was.
 *
 *     start, SIGHUP, a mended plugin ──> inquiry.h ──> roster.h ──> watches.h
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bark/spool.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/ready.h"
#include "daemon/parts.h"
#include "daemon/schedule.h"

#define TROUBLES_EVERY 60 /* minutes until those that cannot be used are asked anew */

/* ---- the beat ---- */

static void on_beat(uv_timer_t *timer);

static void plan_beat(struct daemon *daemon)
{
    int64_t every = daemon->now.config->beat;
    int64_t phase = schedule_phase(daemon->host, ROSTER_OWN_TAG, every);
    int64_t wait = schedule_next(clock_monotonic() / 1000, every, phase);
    uv_timer_start(&daemon->timers[TIMER_BEAT], on_beat, (uint64_t)wait, 0);
    daemon->beat = every;
}

static void on_beat(uv_timer_t *timer)
{
    struct daemon *daemon = timer->data;
    plan_beat(daemon);
    telling_beat(daemon);
}

/* ---- what is not watched ---- */

/* Says of what is watched no more that it is not. */
static void keep_tags(struct daemon *daemon)
{
    const struct roster *roster = daemon->now.roster;
    AUTO(texts) struct texts tags = {0};
    struct error why;
    texts_add(&tags, ROSTER_OWN_TAG);
    texts_add(&tags, ROSTER_FACTS_TAG);
    for (size_t i = 0; i < roster->count; i++)
        texts_add(&tags, roster->items[i].tag);
    for (size_t i = 0; i < roster->absent_count; i++)
        texts_add(&tags, roster->absents[i].tag);
    if (standing_keep(daemon->standing, &tags, &why) < 0)
        log_error(NAME ": %s", why.text);
}

/* What is wrong with the daemon itself: the configuration, and plugins of which nobody
 * knows the name. */
static void tell_troubles(struct daemon *daemon)
{
    const struct texts *troubles = &daemon->now.roster->troubles;
    AUTO(strbuf) struct strbuf text = {0};
    if (daemon->fault)
        strbuf_puts(&text, daemon->fault);
    for (size_t i = 0; i < troubles->count; i++)
        strbuf_printf(&text, "%s%s", text.size > 0 ? "; " : "", troubles->items[i]);
    telling_fault(daemon, ROSTER_OWN_TAG, text.size > 0 ? strbuf_text(&text) : NULL);
}

static void tell_absents(struct daemon *daemon)
{
    const struct roster *roster = daemon->now.roster;
    for (size_t i = 0; i < roster->absent_count; i++)
        telling_fault(daemon, roster->absents[i].tag, roster->absents[i].why);
}

/* ---- what is watched ---- */

static void use_roster(struct daemon *daemon)
{
    watches_use(daemon->watches, daemon->now.roster);
    if (daemon->is_known) {
        keep_tags(daemon);
        tell_absents(daemon);
        tell_troubles(daemon);
    }
    if (daemon->beat != daemon->now.config->beat)
        plan_beat(daemon);
}

static void use_config(struct daemon *daemon)
{
    const struct config *config = daemon->now.config;
    struct error why;
    AUTO(str) char *folder = NULL;
    if (post_use(daemon->post, config, &why) < 0)
        log_error(NAME ": %s", why.text); /* it was checked */
    if (spool_folder(config, &folder, NULL) == 0 &&
        strcmp(folder, post_folder(daemon->post)) != 0)
        log_warning(NAME ": the setting spool has changed: it takes a restart");
    if (strcmp(daemon->root, config->root) != 0)
        log_warning(NAME ": the setting root has changed: it takes a restart");
    gather_use(daemon->gather, config);
}

static void end_reload(struct daemon *daemon)
{
    struct error why;
    log_info(NAME ": the configuration is read again: watching %zu",
             daemon->now.roster->count);
    telling_ready(ready_started(&why), &why);
}

void change_asked(void *context)
{
    struct daemon *daemon = context;
    bool is_reload = daemon->next.config;
    AUTO(configuration) struct configuration old = {0};
    AUTO(stock) struct stock stock = {0};
    inquiry_give(daemon->inquiry, &stock);
    if (is_reload) {
        old = daemon->now;
        daemon->now = daemon->next;
        daemon->next = (struct configuration){0};
        roster_free(daemon->now.roster);
        use_config(daemon);
    } else {
        old.roster = daemon->now.roster;
    }
    daemon->now.roster = roster_read(daemon->now.config, &stock);
    daemon->is_known = true;
    use_roster(daemon);
    if (is_reload)
        end_reload(daemon);
    if (daemon->is_reload_wanted)
        change_reload(daemon);
}

/* ---- why it changes ---- */

static void ask(struct daemon *daemon, const struct config *config)
{
    daemon->minutes = 0;
    inquiry_forget_troubles(daemon->inquiry);
    inquiry_begin(daemon->inquiry, config);
}

void change_begin(struct daemon *daemon)
{
    use_roster(daemon);
    ask(daemon, daemon->now.config);
}

static void say_fault(const char *sentence)
{
    log_error(NAME ": %s", sentence);
}

void change_reload(struct daemon *daemon)
{
    struct error why;
    daemon->is_reload_wanted = inquiry_is_running(daemon->inquiry);
    if (daemon->is_reload_wanted)
        return;
    telling_ready(ready_reloading(&why), &why);
    free(TAKE(daemon->fault));
    if (configuration_read(daemon->conf, say_fault, &daemon->next, &why) == 0) {
        ask(daemon, daemon->next.config);
        return;
    }
    daemon->fault = text_format("the configuration stays as it was: %s", why.text);
    tell_troubles(daemon);
    telling_ready(ready_started(&why), &why);
}

void change_turn(struct daemon *daemon)
{
    const struct roster *roster = daemon->now.roster;
    if (inquiry_is_running(daemon->inquiry) ||
        roster->absent_count + roster->troubles.count == 0)
        return;
    if (++daemon->minutes >= TROUBLES_EVERY ||
        inquiry_is_outdated(daemon->inquiry, daemon->now.config))
        ask(daemon, daemon->now.config);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* telling - findings part: states to standing.h, readings to the beat, facts to
 * gather.h, notes to the server, and what is for the log to the log. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "daemon/parts.h"

#define NOTES_MAX 100 /* notes, and lines for the log, of one look */

static enum message_err err_of(enum state state)
{
    static const enum message_err errs[] = {
        [STATE_NONE] = ERR_NONE,       [STATE_OK] = ERR_SUCCESS,
        [STATE_UNKNOWN] = ERR_UNKNOWN, [STATE_WARNING] = ERR_WARNING,
        [STATE_FAIL] = ERR_FAIL,
    };
    return errs[state];
}

int telling_say(void *context, const struct saying *saying)
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

char *telling_hide(void *context, const char *text)
{
    const struct daemon *daemon = context;
    return post_hide(daemon->post, text);
}

/* Logged when it begins, and when it is over. */
static void take_look(struct daemon *daemon, const struct standing_look *look)
{
    struct error why;
    int rc = standing_take(daemon->standing, look, &why);
    if (rc < 0 && !daemon->is_unkept)
        log_error(NAME ": %s; a restart would say again what was said", why.text);
    else if (rc == 0 && daemon->is_unkept)
        log_info(NAME ": what was said is kept again");
    daemon->is_unkept = rc < 0;
}

void telling_fault(struct daemon *daemon, const char *tag, const char *fault)
{
    take_look(daemon, &(struct standing_look){
                          .tag = tag, .times = 1, .fault = fault, .is_crash = true});
    if (fault)
        log_warning("%s: %s", tag, fault);
}

void telling_ready(int rc, const struct error *err)
{
    if (rc < 0)
        log_warning(NAME ": the service manager is not told: %s", err->text);
}

void telling_beat(struct daemon *daemon)
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

/* ---- what a look found ---- */

static int say_note(struct daemon *daemon, const struct instance *instance,
                    const struct finding *finding)
{
    AUTO(str)
    char *tag = finding->part ? text_format("%s:%s", instance->tag, finding->part)
                              : text_copy(instance->tag);
    struct saying saying = {.tag = tag,
                            .text = finding->text ? finding->text : "",
                            .plugin = instance->plugin ? instance->plugin->name : NULL};
    return telling_say(daemon, &saying);
}

static void log_finding(const struct daemon *daemon, const struct instance *instance,
                        const struct finding *finding)
{
    AUTO(str) char *text = post_hide(daemon->post, finding->text);
    log_info("%s: %s", instance->tag, text);
}

/* -E2BIG: there are more than anybody reads; the first are said. */
static int take_words(struct daemon *daemon, const struct looked *looked,
                      struct error *err)
{
    const struct findings *findings = looked->findings;
    int count = 0;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        if (finding->type != FINDING_LOG && finding->type != FINDING_NOTE)
            continue;
        if (++count > NOTES_MAX)
            return error_set(err, -E2BIG,
                             "it said more than %d notes and lines for the log",
                             NOTES_MAX);
        if (finding->type == FINDING_LOG)
            log_finding(daemon, looked->instance, finding);
        else if (say_note(daemon, looked->instance, finding) < 0)
            return 0; /* that the spool takes nothing was logged */
    }
    return 0;
}

static int take_facts(struct daemon *daemon, const struct looked *looked,
                      struct error *err)
{
    static const struct relations none = {0};
    const struct plugin *plugin = looked->instance->plugin;
    return gather_take(daemon->gather, plugin ? &plugin->relations : &none,
                       looked->findings, err);
}

static int refuse_mail(const struct findings *findings, struct error *err)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].type == FINDING_MAIL)
            return error_set(err, -EINVAL, "it printed a mail, as receivers alone may");
    return 0;
}

/* What was found besides states; < 0: some of it cannot be taken. */
static int take_findings(struct daemon *daemon, const struct looked *looked,
                         struct error *err)
{
    readings_take(daemon->readings, looked->instance->tag, looked->findings);
    int rc = take_words(daemon, looked, err);
    int facts = take_facts(daemon, looked, rc == 0 ? err : NULL);
    rc = rc < 0 ? rc : facts;
    return rc < 0 ? rc : refuse_mail(looked->findings, err);
}

void telling_looked(void *context, const struct looked *looked)
{
    struct daemon *daemon = context;
    const struct instance *instance = looked->instance;
    struct error why;
    int rc = take_findings(daemon, looked, &why);
    take_look(daemon, &(struct standing_look){
                          .tag = instance->tag,
                          .plugin = instance->plugin ? instance->plugin->name : NULL,
                          .times = instance->times,
                          .findings = looked->findings,
                          .fault = looked->fault ? looked->fault
                                   : rc < 0      ? why.text
                                                 : NULL,
                          .is_crash = looked->is_crash,
                          .is_partial = looked->is_partial});
    if (!daemon->has_beaten && daemon->is_known &&
        watches_new_count(daemon->watches) == 0)
        telling_beat(daemon);
}

/* ---- facts ---- */

void telling_facts_said(void *context, const char *sentence, bool is_fault)
{
    struct daemon *daemon = context;
    struct saying saying = {.tag = ROSTER_FACTS_TAG, .text = sentence};
    if (is_fault) {
        telling_fault(daemon, ROSTER_FACTS_TAG, sentence);
    } else if (sentence) {
        log_warning(ROSTER_FACTS_TAG ": %s", sentence);
        if (telling_say(daemon, &saying) < 0)
            return;
    }
}

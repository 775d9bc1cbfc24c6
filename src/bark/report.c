// SPDX-License-Identifier: GPL-3.0-or-later
/* report - the spool is what counts: a message that is there will arrive. */
#include "bark/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bark/dispatch.h"
#include "bark/self.h"
#include "bark/spool.h"
#include "bark/tag.h"
#include "bark/tried.h"
#include "bark/trouble.h"
#include "base/memory.h"
#include "base/say.h"

#define TRY_AGAIN 60000 /* ms */
#define WITHHELD                                                                       \
    "the configuration there cannot be read: what it would redact is not known, and "  \
    "so all is"

struct report {
    struct config *config;
    bool is_deliverable; /* we know where to */
    struct redaction *redaction;
    char *folder; /* of the spool; NULL: there is none */
};

/* What is wrong with the configuration, said once, by whoever reads it. */
static struct config *read_config(const char *conf, bool *ret_is_good,
                                  struct error *why)
{
    AUTO(str) char *path = NULL;
    AUTO(config) struct config *config = NULL;
    *ret_is_good = true;
    if (config_find(conf, &path, why) < 0) {
        say("%s; the server is taken to be localhost:7777", why->text);
    } else if (config_load(path, &config, why) < 0) {
        say("%s; messages stay in the spool, and " REDACTED " stands for what they say",
            why->text);
        *ret_is_good = false;
    }
    return config ? TAKE(config) : config_new();
}

/* Patterns that the configuration could not give might have hidden anything. */
static struct redaction *read_redaction(const struct config *config, bool is_good)
{
    struct redaction *redaction = NULL;
    if (!is_good || redaction_new(&config->redact, &redaction, NULL) < 0)
        return redaction_new_total();
    return redaction;
}

struct report *report_open(const char *conf)
{
    struct report *report = memory_new(sizeof *report);
    struct error why;
    report->config = read_config(conf, &report->is_deliverable, &why);
    report->redaction = read_redaction(report->config, report->is_deliverable);
    if (spool_folder(report->config, &report->folder, &why) < 0)
        say("%s", why.text);
    return report;
}

void report_free(struct report *report)
{
    if (!report)
        return;
    redaction_free(report->redaction);
    config_free(report->config);
    free(report->folder);
    free(report);
}

const struct redaction *report_redaction(const struct report *report)
{
    return report->redaction;
}

void report_sign(const struct report *report, struct message *message)
{
    self_sign(report->config, message);
    if (!report->is_deliverable) {
        free(message->text);
        message->text = text_copy(WITHHELD);
    }
}

static void deliver(const struct report *report)
{
    struct error why;
    if (!report->is_deliverable || report->config->patience == 0)
        return;
    int rc = dispatch_spool(report->config->path, report->folder,
                            report->config->patience, &why);
    if (rc < 0 && rc != -EAGAIN)
        say("%s; the message waits in %s", why.text, report->folder);
}

/* The last chance of a message that cannot be spooled. */
static int deliver_at_once(const struct report *report, const struct strbuf *json)
{
    struct error why;
    int rc = report->is_deliverable
                 ? dispatch_message(report->config->path, json,
                                    report->config->patience, &why)
                 : error_set(&why, -ENOENT, "nobody knows where to deliver to");
    if (rc < 0)
        say("%s; the message is lost", why.text);
    return rc;
}

int report_send(const struct report *report, const struct room_message *message)
{
    int64_t limit = report->config->spool_limit;
    struct error why;
    int rc = report->folder ? room_put(report->folder, limit, message, &why) : -ENOENT;
    if (rc == 0) {
        deliver(report);
        return 0;
    }
    if (report->folder)
        say("the spool cannot be written: %s; delivering at once", why.text);
    rc = deliver_at_once(report, message->json);
    if (rc < 0 && report->folder)
        room_count_lost(report->folder, limit, message->weight);
    return rc;
}

int report_send_aside(const struct report *report, const struct room_message *message)
{
    struct error why = {.text = "there is no spool"};
    int rc = -ENOENT;
    if (report->folder)
        rc = room_put(report->folder, report->config->spool_limit, message, &why);
    if (rc < 0) {
        say("%s; that the job began is not told", why.text);
        return rc;
    }
    if (report->is_deliverable && report->config->patience > 0)
        rc = dispatch_spool_aside(report->config->path, report->folder, &why);
    if (rc < 0)
        say("%s; that the job began waits in %s", why.text, report->folder);
    return 0;
}

bool report_recovers(const struct report *report, const char *tag)
{
    return report->folder && trouble_is_marked(report->folder, tag);
}

void report_note(const struct report *report, const char *tag, bool is_good)
{
    if (!report->folder)
        return;
    if (is_good)
        trouble_clear(report->folder, tag);
    else
        trouble_mark(report->folder, tag);
}

void report_flush(const struct report *report)
{
    if (report->folder && !spool_is_empty(report->folder) &&
        !tried_within(report->folder, TRY_AGAIN))
        deliver(report);
}

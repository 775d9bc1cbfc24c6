// SPDX-License-Identifier: GPL-3.0-or-later
/* sayings - line by line: findings, and a message for each. */
#include "receiver/sayings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/zone.h"
#include "monitor/lines.h"
#include "queue/named_id.h"
#include "receiver/relate.h"

#define SUBJECT_MAX 200 /* bytes */

struct sayings {
    const struct plugin *plugin;
    struct store *reader;
    char *source; /* "receiver:nginx" */
    char zone[64];
    char id[UUID_SIZE], *host; /* of the message that it was given */
    int64_t time;
    size_t heard;       /* bytes that it printed of it */
    int line;           /* the last one's number */
    int count;          /* messages of that line */
    struct strbuf rest; /* a line whose end is still to come */
};

struct sayings *sayings_new(const struct plugin *plugin, struct store *reader)
{
    struct sayings *sayings = memory_new(sizeof *sayings);
    sayings->plugin = plugin;
    sayings->reader = reader;
    sayings->source = text_format("receiver:%s", plugin->name);
    zone_own_name(sayings->zone, sizeof sayings->zone);
    return sayings;
}

void sayings_free(struct sayings *sayings)
{
    if (!sayings)
        return;
    strbuf_clear(&sayings->rest);
    free(sayings->source);
    free(sayings->host);
    free(sayings);
}

void sayings_begin(struct sayings *sayings, const char *id, const char *host,
                   int64_t time)
{
    snprintf(sayings->id, sizeof sayings->id, "%s", id);
    free(sayings->host);
    sayings->host = text_copy(host);
    sayings->time = time;
    sayings->heard = 0;
    sayings->line = 0;
    strbuf_shorten(&sayings->rest, 0);
}

/* ---- a message ---- */

/* Each is a millisecond later than the one before, so that the last word counts. */
static int64_t time_of(const struct sayings *sayings)
{
    int64_t time = sayings->time + sayings->line - 1, now = clock_now();
    return time < now ? time : now;
}

static char *tag_of(const struct sayings *sayings, const struct finding *finding)
{
    const char *name = sayings->plugin->name;
    return finding->part ? text_format("%s:%s", name, finding->part) : text_copy(name);
}

static void name_message(struct sayings *sayings, struct message *message)
{
    AUTO(str)
    char *name = text_format("%s %d.%d", sayings->id, sayings->line, ++sayings->count);
    named_id_make(sayings->source, name, sayings->time, message->id);
}

static struct message *new_message(struct sayings *sayings,
                                   const struct finding *finding,
                                   enum message_kind kind)
{
    struct message *message = message_new();
    message->kind = kind;
    message->host = text_copy(finding->host ? finding->host : sayings->host);
    message->tag = tag_of(sayings, finding);
    message->zone = text_copy(sayings->zone);
    message->plugin = text_copy(sayings->plugin->name);
    message->receiver = text_copy(sayings->plugin->name);
    message->time = time_of(sayings);
    name_message(sayings, message);
    return message;
}

/* Written and read, as what comes through the door is. */
static int add(struct message_list *list, const struct message *message,
               struct error *err)
{
    AUTO(strbuf) struct strbuf json = {0};
    struct message_defaults defaults = {.now = message->time};
    struct message *read = NULL;
    message_format(message, &json);
    int rc = message_parse(json.data, json.size, &defaults, &read, err);
    if (rc < 0)
        return rc;
    list->items = memory_resize(list->items, (list->count + 1) * sizeof *list->items);
    list->items[list->count++] = read;
    return 0;
}

/* ---- each type of finding ---- */

typedef int say_fn(struct sayings *sayings, const struct finding *finding,
                   struct message_list *ret, struct error *err);

static int say_state(struct sayings *sayings, const struct finding *finding,
                     struct message_list *ret, struct error *err)
{
    static const enum message_err words[] = {
        [STATE_OK] = ERR_SUCCESS,
        [STATE_UNKNOWN] = ERR_UNKNOWN,
        [STATE_WARNING] = ERR_WARNING,
        [STATE_FAIL] = ERR_FAIL,
    };
    AUTO(message) struct message *message = new_message(sayings, finding, MESSAGE_NOTE);
    message->err = words[finding->state];
    message->text = text_copy(finding->text);
    return add(ret, message, err);
}

static int say_note(struct sayings *sayings, const struct finding *finding,
                    struct message_list *ret, struct error *err)
{
    AUTO(message) struct message *message = new_message(sayings, finding, MESSAGE_NOTE);
    message->err = ERR_NONE;
    message->text = text_copy(finding->text);
    return add(ret, message, err);
}

static int say_reading(struct sayings *sayings, const struct finding *finding,
                       struct message_list *ret, struct error *err)
{
    AUTO(message)
    struct message *message = new_message(sayings, finding, MESSAGE_READING);
    message->readings = memory_new(sizeof *message->readings);
    message->reading_count = 1;
    message->readings[0] = (struct message_reading){
        .name = text_format("%s.%s", message->tag, finding->name),
        .value = finding->value,
        .unit = text_copy(finding->unit),
    };
    return add(ret, message, err);
}

/* Its tag has no state, so that it is told whatever else is. */
static int say_mail(struct sayings *sayings, const struct finding *finding,
                    struct message_list *ret, struct error *err)
{
    AUTO(message) struct message *message = new_message(sayings, finding, MESSAGE_NOTE);
    const char *subject = finding->subject;
    message->err = ERR_NONE;
    message->text = text_copy(finding->text);
    message->mailto = text_copy(finding->to);
    message->subject = subject && *subject
                           ? text_format("%.*s", SUBJECT_MAX, subject)
                           : text_format("%s %s", message->host, message->tag);
    free(message->tag);
    message->tag = text_format("%s:mail", sayings->plugin->name);
    return add(ret, message, err);
}

static int say_log(struct sayings *sayings, const struct finding *finding,
                   struct message_list *ret UNUSED, struct error *err UNUSED)
{
    log_info("receiver: %s: %s", sayings->plugin->name,
             finding->text ? finding->text : "");
    return 0;
}

static int say_facts(struct sayings *sayings, const struct finding *finding,
                     struct message_list *ret, struct error *err)
{
    AUTO(message)
    struct message *message = new_message(sayings, finding, MESSAGE_FACTS);
    const struct relation *relation =
        relations_find(&sayings->plugin->relations, finding->name);
    if (!relation)
        return error_set(err, -EINVAL, "no relation %.60s is declared", finding->name);
    struct relating relating = {.relation = relation,
                                .host = message->host,
                                .rows = &finding->rows,
                                .is_whole = finding->type == FINDING_FACTS,
                                .reader = sayings->reader,
                                .said = ret};
    int rc = relate(&relating, &message->facts, err);
    return rc < 0 ? rc : add(ret, message, err);
}

static int say(struct sayings *sayings, const struct finding *finding,
               struct message_list *ret, struct error *err)
{
    static say_fn *const says[] = {
        [FINDING_STATE] = say_state, [FINDING_READING] = say_reading,
        [FINDING_FACT] = say_facts,  [FINDING_FACTS] = say_facts,
        [FINDING_NOTE] = say_note,   [FINDING_MAIL] = say_mail,
        [FINDING_LOG] = say_log,
    };
    return says[finding->type](sayings, finding, ret, err);
}

/* ---- lines ---- */

static int hear_line(struct sayings *sayings, const char *line, size_t size,
                     struct message_list *ret, struct error *err)
{
    AUTO(findings) struct findings findings = {0};
    sayings->line++;
    sayings->count = 0;
    int rc = lines_parse(line, size, &sayings->plugin->relations, &findings, err);
    for (size_t i = 0; rc == 0 && i < findings.count; i++)
        rc = say(sayings, &findings.items[i], ret, err);
    return rc < 0 ? error_prefix(err, -EINVAL, "line %d", sayings->line) : 0;
}

/* The first error is kept, and what follows is read all the same. */
static int hear_lines(struct sayings *sayings, bool is_end, struct message_list *ret,
                      struct error *err)
{
    struct strbuf *rest = &sayings->rest;
    size_t from = 0;
    int rc = 0;
    while (from < rest->size) {
        const char *line = rest->data + from;
        const char *end = memchr(line, '\n', rest->size - from);
        size_t size = end ? (size_t)(end - line) : rest->size - from;
        struct error why = {0};
        if (!end && !is_end)
            break;
        int said = hear_line(sayings, line, size, ret, rc == 0 ? err : &why);
        rc = rc == 0 ? said : rc;
        from += size + (end != NULL);
    }
    if (from > 0) {
        memmove(rest->data, rest->data + from, rest->size - from);
        strbuf_shorten(rest, rest->size - from);
    }
    return rc;
}

int sayings_hear(struct sayings *sayings, const char *bytes, size_t size, bool is_end,
                 struct message_list *ret, struct error *err)
{
    sayings->heard += size;
    if (sayings->heard > LINES_SIZE_MAX)
        return error_set(err, -E2BIG, "it printed more than %d KiB of one message",
                         LINES_SIZE_MAX >> 10);
    strbuf_add(&sayings->rest, bytes, size);
    if (!sayings->host) { /* it was given nothing yet */
        strbuf_shorten(&sayings->rest, 0);
        return size > 0 ? error_set(err, -EINVAL,
                                    "it speaks before it was given a "
                                    "message")
                        : 0;
    }
    return hear_lines(sayings, is_end, ret, err);
}

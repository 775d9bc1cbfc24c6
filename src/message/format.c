// SPDX-License-Identifier: GPL-3.0-or-later
/* format - a message's JSON, which the wrapper writes without a library. parse.c reads
 * it back. */
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/json.h"
#include "message/message.h"

/* The text as it can be read; where that loses bytes, they go to exact in base64. */
static void put_bytes(struct strbuf *buf, const char *name, const struct bytes *bytes,
                      struct strbuf *exact)
{
    if (!bytes->data) {
        json_field_null(buf, name);
        return;
    }
    json_name(buf, name);
    if (json_text(buf, bytes->data, bytes->size))
        return;
    json_name(exact, name);
    strbuf_putc(exact, '"');
    base64_encode(exact, bytes->data, bytes->size);
    strbuf_putc(exact, '"');
}

static void put_status(struct strbuf *buf, int status, int signal, enum message_err err)
{
    if (status >= 0)
        json_field_number(buf, "status", status);
    else
        json_field_null(buf, "status");
    if (signal > 0)
        json_field_number(buf, "signal", signal);
    else
        json_field_null(buf, "signal");
    json_field_text(buf, "err", message_err_name(err));
}

static void put_cuts(struct strbuf *buf, const struct message *message)
{
    if (message->out.cut == 0 && message->errors.cut == 0)
        return;
    const struct output *outputs[] = {&message->out, &message->errors};
    static const char *const names[] = {"stdout", "stderr"};
    json_name(buf, "cut");
    json_open(buf, '{');
    for (int i = 0; i < 2; i++)
        if (outputs[i]->cut > 0)
            json_field_number(buf, names[i], (int64_t)outputs[i]->cut);
    json_close(buf, '}');
    json_name(buf, "cut_at");
    json_open(buf, '{');
    for (int i = 0; i < 2; i++)
        if (outputs[i]->cut > 0)
            json_field_number(buf, names[i], (int64_t)outputs[i]->cut_at);
    json_close(buf, '}');
}

static void put_attempts(struct strbuf *buf, const struct message *message)
{
    if (message->attempt_count == 0)
        return;
    json_name(buf, "attempts");
    json_open(buf, '[');
    for (size_t i = 0; i < message->attempt_count; i++) {
        const struct attempt *attempt = &message->attempts[i];
        json_comma(buf);
        json_open(buf, '{');
        put_status(buf, attempt->status, attempt->signal, attempt->err);
        json_field_real(buf, "elapsed", attempt->elapsed, 3);
        json_close(buf, '}');
    }
    json_close(buf, ']');
}

static void put_run(struct strbuf *buf, const struct message *message,
                    struct strbuf *exact)
{
    put_status(buf, message->status, message->signal, message->err);
    if (message->elapsed >= 0)
        json_field_real(buf, "elapsed", message->elapsed, 3);
    else
        json_field_null(buf, "elapsed");
    put_bytes(buf, "stdout", &message->out.kept, exact);
    put_bytes(buf, "stderr", &message->errors.kept, exact);
    put_cuts(buf, message);
    if (message->printed >= 0)
        json_field_number(buf, "printed", message->printed);
    if (message->max_rss >= 0) {
        json_field_number(buf, "max_rss", message->max_rss);
        json_field_real(buf, "user_time", message->user_time, 6);
        json_field_real(buf, "system_time", message->system_time, 6);
    }
    put_attempts(buf, message);
    if (message->text)
        json_field_text(buf, "text", message->text);
}

static void put_duration(struct strbuf *buf, const char *name, int64_t ms)
{
    static const struct {
        int64_t ms;
        const char *name;
    } units[] = {{60000, "m"}, {1000, "s"}, {1, "ms"}};
    size_t i = 0;
    while (ms % units[i].ms != 0)
        i++;
    json_name(buf, name);
    strbuf_printf(buf, "\"%lld%s\"", (long long)(ms / units[i].ms), units[i].name);
}

/* 15 digits, which each of them keeps when it is read and written again. */
static void put_readings(struct strbuf *buf, const struct message *message)
{
    bool has_units = false;
    json_name(buf, "readings");
    json_open(buf, '{');
    for (size_t i = 0; i < message->reading_count; i++) {
        has_units |= message->readings[i].unit != NULL;
        json_name(buf, message->readings[i].name);
        strbuf_printf(buf, "%.15g", message->readings[i].value);
    }
    json_close(buf, '}');
    if (!has_units)
        return;
    json_name(buf, "units");
    json_open(buf, '{');
    for (size_t i = 0; i < message->reading_count; i++)
        if (message->readings[i].unit)
            json_field_text(buf, message->readings[i].name, message->readings[i].unit);
    json_close(buf, '}');
}

static void put_beat(struct strbuf *buf, const struct message *message)
{
    if (message->every > 0)
        put_duration(buf, "every", message->every);
    put_readings(buf, message);
    if (message->facts_epoch == 0)
        return;
    json_name(buf, "facts");
    strbuf_printf(buf, "[%lld,%lld]", (long long)message->facts_epoch,
                  (long long)message->facts_counter);
}

static void put_columns(struct strbuf *buf, const struct relation *relation)
{
    json_name(buf, "columns");
    json_open(buf, '[');
    for (size_t i = 0; i < relation->count; i++) {
        const struct column *column = &relation->columns[i];
        json_comma(buf);
        strbuf_printf(buf, "[\"%s\",\"%s\"%s]", column->name,
                      column_type_name(column->type), column->is_key ? ",\"key\"" : "");
    }
    json_close(buf, ']');
}

static void put_row(struct strbuf *buf, const struct relation *relation,
                    const struct row *row)
{
    json_comma(buf);
    json_open(buf, '[');
    for (size_t i = 0; i < relation->count; i++) {
        const char *value = row->values[i];
        json_comma(buf);
        if (value && !column_type_is_number(relation->columns[i].type))
            json_text(buf, value, strlen(value));
        else
            strbuf_puts(buf, value ? value : "null");
    }
    json_close(buf, ']');
}

static void put_rows(struct strbuf *buf, const char *name,
                     const struct relation *relation, const struct rows *rows)
{
    json_name(buf, name);
    json_open(buf, '[');
    for (size_t i = 0; i < rows->count; i++)
        put_row(buf, relation, &rows->items[i]);
    json_close(buf, ']');
}

static void put_facts(struct strbuf *buf, const struct facts *facts)
{
    json_field_text(buf, "relation", facts->relation->name);
    put_columns(buf, facts->relation);
    json_field_number(buf, "epoch", facts->epoch);
    json_field_number(buf, "counter", facts->counter);
    json_field_number(buf, "after", facts->after);
    json_field_text(buf, "is", facts_extent_name(facts->extent));
    put_rows(buf, "add", facts->relation, &facts->added);
    if (facts->extent == FACTS_CHANGE)
        put_rows(buf, "remove", facts->relation, &facts->removed);
}

static void put_expectation(struct strbuf *buf, const struct message *message)
{
    if (message->expect)
        json_field_text(buf, "every", message->expect);
    if (message->grace >= 0)
        put_duration(buf, "grace", message->grace);
}

/* A beat comes every minute, and does not say what is not known. */
static void put_known(struct strbuf *buf, const struct message *message,
                      const char *name, const char *value)
{
    if (value || message->kind != MESSAGE_BEAT)
        json_field_text(buf, name, value);
}

void message_format(const struct message *message, struct strbuf *buf)
{
    AUTO(strbuf) struct strbuf exact = {0};
    char time[CLOCK_TEXT_SIZE];
    clock_format_utc(message->time, time);

    json_open(&exact, '{');
    json_open(buf, '{');
    json_field_number(buf, "v", 1);
    json_field_text(buf, "id", message->id);
    json_field_text(buf, "kind", message_kind_name(message->kind));
    json_field_text(buf, "host", message->host);
    put_known(buf, message, "user", message->user);
    json_field_text(buf, "tag", message->tag);
    json_field_text(buf, "time", time);
    put_known(buf, message, "zone", message->zone);
    if (message->kind == MESSAGE_OUTCOME || message->kind == MESSAGE_START)
        put_bytes(buf, "command", &message->command, &exact);
    if (message->kind == MESSAGE_OUTCOME)
        put_run(buf, message, &exact);
    if (message->kind == MESSAGE_NOTE) {
        json_field_text(buf, "err", message_err_name(message->err));
        json_field_text(buf, "text", message->text);
    }
    if (message->kind == MESSAGE_BEAT || message->kind == MESSAGE_READING)
        put_beat(buf, message);
    if (message->kind == MESSAGE_FACTS)
        put_facts(buf, message->facts);
    if (message->kind <= MESSAGE_NOTE)
        put_expectation(buf, message);
    if (message->run)
        json_field_text(buf, "run", message->run);
    if (message->mailto)
        json_field_text(buf, "mailto", message->mailto);
    if (message->plugin)
        json_field_text(buf, "plugin", message->plugin);
    if (message->subject)
        json_field_text(buf, "subject", message->subject);
    if (message->receiver)
        json_field_text(buf, "receiver", message->receiver);
    json_close(&exact, '}');
    if (exact.size > 2) {
        json_name(buf, "bytes");
        strbuf_add(buf, exact.data, exact.size);
    }
    json_close(buf, '}');
}
